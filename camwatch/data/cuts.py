"""In which hour and day of a zone's clocks a minute lies. Pure, and fast for many minutes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms
from camwatch.domain import BucketSize

_DAY_MIN = 24 * 60


def minutes_of(edges: Sequence[int]) -> list[int]:
    """Return limits in minutes since 1970 UTC; a part of a minute belongs to what is before it."""
    return [-(-edge // MINUTE_MS) for edge in edges]


def hour_of(minute: int, zone: ZoneInfo) -> int:
    """Return the minute since 1970 UTC in which the hour of this minute begins."""
    starts = _starts(BucketSize.HOUR, minute // _DAY_MIN, zone)
    return starts[bisect_right(starts, minute) - 1]


def day_of(minute: int, zone: ZoneInfo) -> int:
    """Return the minute since 1970 UTC in which the day of this minute begins."""
    starts = _starts(BucketSize.DAY, minute // _DAY_MIN, zone)
    return starts[bisect_right(starts, minute) - 1]


@lru_cache(maxsize=8192)
def _starts(size: BucketSize, utc_day: int, zone: ZoneInfo) -> tuple[int, ...]:
    """Return where the hours or days begin that touch a day of UTC, ascending."""
    start = from_ms(utc_day * _DAY_MIN * MINUTE_MS)
    return tuple(minutes_of(bucket_edges(size, start, start + timedelta(days=1), zone)))


def offsets(first: int, stop: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return by how much the zone's clocks are ahead of UTC in a stretch of time.

    Args:
        first: Minute since 1970 UTC.
        stop: The minute after the last.
        zone: Whose clocks.

    Returns:
        Ascending, each with the minute before which it holds and the offset in whole minutes;
        the last one holds until the stop.
    """
    found: list[tuple[int, int]] = []
    at, known = first, _offset(first, zone)
    while at < stop:
        following = min(at + _DAY_MIN, stop)
        if _offset(following, zone) != known:
            changes = _first_other(at, following, known, zone)
            found.append((changes, known))
            at, known = changes, _offset(changes, zone)
            continue
        at = following
    return [*found, (stop, known)]


def _offset(minute: int, zone: ZoneInfo) -> int:
    ahead = from_ms(minute * MINUTE_MS).astimezone(zone).utcoffset() or timedelta()
    return ahead // timedelta(minutes=1)


def _first_other(same: int, other: int, known: int, zone: ZoneInfo) -> int:
    """Return the first minute of another offset, between one that has it not and one that has."""
    while other - same > 1:
        middle = (same + other) // 2
        if _offset(middle, zone) == known:
            same = middle
        else:
            other = middle
    return other
