"""The cameras that a question is about: since when they are there, and how their hours are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from camwatch.data.buckets import Life
from camwatch.data.moments import to_ms
from camwatch.data.schema import camera
from camwatch.domain import CameraId


@dataclass(frozen=True, slots=True)
class ChosenCamera:
    """What of a camera matters to those who read its numbers.

    Attributes:
        life: When it was there.
        interval_ms: How often it is asked.
        rolled_zone: IANA name of the clocks that cut its hours; "" if it has none yet.
    """

    id: CameraId
    life: Life
    interval_ms: int
    rolled_zone: str


def chosen_cameras(
    connection: Connection, camera_ids: Sequence[CameraId] | None
) -> list[ChosenCamera]:
    """Return cameras by id; None for all, removed ones too."""
    query = select(
        camera.c.id,
        camera.c.created_at,
        camera.c.removed_at,
        camera.c.interval_ms,
        camera.c.rolled_zone,
    ).order_by(camera.c.id)
    if camera_ids is not None:
        query = query.where(camera.c.id.in_(camera_ids))
    return [
        ChosenCamera(
            CameraId(row.id),
            Life(to_ms(row.created_at), row.removed_at and to_ms(row.removed_at)),
            row.interval_ms,
            row.rolled_zone,
        )
        for row in connection.execute(query)
    ]


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of this IANA name; None if there is none, or this computer lacks it."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError):
        return None
