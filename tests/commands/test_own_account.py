"""What operators do with their own account, once they are in."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import CONFIRMED_FOR, Session, SignInKind
from camwatch.auth.totp import RECOVERY_CODES
from camwatch.auth.vault import Vault
from camwatch.commands import BulkChange, Commands, Counting, KeepPassword
from camwatch.commands.access import AccessOptions
from camwatch.commands.camera_table import ImportPreview
from camwatch.commands.second_factors import entry_of
from camwatch.config import CameraPolicy, RemoteLogin, Security
from camwatch.data.engine import Database
from camwatch.domain import Role, Secret
from camwatch.errors import (
    BadCredentials,
    DatabaseDamaged,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
    LoginServiceError,
    PasswordNeeded,
    PermissionDenied,
    SecretsUnavailable,
    SessionExpired,
    SessionLocked,
    SignInStep,
)
from camwatch.events import Bus
from tests.auth.conftest import wait_for
from tests.auth.keyrings import MemoryKeyring
from tests.auth.secret_service import SecretService
from tests.auth.test_vault import CHEAP
from tests.commands.stepping import (
    OTHER,
    Device,
    failures_of,
    found,
    jane_in,
    kept,
    password_step,
    present,
    require_second_factor,
    set_up,
)
from tests.commands.values import NOON, PASSWORD, Clock, counting_in, forbid, heal, settings

MakeCommands = Callable[[AccessOptions], Commands]


@pytest.fixture
def make_commands(
    database: Database, secrets: SecretStore, bus: Bus, counting: Counting, clock: Clock
) -> MakeCommands:
    """Return what makes the commands with other options."""

    def make(options: AccessOptions) -> Commands:
        return Commands(database, secrets, CameraPolicy(), bus, counting, clock, access=options)

    return make


@pytest.fixture
def pass_time(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return what moves the clock that nobody can set."""
    sessions = commands._account_desk._access.sessions
    before = sessions._monotonic_s
    moved = timedelta()

    def move(span: timedelta) -> None:
        nonlocal moved
        moved += span
        monkeypatch.setattr(sessions, "_monotonic_s", lambda: before() + moved.total_seconds())

    return move


# ------------------------------------------------------------ locking and confirming


def test_a_locked_session_shows_the_live_view_and_nothing_else(
    commands: Commands, boss: Session, database: Database
) -> None:
    commands.lock(boss)
    assert commands.cameras(boss) == []
    with pytest.raises(SessionLocked):
        commands.find_audit_entries(boss, AuditQuery())
    with pytest.raises(SessionLocked):
        commands.export_cameras(boss)
    commands.confirm_password(boss, PASSWORD)
    assert commands.find_audit_entries(boss, AuditQuery())
    commands.export_cameras(boss)
    assert [one.result for one in found(database, "lock")] == ["done"]
    assert [one.result for one in found(database, "unlock")] == ["done"]


def test_locking_forgets_that_the_password_was_just_entered(
    commands: Commands, boss: Session
) -> None:
    commands.lock(boss)
    with pytest.raises(PasswordNeeded):
        commands.begin_second_factor(boss)
    with pytest.raises(BadCredentials):
        commands.confirm_password(boss, "a wrong password")
    with pytest.raises(SessionLocked):
        commands.find_audit_entries(boss, AuditQuery())


