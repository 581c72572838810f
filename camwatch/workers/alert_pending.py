"""What the engine decided and what is not stored yet: in order, and given out until it is."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.signals import Raised, Signal

log = logging.getLogger(__name__)

MOST_SIGNALS = 20_000
"""So many wait in memory at most while the database is away."""

_MOST_CRASHES = 2


@dataclass(slots=True, eq=False)
class Decided:
    """What was decided at one moment.

    Attributes:
        at: UTC.
        tries: How often storing it was begun and not told to have failed.
    """

    signals: tuple[Signal, ...]
    at: datetime
    tries: int = 0


class PendingSignals:
    """Outlives the worker that fills it. For one thread at a time.

    Attributes:
        lost: How many signals found no room since the start.
    """

    def __init__(self, most: int = MOST_SIGNALS) -> None:
        self._most = most
        self._waiting: deque[Decided] = deque()
        self._size = 0
        self.lost = 0

    def __len__(self) -> int:
        return self._size

    def add(self, signals: Sequence[Signal], at: datetime) -> None:
        """Put signals behind those that wait.

        When there is no more room, alerts that are merely raised once more are passed over
        first: what is new, worse or over is kept for as long as can be.
        """
        kept = tuple(signals)
        if self._size + len(kept) > self._most // 2:
            kept = tuple(one for one in kept if not _is_repeat(one))
        if self._size + len(kept) > self._most:
            kept = kept[: self._most - self._size]
        if len(kept) < len(signals):
            if not self.lost:
                log.error("no more than %d decisions may wait to be stored", self._most)
            self.lost += len(signals) - len(kept)
        if kept:
            self._waiting.append(Decided(kept, at))
            self._size += len(kept)

    def first(self) -> Decided | None:
        """Return what waits longest, which is to be stored now; None if nothing waits.

        What made the worker break again and again is passed over: it must not keep everything
        behind it from being stored.
        """
        while self._waiting and self._waiting[0].tries >= _MOST_CRASHES:
            broken = self._waiting[0]
            log.error("a decision of %s cannot be stored: %r", broken.at, broken.signals)
            self.lost += len(broken.signals)
            self.stored()
        if not self._waiting:
            return None
        self._waiting[0].tries += 1
        return self._waiting[0]

    def failed(self) -> None:
        """Know that the first could not be stored now, for a reason that passes."""
        self._waiting[0].tries -= 1

    def stored(self) -> None:
        """Let go of the first."""
        self._size -= len(self._waiting.popleft().signals)


def _is_repeat(signal: Signal) -> bool:
    return isinstance(signal, Raised) and not signal.is_new and not signal.is_worse
