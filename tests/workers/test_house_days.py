"""Many days, by a clock that is put forward: what is kept neither grows nor has a hole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.storage_desk import StorageDesk, StorageOptions
from camwatch.commands.trail import Trail
from camwatch.config import AlertPolicy, History
from camwatch.data.engine import Database
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.schema import camera, minute, sample
from camwatch.domain import CameraId, Sample
from camwatch.events import Bus, HouseworkTroubled
from camwatch.housekeeping_room import HousekeepingRoom
from camwatch.workers.housekeeper import HousekeeperWorker
from tests.data.values import Clock, settings

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 18, tzinfo=UTC)
"""So that the clocks change within the days."""

DAYS = 18
EVERY = timedelta(minutes=4)
HISTORY = History(sample_days=3, minute_days=6, backups=2)


def record_a_day(database: Database, cameras: list[CameraId], day: datetime) -> None:
    number = timedelta(days=1) // EVERY
    for start in range(0, number, 60):
        database.counts.save(
            [
                Sample(one, day + index * EVERY, index % 7, 0.5, 0.01, 240.0)
                for index in range(start, min(start + 60, number))
                for one in cameras
            ],
            [],
        )


@pytest.mark.fault("L8")
def test_rows_and_size_hold_over_many_days(tmp_path: Path) -> None:
    clock, bus, told = Clock(FIRST), Bus(), list[HouseworkTroubled]()
    bus.subscribe(HouseworkTroubled, told.append)
    seconds = 0.0
    kept: list[tuple[int, int, int]] = []
    with Database.open(tmp_path / "camwatch.sqlite3", clock=clock) as database:
        policy = AlertPolicy()
        desk = StorageDesk(
            database,
            EvidenceStore(None, database, policy),
            StorageOptions(HISTORY, tmp_path / "copies"),
            policy,
            None,
            Trail(database.audit),
            clock,
        )
        room = HousekeepingRoom(database, desk, HISTORY, BERLIN, bus, clock)
        worker = HousekeeperWorker(room.chores(), bus, BERLIN, desk.book, clock, lambda: seconds)
        cameras = [database.cameras.add(settings(name)).id for name in ("Gate", "Hall")]
        with database._connections.writing() as connection:
            connection.execute(update(camera).values(rolled_zone="Europe/Berlin"))
        for number in range(DAYS):
            record_a_day(database, cameras, FIRST + timedelta(days=number))
            clock.now = FIRST + timedelta(days=number + 1, hours=3)
            seconds += 86_400
            worker.do_what_is_due()
            kept.append(counted(database))
            assert counted_span(database) == expected_span(clock.now)
        worker.request_stop()
        assert len(desk.status().backups) == HISTORY.backups
        assert desk.status().verdict == "ok"
    assert told == []
    steady = kept[HISTORY.minute_days + 2 :]
    assert len(steady) >= 8
    for column in range(3):
        values = [row[column] for row in steady]
        assert max(values) <= min(values) * 1.05, values


def counted(database: Database) -> tuple[int, int, int]:
    """Return samples, minutes, and the size of the file without its log."""
    with database._connections.reading() as connection:
        samples = connection.execute(select(func.count()).select_from(sample)).scalar_one()
        minutes = connection.execute(select(func.count()).select_from(minute)).scalar_one()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return samples, minutes, pages


def counted_span(database: Database) -> tuple[int, int]:
    """Return the oldest sample and minute, both as minutes since 1970."""
    with database._connections.reading() as connection:
        oldest = connection.execute(select(func.min(sample.c.ts))).scalar_one()
        first = connection.execute(select(func.min(minute.c.minute))).scalar_one()
    return oldest // MINUTE_MS, first


def expected_span(now: datetime) -> tuple[int, int]:
    """Return what should be the oldest: nothing goes early, and nothing stays late."""
    begin = to_ms(FIRST) // MINUTE_MS
    sample_limit = to_ms(now - timedelta(days=HISTORY.sample_days)) // MINUTE_MS
    midnight = now.replace(hour=0, minute=0)
    minute_limit = to_ms(midnight - timedelta(days=HISTORY.minute_days)) // MINUTE_MS
    return max(begin, sample_limit), max(begin, minute_limit)
