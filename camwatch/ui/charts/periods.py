"""Days, weeks, months and years that can be charted, and steps from one to the next. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch.language import MONTHS, marked, tr
from camwatch.ui.charts.axis import day_text
from camwatch.ui.charts.ranges import Range, midnight


class Period(StrEnum):
    """A time that can be chosen at once; the value is what the operator reads."""

    LAST_HOUR = marked("Last hour")
    TODAY = marked("Today")
    YESTERDAY = marked("Yesterday")
    THIS_WEEK = marked("This week")
    LAST_WEEK = marked("Last week")
    THIS_MONTH = marked("This month")
    LAST_MONTH = marked("Last month")
    THIS_YEAR = marked("This year")
    LAST_7_DAYS = marked("Last 7 days")
    LAST_30_DAYS = marked("Last 30 days")
    LAST_365_DAYS = marked("Last 365 days")
    CUSTOM = marked("Custom")


class Unit(StrEnum):
    """What a time is a piece of; the value stands where it is none of the named ones."""

    DAY = marked("One day")
    WEEK = marked("One week")
    MONTH = marked("One month")
    YEAR = marked("One year")
    DAYS = marked("Some days")
    FREE = marked("Some time")


_ROLLING = {Period.LAST_7_DAYS: 7, Period.LAST_30_DAYS: 30, Period.LAST_365_DAYS: 365}
_UNITS = {
    Period.TODAY: (Unit.DAY, 0),
    Period.YESTERDAY: (Unit.DAY, -1),
    Period.THIS_WEEK: (Unit.WEEK, 0),
    Period.LAST_WEEK: (Unit.WEEK, -1),
    Period.THIS_MONTH: (Unit.MONTH, 0),
    Period.LAST_MONTH: (Unit.MONTH, -1),
    Period.THIS_YEAR: (Unit.YEAR, 0),
}
_LAST_YEAR = 9998


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is charted: whole days of the site's clock, or free.

    Attributes:
        start: UTC.
        end: UTC, exclusive; may lie in the future, for a day that is not over.
    """

    unit: Unit
    start: datetime
    end: datetime

    def until(self, now: datetime) -> Range:
        """Return what has passed of it; a minute at least."""
        return Range(self.start, max(min(self.end, now), self.start + timedelta(minutes=1)))

    def is_running(self, now: datetime) -> bool:
        """True if it is not over."""
        return now < self.end


def _days(unit: Unit, first: date, after: date, zone: ZoneInfo) -> Span:
    return Span(unit, midnight(first, zone), midnight(after, zone))


def span_at(unit: Unit, day: date, zone: ZoneInfo) -> Span:
    """Return the day, week, month or year in which a day lies.

    Raises:
        ValueError: The unit is none of these.
    """
    match unit:
        case Unit.DAY:
            return _days(unit, day, day + timedelta(days=1), zone)
        case Unit.WEEK:
            first = day - timedelta(days=day.weekday())
            return _days(unit, first, first + timedelta(days=7), zone)
        case Unit.MONTH:
            first = day.replace(day=1)
            return _days(unit, first, _month_later(first, 1), zone)
        case Unit.YEAR:
            return _days(unit, date(day.year, 1, 1), date(day.year + 1, 1, 1), zone)
        case _:
            raise ValueError(unit)


def _month_later(first: date, by: int) -> date:
    number = first.year * 12 + first.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def span_of(period: Period, now: datetime, zone: ZoneInfo) -> Span:
    """Return the time of a period.

    Raises:
        ValueError: The period is CUSTOM, which has no time of its own.
    """
    if period is Period.LAST_HOUR:
        return Span(Unit.FREE, now - timedelta(hours=1), now)
    today = now.astimezone(zone).date()
    if (count := _ROLLING.get(period)) is not None:
        tomorrow = today + timedelta(days=1)
        return _days(Unit.DAYS, tomorrow - timedelta(days=count), tomorrow, zone)
    if period not in _UNITS:
        raise ValueError(period)
    unit, by = _UNITS[period]
    span = span_at(unit, today, zone)
    return stepped(span, by, zone) if by else span


