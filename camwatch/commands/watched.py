"""The cameras as rules see them."""

from __future__ import annotations

from collections.abc import Iterable

from camwatch.alerts.rules import PlaceRef
from camwatch.alerts.signals import WatchedCamera
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.scene import SceneRecord


def watched_cameras(
    database: Database, scenes: Iterable[SceneRecord] | None = None
) -> dict[CameraId, WatchedCamera]:
    """Return all cameras by id, in the order of their names, with their places.

    Args:
        database: The history.
        scenes: Of all cameras, if they were read already.

    Raises:
        StorageError: They cannot be read.
    """
    sites = {site.id: site.name for site in database.cameras.sites()}
    places = {
        record.camera_id: tuple(PlaceRef(record.camera_id, name) for name in sorted(record.ids))
        for record in (database.scenes.all() if scenes is None else scenes)
    }
    return {
        camera.id: WatchedCamera(
            camera.id,
            camera.name,
            camera.site_id,
            sites.get(camera.site_id, ""),
            camera.settings.is_enabled,
            places.get(camera.id, ()),
        )
        for camera in database.cameras.all()
    }
