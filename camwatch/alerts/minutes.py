"""What is stored of cameras and places, minute by minute, to rehearse rules against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import Subject
from camwatch.alerts.wall_clock import WEEK

Minutes = npt.NDArray[np.float32]
"""float32, shape (minutes,); NaN where nothing is known."""
Flags = npt.NDArray[np.bool_]


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
        troubled: For cameras: share of the minute in which the condition's trouble was on, 0 to
            1; NaN where nobody looked.
        is_whole: Of several that are added up: where all of them are known. Elsewhere the sums
            are those of the known ones, the least that there can have been. None: always.
        members: Those that are added up; empty for one by itself.
    """

    name: str
    highest: Minutes
    lowest: Minutes
    mean: Minutes
    coverage: Minutes
    passed_in: Minutes
    passed_out: Minutes
    troubled: Minutes
    is_whole: Flags | None = None
    members: tuple[StoredSeries, ...] = ()

    @property
    def is_known(self) -> Flags:
        """In which minutes anything is known."""
        known: Flags = (self.coverage > 0) | ~np.isnan(self.passed_in) | ~np.isnan(self.troubled)
        return known


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

    @property
    def weeks(self) -> float:
        """How many weeks it goes back from its end to the first minute that is known."""
        firsts = [
            int(np.argmax(known)) for one in self.series.values() if (known := one.is_known).any()
        ]
        return (self.minutes - min(firsts)) / WEEK if firsts else 0.0


def unknown(minutes: int) -> Minutes:
    """Return minutes of which nothing is known."""
    return np.full(minutes, np.nan, np.float32)
