"""Stand-ins for what lies behind the lists of channels, people, plans and messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from camwatch.alerts.drill import DrillReport
from camwatch.alerts.notification import (
    Answer,
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import USUAL, ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import Severity
from camwatch.alerts.schedule import WHOLE_DAY, Schedule
from camwatch.alerts.settings import (
    ENVIRONMENT,
    Channel,
    ChannelProof,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.domain import Secret
from camwatch.errors import CamWatchError

T = TypeVar("T", Channel, Recipient, RecipientGroup, Plan)

NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
"""12:00 in Berlin."""
NIGHT = (1 << 12) - 1 | WHOLE_DAY & ~((1 << 44) - 1)  # 22:00 to 6:00
DAY = WHOLE_DAY & ~NIGHT

MAIL = Channel(
    "mail",
    "Office mail",
    EmailSettings(
        "smtp.example.org", 465, Encryption.TLS, "CamWatch <alerts@example.org>", "alerts"
    ),
    version=1,
)
TEXTS = Channel(
    "sms",
    "Text messages",
    SmsSettings(
        SmsPreset.TWILIO,
        "https://api.twilio.com",
        "AC123",
        "+4930123456",
        region="DE",
        cost_per_part=7.5,
        currency="EUR",
    ),
    version=1,
)
HOOK = Channel("hook", "Ticket system", WebhookSettings("https://hooks.example.org/in"), version=1)
ANNA = Recipient("anna", "Anna", "anna@example.org", "+4930123456", Schedule((DAY,) * 7), version=1)
BEN = Recipient("ben", "Ben", "ben@example.org", "", Schedule((NIGHT,) * 5 + (0, 0)), version=1)
SHIFTS = RecipientGroup("shifts", "All shifts", ("anna", "ben"), version=1)
NIGHTLY = Plan(
    "nightly",
    "Night shift",
    (
        PlanStep(0.0, ChannelKind.POPUP),
        PlanStep(60.0, ChannelKind.SOUND, from_severity=Severity.WARNING),
        PlanStep(300.0, ChannelKind.EMAIL, "mail", ("shifts",)),
        PlanStep(900.0, ChannelKind.SMS, "sms", ("anna", "ben"), Severity.CRITICAL),
    ),
    tells_return=True,
    version=1,
)


def a_message(uid: str, **changes: Any) -> Notification:
    """Return a message of an alert by mail, with some of it otherwise."""
    new = NewNotification(
        "alert",
        changes.pop("purpose", Purpose.ALERT),
        changes.pop("channel", ChannelKind.EMAIL),
        changes.pop("channel_uid", "mail"),
        changes.pop("addresses", ("anna@example.org",)),
        Severity.WARNING,
        changes.pop("subject", "Hall: 31 people (limit 30)"),
        changes.pop("text", "There are 31 people in the hall since 12:04; 30 are allowed."),
        changes.pop("due_at", NOON - timedelta(minutes=20)),
    )
    return Notification(uid, new, new.due_at, **changes)


class DeliveryDesk:
    """Keeps channels, people and plans in memory, and answers what it was told to.

    Attributes:
        asked: Name of the command, then what it was given without the session.
        trouble: Raised by the named command, once for each entry.
        answer: Of a test.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.trouble: dict[str, list[CamWatchError]] = {}
        self.answer = Answer("250 2.0.0 Ok: queued as 4F1B2C")
        self.statuses: list[ChannelStatus] = []
        self.people: list[Recipient] = []
        self.teams: list[RecipientGroup] = []
        self.ladders: list[Plan] = [USUAL]
        self.messages: list[Notification] = []
        self.drill: DrillReport | None = None

    def note(self, name: str, *given: Any) -> None:
        self.asked.append((name, *given))
        if self.trouble.get(name):
            raise self.trouble[name].pop(0)

    def times(self, name: str) -> int:
        return sum(one[0] == name for one in self.asked)

    def channels(self, _session: Session) -> list[ChannelStatus]:
        self.note("channels")
        return list(self.statuses)

    def save_channel(
        self, _session: Session, channel: Channel, secret: Secret | KeepPassword | None
    ) -> Channel:
        self.note("save_channel", channel, secret)
        before = {one.channel.uid: one for one in self.statuses}
        kept = before.get(channel.uid)
        has = kept.has_secret if isinstance(secret, KeepPassword) and kept else secret is not None
        stored = replace(channel, version=channel.version + 1)
        proof = kept.proof if kept else ChannelProof(channel.uid)
        before[channel.uid] = ChannelStatus(stored, proof, has)
        self.statuses = list(before.values())
        return stored

    def remove_channel(self, _session: Session, channel_uid: str) -> None:
        self.note("remove_channel", channel_uid)
        self.statuses = [one for one in self.statuses if one.channel.uid != channel_uid]

    def test_channel(
        self,
        session: Session,
        channel: Channel,
        secret: Secret | KeepPassword | None,
        addresses: Sequence[str],
    ) -> Answer:
        self.note("test_channel", channel, secret, tuple(addresses))
        return self.answer

    def stop_test(self, _session: Session) -> None:
        self.note("stop_test")

    def outbox(self, _session: Session, limit: int = 200) -> list[Notification]:
        self.note("outbox", limit)
        return self.messages[:limit]

    def channel_proofs(self, _session: Session) -> list[ChannelProof]:
        self.note("channel_proofs")
        return [one.proof for one in self.statuses]

    def prove_channels(self, _session: Session) -> None:
        self.note("prove_channels")

    def recipients(self, _session: Session) -> list[Recipient]:
        return list(self.people)

    def save_recipient(self, _session: Session, recipient: Recipient) -> Recipient:
        self.note("save_recipient", recipient)
        return _stored(self.people, recipient)

    def remove_recipient(self, _session: Session, recipient_uid: str) -> None:
        self.note("remove_recipient", recipient_uid)
        self.people = [one for one in self.people if one.uid != recipient_uid]

    def recipient_groups(self, _session: Session) -> list[RecipientGroup]:
        return list(self.teams)

    def save_recipient_group(self, _session: Session, group: RecipientGroup) -> RecipientGroup:
        self.note("save_recipient_group", group)
        return _stored(self.teams, group)

    def remove_recipient_group(self, _session: Session, group_uid: str) -> None:
        self.note("remove_recipient_group", group_uid)
        self.teams = [one for one in self.teams if one.uid != group_uid]

    def plans(self, _session: Session) -> list[Plan]:
        return list(self.ladders)

    def save_plan(self, _session: Session, plan: Plan) -> Plan:
        self.note("save_plan", plan)
        return _stored(self.ladders, plan)

    def remove_plan(self, _session: Session, plan_uid: str) -> None:
        self.note("remove_plan", plan_uid)
        self.ladders = [one for one in self.ladders if one.uid != plan_uid]

    def start_drill(self, _session: Session) -> None:
        self.note("start_drill")
        self.drill = DrillReport(1, "maria", NOON, doing="People appear")

    def stop_drill(self, _session: Session) -> None:
        self.note("stop_drill")

    def drill_report(self, _session: Session) -> DrillReport | None:
        return self.drill


