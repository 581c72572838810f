"""One message over one channel, as it waits in the outbox. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity

LIVES = timedelta(hours=24)
"""A message that could not be delivered for so long is given up."""

LATE_AFTER = timedelta(hours=1)
"""A message that is delivered later than this after it was due says so."""

MOST_WAITING = 10_000
"""Messages in the outbox; beyond it the oldest popups are dropped first."""


class Purpose(StrEnum):
    """Why a message is sent."""

    ALERT = "alert"
    ESCALATION = "escalation"
    RETURNED = "returned"
    FLOOD = "flood"
    """So many more were held back."""
    CANARY = "canary"
    """The daily proof that the channel works."""
    ALIVE = "alive"
    """"I am alive", for a webhook; never in the outbox: late it would be worth nothing."""
    DRILL = "drill"
    TEST = "test"
    REPORT = "report"
    """A report of the history with its file; never in the outbox."""


class NotificationState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Refused for good."""
    EXPIRED = "expired"
    """Not delivered within its life."""
    CANCELLED = "cancelled"
    """Not needed any more, such as a popup of an alert that was acknowledged meanwhile."""


@dataclass(frozen=True, slots=True)
class NewNotification:
    """A message that is to be put into the outbox.

    Attributes:
        alert_uid: "" for a canary or test.
        addresses: Mail addresses or phone numbers; empty for the other ways.
        data: More facts for a webhook, JSON values.
        due_at: Not before, UTC.
        has_picture: The picture of the alert goes along, if it is kept and may.
    """

    alert_uid: str
    purpose: Purpose
    channel: ChannelKind
    channel_uid: str
    addresses: tuple[str, ...]
    severity: Severity
    subject: str
    text: str
    due_at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    has_picture: bool = False

    @property
    def alert_uids(self) -> tuple[str, ...]:
        """The alerts that it is about: one, none, or all those that were held back."""
        if self.purpose is Purpose.FLOOD:
            uids = self.data.get("alerts")
            if isinstance(uids, list | tuple):
                return tuple(str(uid) for uid in uids)
        return (self.alert_uid,) if self.alert_uid else ()


@dataclass(frozen=True, slots=True)
class Notification:
    """A message in the outbox.

    Attributes:
        uid: UUID text: the idempotency key, and the name of a mail.
        new: What is to be sent.
        created_at: UTC.
        attempts: How often it was tried.
        next_at: Not tried before, UTC.
        delivered_at: UTC; None while it is not.
        answer: What the other side said, or what went wrong at the last try.
    """

    uid: str
    new: NewNotification
    created_at: datetime
    state: NotificationState = NotificationState.WAITING
    attempts: int = 0
    next_at: datetime | None = None
    delivered_at: datetime | None = None
    answer: str = ""

    def is_late(self, now: datetime) -> bool:
        """Tell whether it is delivered so late that it must say so.

        A mail that was gathered with others until `next_at` is not late for that.
        """
        planned = self.new.due_at
        if self.attempts == 0 and self.next_at is not None:
            planned = self.next_at
        return now - planned > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a mail.

    Attributes:
        name: With its ending; plain letters, digits, "-" and ".".
        kind: Such as "application/pdf".
    """

    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a sender is given.

    Attributes:
        notification: The message.
        picture: JPEG or PNG file that goes along; None for none.
        now: UTC.
        others: More messages to the same addresses that a mail tells with it, oldest first; only
            mail takes any. They are delivered, or not, together.
        attachment: A file that goes along with a mail; None for none.
    """

    notification: Notification
    now: datetime
    picture: bytes | None = None
    others: tuple[Notification, ...] = ()
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said when it took a message.

    Attributes:
        text: Its own words, cut to 500 characters, without secrets.
        refused: Addresses that it did not take, with its words; the others got the message.
        try_again: Of those, the ones that may be taken later.
    """

    text: str
    refused: Mapping[str, str] = field(default_factory=dict)
    try_again: tuple[str, ...] = ()
