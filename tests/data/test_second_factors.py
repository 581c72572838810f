"""What is stored of second factors, and of signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Role, User, UserId
from camwatch.errors import NotFound
from tests.data.values import NOON

GONE = UserId(7)


@pytest.fixture
def admin(database: Database) -> User:
    return database.operators.add("Ada", Role.ADMINISTRATOR, "hash")


def present(database: Database) -> User:
    record = database.operators.find("Ada")
    assert record is not None
    return record.user


def test_a_step_is_used_once_and_those_before_it_with_it(database: Database, admin: User) -> None:
    factors = database.second_factors
    assert factors.last_step(admin.id) == 0
    assert factors.use_step(admin.id, 100)
    for step in (100, 99, 0):
        assert not factors.use_step(admin.id, step)
    assert factors.use_step(admin.id, 101)
    assert factors.last_step(admin.id) == 101
    assert not factors.use_step(GONE, 1)


def test_switching_on_stores_all_and_ends_sessions(database: Database, admin: User) -> None:
    factors = database.second_factors
    factors.switch_on(admin.id, 100, ["one", "two"])
    assert present(database).has_second_factor
    assert present(database).version == admin.version + 1
    assert factors.last_step(admin.id) == 100
    assert [code.code_hash for code in factors.codes(admin.id)] == ["one", "two"]


def test_switching_off_takes_the_codes_along_and_no_code_comes_back(
    database: Database, admin: User
) -> None:
    factors = database.second_factors
    factors.switch_on(admin.id, 100, ["one"])
    factors.switch_off(admin.id)
    assert not present(database).has_second_factor
    assert factors.codes(admin.id) == []
    assert factors.last_step(admin.id) == 100


def test_a_recovery_code_is_used_once(database: Database, admin: User) -> None:
    factors = database.second_factors
    factors.replace_codes(admin.id, ["one", "two"])
    first, second = factors.codes(admin.id)
    assert factors.use_code(first.id)
    assert not factors.use_code(first.id)
    assert factors.codes(admin.id) == [second]
    assert factors.codes_left(admin.id) == 1
    factors.replace_codes(admin.id, ["three"])
    assert not factors.use_code(second.id)
    assert factors.codes_left(admin.id) == 1


def test_nothing_is_stored_of_an_operator_who_is_gone(database: Database) -> None:
    for call in (
        lambda: database.second_factors.last_step(GONE),
        lambda: database.second_factors.switch_on(GONE, 1, ["one"]),
        lambda: database.second_factors.switch_off(GONE),
        lambda: database.sign_ins.code_expires_at(GONE),
        lambda: database.sign_ins.choose_password(GONE, "hash"),
        lambda: database.sign_ins.signed_in(GONE, NOON),
        lambda: database.sign_ins.clear_failures(GONE),
    ):
        with pytest.raises(NotFound, match="user 7"):
            call()


def test_a_chosen_password_is_no_one_time_code_any_more(database: Database, admin: User) -> None:
    with database._connections.writing() as connection:
        connection.exec_driver_sql('UPDATE "user" SET must_change = true, code_expires_at = 5')
    assert database.sign_ins.code_expires_at(admin.id) is not None
    assert present(database).must_change
    database.sign_ins.choose_password(admin.id, "another")
    record = database.operators.find("Ada")
    assert record is not None
    assert (record.password_hash, record.user.must_change) == ("another", False)
    assert record.user.version == admin.version + 1
    assert database.sign_ins.code_expires_at(admin.id) is None


def test_signing_in_clears_what_failed(database: Database, admin: User) -> None:
    clearing: list[Callable[[], None]] = [
        lambda: database.sign_ins.clear_failures(admin.id),
        lambda: database.sign_ins.signed_in(admin.id, NOON),
    ]
    for clear in clearing:
        database.operators.set_throttle(admin.id, 5, NOON + timedelta(seconds=30))
        clear()
        record = database.operators.find("Ada")
        assert record is not None
        assert (record.failures, record.locked_until) == (0, None)
    assert present(database).signed_in_at == NOON
