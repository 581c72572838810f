"""Who passed lines and gates, and who was in the zones: added up by minute, read as buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select, true

from camwatch.data.buckets import Cell, Life, add_up, hold, so_far_ms
from camwatch.data.dialect import total
from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import camera, passage_minute, place, stretch, zone_minute
from camwatch.data.store import Store
from camwatch.data.stretches import put_stretches
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
            size: Minutes, or the zone's hours or days.
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
            sums = {
                index: (inwards, outwards, valid_ms)
                for index, inwards, outwards, valid_ms in connection.execute(
                    _by_stretch(
                        connection,
                        edges,
                        passage_minute.c.place_id == place_id,
                        passage_minute.c.minute,
                        (
                            total(passage_minute.c.inwards),
                            total(passage_minute.c.outwards),
                            total(passage_minute.c.valid_ms),
                        ),
                    )
                )
            }
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
            if size is BucketSize.MINUTE:
                cells = _zone_minutes(connection, place_id, edges, life, now_ms)
            else:
                cells = _zone_stretches(connection, place_id, edges)
        return add_up(edges, cells, {place_id: life}, now_ms)


def _zone_minutes(
    connection: Connection, place_id: PlaceId, edges: Sequence[int], life: Life, now_ms: int
) -> list[Cell]:
    """Return the minutes of a zone, those too for which the sample of a slow camera stands."""
    first, last = edges[0] // MINUTE_MS, edges[-1] // MINUTE_MS
    interval = select(camera.c.interval_ms).join(place).where(place.c.id == place_id)
    look_back = (connection.execute(interval).scalar() or 0) // MINUTE_MS
    query = (
        select(
            zone_minute.c.place_id,
            (zone_minute.c.minute - first).label("index"),
            zone_minute.c.samples,
            zone_minute.c.people_ms,
            zone_minute.c.covered_ms,
            zone_minute.c.count_min,
            zone_minute.c.count_max,
        )
        .where(zone_minute.c.place_id == place_id)
        .where(zone_minute.c.minute >= first - look_back, zone_minute.c.minute < last)
        .order_by(zone_minute.c.minute)
    )
    ends_ms = now_ms if life.removed_ms is None else min(now_ms, life.removed_ms)
    stop = min(last, -(-ends_ms // MINUTE_MS)) - first
    measured = (Cell(*row) for row in connection.execute(query))
    return [cell for cell in hold(measured, MINUTE_MS, stop) if cell.index >= 0]


def _zone_stretches(connection: Connection, place_id: PlaceId, edges: Sequence[int]) -> list[Cell]:
    """Let the database add up the minutes of a zone to longer stretches."""
    query = _by_stretch(
        connection,
        edges,
        zone_minute.c.place_id == place_id,
        zone_minute.c.minute,
        (
            total(zone_minute.c.samples),
            total(zone_minute.c.people_ms),
            total(zone_minute.c.covered_ms),
            func.min(zone_minute.c.count_min),
            func.max(zone_minute.c.count_max),
        ),
    )
    return [Cell(place_id, *row) for row in connection.execute(query)]


def _life(connection: Connection, place_id: PlaceId) -> Life:
    row = connection.execute(
        select(place.c.created_at, place.c.retired_at).where(place.c.id == place_id)
    ).first()
    if row is None:
        return Life(0, 0)
    return Life(to_ms(row.created_at), row.retired_at and to_ms(row.retired_at))


def _by_stretch(
    connection: Connection,
    edges: Sequence[int],
    wanted: Any,
    minute: Any,
    sums: Sequence[Any],
) -> Select[Any]:
    """Let the database add up minutes to stretches, which are put into a temporary table."""
    put_stretches(connection, edges)
    within = wanted & (minute >= stretch.c.first) & (minute < stretch.c.stop)
    return (
        select(stretch.c.index, *sums)
        .select_from(stretch.join(minute.table, within))
        .where(true())
        .group_by(stretch.c.index)
        .order_by(stretch.c.index)
    )


def _flow_bucket(
    start_ms: int, end_ms: int, sums: tuple[int, int, int] | None, now_ms: int
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
