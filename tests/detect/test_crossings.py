"""Runs the benchmark of crossings on little, so that neither it nor what it measures rots."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "crossings.py"


def test_walkers_who_hide_each_other_are_counted_nearly_all() -> None:
    options = ["--worlds", "1", "--seconds", "60", "--rates", "5", "2", "1", "--no-site"]
    run = subprocess.run(
        [sys.executable, str(BENCHMARK), *options], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    fast, slow, too_slow = json.loads(run.stdout)["walkers"]
    assert fast["crossings"] == slow["crossings"] > 80
    assert fast["recall"] >= 0.95
    assert fast["precision"] >= 0.96
    assert slow["recall"] >= 0.93
    assert slow["precision"] >= 0.95
    assert fast["modes"] == {"in_out": 8}
    assert too_slow["modes"] == {"occupancy": 8}
    # What is shown is as right as is claimed.
    assert slow["modes"]["in_out"] >= 4
    assert min(slow["shown"]["recall"], slow["shown"]["precision"]) >= 0.95
