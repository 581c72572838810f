"""How long an account rests after wrong passwords. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Throttle:
    """What is remembered of an account.

    Attributes:
        failures: Wrong passwords since the last right one.
        locked_until: Nothing is accepted before this moment, UTC; None if it rests not.
    """

    failures: int = 0
    locked_until: datetime | None = None

    def rests_until(self, now: datetime) -> datetime | None:
        """Return until when nothing is accepted, None if a try is allowed now."""
        until = self.locked_until
        if until is None or now >= until:
            return None
        # No rest is that long: the clock was put back, perhaps by years. Without
        # this, an hour of a wrong clock would lock everybody out for good.
        return until if until - now <= 2 * LONGEST_REST else None

    def after_failure(self, now: datetime) -> Throttle:
        """Return it with one more wrong password: the fifth in a row starts a rest of 30 s.

        Each further one doubles the rest, to one hour at most. A try during a rest is
        not looked at, so it does not come here.
        """
        failures = self.failures + 1
        if failures < FREE_FAILURES:
            return Throttle(failures)
        # The exponent is bounded so that a year of guessing does not overflow.
        rest = FIRST_REST * 2 ** min(failures - FREE_FAILURES, 16)
        return Throttle(failures, now + min(rest, LONGEST_REST))
