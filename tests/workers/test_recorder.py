"""The recorder: a batch a second, nothing lost while the disk is away, a clean end."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.data.engine import Database
from camwatch.data.spool import Spool
from camwatch.domain import (
    Camera,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
    StateChange,
)
from camwatch.errors import DatabaseBusy, DatabaseGone, DatabaseReadOnly, DiskFull
from camwatch.events import (
    Bus,
    CamerasMeasured,
    CameraStateChanged,
    ClockJumped,
    CountMeasured,
    HistorySaved,
    NoticesChanged,
    PassageSeen,
    PassagesSettled,
    Passing,
    StorageTroubled,
    TrailsGathered,
    ZoneCount,
)
from camwatch.scene import Line, Mode, Scene, Zone
from camwatch.scene.dwell import HourTrails
from camwatch.scene.heat import Heat
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.saving import Timing
from camwatch.workers.store import Store
from tests.data.disks import fill, small_disk
from tests.data.values import NOON, settings


class Desk:
    """A recorder on a real history, with what it said on the bus."""

    def __init__(self, file: Path, queue_rows: int = 1000, delayed_s: float = 0.0) -> None:
        self.database = Database.open(file)
        self.queue_rows = queue_rows
        self.timing = Timing(delayed_s=delayed_s, look_s=0.2, tell_s=0.1)
        self.camera: Camera = self.database.cameras.add(settings())
        self.bus = Bus()
        self.saved: list[HistorySaved] = []
        self.troubles: list[StorageTroubled] = []
        self.batches: list[tuple[int, int]] = []
        self.bus.subscribe(HistorySaved, self.saved.append)
        self.bus.subscribe(StorageTroubled, self.troubles.append)
        self.worker = RecorderWorker(Store(self.save), self.bus, queue_rows, self.timing)

    def save(
        self,
        samples: Sequence[Sample],
        changes: Sequence[StateChange],
        passages: Sequence[Passage] = (),
        trails: Sequence[HourTrails] = (),
        notices: Sequence[NoticeChange] = (),
        *,
        batch_uid: str = "",
        settled: Sequence[str] = (),
    ) -> int:
        self.batches.append((len(samples), len(changes)))
        return self.database.counts.save(
            samples, changes, passages, trails, notices, batch_uid=batch_uid, settled=settled
        )

    def count(self, second: float, people: int = 1) -> None:
        self.bus.publish(
            CountMeasured(
                at=at(second),
                camera_id=self.camera.id,
                seq=0,
                count=people,
                confidence=0.5,
                processing_s=0.01,
                interval_s=1.0,
                boxes=np.zeros((0, 4), np.float32),
                scores=np.zeros(0, np.float32),
                model="nanodet-g",
            )
        )

    def state(
        self, second: float, state: CameraState, reason: Reason = Reason.NONE, detail: str = ""
    ) -> None:
        self.bus.publish(
            CameraStateChanged(at(second), self.camera.id, state, reason, NOON, detail)
        )

    def stored(self) -> list[int]:
        """Return the seconds after noon of all stored samples."""
        with self.database._connections.reading() as connection:
            rows = connection.exec_driver_sql("SELECT ts FROM sample ORDER BY ts").scalars()
            return [round(ts / 1000 - NOON.timestamp()) for ts in rows]

    def kinds(self) -> list[type[object] | None]:
        """Return what was said of the disk, without what only told other numbers."""
        kinds = [None if one.error is None else type(one.error) for one in self.troubles]
        return [kind for kind, _ in groupby(kinds)]

    def end(self) -> None:
        self.worker.request_stop()
        assert self.worker.wait(5000)

    def is_calm(self) -> bool:
        """Tell whether the last thing that was said of the disk is that it works again."""
        return bool(self.troubles) and self.troubles[-1].error is None


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(tmp_path / "camwatch.sqlite3")
    yield desk
    desk.end()
    desk.database.close()


@pytest.fixture
def disk_desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    with small_disk(tmp_path / "disk", mib=2) as disk:
        desk = Desk(disk / "camwatch.sqlite3")
        yield desk
        desk.end()
        desk.database.close()


def test_counts_and_states_are_saved_in_one_batch(desk: Desk, qtbot: QtBot) -> None:
    desk.worker.start()
    desk.count(0)
    desk.state(0.5, CameraState.OFFLINE, Reason.TIMEOUT)
    desk.count(1)
    qtbot.waitUntil(lambda: bool(desk.saved))
    assert desk.batches == [(2, 1)]
    assert desk.saved[0].rows == 3
    assert desk.stored() == [0, 1]
    (change,) = desk.database.counts.last_states()
    assert (change.state, change.reason) == (CameraState.OFFLINE, Reason.TIMEOUT)
    assert change.at == NOON + timedelta(seconds=0.5)
    assert desk.troubles == []
    assert desk.worker.waiting_rows == 0


@pytest.mark.fault("F58")
def test_a_state_from_ahead_is_not_the_last_word_when_the_clock_was_set_back(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.worker.start()
    desk.state(3000, CameraState.OFFLINE, Reason.TIMEOUT)
    desk.state(3100, CameraState.OK)
    desk.state(3200, CameraState.OFFLINE, Reason.TIMEOUT)
    # At 3500 the clock was set back by 3500 s.
    desk.bus.publish(ClockJumped(at(0), -3500))
    desk.state(1, CameraState.OFFLINE, Reason.TIMEOUT, "told anew, and no news")
    desk.state(10, CameraState.OK)
    desk.bus.publish(CamerasMeasured(at(3499), {}))
    desk.bus.publish(CamerasMeasured(at(3501), {}))
    desk.bus.publish(CamerasMeasured(at(3503), {}))
    desk.state(3600, CameraState.OK)
    desk.end()
    changes = desk.database.counts.state_changes(desk.camera.id, NOON, at(4000))
    assert [((one.at - NOON).total_seconds(), one.state) for one in changes] == [
        (0, CameraState.OFFLINE),
        (10, CameraState.OK),
        (3000, CameraState.OFFLINE),
        (3100, CameraState.OK),
        (3200, CameraState.OFFLINE),
        (3501, CameraState.OK),
    ]


def test_passages_zones_and_trails_are_saved_with_their_counts(desk: Desk, qtbot: QtBot) -> None:
    door = Line("Door", (0.5, 0), (0.5, 1))
    queue = Zone("Queue", ((0, 0), (1, 0), (1, 1)))
    ids = desk.database.scenes.save(desk.camera.id, Scene(lines=(door,), zones=(queue,))).ids
    door_id, queue_id = ids["Door"], ids["Queue"]
    desk.worker.start()
    desk.bus.publish(
        CountMeasured(
            at=NOON,
            camera_id=desk.camera.id,
            seq=0,
            count=3,
            confidence=0.5,
            processing_s=0.0,
            interval_s=1.0,
            boxes=np.zeros((0, 4), np.float32),
            scores=np.zeros(0, np.float32),
            model="nanodet-g",
            shown=2,
            is_carried=True,
            zones=(ZoneCount(queue_id, "Queue", 2),),
            passing=Passing(
                Mode.IN_OUT, None, (door_id,), (PassageSeen(door_id, "Door", NOON, 5, True),)
            ),
        )
    )
    settled = PassageSeen(door_id, "Door", NOON, 6, False)
    desk.bus.publish(PassagesSettled(NOON, (settled,)))
    hour = int(NOON.timestamp()) // 3600
    desk.bus.publish(TrailsGathered(NOON, (HourTrails(desk.camera.id, hour, Heat.empty()),)))
    qtbot.waitUntil(lambda: bool(desk.saved))
    assert desk.batches == [(1, 0)]
    with desk.database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT count, shown, is_carried FROM sample").one() == (
            3,
            2,
            1,
        )
        assert connection.exec_driver_sql(
            "SELECT place_id, inwards, outwards, valid_ms FROM passage_minute"
        ).one() == (door_id, 1, 1, 1000)
        assert connection.exec_driver_sql(
            "SELECT place_id, people_ms, covered_ms FROM zone_minute"
        ).one() == (queue_id, 2000, 1000)
        assert connection.exec_driver_sql("SELECT camera_id, hour FROM heat_hour").one() == (
            desk.camera.id,
            hour,
        )


def test_what_comes_before_the_thread_runs_is_not_lost(desk: Desk, qtbot: QtBot) -> None:
    desk.count(0)
    desk.worker.start()
    qtbot.waitUntil(lambda: desk.stored() == [0])


def test_the_same_state_with_other_details_is_stored_once(desk: Desk, qtbot: QtBot) -> None:
    desk.worker.start()
    desk.state(0, CameraState.OFFLINE, Reason.TIMEOUT, "in 2 s")
    desk.state(1, CameraState.OFFLINE, Reason.TIMEOUT, "in 4 s")
    desk.state(2, CameraState.OFFLINE, Reason.REFUSED)
    desk.state(3, CameraState.OFFLINE, Reason.TIMEOUT)
    qtbot.waitUntil(lambda: bool(desk.saved))
    assert desk.batches == [(0, 3)]


def test_what_is_wrong_with_pictures_is_stored_when_it_comes_and_when_it_goes(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.worker.start()
    for second, notices in enumerate(({Notice.BLACK}, {Notice.BLACK, Notice.RESHAPED}, set())):
        desk.bus.publish(NoticesChanged(at(second), desk.camera.id, frozenset(notices)))
    qtbot.waitUntil(lambda: bool(desk.saved))
    desk.end()
    stored = desk.database.counts.notice_changes(desk.camera.id, at(0), at(10))
    assert [(one.at, one.notice, one.is_present) for one in stored] == [
        (at(0), Notice.BLACK, True),
        (at(1), Notice.RESHAPED, True),
        (at(2), Notice.BLACK, False),
        (at(2), Notice.RESHAPED, False),
    ]


def test_asked_to_end_it_saves_what_waits_at_once(desk: Desk) -> None:
    desk.worker.start()
    for second in range(200):
        desk.count(second)
    desk.end()
    assert desk.stored() == list(range(200))
    desk.count(999)  # nobody listens any more
    assert desk.worker.waiting_rows == 0


def test_an_idle_recorder_ends_at_once(desk: Desk) -> None:
    desk.worker.start()
    desk.end()
    assert desk.batches == []


def test_many_rows_are_saved_in_pieces(tmp_path: Path, qtbot: QtBot) -> None:
    desk = Desk(tmp_path / "camwatch.sqlite3", queue_rows=20_000)
    for second in range(12_000):
        desk.count(second)
    desk.worker.start()
    desk.end()
    assert desk.batches == [(5000, 0), (5000, 0), (2000, 0)]
    assert desk.stored() == list(range(12_000))
    desk.database.close()


@pytest.mark.expects_warning
def test_a_locked_database_delays_and_loses_nothing(desk: Desk, qtbot: QtBot) -> None:
    with closing(sqlite3.connect(desk.database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        desk.worker.start()
        for second in range(10):
            desk.count(second)
        qtbot.waitUntil(lambda: bool(desk.troubles), timeout=10_000)
        assert isinstance(desk.troubles[0].error, DatabaseBusy)
        assert desk.troubles[0].waiting_rows >= 10
        for second in range(10, 20):
            desk.count(second)
        tries = len(desk.batches)
        qtbot.waitUntil(lambda: len(desk.batches) > tries, timeout=10_000)
        assert desk.stored() == []
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: desk.stored() == list(range(20)), timeout=20_000)
    # Told once that it broke, and once that it works, however many tries there were.
    assert desk.kinds() == [DatabaseBusy, None]
    assert desk.troubles[-1].lost_rows == 0


@pytest.mark.expects_warning
def test_a_full_disk_delays_and_loses_nothing(disk_desk: Desk, qtbot: QtBot) -> None:
    desk = disk_desk
    ballast = fill(desk.database.file.parent)
    for second in range(1000):
        desk.count(second)
    desk.worker.start()
    qtbot.waitUntil(lambda: DiskFull in desk.kinds(), timeout=10_000)
    assert desk.stored() == []
    ballast.unlink()
    qtbot.waitUntil(desk.is_calm, timeout=20_000)
    assert desk.stored() == list(range(1000))
    assert desk.kinds() == [DiskFull, None]


@pytest.mark.expects_warning
def test_a_file_that_cannot_be_written_is_opened_anew(desk: Desk, qtbot: QtBot) -> None:
    with desk.database._connections.writing() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    desk.worker.start()
    desk.count(0)
    qtbot.waitUntil(lambda: desk.kinds() == [DatabaseReadOnly, None], timeout=20_000)
    assert desk.stored() == [0]


@pytest.mark.expects_warning
def test_a_deleted_file_delays_and_loses_nothing_once_it_is_back(desk: Desk, qtbot: QtBot) -> None:
    aside = desk.database.file.with_name("aside")
    desk.database.file.rename(aside)
    desk.worker.start()
    desk.count(0)
    qtbot.waitUntil(lambda: bool(desk.troubles), timeout=10_000)
    assert "deleted, moved or replaced" in str(desk.troubles[0].error)
    desk.count(1)
    aside.rename(desk.database.file)
    qtbot.waitUntil(lambda: desk.stored() == [0, 1], timeout=20_000)
    assert desk.kinds() == [DatabaseGone, None]


class BrokenDisk:
    """Says what it is told to say; keeps what it was given."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.samples: list[Sample] = []
        self.tries = 0

    def save(
        self,
        samples: Sequence[Sample],
        changes: Sequence[StateChange],
        passages: Sequence[Passage] = (),
        trails: Sequence[HourTrails] = (),
        notices: Sequence[NoticeChange] = (),
        *,
        batch_uid: str = "",
        settled: Sequence[str] = (),
    ) -> int:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self.samples += samples
        return len(samples)


