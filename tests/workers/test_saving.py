"""Saving while the history is away: in order, once, nothing lost, and told in time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.data.engine import Database
from camwatch.data.reserve import Reserve
from camwatch.data.spool import Spool
from camwatch.domain import BucketSize, CameraState, Reason, Sample
from camwatch.errors import (
    DatabaseBusy,
    DatabaseGone,
    DatabaseReadOnly,
    DiskFailing,
    DiskFull,
)
from camwatch.events import Bus, ReserveFreed, StorageSuspect, StorageTroubled
from camwatch.history.batches import Batch, Row
from camwatch.scene.dwell import HourTrails
from camwatch.scene.heat import Heat
from camwatch.ui.error_text import text_for
from camwatch.workers.saving import Saver, Timing
from camwatch.workers.store import Store
from tests.data.disks import fill, make_read_only, small_disk
from tests.data.values import NOON, change, sample, settings
from tests.support.file_history import connections_of

TIMING = Timing(delayed_s=5.0, look_s=30.0, reserve_s=60.0, tell_s=2.0, leave_s=0.0)


@pytest.fixture(autouse=True)
def wait_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is locked is given up after a moment; the tests put the clock forward."""
    monkeypatch.setattr("camwatch.data.counts._SAVE_WAIT_S", 0.02)


class Site:
    """A history with its spool, and a saver on a clock that is put forward by hand."""

    def __init__(self, folder: Path, profile: Path | None = None, reserve_mib: int = 0) -> None:
        self.profile = profile or folder
        self.database = Database.open(folder / "camwatch.sqlite3")
        self.camera = (self.database.cameras.all() or [self.database.cameras.add(settings())])[0]
        self.now_s = 1000.0
        self.bus = Bus()
        self.troubles: list[StorageTroubled] = []
        self.suspects: list[StorageSuspect] = []
        self.freed: list[ReserveFreed] = []
        self.notes: list[str] = []
        self.bus.subscribe(StorageTroubled, self.troubles.append)
        self.bus.subscribe(StorageSuspect, self.suspects.append)
        self.bus.subscribe(ReserveFreed, self.freed.append)
        self.reserve = Reserve(self.profile / "reserve.bin", reserve_mib * 2**20)
        self.start()

    def start(self, save: Callable[..., int] | None = None) -> None:
        """Begin anew, as after a start of the program or in a recorder that takes over."""
        self.spool = Spool(self.profile / "spool", 2**26)
        store = Store(
            save or self.database.counts.save,
            self.spool,
            self.reserve,
            self.database.check_still_there,
            self.database.check,
            self.database.identity,
            self.notes.append,
        )
        self.saver = Saver(store, self.bus, TIMING, lambda: self.now_s)
        self.saver.begin()

    def second(self, *rows: Row) -> None:
        """Let a second pass in which these rows come."""
        self.now_s += 1.0
        self.saver.add(rows)
        self.saver.step()

    def counts(self, first: int, stop: int) -> None:
        for number in range(first, stop):
            self.second(sample(self.camera, number, number % 7))

    def until_calm(self) -> None:
        for _ in range(60):
            self.second()
            if not self.saver.held_rows and not self.spool and self.troubles[-1].error is None:
                return
        raise AssertionError("it does not get well")

    def stored(self) -> list[int]:
        """Return the seconds after noon of all stored samples, in their order."""
        with self.database._connections.reading() as connection:
            rows = connection.exec_driver_sql("SELECT ts FROM sample ORDER BY ts").scalars()
            return [round(ts / 1000 - NOON.timestamp()) for ts in rows]

    def close(self) -> None:
        self.saver.finish()
        self.database.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


def lock(file: Path) -> sqlite3.Connection:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_while_all_is_well_nothing_goes_to_the_disk_beside_it(site: Site) -> None:
    site.counts(0, 5)
    assert site.stored() == [0, 1, 2, 3, 4]
    assert not (site.profile / "spool").exists()
    assert site.troubles == []
    with site.database._connections.reading() as connection:
        # The uid of the last one only: the others cannot be given again.
        assert connection.exec_driver_sql("SELECT count(*) FROM saved_batch").scalar() == 1


@pytest.mark.fault("F67")
def test_locked_for_two_seconds_nobody_is_bothered(site: Site) -> None:
    with closing(lock(site.database.file)) as other:
        site.counts(0, 2)
        assert site.stored() == []
        other.execute("ROLLBACK")
    site.counts(2, 6)
    assert site.stored() == list(range(6))
    assert site.troubles == []
    assert not (site.profile / "spool").exists()


