"""Stores rows whose key is a camera and a millisecond, and loses none when the clock is set back.

A batch may be given again after a failure: a row that is there already, alike in all columns,
changes nothing. A key that another row has means that the wall clock was set back and the time
is there twice: then the new row gets the next millisecond that is free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, select

from camwatch.data.dialect import upsert
from camwatch.data.many import put_new

Values = tuple[Any, ...]
"""One row: the camera, the millisecond, and the other columns."""

_KEY = itemgetter(0, 1)


def add_by_moment(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Values]
) -> list[Values | None]:
    """Store rows of a table.

    Args:
        connection: One for writing.
        table: One whose key is `camera_id` and `ts`, or begins with them.
        columns: Names of the columns, of which those are the first two.
        rows: In the order in which they came.

    Returns:
        Each row as it was stored, or None if it was there before.
    """
    if not rows:
        return []
    # In one order for all that write, so that two programs never wait for each other.
    attempt = connection.begin_nested()
    if put_new(connection, table, columns, sorted(rows, key=_KEY)) == len(rows):
        attempt.commit()
        return list(rows)
    # Asking which rows are new takes much longer, so it is asked only now.
    attempt.rollback()
    firsts: dict[Values, Values] = {}
    for row in rows:
        firsts.setdefault(_KEY(row), row)
    new = _add_with_free_keys(connection, table, columns, firsts)
    # In their order, so that the last word about a moment stays the last.
    return [
        row
        if _KEY(row) in new and firsts[_KEY(row)] is row
        else _add_beside(connection, table, dict(zip(columns, row, strict=True)))
        for row in rows
    ]


def _add_with_free_keys(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    by_key: Mapping[Values, Values],
) -> Collection[Values]:
    """Store the rows whose key nobody has; return their keys."""
    rows = [dict(zip(columns, by_key[key], strict=True)) for key in sorted(by_key)]
    statement = upsert(connection, table).on_conflict_do_nothing()
    result = connection.execute(statement.returning(table.c.camera_id, table.c.ts), rows)
    return {(row.camera_id, row.ts) for row in result}


def _add_beside(connection: Connection, table: Table, row: dict[str, Any]) -> Values | None:
    """Store a row whose key is taken; None if it is taken by the row itself."""
    while True:
        query = select(table).where(table.c.camera_id == row["camera_id"], table.c.ts == row["ts"])
        others = connection.execute(query).mappings().all()
        if not others:
            connection.execute(upsert(connection, table), row)
            return tuple(row.values())
        if any(all(other[name] == value for name, value in row.items()) for other in others):
            return None
        row = {**row, "ts": row["ts"] + 1}
