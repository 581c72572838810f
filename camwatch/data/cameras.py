"""The cameras and their sites. Passwords are not here: they are in the keyring."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from camwatch.data.names import place_key
from camwatch.data.schema import camera, site, workstation
from camwatch.data.store import Store
from camwatch.domain import Camera, CameraId, CameraSettings, Site, SiteId, SourceKind
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.language import tr

DEFAULT_SITE = "Main site"

Change = Callable[[Camera], CameraSettings]
"""Makes the new settings, checked, of a camera as it is; called while nobody else can write."""


class CameraRepository:
    """The cameras of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def all(self) -> list[Camera]:
        """Return the cameras that were not removed, by name."""
        query = _cameras().where(camera.c.removed_at.is_(None)).order_by(camera.c.name_key)
        with self._connections.reading() as connection:
            return [_camera(row, self._connections.station) for row in connection.execute(query)]

    def get(self, camera_id: CameraId) -> Camera:
        """Return one camera.

        Raises:
            NotFound: There is none of this id, or it was removed.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _read(connection, camera_id, self._connections.station)

    def names(self) -> dict[CameraId, str]:
        """Return how each camera is called, or was when it was removed.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(camera.c.id, camera.c.name).order_by(camera.c.id)
        with self._connections.reading() as connection:
            return {CameraId(row.id): row.name for row in connection.execute(query)}

    def sites(self) -> list[Site]:
        """Return all sites, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(select(site).order_by(site.c.name_key))
            return [Site(SiteId(row.id), row.name, row.time_zone) for row in rows]

    def add(self, settings: CameraSettings, *, uid: str = "") -> Camera:
        """Store a new camera, and its site if that is new.

        Args:
            settings: As entered and checked.
            uid: UUID text under which its password is kept already; "" makes a new one.

        Raises:
            InvalidSetting: Another camera has this name, perhaps in other case.
            StorageError: Nothing was stored.
        """
        return self.add_many([(uid or str(uuid.uuid4()), settings)])[0]

    def add_many(self, entries: Sequence[tuple[str, CameraSettings]]) -> list[Camera]:
        """Store new cameras and their new sites, all or none.

        Args:
            entries: Each with its uid, under which its password is kept already, and its
                settings, checked.

        Raises:
            InvalidSetting: Another camera has one's name, perhaps in other case.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            return [self._add(connection, uid, settings) for uid, settings in entries]

    def _add(self, connection: Connection, uid: str, settings: CameraSettings) -> Camera:
        _check_name_is_free(connection, settings.name, except_for=None)
        row = {
            "uid": uid,
            "created_at": self._clock(),
            **_columns(connection, settings, self._connections.station),
        }
        new_id = connection.execute(insert(camera).returning(camera.c.id), row).scalar_one()
        return _read(connection, CameraId(new_id), self._connections.station)

    def update(
        self, camera_id: CameraId, settings: CameraSettings, *, seen: CameraSettings | None = None
    ) -> Camera:
        """Replace a camera's settings; its id, uid and history stay.

        Args:
            camera_id: Which.
            settings: As entered and checked.
            seen: What the camera must still have, because the new settings were made from
                it; None replaces whatever there is.

        Raises:
            ChangedMeanwhile: It has not; nothing was stored.
            NotFound: There is none of this id, or it was removed.
            InvalidSetting: Another camera has this name, perhaps in other case.
            StorageError: Nothing was stored.
        """

        def change(now: Camera) -> CameraSettings:
            if seen is not None and now.settings != seen:
                raise ChangedMeanwhile(now.name)
            return settings

        ((_, after),) = self.change_many([(camera_id, change)])
        return after

    def change_many(
        self, entries: Sequence[tuple[CameraId, Change]]
    ) -> list[tuple[Camera, Camera]]:
        """Change several cameras as they are at this moment, all or none.

        Args:
            entries: Each with what is to become of it.

        Returns:
            Each camera before and after.

        Raises:
            As `update`, and what a change raises; nothing was stored then.
        """
        with self._connections.writing() as connection:
            station = self._connections.station
            return [
                _changed(connection, camera_id, change, station) for camera_id, change in entries
            ]

    def remove(self, camera_id: CameraId) -> None:
        """Take a camera out of the list; its history is kept and its name is free again.

        Raises:
            NotFound: There is none of this id, or it was removed before.
            StorageError: Nothing was stored.
        """
        self.remove_many([camera_id])

    def remove_many(self, camera_ids: Sequence[CameraId]) -> None:
        """Take several cameras out of the list, all or none.

        Raises:
            As `remove`.
        """
        with self._connections.writing() as connection:
            for camera_id in camera_ids:
                result = connection.execute(
                    update(camera)
                    .where(camera.c.id == camera_id, camera.c.removed_at.is_(None))
                    .values(removed_at=self._clock())
                )
                if not result.rowcount:
                    raise NotFound(tr("camera {camera_id}", camera_id=camera_id))


