"""How right a camera is, in the words of a report. Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from camwatch.accuracy import AuditKind, AuditReport
from camwatch.accuracy.badge import OLD_AFTER

NOT_AUDITED = "not audited"

_WHAT = {
    AuditKind.PASSAGES: "passages",
    AuditKind.OCCUPANCY: "people in view",
    AuditKind.PICTURES: "single pictures",
}


def accuracy_words(report: AuditReport | None, zone: ZoneInfo, now: datetime) -> str:
    """Say how right a camera was when it was audited last.

    Args:
        report: None if it never was.
        zone: Whose days.
        now: UTC.
    """
    if report is None:
        return NOT_AUDITED
    result = report.overall
    if result.accuracy is not None:
        number = f"{result.accuracy.value:.0%} of {_WHAT[report.kind]}".replace("%", " %")
    elif result.nobody_came:
        number = "nobody came"
    else:
        number = "unsure"
    audited = day_words(report.made_at.astimezone(zone).date())
    old = ", by now old" if now - report.made_at > OLD_AFTER else ""
    return f"{number}, audited {audited}{old}"


def day_words(day: date) -> str:
    """Return a day such as "2 Mar 2026"."""
    return f"{day.day} {day:%b %Y}"
