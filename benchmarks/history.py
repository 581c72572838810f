"""Measures the history on this machine: saving, size on disk, and questions of the charts.

Prints one JSON object. Run from the checkout: python benchmarks/history.py
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, Camera, CameraId, CameraSettings, Sample

START = datetime(2025, 1, 1, tzinfo=UTC)
CAMERAS = 64
BULK = 1000
YEAR = timedelta(days=365)
BERLIN = ZoneInfo("Europe/Berlin")


def samples(cameras: list[Camera], rows: int) -> list[Sample]:
    """Return one sample a second and camera, until there are enough."""
    return [
        Sample(
            cameras[number % len(cameras)].id,
            START + timedelta(seconds=number // len(cameras)),
            number % 13,
            0.6,
            0.014,
            1.0,
        )
        for number in range(rows)
    ]


def rows_per_s(database: Database, rows: list[Sample], batch: int) -> float:
    """Save all rows in batches of this size; return the speed."""
    start_s = time.perf_counter()
    for first in range(0, len(rows), batch):
        database.counts.save(rows[first : first + batch], [])
    return len(rows) / (time.perf_counter() - start_s)


def median_ms(question: Callable[[], object], times: int = 5) -> float:
    """Ask several times; return the median time."""
    found = []
    for _ in range(times):
        start_s = time.perf_counter()
        question()
        found.append((time.perf_counter() - start_s) * 1000)
    return round(statistics.median(found), 1)


def measure_saving(folder: Path, rows: int) -> dict[str, float]:
    """Save the rows in large batches, and some more as they come in daily use."""
    with Database.open(folder / "saving.sqlite3", clock=lambda: START + YEAR) as database:
        cameras = [database.cameras.add(_settings(number)) for number in range(CAMERAS)]
        every = samples(cameras, rows + rows // 10)
        bulk = rows_per_s(database, every[:rows], BULK)
        seconds = rows_per_s(database, every[rows:], CAMERAS)
        again = rows_per_s(database, every[:BULK], BULK)
        file = database.file
        hour_ms = median_ms(
            lambda: database.counts.series(None, START, START + timedelta(hours=1), 10)
        )
    return {
        "rows": rows,
        "write_rows_per_s": round(bulk),
        "write_rows_per_s_of_a_second": round(seconds),
        "write_rows_per_s_repeated": round(again),
        "bytes_per_row": round(file.stat().st_size / len(every), 1),
        "live_hour_ms": hour_ms,
    }


def measure_questions(folder: Path) -> dict[str, float]:
    """Ask for charts of one camera with a year of minutes, and of 64 with a day of them."""
    with Database.open(folder / "year.sqlite3", clock=lambda: START + YEAR) as database:
        cameras = [database.cameras.add(_settings(number)) for number in range(CAMERAS)]
        day = timedelta(days=1)
        for camera in cameras:
            minutes = (YEAR if camera is cameras[0] else day) // timedelta(minutes=1)
            rows = [
                Sample(camera.id, START + timedelta(minutes=n), n % 13, 0.6, 0.014, 60.0)
                for n in range(minutes)
            ]
            rows_per_s(database, rows, 20_000)
        one = [cameras[0].id]

        def ask(
            ids: list[CameraId] | None, size: BucketSize, length: timedelta
        ) -> Callable[[], object]:
            return lambda: database.counts.buckets(ids, size, START, START + length, BERLIN)

        return {
            "day": median_ms(ask(one, BucketSize.MINUTE, day)),
            "day_all": median_ms(ask(None, BucketSize.MINUTE, day)),
            "day_all_hours": median_ms(ask(None, BucketSize.HOUR, day)),
            "month": median_ms(ask(one, BucketSize.HOUR, timedelta(days=31))),
            "year": median_ms(ask(one, BucketSize.DAY, YEAR)),
            "heatmap": median_ms(ask(one, BucketSize.HOUR, YEAR)),
        }


def _settings(number: int) -> CameraSettings:
    return CameraSettings(name=f"Camera {number}", location="Benchmark", host="192.0.2.1")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="samples to save")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, object] = dict(measure_saving(Path(folder), rows))
        found["queries_ms"] = measure_questions(Path(folder))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
