"""The event loop's own pulse: whether it keeps up, and whether it stood still. Pure.

It beats once a second. A beat that comes late means that this computer has too much to do; one
that is missing for long, that the process was stopped, or that the computer was asleep.
"""

from __future__ import annotations

import math
from collections import deque

STOOD_STILL_S = 10.0
"""Without a beat for so long, the process was stopped. No load alone holds it up like this."""

LATE_S = 0.5
"""A beat that comes so much later than it is due is late."""

_STRAINED_FROM = 3
_STRAINED_WITHIN_S = 15.0
_RELAXED_AFTER_S = 30.0


class Pulse:
    """The beats of one event loop.

    Args:
        now_s: The monotonic clock, seconds.
    """

    def __init__(self, now_s: float) -> None:
        self._beat_s = now_s
        self._late_s: deque[float] = deque(maxlen=_STRAINED_FROM)
        self._latest_s = -math.inf
        self._is_strained = False

    def beat(self, now_s: float, late_s: float) -> None:
        """Take note of a beat.

        Args:
            now_s: The monotonic clock, seconds.
            late_s: How much later it came than it was due.
        """
        self._beat_s = now_s
        if late_s > LATE_S:
            self._late_s.append(now_s)
            self._latest_s = now_s
            are_enough = len(self._late_s) == _STRAINED_FROM
            if are_enough and now_s - self._late_s[0] <= _STRAINED_WITHIN_S:
                self._is_strained = True
        elif now_s - self._latest_s >= _RELAXED_AFTER_S:
            self._is_strained = False

    @property
    def is_strained(self) -> bool:
        """True while this computer does not keep up."""
        return self._is_strained

    def stood_still_s(self, now_s: float) -> float | None:
        """Return for how long there was no beat if it was too long, else None."""
        silent_s = now_s - self._beat_s
        return silent_s if silent_s >= STOOD_STILL_S else None
