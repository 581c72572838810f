"""What is left of an alert for who sees only some of its cameras. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from camwatch.alerts.alert import Alert, AlertEntry
from camwatch.alerts.inbox import AlertDetails, Handover
from camwatch.alerts.notification import Notification
from camwatch.commands.trail import SYSTEM
from camwatch.domain import CameraId
from camwatch.language import tr

_MOST_NAMES = 3


def trimmed(alert: Alert, seen: Collection[CameraId]) -> Alert:
    """Return an alert with only the parts about seen cameras, and about none.

    Title and text are made anew if others were left out: those that are stored may name them.
    """
    left = tuple(
        part
        for part in alert.parts
        if part.subject.camera_id is None or part.subject.camera_id in seen
    )
    if len(left) == len(alert.parts):
        return alert
    names = [part.name for part in left]
    more = len(names) - _MOST_NAMES
    short = ", ".join(names[:_MOST_NAMES])
    if more > 0:
        short = tr("{names} and {more} more", names=short, more=more)
    return replace(
        alert,
        parts=left,
        title=f"{alert.rule_name}: {short}",
        message=tr("Of what you see, this is about: {names}.", names=", ".join(names)),
        value=left[0].value if left else None,
    )


def trimmed_details(details: AlertDetails, seen: Collection[CameraId]) -> AlertDetails:
    """Return the details of an alert likewise."""
    alert = trimmed(details.alert, seen)
    is_whole = alert == details.alert
    return replace(
        details,
        alert=alert,
        entries=details.entries if is_whole else _entries(details.entries),
        notifications=tuple(
            # What tells of several that were held back may name cameras of the others.
            one if is_whole and len(one.new.alert_uids) < 2 else _message(one, alert)
            for one in details.notifications
        ),
    )


def trimmed_handover(handover: Handover, seen: Collection[CameraId]) -> Handover:
    """Return what the next shift must know likewise."""
    whole = {alert.uid for alert in handover.happened if trimmed(alert, seen) == alert}
    return replace(
        handover,
        open=tuple(trimmed(alert, seen) for alert in handover.open),
        happened=tuple(trimmed(alert, seen) for alert in handover.happened),
        entries=tuple(
            (uid, entries if uid in whole else _entries(entries))
            for uid, entries in handover.entries
        ),
    )


def _entries(entries: Collection[AlertEntry]) -> tuple[AlertEntry, ...]:
    """Return what was done, without the names in what CamWatch itself did."""
    return tuple(replace(one, text="") if one.actor == SYSTEM else one for one in entries)


def _message(message: Notification, alert: Alert) -> Notification:
    new = replace(message.new, subject=alert.title, text=alert.message, data={})
    return replace(message, new=new)
