"""When cameras that are out of order are asked again, so that not all are at once. Pure."""

from __future__ import annotations

import math
import random
from collections import Counter

SHARE_A_SECOND = 0.1
"""So many of all cameras at most are tried again in one second of the clock."""

_FEWEST = 5


class ReconnectBook:
    """Gives out the seconds in which cameras are tried again.

    Args:
        chance: Spreads the tries within a second.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: Counter[int] = Counter()
        self._cameras = 0

    def set_cameras(self, count: int) -> None:
        """Spread this many cameras."""
        self._cameras = count

    def book(self, wanted_s: float, now_s: float) -> float:
        """Return when a camera is tried again: when it is wanted, or soon after.

        Args:
            wanted_s: Not before this moment of the monotonic clock.
            now_s: The monotonic clock, seconds.
        """
        for past in [second for second in self._taken if second < math.floor(now_s)]:
            del self._taken[past]
        most = max(_FEWEST, math.floor(SHARE_A_SECOND * self._cameras))
        second, at_s = math.floor(wanted_s), wanted_s
        while self._taken[second] >= most:
            second += 1
            at_s = second + self._chance.random()
        self._taken[second] += 1
        return at_s
