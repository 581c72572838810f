"""Mails, through a real mail server with encryption and sign-in."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from camwatch.alerts.channels.email import EmailSender
from camwatch.alerts.settings import Encryption
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault, InvalidSetting
from tests.alerts.channels.sending import (
    ANNA,
    BERT,
    CARL,
    JPEG,
    PASSWORD,
    USER,
    mail_settings,
    message,
    outgoing,
)
from tests.support.certificates import Authority
from tests.support.mail_server import MailServer


def text_in(part: EmailMessage) -> str:
    """Return a part's text with the line breaks of this computer."""
    text: str = part.get_content().replace("\r\n", "\n")
    return text


def parts_of(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in mail.walk()}


@pytest.mark.parametrize("encryption", Encryption)
def test_a_mail_arrives_encrypted_signed_in_and_whole(
    authority: Authority, ca_file: Path, encryption: Encryption
) -> None:
    is_first = encryption is Encryption.TLS
    with MailServer(
        authority.context(), from_first_byte=is_first, user=USER, password=PASSWORD
    ) as server:
        settings = mail_settings(server.port, ca_file, encryption=encryption, username=USER)
        sender = EmailSender(settings, Secret(PASSWORD))
        answer = sender.send(outgoing(ANNA, picture=JPEG, text="31 people <b>\nin the häll"))
        assert answer.text == "250 2.0.0 queued as 1"
        assert not answer.refused
        (mail,) = server.mails
        (envelope,) = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (USER, [ANNA])
    assert mail["From"] == f'"Hall, watched" <{USER}>'
    assert mail["To"] == ANNA
    assert mail["Subject"] == "Hall: 31 people (limit 30)"
    assert mail["Message-ID"] == "<6f1c2f8e-0000-4000-8000-000000000001@example.com>"
    assert mail["X-CamWatch-Notification"] == "6f1c2f8e-0000-4000-8000-000000000001"
    assert mail["References"] == "<alert-a1e2@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 04 May 2026 08:00:00 +0000"
    assert mail["Importance"] == "high"
    parts = parts_of(mail)
    assert text_in(parts["text/plain"]) == "31 people <b>\nin the häll\n"
    shown = text_in(parts["text/html"])
    assert "31 people &lt;b&gt;<br>\nin the häll" in shown
    assert parts["image/jpeg"].get_content() == JPEG
    assert parts["image/jpeg"]["Content-ID"] == "<picture@camwatch>"
    assert 'src="cid:picture@camwatch"' in shown


def test_several_recipients_get_one_mail_and_do_not_see_each_other(
    authority: Authority, ca_file: Path
) -> None:
    with MailServer(authority.context()) as server:
        EmailSender(mail_settings(server.port, ca_file), None).send(
            outgoing(ANNA, BERT, "Anna@EXAMPLE.com", ANNA)
        )
        (envelope,) = server.envelopes
        (mail,) = server.mails
    assert envelope.rcpt_tos == [ANNA, BERT, "Anna@example.com"]
    assert mail["To"] == "undisclosed-recipients:;"
    assert ANNA not in mail.as_string()
    assert BERT not in mail.as_string()


@pytest.mark.fault("F98")
def test_one_refused_of_three_leaves_the_other_two_their_mail(
    authority: Authority, ca_file: Path
) -> None:
    with MailServer(authority.context()) as server:
        server.refused[BERT] = "550 5.1.1 no such mailbox"
        server.refused["dora@example.com"] = "450 4.2.0 greylisted"
        answer = EmailSender(mail_settings(server.port, ca_file), None).send(
            outgoing(ANNA, BERT, CARL, "dora@example.com", "no address")
        )
        assert server.envelopes[0].rcpt_tos == [ANNA, CARL]
    assert answer.refused == {
        "no address": "it needs exactly one @, such as anna@example.com",
        BERT: "550 5.1.1 no such mailbox",
        "dora@example.com": "450 4.2.0 greylisted",
    }
    assert answer.try_again == ("dora@example.com",)


@pytest.mark.fault("F98")
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("550 5.7.1 looks like spam", DeliveryFault.REFUSED),
        ("451 4.3.0 ask again later", DeliveryFault.TRY_LATER),
        ("552 5.3.4 too large", DeliveryFault.REFUSED),
    ],
)
def test_a_mail_that_is_not_taken_says_why_and_whether_to_try_again(
    authority: Authority, ca_file: Path, words: str, fault: DeliveryFault
) -> None:
    with MailServer(authority.context()) as server:
        server.refuse_mails(words)
        with pytest.raises(DeliveryError) as failed:
            EmailSender(mail_settings(server.port, ca_file), None).send(outgoing(ANNA))
    assert failed.value.fault is fault
    assert failed.value.detail == words
    assert fault.is_final is words.startswith("5")


