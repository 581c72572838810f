"""What is left of what was measured, without some stretches of time: from minutes, else from hours.

Minutes are kept for a year or so, and hours for ever. So that a stretch which cuts an hour can be
taken out of it when its minutes are gone, a correction keeps the minutes of such hours; there are
two of them at most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, false, func, or_, select

from camwatch.data.dialect import total
from camwatch.data.moments import MINUTE_MS
from camwatch.data.overlay import Stretch, union, within, without
from camwatch.data.schema import (
    hour,
    minute,
    passage_hour,
    passage_minute,
    zone_hour,
    zone_minute,
)

HOUR_MIN = 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is stored, by minute and by hour.

    Attributes:
        key: The column that tells whose it is.
        sums: Columns that are added up; the first one is never 0 where anything was measured,
            but for lines, where any of them may be.
        has_extremes: There are columns of the lowest and highest count.
    """

    minutes: Table
    hours: Table
    key: str
    sums: tuple[str, ...]
    has_extremes: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order in which a correction keeps them."""
        return self.sums + (("count_min", "count_max") if self.has_extremes else ())

    def minute_of(self, whose: int, stretches: Sequence[Stretch]) -> ColumnElement[bool]:
        """Return which minutes are meant."""
        at = self.minutes.c.minute
        parts = [and_(at >= first, at < stop) for first, stop in stretches]
        return and_(self.minutes.c[self.key] == whose, or_(false(), *parts))


IN_VIEW = Source(
    minute, hour, "camera_id", ("samples", "people_ms", "covered_ms", "carried_ms"), True
)
IN_ZONE = Source(zone_minute, zone_hour, "place_id", ("samples", "people_ms", "covered_ms"), True)
PASSING = Source(
    passage_minute, passage_hour, "place_id", ("inwards", "outwards", "valid_ms"), False
)

Kept = Mapping[int, Sequence[int]]
"""Minutes that corrections keep, with their columns in the order of the source."""


@dataclass(slots=True)
class Sums:
    """What was measured in some time.

    Attributes:
        values: By the columns of the source that are added up.
        lowest: None where nothing was measured, or it is not stored.
        peak: Likewise.
    """

    values: dict[str, int]
    lowest: int | None = None
    peak: int | None = None

    @property
    def is_empty(self) -> bool:
        """True if nothing was measured."""
        return not any(self.values.values())

    def include(self, source: Source, row: Sequence[int | None]) -> None:
        """Add a row with the columns of the source."""
        size = len(source.sums)
        for name, value in zip(source.sums, row[:size], strict=True):
            self.values[name] += value or 0
        if source.has_extremes and row[size] is not None and row[size + 1] is not None:
            self.meet(row[size], row[size + 1])

    def meet(self, lowest: int | None, peak: int | None) -> None:
        """Take other extremes in."""
        if lowest is not None:
            self.lowest = lowest if self.lowest is None else min(self.lowest, lowest)
        if peak is not None:
            self.peak = peak if self.peak is None else max(self.peak, peak)


def nothing(source: Source) -> Sums:
    """Return sums of no time at all."""
    return Sums(dict.fromkeys(source.sums, 0))


def left_of(  # noqa: PLR0917 - of what, whose, when, without what
    connection: Connection,
    source: Source,
    whose: int,
    bucket: Stretch,
    excluded: Sequence[Stretch],
    kept: Kept,
) -> Sums:
    """Return what was measured in a bucket outside of excluded stretches.

    Args:
        connection: For reading.
        source: Where it is stored.
        whose: Id of a camera or place.
        bucket: Whole minutes.
        excluded: See `overlay.union`.
        kept: What corrections keep of hours that are cut.
    """
    first, stop = bucket
    rows = hour_rows(connection, source, whose, bucket) if stop - first >= HOUR_MIN else []
    if not rows or are_minutes_kept(connection, source, whose, bucket, rows):
        return sums_of(connection, source, whose, without(excluded, first, stop))
    found = nothing(source)
    for start, *row in rows:
        hour_is = (start, start + HOUR_MIN)
        cut = within(excluded, *hour_is)
        if not cut:
            found.include(source, row)
        elif without(excluded, *hour_is):
            _include_cut_hour(found, source, row, cut, _of_hour(kept, hour_is))
    return found


def _of_hour(kept: Kept, hour_is: Stretch) -> Kept:
    return {at: row for at, row in kept.items() if hour_is[0] <= at < hour_is[1]}


def _include_cut_hour(
    found: Sums, source: Source, row: Sequence[int], cut: Sequence[Stretch], kept: Kept
) -> None:
    """Add what is left of an hour of which minutes are excluded, and known only from a correction.

    Without any that are known, all of the hour is unknown.
    """
    if not kept:
        return
    gone, stays = nothing(source), nothing(source)
    for at, values in kept.items():
        is_excluded = any(first <= at < stop for first, stop in cut)
        (gone if is_excluded else stays).include(source, values)
    whole = nothing(source)
    whole.include(source, row)
    for name in source.sums:
        found.values[name] += max(0, whole.values[name] - gone.values[name])
    found.meet(stays.lowest, stays.peak)
    # What came after the correction was made is in the hour, but not in what it keeps.
    if whole.peak is not None and whole.peak > max(gone.peak or 0, stays.peak or 0):
        found.meet(None, whole.peak)
    known_lowest = [one.lowest for one in (gone, stays) if one.lowest is not None]
    if whole.lowest is not None and whole.lowest < min(known_lowest, default=0):
        found.meet(whole.lowest, None)


def held_by(
    connection: Connection, source: Source, whose: int, stretches: Iterable[Stretch]
) -> list[Stretch]:
    """Return stretches with the time that follows them and has only their last picture.

    A camera that is asked every five minutes has a sample in one minute of five, which stands
    for all of them in charts by minute, see `buckets.hold`.
    """
    minutes = source.minutes
    own = minutes.c[source.key] == whose
    found = []
    for first, stop in stretches:
        last = connection.execute(
            select(minutes.c.minute, minutes.c.samples, minutes.c.covered_ms)
            .where(own, minutes.c.minute >= first, minutes.c.minute < stop)
            .order_by(minutes.c.minute.desc())
            .limit(1)
        ).first()
        end = stop
        if last is not None and last.covered_ms > last.samples * MINUTE_MS:
            until = last.minute - (-last.covered_ms // MINUTE_MS)
            newer = select(func.min(minutes.c.minute)).where(own, minutes.c.minute >= stop)
            following = connection.execute(newer).scalar()
            end = max(stop, until if following is None else min(until, following))
        found.append((first, end))
    return union(found)


def sums_of(
    connection: Connection, source: Source, whose: int, stretches: Sequence[Stretch]
) -> Sums:
    """Return what the minutes of some stretches add up to."""
    found = nothing(source)
    if stretches:
        columns: list[Any] = [total(source.minutes.c[name]) for name in source.sums]
        if source.has_extremes:
            columns += [
                func.min(source.minutes.c.count_min),
                func.max(source.minutes.c.count_max),
            ]
        query = select(*columns).where(source.minute_of(whose, stretches))
        found.include(source, connection.execute(query).one())
    return found


def hour_rows(
    connection: Connection, source: Source, whose: int, bucket: Stretch
) -> list[tuple[int, ...]]:
    """Return the hours that begin in a bucket: first minute, and the columns of the source."""
    hours = source.hours
    query = (
        select(hours.c.start, *(hours.c[name] for name in source.columns))
        .where(hours.c[source.key] == whose)
        .where(hours.c.start >= bucket[0], hours.c.start < bucket[1])
        .order_by(hours.c.start)
    )
    return [tuple(row) for row in connection.execute(query)]


def minute_rows(
    connection: Connection, source: Source, whose: int, stretches: Sequence[Stretch]
) -> list[tuple[int, ...]]:
    """Return minutes of some stretches: which one, and the columns of the source."""
    minutes = source.minutes
    query = (
        select(minutes.c.minute, *(minutes.c[name] for name in source.columns))
        .where(source.minute_of(whose, stretches))
        .order_by(minutes.c.minute)
    )
    return [tuple(row) for row in connection.execute(query)]


def are_minutes_kept(
    connection: Connection,
    source: Source,
    whose: int,
    bucket: Stretch,
    hours: Iterable[Sequence[int]],
) -> bool:
    """Tell whether the minutes of a bucket are all still there, by what its hours hold.

    An hour that reaches beyond the bucket holds more than its minutes, and so tells nothing.
    Where there is no other, the oldest minute tells: the old ones go first.
    """
    of_minutes = sums_of(connection, source, whose, [bucket])
    inside = [row for start, *row in hours if start + HOUR_MIN <= bucket[1]]
    if not inside:
        return not of_minutes.is_empty or _oldest(connection, source, whose) <= bucket[0]
    of_hours = nothing(source)
    for row in inside:
        of_hours.include(source, row)
    return all(of_minutes.values[name] >= value for name, value in of_hours.values.items())


def _oldest(connection: Connection, source: Source, whose: int) -> float:
    """Return the oldest minute of a camera or place; infinity if there is none."""
    query = select(func.min(source.minutes.c.minute)).where(source.minutes.c[source.key] == whose)
    found: int | None = connection.execute(query).scalar()
    return math.inf if found is None else found
