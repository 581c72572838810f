"""Puts messages into the outbox, many at once, and keeps it bounded."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    func,
    insert,
    select,
    update,
)

from camwatch.alerts.notification import (
    MOST_WAITING,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.planner import SentLately
from camwatch.alerts.stored import to_text
from camwatch.data.messages import (
    IS_LOCAL,
    WAITING,
    Merge,
    Queued,
    end_messages,
    is_call,
    notification_of,
)
from camwatch.data.schema import notification

LATELY = timedelta(minutes=10)
"""For so long the flood limit looks back."""

_PUT_OFF_AT_MOST = timedelta(hours=2)
"""What was put into the outbox before is due by now, whatever the flood limit did."""

OUTBOX_FULL = "Too many messages were waiting, and the oldest popups are dropped first."

_OF_ALERTS = tuple(
    one.value for one in Purpose if one not in {Purpose.CANARY, Purpose.TEST, Purpose.DRILL}
)

_FloodKey = tuple[str, str, str]
"""Of a rule, a kind of channel, and one of them."""


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
        return self._known_lately()

    def _known_lately(self) -> list[SentLately]:
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
            sent = SentLately(new.due_at, message.rule_uid, key_of_channel)
            self._known_lately().append(sent)

    def _waiting_floods(self) -> dict[_FloodKey, Queued]:
        if self._floods is None:
            query = (
                select(notification)
                .where(WAITING, notification.c.purpose == Purpose.FLOOD.value)
                # What may be on its way is left alone: else what is added would be lost.
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
            one for one in self._new if one.new.alert_uid != alert_uid or not is_call(one.new)
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
    count = select(func.count()).select_from(notification).where(WAITING)
    surplus = connection.execute(count).scalar_one() - MOST_WAITING
    if surplus <= 0:
        return
    oldest = (
        select(notification.c.uid)
        .where(WAITING)
        .order_by(IS_LOCAL.desc(), notification.c.created_at, notification.c.uid)
        .limit(surplus)
    )
    end_messages(
        connection, notification.c.uid.in_(oldest), NotificationState.CANCELLED, OUTBOX_FULL
    )


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


def waiting_digest_at(connection: Connection, channel_uid: str, after: datetime) -> datetime | None:
    """Return when the mails that a channel gathers now will be sent; None if it gathers none."""
    query = select(func.min(notification.c.next_at)).where(
        WAITING,
        notification.c.channel_uid == channel_uid,
        notification.c.attempts == 0,
        notification.c.next_at > after,
        notification.c.next_at > notification.c.due_at,
    )
    found: datetime | None = connection.execute(query).scalar()
    return found
