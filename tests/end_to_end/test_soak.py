"""The soak runs and tells what it saw; half an hour of it is for by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.end_to_end

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"


@pytest.mark.fault("L7")
def test_a_short_soak_leaves_nothing_over_and_shows_no_old_picture_as_live() -> None:
    command = [sys.executable, str(SOAK), "--json", "--cameras", "4", "--size", "640x360"]
    command += ["--minutes", "0.12", "--every", "1", "--lasts", "1", "3"]
    command += ["--warm-up", "4", "--calm", "5"]
    root = SOAK.parents[1]
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["faults"] >= 3
    assert result["stale_shown_as_live"] == 0
    assert result["delta"]["children"] == 0
    assert result["flapping"] == 0
    assert result["late_workers"] == []
