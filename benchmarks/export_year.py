"""Writes a year of minutes of many cameras, and watches the memory: python benchmarks/export_year.py.

Args on the command line: cameras in all, and how many of them have counts in every minute.
The rows go to nowhere but are made in full; Parquet goes to a file.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import RawIOBase
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import psutil
from sqlalchemy import insert

from camwatch.data.engine import Database
from camwatch.data.export_files import row_file
from camwatch.data.schema import minute
from camwatch.domain import BucketSize, CameraSettings
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
_AT_ONCE = 50_000


class Nowhere(RawIOBase):
    """Counts what is written."""

    size = 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Take it."""
        self.size += len(data)
        return len(data)


class Memory:
    """Looks ten times a second how much memory this process has."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.before = self.most = self._process.memory_info().rss
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ends.wait(0.1):
            self.most = max(self.most, self._process.memory_info().rss)


def minutes(camera_id: int) -> Iterator[dict[str, int]]:
    """Yield the minutes of a year."""
    first = int(START.timestamp()) // 60
    for at in range(first, first + DAYS * 1440):
        count = at * (camera_id + 7) % 13
        yield {
            "camera_id": camera_id,
            "minute": at,
            "samples": 60,
            "count_sum": count * 60,
            "count_min": 0,
            "count_max": count + 2,
            "people_ms": count * 60_000,
            "covered_ms": 60_000,
            "confidence_sum": 30_000,
            "carried_ms": 1000,
            "flagged_ms": 1000 if at % 10 == 0 else 0,
        }


def fill(database: Database, cameras: int, counted: int) -> None:
    """Put the cameras and the minutes in."""
    for number in range(cameras):
        camera = database.cameras.add(
            CameraSettings(f"Camera {number:02}", "Hall", f"10.0.0.{number}")
        )
        if number >= counted:
            continue
        batch: list[dict[str, int]] = []
        for row in minutes(camera.id):
            batch.append(row)
            if len(batch) == _AT_ONCE:
                put(database, batch)
        put(database, batch)


def put(database: Database, batch: list[dict[str, int]]) -> None:
    """Store rows, and forget them."""
    if batch:
        with database._connections.writing() as connection:  # noqa: SLF001 - faster than counting
            connection.execute(insert(minute), batch)
        batch.clear()


def main() -> None:
    """Measure, and print one JSON object."""
    cameras, counted = (int(one) for one in (*sys.argv[1:3], "64", "4")[:2])
    found: dict[str, object] = {"cameras": cameras, "counted": counted}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        end = START + timedelta(days=DAYS)
        with Database.open(folder / "a.sqlite3", clock=lambda: START) as database:
            fill(database, cameras, counted)
        with Database.open(folder / "a.sqlite3", clock=lambda: end) as database:
            request = ExportRequest(
                ExportContent.COUNTS,
                ExportKind.CSV,
                None,
                START,
                end,
                BucketSize.MINUTE,
                ZoneInfo("Europe/Berlin"),
            )
            for kind in (ExportKind.CSV, ExportKind.PARQUET):
                found[kind.value] = measured(database, replace(request, kind=kind), folder)
    print(json.dumps(found))


def measured(database: Database, request: ExportRequest, folder: Path) -> dict[str, object]:
    """Write once."""
    rows, begin = 0, time.perf_counter()
    with Memory() as memory:
        if request.kind is ExportKind.CSV:
            stream = Nowhere()
            with row_file(request, stream, folder) as made:  # type: ignore[arg-type]
                for part in database.exports.rows(request):
                    made.write(part)
                    rows += len(part)
            size = stream.size
        else:
            file = folder / "year.parquet"
            with file.open("wb") as target, row_file(request, target, folder) as made:
                for part in database.exports.rows(request):
                    made.write(part)
                    rows += len(part)
            size = file.stat().st_size
    took_s = time.perf_counter() - begin
    return {
        "rows": rows,
        "bytes_per_row": round(size / max(rows, 1), 1),
        "rows_per_s": round(rows / took_s),
        "grew_mib": round((memory.most - memory.before) / 2**20, 1),
    }


if __name__ == "__main__":
    main()
