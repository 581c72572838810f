"""A history is moved from a file to a server and back, also when that is killed on the way."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.data.moving import mover
from camwatch.data.moving.ends import reading
from camwatch.data.moving.mover import Moved, move_history
from camwatch.data.moving.tables import moved_tables
from camwatch.data.postgres_upgrade import MOVING
from camwatch.data.server_address import ServerAddress, address_of_url
from camwatch.domain import CameraState
from camwatch.errors import DatabaseBusy, DatabaseRefuses, GivenUp, StorageError
from tests.data.values import Clock, change, sample, settings

pytestmark = pytest.mark.sqlite_only

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a history with something in many tables, and with numbers that were given out."""
    file = tmp_path_factory.mktemp("pattern") / "camwatch.sqlite3"
    with Database.open(file, clock=Clock()) as database:
        for number in range(4):
            camera = database.cameras.add(settings(f"camera {number}", site="Büro “Süd”"))
            database.counts.save(
                [sample(camera, second, second % 4) for second in range(700)],
                [change(camera, second, CameraState.OK) for second in range(3)],
            )
        database.cameras.remove(camera.id)
        for number in range(30):
            database.audit.append("emil", "history", f"chart {number} 📈", "done", {"to": "ü"})
    with closing(sqlite3.connect(file)) as connection:
        heat = bytes(range(256))
        connection.execute("INSERT INTO heat_hour VALUES (1, 2, ?)", (heat,))
        connection.execute("UPDATE sqlite_sequence SET seq = 40 WHERE name = 'camera'")
        connection.execute("UPDATE sample SET is_flagged = 1 WHERE ts % 3000 = 0")
        connection.commit()
    return file


@pytest.fixture
def address(postgres_url: str) -> ServerAddress:
    return address_of_url(postgres_url)


def all_rows(place: Path | ServerAddress) -> dict[str, tuple[int, str]]:
    with reading(place) as source:
        return {table.name: (source.count(table), source.digest(table)) for table in moved_tables()}


def numbers(place: Path | ServerAddress) -> dict[str, int]:
    with reading(place) as source:
        return {name: number for name, number in source.next_numbers().items() if number}


def check_whole(database: Database) -> None:
    assert database.check() == "ok"
    assert [camera.name for camera in database.cameras.all()] == [f"camera {n}" for n in range(3)]
    assert int(database.cameras.add(settings("camera new")).id) == 41
    links = database.audit.links(0)
    assert [link.seq for link in links] == list(range(1, 31))


