"""Which stretch of time a history chart shows, and in which steps. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch.domain import BucketSize
from camwatch.language import marked


class Preset(StrEnum):
    """A stretch that can be chosen at once; the value is what the operator reads."""

    LAST_HOUR = marked("Last hour")
    TODAY = marked("Today")
    LAST_7_DAYS = marked("Last 7 days")
    LAST_30_DAYS = marked("Last 30 days")
    CUSTOM = marked("Custom")


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time.

    Attributes:
        start: UTC.
        end: UTC, later than the start.
    """

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


_DAYS = {Preset.TODAY: 1, Preset.LAST_7_DAYS: 7, Preset.LAST_30_DAYS: 30}

_LIMITS: dict[BucketSize, tuple[timedelta, timedelta]] = {
    BucketSize.MINUTE: (timedelta(0), timedelta(hours=33)),
    BucketSize.FIVE_MINUTES: (timedelta(minutes=30), timedelta(days=6, hours=22)),
    BucketSize.QUARTER: (timedelta(hours=1, minutes=30), timedelta(days=14, hours=1)),
    BucketSize.HOUR: (timedelta(hours=2), timedelta(days=63)),
    BucketSize.DAY: (timedelta(days=1, hours=12), timedelta(days=2000)),
    BucketSize.WEEK: (timedelta(days=21), timedelta(days=14_000)),
    BucketSize.MONTH: (timedelta(days=80), timedelta.max),
}
"""Shortest and longest stretch for which a step makes a chart that can be read: of about 2000
steps at most."""

_BEST: tuple[tuple[timedelta, BucketSize], ...] = (
    (timedelta(hours=4), BucketSize.MINUTE),
    (timedelta(hours=10), BucketSize.FIVE_MINUTES),
    (timedelta(hours=37), BucketSize.QUARTER),
    (timedelta(days=14, hours=1), BucketSize.HOUR),
    (timedelta(days=400), BucketSize.DAY),
    (timedelta(days=2000), BucketSize.WEEK),
    (timedelta.max, BucketSize.MONTH),
)
"""Up to which length a step is the best: each is some pixels wide."""

_MANY = 32
"""More cameras than these are added up in longer steps."""


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day in the zone, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def preset_range(preset: Preset, now: datetime, zone: ZoneInfo) -> Range:
    """Return the stretch up to now; days are whole ones, today among them.

    Raises:
        ValueError: The preset is CUSTOM, which has no stretch of its own.
    """
    if preset is Preset.LAST_HOUR:
        return Range(now - timedelta(hours=1), now)
    if preset not in _DAYS:
        raise ValueError(preset)
    today = now.astimezone(zone).date()
    return Range(midnight(today - timedelta(days=_DAYS[preset] - 1), zone), now)


def sizes_for(stretch: Range) -> tuple[BucketSize, ...]:
    """Return the steps in which the stretch can be shown, finest first; at least one."""
    return tuple(size for size, (least, most) in _LIMITS.items() if least <= stretch.length <= most)


def best_size(stretch: Range, cameras: int = 1) -> BucketSize:
    """Return the step of which the chart has neither few nor too many.

    Args:
        stretch: The time that is charted.
        cameras: So many are added up: of many, a day by quarters of an hour is shown at once, and
            by five minutes with a delay that is noticed.
    """
    best = next(size for most, size in _BEST if stretch.length <= most)
    is_many = cameras > _MANY and BucketSize.QUARTER in sizes_for(stretch)
    return BucketSize.QUARTER if best is BucketSize.FIVE_MINUTES and is_many else best


def aligned(stretch: Range, size: BucketSize, zone: ZoneInfo) -> Range:
    """Widen the stretch to whole steps of the zone's clock."""
    start = floor_of(stretch.start, size, zone)
    end = floor_of(stretch.end, size, zone)
    if end < stretch.end:
        end = _next(end, size, zone)
    return Range(start, end)


_MINUTES = {
    BucketSize.MINUTE: 1,
    BucketSize.FIVE_MINUTES: 5,
    BucketSize.QUARTER: 15,
    BucketSize.HOUR: 60,
}
"""Steps of the clock; the others are made of days."""


def floor_of(moment: datetime, size: BucketSize, zone: ZoneInfo) -> datetime:
    """Return the first moment of the step in which a moment lies, UTC."""
    wall = moment.astimezone(zone).replace(second=0, microsecond=0)
    if (minutes := _MINUTES.get(size)) is not None:
        return wall.replace(minute=wall.minute // minutes * minutes).astimezone(UTC)
    day = wall.date()
    match size:
        case BucketSize.WEEK:
            day -= timedelta(days=day.weekday())
        case BucketSize.MONTH:
            day = day.replace(day=1)
    return midnight(day, zone)


def _next(moment: datetime, size: BucketSize, zone: ZoneInfo) -> datetime:
    if (minutes := _MINUTES.get(size)) is not None:
        return moment + timedelta(minutes=minutes)
    day = moment.astimezone(zone).date()
    match size:
        case BucketSize.WEEK:
            day += timedelta(days=7)
        case BucketSize.MONTH:
            day = (day + timedelta(days=31)).replace(day=1)
        case _:
            day += timedelta(days=1)
    return midnight(day, zone)
