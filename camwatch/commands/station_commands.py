"""Which workstation counts which site, where several share a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import DONE, Trail
from camwatch.data.cameras import CameraRepository
from camwatch.data.workstations import WorkstationRepository
from camwatch.domain import SiteId
from camwatch.events import Bus, CamerasChanged
from camwatch.history.keeping import WorkstationInfo


@dataclass(frozen=True, slots=True)
class SiteStation:
    """Which workstation counts a site.

    Attributes:
        name: Of the site.
        number: Of the workstation; 0 where only one has the history open.
    """

    site_id: SiteId
    name: str
    number: int


class StationCommands:
    """Commands about workstations, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _stations: WorkstationRepository
    _station_cameras: CameraRepository
    _station_trail: Trail
    _station_bus: Bus
    _station_clock: Callable[[], datetime]

    def _init_stations(
        self,
        stations: WorkstationRepository,
        cameras: CameraRepository,
        trail: Trail,
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        self._stations = stations
        self._station_cameras = cameras
        self._station_trail = trail
        self._station_bus = bus
        self._station_clock = clock

    @needs(Permission.MANAGE_HISTORY)
    def workstations(self, session: Session) -> list[WorkstationInfo]:
        """Return the computers that share the history, by name; none for a file."""
        del session
        return self._stations.all()

    @needs(Permission.MANAGE_HISTORY)
    def site_stations(self, session: Session) -> list[SiteStation]:
        """Return which workstation counts each site, by the site's name."""
        del session
        numbers = self._stations.of_sites()
        return [
            SiteStation(site.id, site.name, numbers.get(site.id, 0))
            for site in self._station_cameras.sites()
        ]

    @needs(Permission.MANAGE_HISTORY)
    def assign_site(self, session: Session, site_id: SiteId, number: int) -> None:
        """Let a workstation count the cameras of a site from now on.

        Args:
            session: Who asks.
            site_id: Which site.
            number: Of the workstation.

        Raises:
            NotFound: There is no such site or workstation.
        """
        self._stations.assign(site_id, number)
        site = next(one.name for one in self._station_cameras.sites() if one.id == site_id)
        name = next(one.name for one in self._stations.all() if one.number == number)
        self._station_trail.record(session.actor, "assign_site", site, DONE, workstation=name)
        self._station_bus.publish(CamerasChanged(self._station_clock()))
