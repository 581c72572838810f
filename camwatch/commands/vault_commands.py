"""Commands about the vault, which keeps passwords where there is no keyring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.auth.vault import Vault, VaultState
from camwatch.commands.audit_keeper import AuditKeeper
from camwatch.commands.guard import Guard, needs, open_to_all, open_to_signed_in
from camwatch.commands.sight import About
from camwatch.commands.trail import ANONYMOUS, DENIED, DONE, FAILED, Trail
from camwatch.domain import Secret
from camwatch.errors import (
    SecretsUnavailable,
    StorageError,
    UserError,
    VaultOlder,
    WrongPassphrase,
)
from camwatch.events import Bus, CamerasChanged
from camwatch.language import marked, tr

_TARGET = "vault"
_NO_PLACE = marked("This run of CamWatch has no profile that could hold a vault.")


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """How the vault is.

    Attributes:
        state: Absent, locked or open.
        can_move: There is a keyring by now that could take what the vault holds.
    """

    state: VaultState
    can_move: bool = False


class VaultCommands:
    """Commands about the vault, mixed into `Commands`, whose errors they share."""

    guard: Guard
    audit_keeper: AuditKeeper | None
    _secrets: SecretStore
    _vault_trail: Trail
    _vault_bus: Bus
    _vault_clock: Callable[[], datetime]

    def _init_vault(
        self, secrets: SecretStore, trail: Trail, bus: Bus, clock: Callable[[], datetime]
    ) -> None:
        self._secrets = secrets
        self._vault_trail = trail
        self._vault_bus = bus
        self._vault_clock = clock

    @open_to_all("the program asks for the passphrase before anybody signs in")
    def vault_status(self) -> VaultStatus:
        """Return how the vault is."""
        vault = self._secrets.vault
        if vault is None:
            return VaultStatus(VaultState.ABSENT)
        state = vault.state
        return VaultStatus(state, state is VaultState.OPEN and self._secrets.has_keyring())

    @open_to_all("whoever knows the passphrase may use it, and cameras wait for it")
    def unlock_vault(self, passphrase: Secret, *, accepts_older: bool = False) -> None:
        """Open the vault until the program ends; cameras that waited for it go on by themselves.

        Args:
            passphrase: As typed.
            accepts_older: As `Vault.unlock`.

        Raises:
            WrongPassphrase: It is another one.
            VaultOlder: The file is an older copy than the one that was used last.
            SecretsUnavailable: There is no vault, or its file cannot be used.
            StorageError: It cannot be recorded, so the vault stays locked.
        """
        vault = self._vault()
        was_open = vault.state is VaultState.OPEN
        try:
            vault.unlock(passphrase, accepts_older=accepts_older)
        except (WrongPassphrase, SecretsUnavailable) as error:
            result = DENIED if isinstance(error, VaultOlder) else FAILED
            self._vault_trail.try_to_record(
                ANONYMOUS, "unlock_vault", _TARGET, result, why=type(error).__name__
            )
            raise
        try:
            older = {"older_copy": "accepted"} if accepts_older else {}
            self._vault_trail.record(ANONYMOUS, "unlock_vault", _TARGET, DONE, **older)
        except StorageError:
            if not was_open:
                vault.lock()
            raise
        self._seal_again()
        self._tell()

    @needs(Permission.EDIT_CAMERAS, about=About(why="it is the place for all passwords"))
    def create_vault(self, session: Session, passphrase: Secret) -> None:
        """Make a vault, for a computer without a keyring; it is open until the program ends.

        Whoever may give a camera a password may make the place where it is kept.

        Raises:
            InvalidSetting: The passphrase is refused; `field` is "passphrase".
            SecretsUnavailable: There is one already, or it cannot be written.
        """
        vault = self._vault()
        # Audited first: with the vault comes what is put into it.
        self._vault_trail.record(session.actor, "create_vault", _TARGET, DONE)
        try:
            vault.create(passphrase)
        except (UserError, SecretsUnavailable):
            self._vault_trail.try_to_record(session.actor, "create_vault", _TARGET, FAILED)
            raise
        self._seal_again()

    @needs(Permission.MANAGE_SECURITY)
    def change_vault_passphrase(self, session: Session, old: Secret, new: Secret) -> None:
        """Close the vault with another passphrase from now on.

        Raises:
            InvalidSetting: The new one is refused; `field` is "passphrase".
            WrongPassphrase: The old one is another one.
            SecretsUnavailable: It was not changed.
        """
        vault = self._vault()
        self._vault_trail.record(session.actor, "change_vault_passphrase", _TARGET, DONE)
        try:
            vault.change_passphrase(old, new)
        except (UserError, SecretsUnavailable) as error:
            self._vault_trail.try_to_record(
                session.actor, "change_vault_passphrase", _TARGET, FAILED, why=type(error).__name__
            )
            raise
        self._tell()

    @needs(Permission.MANAGE_SECURITY, fresh=True)
    def move_vault_to_keyring(self, session: Session) -> int:
        """Put all that the vault holds into the keyring that is there by now; delete the vault.

        Returns:
            How many passwords there were.

        Raises:
            SecretsUnavailable: The keyring did not take all; the vault still holds all of them.
        """
        self._vault_trail.record(session.actor, "move_vault_to_keyring", _TARGET, DONE)
        try:
            count = self._secrets.move_to_keyring()
        except SecretsUnavailable:
            self._vault_trail.try_to_record(session.actor, "move_vault_to_keyring", _TARGET, FAILED)
            raise
        self._tell()
        return count

    @open_to_signed_in("it asks for nothing but the keyring's own password, by the desktop")
    def ask_keyring_again(self, session: Session) -> None:
        """Let the keyring ask for its password again, after its question was dismissed.

        Raises:
            SecretsUnavailable: It is still locked, or does not answer.
        """
        del session
        self._secrets.probe()
        self._seal_again()
        self._tell()

    def _vault(self) -> Vault:
        if self._secrets.vault is None:
            raise SecretsUnavailable(tr(_NO_PLACE))
        return self._secrets.vault

    def _seal_again(self) -> None:
        """Seal the audit log with its key from now on, not only a minute later."""
        if self.audit_keeper is not None:
            self.audit_keeper.look_again()

    def _tell(self) -> None:
        """Let cameras that wait for their password look again."""
        self._vault_bus.publish(CamerasChanged(self._vault_clock()))
