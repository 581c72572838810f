"""Lets cameras count through months by a clock that is put forward; prints one JSON object.

    python benchmarks/ninety_days.py                     # 64 cameras, a count every minute
    python benchmarks/ninety_days.py --interval 5        # 0.2 a second: 120 million counts

From the end of December 2023 for 109 days: the end of a year, a leap day, and in Casablanca both
changes of the clocks. Each hour is one batch. Afterwards every hour of every camera must be
there, and hold just as many counts as it is long; else it ends with an error.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraSettings, Sample

START = datetime(2023, 12, 29, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Africa/Casablanca")


def main() -> None:
    """Simulate, check and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--days", type=int, default=109)
    parser.add_argument("--interval", type=int, default=60, help="seconds; divides an hour")
    plan = parser.parse_args()
    now = [START - DAY]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "camwatch.sqlite3"
        with Database.open(file, clock=lambda: now[0], zone=ZONE) as database:
            settings = [
                CameraSettings(
                    name=f"Camera {number}",
                    location="Made up",
                    host="192.0.2.1",
                    interval_s=float(plan.interval),
                )
                for number in range(plan.cameras)
            ]
            ids = [database.cameras.add(one).id for one in settings]
            steps = range(0, 3600, plan.interval)
            before_s = time.perf_counter()
            for hour in range(plan.days * 24):
                begins = START + hour * HOUR
                now[0] = begins + HOUR
                database.counts.save(
                    [
                        Sample(
                            one,
                            begins + timedelta(seconds=after_s),
                            (hour + after_s) % 13,
                            0.6,
                            0.014,
                            float(plan.interval),
                        )
                        for one in ids
                        for after_s in steps
                    ],
                    [],
                )
            written_s = time.perf_counter() - before_s
            wrong = 0
            for one in ids:
                for size in (BucketSize.HOUR, BucketSize.DAY):
                    found = database.counts.buckets([one], size, START, now[0], ZONE)
                    inner = found[1:-1]
                    wrong += sum(each.samples != each.seconds / plan.interval for each in inner)
                    wrong += sum(each.samples for each in found) != plan.days * 24 * len(steps)
        size_bytes = file.stat().st_size
    rows = plan.cameras * plan.days * 24 * len(steps)
    found_ = {"rows": rows, "file_bytes": size_bytes, "written_s": round(written_s, 1)}
    print(json.dumps({**found_, "wrong_hours_and_days": wrong}, indent=2))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