@pytest.mark.expects_warning
@pytest.mark.fault("F67")
def test_locked_for_a_minute_rows_wait_on_the_disk_and_there_is_no_gap(site: Site) -> None:
    with closing(lock(site.database.file)) as other:
        site.counts(0, 4)
        assert site.troubles == []
        site.counts(4, 60)
        told = site.troubles[0]
        assert isinstance(told.error, DatabaseBusy)
        assert told.since is not None
        last = site.troubles[-1]
        assert last.waiting_rows >= 55
        assert last.spooled_rows == last.waiting_rows
        assert site.saver.spooled_rows == 60
        assert site.saver.held_rows == 0
        assert site.stored() == []
        other.execute("ROLLBACK")
    site.until_calm()
    assert site.stored() == list(range(60))
    assert site.troubles[-1] == StorageTroubled(site.troubles[-1].at, None, 0)
    assert list((site.profile / "spool").iterdir()) == []
    (minute,) = site.database.counts.buckets(
        None, BucketSize.MINUTE, NOON, NOON + timedelta(minutes=1), ZoneInfo("UTC")
    )
    assert (minute.samples, minute.coverage) == (60, 1.0)
    site.counts(60, 61)
    with site.database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM saved_batch").scalar() == 1


@pytest.mark.expects_warning
def test_what_waits_when_the_program_ends_is_saved_at_the_next_start(site: Site) -> None:
    rows: list[Row] = [sample(site.camera, 0), sample(site.camera, 1)]
    rows.append(change(site.camera, 1, CameraState.OFFLINE, Reason.TIMEOUT))
    rows.append(change(site.camera, 1, CameraState.OK))
    with closing(lock(site.database.file)):
        site.second(*rows)
        site.saver.finish()
        assert site.troubles[-1].lost_rows == 0
    assert site.stored() == []
    site.start()
    assert site.saver.wait_s() == 0.0  # it does not need a new row for that
    site.second()
    assert site.stored() == [0, 1]
    changes = site.database.counts.state_changes(site.camera.id, NOON, NOON + timedelta(hours=1))
    assert [one.state for one in changes] == [CameraState.OFFLINE, CameraState.OK]
    assert not site.spool


@pytest.mark.expects_warning
def test_new_rows_stay_behind_those_that_wait(site: Site) -> None:
    """Of two states in one millisecond the later one is the last word."""
    off = change(site.camera, 5, CameraState.OFFLINE, Reason.TIMEOUT)
    with closing(lock(site.database.file)):
        site.second(off)
        site.saver.finish()
    site.start()
    site.second(change(site.camera, 5, CameraState.OK))
    assert [one.state for one in site.database.counts.last_states()] == [CameraState.OK]


def test_a_batch_given_again_after_an_unclear_error_changes_nothing(site: Site) -> None:
    zone_dwell = HourTrails(site.camera.id, 490_000, Heat.empty(), {})
    rows: tuple[Row, ...] = (sample(site.camera, 0, 3), zone_dwell)
    broken = 0

    def save(*args: object, **names: object) -> int:
        nonlocal broken
        stored = site.database.counts.save(*args, **names)  # type: ignore[arg-type]
        broken += 1
        if broken == 1:
            raise DatabaseBusy("stored, and nobody knows")
        return stored

    site.start(save)
    site.second(*rows)
    site.counts(10, 14)
    assert site.stored() == [0, 10, 11, 12, 13]
    with site.database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT sum(samples) FROM minute").scalar() == 5


def test_trails_are_added_once_however_often_their_batch_is_given(site: Site) -> None:
    hour = int(NOON.timestamp()) // 3600
    watched = replace(Heat.empty(), watched_s=60.0)
    trails = HourTrails(site.camera.id, hour, watched, {})
    batch = Batch("a" * 36, (trails,))
    for _ in range(3):
        site.database.counts.save([], [], [], batch.trails, batch_uid=batch.uid)
    heat = site.database.trails.heat(site.camera.id, NOON, NOON + timedelta(hours=1))
    assert heat.watched_s == 60.0


@pytest.mark.expects_warning
def test_killed_between_saving_and_letting_go_a_batch_is_saved_once(site: Site) -> None:
    with closing(lock(site.database.file)):
        site.second(sample(site.camera, 0))
        site.saver.finish()
    site.start()
    waiting = site.spool.first()
    assert waiting is not None
    site.database.counts.save(waiting.samples, [], batch_uid=waiting.uid)
    site.start()  # it never heard of that
    site.second()
    assert site.stored() == [0]
    with site.database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT samples FROM minute").scalar() == 1


def test_an_operator_gets_a_turn_while_much_is_drained(site: Site) -> None:
    for number in range(100):
        site.spool.append(Batch(f"{number:036d}", (sample(site.camera, number),)))
    seen: list[int] = []

    def leave(_seconds: float) -> None:
        if len(seen) < 5:  # nobody holds the lock between two batches
            with site.database._connections.writing(0.0):
                seen.append(site.spool.waiting_rows)

    site.saver._leave = leave
    site.second()
    assert len(seen) == 5
    site.now_s += 1
    while site.spool:
        site.second()
    assert site.stored() == list(range(100))


