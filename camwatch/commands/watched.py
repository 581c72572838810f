"""The cameras as rules see them."""

from __future__ import annotations

from camwatch.alerts.rules import PlaceRef
from camwatch.alerts.signals import WatchedCamera
from camwatch.data.engine import Database


def watched_cameras(database: Database) -> list[WatchedCamera]:
    """Return all cameras, by name, with their places.

    Raises:
        StorageError: They cannot be read.
    """
    sites = {site.id: site.name for site in database.cameras.sites()}
    places = {
        record.camera_id: tuple(PlaceRef(record.camera_id, name) for name in record.ids)
        for record in database.scenes.all()
    }
    return [
        WatchedCamera(
            camera.id,
            camera.name,
            camera.site_id,
            sites.get(camera.site_id, ""),
            camera.settings.is_enabled,
            places.get(camera.id, ()),
        )
        for camera in database.cameras.all()
    ]
