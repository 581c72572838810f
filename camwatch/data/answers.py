"""Answers questions of charts from kept answers, as far as the time they are about is over.

A question that ends now is another one a second later, but for its last part. So it is taken
apart, and the parts that are over are kept: hours of minutes, days of hours, and single buckets
of days or longer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from camwatch.data.adding import Question
from camwatch.data.cache import About, AnswerCache
from camwatch.data.chosen import ChosenCamera
from camwatch.data.cuts import day_of
from camwatch.data.levels import COARSE, FINE
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.reading import read_buckets
from camwatch.data.week_hours import WeekHours, read_week_hours
from camwatch.domain import Bucket, BucketSize

_HOUR_MIN = 60

Part = tuple[int, int]
"""Number of the first bucket, and of the one after the last."""


def answer_buckets(
    connection: Connection,
    cameras: Sequence[ChosenCamera],
    asked: Question,
    cache: AnswerCache,
    ticket: int,
) -> list[Bucket]:
    """Return one bucket for each stretch, see `read_buckets`.

    Args:
        connection: One for reading.
        cameras: Which cameras.
        asked: Which stretches; at least one.
        cache: Keeps what is over.
        ticket: Of the cache, from before the connection began to read.
    """
    ids = frozenset(one.id for one in cameras)
    digest = _digest(cameras)
    limits = asked.limits
    found: list[list[Bucket] | None] = []
    parts = _parts(asked, limits)
    keys: list[str] = []
    for first, stop in parts:
        is_over = asked.edges[stop] <= asked.now_ms
        is_whole = is_over and _is_limit(asked, limits[first]) and _is_limit(asked, limits[stop])
        span = f"{asked.edges[first]}:{asked.edges[stop]}:{asked.zone.key}"
        keys.append(f"buckets:{asked.size}:{span}:{digest}" if is_whole else "")
        found.append(cast("list[Bucket] | None", cache.get(keys[-1])) if is_whole else None)
    answers: list[Bucket] = []
    number = 0
    while number < len(parts):
        known = found[number]
        if known is not None:
            answers += known
            number += 1
            continue
        last = number
        while last + 1 < len(parts) and found[last + 1] is None:
            last += 1
        first, stop = parts[number][0], parts[last][1]
        read = read_buckets(connection, cameras, asked.part(first, stop))
        answers += read
        for at in range(number, last + 1):
            if keys[at]:
                low, high = parts[at]
                part = read[low - first : high - first]
                about = About(ids, limits[low], limits[high])
                cache.put(keys[at], part, about, ticket, len(part))
        number = last + 1
    return answers


def answer_week_hours(
    connection: Connection,
    cameras: Sequence[ChosenCamera],
    start: datetime,
    end: datetime,
    *,
    zone: ZoneInfo,
    now_ms: int,
    cache: AnswerCache,
    ticket: int,
) -> WeekHours:
    """Return sums by hour of the week, see `read_week_hours`; until today's midnight kept ones."""
    until_ms = min(now_ms, to_ms(end))
    midnight = day_of(until_ms // MINUTE_MS, zone)
    over = from_ms(midnight * MINUTE_MS)
    if over <= start:
        return read_week_hours(connection, cameras, start, end, zone=zone, now_ms=now_ms)
    key = f"week:{to_ms(start)}:{midnight}:{zone.key}:{_digest(cameras)}"
    known = cast("WeekHours | None", cache.get(key))
    if known is None:
        known = read_week_hours(connection, cameras, start, over, zone=zone, now_ms=now_ms)
        first = to_ms(start) // MINUTE_MS - 2 * _HOUR_MIN  # the hour in which it lies
        about = About(frozenset(one.id for one in cameras), first, midnight)
        cache.put(key, known, about, ticket, len(cameras) * known.weeks.size)
    return known + read_week_hours(connection, cameras, over, end, zone=zone, now_ms=now_ms)


def _digest(cameras: Sequence[ChosenCamera]) -> str:
    """Return a short text for which cameras, when they were there, and how they are read."""
    return hashlib.blake2b(repr(cameras).encode(), digest_size=16).hexdigest()


def _parts(asked: Question, limits: Sequence[int]) -> list[Part]:
    """Cut the buckets at the limits of parts that are kept as one."""
    last = len(limits) - 1
    if asked.size in COARSE:
        return list(pairwise(range(last + 1)))
    inner = [number for number in range(1, last) if _is_limit(asked, limits[number])]
    return list(pairwise([0, *inner, last]))


def _is_limit(asked: Question, limit: int) -> bool:
    """Tell whether a part may begin here."""
    if asked.size in FINE:
        return limit % _HOUR_MIN == 0
    return asked.size is not BucketSize.HOUR or day_of(limit, asked.zone) == limit
