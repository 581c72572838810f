"""Commands about the login service."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs, open_to_all, open_to_signed_in
from camwatch.config import RemoteLogin
from camwatch.domain import Secret


class RemoteCommands:
    """Commands about the login service, mixed into `Commands`, whose errors they share."""

    guard: Guard

    @open_to_all("this is how one gets a session")
    def sign_in_remotely(self, name: str, password: str) -> Session:
        """Let the login service vouch for an operator; while it is away, what it said earlier.

        The session's `kind` tells which of the two it was.

        Raises:
            BadCredentials: The service refuses name or password.
            LockedOut: Too many tries.
            LoginServiceError: It cannot vouch for anybody now.
        """
        raise NotImplementedError

    @open_to_signed_in("it is the operator's own session")
    def present_session(self, session: Session) -> Session:
        """Return the session as it is now: its role, and who vouches for it."""
        return session

    @needs(Permission.MANAGE_SECURITY)
    def login_service(self, session: Session) -> RemoteLogin:
        """Return how the login service is set up; its url is empty if it is not."""
        raise NotImplementedError

    @needs(Permission.MANAGE_SECURITY, fresh=True)
    def set_login_service(self, session: Session, settings: RemoteLogin) -> RemoteLogin:
        """Set it up, change it, or with an empty url do without; takes effect at once.

        Raises:
            InvalidSettings: With every refused field, or the settings cannot be written.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_SECURITY)
    def try_login_service(
        self,
        session: Session,
        settings: RemoteLogin,
        name: str = "",
        password: Secret | None = None,
    ) -> LoginServiceTrial:
        """Ask a login service without storing anything or letting anybody in. Takes seconds.

        Args:
            session: Who asks.
            settings: As entered.
            name: An operator to try, "" for none.
            password: The operator's.

        Raises:
            InvalidSettings: With every refused field.
            BadCredentials: The service refuses name or password.
            LoginServiceError: With what went wrong.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_SECURITY)
    def preview_mapping(
        self, session: Session, settings: RemoteLogin, claims: Mapping[str, object]
    ) -> OperatorRole | None:
        """Return which role claims would come to; None if nobody would be let in."""
        raise NotImplementedError
