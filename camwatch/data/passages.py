"""Who passed lines and gates, and who was in the zones: added up by minute, read as buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Table, func, select, true

from camwatch.data.adding import Question
from camwatch.data.buckets import Cell, Life, add_up, hold, so_far_ms
from camwatch.data.dialect import is_postgresql, total
from camwatch.data.edges import bucket_edges
from camwatch.data.levels import FINE, level_of
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.reading import minutes_whole_from
from camwatch.data.rolling import PASSED, STOOD, Levels
from camwatch.data.schema import camera, passage_minute, place, stretch, zone_minute
from camwatch.data.store import Store
from camwatch.data.stretches import numbered, put_stretches
from camwatch.domain import (
    Bucket,
    BucketSize,
    FlowBucket,
    Passed,
    PlaceId,
)


class PassageRepository:
    """Who passed and who stood where, of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def since(self, start: datetime) -> Mapping[PlaceId, Passed]:
        """Return who passed each present line and gate until now.

        Args:
            start: First moment, UTC; its whole minute counts.

        Returns:
            One that could never be watched in this time is not there.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(
                passage_minute.c.place_id,
                place.c.created_at,
                total(passage_minute.c.inwards),
                total(passage_minute.c.outwards),
                total(passage_minute.c.valid_ms),
            )
            .select_from(place.join(passage_minute))
            .where(place.c.retired_at.is_(None))
            .where(passage_minute.c.minute >= to_ms(start) // MINUTE_MS)
            .group_by(passage_minute.c.place_id, place.c.created_at)
        )
        now_ms = to_ms(self._clock())
        with self._connections.reading() as connection:
            return {
                PlaceId(place_id): Passed(
                    inwards,
                    outwards,
                    _share(valid_ms, now_ms - to_ms(max(start, created_at))),
                    created_at if created_at > start else None,
                )
                for place_id, created_at, inwards, outwards, valid_ms in connection.execute(query)
            }

    def flow(
        self,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[FlowBucket]:
        """Return every bucket that touches a stretch of time, for one line or gate.

        Args:
            place_id: Which line or gate.
            size: Minutes, or hours or longer by the zone's clocks.
            start: Lies in the first bucket.
            end: The last bucket begins before it.
            zone: Whose clocks cut hours and days.

        Raises:
            InvalidSetting: These are more than a million buckets.
            StorageError: The history cannot be read.
        """
        edges = bucket_edges(size, start, end, zone)
        if not edges:
            return []
        now_ms = to_ms(self._clock())
        with self._connections.reading() as connection:
            rows = _read(connection, PASSED, place_id, Question(size, edges, zone, now_ms))
            sums = {index: tuple(row) for index, *row in rows}
        return [
            _flow_bucket(first, last, sums.get(index), now_ms)
            for index, (first, last) in enumerate(pairwise(edges))
        ]

    def occupancy(
        self,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return the people in one zone; arguments and errors as for `flow`."""
        edges = bucket_edges(size, start, end, zone)
        if not edges:
            return []
        now_ms = to_ms(self._clock())
        with self._connections.reading() as connection:
            life = _life(connection, place_id)
            if size in FINE:
                cells = _zone_minutes(connection, place_id, edges, life, now_ms)
            else:
                asked = Question(size, edges, zone, now_ms)
                cells = [Cell(place_id, *row) for row in _read(connection, STOOD, place_id, asked)]
        return add_up(edges, cells, {place_id: life}, now_ms)


