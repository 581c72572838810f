"""Which workstation counts which site, where several share a history."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import needs
from camwatch.commands.site_commands import SiteCommands
from camwatch.commands.trail import DONE
from camwatch.domain import SiteId
from camwatch.events import CamerasChanged
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


class StationCommands(SiteCommands):
    """Commands about workstations, mixed into `Commands`, whose errors they share."""

    @needs(Permission.MANAGE_HISTORY)
    def workstations(self, session: Session) -> list[WorkstationInfo]:
        """Return the computers that share the history, by name; none for a file."""
        del session
        return self._site_database.workstations.all()

    @needs(Permission.MANAGE_HISTORY)
    def site_stations(self, session: Session) -> list[SiteStation]:
        """Return which workstation counts each site, by the site's name."""
        del session
        numbers = self._site_database.workstations.of_sites()
        return [
            SiteStation(site.id, site.name, numbers.get(site.id, 0))
            for site in self._site_database.cameras.sites()
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
        self._site_database.workstations.assign(site_id, number)
        site = next(one.name for one in self._site_database.cameras.sites() if one.id == site_id)
        name = next(
            one.name for one in self._site_database.workstations.all() if one.number == number
        )
        self._site_trail.record(session.actor, "assign_site", site, DONE, workstation=name)
        self._site_bus.publish(CamerasChanged(self._site_clock()))
