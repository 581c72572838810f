"""Answers what charts ask of the cameras, each from the coarsest roll-ups that fit."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from camwatch.data.adding import (
    TABLES,
    Question,
    added_in_stretches,
    added_row_by_row,
    held_cells,
    mixed_cells,
    sparse_cameras,
)
from camwatch.data.buckets import Added, Totals
from camwatch.data.chosen import ChosenCamera
from camwatch.data.levels import FINE, level_of
from camwatch.data.rolling import COUNTS, Levels
from camwatch.domain import Bucket, BucketSize

_HOUR_MIN = 60


def read_buckets(
    connection: Connection, cameras: Sequence[ChosenCamera], asked: Question
) -> list[Bucket]:
    """Return one bucket for each stretch, all cameras added up.

    Args:
        connection: One for reading.
        cameras: Which cameras.
        asked: Which stretches; at least one.
    """
    totals = Totals(asked.edges, {one.id: one.life for one in cameras}, asked.now_ms)
    if asked.size in FINE:
        _add_fine(connection, totals, cameras, asked)
        return totals.buckets()
    by_zone: dict[str, list[ChosenCamera]] = defaultdict(list)
    for one in cameras:
        by_zone[one.rolled_zone].append(one)
    by_level: dict[BucketSize, list[ChosenCamera]] = defaultdict(list)
    limits = asked.limits
    for rolled_zone, some in by_zone.items():
        by_level[level_of(asked.size, rolled_zone, limits, asked.zone)] += some
    for level, some in by_level.items():
        totals.add(_added(connection, totals, level, some, asked))
    return totals.buckets()


def _add_fine(
    connection: Connection, totals: Totals, cameras: Sequence[ChosenCamera], asked: Question
) -> None:
    """Add up minutes; a sample of a slow camera stands for the stretches that follow, too."""
    stretch_ms = asked.edges[1] - asked.edges[0]
    slow: set[int] = {one.id for one in cameras if one.interval_ms > stretch_ms}
    fast = [one for one in cameras if one.id not in slow]
    limits = asked.limits
    # A sample from before the first stretch may stand for it, however often it is asked today.
    slow |= sparse_cameras(connection, fast, asked, limits[0] - _HOUR_MIN, limits[0])
    fast = [one for one in fast if one.id not in slow]
    added = _added(connection, totals, BucketSize.MINUTE, fast, asked)
    if any(one.sparse for one in added):  # they were slow in that time
        slow |= sparse_cameras(connection, fast, asked, limits[0], limits[-1])
        fast = [one for one in fast if one.id not in slow]
        added = _added(connection, totals, BucketSize.MINUTE, fast, asked)
    totals.add(added)
    if slow:
        chosen = [one for one in cameras if one.id in slow]
        totals.add_cells(held_cells(connection, chosen, asked))


def _added(
    connection: Connection,
    totals: Totals,
    level: BucketSize,
    cameras: Sequence[ChosenCamera],
    asked: Question,
) -> list[Added]:
    """Return what the database added up; what it cannot is added to the totals at once."""
    if level is asked.size:
        return added_row_by_row(connection, TABLES[level], cameras, asked)
    if level is not BucketSize.MINUTE or asked.size in FINE:
        return added_in_stretches(connection, TABLES[level], cameras, asked)
    whole = []
    for one in cameras:
        since = minutes_whole_from(connection, COUNTS, one.id)
        if since is None or since <= asked.limits[0]:
            whole.append(one)
        else:
            totals.add_cells(mixed_cells(connection, one, asked, since))
    return added_in_stretches(connection, TABLES[level], whole, asked) if whole else []


def minutes_whole_from(connection: Connection, levels: Levels, owner: int) -> int | None:
    """Return the minute from which the minutes are whole; None if they always were.

    Where hours are all there is of older times, they are taken for the stretch in which they
    begin, though they may reach into the next one.

    Args:
        connection: One for reading.
        levels: Of what.
        owner: Of which camera or place.
    """
    oldest, first_hour = (
        connection.execute(select(func.min(at)).where(owned == owner)).scalar()
        for owned, at in (list(table.primary_key) for table in (levels.minutes, levels.hours))
    )
    if first_hour is None or (oldest is not None and first_hour + _HOUR_MIN > oldest):
        return None  # there never were older ones
    if oldest is None:
        return sys.maxsize
    owned, start = list(levels.hours.primary_key)
    following = select(func.min(start)).where(owned == owner, start >= oldest)
    found: int | None = connection.execute(following).scalar()
    return oldest if found is None else found
