"""How large the history is, what of it is free, and how free room goes back to the disk."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from camwatch.data.connections import Connections
from camwatch.data.faults import storage_errors
from camwatch.data.store import Store

SOUND_SQLITE = (3, 51, 3)
"""From this version on SQLite cannot damage a file of which two connections write at once."""

_WANTED_S = 0.02
_FIRST_PAGES = 100
_FEWEST_PAGES = 10
_MOST_PAGES = 2000
_SHARE_LEFT = 0.05
_LEAST_LEFT_BYTES = 16 * 2**20
_WAIT_S = 2.0
_REBUILT_BYTES_PER_S = 60 * 2**20
"""A slow disk writes about so much while a file is written anew."""

_ROOM_FOR_REBUILDING = 2.2
"""Writing a file anew needs so many times its size: once in the journal, once in its copy."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What holds the history.

    Attributes:
        engine: "SQLite" or "PostgreSQL".
        version: As it says itself.
        file_bytes: How large the history is.
        unused_bytes: Room inside the file that the next rows use again.
        free_bytes: Room on its disk; None if that cannot be known.
        can_shrink: The file gives room back by itself; true where there is no file.
        rebuild_s: About so long it takes to make it so; recording waits meanwhile.
    """

    engine: str
    version: str
    file_bytes: int
    unused_bytes: int
    free_bytes: int | None
    can_shrink: bool
    rebuild_s: float = 0.0

    @property
    def is_old_sqlite(self) -> bool:
        """True for a version that has the fault of `SOUND_SQLITE`."""
        if self.engine != "SQLite":
            return False
        return tuple(int(part) for part in self.version.split(".")) < SOUND_SQLITE


class RoomRepository:
    """The room of one history."""

    def __init__(
        self, connections: Store, clock_s: Callable[[], float] = time.perf_counter
    ) -> None:
        self._connections = connections
        self._clock_s = clock_s

    def facts(self) -> EngineFacts:
        """Return what holds the history, and how large it is.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            if connection.dialect.name == "postgresql":
                return _server_facts(connection)
            page_bytes = _pragma(connection, "page_size")
            pages = _pragma(connection, "page_count")
            unused = _pragma(connection, "freelist_count")
            can_shrink = _pragma(connection, "auto_vacuum") != 0
        file = Path(self._connections.place)
        with storage_errors(file):
            free = shutil.disk_usage(file.parent).free
            beside = sum(
                part.stat().st_size
                for part in (file.with_name(f"{file.name}-wal"),)
                if part.exists()
            )
        size = pages * page_bytes
        return EngineFacts(
            engine="SQLite",
            version=sqlite3.sqlite_version,
            file_bytes=size + beside,
            unused_bytes=unused * page_bytes,
            free_bytes=free,
            can_shrink=can_shrink,
            rebuild_s=1 + (size - unused * page_bytes) / _REBUILT_BYTES_PER_S,
        )

    def give_back(self, *, all_of_it: bool = False) -> Iterator[float]:
        """Give unused room back to the disk, a small step each time a value is asked for.

        A little is left for the rows of the next days, which would only take it again.

        Args:
            all_of_it: Leave nothing, for a disk that is full.

        Yields:
            How long nobody else could write, seconds.

        Raises:
            StorageError: The step was not done.
        """
        facts = self.facts()
        if facts.engine != "SQLite" or not facts.can_shrink:
            return
        left = max(int(facts.file_bytes * _SHARE_LEFT), _LEAST_LEFT_BYTES)
        # Not for each small amount: only what is twice as much as may stay is given back.
        if not all_of_it and facts.unused_bytes < 2 * left:
            return
        with self._connections.reading() as connection:
            least = 0 if all_of_it else left // _pragma(connection, "page_size")
        pages = _FIRST_PAGES
        while (held_s := self._give_some_back(pages, least)) is not None:
            if held_s > _WANTED_S:
                pages = max(_FEWEST_PAGES, pages // 2)
            elif held_s < _WANTED_S / 2:
                pages = min(_MOST_PAGES, pages * 2)
            yield held_s

    def _give_some_back(self, pages: int, least: int) -> float | None:
        """Give some pages back; return how long that took, None if there are no more to give."""
        if not isinstance(self._connections, Connections):
            return None
        with self._connections.maintaining(_WAIT_S) as connection:
            (unused,) = connection.execute("PRAGMA freelist_count").fetchone()
            todo = min(pages, unused - least)
            if todo <= 0:
                return None
            began_s = self._clock_s()
            # It gives back one page a row, and has no columns: `execute` stops after the first.
            connection.executescript(f"PRAGMA incremental_vacuum({todo})")
            return self._clock_s() - began_s

    def can_rebuild(self) -> bool:
        """Tell whether the file should be written anew, and there is room for that."""
        facts = self.facts()
        if facts.can_shrink or facts.free_bytes is None:
            return False
        return facts.free_bytes > _ROOM_FOR_REBUILDING * facts.file_bytes

    def rebuild(self) -> None:
        """Write the file anew, so that it can give room back from then on; takes a while.

        Nothing else can be written meanwhile. After a power cut the file is as it was.

        Raises:
            StorageError: The file is as it was.
        """
        if not isinstance(self._connections, Connections):
            return  # a server has no file of ours
        with self._connections.maintaining() as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")

    def tune(self) -> None:
        """Let the database learn anew how its rows are spread, where that has changed.

        Raises:
            StorageError: It has learnt nothing.
        """
        with self._connections.writing(_WAIT_S) as connection:
            if connection.dialect.name == "postgresql":
                return  # it does so by itself
            # Looks at a few rows of each index only; the largest tables are looked at quickly.
            connection.exec_driver_sql("PRAGMA analysis_limit = 400")
            connection.exec_driver_sql("PRAGMA optimize").fetchall()


def _pragma(connection: Connection, name: str) -> int:
    value: int = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    return value


def _server_facts(connection: Connection) -> EngineFacts:
    size = select(func.pg_database_size(func.current_database()))
    version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    return EngineFacts(
        engine="PostgreSQL",
        version=str(version).split(" ", maxsplit=1)[0],
        file_bytes=int(connection.execute(size).scalar_one()),
        unused_bytes=0,
        free_bytes=None,
        can_shrink=True,
    )
