"""Hours and days are what their samples add up to, by any clocks, and are read as if by minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, strategies
from hypothesis import settings as run

from camwatch.data.cuts import day_of, hour_of, minutes_of, offsets
from camwatch.data.edges import bucket_edges
from camwatch.data.engine import Database
from camwatch.data.moments import from_ms, to_ms
from camwatch.domain import (
    Bucket,
    BucketSize,
    Camera,
    FlowBucket,
    Passage,
    PlaceId,
    Sample,
    SiteId,
)
from camwatch.scene import Line, Scene, Zone
from tests.data.values import NOON, Clock, sample, settings
from tests.data.zones import BERLIN, KOLKATA, UTC_ZONE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = [
    BERLIN,
    KOLKATA,
    UTC_ZONE,
    *map(
        ZoneInfo,
        (
            "Australia/Lord_Howe",
            "America/St_Johns",
            "America/Havana",
            "America/Sao_Paulo",
            "Asia/Pyongyang",
            "Pacific/Apia",
        ),
    ),
]
zones = strategies.sampled_from(ZONES)
EVERY = [BucketSize.HOUR, BucketSize.DAY, BucketSize.WEEK, BucketSize.MONTH]
_names = count()


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    """Return a history of a program in Berlin."""
    with Database.open(file, clock=clock, zone=BERLIN) as database:
        yield database


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database._connections.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def forget(database: Database, statement: str) -> None:
    with database._connections.writing() as connection:
        connection.exec_driver_sql(statement)
    database.cache.clear()


def rolled_up(database: Database, camera: Camera, zone: ZoneInfo) -> dict[str, list[object]]:
    """Add up the samples of a camera by hand, to rows as they should be stored."""
    found: dict[str, list[object]] = {}
    stored = rows(
        database,
        f"SELECT ts, count, interval_ms, confidence, is_carried, is_flagged FROM sample"
        f" WHERE camera_id = {camera.id}",
    )
    for table, size in (("hour", BucketSize.HOUR), ("day", BucketSize.DAY)):
        sums: dict[int, list[int]] = {}
        for ts, people, interval_ms, confidence, carried, flagged in stored:
            at = from_ms(ts)
            edges = bucket_edges(size, at, at + timedelta(milliseconds=1), zone)
            new = [
                1, people, people, people, people * interval_ms, interval_ms, confidence,
                interval_ms * carried, interval_ms * flagged,
            ]  # fmt: skip
            known = sums.setdefault(minutes_of(edges)[0], [0, 0, 10**9, -1, 0, 0, 0, 0, 0])
            for number, value in enumerate(new):
                if number == 2:
                    known[2] = min(known[2], value)
                elif number == 3:
                    known[3] = max(known[3], value)
                else:
                    known[number] += value
        found[table] = [(start, *sums[start]) for start in sorted(sums)]
    return found


def stored(database: Database, camera: Camera) -> dict[str, list[object]]:
    columns = (
        "start, samples, count_sum, count_min, count_max, people_ms, covered_ms, "
        "confidence_sum, carried_ms, flagged_ms"
    )
    return {
        table: list(
            rows(
                database,
                f"SELECT {columns} FROM {table} WHERE camera_id = {camera.id} ORDER BY start",
            )
        )
        for table in ("hour", "day")
    }


moments = strategies.integers(
    to_ms(datetime(2015, 1, 1, tzinfo=UTC)), to_ms(datetime(2027, 1, 1, tzinfo=UTC))
)


@given(zone=zones, at=moments)
@example(zone=ZoneInfo("Asia/Pyongyang"), at=to_ms(datetime(2018, 5, 4, 14, 30, tzinfo=UTC)))
@run(deadline=None, max_examples=60)
def test_hours_lie_within_days_and_minutes_find_theirs(zone: ZoneInfo, at: int) -> None:
    start = from_ms(at)
    days = minutes_of(bucket_edges(BucketSize.DAY, start, start + 2 * DAY, zone))
    hours = minutes_of(bucket_edges(BucketSize.HOUR, start, start + 2 * DAY, zone))
    assert set(days) & set(range(hours[0], hours[-1] + 1)) <= set(hours)
    for first, stop in pairwise(hours):
        for minute in (first, (first + stop) // 2, stop - 1):
            assert hour_of(minute, zone) == first
            assert day_of(first, zone) == day_of(minute, zone) <= first
    known = dict.fromkeys(hours)
    for until, offset in offsets(hours[0], hours[-1], zone):
        for minute in [one for one in known if one < until]:
            del known[minute]
            clock = from_ms(minute * 60_000).astimezone(zone).utcoffset()
            assert clock == timedelta(minutes=offset)


@given(
    zone=zones,
    # Around changes of clocks; also leap day and the end of the year.
    start=strategies.sampled_from(
        [
            datetime(2026, 3, 28, 20, tzinfo=UTC),
            datetime(2026, 10, 24, 20, tzinfo=UTC),
            datetime(2026, 4, 4, 12, tzinfo=UTC),
            datetime(2024, 2, 28, 20, tzinfo=UTC),
            datetime(2025, 12, 31, 20, tzinfo=UTC),
        ]
    ),
    measured=strategies.lists(
        strategies.tuples(
            strategies.integers(0, 300).map(lambda step: step * 7 * 61),
            strategies.integers(0, 30),
            strategies.sampled_from([1.0, 60.0]),
            strategies.booleans(),
            # The clock is put back: the same hour comes twice.
            strategies.sampled_from([0, 0, 0, 3600]),
        ),
        min_size=1,
        max_size=25,
    ),
    other=zones,
)
@run(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_all_levels_add_up_to_the_samples(  # noqa: PLR0917 - fixtures, and what is drawn
    database: Database,
    clock: Clock,
    zone: ZoneInfo,
    start: datetime,
    measured: list[tuple[int, int, float, bool, int]],
    other: ZoneInfo,
) -> None:
    clock.now = start - DAY
    camera = database.cameras.add(settings(f"camera {next(_names)}", site=zone.key))
    database.sites.set_zone(SiteId(camera.site_id), zone.key)
    clock.now = start + 5 * DAY
    samples = [
        Sample(
            camera.id,
            start + timedelta(seconds=after_s - back_s),
            people,
            0.5,
            0.01,
            interval_s,
            None,
            is_odd,
            is_flagged=not is_odd,
        )
        for after_s, people, interval_s, is_odd, back_s in measured
    ]
    half = len(samples) // 2
    database.counts.save(samples[:half], [])
    database.counts.save(samples[half:], [])
    assert stored(database, camera) == rolled_up(database, camera, zone)
    asked = {
        (size, asking): database.counts.buckets(
            [camera.id], size, start - HOUR, start + 2 * DAY, asking
        )
        for size in EVERY
        for asking in (zone, other)
    }
    total = sum(one.samples for one in asked[BucketSize.MONTH, zone])
    assert all(sum(one.samples for one in found) == total for found in asked.values())
    # The same from the minutes alone.
    forget(database, f"DELETE FROM hour WHERE camera_id = {camera.id}")
    forget(database, f"DELETE FROM day WHERE camera_id = {camera.id}")
    forget(database, f"UPDATE camera SET rolled_zone = '' WHERE id = {camera.id}")
    for (size, asking), found in asked.items():
        again = database.counts.buckets([camera.id], size, start - HOUR, start + 2 * DAY, asking)
        assert again == found
    # And after they are built anew, here by other clocks.
    database.sites.set_zone(SiteId(camera.site_id), other.key)
    while database.rollups.rebuild_next():
        pass
    assert stored(database, camera) == rolled_up(database, camera, other)


def every_minute(camera: Camera, start: datetime, minutes: int, people: int = 2) -> list[Sample]:
    return [
        sample(camera, start + timedelta(minutes=number), people, interval_s=60)
        for number in range(minutes)
    ]


def test_a_camera_gets_the_clocks_of_its_site_with_its_first_count(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings("Gate", site="Delhi"))
    hall = database.cameras.add(settings("Hall"))
    database.sites.set_zone(SiteId(gate.site_id), KOLKATA.key)
    database.counts.save([sample(gate, 0), sample(hall, 0)], [])
    assert rows(database, "SELECT rolled_zone FROM camera ORDER BY id") == [
        ("Asia/Kolkata",),
        ("Europe/Berlin",),
    ]
    starts = [from_ms(start * 60_000) for (start,) in rows(
        database, "SELECT start FROM hour ORDER BY camera_id"
    )]  # fmt: skip
    assert starts == [NOON - HOUR / 2, NOON]


def test_an_older_history_gets_its_hours_when_it_is_opened(file: Path, clock: Clock) -> None:
    with Database.open(file, clock=clock) as database:
        gate = database.cameras.add(settings())
        clock.now = NOON + DAY
        database.counts.save(every_minute(gate, NOON, 90), [])
        assert stored(database, gate) == {"hour": [], "day": []}
    with Database.open(file, clock=clock, zone=BERLIN) as database:
        assert stored(database, gate) == rolled_up(database, gate, BERLIN)
        assert not database.rollups.rebuild_next()
        database.counts.save(every_minute(gate, NOON + 2 * HOUR, 5), [])
        assert stored(database, gate) == rolled_up(database, gate, BERLIN)


def test_hours_whose_minutes_are_gone_outlive_another_time_zone(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings())
    clock.now = NOON + 9 * DAY
    database.counts.save(every_minute(gate, NOON, 3 * 1440), [])
    kept_from = (to_ms(NOON + DAY) // 60_000) + 17
    forget(database, "DELETE FROM sample")
    forget(database, f"DELETE FROM minute WHERE minute < {kept_from}")
    before = database.counts.buckets(None, BucketSize.MONTH, NOON, NOON + 4 * DAY, BERLIN)
    database.sites.set_zone(SiteId(gate.site_id), KOLKATA.key)
    assert database.rollups.rebuild_next()
    after = database.counts.buckets(None, BucketSize.MONTH, NOON, NOON + 4 * DAY, KOLKATA)
    assert sum(one.samples for one in before) == sum(one.samples for one in after) == 3 * 1440
    (all_days,) = rows(database, "SELECT sum(samples) FROM day")
    assert all_days == (3 * 1440,)
    # The oldest hours are asked for by clocks that they were not cut by.
    hours = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + 4 * DAY, KOLKATA)
    assert sum(one.samples for one in hours) == 3 * 1440


def test_minutes_that_are_not_kept_are_unknown_and_not_zero(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings())
    clock.now = NOON + 9 * DAY
    database.counts.save(every_minute(gate, NOON, 240), [])
    forget(database, "DELETE FROM sample")
    forget(database, f"DELETE FROM minute WHERE minute < {to_ms(NOON + 2 * HOUR) // 60_000}")

    def asked(size: BucketSize, zone: ZoneInfo) -> list[Bucket]:
        return database.counts.buckets(None, size, NOON, NOON + 4 * HOUR, zone)

    quarters = asked(BucketSize.QUARTER, BERLIN)
    assert {(one.mean, one.coverage, one.samples) for one in quarters[:8]} == {(None, 0.0, 0)}
    assert {(one.mean, one.coverage, one.samples) for one in quarters[8:]} == {(2.0, 1.0, 15)}
    assert [one.samples for one in asked(BucketSize.HOUR, BERLIN)] == [60] * 4
    # By clocks that differ by half an hour there are only the hours as they were cut.
    halves = asked(BucketSize.HOUR, KOLKATA)
    assert [one.samples for one in halves] == [60, 60, 30, 60, 30]


def test_a_slow_camera_s_sample_stands_for_the_next_five_minutes_too(
    database: Database, clock: Clock
) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=600))
    gate = database.cameras.add(settings())
    clock.now = NOON + DAY
    database.counts.save([sample(slow, 0, 4, interval_s=600)], [])
    database.counts.save(every_minute(gate, NOON, 10, people=1), [])
    found = database.counts.buckets(None, BucketSize.FIVE_MINUTES, NOON, NOON + HOUR / 4, BERLIN)
    assert [(one.mean, one.samples) for one in found] == [(5.0, 6), (5.0, 5), (None, 0)]
    assert [one.coverage for one in found] == [1.0, 1.0, 0.0]
    # Also when it is asked more often today.
    database.cameras.update(slow.id, settings("Slow", interval_s=1))
    again = database.counts.buckets(None, BucketSize.FIVE_MINUTES, NOON, NOON + HOUR / 4, BERLIN)
    assert again == found


def test_lines_and_zones_have_hours_and_days(database: Database, clock: Clock) -> None:
    gate = database.cameras.add(settings())
    scene = Scene(
        lines=(Line("Door", (0.2, 0.5), (0.8, 0.5)),),
        zones=(Zone("Counter", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),),
    )
    record = database.scenes.save(gate.id, scene)
    door, counter = (PlaceId(record.ids[name]) for name in ("Door", "Counter"))
    clock.now = NOON + 4 * DAY
    samples = [
        Sample(
            gate.id, NOON + timedelta(minutes=number), 5, 0.5, 0.01, 60.0,
            zones=((counter, number % 4),), watched=(door,),
        )
        for number in range(1500)
    ]  # fmt: skip
    passages = [Passage(door, one.at, 1, number % 3 == 0) for number, one in enumerate(samples)]
    database.counts.save(samples, [], passages)

    def asked(size: BucketSize, zone: ZoneInfo) -> tuple[list[FlowBucket], list[Bucket]]:
        end = NOON + 2 * DAY
        flow = database.passages.flow(door, size, NOON, end, zone)
        return flow, database.passages.occupancy(counter, size, NOON, end, zone)

    before = {(size, zone): asked(size, zone) for size in EVERY for zone in (BERLIN, KOLKATA)}
    for table in ("passage_hour", "passage_day", "zone_hour", "zone_day"):
        (found,) = rows(database, f"SELECT count(*) FROM {table}")
        assert found == ((25,) if table.endswith("hour") else (2,))
        forget(database, f"DELETE FROM {table}")
    forget(database, "UPDATE camera SET rolled_zone = ''")
    for (size, zone), found in before.items():
        assert asked(size, zone) == found
    assert database.rollups.rebuild_next()
    for (size, zone), found in before.items():
        assert asked(size, zone) == found
    flow, occupancy = before[BucketSize.DAY, BERLIN]
    assert sum((one.inwards or 0) + (one.outwards or 0) for one in flow) == 1500
    assert sum(one.samples for one in occupancy) == 1500
    fives = database.passages.occupancy(counter, BucketSize.FIVE_MINUTES, NOON, NOON + HOUR, BERLIN)
    assert [one.samples for one in fives] == [5] * 12
