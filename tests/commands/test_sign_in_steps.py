"""Signing in that takes more than a password."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.passwords import hash_password
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.auth.tickets import LASTS_S
from camwatch.auth.totp import RECOVERY_CODES
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    DatabaseDamaged,
    InvalidSetting,
    LockedOut,
    MoreNeeded,
    SecretsUnavailable,
    SessionExpired,
    SignInStep,
)
from tests.auth.keyrings import MemoryKeyring
from tests.commands.stepping import (
    OTHER,
    Device,
    failures_of,
    found,
    jane_in,
    kept,
    must_change,
    password_step,
    present,
    require_second_factor,
    set_up,
    step_of,
    wrong_code,
)
from tests.commands.values import NOON, PASSWORD, Clock, forbid, heal, sql

CODE, NEW_PASSWORD, SET_UP = SignInStep.CODE, SignInStep.NEW_PASSWORD, SignInStep.SET_UP_CODE


@pytest.fixture
def jane(commands: Commands, database: Database, clock: Clock) -> tuple[Device, list[str]]:
    """Return the device and the recovery codes of an operator "jane", a minute later."""
    jane_in(database)
    device, codes = set_up(commands, commands.sign_in("jane", PASSWORD), clock)
    clock.advance(minutes=1)
    return device, [code.reveal() for code in codes]


# ------------------------------------------------------------ a one-time code


def test_a_one_time_code_may_be_typed_in_any_way(
    commands: Commands, database: Database, boss: Session
) -> None:
    code = commands.add_operator(boss, "jane", Role.VIEWER).code.reveal()
    typed = f" {code.upper().replace('-', ' ')}"
    ticket = password_step(commands, NEW_PASSWORD, password=typed)
    for same in (code, code.upper(), code.replace("-", " ")):
        with pytest.raises(InvalidSetting, match="you have now"):
            commands.choose_password(ticket, same)
    commands.choose_password(ticket, OTHER)
    for gone in (code, typed):
        with pytest.raises(BadCredentials):
            commands.sign_in("jane", gone)
    commands.sign_in("jane", OTHER)


def test_a_password_that_looks_like_a_code_stays_as_it_was_chosen(
    commands: Commands, database: Database
) -> None:
    database.operators.add("jane", Role.VIEWER, hash_password("lusabbabadgutihtugad"))
    with pytest.raises(BadCredentials):
        commands.sign_in("jane", "lusab-babad-gutih-tugad")
    commands.sign_in("jane", "lusabbabadgutihtugad")


# ------------------------------------------------------------ a code


def test_with_a_second_factor_the_password_alone_opens_nothing(
    commands: Commands, database: Database, jane: tuple[Device, list[str]]
) -> None:
    device, _ = jane
    ticket = password_step(commands, CODE)
    assert len(ticket) == 43
    assert present(database).signed_in_at == NOON  # from before there was a second factor
    session = commands.give_code(ticket, device.code())
    assert session.user.name == "jane"
    assert commands.cameras(session) == []
    steps = [(one.result, one.details) for one in found(database, "sign_in")][-2:]
    assert steps == [("pending", {"step": "code"}), ("done", {"second_factor": "code"})]


def test_a_wrong_password_is_not_told_from_a_missing_second_factor(
    commands: Commands, jane: tuple[Device, list[str]]
) -> None:
    with pytest.raises(BadCredentials):
        commands.sign_in("jane", "a wrong password")


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_device_may_be_one_step_off(
    commands: Commands, jane: tuple[Device, list[str]], off: int
) -> None:
    assert commands.give_code(password_step(commands, CODE), jane[0].code(off)).user.name == "jane"


def test_a_code_is_taken_once(
    commands: Commands, database: Database, clock: Clock, jane: tuple[Device, list[str]]
) -> None:
    device, _ = jane
    used, before = device.code(), device.code(-1)
    commands.give_code(password_step(commands, CODE), used)
    ticket = password_step(commands, CODE)
    wrong_code(commands, ticket, used)
    wrong_code(commands, ticket, before)
    assert failures_of(database) == 2
    clock.advance(seconds=30)
    assert commands.give_code(ticket, device.code()).user.name == "jane"
    assert failures_of(database) == 0


def test_a_code_that_is_two_steps_off_is_wrong(
    commands: Commands, jane: tuple[Device, list[str]]
) -> None:
    ticket = password_step(commands, CODE)
    wrong_code(commands, ticket, jane[0].code(-2))
    wrong_code(commands, ticket, jane[0].code(2))


@pytest.mark.fault("F115")
def test_wrong_codes_let_the_account_rest_and_a_right_password_does_not_clear_them(
    commands: Commands, database: Database, clock: Clock, jane: tuple[Device, list[str]]
) -> None:
    device, codes = jane
    ticket = password_step(commands, CODE)
    for _ in range(4):
        wrong_code(commands, ticket, device.wrong())
        ticket = password_step(commands, CODE)
    wrong_code(commands, ticket, device.wrong())
    assert failures_of(database) == 5
    for right in (device.code(), codes[0]):
        with pytest.raises(LockedOut) as locked:
            commands.give_code(ticket, right)
        assert locked.value.until == clock.now + timedelta(seconds=30)
    with pytest.raises(LockedOut):
        commands.sign_in("jane", PASSWORD)
    results = [one.result for one in found(database, "sign_in")]
    assert results[-3:] == ["locked"] * 3
    clock.advance(seconds=30)
    assert commands.give_code(ticket, device.code()).user.name == "jane"
    assert failures_of(database) == 0


def test_a_ticket_opens_one_session(
    commands: Commands, clock: Clock, jane: tuple[Device, list[str]]
) -> None:
    device, codes = jane
    ticket = password_step(commands, CODE)
    commands.give_code(ticket, device.code())
    clock.advance(seconds=30)
    for code in (device.code(), codes[0]):
        with pytest.raises(SessionExpired):
            commands.give_code(ticket, code)


def test_one_code_given_from_many_threads_opens_one_session(
    commands: Commands, jane: tuple[Device, list[str]]
) -> None:
    tickets = [password_step(commands, CODE) for _ in range(4)]
    code, outcomes = jane[0].code(), list[str]()

    def give(ticket: str) -> None:
        try:
            commands.give_code(ticket, code)
            outcomes.append("in")
        except CamWatchError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=give, args=(ticket,)) for ticket in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["BadCredentials"] * 3 + ["in"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE user SET is_disabled = 1 WHERE name = 'jane'",
        "UPDATE user SET version = version + 1 WHERE name = 'jane'",
        "UPDATE user SET id = 77 WHERE name = 'jane'",
    ],
)
def test_a_ticket_ends_with_a_change_of_the_operator(
    commands: Commands, file: Path, jane: tuple[Device, list[str]], change: str
) -> None:
    ticket = password_step(commands, CODE)
    sql(file, "DELETE FROM recovery_code")
    sql(file, change)
    with pytest.raises(SessionExpired):
        commands.give_code(ticket, jane[0].code())


def test_a_ticket_runs_out_on_a_clock_that_nobody_sets(
    commands: Commands, jane: tuple[Device, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = password_step(commands, CODE)
    tickets = commands._signing_in._tickets
    now_s = tickets._monotonic_s()
    monkeypatch.setattr(tickets, "_monotonic_s", lambda: now_s + LASTS_S)
    with pytest.raises(SessionExpired):
        commands.give_code(ticket, jane[0].code())


# ------------------------------------------------------------ recovery codes


def test_a_recovery_code_stands_in_for_the_device_once(
    commands: Commands, database: Database, jane: tuple[Device, list[str]]
) -> None:
    code = jane[1][3]
    typed = code.lower().replace("-", " ")
    assert commands.give_code(password_step(commands, CODE), typed).user.name == "jane"
    wrong_code(commands, password_step(commands, CODE), code)
    assert database.second_factors.codes_left(present(database).id) == RECOVERY_CODES - 1
    details = [one.details for one in found(database, "sign_in") if one.result == "done"][-1]
    assert details == {"second_factor": "recovery code", "codes_left": "9"}


def test_a_recovery_code_of_somebody_else_is_wrong(
    commands: Commands, boss: Session, clock: Clock, jane: tuple[Device, list[str]]
) -> None:
    _, codes = set_up(commands, boss, clock)
    wrong_code(commands, password_step(commands, CODE), codes[0].reveal())


@pytest.mark.expects_warning
def test_without_the_keyring_only_a_recovery_code_lets_in(
    commands: Commands,
    database: Database,
    keyring: MemoryKeyring,
    secrets: SecretStore,
    jane: tuple[Device, list[str]],
) -> None:
    device, codes = jane
    keyring.is_locked = True
    ticket = password_step(commands, CODE)
    with pytest.raises(SecretsUnavailable):
        commands.give_code(ticket, device.code())
    with pytest.raises(SecretsUnavailable):
        commands.give_code(ticket, device.wrong())
    assert failures_of(database) == 0
    wrong_code(commands, ticket, "")
    assert commands.give_code(ticket, codes[0]).user.name == "jane"
    keyring.is_locked = False
    secrets.probe()
    commands.give_code(password_step(commands, CODE), device.code())


def test_without_the_secret_in_the_keyring_no_code_is_right(
    commands: Commands, keyring: MemoryKeyring, jane: tuple[Device, list[str]]
) -> None:
    keyring.entries.clear()
    ticket = password_step(commands, CODE)
    with pytest.raises(SecretsUnavailable, match="recovery code"):
        commands.give_code(ticket, jane[0].code())
    assert commands.give_code(ticket, jane[1][0]).user.name == "jane"


def test_a_code_whose_use_cannot_be_stored_opens_nothing(
    commands: Commands, file: Path, jane: tuple[Device, list[str]]
) -> None:
    device, codes = jane
    ticket = password_step(commands, CODE)
    forbid(file, "UPDATE", "user")
    with pytest.raises(DatabaseDamaged):
        commands.give_code(ticket, device.code())
    forbid(file, "UPDATE", "recovery_code")
    with pytest.raises(DatabaseDamaged):
        commands.give_code(ticket, codes[0])


# ------------------------------------------------------------ a new password


@pytest.mark.usefixtures("boss")
def test_a_one_time_code_lets_in_until_it_has_run_out(
    commands: Commands, database: Database, clock: Clock
) -> None:
    jane_in(database)
    must_change(database, "jane", NOON + timedelta(hours=1))
    password_step(commands, NEW_PASSWORD)
    clock.advance(hours=1)
    with pytest.raises(BadCredentials):
        commands.sign_in("jane", PASSWORD)
    assert failures_of(database) == 1


@pytest.mark.usefixtures("boss")
def test_a_one_time_code_is_used_once_and_a_chosen_password_does_not_run_out(
    commands: Commands, database: Database, clock: Clock
) -> None:
    jane_in(database)
    must_change(database, "jane", NOON + timedelta(hours=1))
    first, second = (password_step(commands, NEW_PASSWORD) for _ in range(2))
    session = commands.choose_password(first, OTHER)
    assert not session.user.must_change
    assert commands.cameras(session) == []
    with pytest.raises(SessionExpired):
        commands.choose_password(second, "eight lanterns in fog")
    with pytest.raises(BadCredentials):
        commands.sign_in("jane", PASSWORD)
    clock.advance(hours=2)
    assert commands.sign_in("jane", OTHER).user.name == "jane"
    assert [one.result for one in found(database, "choose_password")] == ["done"]


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("short", "at least 12"),
        (PASSWORD, "the one you have now"),
        ("jane-jane-2024", "easy to guess"),
        ("Qwertyuiop-123", "many people use"),
    ],
)
def test_a_refused_password_leaves_the_ticket(
    commands: Commands, database: Database, refused: str, why: str
) -> None:
    jane_in(database)
    must_change(database, "jane")
    ticket = password_step(commands, NEW_PASSWORD)
    with pytest.raises(InvalidSetting, match=why) as error:
        commands.choose_password(ticket, refused)
    assert error.value.field == "password"
    assert commands.choose_password(ticket, OTHER).user.name == "jane"


@pytest.mark.usefixtures("boss")
def test_a_new_password_ends_the_sessions_that_were_open(
    commands: Commands, database: Database
) -> None:
    jane_in(database)
    before = commands.sign_in("jane", PASSWORD)
    must_change(database, "jane")
    session = commands.choose_password(password_step(commands, NEW_PASSWORD), OTHER)
    with pytest.raises(SessionExpired):
        commands.cameras(before)
    assert commands.cameras(session) == []


@pytest.mark.usefixtures("boss")
def test_a_new_password_that_cannot_be_stored_or_audited_opens_nothing(
    commands: Commands, database: Database, file: Path
) -> None:
    jane_in(database)
    must_change(database, "jane")
    ticket = password_step(commands, NEW_PASSWORD)
    forbid(file, "UPDATE", "user")
    with pytest.raises(DatabaseDamaged):
        commands.choose_password(ticket, OTHER)
    assert [one.result for one in found(database, "choose_password")] == ["done", "failed"]
    heal(file, "UPDATE", "user")
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.choose_password(ticket, OTHER)
    heal(file, "INSERT", "audit")
    assert commands.choose_password(ticket, OTHER).user.name == "jane"


# ------------------------------------------------------------ setting a device up


@pytest.mark.usefixtures("boss")
def test_a_role_that_needs_a_second_factor_lets_nobody_in_without(
    commands: Commands, database: Database, clock: Clock, keyring: MemoryKeyring
) -> None:
    user = jane_in(database)
    require_second_factor(database)
    ticket = password_step(commands, SET_UP)
    setup = commands.begin_set_up_code(ticket)
    assert commands.begin_set_up_code(ticket).text == setup.text  # the window was drawn anew
    assert kept(keyring, user) is None
    device = Device(setup.text.reveal(), clock)
    with pytest.raises(BadCredentials):
        commands.finish_set_up_code(ticket, device.wrong())
    assert not present(database).has_second_factor
    session, codes = commands.finish_set_up_code(ticket, device.code())
    assert session.user.has_second_factor
    assert len(codes) == RECOVERY_CODES
    assert commands.cameras(session) == []
    assert kept(keyring, user) == setup.text.reveal().replace(" ", "")
    with pytest.raises(SessionExpired):
        commands.finish_set_up_code(ticket, device.code())
    # The code that proved the device does not also sign in.
    again = password_step(commands, CODE)
    wrong_code(commands, again, device.code())
    clock.advance(seconds=30)
    commands.give_code(again, device.code())


@pytest.mark.usefixtures("boss")
def test_setting_a_device_up_begins_at_its_beginning(
    commands: Commands, database: Database
) -> None:
    jane_in(database)
    require_second_factor(database)
    ticket = password_step(commands, SET_UP)
    with pytest.raises(SessionExpired):
        commands.finish_set_up_code(ticket, "123456")
    for call in (commands.begin_set_up_code, lambda one: commands.give_code(one, "123456")):
        with pytest.raises(SessionExpired):
            call("A" * 43)


@pytest.mark.expects_warning
@pytest.mark.usefixtures("boss")
def test_where_there_is_no_safe_place_no_device_is_set_up(
    commands: Commands, database: Database, clock: Clock, keyring: MemoryKeyring
) -> None:
    jane_in(database)
    require_second_factor(database)
    ticket = password_step(commands, SET_UP)
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable):
        commands.begin_set_up_code(ticket)
    keyring.is_locked = False
    device = Device(commands.begin_set_up_code(ticket).text.reveal(), clock)
    keyring.refuses = OSError("full")
    with pytest.raises(SecretsUnavailable):
        commands.finish_set_up_code(ticket, device.code())
    assert not present(database).has_second_factor
    keyring.refuses = None
    assert commands.finish_set_up_code(ticket, device.code())[0].user.name == "jane"


@pytest.mark.usefixtures("boss")
def test_a_device_that_cannot_be_stored_leaves_no_secret_behind(
    commands: Commands, database: Database, clock: Clock, keyring: MemoryKeyring, file: Path
) -> None:
    user = jane_in(database)
    require_second_factor(database)
    ticket = password_step(commands, SET_UP)
    device = Device(commands.begin_set_up_code(ticket).text.reveal(), clock)
    forbid(file, "INSERT", "recovery_code")
    with pytest.raises(DatabaseDamaged):
        commands.finish_set_up_code(ticket, device.code())
    assert kept(keyring, user) is None
    assert not present(database).has_second_factor
    assert [one.result for one in found(database, "set_up_second_factor")] == ["done", "failed"]


def test_the_steps_come_in_order(
    commands: Commands, database: Database, jane: tuple[Device, list[str]]
) -> None:
    device, _ = jane
    must_change(database, "jane")
    ticket = password_step(commands, CODE)
    next_one = step_of(lambda: commands.give_code(ticket, device.code()), NEW_PASSWORD)
    assert next_one != ticket
    for call in (commands.give_code, commands.choose_password):
        with pytest.raises(SessionExpired):
            call(ticket, OTHER)
    session = commands.choose_password(next_one, OTHER)
    assert session.user.has_second_factor
    details = [one.details for one in found(database, "sign_in") if one.result == "done"][-1]
    assert details == {"second_factor": "code"}


@pytest.mark.usefixtures("boss")
def test_a_new_password_comes_before_setting_a_device_up(
    commands: Commands, database: Database, clock: Clock
) -> None:
    jane_in(database)
    must_change(database, "jane")
    require_second_factor(database)
    ticket = password_step(commands, NEW_PASSWORD)
    with pytest.raises(SessionExpired):
        commands.begin_set_up_code(ticket)
    last = step_of(lambda: commands.choose_password(ticket, OTHER), SET_UP)
    device = Device(commands.begin_set_up_code(last).text.reveal(), clock)
    assert commands.finish_set_up_code(last, device.code())[0].user.name == "jane"


def test_no_role_keeps_out_those_who_have_a_second_factor(
    commands: Commands, database: Database, jane: tuple[Device, list[str]]
) -> None:
    require_second_factor(database)
    require_second_factor(database, Role.ADMINISTRATOR)
    assert commands.give_code(password_step(commands, CODE), jane[0].code()).user.name == "jane"


def test_neither_ticket_nor_password_is_in_what_is_raised(
    commands: Commands, jane: tuple[Device, list[str]]
) -> None:
    with pytest.raises(MoreNeeded) as more:
        commands.sign_in("jane", PASSWORD)
    text = f"{more.value} {more.value!r}"
    assert more.value.ticket not in text
    assert PASSWORD not in text
