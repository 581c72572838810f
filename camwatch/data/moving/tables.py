"""The tables of a history, as rows are moved and compared, in SQL that both databases know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table

from camwatch.data.schema import metadata

Row = tuple[Any, ...]

_LOW_BITS = 0xFFFFFFFF
"""Sums are of these bits only: milliseconds of a large table would not fit into 64."""


@dataclass(frozen=True, slots=True)
class MovedTable:
    """One table.

    Attributes:
        name: Of the table.
        columns: Of all columns.
        key: Places of the columns of its key among them.
        flags: Places of those that are true or false.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    flags: tuple[int, ...]
    _sums: tuple[str, ...]

    def next_rows(self, mark: str, rows: int, *, is_first: bool) -> str:
        """Return the question for the rows behind a key, in the order of the key.

        Args:
            mark: How the database marks a value: "?" or "%s".
            rows: So many at most.
            is_first: From the first row on: there are no values.
        """
        names = [f'"{self.columns[place]}"' for place in self.key]
        key = ", ".join(names)
        behind = f"WHERE ({key}) > ({', '.join([mark] * len(names))})"
        if len(names) == 1:
            behind = f"WHERE {key} > {mark}"
        return (
            f"SELECT {self.column_list} FROM {self.quoted} "  # noqa: S608 - our own names
            f"{'' if is_first else behind} ORDER BY {key} LIMIT {rows}"
        )

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return f'"{self.name}"'

    @property
    def column_list(self) -> str:
        """Its columns in SQL."""
        return ", ".join(f'"{name}"' for name in self.columns)

    @property
    def sums(self) -> str:
        """The question for what tells whether two tables hold the same."""
        return f"SELECT count(*), {', '.join(self._sums)} FROM {self.quoted}"  # noqa: S608

    def key_of(self, row: Row) -> Row:
        """Return the key of a row."""
        return tuple(row[place] for place in self.key)


def moved_tables() -> Sequence[MovedTable]:
    """Return all tables, in an order in which each refers only to those before it."""
    return [_described(table) for table in metadata.sorted_tables]


def _described(table: Table) -> MovedTable:
    columns = list(table.columns)
    return MovedTable(
        table.name,
        tuple(column.name for column in columns),
        tuple(columns.index(column) for column in table.primary_key),
        tuple(place for place, one in enumerate(columns) if isinstance(_kind(one), Boolean)),
        tuple(_sum_of(column) for column in columns),
    )


def _kind(column: Column[Any]) -> object:
    return getattr(column.type, "impl", column.type)


def _sum_of(column: Column[Any]) -> str:
    name = f'"{column.name}"'
    kind = _kind(column)
    if isinstance(kind, Boolean):
        return f"sum(CASE WHEN {name} THEN 1 ELSE 0 END)"
    if isinstance(kind, Integer):
        return f"sum(CAST({name} AS BIGINT) & {_LOW_BITS})"
    if isinstance(kind, LargeBinary):
        return f"sum(length({name}))"
    # The signs of a text; bytes would differ where a database counts them otherwise.
    return f"sum(length({name}))"
