"""Many minutes of many cameras and places at once, as arrays, to judge rules by.

What else reads the history asks for some points of a chart; a rehearsal asks for all minutes of
a month. So rows are not made into values here one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, Connection, Select, Table, func, select, tuple_

from camwatch.alerts.rules import PlaceRef
from camwatch.alerts.wall_clock import QUARTER
from camwatch.data.dialect import total
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import (
    camera,
    camera_notice,
    camera_state,
    minute,
    passage_minute,
    place,
    zone_minute,
)
from camwatch.data.store import Store
from camwatch.domain import CameraId, CameraState, Notice, NoticeChange, Reason, StateChange

Numbers = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
K = TypeVar("K")

_LONGEST_INTERVAL_MIN = 60
"""A camera is asked at least so often; its sample stands for the minutes that follow."""


@dataclass(frozen=True, slots=True, eq=False)
class CountedMinutes:
    """How many people were seen, minute by minute: float32, NaN where nothing is known.

    Attributes:
        highest: Most at once.
        lowest: Fewest.
        mean: Mean over the measured time.
        coverage: Share that was measured, 0 to 1; never NaN.
    """

    highest: Numbers
    lowest: Numbers
    mean: Numbers
    coverage: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class PassedMinutes:
    """Who passed a line or gate, minute by minute: float32, NaN where nobody could be counted.

    Attributes:
        inwards: How many passed inwards.
        outwards: Likewise outwards.
        coverage: Share of the minute in which passing could be counted, 0 to 1; never NaN.
    """

    inwards: Numbers
    outwards: Numbers
    coverage: Numbers


class MinuteRepository:
    """The minutes of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def cameras(
        self, camera_ids: Collection[CameraId], first: int, count: int
    ) -> dict[CameraId, CountedMinutes]:
        """Return the people that each camera saw.

        Args:
            camera_ids: Which cameras.
            first: The first minute since 1970 UTC.
            count: How many minutes.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(
                minute.c.camera_id,
                minute.c.minute,
                minute.c.samples,
                minute.c.count_min,
                minute.c.count_max,
                minute.c.people_ms,
                minute.c.covered_ms,
            )
            .where(minute.c.camera_id.in_(sorted(camera_ids)))
            .where(minute.c.minute >= first - _LONGEST_INTERVAL_MIN)
            .where(minute.c.minute < first + count)
            .order_by(minute.c.camera_id, minute.c.minute)
        )
        with self._connections.reading() as connection:
            rows = _rows(connection, query, 7)
        keys = {int(one): one for one in camera_ids}
        return self._counted(rows, keys, first, count)

    def zones(
        self, places: Collection[PlaceRef], first: int, count: int
    ) -> dict[PlaceRef, CountedMinutes]:
        """Return the people in each zone, in all versions of it that had its name.

        Args:
            places: Which zones; a line among them has no people.
            first: The first minute since 1970 UTC.
            count: How many minutes.

        Raises:
            StorageError: The history cannot be read.
        """
        with self._connections.reading() as connection:
            keys = place_versions(connection, places)
            query = (
                select(
                    zone_minute.c.place_id,
                    zone_minute.c.minute,
                    zone_minute.c.samples,
                    zone_minute.c.count_min,
                    zone_minute.c.count_max,
                    zone_minute.c.people_ms,
                    zone_minute.c.covered_ms,
                )
                .where(zone_minute.c.place_id.in_(sorted(keys)))
                .where(zone_minute.c.minute >= first - _LONGEST_INTERVAL_MIN)
                .where(zone_minute.c.minute < first + count)
                .order_by(zone_minute.c.place_id, zone_minute.c.minute)
            )
            rows = _rows(connection, query, 7)
        return self._counted(rows, keys, first, count)

    def passages(
        self, places: Collection[PlaceRef], first: int, count: int
    ) -> dict[PlaceRef, PassedMinutes]:
        """Return who passed each line and gate; arguments and errors as for `zones`."""
        with self._connections.reading() as connection:
            keys = place_versions(connection, places)
            query = (
                select(passage_minute)
                .where(passage_minute.c.place_id.in_(sorted(keys)))
                .where(passage_minute.c.minute >= first, passage_minute.c.minute < first + count)
                .order_by(passage_minute.c.place_id, passage_minute.c.minute)
            )
            rows = _rows(connection, query, 5)
        sums = {ref: np.zeros((3, count)) for ref in keys.values()}
        for key, part in _by_key(rows).items():
            total = sums[keys[key]]
            # One that was moved within a minute has two versions in it.
            total[:, part[:, 1] - first] += part[:, 2:].T
        return {ref: _passed(total) for ref, total in sums.items()}

    def states(
        self, camera_ids: Collection[CameraId], start: datetime, end: datetime
    ) -> dict[CameraId, list[StateChange]]:
        """Return how each camera was just before a stretch of time, and its changes in it.

        Args:
            camera_ids: Which cameras.
            start: UTC.
            end: UTC; exclusive.

        Returns:
            Oldest first; the first one may lie before the start.

        Raises:
            StorageError: The history cannot be read.
        """
        before = (
            select(func.max(camera_state.c.ts))
            .where(camera_state.c.camera_id == camera.c.id, camera_state.c.ts < to_ms(start))
            .correlate(camera)
            .scalar_subquery()
        )
        query = (
            select(camera_state)
            .join(camera)
            .where(camera.c.id.in_(sorted(camera_ids)))
            .where(camera_state.c.ts >= func.coalesce(before, to_ms(start)))
            .where(camera_state.c.ts < to_ms(end))
            .order_by(camera_state.c.camera_id, camera_state.c.ts)
        )
        found: dict[CameraId, list[StateChange]] = {one: [] for one in camera_ids}
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                one = CameraId(row.camera_id)
                found[one].append(
                    StateChange(one, from_ms(row.ts), CameraState(row.state), Reason(row.reason))
                )
        return found

    def notices(
        self, camera_ids: Collection[CameraId], start: datetime, end: datetime
    ) -> dict[CameraId, list[NoticeChange]]:
        """Return what became wrong with pictures, or right again, oldest first.

        Args:
            camera_ids: Which cameras.
            start: UTC.
            end: UTC; exclusive.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(camera_notice)
            .where(camera_notice.c.camera_id.in_(sorted(camera_ids)))
            .where(camera_notice.c.ts >= to_ms(start), camera_notice.c.ts < to_ms(end))
            .order_by(camera_notice.c.camera_id, camera_notice.c.ts)
        )
        found: dict[CameraId, list[NoticeChange]] = {one: [] for one in camera_ids}
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                one = CameraId(row.camera_id)
                found[one].append(
                    NoticeChange(one, from_ms(row.ts), Notice(row.notice), row.is_present)
                )
        return found

    def quarters(
        self, camera_ids: Collection[CameraId], first: int, count: int
    ) -> dict[CameraId, tuple[Numbers, Numbers]]:
        """Return mean and coverage of quarters of hours.

        Args:
            camera_ids: Which cameras.
            first: The first quarter since 1970 UTC.
            count: How many quarters.

        Raises:
            StorageError: The history cannot be read.
        """
        query = _quarters(minute.c.camera_id, minute, sorted(camera_ids), first, count)
        with self._connections.reading() as connection:
            rows = _rows(connection, query, 4)
        found = {one: _no_quarters(count) for one in camera_ids}
        for key, part in _by_key(rows).items():
            _fill_quarters(found[CameraId(key)], part, first)
        return found

    def zone_quarters(
        self, places: Collection[PlaceRef], first: int, count: int
    ) -> dict[PlaceRef, tuple[Numbers, Numbers]]:
        """Return mean and coverage of quarters of hours in zones; otherwise as `quarters`."""
        with self._connections.reading() as connection:
            keys = place_versions(connection, places)
            query = _quarters(zone_minute.c.place_id, zone_minute, sorted(keys), first, count)
            rows = _rows(connection, query, 4)
        found = {one: _no_quarters(count) for one in keys.values()}
        for key, part in _by_key(rows).items():
            _fill_quarters(found[keys[key]], part, first)
        return found

    def _counted(
        self, rows: Rows, keys: Mapping[int, K], first: int, count: int
    ) -> dict[K, CountedMinutes]:
        now = to_ms(self._clock()) // MINUTE_MS + 1 - first
        found: dict[K, CountedMinutes] = {}
        for key in keys.values():
            unknown = np.full((3, count), np.nan, np.float32)
            coverage = np.zeros(count, np.float32)
            found[key] = CountedMinutes(unknown[0], unknown[1], unknown[2], coverage)
        for number, part in _by_key(rows).items():
            _fill(found[keys[number]], part, first, min(count, max(now, 0)))
        return found


