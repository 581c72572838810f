"""Finds out what is wrong with the file of a history, before anything is written into it."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from camwatch.data import backups
from camwatch.data.backups import look_at
from camwatch.data.connections import open_raw
from camwatch.data.copying import open_still, quick_check
from camwatch.data.faults import damaged, storage_errors
from camwatch.data.moments import from_ms
from camwatch.data.schema import APPLICATION_ID
from camwatch.errors import GivenUp
from camwatch.history.repair import Damage, FileFault

log = logging.getLogger(__name__)

_FOREIGN = "it is a database of another program"
_PARTS = ("", "-wal", "-shm", "-journal")


class Unchecked(Exception):
    """The file is too large to be looked through in the time that was given."""


def find_damage(
    file: Path, *, has_copies: bool, within_s: float | None = None, is_whole: bool = False
) -> Damage | None:
    """Look at a file that this process has not opened yet; nothing is written into it.

    What stands in the file's way for another reason, such as a missing right or a lock, is no
    damage: opening it will tell.

    Args:
        file: Absolute.
        has_copies: There are copies of it, so that it was there once.
        within_s: So long it may take; None for as long as it takes.
        is_whole: Compare tables with their indexes, too.

    Returns:
        What is wrong; None if nothing is.

    Raises:
        Unchecked: What could be seen in the time is sound.
    """
    try:
        has_log = _has_log(file)
        seen = _glance(file, has_copies=has_copies, has_log=has_log)
        if seen is not None or not file.exists():
            return seen
        return _look_through(file, has_log, within_s, is_whole=is_whole)
    except (OSError, sqlite3.Error) as error:
        # Locked, or not to be read: opening it says so, in words.
        log.info("%s cannot be looked through: %s", file, error)
        return None


def refuse_lost(file: Path, *, has_copies: bool) -> None:
    """Refuse a file that is gone or empty although it was a history once.

    Opening it would make a new one, and nobody would be asked about the copies any more.

    Args:
        file: Absolute.
        has_copies: There are copies of it.

    Raises:
        DatabaseDamaged: It is lost.
    """
    try:
        seen = _glance(file, has_copies=has_copies, has_log=_has_log(file))
    except OSError as error:
        log.info("%s cannot be looked at: %s", file, error)
        return
    if seen is not None:
        raise damaged(file, seen.detail)


def _glance(file: Path, *, has_copies: bool, has_log: bool) -> Damage | None:
    """Tell what the first page tells.

    Raises:
        OSError: It cannot be read.
    """
    if not file.exists():
        is_lost = has_copies or has_log
        return Damage(FileFault.MISSING, file, "it is not there") if is_lost else None
    match look_at(file):
        case backups.EMPTY:
            is_lost = has_copies or has_log
            return Damage(FileFault.EMPTY, file, backups.EMPTY) if is_lost else None
        case backups.NO_DATABASE:
            return Damage(FileFault.NO_DATABASE, file, backups.NO_DATABASE)
    return None  # the rest of that page may be older than what is in the log


def _look_through(
    file: Path, has_log: bool, within_s: float | None, *, is_whole: bool
) -> Damage | None:
    """Look at all pages.

    Raises:
        Unchecked: What could be seen in the time is sound.
        sqlite3.Error: It cannot be read now.
    """
    ends_s = None if within_s is None else time.monotonic() + within_s

    def is_over() -> bool:
        return ends_s is not None and time.monotonic() > ends_s

    try:
        verdict = _verdict(lambda: open_raw(file, "ro"), is_over, is_whole=is_whole)
        if verdict == "ok":
            return None
        is_the_log = has_log and _verdict(lambda: open_still(file), is_over) == "ok"
    except GivenUp:
        raise Unchecked from None
    if verdict == _FOREIGN and not is_the_log:
        return None  # not ours to repair: opening it says what it is
    fault = FileFault.LOG if is_the_log else FileFault.DAMAGED
    return Damage(fault, file, verdict, newest_entry(file))


def newest_entry(file: Path) -> datetime | None:
    """Return when the newest measurement was that can be read, as far as it is quickly found."""
    newest = None
    try:
        with closing(open_still(file)) as connection:
            for (camera,) in connection.execute("SELECT id FROM camera").fetchall():
                (ts,) = connection.execute(
                    "SELECT max(ts) FROM sample WHERE camera_id = ?", (camera,)
                ).fetchone()
                if isinstance(ts, int):
                    newest = ts if newest is None else max(newest, ts)
    except sqlite3.Error:
        log.info("the newest measurement in %s cannot be read", file)
    try:
        return None if newest is None else from_ms(newest)
    except OverflowError:  # a damaged number
        return None


def set_aside(file: Path, at: datetime, *, only_log: bool = False) -> Path:
    """Give a damaged file, and what belongs to it, another name; nothing is deleted.

    The file goes first: if this is broken off, what is left is never taken for a whole history.

    Args:
        file: Which no process has open.
        at: UTC; in the new name.
        only_log: The file itself stays.

    Returns:
        What the file is called now, or would be.

    Raises:
        StorageError: It cannot be renamed.
    """
    with storage_errors(file):
        aside = file.with_name(f"{file.name}.corrupt-{at:%Y%m%dT%H%M%SZ}")
        number = 1
        while any(aside.with_name(aside.name + part).exists() for part in _PARTS):
            number += 1
            aside = file.with_name(f"{file.name}.corrupt-{at:%Y%m%dT%H%M%SZ}-{number}")
        parts = _PARTS[1:] if only_log else _PARTS
        if not _has_log(file):
            # Left by looking at it: nothing is in the one, and the other is made from it.
            for part in ("-wal", "-shm"):
                file.with_name(file.name + part).unlink(missing_ok=True)
        for part in parts:
            present = file.with_name(file.name + part)
            if present.exists():
                present.rename(aside.with_name(aside.name + part))
        log.info("%s was set aside as %s", file, aside)
        return aside


def _has_log(file: Path) -> bool:
    log_file = file.with_name(f"{file.name}-wal")
    return log_file.exists() and log_file.stat().st_size > 0


def _verdict(
    opened: Callable[[], sqlite3.Connection], is_over: Callable[[], bool], *, is_whole: bool = False
) -> str:
    """Look through what a connection sees.

    Raises:
        GivenUp: The time was over.
        sqlite3.Error: It cannot be read, but is not known to be damaged.
    """
    with closing(opened()) as connection:
        try:
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in {
                sqlite3.SQLITE_CORRUPT,
                sqlite3.SQLITE_NOTADB,
            }:
                return str(error)
            raise
        if tables and application != APPLICATION_ID:
            return _FOREIGN
        return quick_check(connection, is_over, is_whole=is_whole)
