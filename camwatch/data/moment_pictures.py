"""Which pictures are kept to see the past again; the pictures themselves are files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import delete, func, select, tuple_

from camwatch.data.dialect import upsert
from camwatch.data.moments import from_ms, to_ms
from camwatch.data.schema import past_picture
from camwatch.data.store import Store
from camwatch.domain import Boxes, CameraId

_FLOATS = np.dtype("<f4")

PictureKey = tuple[CameraId, int]
"""A camera and a moment, milliseconds since 1970 UTC: the name of a file."""


@dataclass(frozen=True, slots=True, eq=False)
class PastPictureRow:
    """A picture whose file was written.

    Attributes:
        taken_at: UTC.
        size: Bytes of its file.
        count: People in it; None if it was not searched.
        boxes: float32, shape (n, 4), relative to the picture.
    """

    camera_id: CameraId
    taken_at: datetime
    size: int
    count: int | None
    is_masked: bool
    boxes: Boxes

    @property
    def key(self) -> PictureKey:
        """What tells it from others of this computer."""
        return self.camera_id, to_ms(self.taken_at)


class MomentPictureRepository:
    """The pictures of this computer, in one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def add(self, rows: Sequence[PastPictureRow]) -> None:
        """Note that pictures are kept; one that is noted already stays as it is.

        Raises:
            StorageError: None of them is noted.
        """
        if not rows:
            return
        station = self._connections.station
        with self._connections.writing() as connection:
            connection.execute(
                upsert(connection, past_picture).on_conflict_do_nothing(),
                [
                    {
                        "camera_id": row.camera_id,
                        "ts": to_ms(row.taken_at),
                        "workstation": station,
                        "size": row.size,
                        "count": row.count,
                        "is_masked": row.is_masked,
                        "boxes": np.ascontiguousarray(row.boxes, _FLOATS).tobytes(),
                    }
                    for row in rows
                ],
            )

    def stock(self) -> tuple[int, int, datetime | None]:
        """Return how many there are, their bytes, and when the oldest was taken; None without.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(
            func.count(),
            func.coalesce(func.sum(past_picture.c.size), 0),
            func.min(past_picture.c.ts),
        ).where(past_picture.c.workstation == self._connections.station)
        with self._connections.reading() as connection:
            count, size, oldest = connection.execute(query).one()
        return int(count), int(size), None if oldest is None else from_ms(oldest)

    def oldest(self, limit: int, before: datetime | None = None) -> list[tuple[PictureKey, int]]:
        """Return the oldest pictures with their bytes, the oldest first.

        Args:
            limit: So many at most.
            before: Only those that were taken before; None for any.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(past_picture.c.camera_id, past_picture.c.ts, past_picture.c.size)
            .where(past_picture.c.workstation == self._connections.station)
            .order_by(past_picture.c.ts)
            .limit(limit)
        )
        if before is not None:
            query = query.where(past_picture.c.ts < to_ms(before))
        with self._connections.reading() as connection:
            return [
                ((CameraId(camera_id), ts), size)
                for camera_id, ts, size in connection.execute(query)
            ]

    def older(self, before: datetime) -> tuple[int, int]:
        """Return how many were taken before a moment, and their bytes.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(func.count(), func.coalesce(func.sum(past_picture.c.size), 0)).where(
            past_picture.c.workstation == self._connections.station,
            past_picture.c.ts < to_ms(before),
        )
        with self._connections.reading() as connection:
            count, size = connection.execute(query).one()
        return int(count), int(size)

    def known(self, camera_id: CameraId, moments: Collection[int]) -> frozenset[int]:
        """Return of which of these moments a picture of a camera is noted.

        Raises:
            StorageError: It cannot be found out.
        """
        query = select(past_picture.c.ts).where(
            past_picture.c.workstation == self._connections.station,
            past_picture.c.camera_id == camera_id,
            past_picture.c.ts.in_(sorted(moments)),
        )
        with self._connections.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def forget(self, keys: Collection[PictureKey]) -> None:
        """Note that pictures are kept no more.

        Raises:
            StorageError: Nothing was changed.
        """
        if not keys:
            return
        with self._connections.writing() as connection:
            connection.execute(
                delete(past_picture)
                .where(past_picture.c.workstation == self._connections.station)
                .where(tuple_(past_picture.c.camera_id, past_picture.c.ts).in_(sorted(keys)))
            )
