"""Passwords, kept in the keyring of the desktop, else in a vault, and nowhere else."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from keyring.errors import InitError, KeyringLocked

from camwatch.auth.backends import (
    Backend,
    KeyringUnanswered,
    backend_name,
    trusted_backend,
)
from camwatch.auth.keyring_thread import KeyringThread, TooLate
from camwatch.auth.safe_place import SafePlace
from camwatch.auth.vault import Vault, VaultState
from camwatch.domain import Secret
from camwatch.errors import SecretsLocked, SecretsUnavailable
from camwatch.language import marked, tr
from camwatch.logs import hide

log = logging.getLogger(__name__)
T = TypeVar("T")
TakeBack = Callable[[], None]

SERVICE = "camwatch"
"""The name under which the desktop's own keyring program lists our entries."""

_LATE = marked(
    "The keyring does not answer. It may be waiting for its own password: look for its "
    "window behind the others, answer it, and try again."
)
_LOCKED = marked("The keyring is locked. Unlock it with its own password, and try again.")
_FAILED = marked(
    "The keyring could not do it ({kind}). Check the desktop's keyring, and try again."
)
_NOT_KEPT = marked("The keyring took the password but did not keep it, so it was not saved.")


def _restore(backend: Backend, uid: str, before: str | None) -> None:
    """Make the entry what it was before a write that must not count."""
    now = backend.get_password(SERVICE, uid)
    if before is not None and now != before:
        backend.set_password(SERVICE, uid, before)
    elif before is None and now is not None:
        backend.delete_password(SERVICE, uid)


def _copy(
    open_keyring: Callable[[], Backend], service: str, name: str, text: str, _place: Backend
) -> None:
    """Write a password into the keyring, and see whether it is there."""
    keyring = open_keyring()
    keyring.set_password(service, name, text)
    if keyring.get_password(service, name) != text:
        raise SecretsUnavailable(tr(_NOT_KEPT))


def _is_dismissed(error: Exception) -> bool:
    """Tell whether the keyring asked the operator something and was sent away."""
    if isinstance(error, InitError):
        # Also raised when the service is gone. The library that says which of the two
        # it was exists on Linux only, so it is known by the name of its error.
        return type(error.__cause__).__name__ == "PromptDismissedException"
    return isinstance(error, KeyringLocked)


