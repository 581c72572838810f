"""Answers that are kept: never a stale one, and not more than are allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, strategies
from hypothesis import settings as run

from camwatch.data import answers
from camwatch.data.cache import About, MemoryCache
from camwatch.data.engine import Database
from camwatch.data.reading import read_buckets
from camwatch.domain import BucketSize, Camera, CameraId
from tests.data.values import NOON, Clock, sample, settings
from tests.data.zones import BERLIN

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GATE, HALL = CameraId(1), CameraId(2)
_names = count()


def about(*cameras: CameraId, first: int = 0, stop: int = 10) -> About:
    return About(frozenset(cameras), first, stop)


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def cache(now: list[float]) -> MemoryCache:
    return MemoryCache(most=10, ttl_s=300, monotonic=lambda: now[0])


def test_an_answer_is_kept_for_five_minutes(cache: MemoryCache, now: list[float]) -> None:
    cache.put("one", 1, about(GATE), cache.ticket())
    now[0] = 299.9
    assert cache.get("one") == 1
    now[0] = 300.0
    assert cache.get("one") is None
    assert cache.get("two") is None


def test_what_was_not_asked_for_longest_goes_first(cache: MemoryCache) -> None:
    for key in ("a", "b", "c"):
        cache.put(key, key, about(GATE), cache.ticket(), weight=3)
    assert cache.get("a") == "a"
    cache.put("d", "d", about(GATE), cache.ticket(), weight=3)
    assert [cache.get(key) for key in ("a", "b", "c", "d")] == ["a", None, "c", "d"]
    cache.put("e", "e", about(GATE), cache.ticket(), weight=11)
    assert [cache.get(key) for key in ("a", "c", "d", "e")] == [None] * 4


@pytest.mark.parametrize(
    ("changed", "is_kept"),
    [
        (about(GATE, first=9, stop=20), False),
        (about(GATE, first=10, stop=20), True),
        (about(HALL), True),
        (about(HALL, GATE, first=-5, stop=1), False),
        (About(None, 3, 4), False),
    ],
)
def test_a_change_takes_away_what_is_about_it(
    cache: MemoryCache, changed: About, is_kept: bool
) -> None:
    cache.put("kept", 1, about(GATE), cache.ticket())
    early = cache.ticket()
    cache.invalidate(changed)
    assert (cache.get("kept") == 1) is is_kept
    # An answer that was being worked out meanwhile may lack the change.
    cache.put("late", 2, about(GATE), early)
    assert (cache.get("late") == 2) is is_kept
    cache.put("new", 3, about(GATE), cache.ticket())
    assert cache.get("new") == 3


def test_an_answer_that_took_too_long_is_not_kept(cache: MemoryCache) -> None:
    early = cache.ticket()
    for _ in range(1001):
        cache.invalidate(about(HALL))
    cache.put("late", 1, about(GATE), early)
    assert cache.get("late") is None
    early = cache.ticket()
    cache.clear()
    cache.put("late", 1, about(GATE), early)
    assert cache.get("late") is None


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    clock.now = NOON - 9 * DAY
    with Database.open(file, clock=clock, zone=BERLIN) as database:
        yield database


steps = strategies.lists(
    strategies.tuples(
        strategies.sampled_from([0, 1]),
        # From two hours ago to just now, and the next hour.
        strategies.integers(-120, 60),
        strategies.sampled_from([1.0, 60.0, 300.0]),
        strategies.sampled_from([BucketSize.MINUTE, BucketSize.QUARTER, BucketSize.HOUR]),
    ),
    min_size=1,
    max_size=8,
)


@given(steps=steps)
@example(  # slow once, though it is asked often today
    steps=[(0, 1, 1.0, BucketSize.MINUTE), (0, -1, 300.0, BucketSize.MINUTE)]
)
@run(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_kept_answer_is_never_a_stale_one(
    database: Database,
    clock: Clock,
    steps: list[tuple[int, int, float, BucketSize]],
) -> None:
    clock.now = NOON - 9 * DAY
    cameras = [database.cameras.add(settings(f"camera {next(_names)}")) for _ in range(2)]
    ids = [one.id for one in cameras]
    clock.now = NOON
    for which, after_min, interval_s, size in steps:
        at = NOON + after_min * MINUTE
        database.counts.save([sample(ids[which], at, 3, interval_s=interval_s)], [])
        clock.now = max(clock.now, at)
        for start in (NOON - 2 * HOUR, NOON - 26 * HOUR):
            end = clock.now
            kept = database.counts.buckets(ids, size, start, end, BERLIN)
            week = database.counts.week_hours(ids, start, end, BERLIN)
            database.cache.clear()
            assert kept == database.counts.buckets(ids, size, start, end, BERLIN)
            fresh = database.counts.week_hours(ids, start, end, BERLIN)
            assert (week.people_ms == fresh.people_ms).all()
            assert (week.possible_ms == fresh.possible_ms).all()
            database.counts.buckets(ids, size, start, end, BERLIN)
            database.counts.week_hours(ids, start, end, BERLIN)


@pytest.fixture
def gate(database: Database, clock: Clock) -> Camera:
    gate = database.cameras.add(settings())
    clock.now = NOON + HOUR / 2
    samples = [sample(gate, NOON - HOUR * 30 + n * MINUTE, 2, interval_s=60) for n in range(1800)]
    database.counts.save(samples, [])
    return gate


@pytest.mark.sqlite_only
def test_only_what_runs_is_worked_out_again(
    database: Database, gate: Camera, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    read = read_buckets

    def counted(*arguments: object) -> object:
        asked.append(len(arguments[2].edges) - 1)  # type: ignore[attr-defined]
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(answers, "read_buckets", counted)

    def ask() -> list[int]:
        asked.clear()
        start = clock.now - DAY
        found = database.counts.buckets([gate.id], BucketSize.MINUTE, start, clock.now, BERLIN)
        assert len(found) == 1440
        return list(asked)

    assert ask() == [1440]
    assert ask() == [30, 30]
    clock.now += MINUTE
    # The count of a minute that runs changes nothing of what is over.
    database.counts.save([sample(gate, clock.now - MINUTE / 2, 5)], [])
    assert ask() == [29, 31]
    # A late one does.
    database.counts.save([sample(gate, NOON - 5 * HOUR, 5)], [])
    assert ask() == [29, 120, 31]
    # So does another time zone, and that the camera is gone.
    database.cameras.remove(gate.id)
    assert ask() == [1440]


def test_what_is_stored_while_an_answer_is_worked_out_is_not_lost(
    database: Database, gate: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_buckets

    def slowly(*arguments: object) -> object:
        found = read(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(answers, "read_buckets", read)
        late = threading.Thread(
            target=database.counts.save, args=([sample(gate, NOON - 5 * HOUR, 9)], [])
        )
        late.start()
        late.join()
        return found

    monkeypatch.setattr(answers, "read_buckets", slowly)

    def peak() -> int | None:
        found = database.counts.buckets([gate.id], BucketSize.HOUR, NOON - 12 * HOUR, NOON, BERLIN)
        return max((one.peak or 0) for one in found)

    assert peak() == 2  # it began to read before
    assert peak() == 9
