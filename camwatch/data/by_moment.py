"""Stores rows whose key is a camera and a millisecond, and loses none when the clock is set back.

A batch may be given again after a failure: a row that is there already, alike in all columns,
changes nothing. A key that another row has means that the wall clock was set back and the time
is there twice: then the new row gets the next millisecond that is free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from camwatch.data.dialect import is_postgresql, upsert

Values = Mapping[str, Any]
"""One row: column name to value."""


def add_by_moment(
    connection: Connection, table: Table, rows: Sequence[Values]
) -> list[Values | None]:
    """Store rows of a table with the key `camera_id` and `ts`.

    Returns:
        Each row as it was stored, or None if it was there before.
    """
    firsts: dict[tuple[int, int], Values] = {}
    for row in rows:
        firsts.setdefault(_key(row), row)
    new = _add_with_free_keys(connection, table, firsts)
    # In their order, so that the last word about a moment stays the last.
    return [
        row
        if _key(row) in new and firsts[_key(row)] is row
        else _add_beside(connection, table, row)
        for row in rows
    ]


def _key(row: Values) -> tuple[int, int]:
    return row["camera_id"], row["ts"]


def _add_with_free_keys(
    connection: Connection, table: Table, by_key: Mapping[tuple[int, int], Values]
) -> Collection[tuple[int, int]]:
    """Store the rows whose key nobody has; return their keys."""
    # In one order for all that write, so that two programs never wait for each other.
    rows = [by_key[key] for key in sorted(by_key)]
    if not rows:
        return set()
    statement = upsert(connection, table).on_conflict_do_nothing()
    asking = statement.returning(table.c.camera_id, table.c.ts)
    if is_postgresql(connection):
        # There the answers come with many rows at once, which a plain insert does not send.
        return {(row.camera_id, row.ts) for row in connection.execute(asking, rows)}
    attempt = connection.begin_nested()
    added = connection.execute(
        statement, rows, execution_options={"preserve_rowcount": True}
    ).rowcount
    if added == len(rows):
        attempt.commit()
        return by_key.keys()
    # Asking which rows are new takes twice as long, so it is asked only now.
    attempt.rollback()
    result = connection.execute(asking, rows)
    return {(row.camera_id, row.ts) for row in result}


def _add_beside(connection: Connection, table: Table, row: Values) -> Values | None:
    """Store a row whose key is taken; None if it is taken by the row itself."""
    while True:
        query = select(table).where(table.c.camera_id == row["camera_id"], table.c.ts == row["ts"])
        other = connection.execute(query).mappings().one_or_none()
        if other is None:
            connection.execute(upsert(connection, table), row)
            return row
        if all(other[name] == value for name, value in row.items()):
            return None
        row = {**row, "ts": row["ts"] + 1}
