"""The server is away, dies, goes silent, refuses, is full, slow or locked: each is told apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from sqlalchemy import text

from camwatch.data.engine import Database
from camwatch.data.postgres_connections import PostgresConnections
from camwatch.domain import Camera, Sample
from camwatch.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseReadOnly,
    DatabaseRefuses,
    DatabaseSlow,
    DiskFull,
    StorageError,
)
from tests.data.values import sample, settings
from tests.support.postgres import GUARDED, OWNER, PASSWORD, PostgresServer

QUICK_S = 0.5


@pytest.fixture
def history(fragile: PostgresServer) -> Iterator[Database]:
    """Return a history on the server that may be broken."""
    name = fragile.fresh()
    with Database.open(None, fragile.url(name)) as database:
        yield database


@pytest.fixture
def camera(history: Database) -> Camera:
    return history.cameras.add(settings("Gate"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client's own limits be short, so that the test need not wait for them."""
    monkeypatch.setattr("camwatch.data.postgres_connections._ANSWER_S", QUICK_S)
    monkeypatch.setattr("camwatch.data.postgres_connections._PING_S", QUICK_S)
    monkeypatch.setattr("camwatch.data.postgres_connections._IDLE_S", 0.0)
    monkeypatch.setattr("camwatch.data.postgres_connections.STATEMENT_S", QUICK_S)
    monkeypatch.setattr("camwatch.data.postgres_connections.CONNECT_S", 2)


def stored(database: Database) -> list[int]:
    with database._connections.reading() as connection:
        return list(connection.execute(text("SELECT count FROM sample ORDER BY ts")).scalars())


def save(database: Database, camera: Camera, *seconds: int, uid: str = "") -> int:
    batch: list[Sample] = [sample(camera, second, second) for second in seconds]
    return database.counts.save(batch, [], batch_uid=uid)


def saved_now(database: Database, camera: Camera, second: int) -> bool:
    """Return whether a batch was confirmed; False if the server is gone."""
    try:
        save(database, camera, second, uid=str(second))
    except DatabaseAway:
        return False
    return True


def change_until_killed(database: Database, server: PostgresServer) -> None:
    """Kill the server within a transaction that has changed something."""
    with database._connections.writing() as connection:
        connection.execute(text("UPDATE sample SET count = 99"))
        server.kill()
        connection.execute(text("SELECT 1"))


@pytest.mark.fault("F84")
def test_a_server_that_does_not_run_is_away_and_the_address_is_told(
    fragile: PostgresServer,
) -> None:
    fragile.stop()
    with pytest.raises(DatabaseAway, match="refused") as caught:
        Database.open(None, fragile.url(user=GUARDED, password="hunter2hunter2"))
    assert f"127.0.0.1:{fragile.port}" in str(caught.value)
    assert "hunter2" not in f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.fault("F84")
def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(DatabaseAway, match="knows the name"):
        Database.open(None, "postgresql://camwatch@db.example.invalid/camwatch")


@pytest.mark.fault("F85")
def test_a_batch_that_was_cut_off_by_the_server_s_death_is_stored_once(
    fragile: PostgresServer, history: Database, camera: Camera
) -> None:
    save(history, camera, 1, uid="first")
    with pytest.raises(DatabaseAway):
        change_until_killed(history, fragile)
    with pytest.raises(DatabaseAway):
        save(history, camera, 2, uid="second")
    fragile.start_again()
    assert save(history, camera, 2, uid="second") == 1
    assert save(history, camera, 2, uid="second") == 0, "given again after an error"
    assert save(history, camera, 1, uid="first") == 0
    assert stored(history) == [1, 2]
    assert history.check() == "ok"


@pytest.mark.fault("F85")
def test_all_that_was_confirmed_survives_being_killed_again_and_again(
    fragile: PostgresServer, history: Database, camera: Camera
) -> None:
    confirmed = 0
    for _ in range(3):
        killer = threading.Timer(0.15, fragile.kill)
        killer.start()
        while saved_now(history, camera, confirmed):
            confirmed += 1
        killer.join()
        fragile.start_again()
    save(history, camera, confirmed, uid=str(confirmed))
    assert stored(history) == list(range(confirmed + 1))


@pytest.mark.fault("F86")
@pytest.mark.usefixtures("quick")
def test_a_server_that_says_nothing_is_given_up_and_connected_to_anew(
    fragile: PostgresServer,
) -> None:
    with Database.open(None, fragile.url(fragile.fresh())) as history:
        camera = history.cameras.add(settings("Gate"))
        assert stored(history) == []
        with fragile.frozen():
            for _ in range(2):
                with pytest.raises(DatabaseAway, match="does not answer"):
                    history.cameras.all()
            with pytest.raises(DatabaseAway, match="does not answer"):
                save(history, camera, 1)
        assert save(history, camera, 1) == 1
        assert stored(history) == [1]


@pytest.mark.fault("F86")
@pytest.mark.usefixtures("quick")
def test_an_answer_that_never_comes_is_given_up(fragile: PostgresServer) -> None:
    with Database.open(None, fragile.url(fragile.fresh())) as history:
        with (
            pytest.raises(DatabaseAway, match="does not answer"),
            history._connections.reading() as connection,
            fragile.frozen(),
        ):
            connection.execute(text("SELECT 1"))
        assert history.cameras.all() == []


