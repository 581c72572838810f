"""The connections to an SQLite file: one that writes, and some that only read."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable

from camwatch.data.faults import busy, storage_errors
from camwatch.data.schema import stretch
from camwatch.data.store import WAIT_S
from camwatch.errors import DatabaseBusy, DatabaseGone, DiskFailing, DiskFull, StorageError
from camwatch.language import tr

_JOURNAL_LIMIT_BYTES = 16 * 1024 * 1024
_WAIT_MS = "camwatch_wait_ms"
_STRETCH = str(CreateTable(stretch).compile(dialect=sqlite.dialect()))


def open_raw(file: Path, mode: str) -> sqlite3.Connection:
    """Open an existing file; "ro" cannot change it, "rw" can. Transactions are begun by hand."""
    return sqlite3.connect(
        f"{file.as_uri()}?mode={mode}",
        uri=True,
        timeout=WAIT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def make_writer(file: Path, *, foreign_keys: bool = True) -> Engine:
    """Make the engine of the one connection that writes; each transaction locks at once.

    The SQLite of many systems (before 3.51.3) can damage a WAL file when two connections
    write or checkpoint at the same moment. So nothing else in CamWatch may do either.

    Args:
        file: Absolute; exists.
        foreign_keys: False while tables are rebuilt by a migration.
    """
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: open_raw(file, "rw"),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        if pages == 0:
            # Room that becomes free can then be given back to the disk in small steps. Only a new
            # file takes it, and one that has it already would be written to each time.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StorageError(
                tr(
                    "{file} is in a place that cannot hold a live history (journal {mode}), "
                    "perhaps a network drive. Choose a folder on a disk of this computer.",
                    file=file,
                    mode=mode,
                )
            )
        for pragma in (
            "synchronous = FULL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            f"journal_size_limit = {_JOURNAL_LIMIT_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        wait_ms = connection.get_execution_options().get(_WAIT_MS, int(WAIT_S * 1000))
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms}")
        # A transaction that first reads and then wants to write can be refused at once,
        # without any waiting, so a writer takes the lock before it looks at anything.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_readers(file: Path) -> Engine:
    """Make the engine of the connections that read; they can neither write nor checkpoint.

    Each has a temporary table in memory, so they are opened with mode=ro: query_only
    would forbid that table too.
    """
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: open_raw(file, "ro"),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=-1,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_STRETCH)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # All queries of one reader see the same moment of the history.
        connection.exec_driver_sql("BEGIN")

    return engine


class ReadingConnections:
    """Gives out transactions that only read, while another program may have the file open.

    It never makes, recovers or checkpoints anything, so it cannot get into that one's way.

    Args:
        file: Absolute; exists.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._readers = make_readers(file)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the history and cannot change it.

        Raises:
            StorageError: The history cannot be read.
        """
        with storage_errors(self.file), self._readers.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; harmless when called again."""
        self._readers.dispose()


class Connections:
    """Gives out transactions on one file; for any thread.

    Args:
        file: Absolute; exists and has the present schema.

    Attributes:
        station: The number of this workstation; 0 where only one has the history open.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.station = 0
        self._lock = threading.Lock()
        self._writer = make_writer(file)
        self._readers = make_readers(file)
        self._is_closed = False
        with storage_errors(file):
            self._identity = self._look()
            # The writer comes first and goes last: it alone recovers and empties the WAL file.
            self._writer.connect().close()

    def _look(self) -> tuple[int, int]:
        found = self.file.stat()
        return found.st_dev, found.st_ino

    def check_still_there(self) -> None:
        """Refuse to write into a file that nobody can find any more.

        On Unix an open file can be deleted or replaced; writing to it goes on to work,
        and all of it is gone when the program ends.

        Raises:
            DatabaseGone: It was deleted, moved or replaced.
            StorageError: It is closed, or cannot be looked at.
        """
        if self._is_closed:
            raise StorageError(tr("{file} is closed because CamWatch ends.", file=self.file))
        try:
            with storage_errors(self.file):
                is_same = self._look() == self._identity
        except StorageError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            is_same = False
        if not is_same:
            raise DatabaseGone(
                tr(
                    "{file} was deleted, moved or replaced while CamWatch is running. "
                    "Put the same file back; to use another one, restart CamWatch.",
                    file=self.file,
                )
            )

    @property
    def place(self) -> str:
        """The file."""
        return str(self.file)

    @contextmanager
    def writing(self, wait_s: float = WAIT_S, *, beside: bool = False) -> Iterator[Connection]:
        """Hold the write lock for one transaction, committed at the end of the block.

        Args:
            wait_s: How long to wait for other threads, and as long again for other programs.
            beside: Means nothing here: a file has one lock for all that write.

        Raises:
            StorageError: Nothing of the block was stored.
        """
        del beside
        if not self._lock.acquire(timeout=wait_s):
            raise busy(self.file, "another part of CamWatch is still writing")
        try:
            with storage_errors(self.file):
                self.check_still_there()
                with (
                    self._writer.connect().execution_options(
                        **{_WAIT_MS: int(wait_s * 1000)}
                    ) as connection,
                    connection.begin(),
                ):
                    yield connection
        except StorageError as error:
            if not isinstance(error, DatabaseBusy | DiskFull):
                # SQLite may have opened the file read-only, or lost its place in it:
                # the next try opens it anew.
                self._writer.dispose()
            if isinstance(error, DiskFailing):
                # What they hold in memory may not be what is on the disk.
                self._readers.dispose()
            raise
        finally:
            self._lock.release()

    @contextmanager
    def maintaining(self, wait_s: float = WAIT_S) -> Iterator[sqlite3.Connection]:
        """Hold the connection that writes outside of any transaction, for what needs that.

        Args:
            wait_s: How long to wait for other threads, and as long again for other programs.

        Raises:
            StorageError: It cannot be had, or what was done with it failed.
        """
        if not self._lock.acquire(timeout=wait_s):
            raise busy(self.file, "another part of CamWatch is still writing")
        try:
            with storage_errors(self.file):
                self.check_still_there()
                with closing(self._writer.raw_connection()) as pooled:
                    connection = pooled.driver_connection
                    if not isinstance(connection, sqlite3.Connection):
                        raise TypeError(type(connection))
                    connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
                    yield connection
        finally:
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the history and cannot change it.

        Raises:
            StorageError: The history cannot be read.
        """
        if self._is_closed:
            raise StorageError(tr("{file} is closed because CamWatch ends.", file=self.file))
        with storage_errors(self.file), self._readers.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; harmless when called again."""
        with self._lock:
            self._is_closed = True
            self._readers.dispose()
            self._writer.dispose()


def create_if_missing(file: Path) -> None:
    """Make an empty file that only its owner may read; leave an existing one alone.

    Raises:
        StorageError: It cannot be made.
    """
    with storage_errors(file):
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        os.close(handle)
