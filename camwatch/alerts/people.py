"""Whom alerts are told, in which order, and by which way. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camwatch.alerts.rules import USUAL_PLAN, Severity
from camwatch.alerts.schedule import ALWAYS, Schedule
from camwatch.language import marked

MOST_ADDRESSES = 50
"""Recipients of one message."""


class ChannelKind(StrEnum):
    """The ways by which an alert can be told."""

    POPUP = "popup"
    """On the screen of every workstation where somebody is signed in."""
    SOUND = "sound"
    """Likewise, to be heard."""
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"

    @property
    def is_local(self) -> bool:
        """True if the window itself tells it; nothing is sent and nothing is set up."""
        return self in (ChannelKind.POPUP, ChannelKind.SOUND)

    @property
    def has_recipients(self) -> bool:
        """True if people are named whom it is sent to."""
        return self in (ChannelKind.EMAIL, ChannelKind.SMS)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told outside of the window.

    Attributes:
        uid: UUID text.
        email: "" for none.
        phone: In the form of E.164, such as "+4930123456"; "" for none.
        on_call: Told only then; at other times the plan goes on without them.
    """

    uid: str
    name: str
    email: str = ""
    phone: str = ""
    on_call: Schedule = ALWAYS
    is_enabled: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class RecipientGroup:
    """Several recipients under one name.

    Attributes:
        members: Uids of recipients, in order.
    """

    uid: str
    name: str
    members: tuple[str, ...]
    version: int = 0


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of an escalation plan.

    Attributes:
        after_s: Time since the alert was raised; taken unless somebody has acknowledged it.
        channel: The way.
        channel_uid: Which of several channels of that kind; "" for the local ones.
        to: Uids of recipients and groups; empty for ways without recipients.
        from_severity: Less serious alerts skip the step.
    """

    after_s: float
    channel: ChannelKind
    channel_uid: str = ""
    to: tuple[str, ...] = ()
    from_severity: Severity = Severity.INFORMATION


@dataclass(frozen=True, slots=True)
class Plan:
    """An escalation plan: who is told next while nobody acknowledges.

    Attributes:
        steps: By time.
        tells_return: Whoever was told is also told when it is over.
    """

    uid: str
    name: str
    steps: tuple[PlanStep, ...]
    tells_return: bool = False
    version: int = 0


USUAL = Plan(
    USUAL_PLAN,
    marked("On this screen"),
    (
        PlanStep(0.0, ChannelKind.POPUP),
        PlanStep(0.0, ChannelKind.SOUND, from_severity=Severity.CRITICAL),
        PlanStep(60.0, ChannelKind.SOUND, from_severity=Severity.WARNING),
    ),
)
"""The plan that is always there; what is stored under its uid comes before it."""
