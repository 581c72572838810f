"""Sizes, numbers of rows and lengths of time in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.history.keeping import RetentionPreview, RowClass, StorageStatus
from camwatch.language import marked, table, tr
from camwatch.ui import words

_DAYS_OF_MONTH = 30.4375
_DAYS_OF_YEAR = 365.25
_MANY_DAYS = 60
_MANY_MONTHS = 24
_EXACT_BELOW = 10_000

CLASSES: Mapping[RowClass, str] = table(
    lambda: {
        RowClass.SAMPLES: tr("Single measurements"),
        RowClass.MINUTES: tr("Minutes"),
        RowClass.HOURS: tr("Hours and days"),
        RowClass.TRAILS: tr("Where people were"),
        RowClass.PICTURES: tr("Pictures of alerts"),
    }
)
"""What each class is called."""

_ONE: Mapping[RowClass, str] = table(
    lambda: {
        RowClass.SAMPLES: tr("1 single measurement"),
        RowClass.MINUTES: tr("1 minute"),
        RowClass.HOURS: tr("1 hour or day"),
        RowClass.TRAILS: tr("1 hour of where people were"),
        RowClass.PICTURES: tr("1 picture of an alert"),
    }
)
_MANY: Mapping[RowClass, str] = table(
    lambda: {
        RowClass.SAMPLES: marked("{number} single measurements"),
        RowClass.MINUTES: marked("{number} minutes"),
        RowClass.HOURS: marked("{number} hours and days"),
        RowClass.TRAILS: marked("{number} hours of where people were"),
        RowClass.PICTURES: marked("{number} pictures of alerts"),
    }
)


def size(count: int) -> str:
    """Say "812 KiB", "64 MiB", "1.4 GiB"."""
    if count < 2**20:
        return tr("{value} KiB", value=round(count / 2**10))
    if count < 10 * 2**20:
        return tr("{value:.1f} MiB", value=count / 2**20)
    if count < 2**30:
        return tr("{value} MiB", value=round(count / 2**20))
    return tr("{value:.1f} GiB", value=count / 2**30)


def about(count: int) -> str:
    """Say a number that was partly estimated: exact while it is small, else "1.2 million"."""
    if count < _EXACT_BELOW:
        return words.number(count)
    if count < 10**6:
        return tr("about {number}", number=words.number(round(count, -3)))
    return tr("about {value:.1f} million", value=count / 10**6)


def days(count: int) -> str:
    """Say how long that is: "2 weeks", "13 months", "3.0 years"; "" for what says itself."""
    if count >= _MANY_MONTHS * _DAYS_OF_MONTH:
        return tr("{value:.1f} years", value=count / _DAYS_OF_YEAR)
    if count >= _MANY_DAYS:
        return tr("{value} months", value=round(count / _DAYS_OF_MONTH))
    if count % 7 == 0:
        return tr("1 week") if count == 7 else tr("{value} weeks", value=count // 7)
    return ""


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """Say a day: "2 Mar 2026"."""
    local = moment.astimezone(zone)
    return tr("{day} {local:%b %Y}", local=local, day=local.day)


def moment_of(moment: datetime, zone: ZoneInfo) -> str:
    """Say a day and a time: "2 Mar 2026, 14:05"."""
    return f"{day_of(moment, zone)}, {moment.astimezone(zone):%H:%M}"


def parts_of(preview: RetentionPreview) -> str:
    """Say what a retention deletes: "1 200 single measurements and 3 minutes"."""
    found = [
        _ONE[kind] if rows == 1 else tr(_MANY[kind], number=about(rows))
        for kind, rows in preview.rows
        if rows
    ]
    if len(found) < 2:
        return "".join(found)
    return tr("{names} and {found}", names=", ".join(found[:-1]), found=found[-1])


def deletes(preview: RetentionPreview) -> str:
    """Say in a sentence what a retention deletes."""
    if not preview.rows:
        return tr("Nothing that is stored now is older than that: nothing is deleted.")
    return tr(
        "Deletes {parts_of}, and frees about {size}.",
        parts_of=parts_of(preview),
        size=size(preview.freed_bytes),
    )


def verdict_of(status: StorageStatus, zone: ZoneInfo) -> tuple[str, str]:
    """Return how the history is in general: a kind of notice, and a sentence."""
    if status.verdict not in {"", "ok"}:
        return "error", tr("The history has faults inside.")
    if status.waiting_rows and status.spooled_rows:
        rows = words.number(status.waiting_rows)
        return "error", tr(
            "The history is not saved now; {rows} rows wait on the disk beside it.", rows=rows
        )
    if status.saved_at is None:
        return "info", tr("Nothing was counted yet since CamWatch was started.")
    return "ok", tr(
        "What is counted is saved, last at {clock_time}.",
        clock_time=words.clock_time(status.saved_at, zone),
    )
