"""Reads what can still be read of a damaged history, row by row, into a new one."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Table

from camwatch.data.connections import Connections, create_if_missing, open_raw
from camwatch.data.faults import damaged, storage_errors
from camwatch.data.rebuild import fill_gaps
from camwatch.data.schema import metadata
from camwatch.data.upgrade import bring_up_to_date
from camwatch.errors import GivenUp, StorageError
from camwatch.history.repair import SalvagedTable

log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 5000
_MOST_PROBES = 2000
"""So often a part of a table is asked once more for what lies between two places that cannot be read."""

_LARGEST = 2**63 - 1
_UNREADABLE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_ERROR,
}

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a table that is in the order of one key.

    Attributes:
        where: Which part, as SQL that another condition follows.
        values: For the marks in it.
        key: Whole numbers.
    """

    where: str
    values: _Row
    key: str


def salvage(
    damaged_file: Path,
    new_file: Path,
    *,
    progress: Callable[[str], None] = lambda _table: None,
    is_given_up: Callable[[], bool] = lambda: False,
) -> tuple[SalvagedTable, ...]:
    """Read all that can be read into a new history.

    Args:
        damaged_file: Is not changed; its log, if there is one, is read with it.
        new_file: Must not be there.
        progress: Told the table that is read now.
        is_given_up: Asked again and again; True ends it, and leaves nothing behind.

    Returns:
        What was read of each table that had something in it, by name.

    Raises:
        GivenUp: As asked for.
        DatabaseDamaged: Nothing can be read of it.
        StorageError: The new file cannot be written.
    """
    create_if_missing(new_file)
    try:
        bring_up_to_date(new_file)
        with (
            closing(_open_damaged(damaged_file)) as source,
            storage_errors(new_file),
            closing(open_raw(new_file, "rw")) as target,
        ):
            target.execute("PRAGMA synchronous = OFF")
            found = []
            kept: dict[str, set[Any]] = {}
            for table in metadata.sorted_tables:
                progress(table.name)
                found.append(_Salvager(source, target, table, kept, is_given_up).run())
            if not any(one.rows for one in found):
                raise damaged(damaged_file, "nothing in it can be read")
            _keep_numbers(source, target)
            target.execute("PRAGMA synchronous = FULL")
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if any(one.gaps for one in found):
            _add_up_again(new_file)
    except (GivenUp, StorageError):
        for part in ("", "-wal", "-shm", "-journal"):
            new_file.with_name(new_file.name + part).unlink(missing_ok=True)
        raise
    there = [one for one in found if one.rows or not one.is_whole]
    return tuple(sorted(there, key=lambda one: one.name))


def _open_damaged(file: Path) -> sqlite3.Connection:
    connection = open_raw(file, "ro")
    connection.execute("PRAGMA cell_size_check = ON")
    # Else SQLite refuses all of a file whose end is missing.
    connection.execute("PRAGMA writable_schema = ON")
    return connection


