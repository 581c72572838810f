"""What is asked of the alerts that were raised, and what is answered. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.alert import Alert, AlertEntry, AlertState
from camwatch.alerts.notification import Notification
from camwatch.alerts.rules import Severity
from camwatch.domain import Boxes, CameraId

MOST_ALERTS = 1000
"""So many alerts are answered at once."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts are meant; newest first.

    Attributes:
        states: None for the open ones.
        severities: None for all.
        camera_id: Only those about this camera.
        rule_uid: Only those of this rule.
        text: Part of title, message, rule or camera; "" for any.
        number: Only the one with this number; None for any.
        since: Raised then or later, UTC; None for any time.
        until: Raised before, UTC.
        with_shelved: Shelved ones, too.
        limit: At most so many, 1 to `MOST_ALERTS`.
    """

    states: frozenset[AlertState] | None = None
    severities: frozenset[Severity] | None = None
    camera_id: CameraId | None = None
    rule_uid: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    with_shelved: bool = True
    limit: int = 200
    number: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The picture at the moment an alert was raised.

    Attributes:
        camera_name: As it was called then.
        captured_at: When the picture was taken, UTC.
        data: JPEG or PNG file; the camera's own bytes, unless parts of it are masked.
        is_masked: Masked parts are painted over, so these are not the camera's own bytes.
        boxes: float32, shape (n, 4), x1 y1 x2 y2 relative to the picture, 0 to 1.
        count: People that were counted in it; None if they were not.
        kept_until: When it will be deleted, UTC.
    """

    camera_id: CameraId
    camera_name: str
    captured_at: datetime
    data: bytes
    is_masked: bool
    boxes: Boxes
    count: int | None
    kept_until: datetime


@dataclass(frozen=True, slots=True)
class AlertDetails:
    """All that is known of an alert, but its pictures.

    Attributes:
        entries: Its history, oldest first.
        notifications: What was or will be sent, oldest first.
        pictures: How many pictures are kept.
        why_no_picture: Why there is none, as a sentence; "" if there is one.
    """

    alert: Alert
    entries: tuple[AlertEntry, ...]
    notifications: tuple[Notification, ...]
    pictures: int = 0
    why_no_picture: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """What the next shift must know.

    Attributes:
        since: Begin of the shift, UTC.
        until: UTC.
        from_name: Who leaves.
        to_name: Who takes over; may be empty.
        open: Alerts that are open now, most serious first.
        happened: Alerts that were raised in the shift, oldest first.
        entries: What was done to each of `happened`, by the alert's uid.
    """

    since: datetime
    until: datetime
    from_name: str
    to_name: str
    open: tuple[Alert, ...]
    happened: tuple[Alert, ...]
    entries: tuple[tuple[str, tuple[AlertEntry, ...]], ...] = ()
