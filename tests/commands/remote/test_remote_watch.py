"""Open sessions are kept to what the login service says."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from camwatch.auth.permissions import Permission
from camwatch.auth.remote.service import LoginService as Client
from camwatch.auth.session import Session, SignInKind
from camwatch.commands import Commands
from camwatch.commands import remote_watch as module
from camwatch.commands.remote_book import RemoteSession
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.errors import LoginFault, LoginServiceError, PermissionDenied, SessionExpired
from camwatch.events import SessionChanged
from tests.auth.remote.conftest import settings_for
from tests.commands.remote.conftest import ANNA, LENA, OMAR, Make, short
from tests.commands.values import Clock, forbid
from tests.support.certificates import Authority
from tests.support.login_service import Fault, LoginService
from tests.support.login_tokens import Forgery, KeyKind


@pytest.fixture(autouse=True)
def always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each look ask the service."""
    monkeypatch.setattr(module, "RECHECK_S", 0.0)
    monkeypatch.setattr(module, "RETRY_S", 0.0)


def known(commands: Commands, session: Session) -> RemoteSession:
    found = commands._remote._desk.book.find(session)
    assert found is not None
    return found


def is_over(commands: Commands, session: Session) -> bool:
    try:
        commands.cameras(session)
    except SessionExpired:
        return True
    return False


@pytest.mark.fault("F114")
@pytest.mark.parametrize("kind", [KeyKind.EDDSA, KeyKind.NONE])
@pytest.mark.parametrize("is_terse", [False, True])
def test_an_operator_who_is_disabled_there_is_out(  # noqa: PLR0917 - fixtures
    make: Make,
    serve: Callable[..., LoginService],
    database: Database,
    told: list[SessionChanged],
    kind: KeyKind,
    is_terse: bool,
) -> None:
    service = serve(kind)
    service.records.is_terse = is_terse
    commands = make(settings_for(service))
    lena, omar = commands.sign_in_remotely(*LENA), commands.sign_in_remotely(*OMAR)
    commands.remote_watch.look()
    assert told == []
    service.user("lena").is_disabled = True
    commands.remote_watch.look()
    assert is_over(commands, lena)
    assert not is_over(commands, omar)
    assert [one.user_uid for one in told] == [lena.user.uid]
    newest = database.audit.newest(1)[0]
    assert short(newest) == ("remote:lena", "session_ended", "denied")
    service.go_down()
    with pytest.raises(LoginServiceError):
        commands.sign_in_remotely(*LENA)
    assert commands.sign_in_remotely(*OMAR).kind is SignInKind.OFFLINE


@pytest.mark.fault("F114")
@pytest.mark.parametrize("is_terse", [False, True])
def test_an_operator_who_is_lowered_there_loses_the_rights(
    commands: Commands,
    service: LoginService,
    told: list[SessionChanged],
    database: Database,
    is_terse: bool,
) -> None:
    service.records.is_terse = is_terse
    anna = commands.sign_in_remotely(*ANNA)
    assert commands.login_service(anna).url == service.url
    service.user("anna").roles = ["staff"]
    commands.remote_watch.look()
    with pytest.raises(PermissionDenied):
        commands.login_service(anna)
    assert commands.cameras(anna) == []
    assert commands.present_session(anna).role.key == "viewer"
    assert {one.user_uid for one in told} == {anna.user.uid}
    entry = next(one for one in database.audit.newest() if one.action == "role_changed")
    assert (entry.details["before"], entry.details["role"]) == ("administrator", "viewer")
    service.go_down()
    assert commands.sign_in_remotely(*ANNA).role.key == "viewer", "nor is there a way around it"
    service.come_up()
    service.user("anna").roles = ["admins"]
    commands.remote_watch.look()
    assert commands.login_service(anna).url == service.url
    service.user("anna").roles = ["guests"]
    commands.remote_watch.look()
    assert is_over(commands, anna)


