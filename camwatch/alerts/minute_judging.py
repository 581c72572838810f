"""How each condition judges stored minutes. Pure, with numpy: all minutes at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camwatch.alerts.minutes import Flags, Minutes, StoredHistory, StoredSeries
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Condition,
    Crossings,
    Occupancy,
    ProgramCondition,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.usual import HOURS, limits, table_of, usual_hours
from camwatch.alerts.wall_clock import DAY, QUARTER, Whole, hour_of_week, week_of

Numbers = npt.NDArray[np.float64]

_NO_GAP = 0.75
"""A minute of which so much was measured had no gap: a picture that comes late is none."""

_ALL_BUT_ROUNDING = 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What minutes say of one subject; all arrays have one item a minute.

    Attributes:
        touched: The condition held at some time in the minute.
        full: It held all the time.
        share: For how much of the minute it held, 0 to 1; 0 where it is not known.
        back: At some time it was over.
        known: The rule could judge.
        for_s: So long it must hold, seconds.
        values: What was compared.
        thresholds: With what.
        critical: It was critical at some time; None if it never is.
        is_number: The values are numbers that people may be told.
    """

    touched: Flags
    full: Flags
    share: Numbers
    back: Flags
    known: Flags
    for_s: float
    values: Minutes
    thresholds: Minutes
    critical: Flags | None = None
    is_number: bool = True

    def held_s(self) -> Numbers:
        """Return for how long it has held without a gap at most in each minute, seconds.

        A minute in which it held all the time adds to what was before. One in which it held for
        a part is the end of what was before, or the beginning of what follows.
        """
        at = np.arange(len(self.full))
        broken = np.maximum.accumulate(np.where(self.full, -1, at))
        begun_s = np.where(broken >= 0, np.where(self.full, 0.0, self.share * 60.0)[broken], 0.0)
        at_end = begun_s + 60.0 * (at - broken)
        before = np.concatenate(([0.0], at_end[:-1]))
        held: Numbers = np.where(self.touched, before + self.share * 60.0, 0.0)
        return held


def judge(condition: Condition, series: StoredSeries, wall: Whole) -> Judgement:
    """Judge all minutes of one subject.

    Args:
        condition: What the rule watches for.
        series: What is stored.
        wall: The wall minute of each.
    """
    match condition:
        case Occupancy():
            limit = np.full(len(wall), condition.threshold, np.float32)
            return _of_people(
                series,
                condition.side,
                limit,
                float(condition.hysteresis),
                condition.for_s,
                condition.critical_at,
            )
        case Unusual():
            limit = _unusual_limit(condition, series, wall)
            return _of_people(series, condition.side, limit, 1.0, condition.for_s, None)
        case Crossings():
            values = _sliding(condition, series)
            limits = condition.threshold, 1, condition.critical_at
            return _of_steps(values, condition.side, *limits, _whole(series))
        case Balance():
            values = _since_midnight(series, wall)
            limits = condition.threshold, condition.hysteresis, condition.critical_at
            return _of_steps(values, condition.side, *limits, _whole(series))
        case CameraCondition():
            return _of_trouble(series, condition.after_s)
        case ProgramCondition():
            return _of_trouble(series, condition.after_s)


def _of_people(  # noqa: PLR0917 - all that the number of people is compared with
    series: StoredSeries,
    side: Side,
    limit: Minutes,
    hysteresis: float,
    for_s: float,
    critical_at: int | None,
) -> Judgement:
    """Judge by the highest, lowest and mean number of each minute."""
    sign = 1.0 if side is Side.ABOVE else -1.0
    most = series.highest if side is Side.ABOVE else -series.lowest
    least = series.lowest if side is Side.ABOVE else -series.highest
    at = sign * limit
    known = (series.coverage > 0) & ~np.isnan(most) & ~np.isnan(limit)
    whole = _whole(series)
    with np.errstate(invalid="ignore", divide="ignore"):
        touched = known & (most >= at)
        if side is Side.BELOW:
            touched &= whole
        full = touched & (least >= at) & (series.coverage >= _NO_GAP)
        # As if there were two numbers in the minute, the highest and the lowest.
        share = np.where(least >= at, 1.0, (sign * series.mean - least) / (most - least))
        back = known & (least <= at - hysteresis)
        if side is Side.ABOVE:
            # Fewer than nobody are never there, so it would never be over.
            back = known & whole & (least <= np.maximum(at - hysteresis, 0.0))
        critical = None if critical_at is None else known & (most >= sign * critical_at)
    share = np.where(touched, np.clip(share, 0.0, 1.0) * series.coverage, 0.0)
    share[full] = 1.0
    values = series.highest if side is Side.ABOVE else series.lowest
    return Judgement(touched, full, share, back, known, for_s, values, limit, critical)


def _whole(series: StoredSeries) -> Flags:
    """Tell where all that is added up is known."""
    return np.ones(len(series.mean), np.bool_) if series.is_whole is None else series.is_whole


