"""Sizes, numbers of rows and lengths of time in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch.history.keeping import RetentionPreview, RowClass, StorageStatus
from camwatch.ui import words

_DAYS_OF_MONTH = 30.4375
_DAYS_OF_YEAR = 365.25
_MANY_DAYS = 60
_MANY_MONTHS = 24
_EXACT_BELOW = 10_000

CLASSES: Mapping[RowClass, str] = MappingProxyType(
    {
        RowClass.SAMPLES: "Single measurements",
        RowClass.MINUTES: "Minutes",
        RowClass.HOURS: "Hours and days",
        RowClass.TRAILS: "Where people were",
        RowClass.PICTURES: "Pictures of alerts",
    }
)
"""What each class is called."""

_ROWS: Mapping[RowClass, tuple[str, str]] = MappingProxyType(
    {
        RowClass.SAMPLES: ("single measurement", "single measurements"),
        RowClass.MINUTES: ("minute", "minutes"),
        RowClass.HOURS: ("hour or day", "hours and days"),
        RowClass.TRAILS: ("hour of where people were", "hours of where people were"),
        RowClass.PICTURES: ("picture of an alert", "pictures of alerts"),
    }
)


def size(count: int) -> str:
    """Say "812 KiB", "64 MiB", "1.4 GiB"."""
    if count < 2**20:
        return f"{round(count / 2**10)} KiB"
    if count < 10 * 2**20:
        return f"{count / 2**20:.1f} MiB"
    if count < 2**30:
        return f"{round(count / 2**20)} MiB"
    return f"{count / 2**30:.1f} GiB"


def about(count: int) -> str:
    """Say a number that was partly estimated: exact while it is small, else "1.2 million"."""
    if count < _EXACT_BELOW:
        return words.number(count)
    if count < 10**6:
        return f"about {words.number(round(count, -3))}"
    return f"about {count / 10**6:.1f} million"


def days(count: int) -> str:
    """Say how long that is: "2 weeks", "13 months", "3.0 years"; "" for what says itself."""
    if count >= _MANY_MONTHS * _DAYS_OF_MONTH:
        return f"{count / _DAYS_OF_YEAR:.1f} years"
    if count >= _MANY_DAYS:
        return f"{round(count / _DAYS_OF_MONTH)} months"
    if count % 7 == 0:
        return "1 week" if count == 7 else f"{count // 7} weeks"
    return ""


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """Say a day: "2 Mar 2026"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def moment_of(moment: datetime, zone: ZoneInfo) -> str:
    """Say a day and a time: "2 Mar 2026, 14:05"."""
    return f"{day_of(moment, zone)}, {moment.astimezone(zone):%H:%M}"


def parts_of(preview: RetentionPreview) -> str:
    """Say what a retention deletes: "1 200 single measurements and 3 minutes"."""
    found = [
        f"{about(rows)} {_ROWS[kind][0 if rows == 1 else 1]}" for kind, rows in preview.rows if rows
    ]
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} and {found[-1]}"


def deletes(preview: RetentionPreview) -> str:
    """Say in a sentence what a retention deletes."""
    if not preview.rows:
        return "Nothing that is stored now is older than that: nothing is deleted."
    return f"Deletes {parts_of(preview)}, and frees about {size(preview.freed_bytes)}."


def verdict_of(status: StorageStatus, zone: ZoneInfo) -> tuple[str, str]:
    """Return how the history is in general: a kind of notice, and a sentence."""
    if status.verdict not in {"", "ok"}:
        return "error", "The history has faults inside."
    if status.waiting_rows and status.spooled_rows:
        rows = words.number(status.waiting_rows)
        return "error", f"The history is not saved now; {rows} rows wait on the disk beside it."
    if status.saved_at is None:
        return "info", "Nothing was counted yet since CamWatch was started."
    return "ok", f"What is counted is saved, last at {words.clock_time(status.saved_at, zone)}."
