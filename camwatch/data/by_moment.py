"""Stores rows whose key is a camera and a millisecond, and loses none when the clock is set back.

A batch may be given again after a failure: a row that is there already, alike in all columns,
changes nothing. A key that another row has means that the wall clock was set back and the time
is there twice: then the new row gets the next millisecond that is free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.sqlite import insert as upsert

Values = Mapping[str, Any]
"""One row: column name to value."""


def add_by_moment(
    connection: Connection, table: Table, rows: Sequence[Values]
) -> list[Values | None]:
    """Store rows of a table with the key `camera_id` and `ts`.

    Returns:
        Each row as it was stored, or None if it was there before.
    """
    apart = _apart(rows)
    wanted = [row for row in apart if row is not None]
    if not wanted:
        return apart
    statement = upsert(table).on_conflict_do_nothing()
    attempt = connection.begin_nested()
    added = connection.execute(
        statement, wanted, execution_options={"preserve_rowcount": True}
    ).rowcount
    if added == len(wanted):
        attempt.commit()
        return apart
    # Asking which rows are new takes twice as long, so it is asked only now.
    attempt.rollback()
    result = connection.execute(statement.returning(table.c.camera_id, table.c.ts), wanted)
    new = {tuple(key) for key in result}
    return [
        row if row is None or _key(row) in new else _add_beside(connection, table, row)
        for row in apart
    ]


def _key(row: Values) -> tuple[int, int]:
    return row["camera_id"], row["ts"]


def _apart(rows: Sequence[Values]) -> list[Values | None]:
    """Give each row of a batch a key of its own; None for one that is there twice."""
    by_key: dict[tuple[int, int], Values] = {}
    found: list[Values | None] = []
    for given in rows:
        row: Values | None = given
        while row is not None and (other := by_key.get(_key(row))) is not None:
            row = None if other == row else _later(row)
        if row is not None:
            by_key[_key(row)] = row
        found.append(row)
    return found


def _later(row: Values) -> Values:
    return {**row, "ts": row["ts"] + 1}


def _add_beside(connection: Connection, table: Table, row: Values) -> Values | None:
    """Store a row whose key is taken; None if it is taken by the row itself."""
    while True:
        query = select(table).where(table.c.camera_id == row["camera_id"], table.c.ts == row["ts"])
        other = connection.execute(query).mappings().one_or_none()
        if other is None:
            connection.execute(upsert(table), row)
            return row
        if all(other[name] == value for name, value in row.items()):
            return None
        row = _later(row)