class _Salvager:
    """Reads one table.

    From both ends up to the first place that cannot be read; then the middle of what is
    between, and so on, as often as that is worth it.

    Args:
        source: The damaged history.
        target: The new one.
        table: Of the present schema.
        kept: The keys of each table that were saved; so that nothing refers to what is lost.
        is_given_up: Asked again and again.
    """

    def __init__(
        self,
        source: sqlite3.Connection,
        target: sqlite3.Connection,
        table: Table,
        kept: dict[str, set[Any]],
        is_given_up: Callable[[], bool],
    ) -> None:
        self._source = source
        self._target = target
        self._table = table
        self._kept = kept
        self._is_given_up = is_given_up
        self._is_rowid = table.dialect_options["sqlite"]["with_rowid"] is not False
        self._columns: list[Column[Any]] = []
        self._batch: list[_Row] = []
        self._rows = self._gaps = self._unusable = self._probes = 0

    def run(self) -> SalvagedTable:
        """Read and write the table."""
        there = self._columns_there()
        self._columns = [one for one in self._table.columns if one.name in there]
        if not there:  # what a new history begins with stays
            self._remember()
            return SalvagedTable(self._table.name, 0, 1, 0)
        self._target.execute("BEGIN IMMEDIATE")
        self._prepare()
        if self._is_rowid:
            self._read(_Part("", (), "rowid"))
        else:
            first, second = [one.name for one in self._table.primary_key][:2]
            for value in self._first_keys(first):
                self._read(_Part(f'"{first}" = ? AND ', (value,), f'"{second}"'))
        self._flush()
        self._target.execute("COMMIT")
        if self._table.name not in self._kept:
            self._remember()
        return SalvagedTable(self._table.name, self._rows, self._gaps, self._unusable)

    def _prepare(self) -> None:
        """Remove what a new history begins with, so that the old one's rows find room."""
        if self._table.name != "audit":
            self._target.execute(f'DELETE FROM "{self._table.name}"')  # noqa: S608 - our own table
        names = [one.name for one in self._columns]
        self._parents = [
            (names.index(key.parent.name), key.column.table.name)
            for key in self._table.foreign_keys
            if key.parent.name in names
        ]
        self._select = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        self._insert = (
            f'INSERT OR IGNORE INTO "{self._table.name}" ({self._select}) VALUES ({marks})'  # noqa: S608
        )

    def _columns_there(self) -> set[str]:
        try:
            found = self._source.execute(f'PRAGMA table_info("{self._table.name}")').fetchall()
        except sqlite3.DatabaseError as error:
            self._check_unreadable(error)
            return set()
        return {name for _, name, *_ in found}

    def _first_keys(self, first: str) -> list[Any]:
        """Return what the first column of the key can be: it leads to another table."""
        for key in self._table.foreign_keys:
            if key.parent.name == first:
                return sorted(self._kept.get(key.column.table.name, ()))
        return list(range(256))  # workstations

    def _remember(self) -> None:
        key = next(iter(self._table.primary_key)).name
        found = self._target.execute(f'SELECT DISTINCT "{key}" FROM "{self._table.name}"')  # noqa: S608
        self._kept[self._table.name] = {value for (value,) in found}

    def _read(self, part: _Part) -> None:
        """Read the rows of a part from both ends, and then what lies between broken places."""
        if self._is_given_up():
            raise GivenUp
        self._probes = 0
        up = self._read_until_broken(part, -_LARGEST, _LARGEST, "ASC")
        if up is None:
            return
        self._gaps += 1
        down = self._read_until_broken(part, up + 1, _LARGEST, "DESC")
        if down is not None:
            self._between(part, up + 1, down - 1)

    def _between(self, part: _Part, first: int, last: int) -> None:
        """Look for rows between two broken places, from its middle, by halves."""
        waiting = deque([(first, last)])
        while waiting and self._probes < _MOST_PROBES:
            first, last = waiting.popleft()
            if first >= last:
                continue
            middle = first + (last - first) // 2
            up = self._read_until_broken(part, middle, last, "ASC")
            down = self._read_until_broken(part, first, middle - 1, "DESC")
            if up is not None:
                waiting.append((max(up, middle) + 1, last))
            if down is not None:
                waiting.append((first, min(down, middle) - 1))

    def _read_until_broken(self, part: _Part, first: int, last: int, order: str) -> int | None:
        """Read in one direction.

        Returns:
            None if all of it was read, else the last key that was; the end if none was.
        """
        if first > last:
            return None
        self._probes += 1
        reached = first - 1 if order == "ASC" else last + 1
        query = (
            f'SELECT {part.key}, {self._select} FROM "{self._table.name}" '  # noqa: S608 - our own
            f"WHERE {part.where}{part.key} BETWEEN ? AND ? ORDER BY {part.key} {order}"
        )
        try:
            for key, *row in self._source.execute(query, (*part.values, first, last)):
                if not isinstance(key, int) or not first <= key <= last:
                    self._unusable += 1
                    continue
                reached = key
                self._take(tuple(row))
        except sqlite3.DatabaseError as error:
            self._check_unreadable(error)
            return reached
        return None

    def _take(self, row: _Row) -> None:
        if not self._is_usable(row):
            self._unusable += 1
            return
        self._batch.append(row)
        if len(self._batch) >= _ROWS_AT_ONCE:
            self._flush()
            if self._is_given_up():
                raise GivenUp

    def _is_usable(self, row: _Row) -> bool:
        fits = all(_fits(column, value) for column, value in zip(self._columns, row, strict=True))
        return fits and all(
            row[place] is None or row[place] in self._kept.get(table, ())
            for place, table in self._parents
        )

    def _flush(self) -> None:
        before = self._target.total_changes
        self._target.executemany(self._insert, self._batch)
        self._rows += self._target.total_changes - before
        self._batch.clear()

    @staticmethod
    def _check_unreadable(error: sqlite3.DatabaseError) -> None:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _UNREADABLE:
            raise error


def _fits(column: Column[Any], value: object) -> bool:
    """Tell whether a value can have been written by CamWatch."""
    if value is None:
        return bool(column.nullable)
    kind = column.type
    if isinstance(kind, LargeBinary):
        return isinstance(value, bytes)
    storage = getattr(kind, "impl", kind)
    if isinstance(storage, Boolean):
        return value in {0, 1}
    if isinstance(storage, Integer | BigInteger):
        return isinstance(value, int)
    return isinstance(value, str)


def _add_up_again(new_file: Path) -> None:
    """Make lost hours and days anew where their minutes were saved.

    The cameras say that their hours are built: nobody else would do it, and the minutes would go
    in time without having been added up.
    """
    connections = Connections(new_file)
    try:
        with connections.writing() as connection:
            fill_gaps(connection)
    finally:
        connections.close()


def _keep_numbers(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Never give out the number of something that is gone once more."""
    for table, number in _numbers(source):
        known = target.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        present = known.fetchone()
        if present is None:
            if table in metadata.tables:
                target.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, number))
        elif present[0] < number:
            target.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, table))


def _numbers(source: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    found: Sequence[tuple[Any, Any]] = ()
    try:
        found = source.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    except sqlite3.DatabaseError:
        log.info("the numbers that were given out cannot be read")
    for table, number in found:
        if isinstance(table, str) and isinstance(number, int):
            yield table, number
