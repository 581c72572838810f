"""Keeps answers about the past for a while, so that the same question is not worked out again.

An answer is kept with what it is about: which cameras and which minutes. Whoever changes something
of these says so after it is stored, and the answer is gone. An answer that was being worked out
meanwhile is not kept: it may lack what was stored.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from camwatch.domain import CameraId

TTL_S = 300.0
MOST = 200_000
"""So many points of charts are kept at most."""

_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class About:
    """What an answer, or a change, is about.

    Attributes:
        cameras: Which cameras; None for all.
        first: Minute since 1970 UTC.
        stop: The minute after the last.
    """

    cameras: frozenset[CameraId] | None
    first: int
    stop: int

    def touches(self, other: About) -> bool:
        """Tell whether both are about something in common."""
        if self.first >= other.stop or other.first >= self.stop:
            return False
        if self.cameras is None or other.cameras is None:
            return True
        return not self.cameras.isdisjoint(other.cameras)


class AnswerCache(Protocol):
    """Keeps answers; in this process, or in a server of its own. For any thread."""

    def ticket(self) -> int:
        """Return what `put` wants to know; taken before the history is read."""

    def get(self, key: str) -> object | None:
        """Return a kept answer, None if there is none."""

    def put(self, key: str, answer: object, about: About, ticket: int, weight: int = 1) -> None:
        """Keep an answer, unless something of it changed since the ticket was taken.

        Args:
            key: Says all that the answer depends on, but what is stored.
            answer: Not changed by anybody from now on.
            about: What it is about.
            ticket: From `ticket`.
            weight: How many points of a chart it has.
        """

    def invalidate(self, about: About) -> None:
        """Forget all answers about what was changed; called after it is stored."""

    def clear(self) -> None:
        """Forget all answers."""


class NoCache:
    """Keeps nothing: where others write into the history, too, nobody says what they change."""

    def ticket(self) -> int:
        """Return a number."""
        return 0

    def get(self, key: str) -> object | None:
        """Return None."""
        del key
        return None

    def put(self, key: str, answer: object, about: About, ticket: int, weight: int = 1) -> None:
        """Keep nothing."""

    def invalidate(self, about: About) -> None:
        """There is nothing to forget."""

    def clear(self) -> None:
        """There is nothing to forget."""


@dataclass(frozen=True, slots=True)
class _Entry:
    answer: object
    about: About
    expires_s: float
    weight: int


class MemoryCache:
    """Keeps answers in this process; what was not asked for longest goes first.

    Args:
        most: How many points of charts are kept.
        ttl_s: For how long an answer is kept.
        monotonic: Tells the time; it is never set back.
    """

    def __init__(
        self,
        most: int = MOST,
        ttl_s: float = TTL_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._ttl_s = ttl_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._weight = 0
        self._newest = 0
        """No answer is about this minute or a later one."""
        self._changes: deque[About] = deque(maxlen=_REMEMBERED)
        self._changed = 0
        """How many changes there were; the last ones are remembered."""

    def ticket(self) -> int:
        """Return how many changes there were."""
        with self._lock:
            return self._changed

    def get(self, key: str) -> object | None:
        """Return a kept answer, None if there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if self._monotonic() >= entry.expires_s:
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return entry.answer

    def put(self, key: str, answer: object, about: About, ticket: int, weight: int = 1) -> None:
        """Keep an answer, unless something of it changed since the ticket was taken."""
        with self._lock:
            missed = self._changed - ticket
            if missed > len(self._changes):
                return  # so long ago that nobody remembers
            if missed and any(
                about.touches(self._changes[-number]) for number in range(1, missed + 1)
            ):
                return
            if key in self._entries:
                self._drop(key)
            self._entries[key] = _Entry(answer, about, self._monotonic() + self._ttl_s, weight)
            self._weight += weight
            self._newest = max(self._newest, about.stop)
            while self._weight > self._most:
                self._drop(next(iter(self._entries)))

    def invalidate(self, about: About) -> None:
        """Forget all answers about what was changed."""
        with self._lock:
            self._changed += 1
            self._changes.append(about)
            if about.first >= self._newest:
                return  # the usual second: no answer is about what runs
            for key in [key for key, one in self._entries.items() if one.about.touches(about)]:
                self._drop(key)
            self._newest = max((one.about.stop for one in self._entries.values()), default=0)

    def clear(self) -> None:
        """Forget all answers, and those that are being worked out."""
        with self._lock:
            self._changed += _REMEMBERED + 1
            self._entries.clear()
            self._weight = self._newest = 0

    def _drop(self, key: str) -> None:
        self._weight -= self._entries.pop(key).weight