@pytest.mark.fault("F87")
def test_a_server_without_a_free_connection_says_so(fragile: PostgresServer) -> None:
    fragile.stop()
    fragile.start("max_connections=5", "superuser_reserved_connections=3")
    with Database.open(None, fragile.url(fragile.fresh())) as history:
        history.cameras.all()
        with (
            closing(fragile.admin()),
            closing(fragile.admin()),
            pytest.raises(DatabaseAway, match="no connection left"),
        ):
            history.cameras.add(settings("Gate"))
        history.cameras.add(settings("Gate"))
    fragile.stop()


@pytest.mark.fault("F87")
def test_a_password_that_was_changed_is_told_and_the_new_one_is_not_shown(
    fragile: PostgresServer,
) -> None:
    with pytest.raises(DatabaseRefuses, match="user name and password") as caught:
        Database.open(None, fragile.url(user=GUARDED, password="hunter2hunter2"))
    assert "hunter2" not in f"{caught.value!s}{caught.value.__cause__!r}"
    Database.open(None, fragile.url(user=GUARDED, password=PASSWORD)).close()


@pytest.mark.fault("F87")
def test_a_password_that_is_changed_meanwhile_is_told(fragile: PostgresServer) -> None:
    with Database.open(None, fragile.url(user=GUARDED, password=PASSWORD)) as history:
        history.cameras.all()
        fragile.do(f"ALTER ROLE {GUARDED} PASSWORD 'another one'")
        fragile.do(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{GUARDED}'"
        )
        try:
            with pytest.raises(DatabaseAway):
                history.cameras.all()
            with pytest.raises(DatabaseRefuses, match="password"):
                history.cameras.all()
        finally:
            fragile.do(f"ALTER ROLE {GUARDED} PASSWORD '{PASSWORD}'")
        assert history.cameras.all() == []


@pytest.mark.fault("F87")
def test_rights_that_are_taken_away_are_told(
    fragile: PostgresServer, history: Database, camera: Camera
) -> None:
    connections = history._connections
    assert isinstance(connections, PostgresConnections)
    name = connections.address.database
    fragile.do(f"REVOKE ALL ON sample FROM {OWNER}", database=name)
    with pytest.raises(DatabaseRefuses, match="permission denied"):
        save(history, camera, 1)
    fragile.do(f"GRANT ALL ON sample TO {OWNER}", database=name)
    assert save(history, camera, 1) == 1


@pytest.mark.fault("F87")
def test_a_copy_that_may_only_be_read_is_told(
    fragile: PostgresServer, history: Database, camera: Camera
) -> None:
    connections = history._connections
    assert isinstance(connections, PostgresConnections)
    address = connections.address
    fragile.do(f"ALTER DATABASE {address.database} SET default_transaction_read_only = on")
    with closing(PostgresConnections(address)) as late:
        anew = Database(late, history.cameras._clock)
        with pytest.raises(DatabaseReadOnly, match="standby"):
            save(anew, camera, 1)
    assert save(history, camera, 1) == 1


@pytest.mark.fault("F87")
def test_a_full_disk_of_the_server_is_told(
    fragile: PostgresServer, history: Database, camera: Camera
) -> None:
    connections = history._connections
    assert isinstance(connections, PostgresConnections)
    fragile.do(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER no_room BEFORE INSERT ON sample FOR EACH ROW EXECUTE FUNCTION no_room()",
        database=connections.address.database,
    )
    with pytest.raises(DiskFull, match="disk of the server"):
        save(history, camera, 1)


@pytest.mark.fault("F88")
@pytest.mark.usefixtures("quick")
def test_a_table_that_somebody_holds_makes_questions_and_batches_give_up(
    fragile: PostgresServer,
) -> None:
    name = fragile.fresh()
    with Database.open(None, fragile.url(name)) as history:
        camera = history.cameras.add(settings("Gate"))
        with closing(fragile.admin(name)) as other:
            other.autocommit = False
            other.execute("LOCK TABLE sample IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(DatabaseSlow, match="in time"):
                stored(history)
            with pytest.raises(DatabaseBusy):
                save(history, camera, 1)
            assert history.cameras.all() == [camera], "all others go on"
            other.rollback()
        assert save(history, camera, 1) == 1


@pytest.mark.fault("F88")
def test_who_writes_waits_for_another_workstation_and_gives_up(
    fragile: PostgresServer, history: Database
) -> None:
    connections = history._connections
    assert isinstance(connections, PostgresConnections)
    with (
        closing(PostgresConnections(connections.address)) as other,
        other.writing(beside=True),
    ):
        with pytest.raises(DatabaseBusy, match="Another program"), connections.writing(0.1):
            pass
        with connections.writing(0.1, beside=True):
            pass


@pytest.mark.fault("F88")
def test_more_readers_than_connections_wait_and_are_told(
    history: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = history._connections
    assert isinstance(connections, PostgresConnections)
    monkeypatch.setattr(connections._readers.pool, "_timeout", 0.1)
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connections.reading())
        with pytest.raises(DatabaseBusy, match="all connections"):
            history.cameras.all()
    assert history.cameras.all() == []


def test_what_ends_is_closed_and_says_so(history: Database) -> None:
    history.close()
    with pytest.raises(StorageError, match="CamWatch ends"):
        history.cameras.all()
    with pytest.raises(StorageError, match="CamWatch ends"):
        history.cameras.add(settings("Hall"))
