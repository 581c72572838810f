"""An encrypted file for passwords, for computers without a keyring that can be trusted."""

from __future__ import annotations

import hmac
import logging
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from keyring.errors import PasswordDeleteError

from camwatch.auth.file_lock import file_lock
from camwatch.auth.passphrase import check_new_passphrase, passphrase_bytes
from camwatch.auth.vault_format import (
    LARGEST_FILE,
    USUAL_COST,
    BadVault,
    Cost,
    Entries,
    Head,
    VaultKey,
    read_head,
)
from camwatch.domain import Secret
from camwatch.errors import (
    SecretsUnavailable,
    VaultLocked,
    VaultOlder,
    VaultUnfit,
    WrongPassphrase,
)
from camwatch.files import write_aside
from camwatch.language import marked, tr
from camwatch.logs import hide

log = logging.getLogger(__name__)
T = TypeVar("T")

_THERE_ALREADY = marked("There is a vault for passwords already. Unlock it with its passphrase.")
_OTHER_KEY = marked(
    "The passphrase of the vault was changed by another CamWatch. Unlock it with the new one."
)
_CHANGED = marked(
    "Something else was put into the vault meanwhile, so it was not deleted. Try again."
)


class VaultState(StrEnum):
    """How a vault is."""

    ABSENT = "absent"
    LOCKED = "locked"
    OPEN = "open"


