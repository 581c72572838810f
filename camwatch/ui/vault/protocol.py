"""What the screens ask of the vault."""

from __future__ import annotations

from typing import Protocol

from camwatch.auth.session import Session
from camwatch.commands.vault_commands import VaultStatus
from camwatch.domain import Secret


class OpenVaultCommands(Protocol):
    """What can be asked before anybody has signed in; of `camwatch.commands.Commands`."""

    def vault_status(self) -> VaultStatus:
        """Return how the vault is."""
        ...

    def unlock_vault(self, passphrase: Secret, *, accepts_older: bool = False) -> None:
        """Open the vault until the program ends."""
        ...


class VaultScreenCommands(OpenVaultCommands, Protocol):
    """What an operator can ask; of `camwatch.commands.Commands`."""

    def create_vault(self, session: Session, passphrase: Secret) -> None:
        """Make a vault."""
        ...

    def change_vault_passphrase(self, session: Session, old: Secret, new: Secret) -> None:
        """Close the vault with another passphrase from now on."""
        ...

    def move_vault_to_keyring(self, session: Session) -> int:
        """Put all that the vault holds into the keyring, and delete the vault."""
        ...

    def ask_keyring_again(self, session: Session) -> None:
        """Let the keyring ask for its password again."""
        ...
