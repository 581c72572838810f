"""What SQLite and the system report, in words; bugs pass unchanged."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from camwatch.data.faults import storage_errors
from camwatch.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DiskFailing,
    DiskFull,
    StorageError,
)

pytestmark = pytest.mark.sqlite_only

FILE = Path("/srv/history/camwatch.sqlite3")


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, DatabaseBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseBusy),
        (sqlite3.SQLITE_LOCKED, DatabaseBusy),
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_IOERR_FSYNC, DiskFailing),
        (sqlite3.SQLITE_CORRUPT, DatabaseDamaged),
        (sqlite3.SQLITE_NOTADB, DatabaseDamaged),
        (sqlite3.SQLITE_READONLY_DBMOVED, DatabaseReadOnly),
        (sqlite3.SQLITE_CANTOPEN, StorageError),
    ],
)
def test_each_code_has_its_kind_and_names_the_file(code: int, kind: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, storage_errors(FILE):
        raise sqlite_error(code)
    assert type(caught.value) is kind
    assert str(FILE) in str(caught.value)
    assert "what SQLite says" in str(caught.value)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EROFS, DatabaseReadOnly),
        (errno.EACCES, DatabaseReadOnly),
        (errno.EIO, DiskFailing),
        (errno.ENOENT, StorageError),
    ],
)
def test_trouble_of_the_system_is_told_alike(number: int, kind: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, storage_errors(FILE):
        raise OSError(number, "what the system says")
    assert type(caught.value) is kind
    assert "what the system says" in str(caught.value)


@pytest.mark.parametrize(
    "bug",
    [
        sqlite_error(sqlite3.SQLITE_ERROR),
        sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE),
        sqlite_error(sqlite3.SQLITE_MISUSE),
        sqlite3.ProgrammingError("without a code"),
        ValueError("not the disk's fault"),
    ],
)
def test_a_bug_stays_a_bug(bug: Exception) -> None:
    with pytest.raises(type(bug)) as caught, storage_errors(FILE):
        raise bug
    assert caught.value is bug
