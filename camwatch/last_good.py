"""The settings as they could be read last: a broken file shall not keep a site from counting."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from camwatch.config import Settings, file_bytes, settings_of
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.files import write_aside
from camwatch.paths import Profile

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings that a run begins with.

    Attributes:
        settings: To run with.
        problems: What is wrong with the file, whose last good copy is used then; none if nothing.
    """

    settings: Settings
    problems: tuple[InvalidSetting, ...] = ()


def load_or_last_good(profile: Profile, environ: Mapping[str, str] = os.environ) -> LoadedSettings:
    """Read the settings of a profile, and keep a copy of a good file.

    A file that is half written, wrong, or of a newer CamWatch is not used: the copy is. Variables
    are never taken from a copy, so a wrong one is refused whatever the file says.

    Raises:
        InvalidSettings: It cannot be used, and there is no copy that could; with every mistake.
    """
    file = profile.settings_file
    try:
        data = file_bytes(file)
        settings = settings_of(data, str(file), environ)
    except InvalidSettings as error:
        return LoadedSettings(
            _last_good(profile.good_settings_file, environ, error), error.problems
        )
    if data:
        keep_good(profile.good_settings_file, data)
    return LoadedSettings(settings)


def _last_good(copy: Path, environ: Mapping[str, str], error: InvalidSettings) -> Settings:
    """Return the settings of the copy.

    Raises:
        InvalidSettings: That of the file itself: there is no copy, or it does not help.
    """
    try:
        data = file_bytes(copy)
        if data:
            return settings_of(data, str(copy), environ)
    except InvalidSettings as second:
        log.info("the copy of the settings cannot be used either: %s", second)
    raise error


def keep_good(copy: Path, data: bytes) -> None:
    """Keep what could be read; a disk that does not let it costs the copy, and nothing else."""
    try:
        if not copy.exists() or copy.read_bytes() != data:
            write_aside(copy, data)
    except OSError as error:
        log.info("no copy of the settings is kept: %s", error)
