"""Clocks, retry with back-off, and circuit breaker. Time is an argument, never read here."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times that grow with each failure and are spread by chance.

    Source:
        "Full jitter" between half and all of an exponential wait: attempts of many
        cameras that failed together do not come back together.

    Attributes:
        first_s: Wait after the first failure.
        factor: What each further failure multiplies it by.
        longest_s: It grows no further.
    """

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0

    def wait_s(self, failures: int, chance: random.Random) -> float:
        """Return the wait after so many failures in a row, 0.0 after none."""
        if failures < 1:
            return 0.0
        # The exponent is bounded so that a week of failures does not overflow.
        full = min(self.longest_s, self.first_s * self.factor ** min(failures - 1, 64))
        return chance.uniform(full / 2, full)


class BreakerState(StrEnum):
    """Closed lets calls through, open lets none, half-open lets one probe through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Stops calling what keeps failing, and probes it once after a pause.

    Args:
        failures: So many in a row open it.
        pause_s: How long it stays open before a probe.
    """

    def __init__(self, failures: int = 5, pause_s: float = 60.0) -> None:
        if failures < 1 or pause_s <= 0:
            raise ValueError(f"failures {failures}, pause_s {pause_s}")
        self._limit = failures
        self._pause_s = pause_s
        self._opened_s: float | None = None
        self._is_probing = False
        self.failures = 0

    def state(self, now_s: float) -> BreakerState:
        """Return the state at this moment of a monotonic clock."""
        if self._opened_s is None:
            return BreakerState.CLOSED
        if self._is_probing or now_s - self._opened_s >= self._pause_s:
            return BreakerState.HALF_OPEN
        return BreakerState.OPEN

    def allows(self, now_s: float) -> bool:
        """Tell whether a call may be made now; a half-open breaker allows only one."""
        state = self.state(now_s)
        if state is BreakerState.HALF_OPEN:
            if self._is_probing:
                return False
            self._is_probing = True
        return state is not BreakerState.OPEN

    def wait_s(self, now_s: float) -> float:
        """Return the time until a probe is allowed, 0.0 if calls are allowed."""
        if self._opened_s is None:
            return 0.0
        return max(0.0, self._opened_s + self._pause_s - now_s)

    def succeeded(self) -> None:
        """Close it."""
        self.failures = 0
        self._opened_s = None
        self._is_probing = False

    def failed(self, now_s: float) -> None:
        """Count a failure; open at the limit, and again at once when a probe fails."""
        self.failures += 1
        if self._is_probing or self.failures >= self._limit:
            self._opened_s = now_s
        self._is_probing = False


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clocks say at one moment, all in seconds.

    Attributes:
        running_s: A clock that stands still while the computer sleeps, where there is one.
        elapsed_s: A clock that goes on while it sleeps, and that nobody sets.
        wall_s: The wall clock, since 1970 UTC.
    """

    running_s: float
    elapsed_s: float
    wall_s: float


class ClockWatch:
    """Tells from readings of the clocks, one a second or so, what happened between them.

    Args:
        first: The first reading.
    """

    SLEPT_S = 2.0
    """So much more passed than this computer was running."""

    STOPPED_S = 10.0
    """So long without a reading: the process was stopped, or nobody can tell sleep apart."""

    JUMP_S = 2.0
    """The wall clock was set by so much; what keeps it right moves it by less at a time."""

    def __init__(self, first: ClockReading) -> None:
        self._last = first

    def look(self, now: ClockReading) -> tuple[float | None, float | None]:
        """Compare with the reading before.

        Returns:
            For how long the computer was asleep or the process stopped, None if it was not; by
            how much the wall clock was set, negative if backwards, None if it was not.
        """
        last, self._last = self._last, now
        passed_s = now.elapsed_s - last.elapsed_s
        slept_s = passed_s - (now.running_s - last.running_s)
        is_back = slept_s > self.SLEPT_S or passed_s > self.STOPPED_S
        jump_s = now.wall_s - last.wall_s - passed_s
        return (passed_s if is_back else None), (jump_s if abs(jump_s) > self.JUMP_S else None)
