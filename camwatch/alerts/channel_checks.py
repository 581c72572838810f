"""What may be entered for channels. Looks at a file of certificates, and at nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import phonenumbers

from camwatch.alerts.channels.headers import SECRET, check_headers
from camwatch.alerts.channels.sms import check_fields
from camwatch.alerts.checking import Problems
from camwatch.alerts.mail_address import check_mail_address, check_sender
from camwatch.alerts.plain import checked, is_unseen
from camwatch.alerts.rules import LONGEST_NAME
from camwatch.alerts.settings import (
    Channel,
    ChannelSettings,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.domain import Secret, utc_now
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.outgoing.tls import check_ca_file
from camwatch.outgoing.urls import check_host, check_url

SHORTEST_SECRET = 16
LONGEST_SECRET = 512
LONGEST_USERNAME = 256
LONGEST_SENDER = 50
LONGEST_DIGEST_MIN = 720
LONGEST_ALIVE_MIN = 1440
LONGEST_TIMEOUT_S = 60
MOST_PARTS = 10

_TLS_PORT = 465
_STARTTLS_PORTS = (25, 587)
_CURRENCY = re.compile(r"[A-Z]{3}")
_ACCOUNT = re.compile(r"[A-Za-z0-9]{1,64}")
_NAMES_SECRET = re.compile(r"auth|key|token|secret|pass|pwd", re.IGNORECASE)
_FIELD_OF_SECRET = re.compile(r"\$(?:secret\b|\{secret\}|key\b|\{key\})")


def check_channel(channel: Channel, *, has_secret: bool) -> Channel:
    """Check how a channel is set up.

    Raises:
        InvalidSettings: "name", and the names of the settings' fields; "secret".
    """
    problems = Problems()
    name = problems.take("", checked, "name", channel.name, LONGEST_NAME, may_be_empty=False)
    settings: ChannelSettings
    match channel.settings:
        case EmailSettings():
            settings = _checked_email(problems, channel.settings, has_secret)
        case SmsSettings():
            settings = _checked_sms(problems, channel.settings, has_secret)
        case WebhookSettings():
            settings = _checked_webhook(problems, channel.settings, has_secret)
    problems.tell()
    return replace(channel, name=name, settings=settings)


def check_secret(settings: ChannelSettings, secret: Secret) -> Secret:
    """Check a password, token or signing secret; it is kept as it is.

    Raises:
        InvalidSetting: "secret"; the reason never has any of it.
    """
    text = secret.reveal()
    if len(text) > LONGEST_SECRET:
        raise InvalidSetting(
            "secret",
            tr("may have {longest_secret} characters at most", longest_secret=LONGEST_SECRET),
        )
    # It may stand in a header: with a line break in it that would become two.
    if any(is_unseen(one) for one in text):
        raise InvalidSetting("secret", tr("may have no line breaks or invisible characters"))
    if isinstance(settings, WebhookSettings):
        if len(text) < SHORTEST_SECRET:
            raise InvalidSetting(
                "secret",
                tr(
                    "must have {shortest_secret} characters at least, so that nobody guesses it",
                    shortest_secret=SHORTEST_SECRET,
                ),
            )
        if _uses_secret(settings) and not text.isascii():
            raise InvalidSetting(
                "secret", tr("may have only plain letters, as it stands in a header")
            )
    return secret


def needs_secret(settings: ChannelSettings) -> bool:
    """Tell whether a channel does not work without its secret."""
    match settings:
        case EmailSettings():
            return bool(settings.username)
        case SmsSettings(preset=SmsPreset.TWILIO):
            return True
        case SmsSettings(preset=SmsPreset.EMAIL):
            return False
        case SmsSettings():
            return any("secret" in value for _, value in settings.fields)
        case WebhookSettings():
            return _uses_secret(settings)


def takes_secret(settings: ChannelSettings) -> bool:
    """Tell whether a channel can use a secret at all; what it cannot use is not kept."""
    match settings:
        case EmailSettings():
            return bool(settings.username)
        case SmsSettings():
            return settings.preset is not SmsPreset.EMAIL
        case WebhookSettings():
            return True


def destinations(settings: ChannelSettings) -> frozenset[str]:
    """Return where a channel's secret may be sent: how, to which host, by whose certificates.

    Raises:
        InvalidSetting: "url" is none.
    """
    match settings:
        case EmailSettings():
            host = f"smtp://{settings.host.strip().lower()}:{settings.port}"
            return frozenset({f"{host} {settings.ca_file.strip()}"})
        case SmsSettings(preset=SmsPreset.EMAIL):
            return frozenset()
        case SmsSettings():
            return frozenset({_origin(settings.url)})
        case WebhookSettings():
            return frozenset({f"{_origin(settings.url)} {settings.ca_file.strip()}"})


def _origin(url: str) -> str:
    found = check_url(url, allows_http=True, allows_private=True)
    scheme, _, rest = found.partition("://")
    return f"{scheme}://{re.split(r'[/?]', rest, maxsplit=1)[0]}"


def _uses_secret(settings: WebhookSettings) -> bool:
    return any(SECRET in value for _, value in settings.headers)


# ---------------------------------------------------------------- mail


def _checked_email(problems: Problems, settings: EmailSettings, has_secret: bool) -> EmailSettings:
    host = problems.take("", check_host, settings.host, "host")
    is_port = problems.whole("port", settings.port, 1, 65_535)
    if settings.encryption not in list(Encryption):
        problems.add(
            "encryption", tr("must be TLS or STARTTLS; nothing is sent without encryption")
        )
    elif is_port:
        _check_mode(problems, settings)
    username = problems.take("", checked, "username", settings.username, LONGEST_USERNAME)
    if username and not has_secret:
        problems.add("secret", tr("is needed with a user name"))
    if has_secret and not settings.username.strip():
        problems.add("username", tr("is needed with a password"))
    sender = problems.take(settings.sender, _sender, settings.sender)
    ca_file = settings.ca_file.strip()
    problems.take(None, check_ca_file, ca_file, utc_now())
    problems.whole("digest_min", settings.digest_min, 0, LONGEST_DIGEST_MIN, "minutes")
    problems.number("timeout_s", settings.timeout_s, 1, LONGEST_TIMEOUT_S, "seconds")
    return replace(settings, host=host, username=username, sender=sender, ca_file=ca_file)


def _check_mode(problems: Problems, settings: EmailSettings) -> None:
    if settings.port == _TLS_PORT and settings.encryption is Encryption.STARTTLS:
        problems.add(
            "encryption",
            tr(
                "must be TLS with port {tls_port}; STARTTLS usually has port 587",
                tls_port=_TLS_PORT,
            ),
        )
    if settings.port in _STARTTLS_PORTS and settings.encryption is Encryption.TLS:
        problems.add(
            "encryption",
            tr(
                "must be STARTTLS with port {port}; TLS usually has port {tls_port}",
                port=settings.port,
                tls_port=_TLS_PORT,
            ),
        )


def _sender(typed: str) -> str:
    if len(typed) > LONGEST_USERNAME + LONGEST_NAME:
        raise InvalidSetting("sender", tr("is too long for a name and an address"))
    return str(check_sender(typed))


# ---------------------------------------------------------------- text messages


def _checked_sms(problems: Problems, settings: SmsSettings, has_secret: bool) -> SmsSettings:
    if settings.preset not in list(SmsPreset):
        problems.add("preset", tr("is none that there is"))
        return settings
    is_mail = settings.preset is SmsPreset.EMAIL
    url = problems.take("", _gateway, settings)
    username = problems.take("", checked, "username", settings.username, LONGEST_USERNAME)
    sender = problems.take("", checked, "sender", settings.sender, LONGEST_SENDER)
    fields: tuple[tuple[str, str], ...] = ()
    if settings.preset in (SmsPreset.POST, SmsPreset.GET):
        fields = problems.take((), _fields, settings.fields)
    if settings.preset is SmsPreset.TWILIO:
        if not _ACCOUNT.fullmatch(username):
            problems.add("username", tr("must be the account's SID, such as AC and 32 digits"))
        if not sender:
            problems.add(
                "sender", tr("is needed: a number of the account, or its messaging service")
            )
    if is_mail and not settings.email_uid:
        problems.add("email_uid", tr("is needed: choose the e-mail channel to send with"))
    if needs_secret(settings) and not has_secret:
        problems.add("secret", tr("is needed by this gateway"))
    region = settings.region.strip().upper()
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        problems.add("region", tr("is no country in two letters, such as DE"))
    currency = settings.currency.strip().upper()
    if currency and not _CURRENCY.fullmatch(currency):
        problems.add("currency", tr("must be three letters, such as EUR"))
    problems.number("cost_per_part", settings.cost_per_part, 0, 100_000)
    problems.whole("longest_parts", settings.longest_parts, 1, MOST_PARTS, "parts")
    problems.number("timeout_s", settings.timeout_s, 1, LONGEST_TIMEOUT_S, "seconds")
    return replace(
        settings,
        url=url,
        username="" if is_mail else username,
        sender=sender,
        fields=fields,
        email_uid=settings.email_uid if is_mail else "",
        region=region,
        currency=currency,
    )


def _gateway(settings: SmsSettings) -> str:
    if settings.preset is not SmsPreset.EMAIL:
        return check_url(
            settings.url, allows_http=settings.allow_http, allows_private=settings.allow_private
        )
    domain = settings.url.strip().removeprefix("@")
    if not domain:
        raise InvalidSetting(
            "url", tr("is needed: the domain behind the number, such as sms.example")
        )
    try:
        return check_mail_address(f"1@{domain}", "url").removeprefix("1@")
    except InvalidSetting as error:
        raise InvalidSetting("url", tr("is no domain, such as sms.example")) from error


def _fields(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    clean = check_fields(tuple((name.strip(), value.strip()) for name, value in fields))
    for name, value in clean:
        if _NAMES_SECRET.search(name) and not _FIELD_OF_SECRET.search(value):
            raise InvalidSetting(
                "fields",
                tr(
                    "must not hold the secret of {name} itself; write $secret in its place, and the "
                    "secret into its own field",
                    name=name,
                ),
            )
    return clean


# ---------------------------------------------------------------- webhooks


def _checked_webhook(
    problems: Problems, settings: WebhookSettings, has_secret: bool
) -> WebhookSettings:
    url = problems.take(
        "",
        check_url,
        settings.url,
        allows_http=settings.allow_http,
        allows_private=settings.allow_private,
    )
    headers = problems.take((), check_headers, settings.headers)
    if _uses_secret(settings) and not has_secret:
        problems.add("secret", tr("is needed, since a header has {secret}", secret=SECRET))
    ca_file = settings.ca_file.strip()
    problems.take(None, check_ca_file, ca_file, utc_now())
    is_right = problems.whole("alive_min", settings.alive_min, 0, LONGEST_ALIVE_MIN, "minutes")
    if is_right and not settings.alive_min and not settings.sends_alerts:
        problems.add("sends_alerts", tr("must be on, unless it is told that CamWatch is alive"))
    problems.number("timeout_s", settings.timeout_s, 1, LONGEST_TIMEOUT_S, "seconds")
    return replace(settings, url=url, headers=headers, ca_file=ca_file)