class SecretStore:
    """The keyring or the vault, one entry a camera, named by the camera's uid.

    All methods may be called from any thread and return within `deadline_s`. What is
    read or written is kept out of the log from then on.

    Args:
        open_backend: Finds the keyring; called in the keyring's thread, as it may wait.
        deadline_s: The longest time one call may take, seconds.
        vault: Used as soon as there is one: what it holds comes before what the keyring holds.

    Attributes:
        vault: As given.
    """

    def __init__(
        self,
        open_backend: Callable[[], Backend] = trusted_backend,
        *,
        deadline_s: float = 5.0,
        vault: Vault | None = None,
    ) -> None:
        self.vault = vault
        self._open_keyring = open_backend
        self._thread = KeyringThread(deadline_s)
        self._lock = threading.Lock()
        self._remembered: dict[str, Secret] = {}
        # These two are touched in the keyring's thread only.
        self._backend: Backend | None = None
        self._is_dismissed = False

    def has_keyring(self) -> bool:
        """Tell whether there is a keyring that can be trusted; it may be locked."""
        try:
            self._thread.call(self._open_keyring)
        except (SecretsUnavailable, TooLate):
            return False
        return True

    def needs_passphrase(self) -> bool:
        """Tell whether there is a vault, and it is locked."""
        return self.vault is not None and self.vault.state is VaultState.LOCKED

    def sees_all(self) -> bool:
        """Tell whether what `get` does not find is nowhere.

        Where there is a vault, older entries may be in a keyring that is not there now.
        """
        has_vault = self.vault is not None and self.vault.state is not VaultState.ABSENT
        return not has_vault or self.has_keyring()

    def move_to_keyring(self) -> int:
        """Put all that is in the vault into the keyring, then delete the vault.

        Returns:
            How many passwords there were.

        Raises:
            SecretsUnavailable: The keyring did not take all of them, and the vault is
                still there, with all of them.
        """
        if self.vault is None or self.vault.state is VaultState.ABSENT:
            return 0
        kept = self.vault.entries()
        entries = [
            (service, name, text) for service, ones in kept.items() for name, text in ones.items()
        ]
        for service, name, text in entries:
            self._call(partial(_copy, self._open_keyring, service, name, text), is_wished=True)
        self.vault.destroy(kept)
        return len(entries)

    def probe(self) -> str:
        """Find out by writing, reading and deleting whether passwords are kept here.

        A keyring's word is not enough: without a collection, or locked, it calls itself
        fit for use. Also ends the state in which `get` no longer asks (see there), so
        call it when the operator wants to try again.

        Returns:
            The class of the keyring, for a health page.

        Raises:
            SecretsUnavailable: There is none, or it is locked, or it does not answer.
        """
        name, text = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)

        def work(backend: Backend) -> str:
            backend.set_password(SERVICE, name, text)
            found = backend.get_password(SERVICE, name)
            backend.delete_password(SERVICE, name)
            if found != text:
                raise SecretsUnavailable(tr(_NOT_KEPT))
            return backend.name if isinstance(backend, SafePlace) else backend_name(backend)

        return self._call(work, is_wished=True)

    def get(self, uid: str) -> Secret | None:
        """Return the password of a camera, None if none is kept.

        After an operator has dismissed the keyring's own question it is not asked
        again from here: 64 cameras would put the same question 64 times. A change of
        a password or `probe` asks again.

        Raises:
            SecretsUnavailable: It cannot be read now.
        """
        with self._lock:
            remembered = self._remembered.get(uid)
        if remembered is not None:
            return remembered
        text = self._call(lambda backend: backend.get_password(SERVICE, uid))
        if text is None:
            return None
        hide(text)
        return Secret(text)

    def put(self, uid: str, secret: Secret) -> TakeBack:
        """Keep the password of a camera; it is read back before this returns.

        Returns:
            What makes it as if this had not been called; it may raise SecretsUnavailable.

        Raises:
            SecretsUnavailable: It was not kept. What was kept before is still there,
                also when the keyring answers after the deadline.
        """
        text = secret.reveal()
        hide(text)

        def work(backend: Backend) -> tuple[Backend, str | None]:
            before = backend.get_password(SERVICE, uid)
            is_kept = False
            try:
                backend.set_password(SERVICE, uid, text)
                # KWallet reports no error when it writes nothing.
                is_kept = backend.get_password(SERVICE, uid) == text
            finally:
                if not is_kept:
                    _restore(backend, uid, before)
            if not is_kept:
                raise SecretsUnavailable(tr(_NOT_KEPT))
            return backend, before

        def undo(done: tuple[Backend, str | None]) -> None:
            backend, before = done
            _restore(backend, uid, before)

        _, before = self._call(work, undo, is_wished=True)
        return self._take_back(uid, self._swap(uid, None), before, text)

    def delete(self, uid: str) -> TakeBack:
        """Forget the password of a camera; nothing happens if none is kept.

        Returns:
            As `put`.

        Raises:
            SecretsUnavailable: Nothing was forgotten; the keyring's entry may still be there.
        """

        def work(backend: Backend) -> str | None:
            before = backend.get_password(SERVICE, uid)
            if before is not None:
                backend.delete_password(SERVICE, uid)
            return before

        before = self._call(work, is_wished=True)
        return self._take_back(uid, self._swap(uid, None), before, None)

    def forget(self, uid: str) -> None:
        """Forget the password of a camera for good: first in memory, then in the keyring.

        Raises:
            SecretsUnavailable: It is forgotten in memory, but the keyring's entry may
                still be there.
        """
        self._swap(uid, None)
        self.delete(uid)

    def remember(self, uid: str, secret: Secret) -> TakeBack:
        """Keep the password in memory until the program ends; it wins over the keyring's.

        Returns:
            What makes it as if this had not been called; it never fails.
        """
        hide(secret.reveal())
        before = self._swap(uid, secret)

        def take_back() -> None:
            self._swap(uid, before)

        return take_back

    def close(self) -> None:
        """Let the keyring's thread end; never waits for it."""
        self._thread.close()

    def _swap(self, uid: str, secret: Secret | None) -> Secret | None:
        """Remember this in memory, or nothing if it is None; return what was remembered."""
        with self._lock:
            before = self._remembered.pop(uid, None)
            if secret is not None:
                self._remembered[uid] = secret
        return before

    def _take_back(
        self, uid: str, remembered: Secret | None, before: str | None, after: str | None
    ) -> TakeBack:
        if before is not None:
            hide(before)

        def work(backend: Backend) -> None:
            # What somebody else has written since then is not ours to take away.
            if backend.get_password(SERVICE, uid) == after:
                _restore(backend, uid, before)

        def take_back() -> None:
            self._swap(uid, remembered)
            self._call(work, is_wished=True)

        return take_back

    def _call(
        self,
        work: Callable[[Backend], T],
        undo: Callable[[T], None] | None = None,
        *,
        is_wished: bool = False,
    ) -> T:
        """Work with the keyring in its thread; every failure becomes SecretsUnavailable.

        Args:
            work: What to do with it.
            undo: As in `KeyringThread.call`.
            is_wished: An operator waits for this: the keyring may ask its question again.
        """
        try:
            return self._thread.call(lambda: self._in_thread(work, is_wished=is_wished), undo)
        except TooLate as error:
            raise KeyringUnanswered(tr(_LATE)) from error

    def _open(self) -> Backend:
        if self.vault is None:
            return self._open_keyring()
        return SafePlace(self.vault, self._open_keyring)

    def _in_thread(self, work: Callable[[Backend], T], *, is_wished: bool) -> T:
        if self._is_dismissed and not is_wished:
            raise KeyringUnanswered(tr(_LOCKED))
        self._is_dismissed = False
        try:
            if self._backend is None:
                self._backend = self._open()
            return work(self._backend)
        except SecretsUnavailable:
            self._backend = None
            raise
        # Each platform's keyring raises what its own library raises: D-Bus, COM and
        # Keychain errors that cannot be named here. Its text is not repeated, for it
        # may hold what was to be written.
        except Exception as error:
            self._backend = None
            self._is_dismissed = _is_dismissed(error)
            log.warning("the keyring failed: %s", type(error).__name__)
            if self._is_dismissed:
                raise KeyringUnanswered(tr(_LOCKED)) from error
            raise SecretsLocked(tr(_FAILED).format(kind=type(error).__name__)) from error
