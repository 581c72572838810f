"""Writes the history into files, for the commands and for the command line."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from camwatch import language
from camwatch.accuracy.keeping import disk_errors
from camwatch.commands.camera_bulk import Progress
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.export import ExportRepository
from camwatch.data.export_files import (
    NO_PARQUET,
    XLSX_MOST_ROWS,
    file_bytes,
    has_parquet,
    row_file,
)
from camwatch.errors import CamWatchError, FilesDiskFull, GivenUp, InvalidSetting
from camwatch.files import writing_aside
from camwatch.history.exports import ExportKind, ExportPreview, ExportRequest
from camwatch.language import tr

ACTION = "export_history"

KEEP_FREE_BYTES = 1024 * 1024 * 1024
"""So much of a disk is left to others, above all to the history, which may be on it.

It is where the alert about a disk that runs low usually begins: exports are refused first.
"""


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """What exporting stands on.

    Attributes:
        stored: The history.
        trail: The audit log.
        clock: The wall clock, aware UTC.
    """

    stored: ExportRepository
    trail: Trail
    clock: Callable[[], datetime]

    def preview(self, request: ExportRequest, file: Path | None) -> ExportPreview:
        """Tell what an export would write, and whether there is room for it.

        Args:
            request: What.
            file: Where; None if that is not known yet.

        Raises:
            InvalidSetting: The stretch of time is empty.
            StorageError: The history cannot be read.
        """
        _check_time(request)
        rows = self.stored.estimate(request)
        size = file_bytes(request, rows)
        trouble = _kind_trouble(request, rows)
        if not trouble and file is not None:
            trouble = _room_trouble(file.parent, size)
        return ExportPreview(rows, size, trouble)

    def export(
        self,
        actor: str,
        request: ExportRequest,
        file: Path,
        progress: Progress,
        cancelled: threading.Event,
    ) -> int:
        """Write a file, beside its place first; return how many rows. See `Commands`.

        Raises:
            InvalidSetting: The stretch of time is empty, or the kind of file does not do.
            GivenUp: It was cancelled; no file was changed.
            FilesDiskFull: There is too little room; likewise.
            FilesTroubled: It cannot be written; likewise.
            StorageError: The history cannot be read, or the audit log not be written.
        """
        _check_time(request)
        expected = self.stored.estimate(request)
        if trouble := _kind_trouble(request, expected):
            raise InvalidSetting("file_kind", trouble)
        if trouble := _room_trouble(file.parent, file_bytes(request, expected)):
            raise FilesDiskFull(trouble)
        self.trail.record(actor, ACTION, file.name, DONE, **_facts(request))
        try:
            with disk_errors(file):
                count = self._write(request, file, expected, progress, cancelled)
        except CamWatchError as error:
            why = "cancelled" if isinstance(error, GivenUp) else error.type
            self.trail.try_to_record(actor, ACTION, file.name, FAILED, reason=why)
            raise
        return count

    def _write(
        self,
        request: ExportRequest,
        file: Path,
        expected: int,
        progress: Progress,
        cancelled: threading.Event,
    ) -> int:
        count = 0
        progress(0, expected)
        with (
            writing_aside(file) as stream,
            row_file(request, stream, file.parent) as made,
        ):
            for rows in self.stored.rows(request):
                if cancelled.is_set():
                    raise GivenUp
                made.write(rows)
                count += len(rows)
                progress(count, max(expected, count))
                if _free(file.parent) < KEEP_FREE_BYTES // 2:
                    raise FilesDiskFull(
                        tr(
                            "the disk of {parent} is nearly full; the export was given up so "
                            "that saving can go on",
                            parent=file.parent,
                        )
                    )
            if cancelled.is_set():
                raise GivenUp
        progress(count, count)
        return count


def _check_time(request: ExportRequest) -> None:
    if request.end <= request.start:
        raise InvalidSetting("export_end", tr("must be later than the start"))


def _kind_trouble(request: ExportRequest, rows: int) -> str:
    """Say why a kind of file cannot be written; "" if it can."""
    if request.kind is ExportKind.PARQUET and not has_parquet():
        return NO_PARQUET
    if request.kind is ExportKind.XLSX and rows > XLSX_MOST_ROWS:
        return tr(
            "cannot hold about {rows:,} rows: a workbook takes {xlsx_most_rows:,}; choose CSV or "
            "Parquet, longer steps or a shorter time",
            rows=rows,
            xlsx_most_rows=XLSX_MOST_ROWS,
        )
    return ""


def _room_trouble(folder: Path, size: int) -> str:
    """Say that there is too little room in a folder; "" if there is enough, or nobody knows."""
    try:
        free = _free(folder)
    except OSError:
        return ""  # writing will tell what is wrong with the folder
    if free - size >= KEEP_FREE_BYTES:
        return ""
    return tr(
        "there is too little room: about {megabytes} are needed and "
        "{megabytes2} must stay free, but {folder} has only {megabytes3}; "
        "delete or move files, or choose another folder",
        megabytes=megabytes(size),
        megabytes2=megabytes(KEEP_FREE_BYTES),
        folder=folder,
        megabytes3=megabytes(free),
    )


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def megabytes(size: int) -> str:
    """Return a size in the unit that reads best."""
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 10**power:
            return f"{language.number(size / 10**power, '.3g')} {unit}"
    return tr("{size} bytes", size=size)


def _facts(request: ExportRequest) -> dict[str, str]:
    """Return what was asked for, as it stands in the audit log."""
    ids = request.camera_ids
    return {
        "content": request.content.value,
        "kind": request.kind.value,
        "start": request.start.isoformat(),
        "end": request.end.isoformat(),
        "size": request.size.value,
        "zone": request.zone.key,
        "cameras": "all" if ids is None else ", ".join(str(one) for one in ids[:50]),
        "numbers": "as corrected" if request.with_corrections else "as measured",
    }
