"""Starts CamWatch when this account signs in to the computer, if the settings say so.

Each system has its own place for that, in which CamWatch writes one entry of its own and touches
nothing else. An entry that somebody made in another way, under another name, is not its business.
"""

from __future__ import annotations

import logging
import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from camwatch.files import write_aside

log = logging.getLogger(__name__)

_NAME = "camwatch"
_APPLE_NAME = "org.camwatch.CamWatch"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_RUN_VALUE = "CamWatch"
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_TO_ESCAPE = frozenset('"`$\\')


class Place(Protocol):
    """Where a system looks for what it starts at sign-in."""

    def read(self) -> bytes | None:
        """Return our entry; None if there is none."""

    def write(self, entry: bytes) -> None:
        """Make our entry, or another one in its place."""

    def remove(self) -> None:
        """Take our entry away; harmless if there is none."""


def command_line(profile: Path | None) -> list[str]:
    """Return what starts this CamWatch once more.

    Args:
        profile: The folder of its profile; None for the usual one.
    """
    program = [sys.executable]
    if not getattr(sys, "frozen", False):
        program += ["-m", "camwatch"]
    return program if profile is None else [*program, "--profile", str(profile)]


def keep_to(wanted: bool, command: Sequence[str], place: Place | None = None) -> bool:
    """Have CamWatch started at sign-in from now on, or not; blocks, never raises.

    Returns:
        True if it is as wished now.
    """
    try:
        found = place or place_of_system()
        entry = entry_of(command)
        is_ours = found.read() == entry
        if wanted and not is_ours:
            found.write(entry)
        elif not wanted and is_ours:  # else it starts another profile, whose settings wish it
            found.remove()
    except (OSError, ValueError) as error:
        log.warning("what is started at sign-in cannot be changed: %s", error)
        return False
    return True


def place_of_system() -> Place:
    """Return the place of this computer's system."""
    if sys.platform == "win32":
        return RegistryPlace()
    if sys.platform == "darwin":
        return FilePlace(Path.home() / "Library" / "LaunchAgents" / f"{_APPLE_NAME}.plist")
    config = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(config) if Path(config).is_absolute() else Path.home() / ".config"
    return FilePlace(folder / "autostart" / f"{_NAME}.desktop")


def entry_of(command: Sequence[str], system: str = sys.platform) -> bytes:
    """Return the entry that starts a command.

    Raises:
        ValueError: No entry can hold it, since it has a line break.
    """
    if any("\n" in part or "\r" in part for part in command):
        raise ValueError("the command has a line break")
    if system == "win32":
        return subprocess.list2cmdline(list(command)).encode()
    if system == "darwin":
        agent = {
            "Label": _APPLE_NAME,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        return plistlib.dumps(agent)
    words = " ".join(_quoted(part) for part in command)
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Version=1.5\n"
        "Name=CamWatch\n"
        "Comment=Counts people with IP cameras\n"
        f"Exec={words}\n"
        "Icon=camwatch\n"
        "Terminal=false\n"
        "X-GNOME-Autostart-enabled=true\n"
    ).encode()


def _quoted(part: str) -> str:
    """Quote one argument of an Exec line.

    Source:
        Desktop Entry Specification 1.5, "The Exec key": arguments with reserved characters are
        put in double quotes, in which four characters are escaped; a percent sign is doubled; and
        the value as a whole is a string, in which a backslash is doubled once more.
    """
    if part and not _RESERVED & set(part):
        return part.replace("%", "%%")
    inner = "".join(f"\\{sign}" if sign in _TO_ESCAPE else sign for sign in part)
    return f'"{inner}"'.replace("\\", "\\\\").replace("%", "%%")


class FilePlace:
    """A file of our own in a folder that the system reads at sign-in."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> bytes | None:
        """Return the file's content; None if it is not there."""
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, entry: bytes) -> None:
        """Write the file in one step."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_aside(self.file, entry)

    def remove(self) -> None:
        """Delete the file."""
        self.file.unlink(missing_ok=True)


class RegistryPlace:
    """A value of our own under a key that Windows reads at sign-in."""

    def __init__(self) -> None:
        # There on Windows only.
        import winreg  # noqa: PLC0415

        self._registry: Any = winreg

    def _key(self) -> Any:
        registry = self._registry
        access = registry.KEY_READ | registry.KEY_SET_VALUE
        return registry.CreateKeyEx(registry.HKEY_CURRENT_USER, _RUN_KEY, 0, access)

    def read(self) -> bytes | None:
        """Return the value; None if it is not there."""
        with self._key() as key:
            try:
                value, _kind = self._registry.QueryValueEx(key, _RUN_VALUE)
            except FileNotFoundError:
                return None
        return str(value).encode()

    def write(self, entry: bytes) -> None:
        """Set the value."""
        with self._key() as key:
            self._registry.SetValueEx(key, _RUN_VALUE, 0, self._registry.REG_SZ, entry.decode())

    def remove(self) -> None:
        """Delete the value."""
        with self._key() as key:
            self._registry.DeleteValue(key, _RUN_VALUE)
