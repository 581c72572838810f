"""Alerts to look at, and a stand-in for the commands that answer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from camwatch.alerts.alert import (
    Alert,
    AlertEntry,
    AlertPart,
    AlertState,
    Deed,
    Shelving,
    Subject,
)
from camwatch.alerts.inbox import AlertDetails, AlertQuery, Evidence, Handover
from camwatch.alerts.notification import (
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.auth.session import Session
from camwatch.cameras.decode import encode_jpeg
from camwatch.domain import Boxes, Camera, CameraId
from camwatch.errors import CamWatchError, NotFound
from camwatch.ui.alerts.inbox.order import fits
from tests.commands.values import Clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NO_BOXES: Boxes = np.zeros((0, 4), np.float32)
HOSTILE = "<img src=x onerror=1> \u202egnp.exe &amp; <b>bold</b>"


def part(camera: int = 1, name: str = "", *, since: datetime = NOON, **values: object) -> AlertPart:
    """Return one camera of an alert."""
    subject = Subject.of_camera(CameraId(camera))
    return AlertPart(subject, name or f"Camera {camera}", since, **values)  # type: ignore[arg-type]


def alert(number: int = 1, **values: object) -> Alert:
    """Return an alert that was raised as many minutes before noon as its number says."""
    raised = values.pop("raised_at", NOON - timedelta(minutes=number))
    base = Alert(
        uid=f"{number:08d}-0000-4000-8000-000000000000",
        rule_uid="11111111-0000-4000-8000-000000000000",
        rule_name="Camera is down",
        kind="camera:down",
        severity=Severity.WARNING,
        raised_at=raised,  # type: ignore[arg-type]
        changed_at=raised,  # type: ignore[arg-type]
        parts=(part(number % 7 + 1, since=raised, reason="timeout"),),  # type: ignore[arg-type]
        title=f"Camera {number % 7 + 1} gives no picture",
        message=f"Camera {number % 7 + 1} has given no picture for 60 s.",
        number=number,
        version=1,
    )
    return replace(base, **values)  # type: ignore[arg-type]


def picture(people: int = 3, size: tuple[int, int] = (640, 360)) -> bytes:
    """Return a JPEG file with bright shapes where `boxes` says."""
    pixels = np.full((size[1], size[0], 3), 60, np.uint8)
    for x1, y1, x2, y2 in (boxes(people) * np.array([*size, *size])).astype(int):
        pixels[y1:y2, x1:x2] = (40, 140, 220)
    return encode_jpeg(pixels)


def boxes(people: int = 3) -> Boxes:
    """Return where people are, relative to the picture."""
    found = [[0.1 + 0.2 * one, 0.3, 0.2 + 0.2 * one, 0.8] for one in range(people)]
    return np.array(found, np.float32).reshape(-1, 4)


def evidence(camera: int = 1, *, people: int = 3, **values: object) -> Evidence:
    """Return a picture of the moment."""
    base = Evidence(
        CameraId(camera),
        f"Camera {camera}",
        NOON - timedelta(seconds=4),
        picture(people),
        is_masked=False,
        boxes=boxes(people),
        count=people,
        kept_until=NOON + timedelta(days=7),
    )
    return replace(base, **values)  # type: ignore[arg-type]


def sent(
    channel: ChannelKind = ChannelKind.EMAIL,
    state: NotificationState = NotificationState.DELIVERED,
    **values: object,
) -> Notification:
    """Return a message of an alert."""
    new = NewNotification(
        "x",
        Purpose.ALERT,
        channel,
        "channel",
        ("ops@example.org",) if channel.has_recipients else (),
        Severity.WARNING,
        "subject",
        "text",
        NOON,
    )
    base = Notification("n", new, NOON, state, attempts=1, delivered_at=NOON)
    return replace(base, **values)  # type: ignore[arg-type]


@dataclass
class AlertShelf:
    """The commands about alerts, on alerts that lie in memory.

    Attributes:
        error: Raised by each command while it is set.
        asked: The queries that were asked.
        done: What was done, as name and arguments.
    """

    clock: Clock
    stored: dict[str, Alert] = field(default_factory=dict)
    cameras_known: list[Camera] = field(default_factory=list)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    entries: dict[str, list[AlertEntry]] = field(default_factory=dict)
    sent: dict[str, list[Notification]] = field(default_factory=dict)
    why_no_picture: str = "The settings do not let pictures be kept."
    error: CamWatchError | None = None
    asked: list[AlertQuery] = field(default_factory=list)
    done: list[tuple[object, ...]] = field(default_factory=list)
    handed_over: datetime | None = None

    def keep(self, *alerts: Alert) -> None:
        """Store alerts."""
        self.stored |= {one.uid: one for one in alerts}

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def alerts(self, _session: Session, query: AlertQuery) -> list[Alert]:
        self._check()
        self.asked.append(query)
        found = [one for one in self.stored.values() if fits(one, query, self.clock())]
        found.sort(key=lambda one: one.raised_at, reverse=True)
        return found[: query.limit]

    def cameras(self, _session: Session) -> list[Camera]:
        return self.cameras_known

    def alert_details(self, _session: Session, alert_uid: str) -> AlertDetails:
        self._check()
        found = self._one(alert_uid)
        pictures = len(self.evidence.get(alert_uid, ()))
        return AlertDetails(
            found,
            tuple(
                self.entries.get(alert_uid, [AlertEntry(found.raised_at, "system", Deed.RAISED)])
            ),
            tuple(self.sent.get(alert_uid, ())),
            pictures,
            "" if pictures else self.why_no_picture,
        )

    def alert_evidence(self, _session: Session, alert_uid: str) -> list[Evidence]:
        self._check()
        return self.evidence.get(alert_uid, [])

    def _one(self, uid: str) -> Alert:
        if uid not in self.stored:
            raise NotFound("alert")
        return self.stored[uid]

    def _change(self, uids: Sequence[str], change: Callable[[Alert], Alert]) -> list[Alert]:
        self._check()
        changed = []
        for uid in uids:
            after = change(self._one(uid))
            changed.append(replace(after, version=after.version + 1, changed_at=self.clock()))
        self.keep(*changed)
        return changed

    def acknowledge_alerts(
        self, session: Session, alert_uids: Sequence[str], comment: str = ""
    ) -> list[Alert]:
        self.done.append(("acknowledge", tuple(alert_uids), comment))

        def change(one: Alert) -> Alert:
            is_over = one.state is AlertState.RETURNED
            return replace(
                one,
                state=AlertState.CLOSED if is_over else AlertState.ACKNOWLEDGED,
                acknowledged_at=self.clock(),
                acknowledged_by=session.user.name,
                closed_at=self.clock() if is_over else None,
            )

        return self._change(alert_uids, change)

    def shelve_alerts(
        self, session: Session, alert_uids: Sequence[str], until: datetime, comment: str
    ) -> list[Alert]:
        self.done.append(("shelve", tuple(alert_uids), until, comment))
        shelving = Shelving(until, session.user.name, comment)
        return self._change(alert_uids, lambda one: replace(one, shelving=shelving))

    def unshelve_alerts(self, _session: Session, alert_uids: Sequence[str]) -> list[Alert]:
        self.done.append(("unshelve", tuple(alert_uids)))
        return self._change(alert_uids, lambda one: replace(one, shelving=None))

    def comment_alert(self, _session: Session, alert_uid: str, comment: str) -> Alert:
        self.done.append(("comment", alert_uid, comment))
        return self._change([alert_uid], lambda one: one)[0]

    def own_alerts(self, _session: Session, alert_uids: Sequence[str], owner: str) -> list[Alert]:
        self.done.append(("own", tuple(alert_uids), owner))
        return self._change(alert_uids, lambda one: replace(one, owner=owner))

    def handover(self, session: Session, since: datetime, to_name: str) -> Handover:
        self._check()
        now = self.clock()
        everything = sorted(self.stored.values(), key=lambda one: one.raised_at)
        happened = [one for one in everything if since <= one.raised_at]
        return Handover(
            since,
            now,
            session.user.name,
            to_name,
            tuple(
                sorted(
                    (one for one in everything if one.state.is_open),
                    key=lambda one: -one.severity.rank,
                )
            ),
            tuple(happened),
            tuple((one.uid, tuple(self.entries.get(one.uid, ()))) for one in happened),
        )

    def hand_over(self, session: Session, since: datetime, to_name: str) -> Handover:
        handover = self.handover(session, since, to_name)
        self.done.append(("hand_over", since, to_name))
        self.handed_over = self.clock()
        return handover

    def last_handover(self, _session: Session) -> datetime | None:
        self._check()
        return self.handed_over
