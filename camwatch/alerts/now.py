"""A moment, by the two clocks that alerts are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Now:
    """A moment, by two clocks.

    Attributes:
        wall: UTC; may be set. Only schedules, midnight and what is stored go by it.
        elapsed_s: Seconds on a clock that nobody sets (`domain.elapsed_s`): durations.
    """

    wall: datetime
    elapsed_s: float

    def wall_at(self, elapsed_s: float) -> datetime:
        """Return what the wall clock, as it is set now, showed at a moment of the other one."""
        return self.wall - timedelta(seconds=self.elapsed_s - elapsed_s)

    def elapsed_at(self, wall: datetime) -> float:
        """Return a moment that was stored by the wall clock on the other one; never later."""
        return self.elapsed_s - max((self.wall - wall).total_seconds(), 0.0)
