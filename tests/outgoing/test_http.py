"""Questions over HTTP to servers that misbehave."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camwatch.outgoing.connecting import Reach
from camwatch.outgoing.faults import OutgoingError, OutgoingFault
from camwatch.outgoing.http import (
    LARGEST_ANSWER,
    End,
    HttpClient,
    HttpQuestion,
    seconds_until,
)
from camwatch.outgoing.tls import tls_context
from tests.support import fault_web_server as web
from tests.support.certificates import Authority
from tests.support.fault_web_server import FaultWebServer, answer

NEAR = Reach(allows_private=True)
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def client(authority: Authority, tmp_path: Path) -> HttpClient:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    return HttpClient("question", tls_context(str(ca_file)), NEAR, allows_http=True)


@pytest.fixture
def server() -> Iterator[FaultWebServer]:
    with FaultWebServer() as made:
        yield made


def fault_of(client: HttpClient, url: str, limit_s: float = 5.0) -> OutgoingError:
    with pytest.raises(OutgoingError) as failed:
        client.ask(HttpQuestion(url, {}), limit_s)
    return failed.value


def wait_until_idle() -> None:
    until = time.monotonic() + 20
    while [one for one in threading.enumerate() if one.name == "question"]:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_an_answer_is_read_and_nothing_is_told_that_need_not_be(
    client: HttpClient,
    server: FaultWebServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answer = answer(200, b"thanks", Set_Cookie="a=b", Retry_After="7")
    for body in (None, b"{}"):
        said = client.ask(HttpQuestion(server.url, {"X-Of": "mine"}, body), 5.0)
        assert (said.status, said.body, said.end) == (200, b"thanks", End.WHOLE)
        assert said.retry_after == "7"
    assert [one.line.split()[0] for one in server.asked] == ["GET", "POST"]
    for one in server.asked:
        assert one.headers["x-of"] == "mine"
        assert one.headers["accept-encoding"] == "identity"
        assert one.headers["user-agent"].startswith("CamWatch/")
        assert one.headers["host"] == f"127.0.0.1:{server.port}"
        assert not {"cookie", "authorization", "proxy-authorization"} & one.headers.keys()


@pytest.mark.fault("F99")
@pytest.mark.parametrize("meant", [web.SLOW, web.DRIP_HEAD])
def test_a_server_without_an_answer_is_left_at_the_deadline(
    client: HttpClient, server: FaultWebServer, meant: str
) -> None:
    server.answer = meant
    assert fault_of(client, server.url, 0.2).fault is OutgoingFault.TIMEOUT
    wait_until_idle()


@pytest.mark.fault("F99")
def test_no_more_than_64_kib_of_an_answer_are_read(
    client: HttpClient, server: FaultWebServer
) -> None:
    server.answer = web.ENDLESS
    said = client.ask(HttpQuestion(server.url, {}), 20.0)
    assert (said.status, said.end) == (200, End.TOO_LARGE)
    assert said.body == b"y" * LARGEST_ANSWER
    wait_until_idle()


def test_an_answer_whose_head_came_counts_with_what_came_of_its_body(
    client: HttpClient, server: FaultWebServer
) -> None:
    server.answer = web.DRIP_BODY
    said = client.ask(HttpQuestion(server.url, {}), 0.3)
    assert (said.status, said.end) == (200, End.LATE)
    assert set(said.body) == {ord("x")}
    server.answer = web.BREAK_OFF
    said = client.ask(HttpQuestion(server.url, {}), 5.0)
    assert (said.status, said.end) == (200, End.BROKEN)


@pytest.mark.fault("F101")
def test_a_redirect_is_not_followed(client: HttpClient, server: FaultWebServer) -> None:
    server.answer = answer(307, Location=f"{server.url}/elsewhere")
    assert client.ask(HttpQuestion(server.url, {}, b"x"), 5.0).status == 307
    assert len(server.asked) == 1


def test_what_is_not_there_or_talks_something_else_is_told_apart(
    client: HttpClient, server: FaultWebServer
) -> None:
    server.answer = web.HANG_UP
    assert fault_of(client, server.url).fault is OutgoingFault.UNREACHABLE
    server.answer = b"220 mail.example.com ESMTP\r\n"
    assert fault_of(client, server.url).fault is OutgoingFault.BAD_ANSWER
    server.answer = b"HTTP/1.1 200 So\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert client.ask(HttpQuestion(server.url, {}), 5.0).end is End.BROKEN
    encrypted = server.url.replace("http:", "https:")
    assert fault_of(client, encrypted).fault is OutgoingFault.NO_ENCRYPTION
    with FaultWebServer() as gone:
        url = gone.url
    assert fault_of(client, url).fault is OutgoingFault.UNREACHABLE


def test_the_certificate_decides_before_anything_is_said(
    authority: Authority, client: HttpClient
) -> None:
    for context in (
        Authority().context(),
        authority.context("localhost", addresses=("127.0.0.2",)),
    ):
        with FaultWebServer(context) as server:
            assert fault_of(client, server.url).fault is OutgoingFault.CERTIFICATE
            assert server.asked == []
    with FaultWebServer(authority.context()) as server:
        assert client.ask(HttpQuestion(server.url, {}), 5.0).status == 204


def test_without_permission_nothing_goes_unencrypted_or_into_the_local_network(
    authority: Authority, server: FaultWebServer
) -> None:
    strict = HttpClient("question", tls_context(""), NEAR)
    assert fault_of(strict, server.url).fault is OutgoingFault.BAD_ANSWER
    far = HttpClient("question", tls_context(""), Reach(), allows_http=True)
    assert fault_of(far, server.url).fault is OutgoingFault.ADDRESS
    assert server.connections == 0


def test_a_question_that_is_cut_ends_at_once(client: HttpClient, server: FaultWebServer) -> None:
    server.answer = web.SLOW
    found: list[OutgoingFault] = []
    waiting = threading.Thread(target=lambda: found.append(fault_of(client, server.url, 60).fault))
    waiting.start()
    server.reached.wait(20)
    client.cut()
    waiting.join(20)
    assert found == [OutgoingFault.UNREACHABLE]
    wait_until_idle()


def test_addresses_with_their_queries_never_come_into_the_log(
    client: HttpClient, server: FaultWebServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    question = HttpQuestion(f"{server.url}?key=canary-of-the-query", {"X-Of": "canary-of-the-head"})
    client.ask(question, 5.0)
    with FaultWebServer() as gone:
        url = gone.url
    error = fault_of(client, f"{url}?key=canary-of-the-query")
    assert "canary" not in caplog.text + repr(question) + str(error)
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("99999", 3600.0),
        ("Mon, 04 May 2026 08:02:00 GMT", 120.0),
        ("Mon, 04 May 2026 07:00:00 GMT", 0.0),
        ("Mon, 04 May 2099 07:00:00 -0000", 3600.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
        ("99999999999999999999", None),
        ("Mon, 99 May 2026 08:02:00 GMT", None),
    ],
)
def test_when_to_come_again_is_read_in_both_forms(said: str, seconds: float | None) -> None:
    assert seconds_until(said, NOW, 3600.0) == seconds
