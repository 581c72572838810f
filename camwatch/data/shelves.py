"""Which tables belong to which class of what is kept, and from when on their rows are too old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, exists, select

from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import (
    camera,
    camera_notice,
    camera_state,
    day,
    dwell_hour,
    heat_hour,
    hour,
    minute,
    passage,
    passage_day,
    passage_hour,
    passage_minute,
    place,
    sample,
    zone_day,
    zone_hour,
    zone_minute,
)
from camwatch.history.keeping import Retention, RowClass

_HOUR_MS = 60 * MINUTE_MS


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """One table of a class, whose rows lie by owner and time.

    Attributes:
        kind: The class.
        table: The table.
        owner: Whose the row is: the first column of its key.
        key: When: the second one.
        unit_ms: How long 1 is of the column that tells the time.
        roll_up: Rows of `table` go only when this table has the minute they are in.
        needs_hours: Rows go only when the hours of their camera are built.
        row_bytes: About so much of the file a row takes, measured; see benchmarks/retention.py.
    """

    kind: RowClass
    table: Table
    unit_ms: int
    row_bytes: int
    roll_up: Table | None = None
    needs_hours: bool = False

    @property
    def owner(self) -> Column[int]:
        """Whose the row is."""
        return self.table.columns.values()[0]

    @property
    def key(self) -> Column[int]:
        """When it was."""
        return self.table.columns.values()[1]

    def owners(self) -> Select[Any]:
        """Return the query for all whose rows may go."""
        query: Select[Any]
        if self.owner.name == "camera_id":
            query = select(camera.c.id)
        else:
            query = select(place.c.id).join(camera, camera.c.id == place.c.camera_id)
        if self.needs_hours:
            query = query.where(camera.c.rolled_zone != "")
        return query.order_by(query.selected_columns[0])

    def is_rolled_up(self) -> ColumnElement[bool] | None:
        """Return the condition that a row's minute is there; None if it needs none."""
        if self.roll_up is None:
            return None
        owner, key = self.roll_up.columns.values()[:2]
        return exists().where(owner == self.owner, key == self.key // MINUTE_MS)

    def at(self, key: int) -> datetime:
        """Return the moment of a key."""
        return from_ms(key * self.unit_ms)

    def before(self, moment: datetime) -> int:
        """Return the key before which all is older than a moment."""
        return to_ms(moment) // self.unit_ms


SHELVES = (
    # In this order: what is made of samples stays until they are gone.
    Shelf(RowClass.SAMPLES, sample, 1, 27, roll_up=minute),
    Shelf(RowClass.SAMPLES, passage, 1, 24, roll_up=passage_minute),
    Shelf(RowClass.MINUTES, minute, MINUTE_MS, 34, needs_hours=True),
    Shelf(RowClass.MINUTES, passage_minute, MINUTE_MS, 18, needs_hours=True),
    Shelf(RowClass.MINUTES, zone_minute, MINUTE_MS, 24, needs_hours=True),
    Shelf(RowClass.HOURS, hour, MINUTE_MS, 40),
    Shelf(RowClass.HOURS, passage_hour, MINUTE_MS, 20),
    Shelf(RowClass.HOURS, zone_hour, MINUTE_MS, 28),
    Shelf(RowClass.HOURS, dwell_hour, _HOUR_MS, 80),
    Shelf(RowClass.HOURS, day, MINUTE_MS, 42),
    Shelf(RowClass.HOURS, passage_day, MINUTE_MS, 22),
    Shelf(RowClass.HOURS, zone_day, MINUTE_MS, 30),
    Shelf(RowClass.TRAILS, heat_hour, _HOUR_MS, 1500),
)
"""All that goes in time; the pictures of alerts are files, and are deleted with their alerts."""

STATES = (camera_state, camera_notice)
"""How cameras were: kept as long as the hours, whose gaps they explain."""

_DAYS: dict[RowClass, Callable[[Retention], int | None]] = {
    RowClass.SAMPLES: lambda retention: retention.sample_days,
    RowClass.MINUTES: lambda retention: retention.minute_days,
    RowClass.HOURS: lambda retention: retention.hour_days,
    RowClass.TRAILS: lambda retention: retention.trail_days,
    RowClass.PICTURES: lambda retention: retention.picture_days,
}


def kept_from(kind: RowClass, retention: Retention, now: datetime) -> datetime | None:
    """Return the moment before which all of a class is too old; None if it is kept for ever.

    What is added up is cut at whole days, so that no bucket of a chart loses a part of its
    minutes.
    """
    days = _DAYS[kind](retention)
    if days is None:
        return None
    # A retention of a hundred years, and a clock that stands in 1970.
    earliest = datetime(1, 1, 2, tzinfo=UTC)
    try:
        moment = max(now.astimezone(UTC) - timedelta(days=days), earliest)
    except OverflowError:
        moment = earliest
    if kind is RowClass.SAMPLES:
        return moment.replace(second=0, microsecond=0)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
