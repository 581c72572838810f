"""Adds what is new to the minutes, hours and days, within the transaction that stores it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, exists, select, update

from camwatch.data.chosen import zone_named
from camwatch.data.cuts import day_of, hour_of
from camwatch.data.many import Row, add_to
from camwatch.data.rollup import (
    COUNTED,
    COUNTED_MINUTE,
    Merge,
    coarser_rows,
    merge_counted,
    minute_rows,
)
from camwatch.data.schema import (
    camera,
    day,
    hour,
    minute,
    passage_day,
    passage_hour,
    passage_minute,
    place,
    site,
    zone_day,
    zone_hour,
    zone_minute,
)
from camwatch.domain import Passage, Sample


@dataclass(frozen=True, slots=True)
class Levels:
    """The three tables of one kind of numbers, from fine to coarse, with their columns."""

    minutes: Table
    hours: Table
    days: Table
    minute_columns: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, minutes: Table, hours: Table, days: Table) -> Levels:
        """Take the columns in the order of the tables."""
        return cls(minutes, hours, days, tuple(minutes.c.keys()), tuple(hours.c.keys()))


COUNTS = Levels(minute, hour, day, COUNTED_MINUTE, COUNTED)
PASSED = Levels.of(passage_minute, passage_hour, passage_day)
STOOD = Levels.of(zone_minute, zone_hour, zone_day)


class Rolling:
    """By whose clocks the hours and days are cut of what one batch is about.

    Args:
        connection: One for writing; the cameras are held as they are until it is committed, so
            that nobody cuts their hours anew meanwhile.
        samples: Of the batch.
        passages: Likewise.
        zone: For sites without a time zone; None if it is not known.
    """

    def __init__(
        self,
        connection: Connection,
        samples: Sequence[Sample],
        passages: Sequence[Passage],
        zone: ZoneInfo | None,
    ) -> None:
        owners: dict[int, int] = {}
        for one in samples:
            for place_id in one.watched:
                owners[place_id] = one.camera_id
            for place_id, _ in one.zones:
                owners[place_id] = one.camera_id
        strange = {one.place_id for one in passages} - owners.keys()
        if strange:
            query = select(place.c.id, place.c.camera_id).where(place.c.id.in_(strange))
            owners |= {row.id: row.camera_id for row in connection.execute(query)}
        ids = {one.camera_id for one in samples} | set(owners.values())
        self._cameras = rolled_zones(connection, ids, zone) if ids else {}
        self._places = {
            place_id: self._cameras[camera_id]
            for place_id, camera_id in owners.items()
            if camera_id in self._cameras
        }

    def add(self, connection: Connection, to: Levels, rows: Sequence[Row], merge: Merge) -> None:
        """Add rows of minutes, sorted by key, to them and to their hours and days."""
        add_to(connection, to.minutes, to.minute_columns, rows)
        clocks = self._cameras if to is COUNTS else self._places
        hours = coarser_rows(rows, clocks, hour_of, merge)
        add_to(connection, to.hours, to.columns, hours)
        add_to(connection, to.days, to.columns, coarser_rows(hours, clocks, day_of, merge))


def add_counted(connection: Connection, rows: Sequence[Row], rolling: Rolling) -> None:
    """Add new rows of table `sample`, sorted by key, to minutes, hours and days."""
    if rows:
        rolling.add(connection, COUNTS, minute_rows(rows), merge_counted)


def rolled_zones(
    connection: Connection, camera_ids: Collection[int], zone: ZoneInfo | None
) -> dict[int, ZoneInfo]:
    """Return by whose clocks the hours of cameras are cut; from now on, for new ones.

    Args:
        connection: One for writing.
        camera_ids: Which cameras.
        zone: For sites without a time zone; None if it is not known.

    Returns:
        A camera whose hours are still to be built from older minutes is not there.
    """
    query = (
        select(camera.c.id, camera.c.rolled_zone, site.c.time_zone)
        .join(site)
        .where(camera.c.id.in_(camera_ids))
        .order_by(camera.c.id)
        .with_for_update(read=True, key_share=True, of=camera)
    )
    found: dict[int, ZoneInfo] = {}
    for camera_id, rolled_zone, time_zone in connection.execute(query).all():
        rolled = zone_named(rolled_zone)
        if rolled is None:
            rolled = _first_zone(connection, camera_id, zone_named(time_zone) or zone)
            name = "" if rolled is None else rolled.key
            if name != rolled_zone:
                one = update(camera).where(camera.c.id == camera_id)
                connection.execute(one.values(rolled_zone=name))
        if rolled is not None:
            found[camera_id] = rolled
    return found


def _first_zone(connection: Connection, camera_id: int, zone: ZoneInfo | None) -> ZoneInfo | None:
    """Return the zone for a camera that has no minutes yet; those would have to be built first."""
    if zone is None:
        return None
    has_minutes = select(exists().where(minute.c.camera_id == camera_id))
    return None if connection.execute(has_minutes).scalar() else zone
