"""All about an alert as plain text, for a message to somebody. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertDetails
from camwatch.language import tr, within
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.words import sentence


def as_text(alert: Alert, details: AlertDetails | None, zone: ZoneInfo, now: datetime) -> str:
    """Return all that is known of an alert as lines of text.

    Args:
        alert: The newest version.
        details: Its history and messages; None if they could not be read.
        zone: The site's time zone; it is named.
        now: UTC.
    """
    severity = severity_look(alert.severity).word
    state = wording.state_look(alert, now).word
    drill = tr("DRILL, not real. ") if alert.is_drill else ""
    lines = [
        f"{drill}{sentence(wording.name(alert))}: {wording.title(alert)}",
        f"{severity}, {within(state)}",
        "",
    ]
    if alert.message and alert.message != alert.title:
        lines += [wording.shown(alert.message), ""]
    lines += [f"{name}: {value}" for name, value in wording.states_line(alert, zone, now)]
    lines += ["", tr("What it is about:")]
    lines += [f"- {wording.part_line(part, zone, now)}" for part in alert.parts]
    if details is not None and details.entries:
        lines += ["", tr("History:")]
        lines += [f"- {wording.entry_line(one, zone, now)}" for one in details.entries]
    if details is not None and details.notifications:
        lines += ["", tr("Messages:")]
        lines += [f"- {wording.sent_line(one, zone, now)}" for one in details.notifications]
    local = now.astimezone(zone)
    lines += ["", tr("As of {local:%Y-%m-%d %H:%M:%S} ({key})", local=local, key=zone.key)]
    return "\n".join(lines)
