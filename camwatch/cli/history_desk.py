"""What the commands have in common that write files of the history: times, names, places."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from camwatch.cli import application
from camwatch.commands.where import has_history
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.data.names import place_key
from camwatch.domain import CameraId, SiteId
from camwatch.errors import CamWatchError, GivenUp, InvalidSetting, InvalidSettings, StorageError
from camwatch.paths import Profile
from camwatch.ui.charts.zones import site_zone


def told(command: str, error: CamWatchError) -> int:
    """Say what went wrong; return the exit code: 1 failed, 2 bad usage."""
    words = "given up, and nothing is written" if isinstance(error, GivenUp) else str(error)
    print(f"camwatch {command}: {words.removesuffix('.')}.", file=sys.stderr)
    return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1


def check_history(profile: Profile) -> None:
    """Refuse a profile without a history: nothing is made by looking at it.

    Raises:
        StorageError: There is none.
    """
    if not has_history(profile, load_settings(profile.settings_file).history):
        raise StorageError(f"{profile.folder} holds no history")


def check_output(file: Path, *, is_forced: bool) -> None:
    """Refuse to replace a file that is there.

    Raises:
        InvalidSetting: It is, and nobody said that it may be replaced.
    """
    if file.exists() and not is_forced:
        raise InvalidSetting("--output", f"is there already: {file}; --force replaces it")


def zone_of(profile: Profile, name: str) -> ZoneInfo:
    """Return a zone by its IANA name; "" is that of the profile.

    Raises:
        InvalidSetting: There is no such zone.
    """
    if not name:
        return site_zone(load_settings(profile.settings_file).display.time_zone)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSetting("--zone", f"is no time zone such as Europe/Berlin: {name}") from None


def moment(option: str, text: str, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """Read a day or a moment on the clocks of a zone.

    Args:
        option: Its name.
        text: As it was given.
        zone: Whose clocks, unless it names an offset itself.
        is_end: A day without a time stands for its end.

    Raises:
        InvalidSetting: It is neither.
    """
    try:
        found = datetime.fromisoformat(text)
        if is_end and len(text) <= len("2026-03-01"):
            found += timedelta(days=1)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidSetting(option, f"is no date such as 2026-03-01: {text}") from None


def cameras_named(database: Database, names: Sequence[str]) -> tuple[CameraId, ...] | None:
    """Return the cameras of these names, removed ones too; None for all if none is named.

    Raises:
        InvalidSetting: There is no camera of a name.
        StorageError: They cannot be read.
    """
    if not names:
        return None
    cameras = database.exports.cameras(None)
    found: list[CameraId] = []
    for name in names:
        same = [one.id for one in cameras if place_key(one.name) == place_key(name.strip())]
        if not same:
            raise InvalidSetting("--camera", f"“{name}” is not the name of a camera")
        found += same
    return tuple(dict.fromkeys(found))


def site_named(database: Database, name: str) -> SiteId | None:
    """Return the site of this name; None for all if none is named.

    Raises:
        InvalidSetting: There is no such site.
        StorageError: They cannot be read.
    """
    if not name:
        return None
    for site in database.cameras.sites():
        if place_key(site.name) == place_key(name.strip()):
            return site.id
    raise InvalidSetting("--site", f"“{name}” is not the name of a site")


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add what both commands take."""
    parser.add_argument(
        "--zone",
        default="",
        metavar="NAME",
        help="whose clocks cut hours and days, such as Europe/Berlin (default: the settings')",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="where to")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def without_screen() -> None:
    """Let Qt draw although there is no screen; to be called before it begins."""
    if not application.has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
