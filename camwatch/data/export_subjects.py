"""Whose rows an export has: cameras, lines and zones, and what people corrected of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.schema import camera, correction, place, site
from camwatch.domain import CameraId, PlaceId, SiteId
from camwatch.history.corrections import CorrectionKind
from camwatch.history.exports import ExportRequest
from camwatch.scene import PlaceKind


@dataclass(frozen=True, slots=True)
class Subject:
    """A camera of which rows are written; one that was removed, too.

    Attributes:
        cells: Site, name and uid, as they stand in each row.
    """

    id: CameraId
    site_id: SiteId
    cells: tuple[str, str, str]
    created_at: datetime
    removed_at: datetime | None

    @property
    def site(self) -> str:
        """Name of its site."""
        return self.cells[0]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.cells[1]


@dataclass(frozen=True, slots=True)
class Place:
    """A line, gate or zone likewise.

    Attributes:
        cells: Those of its camera, its name, kind and number.
    """

    id: PlaceId
    camera_id: CameraId
    cells: tuple[str, str, str, str, str, int]
    created_at: datetime
    removed_at: datetime | None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.cells[3]


@dataclass(slots=True)
class Corrected:
    """Which stretches of time people corrected, by camera and place; minutes since 1970."""

    stretches: dict[tuple[int, int | None], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    excluded: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def touches(
        self, camera_id: int, place_id: int | None, start: datetime, seconds: float
    ) -> bool:
        """Tell whether a correction touches a bucket."""
        known = self.stretches.get((camera_id, place_id))
        if not known:
            return False
        first_ms = to_ms(start)
        last_ms = first_ms + round(seconds * 1000)
        return any(a * MINUTE_MS < last_ms and b * MINUTE_MS > first_ms for a, b in known)

    def excludes(self, camera_id: int, at: datetime) -> bool:
        """Tell whether the people in view are said to be wrong at a moment."""
        known = self.excluded.get(camera_id)
        if not known:
            return False
        minute = to_ms(at) // MINUTE_MS
        # Those that begin later than the moment need not be looked at.
        upto = bisect_right(known, (minute, 2**62))
        return any(minute < stop for _, stop in known[:upto])


def subjects(connection: Connection, camera_ids: Sequence[CameraId] | None) -> list[Subject]:
    """Return cameras by site and name; None is all of them, removed ones too."""
    query = (
        select(camera, site.c.name.label("site"))
        .join(site)
        .order_by(site.c.name_key, camera.c.name_key, camera.c.id)
    )
    if camera_ids is not None:
        query = query.where(camera.c.id.in_(camera_ids))
    return [
        Subject(
            CameraId(row.id),
            SiteId(row.site_id),
            (row.site, row.name, row.uid),
            row.created_at,
            row.removed_at,
        )
        for row in connection.execute(query)
    ]


def places(connection: Connection, found: Sequence[Subject], *, is_zone: bool) -> list[Place]:
    """Return the zones, or the lines and gates, of cameras, in all their versions."""
    of_camera = {one.id: one for one in found}
    kinds = [PlaceKind.ZONE] if is_zone else [PlaceKind.LINE, PlaceKind.GATE]
    query = (
        select(place)
        .where(place.c.camera_id.in_(of_camera), place.c.kind.in_([one.value for one in kinds]))
        .order_by(place.c.name, place.c.created_at, place.c.id)
    )
    by_camera: dict[CameraId, list[Place]] = defaultdict(list)
    for row in connection.execute(query):
        owner = of_camera[CameraId(row.camera_id)]
        by_camera[owner.id].append(
            Place(
                PlaceId(row.id),
                owner.id,
                (*owner.cells, row.name, row.kind, row.id),
                row.created_at,
                _earlier(row.retired_at, owner.removed_at),
            )
        )
    return [one for subject in found for one in by_camera[subject.id]]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def corrected(
    connection: Connection, camera_ids: Sequence[CameraId], request: ExportRequest
) -> Corrected:
    """Return which stretches of time people corrected, of those that hold."""
    query = (
        select(correction)
        .where(
            correction.c.camera_id.in_(camera_ids),
            correction.c.withdrawn_at.is_(None),
            correction.c.stop > to_ms(request.start) // MINUTE_MS,
            correction.c.first <= to_ms(request.end) // MINUTE_MS,
        )
        .order_by(correction.c.first)
    )
    found = Corrected()
    for row in connection.execute(query):
        found.stretches[row.camera_id, row.place_id].append((row.first, row.stop))
        if row.kind == CorrectionKind.EXCLUDE.value and row.place_id is None:
            found.excluded[row.camera_id].append((row.first, row.stop))
    return found
