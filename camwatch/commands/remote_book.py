"""The open sessions of operators whom the login service vouches for, or did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from camwatch.auth.remote.service import Vouched
from camwatch.auth.session import Session
from camwatch.domain import Secret
from camwatch.errors import LoginFault


@dataclass(slots=True)
class RemoteSession:
    """One of them. What is secret of it is in memory only, and gone with it.

    Attributes:
        session: As it was opened, or as it became.
        typed: The name as it was typed.
        checked_s: When the service said yes last, or was asked last in vain, on the clock
            that nobody can set.
        vouched: What the service said; None while it is away.
        password: With which the service is asked as soon as it answers; None once it has.
        ends_at: When an earlier yes of the service no longer counts, UTC; None with a yes.
        trouble: Why it could not be asked the last time; None if it could.
    """

    session: Session
    typed: str
    checked_s: float
    vouched: Vouched | None = None
    password: Secret | None = field(default=None, repr=False)
    ends_at: datetime | None = None
    trouble: LoginFault | None = None


class RemoteBook:
    """Finds them by their session. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, RemoteSession] = {}

    def add(self, known: RemoteSession) -> None:
        """Take one in."""
        with self._lock:
            self._open[known.session.id] = known

    def find(self, session: Session) -> RemoteSession | None:
        """Return what is known of a session, None if it is none of these."""
        with self._lock:
            return self._open.get(session.id)

    def pop(self, session: Session) -> RemoteSession | None:
        """Let go of one, and return it; None if it is gone already."""
        with self._lock:
            return self._open.pop(session.id, None)

    def all(self) -> list[RemoteSession]:
        """Return those that are open."""
        with self._lock:
            return list(self._open.values())

    def change(self, known: RemoteSession, change: Callable[[RemoteSession], None]) -> bool:
        """Change one unless it is gone meanwhile; tell whether it was there."""
        with self._lock:
            if known.session.id not in self._open:
                return False
            change(known)
            return True
