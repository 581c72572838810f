"""When each channel was last seen to work, beside how it is set up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from camwatch.alerts.settings import ENVIRONMENT, ChannelProof
from camwatch.data.schema import alert_channel
from camwatch.data.store import Store

ENVIRONMENT_NAME = "SMTP_HOST"
_ENVIRONMENT_KEY = ""
"""No name that can be entered has this key."""


def note_proven(connection: Connection, uid: str, answer: str, now: datetime) -> None:
    """Note that something was delivered by a channel."""
    _set(connection, uid, {"proven_at": now, "failing_since": None, "answer": answer})


def note_failing(connection: Connection, uid: str, answer: str, now: datetime) -> None:
    """Note that something was not delivered by a channel; since when it fails stays."""
    _make_sure(connection, uid)
    this = alert_channel.c.uid == uid
    connection.execute(update(alert_channel).where(this).values(answer=answer))
    well = this & alert_channel.c.failing_since.is_(None)
    connection.execute(update(alert_channel).where(well).values(failing_since=now))


def note_canaries(connection: Connection, uids: Collection[str], now: datetime) -> None:
    """Note that the daily proof of channels is in the outbox."""
    for uid in uids:
        _set(connection, uid, {"canary_at": now})


def _set(connection: Connection, uid: str, values: Mapping[str, object]) -> None:
    _make_sure(connection, uid)
    connection.execute(update(alert_channel).where(alert_channel.c.uid == uid).values(**values))


def _make_sure(connection: Connection, uid: str) -> None:
    """Make the row of the channel that only the environment sets up, if it is not there."""
    if uid != ENVIRONMENT:
        return
    known = select(alert_channel.c.uid).where(alert_channel.c.uid == uid)
    if connection.execute(known).first() is None:
        connection.execute(
            insert(alert_channel).values(
                uid=uid,
                name=ENVIRONMENT_NAME,
                name_key=_ENVIRONMENT_KEY,
                body="",
                is_enabled=True,
                disabled_why="",
                version=0,
                answer="",
            )
        )


class ProofRepository:
    """How the channels of one history did."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def all(self) -> Mapping[str, ChannelProof]:
        """Return how each channel did, by its uid; without what waits.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(
            alert_channel.c.uid,
            alert_channel.c.proven_at,
            alert_channel.c.failing_since,
            alert_channel.c.answer,
        )
        with self._connections.reading() as connection:
            return {row.uid: ChannelProof(*row) for row in connection.execute(query)}

    def canaries(self) -> Mapping[str, datetime | None]:
        """Return when the last daily proof of each channel was put into the outbox, by its uid.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(alert_channel.c.uid, alert_channel.c.canary_at)
        with self._connections.reading() as connection:
            return {row.uid: row.canary_at for row in connection.execute(query)}

    def disable(self, uid: str, why: str) -> bool:
        """Switch a channel off, saying why; False if it is not there or was off before.

        Raises:
            StorageError: Nothing was changed.
        """
        on = (alert_channel.c.uid == uid) & alert_channel.c.is_enabled.is_(True)
        values = {
            "is_enabled": False,
            "disabled_why": why,
            "version": alert_channel.c.version + 1,
        }
        with self._connections.writing() as connection:
            _make_sure(connection, uid)
            return bool(connection.execute(update(alert_channel).where(on).values(values)).rowcount)

    def disabled(self) -> Mapping[str, str]:
        """Return why channels are switched off, by uid; "" where an operator did it.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(alert_channel.c.uid, alert_channel.c.disabled_why).where(
            alert_channel.c.is_enabled.is_(False)
        )
        with self._connections.reading() as connection:
            return {row.uid: row.disabled_why for row in connection.execute(query)}
