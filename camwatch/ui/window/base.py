"""What the window stands on: its commands, how it is set up, where its operator is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.confirming import ConfirmingBackground
from camwatch.ui.first_run.options import SetUpOptions
from camwatch.ui.session_watch import SessionWatch
from camwatch.ui.undo.edit import Edit
from camwatch.walls import StartWish

if TYPE_CHECKING:
    from camwatch.ui.settings.page import SettingsPlace
    from camwatch.ui.window.commands import WindowCommands


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is set up.

    Attributes:
        is_demo: It shows simulated cameras and keeps nothing; it says so.
        window_file: Where size and layout are remembered; None remembers nothing.
        time_zone: IANA name of the site's time zone; "" is this computer's.
        is_sample: The demonstration has a made-up past; it says so.
        set_up: How a new profile is led through its set-up.
        start: How it shall open.
        keeps_in_tray: Closing the window leaves CamWatch running, where there is a tray.
        tells_crash: Nobody was told so far how the last run ended.
    """

    is_demo: bool = False
    window_file: Path | None = None
    time_zone: str = ""
    is_sample: bool = False
    set_up: SetUpOptions = field(default_factory=SetUpOptions)
    start: StartWish = StartWish()  # noqa: RUF009 - a frozen value
    keeps_in_tray: bool = False
    tells_crash: bool = True


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Where an operator is, to be there again in a window that is made anew.

    Attributes:
        page: In `PAGES`.
        settings: On the settings page.
        is_in_set_up: Led through the set-up, in the place of a page.
        is_kiosk: In kiosk mode.
        is_locked: The window asks for the password.
        edits: What can be undone, the newest first.
        camera_id: On the live page, which camera is shown alone; None for all.
    """

    page: int
    settings: SettingsPlace
    is_in_set_up: bool = False
    is_kiosk: bool = False
    is_locked: bool = False
    edits: Sequence[Edit] = ()
    camera_id: CameraId | None = None


@dataclass(frozen=True, slots=True)
class WindowBase:
    """What all parts of a window work with. It does not hold the window.

    Attributes:
        commands: Of the program; what can be undone is noted.
        sessions: Knows who is signed in.
        background: Asks for the password where a command needs it.
        bare: Does not.
        bridge: Tells what happens.
        zone: Of the site.
        options: How the window is set up.
    """

    commands: WindowCommands
    sessions: SessionWatch
    background: ConfirmingBackground
    bare: Background
    bridge: EventBridge
    zone: ZoneInfo
    options: WindowOptions

    @property
    def session(self) -> Session:
        """Who is signed in now."""
        return self.sessions.session
