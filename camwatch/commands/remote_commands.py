"""Commands about the login service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.entitlement import Entitlements
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session, Sessions
from camwatch.commands.access import AccessOptions
from camwatch.commands.account_gate import NameThrottle
from camwatch.commands.authority import Authority
from camwatch.commands.guard import Guard, needs, open_to_all, open_to_signed_in
from camwatch.commands.remote_access import RemoteAccess
from camwatch.commands.remote_book import RemoteBook
from camwatch.commands.remote_setup import RemoteSetup
from camwatch.commands.remote_sign_in import RemoteDesk, RemoteSigningIn
from camwatch.commands.remote_throttle import RemoteThrottle
from camwatch.commands.remote_watch import RemoteWatch
from camwatch.commands.role_book import RoleBook
from camwatch.commands.trail import Trail
from camwatch.config import RemoteLogin
from camwatch.domain import Secret
from camwatch.events import Bus


class RemoteCommands:
    """Commands about the login service, mixed into `Commands`, whose errors they share."""

    guard: Guard

    def _init_remote(  # noqa: PLR0917 - all that the login service stands on
        self,
        access: AccessOptions,
        roles: RoleBook,
        sessions: Sessions,
        secrets: SecretStore,
        names: NameThrottle,
        trail: Trail,
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        # Of a profile that is thrown away the key would stay in the keyring.
        folder = None if access.is_passing else access.profile
        entitlements = Entitlements(folder, secrets, access.computer, clock)
        self._remote_access = RemoteAccess(access, roles, entitlements, trail, clock)
        desk = RemoteDesk(
            self._remote_access,
            RemoteBook(),
            sessions,
            RemoteThrottle(names, clock),
            trail,
            clock,
        )
        self._remote = RemoteSigningIn(desk)
        self._remote_setup = RemoteSetup(self._remote_access, self._remote, roles, trail, clock)
        self._remote_watch = RemoteWatch(desk, bus)

    @property
    def remote_watch(self) -> RemoteWatch:
        """What keeps open sessions to what the login service says; for a worker."""
        return self._remote_watch

    @open_to_all("this is how one gets a session")
    def sign_in_remotely(self, name: str, password: str) -> Session:
        """Let the login service vouch for an operator; while it is away, what it said earlier.

        The session's `kind` tells which of the two it was.

        Raises:
            BadCredentials: The service refuses name or password.
            LockedOut: Too many tries.
            LoginServiceError: It cannot vouch for anybody now.
        """
        return self._remote.sign_in(name, password)

    @open_to_signed_in("it is the operator's own session")
    def present_session(self, session: Session) -> Session:
        """Return the session as it is now: its role, and who vouches for it."""
        return session

    @needs(Permission.MANAGE_SECURITY)
    def login_service(self, session: Session) -> RemoteLogin:
        """Return how the login service is set up; its url is empty if it is not."""
        del session
        return self._remote_access.settings

    @needs(Permission.MANAGE_SECURITY, fresh=True)
    def set_login_service(self, session: Session, settings: RemoteLogin) -> RemoteLogin:
        """Set it up, change it, or with an empty url do without; takes effect at once.

        With another address, issuer or audience the sessions end that it vouched for. With empty
        `keys` those are trusted that the service shows now: put in what a trial has shown.

        Nobody can let others in as more than they are themselves.

        Raises:
            InvalidSettings: With every refused field, or the settings cannot be written.
        """
        return self._remote_setup.change(Authority.of(session), settings)

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
        return self._remote_setup.try_out(session.actor, settings, name, password)

    @needs(Permission.MANAGE_SECURITY)
    def preview_mapping(
        self, session: Session, settings: RemoteLogin, claims: Mapping[str, object]
    ) -> OperatorRole | None:
        """Return which role claims would come to; None if nobody would be let in."""
        del session
        return self._remote_setup.preview(settings, claims)
