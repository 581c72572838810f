"""Who is signed in, and until when."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from camwatch.auth.permissions import NOBODY, OperatorRole, Permission
from camwatch.domain import User
from camwatch.errors import SessionExpired

LONGEST = timedelta(hours=12)
"""A session ends after this time, however busy the operator is."""

CONFIRMED_FOR = timedelta(minutes=10)
"""For so long after the password was entered it is not asked for again."""


class SignInKind(StrEnum):
    """Who vouched for the operator."""

    LOCAL = "local"
    """A record of this history."""
    REMOTE = "remote"
    """The login service."""
    OFFLINE = "offline"
    """What the login service said earlier; it is away now."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in operator.

    Attributes:
        id: 256 random bits as text; whoever holds it acts as this operator.
        user: The operator as found at sign-in; the role may have changed since.
        started_at: UTC.
        expires_at: UTC.
        role: What the operator may do and sees, as far as is known here; the commands look
            it up anew each time.
        kind: Who vouched for the operator.
    """

    id: str = field(repr=False)
    user: User
    started_at: datetime
    expires_at: datetime
    role: OperatorRole = NOBODY
    kind: SignInKind = SignInKind.LOCAL

    @property
    def actor(self) -> str:
        """How the audit log names this operator: no local name can hold a colon."""
        if self.kind is SignInKind.LOCAL:
            return self.user.name
        return f"remote:{self.user.name}"

    def may(self, permission: Permission) -> bool:
        """Tell whether the operator may do it."""
        return self.role.allows(permission)


@dataclass(slots=True)
class _Open:
    """What is remembered of an open session.

    Attributes:
        ends_s: When it runs out, on the clock that nobody can set.
        confirmed_s: When the password was entered last, on that clock.
        is_locked: Its operator has left; see `Sessions.lock`.
    """

    session: Session
    ends_s: float
    confirmed_s: float
    is_locked: bool = False


class SessionWatcher(Protocol):
    """Is told of each session that begins and of each that is ended."""

    def opened(self, session: Session) -> None:
        """Note that a session begins; it does not if this raises an error."""

    def closed(self, session: Session) -> None:
        """Note that a session was ended; must not raise errors."""


class Sessions:
    """The sessions of this run; a `Session` that was not opened here is worth nothing.

    Args:
        monotonic_s: A clock that nobody can set, seconds: a wall clock that is put
            back must not make a session longer.
        watcher: Is told of sessions; called without this object's lock.

    Attributes:
        longest: How long those last that are opened from now on.
    """

    def __init__(
        self,
        monotonic_s: Callable[[], float] = time.monotonic,
        watcher: SessionWatcher | None = None,
    ) -> None:
        self.longest = LONGEST
        self._monotonic_s = monotonic_s
        self._watcher = watcher
        self._lock = threading.Lock()
        self._open: dict[str, _Open] = {}

    def start(
        self,
        user: User,
        role: OperatorRole,
        now: datetime,
        kind: SignInKind = SignInKind.LOCAL,
    ) -> Session:
        """Open a session for an operator whose password was right."""
        session = Session(secrets.token_urlsafe(32), user, now, now + self.longest, role, kind)
        if self._watcher is not None:
            self._watcher.opened(session)
        now_s = self._monotonic_s()
        with self._lock:
            # Those that ran out without a sign-out would else stay until the program ends.
            self._open = {key: known for key, known in self._open.items() if known.ends_s > now_s}
            ends_s = now_s + self.longest.total_seconds()
            self._open[session.id] = _Open(session, ends_s, confirmed_s=now_s)
        return session

    def check(self, session: Session, now: datetime) -> Session:
        """Return the session as it was opened here.

        Raises:
            SessionExpired: It has run out, was ended, or never was one.
        """
        with self._lock:
            known = self._open.get(session.id)
            if known is None:
                raise SessionExpired
            if now >= known.session.expires_at or self._monotonic_s() >= known.ends_s:
                del self._open[session.id]
                raise SessionExpired
            return known.session

    def lock(self, session: Session) -> None:
        """Lock an open session, until `confirm`; harmless when it has ended.

        However lately the password was entered, it is asked for again.
        """
        with self._lock:
            if (known := self._open.get(session.id)) is not None:
                known.is_locked = True
                known.confirmed_s = -math.inf

    def confirm(self, session: Session) -> None:
        """Note that the operator has just entered the password, and unlock the session."""
        with self._lock:
            if (known := self._open.get(session.id)) is not None:
                known.is_locked = False
                known.confirmed_s = self._monotonic_s()

    def is_locked(self, session: Session) -> bool:
        """Tell whether an open session is locked."""
        with self._lock:
            known = self._open.get(session.id)
            return known is not None and known.is_locked

    def is_confirmed(self, session: Session) -> bool:
        """Tell whether the password was entered within `CONFIRMED_FOR`."""
        with self._lock:
            known = self._open.get(session.id)
            if known is None:
                return False
            return self._monotonic_s() - known.confirmed_s < CONFIRMED_FOR.total_seconds()

    def update(self, session: Session, user: User, role: OperatorRole) -> Session | None:
        """Let an open session be of this record and role; None if it has ended."""
        with self._lock:
            known = self._open.get(session.id)
            if known is None:
                return None
            known.session = replace(known.session, user=user, role=role)
            return known.session

    def end(self, session: Session) -> Session | None:
        """End the session and return it as it was opened; None if it had ended already."""
        with self._lock:
            known = self._open.pop(session.id, None)
        if known is None:
            return None
        if self._watcher is not None:
            self._watcher.closed(known.session)
        return known.session
