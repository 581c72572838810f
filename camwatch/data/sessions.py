"""The sessions that are open, on whichever computer. What opens one is not stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update

from camwatch.data.schema import operator_session
from camwatch.data.store import WAIT_S, Store

KEPT_FOR = timedelta(days=30)
"""A session that has ended is forgotten after this time."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is stored.

    Attributes:
        uid: Names it; not what opens it.
        actor: As in the audit log.
        user_uid: Whose.
        kind: Who vouched for the operator.
        computer: Where.
        started_at: UTC.
        seen_at: When it was last known to go on, UTC.
        expires_at: UTC.
        ended_at: UTC; None if nothing has ended it.
    """

    uid: str
    actor: str
    user_uid: str
    kind: str
    computer: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SessionRepository:
    """The sessions of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def add(self, row: SessionRow) -> None:
        """Store a new session, and forget those that ended long ago.

        Raises:
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            long_ago = row.started_at - KEPT_FOR
            connection.execute(
                delete(operator_session).where(
                    or_(
                        operator_session.c.ended_at < long_ago,
                        operator_session.c.expires_at < long_ago,
                    )
                )
            )
            connection.execute(insert(operator_session), asdict(row))

    def find(self, uid: str) -> SessionRow | None:
        """Return a session, None if there is none of this uid.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(operator_session).where(operator_session.c.uid == uid)
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else _session(row)

    def open_ones(self, now: datetime, seen_after: datetime) -> list[SessionRow]:
        """Return the sessions that go on, newest first.

        Args:
            now: Those that have run out by then are left out.
            seen_after: Those that were not seen since then are left out.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(operator_session)
            .where(_is_open(now, seen_after))
            .order_by(operator_session.c.started_at.desc(), operator_session.c.uid)
        )
        with self._connections.reading() as connection:
            return [_session(row) for row in connection.execute(query)]

    def count_by_user(self, now: datetime, seen_after: datetime) -> Mapping[str, int]:
        """Return how many sessions of each operator go on, by the operator's uid.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(operator_session.c.user_uid, func.count().label("sessions"))
            .where(_is_open(now, seen_after))
            .group_by(operator_session.c.user_uid)
        )
        with self._connections.reading() as connection:
            return {row.user_uid: row.sessions for row in connection.execute(query)}

    def see(self, uids: Collection[str], at: datetime, *, wait_s: float = WAIT_S) -> None:
        """Note that sessions go on.

        Raises:
            StorageError: Nothing was stored.
        """
        with self._connections.writing(wait_s) as connection:
            connection.execute(
                update(operator_session).where(operator_session.c.uid.in_(uids)).values(seen_at=at)
            )

    def end(self, uid: str, at: datetime) -> None:
        """Note that a session has ended; harmless when it has already.

        Raises:
            StorageError: Nothing was stored.
        """
        self._end(operator_session.c.uid == uid, at)

    def end_all_of(self, computer: str, at: datetime, wait_s: float = WAIT_S) -> None:
        """Note that all sessions of a computer have ended.

        Args:
            computer: Its name.
            at: When, UTC.
            wait_s: So long others may hold the history.

        Raises:
            StorageError: Nothing was stored.
        """
        self._end(operator_session.c.computer == computer, at, wait_s)

    def end_others_of(self, user_uid: str, uid: str, at: datetime) -> None:
        """Note that all sessions of an operator have ended but this one.

        Raises:
            StorageError: Nothing was stored.
        """
        theirs = operator_session.c.user_uid == user_uid
        self._end(theirs & (operator_session.c.uid != uid), at)

    def _end(self, which: ColumnElement[bool], at: datetime, wait_s: float = WAIT_S) -> None:
        with self._connections.writing(wait_s) as connection:
            connection.execute(
                update(operator_session)
                .where(which, operator_session.c.ended_at.is_(None))
                .values(ended_at=at)
            )


def _is_open(now: datetime, seen_after: datetime) -> ColumnElement[bool]:
    return (
        operator_session.c.ended_at.is_(None)
        & (operator_session.c.expires_at > now)
        & (operator_session.c.seen_at > seen_after)
    )


def _session(row: Row[Any]) -> SessionRow:
    return SessionRow(
        uid=row.uid,
        actor=row.actor,
        user_uid=row.user_uid,
        kind=row.kind,
        computer=row.computer,
        started_at=row.started_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
