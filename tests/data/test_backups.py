"""Copies of the history while it is written, and which of them can be trusted."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.data import copying
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.domain import Camera
from camwatch.errors import DatabaseDamaged, DiskFull, GivenUp, NotFound
from tests.data.disks import small_disk
from tests.data.values import NOON, Clock, sample

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def backups(file: Path, tmp_path: Path, clock: Clock) -> Backups:
    return Backups(file, tmp_path / "copies", clock)


def file_of(database: Database) -> Path:
    assert database.file is not None
    return database.file


def samples_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM sample").fetchone()
        return int(count)


def spoil(file: Path, page: int = 20) -> None:
    with file.open("r+b") as stream:
        stream.seek(page * 4096)
        stream.write(b"\xa5" * 4096)


def test_a_copy_is_a_whole_history_with_time_and_schema_in_its_name(
    database: Database, gate: Camera, backups: Backups
) -> None:
    database.counts.save([sample(gate, second) for second in range(50)], [])
    made = backups.make()
    assert made.file.name == "camwatch-20260302T120000Z-schema-0007.sqlite3"
    assert (made.made_at, made.schema, made.is_sound) == (NOON, "0007", True)
    assert made.file_bytes == made.file.stat().st_size > 4096
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert backups.folder.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in backups.folder.iterdir()] == [made.file.name]
    assert samples_in(made.file) == 50
    with Database.open(made.file) as copy:
        assert copy.check() == "ok"
        assert [camera.name for camera in copy.cameras.all()] == ["Gate"]


def test_recording_goes_on_while_a_copy_is_made(
    database: Database, gate: Camera, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece is followed by a batch; a copy that began anew each time would never end."""
    monkeypatch.setattr(copying, "_PAGES", 20)
    database.counts.save([sample(gate, second) for second in range(9_000)], [])
    pieces: list[int] = []

    def record(done: int, total: int) -> None:
        assert done < total or pieces
        at = 400_000 + 10 * len(pieces)
        database.counts.save([sample(gate, at + second) for second in range(10)], [])
        pieces.append(done)

    made = backups.make(progress=record)
    assert len(pieces) > 5
    assert pieces == sorted(set(pieces))
    assert samples_in(made.file) == 9_000  # one moment: none of what came meanwhile
    assert samples_in(file_of(database)) == 9_000 + 10 * len(pieces)


def test_a_copy_neither_writes_nor_empties_the_log(
    database: Database, gate: Camera, backups: Backups
) -> None:
    database.counts.save([sample(gate, second) for second in range(500)], [])
    log = file_of(database).with_name(f"{file_of(database).name}-wal")
    before = log.read_bytes(), file_of(database).stat().st_mtime_ns
    backups.make()
    assert (log.read_bytes(), file_of(database).stat().st_mtime_ns) == before


def test_what_is_given_up_leaves_nothing_behind(
    database: Database, gate: Camera, backups: Backups
) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(GivenUp):
        backups.make(is_given_up=stop.is_set)
    assert list(backups.folder.iterdir()) == []


@pytest.mark.fault("F74")
def test_a_damaged_history_is_not_copied(
    database: Database, gate: Camera, backups: Backups
) -> None:
    database.counts.save([sample(gate, second) for second in range(20_000)], [])
    good = backups.make()
    database.close()
    spoil(file_of(database))
    with pytest.raises(DatabaseDamaged):
        backups.make()
    assert [one.file for one in backups.list()] == [good.file]
    assert [each.name for each in backups.folder.iterdir()] == [good.file.name]


@pytest.mark.fault("F69")
def test_without_room_nothing_is_begun(database: Database, gate: Camera, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 4) as disk:
        backups = Backups(file_of(database), disk / "copies")
        with pytest.raises(DiskFull, match="MiB are free"):
            backups.make()
        assert list(backups.folder.iterdir()) == []


def test_a_copy_is_due_once_a_day(database: Database, backups: Backups, clock: Clock) -> None:
    assert backups.is_due()
    backups.make()
    assert not backups.is_due()
    clock.now = NOON + timedelta(hours=23, minutes=59)
    assert not backups.is_due()
    clock.now = NOON + timedelta(days=1)
    assert backups.is_due()
    clock.now = NOON - timedelta(days=2)  # the clock was wrong before
    assert backups.is_due()


def test_only_the_newest_are_kept(database: Database, backups: Backups, clock: Clock) -> None:
    made = []
    for day in range(4):
        clock.now = NOON + timedelta(days=day)
        made.append(backups.make().file)
    stranger = backups.folder / "holiday.sqlite3"
    stranger.write_bytes(b"mine")
    assert set(backups.thin_out(2)) == set(made[:2])
    assert [one.file for one in backups.list()] == [made[3], made[2]]
    assert stranger.exists()
    assert backups.thin_out(0) == [made[2]]  # the last one stays


def test_two_of_one_second_have_two_names(database: Database, backups: Backups) -> None:
    first, second = backups.make(), backups.make()
    assert first.file != second.file
    assert [one.file for one in backups.list()] == [second.file, first.file]


def test_only_copies_of_this_history_can_be_deleted(
    database: Database, backups: Backups, tmp_path: Path
) -> None:
    made = backups.make()
    other = tmp_path / "letter.txt"
    other.write_text("dear")
    for wrong in (other, file_of(database), backups.folder / ".." / made.file.name):
        with pytest.raises(NotFound):
            backups.delete(wrong)
    assert other.exists()
    assert file_of(database).exists()
    backups.delete(made.file)
    assert backups.list() == []


@pytest.mark.fault("F74")
def test_the_newest_sound_copy_is_found_behind_damaged_ones(
    database: Database, gate: Camera, backups: Backups, clock: Clock
) -> None:
    database.counts.save([sample(gate, second) for second in range(20_000)], [])
    files = []
    for day in range(4):
        clock.now = NOON + timedelta(days=day)
        files.append(backups.make().file)
    spoil(files[3])
    files[2].write_bytes(files[2].read_bytes()[:40_960])
    files[1].write_bytes(b"")
    newest = backups.newest_sound()
    assert newest is not None
    assert newest.file == files[0]
    told = {one.file: one.is_sound for one in backups.list()}
    # What a glance finds is told at once; a damaged page only when all is read.
    assert told == {files[0]: True, files[1]: False, files[2]: False, files[3]: True}
    spoil(files[0])
    assert backups.newest_sound() is None


def test_copies_from_before_a_change_of_the_schema_are_among_them(
    database: Database, backups: Backups
) -> None:
    made = backups.make().file
    before = file_of(database).with_name("camwatch.sqlite3.schema-0005.bak")
    before.write_bytes(made.read_bytes())
    assert {(one.file, one.schema) for one in backups.list()} == {(made, "0007"), (before, "0005")}
