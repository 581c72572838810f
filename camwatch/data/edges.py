"""Cuts time into the minutes, hours and days of a time zone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.domain import BucketSize
from camwatch.errors import InvalidSetting
from camwatch.language import tr

MOST_BUCKETS = 1_000_000
_HOUR_MS = 60 * MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_ONE_DAY = timedelta(days=1)


def bucket_edges(size: BucketSize, start: datetime, end: datetime, zone: ZoneInfo) -> list[int]:
    """Return the limits of all buckets that touch a stretch of time.

    Hours and days are those of the zone's clocks: across a change of clocks a day has
    23 or 25 hours, and in a zone of half hours an hour begins at half past in UTC.

    Args:
        size: What one bucket stands for.
        start: Lies in the first bucket; aware.
        end: The last bucket begins before it; aware.
        zone: Whose clocks.

    Returns:
        UTC milliseconds, ascending, one more than there are buckets; empty if end is
        not after start.

    Raises:
        InvalidSetting: These are more than a million buckets.
    """
    start_ms, end_ms = to_ms(start), to_ms(end)
    if end_ms <= start_ms:
        return []
    edges: list[int] = []
    for edge in _FOLLOWING[size](start, zone):
        if edge <= start_ms:
            edges = [edge]
            continue
        edges.append(edge)
        if edge >= end_ms:
            return edges
        if len(edges) > MOST_BUCKETS:
            break
    raise InvalidSetting(
        "end",
        tr(
            "is too far away: more than {most_buckets:,} points; choose longer steps",
            most_buckets=MOST_BUCKETS,
        ),
    )


def _minutes(start: datetime, zone: ZoneInfo, minutes: int = 1) -> Iterator[int]:
    # The clocks of all zones agree on when a minute begins, and a quarter of an hour: they
    # differ by whole quarters today. Where they did not, a step is that of UTC.
    del zone
    step = minutes * MINUTE_MS
    edge = to_ms(start) // step * step
    while True:
        yield edge
        edge += step


def _hours(start: datetime, zone: ZoneInfo) -> Iterator[int]:
    # Day by day, so that no hour reaches into the next day, wherever the clocks change.
    for midnight, next_midnight in pairwise(_days(start, zone)):
        if next_midnight - midnight == _DAY_MS and (
            _offset_s(midnight, zone) == _offset_s(next_midnight - 1, zone)
        ):
            yield from range(midnight, next_midnight, _HOUR_MS)
            continue
        edge = midnight
        while edge < next_midnight:
            yield edge
            clock = from_ms(edge).astimezone(zone)
            # To the next full hour of the clocks; where they change by half an hour, this
            # hour is shorter.
            edge += _HOUR_MS - (clock.minute * 60 + clock.second) * 1000


def _offset_s(at_ms: int, zone: ZoneInfo) -> float:
    offset = from_ms(at_ms).astimezone(zone).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _days(start: datetime, zone: ZoneInfo) -> Iterator[int]:
    day = start.astimezone(zone).date()
    edge = None
    while True:
        midnight = _midnight_ms(day, zone)
        # A zone that moved across the date line skipped a whole day.
        if edge is None or midnight > edge:
            edge = midnight
            yield edge
        day += _ONE_DAY


def _weeks(start: datetime, zone: ZoneInfo) -> Iterator[int]:
    day = start.astimezone(zone).date()
    day -= timedelta(days=day.weekday())
    while True:
        yield _midnight_ms(day, zone)
        day += timedelta(days=7)


def _months(start: datetime, zone: ZoneInfo) -> Iterator[int]:
    day = start.astimezone(zone).date().replace(day=1)
    while True:
        yield _midnight_ms(day, zone)
        day = (day + timedelta(days=31)).replace(day=1)


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    # Where the clocks skip midnight, this is the moment at which they do.
    return to_ms(datetime.combine(day, time(), zone))


_FOLLOWING: dict[BucketSize, Callable[[datetime, ZoneInfo], Iterator[int]]] = {
    BucketSize.MINUTE: _minutes,
    BucketSize.FIVE_MINUTES: partial(_minutes, minutes=5),
    BucketSize.QUARTER: partial(_minutes, minutes=15),
    BucketSize.HOUR: _hours,
    BucketSize.DAY: _days,
    BucketSize.WEEK: _weeks,
    BucketSize.MONTH: _months,
}
