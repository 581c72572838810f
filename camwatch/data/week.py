"""How many people there are at each hour of the week, as corrected, added up from the hours.

A camera whose hours were not added up yet is read from its minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, case, func, select

from camwatch.alerts.usual import HOURS
from camwatch.alerts.wall_clock import QUARTER, WEEK, Whole, hour_of_week, wall_minutes
from camwatch.data import overlay
from camwatch.data.connections import Connections
from camwatch.data.corrections import CorrectionRepository, Excluded
from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.remains import HOUR_MIN, IN_VIEW, left_of
from camwatch.data.schema import camera, hour, minute
from camwatch.domain import BucketSize, CameraId
from camwatch.history.asking import WeekMap

Numbers = npt.NDArray[np.float64]

_HOUR_MS = HOUR_MIN * MINUTE_MS
_MONDAY = 3 * 1440
"""Minutes; 1970 began on a Thursday, and weeks begin on Monday."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for.

    Attributes:
        first: Minute since 1970 UTC in which the first hour begins.
        wall: The wall minute in which each quarter begins, up to now.
    """

    first: int
    wall: Whole

    @property
    def stop(self) -> int:
        """The minute after the last quarter."""
        return self.first + len(self.wall) * QUARTER

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Give stretches in which the clocks do not change: minutes, and how far before UTC."""
        ahead = self.wall - np.arange(self.first, self.stop, QUARTER)
        limits = [0, *(np.flatnonzero(np.diff(ahead)) + 1).tolist(), len(ahead)]
        for one, other in pairwise(limits):
            if one < other:
                begin = self.first + one * QUARTER
                yield begin, self.first + other * QUARTER, int(ahead[one])


@dataclass(frozen=True, slots=True)
class _Camera:
    """A camera whose hours are asked for.

    Attributes:
        there: Quarters of the stretch in which it was there.
        has_hours: Its hours are added up; else only its minutes are stored.
    """

    id: int
    there: slice
    has_hours: bool


