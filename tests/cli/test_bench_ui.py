"""`camwatch bench ui` as a process: a small run of the window with its tiles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from camwatch.cli import run

pytestmark = pytest.mark.end_to_end


def test_one_json_object_tells_all_about_a_run(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = {name: text for name, text in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "camwatch", "bench", "ui", "--tiles", "4", "--fps", "5"),
            *("--seconds", "2", "--warm-up", "1", "--json", "--screenshot", str(picture)),
        ],
        env=environment | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["tiles"], result["fps"], result["window"]) == (4, 5, "offscreen")
    assert 0 <= result["gui_stall_ms"]["p99"] <= result["gui_stall_ms"]["max"]
    assert result["pictures_per_s"] > 0
    assert result["cpu_cores"] > 0
    assert result["rss_mib"] > 50
    # The tiles show the pictures that were made up: red figures before a wall.
    shown = QImage(str(picture))
    reds = sum(
        shown.pixelColor(x, y).red() > 2 * shown.pixelColor(x, y).blue()
        for x in range(300, shown.width(), 8)
        for y in range(100, shown.height() - 250, 8)
    )
    assert reds > 20


@pytest.mark.parametrize("option", [("--tiles", "65"), ("--fps", "0"), ("--seconds", "x")])
def test_what_cannot_be_measured_is_bad_usage(option: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["bench", "ui", *option])
    assert ended.value.code == 2
