"""Counts what fails at signing in, and keeps those away who try too often."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.names import check_operator_name
from camwatch.auth.passwords import typed_name_digest
from camwatch.auth.throttle import ALARM_EVERY, ComputerThrottle, Throttle
from camwatch.commands.trail import ALARM, ANONYMOUS, FAILED, LOCKED, SYSTEM, Trail
from camwatch.data.operators import OperatorRecord, OperatorRepository
from camwatch.data.sign_ins import SignInRepository
from camwatch.data.throttles import ComputerFailures, ThrottleRepository
from camwatch.domain import User, UserId
from camwatch.errors import InvalidSetting, LockedOut, SessionExpired

_ALARM = "guessing_alarm"


class NameThrottle:
    """Throttles tries under names that no operator of this history has.

    Such are unknown names, and those of operators of the login service. One of these serves a
    whole run: failures at once, of whichever kind, are all counted for the computer.

    Args:
        throttles: Where it is kept.
        computer: Where the tries are made.
    """

    def __init__(self, throttles: ThrottleRepository, computer: str) -> None:
        self._throttles = throttles
        self._computer = computer
        self._counting = threading.RLock()

    def check(self, key: str, now: datetime) -> None:
        """Refuse a try while the name or this computer rests.

        Args:
            key: Stands for the name, see `camwatch.auth.passwords.typed_name_digest`; what was
                typed is not written down.
            now: UTC.

        Raises:
            LockedOut: It rests; what was typed must not be looked at.
            StorageError: Nobody knows, so nobody is let in.
        """
        self.check_computer(now)
        if (until := self.of_name(key).rests_until(now)) is not None:
            raise LockedOut(until)

    def failed(self, key: str, now: datetime) -> Throttle:
        """Count a failure under a name, and return what is remembered of the name now.

        Raises:
            StorageError: It is not counted; this is then the answer, not that it was wrong.
        """
        with self._counting:
            throttle = self.of_name(key).after_failure(now)
            self.put(key, throttle, now)
        return throttle

    def succeeded(self, key: str) -> None:
        """Forget the failures under a name; those at this computer stay.

        Raises:
            StorageError: They are not forgotten, so nobody is let in.
        """
        if self.of_name(key).failures:
            self._throttles.forget_name(key)

    def check_computer(self, now: datetime) -> None:
        """Refuse a try while this computer rests.

        Raises:
            LockedOut: It does.
            StorageError: Nobody knows, so nobody is let in.
        """
        if (until := self._at_computer().rests_until(now)) is not None:
            raise LockedOut(until)

    def of_name(self, key: str) -> Throttle:
        """Return what is remembered of a name."""
        return Throttle(*self._throttles.name(key))

    def put(self, owner: UserId | str, throttle: Throttle, now: datetime) -> datetime | None:
        """Store a failure, and count it for this computer.

        Args:
            owner: An operator of this history, or the key of a name that none has.
            throttle: With this failure.
            now: UTC.

        Returns:
            Until when this computer rests, if the failure began a rest.

        Raises:
            StorageError: Nothing was stored.
        """
        with self._counting:
            after = self._at_computer().after_failure(now)
            self._throttles.put(
                owner,
                throttle.failures,
                throttle.locked_until,
                self._computer,
                ComputerFailures(after.recent, after.rests, after.locked_until),
            )
        return after.rests_until(now)

    def _at_computer(self) -> ComputerThrottle:
        stored = self._throttles.computer(self._computer)
        return ComputerThrottle(stored.recent, stored.rests, stored.locked_until)


@dataclass(frozen=True, slots=True)
class Tried:
    """Whoever a name may be: one without an operator is throttled alike.

    Attributes:
        digest: Under which the throttle of a name is kept that no operator has.
        record: None if no operator has this name.
        throttle: What is remembered of the account, or the name.
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


class AccountGate:
    """Lets tries at accounts of this history through, or not, and writes down how they end.

    Attributes:
        turn: Held for one whole try: two at once would count as one failure. So only one
            password is looked at a time, and guessing takes one core at most; the other
            of the two that may be hashed at once is left to what operators do who are in.
        names: Throttles this computer, and names that no operator has.
    """

    def __init__(
        self,
        operators: OperatorRepository,
        sign_ins: SignInRepository,
        names: NameThrottle,
        trail: Trail,
    ) -> None:
        self.turn = threading.Lock()
        self.names = names
        self._operators = operators
        self._sign_ins = sign_ins
        self._trail = trail

    def check_computer(self, now: datetime, action: str, actor: str = ANONYMOUS) -> None:
        """Refuse a try while this computer rests, before anything is looked at.

        Raises:
            LockedOut: It does.
            StorageError: Nobody knows, or it cannot be audited.
        """
        try:
            self.names.check_computer(now)
        except LockedOut:
            self._trail.record(actor, action, actor, LOCKED, because="computer")
            raise

    def look_up(self, typed: str) -> Tried:
        """Find out whom a typed name means; takes as long for names that nobody has.

        Raises:
            StorageError: The records cannot be read, so nobody is let in.
        """
        try:
            name = check_operator_name(typed)
        except InvalidSetting:
            name = ""  # stands for all that cannot be a name
        # Made for known names too, so that both take the same time.
        digest = typed_name_digest(name)
        record = self._operators.find(name)
        # Read for known names too.
        of_name = self.names.of_name(digest)
        return Tried(digest, record, of_name if record is None else _throttle(record))

    def own(self, user: User) -> tuple[Tried, OperatorRecord]:
        """Return the present record of an operator who is in, or on the way.

        Raises:
            SessionExpired: The operator is gone or disabled, or was changed in a way that
                ends what was begun before.
            StorageError: It cannot be read.
        """
        record = self._operators.find(user.name)
        if (
            record is None
            or record.user.id != user.id
            or record.user.is_disabled
            or record.user.version != user.version
        ):
            raise SessionExpired
        return Tried("", record, _throttle(record)), record

    def check(self, tried: Tried, now: datetime, action: str) -> None:
        """Refuse a try while the account rests.

        What was typed is not even looked at then: an answer that depended on it would make
        the rest worthless.

        Raises:
            LockedOut: It does.
            StorageError: It cannot be audited.
        """
        if (until := tried.throttle.rests_until(now)) is not None:
            self._trail.record(tried.actor, action, tried.actor, LOCKED)
            raise LockedOut(until)

    def failed(self, tried: Tried, now: datetime, action: str, **details: str) -> None:
        """Count a failure; where that cannot be stored, StorageError is the answer.

        Raises:
            StorageError: It is not counted, or not audited.
        """
        throttle = tried.throttle.after_failure(now)
        owner = tried.digest if tried.record is None else tried.record.user.id
        computer_until = self.names.put(owner, throttle, now)
        details["failures"] = str(throttle.failures)
        if throttle.locked_until is not None:
            details["locked_until"] = _short(throttle.locked_until)
        if computer_until is not None:
            details["computer_locked_until"] = _short(computer_until)
        self._trail.record(tried.actor, action, tried.actor, FAILED, **details)
        if throttle.failures % ALARM_EVERY == 0:
            self._trail.record(SYSTEM, _ALARM, tried.actor, ALARM, failures=str(throttle.failures))

    def succeeded(self, record: OperatorRecord) -> None:
        """Forget the failures of an account; those at this computer stay.

        Raises:
            StorageError: They are not forgotten.
        """
        if record.failures:
            self._sign_ins.clear_failures(record.user.id)


def _throttle(record: OperatorRecord) -> Throttle:
    return Throttle(record.failures, record.locked_until)


def _short(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
