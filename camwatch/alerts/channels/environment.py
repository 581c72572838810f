"""An e-mail channel from the variables of the surroundings."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.alerts.channels.email import context_of
from camwatch.alerts.mail_address import check_sender
from camwatch.alerts.settings import ENVIRONMENT, Channel, EmailSettings, Encryption
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import marked, tr
from camwatch.logs import hide
from camwatch.outgoing.urls import check_host

NAME = marked("E-mail of this computer")
_TLS_PORT = 465
_USUAL_PORT = 587
_LONGEST_TEXT = 256


def email_from_environment(environ: Mapping[str, str]) -> tuple[Channel, Secret | None] | None:
    """Read SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_FROM, SMTP_TLS and SMTP_CA_FILE.

    Only the host is needed. Port 465 is encrypted from the first byte, any other begins with
    STARTTLS, unless SMTP_TLS says "tls" or "starttls"; there is no way without encryption.

    Returns:
        The channel and its password; None if SMTP_HOST is not set.

    Raises:
        InvalidSettings: With all that is wrong, each under the name of its variable.
    """
    host = environ.get("SMTP_HOST", "").strip()
    if not host:
        return None
    problems: list[InvalidSetting] = []
    password = environ.get("SMTP_PASSWORD", "")
    if password:
        hide(password)
    try:
        host = check_host(host, "SMTP_HOST")
    except InvalidSetting as error:
        problems.append(error)
    port = _port(environ.get("SMTP_PORT", "").strip(), problems)
    encryption = _encryption(environ.get("SMTP_TLS", "").strip().lower(), port, problems)
    user = environ.get("SMTP_USER", "").strip()
    if len(user) > _LONGEST_TEXT or not user.isprintable():
        problems.append(InvalidSetting("SMTP_USER", tr("is too long or has invisible characters")))
    if user and not password:
        problems.append(InvalidSetting("SMTP_PASSWORD", tr("is needed with SMTP_USER")))
    if password and not user:
        problems.append(InvalidSetting("SMTP_USER", tr("is needed with SMTP_PASSWORD")))
    sender = environ.get("SMTP_FROM", "").strip() or (user if "@" in user else f"camwatch@{host}")
    try:
        check_sender(sender, "SMTP_FROM")
    except InvalidSetting as error:
        problems.append(error)
    ca_file = environ.get("SMTP_CA_FILE", "").strip()
    try:
        context_of(ca_file)
    except InvalidSetting as error:
        problems.append(InvalidSetting("SMTP_CA_FILE", error.reason))
    if problems:
        raise InvalidSettings(problems, tr("the environment"))
    settings = EmailSettings(host, port, encryption, sender, user, ca_file)
    return Channel(ENVIRONMENT, tr(NAME), settings), Secret(password) if password else None


def _port(text: str, problems: list[InvalidSetting]) -> int:
    if not text:
        return _USUAL_PORT
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65_535:
        return int(text)
    problems.append(InvalidSetting("SMTP_PORT", tr("must be a whole number from 1 to 65535")))
    return _USUAL_PORT


def _encryption(text: str, port: int, problems: list[InvalidSetting]) -> Encryption:
    if text in list(Encryption):
        return Encryption(text)
    if text:
        reason = tr("must be tls or starttls; nothing is sent without encryption")
        problems.append(InvalidSetting("SMTP_TLS", reason))
    return Encryption.TLS if port == _TLS_PORT else Encryption.STARTTLS
