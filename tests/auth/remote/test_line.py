"""Questions to a login service that misbehaves."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.remote.service import LoginService as Client
from camwatch.auth.remote.service import TokenEnded
from camwatch.domain import Secret
from camwatch.errors import BadCredentials, LoginFault, LoginServiceError
from tests.auth.remote.conftest import settings_for
from tests.support.certificates import Authority
from tests.support.login_service import Fault, LoginService
from tests.support.login_tokens import KeyKind

ANNA = ("anna", "green bicycle rides")


def fault_of(client: Client, name: str = "anna", password: str = ANNA[1]) -> LoginServiceError:
    with pytest.raises(LoginServiceError) as failed:
        client.login(name, password)
    return failed.value


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("name", ["anna", "anna@site.example"])
def test_an_operator_signs_in_renews_is_checked_and_leaves(
    serve: Callable[..., LoginService], kind: KeyKind, name: str
) -> None:
    service = serve(kind)
    client = Client(settings_for(service))
    first = client.login(name, ANNA[1])
    assert first.claims["preferred_username"] == "anna"
    assert first.refresh is not None
    second = client.renew(first.refresh)
    assert second.access != first.access
    assert (client.recheck(second.access) or {})["roles"] == ["admins"]
    client.leave(second)
    with pytest.raises(TokenEnded):
        client.recheck(second.access)
    assert service.records.open_families() == 0
    assert "green bicycle" not in repr((first, second))


def test_a_refresh_token_that_was_used_before_ends_the_whole_sign_in(
    service: LoginService,
) -> None:
    client = Client(settings_for(service))
    first = client.login(*ANNA)
    assert first.refresh is not None
    second = client.renew(first.refresh)
    with pytest.raises(TokenEnded):
        client.renew(first.refresh)
    with pytest.raises(TokenEnded):
        client.recheck(second.access)


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong"), ("nobody", ANNA[1]), ("anna", ""), ("<img src=x>", "' OR 1=1--")],
)
def test_a_wrong_name_or_password_is_a_plain_no(
    service: LoginService, name: str, password: str
) -> None:
    with pytest.raises(BadCredentials):
        Client(settings_for(service)).login(name, password)


@pytest.mark.fault("F106")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.SILENT, LoginFault.TIMEOUT),
        (Fault.DRIP, LoginFault.TIMEOUT),
        (Fault.DRIP_HEAD, LoginFault.TIMEOUT),
        (Fault.HTML, LoginFault.BAD_ANSWER),
        (Fault.NO_JSON, LoginFault.BAD_ANSWER),
        (Fault.WRONG_JSON, LoginFault.BAD_ANSWER),
        (Fault.DEEP_JSON, LoginFault.BAD_ANSWER),
        (Fault.TWICE, LoginFault.BAD_ANSWER),
        (Fault.ENDLESS, LoginFault.BAD_ANSWER),
        (Fault.ZIPPED, LoginFault.BAD_ANSWER),
        (Fault.NOT_FOUND, LoginFault.BAD_ANSWER),
        (Fault.SERVER_ERROR, LoginFault.SERVER_ERROR),
        (Fault.REDIRECT, LoginFault.REDIRECTED),
        (Fault.TOO_MANY, LoginFault.TOO_MANY),
        (Fault.HANG_UP, LoginFault.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("path", ["/login", "/jwks"])
def test_an_answer_that_is_none_lets_nobody_in_and_says_why(
    service: LoginService, fault: Fault, expected: LoginFault, path: str
) -> None:
    if path == "/jwks" and fault is Fault.NOT_FOUND:
        pytest.skip("a service without a key set is a sound one")
    service.fault, service.faulty_paths = fault, {path}
    error = fault_of(Client(settings_for(service, timeout_s=0.6)))
    assert error.fault is expected
    assert "secret-of-the-service" not in str(error)
    assert not [one for one in service.asked if one == "/elsewhere"]
    if path == "/jwks":
        assert not [one for one in service.asked if one.endswith("/login")], "no password is sent"


@pytest.mark.fault("F106")
def test_whoever_waits_goes_on_at_the_deadline_and_no_thread_is_left(
    service: LoginService,
) -> None:
    service.fault, service.faulty_paths = Fault.DRIP, {"/login"}
    assert fault_of(Client(settings_for(service, timeout_s=0.3))).fault is LoginFault.TIMEOUT
    # The answer would go on for minutes; breaking the connection off wakes its reader.
    until = time.monotonic() + 30
    while [one for one in threading.enumerate() if one.daemon and one.name == "login service"]:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.fault("F105")
def test_a_service_that_is_down_is_unreachable_and_found_again(service: LoginService) -> None:
    client = Client(settings_for(service))
    service.go_down()
    assert fault_of(client).fault is LoginFault.UNREACHABLE
    service.come_up()
    assert client.login(*ANNA).claims["sub"] == service.user("anna").subject


@pytest.mark.fault("F105")
def test_a_name_that_nobody_knows_is_unreachable(service: LoginService) -> None:
    url = "https://no-such-host.invalid"
    error = fault_of(Client(settings_for(service, url=url, timeout_s=20)))
    assert error.fault in (LoginFault.UNREACHABLE, LoginFault.TIMEOUT)


@pytest.mark.parametrize("host", ["0.0.0.0", "169.254.169.254", "[::ffff:127.0.0.1]"])
def test_an_address_that_is_no_computer_s_is_not_asked(service: LoginService, host: str) -> None:
    url = service.url.replace("127.0.0.1", host)
    error = fault_of(Client(settings_for(service, url=url)))
    assert error.fault is LoginFault.NOT_SET_UP
    assert service.connections == 0


def test_a_service_that_asks_for_a_rest_gets_it(service: LoginService) -> None:
    now = [100.0]
    client = Client(settings_for(service), monotonic_s=lambda: now[0])
    service.fault, service.retry_after = Fault.TOO_MANY, "120"
    assert "120" in fault_of(client).detail
    service.fault = None
    asked = len(service.asked)
    now[0] += 119
    assert fault_of(client).fault is LoginFault.TOO_MANY
    assert len(service.asked) == asked
    now[0] += 2
    client.login(*ANNA)


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e9", "٣", "99999999999999999999"])
def test_a_rest_that_cannot_be_read_is_a_short_one(service: LoginService, said: str) -> None:
    now = [100.0]
    client = Client(settings_for(service), monotonic_s=lambda: now[0])
    # As bytes: headers may hold anything.
    service.fault = Fault.TOO_MANY
    service.retry_after = said.encode("utf-8").decode("latin-1")
    fault_of(client)
    service.fault = None
    now[0] += 31
    client.login(*ANNA)


@pytest.mark.fault("F106")
def test_the_certificate_decides_and_the_password_is_not_sent(
    service: LoginService, tmp_path: Path
) -> None:
    wrong = {
        "of another authority": Authority().context("localhost"),
        "for another address": service.authority.context("localhost", addresses=("127.0.0.2",)),
        "for a name only": service.authority.context("login.example.com", addresses=()),
        "expired": service.authority.context(ends=timedelta(days=-1)),
    }
    for what, context in wrong.items():
        service.show(context)
        assert fault_of(Client(settings_for(service))).fault is LoginFault.TLS, what
    assert service.asked == []
    service.show(service.authority.context())
    Client(settings_for(service)).login(*ANNA)


def test_without_a_file_this_computer_decides_which_certificates_count(
    service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fault_of(Client(settings_for(service, ca_file=""))).fault is LoginFault.TLS
    # Neither may a variable bring in others, as it does for the library.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.ca_file))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(service.ca_file))
    assert fault_of(Client(settings_for(service, ca_file=""))).fault is LoginFault.TLS
    # This is how an authority is added to those of this computer.
    monkeypatch.setenv("SSL_CERT_FILE", str(service.ca_file))
    Client(settings_for(service, ca_file="")).login(*ANNA)


def test_a_file_that_is_given_is_the_only_one_that_counts(
    service: LoginService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(Authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(service.ca_file))
    assert fault_of(Client(settings_for(service, ca_file=str(other)))).fault is LoginFault.TLS


def test_no_authorities_are_added_behind_our_back(service: LoginService) -> None:
    client = Client(settings_for(service))
    client.login(*ANNA)
    # The library would add those that it ships with.
    assert len(client._line._context.get_ca_certs()) == 1


def test_old_encryption_is_refused(service: LoginService) -> None:
    context = service.authority.context()
    # Below what this computer's own library offers, so both must be told.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    service.show(context)
    assert fault_of(Client(settings_for(service))).fault is LoginFault.TLS


def test_neither_proxies_nor_stored_passwords_nor_cookies_are_used(
    service: LoginService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = Client(settings_for(service))
    client.recheck(client.login(*ANNA).access)
    assert service.cookies == []


def test_a_service_that_is_cut_off_lets_whoever_waits_go_on(service: LoginService) -> None:
    service.fault = Fault.SILENT
    client = Client(settings_for(service, timeout_s=60))
    found: list[LoginFault] = []
    waiting = threading.Thread(target=lambda: found.append(fault_of(client).fault))
    waiting.start()
    while not service.asked:
        time.sleep(0.01)
    client.cut()
    waiting.join(30)
    assert found == [LoginFault.UNREACHABLE]


def test_a_token_that_nobody_gave_out_does_not_hold(service: LoginService) -> None:
    with pytest.raises(TokenEnded):
        Client(settings_for(service)).recheck(Secret("made up"))


def test_settings_that_cannot_be_used_are_said_to_be_such(tmp_path: Path) -> None:
    with LoginService(tmp_path) as service:
        with pytest.raises(LoginServiceError) as refused:
            Client(settings_for(service, url="http://127.0.0.1"))
        assert refused.value.fault is LoginFault.NOT_SET_UP
        for name in (tmp_path / "gone.pem", tmp_path / "text.pem"):
            (tmp_path / "text.pem").write_text("no certificate")
            with pytest.raises(LoginServiceError) as refused:
                Client(settings_for(service, ca_file=str(name)))
            assert refused.value.fault is LoginFault.TLS