def _rows(connection: Connection, query: Select[Any], columns: int) -> Rows:
    """Read rows of whole numbers, past the making of a value for each of them."""
    cursor = connection.execute(query).cursor
    rows = [] if cursor is None else cursor.fetchall()
    return np.array(rows, np.int64).reshape(-1, columns)


def _by_key(rows: Rows) -> dict[int, Rows]:
    """Cut rows, which are sorted by their first column, into those of each of its values."""
    keys, starts = np.unique(rows[:, 0], return_index=True)
    parts = np.split(rows, starts[1:])
    return {int(key): part for key, part in zip(keys, parts, strict=True)} if len(keys) else {}


def place_versions(connection: Connection, places: Collection[PlaceRef]) -> dict[int, PlaceRef]:
    """Return the ids under which places of these names were ever stored."""
    wanted = [(one.camera_id, one.name) for one in places]
    query = select(place.c.id, place.c.camera_id, place.c.name).where(
        tuple_(place.c.camera_id, place.c.name).in_(wanted)
    )
    return {
        row.id: PlaceRef(CameraId(row.camera_id), row.name) for row in connection.execute(query)
    }


def _fill(found: CountedMinutes, part: Rows, first: int, stop: int) -> None:
    """Put the rows of one camera or zone into its minutes.

    A sample of a slow camera stands for the minutes that follow, see `buckets.hold`.
    """
    _, minutes, samples, lowest, highest, people_ms, covered_ms = part.T
    at = np.arange(-_LONGEST_INTERVAL_MIN, stop)
    newest = np.searchsorted(minutes - first, at, side="right") - 1
    age = at - (minutes - first)[newest]
    is_slow = covered_ms > samples * MINUTE_MS
    left_ms = covered_ms[newest] - age * MINUTE_MS
    stands = (newest >= 0) & ((age == 0) | (is_slow[newest] & (left_ms > 0))) & (at >= 0)
    source, to = newest[stands], at[stands]
    found.lowest[to] = lowest[source]
    found.highest[to] = highest[source]
    found.mean[to] = people_ms[source] / covered_ms[source]
    found.coverage[to] = np.clip(left_ms[stands] / MINUTE_MS, 0.0, 1.0)


