"""The number that is shown: steady where the detector wavers, and never older than it says."""

from __future__ import annotations

from collections import deque


class Smoother:
    """Median of the counts of the last seconds. Not for several threads at once.

    Of an even number of counts the oldest is left out, so that the median is one that was
    counted. A change of the scene shows after half of the time.

    Args:
        window_s: So many seconds; 0 shows each count as it is.
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._counts: deque[tuple[float, int]] = deque()

    def add(self, t_s: float, count: int) -> int:
        """Take in the count of a picture taken at t_s seconds; return what is to be shown."""
        if self._counts and t_s < self._counts[-1][0]:
            self._counts.clear()  # the clock went back
        self._counts.append((t_s, count))
        while t_s - self._counts[0][0] >= self._window_s and len(self._counts) > 1:
            self._counts.popleft()
        values = [value for _, value in self._counts]
        odd = sorted(values[1:] if len(values) % 2 == 0 else values)
        return odd[len(odd) // 2]

    def forget(self) -> None:
        """Begin anew: what was counted before is not of now."""
        self._counts.clear()
