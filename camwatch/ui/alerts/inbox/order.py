"""Which alerts are listed, and in which order. Knows no Qt."""

from __future__ import annotations

from datetime import datetime

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.rules import Severity

OPEN = frozenset(one for one in AlertState if one.is_open)
_GRAVITY = {severity: -severity.rank for severity in Severity}
UNSEEN = frozenset(one for one in AlertState if not one.is_seen)


def fits(alert: Alert, query: AlertQuery, now: datetime) -> bool:
    """Tell whether a query would answer an alert, as the command understands it."""
    return (
        alert.state in (OPEN if query.states is None else query.states)
        and (query.severities is None or alert.severity in query.severities)
        and (query.camera_id is None or query.camera_id in alert.camera_ids)
        and query.rule_uid in ("", alert.rule_uid)
        and query.number in (None, alert.number)
        and (query.since is None or alert.raised_at >= query.since)
        and (query.until is None or alert.raised_at < query.until)
        and (query.with_shelved or not alert.is_shelved(now))
        and says(alert, query.text)
    )


def says(alert: Alert, text: str) -> bool:
    """Tell whether a text stands in an alert."""
    wanted = text.strip().casefold()
    if not wanted:
        return True
    places = (alert.title, alert.message, alert.rule_name, *(part.name for part in alert.parts))
    return any(wanted in place.casefold() for place in places)


def rank(alert: Alert, now: datetime) -> tuple[int, int, float, str]:
    """Return what alerts are sorted by: what wants somebody first, then serious, then new.

    First those nobody has seen, then those that somebody knows of, then those on the shelf;
    closed ones come last, the newest of them first, however serious they were.
    """
    newest = -alert.raised_at.timestamp()
    if not alert.state.is_open:
        return 3, 0, newest, alert.uid
    group = 2 if alert.is_shelved(now) else int(alert.state.is_seen)
    return group, _GRAVITY[alert.severity], newest, alert.uid


def wants_somebody(alert: Alert, now: datetime) -> bool:
    """Tell whether an alert counts at the button of the page: unseen, and not on the shelf."""
    return not alert.state.is_seen and not alert.is_shelved(now)
