"""How often signing in failed, as it is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from camwatch.data.engine import Database
from camwatch.data.throttles import ComputerFailures
from camwatch.domain import Role, UserId
from camwatch.errors import NotFound
from tests.data.values import NOON, Clock

HERE = ComputerFailures((NOON, NOON + timedelta(seconds=2)), 3, NOON + timedelta(minutes=1))


def test_a_failure_is_stored_of_the_operator_and_of_the_computer(database: Database) -> None:
    admin = database.operators.add("Ada", Role.ADMINISTRATOR, "hash")
    until = NOON + timedelta(seconds=30)
    database.throttles.put(admin.id, 5, until, "desk", HERE)
    found = database.operators.find("ada")
    assert found is not None
    assert (found.failures, found.locked_until) == (5, until)
    assert database.throttles.computer("desk") == HERE
    assert database.throttles.computer("other desk") == ComputerFailures()
    database.throttles.put(admin.id, 6, until, "desk", ComputerFailures())
    assert database.throttles.computer("desk") == ComputerFailures()


def test_nothing_is_stored_of_a_computer_when_the_operator_is_gone(database: Database) -> None:
    with pytest.raises(NotFound, match="user 7"):
        database.throttles.put(UserId(7), 1, None, "desk", HERE)
    assert database.throttles.computer("desk") == ComputerFailures()


def test_names_that_nobody_has_are_throttled_too(database: Database) -> None:
    until = NOON + timedelta(minutes=1)
    assert database.throttles.name("eve") == (0, None)
    database.throttles.put("eve", 6, until, "desk", HERE)
    database.throttles.put("EVE", 7, until, "desk", HERE)
    assert database.throttles.name("Eve") == (7, until)
    assert database.operators.count() == 0
    database.throttles.forget_name("eve")
    assert database.throttles.name("eve") == (0, None)


def test_only_the_newest_unknown_names_are_kept(database: Database, clock: Clock) -> None:
    with database._connections.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO unknown_name (name_key, failures, tried_at) "
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199) "
            "SELECT 'guess' || i, 1, i FROM n"
        )
    database.throttles.put("eve", 1, None, "desk", HERE)
    with database._connections.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM unknown_name").scalar() == 1000
    assert database.throttles.name("eve") == (1, None)
    assert database.throttles.name("guess1199") == (1, None)
    assert database.throttles.name("guess200") == (0, None)