@pytest.fixture
def disk() -> BrokenDisk:
    return BrokenDisk()


def watch(desk: Desk, disk: BrokenDisk, queue_rows: int) -> RecorderWorker:
    desk.end()
    desk.worker = RecorderWorker(Store(disk.save), desk.bus, queue_rows, desk.timing)
    return desk.worker


@pytest.mark.expects_warning
def test_when_no_more_may_wait_the_newest_are_lost_and_told_of(
    desk: Desk, disk: BrokenDisk, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    disk.error = DiskFull("no room")
    worker = watch(desk, disk, queue_rows=10)
    worker.start()
    desk.count(0)
    qtbot.waitUntil(lambda: desk.kinds() == [DiskFull], timeout=10_000)
    for second in range(1, 25):
        desk.count(second)
    assert worker.waiting_rows == 10
    qtbot.waitUntil(lambda: desk.troubles[-1].lost_rows == 15, timeout=20_000)
    assert desk.troubles[-1].waiting_rows == 10
    disk.error = None
    qtbot.waitUntil(desk.is_calm, timeout=20_000)
    qtbot.waitUntil(lambda: worker.waiting_rows == 0, timeout=10_000)
    assert [one.at - NOON for one in disk.samples] == [timedelta(seconds=s) for s in range(10)]
    assert desk.troubles[-1].lost_rows == 15
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "rows are lost" in errors[0].getMessage()


@pytest.mark.expects_warning
def test_another_kind_of_trouble_is_told_too(desk: Desk, disk: BrokenDisk, qtbot: QtBot) -> None:
    disk.error = DatabaseBusy("held")
    watch(desk, disk, queue_rows=10).start()
    desk.count(0)
    qtbot.waitUntil(lambda: desk.kinds() == [DatabaseBusy], timeout=10_000)
    disk.error = DiskFull("no room")
    qtbot.waitUntil(lambda: desk.kinds() == [DatabaseBusy, DiskFull], timeout=10_000)


@pytest.mark.expects_warning
def test_asked_to_end_while_the_disk_is_away_it_tries_once_and_says_what_is_lost(
    desk: Desk, disk: BrokenDisk, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    disk.error = DiskFull("no room")
    worker = watch(desk, disk, queue_rows=10)
    worker.start()
    for second in range(3):
        desk.count(second)
    qtbot.waitUntil(lambda: disk.tries == 1, timeout=10_000)
    desk.count(3)
    desk.end()
    assert disk.tries == 2
    assert desk.troubles[-1].lost_rows == 4
    assert "4 rows of history are lost" in caplog.text


@pytest.mark.expects_warning
def test_what_waits_at_the_end_is_saved_after_the_next_start_without_a_new_row(
    desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.end()

    def start() -> None:
        store = Store(desk.save, Spool(tmp_path / "spool", 2**24))
        desk.worker = RecorderWorker(store, desk.bus, 1000, desk.timing)
        desk.worker.start()

    with closing(sqlite3.connect(desk.database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start()
        for second in range(5):
            desk.count(second)
        desk.end()
        assert desk.worker.waiting_rows == 5
        assert desk.troubles[-1].lost_rows == 0
        other.execute("ROLLBACK")
    start()
    qtbot.waitUntil(lambda: desk.stored() == [0, 1, 2, 3, 4], timeout=20_000)
    qtbot.waitUntil(lambda: desk.worker.waiting_rows == 0)


@pytest.mark.expects_warning
def test_after_a_bug_the_successor_saves_what_waited(
    desk: Desk, disk: BrokenDisk, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.end()
    disk.error = ZeroDivisionError()
    store = Store(disk.save, Spool(tmp_path / "spool", 2**24))
    broken = desk.worker = RecorderWorker(store, desk.bus, 1000, desk.timing)
    with qtbot.waitSignal(broken.crashed, timeout=10_000):
        broken.start()
        desk.count(0)
    assert broken.wait(5000)
    disk.error = None
    desk.worker = RecorderWorker(store, desk.bus, 1000, desk.timing)
    desk.worker.start()
    desk.count(1)
    qtbot.waitUntil(lambda: bool(disk.samples), timeout=10_000)
    # The batch that broke it is set aside, so that it does not break the next one too.
    assert [one.at for one in disk.samples] == [at(1)]
    assert len(list((tmp_path / "spool").glob("*.refused"))) == 1


@pytest.mark.expects_warning
def test_a_bug_ends_it_and_its_successor_takes_over(
    desk: Desk, disk: BrokenDisk, qtbot: QtBot
) -> None:
    disk.error = ZeroDivisionError()
    broken = watch(desk, disk, queue_rows=10)
    with qtbot.waitSignal(broken.crashed, timeout=10_000):
        broken.start()
        desk.count(0)
    assert broken.wait(5000)
    disk.error = None
    lost = broken.waiting_rows
    watch(desk, disk, queue_rows=10).start()
    desk.count(1)
    qtbot.waitUntil(lambda: len(disk.samples) == 1, timeout=10_000)
    assert disk.samples[0].at == NOON + timedelta(seconds=1)
    assert broken.waiting_rows == lost == 1  # it does not listen any more


def test_rows_from_many_threads_are_all_counted(desk: Desk, qtbot: QtBot) -> None:
    desk.worker.start()

    def publish(number: int) -> None:
        for step in range(100):
            desk.count(number * 100 + step)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.end()
    assert desk.stored() == list(range(800))
