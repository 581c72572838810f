"""Who passed a line or a gate: since midnight, within periods that slide, and when it was watched.

All times are seconds on the clock that nobody sets.
"""

from __future__ import annotations

from collections import deque

from camwatch.alerts.rules import Way

_STEPS = 1000
"""A period is kept in so many steps at most, so that a busy door needs no more memory."""

_MOST_STRETCHES = 256
"""Stretches of being watched that are kept; what is older counts as not watched."""


class Period:
    """Counts who passed within a period that slides along.

    Args:
        length_s: Of the period.
        since_s: When counting began.
    """

    def __init__(self, length_s: float, since_s: float) -> None:
        self.length_s = length_s
        self.since_s = since_s
        self._passed: deque[list[float]] = deque()
        self._sums = [0, 0]

    def add(self, passed_in: int, passed_out: int, now_s: float) -> None:
        """Count who passed just now."""
        self._forget(now_s)
        self._sums[0] += passed_in
        self._sums[1] += passed_out
        if self._passed and now_s - self._passed[-1][0] < self.length_s / _STEPS:
            self._passed[-1][1] += passed_in
            self._passed[-1][2] += passed_out
        else:
            self._passed.append([now_s, passed_in, passed_out])

    def count(self, way: Way, now_s: float) -> int:
        """Return how many passed within the period before now."""
        self._forget(now_s)
        came, went = self._sums
        return {Way.IN: came, Way.OUT: went, Way.BOTH: came + went}[way]

    def _forget(self, now_s: float) -> None:
        while self._passed and now_s - self._passed[0][0] >= self.length_s:
            _, came, went = self._passed.popleft()
            self._sums[0] -= int(came)
            self._sums[1] -= int(went)


class Passages:
    """What is known of one line or gate.

    Attributes:
        passed_in: Since midnight by the clocks of the site.
        passed_out: Likewise.
        day_s: When that counting began: midnight, or when the program started.
        until_s: It is known to be watched until then; minus infinity if it never was.
        periods: By their length, those that a rule asks for.
    """

    def __init__(self, since_s: float) -> None:
        self.passed_in = 0
        self.passed_out = 0
        self.day_s = since_s
        self.until_s = float("-inf")
        self.periods: dict[float, Period] = {}
        self._stretches: deque[list[float]] = deque(maxlen=_MOST_STRETCHES)

    def is_watched(self, now_s: float) -> bool:
        """Tell whether who passes is being counted."""
        return now_s <= self.until_s

    def watched(self, now_s: float, stands_s: float) -> None:
        """Take note that it was watched just now, and that this stands for some time."""
        if self._stretches and now_s <= self.until_s:
            self._stretches[-1][1] = now_s
        else:
            self._stretches.append([now_s, now_s])
        self.until_s = now_s + stands_s

    def not_watched(self) -> None:
        """Take note that nobody can be counted now."""
        self.until_s = float("-inf")

    def passed(self, passed_in: int, passed_out: int, now_s: float) -> None:
        """Count who passed just now."""
        self.passed_in += passed_in
        self.passed_out += passed_out
        for period in self.periods.values():
            period.add(passed_in, passed_out, now_s)

    def begin_day(self, now_s: float) -> None:
        """Count from zero again: it is midnight."""
        self.passed_in = self.passed_out = 0
        self.day_s = now_s

    def need_periods(self, lengths_s: frozenset[float], now_s: float) -> None:
        """Keep just these periods; a new one begins now."""
        self.periods = {
            length_s: self.periods.get(length_s) or Period(length_s, now_s)
            for length_s in lengths_s
        }

    def coverage(self, since_s: float, now_s: float) -> float:
        """Return which share of the time since a moment it was watched, 0 to 1."""
        if now_s <= since_s:
            return 1.0 if self.is_watched(now_s) else 0.0
        covered_s = sum(
            max(end_s - max(start_s, since_s), 0.0) for start_s, end_s in self._stretches
        )
        if self._stretches and self.is_watched(now_s):
            covered_s += now_s - max(self._stretches[-1][1], since_s)
        return min(covered_s / (now_s - since_s), 1.0)

    def is_covered(self, period: Period, now_s: float) -> bool:
        """Tell whether it was watched all through a period, without any gap."""
        if not self._stretches or not self.is_watched(now_s):
            return False
        began_s = max(self._stretches[-1][0], period.since_s)
        return now_s - began_s >= period.length_s
