"""The audit log: added to and read, never changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError

from camwatch.data.audit import NewEntry
from camwatch.data.audit_chain import Link, PlainSeal
from camwatch.data.connections import make_writer
from camwatch.data.engine import Database
from camwatch.data.upgrade import alembic_config
from camwatch.domain import AuditEntry
from tests.data.values import NOON, Clock


def test_an_entry_is_given_back_as_it_was(database: Database) -> None:
    database.audit.append("ada", "camera.add", "Gate", "done", {"site": "Süd", "host": "10.0.0.7"})
    assert database.audit.newest() == [
        AuditEntry(
            seq=1,
            at=NOON,
            actor="ada",
            action="camera.add",
            target="Gate",
            result="done",
            details={"site": "Süd", "host": "10.0.0.7"},
        )
    ]


def test_pages_go_from_new_to_old(database: Database, clock: Clock) -> None:
    for number in range(5):
        clock.now = NOON + timedelta(seconds=number)
        database.audit.append("ada", "sign_in", str(number), "done")
    first = database.audit.newest(limit=2)
    assert [entry.target for entry in first] == ["4", "3"]
    assert first[0].at == NOON + timedelta(seconds=4)
    second = database.audit.newest(limit=2, before=first[-1].seq)
    assert [entry.target for entry in second] == ["2", "1"]
    last = database.audit.newest(limit=2, before=second[-1].seq)
    assert [entry.target for entry in last] == ["0"]
    assert database.audit.newest(before=last[-1].seq) == []


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_sensible_size(database: Database, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        database.audit.newest(limit=limit)


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 1"],
)
def test_the_database_itself_forbids_changes(database: Database, change: str) -> None:
    database.audit.append("ada", "camera.remove", "Gate", "done")
    before = database.audit.newest()
    with (
        pytest.raises(IntegrityError, match="never changed"),
        database._connections.writing() as connection,
    ):
        connection.exec_driver_sql(change)
    assert database.audit.newest() == before
    assert len(before) == 1


def test_each_entry_is_linked_to_the_one_before(database: Database) -> None:
    database.audit.append("ada", "sign_in", "ada", "done")
    database.audit.append_all(
        [
            NewEntry("ada", "add_camera", name, "done", {"name": "\u00fc \ud7ff \U0001f4f7"})
            for name in ("A", "B")
        ]
    )
    database.audit.append_all([])
    links = database.audit.links(0)
    assert [link.seq for link in links] == [1, 2, 3]
    assert [link.previous for link in links] == ["", links[0].mac, links[1].mac]
    assert [link.mac for link in links] == [PlainSeal.mac(link.sealed_text()) for link in links]
    assert len({link.mac for link in links}) == 3
    assert database.audit.links(1, 1) == links[1:2]


def test_two_different_rows_never_have_the_same_sealed_text() -> None:
    link = Link(1, 2, "a", "b", "c", "d", "e", "f", "g", "h")
    others = [
        replace(link, **{field: value})  # type: ignore[arg-type]
        for field, value in {
            "seq": 12,
            "at_ms": 1,
            "actor": 'a","b',
            "action": "",
            "target": "C",
            "result": "d\x00",
            "details": "é",
            "computer": "g",
            "key_id": "f",
            "previous": "",
        }.items()
    ]
    shifted = replace(link, actor="ab", action="")
    texts = {one.sealed_text() for one in (link, shifted, *others)}
    assert len(texts) == 2 + len(others)
    assert replace(link, mac="x").sealed_text() == link.sealed_text(), "the code is made from it"


@pytest.mark.sqlite_only
def test_a_history_of_an_older_camwatch_keeps_its_entries_and_gets_them_sealed(
    file: Path, clock: Clock
) -> None:
    Database.open(file).close()
    engine = make_writer(file, foreign_keys=False)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    engine.dispose()
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("INSERT INTO audit VALUES (1, 5, 'ada', 'sign_in', 'ada', 'done', '{}')")
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw.execute("UPDATE audit SET actor = 'eve'")
    with Database.open_audit(file) as reader:
        assert reader is not None
        assert [(link.seq, link.computer, link.mac) for link in reader.links(0)] == [(1, "", "")]
    with Database.open(file, clock=clock) as database:
        assert [entry.actor for entry in database.audit.newest()] == ["ada"]
        database.audit.append("ada", "sign_out", "ada", "done")
        links = database.audit.links(0)
        assert [link.action for link in links] == ["sign_in", "audit_sealed", "sign_out"]
        assert [link.previous for link in links] == ["", links[0].mac, links[1].mac]
        with (
            pytest.raises(IntegrityError, match="never changed"),
            database._connections.writing() as connection,
        ):
            connection.exec_driver_sql("UPDATE audit SET mac = 'x' WHERE seq = 1")


def test_only_to_read_nothing_is_made(tmp_path: Path) -> None:
    with Database.open_audit(tmp_path / "missing.sqlite3") as reader:
        assert reader is None
    assert list(tmp_path.iterdir()) == []
