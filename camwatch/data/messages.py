"""Messages of the outbox as rows, within somebody's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    or_,
    select,
    update,
)

from camwatch.alerts.notification import (
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import ChannelKind
from camwatch.data.bodies import read_body
from camwatch.data.schema import notification
from camwatch.errors import NotFound
from camwatch.language import tr

_LOCAL = tuple(kind.value for kind in ChannelKind if kind.is_local)

WAITING = notification.c.state == NotificationState.WAITING.value

IS_LOCAL = notification.c.channel.in_(_LOCAL)

AT_ONCE = 500
"""So many are named in one statement."""

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


def is_call(new: NewNotification) -> bool:
    """Tell whether a message only calls for somebody; `_CALLS` says it of those that are stored."""
    is_local = new.channel.is_local and new.purpose in {Purpose.ALERT, Purpose.DRILL}
    return is_local or new.purpose is Purpose.ESCALATION


_CALLS = or_(
    and_(IS_LOCAL, notification.c.purpose.in_([Purpose.ALERT.value, Purpose.DRILL.value])),
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
        for start in range(0, len(uids), AT_ONCE):
            theirs = notification.c.alert_uid.in_(uids[start : start + AT_ONCE])
            end_messages(
                connection, and_(theirs, WAITING, _CALLS), NotificationState.CANCELLED, words
            )


def cancel_all_of_alert(connection: Connection, alert_uid: str, why: str) -> None:
    """Cancel all messages about an alert that wait."""
    wanted = and_(notification.c.alert_uid == alert_uid, WAITING)
    end_messages(connection, wanted, NotificationState.CANCELLED, why)


def end_messages(
    connection: Connection, wanted: ColumnElement[bool], state: NotificationState, answer: str
) -> int:
    """End messages, with the reason as their answer; returns how many."""
    ended = update(notification).where(wanted)
    values = {"state": state.value, "answer": answer, "next_at": None}
    return connection.execute(ended.values(values)).rowcount


def note_delivered(
    connection: Connection, uid: str, answer: str, now: datetime
) -> Notification | None:
    """Note that a message got through; return it as it was, None if that was noted before.

    Raises:
        NotFound: There is no such message.
    """
    before = notification_of(locked_row(connection, uid))
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
    return str(message_row(connection, uid).rule_uid)


def message_row(connection: Connection, uid: str) -> Row[Any]:
    """Return the row of a message.

    Raises:
        NotFound: There is none.
    """
    return _one(connection, _by_uid(uid))


def locked_row(connection: Connection, uid: str) -> Row[Any]:
    """Return a row that is about to be changed."""
    return _one(connection, _by_uid(uid).with_for_update())


def _by_uid(uid: str) -> Select[Any]:
    return select(notification).where(notification.c.uid == uid)


def _one(connection: Connection, query: Select[Any]) -> Row[Any]:
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(tr("the message"))
    return row


def notification_of(row: Row[Any]) -> Notification:
    """Return the message of a row of the table."""
    return Notification(
        uid=row.uid,
        new=read_body(NewNotification, row.body, tr("message {uid}", uid=row.uid)),
        created_at=row.created_at,
        state=NotificationState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        answer=row.answer,
    )


def again(message: Notification, addresses: tuple[str, ...], at: datetime, rule_uid: str) -> Queued:
    """Return a message once more, for those of its addresses that may take it later."""
    new = replace(message.new, addresses=addresses)
    return Queued(new, rule_uid, at, message.attempts + 1)
