"""Puts messages into the outbox, many at once, and keeps it bounded."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
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
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import MOST_ADDRESSES
from camwatch.alerts.planner import SentLately
from camwatch.alerts.stored import to_text
from camwatch.data.messages import (
    AT_ONCE,
    IS_LOCAL,
    WAITING,
    Merge,
    Queued,
    end_messages,
    is_call,
    notification_of,
)
from camwatch.data.schema import notification
from camwatch.data.workstations import is_own
from camwatch.language import marked, stored_text

LATELY = timedelta(minutes=10)
"""For so long the flood limit looks back."""

_PUT_OFF_AT_MOST = timedelta(hours=2)
"""What was put into the outbox before is due by now, whatever the flood limit did."""

SUPERSEDED = marked("A newer message about the same took its place.")

_STALE_AFTER = timedelta(minutes=1)
"""What should have been sent so long ago is not on its way: its channel rests, or is off."""

OUTBOX_FULL = marked("Too many messages were waiting, and the oldest popups are dropped first.")

_OF_ALERTS = tuple(
    one.value for one in Purpose if one not in {Purpose.CANARY, Purpose.TEST, Purpose.DRILL}
)

_FloodKey = tuple[str, str, str]
"""Of a rule, a kind of channel, and one of them."""


class Post:
    """Collects messages, and puts them into the outbox together."""

    def __init__(self, connection: Connection, now: datetime, station: int = 0) -> None:
        self._connection = connection
        self._station = station
        self._now = now
        self._new: list[Queued] = []
        self._floods: dict[_FloodKey, Queued] | None = None
        self._stored_floods: dict[_FloodKey, Notification] = {}
        self._stale_floods: dict[_FloodKey, list[Notification]] = {}
        self._superseded: list[str] = []
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
            for one in self._stale_floods.pop(key, []):
                message = replace(message, new=_put_into(message.new, merge(one.new, message.new)))
                self._superseded.append(one.uid)
            floods[key] = message
            new = message.new
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
                .where(is_own(notification, self._station))
                .order_by(notification.c.created_at)
                .with_for_update()
            )
            self._stale_floods = {}
            for row in self._connection.execute(query):
                key, one = (row.rule_uid, row.channel, row.channel_uid), notification_of(row)
                # What may be on its way is left alone: else what is added would be lost.
                if not one.attempts and one.next_at is not None and one.next_at > self._now:
                    self._stored_floods[key] = one
                elif self._is_stale(one):
                    self._stale_floods.setdefault(key, []).append(one)
            self._floods = {
                key: Queued(one.new, key[0], one.next_at if one.next_at != one.new.due_at else None)
                for key, one in self._stored_floods.items()
            }
        return self._floods

    def _is_stale(self, one: Notification) -> bool:
        """Tell whether a message that waits could not be delivered for a while.

        It may be on its way all the same: then both are told, and none is lost.
        """
        is_old = one.next_at is not None and one.next_at <= self._now - _STALE_AFTER
        if one.created_at == self._now:
            return False
        return one.new.channel.is_local or one.attempts > 0 or is_old

    def _supersede(self, new: Sequence[Queued]) -> list[Queued]:
        """Let what is told anew take the place of what waits about the same alert.

        While a mail server is down for hours, an alert that comes and goes is one mail then, not
        hundreds.
        """
        uids = {one.new.alert_uid for one in new if _is_told_anew(one.new)}
        waiting: dict[tuple[str, str, str], list[Notification]] = {}
        for some in _in_parts(sorted(uids)):
            query = select(notification).where(WAITING, notification.c.alert_uid.in_(some))
            for row in self._connection.execute(query):
                before = notification_of(row)
                if _is_told_anew(before.new) and self._is_stale(before):
                    waiting.setdefault(_way_of(before.new), []).append(before)
        found = []
        for one in new:
            replaced = waiting.pop(_way_of(one.new), []) if _is_told_anew(one.new) else []
            addresses = dict.fromkeys(one.new.addresses)
            for before in replaced:
                addresses |= dict.fromkeys(before.new.addresses)
                self._superseded.append(before.uid)
            told = replace(one.new, addresses=tuple(addresses)[:MOST_ADDRESSES])
            found.append(replace(one, new=told))
        return found

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
        new = self._supersede(self._new) if self._new else []
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
        self._new, self._floods, self._stored_floods, self._stale_floods = [], None, {}, {}
        for some in _in_parts(self._superseded):
            these = notification.c.uid.in_(some) & WAITING
            end_messages(
                self._connection, these, NotificationState.CANCELLED, stored_text(SUPERSEDED)
            )
        self._superseded = []
        if new:
            rows = [_row_of(one, self._now, self._station) for one in new]
            self._connection.execute(insert(notification), rows)
            _keep_bounded(self._connection)


def _is_told_anew(new: NewNotification) -> bool:
    return bool(new.alert_uid) and new.purpose in {Purpose.ALERT, Purpose.ESCALATION}


def _way_of(new: NewNotification) -> tuple[str, str, str]:
    return new.alert_uid, new.channel.value, new.channel_uid


def _put_into(new: NewNotification, merged: NewNotification) -> NewNotification:
    """Return what was merged with an older message, at the time of the newer one."""
    return replace(merged, alert_uid=new.alert_uid, due_at=new.due_at)


def _in_parts(uids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(uids), AT_ONCE):
        yield uids[start : start + AT_ONCE]


def _row_of(one: Queued, now: datetime, station: int) -> dict[str, Any]:
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
        "workstation": station,
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
        connection,
        notification.c.uid.in_(oldest),
        NotificationState.CANCELLED,
        stored_text(OUTBOX_FULL),
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
