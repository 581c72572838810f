"""Measures the recorder: 200 cameras counted once a second, saved as in a run of the program.

    python benchmarks/recorder.py --minutes 10 --json

Counts come over the bus in a thread of their own; the real recorder saves them into a real
history. Prints how many rows are missing, what the recorder's thread took of one core, how large
the write-ahead log became, and how long a batch took.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication

from camwatch.data.engine import Database
from camwatch.data.reserve import Reserve
from camwatch.data.spool import Spool
from camwatch.domain import CameraId, CameraSettings, utc_now
from camwatch.events import Bus, CountMeasured, HistorySaved, StorageTroubled
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.store import Store

BOXES = np.zeros((0, 4), np.float32)
SCORES = np.zeros(0, np.float32)


class MeasuredRecorder(RecorderWorker):
    """Knows at its end what its thread took."""

    cpu_s = 0.0

    def work(self) -> None:
        """Work as ever."""
        try:
            super().work()
        finally:
            self.cpu_s = time.thread_time()


class Saving:
    """Saves into a history and notes how long each batch took."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.took_ms: list[float] = []

    def __call__(self, *rows: Sequence[object], batch_uid: str, settled: Sequence[str]) -> int:
        """Save as the history does."""
        started_s = time.perf_counter()
        stored = self._database.counts.save(*rows, batch_uid=batch_uid, settled=settled)  # type: ignore[arg-type]
        self.took_ms.append((time.perf_counter() - started_s) * 1000)
        return stored


def camera(number: int) -> CameraSettings:
    """Return the settings of a camera that nobody asks."""
    return CameraSettings(
        name=f"Camera {number}",
        location="",
        host="127.0.0.1",
        port=80,
        scheme="http",
        base_path="",
        snapshot_path="/snapshot",
        status_path="",
        username="",
        interval_s=1.0,
        allow_local=True,
        allow_basic=False,
        is_enabled=True,
        site="Site",
    )


def publish(bus: Bus, ids: Sequence[CameraId], seconds: int, logs: Path) -> tuple[int, int]:
    """Count in the view of each camera once a second; return the rows and the largest log."""
    largest = rows = 0
    begin_s = time.monotonic()
    for second in range(seconds):
        for number, camera_id in enumerate(ids):
            # Spread over the second, as cameras are asked.
            due_s = begin_s + second + number / len(ids)
            if (wait_s := due_s - time.monotonic()) > 0.002:
                time.sleep(wait_s)
            bus.publish(
                CountMeasured(
                    at=utc_now(),
                    camera_id=camera_id,
                    seq=second,
                    count=(second + number) % 13,
                    confidence=0.6,
                    processing_s=0.014,
                    interval_s=1.0,
                    boxes=BOXES,
                    scores=SCORES,
                    model="nanodet-g",
                )
            )
            rows += 1
        largest = max(largest, logs.stat().st_size if logs.exists() else 0)
    return rows, largest


def measure(folder: Path, cameras: int, seconds: int) -> dict[str, object]:
    """Let the recorder save for so long; return what it took."""
    with Database.open(folder / "camwatch.sqlite3") as database:
        ids = [database.cameras.add(camera(number)).id for number in range(cameras)]
        bus = Bus()
        troubles: list[StorageTroubled] = []
        saved: list[HistorySaved] = []
        bus.subscribe(StorageTroubled, troubles.append)
        bus.subscribe(HistorySaved, saved.append)
        save = Saving(database)
        store = Store(
            save,  # type: ignore[arg-type]
            Spool(folder / "spool", 2**30),
            Reserve(folder / "reserve.bin", 64 * 2**20),
            database.check_still_there,
            database.check,
            database.identity,
        )
        worker = MeasuredRecorder(store, bus, 200_000)
        worker.start()
        log = folder / "camwatch.sqlite3-wal"
        answer: list[tuple[int, int]] = []
        source = threading.Thread(target=lambda: answer.append(publish(bus, ids, seconds, log)))
        started_s = time.monotonic()
        source.start()
        source.join()
        worker.request_stop()
        worker.wait()
        took_s = time.monotonic() - started_s
        rows, largest = answer[0]
        with database._connections.reading() as connection:  # noqa: SLF001 - counts what is there
            stored = connection.exec_driver_sql("SELECT count(*) FROM sample").scalar() or 0
        return {
            "cameras": cameras,
            "seconds": seconds,
            "rows": rows,
            "rows_lost": rows - stored,
            "cpu_percent_of_a_core": round(100 * worker.cpu_s / took_s, 1),
            "batches": len(save.took_ms),
            "batch_ms_median": round(statistics.median(save.took_ms), 1),
            "batch_ms_p95": round(statistics.quantiles(save.took_ms, n=20)[-1], 1),
            "batch_ms_worst": round(max(save.took_ms), 1),
            "wal_mib_largest": round(largest / 2**20, 1),
            "file_mib": round((folder / "camwatch.sqlite3").stat().st_size / 2**20, 1),
            "troubles": len(troubles),
            "check": database.check(),
        }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    QCoreApplication([])
    with tempfile.TemporaryDirectory(prefix="camwatch-recorder-") as folder:
        found = measure(Path(folder), options.cameras, round(options.minutes * 60))
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")
    return 1 if found["rows_lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