@pytest.mark.fault("F114")
def test_whoever_signed_out_or_changed_the_password_elsewhere_is_out(
    commands: Commands, service: LoginService
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    service.records.end_sessions("lena")
    commands.remote_watch.look()
    assert is_over(commands, lena)


@pytest.mark.fault("F107")
def test_a_token_that_no_longer_holds_is_renewed_once_without_disturbing(
    commands: Commands, service: LoginService, told: list[SessionChanged]
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    before = known(commands, lena).vouched
    service.records.forget_access()
    service.asked.clear()
    commands.remote_watch.look()
    assert not is_over(commands, lena)
    assert known(commands, lena).vouched != before
    assert [path.rpartition("/")[2] for path in service.asked] == ["validate", "refresh"]
    assert told == []


@pytest.mark.fault("F107")
def test_a_token_is_renewed_before_it_runs_out(
    make: Make, service: LoginService, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(module, "RECHECK_S", 1e9)
    commands = make(settings_for(service))
    lena = commands.sign_in_remotely(*LENA)
    service.asked.clear()
    commands.remote_watch.look()
    assert service.asked == []
    clock.advance(minutes=11)
    first = known(commands, lena).vouched
    commands.remote_watch.look()
    assert known(commands, lena).vouched != first
    assert not is_over(commands, lena)


@pytest.mark.fault("F107")
def test_without_a_next_token_the_session_ends(
    commands: Commands, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    service.records.forget_access()
    service.fault, service.faulty_paths = Fault.SERVER_ERROR, {"/refresh"}
    commands.remote_watch.look()
    assert not is_over(commands, lena), "the service is away, so it has not said no"
    service.fault = None
    service.user("lena").is_disabled = True
    commands.remote_watch.look()
    assert is_over(commands, lena)


@pytest.mark.expects_warning
@pytest.mark.parametrize("forgery", [Forgery.ALG_NONE, Forgery.OTHER_KEY, Forgery.AUDIENCE])
def test_a_forged_next_token_is_not_taken(
    commands: Commands, service: LoginService, forgery: Forgery, database: Database
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    before = known(commands, lena).vouched
    service.records.is_terse = True
    service.user("lena").roles = ["admins"]
    service.forge(forgery)
    commands.remote_watch.look()
    assert known(commands, lena).vouched == before
    with pytest.raises(PermissionDenied):
        commands.login_service(lena)
    commands.remote_watch.look()
    assert is_over(commands, lena), "the token for the next one was used up by the forged one"
    noted = [one for one in database.audit.newest() if one.action == "login_service_refused"]
    assert len(noted) == 1


def test_a_next_token_of_somebody_else_ends_the_session(
    commands: Commands, service: LoginService, database: Database
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    service.records.is_terse = True
    service.user("lena").subject = service.user("anna").subject
    commands.remote_watch.look()
    assert is_over(commands, lena)
    assert "somebody else" in database.audit.newest(1)[0].details["reason"]
    assert service.records.open_families() == 0


@pytest.mark.expects_warning
@pytest.mark.parametrize("what", ["html", "certificate", "429"])
def test_a_service_that_cannot_say_leaves_open_sessions_as_they_are(
    commands: Commands, service: LoginService, what: str
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    if what == "certificate":
        service.show(Authority().context())
    else:
        service.fault = Fault(what)
    commands.remote_watch.look()
    assert not is_over(commands, lena)


@pytest.mark.fault("F105")
def test_a_service_that_comes_back_is_asked_again(
    commands: Commands, service: LoginService
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    service.go_down()
    commands.remote_watch.look()
    assert known(commands, lena).trouble is LoginFault.UNREACHABLE
    service.come_up()
    commands.remote_watch.look()
    assert known(commands, lena).trouble is None
    service.user("lena").is_disabled = True
    commands.remote_watch.look()
    assert is_over(commands, lena)


# ------------------------------------------------------------ let in while it was away


@pytest.fixture
def offline(commands: Commands, service: LoginService) -> Session:
    """Return the session of Anna, who was let in while the service is away."""
    commands.sign_out(commands.sign_in_remotely(*ANNA))
    service.go_down()
    session = commands.sign_in_remotely(*ANNA)
    assert session.kind is SignInKind.OFFLINE
    return session


@pytest.mark.fault("F105")
def test_as_soon_as_the_service_answers_it_vouches_again(
    commands: Commands,
    service: LoginService,
    offline: Session,
    told: list[SessionChanged],
    database: Database,
) -> None:
    commands.remote_watch.look()
    assert commands.present_session(offline).kind is SignInKind.OFFLINE
    with pytest.raises(PermissionDenied):
        commands.login_service(offline)
    service.come_up()
    commands.remote_watch.look()
    present = commands.present_session(offline)
    assert present.kind is SignInKind.REMOTE
    assert present.may(Permission.MANAGE_SECURITY)
    assert commands.login_service(offline).url == service.url
    assert known(commands, offline).password is None
    assert len(told) == 1
    assert "sign_in_confirmed" in {one.action for one in database.audit.newest(5)}


@pytest.mark.fault("F114")
def test_whoever_was_disabled_meanwhile_is_out_as_soon_as_it_answers(
    commands: Commands, service: LoginService, offline: Session
) -> None:
    service.user("anna").is_disabled = True
    service.come_up()
    commands.remote_watch.look()
    assert is_over(commands, offline)
    service.go_down()
    with pytest.raises(LoginServiceError):
        commands.sign_in_remotely(*ANNA)


@pytest.mark.fault("F114")
@pytest.mark.parametrize(("roles", "key"), [(["staff"], "viewer"), (["guests"], None)])
def test_whoever_was_lowered_meanwhile_has_the_lower_role(
    commands: Commands, service: LoginService, offline: Session, roles: list[str], key: str | None
) -> None:
    service.user("anna").roles = roles
    service.come_up()
    commands.remote_watch.look()
    if key is None:
        assert is_over(commands, offline)
        assert service.records.open_families() == 0
    else:
        assert commands.present_session(offline).role.key == key


@pytest.mark.expects_warning
def test_a_stranger_in_the_place_of_the_service_changes_nothing(
    commands: Commands, service: LoginService, offline: Session
) -> None:
    service.show(Authority().context())
    service.come_up()
    commands.remote_watch.look()
    assert commands.present_session(offline).kind is SignInKind.OFFLINE
    assert service.asked[-1].endswith("/logout"), "the password was not sent again"


# ------------------------------------------------------------ ends


def test_a_session_that_ended_here_is_let_go_of_and_the_service_is_told(
    commands: Commands, service: LoginService, clock: Clock
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    clock.advance(hours=12, seconds=1)
    commands.remote_watch.look()
    assert commands._remote._desk.book.find(lena) is None
    assert service.records.open_families() == 0


def test_at_the_end_of_the_program_the_service_is_told(
    commands: Commands, service: LoginService
) -> None:
    commands.sign_in_remotely(*LENA)
    commands.sign_in_remotely(*OMAR)
    commands.remote_watch.hurry()
    commands.remote_watch.close()
    assert service.records.open_families() == 0


def test_a_sign_out_during_a_renewal_leaves_nothing_open(
    commands: Commands, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = commands.sign_in_remotely(*LENA)
    service.records.forget_access()
    original = Client.renew

    def renew(client: Client, refresh: Secret) -> object:
        found = original(client, refresh)
        commands.sign_out(lena)
        return found

    monkeypatch.setattr(Client, "renew", renew)
    commands.remote_watch.look()
    assert is_over(commands, lena)
    assert service.records.open_families() == 0
    assert commands._remote._desk.book.all() == []


@pytest.mark.expects_warning
def test_a_change_that_cannot_be_audited_is_tried_again(
    commands: Commands, service: LoginService, database: Database, file: object
) -> None:
    anna = commands.sign_in_remotely(*ANNA)
    service.user("anna").roles = ["staff"]
    forbid(file, "INSERT", "audit")  # type: ignore[arg-type]
    commands.remote_watch.look()
    assert commands._remote._desk.book.find(anna) is not None


def test_looks_and_sign_ins_at_once_do_not_disturb_each_other(
    commands: Commands, service: LoginService
) -> None:
    found: list[Session] = []
    threads = [
        threading.Thread(target=lambda who=who: found.append(commands.sign_in_remotely(*who)))
        for who in (ANNA, OMAR, LENA)
    ]
    for thread in threads:
        thread.start()
    for _ in range(5):
        commands.remote_watch.look()
    for thread in threads:
        thread.join()
    commands.remote_watch.look()
    assert not [one for one in found if is_over(commands, one)]
    assert len(found) == 3


@pytest.mark.fault("F114")
def test_the_times_leave_a_minute_even_if_the_service_is_slow() -> None:
    from camwatch.workers import login_watch  # noqa: PLC0415

    # As the module has it, not as this file sets it: every question may take its whole time.
    recheck_s, timeout_s, questions = 20.0, 5.0, 3
    assert recheck_s + login_watch._PERIOD_S + questions * timeout_s < 60