def _of_steps(  # noqa: PLR0917 - all that a number is compared with
    values: Minutes,
    side: Side,
    threshold: int,
    hysteresis: int,
    critical_at: int | None,
    whole: Flags,
) -> Judgement:
    """Judge a number that each minute has one of."""
    sign = 1.0 if side is Side.ABOVE else -1.0
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        full = known & (sign * values >= sign * threshold)
        back = known & (sign * values <= sign * threshold - hysteresis)
        if side is Side.ABOVE:
            back &= whole
        critical = None
        if critical_at is not None:
            critical = known & (sign * values >= sign * critical_at)
    limit = np.full(len(values), threshold, np.float32)
    return Judgement(full, full, full.astype(float), back, known, 0.0, values, limit, critical)


def _of_trouble(series: StoredSeries, after_s: float) -> Judgement:
    known = ~np.isnan(series.troubled)
    share = np.where(known, series.troubled, 0.0).astype(np.float64)
    touched = known & (share > 0)
    full = known & (share >= _ALL_BUT_ROUNDING)
    nothing = np.full(len(share), np.nan, np.float32)
    return Judgement(
        touched,
        full,
        share,
        known & ~full,
        known,
        after_s,
        series.troubled,
        nothing,
        is_number=False,
    )


def _sliding(condition: Crossings, series: StoredSeries) -> Minutes:
    """Return who passed within the period that ends with each minute; NaN where that is unknown.

    People who passed are enough to be above a number. To be below one, all of the period must
    have been watched.
    """
    passed = {
        Way.IN: series.passed_in,
        Way.OUT: series.passed_out,
        Way.BOTH: series.passed_in + series.passed_out,
    }[condition.way]
    known = ~np.isnan(passed)
    period = max(1, math.ceil(condition.period_s / 60.0))
    sums = _last(np.where(known, passed, 0.0), period)
    watched = _last((known & _whole(series)).astype(np.float64), period)
    enough = known if condition.side is Side.ABOVE else watched >= period
    return np.where(enough, sums, np.nan).astype(np.float32)


def _last(values: npt.NDArray[np.floating], period: int) -> Numbers:
    """Return the sum of so many values up to each."""
    sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    at = np.arange(1, len(sums))
    found: Numbers = sums[at] - sums[np.maximum(at - period, 0)]
    return found


def _since_midnight(series: StoredSeries, wall: Whole) -> Minutes:
    """Return in minus out since midnight; NaN in minutes in which nobody could be counted."""
    more = series.passed_in - series.passed_out
    # Of a difference, a part is no lower bound: all must be known.
    known = ~np.isnan(more) & _whole(series)
    sums = np.cumsum(np.where(known, more, 0.0), dtype=np.float64)
    if not len(sums):
        return more
    day = wall // DAY
    starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    before = np.concatenate(([0.0], sums))[starts]
    since = sums - before[np.searchsorted(starts, np.arange(len(sums)), side="right") - 1]
    return np.where(known, since, np.nan).astype(np.float32)


def _unusual_limit(condition: Unusual, series: StoredSeries, wall: Whole) -> Minutes:
    """Return from which number on each minute is unusual; NaN where there is too little history.

    A week is compared with the others, else what was unusual would be part of what is usual.
    """
    limit = np.full(len(wall), np.nan, np.float32)
    tables = [_table(one, wall) for one in series.members or (series,)]
    if not len(wall):
        return limit
    weeks = week_of(wall)
    hour = hour_of_week(wall)
    for number in range(len(tables[0])):
        # What is usual of several is the sum of what is usual of each.
        each = [usual_hours(table, (number,)) for table in tables]
        median = np.sum([one[0] for one in each], axis=0)
        spread = np.sum([one[1] for one in each], axis=0)
        others = np.min([one[2] for one in each], axis=0)
        low, high = limits(median, spread, condition.spreads)
        at = high if condition.side is Side.ABOVE else low
        at[others < condition.least_weeks] = np.nan
        this = weeks == weeks[0] + number
        limit[this] = at[hour[this]]
    return limit


def _table(series: StoredSeries, wall: Whole) -> Numbers:
    """Sort the minutes by week and hour."""
    if not len(wall):
        return np.empty((0, HOURS, 60 // QUARTER))
    # Quarters by the wall clock, where the first and the last may be cut.
    quarter = wall // QUARTER
    starts = np.flatnonzero(np.diff(quarter, prepend=quarter[0] - 1))
    covered = np.add.reduceat(series.coverage.astype(np.float64), starts)
    people = np.add.reduceat(np.nan_to_num(series.mean * series.coverage).astype(float), starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = people / covered
    return table_of(quarter[starts] * QUARTER, means, covered / QUARTER)


def judged_weeks(history: StoredHistory) -> int:
    """Return how many weeks of history there are for what is usual, the present one too."""
    return min(math.ceil(history.weeks - 1e-9), HOURS)