def _stored(known: list[T], one: T) -> T:
    stored = replace(one, version=one.version + 1)
    places = [place for place, old in enumerate(known) if old.uid == one.uid]
    if places:
        known[places[0]] = stored
    else:
        known.append(stored)
    return stored


def a_full_desk() -> DeliveryDesk:
    """Return a desk on which there is one of each."""
    desk = DeliveryDesk()
    env = Channel(
        ENVIRONMENT,
        "Mail",
        EmailSettings("mail.example.net", 587, Encryption.STARTTLS, "a@b.example"),
    )
    off = replace(
        HOOK,
        uid="old",
        name="Old hook",
        disabled_why="It answered that it is gone for good (HTTP 410).",
    )
    desk.statuses = [
        ChannelStatus(
            MAIL, ChannelProof("mail", NOON - timedelta(hours=3), None, "250 Ok: queued"), True
        ),
        ChannelStatus(
            TEXTS,
            ChannelProof(
                "sms",
                NOON - timedelta(days=1),
                NOON - timedelta(hours=3, minutes=48),
                "Server offers no encryption",
                3,
            ),
            True,
        ),
        ChannelStatus(HOOK, ChannelProof("hook"), False),
        ChannelStatus(off, ChannelProof("old", NOON - timedelta(days=40)), True),
        ChannelStatus(env, ChannelProof(ENVIRONMENT), None),
    ]
    desk.people, desk.teams = [ANNA, BEN], [SHIFTS]
    desk.ladders = [USUAL, NIGHTLY]
    desk.messages = [
        a_message("m1", attempts=2, next_at=NOON + timedelta(minutes=4), answer="HTTP 503"),
        a_message(
            "m2",
            channel=ChannelKind.POPUP,
            channel_uid="",
            addresses=(),
            state=NotificationState.DELIVERED,
            delivered_at=NOON - timedelta(minutes=20),
            attempts=1,
        ),
        a_message(
            "m3",
            due_at=NOON - timedelta(hours=5),
            state=NotificationState.DELIVERED,
            delivered_at=NOON - timedelta(hours=2),
            attempts=9,
            answer="250 2.0.0 Ok: queued as 4F1B2C",
        ),
        a_message(
            "m4",
            channel=ChannelKind.SMS,
            channel_uid="sms",
            addresses=("+4930123456",),
            due_at=NOON - timedelta(hours=6),
            state=NotificationState.FAILED,
            attempts=1,
            answer="HTTP 401",
        ),
        a_message(
            "m5",
            purpose=Purpose.CANARY,
            subject="Daily proof",
            due_at=NOON - timedelta(days=1),
            state=NotificationState.EXPIRED,
            attempts=30,
            answer="Nobody answers there",
        ),
        a_message(
            "m6",
            channel=ChannelKind.WEBHOOK,
            channel_uid="hook",
            addresses=(),
            due_at=NOON - timedelta(days=1),
            state=NotificationState.CANCELLED,
        ),
    ]
    return desk
