"""The sessions of all computers: listed, ended from elsewhere, and over when nobody is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.session_register import uid_of
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.errors import SessionExpired, StorageError
from camwatch.events import Bus
from tests.commands.values import NOON, PASSWORD, Clock, forbid, heal, sql
from tests.support.file_history import connections_of


@pytest.fixture
def at_computer(
    database: Database, secrets: SecretStore, bus: Bus, counting: Counting, clock: Clock
) -> Callable[[str], Commands]:
    """Return what makes the commands of another computer on the same history."""

    def make(computer: str) -> Commands:
        access = AccessOptions(computer=computer)
        return Commands(database, secrets, CameraPolicy(), bus, counting, clock, access)

    return make


@pytest.fixture
def desk(at_computer: Callable[[str], Commands], boss: Session) -> Commands:
    return at_computer("desk")


def test_a_session_is_listed_without_what_opens_it(
    commands: Commands, desk: Commands, boss: Session, file: Path, clock: Clock
) -> None:
    clock.advance(seconds=10)
    there = desk.sign_in("boss", PASSWORD)
    first, second = commands.open_sessions(boss)
    assert (first.computer, first.actor, first.is_this) == ("desk", "boss", False)
    assert (second.is_this, second.started_at) == (True, NOON)
    assert first.uid == uid_of(there) != second.uid
    for path in file.parent.glob("camwatch.sqlite3*"):
        data = path.read_bytes()
        assert there.id.encode() not in data
        assert boss.id.encode() not in data
    assert commands.accounts(boss)[0].open_sessions == 2


def test_a_session_is_ended_from_another_computer(
    commands: Commands, desk: Commands, database: Database, boss: Session
) -> None:
    there = desk.sign_in("boss", PASSWORD)
    commands.end_session(boss, uid_of(there))
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("boss", "end_session", "boss")
    assert entry.details == {"session": uid_of(there), "at_computer": "desk"}
    with pytest.raises(SessionExpired):
        desk.cameras(there)
    with pytest.raises(SessionExpired):
        desk.still_here(there)
    assert [one.is_this for one in commands.open_sessions(boss)] == [True]
    commands.end_session(boss, uid_of(there))  # harmless
    commands.end_session(boss, "no-such-uid")
    assert database.audit.newest(1)[0].seq == entry.seq


def test_one_can_end_the_own_session_from_the_list(commands: Commands, boss: Session) -> None:
    commands.end_session(boss, uid_of(boss))
    with pytest.raises(SessionExpired):
        commands.cameras(boss)


def test_whoever_chooses_another_password_ends_the_own_other_sessions_only(
    commands: Commands, desk: Commands, sessions: dict[Role, Session]
) -> None:
    there = desk.sign_in("viewer", PASSWORD)
    viewer = sessions[Role.VIEWER]
    commands.register.end_others(viewer)
    with pytest.raises(SessionExpired):
        desk.cameras(there)
    for session in sessions.values():
        assert commands.cameras(session) == []


def test_signing_out_takes_a_session_from_the_list(
    commands: Commands, desk: Commands, boss: Session
) -> None:
    there = desk.sign_in("boss", PASSWORD)
    desk.sign_out(there)
    assert len(commands.open_sessions(boss)) == 1
    desk.sign_out(there)


def test_a_session_that_is_not_seen_any_more_is_over(
    commands: Commands, desk: Commands, boss: Session, clock: Clock
) -> None:
    desk.sign_in("boss", PASSWORD)  # and then the power fails
    clock.advance(minutes=2)
    assert len(commands.open_sessions(boss)) == 2
    clock.advance(minutes=2)
    assert [one.is_this for one in commands.open_sessions(boss)] == [True]
    assert commands.accounts(boss)[0].open_sessions == 1


def test_a_window_that_idles_stays_in_the_list(
    commands: Commands, desk: Commands, boss: Session, clock: Clock
) -> None:
    there = desk.sign_in("boss", PASSWORD)
    for _ in range(10):
        clock.advance(minutes=1)
        desk.still_here(there)
    assert uid_of(there) in [one.uid for one in commands.open_sessions(boss)]


def test_that_a_session_goes_on_is_written_once_a_minute(
    commands: Commands, database: Database, boss: Session, clock: Clock
) -> None:
    seen = []
    for _ in range(130):
        commands.cameras(boss)
        row = database.sessions.find(uid_of(boss))
        assert row is not None
        seen.append(row.seen_at)
        clock.advance(seconds=1)
    assert len(set(seen)) == 3


def test_a_computer_that_starts_anew_has_no_sessions(
    commands: Commands, at_computer: Callable[[str], Commands], boss: Session
) -> None:
    killed = at_computer("desk")
    killed.sign_in("boss", PASSWORD)
    killed.sign_in("boss", PASSWORD)
    assert len(commands.open_sessions(boss)) == 3
    again = at_computer("desk")
    assert [one.is_this for one in commands.open_sessions(boss)] == [True]
    again.sign_in("boss", PASSWORD)
    again.register.close_all_here()
    assert [one.is_this for one in commands.open_sessions(boss)] == [True]


@pytest.mark.expects_warning
@pytest.mark.sqlite_only
def test_the_end_of_the_program_does_not_wait_for_who_holds_the_history(
    commands: Commands, boss: Session, database: Database
) -> None:
    assert len(commands.open_sessions(boss)) == 1
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        commands.register.close_all_here(is_ending=True)
    with closing(connections_of(database)._writer.raw_connection()) as writer:
        cursor = writer.cursor()
        cursor.execute("PRAGMA busy_timeout")
        ((wait_ms,),) = cursor.fetchall()
    assert wait_ms < 1000
    assert len(commands.open_sessions(boss)) == 1


def test_a_session_runs_out_in_the_list_too(
    commands: Commands, desk: Commands, boss: Session, clock: Clock
) -> None:
    there = desk.sign_in("boss", PASSWORD)
    clock.advance(hours=11, minutes=59)
    desk.still_here(there)
    again = commands.sign_in("boss", PASSWORD)
    assert len(commands.open_sessions(again)) == 2
    clock.advance(minutes=2)
    assert [one.is_this for one in commands.open_sessions(again)] == [True]


def test_old_sessions_are_forgotten(
    commands: Commands, boss: Session, file: Path, clock: Clock
) -> None:
    commands.sign_out(boss)
    clock.advance(days=20)
    commands.sign_in("boss", PASSWORD)
    assert sql(file, "SELECT count(*) FROM operator_session") == [(2,)]
    clock.advance(days=11)
    commands.sign_in("boss", PASSWORD)
    assert sql(file, "SELECT count(*) FROM operator_session") == [(2,)]


def test_a_session_that_cannot_be_noted_is_none(
    commands: Commands, boss: Session, file: Path
) -> None:
    forbid(file, "INSERT", "operator_session")
    with pytest.raises(StorageError):
        commands.sign_in("boss", PASSWORD)
    assert commands.cameras(boss) == []


def test_a_session_that_is_not_in_the_list_is_worth_nothing(
    commands: Commands, boss: Session, file: Path
) -> None:
    sql(file, "DELETE FROM operator_session")
    with pytest.raises(SessionExpired):
        commands.cameras(boss)


@pytest.mark.expects_warning
def test_a_bad_disk_neither_keeps_a_session_open_nor_work_waiting(
    commands: Commands, boss: Session, file: Path, clock: Clock
) -> None:
    forbid(file, "UPDATE", "operator_session")
    clock.advance(minutes=2)
    assert commands.cameras(boss) == []
    commands.sign_out(boss)
    with pytest.raises(SessionExpired):
        commands.cameras(boss)
    heal(file, "UPDATE", "operator_session")


def test_only_who_manages_operators_sees_sessions(
    commands: Commands, sessions: dict[Role, Session]
) -> None:
    assert len(commands.open_sessions(sessions[Role.ADMINISTRATOR])) == 3
    for role in (Role.VIEWER, Role.SUPERVISOR):
        commands.still_here(sessions[role])
