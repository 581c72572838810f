"""Setting the login service up, trying it, and what follows from a change."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.accounts import RoleDraft
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.commands import Commands
from camwatch.config import RemoteLogin, load_settings
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import Secret
from camwatch.errors import (
    BadCredentials,
    DatabaseDamaged,
    InvalidSettings,
    LoginFault,
    LoginServiceError,
    PasswordNeeded,
    SessionExpired,
)
from tests.auth.remote.conftest import settings_for
from tests.commands.remote.conftest import ANNA, GAST, LENA, Make, short
from tests.commands.values import PASSWORD, forbid
from tests.support.certificates import Authority
from tests.support.login_service import LoginService
from tests.support.login_tokens import KeyKind


@pytest.fixture
def commands(make: Make) -> Commands:
    """Return commands without a login service."""
    return make(RemoteLogin())


@pytest.fixture
def second(serve: Callable[..., LoginService]) -> LoginService:
    return serve(KeyKind.ES256)


def refused(commands: Commands, boss: Session, settings: RemoteLogin) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as failed:
        commands.set_login_service(boss, settings)
    return {problem.field: problem.reason for problem in failed.value.problems}


def test_a_service_that_is_set_up_counts_at_once_and_in_the_next_run(
    commands: Commands, boss: Session, service: LoginService, profile: Path, make: Make
) -> None:
    file = profile / "settings.toml"
    file.write_text("# ours\n[display]\ntime_zone = 'Europe/Berlin' # here\n")
    kept = commands.set_login_service(boss, settings_for(service, name=" Site login "))
    key = service.keys[0]
    assert kept.keys == {key.kid: key.fingerprint}
    assert commands.login_service(boss) == kept
    assert commands.sign_in_remotely(*LENA).kind is SignInKind.REMOTE
    read = load_settings(file, {})
    assert read.remote_login == kept
    assert list(read.remote_login.mapping) == ["admins", "shift-leads", "staff"]
    assert read.display.time_zone == "Europe/Berlin"
    assert "# ours" in file.read_text()
    assert "# here" in file.read_text()
    assert make(read.remote_login).sign_in_remotely(*LENA).role.key == "viewer"


def test_a_change_is_audited_with_what_was_changed(
    commands: Commands, boss: Session, service: LoginService, database: Database
) -> None:
    commands.set_login_service(boss, settings_for(service, offline_hours=3))
    newest = database.audit.newest(1)[0]
    assert short(newest) == ("boss", "set_login_service", "done")
    assert newest.details["url"] == service.url
    assert "offline_hours" in newest.details["changed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://127.0.0.1"}, "url"),
        ({"url": "https://login.example.com//x"}, "url"),
        ({"ca_file": "relative.pem"}, "ca_file"),
        ({"ca_file": "/no/such/file.pem"}, "ca_file"),
        ({"name": "a\nb"}, "name"),
        ({"audience": " "}, "audience"),
        ({"roles_claim": "\u202e"}, "roles_claim"),
        ({"mapping": {"staff": "emperor"}}, "mapping"),
        ({"mapping": {" ": "viewer"}}, "mapping"),
        ({"mapping": {"a\nb": "viewer"}}, "mapping"),
        ({"mapping": {str(n): "viewer" for n in range(201)}}, "mapping"),
        ({"keys": {"k": "no fingerprint"}}, "keys"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_changes(  # noqa: PLR0917 - fixtures
    commands: Commands,
    boss: Session,
    service: LoginService,
    profile: Path,
    changes: dict[str, object],
    field: str,
) -> None:
    assert set(refused(commands, boss, settings_for(service, **changes))) == {field}
    assert commands.login_service(boss) == RemoteLogin()
    assert not (profile / "settings.toml").exists()


def test_all_refused_fields_are_named_at_once(
    commands: Commands, boss: Session, service: LoginService, tmp_path: Path
) -> None:
    old = tmp_path / "old.pem"
    old.write_bytes(Authority(ends=timedelta(days=-1)).pem)
    bad = settings_for(service, url="http://x", ca_file=str(old), mapping={"staff": "emperor"})
    assert set(refused(commands, boss, bad)) == {"url", "ca_file", "mapping"}


def test_a_role_that_an_administrator_made_can_be_given(
    commands: Commands, boss: Session, service: LoginService, database: Database
) -> None:
    record = RoleRecord("a-uid", "Night", frozenset({"view_cameras"}), None, False)
    database.roles.put(record, "night")
    settings = settings_for(service, mapping={"staff": "a-uid"})
    commands.set_login_service(boss, settings)
    found = commands.preview_mapping(boss, settings, {"roles": ["staff"]})
    assert found is not None
    assert found.name == "Night"


def test_nobody_lets_others_in_as_more_than_they_are_themselves(
    commands: Commands, boss: Session, service: LoginService, database: Database
) -> None:
    permissions = frozenset({Permission.VIEW_CAMERAS, Permission.MANAGE_SECURITY})
    role = commands.add_role(boss, RoleDraft("Security", permissions))
    database.operators.add("sven", role.key, hash_password(PASSWORD))
    sven = commands.sign_in("sven", PASSWORD)
    settings = settings_for(service)
    assert "administrator" in settings.mapping.values()
    assert set(refused(commands, sven, settings)) == {"mapping"}
    assert short(database.audit.newest(1)[0]) == ("sven", "set_login_service", "denied")
    assert commands.login_service(sven).url == ""

    own = settings.model_copy(update={"mapping": {"staff": role.key}})
    assert commands.set_login_service(sven, own).url == service.url
    kept = commands.set_login_service(boss, settings)
    # What lets nobody in as anything may be changed.
    shorter = kept.model_copy(update={"offline_hours": 2})
    assert commands.set_login_service(sven, shorter).offline_hours == 2
    elsewhere = shorter.model_copy(update={"audience": "another"})
    assert set(refused(commands, sven, elsewhere)) == {"mapping"}
    assert commands.set_login_service(sven, RemoteLogin()).url == ""


def test_settings_that_cannot_be_written_change_nothing(
    commands: Commands, boss: Session, service: LoginService, profile: Path, database: Database
) -> None:
    (profile / "settings.toml").mkdir()
    with pytest.raises(InvalidSettings):
        commands.set_login_service(boss, settings_for(service))
    assert commands.login_service(boss).url == ""
    assert [entry.result for entry in database.audit.newest(2)] == ["failed", "done"]


def test_a_change_that_cannot_be_audited_is_not_made(
    commands: Commands, boss: Session, service: LoginService, file: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.set_login_service(boss, settings_for(service))
    assert commands.login_service(boss).url == ""


def test_it_needs_a_password_that_was_entered_lately(
    make: Make, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = make(RemoteLogin())
    boss = commands.create_first_administrator("boss", PASSWORD)
    monkeypatch.setattr("camwatch.auth.session.CONFIRMED_FOR", timedelta())
    with pytest.raises(PasswordNeeded):
        commands.set_login_service(boss, settings_for(service))


# ------------------------------------------------------------ what follows


def test_another_service_ends_what_the_first_one_vouched_for(
    commands: Commands,
    boss: Session,
    service: LoginService,
    second: LoginService,
    database: Database,
) -> None:
    commands.set_login_service(boss, settings_for(service))
    lena = commands.sign_in_remotely(*LENA)
    kept = commands.login_service(boss)
    changed = kept.model_copy(update={"url": second.url, "ca_file": str(second.ca_file)})
    new = commands.set_login_service(boss, changed)
    assert new.keys == {second.keys[0].kid: second.keys[0].fingerprint}
    with pytest.raises(SessionExpired):
        commands.cameras(lena)
    assert service.records.open_families() == 0
    assert not [path for path in second.asked if not path.endswith("/jwks")], "no token went there"
    assert "session_ended" in {entry.action for entry in database.audit.newest(5)}
    service.go_down()
    second.go_down()
    with pytest.raises(LoginServiceError):
        commands.sign_in_remotely(*LENA)


def test_to_do_without_it_ends_its_sessions_and_forgets_whom_it_let_in(
    commands: Commands, boss: Session, service: LoginService, profile: Path
) -> None:
    commands.set_login_service(boss, settings_for(service))
    lena = commands.sign_in_remotely(*LENA)
    assert (profile / "offline-sign-in.json").exists()
    kept = commands.set_login_service(boss, RemoteLogin())
    assert kept.keys == {}
    assert not (profile / "offline-sign-in.json").exists()
    with pytest.raises(SessionExpired):
        commands.cameras(lena)
    with pytest.raises(LoginServiceError) as failed:
        commands.sign_in_remotely(*LENA)
    assert failed.value.fault is LoginFault.NOT_SET_UP
    assert commands.cameras(boss) == []


def test_another_mapping_counts_for_open_sessions_with_the_next_look(
    commands: Commands, boss: Session, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camwatch.commands.remote_watch.RECHECK_S", 0.0)
    commands.set_login_service(boss, settings_for(service))
    anna = commands.sign_in_remotely(*ANNA)
    commands.set_login_service(boss, settings_for(service, mapping={"admins": "viewer"}))
    commands.remote_watch.look()
    assert commands.present_session(anna).role.key == "viewer"


@pytest.mark.expects_warning
def test_changed_keys_are_refused_until_an_administrator_trusts_them(
    commands: Commands, boss: Session, service: LoginService
) -> None:
    commands.set_login_service(boss, settings_for(service))
    service.rotate()
    with pytest.raises(LoginServiceError) as failed:
        commands.sign_in_remotely(*LENA)
    assert failed.value.fault is LoginFault.KEYS_CHANGED
    kept = commands.login_service(boss)
    trial = commands.try_login_service(boss, kept)
    assert trial.key_fingerprints != kept.keys
    trusted = kept.model_copy(update={"keys": dict(trial.key_fingerprints)})
    commands.set_login_service(boss, trusted)
    assert commands.sign_in_remotely(*LENA).role.key == "viewer"


def test_keys_are_trusted_at_first_use_if_the_service_is_away_meanwhile(
    commands: Commands, boss: Session, service: LoginService, profile: Path, database: Database
) -> None:
    service.go_down()
    assert commands.set_login_service(boss, settings_for(service)).keys == {}
    service.come_up()
    commands.sign_in_remotely(*LENA)
    key = service.keys[0]
    assert commands.login_service(boss).keys == {key.kid: key.fingerprint}
    written = tomllib.loads((profile / "settings.toml").read_text())["remote_login"]
    assert written["keys"] == {key.kid: key.fingerprint}
    noted = [one for one in database.audit.newest() if one.action == "trust_login_service_keys"]
    assert [one.details for one in noted] == [{"key_1": key.fingerprint}]


# ------------------------------------------------------------ trials


@pytest.mark.parametrize("kind", KeyKind)
def test_a_trial_shows_keys_claims_and_the_role_and_lets_nobody_in(
    commands: Commands, boss: Session, serve: Callable[..., LoginService], kind: KeyKind
) -> None:
    service = serve(kind)
    settings = settings_for(service)
    bare = commands.try_login_service(boss, settings)
    assert bare.has_keys == (kind is not KeyKind.NONE)
    assert (bare.claims, bare.role) == ({}, None)
    trial = commands.try_login_service(boss, settings, "anna", Secret(ANNA[1]))
    assert trial.claims["roles"] == ["admins"]
    assert trial.role is not None
    assert trial.role.key == "administrator"
    if kind is not KeyKind.NONE:
        assert trial.key_fingerprints == {service.keys[0].kid: service.keys[0].fingerprint}
    assert service.records.open_families() == 0
    assert commands.login_service(boss).url == ""
    nobody = commands.try_login_service(boss, settings, "gast", Secret(GAST[1]))
    assert nobody.role is None


def test_a_trial_says_what_went_wrong_and_is_audited(
    commands: Commands, boss: Session, service: LoginService, database: Database
) -> None:
    settings = settings_for(service)
    with pytest.raises(BadCredentials):
        commands.try_login_service(boss, settings, "anna", Secret("wrong"))
    service.go_down()
    with pytest.raises(LoginServiceError) as failed:
        commands.try_login_service(boss, settings)
    assert failed.value.fault is LoginFault.UNREACHABLE
    with pytest.raises(InvalidSettings):
        commands.try_login_service(boss, RemoteLogin())
    assert [short(one) for one in database.audit.newest(2)] == [
        ("boss", "try_login_service", "failed")
    ] * 2


def test_the_name_that_operators_see(make: Make, service: LoginService) -> None:
    def name(**changes: object) -> str:
        return make(settings_for(service, **changes))._remote_access.display_name

    assert name() == "127.0.0.1"
    assert name(name="Site login") == "Site login"
    assert name(url="", name="Site login") == ""
