"""What signing in and the proof of what was done stand on, beside the history."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camwatch.config import RemoteLogin, Security, Settings


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """How access is set up in this run.

    Attributes:
        profile: The folder of this run, for what is kept outside of the history; None keeps
            nothing there, as in a test.
        settings_file: Where changed settings are written to; None writes none.
        security: For how long sessions stay open.
        remote_login: The login service, if there is one.
        is_passing: The profile is thrown away at the end, as in a demonstration: nothing about
            it is kept in the keyring.
        settings: All settings, as this run began with them.
        environ: Variables, which win over the file of the settings.
        computer: The name of this computer, for throttle, sessions and audit log.
    """

    profile: Path | None = None
    settings_file: Path | None = None
    security: Security = field(default_factory=Security)
    remote_login: RemoteLogin = field(default_factory=RemoteLogin)
    is_passing: bool = False
    settings: Settings = field(default_factory=Settings)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    computer: str = field(default_factory=lambda: platform.node()[:255] or "this computer")
