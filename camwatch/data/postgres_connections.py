"""The connections to a PostgreSQL server: one that writes, and some that only read."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Dialect, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from camwatch.data.postgres_faults import Unanswered, busy, server_errors
from camwatch.data.schema import APPLICATION_ID
from camwatch.data.server_address import ServerAddress
from camwatch.data.store import WAIT_S
from camwatch.errors import StorageError
from camwatch.language import tr

RV = TypeVar("RV")

CONNECT_S = 5
"""So long a server may take to let somebody in."""

STATEMENT_S = 5.0
"""So long the server works at one statement."""

_ANSWER_S = STATEMENT_S + 1.0
"""So long an answer is waited for. A server that gives up by itself says so before."""

_PING_S = 2.0
_IDLE_S = 1.0
"""A connection that was used just now is not tried out before it is used again."""

_READERS = 5
_MORE_READERS = 15
_POOL_WAIT_S = 5.0
_RECYCLE_S = 1800
_READ_PAUSE_S = 60
"""So long a transaction that reads may do something else in between."""
_WRITE_PAUSE_S = 10

_USED_AT = "camwatch_used_at"
_STRETCH = (
    "CREATE TEMPORARY TABLE stretch (index integer PRIMARY KEY, first bigint NOT NULL, "
    "stop bigint NOT NULL) ON COMMIT DELETE ROWS"
)
_WRITE_LOCK = (APPLICATION_ID, 1)
"""The number of the lock that whoever writes holds, in the form of two."""


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer only so long.

    A server that is stopped, or behind a network that drops everything, keeps no limit of its
    own, and TCP notices it only where something is on its way that nobody acknowledges.

    Attributes:
        answer_s: How long one answer may take; None for ever.
    """

    answer_s: float | None = _ANSWER_S

    def wait(self, gen: Generator[Any, Any, RV], *args: Any, **options: Any) -> RV:
        """Wait for the end of an operation.

        Raises:
            Unanswered: It did not come in time; the connection is closed.
        """
        if self.answer_s is None:
            return super().wait(gen, *args, **options)
        return super().wait(self._limited(gen, self.answer_s), *args, **options)

    def _limited(self, gen: Generator[Any, Any, RV], limit_s: float) -> Generator[Any, Any, RV]:
        ends = time.monotonic() + limit_s
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                # psycopg comes by ten times a second, also when nothing arrived.
                if not ready and time.monotonic() > ends:
                    self.pgconn.finish()
                    raise Unanswered(f"no answer within {limit_s:.0f} s")
                wanted = gen.send(ready)
        except StopIteration as done:
            result: RV = done.value
            return result


