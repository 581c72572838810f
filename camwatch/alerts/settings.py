"""How channels are set up. Values only; passwords are in the keyring under the channel's uid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from camwatch.alerts.people import ChannelKind


class Encryption(StrEnum):
    """How a mail server is talked to; there is no way without encryption."""

    TLS = "tls"
    """From the first byte; usually port 465."""
    STARTTLS = "starttls"
    """Required before anything is said; usually port 587."""


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """A mail server, and how mails look.

    Attributes:
        username: "" signs in nowhere. The password is in the keyring.
        sender: Address that mails are from, with or without a display name.
        ca_file: Certificates to trust, PEM; "" for those of this computer.
        digest_min: Mails that are less than critical are gathered for so long, minutes; 0 for
            not.
        attaches_picture: The picture goes along, where the settings of alerts allow it.
        timeout_s: For each step of the conversation, seconds.
    """

    host: str
    port: int
    encryption: Encryption
    sender: str
    username: str = ""
    ca_file: str = ""
    digest_min: int = 0
    attaches_picture: bool = True
    timeout_s: float = 10.0
    kind: Literal["email"] = "email"


class SmsPreset(StrEnum):
    """How an SMS gateway is asked."""

    TWILIO = "twilio"
    """POST form To, From, Body to /2010-04-01/Accounts/{username}/Messages.json, HTTP Basic."""
    POST = "post"
    """POST form with `fields`."""
    GET = "get"
    """GET with `fields` in the query."""
    EMAIL = "email"
    """A mail to number@gateway, through the e-mail channel `email_uid`."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """An SMS gateway.

    Attributes:
        url: Of the gateway; for EMAIL the domain behind the number's @.
        username: Of the gateway's account; "" for none. Password or token is in the keyring.
        sender: Number or name that messages are from; "" if the gateway has its own.
        fields: Of POST and GET: names and values, where $to, $from, $text, $key and $secret
            stand for what is sent.
        email_uid: Of EMAIL: the e-mail channel.
        region: Country of numbers without +, two letters, such as "DE".
        cost_per_part: Of one part of a message, in the smallest unit of the currency; 0 if
            unknown.
        currency: Such as "EUR"; "" if unknown.
        longest_parts: A longer message is cut, 1 to 10 parts.
        allow_private: The gateway may be in the local network.
        allow_http: It may be asked without encryption.
        timeout_s: For the whole question, seconds.
    """

    preset: SmsPreset
    url: str
    username: str = ""
    sender: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    email_uid: str = ""
    region: str = ""
    cost_per_part: float = 0.0
    currency: str = ""
    longest_parts: int = 3
    allow_private: bool = False
    allow_http: bool = False
    timeout_s: float = 5.0
    kind: Literal["sms"] = "sms"


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """An address that alerts are posted to as JSON.

    The secret in the keyring signs them; without one they go unsigned.

    Attributes:
        headers: More headers, names and values; see `channels.webhook` for those allowed.
        allow_private: The address may be in the local network or this computer.
        allow_http: It may be asked without encryption.
        ca_file: As for mail.
        alive_min: A message "I am alive" every so many minutes; 0 for none.
        sends_alerts: False if it is only told that CamWatch is alive.
        is_signed: There is a secret in the keyring; written by CamWatch. Without one no keyring
            is asked, and none need be there.
        timeout_s: For the whole question, seconds.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    allow_private: bool = False
    allow_http: bool = False
    ca_file: str = ""
    alive_min: int = 0
    sends_alerts: bool = True
    is_signed: bool = True
    timeout_s: float = 5.0
    kind: Literal["webhook"] = "webhook"


ChannelSettings = EmailSettings | SmsSettings | WebhookSettings


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out of the window that was set up.

    Attributes:
        uid: UUID text, under which the keyring keeps its password; "environment" for mail that
            is set up by SMTP_HOST and the other variables.
        disabled_why: Set: CamWatch switched it off itself, such as after HTTP 410; as a sentence.
    """

    uid: str
    name: str
    settings: ChannelSettings
    is_enabled: bool = True
    disabled_why: str = ""
    version: int = 0

    @property
    def kind(self) -> ChannelKind:
        """Of its settings."""
        return ChannelKind(self.settings.kind)


ENVIRONMENT = "environment"
"""Uid of the e-mail channel that SMTP_* variables set up."""


@dataclass(frozen=True, slots=True)
class ChannelProof:
    """When a channel was last seen to work, or not.

    Attributes:
        proven_at: When something was last delivered by it, UTC; None if never.
        failing_since: Since when nothing is, UTC; None while all is well.
        answer: The last answer of the other side, or what went wrong.
        waiting: Messages that wait for it.
    """

    channel_uid: str
    proven_at: datetime | None = None
    failing_since: datetime | None = None
    answer: str = ""
    waiting: int = 0
