"""Writes many rows at once, past the making of a statement's values row by row.

A second of many cameras is a few hundred rows, and a history that is moved has millions. SQLite
takes tuples as they are; PostgreSQL takes one list for each column in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Integer, SmallInteger, String, Table
from sqlalchemy.types import TypeEngine

from camwatch.data.dialect import is_postgresql

Row = tuple[int, ...]
"""Whole numbers, in the order of the columns that are written."""

_LOWEST, _HIGHEST = "count_min", "count_max"


def put_new(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Store the rows whose key nobody has.

    Args:
        connection: One for writing.
        table: Where.
        columns: Their names; the others get what they have by default.
        rows: Sorted by key, so that two programs never wait for each other.

    Returns:
        How many were stored.
    """
    return _put(connection, _statement(table, columns, False, is_postgresql(connection)), rows)


def add_to(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]
) -> None:
    """Add rows to those of the same key: sums are added up, the lowest and the highest kept.

    Args:
        connection: One for writing.
        table: One of roll-ups.
        columns: Names of all columns.
        rows: Sorted by key, and each key but once.
    """
    _put(connection, _statement(table, columns, True, is_postgresql(connection)), rows)


def _put(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    options = {"preserve_rowcount": True}
    if is_postgresql(connection):
        lists = tuple(list(column) for column in zip(*rows, strict=True))
        result = connection.exec_driver_sql(statement, lists, execution_options=options)
    else:
        result = connection.exec_driver_sql(statement, list(rows), execution_options=options)
    return result.rowcount


@lru_cache(maxsize=64)
def _statement(
    table: Table, columns: tuple[str, ...], is_adding: bool, is_of_postgresql: bool
) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    if is_of_postgresql:
        lists = ", ".join(f"%s::{_type_name(table.c[name].type)}[]" for name in columns)
        values = f"SELECT * FROM unnest({lists})"  # noqa: S608 - own names
    else:
        values = f"VALUES ({', '.join('?' * len(columns))})"
    keys = [column.name for column in table.primary_key]
    insert = f'INSERT INTO "{table.name}" ({names}) {values} ON CONFLICT'
    if not is_adding:
        return f"{insert} DO NOTHING"
    changes = ", ".join(
        f'"{name}" = {_sum(table.name, name, is_of_postgresql)}'
        for name in columns
        if name not in keys
    )
    key = ", ".join(f'"{name}"' for name in keys)
    return f"{insert} ({key}) DO UPDATE SET {changes}"


def _sum(table: str, name: str, is_of_postgresql: bool) -> str:
    old, new = f'"{table}"."{name}"', f'excluded."{name}"'
    if name == _LOWEST:
        return f"{'least' if is_of_postgresql else 'min'}({old}, {new})"
    if name == _HIGHEST:
        return f"{'greatest' if is_of_postgresql else 'max'}({old}, {new})"
    return f"{old} + {new}"


def _type_name(kind: TypeEngine[Any]) -> str:
    for type_, name in (
        (BigInteger, "bigint"),
        (SmallInteger, "smallint"),
        (Integer, "integer"),
        (Boolean, "boolean"),
        (String, "text"),
    ):
        if isinstance(kind, type_):
            return name
    raise TypeError(kind)
