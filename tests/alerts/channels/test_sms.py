"""Text messages, through gateways on loopback."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from camwatch.alerts.channels.sender import Sender, make_sender
from camwatch.alerts.channels.sms import SmsSender, check_fields
from camwatch.alerts.settings import Channel, SmsPreset, SmsSettings
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault, InvalidSetting
from camwatch.logs import scrub
from tests.alerts.channels.sending import mail_settings, outgoing
from tests.support import fault_web_server as web
from tests.support.certificates import Authority
from tests.support.fault_web_server import Asked, FaultWebServer, answer
from tests.support.mail_server import MailServer

TOKEN = "canary/of+the gateway&ü"
ANNA, BERT, CARL = "+4915112345678", "+4915112345679", "+4915112345670"
FIELDS = (("dest", "$to"), ("src", "$from"), ("msg", "$text"), ("u", "$key"), ("p", "$secret"))


@pytest.fixture
def server() -> Iterator[FaultWebServer]:
    with FaultWebServer(answer=answer(200, b"OK 4711")) as made:
        yield made


def settings_for(server: FaultWebServer, preset: SmsPreset, **changes: Any) -> SmsSettings:
    usual = SmsSettings(
        preset,
        f"http://127.0.0.1:{server.port}",
        "ACcount1",
        "+4930123456",
        fields=() if preset is SmsPreset.TWILIO else FIELDS,
        region="DE",
        allow_private=True,
        allow_http=True,
    )
    return replace(usual, **changes)


def sender_for(server: FaultWebServer, preset: SmsPreset, **changes: Any) -> Sender:
    channel = Channel("c1", "Gateway", settings_for(server, preset, **changes))
    return make_sender(channel, Secret(TOKEN), {})


def form_of(asked: Asked) -> dict[str, str]:
    text = asked.body.decode() or urlsplit(asked.line.split()[1]).query
    return {name: values[0] for name, values in parse_qs(text, strict_parsing=True).items()}


def basic(headers: dict[str, str]) -> str:
    return base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()


def test_a_gateway_like_twilio_is_asked_once_for_each_number(server: FaultWebServer) -> None:
    server.answer = answer(201, b'{"sid": "SM1", "status": "queued"}')
    given = sender_for(server, SmsPreset.TWILIO).send(
        outgoing(ANNA, "0151 12345679", text="$to costs 5 € & more")
    )
    assert given.text == 'HTTP 201 {"sid": "SM1", "status": "queued"}'
    assert not given.refused
    for asked, number in zip(server.asked, (ANNA, BERT), strict=True):
        assert asked.line == "POST /2010-04-01/Accounts/ACcount1/Messages.json HTTP/1.1"
        assert basic(asked.headers) == f"ACcount1:{TOKEN}"
        assert form_of(asked) == {
            "To": number,
            "From": "+4930123456",
            "Body": "$to costs 5 € & more",
        }


def test_a_number_that_is_written_in_two_ways_is_paid_once(server: FaultWebServer) -> None:
    sender_for(server, SmsPreset.POST).send(outgoing(ANNA, "0151 12345678", BERT))
    assert [form_of(one)["dest"] for one in server.asked] == [ANNA, BERT]


def test_a_messaging_service_takes_the_place_of_a_number(server: FaultWebServer) -> None:
    sender_for(server, SmsPreset.TWILIO, sender="MG" + "0a" * 16).send(outgoing(ANNA))
    assert form_of(server.asked[0])["MessagingServiceSid"] == "MG" + "0a" * 16


@pytest.mark.parametrize("preset", [SmsPreset.POST, SmsPreset.GET])
def test_a_form_is_filled_in_once(server: FaultWebServer, preset: SmsPreset) -> None:
    changes: dict[str, Any] = {"url": f"http://127.0.0.1:{server.port}/send?v=2"}
    changes["fields"] = (*FIELDS, ("all", "$$ ${to}|$text"))
    sender_for(server, preset, **changes).send(outgoing(ANNA, text="31 $secret & ü"))
    (asked,) = server.asked
    form = form_of(asked)
    assert asked.line.startswith("GET /send?v=2&" if preset is SmsPreset.GET else "POST /send?v=2 ")
    assert form.pop("v", "2") == "2"
    assert form == {
        "dest": ANNA,
        "src": "+4930123456",
        "msg": "31 $secret & ü",
        "u": "ACcount1",
        "p": TOKEN,
        "all": f"$ {ANNA}|31 $secret & ü",
    }
    assert "authorization" not in asked.headers


def test_a_secret_that_no_field_asks_for_signs_in(server: FaultWebServer) -> None:
    sender_for(server, SmsPreset.POST, fields=FIELDS[:3]).send(outgoing(ANNA))
    assert basic(server.asked[0].headers) == f"ACcount1:{TOKEN}"


@pytest.mark.fault("F98")
def test_one_refused_number_of_three_leaves_the_others_their_message(
    server: FaultWebServer,
) -> None:
    def judge(asked: Asked) -> bytes:
        return (
            answer(400, b"not a mobile") if form_of(asked)["dest"] == BERT else answer(200, b"OK")
        )

    server.answer = judge
    given = sender_for(server, SmsPreset.POST).send(outgoing(ANNA, BERT, "12", CARL))
    assert [form_of(one)["dest"] for one in server.asked] == [ANNA, BERT, CARL]
    assert given.refused[BERT] == "HTTP 400 not a mobile"
    assert "12" in given.refused
    assert given.try_again == ()


def test_a_gateway_that_wants_a_rest_gets_it_and_the_others_wait(server: FaultWebServer) -> None:
    def judge(asked: Asked) -> bytes:
        is_first = form_of(asked)["dest"] == ANNA
        return answer(200, b"OK") if is_first else answer(429, b"slow down", Retry_After="30")

    server.answer = judge
    given = sender_for(server, SmsPreset.POST).send(outgoing(ANNA, BERT, CARL))
    assert len(server.asked) == 2
    assert given.try_again == (BERT, CARL)
    with pytest.raises(DeliveryError) as failed:
        sender_for(server, SmsPreset.POST).send(outgoing(BERT, CARL))
    assert failed.value.fault is DeliveryFault.TRY_LATER
    assert failed.value.retry_after_s == 30.0


@pytest.mark.parametrize(
    ("meant", "fault"),
    [
        (answer(401, b"who?"), DeliveryFault.SIGN_IN),
        (answer(500), DeliveryFault.SERVER_ERROR),
        (answer(302, Location="http://127.0.0.1/"), DeliveryFault.REDIRECTED),
        (web.HANG_UP, DeliveryFault.UNREACHABLE),
    ],
)
def test_what_is_so_of_the_gateway_is_asked_only_once(
    server: FaultWebServer, meant: bytes | str, fault: DeliveryFault
) -> None:
    server.answer = meant
    with pytest.raises(DeliveryError) as failed:
        sender_for(server, SmsPreset.GET).send(outgoing(ANNA, BERT, CARL))
    assert failed.value.fault is fault
    assert len(server.asked) == 1


def test_a_long_message_is_cut_and_a_late_one_says_so(server: FaultWebServer) -> None:
    sender = sender_for(server, SmsPreset.POST, longest_parts=1)
    sender.send(outgoing(ANNA, text="a" * 400))
    sender.send(outgoing(ANNA, text="“31 people”", age=timedelta(hours=5)))
    long, late = (form_of(one)["msg"] for one in server.asked)
    assert long == "a" * 157 + "..."
    assert late == 'Late, of 04.05. 03:00 UTC: "31 people"'


@pytest.mark.parametrize("preset", [SmsPreset.GET, SmsPreset.POST, SmsPreset.TWILIO])
def test_the_token_is_in_no_answer_error_or_log(
    server: FaultWebServer, preset: SmsPreset, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(status: int) -> Any:
        return lambda asked: answer(
            status,
            f"{asked.line} {asked.headers} {asked.body.decode()} {TOKEN}".encode(),
        )

    sender = sender_for(server, preset)
    server.answer = echo(200)
    given = sender.send(outgoing(ANNA))
    server.answer = echo(403)
    with pytest.raises(DeliveryError) as failed:
        sender.send(outgoing(ANNA))
    server.answer = web.HANG_UP
    with pytest.raises(DeliveryError) as broken:
        sender.send(outgoing(ANNA))
    shown = repr((given, failed.value, broken.value, vars(sender))) + caplog.text
    # Twilio's token stands in Base64 behind the account's name.
    hidden = base64.b64encode(f"ACcount1:{TOKEN}".encode()).decode()[16:32]
    for form in ("canary", hidden):
        assert form not in shown
    assert "canary" not in scrub(f"GET /send?p={TOKEN}")


def test_without_the_token_nobody_is_asked(server: FaultWebServer) -> None:
    for preset in (SmsPreset.TWILIO, SmsPreset.GET):
        with pytest.raises(DeliveryError) as failed:
            SmsSender(settings_for(server, preset), None).send(outgoing(ANNA))
        assert failed.value.fault is DeliveryFault.NO_SECRET
    assert server.asked == []


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("to", "$to"),),
        (("to", "$to"), ("text", "$txt")),
        (("to", "$to"), ("text", "$text $")),
        (("to", "$to"), ("text", "$text"), ("x", "${password}")),
        (("to", "$to"), ("", "$text")),
        (("to", "$to"), ("te\r\nxt", "$text")),
        tuple((f"f{at}", "$to$text") for at in range(21)),
    ],
)
def test_fields_that_cannot_be_filled_in_are_refused(fields: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_fields(fields)
    assert refused.value.field == "fields"


@pytest.mark.parametrize(
    ("preset", "changes", "field"),
    [
        (SmsPreset.TWILIO, {"username": "../x"}, "username"),
        (SmsPreset.TWILIO, {"allow_http": False}, "url"),
        (SmsPreset.GET, {"fields": ()}, "fields"),
        (SmsPreset.EMAIL, {"email_uid": "none"}, "email_uid"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_sent(
    server: FaultWebServer, preset: SmsPreset, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        sender_for(server, preset, **changes)
    assert refused.value.field == field


def test_a_mail_carries_it_where_there_is_no_other_gateway(
    authority: Authority, ca_file: Path
) -> None:
    with MailServer(authority.context()) as server:
        server.refused["4915112345679@sms.example.com"] = "550 unknown"
        mail = Channel("m1", "Mail", mail_settings(server.port, ca_file))
        settings = SmsSettings(SmsPreset.EMAIL, "sms.example.com", email_uid="m1", region="DE")
        sender = make_sender(Channel("c1", "Gateway", settings), None, {"m1": (mail, None)})
        given = sender.send(outgoing(ANNA, BERT, CARL, text="31 people <b>"))
        assert list(given.refused) == [BERT]
        assert [one.rcpt_tos for one in server.envelopes] == [
            ["4915112345678@sms.example.com"],
            ["4915112345670@sms.example.com"],
        ]
        first, second = server.mails
        assert first["To"] == "4915112345678@sms.example.com"
        assert first.get_content_type() == "text/plain"
        assert first.get_content().strip() == "31 people <b>"
        assert first["Message-ID"] != second["Message-ID"]
        wrong = Channel("c1", "Gateway", replace(settings, url="no domain"))
        with pytest.raises(InvalidSetting) as refused:
            make_sender(wrong, None, {"m1": (mail, None)})
        assert refused.value.field == "url"
