"""Signing in and out, and the first administrator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.passwords import (
    hash_password,
    needs_rehash,
    typed_name_digest,
    verify_password,
)
from camwatch.auth.session import Session
from camwatch.commands import Commands, account_gate, signing_in
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Role
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    DatabaseDamaged,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
    PermissionDenied,
    SessionExpired,
    UserError,
)
from tests.commands.values import NOON, PASSWORD, Clock, forbid, heal, sql


def fail(commands: Commands, name: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            commands.sign_in(name, "a wrong password")


def short(entry: AuditEntry) -> tuple[str, str, str]:
    return entry.actor, entry.action, entry.result


# ------------------------------------------------------------ first start


def test_the_first_start_makes_an_administrator_and_only_one(
    commands: Commands, database: Database
) -> None:
    assert commands.is_first_start()
    session = commands.create_first_administrator("boss", PASSWORD)
    assert not commands.is_first_start()
    assert session.user.role == Role.ADMINISTRATOR
    assert session.user.name == "boss"
    assert session.expires_at == NOON + timedelta(hours=12)
    assert commands.cameras(session) == []
    with pytest.raises(PermissionDenied):
        commands.create_first_administrator("second", PASSWORD)
    assert [(user.name, user.signed_in_at) for user in database.operators.all()] == [("boss", NOON)]
    assert [short(entry) for entry in reversed(database.audit.newest())] == [
        ("boss", "create_first_administrator", "done"),
        ("anonymous", "create_first_administrator", "denied"),
    ]


def test_two_first_starts_at_once_make_one_administrator(
    commands: Commands, database: Database
) -> None:
    outcomes: list[str] = []

    def create(name: str) -> None:
        try:
            commands.create_first_administrator(name, PASSWORD)
            outcomes.append("made")
        except PermissionDenied:
            outcomes.append("denied")

    threads = [threading.Thread(target=create, args=(f"boss{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["denied", "denied", "denied", "made"]
    assert database.operators.count() == 1


@pytest.mark.parametrize(
    ("name", "password", "fields"),
    [
        ("", PASSWORD, ["name"]),
        ("system", PASSWORD, ["name"]),
        ("boss", "short", ["password"]),
        ("boss", "", ["password"]),
        ("a b", "short", ["name", "password"]),
        ("kettlesinging", "Kettlesinging-1", ["password"]),
    ],
)
def test_a_refused_first_administrator_leaves_nothing(
    commands: Commands, database: Database, name: str, password: str, fields: list[str]
) -> None:
    with pytest.raises(UserError) as refused:
        commands.create_first_administrator(name, password)
    error = refused.value
    problems = error.problems if isinstance(error, InvalidSettings) else (error,)
    assert [problem.field for problem in problems if isinstance(problem, InvalidSetting)] == fields
    assert commands.is_first_start()
    assert database.audit.newest() == []


def test_an_administrator_who_cannot_be_audited_is_not_made(commands: Commands, file: Path) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.create_first_administrator("boss", PASSWORD)
    assert commands.is_first_start()


def test_an_administrator_who_cannot_be_stored_is_marked_so_in_the_audit(
    commands: Commands, database: Database, file: Path
) -> None:
    forbid(file, "INSERT", "user")
    with pytest.raises(DatabaseDamaged):
        commands.create_first_administrator("boss", PASSWORD)
    assert commands.is_first_start()
    assert [entry.result for entry in database.audit.newest()] == ["failed", "done"]
    heal(file, "INSERT", "user")
    assert commands.create_first_administrator("boss", PASSWORD).user.name == "boss"


# ------------------------------------------------------------ signing in and out


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("typed", ["boss", "BOSS", " boss ", "ｂｏｓｓ"])
def test_a_name_is_found_however_it_is_typed(commands: Commands, typed: str) -> None:
    assert commands.sign_in(typed, PASSWORD).user.name == "boss"


def test_signing_out_ends_this_session_and_no_other(commands: Commands, boss: Session) -> None:
    second = commands.sign_in("boss", PASSWORD)
    commands.sign_out(second)
    commands.sign_out(second)
    with pytest.raises(SessionExpired):
        commands.cameras(second)
    assert commands.cameras(boss) == []
    found = [short(entry) for entry in commands.find_audit_entries(boss, AuditQuery())]
    assert found[:2] == [("boss", "sign_out", "done"), ("boss", "sign_in", "done")]


@pytest.mark.fault("F116")
@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("name", ["boss", "nobody", "", "a b", "x" * 1_000_000, "\ud800", "system"])
def test_the_answer_to_a_wrong_password_does_not_tell_whether_the_name_exists(
    commands: Commands, name: str
) -> None:
    with pytest.raises(BadCredentials) as wrong:
        commands.sign_in(name, "a wrong password")
    assert str(wrong.value) == "user name or password is wrong"
    fail(commands, name, 4)
    with pytest.raises(LockedOut) as locked:
        commands.sign_in(name, PASSWORD)
    assert locked.value.until == NOON + timedelta(seconds=30)


@pytest.mark.usefixtures("boss")
@pytest.mark.fault("F116")
def test_a_known_and_an_unknown_name_cost_the_same(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices: list[str] = []

    def verifying(stored: str, password: str) -> bool:
        prices.append(stored.rsplit("$", 2)[0])
        return verify_password(stored, password)

    def digesting(name: str) -> str:
        prices.append("digest")
        return typed_name_digest(name)

    monkeypatch.setattr(signing_in, "verify_password", verifying)
    monkeypatch.setattr(account_gate, "typed_name_digest", digesting)
    for name in ("boss", "nobody", "not a name"):
        fail(commands, name)
    assert prices == ["digest", "$argon2id$v=19$m=19456,t=2,p=1"] * 3
    prices.clear()
    fail(commands, "boss", 4)
    fail(commands, "nobody", 4)
    prices.clear()
    for name in ("boss", "nobody"):
        with pytest.raises(LockedOut):
            commands.sign_in(name, PASSWORD)
    assert prices == ["digest"] * 2


@pytest.mark.fault("F116")
@pytest.mark.usefixtures("boss")
def test_a_disabled_operator_is_told_no_more_than_a_stranger(
    commands: Commands, file: Path
) -> None:
    sql(file, "UPDATE user SET is_disabled = 1")
    with pytest.raises(BadCredentials):
        commands.sign_in("boss", PASSWORD)


@pytest.mark.fault("F117")
@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize(
    "password", ["", "x" * 1_000_000, "brown kettle \ud800", "\x00", PASSWORD + "\x00"]
)
def test_a_hostile_password_is_simply_wrong(commands: Commands, password: str) -> None:
    with pytest.raises(BadCredentials):
        commands.sign_in("boss", password)


# ------------------------------------------------------------ throttle


@pytest.mark.fault("F115")
@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("name", ["boss", "nobody"])
def test_the_rest_doubles_with_each_further_failure(
    commands: Commands, clock: Clock, name: str
) -> None:
    fail(commands, name, 5)
    for seconds in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600):
        with pytest.raises(LockedOut) as locked:
            commands.sign_in(name, "a wrong password")
        assert locked.value.until == clock.now + timedelta(seconds=seconds)
        clock.advance(seconds=seconds - 1)
        with pytest.raises(LockedOut):
            commands.sign_in(name, "a wrong password")
        clock.advance(seconds=1)
        fail(commands, name)


@pytest.mark.fault("F115")
@pytest.mark.usefixtures("boss")
def test_the_right_password_during_the_rest_is_refused_and_does_not_lengthen_it(
    commands: Commands, clock: Clock
) -> None:
    fail(commands, "boss", 5)
    for _ in range(20):
        with pytest.raises(LockedOut) as locked:
            commands.sign_in("boss", PASSWORD)
        assert locked.value.until == NOON + timedelta(seconds=30)
    clock.advance(seconds=30)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"
    fail(commands, "boss", 4)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
def test_the_rest_of_one_account_is_not_that_of_another(
    commands: Commands, database: Database
) -> None:
    database.operators.add("jane", Role.VIEWER, hash_password(PASSWORD))
    fail(commands, "boss", 5)
    fail(commands, "nobody", 5)
    assert commands.sign_in("jane", PASSWORD).user.role == Role.VIEWER


@pytest.mark.fault("F115")
@pytest.mark.usefixtures("boss")
def test_the_failures_are_remembered_when_the_program_starts_again(
    commands: Commands, file: Path, clock: Clock, make_again: Callable[[Database], Commands]
) -> None:
    fail(commands, "boss", 5)
    fail(commands, "nobody", 5)
    with Database.open(file, clock=clock) as reopened:
        for name in ("boss", "nobody"):
            with pytest.raises(LockedOut):
                make_again(reopened).sign_in(name, PASSWORD)


@pytest.mark.usefixtures("boss")
def test_guesses_at_the_same_time_are_all_counted(commands: Commands, database: Database) -> None:
    refusals: list[type[CamWatchError]] = []

    def guess() -> None:
        try:
            commands.sign_in("boss", "a wrong password")
        except CamWatchError as error:
            refusals.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.__name__ for one in refusals) == ["BadCredentials"] * 5 + ["LockedOut"] * 3
    record = database.operators.find("boss")
    assert record is not None
    assert record.failures == 5


@pytest.mark.fault("F118")
def test_twenty_who_sign_in_at_once_all_come_in(commands: Commands, database: Database) -> None:
    stored, sessions = hash_password(PASSWORD), list[Session]()
    for number in range(20):
        database.operators.add(f"jane{number}", Role.VIEWER, stored)
    threads = [
        threading.Thread(
            target=lambda name=f"jane{n}": sessions.append(commands.sign_in(name, PASSWORD))
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {session.user.name for session in sessions} == {f"jane{n}" for n in range(20)}
    assert all(commands.cameras(session) == [] for session in sessions)


# ------------------------------------------------------------ hashes and audit


@pytest.mark.usefixtures("boss")
def test_a_hash_of_another_cost_is_renewed_by_signing_in(
    commands: Commands, database: Database
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    user = database.operators.add("jane", Role.VIEWER, weak)
    fail(commands, "jane")
    record = database.operators.find("jane")
    assert record is not None
    assert record.password_hash == weak
    assert commands.sign_in("jane", PASSWORD).user == user
    record = database.operators.find("jane")
    assert record is not None
    assert not needs_rehash(record.password_hash)
    assert record.failures == 0
    assert commands.sign_in("jane", PASSWORD).user == replace(user, signed_in_at=NOON)


def test_sign_ins_are_audited_without_what_a_stranger_typed(
    commands: Commands, boss: Session
) -> None:
    fail(commands, "boss", 5)
    with pytest.raises(LockedOut):
        commands.sign_in("boss", PASSWORD)
    fail(commands, "hunter2-typed-into-the-wrong-field")
    found = list(reversed(commands.find_audit_entries(boss, AuditQuery())))
    assert [short(entry) for entry in found] == [
        ("boss", "create_first_administrator", "done"),
        *[("boss", "sign_in", "failed")] * 5,
        ("boss", "sign_in", "locked"),
        ("anonymous", "sign_in", "failed"),
    ]
    assert found[4].details == {"failures": "4"}
    assert found[5].details == {"failures": "5", "locked_until": "2026-03-02T12:00:30+00:00"}
    assert "hunter2" not in repr(found)


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("table", ["audit", "user"])
def test_a_failure_that_cannot_be_recorded_lets_nobody_guess_on(
    commands: Commands, file: Path, table: str
) -> None:
    forbid(file, "INSERT" if table == "audit" else "UPDATE", table)
    for password in ("a wrong password", "another wrong password"):
        with pytest.raises(DatabaseDamaged):
            commands.sign_in("boss", password)


@pytest.mark.usefixtures("boss")
def test_a_sign_in_that_cannot_be_audited_opens_no_session(commands: Commands, file: Path) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.sign_in("boss", PASSWORD)
