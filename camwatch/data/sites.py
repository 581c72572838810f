"""Which site things belong to, for operators who do not see all of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from camwatch.data.cameras import DEFAULT_SITE
from camwatch.data.names import place_key
from camwatch.data.schema import camera, place, site
from camwatch.data.store import Store
from camwatch.domain import CameraId, PlaceId, Site, SiteId
from camwatch.errors import NotFound
from camwatch.language import tr


class SiteRepository:
    """The sites of one history. Removed cameras still belong to theirs, for their history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def of_camera(self, camera_id: CameraId) -> SiteId | None:
        """Return a camera's site, None if there never was such a camera.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(camera.c.site_id).where(camera.c.id == camera_id)
        with self._connections.reading() as connection:
            found = connection.execute(query).scalar()
            return None if found is None else SiteId(found)

    def of_place(self, place_id: PlaceId) -> SiteId | None:
        """Return the site of a line, gate or zone, None if there never was one.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(camera.c.site_id).join(place).where(place.c.id == place_id)
        with self._connections.reading() as connection:
            found = connection.execute(query).scalar()
            return None if found is None else SiteId(found)

    def named(self, name: str) -> SiteId | None:
        """Return the site that a camera's settings name, None if it would be a new one.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(site.c.id).where(site.c.name_key == place_key(name or DEFAULT_SITE))
        with self._connections.reading() as connection:
            found = connection.execute(query).scalar()
            return None if found is None else SiteId(found)

    def set_zone(self, site_id: SiteId, zone: str) -> Site:
        """Give a site another time zone; the hours of its cameras are built anew afterwards.

        Args:
            site_id: Which site.
            zone: IANA name; "" for that of the program's settings.

        Returns:
            The site as it was before.

        Raises:
            NotFound: There is no such site.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            row = connection.execute(select(site).where(site.c.id == site_id)).first()
            if row is None:
                raise NotFound(tr("site {site_id}", site_id=site_id))
            connection.execute(update(site).where(site.c.id == site_id).values(time_zone=zone))
            return Site(SiteId(row.id), row.name, row.time_zone)

    def cameras(self, sites: Collection[SiteId]) -> frozenset[CameraId]:
        """Return the cameras of these sites, removed ones too.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(camera.c.id).where(camera.c.site_id.in_(sites))
        with self._connections.reading() as connection:
            return frozenset(map(CameraId, connection.execute(query).scalars()))

    def places(self, sites: Collection[SiteId]) -> frozenset[PlaceId]:
        """Return the lines, gates and zones of these sites in all their versions.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(place.c.id).join(camera).where(camera.c.site_id.in_(sites))
        with self._connections.reading() as connection:
            return frozenset(map(PlaceId, connection.execute(query).scalars()))
