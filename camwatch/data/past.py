"""Single measurements of a stretch of time, to see it once more as it happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from camwatch.alerts.rules import PlaceRef
from camwatch.data.minutes import place_versions
from camwatch.data.moments import from_ms, to_ms
from camwatch.data.schema import camera, passage, sample
from camwatch.data.store import Store
from camwatch.domain import CameraId


@dataclass(frozen=True, slots=True)
class PastCount:
    """People who were counted in one picture.

    Attributes:
        count: The number that was shown.
        at_once: The number of this picture alone.
    """

    camera_id: CameraId
    at: datetime
    count: int
    at_once: int
    interval_s: float


@dataclass(frozen=True, slots=True)
class PastPassage:
    """Somebody passed a line or gate."""

    place: PlaceRef
    at: datetime
    is_inwards: bool


class PastRepository:
    """Reads what was measured in one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def counts(
        self, camera_ids: Collection[CameraId], start: datetime, end: datetime
    ) -> list[PastCount]:
        """Return the measurements of cameras from start to end, both included, by time.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(
                sample.c.camera_id,
                sample.c.ts,
                func.coalesce(sample.c.shown, sample.c.count),
                sample.c.count,
                sample.c.interval_ms,
            )
            .where(sample.c.camera_id.in_(sorted(camera_ids)))
            .where(sample.c.ts >= to_ms(start), sample.c.ts <= to_ms(end))
            .order_by(sample.c.ts, sample.c.camera_id)
        )
        with self._connections.reading() as connection:
            return [
                PastCount(CameraId(one), from_ms(ts), shown, at_once, interval_ms / 1000)
                for one, ts, shown, at_once, interval_ms in connection.execute(query)
            ]

    def passages(
        self, places: Collection[PlaceRef], start: datetime, end: datetime
    ) -> list[PastPassage]:
        """Return who passed lines and gates from start to end, both included, by time.

        Raises:
            StorageError: The history cannot be read.
        """
        with self._connections.reading() as connection:
            refs = place_versions(connection, places)
            query = (
                select(passage.c.place_id, passage.c.ts, passage.c.is_inwards)
                .where(passage.c.place_id.in_(sorted(refs)))
                .where(passage.c.ts >= to_ms(start), passage.c.ts <= to_ms(end))
                .order_by(passage.c.ts, passage.c.place_id, passage.c.track)
            )
            return [
                PastPassage(refs[place_id], from_ms(ts), is_inwards)
                for place_id, ts, is_inwards in connection.execute(query)
            ]

    def begin(self) -> datetime | None:
        """Return when the first camera was entered, UTC; None if there never was one.

        Raises:
            StorageError: The history cannot be read.
        """
        with self._connections.reading() as connection:
            return connection.execute(select(func.min(camera.c.created_at))).scalar()