def free_span(stretch: Range) -> Span:
    """Return a time of one's own choice."""
    return Span(Unit.FREE, stretch.start, stretch.end)


def moved(span: Span, days: int, zone: ZoneInfo) -> Span:
    """Return the same hours of the clock so many days later."""
    shift = timedelta(days=days)
    start, end = (_wall(one, zone) + shift for one in (span.start, span.end))
    return Span(Unit.DAYS if span.unit is not Unit.FREE else Unit.FREE, *_utc(zone, start, end))


def stepped(span: Span, by: int, zone: ZoneInfo) -> Span:
    """Return the time that is `by` such times later; negative is earlier."""
    first = span.start.astimezone(zone).date()
    after = span.end.astimezone(zone).date()
    match span.unit:
        case Unit.FREE:
            shift = (_wall(span.end, zone) - _wall(span.start, zone)) * by
            start, end = (_wall(one, zone) + shift for one in (span.start, span.end))
            return Span(Unit.FREE, *_utc(zone, start, end))
        case Unit.MONTH:
            return span_at(Unit.MONTH, _month_later(first, by), zone)
        case Unit.YEAR:
            return span_at(Unit.YEAR, date(first.year + by, 1, 1), zone)
        case _:
            shift = (after - first) * by
            return _days(span.unit, first + shift, after + shift, zone)


def jumped(span: Span, day: date, zone: ZoneInfo) -> Span:
    """Return a time of the same kind that holds a day: some days end with it, free time begins."""
    first = span.start.astimezone(zone).date()
    last = span.end.astimezone(zone).date() - timedelta(days=1)
    if span.unit is Unit.FREE:
        return moved(span, (day - first).days, zone)
    if span.unit is Unit.DAYS:
        shift = day - last
        return _days(Unit.DAYS, first + shift, last + shift + timedelta(days=1), zone)
    return span_at(span.unit, day, zone)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _utc(zone: ZoneInfo, *walls: datetime) -> list[datetime]:
    return [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls]


def period_of(span: Span, now: datetime, zone: ZoneInfo) -> Period | None:
    """Return which of the named times this is; None for another."""
    if span.unit is Unit.FREE:
        return None
    named = (*_UNITS, *_ROLLING)
    return next((one for one in named if span_of(one, now, zone) == span), None)


def may_step(span: Span, by: int, now: datetime, zone: ZoneInfo) -> bool:
    """True if there is anything to see after such a step: not what is still to come."""
    if by < 0:
        return span.start.year > 1971
    return span.start.year < _LAST_YEAR and stepped(span, by, zone).start < now


def span_text(span: Span, zone: ZoneInfo) -> str:
    """Say which time it is: "Sat 21 Nov 2026", "16 to 22 Nov 2026", "November 2026"."""
    start = span.start.astimezone(zone)
    if span.unit is Unit.FREE:
        return _free_text(start, span.end.astimezone(zone))
    first = start.date()
    last = (span.end.astimezone(zone) - timedelta(seconds=1)).date()
    match span.unit:
        case Unit.YEAR:
            return str(first.year)
        case Unit.MONTH:
            return f"{MONTHS[first.month - 1]} {first.year}"
    if first == last:
        return f"{day_text(first)} {first.year}"
    if first.year != last.year:
        return tr(
            "{date} {year} to {date2} {year2}",
            date=_date(first),
            year=first.year,
            date2=_date(last),
            year2=last.year,
        )
    begin = str(first.day) if first.month == last.month else _date(first)
    return tr("{begin} to {date} {year}", begin=begin, date=_date(last), year=last.year)


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def _free_text(start: datetime, end: datetime) -> str:
    begin = f"{day_text(start.date())} {start.year}, {start:%H:%M}"
    if start.date() == end.date():
        return tr("{begin} to {end:%H:%M}", begin=begin, end=end)
    return tr(
        "{begin} to {day_text}, {end:%H:%M}", begin=begin, day_text=day_text(end.date()), end=end
    )
