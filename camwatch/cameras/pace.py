"""How often one camera is asked when it cannot answer as often as it should. Pure.

A cheap camera that needs 1.5 s for a picture gets slower still when it is asked every second.
So the interval is doubled, again and again if need be, and halved after good minutes.
"""

from __future__ import annotations

from collections import deque

from camwatch.language import tr

MOST_STRETCHED = 8
"""The interval grows to so many times what was set."""

LONGEST_S = 60.0
"""It grows to no more than this, unless more was set."""

RELAXES_AFTER_S = 120.0
"""After so long without trouble the interval is halved again."""

_JUDGED = 10
_TOO_SLOW = 8
_BUSY = 2
_LEAST_JUDGED_S = 5.0
_ROOM = 0.8


class Pace:
    """The time from one picture of a camera to the next.

    Args:
        interval_s: As it was set; it never becomes shorter.
        now_s: The monotonic clock, seconds.
    """

    def __init__(self, interval_s: float, now_s: float) -> None:
        self._set_s = interval_s
        self._stretch = 1
        self._slow: deque[bool] = deque(maxlen=_JUDGED)
        self._refusals = 0
        self._answers = 0
        self._changed_s = now_s
        self._good_since_s = now_s

    @property
    def interval_s(self) -> float:
        """The time between two pictures now."""
        return min(self._set_s * self._stretch, max(self._set_s, LONGEST_S))

    @property
    def is_stretched(self) -> bool:
        """True while the camera is asked less often than was set."""
        return self._stretch > 1

    @property
    def detail(self) -> str:
        """How often it is asked, in words; empty while that is as it was set."""
        if not self.is_stretched:
            return ""
        return tr(
            "asked every {interval_s:g} s instead of every {set_s:g} s",
            interval_s=self.interval_s,
            set_s=self._set_s,
        )

    def answered(self, took_s: float, now_s: float) -> None:
        """Take note of a picture, and of how long it took from the request on."""
        self._answers += 1
        if self._answers >= _JUDGED:
            self._refusals = 0
        self._slow.append(took_s > self.interval_s)
        is_judged = len(self._slow) == _JUDGED and now_s - self._changed_s >= _LEAST_JUDGED_S
        if is_judged and sum(self._slow) >= _TOO_SLOW:
            self._set_stretch(self._stretch * 2, now_s)
        elif self.is_stretched and took_s > _ROOM * self.interval_s / 2:
            self._good_since_s = now_s
        elif self.is_stretched and now_s - self._good_since_s >= RELAXES_AFTER_S:
            self._set_stretch(self._stretch // 2, now_s)

    def refused(self, now_s: float) -> None:
        """Take note that the camera said it has too much to do."""
        self._refusals += 1
        self._answers = 0
        self._good_since_s = now_s
        if self._refusals >= _BUSY:
            self._set_stretch(self._stretch * 2, now_s)

    def _set_stretch(self, stretch: int, now_s: float) -> None:
        if stretch <= MOST_STRETCHED and not (
            stretch > self._stretch and self.interval_s >= LONGEST_S
        ):
            self._stretch = stretch
        self._slow.clear()
        self._refusals = 0
        self._changed_s = self._good_since_s = now_s
