"""The outbox: messages that wait to be sent, and what came of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from camwatch.alerts.notification import (
    LIVES,
    MOST_WAITING,
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.planner import SentLately
from camwatch.alerts.stored import to_text
from camwatch.data.bodies import read_body
from camwatch.data.channel_proofs import note_failing
from camwatch.data.connections import Connections
from camwatch.data.schema import notification
from camwatch.errors import NotFound

LATELY = timedelta(minutes=10)
"""For so long the flood limit looks back."""

_PUT_OFF_AT_MOST = timedelta(hours=2)
"""What was put into the outbox before is due by now, whatever the flood limit did."""

OUTBOX_FULL = "Too many messages were waiting, and the oldest popups are dropped first."
EXPIRED = "It could not be delivered within a day."

_LOCAL = tuple(kind.value for kind in ChannelKind if kind.is_local)
_WAITING = notification.c.state == NotificationState.WAITING.value
_IS_LOCAL = notification.c.channel.in_(_LOCAL)
_OF_ALERTS = tuple(
    one.value for one in Purpose if one not in {Purpose.CANARY, Purpose.TEST, Purpose.DRILL}
)


_AT_ONCE = 500
"""So many are named in one statement."""

_FloodKey = tuple[str, str, str]
"""Of a rule, a kind of channel, and one of them."""

Merge = Callable[[NewNotification, NewNotification], NewNotification]
"""Makes one message of one that waits and of one more."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A message on its way into the outbox.

    Attributes:
        rule_uid: Of the alert's rule; "" for none.
        next_at: Not tried before, UTC; None for when it is due.
        attempts: How often it was tried before, as part of another message.
    """

    new: NewNotification
    rule_uid: str = ""
    next_at: datetime | None = None
    attempts: int = 0


# ---------------------------------------------------------------- in somebody's transaction


class Post:
    """Collects messages, and puts them into the outbox together."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._new: list[Queued] = []
        self._floods: dict[_FloodKey, Queued] | None = None
        self._stored_floods: dict[_FloodKey, Notification] = {}
        self._lately: list[SentLately] | None = None

    @property
    def lately(self) -> Sequence[SentLately]:
        """What was due about alerts in the last ten minutes or will be, oldest first."""
        if self._lately is None:
            self._lately = lately(self._connection, self._now)
        return self._lately

    def put(self, message: Queued, merge: Merge | None = None) -> None:
        """Put a message into the outbox; see `AlertBook.queue`."""
        new = message.new
        if merge is not None and new.purpose is Purpose.FLOOD:
            floods = self._waiting_floods()
            key = message.rule_uid, new.channel.value, new.channel_uid
            waiting = floods.get(key)
            if waiting is not None:
                merged = replace(waiting, new=merge(waiting.new, new))
                if waiting.next_at is not None:  # it is gathered with others until then
                    merged = replace(merged, next_at=max(waiting.next_at, merged.new.due_at))
                floods[key] = merged
                return
            floods[key] = message
        else:
            self._new.append(message)
        if new.purpose.value in _OF_ALERTS:
            key_of_channel = f"{new.channel.value}:{new.channel_uid}"
            self.lately  # noqa: B018 - reads what was there before
            if self._lately is not None:
                self._lately.append(SentLately(new.due_at, message.rule_uid, key_of_channel))

    def _waiting_floods(self) -> dict[_FloodKey, Queued]:
        if self._floods is None:
            query = (
                select(notification)
                .where(_WAITING, notification.c.purpose == Purpose.FLOOD.value)
                # What may be on its way already is left alone: what is added would be lost.
                .where(notification.c.attempts == 0, notification.c.next_at > self._now)
                .order_by(notification.c.created_at)
                .with_for_update()
            )
            rows = list(self._connection.execute(query))
            self._stored_floods = {
                (row.rule_uid, row.channel, row.channel_uid): notification_of(row) for row in rows
            }
            self._floods = {
                key: Queued(one.new, key[0], one.next_at if one.next_at != one.new.due_at else None)
                for key, one in self._stored_floods.items()
            }
        return self._floods

    def digest_at(self, channel_uid: str) -> datetime | None:
        """Return when the mails that a channel gathers now will be sent; None if it gathers none."""
        stored = waiting_digest_at(self._connection, channel_uid, self._now)
        if stored is not None:
            return stored
        here = [
            one.next_at
            for one in (*self._new, *(self._floods or {}).values())
            if one.new.channel_uid == channel_uid and one.next_at is not None and not one.attempts
        ]
        return min(here, default=None)

    def take_back_calls(self, alert_uid: str) -> None:
        """Take back what calls for somebody and is not written yet."""
        self._new = [
            one for one in self._new if one.new.alert_uid != alert_uid or not _is_call(one.new)
        ]

    def flush(self) -> None:
        """Write what is not written yet, and drop the oldest popups if the outbox gets too full."""
        new = list(self._new)
        for key, one in (self._floods or {}).items():
            stored = self._stored_floods.get(key)
            if stored is None:
                new.append(one)
            elif one.new != stored.new:
                values = {
                    "due_at": one.new.due_at,
                    "next_at": one.next_at or one.new.due_at,
                    "body": to_text(one.new),
                }
                this = notification.c.uid == stored.uid
                self._connection.execute(update(notification).where(this).values(values))
        self._new, self._floods, self._stored_floods = [], None, {}
        if new:
            rows = [_row_of(one, self._now) for one in new]
            self._connection.execute(insert(notification), rows)
            _keep_bounded(self._connection)


