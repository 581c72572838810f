"""The time zones of sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import DONE, Trail
from camwatch.data.engine import Database
from camwatch.domain import SiteId
from camwatch.errors import InvalidSetting
from camwatch.events import Bus, CamerasChanged
from camwatch.language import tr


class SiteCommands:
    """Commands about sites, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _site_database: Database
    _site_trail: Trail
    _site_bus: Bus
    _site_clock: Callable[[], datetime]

    def _init_sites(
        self, database: Database, trail: Trail, bus: Bus, clock: Callable[[], datetime]
    ) -> None:
        self._site_database = database
        self._site_trail = trail
        self._site_bus = bus
        self._site_clock = clock

    @needs(Permission.EDIT_CAMERAS)
    def set_site_zone(self, session: Session, site_id: SiteId, zone: str) -> None:
        """Let the hours and days of a site be those of other clocks.

        What is stored of its hours and days is built anew in the background. Until then charts
        are made from the minutes, and are as right, but slower.

        Args:
            session: Who asks.
            site_id: Which site.
            zone: IANA name; "" for that of the program's settings.

        Raises:
            InvalidSetting: There is no such time zone.
            NotFound: There is no such site.
        """
        if zone:
            try:
                ZoneInfo(zone)
            except (ValueError, OSError, LookupError):
                words = tr("is no time zone; write it like Europe/Berlin")
                raise InvalidSetting("time_zone", words) from None
        before = self._site_database.sites.set_zone(site_id, zone)
        if before.time_zone != zone:
            self._site_trail.record(
                session.actor,
                "set_site_zone",
                before.name,
                DONE,
                time_zone_before=before.time_zone,
                time_zone=zone,
            )
            self._site_database.rollups.rebuild_if_small()
            self._site_bus.publish(CamerasChanged(self._site_clock()))
