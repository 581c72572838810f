"""The audit log: added to and read, never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from camwatch.data.engine import Database
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
