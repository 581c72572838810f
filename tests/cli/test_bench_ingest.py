"""`camwatch bench ingest` as a process: a small run of the whole program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from camwatch.cli import run
from camwatch.cli.ingest.meter import largest_share

pytestmark = pytest.mark.end_to_end

SMALL = ("--cameras", "4", "--size", "320x180", "--busy", "0.5")


def start(*options: str) -> subprocess.Popen[str]:
    """Start the command without a screen."""
    environment = {name: text for name, text in os.environ.items() if name != "DISPLAY"}
    return subprocess.Popen(
        [sys.executable, "-m", "camwatch", "bench", "ingest", *SMALL, *options],
        env=environment | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_one_json_object_tells_all_about_a_run() -> None:
    with start("--seconds", "5", "--warm-up", "2", "--hang-half", "--json") as process:
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    result = json.loads(out)
    assert (result["cameras"], result["busy"], result["window"]) == (4, 0.5, "offscreen")
    assert result["seconds"] == pytest.approx(5, abs=2)
    assert set(result["polls"]) == {"due", "done", "missed"}
    assert 4 < result["polls"]["done"] <= result["polls"]["due"] + 4
    for name in ("latency_ms", "picture_age_s", "gui_stall_ms"):
        assert 0 <= result[name]["p50"] <= result[name]["p95"] <= result[name]["p99"], name
    assert result["gui_stall_ms"]["max"] >= result["gui_stall_ms"]["p99"]
    assert 0 <= result["analysed_share"] <= 1
    assert 0 <= result["still_share"] <= 1
    assert result["waiting_most"] in (0, 1, 2)
    assert result["cpu_cores"] > 0
    assert result["simulator_cpu_cores"] >= 0
    assert "gui" in result["cpu_by_thread"]
    assert 50 < result["rss_mib"]["start"] <= result["rss_mib"]["max"]
    assert {"end", "slope_mib_per_h"} < set(result["rss_mib"])
    assert 0 <= result["close_s"] < 10
    half = result["hang_half"]
    assert (half["hanging"], half["others"]) == (2, 2)
    assert half["before"]["pictures_per_s"] > 0
    assert half["after"]["pictures_per_s"] > 0


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_a_run_that_is_ended_leaves_no_simulated_camera_behind() -> None:
    with start("--seconds", "60") as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("Warming up"):
            assert process.poll() is None
        children = psutil.Process(process.pid).children()
        assert children
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.endswith("camwatch bench: ended before its time.\n")
    assert not any(child.is_running() for child in children)


@pytest.mark.parametrize(
    "options",
    [("--cameras", "0"), ("--busy", "1.5"), ("--interval", "never"), ("--hang-half", "--return")],
)
def test_unusable_options_are_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["bench", "ingest", *options])
    assert ended.value.code == 2


def test_the_most_crowded_second_is_found() -> None:
    assert largest_share([], 4) == 0
    assert largest_share([0.0, 0.5, 0.9, 1.0], 4) == 0.75
    assert largest_share([0.0, 2.0, 4.0, 4.5], 8) == 0.25
