"""What is too old goes in small steps, and nothing goes whose sums are not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, insert, select, update

from camwatch.data.connections import Connections
from camwatch.data.engine import Database
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.reserve import Reserve
from camwatch.data.retention import RetentionRepository
from camwatch.data.schema import (
    camera,
    camera_state,
    counted_by,
    heat_hour,
    hour,
    minute,
    passage,
    passage_minute,
    sample,
)
from camwatch.data.store import Store
from camwatch.domain import Camera, CameraId, CameraState, Passage, PlaceId, Reason, StateChange
from camwatch.errors import DiskFull
from camwatch.history.keeping import Retention, RowClass
from camwatch.scene import Line, Scene
from tests.data.disks import fill, small_disk
from tests.data.values import NOON, settings
from tests.data.values import sample as one_sample

DAY = timedelta(days=1)
KEPT = Retention(sample_days=14, minute_days=30, hour_days=None, trail_days=10)


@pytest.fixture
def connections(database: Database) -> Store:
    return database._connections


@pytest.fixture
def line(database: Database, gate: Camera) -> PlaceId:
    scene = Scene(lines=(Line("Door", (0.5, 0.0), (0.5, 1.0)),))
    return database.scenes.save(gate.id, scene).ids["Door"]


@pytest.fixture
def count(connections: Store) -> Callable[[Table], int]:
    def count(table: Table) -> int:
        with connections.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    return count


def save(database: Database, camera: Camera, *ages: timedelta, seconds: int = 60) -> None:
    """Save a minute of counts that old, each."""
    for age in ages:
        start = NOON - age
        database.counts.save(
            [one_sample(camera, start + timedelta(seconds=second)) for second in range(seconds)],
            [],
        )


def roll(connections: Store, camera_id: CameraId) -> None:
    """Note that the hours of a camera are built."""
    with connections.writing() as connection:
        connection.execute(update(camera).where(camera.c.id == camera_id).values(rolled_zone="UTC"))


def sweep(database: Database, retention: Retention = KEPT, now: datetime = NOON) -> dict[str, int]:
    found = {"rows": 0, "held_back": 0, "steps": 0}
    for step in database.retention.sweep(retention, now):
        found["rows"] += step.rows
        found["held_back"] += step.held_back
        found["steps"] += bool(step.rows)
    return found


def test_old_samples_go_and_their_minutes_stay(
    database: Database, gate: Camera, hall: Camera, count: Callable[[Table], int]
) -> None:
    for one in (gate, hall):
        save(database, one, 20 * DAY, 15 * DAY, 13 * DAY, DAY)
    assert sweep(database)["rows"] == 4 * 60
    assert count(sample) == 4 * 60
    assert count(minute) == 8
    # Once more changes nothing.
    assert sweep(database) == {"rows": 0, "held_back": 0, "steps": 0}


def test_a_sample_goes_by_the_minute_and_not_before_its_time(
    database: Database, gate: Camera, count: Callable[[Table], int]
) -> None:
    save(database, gate, 14 * DAY, 14 * DAY + timedelta(minutes=1))
    sweep(database)
    assert count(sample) == 60
    sweep(database, now=NOON + timedelta(seconds=59))
    assert count(sample) == 60
    sweep(database, now=NOON + timedelta(seconds=60))
    assert count(sample) == 0


def test_a_sample_without_its_minute_stays(
    database: Database, connections: Store, gate: Camera, count: Callable[[Table], int]
) -> None:
    save(database, gate, 20 * DAY, 18 * DAY, 16 * DAY)
    lost = to_ms(NOON - 18 * DAY) // MINUTE_MS
    with connections.writing() as connection:
        connection.execute(minute.delete().where(minute.c.minute == lost))
    assert sweep(database) == {"rows": 120, "held_back": 60, "steps": 1}
    assert count(sample) == 60


def test_minutes_wait_until_the_hours_are_built(
    database: Database, connections: Store, gate: Camera, count: Callable[[Table], int]
) -> None:
    save(database, gate, 40 * DAY, 35 * DAY, 20 * DAY)
    sweep(database)
    assert (count(sample), count(minute)) == (0, 3)
    roll(connections, gate.id)
    sweep(database)
    assert (count(sample), count(minute)) == (0, 1)


def test_hours_stay_for_ever_unless_it_is_said_how_long(
    database: Database, connections: Store, gate: Camera, count: Callable[[Table], int]
) -> None:
    first = to_ms(NOON - 5000 * DAY) // MINUTE_MS
    with connections.writing() as connection:
        names = [one.name for one in hour.c if one.name not in {"camera_id", "start"}]
        for start in (first, to_ms(NOON) // MINUTE_MS):
            values = dict.fromkeys(names, 1) | {"camera_id": gate.id, "start": start}
            connection.execute(insert(hour).values(values))
    sweep(database)
    assert count(hour) == 2
    sweep(database, Retention(hour_days=400))
    assert count(hour) == 1


def test_passages_go_with_the_samples(
    database: Database,
    connections: Store,
    gate: Camera,
    line: PlaceId,
    count: Callable[[Table], int],
) -> None:
    # Several people at one moment: a step never ends within it.
    together = [Passage(line, NOON - 20 * DAY, track, True) for track in range(40)]
    later = [Passage(line, NOON - DAY, 1, False)]
    database.counts.save([], [], [*together, *later])
    assert sweep(database)["rows"] == 40
    assert (count(passage), count(passage_minute)) == (1, 2)


def test_trails_have_a_time_of_their_own(
    database: Database, connections: Store, gate: Camera, count: Callable[[Table], int]
) -> None:
    with connections.writing() as connection:
        for age in (11, 9):
            hours = to_ms(NOON - age * DAY) // (60 * MINUTE_MS)
            values = {"camera_id": gate.id, "hour": hours, "heat": b"heat"}
            connection.execute(insert(heat_hour).values(values))
    sweep(database)
    assert count(heat_hour) == 1


def test_what_counted_the_oldest_sample_is_still_known(
    database: Database, connections: Store
) -> None:
    rows = [(0, 30), (0, 20), (0, 5), (1, 90), (1, 50)]
    with connections.writing() as connection:
        for workstation, age in rows:
            at = to_ms(NOON - age * DAY)
            connection.execute(
                insert(counted_by).values(workstation=workstation, ts=at, model="m", details="{}")
            )
    sweep(database)
    with connections.reading() as connection:
        left = connection.execute(select(counted_by.c.workstation, counted_by.c.ts)).all()
    ages = sorted((number, (to_ms(NOON) - ts) // 86_400_000) for number, ts in left)
    assert ages == [(0, 5), (0, 20), (1, 50)]


def test_the_last_word_on_a_camera_stays(
    database: Database, gate: Camera, hall: Camera, count: Callable[[Table], int]
) -> None:
    states = (CameraState.OK, CameraState.OFFLINE)
    of_gate = [
        StateChange(gate.id, NOON - age * DAY, states[age % 2], Reason.NONE)
        for age in (500, 450, 401, 3)
    ]
    of_hall = StateChange(hall.id, NOON - 900 * DAY, CameraState.OK, Reason.NONE)
    database.counts.save([], [*of_gate, of_hall])
    sweep(database)
    assert count(camera_state) == 5
    sweep(database, Retention(hour_days=400))
    # Of the gate the one before the limit and the newest; of the hall its only one.
    assert count(camera_state) == 3


def test_a_sweep_can_stop_after_any_step_and_go_on_later(
    database: Database, gate: Camera, count: Callable[[Table], int]
) -> None:
    save(database, gate, *(20 * DAY - timedelta(minutes=n) for n in range(30)))
    steps = database.retention.sweep(KEPT, NOON)
    first = next(steps)
    steps.close()
    assert 0 < first.rows < 1800
    assert count(sample) == 1800 - first.rows
    assert sweep(database)["rows"] == 1800 - first.rows
    assert count(minute) == 30


class SlowClock:
    """Tells that each step took so long, in turn with its begin."""

    def __init__(self, took_s: float) -> None:
        self.took_s = took_s
        self._now_s = 0.0
        self._is_begin = False

    def __call__(self) -> float:
        self._is_begin = not self._is_begin
        if not self._is_begin:
            self._now_s += self.took_s
        return self._now_s


@pytest.mark.parametrize(("took_s", "steps"), [(0.2, range(40, 400)), (0.001, range(2, 5))])
def test_steps_become_smaller_where_the_disk_is_slow(
    database: Database, connections: Store, gate: Camera, took_s: float, steps: range
) -> None:
    save(database, gate, *(20 * DAY - timedelta(minutes=n) for n in range(40)))
    slow = RetentionRepository(connections, SlowClock(took_s))
    rows = [step.rows for step in slow.sweep(KEPT, NOON) if step.kind is RowClass.SAMPLES]
    assert sum(rows) == 2400
    assert len(rows) in steps


def test_the_preview_tells_what_a_sweep_then_deletes(
    database: Database, connections: Store, gate: Camera, hall: Camera
) -> None:
    roll(connections, gate.id)
    save(database, gate, 40 * DAY, 20 * DAY, DAY)
    save(database, hall, 40 * DAY, 15 * DAY)
    rows, room = database.retention.outdated(KEPT, NOON)
    # Of the hall no hour is built, so its minute stays.
    assert rows == {RowClass.SAMPLES: 240, RowClass.MINUTES: 1}
    assert room > 240 * 20
    assert sweep(database)["rows"] == 241
    assert database.retention.outdated(KEPT, NOON) == ({}, 0)


def test_many_rows_are_estimated_from_the_time_they_span(
    database: Database, gate: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camwatch.data.retention._COUNTED_AT_MOST", 100)
    save(database, gate, *(20 * DAY - timedelta(minutes=n) for n in range(30)))
    rows, _ = database.retention.outdated(Retention(sample_days=1), NOON)
    assert rows[RowClass.SAMPLES] == pytest.approx(1800, rel=0.02)
    stock = database.retention.stock()
    assert stock[RowClass.SAMPLES][0] == pytest.approx(1800, rel=0.02)
    assert stock[RowClass.SAMPLES][1] == NOON - 20 * DAY
    assert stock[RowClass.MINUTES] == (30, NOON - 20 * DAY)


def test_a_clock_in_1970_and_a_retention_of_a_century_delete_nothing(
    database: Database, gate: Camera, count: Callable[[Table], int]
) -> None:
    save(database, gate, 20 * DAY)
    sweep(database, Retention(36_500, 36_500, 36_500, 36_500), datetime(1970, 1, 2, tzinfo=UTC))
    assert count(sample) == 60


@pytest.mark.sqlite_only
def test_a_new_file_gives_room_back_in_small_steps(database: Database, gate: Camera) -> None:
    save(database, gate, *(20 * DAY - timedelta(minutes=n) for n in range(150)))
    sweep(database)
    before = database.room.facts()
    assert before.can_shrink
    assert before.unused_bytes > 100_000
    # So little is left for the rows of the next days, unless the disk is full.
    assert list(database.room.give_back()) == []
    # Many pages a step, not one.
    assert 1 <= len(list(database.room.give_back(all_of_it=True))) <= 3
    after = database.room.facts()
    assert after.unused_bytes == 0
    assert database.check() == "ok"


@pytest.mark.sqlite_only
def test_an_older_file_is_written_anew_once(database: Database, connections: Store) -> None:
    assert isinstance(connections, Connections)
    with connections.maintaining() as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    assert not database.room.facts().can_shrink
    assert list(database.room.give_back(all_of_it=True)) == []
    assert database.room.can_rebuild()
    database.room.rebuild()
    assert database.room.facts().can_shrink
    assert not database.room.can_rebuild()
    assert database.check() == "ok"
    database.room.tune()


@pytest.mark.sqlite_only
@pytest.mark.expects_warning
@pytest.mark.fault("F69")
def test_on_a_full_disk_the_room_held_back_is_enough_to_make_more(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=32) as disk:
        file = disk / "camwatch.sqlite3"
        with Database.open(file) as database:
            gate = database.cameras.add(settings("Gate"))
            for first in range(0, 60_000, 20_000):
                start = NOON - 20 * DAY + timedelta(seconds=first)
                batch = [one_sample(gate, start + timedelta(seconds=n)) for n in range(20_000)]
                database.counts.save(batch, [])
        reserve = Reserve(disk / "reserve.bin", 8 * 2**20)
        assert reserve.make()
        with Database.open(file) as database:
            fill(disk)
            with pytest.raises(DiskFull):
                list(database.retention.sweep(KEPT, NOON))
            assert reserve.free()
            deleted = sum(step.rows for step in database.retention.sweep(KEPT, NOON))
            assert list(database.room.give_back(all_of_it=True))
            assert database.check() == "ok"
        assert deleted == 60_000
        # Now counts can be saved again.
        assert shutil.disk_usage(disk).free > 2**20
