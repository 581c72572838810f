"""What of each camera's pictures may be seen, as it is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from camwatch.data.dialect import upsert
from camwatch.data.schema import camera, camera_privacy
from camwatch.data.store import Store
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr
from camwatch.scene import Lift, Privacy, PrivacyMode, PrivacyRecord, Zone
from camwatch.scene.privacy import HIDDEN

log = logging.getLogger(__name__)


class PrivacyRepository:
    """The privacy of one history's cameras."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def get(self, camera_id: CameraId) -> PrivacyRecord:
        """Return what holds for a camera; open if it was never set.

        Raises:
            StorageError: It cannot be read, so nothing may be seen.
        """
        with self._connections.reading() as connection:
            row = connection.execute(
                select(camera_privacy).where(camera_privacy.c.camera_id == camera_id)
            ).first()
        return PrivacyRecord(camera_id) if row is None else _record(row)

    def all(self) -> list[PrivacyRecord]:
        """Return what holds for each camera that was not removed.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(camera.c.id.label("of_camera"), camera_privacy)
            .join_from(
                camera, camera_privacy, camera.c.id == camera_privacy.c.camera_id, isouter=True
            )
            .where(camera.c.removed_at.is_(None))
            .order_by(camera.c.id)
        )
        with self._connections.reading() as connection:
            return [
                PrivacyRecord(CameraId(row.of_camera)) if row.mode is None else _record(row)
                for row in connection.execute(query)
            ]

    def save(self, camera_ids: Collection[CameraId], wanted: Callable[[Privacy], Privacy]) -> None:
        """Let something else hold for cameras, all or none. Who lifts them goes on lifting.

        Args:
            camera_ids: Which.
            wanted: Returns what shall hold, given what does.

        Raises:
            NotFound: There is no such camera, or it was removed.
            StorageError: Nothing was stored.
        """
        now = self._clock()
        with self._connections.writing() as connection:
            for camera_id in camera_ids:
                _check(connection, camera_id)
                put_privacy(connection, camera_id, wanted(_of(connection, camera_id)), now)

    def lift(self, camera_id: CameraId, lift: Lift | None) -> None:
        """Lift a camera's privacy, or let it hold again.

        Raises:
            NotFound: There is no such camera, or it was removed.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            _check(connection, camera_id)
            put_privacy(connection, camera_id, _of(connection, camera_id), self._clock())
            connection.execute(
                update(camera_privacy)
                .where(camera_privacy.c.camera_id == camera_id)
                .values(
                    lifted_by=None if lift is None else lift.by,
                    lift_reason=None if lift is None else lift.reason,
                    lifted_at=None if lift is None else lift.since,
                    lifted_until=None if lift is None else lift.until,
                )
            )

    def lifted_by(self, name: str, now: datetime) -> list[CameraId]:
        """Return the cameras that somebody lifted, and that are lifted now.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(camera_privacy.c.camera_id).where(
            camera_privacy.c.lifted_by == name, camera_privacy.c.lifted_until > now
        )
        with self._connections.reading() as connection:
            return [CameraId(one) for one in connection.execute(query).scalars()]


def put_privacy(
    connection: Connection, camera_id: CameraId, privacy: Privacy, now: datetime
) -> None:
    """Store what holds for a camera from now on, in a transaction that is open."""
    row = {
        "camera_id": camera_id,
        "mode": privacy.mode.value,
        "covers": json.dumps([[one.name, one.points] for one in privacy.covers]),
        "changed_at": now,
    }
    statement = upsert(connection, camera_privacy).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[camera_privacy.c.camera_id],
            set_={name: statement.excluded[name] for name in row if name != "camera_id"},
        )
    )


def _check(connection: Connection, camera_id: CameraId) -> None:
    known = select(camera.c.id).where(camera.c.id == camera_id, camera.c.removed_at.is_(None))
    if connection.execute(known).scalar() is None:
        raise NotFound(tr("camera {camera_id}", camera_id=camera_id))


def _of(connection: Connection, camera_id: CameraId) -> Privacy:
    row = connection.execute(
        select(camera_privacy).where(camera_privacy.c.camera_id == camera_id)
    ).first()
    return Privacy() if row is None else _record(row).privacy


def _record(row: Row[Any]) -> PrivacyRecord:
    camera_id = CameraId(row.camera_id)
    try:
        covers = tuple(
            Zone(name, tuple((x, y) for x, y in points)) for name, points in json.loads(row.covers)
        )
        privacy = Privacy(PrivacyMode(row.mode), covers)
    except (ValueError, TypeError, InvalidSetting):
        # Written by a later CamWatch, or damaged: what cannot be read hides everything.
        log.warning("the privacy of camera %d cannot be read; nothing of it is shown", camera_id)
        return PrivacyRecord(camera_id, HIDDEN)
    lift = None
    if row.lifted_by is not None and row.lifted_at is not None and row.lifted_until is not None:
        lift = Lift(row.lifted_by, row.lift_reason or "", row.lifted_at, row.lifted_until)
    return PrivacyRecord(camera_id, privacy, lift)
