"""Deletes a tenth of a large history while its recorder goes on: who waits, and for how long.

    python -m benchmarks.retention --rows 20000000 --json

Fills a file with that many samples of 64 cameras and their minutes, then deletes the oldest tenth
as the housekeeper does. Meanwhile another thread saves a batch of 64 samples ten times a second, as
a recorder does once a second, and measures how long each takes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.data.connections import open_raw
from camwatch.data.engine import Database
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.domain import CameraId, CameraSettings, Sample
from camwatch.history.housework import rest_s
from camwatch.history.keeping import Retention

_CAMERAS = 64
_EVERY_S = 0.1
_DAY_MS = 86_400_000
_OLD_DAYS = 20


def _settings(number: int) -> CameraSettings:
    return CameraSettings(
        name=f"Camera {number}",
        location="Here",
        host="10.0.0.7",
        port=80,
        scheme="http",
        base_path="",
        snapshot_path="/snapshot",
        status_path="",
        username="",
        interval_s=1.0,
        allow_local=True,
        allow_basic=True,
        is_enabled=False,
        site="",
    )


def _fill(file: Path, cameras: list[CameraId], rows: int, now: datetime) -> None:
    """Spread samples evenly over twenty days, a tenth of them older than eighteen."""
    each = rows // len(cameras)
    first = to_ms(now) - _OLD_DAYS * _DAY_MS
    step = _OLD_DAYS * _DAY_MS // each
    with closing(open_raw(file, "rw")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for camera_id in cameras:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1) "
                "INSERT INTO sample (camera_id, ts, count, confidence, processing_us, "
                "interval_ms, shown) "
                "SELECT ?, ? + i * ?, i % 9, 700 + i % 97, 14000 + i % 997, 1000, i % 9 FROM n",
                (each, camera_id, first, step),
            )
            connection.execute(
                "INSERT INTO minute (camera_id, minute, samples, count_sum, count_min, count_max, "
                "people_ms, covered_ms, confidence_sum) "
                f"SELECT camera_id, ts / {MINUTE_MS}, count(*), sum(count), min(count), "
                "max(count), sum(count * interval_ms), sum(interval_ms), sum(confidence) "
                f"FROM sample WHERE camera_id = ? GROUP BY ts / {MINUTE_MS}",
                (camera_id,),
            )
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _Recorder(threading.Thread):
    """Saves batches until told to stop, and keeps how long each took."""

    def __init__(self, database: Database, cameras: list[CameraId], now: datetime) -> None:
        super().__init__()
        self._database = database
        self._cameras = cameras
        self._at = now
        self.ends = threading.Event()
        self.took_s: list[float] = []

    def run(self) -> None:
        while not self.ends.wait(_EVERY_S):
            self._at += timedelta(seconds=1)
            batch = [Sample(one, self._at, 3, 0.7, 0.014, 1.0) for one in self._cameras]
            began_s = time.perf_counter()
            self._database.counts.save(batch, [])
            self.took_s.append(time.perf_counter() - began_s)


def measure(file: Path, rows: int) -> dict[str, object]:
    """Fill, delete, and return what was measured."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with Database.open(file) as database:
        cameras = [database.cameras.add(_settings(number)).id for number in range(_CAMERAS)]
    began_s = time.perf_counter()
    _fill(file, cameras, rows, now)
    filled_s = time.perf_counter() - began_s
    with Database.open(file) as database:
        retention = Retention(sample_days=_OLD_DAYS - _OLD_DAYS // 10)
        size = database.room.facts().file_bytes
        began_s = time.perf_counter()
        preview = database.retention.outdated(retention, now)
        preview_s = time.perf_counter() - began_s
        began_s = time.perf_counter()
        database.retention.stock()
        stock_s = time.perf_counter() - began_s
        alone = _Recorder(database, cameras, now)
        alone.start()
        time.sleep(5)
        alone.ends.set()
        alone.join()
        recorder = _Recorder(database, cameras, now + timedelta(hours=1))
        recorder.start()
        began_s = time.perf_counter()
        held, deleted = [], 0
        for step in database.retention.sweep(retention, now):
            held.append(step.held_s)
            deleted += step.rows
            time.sleep(rest_s(step.held_s))
        swept_s = time.perf_counter() - began_s
        unused = database.room.facts().unused_bytes
        began_s = time.perf_counter()
        given = []
        for held_s in database.room.give_back(all_of_it=True):
            given.append(held_s)
            time.sleep(rest_s(held_s))
        given_s = time.perf_counter() - began_s
        recorder.ends.set()
        recorder.join()
        left = database.room.facts()
    return {
        "rows": rows,
        "file_mib": round(size / 2**20, 1),
        "bytes_per_sample": round(size / rows, 1),
        "fill_s": round(filled_s, 1),
        "preview_rows": sum(preview[0].values()),
        "preview_mib": round(preview[1] / 2**20, 1),
        "preview_ms": round(preview_s * 1000),
        "stock_ms": round(stock_s * 1000),
        "deleted": deleted,
        "steps": len(held),
        "sweep_s": round(swept_s, 1),
        "lock_ms": _spread(held),
        "given_back_mib": round((unused - left.unused_bytes) / 2**20, 1),
        "given_back_s": round(given_s, 1),
        "giving_lock_ms": _spread(given),
        "save_ms_alone": _spread(alone.took_s),
        "save_ms_meanwhile": _spread(recorder.took_s),
        "saves_meanwhile": len(recorder.took_s),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    ordered = sorted(one * 1000 for one in seconds)
    return {
        "median": round(statistics.median(ordered), 1),
        "p99": round(ordered[int(0.99 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, help="where the file is made; it is deleted")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        found = measure(Path(folder) / "history.sqlite3", arguments.rows)
    if arguments.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
