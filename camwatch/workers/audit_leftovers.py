"""What earlier runs left of recordings for audits: kept while it is of use, deleted when old."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from camwatch.accuracy.folder import DESCRIPTION
from camwatch.accuracy.keeping import disk_errors, read_status, write_status
from camwatch.accuracy.plan import KEPT_FOR, RecordingEnd, RecordingState, RecordingStatus
from camwatch.errors import CamWatchError, StorageError

log = logging.getLogger(__name__)


def find_recordings(folder: Path, now: datetime) -> Sequence[RecordingStatus]:
    """Return what earlier runs left; old recordings, and what is of no use, are deleted.

    Args:
        folder: Of all recordings; need not be there.
        now: UTC.

    Raises:
        StorageError: The folder cannot be read.
    """
    found = []
    with disk_errors(folder):
        places = [one for one in folder.iterdir() if one.is_dir()] if folder.is_dir() else []
    for place in places:
        try:
            status = read_status(place)
        except CamWatchError as error:
            log.info("%s is no recording: %s", place.name, error)
            status = None
        try:
            kept = _tidied(place, status, now)
        except StorageError as error:
            log.warning("a recording cannot be tidied up: %s [%s]", error, error.error_id)
            continue
        if kept is not None:
            found.append(kept)
    return found


def _tidied(place: Path, status: RecordingStatus | None, now: datetime) -> RecordingStatus | None:
    """Return what a folder holds, None if that is nothing; delete what is old or of no use."""
    if status is None:
        with disk_errors(place):
            age_s = now.timestamp() - place.stat().st_mtime
        if age_s > KEPT_FOR.total_seconds():
            delete_recording(place)
        return None
    if status.state is RecordingState.KEPT:
        return status
    if now - (status.ended_at or status.started_at) > KEPT_FOR:
        log.info("a recording of %s is older than 7 days and deleted", status.started_at.date())
        delete_recording(place)
        return replace(status, state=RecordingState.EXPIRED)
    if status.state is RecordingState.RUNNING:
        if not (place / DESCRIPTION).is_file():
            delete_recording(place)  # CamWatch ended before the first picture
            return None
        with disk_errors(place):
            last_s = (place / DESCRIPTION).stat().st_mtime
        status = replace(
            status,
            state=RecordingState.READY,
            ended_at=max(datetime.fromtimestamp(last_s, UTC), status.started_at),
            end=RecordingEnd.INTERRUPTED,
        )
        write_status(place, status)
    return status


def delete_recording(folder: Path) -> None:
    """Delete a recording with its pictures; harmless when it is gone already.

    Raises:
        StorageError: It cannot be deleted.
    """
    with disk_errors(folder):
        if folder.exists():
            shutil.rmtree(folder)
