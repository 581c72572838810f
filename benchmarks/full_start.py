"""Measures a start with many cameras and a long history.

    python benchmarks/full_start.py [--cameras 256] [--rows 10000000] [--runs 3] [PROGRAM...]

Makes a profile with that many simulated cameras, served by another process, and as many stored
measurements. Then it starts the program, types name and password into its first window, and prints
JSON: for each run the times of `start.py`, and `all_polled`, the seconds until every camera has a
measurement of this run in the history. The goals are 2 s to the first window, 3 s to the first
picture, and all polled within their interval (1 s) and 10 s more. It also tells what the first run,
after the system's copies of files were dropped (as root), took.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from start import logged  # noqa: E402 - the path comes first

from camwatch.auth.passwords import hash_password  # noqa: E402
from camwatch.data.connections import open_raw  # noqa: E402
from camwatch.data.engine import Database  # noqa: E402
from camwatch.domain import CameraSettings, Role  # noqa: E402
from camwatch.paths import Profile  # noqa: E402
from tests.support.screen import virtual_screen, wait_until  # noqa: E402

NAME, PASSWORD = "olga", "nine-quiet-herons"
_DROP = Path("/proc/sys/vm/drop_caches")


def fill(profile: Profile, port: int, cameras: int, rows: int) -> None:
    """Make a profile with cameras that a simulator serves, and measurements until now."""
    profile.create()
    with Database.open(profile.database_file) as database:
        database.operators.add(NAME, Role.ADMINISTRATOR, hash_password(PASSWORD))
        for number in range(1, cameras + 1):
            database.cameras.add(
                CameraSettings(
                    name=f"Camera {number:03}",
                    location=f"Floor {number % 8}",
                    site=f"Site {number % 4}",
                    host="127.0.0.1",
                    port=port,
                    base_path=f"/cam/{number}",
                    allow_local=True,
                    interval_s=1.0,
                )
            )
    seconds = rows // cameras
    first_ms = (int(time.time()) - seconds) * 1000
    connection = open_raw(profile.database_file, "rw")
    for camera in range(1, cameras + 1):
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO sample (camera_id, ts, workstation, count, confidence, processing_us,"
            " interval_ms, shown) VALUES (?, ?, 0, ?, 800, 20000, 1000, ?)",
            ((camera, first_ms + 1000 * n, n % 9, n % 9) for n in range(seconds)),
        )
        connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


def polled(profile: Profile, since: datetime) -> int:
    """Return how many cameras have a measurement of this run."""
    connection = open_raw(profile.database_file, "ro")
    query = (
        "SELECT count(*) FROM camera WHERE EXISTS"
        " (SELECT 1 FROM sample WHERE camera_id = camera.id AND ts > ?)"
    )
    found = int(connection.execute(query, (int(since.timestamp() * 1000),)).fetchone()[0])
    connection.close()
    return found


def measure(program: Sequence[str], profile: Profile, cameras: int) -> dict[str, float]:
    """Start the program once, sign in, and wait until every camera was polled."""
    with tempfile.TemporaryDirectory() as name, virtual_screen(Path(name), "1280x800") as screen:
        is_cold = os.access(_DROP, os.W_OK)
        if is_cold:
            os.sync()
            _DROP.write_text("3")
        seen: dict[str, float] = {"is_cold": is_cold}
        since, started_s = datetime.now(UTC), time.monotonic()
        process = subprocess.Popen(
            [*program, "--profile", str(profile.folder)],
            env={**screen.environment, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: bool(screen.windows("CamWatch")), "a window", 120)
            seen["first_window"] = round(time.monotonic() - started_s, 2)
            screen.wait_for_window("sign in")
            screen.type(NAME)
            screen.press("Tab")
            screen.type(PASSWORD)
            screen.press("Return")
            seen["sent_off"] = round(time.monotonic() - started_s, 2)
            wait_until(lambda: polled(profile, since) == cameras, "all cameras", 120)
            seen["all_polled"] = round(time.monotonic() - started_s, 2)
            wait_until(lambda: "first_picture" in logged(profile.folder), "a picture", 120)
            seen |= logged(profile.folder)
        finally:
            process.terminate()
            process.wait(30)
        profile.log_file.unlink()
    return seen


def main() -> None:
    """Measure as often as asked for and print the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cameras", type=int, default=256)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    program = options.program or [sys.executable, "-m", "camwatch"]
    cameras: int = options.cameras
    served = subprocess.Popen(
        [
            *(sys.executable, "-m", "camwatch", "simulate", "--json", "--prepare"),
            *("--busy", "0.1", "--size", "640x360", "--cameras", str(cameras)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert served.stdout is not None
        port = int(json.loads(served.stdout.readline())["url"].rsplit(":", 1)[1])
        with tempfile.TemporaryDirectory() as folder:
            profile = Profile(Path(folder))
            fill(profile, port, cameras, options.rows)
            load = os.getloadavg()[0]
            runs = [measure(program, profile, cameras) for _ in range(options.runs)]
            size = profile.database_file.stat().st_size
    finally:
        served.terminate()
        served.wait(30)
    result = {
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "cameras": cameras,
        "rows": options.rows,
        "history_bytes": size,
        "runs": runs,
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
