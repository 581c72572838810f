"""Whose numbers are charted: a camera or some, a site, all; or a place. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from camwatch.domain import Camera, CameraId, SiteId
from camwatch.language import marked, tr
from camwatch.scene import PlaceKind, PlaceRecord

MOST_SUBJECTS = 6
"""More lines in one chart cannot be told apart."""

ALL_CAMERAS = marked("All cameras")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose numbers.

    Attributes:
        site_id: All cameras of this site, also those that are added later.
        camera_ids: These cameras; empty for a site or for all.
        place: A line, gate or zone of the one camera.
    """

    site_id: SiteId | None = None
    camera_ids: tuple[CameraId, ...] = ()
    place: PlaceRecord | None = None

    @property
    def is_flow(self) -> bool:
        """True if people are counted who pass, and not people who are there."""
        return self.place is not None and self.place.kind is not PlaceKind.ZONE

    @property
    def is_all(self) -> bool:
        """True for all cameras."""
        return self.site_id is None and not self.camera_ids

    @property
    def camera_id(self) -> CameraId | None:
        """The camera, if it is one."""
        return self.camera_ids[0] if len(self.camera_ids) == 1 else None


ALL = Subject()


@dataclass(frozen=True, slots=True)
class Known:
    """The cameras and sites there are.

    Attributes:
        cameras: By id.
        sites: Names by id.
        places: Lines, gates and zones of all cameras in all their versions.
    """

    cameras: Mapping[CameraId, Camera]
    sites: Mapping[SiteId, str]
    places: Sequence[PlaceRecord] = ()

    def ids(self, subject: Subject) -> list[CameraId] | None:
        """Return the cameras of a subject; None for all."""
        if subject.is_all:
            return None
        if subject.site_id is not None:
            return [one.id for one in self.cameras.values() if one.site_id == subject.site_id]
        return list(subject.camera_ids)

    def count(self, subject: Subject) -> int:
        """Return how many cameras a subject has."""
        ids = self.ids(subject)
        return len(self.cameras) if ids is None else len(ids)

    def ids_now(self, subject: Subject) -> frozenset[CameraId]:
        """Return the cameras that a subject has now, all of them too."""
        ids = self.ids(subject)
        return frozenset(self.cameras if ids is None else ids)

    def name(self, subject: Subject) -> str:
        """Say whose numbers they are."""
        if subject.is_all:
            return tr(ALL_CAMERAS)
        if subject.site_id is not None:
            return self.sites.get(subject.site_id, tr("A site"))
        camera_id = subject.camera_id
        if camera_id is None:
            return tr("{count} cameras", count=len(subject.camera_ids))
        camera = self.cameras.get(camera_id)
        name = tr("camera {camera_id}", camera_id=camera_id) if camera is None else camera.name
        return name if subject.place is None else f"{name}: {subject.place.name}"

    def still(self, subject: Subject) -> Subject | None:
        """Return what is left of a subject: cameras may be gone, and None if all are."""
        if subject.is_all:
            return subject
        if subject.site_id is not None:
            return subject if subject.site_id in self.sites else None
        left = tuple(one for one in subject.camera_ids if one in self.cameras)
        if not left:
            return None
        place = subject.place
        if place is not None:
            place = next((one for one in self.places if one.id == place.id), None)
        return Subject(None, left, place)
