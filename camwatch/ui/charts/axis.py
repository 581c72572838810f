"""Where the marks of an axis stand and what they say. Knows no Qt.

Times are the site's own: a mark stands at a round hour of its clock, on the days
when clocks change too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.domain import BucketSize
from camwatch.language import MONTHS, tr
from camwatch.ui.charts.series import Values

_DAY_S = 86_400
_QUARTER_S = 900
_CLOCK_STEPS_S = (
    *(5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200),
)
_DAY_STEPS = (1, 2, 7, 14)
_COUNT_STEPS: list[int] = [factor * 10**power for power in range(7) for factor in (1, 2, 5)]
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
# Not from strftime: Qt sets the process's locale, and CamWatch speaks English.


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a time axis.

    Attributes:
        at_s: Seconds since 1970.
        text: What stands beside it.
    """

    at_s: float
    text: str


def day_text(day: date) -> str:
    """Return a day as "Mon 24 Nov"."""
    return tr("{day:%a} {number} {day:%b}", day=day, number=day.day)


def step_text(edges: Values, index: int, size: BucketSize, zone: ZoneInfo) -> str:
    """Say which step of a chart it is: "Mon 24 Nov, 14:00 to 15:00".

    Args:
        edges: Start of each step and the end of the last one, seconds since 1970.
        index: Which step.
        size: How long the steps are.
        zone: Whose clock.
    """
    start = datetime.fromtimestamp(float(edges[index]), zone)
    day = day_text(start.date())
    match size:
        case BucketSize.MINUTE:
            return f"{day}, {start:%H:%M}"
        case BucketSize.FIVE_MINUTES | BucketSize.QUARTER | BucketSize.HOUR:
            end = datetime.fromtimestamp(float(edges[index + 1]), zone)
            return tr("{day}, {start:%H:%M} to {end:%H:%M}", day=day, start=start, end=end)
        case BucketSize.DAY:
            return day
        case BucketSize.WEEK:
            last = datetime.fromtimestamp(float(edges[index + 1]) - 1, zone)
            return tr("{day} to {day_text}", day=day, day_text=day_text(last.date()))
        case BucketSize.MONTH:
            return f"{MONTHS[start.month - 1][:3]} {start.year}"


def _clock_marks(start_s: float, end_s: float, zone: ZoneInfo, step_s: int) -> list[Mark]:
    """Return marks at round times of the site's clock; a midnight says the day."""
    marks = []
    # Clocks are off by quarters of an hour, so a round time is one in UTC too.
    stride_s = min(step_s, _QUARTER_S)
    at_s = math.ceil(start_s / stride_s) * stride_s
    while at_s <= end_s:
        wall = datetime.fromtimestamp(at_s, zone)
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        if second == 0:
            marks.append(Mark(at_s, day_text(wall.date())))
        elif second % step_s == 0:
            seconds = f":{wall.second:02}" if step_s < 60 else ""
            marks.append(Mark(at_s, f"{wall.hour:02}:{wall.minute:02}{seconds}"))
        at_s += stride_s
    return marks


def _day_marks(start: datetime, end: datetime, zone: ZoneInfo, days: int) -> list[Mark]:
    """Return a mark at every so many days' first moment; weeks begin on Mondays."""
    marks = []
    day = start.date() - timedelta(days=(start.date().toordinal() - 1) % days)
    while day <= end.date():
        moment = datetime(day.year, day.month, day.day, tzinfo=zone)
        marks.append(Mark(moment.timestamp(), day_text(day)))
        day += timedelta(days=days)
    return marks


def _month_marks(start: datetime, end: datetime, zone: ZoneInfo, step: int) -> list[Mark]:
    marks = []
    first = start.year * 12 // step * step
    for number in range(first, end.year * 12 + end.month, step):
        year, month = number // 12, number % 12 + 1
        moment = datetime(year, month, 1, tzinfo=zone)
        marks.append(Mark(moment.timestamp(), f"{MONTHS[month - 1][:3]} {year}"))
    return marks


def time_marks(start_s: float, end_s: float, zone: ZoneInfo, most: int) -> list[Mark]:
    """Return marks for a time axis, as close together as `most` of them allows.

    Args:
        start_s: Left end, seconds since 1970.
        end_s: Right end.
        zone: The site's time zone.
        most: About how many marks have room.
    """
    length_s = end_s - start_s
    if length_s <= 0 or most < 1:
        return []
    for step_s in _CLOCK_STEPS_S:
        if length_s / step_s <= most:
            return _clock_marks(start_s, end_s, zone, step_s)
    start = datetime.fromtimestamp(start_s, zone)
    end = datetime.fromtimestamp(end_s, zone)
    days = length_s / _DAY_S
    for step in _DAY_STEPS:
        if days / step <= most:
            marks = _day_marks(start, end, zone, step)
            break
    else:
        fitting = (step for step in _MONTH_STEPS if days / 30 / step <= most)
        marks = _month_marks(start, end, zone, next(fitting, _MONTH_STEPS[-1]))
    return [mark for mark in marks if start_s <= mark.at_s <= end_s]


def count_step(top: float, most: int) -> int:
    """Return the distance between marks of an axis of people: 1, 2 or 5 times a power of ten.

    Args:
        top: Upper end of the axis; its lower end is 0.
        most: About how many marks have room; there is one above 0 in any case.
    """
    # Never above the top: an axis with nothing but a 0 tells nothing.
    steps = [step for step in _COUNT_STEPS if step <= max(top, 1)]
    return next((step for step in steps if top / step <= max(most, 1)), steps[-1])


def count_top(highest: float) -> float:
    """Return the upper end of an axis of people, with some room above the highest value."""
    return max(4.0, highest) * 1.12
