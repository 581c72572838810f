"""Commands of operators about their own session, password and second factor, and signing in."""

from __future__ import annotations

from camwatch.auth.accounts import SecondFactorSetup, SignInWays
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.account_desk import AccountDesk
from camwatch.commands.guard import Guard, needs, open_to_all, open_to_signed_in
from camwatch.commands.privacy_commands import PrivacyDesk
from camwatch.commands.signing_in import SigningIn
from camwatch.config import Security
from camwatch.domain import Secret

_OWN = "it is about the operator's own account"


class AccountCommands:
    """Commands about one's own account, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _account_desk: AccountDesk
    privacy_desk: PrivacyDesk
    _signing_in: SigningIn

    @open_to_all("nobody can be signed in before the first start")
    def is_first_start(self) -> bool:
        """Tell whether there is no operator yet, so that the first one must be made."""
        return self._signing_in.is_first_start()

    @open_to_all("works only while there is no operator")
    def create_first_administrator(self, name: str, password: str) -> Session:
        """Make the first operator, an administrator, and sign them in.

        Raises:
            InvalidSetting: Name or password is refused; the field says which.
            InvalidSettings: Both are.
            PermissionDenied: There is an operator already.
            StorageError: Nothing was stored.
        """
        return self._signing_in.create_first_administrator(name, password)

    @open_to_all("this is how one gets a session")
    def sign_in(self, name: str, password: str) -> Session:
        """Open a session of at most 12 hours.

        After five wrong passwords the account rests for 30 s, and twice as long after
        each further one, to an hour at most. Names that nobody has rest alike, and their
        answer takes as long, so that nothing tells which names there are.

        Raises:
            BadCredentials: Name or password is wrong, or the operator is disabled, or the
                one-time code has run out.
            LockedOut: The account or this computer rests; the password was not looked at.
            MoreNeeded: The password was right, and another step is needed.
            StorageError: The try cannot be recorded, so nobody is let in.
        """
        return self._signing_in.sign_in(name, password)

    @open_to_all("everybody may leave")
    def sign_out(self, session: Session) -> None:
        """End the session; harmless when it has ended already."""
        self._account_desk.sign_out(session)
        self.privacy_desk.end_lifts_of(session.actor)

    @open_to_all("the window for signing in must know what to ask for")
    def sign_in_ways(self) -> SignInWays:
        """Return how one can sign in here."""
        return self._account_desk.ways()

    @open_to_all("this is how one gets a session")
    def give_code(self, ticket: str, code: str) -> Session:
        """Go on with a sign-in that needs a code of the operator's device, or a recovery code.

        Args:
            ticket: Of MoreNeeded.
            code: As typed; blanks do not matter.

        Raises:
            BadCredentials: The code is wrong, or was used before; the ticket holds.
            LockedOut: Too many wrong codes.
            MoreNeeded: Another step.
            SessionExpired: The ticket does not hold (any more); begin anew.
            SecretsUnavailable: The second factor cannot be checked now, so nobody is let in.
        """
        return self._signing_in.give_code(ticket, code)

    @open_to_all("this is how one gets a session")
    def choose_password(self, ticket: str, password: str) -> Session:
        """Go on with a sign-in that needs a new password.

        Raises:
            InvalidSetting: It is refused; the ticket holds. `field` is "password".
            MoreNeeded: Another step.
            SessionExpired: The ticket does not hold (any more); begin anew.
        """
        return self._signing_in.choose_password(ticket, password)

    @open_to_all("this is how one gets a session")
    def begin_set_up_code(self, ticket: str) -> SecondFactorSetup:
        """Go on with a sign-in that needs a second factor to be set up.

        Raises:
            SessionExpired: The ticket does not hold (any more); begin anew.
            SecretsUnavailable: There is no safe place for it.
        """
        return self._signing_in.begin_set_up_code(ticket)

    @open_to_all("this is how one gets a session")
    def finish_set_up_code(self, ticket: str, code: str) -> tuple[Session, list[Secret]]:
        """Prove with a code that the device is set up, and sign in.

        Returns:
            The session, and the recovery codes, which are shown once.

        Raises:
            BadCredentials: The code is wrong; the ticket holds.
            SessionExpired: The ticket does not hold (any more), or `begin_set_up_code` was left
                out; begin anew.
            SecretsUnavailable: The second factor was not kept.
        """
        return self._signing_in.finish_set_up_code(ticket, code)

    @open_to_signed_in(_OWN)
    def lock(self, session: Session) -> None:
        """Lock the session until `confirm_password`, however lately that was called."""
        self._account_desk.lock(session)

    @open_to_signed_in(_OWN)
    def confirm_password(self, session: Session, password: str, code: str = "") -> None:
        """Enter the password once more: unlocks the session, and what asks for it may be done.

        Args:
            session: Who asks.
            password: As typed.
            code: Of the operator's device, where there is a second factor.

        Raises:
            BadCredentials: It is wrong, or the code is.
            LockedOut: Too many tries.
            SecretsUnavailable: The code cannot be checked now.
            LoginServiceError: The login service knows the password, and is away.
        """
        self._account_desk.confirm(session, password, code)

    @open_to_signed_in(_OWN)
    def change_password(self, session: Session, old: str, new: str) -> None:
        """Choose another password; the operator's other sessions end.

        Raises:
            BadCredentials: The old one is wrong.
            LockedOut: Too many tries.
            InvalidSetting: The new one is refused; or the login service keeps the password.
        """
        self._account_desk.change_password(session, old, new)

    @open_to_signed_in(_OWN)
    def begin_second_factor(self, session: Session) -> SecondFactorSetup:
        """Make a secret for the operator's device; nothing changes until it is proven.

        Raises:
            PasswordNeeded: Enter the password once more.
            InvalidSetting: The login service keeps the account.
            SecretsUnavailable: There is no safe place for it.
        """
        self.guard.require_fresh(session)
        return self._account_desk.begin_second_factor(session)

    @open_to_signed_in(_OWN)
    def finish_second_factor(self, session: Session, code: str) -> list[Secret]:
        """Switch the second factor on, after its first code has come out right.

        Returns:
            Recovery codes, which are shown once.

        Raises:
            BadCredentials: The code is wrong.
            InvalidSetting: `begin_second_factor` comes first.
            SecretsUnavailable: The secret was not kept, so nothing was switched on.
        """
        return self._account_desk.finish_second_factor(session, code)

    @open_to_signed_in(_OWN)
    def drop_second_factor(self, session: Session) -> None:
        """Switch the second factor off.

        Raises:
            PasswordNeeded: Enter the password once more.
            InvalidSetting: The operator's role needs it.
        """
        self.guard.require_fresh(session)
        self._account_desk.drop_second_factor(session)

    @open_to_signed_in(_OWN)
    def new_recovery_codes(self, session: Session) -> list[Secret]:
        """Make new recovery codes; the old ones end.

        Raises:
            PasswordNeeded: Enter the password once more.
            InvalidSetting: There is no second factor.
        """
        self.guard.require_fresh(session)
        return self._account_desk.new_recovery_codes(session)

    @open_to_signed_in("each window keeps to it")
    def security(self, session: Session) -> Security:
        """Return for how long sessions stay open."""
        del session
        return self._account_desk.security()

    @needs(Permission.MANAGE_SECURITY, fresh=True)
    def set_security(self, session: Session, security: Security) -> Security:
        """Change for how long sessions stay open; those that are open keep their end.

        Raises:
            InvalidSettings: The settings cannot be written.
        """
        return self._account_desk.set_security(session, security)
