"""Many weeks of hours of several cameras, added up, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Float, Select, and_, case, cast, func, or_, select

from camwatch.data.chosen import ChosenCamera
from camwatch.data.corrections import Excluded
from camwatch.data.moments import MINUTE_MS
from camwatch.data.overlay import Stretch, within
from camwatch.data.remains import HOUR_MIN
from camwatch.data.schema import hour
from camwatch.domain import CameraId

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_HOUR_MS = HOUR_MIN * MINUTE_MS


def added_up_hours(
    connection: Connection,
    cameras: Sequence[ChosenCamera],
    stretch: Stretch,
    excluded: Mapping[CameraId, Excluded],
) -> tuple[Whole, Numbers, Numbers]:
    """Return the hours in which any of the cameras measured.

    An hour of which anything is excluded says nothing of its camera.

    Args:
        connection: For reading.
        cameras: Those that are added up; each has its hours.
        stretch: When; minutes since 1970 UTC.
        excluded: By camera.

    Returns:
        First minute of each hour, ascending; sum of the cameras' means; and measured time divided
        by that of all cameras that were there, 0 to 1.
    """
    sums = {
        int(start): [mean, ms] for start, mean, ms in connection.execute(_query(cameras, stretch))
    }
    for one in cameras:
        if (gone := excluded.get(one.id)) is not None:
            for start, mean, ms in connection.execute(_query([one], stretch, gone)):
                sums[start][0] -= mean
                sums[start][1] -= ms
    known = sorted(start for start, (_, ms) in sums.items() if ms > 0)
    starts = np.array(known, np.int64)
    there = np.zeros(len(starts))
    for one in cameras:
        life = one.life
        is_there = (starts + HOUR_MIN) * MINUTE_MS > life.created_ms
        if life.removed_ms is not None:
            is_there &= starts * MINUTE_MS < life.removed_ms
        there += is_there
    means = np.array([sums[start][0] for start in known], np.float64)
    covered = np.array([sums[start][1] for start in known], np.float64)
    return starts, means, covered / (_HOUR_MS * np.maximum(there, 1.0))


def _query(
    cameras: Sequence[ChosenCamera], stretch: Stretch, gone: Excluded | None = None
) -> Select[Any]:
    """Return the question for sums by hour; only for hours that are touched, if these are given."""
    capped = case((hour.c.covered_ms > _HOUR_MS, _HOUR_MS), else_=hour.c.covered_ms)
    query = (
        select(
            hour.c.start,
            func.sum(cast(hour.c.people_ms, Float) / hour.c.covered_ms),
            func.sum(cast(capped, Float)),
        )
        .where(hour.c.camera_id.in_([one.id for one in cameras]), hour.c.covered_ms > 0)
        .where(hour.c.start >= stretch[0], hour.c.start < stretch[1])
        .group_by(hour.c.start)
    )
    if gone is None:
        return query
    touched = [
        and_(hour.c.start > first - HOUR_MIN, hour.c.start < stop)
        for first, stop in within(gone.stretches, *stretch)
    ]
    return query.where(or_(*touched))