@pytest.mark.fault("F98")
@pytest.mark.parametrize("encryption", Encryption)
def test_a_wrong_password_is_tried_once_and_not_again(
    authority: Authority, ca_file: Path, encryption: Encryption
) -> None:
    is_first = encryption is Encryption.TLS
    with MailServer(
        authority.context(), from_first_byte=is_first, user=USER, password="another"
    ) as server:
        settings = mail_settings(server.port, ca_file, encryption=encryption, username=USER)
        with pytest.raises(DeliveryError) as failed:
            EmailSender(settings, Secret(PASSWORD)).send(outgoing(ANNA))
        with pytest.raises(DeliveryError) as unknown:
            EmailSender(mail_settings(server.port, ca_file, encryption=encryption), None).send(
                outgoing(ANNA)
            )
        assert server.envelopes == []
    assert failed.value.fault is unknown.value.fault is DeliveryFault.SIGN_IN
    assert failed.value.fault.is_final
    assert failed.value.detail.startswith("535")
    assert unknown.value.detail.startswith("530")
    assert PASSWORD not in str(failed.value)


def test_a_password_that_the_keyring_does_not_give_is_no_wrong_one(ca_file: Path) -> None:
    sender = EmailSender(mail_settings(9, ca_file, username=USER), None)
    with pytest.raises(DeliveryError) as failed:
        sender.send(outgoing(ANNA))
    assert failed.value.fault is DeliveryFault.NO_SECRET
    assert not failed.value.fault.is_final


def test_a_late_mail_says_so_with_the_time_that_it_was_for(
    authority: Authority, ca_file: Path
) -> None:
    with MailServer(authority.context()) as server:
        sender = EmailSender(mail_settings(server.port, ca_file), None)
        sender.send(outgoing(ANNA, age=timedelta(hours=5)))
        sender.send(outgoing(ANNA, age=timedelta(minutes=59)))
        late, in_time = server.mails
    assert late["Subject"] == "Late: Hall: 31 people (limit 30)"
    for kind in ("text/plain", "text/html"):
        assert "it was due on 04 May 2026 at 03:00:00 UTC" in text_in(parts_of(late)[kind])
    assert not in_time["Subject"].startswith("Late")


def test_several_messages_go_in_one_mail(authority: Authority, ca_file: Path) -> None:
    other = message(ANNA, uid="u2", subject="Gate: offline", text="The gate is offline.")
    with MailServer(authority.context()) as server:
        EmailSender(mail_settings(server.port, ca_file), None).send(outgoing(ANNA, others=(other,)))
        (mail,) = server.mails
    assert mail["Subject"] == "2 messages: Hall: 31 people (limit 30)"
    assert mail.get_all("X-CamWatch-Notification") == ["6f1c2f8e-0000-4000-8000-000000000001", "u2"]
    for kind in ("text/plain", "text/html"):
        content = text_in(parts_of(mail)[kind])
        assert "31 people in the hall" in content
        assert "The gate is offline." in content


@pytest.mark.parametrize("picture", [b"GIF89a", b"<svg onload=alert(1)>", b"", None])
def test_only_what_is_a_picture_goes_along(
    authority: Authority, ca_file: Path, picture: bytes | None
) -> None:
    with MailServer(authority.context()) as server:
        EmailSender(mail_settings(server.port, ca_file), None).send(outgoing(ANNA, picture=picture))
        plain = mail_settings(server.port, ca_file, attaches_picture=False)
        EmailSender(plain, None).send(outgoing(ANNA, picture=JPEG))
        for mail in server.mails:
            assert set(parts_of(mail)) == {"multipart/alternative", "text/plain", "text/html"}
            assert "cid:" not in mail.as_string()


def test_nothing_in_a_text_becomes_a_header_or_ends_the_mail(
    authority: Authority, ca_file: Path
) -> None:
    subject = "Hall\r\nBcc: eve@example.com\r\n\r\nHello\u2028X-Mine: 1"
    text = "one\r.\r\nMAIL FROM:<eve@example.com>\n.\nQUIT\n..two\x00\x1b[2J \ud800"
    with MailServer(authority.context()) as server:
        EmailSender(mail_settings(server.port, ca_file), None).send(
            outgoing(ANNA, subject=subject, text=text)
        )
        (mail,) = server.mails
        (envelope,) = server.envelopes
    assert envelope.rcpt_tos == [ANNA]
    assert mail["Bcc"] is None
    assert mail["X-Mine"] is None
    assert mail["Subject"] == "Hall Bcc: eve@example.com Hello X-Mine: 1"
    content = text_in(parts_of(mail)["text/plain"])
    assert content == "one.\nMAIL FROM:<eve@example.com>\n.\nQUIT\n..two[2J\n"


@pytest.mark.parametrize(
    "address", [f"{ANNA}\r\nBcc: eve@example.com", f"{ANNA}>\r\nRCPT TO:<eve@example.com", "a@b\nc"]
)
def test_no_address_can_bring_a_command_along(
    authority: Authority, ca_file: Path, address: str
) -> None:
    with MailServer(authority.context()) as server:
        answer = EmailSender(mail_settings(server.port, ca_file), None).send(
            outgoing(BERT, address)
        )
        assert server.envelopes[0].rcpt_tos == [BERT]
    assert list(answer.refused) == [address]


def test_without_one_sound_address_nobody_is_asked(ca_file: Path) -> None:
    for addresses in ((), ("nobody",)):
        with pytest.raises(DeliveryError) as failed:
            EmailSender(mail_settings(9, ca_file), None).send(outgoing(*addresses))
        assert failed.value.fault is DeliveryFault.NOT_SET_UP


def test_what_cannot_be_used_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as refused:
        EmailSender(mail_settings(9, tmp_path / "gone.pem"), None)
    assert refused.value.field == "ca_file"
