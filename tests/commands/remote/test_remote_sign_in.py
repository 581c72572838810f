"""Signing in through the login service."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery, RoleDraft
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session, SignInKind
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy, RemoteLogin
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import Secret
from camwatch.errors import (
    BadCredentials,
    DatabaseDamaged,
    LockedOut,
    LoginFault,
    LoginServiceError,
    PermissionDenied,
    SessionExpired,
)
from camwatch.events import Bus
from tests.auth.keyrings import MemoryKeyring
from tests.auth.remote.conftest import settings_for
from tests.commands.remote.conftest import ANNA, GAST, LENA, OMAR, Make, short
from tests.commands.values import PASSWORD, Clock, forbid
from tests.support.certificates import Authority
from tests.support.login_service import Fault, LoginService, ServiceUser
from tests.support.login_tokens import Forgery


def fault_of(commands: Commands, name: str, password: str) -> LoginServiceError:
    with pytest.raises(LoginServiceError) as failed:
        commands.sign_in_remotely(name, password)
    return failed.value


def fail(commands: Commands, name: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            commands.sign_in_remotely(name, "a wrong password")


# ------------------------------------------------------------ in and out


@pytest.mark.parametrize(
    ("who", "role"), [(ANNA, "administrator"), (OMAR, "supervisor"), (LENA, "viewer")]
)
def test_an_operator_of_the_service_gets_the_role_that_the_mapping_gives(
    commands: Commands, who: tuple[str, str], role: str
) -> None:
    session = commands.sign_in_remotely(*who)
    assert (session.kind, session.role.key, session.user.id) == (SignInKind.REMOTE, role, 0)
    assert session.actor == f"remote:{who[0]}"
    assert commands.cameras(session) == []
    assert commands.present_session(session).role.key == role
    if role == "viewer":
        with pytest.raises(PermissionDenied):
            commands.login_service(session)


def test_an_e_mail_address_will_do_as_the_name(commands: Commands) -> None:
    by_name = commands.sign_in_remotely(*LENA)
    by_address = commands.sign_in_remotely(" lena@site.example ", LENA[1])
    assert by_address.user.uid == by_name.user.uid
    assert by_address.user.name == "lena"


def test_without_a_role_nobody_is_let_in_and_the_service_is_told(
    commands: Commands, service: LoginService, database: Database
) -> None:
    assert fault_of(commands, *GAST).fault is LoginFault.NO_ROLE
    assert service.records.open_families() == 0
    assert [short(entry) for entry in database.audit.newest(1)] == [
        ("anonymous", "sign_in", "failed")
    ]


def test_the_first_line_decides_even_if_its_role_is_gone(make: Make, service: LoginService) -> None:
    mapping = {"shift-leads": "no-such-role", "staff": "viewer"}
    commands = make(settings_for(service, mapping=mapping))
    assert fault_of(commands, *OMAR).fault is LoginFault.NO_ROLE
    assert commands.sign_in_remotely(*LENA).role.key == "viewer"


def test_a_role_that_an_administrator_made_counts_as_it_is_now(
    make: Make, service: LoginService, database: Database
) -> None:
    def put(*permissions: str) -> None:
        record = RoleRecord("a-uid", "Night", frozenset(permissions), None, False)
        database.roles.put(record, "night")

    put("view_cameras")
    commands = make(settings_for(service, mapping={"staff": "a-uid"}))
    session = commands.sign_in_remotely(*LENA)
    assert commands.cameras(session) == []
    with pytest.raises(PermissionDenied):
        commands.find_audit_entries(session, AuditQuery())
    put("view_cameras", "view_audit")
    assert commands.find_audit_entries(session, AuditQuery()) != []
    database.roles.remove("a-uid")
    with pytest.raises(PermissionDenied):
        commands.cameras(session)


def test_signing_out_ends_the_session_here_and_there(
    commands: Commands, service: LoginService, database: Database
) -> None:
    session = commands.sign_in_remotely(*LENA)
    assert service.records.open_families() == 1
    commands.sign_out(session)
    assert service.records.open_families() == 0
    with pytest.raises(SessionExpired):
        commands.cameras(session)
    commands.sign_out(session)
    assert [short(entry) for entry in reversed(database.audit.newest(2))] == [
        ("remote:lena", "sign_in", "done"),
        ("remote:lena", "sign_out", "done"),
    ]


def test_signing_out_works_while_the_service_is_away(
    commands: Commands, service: LoginService
) -> None:
    session = commands.sign_in_remotely(*LENA)
    service.go_down()
    commands.sign_out(session)
    with pytest.raises(SessionExpired):
        commands.cameras(session)


def test_a_remote_name_is_not_a_local_one(commands: Commands, service: LoginService) -> None:
    boss = commands.create_first_administrator("boss", PASSWORD)
    service.records.users["boss"] = ServiceUser("boss", "another password", ["staff"])
    remote = commands.sign_in_remotely("boss", "another password")
    assert remote.actor == "remote:boss"
    assert remote.user.uid != boss.user.uid
    with pytest.raises(PermissionDenied):
        commands.find_audit_entries(remote, AuditQuery())
    with pytest.raises(BadCredentials):
        commands.sign_in_remotely("boss", PASSWORD)
    with pytest.raises(BadCredentials):
        commands.sign_in("boss", "another password")
    assert commands.find_audit_entries(boss, AuditQuery()) != []


def test_without_a_service_nobody_signs_in_through_one(make: Make, service: LoginService) -> None:
    commands = make(settings_for(service, url=""))
    assert fault_of(commands, *LENA).fault is LoginFault.NOT_SET_UP


def test_a_sign_in_that_cannot_be_audited_opens_no_session(
    commands: Commands, service: LoginService, file: Path
) -> None:
    commands.sign_out(commands.sign_in_remotely(*LENA))
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.sign_in_remotely(*LENA)
    assert service.records.open_families() == 0


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", LENA[1]),
        ("lena\x00", LENA[1]),
        ("le\nna", LENA[1]),
        ("\ud800", LENA[1]),
        ("x" * 1_000_000, LENA[1]),
        ("lena", "x" * 1_000_000),
        ("lena", "\ud800"),
    ],
)
def test_what_can_be_no_name_or_password_is_wrong_without_asking(
    commands: Commands, service: LoginService, name: str, password: str
) -> None:
    with pytest.raises(BadCredentials):
        commands.sign_in_remotely(name, password)
    assert service.asked == []


# ------------------------------------------------------------ guessing


@pytest.mark.fault("F115")
@pytest.mark.parametrize("name", ["lena", "nobody"])
def test_after_five_wrong_passwords_a_name_rests_and_nobody_is_asked(
    commands: Commands, service: LoginService, clock: Clock, make: Make, name: str
) -> None:
    fail(commands, name, 5)
    asked = len(service.asked)
    for one in (commands, make(settings_for(service))):
        with pytest.raises(LockedOut):
            one.sign_in_remotely(name, LENA[1])
    assert len(service.asked) == asked
    assert commands.sign_in_remotely(*OMAR).role.key == "supervisor"
    clock.advance(seconds=31)
    if name == "lena":
        commands.sign_in_remotely(*LENA)
        fail(commands, name, 4)
        commands.sign_in_remotely(*LENA)


def test_rests_here_and_there_are_apart(commands: Commands, service: LoginService) -> None:
    commands.create_first_administrator("lena", PASSWORD)
    fail(commands, "lena", 5)
    assert commands.sign_in("lena", PASSWORD).kind is SignInKind.LOCAL


def test_what_a_stranger_typed_is_not_written_down(commands: Commands, database: Database) -> None:
    fail(commands, "hunter2-typed-into-the-wrong-field")
    assert "hunter2" not in repr(database.audit.newest())


# ------------------------------------------------------------ not believed


@pytest.mark.expects_warning
@pytest.mark.fault("F108", "F109", "F111", "F112")
@pytest.mark.parametrize(
    "forgery",
    [Forgery.ALG_NONE, Forgery.HS256_WITH_PUBLIC_KEY, Forgery.AUDIENCE, Forgery.KID_PATH],
)
def test_a_forged_token_lets_nobody_in_and_is_noted(
    commands: Commands, service: LoginService, database: Database, forgery: Forgery
) -> None:
    commands.sign_in_remotely(*LENA)
    service.forge(forgery)
    assert not fault_of(commands, *LENA).fault.is_away
    newest = database.audit.newest(1)[0]
    assert short(newest) == ("system", "login_service_refused", "denied")
    assert newest.details["fault"] in {"token_refused", "keys_changed"}


@pytest.mark.expects_warning
@pytest.mark.parametrize(
    "fault", [Fault.HTML, Fault.REDIRECT, Fault.TOO_MANY, Fault.ENDLESS, Fault.NOT_FOUND]
)
@pytest.mark.fault("F106")
def test_a_service_that_answers_nonsense_is_not_away_so_nobody_gets_in(
    commands: Commands, service: LoginService, fault: Fault
) -> None:
    commands.sign_out(commands.sign_in_remotely(*LENA))
    service.fault = fault
    assert not fault_of(commands, *LENA).fault.is_away


@pytest.mark.expects_warning
def test_a_certificate_that_is_wrong_lets_nobody_in(
    commands: Commands, service: LoginService, database: Database
) -> None:
    commands.sign_out(commands.sign_in_remotely(*LENA))
    service.show(Authority().context())
    assert fault_of(commands, *LENA).fault is LoginFault.TLS
    assert database.audit.newest(1)[0].details["fault"] == "tls"


# ------------------------------------------------------------ while it is away


def make_away(service: LoginService, how: Fault | None) -> None:
    if how is None:
        service.go_down()
    else:
        service.fault = how


@pytest.mark.fault("F105")
@pytest.mark.parametrize("how", [None, Fault.SILENT, Fault.SERVER_ERROR, Fault.HANG_UP])
def test_while_the_service_is_away_only_those_get_in_whom_it_let_in_lately(
    make: Make, service: LoginService, how: Fault | None, database: Database
) -> None:
    settings = settings_for(service, timeout_s=0.5)
    commands = make(settings)
    commands.sign_out(commands.sign_in_remotely(*ANNA))
    make_away(service, how)
    for one in (commands, make(settings)):
        session = one.sign_in_remotely(*ANNA)
        assert session.kind is SignInKind.OFFLINE
        assert session.actor == "remote:anna"
        assert not session.may(Permission.MANAGE_SECURITY)
        assert not session.may(Permission.MANAGE_OPERATORS)
        assert one.find_audit_entries(session, AuditQuery())[0].details["kind"] == "offline"
        with pytest.raises(PermissionDenied):
            one.login_service(session)
        for name, password in (("anna", "a wrong one"), LENA, ("nobody", ANNA[1])):
            # The same answer to all of them: it tells nobody who was here.
            assert fault_of(one, name, password).fault.is_away
    assert database.audit.newest(1)[0].actor == "anonymous"


@pytest.mark.fault("F105")
def test_whoever_is_signed_in_goes_on_while_the_service_is_away(
    commands: Commands, service: LoginService
) -> None:
    session = commands.sign_in_remotely(*ANNA)
    service.go_down()
    commands.remote_watch.look()
    assert commands.cameras(session) == []
    assert commands.login_service(session).url == service.url


@pytest.mark.fault("F105")
def test_without_an_earlier_sign_in_nobody_gets_in(
    commands: Commands, service: LoginService
) -> None:
    service.go_down()
    assert fault_of(commands, *ANNA).fault is LoginFault.UNREACHABLE


def test_guessing_while_the_service_is_away_is_no_faster(
    commands: Commands, service: LoginService, clock: Clock
) -> None:
    commands.sign_out(commands.sign_in_remotely(*ANNA))
    service.go_down()
    for name in ("anna", "nobody"):
        for _ in range(5):
            fault_of(commands, name, "a wrong password")
        with pytest.raises(LockedOut):
            commands.sign_in_remotely(name, ANNA[1])
    clock.advance(seconds=31)
    assert commands.sign_in_remotely(*ANNA).kind is SignInKind.OFFLINE


def test_whose_role_was_removed_meanwhile_does_not_get_in_and_that_is_noted(
    make: Make, service: LoginService, boss: Session, database: Database
) -> None:
    setting_up = make(RemoteLogin())
    boss = setting_up.sign_in("boss", PASSWORD)
    draft = RoleDraft("Night", frozenset({Permission.VIEW_CAMERAS}))
    role = setting_up.add_role(boss, draft)
    commands = make(settings_for(service, mapping={"admins": role.key}))
    session = commands.sign_in_remotely(*ANNA)
    assert session.role.key == role.key
    boss = commands.sign_in("boss", PASSWORD)
    commands.remove_role(boss, role.key, "viewer")
    with pytest.raises(PermissionDenied):
        commands.cameras(session)
    service.go_down()
    assert fault_of(commands, *ANNA).fault is LoginFault.NO_ROLE
    newest = database.audit.newest(1)[0]
    assert (newest.action, newest.result, newest.details["fault"]) == (
        "sign_in",
        "failed",
        LoginFault.NO_ROLE.value,
    )


def test_a_demonstration_leaves_no_key_in_the_keyring(  # noqa: PLR0917 - fixtures
    database: Database,
    secrets: SecretStore,
    keyring: MemoryKeyring,
    bus: Bus,
    counting: Counting,
    service: LoginService,
    profile: Path,
) -> None:
    access = AccessOptions(profile, remote_login=settings_for(service), is_passing=True)
    commands = Commands(database, secrets, CameraPolicy(), bus, counting, access=access)
    commands.sign_in_remotely(*ANNA)
    assert not [name for _, name in keyring.entries if name.startswith("offline")]
    assert not (profile / "offline-sign-in.json").exists()


def test_it_can_be_switched_off(make: Make, service: LoginService, profile: Path) -> None:
    commands = make(settings_for(service, offline_hours=0))
    commands.sign_in_remotely(*ANNA)
    assert {file.name for file in profile.iterdir()} == {"settings.toml", "audit-head.json"}
    service.go_down()
    assert fault_of(commands, *ANNA).fault is LoginFault.UNREACHABLE


def test_the_time_without_the_service_is_limited(
    commands: Commands, service: LoginService, clock: Clock
) -> None:
    commands.sign_in_remotely(*ANNA)
    service.go_down()
    clock.advance(hours=11)
    session = commands.sign_in_remotely(*ANNA)
    commands.remote_watch.look()
    assert commands.cameras(session) == []
    clock.advance(hours=1, seconds=1)
    commands.remote_watch.look()
    with pytest.raises(SessionExpired):
        commands.cameras(session)
    assert fault_of(commands, *ANNA).fault is LoginFault.UNREACHABLE


def test_a_clock_that_was_set_back_lets_nobody_in(
    commands: Commands, service: LoginService, clock: Clock
) -> None:
    commands.sign_in_remotely(*ANNA)
    service.go_down()
    clock.advance(hours=-3)
    assert fault_of(commands, *ANNA).fault is LoginFault.CLOCK
    assert fault_of(commands, "anna", "a wrong one").fault is LoginFault.UNREACHABLE


@pytest.mark.expects_warning
def test_a_file_that_was_edited_lets_nobody_in_and_is_noted(
    commands: Commands, service: LoginService, profile: Path, database: Database
) -> None:
    commands.sign_in_remotely(*LENA)
    file = profile / "offline-sign-in.json"
    sealed = json.loads(file.read_text())
    sealed["body"]["entries"][0]["role"] = "administrator"
    file.write_text(json.dumps(sealed))
    service.go_down()
    assert fault_of(commands, *LENA).fault is LoginFault.UNREACHABLE
    newest = database.audit.newest(1)[0]
    assert (newest.result, newest.details["offline"]) == ("denied", "was changed from outside")


@pytest.mark.expects_warning
def test_without_a_keyring_nobody_gets_in_and_that_is_said(
    commands: Commands,
    service: LoginService,
    database: Database,
    keyring: MemoryKeyring,
    profile: Path,
) -> None:
    keyring.refuses = RuntimeError("no keyring")
    commands.sign_in_remotely(*LENA)
    newest = database.audit.newest(1)[0]
    assert newest.details["offline"] == "not possible without a keyring"
    assert not (profile / "offline-sign-in.json").exists()
    service.go_down()
    assert fault_of(commands, *LENA).fault is LoginFault.UNREACHABLE


@pytest.mark.expects_warning
def test_a_keyring_that_went_away_is_said_to_be_the_reason(
    commands: Commands, service: LoginService, make: Make, keyring: MemoryKeyring
) -> None:
    commands.sign_in_remotely(*LENA)
    service.go_down()
    keyring.entries.clear()
    keyring.is_locked = True
    again = make(settings_for(service))
    with pytest.raises(LoginServiceError) as failed:
        again.sign_in_remotely(*LENA)
    assert "keyring" in failed.value.detail


@pytest.mark.fault("F114")
def test_whoever_is_refused_with_the_right_password_loses_the_way_in_without_the_service(
    commands: Commands, service: LoginService
) -> None:
    commands.sign_out(commands.sign_in_remotely(*LENA))
    fail(commands, "lena")
    service.go_down()
    commands.sign_out(commands.sign_in_remotely(*LENA))  # a stranger's guess took nothing
    service.come_up()
    service.user("lena").is_disabled = True
    with pytest.raises(BadCredentials):
        commands.sign_in_remotely(*LENA)
    service.go_down()
    assert fault_of(commands, *LENA).fault is LoginFault.UNREACHABLE


def test_whoever_lost_every_role_loses_it_too(commands: Commands, service: LoginService) -> None:
    commands.sign_out(commands.sign_in_remotely(*LENA))
    service.user("lena").roles = ["guests"]
    assert fault_of(commands, *LENA).fault is LoginFault.NO_ROLE
    service.go_down()
    assert fault_of(commands, *LENA).fault is LoginFault.UNREACHABLE


# ------------------------------------------------------------ the password once more


@pytest.fixture
def lena(commands: Commands) -> Session:
    return commands.sign_in_remotely(*LENA)


def confirm(commands: Commands, session: Session, password: str) -> None:
    commands._remote.confirm(session, password)


def test_the_service_is_asked_for_the_password_once_more(
    commands: Commands, service: LoginService, lena: Session
) -> None:
    confirm(commands, lena, LENA[1])
    assert service.records.open_families() == 1, "only the session itself is left open there"
    with pytest.raises(BadCredentials):
        confirm(commands, lena, "a wrong one")
    for _ in range(4):
        with pytest.raises(BadCredentials):
            confirm(commands, lena, "a wrong one")
    with pytest.raises(LockedOut):
        confirm(commands, lena, LENA[1])


def test_while_the_service_is_away_what_it_said_earlier_counts(
    commands: Commands, service: LoginService, lena: Session
) -> None:
    service.go_down()
    confirm(commands, lena, LENA[1])
    with pytest.raises(LoginServiceError):
        confirm(commands, lena, "a wrong one")
    offline = commands.sign_in_remotely(*LENA)
    confirm(commands, offline, LENA[1])


def test_secrets_are_in_memory_only(
    commands: Commands,
    service: LoginService,
    profile: Path,
    file: Path,
    log_file: Path,
) -> None:
    session = commands.sign_in_remotely(*LENA)
    commands.remote_watch.look()
    service.go_down()
    commands.sign_in_remotely(*LENA)
    known = commands._remote._desk.book.find(session)
    assert known is not None
    assert known.vouched is not None
    assert known.vouched.refresh is not None
    secret: list[Secret] = [known.vouched.access, known.vouched.refresh, Secret(LENA[1])]
    commands._database.close()
    kept = b"".join(
        one.read_bytes() for one in (*profile.rglob("*"), file, log_file) if one.is_file()
    )
    assert b"offline" in kept
    assert not [one for one in secret if one.reveal().encode() in kept]
    assert LENA[1] not in repr(commands._remote._desk.book.all())
