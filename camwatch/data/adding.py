"""Lets the database add up roll-ups of cameras to the stretches of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Table,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)

from camwatch.data.buckets import Added, Cell, hold, so_far_ms
from camwatch.data.chosen import ChosenCamera
from camwatch.data.cuts import minutes_of
from camwatch.data.dialect import total
from camwatch.data.moments import MINUTE_MS
from camwatch.data.schema import camera, day, hour, minute, stretch
from camwatch.data.stretches import put_stretches
from camwatch.domain import BucketSize

TABLES = {BucketSize.MINUTE: minute, BucketSize.HOUR: hour, BucketSize.DAY: day}

_ROWS_AT_ONCE = 10_000
_LONGEST_INTERVAL_MIN = 60
"""A camera is asked at least so often; all stretches shorter than an hour divide it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which stretches of time are asked for.

    Attributes:
        edges: Their limits, UTC milliseconds, one more than there are stretches.
        zone: Whose clocks cut them.
        now_ms: The present, UTC milliseconds.
    """

    size: BucketSize
    edges: Sequence[int]
    zone: ZoneInfo
    now_ms: int

    @property
    def limits(self) -> list[int]:
        """The edges in minutes since 1970 UTC."""
        return minutes_of(self.edges)

    def part(self, first: int, stop: int) -> Question:
        """Return the question for some of its stretches only."""
        return Question(self.size, self.edges[first : stop + 1], self.zone, self.now_ms)


@dataclass(frozen=True, slots=True)
class _Length:
    """How long the stretch of a row is, in SQL: as a whole and until now, milliseconds."""

    begins_ms: ColumnElement[int]
    whole_ms: ColumnElement[int]
    so_far_ms: ColumnElement[int]


def added_row_by_row(
    connection: Connection, table: Table, cameras: Sequence[ChosenCamera], asked: Question
) -> list[Added]:
    """Add up the cameras where each row of the table is a whole stretch of the question."""
    limits = asked.limits
    at = list(table.primary_key)[1]
    places = {start: index for index, start in enumerate(limits[:-1])}
    length = _Length(
        cast(at, BigInteger) * MINUTE_MS,
        _lengths(at, asked, lambda start, end: end - start),
        _lengths(at, asked, lambda start, end: so_far_ms(start, end, asked.now_ms)),
    )
    query = (
        select(at, *_sums_over_cameras(table.c, length, cameras, asked))
        .select_from(table.join(camera))
        .where(camera.c.id.in_([one.id for one in cameras]))
        .where(at >= limits[0], at < limits[-1])
        .group_by(at)
    )
    rows = connection.execute(query).all()
    if any(start not in places for start, *_ in rows):
        # Hours from before the site got another time zone, whose minutes are not kept any more.
        return added_in_stretches(connection, table, cameras, asked)
    return [Added(places[start], *sums) for start, *sums in rows]


def added_in_stretches(
    connection: Connection, table: Table, cameras: Sequence[ChosenCamera], asked: Question
) -> list[Added]:
    """Add up the rows that begin in each stretch, and then the cameras."""
    put_stretches(connection, asked.edges)
    cells = _cells_of(table, cameras).subquery()
    now = next(
        (
            (index, asked.now_ms - start)
            for index, (start, end) in enumerate(pairwise(asked.edges))
            if start < asked.now_ms < end
        ),
        None,
    )
    whole_ms = cast(cells.c.stop - cells.c.first, BigInteger) * MINUTE_MS
    length = _Length(
        cast(cells.c.first, BigInteger) * MINUTE_MS,
        whole_ms,
        whole_ms if now is None else case((cells.c.index == now[0], now[1]), else_=whole_ms),
    )
    query = (
        select(cells.c.index, *_sums_over_cameras(cells.c, length, cameras, asked))
        .select_from(cells.join(camera, camera.c.id == cells.c.camera_id))
        .group_by(cells.c.index)
    )
    return [Added(*row) for row in connection.execute(query)]


def mixed_cells(
    connection: Connection, one: ChosenCamera, asked: Question, since: int
) -> list[Cell]:
    """Add up the hours of a camera before a minute, and its minutes from there on."""
    put_stretches(connection, asked.edges)
    found: dict[int, Cell] = {}
    for table, chosen in (
        (hour, hour.c.start < since),
        (minute, minute.c.minute >= since),
    ):
        for row in connection.execute(_cells_of(table, [one]).where(chosen)).mappings():
            cell = Cell(
                one.id,
                row["index"],
                row["samples"],
                row["people_ms"],
                row["covered_ms"],
                row["count_min"],
                row["count_max"],
                row["carried_ms"],
            )
            known = found.get(cell.index)
            found[cell.index] = cell if known is None else known.with_more(cell)
    return [found[index] for index in sorted(found)]


def sparse_cameras(
    connection: Connection,
    cameras: Sequence[ChosenCamera],
    asked: Question,
    first: int,
    stop: int,
) -> set[int]:
    """Return the cameras some of whose samples in these minutes stand for more than a stretch."""
    longest_ms = asked.edges[1] - asked.edges[0]
    query = (
        select(minute.c.camera_id)
        .distinct()
        .where(minute.c.camera_id.in_([one.id for one in cameras]))
        .where(minute.c.minute >= first, minute.c.minute < stop)
        .where(minute.c.covered_ms > cast(minute.c.samples, BigInteger) * longest_ms)
    )
    return set(connection.execute(query).scalars())


def held_cells(
    connection: Connection, cameras: Sequence[ChosenCamera], asked: Question
) -> Iterator[Cell]:
    """Return the stretches of slow cameras, those too for which an earlier sample stands."""
    limits = asked.limits
    length_min = limits[1] - limits[0]
    first = limits[0] // length_min
    look_back = _LONGEST_INTERVAL_MIN
    index = (minute.c.minute // length_min).label("stretch")
    query = (
        select(
            minute.c.camera_id,
            index,
            total(minute.c.samples),
            total(minute.c.people_ms),
            total(minute.c.covered_ms),
            func.min(minute.c.count_min),
            func.max(minute.c.count_max),
            total(minute.c.carried_ms),
        )
        .where(minute.c.camera_id.in_([one.id for one in cameras]))
        .where(minute.c.minute >= limits[0] - look_back, minute.c.minute < limits[-1])
        .group_by(minute.c.camera_id, index)
        .order_by(minute.c.camera_id, index)
    )
    stretch_ms = length_min * MINUTE_MS
    stop = min(limits[-1] // length_min, -(-asked.now_ms // stretch_ms))
    for cell in hold(_cells(connection, query), stretch_ms, stop):
        if cell.index >= first:
            yield replace(cell, index=cell.index - first)


def _cells(connection: Connection, query: Any) -> Iterator[Cell]:
    for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
        for row in rows:
            yield Cell(*row)


def _cells_of(table: Table, cameras: Sequence[ChosenCamera]) -> Any:
    at = list(table.primary_key)[1]
    within = (table.c.camera_id == camera.c.id) & (at >= stretch.c.first) & (at < stretch.c.stop)
    return (
        select(
            camera.c.id.label("camera_id"),
            stretch.c.index,
            stretch.c.first,
            stretch.c.stop,
            total(table.c.samples).label("samples"),
            total(table.c.people_ms).label("people_ms"),
            total(table.c.covered_ms).label("covered_ms"),
            total(table.c.carried_ms).label("carried_ms"),
            func.min(table.c.count_min).label("count_min"),
            func.max(table.c.count_max).label("count_max"),
        )
        .select_from(camera.join(stretch, true()).join(table, within))
        .where(camera.c.id.in_([one.id for one in cameras]))
        .group_by(camera.c.id, stretch.c.index, stretch.c.first, stretch.c.stop)
    )


def _sums_over_cameras(
    of: Any, length: _Length, cameras: Sequence[ChosenCamera], asked: Question
) -> list[ColumnElement[Any]]:
    """Return the columns of `Added` behind its index."""
    measured = case((of.covered_ms > length.so_far_ms, length.so_far_ms), else_=of.covered_ms)
    mean = cast(of.people_ms, Double) / cast(of.covered_ms, Double)
    return [
        total(of.samples),
        func.sum(mean),
        func.sum(mean * measured),
        total(measured),
        total(of.covered_ms),
        total(of.carried_ms),
        total(of.count_min),
        total(of.count_max),
        _strangers(length, cameras, asked),
        total(case((of.covered_ms > cast(of.samples, BigInteger) * length.whole_ms, 1), else_=0)),
    ]


def _strangers(
    length: _Length, cameras: Sequence[ChosenCamera], asked: Question
) -> ColumnElement[int]:
    """Return how many of the cameras were not there in a stretch, though they measured in it."""
    lives = [one.life for one in cameras]
    is_always = all(
        life.created_ms <= asked.edges[0]
        and (life.removed_ms is None or life.removed_ms >= asked.edges[-1])
        for life in lives
    )
    if is_always:
        return literal(0)
    created_ms = type_coerce(camera.c.created_at, BigInteger)
    removed_ms = type_coerce(camera.c.removed_at, BigInteger)
    is_strange = or_(
        created_ms >= length.begins_ms + length.whole_ms, removed_ms < length.begins_ms
    )
    return total(case((is_strange, 1), else_=0))


def _lengths(
    at: ColumnElement[int], asked: Question, length_of: Callable[[int, int], int]
) -> ColumnElement[int]:
    """Return the length of the stretch that begins in a minute: few differ from the usual one."""
    lengths = {
        limit: length_of(start, end)
        for limit, (start, end) in zip(asked.limits, pairwise(asked.edges), strict=False)
    }
    ((usual, _),) = Counter(lengths.values()).most_common(1)
    others = {
        limit: literal(length, BigInteger) for limit, length in lengths.items() if length != usual
    }
    of_most = literal(usual, BigInteger)
    return case(others, value=at, else_=of_most) if others else of_most
