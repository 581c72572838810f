"""Minutes and quarters of hours by the clocks of a site, many at once. Pure, with numpy.

Everything here counts minutes since 1970: "UTC minutes" from its first moment, "wall minutes" as
a clock on the wall shows them, so that a wall minute divided by 1,440 is a date.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.schedule import SLOTS_A_DAY, Schedule

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY = 1440
WEEK = 7 * DAY
QUARTER = 15
"""Minutes; no zone is off by anything finer, and none changes its clocks between two."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_THURSDAY = 3 * DAY
"""1970 began on a Thursday; weeks begin on Monday."""

_NIGHT_BEGINS_H, _NIGHT_ENDS_H = 22, 6


def utc_minute(moment: datetime) -> int:
    """Return the UTC minute in which a moment lies."""
    return (moment - _EPOCH) // timedelta(minutes=1)


def moment_of(minute: int) -> datetime:
    """Return the first moment of a UTC minute, UTC."""
    return _EPOCH + timedelta(minutes=minute)


def wall_minutes(first: int, count: int, zone: ZoneInfo) -> Whole:
    """Return the wall minute of each of so many UTC minutes that follow each other.

    Args:
        first: UTC minute.
        count: How many.
        zone: Whose clocks are meant.
    """
    utc = np.arange(first, first + count, dtype=np.int64)
    offsets = np.empty(count, np.int64)
    for start in range(0, count, DAY):
        stop = min(start + DAY, count)
        before, after = _offset(first + start, zone), _offset(first + stop, zone)
        if before == after:
            offsets[start:stop] = before
            continue
        # The clocks change on this day: each quarter is looked at.
        quarters = utc[start:stop] // QUARTER
        known, index = np.unique(quarters, return_inverse=True)
        each = np.array([_offset(int(one) * QUARTER, zone) for one in known], np.int64)
        offsets[start:stop] = each[index]
    return utc + offsets


def _offset(minute: int, zone: ZoneInfo) -> int:
    """Return by how many minutes the zone's clocks are before UTC."""
    offset = moment_of(minute).astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


def hour_of_week(wall: Whole) -> Whole:
    """Return the hour of the week, 0 to 167, of wall minutes; Monday 0:00 is 0."""
    return (wall + _THURSDAY) % WEEK // 60


def week_of(wall: Whole) -> Whole:
    """Return which week it is, counted from an arbitrary one."""
    return (wall + _THURSDAY) // WEEK


def is_night(wall: Whole) -> Flags:
    """Tell which wall minutes lie between 22 and 6."""
    hour = wall % DAY // 60
    return (hour >= _NIGHT_BEGINS_H) | (hour < _NIGHT_ENDS_H)


def is_on(schedule: Schedule, wall: Whole) -> Flags:
    """Tell in which wall minutes a schedule is on."""
    if schedule.is_always:
        return np.ones(len(wall), np.bool_)
    week = np.array([_slots(day) for day in schedule.week])
    slot = wall % DAY // 30
    found: Flags = week[(wall + _THURSDAY) % WEEK // DAY, slot]
    day = wall // DAY
    for exception in schedule.exceptions:
        that_day = day == (exception.day.toordinal() - _EPOCH.toordinal())
        if that_day.any():
            found[that_day] = _slots(exception.slots)[slot[that_day]]
    return found


def _slots(bits: int) -> Flags:
    return np.array([bits >> slot & 1 for slot in range(SLOTS_A_DAY)], np.bool_)
