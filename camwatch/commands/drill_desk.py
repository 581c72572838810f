"""Keeps the alert of a drill and its messages, and leaves nothing open. All methods block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert
from camwatch.alerts.drill import RULE
from camwatch.alerts.letters import letter
from camwatch.alerts.notification import NewNotification, Notification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.planner import Reach
from camwatch.alerts.signals import Raised, Returned, WatchedCamera
from camwatch.alerts.texts import message_of, title_of
from camwatch.commands.canaries import proofs_of
from camwatch.commands.trail import SYSTEM
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.events import AlertChanged, Bus
from camwatch.language import marked, stored_text, table, tr

_WAYS = table(
    lambda: {
        ChannelKind.EMAIL: tr("E-mail"),
        ChannelKind.SMS: tr("Text message"),
        ChannelKind.WEBHOOK: tr("Webhook"),
    }
)
_NO_MORE_STEPS = 1000
_OVER = marked("the drill is over")


class DrillDesk:
    """For the drill worker only.

    Args:
        database: The history.
        reach: Reads who and what can be reached.
        zone: Of the site.
        camera: The simulated camera.
        bus: Told of the alert.
    """

    def __init__(
        self,
        database: Database,
        reach: Callable[[], Reach],
        zone: ZoneInfo,
        camera: WatchedCamera,
        bus: Bus,
    ) -> None:
        self._database = database
        self._reach = reach
        self._zone = zone
        self._camera = camera
        self._bus = bus

    def begin(self, signal: Raised, now: datetime) -> tuple[str, list[tuple[str, Notification]]]:
        """Store the alert, with a popup and a message for each channel in use.

        Returns:
            The alert's uid, and each message with the name of its way.

        Raises:
            StorageError: Nothing was stored.
        """
        cameras = {self._camera.id: self._camera}
        title = title_of(signal, RULE, cameras, self._zone)
        message = message_of(signal, RULE, cameras, self._zone)
        change = lifecycle.raised(None, signal, RULE, title, message, now)
        # No plan is followed: each channel is told once, at once.
        alert = replace(change.alert, is_drill=True, step=_NO_MORE_STEPS)
        reach = self._reach()
        ways: list[tuple[str, ChannelKind, str, tuple[str, ...]]] = [
            (tr("On the screens"), ChannelKind.POPUP, "", ()),
            *(
                (
                    f"{_WAYS[one.channel]} “{reach.channels[one.channel_uid].name}”",
                    one.channel,
                    one.channel_uid,
                    one.addresses,
                )
                for one in proofs_of(reach, now)
            ),
        ]
        with self._database.alerts.changing(now) as book:
            book.store(None, replace(change, alert=alert))
            book.flush()
            stored = book.get(alert.uid)
            queued = [self._message(stored, *way[1:], now) for way in ways]
            book.queue([Queued(one, RULE.uid) for one in queued])
        self._bus.publish(AlertChanged(now, stored))
        messages = {one.new.channel_uid: one for one in self._database.outbox.of_alert(stored.uid)}
        return stored.uid, [(way[0], messages[way[2]]) for way in ways]

    def _message(
        self,
        alert: Alert,
        channel: ChannelKind,
        channel_uid: str,
        addresses: tuple[str, ...],
        now: datetime,
    ) -> NewNotification:
        subject, text = letter(alert, Purpose.DRILL, now, self._zone)
        return NewNotification(
            alert.uid,
            Purpose.DRILL,
            channel,
            channel_uid,
            addresses,
            alert.severity,
            subject,
            text,
            now,
            data={"alert": alert.uid, "rule": alert.rule_name, "is_drill": True},
        )

    def message(self, uid: str) -> Notification:
        """Return a message as it is now.

        Raises:
            NotFound: It is gone.
            StorageError: It cannot be read.
        """
        return self._database.outbox.get(uid)

    def end(self, alert_uid: str, actor: str, now: datetime) -> str:
        """Let the alert return, acknowledge it, and cancel what still waits.

        Returns:
            The state it is in.

        Raises:
            StorageError: It is open still.
        """
        with self._database.alerts.changing(now) as book:
            alert = book.get(alert_uid)
            if alert.returned_at is None:
                subjects = tuple(part.subject for part in alert.parts)
                over = Returned(alert_uid, RULE.uid, subjects, is_over=True, why=tr(_OVER))
                alert = book.store(alert, lifecycle.returned(alert, over, now))
            if not alert.state.is_seen:
                done = lifecycle.acknowledged(alert, actor or SYSTEM, now, tr(_OVER))
                alert = book.store(alert, done)
            book.cancel_waiting(alert_uid, stored_text(_OVER))
        self._bus.publish(AlertChanged(now, alert))
        return alert.state.value
