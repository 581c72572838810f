"""The days, weeks and months of a zone's clocks that reports are about. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from camwatch.domain import BucketSize
from camwatch.history.reports import ReportSpan
from camwatch.language import tr

_ONE_DAY = timedelta(days=1)

OCCUPANCY_SIZE = {
    ReportSpan.DAY: BucketSize.QUARTER,
    ReportSpan.WEEK: BucketSize.HOUR,
    ReportSpan.MONTH: BucketSize.HOUR,
}
"""Of the buckets in which a report shows people in view."""

FLOW_SIZE = {
    ReportSpan.DAY: BucketSize.HOUR,
    ReportSpan.WEEK: BucketSize.DAY,
    ReportSpan.MONTH: BucketSize.DAY,
}
"""Of the buckets in which it shows who passed: so few that each bar can be read."""


def first_day(span: ReportSpan, day: date) -> date:
    """Return the first day of the span in which a day lies."""
    match span:
        case ReportSpan.DAY:
            return day
        case ReportSpan.WEEK:
            return day - timedelta(days=day.weekday())
        case ReportSpan.MONTH:
            return day.replace(day=1)


def next_first_day(span: ReportSpan, first: date) -> date:
    """Return the first day of the span that follows."""
    match span:
        case ReportSpan.DAY:
            return first + _ONE_DAY
        case ReportSpan.WEEK:
            return first + timedelta(days=7)
        case ReportSpan.MONTH:
            return (first + timedelta(days=31)).replace(day=1)


def first_day_before(span: ReportSpan, first: date) -> date:
    """Return the first day of the span that went before."""
    return first_day(span, first - _ONE_DAY)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day, UTC; where the clocks skip it, that at which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def limits(span: ReportSpan, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of the span in which a day lies, and that after its last, UTC."""
    first = first_day(span, day)
    return midnight(first, zone), midnight(next_first_day(span, first), zone)


def sent_at(end: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """Return when the report of a span that ended is sent: at an hour of the day that follows."""
    return datetime.combine(end.astimezone(zone).date(), time(hour), zone).astimezone(UTC)


def ended_spans(
    span: ReportSpan, hour: int, zone: ZoneInfo, *, after: datetime, now: datetime, most: int
) -> Iterator[date]:
    """Yield the first days of the spans whose report is due, oldest first.

    Args:
        span: How long they are.
        hour: At which they are sent.
        zone: Whose clocks.
        after: Only spans that ended later.
        now: UTC.
        most: No more than this; of more, the newest.
    """
    found: list[date] = []
    first = first_day_before(span, first_day(span, now.astimezone(zone).date()))
    while len(found) < most:
        end = limits(span, first, zone)[1]
        if end <= after:
            break
        if sent_at(end, hour, zone) <= now:
            found.append(first)
        first = first_day_before(span, first)
    yield from reversed(found)


def span_words(span: ReportSpan, first: date) -> str:
    """Say which span it is, such as "week of 2 March 2026"."""
    match span:
        case ReportSpan.DAY:
            return tr("{first:%A} {day}", first=first, day=_day(first))
        case ReportSpan.WEEK:
            return tr("week of {day}", day=_day(first))
        case ReportSpan.MONTH:
            return tr("{first:%B %Y}", first=first)


def _day(day: date) -> str:
    return tr("{number} {day:%B %Y}", day=day, number=day.day)
