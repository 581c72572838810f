"""Sign-ins that are under way: a ticket stands for the steps that were right so far."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from camwatch.domain import Secret, User
from camwatch.errors import SessionExpired, SignInStep

LASTS_S = 300.0
MOST_OPEN = 64


@dataclass(frozen=True, slots=True)
class Ticket:
    """A sign-in whose password was right.

    Attributes:
        user: The operator as found when the ticket was made. A change since then that ends
            sessions ends the ticket as well.
        step: What it is for; it is worth nothing for another step.
        has_code: A code of the device, or a recovery code, was right.
        proof: What was given besides the password, for the audit log.
        secret: Of the device that is being set up, if one is.
    """

    user: User
    step: SignInStep
    has_code: bool = False
    proof: Mapping[str, str] = field(default_factory=dict)
    secret: Secret | None = None


class Tickets:
    """The tickets of this run, in memory only. May be used from any thread.

    Args:
        monotonic_s: A clock that nobody can set, seconds.
    """

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Ticket, float]] = {}

    def issue(self, ticket: Ticket) -> str:
        """Return the text that stands for a ticket, 256 random bits, for five minutes.

        Only those whose password was right get one; of more than 64 the oldest ends.
        """
        token = secrets.token_urlsafe(32)
        now_s = self._monotonic_s()
        with self._lock:
            self._open = {key: one for key, one in self._open.items() if one[1] > now_s}
            while len(self._open) >= MOST_OPEN:
                del self._open[next(iter(self._open))]
            self._open[token] = (ticket, now_s + LASTS_S)
        return token

    def find(self, token: str, step: SignInStep) -> Ticket:
        """Return a ticket for a step.

        Raises:
            SessionExpired: There is none of that text for this step (any more).
        """
        with self._lock:
            ticket, ends_s = self._open.get(token, (None, 0.0))
            if ticket is None or ticket.step is not step:
                raise SessionExpired
            if self._monotonic_s() >= ends_s:
                del self._open[token]
                raise SessionExpired
            return ticket

    def keep_secret(self, token: str, secret: Secret) -> None:
        """Remember with a ticket the secret of the device that is being set up."""
        with self._lock:
            if (known := self._open.get(token)) is not None:
                ticket, ends_s = known
                self._open[token] = (replace(ticket, secret=secret), ends_s)

    def end(self, token: str) -> None:
        """Let a ticket be worth nothing any more; harmless when it is already."""
        with self._lock:
            self._open.pop(token, None)
