"""Operators, and the throttle of their sign-ins."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Role, User, UserId
from camwatch.errors import InvalidSetting, NotFound
from tests.data.values import NOON

HASH = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA"


@pytest.fixture
def admin(database: Database) -> User:
    return database.operators.add("Ada", Role.ADMINISTRATOR, HASH)


def test_an_operator_is_found_by_name_in_any_form(database: Database, admin: User) -> None:
    assert uuid.UUID(admin.uid).version == 4
    assert admin == User(
        admin.id, "Ada", Role.ADMINISTRATOR, is_disabled=False, created_at=NOON, uid=admin.uid
    )
    for form in ("Ada", "ADA", "\uff21da"):  # the last begins with a full-width A
        found = database.operators.find(form)
        assert found is not None
        assert found.user == admin
        assert found.password_hash == HASH
        assert (found.failures, found.locked_until) == (0, None)
    assert database.operators.find("Bob") is None


def test_a_hash_is_not_shown_by_accident(database: Database, admin: User) -> None:
    assert "argon2" not in repr(database.operators.find("ada"))


def test_a_name_in_use_is_refused(database: Database, admin: User) -> None:
    with pytest.raises(InvalidSetting, match="already used by another user") as caught:
        database.operators.add("ada", Role.VIEWER, HASH)
    assert caught.value.field == "name"
    assert database.operators.count() == 1


def test_operators_are_listed_by_name(database: Database, admin: User) -> None:
    viewer = database.operators.add("aaron", Role.VIEWER, HASH)
    assert database.operators.all() == [viewer, admin]
    assert database.operators.count() == 2


def test_a_hash_and_a_throttle_are_replaced(database: Database, admin: User) -> None:
    until = NOON + timedelta(seconds=30)
    database.operators.set_password_hash(admin.id, "new")
    database.operators.set_throttle(admin.id, 5, until)
    found = database.operators.find("ada")
    assert found is not None
    assert (found.password_hash, found.failures, found.locked_until) == ("new", 5, until)
    database.operators.set_throttle(admin.id, 0, None)
    found = database.operators.find("ada")
    assert found is not None
    assert (found.failures, found.locked_until) == (0, None)


def test_an_operator_that_is_gone_is_said_to_be_gone(database: Database) -> None:
    with pytest.raises(NotFound, match="user 7"):
        database.operators.set_password_hash(UserId(7), "new")
    with pytest.raises(NotFound):
        database.operators.set_throttle(UserId(7), 1, None)
