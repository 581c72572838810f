"""What is usual at this hour of the week, and what was not. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camwatch.domain import BucketSize
from camwatch.history.asking import UsualPoint
from camwatch.language import marked, table, tr
from camwatch.ui.charts.series import HistoryLine, Values

_LEAST_COVERAGE = 0.5
"""Of a step of which less was measured nobody can say whether it was unusual."""

_STEPS = table(
    lambda: {
        BucketSize.MINUTE: (
            tr("No unusual minute"),
            tr("1 unusual minute"),
            marked("{count} unusual minutes"),
        ),
        BucketSize.FIVE_MINUTES: (
            tr("No unusual stretch of five minutes"),
            tr("1 unusual stretch of five minutes"),
            marked("{count} unusual stretches of five minutes"),
        ),
        BucketSize.QUARTER: (
            tr("No unusual quarter of an hour"),
            tr("1 unusual quarter of an hour"),
            marked("{count} unusual quarters of an hour"),
        ),
        BucketSize.HOUR: (
            tr("No unusual hour"),
            tr("1 unusual hour"),
            marked("{count} unusual hours"),
        ),
    }
)
"""None, one and several of each step for which it is known what is usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What is usual, step by step.

    Attributes:
        edges: Start of each step and the end of the last one, seconds since 1970.
        low: Lower end, NaN where nothing is known.
        high: Upper end, likewise.
        middle: The median, likewise.
        weeks: From how many weeks the best known step is.
    """

    edges: Values
    low: Values
    high: Values
    middle: Values
    weeks: int

    @property
    def is_known(self) -> bool:
        """True if anything is known of what is usual."""
        return bool(np.isfinite(self.low).any())


@dataclass(frozen=True, slots=True)
class Unusual:
    """A step with more or fewer people than usual.

    Attributes:
        index: Which step of the line.
        at_s: Its middle, seconds since 1970.
        value: How many people.
        low: Lower end of what is usual.
        high: Upper end.
    """

    index: int
    at_s: float
    value: float
    low: float
    high: float

    @property
    def is_more(self) -> bool:
        """True if there were more people than usual."""
        return self.value > self.high


def band_of(points: Sequence[UsualPoint], line: HistoryLine) -> Band:
    """Lay what is usual over the steps of a line; a step without a point is not known."""
    by_start = {point.start.timestamp(): point for point in points}
    found = [by_start.get(float(start)) for start in line.edges[:-1]]

    def of(name: str) -> Values:
        got = [None if one is None else getattr(one, name) for one in found]
        return np.array([np.nan if one is None else one for one in got], np.float64)

    weeks = max((one.weeks for one in found if one is not None), default=0)
    return Band(line.edges, of("low"), of("high"), of("middle"), weeks)


def unusual_in(line: HistoryLine, band: Band) -> list[Unusual]:
    """Return the steps that are outside of the band, first to last."""
    if len(band.low) != len(line.mean):
        return []
    with np.errstate(invalid="ignore"):
        outside = (line.mean > band.high) | (line.mean < band.low)
    outside &= line.coverage >= _LEAST_COVERAGE
    middles = (line.edges[:-1] + line.edges[1:]) / 2
    return [
        Unusual(
            int(index),
            float(middles[index]),
            float(line.mean[index]),
            float(band.low[index]),
            float(band.high[index]),
        )
        for index in np.flatnonzero(outside)
    ]


def unusual_text(found: Sequence[Unusual], size: BucketSize) -> str:
    """Say "3 unusual hours"."""
    none, one, several = _STEPS[size]
    if not found:
        return none
    return one if len(found) == 1 else tr(several, count=len(found))


def has_band(size: BucketSize) -> bool:
    """True for steps of an hour or shorter; of longer ones nothing is known that is usual."""
    return size in _STEPS
