"""Which time zone the site lives in."""

from __future__ import annotations

import logging
import zoneinfo
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimeZone

log = logging.getLogger(__name__)


def site_zone(name: str = "") -> ZoneInfo:
    """Return the zone of this IANA name, or this computer's for an empty one.

    A computer whose zone has no known name gets UTC, with a warning in the log.
    """
    # Qt knows the IANA name on Windows and macOS too; Python knows only the offset.
    wanted = name or bytes(QTimeZone.systemTimeZoneId().data()).decode()
    try:
        return ZoneInfo(wanted)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        log.warning("time zone %r is unknown; times are shown in UTC", wanted)
        return ZoneInfo("UTC")
