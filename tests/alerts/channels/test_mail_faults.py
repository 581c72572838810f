"""Mail servers that are down, hang, offer no encryption, or are somebody else."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.alerts.channels.email import EmailSender
from camwatch.alerts.settings import EmailSettings, Encryption
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault
from tests.alerts.channels.sending import ANNA, BERT, JPEG, PASSWORD, USER, mail_settings, outgoing
from tests.support.certificates import Authority
from tests.support.fault_mail_server import CLOSE, DRIP, ENDLESS, HANG, FaultMailServer


def failure(
    server: FaultMailServer,
    ca_file: Path,
    *,
    encryption: Encryption = Encryption.STARTTLS,
    timeout_s: float = 5.0,
) -> DeliveryError:
    settings = mail_settings(
        server.port, ca_file, encryption=encryption, username=USER, timeout_s=timeout_s
    )
    with pytest.raises(DeliveryError) as failed:
        EmailSender(settings, Secret(PASSWORD)).send(outgoing(ANNA))
    return failed.value


def wait_until_idle() -> None:
    until = time.monotonic() + 20
    while [one for one in threading.enumerate() if one.name == "mail server"]:
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("meant", [HANG, DRIP])
@pytest.mark.parametrize("step", ["GREETING", "EHLO", "AUTH", "RCPT", "BODY"])
def test_each_step_ends_in_time_and_nothing_is_left_waiting(
    authority: Authority, ca_file: Path, meant: str, step: str
) -> None:
    with FaultMailServer(authority.context(), replies={step: meant}) as server:
        usual = EmailSettings("127.0.0.1", server.port, Encryption.STARTTLS, "cam@example.com")
        assert usual.timeout_s == 10.0
        error = failure(server, ca_file, timeout_s=0.15)
        wait_until_idle()
    assert error.fault is DeliveryFault.TIMEOUT
    assert "within 0.15 s" in error.detail
    assert not error.fault.is_final


@pytest.mark.fault("F95")
def test_a_server_that_is_down_breaks_off_or_never_stops_is_told_apart(
    authority: Authority, ca_file: Path
) -> None:
    with FaultMailServer(authority.context(), replies={"RCPT": CLOSE}) as server:
        assert failure(server, ca_file).fault is DeliveryFault.UNREACHABLE
    assert failure(server, ca_file).fault is DeliveryFault.UNREACHABLE
    with FaultMailServer(authority.context(), replies={"EHLO": ENDLESS}) as server:
        assert failure(server, ca_file).fault is DeliveryFault.BAD_ANSWER
    with FaultMailServer(authority.context(), replies={"GREETING": "HTTP/1.1 400 no"}) as server:
        assert failure(server, ca_file).fault is DeliveryFault.BAD_ANSWER
    with FaultMailServer(authority.context(), replies={"GREETING": "421 too busy"}) as server:
        assert failure(server, ca_file).fault is DeliveryFault.TRY_LATER


@pytest.mark.fault("F95")
def test_a_mail_that_was_taken_counts_though_the_server_does_not_say_farewell(
    authority: Authority, ca_file: Path
) -> None:
    for meant in (HANG, CLOSE):
        with FaultMailServer(authority.context(), replies={"QUIT": meant}) as server:
            sender = EmailSender(mail_settings(server.port, ca_file), None)
            assert sender.send(outgoing(ANNA)).text == "250 2.0.0 queued as 4711"
            wait_until_idle()


@pytest.mark.fault("F96")
@pytest.mark.parametrize(
    ("offers", "reply"),
    [
        (("AUTH PLAIN LOGIN",), "220 go ahead"),
        (("AUTH PLAIN LOGIN", "XXXXXXXA"), "220 go ahead"),
        (("STARTTLS", "AUTH PLAIN"), "454 4.7.0 not now"),
        (("STARTTLS", "AUTH PLAIN"), "502 5.5.1 no such command"),
    ],
)
def test_without_encryption_neither_password_nor_mail_is_sent(
    authority: Authority, ca_file: Path, offers: tuple[str, ...], reply: str
) -> None:
    with FaultMailServer(authority.context(), offers=offers, replies={"STARTTLS": reply}) as server:
        error = failure(server, ca_file)
        assert error.fault is DeliveryFault.NO_ENCRYPTION
        assert error.detail.startswith("server offers no encryption")
        assert set(server.verbs) <= {"EHLO", "STARTTLS"}


@pytest.mark.fault("F96")
def test_what_is_said_before_encryption_begins_counts_for_nothing_after_it(
    authority: Authority, ca_file: Path
) -> None:
    # Somebody on the way puts an answer behind the offer, for the first command that is encrypted.
    forged = "220 go ahead\r\n250-mail.example.com\r\n250 AUTH LOGIN"
    offers = ("STARTTLS", "AUTH PLAIN")
    with FaultMailServer(
        authority.context(), offers=offers, replies={"STARTTLS": forged}
    ) as server:
        settings = mail_settings(server.port, ca_file, username=USER)
        EmailSender(settings, Secret(PASSWORD)).send(outgoing(ANNA))
        assert server.verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
        assert server.heard[3][0].startswith("AUTH PLAIN")


@pytest.mark.fault("F96")
def test_a_server_that_does_not_encrypt_from_the_first_byte_is_told_nothing(
    authority: Authority, ca_file: Path
) -> None:
    with FaultMailServer(authority.context()) as server:
        error = failure(server, ca_file, encryption=Encryption.TLS)
        assert error.fault is DeliveryFault.NO_ENCRYPTION
        assert "STARTTLS" in error.detail
        assert not any(PASSWORD in line for line, _ in server.heard)


@pytest.mark.fault("F97")
@pytest.mark.parametrize("encryption", Encryption)
@pytest.mark.parametrize("what", ["authority", "name", "expired"])
def test_a_wrong_certificate_ends_it_before_password_and_mail(
    authority: Authority, ca_file: Path, encryption: Encryption, what: str
) -> None:
    context = {
        "authority": lambda: Authority().context(),
        "name": lambda: authority.context("mail.example.com", addresses=()),
        "expired": lambda: authority.context(ends=timedelta(days=-1)),
    }[what]()
    is_first = encryption is Encryption.TLS
    with FaultMailServer(context, from_first_byte=is_first) as server:
        error = failure(server, ca_file, encryption=encryption)
        assert error.fault is DeliveryFault.CERTIFICATE
        assert error.detail
        assert not {"AUTH", "MAIL"} & set(server.verbs)


@pytest.mark.parametrize("encryption", Encryption)
def test_without_a_file_this_computer_decides_which_certificates_count(
    authority: Authority, ca_file: Path, encryption: Encryption, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultMailServer(
        authority.context(), from_first_byte=encryption is Encryption.TLS
    ) as server:
        settings = replace(mail_settings(server.port, ca_file, encryption=encryption), ca_file="")
        with pytest.raises(DeliveryError) as failed:
            EmailSender(settings, None).send(outgoing(ANNA))
        assert failed.value.fault is DeliveryFault.CERTIFICATE
        # This is how an authority is added to those of this computer.
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        EmailSender(settings, None).send(outgoing(ANNA))
        assert len(server.bodies) == 1


def test_sign_in_goes_in_either_way_and_only_encrypted(authority: Authority, ca_file: Path) -> None:
    for offer in ("AUTH PLAIN LOGIN", "AUTH LOGIN"):
        with FaultMailServer(authority.context(), offers=("STARTTLS", offer)) as server:
            settings = mail_settings(server.port, ca_file, username=USER)
            EmailSender(settings, Secret(PASSWORD)).send(outgoing(ANNA))
            assert len(server.bodies) == 1
            seen = [is_encrypted for line, is_encrypted in server.heard if "AUTH" in line.upper()]
            assert seen == [True]
    with FaultMailServer(authority.context(), offers=("STARTTLS", "AUTH GSSAPI")) as server:
        assert failure(server, ca_file).fault is DeliveryFault.SIGN_IN


@pytest.mark.fault("F98")
def test_the_words_of_the_server_come_back_without_the_password(
    authority: Authority, ca_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"535 5.7.8 {PASSWORD} AGNhbndhdGNo is wrong \x1b[31m " + "x" * 900
    with FaultMailServer(authority.context(), replies={"AUTH": echo}) as server:
        error = failure(server, ca_file)
        heard = next(line for line, _ in server.heard if line.upper().startswith("AUTH PLAIN"))
        server.replies["AUTH"] = f"535 you said {heard.split()[-1]}"
        again = failure(server, ca_file)
    assert error.fault is DeliveryFault.SIGN_IN
    assert len(error.detail) < 520
    assert error.detail.isprintable()
    for one in (error, again):
        assert "canary" not in str(one) + repr(one) + caplog.text
    assert heard.split()[-1][40:60] not in str(again)
    assert error.__cause__ is None


def test_a_server_with_little_room_gets_the_mail_without_the_picture(
    authority: Authority, ca_file: Path
) -> None:
    for room, has_picture in (("SIZE 4000", False), ("SIZE 0", True), ("SIZE 40000000", True)):
        with FaultMailServer(authority.context(), offers=("STARTTLS", room)) as server:
            EmailSender(mail_settings(server.port, ca_file), None).send(
                outgoing(ANNA, picture=JPEG * 4)
            )
            assert (b"image/jpeg" in server.bodies[0]) is has_picture


def test_a_mail_that_turns_out_too_large_is_sent_without_the_picture(
    authority: Authority, ca_file: Path
) -> None:
    with FaultMailServer(authority.context(), largest=3000) as server:
        sender = EmailSender(mail_settings(server.port, ca_file), None)
        sender.send(outgoing(ANNA, picture=JPEG * 4))
        assert server.verbs.count("DATA") == 2
        assert len(server.bodies) == 1
        assert b"image/jpeg" not in server.bodies[0]
        with pytest.raises(DeliveryError) as failed:
            sender.send(outgoing(ANNA, text="x" * 5000))
        assert failed.value.fault is DeliveryFault.REFUSED


def test_letters_beyond_ascii_in_an_address_need_a_server_that_knows_them(
    authority: Authority, ca_file: Path
) -> None:
    addresses = ("müller@bücher.example", BERT)
    with FaultMailServer(authority.context()) as server:
        answer = EmailSender(mail_settings(server.port, ca_file), None).send(outgoing(*addresses))
        assert list(answer.refused) == ["müller@bücher.example"]
    with FaultMailServer(authority.context(), offers=("STARTTLS", "SMTPUTF8")) as server:
        answer = EmailSender(mail_settings(server.port, ca_file), None).send(outgoing(*addresses))
        assert not answer.refused
        assert "rcpt TO:<müller@xn--bcher-kva.example>" in [line for line, _ in server.heard]


def test_what_is_being_sent_can_be_cut(authority: Authority, ca_file: Path) -> None:
    with FaultMailServer(authority.context(), replies={"EHLO": HANG}) as server:
        sender = EmailSender(mail_settings(server.port, ca_file, timeout_s=60), None)
        found: list[DeliveryFault] = []

        def send() -> None:
            try:
                sender.send(outgoing(ANNA))
            except DeliveryError as error:
                found.append(error.fault)

        waiting = threading.Thread(target=send)
        waiting.start()
        server.reached.wait(20)
        sender.close()
        waiting.join(20)
        wait_until_idle()
    assert found == [DeliveryFault.UNREACHABLE]
