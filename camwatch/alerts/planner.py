"""Who is told of an alert, when and by which way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification
from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.settings import Channel

PER_MINUTE = 1
"""Messages that one rule may send to one channel within a minute; popups and sounds: 10."""

PER_TEN_MINUTES = 30
"""Messages to one channel within ten minutes, of all rules together; popups and sounds: 60."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who and what can be reached.

    Attributes:
        plans: By uid; the usual one is there in any case.
        recipients: By uid.
        groups: By uid.
        channels: By uid.
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    groups: Mapping[str, RecipientGroup] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentLately:
    """What was put into the outbox in the last ten minutes, for the flood limit.

    Attributes:
        at: UTC.
        rule_uid: Whose alert it was about.
        channel_key: Kind and uid, such as "email:…" or "popup:".
    """

    at: datetime
    rule_uid: str
    channel_key: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be stored together.

    Attributes:
        change: The alert with the steps it has taken now, and the entries about them.
        notifications: For the outbox.
        held_back: How many messages the flood limit held back; a message with `Purpose.FLOOD`
            tells their number as soon as the limit allows.
    """

    change: Change
    notifications: tuple[NewNotification, ...]
    held_back: int = 0


def plan(  # noqa: PLR0917 - the alert, whom it may be told, and what was told before
    change: Change,
    rule_cool_down_s: float,
    plan_uid: str,
    reach: Reach,
    lately: Sequence[SentLately],
    now: datetime,
    zone: ZoneInfo,
) -> Planned:
    """Take the steps of the plan that are due for an alert as it is now.

    An alert that is acknowledged, shelved or closed takes no further step. One that was raised
    again within its cool-down takes none either, unless it became more serious. Recipients who
    are not on call are passed over; a step that nobody is left for lets the next one come at
    once, so that no alert falls between two shifts.

    Args:
        change: The alert after what happened last; with empty entries if only time passed.
        rule_cool_down_s: Of its rule, seconds.
        plan_uid: Of its rule.
        reach: Who and what can be reached.
        lately: Oldest first.
        now: UTC.
        zone: Whose clocks on-call hours go by.
    """
    raise NotImplementedError


def next_step_at(change: Change, plan_uid: str, reach: Reach) -> datetime | None:
    """Return when the next step of an alert is due, UTC; None if there is none."""
    raise NotImplementedError
