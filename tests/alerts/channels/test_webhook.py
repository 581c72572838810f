"""Webhooks, to real web servers that misbehave."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from camwatch.alerts.channels.headers import check_headers
from camwatch.alerts.channels.webhook import WebhookSender
from camwatch.alerts.notification import Answer, Purpose
from camwatch.alerts.settings import WebhookSettings
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault, InvalidSetting
from tests.alerts.channels.sending import NOW, outgoing
from tests.support import fault_web_server as web
from tests.support.certificates import Authority
from tests.support.fault_web_server import FaultWebServer, answer

SECRET = "canary-of-the-webhook"


@pytest.fixture
def server() -> Iterator[FaultWebServer]:
    with FaultWebServer() as made:
        yield made


def settings_for(server: FaultWebServer, **changes: Any) -> WebhookSettings:
    usual = WebhookSettings(server.url, allow_private=True, allow_http=True)
    return replace(usual, **changes)


def send(server: FaultWebServer, **changes: Any) -> Answer:
    return WebhookSender(settings_for(server, **changes), Secret(SECRET)).send(outgoing())


def failure(server: FaultWebServer, **changes: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        send(server, **changes)
    return failed.value


def test_an_alert_is_posted_as_json_and_signed(server: FaultWebServer) -> None:
    server.answer = answer(202, b'{"queued": true}')
    data: Mapping[str, object] = {
        "number": 214,
        "rule": "Hall full",
        "cameras": ("Hall", "Gate"),
        "value": 31,
        "threshold": 30.0,
        "coverage": None,
        "raised_at": NOW,
    }
    sender = WebhookSender(settings_for(server), Secret(SECRET))
    given = sender.send(outgoing(data=data, text='31 people, "<b>ü"'))
    assert given.text == 'HTTP 202 {"queued": true}'
    (asked,) = server.asked
    assert asked.line == "POST /alerts HTTP/1.1"
    assert asked.json == {
        "type": "alert",
        "message": '31 people, "<b>ü"',
        "severity": "critical",
        "timestamp": "2026-05-04T08:00:00.000Z",
        "data": {
            "number": 214,
            "rule": "Hall full",
            "cameras": ["Hall", "Gate"],
            "value": 31,
            "threshold": 30.0,
            "coverage": None,
            "raised_at": "2026-05-04T08:00:00.000Z",
            "notification": "6f1c2f8e-0000-4000-8000-000000000001",
            "alert": "a1e2",
            "purpose": "alert",
            "subject": "Hall: 31 people (limit 30)",
            "due_at": "2026-05-04T08:00:00.000Z",
            "is_late": False,
        },
    }
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["idempotency-key"] == "6f1c2f8e-0000-4000-8000-000000000001"
    stamp = asked.headers["x-camwatch-timestamp"]
    assert stamp == str(int(NOW.timestamp()))
    signed = hmac.new(SECRET.encode(), f"{stamp}.".encode() + asked.body, hashlib.sha256)
    assert asked.headers["x-camwatch-signature"] == f"sha256={signed.hexdigest()}"


def test_the_same_message_has_the_same_key_each_time_and_says_when_it_is_late(
    server: FaultWebServer,
) -> None:
    sender = WebhookSender(settings_for(server), None)
    sender.send(outgoing())
    sender.send(outgoing(age=timedelta(hours=2)))
    first, second = server.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert second.json["data"]["is_late"] is True
    assert second.json["data"]["due_at"] == "2026-05-04T06:00:00.000Z"
    assert "x-camwatch-signature" not in first.headers


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        (Purpose.ALERT, "alert"),
        (Purpose.ESCALATION, "alert"),
        (Purpose.DRILL, "alert"),
        (Purpose.TEST, "alert"),
        (Purpose.CANARY, "system_status"),
        (Purpose.ALIVE, "system_status"),
    ],
)
def test_a_sign_of_life_is_no_alert(server: FaultWebServer, purpose: Purpose, kind: str) -> None:
    WebhookSender(settings_for(server), None).send(outgoing(purpose=purpose))
    assert server.asked[0].json["type"] == kind
    assert server.asked[0].json["data"]["purpose"] == purpose.value


@pytest.mark.fault("F99")
@pytest.mark.parametrize("meant", [web.SLOW, web.DRIP_HEAD])
def test_a_slow_webhook_is_left_when_its_time_is_over(server: FaultWebServer, meant: str) -> None:
    assert settings_for(server).timeout_s == 5.0
    server.answer = meant
    error = failure(server, timeout_s=0.2)
    assert error.fault is DeliveryFault.TIMEOUT
    assert error.detail == "no answer within 0.2 s"


@pytest.mark.fault("F99")
def test_an_answer_without_end_is_read_in_part_and_counts_by_its_status(
    server: FaultWebServer,
) -> None:
    server.answer = web.ENDLESS
    given = send(server)
    assert given.text.startswith("HTTP 200 yyy")
    assert len(given.text) == 500
    server.answer = web.DRIP_BODY
    assert send(server, timeout_s=0.2).text.startswith("HTTP 200")


@pytest.mark.fault("F100")
@pytest.mark.parametrize(
    ("status", "fault", "is_final"),
    [
        (500, DeliveryFault.SERVER_ERROR, False),
        (503, DeliveryFault.SERVER_ERROR, False),
        (429, DeliveryFault.TRY_LATER, False),
        (408, DeliveryFault.TRY_LATER, False),
        (410, DeliveryFault.GONE, True),
        (400, DeliveryFault.REFUSED, True),
        (404, DeliveryFault.REFUSED, True),
        (401, DeliveryFault.SIGN_IN, True),
        (403, DeliveryFault.SIGN_IN, True),
    ],
)
def test_each_answer_says_whether_to_try_again(
    server: FaultWebServer, status: int, fault: DeliveryFault, is_final: bool
) -> None:
    server.answer = answer(status, b"because <b>of</b>\n\x1b[31m that")
    error = failure(server)
    assert (error.fault, error.fault.is_final) == (fault, is_final)
    assert error.detail == f"HTTP {status} because <b>of</b> [31m that"
    assert error.retry_after_s is None


@pytest.mark.fault("F100")
@pytest.mark.parametrize("status", [429, 503])
def test_a_webhook_says_when_to_come_again(server: FaultWebServer, status: int) -> None:
    for said, seconds in (
        ("120", 120.0),
        ("Mon, 04 May 2026 08:10:00 GMT", 600.0),
        ("9999999", 24 * 3600.0),
        ("soon", None),
    ):
        server.answer = answer(status, Retry_After=said)
        assert failure(server).retry_after_s == seconds


@pytest.mark.fault("F101")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_error_and_is_not_followed(server: FaultWebServer, status: int) -> None:
    server.answer = answer(status, Location=f"{server.url}/elsewhere?token=canary")
    error = failure(server)
    assert (error.fault, error.detail) == (DeliveryFault.REDIRECTED, f"HTTP {status}")
    assert error.fault.is_final
    assert len(server.asked) == 1


@pytest.mark.fault("F101")
def test_a_name_in_the_local_network_is_refused_unless_it_is_allowed(
    server: FaultWebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def look_up(host: str, *arguments: Any, **keywords: Any) -> Any:
        return real("127.0.0.1" if host == "hooks.example.com" else host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = f"http://hooks.example.com:{server.port}/alerts"
    error = failure(server, url=url, allow_private=False)
    assert error.fault is DeliveryFault.ADDRESS
    assert error.fault.is_final
    assert server.connections == 0
    send(server, url=url)
    assert server.asked[0].headers["host"] == f"hooks.example.com:{server.port}"


@pytest.mark.parametrize(
    "changes",
    [
        {"allow_http": False},
        {"allow_private": False},
        {"url": "https://169.254.169.254/latest"},
        {"url": "https://user:pw@hooks.example.com/"},
        {"headers": (("Host", "internal"),)},
        {"ca_file": "/gone.pem"},
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_sent(
    server: FaultWebServer, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidSetting):
        send(server, **changes)
    assert server.connections == 0


def test_over_tls_the_certificate_decides(authority: Authority, ca_file: Path) -> None:
    strict = {"ca_file": str(ca_file), "allow_http": False}
    with FaultWebServer(Authority().context()) as server:
        assert failure(server, **strict).fault is DeliveryFault.CERTIFICATE
        assert server.asked == []
    with FaultWebServer(authority.context()) as server:
        assert send(server, **strict).text == "HTTP 204"


def test_headers_of_ones_own_go_along_with_the_secret_in_its_place(
    server: FaultWebServer,
) -> None:
    headers = (("Authorization", "Bearer $secret"), ("X-Team", "north"))
    send(server, headers=headers)
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert server.asked[0].headers["x-team"] == "north"
    with pytest.raises(DeliveryError) as failed:
        WebhookSender(settings_for(server, headers=headers), None).send(outgoing())
    assert failed.value.fault is DeliveryFault.NO_SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "internal"),
        ("host", "internal"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("Cookie", "a=b"),
        ("Content-Type", "text/html"),
        ("User-Agent", "me"),
        ("Idempotency-Key", "1"),
        ("X-CamWatch-Signature", "sha256=0"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Proxy-Authorization", "Basic $secret"),
        ("X-A\r\nHost", "internal"),
        ("X-A:", "b"),
        ("X A", "b"),
        ("", "b"),
        ("X-Ä", "b"),
        ("X-A", "b\r\nHost: internal"),
        ("X-A", "b\nc"),
        ("X-A", "b\x00"),
        ("X-A", "ü"),
        ("X-A", ""),
        ("X-A", "b" * 1025),
        ("Authorization", "Bearer of-mine"),
        ("X-Api-Key", "of-mine"),
        ("X-Pwd", "of-mine"),
    ],
)
def test_a_header_that_could_do_harm_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_headers([(name, value)])
    assert refused.value.field == "headers"
    assert "of-mine" not in str(refused.value)


def test_headers_come_once_each_and_not_without_number() -> None:
    assert check_headers([(" X-A ", " b ")]) == (("X-A", "b"),)
    for headers in ([("X-A", "b"), ("x-a", "c")], [(f"X-{at}", "b") for at in range(17)]):
        with pytest.raises(InvalidSetting):
            check_headers(headers)


def test_the_secret_is_in_no_answer_error_or_log(
    server: FaultWebServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = lambda asked: answer(
        200, b"you sent " + asked.headers["authorization"].encode()
    )
    headers = (("Authorization", "Basic $secret"),)
    given = send(server, headers=headers)
    assert given.text == "HTTP 200 you sent Basic ***"
    server.answer = lambda asked: answer(401, asked.headers["authorization"].encode() * 40)
    error = failure(server, headers=headers)
    server.answer = web.HANG_UP
    broken = failure(server, headers=headers)
    assert SECRET not in repr((given, error, broken)) + str(error) + str(broken) + caplog.text


def test_a_secret_is_left_out_however_the_other_side_writes_it(server: FaultWebServer) -> None:
    secret = 'canary "of" <the> wébhook\\'
    for written in (
        json.dumps({"secret": secret}),
        json.dumps({"secret": secret}, ensure_ascii=False),
        f"<p>{html.escape(secret)}</p>",
        f"<p>{html.escape(secret, quote=False)}</p>",
    ):
        server.answer = answer(401, written.encode())
        with pytest.raises(DeliveryError) as failed:
            WebhookSender(settings_for(server), Secret(secret)).send(outgoing())
        assert "***" in failed.value.detail
        assert "canary" not in failed.value.detail


def test_what_is_being_sent_can_be_cut(server: FaultWebServer) -> None:
    server.answer = web.SLOW
    sender = WebhookSender(settings_for(server, timeout_s=60), None)
    found: list[DeliveryFault] = []

    def send_it() -> None:
        try:
            sender.send(outgoing())
        except DeliveryError as error:
            found.append(error.fault)

    waiting = threading.Thread(target=send_it)
    waiting.start()
    assert server.reached.wait(20)
    sender.close()
    waiting.join(20)
    assert found == [DeliveryFault.UNREACHABLE]
    with pytest.raises(DeliveryError):
        sender.send(outgoing())
    assert len(server.asked) == 1


def test_a_moment_in_the_data_is_told_in_utc(server: FaultWebServer) -> None:
    local = datetime.fromisoformat("2026-05-04T10:00:00+02:00")
    WebhookSender(settings_for(server), None).send(outgoing(data={"at": local}))
    assert server.asked[0].json["data"]["at"] == "2026-05-04T08:00:00.000Z"


def test_a_receiver_that_does_as_the_document_says_knows_genuine_messages(
    server: FaultWebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Path(__file__).parents[3] / "docs" / "webhooks.md"
    code = document.read_text().partition("```python\n")[2].partition("```")[0]
    room: dict[str, Any] = {}
    exec(code, room)
    is_genuine = room["is_genuine"]
    monkeypatch.setattr("time.time", lambda: NOW.timestamp() + 20)
    send(server)
    (asked,) = server.asked
    assert is_genuine(SECRET, asked.headers, asked.body)
    assert not is_genuine(SECRET, asked.headers, asked.body + b" ")
    assert not is_genuine("another secret", asked.headers, asked.body)
    assert not is_genuine(SECRET, {}, asked.body)
    later = {**asked.headers, "x-camwatch-timestamp": str(int(NOW.timestamp()) + 1)}
    assert not is_genuine(SECRET, later, asked.body)
    monkeypatch.setattr("time.time", lambda: NOW.timestamp() + 301)
    assert not is_genuine(SECRET, asked.headers, asked.body)
