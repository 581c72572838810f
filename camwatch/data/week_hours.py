"""Adds up the hours of many weeks by hour of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, ColumnElement, Connection, Table, case, literal, select, text

from camwatch.data.buckets import Life, so_far_ms, stretches_of
from camwatch.data.chosen import ChosenCamera
from camwatch.data.cuts import minutes_of, offsets
from camwatch.data.dialect import is_postgresql, total
from camwatch.data.edges import bucket_edges
from camwatch.data.levels import fits
from camwatch.data.moments import MINUTE_MS
from camwatch.data.schema import hour, minute
from camwatch.domain import BucketSize, CameraId

WEEK_HOURS = 168
_FROM_MONDAY = 72
"""1970 began with a Thursday."""

_FEW_HOURS = 24 * 14
"""So few are sorted quickly."""

_NUMBERS = text(
    "SELECT count(*), min(start), max(start), group_concat(people_ms), group_concat(covered_ms) "
    "FROM (SELECT start, people_ms, covered_ms FROM hour "
    "WHERE camera_id = :one AND start >= :first AND start < :stop ORDER BY start)"
)
_STARTS = text(
    "SELECT group_concat(start) FROM (SELECT start FROM hour "
    "WHERE camera_id = :one AND start >= :first AND start < :stop ORDER BY start)"
)

Sums = npt.NDArray[np.int64]
"""int64, shape (cameras, 7, 24): day of the week from Monday, hour of the zone's clocks."""


@dataclass(frozen=True, slots=True, eq=False)
class WeekHours:
    """What cameras measured at each hour of the week.

    Attributes:
        camera_ids: Whose, in the order of the arrays' first axis.
        people_ms: Sum of count times the milliseconds it stands for.
        covered_ms: Sum of those milliseconds.
        measured_ms: The same, no hour more than it is long.
        possible_ms: How much time there was while the camera was there, until now.
        weeks: Shape (7, 24): how many such hours there were, until now.
    """

    camera_ids: tuple[CameraId, ...]
    people_ms: Sums
    covered_ms: Sums
    measured_ms: Sums
    possible_ms: Sums
    weeks: Sums

    def __add__(self, other: WeekHours) -> WeekHours:
        """Return both stretches of time together; the cameras are the same."""
        return WeekHours(
            self.camera_ids,
            self.people_ms + other.people_ms,
            self.covered_ms + other.covered_ms,
            self.measured_ms + other.measured_ms,
            self.possible_ms + other.possible_ms,
            self.weeks + other.weeks,
        )

    def mean(self) -> npt.NDArray[np.float64]:
        """Return the mean of all cameras added up, NaN where nothing was measured."""
        is_known = self.covered_ms > 0
        means = np.divide(
            self.people_ms, self.covered_ms, out=np.zeros(is_known.shape), where=is_known
        )
        return np.where(is_known.any(axis=0), means.sum(axis=0), np.nan)

    def coverage(self) -> npt.NDArray[np.float64]:
        """Return measured time divided by the time there was, 0 to 1."""
        # What was measured before a camera was entered counts all the same.
        possible = np.maximum(self.possible_ms, self.measured_ms).sum(axis=0)
        measured = self.measured_ms.sum(axis=0)
        shares = np.zeros(possible.shape)
        np.divide(measured, possible, out=shares, where=possible > 0)
        return shares


def read_week_hours(
    connection: Connection,
    cameras: Sequence[ChosenCamera],
    start: datetime,
    end: datetime,
    *,
    zone: ZoneInfo,
    now_ms: int,
) -> WeekHours:
    """Add up all hours that touch a stretch of time; see `CountRepository.week_hours`."""
    edges = bucket_edges(BucketSize.HOUR, start, end, zone)
    shape = (len(cameras), WEEK_HOURS)
    people, covered, measured, possible = (np.zeros(shape, np.int64) for _ in range(4))
    weeks = np.zeros(WEEK_HOURS, np.int64)
    if edges:
        limits = minutes_of(edges)
        first, stop = limits[0], limits[-1]
        ahead = offsets(first, stop, zone)
        places: dict[int, int] = {one.id: place for place, one in enumerate(cameras)}
        by_hours: list[int] = [
            one.id for one in cameras if fits(BucketSize.HOUR, one, limits, zone)
        ]
        by_minutes = sorted(places.keys() - set(by_hours))
        starts = np.array(limits)
        slots = _slots(starts[:-1], ahead)
        groups: list[tuple[Table, Column[Any], list[int]]] = [(minute, minute.c.minute, by_minutes)]
        if is_postgresql(connection) or len(limits) <= _FEW_HOURS:
            groups.append((hour, hour.c.start, by_hours))
        else:
            for one_id in by_hours:
                where = places[one_id]
                sums = _sums_of_camera(connection, one_id, starts, slots)
                people[where], covered[where], measured[where] = sums
        for table, column, ids in groups:
            for row in _sums(connection, table, column, ids, first=first, stop=stop, ahead=ahead):
                at = places[row[0]], row[1]
                people[at], covered[at], measured[at] = row[2:]
        lengths = np.array([so_far_ms(one, other, now_ms) for one, other in pairwise(edges)])
        lengths[np.array(edges[:-1]) >= now_ms] = 0
        weeks = np.bincount(slots[lengths > 0], minlength=WEEK_HOURS)
        for place, one in enumerate(cameras):
            possible[place] = _possible(one.life, edges, slots, lengths)
    week = (len(cameras), 7, 24)
    return WeekHours(
        tuple(one.id for one in cameras),
        people.reshape(week),
        covered.reshape(week),
        measured.reshape(week),
        possible.reshape(week),
        weeks.reshape(7, 24),
    )


