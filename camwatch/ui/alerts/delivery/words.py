"""Channels, people and what becomes of messages, in the words of an administrator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.alerts.notification import Notification, NotificationState, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import ENVIRONMENT, Channel, EmailSettings
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.errors import InvalidSetting
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.delivery_words import SHORT
from camwatch.ui.operators.wording import moment
from camwatch.ui.words import spoken_list

KINDS: Mapping[ChannelKind, str] = table(
    lambda: {
        ChannelKind.POPUP: tr("Popup"),
        ChannelKind.SOUND: tr("Sound"),
        ChannelKind.EMAIL: tr("E-mail"),
        ChannelKind.SMS: tr("Text message"),
        ChannelKind.WEBHOOK: tr("Webhook"),
    }
)
ICONS: Mapping[ChannelKind, str] = MappingProxyType(
    {
        ChannelKind.POPUP: "bell",
        ChannelKind.SOUND: "volume-2",
        ChannelKind.EMAIL: "mail",
        ChannelKind.SMS: "message-square",
        ChannelKind.WEBHOOK: "webhook",
    }
)
SEVERITIES: Mapping[Severity, str] = table(
    lambda: {
        Severity.INFORMATION: tr("Any severity"),
        Severity.WARNING: tr("From warning"),
        Severity.CRITICAL: tr("Only critical"),
    }
)
STATES: Mapping[NotificationState, str] = table(
    lambda: {
        NotificationState.WAITING: tr("Waits"),
        NotificationState.DELIVERED: tr("Delivered"),
        NotificationState.FAILED: tr("Refused"),
        NotificationState.EXPIRED: tr("Given up"),
        NotificationState.CANCELLED: tr("Not needed any more"),
    }
)
STATE_ICONS: Mapping[NotificationState, str] = MappingProxyType(
    {
        NotificationState.WAITING: "clock",
        NotificationState.DELIVERED: "circle-check",
        NotificationState.FAILED: "circle-x",
        NotificationState.EXPIRED: "circle-x",
        NotificationState.CANCELLED: "x",
    }
)
PURPOSES: Mapping[Purpose, str] = table(
    lambda: {
        Purpose.ALERT: tr("Alert"),
        Purpose.ESCALATION: tr("Alert, next step"),
        Purpose.RETURNED: tr("It is over"),
        Purpose.FLOOD: tr("Held back"),
        Purpose.CANARY: tr("Daily proof"),
        Purpose.DRILL: tr("Drill"),
        Purpose.TEST: tr("Test"),
        Purpose.ALIVE: tr("Sign of life"),
    }
)

_FAULTS: Mapping[str, str] = table(
    lambda: {fault.value.replace("_", " "): words for fault, words in SHORT.items()}
)

_NAMES: Mapping[str, str] = table(
    lambda: {
        "name": tr("The name"),
        "host": tr("The mail server"),
        "port": tr("The port"),
        "encryption": tr("The encryption"),
        "username": tr("The user name"),
        "sender": tr("The sender"),
        "secret": tr("The password"),
        "password": tr("The password"),
        "ca_file": tr("The file of certificates"),
        "digest_min": tr("The time for gathering"),
        "attaches_picture": tr("The picture"),
        "timeout_s": tr("The time limit"),
        "url": tr("The address"),
        "preset": tr("The kind of gateway"),
        "fields": tr("Fields"),
        "email_uid": tr("The e-mail channel"),
        "region": tr("The country"),
        "cost_per_part": tr("The cost"),
        "currency": tr("The currency"),
        "longest_parts": tr("The longest message"),
        "allow_private": tr("The local network"),
        "allow_http": tr("The unencrypted connection"),
        "headers": tr("Headers"),
        "alive_min": tr("The time between signs of life"),
        "sends_alerts": tr("“Alerts are posted here”"),
        "addresses": tr("The address"),
        "email": tr("The e-mail address"),
        "phone": tr("The phone number"),
        "on_call": tr("The week"),
        "members": tr("The members"),
        "steps": tr("The steps"),
        "channel": tr("The channel"),
        "recipient": tr("The recipient"),
        "group": tr("The group"),
        "plan": tr("The plan"),
        "recipients": tr("Addresses"),
        "hour": tr("The hour"),
        "channel_uid": tr("The channel"),
        "site_id": tr("The site"),
    }
)


def problem_sentence(problem: InvalidSetting) -> str:
    """Say what is wrong with a value, as it stands under its field."""
    field = problem.field.rpartition(".")[2]
    text = f"{_NAMES.get(field, f'“{field}”')} {problem.reason}".strip()
    return text if text[-1] in ".!?" else f"{text}."


@dataclass(frozen=True, slots=True)
class Standing:
    """How a channel does.

    Attributes:
        words: In a sentence without its full stop.
        icon: Beside them.
        color: Of the icon.
    """

    words: str
    icon: str
    color: str


def when_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say when: "today 9:00", "yesterday 9:00", "12 Nov 9:00"."""
    said = moment(at, now, zone)
    is_today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return tr("today {said}", said=said) if is_today else said


