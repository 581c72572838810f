"""One single measurement, and what is stored beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import (
    alert,
    alert_camera,
    alert_evidence,
    place,
    sample,
    scene,
    workstation,
    zone_minute,
)
from camwatch.data.store import Store
from camwatch.domain import CameraId

_LONGEST_INTERVAL_MS = 3_600_000
"""A camera is asked at least so often."""

_AROUND = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StoredMeasurement:
    """A row of the samples; see `history.asking.Measurement` for its parts."""

    at: datetime
    count: int
    shown: int
    confidence: float
    processing_s: float
    interval_s: float
    is_carried: bool
    is_flagged: bool
    workstation: int


class MeasuredRepository:
    """Reads single measurements of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def standing_at(self, camera_id: CameraId, moment: datetime) -> StoredMeasurement | None:
        """Return the measurement that stands for a moment: the newest one whose time it is in.

        Raises:
            StorageError: It cannot be read.
        """
        at_ms = to_ms(moment)
        query = (
            select(sample)
            .where(sample.c.camera_id == camera_id, sample.c.ts <= at_ms)
            .where(sample.c.ts > at_ms - _LONGEST_INTERVAL_MS)
            .order_by(sample.c.ts.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None or row.ts + row.interval_ms <= at_ms:
            return None
        count = int(row._mapping["count"])  # noqa: SLF001 - its name is taken by a method
        return StoredMeasurement(
            at=from_ms(row.ts),
            count=count,
            shown=count if row.shown is None else row.shown,
            confidence=row.confidence / 1000,
            processing_s=row.processing_us / 1_000_000,
            interval_s=row.interval_ms / 1000,
            is_carried=bool(row.is_carried),
            is_flagged=bool(row.is_flagged),
            workstation=row.workstation,
        )

    def zones_at(self, camera_id: CameraId, moment: datetime) -> list[tuple[str, float, int]]:
        """Return name, mean and most people of each zone of a camera in a minute, by name.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(
                place.c.name,
                zone_minute.c.people_ms,
                zone_minute.c.covered_ms,
                zone_minute.c.count_max,
            )
            .join(place, place.c.id == zone_minute.c.place_id)
            .where(place.c.camera_id == camera_id)
            .where(zone_minute.c.minute == to_ms(moment) // MINUTE_MS)
            .where(zone_minute.c.covered_ms > 0)
            .order_by(place.c.name, place.c.id)
        )
        with self._connections.reading() as connection:
            return [
                (name, people_ms / covered_ms, most)
                for name, people_ms, covered_ms, most in connection.execute(query)
            ]

    def alerts_around(self, camera_id: CameraId, moment: datetime) -> list[str]:
        """Return alerts of the minute around a moment that have a picture of the camera.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(alert.c.uid)
            .join(alert_camera, alert_camera.c.alert_id == alert.c.id)
            .join(alert_evidence, alert_evidence.c.alert_id == alert.c.id)
            .where(alert_camera.c.camera_id == camera_id)
            .where(alert_evidence.c.camera_id == camera_id)
            .where(alert.c.raised_at >= moment - _AROUND, alert.c.raised_at <= moment + _AROUND)
            .group_by(alert.c.id, alert.c.uid)
            .order_by(alert.c.id)
        )
        with self._connections.reading() as connection:
            return list(connection.execute(query).scalars())

    def own_threshold(self, camera_id: CameraId, moment: datetime) -> tuple[bool, float | None]:
        """Return what is known of a view's own threshold at a moment.

        Returns:
            False if the view was changed since, so that nobody knows; then its own threshold,
            None if it had none.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(scene.c.threshold, scene.c.changed_at).where(scene.c.camera_id == camera_id)
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return True, None
        if row.changed_at > moment:
            return False, None
        return True, None if row.threshold is None else row.threshold / 1000

    def workstation_name(self, number: int) -> str:
        """Return the name of a workstation; "" if there is none of this number.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(workstation.c.name).where(workstation.c.number == number)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar() or ""
