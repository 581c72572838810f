"""Puts another file in the place of a history; the one that was there is kept under a new name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from camwatch.data.backups import look_at
from camwatch.data.connections import create_if_missing
from camwatch.data.copying import check_copy, write_through
from camwatch.data.faults import full, no_copy, storage_errors
from camwatch.data.soundness import set_aside
from camwatch.data.upgrade import bring_up_to_date

_PARTS = ("", "-wal", "-shm", "-journal")
_SPARE_BYTES = 16 * 1024 * 1024


@contextmanager
def aside(file: Path) -> Iterator[Path]:
    """Give the name of a file beside the history that is gone at the end of the block."""
    unfinished = file.with_name(f"{file.name}.part")
    _remove(unfinished)
    try:
        yield unfinished
    finally:
        _remove(unfinished)


def verdict_of(copy: Path) -> str:
    """Look whether a file that nobody uses is a history, or a copy of one.

    Returns:
        "ok", or why it is not.

    Raises:
        StorageError: It cannot be read.
    """
    with storage_errors(copy):
        verdict = look_at(copy)
    return verdict if verdict != "ok" else check_copy(copy)


def restore(copy: Path, file: Path, at: datetime) -> Path:
    """Put a copy, which stays, in the place of the history.

    Returns:
        What the history that was there is called now.

    Raises:
        DatabaseDamaged: The copy has faults; nothing was changed.
        DiskFull: There is no room for it; likewise.
        StorageError: It cannot be done; likewise.
    """
    with aside(file) as unfinished:
        with storage_errors(file):
            needed = copy.stat().st_size + _SPARE_BYTES
            free = shutil.disk_usage(file.parent).free
            if free < needed:
                raise full(
                    file, f"{needed / 2**20:.0f} MiB are needed, {free / 2**20:.0f} are free"
                )
            create_if_missing(unfinished)
            shutil.copyfile(copy, unfinished)
        verdict = check_copy(unfinished)
        if verdict != "ok":
            raise no_copy(copy, verdict)
        return replace(unfinished, file, at)


def replace(finished: Path, file: Path, at: datetime) -> Path:
    """Put a finished file, which has no log beside it, in the place of the history.

    Returns:
        What the history that was there is called now.

    Raises:
        StorageError: It cannot be done.
    """
    with storage_errors(file):
        write_through(finished)
        moved = set_aside(file, at)
        finished.rename(file)
        write_through(file.parent)
        return moved


def begin_anew(file: Path, at: datetime) -> Path:
    """Set the history aside and make a new one.

    It is made here: beside copies, a file that is missing or empty would be taken for lost.

    Returns:
        What the history that was there is called now.

    Raises:
        StorageError: It cannot be done.
    """
    moved = set_aside(file, at)
    create_if_missing(file)
    bring_up_to_date(file)
    return moved


def _remove(unfinished: Path) -> None:
    for part in _PARTS:
        with storage_errors(unfinished):
            unfinished.with_name(unfinished.name + part).unlink(missing_ok=True)