class WeekRepository:
    """Reads hours of the week from one history."""

    def __init__(
        self,
        connections: Connections,
        corrections: CorrectionRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._corrections = corrections
        self._clock = clock

    def map(
        self,
        camera_ids: Collection[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        """Return the mean of each hour of the week over all hours that touch a stretch of time.

        A camera counts with the mean of what it measured itself, so that one that was down for
        some weeks does not lower the sum.

        Args:
            camera_ids: Which cameras are added up; None for all, removed ones too.
            start: UTC.
            end: UTC; exclusive.
            zone: Whose hours.

        Raises:
            InvalidSetting: The stretch is longer than a century.
            StorageError: The history cannot be read.
        """
        asked = self._asked(start, end, zone)
        hours = hour_of_week(asked.wall)
        excluded = self._corrections.excluded(camera_ids, (asked.first, asked.stop))
        with self._connections.reading() as connection:
            cameras = _cameras(connection, camera_ids, asked)
            sums = _sums(connection, cameras, asked)
            for camera_id, gone in excluded.items():
                if camera_id in sums:
                    _take_out(connection, sums[camera_id], camera_id, gone, asked)
        mean, covered, possible = np.full(HOURS, np.nan), np.zeros(HOURS), np.zeros(HOURS)
        for one in cameras:
            there = np.bincount(hours[one.there], minlength=HOURS) * (QUARTER * MINUTE_MS)
            people_ms, covered_ms, capped_ms = sums[one.id]
            known = covered_ms > 0
            mean[known] = np.nan_to_num(mean[known]) + people_ms[known] / covered_ms[known]
            covered += np.minimum(capped_ms, there)
            possible += there
        coverage = np.divide(covered, possible, out=np.zeros(HOURS), where=possible > 0)
        weeks = -(-np.bincount(hours, minlength=HOURS) // (HOUR_MIN // QUARTER))
        return WeekMap(mean.reshape(7, 24), coverage.reshape(7, 24), weeks.reshape(7, 24))

    def _asked(self, start: datetime, end: datetime, zone: ZoneInfo) -> _Asked:
        edges = overlay.edges_in_minutes(bucket_edges(BucketSize.HOUR, start, end, zone))
        now = -(-to_ms(self._clock()) // MINUTE_MS)
        if not edges or edges[0] >= now:
            return _Asked(now, np.empty(0, np.int64))
        quarters = -(-(min(edges[-1], now) - edges[0]) // QUARTER)
        return _Asked(edges[0], wall_minutes(edges[0], quarters * QUARTER, zone)[::QUARTER])


def _cameras(
    connection: Connection, camera_ids: Collection[CameraId] | None, asked: _Asked
) -> list[_Camera]:
    query = select(camera.c.id, camera.c.created_at, camera.c.removed_at, camera.c.rolled_zone)
    if camera_ids is not None:
        query = query.where(camera.c.id.in_(camera_ids))
    found = []
    for row in connection.execute(query):
        begin = (to_ms(row.created_at) // MINUTE_MS - asked.first) // QUARTER
        end = len(asked.wall)
        if row.removed_at is not None:
            end = -((asked.first - to_ms(row.removed_at) // MINUTE_MS) // QUARTER)
        there = slice(max(0, begin), max(0, min(end, len(asked.wall))))
        found.append(_Camera(row.id, there, bool(row.rolled_zone)))
    return found


def _sums(
    connection: Connection, cameras: Collection[_Camera], asked: _Asked
) -> dict[int, Numbers]:
    """Return what each camera measured, by the hour of the week.

    Returns:
        float64, shape (3, 168): people times milliseconds, measured milliseconds, and these at
        most an hour for each hour.
    """
    found = {one.id: np.zeros((3, HOURS)) for one in cameras}
    for has_hours in (True, False):
        ids = [one.id for one in cameras if one.has_hours == has_hours]
        if not ids:
            continue
        table, at = (hour, hour.c.start) if has_hours else (minute, minute.c.minute)
        most = case((table.c.covered_ms > _HOUR_MS, _HOUR_MS), else_=table.c.covered_ms)
        for first, stop, ahead in asked.runs():
            number = ((at + (ahead + _MONDAY)) % WEEK // HOUR_MIN).label("number")
            query = (
                select(
                    table.c.camera_id,
                    number,
                    func.sum(table.c.people_ms),
                    func.sum(table.c.covered_ms),
                    func.sum(most),
                )
                .where(table.c.camera_id.in_(ids), at >= first, at < stop)
                .group_by(table.c.camera_id, number)
            )
            for camera_id, place, *sums in connection.execute(query):
                found[camera_id][:, place] += [float(one) for one in sums]
    return found


def _take_out(
    connection: Connection, sums: Numbers, camera_id: int, gone: Excluded, asked: _Asked
) -> None:
    """Take what is excluded out of the sums of a camera."""
    for first, stop, ahead in asked.runs():
        # Hours by the clock begin at a multiple of an hour of wall minutes.
        begin = first - (first + ahead) % HOUR_MIN
        edges = range(begin, stop + HOUR_MIN, HOUR_MIN)
        for index in overlay.touched(edges, overlay.within(gone.stretches, first, stop)):
            bucket = (edges[index], edges[index + 1])
            place = (edges[index] + ahead + _MONDAY) % WEEK // HOUR_MIN
            before = _of(connection, camera_id, bucket, Excluded())
            after = _of(connection, camera_id, bucket, gone)
            sums[:, place] = np.maximum(0.0, sums[:, place] - before + after)


def _of(connection: Connection, camera_id: int, bucket: tuple[int, int], gone: Excluded) -> Numbers:
    found = left_of(connection, IN_VIEW, camera_id, bucket, gone.stretches, gone.kept)
    covered = found.values["covered_ms"]
    return np.array([found.values["people_ms"], covered, min(covered, _HOUR_MS)], np.float64)
