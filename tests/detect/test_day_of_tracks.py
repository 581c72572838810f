"""Runs the benchmark of memory for a few simulated hours, so that it does not rot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "day_of_tracks.py"


def test_memory_is_flat_while_people_come_and_go() -> None:
    options = ["--hours", "3", "--rates", "1"]
    run = subprocess.run(
        [sys.executable, str(BENCHMARK), *options], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    (day,) = json.loads(run.stdout)["runs"]
    assert (day["pictures"], day["crossings"] > 3000) == (3 * 3600, True)
    assert day["remembered"]["most"] <= 250
    # Each hour hundreds of people come: had one of them been kept, it would be more.
    _, second, third = day["kept_kib"]
    assert third < second + 8
    _, second, third = day["blocks"]
    assert third < second + 400