def _cameras() -> Select[Any]:
    return (
        select(
            camera,
            site.c.name.label("site_name"),
            site.c.workstation,
            workstation.c.name.label("workstation_name"),
        )
        .join(site)
        .outerjoin(workstation, workstation.c.number == site.c.workstation)
    )


def _read(connection: Connection, camera_id: CameraId, station: int) -> Camera:
    query = _cameras().where(camera.c.id == camera_id, camera.c.removed_at.is_(None))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
    return _camera(row, station)


def _changed(
    connection: Connection, camera_id: CameraId, change: Change, station: int
) -> tuple[Camera, Camera]:
    before = _read(connection, camera_id, station)
    settings = change(before)
    _check_name_is_free(connection, settings.name, except_for=camera_id)
    connection.execute(
        update(camera)
        .where(camera.c.id == camera_id)
        .values(_columns(connection, settings, station))
    )
    return before, _read(connection, camera_id, station)


def _check_name_is_free(connection: Connection, name: str, *, except_for: CameraId | None) -> None:
    """Refuse a name in use; the caller stores the camera in the same transaction."""
    same = select(camera.c.id).where(
        camera.c.name_key == place_key(name), camera.c.removed_at.is_(None)
    )
    found = connection.execute(same).scalar()
    if found is not None and found != except_for:
        raise InvalidSetting("name", tr("is already used by another camera"))


def _site_id(connection: Connection, name: str, station: int) -> int:
    """Return the id of the site of this name, which is made if there is none.

    A new one is counted by the workstation at which it was entered.
    """
    name = name or DEFAULT_SITE
    key = place_key(name)
    found = connection.execute(select(site.c.id).where(site.c.name_key == key)).scalar()
    if found is not None:
        return int(found)
    new_id = connection.execute(
        insert(site).returning(site.c.id), {"name": name, "name_key": key, "workstation": station}
    ).scalar_one()
    return int(new_id)


def _columns(connection: Connection, settings: CameraSettings, station: int) -> dict[str, object]:
    return {
        "site_id": _site_id(connection, settings.site, station),
        "name": settings.name,
        "name_key": place_key(settings.name),
        "location": settings.location,
        "scheme": settings.scheme,
        "host": settings.host,
        "port": settings.port,
        "base_path": settings.base_path,
        "snapshot_path": settings.snapshot_path,
        "status_path": settings.status_path,
        "username": settings.username,
        "interval_ms": round(settings.interval_s * 1000),
        "allow_local": settings.allow_local,
        "allow_basic": settings.allow_basic,
        "is_enabled": settings.is_enabled,
        "kind": settings.kind.value,
        "stream_path": settings.stream_path,
        "main_path": settings.main_path,
        "transport": settings.transport,
        "device": settings.device,
        "loops": settings.loops,
        "one_session": settings.one_session,
        "hardware_id": settings.hardware_id,
        "onvif_scheme": settings.onvif_scheme,
        "onvif_port": settings.onvif_port,
        "onvif_path": settings.onvif_path,
        "pin": settings.pin,
    }


def _camera(row: Row[Any], station: int) -> Camera:
    return Camera(
        id=CameraId(row.id),
        uid=row.uid,
        site_id=SiteId(row.site_id),
        settings=CameraSettings(
            name=row.name,
            location=row.location,
            host=row.host,
            port=row.port,
            scheme=row.scheme,
            base_path=row.base_path,
            snapshot_path=row.snapshot_path,
            status_path=row.status_path,
            username=row.username,
            interval_s=row.interval_ms / 1000,
            allow_local=row.allow_local,
            allow_basic=row.allow_basic,
            is_enabled=row.is_enabled,
            site=row.site_name,
            kind=SourceKind(row.kind),
            stream_path=row.stream_path,
            main_path=row.main_path,
            transport=row.transport,
            device=row.device,
            loops=row.loops,
            one_session=row.one_session,
            hardware_id=row.hardware_id,
            onvif_scheme=row.onvif_scheme,
            onvif_port=row.onvif_port,
            onvif_path=row.onvif_path,
            pin=row.pin,
        ),
        created_at=row.created_at,
        workstation=_elsewhere(row, station),
    )


def _elsewhere(row: Row[Any], station: int) -> str:
    """Return the name of the other workstation that counts a camera; "" if this one does."""
    if not station or row.workstation in {0, station}:
        return ""
    return row.workstation_name or f"workstation {row.workstation}"
