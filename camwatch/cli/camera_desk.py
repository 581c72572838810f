"""What the commands that change a profile have in common: the profile, passwords, output."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from camwatch.auth.secrets import SecretStore
from camwatch.cli.secret_input import VaultPassphrase, secret_line, vault_of
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_keeper import seal_log
from camwatch.commands.camera_bulk import CameraBulk
from camwatch.commands.trail import Trail
from camwatch.commands.where import has_history, open_database
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.data.place import history_lock
from camwatch.domain import Camera, utc_now
from camwatch.errors import StorageError
from camwatch.events import Bus
from camwatch.paths import Profile

ACTOR = "command line"
"""Who did it, in the audit log; with its blank it can be no operator's name."""

_KEYRING_S = 30.0
_IN_USE = (
    "CamWatch is running with this profile, and nobody else may write into it; do this in its "
    "window, or close it first"
)

_SHARED = (
    "Another CamWatch, with another profile, uses the history that belongs to {file}; two of them "
    "would damage it. Close that one first"
)
_NO_FOLDER = "The profile folder {folder} cannot be used: {why}"


def cameras_of(profile: Profile) -> list[Camera]:
    """Return the cameras of a profile, none if it does not exist; nothing is made."""
    history = load_settings(profile.settings_file).history
    if not has_history(profile, history):
        return []
    with open_database(profile, history) as database:
        return database.cameras.all()


@contextmanager
def profile_lock(profile: Profile) -> Iterator[None]:
    """Keep every other CamWatch away from a profile, whose folder exists.

    Raises:
        StorageError: A window of it is open.
    """
    from PySide6.QtCore import QLockFile  # noqa: PLC0415 - Qt is loaded only where it is needed

    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    if not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            raise StorageError(
                _NO_FOLDER.format(folder=profile.folder, why="it may not be written")
            )
        raise StorageError(_IN_USE)
    try:
        shared = history_lock(profile, load_settings(profile.settings_file).history)
        other = None if shared is None else QLockFile(str(shared))
        if (
            other is not None
            and not other.tryLock(0)
            and other.error() is QLockFile.LockError.LockFailedError
        ):
            raise StorageError(_SHARED.format(file=shared))
        try:
            yield
        finally:
            if other is not None:
                other.unlock()
    finally:
        lock.unlock()


@contextmanager
def open_profile(
    profile: Profile, passphrase: VaultPassphrase | None = None
) -> Iterator[tuple[Database, SecretStore]]:
    """Open a profile for changes; no other CamWatch may have it open.

    Args:
        profile: Which one.
        passphrase: Unlocks the vault, where there is one; None where no password is needed.

    Raises:
        StorageError: A window of it is open, which would not hear of the change, or its folder
            cannot be used.
        InvalidSetting: "passphrase": it cannot be read.
        WrongPassphrase: It is not the vault's.
    """
    history = load_settings(profile.settings_file).history
    try:
        profile.create()
    except OSError as error:
        raise StorageError(
            _NO_FOLDER.format(folder=profile.folder, why=error.strerror or error)
        ) from error
    with profile_lock(profile), _secrets_of(profile) as secrets:
        if passphrase is not None:
            passphrase.unlock(secrets)
        with open_database(profile, history, lambda: secrets) as database:
            keeper = seal_log(database.audit, secrets, AccessOptions(profile.folder), utc_now)
            try:
                yield database, secrets
            finally:
                if keeper is not None:
                    keeper.close()


@contextmanager
def _secrets_of(profile: Profile) -> Iterator[SecretStore]:
    secrets = SecretStore(deadline_s=_KEYRING_S, vault=vault_of(profile))
    try:
        yield secrets
    finally:
        secrets.close()


@contextmanager
def open_desk(
    profile: Profile, passphrase: VaultPassphrase | None = None
) -> Iterator[tuple[CameraBulk, Database]]:
    """Open a profile for changes and audited reading of its cameras; see `open_profile`."""
    with open_profile(profile, passphrase) as (database, secrets):
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
    return secret_line("password", descriptor, prompt)


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
