"""A rule against what is stored: how often would it have fired? Pure, with numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import Rule

Minutes = npt.NDArray[np.float32]
"""float32, shape (minutes,); NaN where nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredSeries:
    """What is stored of one subject, minute by minute.

    Attributes:
        highest: Most people seen at once in the minute.
        lowest: Fewest.
        mean: Mean occupancy.
        coverage: Share of the minute that was measured, 0 to 1; never NaN.
        passed_in: Crossings inwards; NaN where nobody could be counted.
        passed_out: Likewise outwards.
        troubled: For cameras: 1 where the condition's trouble was on, 0 where it was not, NaN
            where nobody looked.
    """

    name: str
    highest: Minutes
    lowest: Minutes
    mean: Minutes
    coverage: Minutes
    passed_in: Minutes
    passed_out: Minutes
    troubled: Minutes


@dataclass(frozen=True, slots=True, eq=False)
class StoredHistory:
    """What a rule is rehearsed against.

    Attributes:
        start: The first minute, UTC.
        minutes: How many there are.
        series: By subject.
    """

    start: datetime
    minutes: int
    series: Mapping[Subject, StoredSeries]


@dataclass(frozen=True, slots=True)
class WouldFire:
    """An alert that would have been raised.

    Attributes:
        at: UTC.
        until: When it would have returned, UTC; None if it goes on.
        is_told: False if the cool-down would have kept it quiet.
        is_night: Between 22 and 6 by the clocks of the site.
    """

    subject: Subject
    name: str
    at: datetime
    until: datetime | None
    value: float | None
    is_told: bool
    is_night: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule would have done.

    Attributes:
        alerts: Oldest first.
        coverage: Share of the rehearsed time in which the rule could judge, 0 to 1.
        weeks: How many weeks of history there are, for `Unusual`.
        note: What must be known of this rehearsal, as a sentence, such as that minutes cannot
            tell what happened within one; "" for nothing.
    """

    alerts: tuple[WouldFire, ...]
    coverage: float
    weeks: float
    note: str = ""

    @property
    def told(self) -> int:
        """How many would have been told, with the cool-down."""
        return sum(one.is_told for one in self.alerts)

    @property
    def at_night(self) -> int:
        """How many of all would have come at night."""
        return sum(one.is_night for one in self.alerts)


def rehearse(rule: Rule, history: StoredHistory, zone: ZoneInfo) -> Rehearsal:
    """Run a rule over what is stored.

    Args:
        rule: As it is being edited.
        history: What is stored of its subjects; see `Commands.stored_history`.
        zone: Whose clocks schedules go by.
    """
    raise NotImplementedError
