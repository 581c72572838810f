"""Months of counts by a clock that is put forward, and how questions about them are looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, Camera, Passage, PlaceId, Sample, SiteId
from camwatch.scene import Line, Scene, Zone
from tests.data.values import NOON, Clock, settings
from tests.data.zones import BERLIN

# The clocks of Casablanca go back for Ramadan, and forward again after it.
CASABLANCA, NEW_YORK = ZoneInfo("Africa/Casablanca"), ZoneInfo("America/New_York")
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
START = datetime(2023, 12, 29, tzinfo=UTC)
DAYS = 109
KEPT = 30 * DAY


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    clock.now = START - 9 * DAY
    with Database.open(file, clock=clock, zone=BERLIN) as database:
        yield database


def keep_minutes_from(database: Database, start: datetime) -> None:
    """Delete older rows, as the housekeeper does."""
    with database._connections.writing() as connection:
        before = int(start.timestamp()) // 60
        connection.exec_driver_sql(f"DELETE FROM sample WHERE ts < {before * 60_000}")
        connection.exec_driver_sql(f"DELETE FROM minute WHERE minute < {before}")


@pytest.mark.fault("L8")
def test_months_across_changes_of_clocks_have_no_gap_and_no_double_minute(
    database: Database, clock: Clock
) -> None:
    cameras: dict[ZoneInfo, Camera] = {}
    for zone in (BERLIN, CASABLANCA, NEW_YORK):
        camera = database.cameras.add(settings(zone.key, site=zone.key, interval_s=1800))
        database.sites.set_zone(SiteId(camera.site_id), zone.key)
        cameras[zone] = camera
    for day in range(DAYS):
        clock.now = START + day * DAY
        moments = [clock.now + number * HALF_HOUR for number in range(48)]
        database.counts.save(
            [
                Sample(camera.id, at, at.day, 0.5, 0.01, 1800.0)
                for camera in cameras.values()
                for at in moments
            ],
            [],
        )
        if day % 10 == 9:
            keep_minutes_from(database, clock.now - KEPT)
    end = clock.now = START + DAYS * DAY
    lengths: dict[ZoneInfo, set[float]] = {}
    for zone, camera in cameras.items():
        hours = database.counts.buckets([camera.id], BucketSize.HOUR, START, end, zone)
        days = database.counts.buckets([camera.id], BucketSize.DAY, START, end, zone)
        months = database.counts.buckets([camera.id], BucketSize.MONTH, START, end, zone)
        starts = [one.start.astimezone(zone).date() for one in days]
        assert starts == [starts[0] + number * DAY for number in range(len(starts))]
        assert {one.samples for one in hours} == {2}
        assert {one.coverage for one in hours} == {1.0}
        # The first and the last day are those of UTC, not of these clocks.
        whole = days[1:-1]
        assert [one.samples for one in whole] == [one.seconds / 1800 for one in whole]
        assert {one.coverage for one in whole} == {1.0}
        for found in (hours, days, months):
            assert sum(one.samples for one in found) == DAYS * 48
        lengths[zone] = {one.seconds / 3600 for one in days}
        assert datetime(2024, 2, 29, tzinfo=zone).date() in starts
        week = database.counts.week_hours([camera.id], START, end, zone)
        assert week.weeks.sum() == len(hours)
        assert week.covered_ms.sum() == DAYS * 48 * 1_800_000
    assert lengths == {BERLIN: {23, 24}, CASABLANCA: {23, 24, 25}, NEW_YORK: {23, 24}}
    # Older minutes are not kept, and are not known any more.
    quarters = database.counts.buckets(
        [cameras[BERLIN].id], BucketSize.QUARTER, START, START + DAY, BERLIN
    )
    assert {(one.mean, one.coverage) for one in quarters} == {(None, 0.0)}


BIG = ("sample", "minute", "hour", "day", "passage", "zone")


@pytest.mark.sqlite_only
@pytest.mark.fault("L9")
@pytest.mark.parametrize("size", list(BucketSize))
def test_no_question_looks_through_a_whole_table(
    database: Database, clock: Clock, size: BucketSize
) -> None:
    gate = database.cameras.add(settings())
    scene = Scene(
        lines=(Line("Door", (0.2, 0.5), (0.8, 0.5)),),
        zones=(Zone("Counter", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),),
    )
    door, counter = (
        PlaceId(database.scenes.save(gate.id, scene).ids[name]) for name in ("Door", "Counter")
    )
    clock.now = NOON + DAY
    one = Sample(gate.id, NOON, 3, 0.5, 0.01, 60.0, zones=((counter, 1),), watched=(door,))
    database.counts.save([one], [], [Passage(door, NOON, 1, True)])
    statements: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        statements.append((arguments[2], arguments[3]))

    with database._connections.reading() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for zone in (BERLIN, ZoneInfo("Asia/Kolkata")):
            stretch = (NOON - 2 * DAY, NOON + DAY, zone)
            for ids in (None, [gate.id]):
                database.counts.buckets(ids, size, *stretch)
                database.counts.week_hours(ids, NOON - 30 * DAY, NOON + DAY, zone)
            database.passages.flow(door, size, *stretch)
            database.passages.occupancy(counter, size, *stretch)
        database.counts.series([gate.id], NOON, NOON + DAY, 10)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [(words, values) for words, values in statements if words.startswith("SELECT")]
    assert len(asked) > 10
    with database._connections.reading() as connection:
        for words, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
            for step in plan.scalars(3):
                table = step.removeprefix("SCAN ").split("_")[0].split(" ")[0]
                assert not (step.startswith("SCAN ") and table in BIG), f"{step}: {words}"
