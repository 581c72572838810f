"""Where people were and how long they stayed: a row an hour, to which the recorder adds."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from camwatch.data.dialect import upsert
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import dwell_hour, heat_hour
from camwatch.data.store import Store
from camwatch.domain import CameraId, PlaceId
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import Heat

log = logging.getLogger(__name__)

_HOUR_MS = 60 * MINUTE_MS
_ROWS_AT_ONCE = 200


def add_trails(connection: Connection, trails: Sequence[HourTrails]) -> None:
    """Add what was gathered to what is stored of those hours.

    Args:
        connection: A transaction for writing: all of it is stored, or nothing.
        trails: Each is added, so each must be given once only.
    """
    for one in trails:
        _add_heat(connection, one.camera_id, one.hour, one.heat)
        for place_id, dwell in one.dwell.items():
            _add_dwell(connection, place_id, one.hour, dwell)


class TrailRepository:
    """The trails of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def heat(
        self,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours_of_day: tuple[int, int] | None = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        """Return where people were, summed over all hours that touch a stretch of time.

        Args:
            camera_id: In whose view.
            start: Lies in the first hour, aware.
            end: The last hour begins before it, aware.
            hours_of_day: Only hours that begin at the first of these or later and before the
                second, 0 to 24. (22, 6) is the night.
            zone: By whose clocks; needed with hours_of_day.

        Raises:
            ValueError: The hours of the day are none, or nobody knows by which clocks.
            StorageError: The history cannot be read.
        """
        is_wanted = _chooser(hours_of_day, zone)
        query = (
            select(heat_hour.c.hour, heat_hour.c.heat)
            .where(heat_hour.c.camera_id == camera_id)
            .where(heat_hour.c.hour >= to_ms(start) // _HOUR_MS)
            .where(heat_hour.c.hour < -(-to_ms(end) // _HOUR_MS))
            .order_by(heat_hour.c.hour)
        )
        total = Heat.empty()
        with self._connections.reading() as connection:
            for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
                for hour, stored in rows:
                    if is_wanted(hour):
                        total += _read_heat(camera_id, hour, stored)
        return total

    def dwell(
        self, place_ids: Sequence[PlaceId], start: datetime, end: datetime
    ) -> dict[PlaceId, dict[datetime, Dwell]]:
        """Return how long people stayed in zones, for each hour that touches a stretch of time.

        Args:
            place_ids: Which zones.
            start: Lies in the first hour, aware.
            end: The last hour begins before it, aware.

        Returns:
            For each zone the hours by their start, UTC, in order. An hour in which nobody was
            followed is not there: how long people stayed is not known.

        Raises:
            StorageError: The history cannot be read.
        """
        found: dict[PlaceId, dict[datetime, Dwell]] = {place_id: {} for place_id in place_ids}
        query = (
            select(dwell_hour)
            .where(dwell_hour.c.place_id.in_(place_ids))
            .where(dwell_hour.c.hour >= to_ms(start) // _HOUR_MS)
            .where(dwell_hour.c.hour < -(-to_ms(end) // _HOUR_MS))
            .order_by(dwell_hour.c.place_id, dwell_hour.c.hour)
        )
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                found[PlaceId(row.place_id)][from_ms(row.hour * _HOUR_MS)] = _dwell_of(row)
        return found


def _chooser(hours_of_day: tuple[int, int] | None, zone: ZoneInfo | None) -> Callable[[int], bool]:
    """Return what tells whether an hour since 1970 begins at a wanted time of the day."""
    if hours_of_day is None:
        return lambda _: True
    first, stop = hours_of_day
    if zone is None or not (0 <= first <= 24 and 0 <= stop <= 24 and first != stop):
        raise ValueError(f"hours of the day: {hours_of_day} in {zone}")

    def is_wanted(hour: int) -> bool:
        local = from_ms(hour * _HOUR_MS).astimezone(zone).hour
        return first <= local < stop if first < stop else local >= first or local < stop

    return is_wanted


def _add_heat(connection: Connection, camera_id: CameraId, hour: int, heat: Heat) -> None:
    where = (heat_hour.c.camera_id == camera_id, heat_hour.c.hour == hour)
    stored = connection.execute(select(heat_hour.c.heat).where(*where).with_for_update()).scalar()
    if stored is not None:
        heat = _read_heat(camera_id, hour, stored) + heat
    statement = upsert(connection, heat_hour).values(
        camera_id=camera_id, hour=hour, heat=heat.to_bytes()
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[heat_hour.c.camera_id, heat_hour.c.hour],
            set_={"heat": statement.excluded.heat},
        )
    )


def _read_heat(camera_id: CameraId, hour: int, stored: bytes) -> Heat:
    """Return the heat of a row; what cannot be read is unknown, as if nobody had watched."""
    try:
        return Heat.from_bytes(stored)
    except ValueError as error:
        log.warning("heat of camera %d in hour %d is left out: %s", camera_id, hour, error)
        return Heat.empty()


def _add_dwell(connection: Connection, place_id: PlaceId, hour: int, dwell: Dwell) -> None:
    where = (dwell_hour.c.place_id == place_id, dwell_hour.c.hour == hour)
    row = connection.execute(select(dwell_hour).where(*where).with_for_update()).first()
    if row is not None:
        dwell = _dwell_of(row) + dwell
    statement = upsert(connection, dwell_hour).values(
        place_id=place_id,
        hour=hour,
        visits=dwell.visits,
        dwell_ms=dwell.dwell_ms,
        longest_ms=dwell.longest_ms,
        bins=json.dumps(dwell.bins),
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[dwell_hour.c.place_id, dwell_hour.c.hour],
            set_={
                name: statement.excluded[name]
                for name in ("visits", "dwell_ms", "longest_ms", "bins")
            },
        )
    )


def _dwell_of(row: Any) -> Dwell:
    return Dwell(row.visits, row.dwell_ms, row.longest_ms, tuple(json.loads(row.bins)))
