"""How this computer rests when signing in fails too often, whoever is tried."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.passwords import hash_password
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.account_gate import NameThrottle
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    DatabaseDamaged,
    LockedOut,
    StorageError,
)
from tests.commands.stepping import failures_of, found
from tests.commands.values import NOON, PASSWORD, Clock, forbid

Again = Callable[[Database], Commands]


def spray(commands: Commands, times: int, first: int = 0) -> None:
    """Try one password on many names."""
    for number in range(first, first + times):
        with pytest.raises(BadCredentials):
            commands.sign_in(f"user{number}", "a wrong password")


def locked(sign_in: Callable[[], object]) -> timedelta:
    """Return until when signing in is refused, from noon on."""
    with pytest.raises(LockedOut) as error:
        sign_in()
    return error.value.until - NOON


@pytest.mark.fault("F115")
def test_one_guess_on_each_of_many_names_lets_the_computer_rest(
    commands: Commands, boss: Session, clock: Clock, database: Database
) -> None:
    spray(commands, 20)
    for name, password in (("boss", PASSWORD), ("boss", "wrong"), ("user99", "wrong"), ("", "")):
        assert locked(lambda n=name, p=password: commands.sign_in(n, p)) == timedelta(seconds=30)  # type: ignore[misc]
    assert locked(lambda: commands.confirm_password(boss, PASSWORD)) == timedelta(seconds=30)
    assert failures_of(database, "boss") == 0
    tried = found(database, "sign_in")
    assert tried[19].details["computer_locked_until"] == "2026-03-02T12:00:30+00:00"
    assert [(one.actor, one.result) for one in tried[20:]] == [("anonymous", "locked")] * 4
    clock.advance(seconds=30)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
def test_the_rests_rise_and_the_only_administrator_waits_five_minutes_at_most(
    commands: Commands, clock: Clock
) -> None:
    for number, seconds in enumerate((30, 60, 120, 240, 300, 300)):
        spray(commands, 20, 20 * number)
        with pytest.raises(LockedOut) as error:
            commands.sign_in("boss", PASSWORD)
        assert error.value.until - clock.now == timedelta(seconds=seconds)
        clock.advance(seconds=seconds)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
def test_an_account_of_ones_own_does_not_clear_the_computer(
    commands: Commands, database: Database
) -> None:
    database.operators.add("jane", Role.VIEWER, hash_password(PASSWORD))
    spray(commands, 19)
    assert commands.sign_in("jane", PASSWORD).user.name == "jane"
    spray(commands, 1, 19)
    assert locked(lambda: commands.sign_in("jane", PASSWORD)) == timedelta(seconds=30)


@pytest.mark.usefixtures("boss")
def test_nineteen_a_minute_are_no_matter(commands: Commands, clock: Clock) -> None:
    for number in range(3):
        spray(commands, 19, 19 * number)
        clock.advance(minutes=1)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
@pytest.mark.fault("F115")
def test_a_rest_of_the_computer_outlasts_the_program(
    commands: Commands, file: Path, clock: Clock, make_again: Again
) -> None:
    spray(commands, 20)
    with Database.open(file, clock=clock) as reopened:
        again = make_again(reopened)
        assert locked(lambda: again.sign_in("boss", PASSWORD)) == timedelta(seconds=30)
        clock.advance(seconds=30)
        assert again.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
def test_a_clock_that_is_put_back_keeps_nobody_away(commands: Commands, clock: Clock) -> None:
    spray(commands, 20)
    clock.advance(days=-300)
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


@pytest.mark.usefixtures("boss")
def test_guesses_at_the_same_time_are_all_counted_for_the_computer(commands: Commands) -> None:
    refusals: list[str] = []

    def guess(number: int) -> None:
        for name in range(4):
            try:
                commands.sign_in(f"user{number}-{name}", "a wrong password")
            except CamWatchError as error:
                refusals.append(type(error).__name__)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refusals) == ["BadCredentials"] * 20 + ["LockedOut"] * 4


@pytest.mark.usefixtures("boss")
def test_where_the_computer_cannot_be_counted_nobody_guesses_on(
    commands: Commands, file: Path, database: Database
) -> None:
    forbid(file, "INSERT", "computer_throttle")
    for name in ("boss", "nobody"):
        with pytest.raises(DatabaseDamaged):
            commands.sign_in(name, "a wrong password")
    assert failures_of(database, "boss") == 0


@pytest.mark.fault("F115")
@pytest.mark.usefixtures("boss")
def test_each_tenth_failure_of_one_account_is_an_alarm(
    commands: Commands, clock: Clock, database: Database
) -> None:
    for _ in range(21):
        with pytest.raises(BadCredentials):
            commands.sign_in("boss", "a wrong password")
        clock.advance(hours=1)
    alarms = found(database, "guessing_alarm")
    assert [(one.actor, one.target, one.result) for one in alarms] == [
        ("system", "boss", "alarm")
    ] * 2
    assert [one.details["failures"] for one in alarms] == ["10", "20"]


# ------------------------------------------------------------ for names of the login service


@pytest.fixture
def names(database: Database) -> NameThrottle:
    return NameThrottle(database.throttles, "desk")


def test_a_name_that_is_not_here_is_throttled_as_an_account_is(names: NameThrottle) -> None:
    for count in range(1, 5):
        names.check("key", NOON)
        assert names.failed("key", NOON).failures == count
    names.check("key", NOON)
    names.failed("key", NOON)
    assert locked(lambda: names.check("key", NOON)) == timedelta(seconds=30)
    names.check("other", NOON)
    later = NOON + timedelta(seconds=30)
    names.check("key", later)
    names.failed("key", later)
    assert locked(lambda: names.check("key", later)) == timedelta(seconds=90)
    names.succeeded("key")
    names.check("key", later)
    assert names.failed("key", later).failures == 1


def test_names_of_both_kinds_share_the_computer(
    commands: Commands, boss: Session, database: Database
) -> None:
    names = NameThrottle(database.throttles, commands._access.computer)
    spray(commands, 19)
    names.failed("key", NOON)
    names.succeeded("key")
    assert locked(lambda: names.check("key", NOON)) == timedelta(seconds=30)
    assert locked(lambda: commands.sign_in("boss", PASSWORD)) == timedelta(seconds=30)


def test_failures_of_both_kinds_at_once_are_all_counted(
    commands: Commands, database: Database, boss: Session
) -> None:
    def fail_far(number: int) -> None:
        for turn in range(3):
            commands._names.failed(f"key{number}-{turn}", NOON)

    threads = [threading.Thread(target=fail_far, args=(number,)) for number in range(3)]
    threads += [threading.Thread(target=spray, args=(commands, 5, 5 * n)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.throttles.computer(commands._access.computer).recent) == 19
    assert commands.sign_in("boss", PASSWORD).user.id == boss.user.id


def test_one_computer_does_not_rest_for_another(database: Database) -> None:
    here, there = (NameThrottle(database.throttles, name) for name in ("here", "there"))
    for number in range(20):
        here.failed(f"key{number}", NOON)
    assert locked(lambda: here.check("key", NOON)) == timedelta(seconds=30)
    there.check("key", NOON)


def test_while_the_throttle_cannot_be_read_nobody_is_let_through(
    names: NameThrottle, database: Database
) -> None:
    database.close()
    with pytest.raises(StorageError):
        names.check("key", NOON)
