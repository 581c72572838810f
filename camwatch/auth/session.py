"""Who is signed in, and until when."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from camwatch.domain import User
from camwatch.errors import SessionExpired

LONGEST = timedelta(hours=12)
"""A session ends after this time, however busy the operator is."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in operator.

    Attributes:
        id: 256 random bits as text; whoever holds it acts as this operator.
        user: The operator as found at sign-in; the role may have changed since.
        started_at: UTC.
        expires_at: UTC.
    """

    id: str = field(repr=False)
    user: User
    started_at: datetime
    expires_at: datetime


class Sessions:
    """The sessions of this run; a `Session` that was not opened here is worth nothing.

    Args:
        monotonic_s: A clock that nobody can set, seconds: a wall clock that is put
            back must not make a session longer.
    """

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Session, float]] = {}

    def start(self, user: User, now: datetime) -> Session:
        """Open a session for an operator whose password was right."""
        session = Session(secrets.token_urlsafe(32), user, now, now + LONGEST)
        now_s = self._monotonic_s()
        with self._lock:
            # Those that ran out without a sign-out would else stay until the program ends.
            self._open = {key: known for key, known in self._open.items() if known[1] > now_s}
            self._open[session.id] = (session, now_s + LONGEST.total_seconds())
        return session

    def check(self, session: Session, now: datetime) -> Session:
        """Return the session as it was opened here.

        Raises:
            SessionExpired: It has run out, was ended, or never was one.
        """
        with self._lock:
            known, ends_s = self._open.get(session.id, (None, 0.0))
            if known is None:
                raise SessionExpired
            if now >= known.expires_at or self._monotonic_s() >= ends_s:
                del self._open[session.id]
                raise SessionExpired
            return known

    def end(self, session: Session) -> Session | None:
        """End the session and return it as it was opened; None if it had ended already."""
        with self._lock:
            known, _ = self._open.pop(session.id, (None, 0.0))
        return known