def test_from_a_file_to_a_file(pattern: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "camwatch.sqlite3"
    target.parent.mkdir()
    told: list[tuple[int, int, str]] = []
    moved = move_history(pattern, target, progress=lambda *step: told.append(step))
    assert isinstance(moved, Moved)
    assert dict(moved.tables)["sample"] == 2800
    assert moved.rows == told[-1][0] == told[-1][1]
    assert all_rows(target) == all_rows(pattern)
    assert numbers(target) == numbers(pattern)
    assert [each.name for each in target.parent.iterdir()] == [target.name]
    assert target.stat().st_mode & 0o777 == 0o600
    with Database.open(target) as database:
        check_whole(database)


def test_from_a_file_to_a_server_and_back(
    pattern: Path, address: ServerAddress, tmp_path: Path
) -> None:
    move_history(pattern, address)
    before = all_rows(pattern)
    assert all_rows(address) == before
    assert numbers(address) == numbers(pattern)
    back = tmp_path / "back.sqlite3"
    move_history(address, back)
    assert all_rows(back) == before
    assert numbers(back) == numbers(pattern)
    with closing(sqlite3.connect(back)) as new, closing(sqlite3.connect(pattern)) as old:
        query = "SELECT * FROM sample ORDER BY camera_id, ts"
        assert new.execute(query).fetchall() == old.execute(query).fetchall()
    with Database.open(back) as database:
        check_whole(database)


def test_a_moved_history_is_one_to_go_on_with(pattern: Path, postgres_url: str) -> None:
    url = postgres_url
    move_history(pattern, address_of_url(url))
    with Database.open(None, url) as database:
        check_whole(database)
        camera = database.cameras.all()[-1]
        database.counts.save([sample(camera, 0, 1)], [])
        database.audit.append("emil", "history", "one more", "done", {})
    with reading(address_of_url(url)) as source:
        (audit,) = [table for table in moved_tables() if table.name == "audit"]
        assert source.count(audit) == 31


@pytest.mark.parametrize("is_server", [False, True])
def test_killed_on_the_way_it_is_gone_on_with(
    pattern: Path, tmp_path: Path, request: pytest.FixtureRequest, is_server: bool
) -> None:
    if is_server:
        target = request.getfixturevalue("postgres_url")
        goal: Path | ServerAddress = address_of_url(target)
    else:
        target = str(tmp_path / "target.sqlite3")
        goal = Path(target)
    command = [sys.executable, "-m", "tests.data.moving_child", str(pattern), target, "50"]
    reached = 0
    for after in (1500,) if is_server else (300, 1500):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
            assert child.stdout is not None
            for line in child.stdout:
                reached = int(line.split()[0])
                if reached >= after:
                    break
            child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        if is_server:
            with pytest.raises(DatabaseRefuses, match="not complete"):
                Database.open(None, target)
        else:
            assert not Path(target).exists()
    moved = move_history(pattern, goal)
    assert moved.resumed_rows >= reached
    assert all_rows(goal) == all_rows(pattern)
    assert numbers(goal) == numbers(pattern)


def test_it_can_be_given_up_and_gone_on_with(pattern: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.sqlite3"
    with pytest.raises(GivenUp):
        move_history(pattern, target, is_given_up=lambda: True)
    assert not target.exists()
    move_history(pattern, target)
    assert all_rows(target) == all_rows(pattern)


def test_a_place_with_another_history_is_refused(
    pattern: Path, tmp_path: Path, postgres_url: str
) -> None:
    other = tmp_path / "other.sqlite3"
    url = postgres_url
    for database in (Database.open(other), Database.open(None, url)):
        with database:
            database.cameras.add(settings("mine"))
    for target in (other, address_of_url(url)):
        before = all_rows(target)
        with pytest.raises(StorageError, match="holds a history already"):
            move_history(pattern, target)
        assert all_rows(target) == before


def test_two_histories_are_never_mixed(pattern: Path, tmp_path: Path) -> None:
    target, other = tmp_path / "target.sqlite3", tmp_path / "other.sqlite3"
    with Database.open(other) as database:
        database.cameras.add(settings("mine"))
    calls = iter([False, False, True])
    with pytest.raises(GivenUp):
        move_history(pattern, target, is_given_up=lambda: next(calls))
    with pytest.raises(StorageError, match="another history was being moved"):
        move_history(other, target)


def test_an_empty_history_may_be_replaced(pattern: Path, postgres_url: str) -> None:
    url = postgres_url
    Database.open(None, url).close()
    move_history(pattern, address_of_url(url))
    assert all_rows(address_of_url(url)) == all_rows(pattern)


def test_what_was_changed_meanwhile_is_found(
    pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tries somebody changes a row that was moved already."""
    source, target = tmp_path / "source.sqlite3", tmp_path / "target.sqlite3"
    source.write_bytes(pattern.read_bytes())
    monkeypatch.setattr(mover, "_ROWS_AT_ONCE", 100)
    done: list[int] = []
    with pytest.raises(GivenUp):
        move_history(
            source,
            target,
            progress=lambda rows, _total, _table: done.append(rows),
            is_given_up=lambda: bool(done) and done[-1] > 2900,
        )
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("UPDATE sample SET count = 9 WHERE camera_id = 1 AND shown = 0")
        connection.commit()
    with pytest.raises(StorageError, match="differs after it was moved"):
        move_history(source, target)
    assert not target.exists()


def test_nobody_writes_into_a_file_while_it_is_moved(
    pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source.sqlite3"
    source.write_bytes(pattern.read_bytes())
    refused: list[str] = []

    def write(_done: int, _total: int, _table: str) -> None:
        if not refused:
            with closing(sqlite3.connect(source, timeout=0)) as other:
                try:
                    other.execute("DELETE FROM sample")
                except sqlite3.OperationalError as error:
                    refused.append(str(error))

    move_history(source, tmp_path / "target.sqlite3", progress=write)
    assert refused == ["database is locked"]
    with closing(sqlite3.connect(source, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("camwatch.data.connections.WAIT_S", 0.1)
        with pytest.raises(DatabaseBusy):
            move_history(source, tmp_path / "second.sqlite3")


def test_an_older_schema_is_refused(pattern: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.sqlite3"
    source.write_bytes(pattern.read_bytes())
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0005'")
        connection.commit()
    with pytest.raises(StorageError, match="brings it up to date"):
        move_history(source, tmp_path / "target.sqlite3")
    with pytest.raises(StorageError, match="is not there"):
        move_history(tmp_path / "none.sqlite3", tmp_path / "target.sqlite3")
    assert MOVING not in {"0005", "0006"}