def _row_of(one: Queued, now: datetime) -> dict[str, Any]:
    return {
        "uid": str(uuid.uuid4()),
        "alert_uid": one.new.alert_uid,
        "rule_uid": one.rule_uid,
        "purpose": one.new.purpose.value,
        "channel": one.new.channel.value,
        "channel_uid": one.new.channel_uid,
        "state": NotificationState.WAITING.value,
        "created_at": now,
        "due_at": one.new.due_at,
        "next_at": one.next_at or one.new.due_at,
        "delivered_at": None,
        "attempts": one.attempts,
        "answer": "",
        "body": to_text(one.new),
    }


def _keep_bounded(connection: Connection) -> None:
    count = select(func.count()).select_from(notification).where(_WAITING)
    surplus = connection.execute(count).scalar_one() - MOST_WAITING
    if surplus <= 0:
        return
    oldest = (
        select(notification.c.uid)
        .where(_WAITING)
        .order_by(_IS_LOCAL.desc(), notification.c.created_at, notification.c.uid)
        .limit(surplus)
    )
    _end(connection, notification.c.uid.in_(oldest), NotificationState.CANCELLED, OUTBOX_FULL)


def lately(connection: Connection, now: datetime) -> list[SentLately]:
    """Return what was due about alerts in the last ten minutes or will be, oldest first."""
    query = (
        select(
            notification.c.due_at,
            notification.c.rule_uid,
            notification.c.channel,
            notification.c.channel_uid,
        )
        .where(notification.c.created_at > now - _PUT_OFF_AT_MOST)
        .where(notification.c.due_at > now - LATELY, notification.c.purpose.in_(_OF_ALERTS))
        .order_by(notification.c.due_at)
    )
    return [
        SentLately(row.due_at, row.rule_uid, f"{row.channel}:{row.channel_uid}")
        for row in connection.execute(query)
    ]


def _is_call(new: NewNotification) -> bool:
    """Tell whether a message only calls for somebody; `_CALLS` says it of those that are stored."""
    is_local = new.channel.is_local and new.purpose in {Purpose.ALERT, Purpose.DRILL}
    return is_local or new.purpose is Purpose.ESCALATION


_CALLS = or_(
    and_(_IS_LOCAL, notification.c.purpose.in_([Purpose.ALERT.value, Purpose.DRILL.value])),
    notification.c.purpose == Purpose.ESCALATION.value,
)


def cancel_of_alerts(connection: Connection, why: Mapping[str, str]) -> None:
    """Cancel what only calls for somebody: popups, sounds and escalations that still wait.

    A mail that was due before goes out all the same, and so does that it is over.

    Args:
        connection: In a transaction that writes.
        why: By the uid of the alert.
    """
    by_why: dict[str, list[str]] = {}
    for alert_uid, words in why.items():
        by_why.setdefault(words, []).append(alert_uid)
    for words, uids in by_why.items():
        for start in range(0, len(uids), _AT_ONCE):
            theirs = notification.c.alert_uid.in_(uids[start : start + _AT_ONCE])
            _end(connection, and_(theirs, _WAITING, _CALLS), NotificationState.CANCELLED, words)


def cancel_all_of_alert(connection: Connection, alert_uid: str, why: str) -> None:
    """Cancel all messages about an alert that wait."""
    wanted = and_(notification.c.alert_uid == alert_uid, _WAITING)
    _end(connection, wanted, NotificationState.CANCELLED, why)


def _end(
    connection: Connection, wanted: ColumnElement[bool], state: NotificationState, answer: str
) -> int:
    ended = update(notification).where(wanted)
    values = {"state": state.value, "answer": answer, "next_at": None}
    return connection.execute(ended.values(values)).rowcount


