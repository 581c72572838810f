"""Many days, by a clock that is put forward: what is kept neither grows nor has a hole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Table, func, select

from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.storage_desk import StorageDesk, StorageOptions
from camwatch.commands.trail import Trail
from camwatch.config import AlertPolicy, History
from camwatch.data.engine import Database
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.schema import day, hour, minute, sample
from camwatch.domain import CameraId, Sample
from camwatch.events import Bus, HouseworkTroubled
from camwatch.housekeeping_room import HousekeepingRoom
from camwatch.workers.housekeeper import HousekeeperWorker
from tests.data.values import Clock, settings

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 20, tzinfo=UTC)
"""So that the clocks change within the days."""

DAYS = 14
EVERY = timedelta(minutes=10)
HISTORY = History(sample_days=2, minute_days=4, backups=2)


def record_a_day(database: Database, cameras: list[CameraId], day: datetime) -> None:
    number = timedelta(days=1) // EVERY
    for start in range(0, number, 60):
        database.counts.save(
            [
                Sample(one, day + index * EVERY, index % 7, 0.5, 0.01, 600.0)
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
    file = tmp_path / "camwatch.sqlite3"
    with Database.open(file, clock=clock, zone=BERLIN) as database:
        desk = desk_of(database, tmp_path, clock)
        room = HousekeepingRoom(database, desk, HISTORY, BERLIN, bus, clock)
        worker = HousekeeperWorker(room.chores(), bus, BERLIN, desk.book, clock, lambda: seconds)
        cameras = [database.cameras.add(settings(name)).id for name in ("Gate", "Hall")]
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
        # What was deleted is in the hours and days for ever; in one night there is an hour less.
        assert rows_of(database, hour) == 2 * 24 * DAYS
        assert rows_of(database, day) == 2 * (DAYS + 1)
    assert told == []
    steady = kept[HISTORY.minute_days + 2 :]
    assert len(steady) >= 8
    for column in range(3):
        values = [row[column] for row in steady]
        assert max(values) <= min(values) * 1.05, values


def test_of_a_server_old_rows_are_deleted_and_its_files_left_alone(
    postgres_url: str, tmp_path: Path
) -> None:
    clock, bus, told = Clock(FIRST + timedelta(days=9)), Bus(), list[HouseworkTroubled]()
    bus.subscribe(HouseworkTroubled, told.append)
    with Database.open(None, postgres_url, clock=clock, zone=BERLIN) as database:
        gate = database.cameras.add(settings("Gate")).id
        record_a_day(database, [gate], FIRST)
        desk = desk_of(database, tmp_path, clock)
        room = HousekeepingRoom(database, desk, HISTORY, BERLIN, bus, clock)
        worker = HousekeeperWorker(room.chores(), bus, BERLIN, desk.book, clock, lambda: 0.0)
        clock.now += timedelta(days=1)
        worker.do_what_is_due()
        worker.request_stop()
        assert rows_of(database, sample) == rows_of(database, minute) == 0
        assert rows_of(database, hour) == 24
        status = desk.status()
    assert told == []
    assert (status.engine, status.backups, status.verdict) == ("PostgreSQL", (), "")
    assert not (tmp_path / "copies").exists()


def desk_of(database: Database, folder: Path, clock: Clock) -> StorageDesk:
    policy = AlertPolicy()
    return StorageDesk(
        database,
        EvidenceStore(None, database, policy),
        StorageOptions(HISTORY, folder / "copies"),
        policy,
        None,
        Trail(database.audit),
        clock,
    )


def rows_of(database: Database, table: Table) -> int:
    with database._connections.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def counted(database: Database) -> tuple[int, int, int]:
    """Return samples, minutes, and the pages of the file without its log."""
    with database._connections.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return rows_of(database, sample), rows_of(database, minute), pages


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
