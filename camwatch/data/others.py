"""What other workstations do to a history on a server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from camwatch.data.moments import from_ms, to_ms
from camwatch.data.schema import camera, sample, site
from camwatch.data.store import Store
from camwatch.domain import CameraId

_LATELY = timedelta(minutes=2)


class OthersRepository:
    """Reads the numbers that others store."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def counts(self, now: datetime) -> Mapping[CameraId, tuple[datetime, int]]:
        """Return the newest number of each camera that another workstation counts.

        Args:
            now: UTC; a number that is older than two minutes is of no use to anybody.

        Raises:
            StorageError: They cannot be read.
        """
        station = self._connections.station
        if not station:
            return {}
        # One short search in the key of each camera.
        newest = (
            select(func.max(sample.c.ts))
            .where(sample.c.camera_id == camera.c.id, sample.c.ts >= to_ms(now - _LATELY))
            .correlate(camera)
            .scalar_subquery()
        )
        query = (
            select(camera.c.id, sample.c.ts, func.coalesce(sample.c.shown, sample.c.count))
            .select_from(camera.join(site).join(sample, sample.c.camera_id == camera.c.id))
            .where(camera.c.removed_at.is_(None), site.c.workstation != station)
            .where(sample.c.ts == newest)
        )
        with self._connections.reading() as connection:
            return {
                CameraId(one): (from_ms(ts), shown) for one, ts, shown in connection.execute(query)
            }
