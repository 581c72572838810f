"""Opening a history: new, strange, damaged, locked, and the rules its connections keep."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Camera
from camwatch.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DiskFull,
    InvalidSetting,
    StorageError,
)
from tests.data.disks import fill, make_read_only, small_disk
from tests.data.values import sample, settings
from tests.support.file_history import connections_of

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", mib=2) as folder:
        yield folder


def test_a_new_history_is_empty_sound_and_private(file: Path) -> None:
    with Database.open(file) as database:
        assert database.file == file
        assert database.cameras.all() == []
        assert database.operators.count() == 0
        assert database.check() == "ok"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.with_name(f"{file.name}-wal").stat().st_mode) == 0o600


def test_what_was_stored_is_there_again_and_one_file_is_left(file: Path) -> None:
    with Database.open(file) as database:
        camera = database.cameras.add(settings())
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    with Database.open(file) as database:
        assert database.cameras.all() == [camera]


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "50% läuft #1?mode=ro &"
    folder.mkdir()
    file = folder / "a b.sqlite3"
    with Database.open(file) as database:
        database.cameras.add(settings())
    assert [each.name for each in folder.iterdir()] == ["a b.sqlite3"]


def test_a_database_address_wins_over_the_file(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with Database.open(file, f"sqlite:///{other}") as database:
        assert database.file == other
    assert not file.exists()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:hunter2hunter2@db/camwatch",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "sqlite:////tmp/x.sqlite3?mode=ro",
        "not an address",
    ],
)
def test_an_address_that_is_no_file_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Database.open(None, url)
    assert caught.value.field == "history.database_url"
    assert "hunter2" not in str(caught.value)


def test_neither_file_nor_address_is_a_bug() -> None:
    with pytest.raises(ValueError, match="neither"):
        Database.open(None)


def test_the_writer_syncs_each_commit_and_guards_references(database: Database) -> None:
    with database._connections.writing() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "trusted_schema",
                "cell_size_check",
                "busy_timeout",
                "journal_size_limit",
            )
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": 5000,
        "journal_size_limit": 16 * 1024 * 1024,
    }


def test_a_reader_can_neither_write_nor_checkpoint(database: Database, gate: Camera) -> None:
    log = database.file.with_name(f"{database.file.name}-wal")
    waiting = log.stat().st_size
    assert waiting > 0
    with pytest.raises(DatabaseReadOnly), database._connections.reading() as connection:
        connection.exec_driver_sql("DELETE FROM camera")
    with connections_of(database)._readers.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        with pytest.raises(sqlite3.OperationalError):
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert log.stat().st_size == waiting
    assert database.cameras.all() == [gate]


def test_a_reader_sees_one_moment_while_the_writer_goes_on(
    database: Database, gate: Camera
) -> None:
    count = "SELECT count(*) FROM sample"
    with database._connections.reading() as connection:
        before = connection.exec_driver_sql(count).scalar()
        assert database.counts.save([sample(gate, 0)], []) == 1
        assert connection.exec_driver_sql(count).scalar() == before == 0
    with database._connections.reading() as connection:
        assert connection.exec_driver_sql(count).scalar() == 1


def test_a_failed_transaction_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database._connections.writing() as connection:
            connection.exec_driver_sql("INSERT INTO site (name, name_key) VALUES ('A', 'a')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert database.cameras.sites() == []
    database.cameras.add(settings(site="B"))
    assert [site.name for site in database.cameras.sites()] == ["B"]


@pytest.mark.fault("F68")
def test_nobody_gets_in_between_reading_and_writing(database: Database, gate: Camera) -> None:
    with closing(sqlite3.connect(database.file, isolation_level=None, timeout=0)) as other:
        # That is how it happens to others, and no waiting helps.
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM sample").fetchone() == (0,)
        database.counts.save([sample(gate, 0)], [])
        with pytest.raises(sqlite3.OperationalError) as caught:
            other.execute("DELETE FROM sample")
        assert caught.value.sqlite_errorcode == sqlite3.SQLITE_BUSY_SNAPSHOT
        other.execute("ROLLBACK")

        with database._connections.writing() as connection:
            stored = connection.exec_driver_sql("SELECT count(*) FROM sample").scalar()
            with pytest.raises(sqlite3.OperationalError) as caught:
                other.execute("DELETE FROM sample")
            assert caught.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
            connection.exec_driver_sql("UPDATE sample SET count = 5")
        assert stored == 1
    assert database.check() == "ok"


@pytest.mark.fault("F67")
def test_readers_can_neither_write_nor_empty_the_log(database: Database, gate: Camera) -> None:
    database.counts.save([sample(gate, 0)], [])
    log = database.file.with_name(database.file.name + "-wal")
    before = log.stat().st_size
    with database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sample").scalar() == 1
    raw = connections_of(database)._readers.raw_connection()
    try:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            raw.cursor().execute("DELETE FROM sample")
        with suppress(sqlite3.OperationalError):
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
    connections_of(database)._readers.dispose()
    assert log.stat().st_size == before > 0


def test_the_log_of_a_long_run_stays_small(database: Database, gate: Camera) -> None:
    log = database.file.with_name(database.file.name + "-wal")
    largest = 0
    for number in range(40):
        database.counts.save([sample(gate, number * 1000 + row) for row in range(1000)], [])
        largest = max(largest, log.stat().st_size)
    assert 0 < largest <= 16 * 2**20


def test_a_writer_holds_the_lock_from_its_first_moment(database: Database, gate: Camera) -> None:
    """Else it could be refused, without any waiting, where reading turns into writing."""
    with (
        closing(sqlite3.connect(database.file, isolation_level=None, timeout=0)) as other,
        database._connections.writing(),
    ):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM camera").fetchone() == (1,)


def test_many_threads_write_and_read_at_once(database: Database, gate: Camera) -> None:
    broken: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                assert database.counts.save([sample(gate, number * 100 + step)], []) == 1
                assert database.cameras.get(gate.id) == gate
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            broken.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    with database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sample").scalar() == 120


# ---------------------------------------------------------------- what is no history


def test_a_file_that_is_no_database_is_refused_and_left_alone(file: Path) -> None:
    file.write_text("shopping list\n" * 100)
    with pytest.raises(DatabaseDamaged) as caught:
        Database.open(file)
    assert str(file) in str(caught.value)
    assert "deletes nothing" in str(caught.value)
    assert file.read_text() == "shopping list\n" * 100


def test_half_a_file_is_refused(file: Path) -> None:
    with Database.open(file) as database:
        gate = database.cameras.add(settings())
        database.counts.save([sample(gate, second) for second in range(5000)], [])
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
    with pytest.raises(DatabaseDamaged):
        Database.open(file)


def test_a_damaged_page_is_found_by_the_check(file: Path) -> None:
    with Database.open(file) as database:
        gate = database.cameras.add(settings())
        database.counts.save([sample(gate, second) for second in range(20_000)], [])
    with file.open("r+b") as stream:
        stream.seek(40 * 4096)
        stream.write(b"\xa5" * 4096)
    with Database.open(file) as database:
        assert "malformed" in database.check()


def test_the_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")
        connection.commit()
    before = file.stat().st_size
    with pytest.raises(DatabaseDamaged, match="another program"):
        Database.open(file)
    assert file.stat().st_size == before
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("bookmark",)]


def test_an_empty_file_becomes_a_history(file: Path) -> None:
    file.touch()
    with Database.open(file) as database:
        assert database.check() == "ok"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone"):
        Database.open(tmp_path / "gone" / "camwatch.sqlite3")


def test_a_folder_in_the_file_s_place_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StorageError, match=file.name):
        Database.open(file)


# ---------------------------------------------------------------- trouble with the disk


@pytest.mark.fault("F71")
def test_a_read_only_disk_is_told_at_once(disk: Path) -> None:
    file = disk / "camwatch.sqlite3"
    make_read_only(disk)
    with pytest.raises(DatabaseReadOnly) as caught:
        Database.open(file)
    assert str(file) in str(caught.value)


def test_an_existing_history_on_a_read_only_disk_is_told_at_once(disk: Path) -> None:
    file = disk / "camwatch.sqlite3"
    Database.open(file).close()
    make_read_only(disk)
    with pytest.raises(DatabaseReadOnly, match=file.name):
        Database.open(file)


@pytest.mark.fault("F69")
def test_a_full_disk_is_told_and_saving_goes_on_when_there_is_room(disk: Path) -> None:
    with Database.open(disk / "camwatch.sqlite3") as database:
        gate = database.cameras.add(settings())
        ballast = fill(disk)
        batch = [sample(gate, second) for second in range(20_000)]
        with pytest.raises(DiskFull):
            database.counts.save(batch, [])
        ballast.unlink()
        assert database.counts.save(batch[:5000], []) == 5000
        assert database.check() == "ok"


def test_no_room_for_a_new_page_is_a_full_disk(database: Database, gate: Camera) -> None:
    with database._connections.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    batch = [sample(gate, second) for second in range(5000)]
    with pytest.raises(DiskFull, match="no room left"):
        database.counts.save(batch, [])
    with database._connections.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert database.counts.save(batch, []) == 5000


def test_a_file_that_another_program_holds_is_busy_and_then_free(
    database: Database, gate: Camera
) -> None:
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="Another program"):
            database.counts.save([sample(gate, 0)], [])
        assert database.cameras.all() == [gate]  # reading goes on
        other.execute("ROLLBACK")
        assert database.counts.save([sample(gate, 0)], []) == 1


def test_a_thread_that_writes_for_long_does_not_hold_saving_up(
    database: Database, gate: Camera
) -> None:
    with (
        database._connections.writing(),
        pytest.raises(DatabaseBusy, match="another part of CamWatch"),
    ):
        database.counts.save([sample(gate, 0)], [])


def test_a_deleted_file_is_noticed_and_nothing_goes_into_the_void(
    database: Database, gate: Camera
) -> None:
    aside = database.file.with_name("aside")
    database.file.rename(aside)
    with pytest.raises(StorageError, match="deleted, moved or replaced"):
        database.counts.save([sample(gate, 0)], [])
    aside.rename(database.file)
    assert database.counts.save([sample(gate, 0)], []) == 1


@pytest.mark.fault("F76")
def test_a_replaced_file_is_not_written(database: Database, gate: Camera) -> None:
    database.file.rename(database.file.with_name("aside"))
    database.file.touch()
    with pytest.raises(StorageError, match="restart CamWatch"):
        database.counts.save([sample(gate, 0)], [])
    assert database.file.stat().st_size == 0


def test_a_closed_history_refuses_in_words(database: Database, gate: Camera) -> None:
    database.close()
    database.close()
    with pytest.raises(StorageError, match="closed"):
        database.counts.save([sample(gate, 0)], [])
    with pytest.raises(StorageError, match="closed"):
        database.cameras.all()
