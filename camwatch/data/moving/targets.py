"""Where a history is moved to. How far it is stands there, too, so that it can be gone on with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from camwatch.data import postgres_upgrade
from camwatch.data.connections import create_if_missing, open_raw
from camwatch.data.copying import write_through
from camwatch.data.faults import storage_errors
from camwatch.data.mounts import refuse_network_drive
from camwatch.data.moving.ends import (
    BEGUN_WITH,
    FileSource,
    ServerSource,
    Source,
    is_empty,
    reading,
    server_connection,
)
from camwatch.data.moving.tables import MovedTable, Row
from camwatch.data.postgres_connections import LimitedConnection
from camwatch.data.postgres_faults import server_errors
from camwatch.data.schema import APPLICATION_ID
from camwatch.data.server_address import ServerAddress
from camwatch.data.upgrade import bring_up_to_date
from camwatch.errors import DatabaseBusy, StorageError
from camwatch.language import tr

_PROGRESS = "camwatch_move"
_MAKE_PROGRESS = (
    f"CREATE TABLE IF NOT EXISTS {_PROGRESS} "
    "(name TEXT PRIMARY KEY, reached TEXT NOT NULL, is_done INTEGER NOT NULL)"
)
_WHOSE = ""
"""The row of the progress that says which history is moved."""


class Target(Protocol):
    """The place of a history that is not complete yet."""

    place: str
    filled: Source

    def whose(self) -> str | None:
        """Return which history is being moved here; None if none is."""
        ...

    def begin(self, whose: str) -> None:
        """Note which history is moved."""
        ...

    def reached(self, table: MovedTable) -> tuple[Row | None, bool]:
        """Return the key of the last row that is here, and whether that was the last of all."""
        ...

    def add(self, table: MovedTable, rows: Sequence[Row], *, is_done: bool) -> None:
        """Store rows and how far it is, both or neither."""
        ...

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Make a history of it."""
        ...


class FileTarget:
    """A file beside its place, which it gets in the end: nobody takes it for a whole history.

    Args:
        file: Where the history will be.
        unfinished: Where it is until then.
        connection: To that.
    """

    def __init__(self, file: Path, unfinished: Path, connection: sqlite3.Connection) -> None:
        self._file = file
        self._unfinished = unfinished
        self._connection = connection
        self.place = str(file)
        self.filled: Source = FileSource(connection, "?", self.place)

    def whose(self) -> str | None:
        """Return which history is being moved here; None if none is."""
        return _whose(self._connection.execute(_ask_progress("?"), (_WHOSE,)).fetchone())

    def begin(self, whose: str) -> None:
        """Note which history is moved."""
        self._connection.execute("BEGIN IMMEDIATE")
        for name in BEGUN_WITH:
            self._connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
        self._connection.execute(_note_progress("?"), (_WHOSE, whose, 0))
        self._connection.execute("COMMIT")

    def reached(self, table: MovedTable) -> tuple[Row | None, bool]:
        """Return the key of the last row that is here, and whether that was the last of all."""
        return _reached(self._connection.execute(_ask_progress("?"), (table.name,)).fetchone())

    def add(self, table: MovedTable, rows: Sequence[Row], *, is_done: bool) -> None:
        """Store rows and how far it is, both or neither."""
        marks = ", ".join("?" * len(table.columns))
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            f"INSERT INTO {table.quoted} ({table.column_list}) VALUES ({marks})",  # noqa: S608
            rows,
        )
        self._connection.execute(_note_progress("?"), _progress(self, table, rows, is_done))
        self._connection.execute("COMMIT")

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Make a history of it."""
        connection = self._connection
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise StorageError(
                tr("{count} rows refer to others that are not there", count=len(broken))
            )
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM sqlite_sequence")
        connection.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", list(numbers.items()))
        connection.execute(f"DROP TABLE {_PROGRESS}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        write_through(self._unfinished)
        self._unfinished.replace(self._file)
        write_through(self._file.parent)


class ServerTarget:
    """A database on a server, which no CamWatch opens before the end.

    Args:
        connection: To it.
        place: In words.
    """

    def __init__(self, connection: LimitedConnection, place: str) -> None:
        self._connection = connection
        self.place = place
        self.filled: Source = ServerSource(connection, "%s", place)

    def whose(self) -> str | None:
        """Return which history is being moved here; None if none is."""
        return _whose(self._connection.execute(_ask_progress("%s"), (_WHOSE,)).fetchone())

    def begin(self, whose: str) -> None:
        """Note which history is moved."""
        with self._connection.transaction():
            for name in BEGUN_WITH:
                self._connection.execute(f"DELETE FROM {name}".encode())  # noqa: S608
            self._connection.execute(_note_progress("%s"), (_WHOSE, whose, 0))
            self._connection.execute(
                "UPDATE alembic_version SET version_num = %s", (postgres_upgrade.MOVING,)
            )

    def reached(self, table: MovedTable) -> tuple[Row | None, bool]:
        """Return the key of the last row that is here, and whether that was the last of all."""
        return _reached(self._connection.execute(_ask_progress("%s"), (table.name,)).fetchone())

    def add(self, table: MovedTable, rows: Sequence[Row], *, is_done: bool) -> None:
        """Store rows and how far it is, both or neither."""
        copy = f"COPY {table.quoted} ({table.column_list}) FROM STDIN"
        with self._connection.transaction(), self._connection.cursor() as cursor:
            if rows:
                with cursor.copy(copy.encode()) as copied:
                    for row in rows:
                        copied.write_row(_with_flags(table, row))
            cursor.execute(_note_progress("%s"), _progress(self, table, rows, is_done))

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Make a history of it."""
        execute = self._connection.execute
        with self._connection.transaction():
            for table, number in numbers.items():
                column = "seq" if table == "audit" else "id"
                execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)",
                    (f'"{table}"', column, number + 1),
                )
            execute(f"DROP TABLE {_PROGRESS}".encode())
            execute("SET LOCAL synchronous_commit = on")
            execute("UPDATE alembic_version SET version_num = %s", (postgres_upgrade.head(),))
        execute("ANALYZE")