class Vault:
    """Passwords in a file that only its passphrase opens; a `Backend` once it is unlocked.

    All methods may be called from any thread, and beside another program that has the same
    file open. Each reading opens the file anew, and each writing does so under a lock, so that
    nothing that another program wrote is lost.

    Args:
        file: Where it is, or would be.
        seen_folder: Where it is noted how new the vault is that was used last: outside of the
            profile, so that an older copy of the profile is found out. None notes nothing.
        cost: Of the key of a vault that is made here.
    """

    def __init__(
        self, file: Path, seen_folder: Path | None = None, *, cost: Cost = USUAL_COST
    ) -> None:
        self.file = file
        self._seen_folder = seen_folder
        self._cost = cost
        self._lock = threading.RLock()
        # One at a time, so that guessing takes neither all memory nor all cores.
        self._making_key = threading.Lock()
        self._key: VaultKey | None = None
        self._generation = 0

    @property
    def state(self) -> VaultState:
        """How it is now; never waits for anything but the disk."""
        if self._key is not None:
            return VaultState.OPEN
        return VaultState.LOCKED if os.path.lexists(self.file) else VaultState.ABSENT

    # ---------------------------------------------------------------- opening and closing

    def create(self, passphrase: Secret) -> None:
        """Make an empty vault, and leave it open.

        Raises:
            InvalidSetting: The passphrase is refused.
            SecretsUnavailable: There is one already, or the file cannot be written.
        """
        data = check_new_passphrase(passphrase)
        hide(passphrase.reveal())
        with self._making_key:
            key = self._make(lambda: VaultKey.new(data, self._cost))
        with self._writing():
            if os.path.lexists(self.file):
                raise SecretsUnavailable(tr(_THERE_ALREADY))
            self._write(key, {}, 1)
            try:
                self._read()
            except SecretsUnavailable:
                # On this disk nothing can be kept from others, such as on a memory stick.
                self._key = None
                self.file.unlink()
                raise
        log.info("a vault for passwords was made")

    def unlock(self, passphrase: Secret, *, accepts_older: bool = False) -> None:
        """Open the vault with its passphrase.

        Args:
            passphrase: As typed.
            accepts_older: Take an older copy as well; it is the newest from then on.

        Raises:
            WrongPassphrase: It is another one.
            VaultOlder: The file is an older copy than the one that was used last.
            VaultUnfit: The file cannot be used.
        """
        key = self._key_for(passphrase, self._head(self._load()))
        with self._writing():
            # Read again: making the key took a while, in which another program may have written.
            data = self._load()
            head = self._head(data)
            if not key.fits(head):
                raise WrongPassphrase
            entries = self._opened(key, data)
            seen = self._seen(key)
            if head.generation >= seen:
                self._key, self._generation = key, head.generation
                if head.generation > seen:
                    self._note_seen(key, head.generation)
            elif accepts_older:
                log.warning("an older copy of the vault is used from now on, as was wished")
                self._write(key, entries, seen + 1)
            else:
                raise VaultOlder(self.file)

    def change_passphrase(self, old: Secret, new: Secret) -> None:
        """Encrypt all anew, with a key from another passphrase; the vault is open afterwards.

        Raises:
            InvalidSetting: The new passphrase is refused.
            WrongPassphrase: The old one is another one.
            SecretsUnavailable: The file cannot be used; the old passphrase is still its own.
        """
        data = check_new_passphrase(new)
        hide(new.reveal())
        self.unlock(old)
        with self._making_key:
            key = self._make(lambda: VaultKey.new(data, self._cost, self._open_key().uid))
        with self._writing():
            entries = self._read()
            self._write(key, entries, self._generation + 1)
        log.info("the passphrase of the vault was changed")

    def lock(self) -> None:
        """Forget the key; nothing is read or written until `unlock`."""
        with self._lock:
            self._key = None

    def destroy(self, kept: Entries) -> None:
        """Delete the file, once all of it is kept elsewhere.

        Args:
            kept: What is kept elsewhere.

        Raises:
            SecretsUnavailable: There is more in it by now, or it cannot be deleted.
        """
        with self._writing():
            if self._read() != kept:
                raise SecretsUnavailable(tr(_CHANGED))
            key = self._open_key()
            self.file.unlink()
            self._key = None
            if self._seen_folder is not None:
                self._seen_file(key).unlink(missing_ok=True)

    def inspect(self) -> None:
        """Look whether the file could be opened, as far as that shows without its passphrase.

        Raises:
            VaultUnfit: It could not.
        """
        self._head(self._load())

    # ---------------------------------------------------------------- entries

    def entries(self) -> Entries:
        """Return all of it.

        Raises:
            SecretsUnavailable: As `get_password`.
        """
        with self._lock:
            return self._read()

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, None if there is no such entry.

        Raises:
            VaultLocked: It is locked.
            VaultUnfit: The file cannot be used.
        """
        with self._lock:
            return self._read().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry, or write over it.

        Raises:
            SecretsUnavailable: As `get_password`, or the file cannot be written; what was there
                before still is.
        """
        with self._writing():
            entries = self._read()
            entries.setdefault(service, {})[username] = password
            self._write(self._open_key(), entries, self._generation + 1)

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry.

        Raises:
            PasswordDeleteError: There is none.
            SecretsUnavailable: As `set_password`.
        """
        with self._writing():
            entries = self._read()
            if entries.get(service, {}).pop(username, None) is None:
                raise PasswordDeleteError(tr("there is no such entry"))
            self._write(self._open_key(), entries, self._generation + 1)

    # ---------------------------------------------------------------- the key

    def _open_key(self) -> VaultKey:
        if self._key is None:
            raise VaultLocked
        return self._key

    def _key_for(self, passphrase: Secret, head: Head) -> VaultKey:
        """Return the key of a file.

        Raises:
            WrongPassphrase: The passphrase is another one.
            VaultUnfit: The key cannot be made.
        """
        data = passphrase_bytes(passphrase)
        if data is None:
            raise WrongPassphrase
        with self._making_key:
            key = self._make(lambda: VaultKey.of(data, head))
        if not key.fits(head):
            raise WrongPassphrase
        # Not a wrong one: whoever is at the screen could have any word left out of the log.
        hide(passphrase.reveal())
        return key

    # ---------------------------------------------------------------- the file

    def _load(self) -> bytes:
        """Return the file's bytes, if nobody else may read or write it."""
        try:
            with self.file.open("rb") as stream:
                _check_private(self.file, os.fstat(stream.fileno()))
                data = stream.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            raise VaultUnfit(self.file, tr("is not there any more; put it back")) from None
        except OSError as error:
            raise VaultUnfit(
                self.file, tr("cannot be read: {strerror}", strerror=error.strerror)
            ) from error
        if len(data) > LARGEST_FILE:
            raise VaultUnfit(self.file, tr("is too large to be a vault"))
        return data

    def _head(self, data: bytes) -> Head:
        return self._sound(lambda: read_head(data))

    def _opened(self, key: VaultKey, data: bytes) -> Entries:
        return self._sound(lambda: key.open(data))

    def _make(self, make: Callable[[], VaultKey]) -> VaultKey:
        return self._sound(make)

    def _sound(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except BadVault as error:
            raise VaultUnfit(self.file, str(error)) from error

    def _read(self) -> Entries:
        """Return what is in the file now."""
        key = self._open_key()
        data = self._load()
        head = self._head(data)
        if not key.fits(head):
            self._key = None
            raise VaultLocked(tr(_OTHER_KEY))
        entries = self._opened(key, data)
        if head.generation < self._generation:
            raise VaultOlder(self.file)
        self._generation = head.generation
        return entries

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only one, of all threads and programs, who writes."""
        with self._lock:
            try:
                with file_lock(self.file.with_suffix(".lock")):
                    yield
            except OSError as error:
                raise VaultUnfit(
                    self.file, tr("cannot be written: {strerror}", strerror=error.strerror)
                ) from error

    def _write(self, key: VaultKey, entries: Entries, generation: int) -> None:
        data = self._sound(lambda: key.seal(entries, generation))
        write_aside(self.file, data)
        self._key, self._generation = key, generation
        self._note_seen(key, generation)

    # ---------------------------------------------------------------- older copies

    def _seen_file(self, key: VaultKey) -> Path:
        return (self._seen_folder or Path()) / f"vault-{key.uid.hex()}.seen"

    def _seen(self, key: VaultKey) -> int:
        """Return how new the vault was that was used here last; 0 if nobody knows."""
        if self._seen_folder is None:
            return 0
        try:
            text, _, mac = self._seen_file(key).read_text("ascii").partition(" ")
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            log.warning("how new the vault was last cannot be read: %s", type(error).__name__)
            return 0
        if not text.isdecimal() or not hmac.compare_digest(mac, key.mac(text.encode())):
            log.warning("how new the vault was last was noted by somebody else; it is not believed")
            return 0
        return int(text)

    def _note_seen(self, key: VaultKey, generation: int) -> None:
        if self._seen_folder is None:
            return
        text = str(generation)
        try:
            self._seen_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_aside(self._seen_file(key), f"{text} {key.mac(text.encode())}".encode("ascii"))
        except OSError as error:
            log.warning("how new the vault is cannot be noted: %s", error.strerror)


def _check_private(file: Path, found: os.stat_result) -> None:
    """Refuse a file that other users of this computer may read or write.

    Raises:
        VaultUnfit: They may.
    """
    if os.name != "posix":
        return
    if not stat.S_ISREG(found.st_mode):
        raise VaultUnfit(file, tr("is not a file"))
    if found.st_uid != os.geteuid():
        raise VaultUnfit(file, tr("belongs to another user of this computer"))
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise VaultUnfit(
            file,
            tr(
                "may be read by other users of this computer (its mode is {mode:04o}). Make it yours "
                "alone (chmod 600), and change its passphrase, for they may have copied it",
                mode=mode,
            ),
        )
