"""What operators do with their own account, once they are in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from camwatch.auth.accounts import SecondFactorSetup, SignInWays
from camwatch.auth.passwords import verify_password
from camwatch.auth.session import Session, SignInKind
from camwatch.commands.access import AccessOptions
from camwatch.commands.second_factors import PendingSecrets, shown
from camwatch.commands.settings_file import write_values
from camwatch.commands.signing_in import Access, SigningIn
from camwatch.commands.trail import DONE, FAILED
from camwatch.config import Security
from camwatch.data.operators import OperatorRecord
from camwatch.domain import Secret, User
from camwatch.errors import (
    BadCredentials,
    InvalidSetting,
    InvalidSettings,
    LoginFault,
    LoginServiceError,
    StorageError,
)
from camwatch.language import marked, tr

log = logging.getLogger(__name__)

_LOCK = "lock"
_UNLOCK = "unlock"
_CONFIRM = "confirm_password"
_CHANGE = "change_password"
_SECURITY = "set_security"
_KEPT_ELSEWHERE = marked("is kept by the login service; please change it there")


class OperatorsElsewhere(Protocol):
    """Speaks for operators whom this history does not know."""

    def confirm(self, session: Session, password: str) -> None:
        """Let the login service check the password of an open session's operator.

        It counts tries that fail itself, see `camwatch.commands.account_gate.NameThrottle`.

        Args:
            session: Of the kind REMOTE or OFFLINE, as `Guard.recognise` returned it.
            password: As typed.

        Raises:
            BadCredentials: It is wrong.
            LockedOut: Too many tries.
            LoginServiceError: The service is away, and what it said earlier does not do.
        """

    def sign_out(self, session: Session) -> None:
        """Tell the login service that an operator has left; harmless for any other session."""


class _Nowhere:
    """There is no login service."""

    def confirm(self, session: Session, password: str) -> None:
        del session, password
        raise LoginServiceError(LoginFault.NOT_SET_UP)

    def sign_out(self, session: Session) -> None:
        del session


class AccountDesk:
    """Confirms, locks and changes what belongs to the operators themselves.

    Attributes:
        elsewhere: Speaks for operators whom the login service knows.
        login_service: Tells what operators call the login service, "" if there is none.
        needs_vault_passphrase: Tells whether the vault is there and locked.
        end_others: Ends the other sessions of an operator, in the list of all computers.
    """

    def __init__(self, access: Access, signing_in: SigningIn, options: AccessOptions) -> None:
        self.elsewhere: OperatorsElsewhere = _Nowhere()
        self.login_service: Callable[[], str] = lambda: ""
        self.needs_vault_passphrase: Callable[[], bool] = lambda: False
        self.end_others: Callable[[Session], None] = lambda _session: None
        self._access = access
        self._signing_in = signing_in
        self._pending = PendingSecrets()
        self._settings_file = options.settings_file
        self._security = options.security
        access.sessions.longest = timedelta(hours=options.security.session_hours)

    def ways(self) -> SignInWays:
        """See `AccountCommands.sign_in_ways`."""
        return SignInWays(
            is_first_start=self._signing_in.is_first_start(),
            login_service=self.login_service(),
            needs_vault_passphrase=self.needs_vault_passphrase(),
        )

    def sign_out(self, session: Session) -> None:
        """See `AccountCommands.sign_out`."""
        self._signing_in.sign_out(session)
        self._pending.drop(session.id)
        self.elsewhere.sign_out(session)

    def lock(self, session: Session) -> None:
        """See `AccountCommands.lock`."""
        self._access.sessions.lock(session)
        self._access.trail.try_to_record(session.actor, _LOCK, session.user.name, DONE)

    def confirm(self, session: Session, password: str, code: str) -> None:
        """See `AccountCommands.confirm_password`."""
        access = self._access
        action = _UNLOCK if access.sessions.is_locked(session) else _CONFIRM
        proof: dict[str, str] = {}
        if session.kind is SignInKind.LOCAL:
            proof = self._confirm_here(session, password, code, action)
        else:
            self.elsewhere.confirm(session, password)
        access.trail.record(session.actor, action, session.user.name, DONE, **proof)
        access.sessions.confirm(session)

    def _confirm_here(
        self, session: Session, password: str, code: str, action: str
    ) -> dict[str, str]:
        """Check password and code; return what was given besides the password."""
        access, user = self._access, session.user
        secret = access.second_factors.secret_for(user, code) if user.has_second_factor else None
        with access.gate.turn:
            now = access.clock()
            record = self._checked(session, password, now, action)
            proof: dict[str, str] | None = {}
            if record.user.has_second_factor:
                proof = access.second_factors.accept(record.user, code, secret, now)
            if proof is None:
                tried, _ = access.gate.own(user)
                access.gate.failed(tried, now, action, step="code")
                raise BadCredentials
            access.gate.succeeded(record)
            return proof

    def change_password(self, session: Session, old: str, new: str) -> None:
        """See `AccountCommands.change_password`."""
        self._refuse_elsewhere(session, "password")
        access = self._access
        with access.gate.turn:
            record = self._checked(session, old, access.clock(), _CHANGE)
            user = self._signing_in.store_password(record, new, _CHANGE)
            access.gate.succeeded(record)
            self._update(session, user)

    def begin_second_factor(self, session: Session) -> SecondFactorSetup:
        """See `AccountCommands.begin_second_factor`."""
        self._refuse_elsewhere(session, "second_factor")
        secret = self._access.second_factors.begin()
        self._pending.put(session.id, secret)
        return shown(secret, session.user)

    def finish_second_factor(self, session: Session, code: str) -> list[Secret]:
        """See `AccountCommands.finish_second_factor`."""
        self._refuse_elsewhere(session, "second_factor")
        secret = self._pending.get(session.id)
        if secret is None:
            raise InvalidSetting("second_factor", tr("is not being set up; please begin anew"))
        access = self._access
        with access.gate.turn:
            codes = access.second_factors.finish(session.user, secret, code, access.clock())
            self._pending.drop(session.id)
            self._update(session, self._signing_in.present(session.user))
        return codes

    def drop_second_factor(self, session: Session) -> None:
        """See `AccountCommands.drop_second_factor`."""
        self._refuse_elsewhere(session, "second_factor")
        if session.role.needs_second_factor:
            raise InvalidSetting(
                "second_factor", tr("is needed by the role {name}", name=session.role.title)
            )
        if session.user.has_second_factor:
            self._access.second_factors.take_away(session.actor, session.user)

    def new_recovery_codes(self, session: Session) -> list[Secret]:
        """See `AccountCommands.new_recovery_codes`."""
        self._refuse_elsewhere(session, "second_factor")
        if not session.user.has_second_factor:
            raise InvalidSetting("second_factor", tr("is not switched on"))
        return self._access.second_factors.renew_codes(session.user)

    def security(self) -> Security:
        """See `AccountCommands.security`."""
        return self._security

    def set_security(self, session: Session, security: Security) -> Security:
        """See `AccountCommands.set_security`."""
        before, after = self._security.model_dump(), security.model_dump()
        changed = {name: value for name, value in after.items() if before[name] != value}
        details = {name: f"{before[name]} -> {value}" for name, value in changed.items()}
        trail = self._access.trail
        # Audited first: the file is the administrator's own, and is written once.
        trail.record(session.actor, _SECURITY, "", DONE, **details)
        if self._settings_file is not None:
            try:
                write_values(self._settings_file, "security", after)
            except InvalidSettings:
                trail.try_to_record(session.actor, _SECURITY, "", FAILED)
                raise
        self.keep_to(security)
        return security

    def keep_to(self, security: Security) -> None:
        """Keep to these settings from now on; they have been written down."""
        self._security = security
        self._access.sessions.longest = timedelta(hours=security.session_hours)

    def _checked(
        self, session: Session, password: str, now: datetime, action: str
    ) -> OperatorRecord:
        """Return the present record of an operator whose password is right; in its turn.

        Raises:
            BadCredentials: It is wrong; this is counted.
            LockedOut: Too many tries.
        """
        gate = self._access.gate
        gate.check_computer(now, action, session.actor)
        tried, record = gate.own(session.user)
        gate.check(tried, now, action)
        if not verify_password(record.password_hash, password):
            gate.failed(tried, now, action)
            raise BadCredentials
        return record

    def _update(self, session: Session, user: User) -> None:
        """Let this session go on with a record that ended the operator's other ones."""
        self._access.sessions.update(session, user, self._access.roles.role(user.role))
        try:
            self.end_others(session)
        except StorageError as error:
            # They are refused all the same, for their record is an older one.
            log.info("the other sessions stay in the list for a while: %s", error)

    def _refuse_elsewhere(self, session: Session, field: str) -> None:
        """Refuse an operator whom the login service knows.

        Raises:
            InvalidSetting: It is such a one.
        """
        if session.kind is not SignInKind.LOCAL:
            raise InvalidSetting(field, tr(_KEPT_ELSEWHERE))
