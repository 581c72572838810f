"""What a message says of an alert, by why it is sent. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts import words
from camwatch.alerts.alert import Alert
from camwatch.alerts.notification import Purpose
from camwatch.alerts.plain import one_line
from camwatch.language import marked, tr

_LONGEST = 200
_DRILL = marked("This is a drill: nothing has happened.")


def letter(alert: Alert, purpose: Purpose, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return subject and text of a message about an alert.

    Args:
        alert: As it is now.
        purpose: Why it is sent; a drill says so whatever it is sent for.
        now: UTC.
        zone: Whose clocks times are given by.
    """
    subject, text = alert.title, alert.message
    if purpose is Purpose.ESCALATION:
        since = alert.again_at or alert.raised_at
        waited = words.duration(max(0.0, (now - since).total_seconds()))
        subject = tr("Not acknowledged: {subject}", subject=subject)
        text = tr("Nobody has acknowledged this for {waited}.\n\n{text}", waited=waited, text=text)
    elif purpose is Purpose.RETURNED:
        at = words.date_and_time(alert.returned_at or now, zone)
        subject = tr("Over: {subject}", subject=subject)
        text = tr("This is over since {at}:\n\n{title}", at=at, title=alert.title)
    if alert.is_drill:
        subject, text = tr("Drill: {subject}", subject=subject), f"{tr(_DRILL)}\n\n{text}"
    return one_line(subject, _LONGEST), text
