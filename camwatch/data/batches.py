"""Which batches are stored already, so that one given again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from camwatch.data.dialect import upsert
from camwatch.data.schema import saved_batch

KEPT_FOR = timedelta(days=30)
"""A batch may wait in the spool of a computer that is switched off, for so long for sure."""

_AT_ONCE = 500


def note_batch(connection: Connection, uid: str, settled: Sequence[str], now: datetime) -> bool:
    """Note in a transaction that it stores a batch; False if that was stored before.

    Args:
        connection: For writing.
        uid: Of the batch.
        settled: Batches that nobody will give again. They are forgotten, so that the table
            stays small; with them goes what a program left behind that was killed.
        now: The present moment.
    """
    for first in range(0, len(settled), _AT_ONCE):
        some = settled[first : first + _AT_ONCE]
        connection.execute(delete(saved_batch).where(saved_batch.c.uid.in_(some)))
    statement = upsert(connection, saved_batch).values(uid=uid, saved_at=now)
    # Without being asked to, SQLAlchemy does not keep PostgreSQL's number for an insert.
    kept = {"preserve_rowcount": True}
    new = connection.execute(statement.on_conflict_do_nothing(), execution_options=kept)
    if new.rowcount != 1:
        return False
    if settled:
        connection.execute(delete(saved_batch).where(saved_batch.c.saved_at < now - KEPT_FOR))
    return True
