"""Where people were in a camera's view, and how long they stayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.data.scenes import SceneRepository
from camwatch.data.trails import TrailRepository
from camwatch.domain import CameraId
from camwatch.scene.dwell import ZoneDwell
from camwatch.scene.heat import Heat


@dataclass(frozen=True, slots=True)
class TrailDesk:
    """What the commands about trails read from."""

    trails: TrailRepository
    scenes: SceneRepository


class TrailCommands:
    """Commands about trails, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _trails: TrailDesk

    @needs(Permission.VIEW_COUNTS)
    def heat(  # noqa: PLR0917 - whose view, from when to when, at which hours of which clocks
        self,
        session: Session,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours: tuple[int, int] | None = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        """Return where people were, over all hours that touch a stretch of time.

        Args:
            session: Who asks.
            camera_id: In whose view.
            start: First moment, UTC.
            end: The moment after the last, UTC.
            hours: Only hours of the day from the first of these to before the second, 0 to
                24; (22, 6) is the night. None for all.
            zone: Whose clocks the hours are of; needed with them.
        """
        del session
        return self._trails.trails.heat(camera_id, start, end, hours, zone)

    @needs(Permission.VIEW_COUNTS)
    def dwell(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[ZoneDwell]:
        """Return how long people stayed in each zone of a camera, as it is drawn now.

        Args:
            session: Who asks.
            camera_id: In whose view.
            start: First moment, UTC.
            end: The moment after the last, UTC.

        Returns:
            By name of the zone; an hour in which nobody could be followed is not there.
        """
        del session
        record = self._trails.scenes.get(camera_id)
        zones = {record.ids[zone.name]: zone for zone in record.scene.zones}
        found = self._trails.trails.dwell(list(zones), start, end)
        return sorted(
            (ZoneDwell(zone, found[place_id]) for place_id, zone in zones.items()),
            key=lambda one: one.zone.name.casefold(),
        )
