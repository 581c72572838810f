"""Copies a history that is in use, page by page, and looks for faults in the copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from camwatch.data.connections import create_if_missing, open_raw
from camwatch.data.faults import damaged, full, storage_errors
from camwatch.errors import GivenUp
from camwatch.language import tr

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""

_PAGES = 1000
"""So many pages at once: about 4 MB, a few hundredths of a second of an ordinary disk."""

_PAUSE_S = 0.02
"""The disk belongs to the recorder for so long between two such pieces."""

_SPARE_BYTES = 64 * 1024 * 1024
"""What must still be free after a copy: the history itself goes on to grow."""

_ASK_S = 0.02
"""So often it is asked whether a check is to go on."""


def copy_database(
    file: Path,
    copy: Path,
    *,
    progress: Progress | None = None,
    is_given_up: Callable[[], bool] = lambda: False,
    pause_s: float = _PAUSE_S,
) -> None:
    """Make a checked copy; what stands in its place is replaced only by a complete, sound one.

    It reads through a connection that cannot write, in one transaction: so it sees one moment,
    is never begun anew by what is written meanwhile, and does no checkpoint that could meet
    another one. Writers do not wait for it. The log of the history cannot be emptied before it
    is done, and grows by what is written meanwhile.

    Args:
        file: The history; another connection may be writing into it.
        copy: Absolute; its folder exists.
        progress: Told of pages.
        is_given_up: Asked again and again; True ends it, and leaves nothing behind.
        pause_s: How long the disk is left alone between two pieces.

    Raises:
        DatabaseDamaged: The history has faults inside.
        DiskFull: The folder of the copy has no room for it.
        GivenUp: As asked for.
        StorageError: It cannot be read, or the copy not be written.
    """
    with storage_errors(file):
        _check_room(file, copy)
    unfinished = copy.with_name(f"{copy.name}.part")
    try:
        with storage_errors(copy):
            unfinished.unlink(missing_ok=True)
        create_if_missing(unfinished)

        def take_turn(_status: int, remaining: int, total: int) -> None:
            if is_given_up():
                raise GivenUp
            if progress is not None:
                progress(total - remaining, total)
            if remaining:
                time.sleep(pause_s)

        with storage_errors(file), closing(open_raw(file, "ro")) as source:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(open_raw(unfinished, "rw")) as target:
                # Nobody else knows this file yet, and it is written through at the end.
                target.execute("PRAGMA journal_mode = OFF")
                target.execute("PRAGMA synchronous = OFF")
                source.backup(target, pages=_PAGES, progress=take_turn)
        verdict = check_copy(unfinished, is_given_up=is_given_up)
        if verdict != "ok":
            raise damaged(file, verdict)
        with storage_errors(copy):
            write_through(unfinished)
            unfinished.replace(copy)
            write_through(copy.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def check_copy(copy: Path, *, is_given_up: Callable[[], bool] = lambda: False) -> str:
    """Look for faults inside a file that nobody changes; nothing is made beside it.

    Returns:
        "ok", or what is wrong.

    Raises:
        GivenUp: As asked for.
        StorageError: It cannot be read.
    """
    with storage_errors(copy), closing(open_still(copy)) as connection:
        return quick_check(connection, is_given_up)


def open_still(file: Path) -> sqlite3.Connection:
    """Open a file that nobody changes, as it stands: without its log, and without locks."""
    return sqlite3.connect(
        f"{file.as_uri()}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )


def quick_check(
    connection: sqlite3.Connection,
    is_given_up: Callable[[], bool] = lambda: False,
    *,
    is_whole: bool = False,
) -> str:
    """Look for faults inside what a connection sees.

    Args:
        connection: Any.
        is_given_up: Asked again and again, in another thread; True ends it.
        is_whole: Compare tables with their indexes, too, which takes several times as long
            and finds more.

    Returns:
        "ok", or what is wrong.

    Raises:
        GivenUp: As asked for.
        sqlite3.Error: It cannot be read for another reason than being damaged.
    """
    if is_given_up():
        raise GivenUp
    connection.execute("PRAGMA cell_size_check = ON")
    name = "integrity_check" if is_whole else "quick_check"
    try:
        with _broken_off(connection, is_given_up):
            found = connection.execute(f"PRAGMA {name}(10)").fetchall()
    except sqlite3.DatabaseError as error:
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_INTERRUPT:
                raise GivenUp from error
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return str(error)  # so badly that the check itself broke off
        raise
    return "; ".join(str(line) for (line,) in found)


@contextmanager
def _broken_off(connection: sqlite3.Connection, is_given_up: Callable[[], bool]) -> Iterator[None]:
    """Break off what a connection does here as soon as it is given up.

    A progress handler would not do: SQLite walks through a whole table in one of its steps, and
    asks for none meanwhile; with ten million measurements that is seconds.
    """
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(_ASK_S):
            if is_given_up():
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="check watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_done.set()
        watcher.join()


def write_through(place: Path) -> None:
    """Let what was written to a file, or into a folder, outlast a power cut.

    Never on a file that SQLite has open in this process: closing it would drop SQLite's locks.
    """
    if place.is_dir() and os.name != "posix":
        return  # a folder cannot be opened there
    handle = os.open(place, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_room(file: Path, copy: Path) -> None:
    """Refuse a copy for which there is no room, before it takes the last."""
    log = file.with_name(f"{file.name}-wal")
    needed = file.stat().st_size + (log.stat().st_size if log.exists() else 0)
    free = shutil.disk_usage(copy.parent).free
    if free < needed + _SPARE_BYTES:
        raise full(
            copy,
            tr(
                "the copy needs {value:.0f} MiB and {value2:.0f} MiB to spare, "
                "and {value3:.0f} MiB are free",
                value=needed / 2**20,
                value2=_SPARE_BYTES / 2**20,
                value3=free / 2**20,
            ),
        )
