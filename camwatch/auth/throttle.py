"""How long accounts and computers rest after wrong passwords. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)

ALARM_EVERY = 10
"""With each so many failures of one account in a row the audit log gets an entry of its own."""

MOST_A_MINUTE = 20
LONGEST_COMPUTER_REST = timedelta(minutes=5)
FORGETS_RESTS_AFTER = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


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


@dataclass(frozen=True, slots=True)
class ComputerThrottle:
    """What is remembered of a computer, whoever was tried at it.

    It stands against one guess on each of a thousand users, which no account's own throttle
    sees. A right password does not clear it: somebody who guesses may have an account as well.
    Its rests are short, so that nobody keeps the only administrator away by typing nonsense.

    Attributes:
        recent: When signing in failed within the last minute, UTC, oldest first.
        rests: How many rests it has had, each within an hour of the one before.
        locked_until: End of the last rest, UTC; None if there was none.
    """

    recent: tuple[datetime, ...] = ()
    rests: int = 0
    locked_until: datetime | None = None

    def rests_until(self, now: datetime) -> datetime | None:
        """Return until when nothing is accepted, None if a try is allowed now."""
        until = self.locked_until
        if until is None or now >= until:
            return None
        # As with an account: no rest is that long, so the clock was put back.
        return until if until - now <= 2 * LONGEST_COMPUTER_REST else None

    def after_failure(self, now: datetime) -> ComputerThrottle:
        """Return it with one more failure: the twentieth within a minute starts a rest of 30 s.

        Each further rest is twice as long, to five minutes at most, until there was none for
        an hour.
        """
        recent = (*(one for one in self.recent if now - _MINUTE < one <= now), now)
        if len(recent) < MOST_A_MINUTE:
            return ComputerThrottle(recent, self.rests, self.locked_until)
        last = self.locked_until
        is_long_ago = last is None or abs(now - last) > FORGETS_RESTS_AFTER
        rests = 1 if is_long_ago else self.rests + 1
        rest = FIRST_REST * 2 ** min(rests - 1, 16)
        return ComputerThrottle((), rests, now + min(rest, LONGEST_COMPUTER_REST))
