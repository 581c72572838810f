"""Signing in and out through the login service, also while it is away."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from camwatch.auth.entitlement import (
    ClockSetBack,
    Entitled,
    FileChanged,
    NotKept,
    service_digest,
)
from camwatch.auth.remote.service import LoginService, Vouched
from camwatch.auth.session import Session, Sessions, SignInKind
from camwatch.commands.remote_access import SYSTEM, LetIn, RemoteAccess
from camwatch.commands.remote_book import RemoteBook, RemoteSession
from camwatch.commands.remote_throttle import RemoteThrottle
from camwatch.commands.trail import ANONYMOUS, DENIED, DONE, FAILED, LOCKED, Trail
from camwatch.domain import Secret, User, UserId
from camwatch.errors import (
    BadCredentials,
    LockedOut,
    LoginFault,
    LoginServiceError,
    StorageError,
)

log = logging.getLogger(__name__)

_SIGN_IN = "sign_in"
_CONFIRM = "confirm_password"
_LONGEST_NAME = 254
_LONGEST_PASSWORD = 1024
_LEAVE_WITHIN_S = 2.0

# These are no mishaps: somebody tries to pass off something as the service or its tokens.
_SUSPICIOUS = frozenset({LoginFault.TOKEN_REFUSED, LoginFault.KEYS_CHANGED, LoginFault.TLS})


@dataclass(frozen=True, slots=True)
class RemoteDesk:
    """What signing in through the login service stands on.

    Attributes:
        access: The service, as it is set up now.
        book: The open sessions that it vouches for.
        sessions: All open sessions.
        throttle: Lets guesses rest.
        trail: The audit log.
        clock: The wall clock, aware UTC.
        monotonic_s: A clock that nobody can set, seconds.
    """

    access: RemoteAccess
    book: RemoteBook
    sessions: Sessions
    throttle: RemoteThrottle
    trail: Trail
    clock: Callable[[], datetime]
    monotonic_s: Callable[[], float] = time.monotonic


class RemoteSigningIn:
    """Opens sessions for operators whom the login service vouches for."""

    def __init__(self, desk: RemoteDesk) -> None:
        self._desk = desk
        # Two guesses at once would count as one.
        self._one_at_a_time = threading.Lock()

    def sign_in(self, name: str, password: str) -> Session:
        """See `Commands.sign_in_remotely`."""
        # "" stands for all that cannot be a name; nothing of it is looked at any further.
        typed = name.strip() if len(name) <= 2 * _LONGEST_NAME else ""
        with self._one_at_a_time:
            service = self._desk.access.service()
            digest = self._admit(typed, _SIGN_IN)
            try:
                vouched = _login(service, typed, password)
            except BadCredentials:
                self._forget_if_right(typed, password)
                self._failed(digest, _SIGN_IN, reason="refused")
                raise
            except LoginServiceError as error:
                if error.fault.is_away:
                    return self._let_in_offline(digest, typed, password, error)
                self._note(error)
                raise
            return self._let_in(service, vouched, digest, typed, password)

    def confirm(self, session: Session, password: str) -> None:
        """Find out whether the operator of an open session knows the password.

        The caller then lets `Sessions.confirm` know.

        Raises:
            BadCredentials: It is wrong, or somebody else's.
            LockedOut: Too many tries.
            LoginServiceError: The service is away, and nothing it said earlier helps.
            StorageError: The try cannot be recorded.
        """
        desk = self._desk
        known = desk.book.find(session)
        if known is None:
            raise LoginServiceError(LoginFault.NOT_SET_UP)
        with self._one_at_a_time:
            service = desk.access.service()
            digest = self._admit(known.typed, _CONFIRM)
            try:
                vouched = _login(service, known.typed, password)
            except BadCredentials:
                self._failed(digest, _CONFIRM, reason="refused")
                raise
            except LoginServiceError as error:
                if not error.fault.is_away:
                    self._note(error)
                    raise
                uid = self._entitled(digest, known.typed, password, error, _CONFIRM).uid
            else:
                leave(service, vouched)
                uid = desk.access.let_in(vouched.claims).user.uid
            if uid != known.session.user.uid:
                self._failed(digest, _CONFIRM, reason="somebody else")
                raise BadCredentials
            desk.throttle.succeeded(digest)

    def sign_out(self, session: Session) -> None:
        """Tell the service that the operator of a session that was ended has left."""
        known = self._desk.book.pop(session)
        if known is None or known.vouched is None:
            return
        try:
            service = self._desk.access.service()
        except LoginServiceError:
            return
        leave(service, known.vouched)

    def end_all(self, reason: str) -> None:
        """End all these sessions: the service that vouched for them no longer counts."""
        desk = self._desk
        for known in desk.book.all():
            ended = desk.sessions.end(known.session)
            if ended is not None:
                desk.trail.try_to_record(
                    ended.actor, "session_ended", ended.user.name, DONE, reason=reason
                )
            self.sign_out(known.session)

    # ------------------------------------------------------------ with the service

    def _let_in(
        self, service: LoginService, vouched: Vouched, digest: str, typed: str, password: str
    ) -> Session:
        desk = self._desk
        try:
            try:
                found = desk.access.let_in(vouched.claims)
            except LoginServiceError as error:
                self._forget_if_right(typed, password)
                self._note(error)
                raise
            offline = self._entitle(typed, password, found)
            actor = f"remote:{found.user.name}"
            host = urlsplit(desk.access.settings.url).netloc
            desk.trail.record(
                actor,
                _SIGN_IN,
                found.user.name,
                DONE,
                kind=SignInKind.REMOTE.value,
                role=found.role.name,
                service=host,
                offline=offline,
            )
            desk.throttle.succeeded(digest)
        except (LoginServiceError, StorageError):
            leave(service, vouched)
            raise
        session = desk.sessions.start(found.user, found.role, desk.clock(), SignInKind.REMOTE)
        desk.book.add(RemoteSession(session, typed, desk.monotonic_s(), vouched))
        return session

    def _entitle(self, typed: str, password: str, found: LetIn) -> str:
        """Let the operator in for a while should the service go away; say until when."""
        desk = self._desk
        settings = desk.access.settings
        if not settings.offline_hours:
            return "off"
        now = desk.clock()
        until = now + timedelta(hours=settings.offline_hours)
        entitled = Entitled(
            names=(),
            name=found.user.name,
            uid=found.user.uid,
            role=found.user.role,
            service=service_digest(settings),
            let_in_at=now.isoformat(),
            expires_at=until.isoformat(),
            verifier="",
        )
        try:
            desk.access.entitlements.keep(typed, password, entitled)
        except (NotKept, ValueError) as error:
            # Said in the audit log too: without it nobody gets in while the service is away.
            log.info("signing in without the login service will not be possible: %s", error)
            return "not possible without a keyring"
        return f"until {until.isoformat(timespec='seconds')}"

    # ------------------------------------------------------------ without it

    def _let_in_offline(
        self, digest: str, typed: str, password: str, away: LoginServiceError
    ) -> Session:
        desk = self._desk
        entry = self._entitled(digest, typed, password, away, _SIGN_IN)
        try:
            role = desk.access.role(entry.role, SignInKind.OFFLINE)
        except LoginServiceError as error:  # it was removed meanwhile
            self._note(error)
            raise
        now = desk.clock()
        desk.trail.record(
            f"remote:{entry.name}",
            _SIGN_IN,
            entry.name,
            DONE,
            kind=SignInKind.OFFLINE.value,
            role=role.name,
            fault=away.fault.value,
            until=entry.expires_at,
        )
        desk.throttle.succeeded(digest)
        user = User(UserId(0), entry.name, entry.role, False, now, uid=entry.uid)
        session = desk.sessions.start(user, role, now, SignInKind.OFFLINE)
        desk.book.add(
            RemoteSession(
                session,
                typed,
                desk.monotonic_s(),
                password=Secret(password),
                ends_at=datetime.fromisoformat(entry.expires_at),
            )
        )
        return session

    def _entitled(
        self, digest: str, typed: str, password: str, away: LoginServiceError, action: str
    ) -> Entitled:
        """Return whom the service let in lately, by name and password.

        Raises:
            LoginServiceError: Nobody; it is the same whether the name, the password or the
                time was wrong.
            StorageError: A wrong password cannot be counted.
        """
        desk = self._desk
        settings = desk.access.settings
        book = desk.access.entitlements
        if not settings.offline_hours:
            desk.trail.record(ANONYMOUS, action, ANONYMOUS, FAILED, fault=away.fault.value)
            raise away
        try:
            entry = book.find(typed, password, service_digest(settings), settings.offline_hours)
        except NotKept as error:
            desk.trail.record(
                ANONYMOUS, action, ANONYMOUS, FAILED, fault=away.fault.value, offline="no keyring"
            )
            detail = "without a keyring nobody can sign in while it is away"
            raise LoginServiceError(away.fault, detail) from error
        except FileChanged as error:
            log.warning("the file for signing in offline %s; it is not used", error)
            desk.trail.record(
                ANONYMOUS, action, ANONYMOUS, DENIED, fault=away.fault.value, offline=str(error)
            )
            raise away from error
        except ClockSetBack as error:
            desk.trail.record(ANONYMOUS, action, ANONYMOUS, DENIED, fault=LoginFault.CLOCK.value)
            detail = "it shows a time before one that was seen already"
            raise LoginServiceError(LoginFault.CLOCK, detail) from error
        if entry is None:
            if book.has_any():
                self._failed(digest, action, fault=away.fault.value)
            else:
                desk.trail.record(ANONYMOUS, action, ANONYMOUS, FAILED, fault=away.fault.value)
            raise away
        return entry

    # ------------------------------------------------------------ refusals

    def _admit(self, typed: str, action: str) -> str:
        try:
            return self._desk.throttle.admit(typed)
        except LockedOut:
            # The password is not looked at, and nobody is asked.
            self._desk.trail.record(ANONYMOUS, action, ANONYMOUS, LOCKED)
            raise

    def _failed(self, digest: str, action: str, **details: str) -> None:
        """Count a wrong password; where that cannot be stored, StorageError is the answer."""
        throttle = self._desk.throttle.failed(digest)
        details["failures"] = str(throttle.failures)
        if throttle.locked_until is not None:
            details["locked_until"] = throttle.locked_until.isoformat(timespec="seconds")
        self._desk.trail.record(
            ANONYMOUS, action, ANONYMOUS, FAILED, kind=SignInKind.REMOTE.value, **details
        )

    def _note(self, error: LoginServiceError) -> None:
        """Write down that the service could vouch for nobody.

        Raises:
            StorageError: It cannot be written.
        """
        is_suspicious = error.fault in _SUSPICIOUS
        if is_suspicious:
            log.warning("the login service is not believed: %s", error)
        self._desk.trail.record(
            SYSTEM if is_suspicious else ANONYMOUS,
            "login_service_refused" if is_suspicious else _SIGN_IN,
            self._desk.access.display_name,
            DENIED if is_suspicious else FAILED,
            fault=error.fault.value,
            detail=error.detail,
        )

    def _forget_if_right(self, typed: str, password: str) -> None:
        """Take out whom the service refuses although the password was right lately.

        Not for a wrong password: else whoever mistypes somebody's name would take that
        person's way in.
        """
        settings = self._desk.access.settings
        book = self._desk.access.entitlements
        try:
            entry = book.find(typed, password, service_digest(settings), settings.offline_hours)
            if entry is not None:
                book.drop(entry.uid)
        except (NotKept, FileChanged, ClockSetBack) as error:
            log.info("nobody was taken out of those who may sign in offline: %s", error)


def _login(service: LoginService, typed: str, password: str) -> Vouched:
    """Ask the service, unless nobody can be called that or have that password.

    Raises:
        BadCredentials: It refuses them, or they cannot be any.
        LoginServiceError: It cannot say.
    """
    try:
        sizes = len(typed), len(password.encode("utf-8")), len(typed.encode("utf-8"))
    except UnicodeEncodeError:  # half a surrogate pair is no character
        raise BadCredentials from None
    is_odd = any(ord(letter) < 32 or ord(letter) == 127 for letter in typed)
    if not typed or is_odd or sizes[0] > _LONGEST_NAME or sizes[1] > _LONGEST_PASSWORD:
        raise BadCredentials
    return service.login(typed, password)


def leave(service: LoginService, vouched: Vouched, within_s: float = _LEAVE_WITHIN_S) -> None:
    """Tell the service that an operator has left, without waiting long or minding trouble."""
    try:
        service.leave(vouched, within_s)
    except LoginServiceError as error:
        log.info("the login service was not told of a sign-out: %s", error)
