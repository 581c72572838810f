"""What the commands that change a profile have in common: the profile, passwords, output."""

from __future__ import annotations

import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from camwatch.auth.secrets import SecretStore
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_keeper import seal_log
from camwatch.commands.camera_bulk import CameraBulk
from camwatch.commands.trail import Trail
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.domain import Camera, utc_now
from camwatch.errors import InvalidSetting, StorageError
from camwatch.events import Bus
from camwatch.paths import Profile

ACTOR = "command line"
"""Who did it, in the audit log; with its blank it can be no operator's name."""

_KEYRING_S = 30.0
_LONGEST_LINE = 64 * 1024
_IN_USE = (
    "CamWatch is running with this profile, and nobody else may write into it; do this in its "
    "window, or close it first"
)


def cameras_of(profile: Profile) -> list[Camera]:
    """Return the cameras of a profile, none if it does not exist; nothing is made."""
    url = load_settings(profile.settings_file).history.database_url
    if not url and not profile.database_file.exists():
        return []
    with Database.open(None if url else profile.database_file, url) as database:
        return database.cameras.all()


@contextmanager
def open_profile(profile: Profile) -> Iterator[tuple[Database, SecretStore]]:
    """Open a profile for changes; no other CamWatch may have it open.

    Raises:
        StorageError: A window of it is open: it would not hear of the change.
    """
    from PySide6.QtCore import QLockFile  # noqa: PLC0415 - Qt is loaded only where it is needed

    url = load_settings(profile.settings_file).history.database_url
    profile.create()
    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    if not lock.tryLock(0):
        raise StorageError(_IN_USE)
    secrets = SecretStore(deadline_s=_KEYRING_S)
    try:
        with Database.open(None if url else profile.database_file, url) as database:
            keeper = seal_log(database.audit, secrets, AccessOptions(profile.folder), utc_now)
            try:
                yield database, secrets
            finally:
                if keeper is not None:
                    keeper.close()
    finally:
        secrets.close()
        lock.unlock()


@contextmanager
def open_desk(profile: Profile) -> Iterator[tuple[CameraBulk, Database]]:
    """Open a profile for changes and audited reading of its cameras; see `open_profile`."""
    with open_profile(profile) as (database, secrets):
        trail = Trail(database.audit)
        yield CameraBulk(database.cameras, secrets, trail, Bus(), utc_now), database


def password_from(descriptor: int | None, prompt: str = "Password of the camera: ") -> str:
    """Return the password, from the descriptor, the terminal or the standard input.

    Of the descriptor and the standard input it is the first line.

    Args:
        descriptor: An open one; None asks on the terminal, or reads the standard input.
        prompt: What the terminal says.

    Raises:
        InvalidSetting: "password": it cannot be read.
    """
    if descriptor is None and sys.stdin.isatty():
        return getpass.getpass(prompt)
    try:
        if descriptor is None:
            line = sys.stdin.buffer.readline(_LONGEST_LINE)
        else:
            with os.fdopen(descriptor, "rb") as stream:
                line = stream.readline(_LONGEST_LINE)
    except ValueError:  # a negative number
        raise InvalidSetting("password", f"cannot be read from descriptor {descriptor}") from None
    except OSError as error:
        raise InvalidSetting("password", f"cannot be read: {error.strerror}") from error
    try:
        return line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:  # whose text would repeat it
        raise InvalidSetting("password", "is not UTF-8") from None


@contextmanager
def cancelled_by_ctrl_c() -> Iterator[threading.Event]:
    """Let Ctrl-C end an import in order, so that nothing is left of it."""
    cancel = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        cancel.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def show_progress(done: int, count: int) -> None:
    """Say on a terminal how far a long job is."""
    if sys.stderr.isatty():
        print(f"\r{done} of {count}", end="\n" if done == count else "", file=sys.stderr)


def print_json(values: dict[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(values, ensure_ascii=False, allow_nan=False))