@pytest.mark.expects_warning
@pytest.mark.fault("F69")
def test_a_full_disk_gives_the_held_back_room_free_and_saving_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=4) as disk:
        site = Site(disk, reserve_mib=1)
        assert (disk / "reserve.bin").exists()
        site.counts(0, 3)
        fill(disk)
        number = 3
        while not site.freed and number < 400:
            many = [sample(site.camera, number * 100 + row) for row in range(100)]
            site.second(*many)
            number += 1
        assert site.freed[0].freed_bytes == 2**20
        site.second()
        assert site.saver.held_rows == 0  # whoever deletes old rows has room for it
        # Nobody did, and that is full now, too: so rows wait in memory.
        fill(disk).rename(disk / "more")
        while not (site.troubles and site.troubles[-1].waiting_rows > 3000):
            site.second(*[sample(site.camera, number * 100 + row) for row in range(100)])
            number += 1
        assert isinstance(site.troubles[-1].error, DiskFull)
        assert site.troubles[-1].lost_rows == 0
        (disk / "more").unlink()
        (disk / "ballast").unlink(missing_ok=True)
        site.until_calm()
        expected = {0, 1, 2} | set(range(300, number * 100))
        assert set(site.stored()) == expected
        assert site.database.check() == "ok"
        site.now_s += 60
        site.second()
        assert len(site.freed) == 1
        site.close()


@pytest.mark.expects_warning
@pytest.mark.fault("F71")
def test_a_disk_that_becomes_read_only_lets_counts_wait_beside_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=4) as disk:
        profile = tmp_path / "profile"
        profile.mkdir()
        site = Site(disk, profile)
        site.counts(0, 2)
        connections_of(site.database)._writer.dispose()
        connections_of(site.database)._readers.dispose()
        make_read_only(disk)
        site.counts(2, 12)
        assert isinstance(site.troubles[0].error, DatabaseReadOnly)
        assert site.saver.spooled_rows == 10
        make_writable(disk)
        site.until_calm()
        assert site.stored() == list(range(12))
        site.close()


def make_writable(disk: Path) -> None:
    assert os.system(f"mount -o remount,rw {disk}") == 0


@pytest.mark.expects_warning
@pytest.mark.fault("F76")
@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_is_gone_is_noticed_without_any_row_and_rows_wait_for_it(
    site: Site, is_replaced: bool
) -> None:
    site.counts(0, 2)
    file = site.database.file
    aside = file.with_name("aside")
    file.rename(aside)
    if is_replaced:
        file.touch()
    passed = 0.0
    while not site.troubles and passed <= 60:
        wait_s = max(site.saver.wait_s(), 0.1)
        passed += wait_s
        site.now_s += wait_s
        site.saver.step()
    assert passed <= 60
    error = site.troubles[0].error
    assert isinstance(error, DatabaseGone)
    # The banner says these words, not those of the log.
    assert "deleted, moved or replaced" in text_for(error).sentence
    assert "Put the same file back" in text_for(error).what_to_do
    site.counts(2, 20)
    assert site.saver.spooled_rows == 18
    aside.replace(file)
    site.until_calm()
    assert site.stored() == list(range(20))


@pytest.mark.expects_warning
def test_a_batch_that_the_history_refuses_is_set_aside_and_holds_nobody_up(site: Site) -> None:
    other = Sample(site.camera.id + 99, NOON, 1, 0.5, 0.01, 1.0)  # type: ignore[arg-type]
    with closing(lock(site.database.file)):
        site.second(other)
        site.saver.finish()
    site.start()
    site.saver.add([sample(site.camera, 7)])
    with pytest.raises(Exception, match="constraint"):
        site.saver.step()
    site.saver.shelter()
    assert [file.suffix for file in (site.profile / "spool").iterdir()].count(".refused") == 1
    site.start()
    site.second()
    assert site.stored() == [7]


@pytest.mark.expects_warning
@pytest.mark.fault("F72")
def test_an_error_of_the_disk_is_looked_into_told_and_written_down(site: Site) -> None:
    tries = 0

    def save(*args: object, **names: object) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise DiskFailing("The disk reports an error.")
        return site.database.counts.save(*args, **names)  # type: ignore[arg-type]

    site.start(save)
    site.second(sample(site.camera, 0))
    assert site.saver._check is not None
    site.saver._check.join()
    site.counts(1, 5)
    assert site.stored() == list(range(5))
    (suspect,) = site.suspects
    assert suspect.words.startswith("Storage may be failing. ")
    assert "is sound" in suspect.words
    assert len(site.notes) == 1
    assert site.troubles[-1].error is None
