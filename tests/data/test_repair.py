"""A history that is damaged: what is found, what can be put in its place, what can be read."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.commands.repair_desk import RepairDesk
from camwatch.commands.trail import Trail
from camwatch.data.backups import Backups
from camwatch.data.copying import quick_check
from camwatch.data.engine import Database
from camwatch.data.soundness import Unchecked, find_damage
from camwatch.errors import DatabaseDamaged, GivenUp, NotFound
from camwatch.history.repair import FileFault
from tests.data.values import NOON, Clock, sample, settings

pytestmark = pytest.mark.sqlite_only

CAMERAS = 3
SECONDS = 9000


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a history of a few hundred pages once."""
    file = tmp_path_factory.mktemp("pattern") / "camwatch.sqlite3"
    with Database.open(file, clock=Clock()) as database:
        for number in range(CAMERAS):
            camera = database.cameras.add(settings(f"camera {number}", site="North"))
            database.counts.save([sample(camera, second, 2) for second in range(SECONDS)], [])
        for number in range(40):
            database.audit.append("emil", "history", f"chart {number}", "done", {})
    return file


@pytest.fixture
def filled(file: Path, pattern: Path) -> Path:
    """Return a history of a few hundred pages, closed."""
    shutil.copyfile(pattern, file)
    return file


@pytest.fixture
def backups(filled: Path, tmp_path: Path, clock: Clock) -> Backups:
    return Backups(filled, tmp_path / "backups", clock)


@pytest.fixture
def desk(filled: Path, backups: Backups, clock: Clock) -> RepairDesk:
    return RepairDesk(filled, backups, clock)


def spoil(file: Path, *pages: int) -> None:
    with file.open("r+b") as stream:
        for page in pages:
            stream.seek(page * 4096)
            stream.write(bytes(random.Random(page).randrange(256) for _ in range(4096)))


def beside(file: Path) -> set[str]:
    """Return the files of the folder; looking at a history may leave an empty log."""
    assert not log_of(file).exists() or log_of(file).stat().st_size == 0
    left = {f"{file.name}-wal", f"{file.name}-shm"}
    return {each.name for each in file.parent.iterdir() if each.is_file()} - left


def samples_of(file: Path) -> set[tuple[int, int]]:
    with closing(sqlite3.connect(file)) as connection:
        return set(connection.execute("SELECT camera_id, ts FROM sample"))


def log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def left_in_log(file: Path, first_s: int, rows: int) -> bytes:
    """Save rows as if the program were killed then: they are in the log only."""
    kept = file.with_name("kept.sqlite3")
    with Database.open(file) as database:
        camera = database.cameras.all()[0]
        database.counts.save([sample(camera, first_s + second) for second in range(rows)], [])
        shutil.copyfile(file, kept)
        log = log_of(file).read_bytes()
    kept.replace(file)
    return log


# ---------------------------------------------------------------- what is found


def test_a_sound_history_is_sound(filled: Path) -> None:
    assert find_damage(filled, has_copies=True) is None
    assert find_damage(filled, has_copies=True, is_whole=True) is None


def test_a_new_profile_is_not_damaged(tmp_path: Path) -> None:
    file = tmp_path / "none.sqlite3"
    assert find_damage(file, has_copies=False) is None
    file.touch()  # the first start was killed
    assert find_damage(file, has_copies=False) is None


