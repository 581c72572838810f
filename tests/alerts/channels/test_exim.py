"""Mails through Debian's exim4, which nobody here wrote."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import mkdtemp

import pytest

from camwatch.alerts.channels.email import EmailSender
from camwatch.alerts.settings import EmailSettings, Encryption
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault
from tests.alerts.channels.sending import ANNA, CARL, JPEG, USER, mail_settings, outgoing
from tests.support.certificates import Authority
from tests.support.exim import Exim, why_not

PASSWORD = "canary-of-exim"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def exim(authority: Authority) -> Iterator[Exim]:
    # Its own user must get to the folder, which those of pytest keep others out of.
    folder = Path(mkdtemp(prefix="camwatch-exim-"))
    os.chmod(folder, 0o755)  # noqa: PTH101 - beside the others
    try:
        with Exim(folder, authority.server_pem(), USER, PASSWORD) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(exim: Exim, ca_file: Path, encryption: Encryption) -> EmailSettings:
    port = exim.tls_port if encryption is Encryption.TLS else exim.starttls_port
    return mail_settings(port, ca_file, encryption=encryption, username=USER)


def failure(
    exim: Exim, ca_file: Path, password: str, address: str, subject: str = "Hall"
) -> DeliveryError:
    sender = EmailSender(settings_for(exim, ca_file, Encryption.STARTTLS), Secret(password))
    with pytest.raises(DeliveryError) as failed:
        sender.send(outgoing(address, subject=subject))
    return failed.value


@pytest.mark.fault("F98")
def test_mails_arrive_and_each_refusal_is_told_apart(exim: Exim, ca_file: Path) -> None:
    for encryption in Encryption:
        sender = EmailSender(settings_for(exim, ca_file, encryption), Secret(PASSWORD))
        given = sender.send(
            outgoing(
                ANNA,
                "gone@example.com",
                "grey@example.com",
                CARL,
                subject=f"by {encryption}",
                picture=JPEG,
                text="31 people in the häll\n.\n..",
            )
        )
        assert given.text.startswith("250 OK id=")
        assert given.refused == {
            "gone@example.com": "550 5.1.1 no such mailbox",
            "grey@example.com": "451 4.2.0 greylisted",
        }
        assert given.try_again == ("grey@example.com",)
        mail = message_from_bytes(exim.mails(1, f"by {encryption}")[0], policy=policy.default)
        assert mail["X-CamWatch-Notification"] == "6f1c2f8e-0000-4000-8000-000000000001"
        parts = {part.get_content_type(): part for part in mail.walk()}
        assert parts["text/plain"].get_content() == "31 people in the häll\n.\n..\n"
        assert parts["image/jpeg"].get_content() == JPEG


@pytest.mark.fault("F98")
def test_a_wrong_password_and_a_refused_mail_are_final(exim: Exim, ca_file: Path) -> None:
    error = failure(exim, ca_file, "wrong", ANNA)
    assert error.fault is DeliveryFault.SIGN_IN
    assert error.detail.startswith("535")
    error = failure(exim, ca_file, PASSWORD, ANNA, subject="this is spam")
    assert error.fault is DeliveryFault.REFUSED
    assert error.detail == "550 5.7.1 looks like spam"
    error = failure(exim, ca_file, PASSWORD, "grey@example.com")
    assert error.fault is DeliveryFault.TRY_LATER
    assert PASSWORD not in exim.log


@pytest.mark.fault("F97")
def test_a_certificate_of_somebody_else_ends_it(exim: Exim, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(Authority().pem)
    assert failure(exim, other, PASSWORD, ANNA).fault is DeliveryFault.CERTIFICATE


def test_a_picture_that_is_too_large_is_left_out(exim: Exim, ca_file: Path) -> None:
    sender = EmailSender(settings_for(exim, ca_file, Encryption.TLS), Secret(PASSWORD))
    sender.send(outgoing(ANNA, picture=JPEG * 200, subject="without"))
    assert any(b"image/jpeg" not in one for one in exim.mails(1, "without"))
