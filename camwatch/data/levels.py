"""Which of a camera's roll-ups can answer a question: minutes, hours or days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from camwatch.data.chosen import ChosenCamera, zone_named
from camwatch.data.cuts import day_of, hour_of
from camwatch.domain import BucketSize

COARSE = (BucketSize.DAY, BucketSize.WEEK, BucketSize.MONTH)
"""Whole days of the zone's clocks."""

FINE = (BucketSize.MINUTE, BucketSize.FIVE_MINUTES, BucketSize.QUARTER)
"""Shorter than an hour: there are only the minutes for them."""


def level_of(
    size: BucketSize, rolled_zone: str, limits: Sequence[int], zone: ZoneInfo
) -> BucketSize:
    """Return the coarsest roll-up whose rows lie wholly inside the stretches of a question.

    Args:
        size: Of the stretches.
        rolled_zone: By whose clocks the hours and days were cut.
        limits: Of the stretches, minutes since 1970 UTC.
        zone: By whose clocks the stretches are cut.

    Returns:
        DAY, HOUR or MINUTE.
    """
    rolled = None if size in FINE else zone_named(rolled_zone)
    if rolled is None:
        return BucketSize.MINUTE
    is_same = rolled.key == zone.key
    if size in COARSE and (is_same or all(day_of(one, rolled) == one for one in limits)):
        return BucketSize.DAY
    if is_same or all(hour_of(one, rolled) == one for one in limits):
        return BucketSize.HOUR
    return BucketSize.MINUTE


def fits(size: BucketSize, one: ChosenCamera, limits: Sequence[int], zone: ZoneInfo) -> bool:
    """Tell whether a camera's roll-ups of a size lie wholly inside stretches of that size."""
    return level_of(size, one.rolled_zone, limits, zone) is size