def is_missing_secret(status: ChannelStatus) -> bool:
    """Tell whether a channel signs in, and no password is kept for that."""
    settings = status.channel.settings
    signs_in = isinstance(settings, EmailSettings) and bool(settings.username)
    return signs_in and status.has_secret is False


def standing_of(status: ChannelStatus, now: datetime, zone: ZoneInfo) -> Standing:
    """Say how a channel does; what keeps it from working most comes first."""
    tokens = theme.current()
    channel, proof = status.channel, status.proof
    if channel.disabled_why:
        why = _lower(channel.disabled_why)
        return Standing(tr("Switched itself off: {why}", why=why), "circle-x", tokens.critical)
    if not channel.is_enabled:
        return Standing(tr("Switched off"), "pause", tokens.muted)
    if is_missing_secret(status):
        return Standing(tr("No password is kept for it"), "key-round", tokens.critical)
    if proof.failing_since is not None:
        since = when_words(proof.failing_since, now, zone)
        why = f": {_lower(answer_words(proof.answer))}" if proof.answer else ""
        return Standing(
            tr("Failing since {since}{why}", since=since, why=why), "circle-alert", tokens.critical
        )
    if proof.proven_at is not None:
        at = when_words(proof.proven_at, now, zone)
        return Standing(tr("Proven {at}", at=at), "circle-check", tokens.ok)
    return Standing(tr("Never used yet"), "clock", tokens.warning)


def answer_words(answer: str) -> str:
    """Say what came back at the last try, with what went wrong in words.

    Args:
        answer: As it is stored: the other side's words, or "sign in: 535 5.7.8 …" with what went
            wrong before them.
    """
    fault, colon, said = answer.partition(": ")
    words = _FAULTS.get(fault)
    if words is None:
        return tr(answer)  # what CamWatch says itself is stored in English
    return f"{words}: {said}" if colon else words


def _lower(text: str) -> str:
    """Take the capital from the start of a sentence and the full stop from its end."""
    text = " ".join(text.split()).removesuffix(".")
    return language.within(text) if text[1:2].islower() else text


def target_words(channel: Channel) -> str:
    """Say where a channel leads to: "mail.example.org:465", "https://example.org/…"."""
    settings = channel.settings
    if isinstance(settings, EmailSettings):
        return f"{settings.host}:{settings.port}"
    return settings.url


def name_words(channel: Channel) -> str:
    """Say what a channel is called; the one of the environment says where it comes from."""
    return (
        tr("{name} (environment)", name=channel.name)
        if channel.uid == ENVIRONMENT
        else channel.name
    )


def after_words(seconds: float) -> str:
    """Say when a step is taken: "at once", "after 90 s", "after 5 min", "after 1 h 30 min"."""
    whole = round(seconds)
    if whole <= 0:
        return tr("at once")
    if whole % 60:
        return tr("after {whole} s", whole=whole)
    hours, minutes = divmod(whole // 60, 60)
    if not hours:
        return tr("after {minutes} min", minutes=minutes)
    if not minutes:
        return tr("after {hours} h", hours=hours)
    return tr("after {hours} h {minutes} min", hours=hours, minutes=minutes)


def to_words(notification: Notification, channels: Mapping[str, Channel]) -> str:
    """Say to whom a message goes."""
    new = notification.new
    if new.channel.is_local:
        return tr("Everybody who is signed in")
    if new.addresses:
        return ", ".join(new.addresses)
    channel = channels.get(new.channel_uid)
    return target_words(channel) if channel is not None else "–"


def messages(count: int) -> str:
    """Say "1 message" or "12 messages"."""
    return tr("1 message") if count == 1 else tr("{count} messages", count=count)


def named(names: Iterable[str], most: int = 3) -> str:
    """Join names, and say how many more there are: "Anna, Ben and 4 more"."""
    every: Sequence[str] = list(names)
    if len(every) <= most:
        return spoken_list(every)
    return tr("{names} and {value} more", names=", ".join(every[:most]), value=len(every) - most)