def waiting_digest_at(connection: Connection, channel_uid: str, after: datetime) -> datetime | None:
    """Return when the mails that a channel gathers now will be sent; None if it gathers none."""
    query = select(func.min(notification.c.next_at)).where(
        _WAITING,
        notification.c.channel_uid == channel_uid,
        notification.c.attempts == 0,
        notification.c.next_at > after,
        notification.c.next_at > notification.c.due_at,
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def note_delivered(
    connection: Connection, uid: str, answer: str, now: datetime
) -> Notification | None:
    """Note that a message got through; return it as it was, None if that was noted before.

    Raises:
        NotFound: There is no such message.
    """
    before = notification_of(_locked(connection, uid))
    if before.state is NotificationState.DELIVERED:
        return None
    values = {
        "state": NotificationState.DELIVERED.value,
        "delivered_at": now,
        "next_at": None,
        "attempts": before.attempts + 1,
        "answer": answer,
    }
    connection.execute(update(notification).where(notification.c.uid == uid).values(values))
    return before


def rule_of(connection: Connection, uid: str) -> str:
    """Return the rule of a message's alert; "" if there is none."""
    return str(_row(connection, uid).rule_uid)


def _row(connection: Connection, uid: str) -> Row[Any]:
    return _one(connection, _by_uid(uid))


def _locked(connection: Connection, uid: str) -> Row[Any]:
    """Return a row that is about to be changed."""
    return _one(connection, _by_uid(uid).with_for_update())


def _by_uid(uid: str) -> Select[Any]:
    return select(notification).where(notification.c.uid == uid)


def _one(connection: Connection, query: Select[Any]) -> Row[Any]:
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("the message")
    return row


def notification_of(row: Row[Any]) -> Notification:
    """Return the message of a row of the table."""
    return Notification(
        uid=row.uid,
        new=read_body(NewNotification, row.body, f"message {row.uid}"),
        created_at=row.created_at,
        state=NotificationState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        answer=row.answer,
    )


class OutboxRepository:
    """The outbox of one history."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, uid: str) -> Notification:
        """Return one message.

        Raises:
            NotFound: There is none.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return notification_of(_row(connection, uid))

    def due(
        self,
        now: datetime,
        channel_uids: Collection[str],
        limit: int,
        *,
        is_local: bool | None = None,
    ) -> list[Notification]:
        """Return what is to be tried now, by the time at which it was due.

        Args:
            now: UTC.
            channel_uids: Only of these channels, beside popups and sounds.
            limit: At most so many.
            is_local: True for popups and sounds only, False for none of them.

        Raises:
            StorageError: They cannot be read.
        """
        sent = notification.c.channel_uid.in_(channel_uids) & ~_IS_LOCAL
        which = {None: or_(_IS_LOCAL, sent), True: _IS_LOCAL, False: sent}[is_local]
        query = (
            select(notification)
            .where(_WAITING, notification.c.next_at <= now)
            .where(notification.c.due_at > now - LIVES, which)
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
        over = and_(_WAITING, notification.c.due_at <= now - LIVES)
        with self._connections.reading() as connection:
            if connection.execute(select(notification.c.uid).where(over).limit(1)).first() is None:
                return 0
        with self._connections.writing() as connection:
            return _end(connection, over, NotificationState.EXPIRED, EXPIRED)

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
            .where(_WAITING, notification.c.channel_uid != "")
            .group_by(notification.c.channel_uid)
        )
        with self._connections.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def cancel_channel(self, channel_uid: str, why: str) -> int:
        """Cancel what waits for a channel; returns how many messages that were.

        Raises:
            StorageError: Nothing was changed.
        """
        wanted = and_(_WAITING, notification.c.channel_uid == channel_uid)
        with self._connections.writing() as connection:
            return _end(connection, wanted, NotificationState.CANCELLED, why)

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
            before = notification_of(_locked(connection, uid))
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
            .where(notification.c.created_at < before, notification.c.alert_uid == "", ~_WAITING)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            uids = list(connection.execute(old).scalars())
        if not uids:
            return 0
        with self._connections.writing() as connection:
            wanted = delete(notification).where(notification.c.uid.in_(uids))
            return connection.execute(wanted).rowcount


def again(message: Notification, addresses: tuple[str, ...], at: datetime, rule_uid: str) -> Queued:
    """Return a message once more, for those of its addresses that may take it later."""
    new = replace(message.new, addresses=addresses)
    return Queued(new, rule_uid, at, message.attempts + 1)
