"""Which stretch of time a history chart shows, and in which steps. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch.domain import BucketSize


class Preset(StrEnum):
    """A stretch that can be chosen at once; the value is what the operator reads."""

    LAST_HOUR = "Last hour"
    TODAY = "Today"
    LAST_7_DAYS = "Last 7 days"
    LAST_30_DAYS = "Last 30 days"
    CUSTOM = "Custom"


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
    BucketSize.MINUTE: (timedelta(0), timedelta(days=2, hours=1)),
    BucketSize.HOUR: (timedelta(hours=2), timedelta(days=63)),
    BucketSize.DAY: (timedelta(days=1, hours=12), timedelta.max),
}
"""Shortest and longest stretch for which a step makes a chart that can be read."""

_BEST_AT_MOST = 200
"""A chart of no more steps than this shows each of them some pixels wide."""


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


def best_size(stretch: Range) -> BucketSize:
    """Return the finest step of which the chart has not too many."""
    sizes = sizes_for(stretch)
    step_s = {BucketSize.MINUTE: 60, BucketSize.HOUR: 3600, BucketSize.DAY: 86_400}
    length_s = stretch.length.total_seconds()
    return next((size for size in sizes if length_s / step_s[size] <= _BEST_AT_MOST), sizes[-1])


def aligned(stretch: Range, size: BucketSize, zone: ZoneInfo) -> Range:
    """Widen the stretch to whole steps of the zone's clock."""
    start = _floor(stretch.start, size, zone)
    end = _floor(stretch.end, size, zone)
    if end < stretch.end:
        end = _next(end, size, zone)
    return Range(start, end)


def _floor(moment: datetime, size: BucketSize, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone).replace(second=0, microsecond=0)
    match size:
        case BucketSize.MINUTE:
            return wall.astimezone(UTC)
        case BucketSize.HOUR:
            return wall.replace(minute=0).astimezone(UTC)
        case BucketSize.FIVE_MINUTES:
            return wall.replace(minute=wall.minute // 5 * 5).astimezone(UTC)
        case BucketSize.QUARTER:
            return wall.replace(minute=wall.minute // 15 * 15).astimezone(UTC)
        case BucketSize.DAY:
            return midnight(wall.date(), zone)
        case BucketSize.WEEK:
            return midnight(wall.date() - timedelta(days=wall.weekday()), zone)
        case BucketSize.MONTH:
            return midnight(wall.date().replace(day=1), zone)


def _next(moment: datetime, size: BucketSize, zone: ZoneInfo) -> datetime:
    match size:
        case BucketSize.MINUTE:
            return moment + timedelta(minutes=1)
        case BucketSize.HOUR:
            return moment + timedelta(hours=1)
        case BucketSize.FIVE_MINUTES:
            return moment + timedelta(minutes=5)
        case BucketSize.QUARTER:
            return moment + timedelta(minutes=15)
        case BucketSize.DAY:
            return midnight(moment.astimezone(zone).date() + timedelta(days=1), zone)
        case BucketSize.WEEK:
            return midnight(moment.astimezone(zone).date() + timedelta(days=7), zone)
        case BucketSize.MONTH:
            day = moment.astimezone(zone).date() + timedelta(days=31)
            return midnight(day.replace(day=1), zone)