@contextmanager
def writing(place: Path | ServerAddress, tables: Sequence[MovedTable]) -> Iterator[Target]:
    """Open the place a history is moved to, made or found as it was left.

    Raises:
        StorageError: There is a history already, or it cannot be written.
    """
    if isinstance(place, ServerAddress):
        with _writing_server(place, tables) as server:
            yield server
    else:
        with _writing_file(place, tables) as file:
            yield file


@contextmanager
def _writing_file(file: Path, tables: Sequence[MovedTable]) -> Iterator[FileTarget]:
    refuse_network_drive(file)
    if file.exists() and file.stat().st_size:
        with reading(file) as present:
            if not is_empty(present, tables):
                raise StorageError(tr("{file} holds a history already; name a new file", file=file))
    unfinished = file.with_name(f"{file.name}.moving")
    create_if_missing(unfinished)
    bring_up_to_date(unfinished)
    with storage_errors(file), closing(open_raw(unfinished, "rw")) as connection:
        # Two that move to the same place would mix two histories.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_MAKE_PROGRESS)
        yield FileTarget(file, unfinished, connection)


@contextmanager
def _writing_server(address: ServerAddress, tables: Sequence[MovedTable]) -> Iterator[ServerTarget]:
    with server_connection(address) as connection, server_errors(address.place):
        (is_free,) = _one(
            connection, f"SELECT pg_try_advisory_lock({APPLICATION_ID}, 2)"
        )  # given back when the connection ends, however it does
        if not is_free:
            raise DatabaseBusy(
                tr("Another program is moving a history to {place}.", place=address.place)
            )
        (progress,) = _one(connection, f"SELECT to_regclass('{_PROGRESS}')::text")
        if progress is None:
            postgres_upgrade.bring_up_to_date(address)
            present = ServerSource(connection, "%s", address.place)
            if not is_empty(present, tables):
                raise StorageError(
                    tr(
                        "{place} holds a history already; name an empty database",
                        place=address.place,
                    )
                )
            connection.execute(_MAKE_PROGRESS.encode())
        connection.execute("SET synchronous_commit = off")
        yield ServerTarget(connection, address.place)


def _one(connection: LimitedConnection, query: str) -> Row:
    row = connection.execute(query.encode()).fetchone()
    return () if row is None else tuple(row)


def _ask_progress(mark: str) -> str:
    return f"SELECT reached, is_done FROM {_PROGRESS} WHERE name = {mark}"  # noqa: S608


def _note_progress(mark: str) -> str:
    return (
        f"INSERT INTO {_PROGRESS} (name, reached, is_done) VALUES ({mark}, {mark}, {mark}) "  # noqa: S608
        "ON CONFLICT (name) DO UPDATE SET reached = excluded.reached, is_done = excluded.is_done"
    )


def _progress(
    target: Target, table: MovedTable, rows: Sequence[Row], is_done: bool
) -> tuple[str, str, int]:
    key = table.key_of(rows[-1]) if rows else target.reached(table)[0]
    return table.name, json.dumps(key), int(is_done)


def _whose(row: Row | None) -> str | None:
    return None if row is None else str(row[0])


def _reached(row: Row | None) -> tuple[Row | None, bool]:
    if row is None:
        return None, False
    key = json.loads(row[0])
    return (None if key is None else tuple(key)), bool(row[1])


def _with_flags(table: MovedTable, row: Row) -> Row:
    """Make true and false of 1 and 0, for a database that knows the difference."""
    if not table.flags:
        return row
    values = list(row)
    for place in table.flags:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)
