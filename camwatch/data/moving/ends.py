"""Where a history is read from when it is moved: a file, or a server."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from camwatch.data.connections import open_raw
from camwatch.data.faults import foreign, storage_errors
from camwatch.data.moving.tables import MovedTable, Row
from camwatch.data.postgres_connections import LimitedConnection, make_engine
from camwatch.data.postgres_faults import server_errors
from camwatch.data.schema import APPLICATION_ID
from camwatch.data.server_address import ServerAddress
from camwatch.errors import StorageError
from camwatch.language import tr

BEGUN_WITH = frozenset({"alert_rule"})
"""Tables in which a new history has something that nobody entered."""

_WHOSE = (
    'SELECT uid FROM "camera" ORDER BY id LIMIT 1',
    'SELECT uid FROM "user" ORDER BY id LIMIT 1',
    'SELECT "at", actor, target, mac FROM "audit" ORDER BY seq LIMIT 1',
)


class Asked(Protocol):
    """A connection of either database."""

    def execute(self, query: Any, values: Any = ..., /) -> Any:
        """Ask something."""
        ...


class Source:
    """A history from which nothing but reading is done; nobody changes it meanwhile.

    Args:
        connection: In a transaction.
        mark: How the database marks a value.
        place: In words.
    """

    def __init__(self, connection: Asked, mark: str, place: str) -> None:
        self._connection = connection
        self._mark = mark
        self.place = place

    def schema(self) -> str:
        """Return the version of its schema."""
        row = self._connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""

    def whose(self) -> str:
        """Return what tells this history from others, also after it was moved."""
        found = [self._connection.execute(query).fetchone() for query in _WHOSE]
        text = repr([None if row is None else tuple(row) for row in found])
        return hashlib.sha256(text.encode()).hexdigest()

    def count(self, table: MovedTable) -> int:
        """Return how many rows a table has."""
        query = f"SELECT count(*) FROM {table.quoted}"  # noqa: S608 - our own names
        (count,) = self._connection.execute(query).fetchone()
        return int(count)

    def rows_after(self, table: MovedTable, key: Row | None, rows: int) -> list[Row]:
        """Return the next rows in the order of the key."""
        query = table.next_rows(self._mark, rows, is_first=key is None)
        return list(self._connection.execute(query, key or ()).fetchall())

    def sums(self, table: MovedTable) -> tuple[int, ...]:
        """Return how many rows there are, and a sum of each column."""
        row = self._connection.execute(table.sums).fetchone()
        return tuple(int(value or 0) for value in row)

    def digest(self, table: MovedTable) -> str:
        """Return a checksum of all rows of a small table, in whatever order they come."""
        query = f"SELECT {table.column_list} FROM {table.quoted}"  # noqa: S608 - our own names
        rows = self._connection.execute(query).fetchall()
        total = hashlib.sha256()
        for text in sorted(repr(tuple(map(_plain, row))) for row in rows):
            total.update(text.encode())
        return total.hexdigest()

    def next_numbers(self) -> dict[str, int]:
        """Return the numbers that were given out last, by table."""
        raise NotImplementedError


class FileSource(Source):
    """A file. Its lock is held, so nobody writes while it is read."""

    def next_numbers(self) -> dict[str, int]:
        """Return the numbers that were given out last, by table."""
        found = self._connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
        return {str(name): int(number) for name, number in found}


class ServerSource(Source):
    """A database on a server; all of it as it is at one moment."""

    def next_numbers(self) -> dict[str, int]:
        """Return the numbers that were given out last, by table."""
        found = self._connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
        ).fetchall()
        numbers = {}
        for table, column in found:
            (sequence,) = self._connection.execute(
                "SELECT pg_get_serial_sequence(%s, %s)", (f'"{table}"', column)
            ).fetchone()
            last, is_used = self._connection.execute(
                f"SELECT last_value, is_called FROM {sequence}"  # noqa: S608 - as the server quotes it
            ).fetchone()
            numbers[str(table)] = int(last) if is_used else int(last) - 1
        return numbers


@contextmanager
def reading(place: Path | ServerAddress) -> Iterator[Source]:
    """Open the history that is moved.

    Raises:
        StorageError: It cannot be read, or somebody else writes into it.
    """
    if isinstance(place, ServerAddress):
        with server_connection(place) as connection, server_errors(place.place):
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                raise StorageError(tr("{place} holds no history", place=place.place))
            yield ServerSource(connection, "%s", place.place)
        return
    if not place.exists():
        raise StorageError(tr("{place} is not there", place=place))
    with storage_errors(place), closing(open_raw(place, "rw")) as file:
        # Held to the end: what is written meanwhile would be missing.
        file.execute("BEGIN IMMEDIATE")
        _check_ours(file, place)
        yield FileSource(file, "?", str(place))


@contextmanager
def server_connection(address: ServerAddress) -> Iterator[LimitedConnection]:
    """Connect to a server for long work; each statement counts at once unless BEGIN was said.

    Raises:
        DatabaseAway: It cannot be reached.
    """
    engine = make_engine(address, statement_s=None, pause_s=0)
    with server_errors(address.place):
        borrowed = engine.raw_connection()
        connection = cast("LimitedConnection", borrowed.driver_connection)
        borrowed.detach()
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()
        engine.dispose()


def _check_ours(connection: sqlite3.Connection, file: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise foreign(file)


def _plain(value: object) -> object:
    """Return a value as both databases give it."""
    if isinstance(value, bool):
        return int(value)
    return bytes(value) if isinstance(value, bytes | memoryview | bytearray) else value


def is_empty(source: Source, tables: Sequence[MovedTable]) -> bool:
    """Tell whether nothing was ever stored there but what each new history begins with."""
    return all(
        not source.rows_after(table, None, 1) for table in tables if table.name not in BEGUN_WITH
    )