@pytest.mark.fault("F75")
@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (lambda data: bytes(100) + data[100:], FileFault.NO_DATABASE),
        (lambda _: b"Dear Sir or Madam, " * 1000, FileFault.NO_DATABASE),
        (lambda data: data[:50], FileFault.DAMAGED),
        (lambda data: data[: len(data) // 2], FileFault.DAMAGED),
        (lambda data: data[: len(data) // 2 - 1000], FileFault.DAMAGED),
        (lambda _: b"", FileFault.EMPTY),
        (None, FileFault.MISSING),
    ],
)
def test_a_file_that_is_no_history_any_more_is_told(
    filled: Path, backups: Backups, spoiled: Callable[[bytes], bytes] | None, fault: FileFault
) -> None:
    backups.make()
    if spoiled is None:
        filled.unlink()
    else:
        filled.write_bytes(spoiled(filled.read_bytes()))
    damage = find_damage(filled, has_copies=True)
    assert damage is not None
    assert damage.fault is fault


@pytest.mark.fault("F74")
def test_a_damaged_page_is_found_before_anything_is_written(filled: Path) -> None:
    spoil(filled, 60)
    before = filled.read_bytes()
    damage = find_damage(filled, has_copies=False)
    assert damage is not None
    assert damage.fault is FileFault.DAMAGED
    assert damage.can_be_salvaged
    assert damage.newest_entry is not None
    assert filled.read_bytes() == before


def test_a_look_ends_in_time(filled: Path) -> None:
    with pytest.raises(Unchecked):
        find_damage(filled, has_copies=False, within_s=-1.0)


def test_a_look_through_one_long_table_is_broken_off(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "long.sqlite3")) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE song (place INTEGER PRIMARY KEY, title TEXT)")
        titles = (("x" * 400,) for _ in range(100_000))
        connection.executemany("INSERT INTO song (title) VALUES (?)", titles)
        connection.commit()
    asked = count()
    with (
        closing(sqlite3.connect(tmp_path / "long.sqlite3", check_same_thread=False)) as connection,
        pytest.raises(GivenUp),
    ):
        quick_check(connection, lambda: next(asked) > 0)  # while it looks, not before


def test_a_database_of_another_program_is_not_ours_to_repair(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE song (title TEXT)")
    assert find_damage(other, has_copies=True) is None
    with pytest.raises(DatabaseDamaged, match="another program"):
        Database.open(other)


# ---------------------------------------------------------------- its log


@pytest.mark.fault("F77")
def test_a_log_that_was_left_is_read(filled: Path) -> None:
    log_of(filled).write_bytes(left_in_log(filled, SECONDS, 50))
    assert find_damage(filled, has_copies=False) is None
    with Database.open(filled) as database:
        assert database.check() == "ok"
    assert len(samples_of(filled)) == CAMERAS * SECONDS + 50


@pytest.mark.fault("F77")
def test_without_its_log_a_history_is_sound_or_found_damaged(filled: Path) -> None:
    left_in_log(filled, SECONDS, 50)
    assert not log_of(filled).exists()
    assert find_damage(filled, has_copies=False) is None
    with Database.open(filled) as database:
        assert database.check() == "ok"
    assert len(samples_of(filled)) == CAMERAS * SECONDS


@pytest.mark.fault("F77")
@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.expects_warning
def test_a_foreign_log_is_found_and_can_be_left(
    filled: Path, desk: RepairDesk, tmp_path: Path, is_ours: bool
) -> None:
    other = tmp_path / "other" / "camwatch.sqlite3"
    other.parent.mkdir()
    if is_ours:  # that of another CamWatch
        with Database.open(other) as database:
            camera = database.cameras.add(settings("Elsewhere"))
            database.counts.save([sample(camera, second) for second in range(3000)], [])
            log = log_of(other).read_bytes()
    else:
        with closing(sqlite3.connect(other)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE song (title TEXT)")
            connection.commit()
            log = log_of(other).read_bytes()
    sound = filled.read_bytes()
    log_of(filled).write_bytes(log)

    damage = find_damage(filled, has_copies=False)
    assert damage is not None
    assert damage.fault is FileFault.LOG
    aside = desk.leave_log()
    assert filled.read_bytes() == sound
    assert log_of(aside).read_bytes() == log
    assert find_damage(filled, has_copies=False) is None
    with Database.open(filled) as database:
        assert database.check() == "ok"


@pytest.mark.fault("F77")
def test_rubbish_beside_the_file_does_no_harm(filled: Path) -> None:
    for part in ("-wal", "-shm"):
        filled.with_name(filled.name + part).write_bytes(random.Random(1).randbytes(40_000))
    assert find_damage(filled, has_copies=False) is None
    with Database.open(filled) as database:
        assert database.check() == "ok"
    assert len(samples_of(filled)) == CAMERAS * SECONDS


@pytest.mark.fault("F77")
def test_a_log_beside_an_empty_file_is_not_thrown_away(filled: Path) -> None:
    """SQLite would delete it."""
    log = left_in_log(filled, SECONDS, 50)
    log_of(filled).write_bytes(log)
    filled.write_bytes(b"")
    damage = find_damage(filled, has_copies=False)
    assert damage is not None
    assert damage.fault is FileFault.EMPTY
    assert log_of(filled).read_bytes() == log


# ---------------------------------------------------------------- what can be done


@pytest.mark.fault("F74")
@pytest.mark.fault("F75")
@pytest.mark.expects_warning
def test_the_newest_sound_copy_takes_the_place_of_a_damaged_history(
    filled: Path, desk: RepairDesk, backups: Backups, clock: Clock
) -> None:
    copy = backups.make()
    with Database.open(filled) as database:
        camera = database.cameras.all()[0]
        database.counts.save([sample(camera, 2 * SECONDS)], [])
    spoil(filled, 60)
    damaged = filled.read_bytes()
    offer = desk.offer("what opening said")
    assert offer.copy == copy
    assert offer.newest_in_copy == NOON + timedelta(seconds=SECONDS - 1)

    clock.now = NOON + timedelta(days=1)
    aside = desk.restore(copy.file)
    assert aside.name == "camwatch.sqlite3.corrupt-20260303T120000Z"
    assert aside.read_bytes() == damaged
    assert copy.file.exists()
    with Database.open(filled, clock=clock) as database:
        assert database.check() == "ok"
        desk.note(Trail(database.audit))
        desk.note(Trail(database.audit))  # once
    with closing(sqlite3.connect(filled)) as connection:
        entries = connection.execute(
            "SELECT actor, details FROM audit WHERE action = 'restore_history'"
        ).fetchall()
    assert len(entries) == 1
    assert aside.name in entries[0][1]
    assert len(samples_of(filled)) == CAMERAS * SECONDS


@pytest.mark.fault("F75")
@pytest.mark.expects_warning
def test_without_a_copy_a_new_history_is_begun_and_the_old_one_kept(
    filled: Path, desk: RepairDesk, clock: Clock
) -> None:
    filled.write_bytes(bytes(4096))
    offer = desk.offer("")
    assert offer.copy is None
    assert offer.damage.fault is FileFault.NO_DATABASE
    first = desk.begin_anew()
    assert first.read_bytes() == bytes(4096)
    with Database.open(filled) as database:
        assert database.cameras.all() == []
    second = desk.begin_anew()  # in the same second
    assert first.name != second.name
    assert beside(filled) == {filled.name, first.name, second.name}


def test_a_copy_that_is_damaged_meanwhile_replaces_nothing(
    filled: Path, desk: RepairDesk, backups: Backups
) -> None:
    copy = backups.make().file
    spoil(copy, 60)
    sound = filled.read_bytes()
    with pytest.raises(DatabaseDamaged):
        desk.restore(copy)
    assert filled.read_bytes() == sound
    assert beside(filled) == {filled.name}
    with pytest.raises(NotFound):
        desk.restore(filled)


# ---------------------------------------------------------------- salvage


@pytest.mark.fault("F74")
@pytest.mark.expects_warning
def test_what_can_be_read_is_saved(filled: Path, desk: RepairDesk) -> None:
    before = samples_of(filled)
    pages = filled.stat().st_size // 4096
    with closing(sqlite3.connect(filled)) as connection:
        leaves = (
            {
                page
                for (page,) in connection.execute(
                    "SELECT pageno FROM dbstat WHERE name = 'sample' AND pagetype = 'leaf'"
                )
            }
            if has_dbstat(connection)
            else set(range(60, pages))
        )
    chosen = sorted(leaves)
    spoiled = [chosen[len(chosen) // 4], chosen[len(chosen) // 2], chosen[len(chosen) // 2 + 9]]
    spoil(filled, *(page - 1 for page in spoiled))
    damaged = filled.read_bytes()

    saved = desk.salvage()
    assert saved.set_aside.read_bytes() == damaged
    after = samples_of(filled)
    assert after <= before
    # Three pages of some hundred rows each are lost, and what is between them is not.
    assert len(before) - 3 * 400 < len(after) < len(before)
    told = {one.name: one for one in saved.tables}
    assert told["sample"].rows == len(after)
    assert told["sample"].gaps >= 1
    assert told["camera"].rows == CAMERAS
    assert told["camera"].is_whole
    assert told["audit"].rows == 40
    with Database.open(filled) as database:
        assert database.check() == "ok"
        assert [camera.settings.site for camera in database.cameras.all()] == ["North"] * CAMERAS
        assert int(database.cameras.add(settings("camera new")).id) == CAMERAS + 1
    with closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert beside(filled) == {filled.name, saved.set_aside.name}


def has_dbstat(connection: sqlite3.Connection) -> bool:
    options = {name for (name,) in connection.execute("PRAGMA compile_options")}
    return "ENABLE_DBSTAT_VTAB" in options


@pytest.mark.fault("F75")
@pytest.mark.expects_warning
def test_the_part_that_was_not_cut_off_is_saved(filled: Path, desk: RepairDesk) -> None:
    before = samples_of(filled)
    data = filled.read_bytes()
    filled.write_bytes(data[: len(data) * 3 // 4 // 4096 * 4096])
    saved = desk.salvage()
    after = samples_of(filled)
    assert after <= before
    assert len(after) > len(before) // 4
    assert saved.rows >= len(after)
    with Database.open(filled) as database:
        assert database.check() == "ok"


@pytest.mark.expects_warning
def test_rows_of_what_is_lost_are_not_saved(filled: Path, desk: RepairDesk) -> None:
    """No row without its camera: the new history keeps its own rules."""
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM camera WHERE id = 1")
        connection.execute("UPDATE sample SET count = 'many' WHERE camera_id = 2 AND ts % 5000 = 0")
        connection.commit()
    saved = desk.salvage()
    told = {one.name: one for one in saved.tables}
    assert told["camera"].rows == CAMERAS - 1
    assert told["sample"].unusable == SECONDS // 5
    with closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.fault("F75")
@pytest.mark.parametrize("spoiled", [lambda data: bytes(100) + data[100:], lambda _: b"Dear Sir"])
def test_where_nothing_can_be_read_the_file_stays_in_its_place(
    filled: Path, desk: RepairDesk, spoiled: Callable[[bytes], bytes]
) -> None:
    damaged = spoiled(filled.read_bytes())
    filled.write_bytes(damaged)
    with pytest.raises(DatabaseDamaged, match="nothing in it can be read"):
        desk.salvage()
    assert filled.read_bytes() == damaged
    assert beside(filled) == {filled.name}


@pytest.mark.fault("F74")
@pytest.mark.expects_warning
def test_lost_hours_and_days_are_added_up_again_from_saved_minutes(
    file: Path, desk: RepairDesk, clock: Clock
) -> None:
    """Else charts have gaps for ever, and minutes go without having been added up."""
    with Database.open(file, clock=clock, zone=ZoneInfo("Asia/Kathmandu")) as database:
        camera = database.cameras.add(settings())
        database.counts.save([sample(camera, 60 * minute, 2) for minute in range(3000)], [])
    with closing(sqlite3.connect(file)) as connection:
        before = [
            connection.execute(f"SELECT * FROM {table} ORDER BY start").fetchall()
            for table in ("hour", "day")
        ]
        connection.execute("DELETE FROM hour WHERE start % 120 = 15")
        # What is there is left alone, since its minutes may be what is lost.
        connection.execute("DELETE FROM minute WHERE minute = (SELECT max(minute) FROM minute)")
        connection.execute("DROP TABLE day")
        connection.commit()
    assert len(before[0]) > 40
    assert len(before[1]) == 6
    desk.salvage()
    with closing(sqlite3.connect(file)) as connection:
        after = [
            connection.execute(f"SELECT * FROM {table} ORDER BY start").fetchall()
            for table in ("hour", "day")
        ]
    assert after == before
