"""Which picture of a recording is to be seen when. Knows no Qt and no picture."""

from __future__ import annotations

import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)

_SHORTEST_GAP_S = 3.0
_LEAD_S = 0.3  # so long the picture before a gap is still seen


class Playback:
    """A recording that is played by the clock: when the pictures cannot follow, some are left out.

    Args:
        times_s: When each picture was taken, seconds from the recording's start, in order;
            at least one.
        duration_s: Of the whole recording, seconds.
        clock: Monotonic, seconds.
    """

    def __init__(
        self,
        times_s: Sequence[float],
        duration_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._times = tuple(times_s)
        self.duration_s = max(duration_s, self._times[-1])
        self._clock = clock
        usual_s = statistics.median(
            [later - earlier for earlier, later in pairwise(self._times)] or [0.0]
        )
        self._gap_s = max(_SHORTEST_GAP_S, 5 * usual_s)
        self._speed = 1.0
        self._place_s = 0.0
        self._since_s: float | None = None  # the clock when the place was taken; None rests
        self.skipped_s = 0.0
        """Length of the gap that was jumped over last; 0 for none."""

    @property
    def is_playing(self) -> bool:
        """True while time goes on."""
        return self._since_s is not None

    @property
    def speed(self) -> float:
        """How many times faster than it was."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._settle()
        self._speed = speed

    @property
    def place_s(self) -> float:
        """Where it is now, seconds from the recording's start."""
        if self._since_s is None:
            return self._place_s
        passed_s = (self._clock() - self._since_s) * self._speed
        return min(self._place_s + passed_s, self.duration_s)

    @property
    def index(self) -> int:
        """Which picture is to be seen now: the last one that was taken by then."""
        return max(bisect_right(self._times, self.place_s) - 1, 0)

    @property
    def is_at_end(self) -> bool:
        """True once all was seen."""
        return self.place_s >= self.duration_s

    def time_s(self, index: int) -> float:
        """Return when a picture was taken, seconds from the recording's start."""
        return self._times[index]

    def play(self) -> None:
        """Go on; at the end there is nothing to go on with."""
        if not self.is_at_end:
            self._since_s = self._clock()

    def pause(self) -> None:
        """Rest here."""
        self._settle()
        self._since_s = None

    def seek(self, place_s: float) -> None:
        """Go to a place; playing goes on from there."""
        self._place_s = min(max(place_s, 0.0), self.duration_s)
        if self._since_s is not None:
            self._since_s = self._clock()

    def step(self, pictures: int) -> None:
        """Rest at a picture before (below 0) or after the present one; after the last, the end."""
        index = self.index + pictures
        self.pause()
        self.seek(self.duration_s if index >= len(self._times) else self._times[max(index, 0)])

    def advance(self) -> None:
        """Jump over a gap in which no pictures came, and rest at the end."""
        place_s = self.place_s
        self.skipped_s = 0.0
        if self.is_at_end:
            self.pause()
            return
        following = bisect_right(self._times, place_s)
        before_s = self._times[following - 1] if following else 0.0
        if following < len(self._times) and self._times[following] - before_s > self._gap_s:
            self._jump(place_s, before_s, self._times[following])
        elif following == len(self._times) and self.duration_s - before_s > self._gap_s:
            self._jump(place_s, before_s, self.duration_s)

    def _jump(self, place_s: float, before_s: float, after_s: float) -> None:
        if place_s >= before_s + _LEAD_S * self._speed:
            self.skipped_s = after_s - before_s
            self.seek(after_s)

    def coming(self, count: int, every_s: float) -> list[int]:
        """Return which pictures will be seen next, the present one first, without repeats.

        Args:
            count: Look so many moments ahead.
            every_s: So far apart are the moments on the clock, seconds.
        """
        place_s = self.place_s
        seen = [self.index]
        for number in range(1, count + 1):
            index = max(bisect_right(self._times, place_s + number * every_s * self._speed) - 1, 0)
            if index == seen[-1] and number == count:
                index = min(index + 1, len(self._times) - 1)
            if index not in seen:
                seen.append(index)
        return seen

    def nearest(self, place_s: float) -> int:
        """Return the first picture that was taken at this time or later, else the last one."""
        return min(bisect_left(self._times, place_s), len(self._times) - 1)

    def _settle(self) -> None:
        """Take the present place as the one to go on from."""
        self._place_s = self.place_s
        if self._since_s is not None:
            self._since_s = self._clock()