def test_a_session_can_be_locked_even_when_that_cannot_be_audited(
    commands: Commands, boss: Session, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forbid(file, "INSERT", "audit")
    commands.lock(boss)
    assert "not in the audit log" in caplog.text
    caplog.clear()
    with pytest.raises(DatabaseDamaged):
        commands.confirm_password(boss, PASSWORD)
    heal(file, "INSERT", "audit")
    with pytest.raises(SessionLocked):
        commands.find_audit_entries(boss, AuditQuery())


@pytest.mark.fault("F115")
def test_guessing_at_a_locked_window_is_throttled_as_at_the_sign_in(
    commands: Commands, boss: Session, clock: Clock, database: Database
) -> None:
    commands.lock(boss)
    for _ in range(5):
        with pytest.raises(BadCredentials):
            commands.confirm_password(boss, "a wrong password")
    for tried in (PASSWORD, "a wrong password"):
        with pytest.raises(LockedOut) as locked:
            commands.confirm_password(boss, tried)
        assert locked.value.until == NOON + timedelta(seconds=30)
    with pytest.raises(LockedOut):
        commands.sign_in("boss", PASSWORD)
    results = [one.result for one in found(database, "unlock")]
    assert results == ["failed"] * 5 + ["locked"] * 2
    clock.advance(seconds=30)
    commands.confirm_password(boss, PASSWORD)
    assert failures_of(database, "boss") == 0


def test_a_password_is_fresh_for_ten_minutes(
    commands: Commands, boss: Session, pass_time: Callable[[timedelta], None], database: Database
) -> None:
    commands.export_cameras(boss)
    pass_time(CONFIRMED_FOR)
    with pytest.raises(PasswordNeeded):
        commands.export_cameras(boss)
    commands.confirm_password(boss, PASSWORD)
    commands.export_cameras(boss)
    assert [one.result for one in found(database, "confirm_password")] == ["done"]


def test_what_sets_a_secret_exports_all_or_trusts_needs_a_fresh_password(
    commands: Commands,
    boss: Session,
    pass_time: Callable[[timedelta], None],
    keyring: MemoryKeyring,
) -> None:
    gate = commands.add_camera(boss, settings(), Secret("first"))
    writes = keyring.writes
    pass_time(CONFIRMED_FOR)
    new = Secret("second")
    table = b"name,location,address,username,password\nNew,Yard,10.0.0.9/a.jpg,viewer,third\n"
    preview = commands.preview_import(boss, table)
    assert preview.good
    for call in (
        lambda: commands.add_camera(boss, settings("Hall"), new),
        lambda: commands.edit_camera(boss, gate.id, settings(), new),
        lambda: commands.add_cameras(boss, [(settings("Hall"), new)]),
        lambda: commands.edit_cameras(boss, [gate.id], BulkChange(password=new)),
        lambda: commands.import_cameras(boss, preview),
        lambda: commands.export_cameras(boss),
        lambda: commands.trust_certificate(boss, gate.id, "ab" * 32),
        lambda: commands.edit_camera(
            boss, gate.id, replace(settings(), pin="ab" * 32), KeepPassword()
        ),
    ):
        with pytest.raises(PasswordNeeded):
            call()
    assert commands.cameras(boss)[0].settings.pin == ""
    assert keyring.writes == writes
    assert [camera.name for camera in commands.cameras(boss)] == ["Gate"]
    # Nothing that is secret is given here.
    commands.add_camera(boss, settings("Hall", username=""), None)
    commands.edit_camera(boss, gate.id, replace(settings(), location="Attic"), KeepPassword())
    commands.edit_cameras(boss, [gate.id], BulkChange(location="Cellar"))
    commands.import_cameras(boss, ImportPreview((), "utf-8", "comma"))


def test_whoever_may_not_is_told_so_before_being_asked_for_a_password(
    commands: Commands, sessions: dict[Role, Session], pass_time: Callable[[timedelta], None]
) -> None:
    pass_time(CONFIRMED_FOR)
    with pytest.raises(PermissionDenied):
        commands.export_cameras(sessions[Role.VIEWER])


def test_with_a_second_factor_confirming_needs_a_code_too(
    commands: Commands, boss: Session, clock: Clock, database: Database
) -> None:
    device, codes = set_up(commands, boss, clock)
    clock.advance(seconds=30)
    commands.lock(boss)
    for code in ("", device.wrong()):
        with pytest.raises(BadCredentials):
            commands.confirm_password(boss, PASSWORD, code)
    with pytest.raises(BadCredentials):
        commands.confirm_password(boss, "a wrong password", device.code())
    assert failures_of(database, "boss") == 3
    # A wrong password has not used the code up.
    commands.confirm_password(boss, PASSWORD, device.code())
    commands.lock(boss)
    with pytest.raises(BadCredentials):
        commands.confirm_password(boss, PASSWORD, device.code())
    commands.confirm_password(boss, PASSWORD, codes[0].reveal())
    proofs = [one.details for one in found(database, "unlock") if one.result == "done"]
    assert [one["second_factor"] for one in proofs] == ["code", "recovery code"]


def test_an_operator_of_the_login_service_is_confirmed_there(
    commands: Commands, boss: Session, database: Database
) -> None:
    desk, asked = commands._account_desk, list[tuple[str, str]]()

    class Service:
        def confirm(self, session: Session, password: str) -> None:
            asked.append((session.user.name, password))
            if password != OTHER:
                raise BadCredentials

        def sign_out(self, session: Session) -> None:
            asked.append((session.user.name, "left"))

    far = replace(boss, kind=SignInKind.REMOTE)
    with pytest.raises(LoginServiceError):
        desk.confirm(far, PASSWORD, "")
    desk.elsewhere = Service()
    with pytest.raises(BadCredentials):
        desk.confirm(far, PASSWORD, "")
    desk.confirm(far, OTHER, "")
    assert asked == [("boss", PASSWORD), ("boss", OTHER)]
    assert [one.actor for one in found(database, "confirm_password")] == ["remote:boss"]
    for call in (
        lambda: desk.change_password(far, PASSWORD, OTHER),
        lambda: desk.begin_second_factor(far),
        lambda: desk.finish_second_factor(far, "123456"),
        lambda: desk.drop_second_factor(far),
        lambda: desk.new_recovery_codes(far),
    ):
        with pytest.raises(InvalidSetting, match="login service"):
            call()
    commands.sign_out(far)
    assert asked[2:] == [("boss", "left")]


# ------------------------------------------------------------ the own password


def test_another_password_ends_the_other_sessions_and_not_this_one(
    commands: Commands, boss: Session, database: Database
) -> None:
    other = commands.sign_in("boss", PASSWORD)
    commands.change_password(boss, PASSWORD, OTHER)
    with pytest.raises(SessionExpired):
        commands.cameras(other)
    assert commands.cameras(boss) == []
    with pytest.raises(BadCredentials):
        commands.sign_in("boss", PASSWORD)
    assert commands.sign_in("boss", OTHER).user.name == "boss"
    commands.change_password(boss, OTHER, PASSWORD)
    assert [one.result for one in found(database, "change_password")] == ["done", "done"]


def test_a_wrong_old_password_is_counted(
    commands: Commands, boss: Session, database: Database
) -> None:
    for _ in range(5):
        with pytest.raises(BadCredentials):
            commands.change_password(boss, "a wrong password", OTHER)
    assert failures_of(database, "boss") == 5
    with pytest.raises(LockedOut):
        commands.change_password(boss, PASSWORD, OTHER)


@pytest.mark.parametrize("new", ["short", PASSWORD, "boss-boss-1234", "iloveyou-2024!"])
def test_another_password_has_to_keep_the_rules(
    commands: Commands, boss: Session, database: Database, new: str
) -> None:
    other = commands.sign_in("boss", PASSWORD)
    with pytest.raises(InvalidSetting) as refused:
        commands.change_password(boss, PASSWORD, new)
    assert refused.value.field == "password"
    assert commands.cameras(other) == []
    assert found(database, "change_password") == []


def test_the_names_of_the_place_are_refused(make_commands: MakeCommands) -> None:
    commands = make_commands(AccessOptions(computer="lighthouse"))
    with pytest.raises(InvalidSetting, match="name of this place"):
        commands.create_first_administrator("boss", "Lighthouse-2024")
    boss = commands.create_first_administrator("boss", PASSWORD)
    commands.add_camera(boss, replace(settings(username=""), site="Fish Market"), None)
    with pytest.raises(InvalidSetting, match="name of this place"):
        commands.change_password(boss, PASSWORD, "FishMarket-2024")


def test_a_changed_password_unlocks_nothing(commands: Commands, boss: Session) -> None:
    commands.lock(boss)
    commands.change_password(boss, PASSWORD, OTHER)
    with pytest.raises(SessionLocked):
        commands.find_audit_entries(boss, AuditQuery())


# ------------------------------------------------------------ the own second factor


def test_a_second_factor_is_switched_on_by_its_first_code(
    commands: Commands, boss: Session, clock: Clock, keyring: MemoryKeyring, database: Database
) -> None:
    other = commands.sign_in("boss", PASSWORD)
    with pytest.raises(InvalidSetting, match="begin anew"):
        commands.finish_second_factor(boss, "123456")
    setup = commands.begin_second_factor(boss)
    assert setup.text.reveal().replace(" ", "") in setup.uri.reveal()
    device = Device(setup.text.reveal(), clock)
    with pytest.raises(BadCredentials):
        commands.finish_second_factor(boss, device.wrong())
    assert kept(keyring, boss.user) is None
    codes = commands.finish_second_factor(boss, device.code())
    assert len({code.reveal() for code in codes}) == RECOVERY_CODES
    assert present(database, "boss").has_second_factor
    assert commands.cameras(boss) == []
    with pytest.raises(SessionExpired):
        commands.cameras(other)
    with pytest.raises(InvalidSetting):
        commands.finish_second_factor(boss, device.code())


def test_neither_secret_nor_codes_are_in_the_history_or_in_a_repr(
    commands: Commands, boss: Session, clock: Clock, database: Database, file: Path
) -> None:
    setup = commands.begin_second_factor(boss)
    codes = commands.finish_second_factor(boss, Device(setup.text.reveal(), clock).code())
    secret = setup.text.reveal().replace(" ", "")
    texts = [secret, setup.text.reveal()]
    texts += [text for one in codes for text in (one.reveal(), one.reveal().replace("-", ""))]
    stored = b"".join(path.read_bytes() for path in file.parent.iterdir() if path.is_file())
    assert b"set_up_second_factor" in stored
    shown = repr((setup, codes, commands.find_audit_entries(boss, AuditQuery())))
    for text in texts:
        assert text.encode() not in stored
        assert text not in shown


@pytest.mark.expects_warning
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_secret_is_in_a_real_keyring_and_in_no_file(
    secret_service: SecretService, database: Database, clock: Clock, tmp_path: Path, log_file: Path
) -> None:
    bus = Bus()
    counting = counting_in(tmp_path, bus)
    store = SecretStore(deadline_s=30.0)
    wait_for(store)
    commands = Commands(database, store, CameraPolicy(), bus, counting, clock)
    boss = commands.create_first_administrator("boss", PASSWORD)
    setup = commands.begin_second_factor(boss)
    device = Device(setup.text.reveal(), clock)
    codes = commands.finish_second_factor(boss, device.code())
    logging.getLogger("camwatch.test").error("%s", (setup.text.reveal(), codes[0].reveal()))
    secret = setup.text.reveal().replace(" ", "")
    logging.getLogger("camwatch.test").error("%s %s", secret, setup.uri.reveal())
    store.close()

    again = SecretStore(deadline_s=30.0)  # as after a new start
    clock.advance(seconds=30)
    later = Commands(database, again, CameraPolicy(), bus, counting, clock)
    ticket = password_step(later, SignInStep.CODE, "boss")
    assert later.give_code(ticket, device.code()).user.has_second_factor
    assert again.get(entry_of(boss.user)) == Secret(secret)
    again.close()
    for path in tmp_path.iterdir():
        if path.is_file():
            data = path.read_bytes()
            for text in (secret, setup.text.reveal(), codes[0].reveal()):
                assert text.encode() not in data, path.name


def test_a_new_device_takes_the_place_of_the_old_one(
    commands: Commands, boss: Session, clock: Clock
) -> None:
    old, old_codes = set_up(commands, boss, clock)
    clock.advance(seconds=30)
    new, _ = set_up(commands, boss, clock)
    clock.advance(seconds=30)
    for code in (old.code(), old_codes[0].reveal()):
        with pytest.raises(BadCredentials):
            commands.confirm_password(boss, PASSWORD, code)
    commands.confirm_password(boss, PASSWORD, new.code())


def test_a_second_factor_is_dropped_unless_the_role_needs_it(
    commands: Commands, boss: Session, clock: Clock, keyring: MemoryKeyring, database: Database
) -> None:
    commands.drop_second_factor(boss)  # there is none
    assert found(database, "drop_second_factor") == []
    set_up(commands, boss, clock)
    require_second_factor(database, Role.ADMINISTRATOR)
    with pytest.raises(InvalidSetting, match="Administrator"):
        commands.drop_second_factor(boss)
    assert present(database, "boss").has_second_factor
    database.roles.remove(Role.ADMINISTRATOR)
    commands.drop_second_factor(boss)
    assert not present(database, "boss").has_second_factor
    assert kept(keyring, boss.user) is None
    assert database.second_factors.codes(boss.user.id) == []
    assert commands.sign_in("boss", PASSWORD).user.name == "boss"


def test_new_recovery_codes_end_the_old_ones(
    commands: Commands, boss: Session, clock: Clock
) -> None:
    with pytest.raises(InvalidSetting, match="not switched on"):
        commands.new_recovery_codes(boss)
    _, old = set_up(commands, boss, clock)
    new = commands.new_recovery_codes(boss)
    assert not set(old) & set(new)
    with pytest.raises(BadCredentials):
        commands.confirm_password(boss, PASSWORD, old[0].reveal())
    commands.confirm_password(boss, PASSWORD, new[0].reveal())


def test_changes_of_the_second_factor_need_a_fresh_password(
    commands: Commands, boss: Session, pass_time: Callable[[timedelta], None]
) -> None:
    pass_time(CONFIRMED_FOR)
    for call in (
        commands.begin_second_factor,
        commands.drop_second_factor,
        commands.new_recovery_codes,
    ):
        with pytest.raises(PasswordNeeded):
            call(boss)


@pytest.mark.expects_warning
def test_a_device_is_not_begun_without_a_safe_place(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable):
        commands.begin_second_factor(boss)


@pytest.mark.expects_warning
def test_a_second_factor_can_be_dropped_while_the_keyring_is_away(
    commands: Commands, boss: Session, clock: Clock, keyring: MemoryKeyring, database: Database
) -> None:
    set_up(commands, boss, clock)
    keyring.is_locked = True
    commands.drop_second_factor(boss)
    assert not present(database, "boss").has_second_factor


def test_a_set_up_that_was_begun_is_forgotten_after_ten_minutes(
    commands: Commands, boss: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(commands.begin_second_factor(boss).text.reveal(), clock)
    pending = commands._account_desk._pending
    now_s = pending._monotonic_s()
    monkeypatch.setattr(pending, "_monotonic_s", lambda: now_s + 600)
    with pytest.raises(InvalidSetting):
        commands.finish_second_factor(boss, device.code())


# ------------------------------------------------------------ security settings, ways in


def test_the_security_settings_are_written_and_count_for_the_next_session(
    make_commands: MakeCommands, tmp_path: Path, database: Database
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("# mine\n[cameras]\ninterval_s = 2\n")
    commands = make_commands(AccessOptions(settings_file=file))
    boss = commands.create_first_administrator("boss", PASSWORD)
    assert commands.security(boss) == Security()
    wanted = Security(lock_after_min=5, live_while_locked=False, session_hours=2)
    assert commands.set_security(boss, wanted) == wanted
    assert commands.security(boss) == wanted
    written = tomllib.loads(file.read_text())
    assert written["security"] == {
        "lock_after_min": 5,
        "live_while_locked": False,
        "session_hours": 2,
    }
    assert written["cameras"] == {"interval_s": 2}
    assert "# mine" in file.read_text()
    assert boss.expires_at == NOON + timedelta(hours=12)
    assert commands.sign_in("boss", PASSWORD).expires_at == NOON + timedelta(hours=2)
    assert found(database, "set_security")[0].details == {
        "lock_after_min": "15 -> 5",
        "live_while_locked": "True -> False",
        "session_hours": "12 -> 2",
    }


def test_security_settings_that_cannot_be_written_are_not_taken(
    make_commands: MakeCommands, tmp_path: Path, database: Database
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("not [ toml")
    commands = make_commands(AccessOptions(settings_file=file))
    boss = commands.create_first_administrator("boss", PASSWORD)
    with pytest.raises(InvalidSettings):
        commands.set_security(boss, Security(session_hours=1))
    assert commands.security(boss) == Security()
    assert file.read_text() == "not [ toml"
    assert [one.result for one in found(database, "set_security")] == ["done", "failed"]


def test_sessions_are_as_long_as_the_settings_say_from_the_start(
    make_commands: MakeCommands,
) -> None:
    commands = make_commands(AccessOptions(security=Security(session_hours=3)))
    boss = commands.create_first_administrator("boss", PASSWORD)
    assert boss.expires_at == NOON + timedelta(hours=3)


def test_the_window_for_signing_in_is_told_what_to_ask_for(make_commands: MakeCommands) -> None:
    commands = make_commands(AccessOptions())
    assert commands.sign_in_ways().is_first_start
    commands.create_first_administrator("boss", PASSWORD)
    ways = commands.sign_in_ways()
    assert (ways.is_first_start, ways.login_service, ways.needs_vault_passphrase) == (
        False,
        "",
        False,
    )
    remote = RemoteLogin(url="https://login.example.net:8443/x", name="")
    ways = make_commands(AccessOptions(remote_login=remote)).sign_in_ways()
    assert ways.login_service == "login.example.net"
    remote = RemoteLogin(url="https://login.example.net", name="Harbour")
    assert make_commands(AccessOptions(remote_login=remote)).sign_in_ways().login_service == (
        "Harbour"
    )


def test_a_vault_that_is_locked_is_told_before_anybody_signs_in(
    database: Database, bus: Bus, counting: Counting, clock: Clock, tmp_path: Path
) -> None:
    vault = Vault(tmp_path / "vault.bin", cost=CHEAP)
    store = SecretStore(vault=vault)
    commands = Commands(database, store, CameraPolicy(), bus, counting, clock)
    assert not commands.sign_in_ways().needs_vault_passphrase
    vault.create(Secret(OTHER))
    assert not commands.sign_in_ways().needs_vault_passphrase
    vault.lock()
    assert commands.sign_in_ways().needs_vault_passphrase
    store.close()


def test_another_password_takes_the_other_sessions_out_of_the_list_at_once(
    commands: Commands, boss: Session, database: Database
) -> None:
    other = commands.sign_in("boss", PASSWORD)
    assert len(commands.open_sessions(boss)) == 2
    commands.change_password(boss, PASSWORD, OTHER)
    assert [one.is_this for one in commands.open_sessions(boss)] == [True]
    with pytest.raises(SessionExpired):
        commands.cameras(other)
    third = commands.sign_in("boss", OTHER)
    forbid(database.file, "UPDATE", "operator_session")
    commands.change_password(boss, OTHER, PASSWORD)  # it is changed all the same
    heal(database.file, "UPDATE", "operator_session")
    with pytest.raises(SessionExpired):
        commands.cameras(third)
    assert commands.cameras(boss) == []


def test_every_role_may_do_all_this_with_its_own_account(
    commands: Commands, database: Database, clock: Clock
) -> None:
    commands.create_first_administrator("boss", PASSWORD)
    jane_in(database, Role.VIEWER)
    jane = commands.sign_in("jane", PASSWORD)
    assert jane.role == built_in_role(Role.VIEWER)
    set_up(commands, jane, clock)
    commands.new_recovery_codes(jane)
    commands.drop_second_factor(jane)
    commands.change_password(jane, PASSWORD, OTHER)
    assert commands.security(jane) == Security()
    commands.lock(jane)
    commands.confirm_password(jane, OTHER)
    with pytest.raises(PermissionDenied):
        commands.set_security(jane, Security())
