"""The vault while there is one, else the keyring."""

from __future__ import annotations

from collections.abc import Callable

from keyring.errors import PasswordDeleteError

from camwatch.auth.backends import Backend, backend_name
from camwatch.auth.vault import Vault, VaultState
from camwatch.errors import SecretsUnavailable


class SafePlace:
    """Where passwords are on a computer that may have a vault, a keyring, both or neither.

    While there is a vault, everything new goes into it, and what it holds comes first: it was
    made when there was no keyring, so what a keyring still holds is older. A keyring that
    appears later is not written to until an operator moves all of it there.

    Lives in the keyring's thread, as the keyring may wait.

    Args:
        vault: Need not exist.
        open_keyring: Finds the keyring, or raises SecretsUnavailable.
    """

    def __init__(self, vault: Vault, open_keyring: Callable[[], Backend]) -> None:
        self._vault = vault
        self._open_keyring = open_keyring
        self._keyring: Backend | None = None

    @property
    def name(self) -> str:
        """What is written to now, for a health page."""
        return backend_name(self._vault if self._has_vault else self._needed_keyring())

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, None if neither has it.

        Raises:
            VaultLocked: There is a vault, and it is locked: nobody knows what it holds.
        """
        if not self._has_vault:
            return self._needed_keyring().get_password(service, username)
        found = self._vault.get_password(service, username)
        if found is None and (keyring := self._keyring_if_any()) is not None:
            return keyring.get_password(service, username)
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry, or write over it."""
        place = self._vault if self._has_vault else self._needed_keyring()
        place.set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry wherever it is; it is an error if there is none."""
        if not self._has_vault:
            self._needed_keyring().delete_password(service, username)
            return
        is_found = False
        if (keyring := self._keyring_if_any()) is not None:
            is_found = keyring.get_password(service, username) is not None
            if is_found:
                keyring.delete_password(service, username)
        try:
            self._vault.delete_password(service, username)
        except PasswordDeleteError:
            if not is_found:
                raise

    @property
    def _has_vault(self) -> bool:
        return self._vault.state is not VaultState.ABSENT

    def _needed_keyring(self) -> Backend:
        if self._keyring is None:
            self._keyring = self._open_keyring()
        return self._keyring

    def _keyring_if_any(self) -> Backend | None:
        try:
            return self._needed_keyring()
        except SecretsUnavailable:
            return None
