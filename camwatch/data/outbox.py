"""The outbox: messages that wait to be sent, and what came of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.notification import (
    LIVES,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.data.channel_proofs import note_failing
from camwatch.data.messages import (
    IS_LOCAL,
    WAITING,
    Queued,
    end_messages,
    locked_row,
    message_row,
    notification_of,
)
from camwatch.data.schema import alert, notification
from camwatch.data.store import Store
from camwatch.data.workstations import is_own
from camwatch.errors import DeliveryFault
from camwatch.language import marked, stored_text

__all__ = ["EXPIRED", "OutboxRepository", "Queued"]

EXPIRED = marked("It could not be delivered within a day.")


_CLOCKS_DIFFER = timedelta(minutes=1)
"""So far the clocks of computers with one history may be apart."""

_UNSEEN = (AlertState.UNACKNOWLEDGED.value, AlertState.RETURNED.value)
_TOLD = (Purpose.ALERT.value, Purpose.ESCALATION.value, Purpose.FLOOD.value)
_OF_SETTINGS = tuple(
    one.value.replace("_", " ")
    for one in (
        DeliveryFault.SIGN_IN,
        DeliveryFault.GONE,
        DeliveryFault.REDIRECTED,
        DeliveryFault.ADDRESS,
        DeliveryFault.NOT_SET_UP,
    )
)
"""Answers begin so where the channel is to blame, and not the message."""


_FLOODS_BEFORE = timedelta(hours=1)
_FLOODS_AFTER = timedelta(days=2)
"""So long before and after an alert was raised messages that tell of it with others are made."""


class OutboxRepository:
    """The outbox of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def get(self, uid: str) -> Notification:
        """Return one message.

        Raises:
            NotFound: There is none.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return notification_of(message_row(connection, uid))

    def due(
        self,
        now: datetime,
        channel_uids: Collection[str],
        limit: int,
        *,
        is_local: bool | None = None,
    ) -> list[Notification]:
        """Return what this workstation is to try now, by the time at which it was due.

        Args:
            now: UTC.
            channel_uids: Only of these channels, beside popups and sounds.
            limit: At most so many.
            is_local: True for popups and sounds only, False for none of them.

        Raises:
            StorageError: They cannot be read.
        """
        sent = notification.c.channel_uid.in_(channel_uids) & ~IS_LOCAL
        which = {None: or_(IS_LOCAL, sent), True: IS_LOCAL, False: sent}[is_local]
        is_of_later = and_(
            notification.c.created_at > now + _CLOCKS_DIFFER,
            notification.c.next_at >= notification.c.created_at,
        )
        query = (
            select(notification)
            # What was stored before the clock was set back must not wait until it is as late again.
            .where(WAITING, or_(notification.c.next_at <= now, is_of_later))
            .where(notification.c.due_at > now - LIVES, which)
            .where(is_own(notification, self._connections.station))
            .order_by(notification.c.due_at, notification.c.created_at, notification.c.uid)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return [notification_of(row) for row in connection.execute(query)]

    def expire(self, now: datetime) -> int:
        """Give up what could not be delivered within its life; returns how many.

        Raises:
            StorageError: Nothing was changed.
        """
        over = and_(WAITING, notification.c.due_at <= now - LIVES)
        with self._connections.reading() as connection:
            if connection.execute(select(notification.c.uid).where(over).limit(1)).first() is None:
                return 0
        with self._connections.writing() as connection:
            return end_messages(connection, over, NotificationState.EXPIRED, stored_text(EXPIRED))

    def lengthen(self, by: timedelta, now: datetime) -> int:
        """Let messages live longer that did not reach their end before the clock was set forwards.

        Raises:
            StorageError: Nothing was changed.
        """
        alive = select(notification.c.uid, notification.c.due_at).where(
            WAITING, notification.c.due_at > now - by - LIVES, notification.c.due_at <= now - by
        )
        longer = update(notification).where(notification.c.uid == bindparam("this"), WAITING)
        with self._connections.writing() as connection:
            rows = [
                {"this": row.uid, "later": row.due_at + by} for row in connection.execute(alive)
            ]
            if rows:
                connection.execute(longer.values(due_at=bindparam("later")), rows)
        return len(rows)

    def of_alert(self, alert_uid: str) -> list[Notification]:
        """Return what was or will be sent about an alert, oldest first.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(notification)
            .where(notification.c.alert_uid == alert_uid)
            .order_by(notification.c.created_at, notification.c.due_at, notification.c.uid)
        )
        with self._connections.reading() as connection:
            return [notification_of(row) for row in connection.execute(query)]

    def about(self, told: Alert) -> list[Notification]:
        """Return the same, with what tells of it together with others that were held back.

        Such a message is stored under the first of the alerts that it tells of.

        Raises:
            StorageError: It cannot be read.
        """
        together = and_(
            notification.c.created_at >= told.raised_at - _FLOODS_BEFORE,
            notification.c.created_at <= told.raised_at + _FLOODS_AFTER,
            notification.c.purpose == Purpose.FLOOD.value,
            notification.c.rule_uid == told.rule_uid,
            notification.c.body.contains(f'"{told.uid}"', autoescape=True),
        )
        query = (
            select(notification)
            .where(or_(notification.c.alert_uid == told.uid, together))
            .order_by(notification.c.created_at, notification.c.due_at, notification.c.uid)
        )
        with self._connections.reading() as connection:
            return [notification_of(row) for row in connection.execute(query)]

    def newest(self, limit: int) -> list[Notification]:
        """Return the newest messages, newest first.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(notification)
            .order_by(notification.c.created_at.desc(), notification.c.uid)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return [notification_of(row) for row in connection.execute(query)]

    def waiting(self) -> Mapping[str, int]:
        """Return how many messages wait for each channel, by its uid.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(notification.c.channel_uid, func.count())
            .where(WAITING, notification.c.channel_uid != "")
            .group_by(notification.c.channel_uid)
        )
        with self._connections.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def hurry(self, channel_uid: str, now: datetime) -> int:
        """Let what was tried over a channel be tried again now: see `AlertDesk.hurry`.

        Raises:
            StorageError: Nothing was changed.
        """
        theirs = and_(notification.c.channel_uid == channel_uid, notification.c.attempts > 0)
        waits = and_(WAITING, notification.c.next_at > now)
        unseen = select(alert.c.uid).where(alert.c.state.in_(_UNSEEN))
        failed = and_(
            notification.c.state == NotificationState.FAILED.value,
            or_(*(notification.c.answer.startswith(words) for words in _OF_SETTINGS)),
            notification.c.purpose.in_(_TOLD),
            notification.c.due_at > now - LIVES,
            notification.c.alert_uid.in_(unseen),
        )
        values = {"state": NotificationState.WAITING.value, "next_at": now}
        with self._connections.writing() as connection:
            wanted = update(notification).where(theirs, or_(waits, failed))
            return connection.execute(wanted.values(values)).rowcount

    def cancel_channel(self, channel_uid: str, why: str) -> int:
        """Cancel what waits for a channel; returns how many messages that were.

        Raises:
            StorageError: Nothing was changed.
        """
        wanted = and_(WAITING, notification.c.channel_uid == channel_uid)
        with self._connections.writing() as connection:
            return end_messages(connection, wanted, NotificationState.CANCELLED, why)

    def note_failed(
        self,
        uid: str,
        answer: str,
        next_at: datetime | None,
        now: datetime,
        *,
        is_channel_failing: bool = True,
    ) -> None:
        """Note that a message did not get through.

        Args:
            uid: Which message.
            answer: What went wrong.
            next_at: When it is tried again, UTC; None if it is given up.
            now: UTC.
            is_channel_failing: The channel itself is to blame.

        Raises:
            NotFound: There is no such message.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            before = notification_of(locked_row(connection, uid))
            if is_channel_failing and not before.new.channel.is_local:
                note_failing(connection, before.new.channel_uid, answer, now)
            values: dict[str, Any] = {"attempts": before.attempts + 1, "answer": answer}
            if before.state is NotificationState.WAITING:
                values["next_at"] = next_at
                if next_at is None:
                    values["state"] = NotificationState.FAILED.value
            connection.execute(update(notification).where(notification.c.uid == uid).values(values))

    def forget(self, before: datetime, limit: int) -> int:
        """Delete finished messages about no alert that were made before a moment; how many.

        Raises:
            StorageError: Nothing was deleted.
        """
        old = (
            select(notification.c.uid)
            .where(notification.c.created_at < before, notification.c.alert_uid == "", ~WAITING)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            uids = list(connection.execute(old).scalars())
        if not uids:
            return 0
        with self._connections.writing() as connection:
            wanted = delete(notification).where(notification.c.uid.in_(uids))
            return connection.execute(wanted).rowcount