def make_engine(
    address: ServerAddress,
    *,
    statement_s: float | None = STATEMENT_S,
    pause_s: float = _WRITE_PAUSE_S,
    spare: int = 0,
    size: int = 1,
    wait_s: float = _POOL_WAIT_S,
) -> Engine:
    """Make what connects to a server; nothing is connected yet.

    Args:
        address: Which server.
        statement_s: How long a statement may take; None for ever.
        pause_s: How long a transaction may do nothing.
        spare: So many connections more than `size` where they are needed.
        size: So many connections are kept.
        wait_s: How long to wait for a connection that somebody gives back.
    """
    limits = {
        "statement_timeout": statement_s or 0,
        "lock_timeout": WAIT_S,
        "idle_in_transaction_session_timeout": pause_s,
        # Where a network drops what the server says, it must not keep its locks for hours.
        "tcp_user_timeout": _ANSWER_S,
    }
    options = " ".join(f"-c {name}={int(limit * 1000)}" for name, limit in limits.items())
    engine = create_engine(
        address.url(),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=spare,
        pool_timeout=wait_s,
        pool_recycle=_RECYCLE_S,
        pool_use_lifo=True,
        hide_parameters=True,
        use_native_hstore=False,
    )

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Dialect, _record: ConnectionPoolEntry, _args: object, known: dict[str, Any]
    ) -> LimitedConnection:
        target: dict[str, Any] = {
            **address.parameters(),
            "context": known.get("context"),
            "connect_timeout": CONNECT_S,
            "tcp_user_timeout": int(_ANSWER_S * 1000),
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "application_name": "CamWatch",
            "client_encoding": "UTF8",
            "gssencmode": "disable",
            "options": options,
        }
        connection = LimitedConnection.connect(**target)
        connection.answer_s = None if statement_s is None else statement_s + 1.0
        return connection

    @event.listens_for(engine, "checkout")
    def try_out(
        connection: LimitedConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        idle_s = time.monotonic() - record.info.get(_USED_AT, time.monotonic())
        if idle_s > _IDLE_S and not _answers(connection):
            raise InvalidatePoolError

    @event.listens_for(engine, "checkin")
    def note(_connection: LimitedConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = time.monotonic()

    return engine


def _answers(connection: LimitedConnection) -> bool:
    before, connection.answer_s = connection.answer_s, _PING_S
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error:
        return False
    finally:
        connection.answer_s = before
    return True


def make_readers(address: ServerAddress) -> Engine:
    """Make what connects those that only read; each has the temporary table `stretch`."""
    engine = make_engine(address, pause_s=_READ_PAUSE_S, size=_READERS, spare=_MORE_READERS)

    @event.listens_for(engine, "connect")
    def prepare(connection: LimitedConnection, _record: ConnectionPoolEntry) -> None:
        connection.autocommit = True
        connection.execute(_STRETCH)
        connection.autocommit = False

    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


_LOCKED_ALONE = text(
    "SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:first, :second)"
)
_LOCKED_BESIDE = text(
    "SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock_shared(:first, :second)"
)


def hold_write_lock(connection: Connection, wait_s: float, *, beside: bool = False) -> None:
    """Wait until nobody else writes, and let nobody else until this transaction ends.

    What stores something reads first what is there. With SQLite it is alone with the file from
    its beginning, so it is with a server.

    Args:
        connection: In a transaction that has done nothing yet.
        wait_s: How long to wait.
        beside: Others who say the same may write at the same time.
    """
    first, second = _WRITE_LOCK
    connection.execute(
        _LOCKED_BESIDE if beside else _LOCKED_ALONE,
        {"wait": f"{int(wait_s * 1000)}ms", "first": first, "second": second},
    )


class ReadingServer:
    """Gives out transactions on a server that only read."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._readers = make_readers(address)
        self._is_closed = False

    @property
    def place(self) -> str:
        """The database in words."""
        return self.address.place

    def _check_open(self) -> None:
        if self._is_closed:
            raise StorageError(
                tr("The connection to {place} is closed because CamWatch ends.", place=self.place)
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the history and cannot change it.

        Raises:
            StorageError: The history cannot be read.
        """
        self._check_open()
        with server_errors(self.place), self._readers.connect() as connection:
            yield connection
            # Not rolled back: only at this the temporary table gives back its room.
            connection.commit()

    def close(self) -> None:
        """Close all connections; harmless when called again."""
        self._is_closed = True
        self._readers.dispose()


class PostgresConnections(ReadingServer):
    """Gives out transactions on a server; for any thread.

    Args:
        address: Of a database that has the present schema.

    Attributes:
        station: The number of this workstation; 0 until it joined.

    Raises:
        StorageError: It cannot be reached.
    """

    def __init__(self, address: ServerAddress) -> None:
        super().__init__(address)
        self.station = 0
        self._lock = threading.Lock()
        self._writer = make_engine(address)

    @contextmanager
    def writing(self, wait_s: float = WAIT_S, *, beside: bool = False) -> Iterator[Connection]:
        """Hold the write lock for one transaction, committed at the end of the block.

        Args:
            wait_s: How long to wait for other threads, and as long again for other programs.
            beside: Other programs may write in the same way at the same time.

        Raises:
            StorageError: Nothing of the block was stored; or the connection was lost while it
                was to be stored, and then nobody knows.
        """
        if not self._lock.acquire(timeout=wait_s):
            raise busy(self.place, "another part of CamWatch is still writing")
        try:
            self._check_open()
            with server_errors(self.place), self._writer.begin() as connection:
                hold_write_lock(connection, wait_s, beside=beside)
                yield connection
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close all connections; harmless when called again."""
        with self._lock:
            super().close()
            self._writer.dispose()
