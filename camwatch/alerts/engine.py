"""The rule engine: what happens, turned into alerts. Pure: time is an argument.

Unknown is not zero: a rule about numbers never fires on a number that is not known, or that is
older than two intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert
from camwatch.alerts.rules import PlaceRef, Rule, Severity
from camwatch.alerts.signals import Explanation, Fact, Signal, Usual, WatchedCamera


@dataclass(frozen=True, slots=True)
class Now:
    """A moment, by two clocks.

    Attributes:
        wall: UTC; may be set. Only schedules, midnight and what is stored go by it.
        elapsed_s: Seconds on a clock that nobody sets (`domain.elapsed_s`): durations.
    """

    wall: datetime
    elapsed_s: float


class Engine:
    """Keeps how each rule stands with each of its subjects. Not for several threads at once.

    Args:
        zone: The site's time zone, for schedules and midnight.
        new_uid: Makes the uid of a new alert.
    """

    GROUP_S = 5.0
    """Troubles of cameras that begin within this time under one rule become one alert."""

    MOST_NEW = 20
    """A rule opens at most so many alerts in a minute; more subjects join the newest of them."""

    def __init__(self, zone: ZoneInfo, new_uid: Callable[[], str]) -> None:
        raise NotImplementedError

    def set_rules(self, rules: Sequence[Rule], now: Now) -> list[Signal]:
        """Go by these rules; what a rule that is gone or switched off had raised returns."""
        raise NotImplementedError

    def set_cameras(self, cameras: Sequence[WatchedCamera], now: Now) -> list[Signal]:
        """Watch these cameras; what is open about one that is gone or switched off returns."""
        raise NotImplementedError

    def set_usual(self, usual: Mapping[tuple[str, int], Usual]) -> None:
        """Know what is usual, by a subject's key and the hour of the week (Monday 0:00 is 0)."""
        raise NotImplementedError

    def restore(
        self,
        alerts: Sequence[Alert],
        passed_today: Mapping[PlaceRef, tuple[int, int]],
        now: Now,
    ) -> None:
        """Go on after a new start: these alerts are open, so many passed in and out today.

        What holds no more returns once the facts say so; what still holds is not raised anew.
        """
        raise NotImplementedError

    def told(self, alert_uid: str, severity: Severity, now: Now) -> None:
        """Know that an alert was delivered: its cool-down begins."""
        raise NotImplementedError

    def take(self, fact: Fact, now: Now) -> list[Signal]:
        """Take what happened, and return what follows."""
        raise NotImplementedError

    def tick(self, now: Now) -> list[Signal]:
        """Return what follows from time passing; called about once a second."""
        raise NotImplementedError

    def explain(self, rule_uid: str, now: Now) -> list[Explanation]:
        """Tell how a rule stands with each of its subjects.

        Raises:
            KeyError: There is no such rule.
        """
        raise NotImplementedError
