"""What is usual at each hour of the week, from what is stored. Pure, with numpy.

A quarter of an hour is one value: its mean. An hour of the week has four of them in each stored
week, so that both the weeks and what goes on within the hour make up the spread.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from camwatch.alerts.signals import Usual
from camwatch.alerts.wall_clock import QUARTER, Whole, hour_of_week, week_of

Numbers = npt.NDArray[np.float64]

HOURS = 168
STORED_WEEKS = 12
"""So many weeks back what is usual is looked up."""

LEAST_COVERAGE = 0.5
"""A quarter of which less was measured says nothing."""

LEAST_SPREAD = 1.0
"""People; where a number is nearly always the same, one person more is nothing unusual."""

_TO_DEVIATION = 1.4826
"""From a median absolute deviation to the standard deviation of a normal distribution."""


def table_of(wall_quarters: Whole, means: Numbers, coverage: Numbers) -> Numbers:
    """Sort quarters by week and hour of the week.

    Args:
        wall_quarters: The wall minute in which each quarter begins, in order.
        means: Of each; NaN where nothing is known.
        coverage: Share of each that was measured, 0 to 1.

    Returns:
        float64, shape (weeks, 168, 4); NaN where nothing is known.
    """
    if not len(wall_quarters):
        return np.empty((0, HOURS, 60 // QUARTER))
    weeks = week_of(wall_quarters)
    first = int(weeks.min())
    table = np.full((int(weeks.max()) - first + 1, HOURS, 60 // QUARTER), np.nan)
    good = (coverage >= LEAST_COVERAGE) & ~np.isnan(means)
    at = (weeks - first, hour_of_week(wall_quarters), wall_quarters % 60 // QUARTER)
    table[at[0][good], at[1][good], at[2][good]] = means[good]
    return table


def usual_hours(table: Numbers, without: Collection[int] = ()) -> tuple[Numbers, Numbers, Whole]:
    """Return median, spread and number of weeks of each hour of the week.

    Args:
        table: See `table_of`.
        without: Numbers of weeks in the table that do not count.

    Returns:
        Three arrays of 168; the first two are NaN for an hour of which nothing is known.
    """
    kept = np.delete(table, list(without), axis=0) if without else table
    weeks = (~np.isnan(kept)).any(axis=2).sum(axis=0)
    values = kept.transpose(1, 0, 2).reshape(HOURS, -1)
    median = _median(values)
    spread = _median(np.abs(values - median[:, None])) * _TO_DEVIATION
    return median, spread, weeks


def _median(values: Numbers) -> Numbers:
    """Return the median of each row without its NaN; much faster than `numpy.nanmedian`."""
    ordered = np.sort(values, axis=1)  # NaN come last
    known = (~np.isnan(ordered)).sum(axis=1)
    found = np.full(len(ordered), np.nan)
    rows = np.flatnonzero(known)
    low, high = (known[rows] - 1) // 2, known[rows] // 2
    found[rows] = (ordered[rows, low] + ordered[rows, high]) / 2
    return found


def limits(median: Numbers, spread: Numbers, spreads: float) -> tuple[Numbers, Numbers]:
    """Return below and above which number something is unusual.

    Args:
        median: See `usual_hours`.
        spread: Likewise.
        spreads: So many spreads away from the median, see `rules.Unusual`.
    """
    away = spreads * np.maximum(spread, LEAST_SPREAD)
    return median - away, median + away


def usual_of(table: Numbers) -> dict[int, Usual]:
    """Return what is usual, by the hour of the week; hours of which nothing is known are left out.

    Args:
        table: See `table_of`.
    """
    median, spread, weeks = usual_hours(table)
    return {
        hour: Usual(float(median[hour]), float(spread[hour]), int(weeks[hour]))
        for hour in range(HOURS)
        if weeks[hour]
    }
