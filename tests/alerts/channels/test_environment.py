"""A mail server that is set up by variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from camwatch.alert_room import mail_of_environment, take_mail_variables
from camwatch.alerts.channels.environment import email_from_environment
from camwatch.alerts.channels.sender import make_sender
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import ENVIRONMENT, EmailSettings, Encryption
from camwatch.domain import Secret
from camwatch.errors import InvalidSettings
from camwatch.logs import scrub
from tests.alerts.channels.sending import ANNA, PASSWORD, USER, outgoing
from tests.support.certificates import Authority
from tests.support.mail_server import MailServer


def settings_of(environ: dict[str, str]) -> EmailSettings:
    found = email_from_environment(environ)
    assert found is not None
    assert isinstance(found[0].settings, EmailSettings)
    return found[0].settings


def test_without_a_host_there_is_none() -> None:
    assert email_from_environment({}) is None
    assert email_from_environment({"SMTP_HOST": " ", "SMTP_PORT": "x"}) is None


@pytest.mark.parametrize(
    ("environ", "port", "encryption", "sender"),
    [
        ({}, 587, Encryption.STARTTLS, "camwatch@mail.example.com"),
        ({"SMTP_PORT": "465"}, 465, Encryption.TLS, "camwatch@mail.example.com"),
        ({"SMTP_PORT": "25"}, 25, Encryption.STARTTLS, "camwatch@mail.example.com"),
        (
            {"SMTP_PORT": "2465", "SMTP_TLS": "TLS"},
            2465,
            Encryption.TLS,
            "camwatch@mail.example.com",
        ),
        (
            {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD},
            587,
            Encryption.STARTTLS,
            USER,
        ),
        (
            {"SMTP_FROM": "Hall <hall@example.com>"},
            587,
            Encryption.STARTTLS,
            "Hall <hall@example.com>",
        ),
    ],
)
def test_the_usual_variables_make_a_channel(
    environ: dict[str, str], port: int, encryption: Encryption, sender: str
) -> None:
    settings = settings_of({"SMTP_HOST": "Mail.example.com", **environ})
    assert settings.host == "mail.example.com"
    assert (settings.port, settings.encryption, settings.sender) == (port, encryption, sender)


def test_the_password_is_kept_out_of_sight() -> None:
    found = email_from_environment(
        {"SMTP_HOST": "mail.example.com", "SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}
    )
    assert found is not None
    channel, secret = found
    assert (channel.uid, channel.kind) == (ENVIRONMENT, ChannelKind.EMAIL)
    assert secret == Secret(PASSWORD)
    assert PASSWORD not in repr(found)
    assert PASSWORD not in scrub(f"it was {PASSWORD} all along")


def test_all_that_is_wrong_is_said_at_once_without_the_password() -> None:
    with pytest.raises(InvalidSettings) as refused:
        email_from_environment(
            {
                "SMTP_HOST": "mail example",
                "SMTP_PORT": "70000",
                "SMTP_TLS": "none",
                "SMTP_PASSWORD": PASSWORD,
                "SMTP_FROM": "a@b\r\nBcc: eve@example.com",
                "SMTP_CA_FILE": "/gone.pem",
            }
        )
    assert {problem.field for problem in refused.value.problems} == {
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_TLS",
        "SMTP_USER",
        "SMTP_FROM",
        "SMTP_CA_FILE",
    }
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("port", ["0", "-1", "1e3", "٣", "587 ", "65536", "999999999999"])
def test_a_port_is_a_number_of_a_port(port: str) -> None:
    environ = {"SMTP_HOST": "mail.example.com", "SMTP_PORT": port}
    if port == "587 ":
        assert settings_of(environ).port == 587
        return
    with pytest.raises(InvalidSettings):
        email_from_environment(environ)


def test_a_mail_goes_out_by_it(authority: Authority, ca_file: Path) -> None:
    with MailServer(authority.context(), user=USER, password=PASSWORD) as server:
        found = email_from_environment(
            {
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(server.port),
                "SMTP_USER": USER,
                "SMTP_PASSWORD": PASSWORD,
                "SMTP_CA_FILE": str(ca_file),
            }
        )
        assert found is not None
        make_sender(*found, {}).send(outgoing(ANNA))
        assert server.mails[0]["From"] == USER


def test_no_program_that_is_started_by_this_one_gets_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMTP_HOST", "mail.example.com")
    monkeypatch.setenv("SMTP_USER", "cam@example.com")
    monkeypatch.setenv("SMTP_PASSWORD", "canary-of-the-environment")
    environment, trouble = mail_of_environment(take_mail_variables(os.environ))
    assert environment is not None
    assert environment[1] == Secret("canary-of-the-environment")
    assert not trouble
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(dict(os.environ))"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "canary" not in child.stdout
    assert "mail.example.com" in child.stdout
