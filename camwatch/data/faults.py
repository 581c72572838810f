"""Turns what the disk and SQLite report into errors an operator can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from camwatch.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DiskFailing,
    DiskFull,
    StorageError,
)
from camwatch.language import marked, tr

_PRIMARY = 0xFF  # the low byte of an extended result code is its primary code

_BUSY = (
    DatabaseBusy,
    marked(
        "Another program is using {file} ({detail}). Close that program, or wait until it is done."
    ),
)
_READ_ONLY = (
    DatabaseReadOnly,
    (
        marked(
            "{file} may not be written ({detail}). Allow your account to write this file and its "
            "folder, or choose another folder."
        )
    ),
)
_DAMAGED = (
    DatabaseDamaged,
    (
        marked(
            "{file} is damaged, missing or not a database ({detail}). Start CamWatch, which offers "
            "what can be done and deletes nothing; “camwatch db” does the same without a window."
        )
    ),
)
_FULL = (
    DiskFull,
    (
        marked(
            "There is no room left on the disk that holds {file} ({detail}). Delete or move files you "
            "no longer need."
        )
    ),
)
_DISK = (
    DiskFailing,
    marked(
        "The disk that holds {file} reports an error ({detail}). Check the disk and its connection."
    ),
)
_NOT_OPENED = (
    StorageError,
    marked("{file} cannot be opened ({detail}). Check that its folder exists and is connected."),
)

_BY_CODE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _NOT_OPENED,
}
_BY_ERRNO: dict[int, tuple[type[StorageError], str]] = {
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EIO: _DISK,
}


def damaged(file: Path, detail: str) -> DatabaseDamaged:
    """Return the error for a file that is no sound history, with what to do about it."""
    return DatabaseDamaged(tr(_DAMAGED[1]).format(file=file, detail=detail))


def foreign(file: Path) -> DatabaseDamaged:
    """Return the error for a database that is not of CamWatch: there is nothing to repair."""
    return DatabaseDamaged(
        tr(
            "{file} is a database of another program, and is left as it is. Move it to another "
            "folder, or choose another file or profile for the history.",
            file=file,
        )
    )


def no_copy(copy: Path, detail: str) -> DatabaseDamaged:
    """Return the error for a copy that cannot be put in the place of the history."""
    return DatabaseDamaged(
        tr(
            "{copy} is no sound copy of a history ({detail}), so nothing was changed. Choose another "
            "one; “camwatch db backups” lists them.",
            copy=copy,
            detail=detail,
        )
    )


def read_only(file: Path, detail: str) -> DatabaseReadOnly:
    """Return the error for a file that may not be written, with what to do about it."""
    return DatabaseReadOnly(tr(_READ_ONLY[1]).format(file=file, detail=detail))


def full(file: Path, detail: str) -> DiskFull:
    """Return the error for a disk without enough room, with what to do about it."""
    return DiskFull(tr(_FULL[1]).format(file=file, detail=detail))


def busy(file: Path, detail: str) -> DatabaseBusy:
    """Return the error for a file that somebody else holds, with what to do about it."""
    return DatabaseBusy(tr(_BUSY[1]).format(file=file, detail=detail))


@contextmanager
def storage_errors(file: Path) -> Iterator[None]:
    """Turn trouble with the disk into StorageError; let programming errors pass.

    A broken constraint (IntegrityError) is a programming error: names are checked in
    the transaction that stores them.

    Args:
        file: The database, named in the message.

    Raises:
        StorageError: Or one of its kinds, by the code that SQLite or the system gave.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(origin, "sqlite_errorcode", None)
        known = None if code is None else _BY_CODE.get(code & _PRIMARY)
        if known is None:
            raise
        kind, words = known
        raise kind(tr(words).format(file=file, detail=origin)) from error
    except OSError as error:
        kind, words = _BY_ERRNO.get(error.errno or 0, _NOT_OPENED)
        raise kind(tr(words).format(file=file, detail=error.strerror or error)) from error