def _passed(total: npt.NDArray[np.float64]) -> PassedMinutes:
    inwards, outwards, valid_ms = total
    unknown = (valid_ms <= 0) & (inwards + outwards <= 0)
    return PassedMinutes(
        np.where(unknown, np.nan, inwards).astype(np.float32),
        np.where(unknown, np.nan, outwards).astype(np.float32),
        np.clip(valid_ms / MINUTE_MS, 0.0, 1.0).astype(np.float32),
    )


def _quarters(
    key: Column[int], table: Table, keys: Sequence[int], first: int, count: int
) -> Select[Any]:
    quarter = table.c.minute // QUARTER
    return (
        select(key, quarter, total(table.c.people_ms), total(table.c.covered_ms))
        .where(key.in_(keys))
        .where(table.c.minute >= first * QUARTER, table.c.minute < (first + count) * QUARTER)
        .group_by(key, quarter)
        .order_by(key, quarter)
    )


def _no_quarters(count: int) -> tuple[Numbers, Numbers]:
    return np.full(count, np.nan, np.float32), np.zeros(count, np.float32)


def _fill_quarters(found: tuple[Numbers, Numbers], part: Rows, first: int) -> None:
    _, quarters, people_ms, covered_ms = part.T
    found[0][quarters - first] = people_ms / covered_ms
    found[1][quarters - first] = np.clip(covered_ms / (QUARTER * MINUTE_MS), 0.0, 1.0)