def _zone_minutes(
    connection: Connection, place_id: PlaceId, edges: Sequence[int], life: Life, now_ms: int
) -> list[Cell]:
    """Return the minutes of a zone, or a few of them together; a slow sample stands for more."""
    length_ms = edges[1] - edges[0]
    length = length_ms // MINUTE_MS
    first, last = edges[0] // length_ms, edges[-1] // length_ms
    interval = select(camera.c.interval_ms).join(place).where(place.c.id == place_id)
    look_back = (connection.execute(interval).scalar() or 0) // length_ms
    index = (zone_minute.c.minute // length).label("stretch")
    query = (
        select(
            zone_minute.c.place_id,
            index,
            total(zone_minute.c.samples),
            total(zone_minute.c.people_ms),
            total(zone_minute.c.covered_ms),
            func.min(zone_minute.c.count_min),
            func.max(zone_minute.c.count_max),
        )
        .where(zone_minute.c.place_id == place_id)
        .where(zone_minute.c.minute >= (first - look_back) * length)
        .where(zone_minute.c.minute < last * length)
        .group_by(zone_minute.c.place_id, index)
        .order_by(index)
    )
    ends_ms = now_ms if life.removed_ms is None else min(now_ms, life.removed_ms)
    stop = min(last, -(-ends_ms // length_ms))
    measured = (Cell(*row) for row in connection.execute(query))
    return [
        replace(cell, index=cell.index - first)
        for cell in hold(measured, length_ms, stop)
        if cell.index >= first
    ]


def _read(
    connection: Connection, levels: Levels, place_id: PlaceId, asked: Question
) -> list[tuple[int, ...]]:
    """Let the database add up the coarsest rows that fit: number of the stretch, and sums."""
    rolled = select(camera.c.rolled_zone).join(place).where(place.c.id == place_id)
    rolled_zone = connection.execute(rolled).scalar() or ""
    level = level_of(asked.size, rolled_zone, asked.limits, asked.zone)
    table = {BucketSize.DAY: levels.days, BucketSize.HOUR: levels.hours}.get(level, levels.minutes)
    since = None
    if table is levels.minutes and asked.size not in FINE:
        since = minutes_whole_from(connection, levels, place_id)
    put_stretches(connection, asked.edges)
    if since is None:
        return _in_stretches(connection, table, place_id, true())
    hours, minutes = list(levels.hours.primary_key)[1], list(levels.minutes.primary_key)[1]
    found = {row[0]: row for row in _in_stretches(connection, table, place_id, minutes >= since)}
    for row in _in_stretches(connection, levels.hours, place_id, hours < since):
        known = found.get(row[0])
        found[row[0]] = row if known is None else _merged(levels, row, known)
    return [found[index] for index in sorted(found)]


def _merged(levels: Levels, one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    sums = tuple(a + b for a, b in zip(one[1:4], other[1:4], strict=True))
    if levels is PASSED:
        return (one[0], *sums)
    return (one[0], *sums, min(one[4], other[4]), max(one[5], other[5]))


def _in_stretches(
    connection: Connection, table: Table, place_id: PlaceId, chosen: ColumnElement[bool]
) -> list[tuple[int, ...]]:
    owned, at = list(table.primary_key)
    if is_postgresql(connection):
        number, inside = numbered(at)
        sums = select(number.label("number"), *_sums_of(table)).where(owned == place_id, inside)
        grouped = sums.where(chosen).group_by("number").order_by("number")
        return [tuple(row) for row in connection.execute(grouped)]
    within = (owned == place_id) & (at >= stretch.c.first) & (at < stretch.c.stop)
    query = (
        select(stretch.c.index, *_sums_of(table))
        .select_from(stretch.join(table, within))
        .where(chosen)
        .group_by(stretch.c.index)
        .order_by(stretch.c.index)
    )
    return [tuple(row) for row in connection.execute(query)]


def _sums_of(table: Table) -> list[ColumnElement[Any]]:
    if "inwards" in table.c:
        return [total(table.c[name]) for name in ("inwards", "outwards", "valid_ms")]
    sums = [total(table.c[name]) for name in ("samples", "people_ms", "covered_ms")]
    return [*sums, func.min(table.c.count_min), func.max(table.c.count_max)]


def _life(connection: Connection, place_id: PlaceId) -> Life:
    row = connection.execute(
        select(place.c.created_at, place.c.retired_at).where(place.c.id == place_id)
    ).first()
    if row is None:
        return Life(0, 0)
    return Life(to_ms(row.created_at), row.retired_at and to_ms(row.retired_at))


def _flow_bucket(
    start_ms: int, end_ms: int, sums: tuple[int, ...] | None, now_ms: int
) -> FlowBucket:
    """Make a bucket; without any watched time nobody knows who passed.

    Time before the line was drawn is not watched either: a number of half a day must not pass
    for that of the day.
    """
    inwards, outwards, valid_ms = sums or (0, 0, 0)
    is_known = valid_ms > 0 or inwards or outwards
    return FlowBucket(
        start=from_ms(start_ms),
        seconds=(end_ms - start_ms) / 1000,
        inwards=inwards if is_known else None,
        outwards=outwards if is_known else None,
        coverage=_share(valid_ms, so_far_ms(start_ms, end_ms, now_ms)),
    )


def _share(part_ms: int, whole_ms: int) -> float:
    """Return how much of the time that is, 0 to 1; 0 of no time at all."""
    return min(1.0, part_ms / whole_ms) if whole_ms > 0 else 0.0
