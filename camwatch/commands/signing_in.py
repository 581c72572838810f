"""Signing in and out, and the first administrator."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.names import check_operator_name
from camwatch.auth.passwords import (
    DUMMY_HASH,
    check_new_password,
    hash_password,
    needs_rehash,
    typed_name_digest,
    verify_password,
)
from camwatch.auth.session import Session, Sessions
from camwatch.auth.throttle import Throttle
from camwatch.commands.role_book import RoleBook
from camwatch.commands.trail import ANONYMOUS, DENIED, DONE, FAILED, LOCKED, Trail
from camwatch.data.operators import OperatorRecord, OperatorRepository
from camwatch.domain import Role
from camwatch.errors import (
    BadCredentials,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
    PermissionDenied,
    StorageError,
    UserError,
)

log = logging.getLogger(__name__)

_SIGN_IN = "sign_in"
_SIGN_OUT = "sign_out"
_FIRST = "create_first_administrator"


@dataclass(frozen=True, slots=True)
class _Account:
    """Whoever the typed name may be: a name without an operator is throttled alike.

    Attributes:
        digest: Under which the throttle of a name is kept that no operator has.
        record: None if no operator has this name.
    """

    digest: str
    record: OperatorRecord | None
    throttle: Throttle

    @property
    def actor(self) -> str:
        """Who to name in the audit log.

        A name that belongs to nobody is not written down: people type their password
        into the wrong field.
        """
        return self.record.user.name if self.record is not None else ANONYMOUS


class SigningIn:
    """Opens sessions for operators who know their password."""

    def __init__(
        self,
        operators: OperatorRepository,
        roles: RoleBook,
        sessions: Sessions,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._operators = operators
        self._roles = roles
        self._sessions = sessions
        self._trail = trail
        self._clock = clock
        # Two tries at once would count as one failure; also, only one password is
        # hashed at a time, so that guessing takes neither all memory nor all cores.
        self._one_at_a_time = threading.Lock()

    def is_first_start(self) -> bool:
        """Tell whether there is no operator yet."""
        return self._operators.count() == 0

    def create_first_administrator(self, name: str, password: str) -> Session:
        """See `Commands.create_first_administrator`."""
        with self._one_at_a_time:
            if not self.is_first_start():
                self._trail.try_to_record(ANONYMOUS, _FIRST, "", DENIED)
                raise PermissionDenied(_FIRST)
            name = _check_new_operator(name.strip(), password)
            stored = hash_password(password)
            # Audited first, for an operator cannot be taken back.
            self._trail.record(name, _FIRST, name, DONE, role=Role.ADMINISTRATOR.value)
            try:
                user = self._operators.add(name, Role.ADMINISTRATOR, stored)
            except (StorageError, UserError):
                self._trail.try_to_record(name, _FIRST, name, FAILED)
                raise
            return self._sessions.start(user, self._roles.role(user.role), self._clock())

    def sign_in(self, name: str, password: str) -> Session:
        """See `Commands.sign_in`."""
        with self._one_at_a_time:
            now = self._clock()
            account = self._account(name.strip())
            until = account.throttle.rests_until(now)
            if until is not None:
                # The password is not even looked at: an answer that depended on it
                # would make the rest worthless.
                self._trail.record(account.actor, _SIGN_IN, account.actor, LOCKED)
                raise LockedOut(until)
            record = account.record
            stored = DUMMY_HASH if record is None else record.password_hash
            is_right = verify_password(stored, password)
            if record is None or not is_right or record.user.is_disabled:
                self._failed(account, account.throttle.after_failure(now))
                raise BadCredentials
            self._renew(record, password)
            self._trail.record(account.actor, _SIGN_IN, account.actor, DONE)
            return self._sessions.start(record.user, self._roles.role(record.user.role), now)

    def sign_out(self, session: Session) -> None:
        """See `Commands.sign_out`."""
        ended = self._sessions.end(session)
        if ended is not None:
            self._trail.try_to_record(ended.actor, _SIGN_OUT, ended.user.name, DONE)

    def _account(self, typed: str) -> _Account:
        try:
            name = check_operator_name(typed)
        except InvalidSetting:
            name = ""  # stands for all that cannot be a name
        # Made for known names too, so that both take the same time.
        digest = typed_name_digest(name)
        record = self._operators.find(name)
        if record is not None:
            return _Account(digest, record, Throttle(record.failures, record.locked_until))
        return _Account(digest, None, Throttle(*self._operators.throttle_of(digest)))

    def _failed(self, account: _Account, throttle: Throttle) -> None:
        """Count the failure; where that cannot be stored, StorageError is the answer."""
        failures, until = throttle.failures, throttle.locked_until
        if account.record is None:
            self._operators.set_throttle_of(account.digest, failures, until)
        else:
            self._operators.set_throttle(account.record.user.id, failures, until)
        rest = {} if until is None else {"locked_until": until.isoformat(timespec="seconds")}
        self._trail.record(
            account.actor, _SIGN_IN, account.actor, FAILED, failures=str(failures), **rest
        )

    def _renew(self, record: OperatorRecord, password: str) -> None:
        """Forget the failures, and hash the password at today's cost."""
        if record.failures:
            self._operators.set_throttle(record.user.id, 0, None)
        if needs_rehash(record.password_hash):
            try:
                self._operators.set_password_hash(record.user.id, hash_password(password))
            except StorageError as error:
                log.warning("a password hash could not be renewed: %s", error)


def _check_new_operator(name: str, password: str) -> str:
    """Return the name as it is stored.

    Raises:
        InvalidSetting: One of the two is refused.
        InvalidSettings: Both are.
    """
    problems: list[InvalidSetting] = []
    kept = name
    try:
        kept = check_operator_name(name)
    except InvalidSetting as error:
        problems.append(error)
    try:
        check_new_password(kept, password)
    except InvalidSetting as error:
        problems.append(error)
    if len(problems) > 1:
        raise InvalidSettings(problems)
    if problems:
        raise problems[0]
    return kept
