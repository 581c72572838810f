"""Which pictures of a stream are taken, so that they come at the rate that is wished."""

from __future__ import annotations

import math


class Ticks:
    """A grid in time: one picture is taken around each of its ticks, the others are dropped.

    Args:
        interval_s: From tick to tick.
    """

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._tick_s = -math.inf

    @property
    def interval_s(self) -> float:
        """From tick to tick, seconds."""
        return self._interval_s

    @interval_s.setter
    def interval_s(self, interval_s: float) -> None:
        if interval_s != self._interval_s:
            self._interval_s = interval_s
            self._tick_s = -math.inf

    def begin(self) -> None:
        """Take the next picture, whenever it comes; no tick before it was missed."""
        self._tick_s = -math.inf

    def takes(self, now_s: float) -> int | None:
        """Tell whether a picture is taken.

        A camera that sends exactly as fast as is wished has each picture taken, be it a little
        early or late: half an interval makes no difference.

        Args:
            now_s: When it came, on the monotonic clock.

        Returns:
            How many ticks before it went by without a picture; None if it is dropped.
        """
        if self._tick_s == -math.inf:
            self._tick_s = now_s + self._interval_s
            return 0
        early_s = self._tick_s - now_s
        if early_s > self._interval_s / 2:
            return None
        missed = max(0, math.floor(-early_s / self._interval_s + 0.5))
        self._tick_s += (missed + 1) * self._interval_s
        return missed