def _sums(
    connection: Connection,
    table: Table,
    column: Column[Any],
    ids: Sequence[int],
    *,
    first: int,
    stop: int,
    ahead: Sequence[tuple[int, int]],
) -> list[tuple[int, ...]]:
    """Let the database add up rows to hours of the week."""
    longest_ms = MINUTE_MS if table is minute else 60 * MINUTE_MS
    slot = ((column + _ahead(column, ahead)) // 60 + _FROM_MONDAY) % WEEK_HOURS
    covered_ms = table.c.covered_ms
    query = (
        select(
            table.c.camera_id,
            slot.label("slot"),
            total(table.c.people_ms),
            total(covered_ms),
            total(case((covered_ms > longest_ms, longest_ms), else_=covered_ms)),
        )
        .where(table.c.camera_id.in_(ids), column >= first, column < stop)
        .group_by(table.c.camera_id, "slot")
    )
    return [tuple(row) for row in connection.execute(query)] if ids else []


def _sums_of_camera(
    connection: Connection, camera_id: int, starts: Sums, slots: Sums
) -> tuple[Sums, Sums, Sums]:
    """Add up the hours of one camera, past the sorting of SQLite.

    It has no other way to group than to sort all rows first. A year of 64 cameras is half a
    million hours, and a text of all numbers of a camera is made and read in less than half of
    that time.
    """
    wanted = {"one": camera_id, "first": int(starts[0]), "stop": int(starts[-1])}
    rows, oldest, newest, people, covered = connection.execute(_NUMBERS, wanted).one()
    if not rows:
        nothing = np.zeros(WEEK_HOURS, np.int64)
        return nothing, nothing, nothing
    first, last = np.searchsorted(starts, (oldest, newest))
    if rows == last - first + 1:
        numbers = np.arange(first, last + 1)
    else:  # there are gaps
        begun = _whole_numbers(connection.execute(_STARTS, wanted).scalar_one())
        numbers = np.searchsorted(starts, begun, side="right") - 1
    covered_ms = _whole_numbers(covered)
    measured_ms = np.minimum(covered_ms, np.diff(starts)[numbers] * MINUTE_MS)
    at = slots[numbers]
    sums = (
        np.bincount(at, weights=values, minlength=WEEK_HOURS).astype(np.int64)
        for values in (_whole_numbers(people), covered_ms, measured_ms)
    )
    return next(sums), next(sums), next(sums)


def _whole_numbers(joined: str) -> Sums:
    numbers: Sums = np.fromstring(joined, np.int64, sep=",")
    return numbers


def _ahead(column: Column[Any], ahead: Sequence[tuple[int, int]]) -> ColumnElement[int]:
    (*changes, (_, last)) = ahead
    if not changes:
        return literal(last)
    return case(*((column < until, offset) for until, offset in changes), else_=last)


def _slots(minutes: npt.NDArray[np.int64], ahead: Sequence[tuple[int, int]]) -> Sums:
    untils = np.array([until for until, _ in ahead[:-1]], np.int64)
    clocks = np.array([offset for _, offset in ahead], np.int64)
    local = minutes + clocks[np.searchsorted(untils, minutes, side="right")]
    slots: Sums = (local // 60 + _FROM_MONDAY) % WEEK_HOURS
    return slots


def _possible(life: Life, edges: Sequence[int], slots: Sums, lengths: Sums) -> Sums:
    there = stretches_of(life, edges)
    chosen = slice(there.start, there.stop)
    sums = np.bincount(slots[chosen], weights=lengths[chosen], minlength=WEEK_HOURS)
    return sums.astype(np.int64)
