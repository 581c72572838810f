"""How right a camera is, in the words of a report. Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.accuracy import AuditKind, AuditReport
from camwatch.accuracy.badge import OLD_AFTER
from camwatch.language import marked, table, tr

NOT_AUDITED = marked("not audited")

_WHAT = table(
    lambda: {
        AuditKind.PASSAGES: tr("passages"),
        AuditKind.OCCUPANCY: tr("people in view"),
        AuditKind.PICTURES: tr("single pictures"),
    }
)


def accuracy_words(report: AuditReport | None, zone: ZoneInfo, now: datetime) -> str:
    """Say how right a camera was when it was audited last.

    Args:
        report: None if it never was.
        zone: Whose days.
        now: UTC.
    """
    if report is None:
        return tr(NOT_AUDITED)
    result = report.overall
    if result.accuracy is not None:
        number = tr(
            "{share} of {what}",
            share=language.percent(result.accuracy.value),
            what=_WHAT[report.kind],
        )
    elif result.nobody_came:
        number = tr("nobody came")
    else:
        number = tr("unsure")
    audited = day_words(report.made_at.astimezone(zone).date())
    old = tr(", by now old") if now - report.made_at > OLD_AFTER else ""
    return tr("{number}, audited {audited}{old}", number=number, audited=audited, old=old)


def day_words(day: date) -> str:
    """Return a day such as "2 Mar 2026"."""
    return tr("{number} {day:%b %Y}", day=day, number=day.day)
