"""Measures the whole program: N simulated cameras, detection on, the real window.

    python benchmarks/live.py --cameras 64 --seconds 120

The simulator runs in a process of its own and is counted apart. Prints one JSON object:
polls due, done and missed; latency of a poll; share of pictures that were counted; CPU in cores
and memory of this process; lateness of a 10 ms timer on the GUI thread; age of the pictures on
the visible tiles, looked at ten times a second.
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
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from camwatch import logs
from camwatch.app import Application, make_qt_application
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.policy import parse_camera_url
from camwatch.cli.application import has_screen
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraSettings
from camwatch.events import Bus, CountMeasured
from camwatch.paths import Profile
from camwatch.ui.live.tile import CameraTile
from camwatch.workers.audit_recordings import AuditRecordings

WARM_UP_S = 15
NAME, PASSWORD = "bench", "benchmark-of-the-wall"


def start_simulator(arguments: argparse.Namespace) -> tuple[subprocess.Popen[str], list[str]]:
    """Start the simulated site; return its process and the cameras' addresses."""
    command = [sys.executable, "-m", "camwatch", "simulate", "--json"]
    command += ["--cameras", str(arguments.cameras), "--size", arguments.size]
    command += ["--fps", str(1 / arguments.interval)]
    if arguments.fault:
        command += ["--fault", arguments.fault]
    simulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert simulator.stdout is not None
    cameras = json.loads(simulator.stdout.readline())["cameras"]
    return simulator, [one["snapshot"].removesuffix("/snapshot") for one in cameras]


def fill_profile(profile: Profile, addresses: list[str], interval_s: float) -> None:
    """Make the administrator and the cameras."""
    database = Database.open(profile.database_file)
    bus = Bus()
    recordings = AuditRecordings(profile.audits_folder, bus)
    counting = Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)
    commands = Commands(database, SecretStore(), CameraPolicy(), bus, counting)
    session = commands.create_first_administrator(NAME, PASSWORD)
    for number, address in enumerate(addresses, 1):
        where = parse_camera_url(address)
        commands.add_camera(
            session,
            CameraSettings(
                name=f"Camera {number:03}",
                location="Simulated",
                host=where.host,
                port=where.port,
                base_path=where.path,
                interval_s=interval_s,
                allow_local=True,
            ),
            None,
        )
    database.close()


class Meter:
    """Watches one run from the GUI thread."""

    def __init__(self, application: Application, simulator: psutil.Process) -> None:
        self._application = application
        self._simulator = simulator
        self._process = psutil.Process()
        self.late_ms: list[float] = []
        self.ages_s: list[float] = []
        self.rss_mib: list[float] = []
        self.counted = 0
        application.bus.subscribe(CountMeasured, self._on_count)
        self._last_s = 0.0
        self._heart = QTimer()
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(self._beat)
        self._eye = QTimer()
        self._eye.timeout.connect(self._look)

    def _on_count(self, _event: CountMeasured) -> None:
        self.counted += 1

    def start(self) -> None:
        """Begin, after the program has warmed up."""
        self.counted = 0
        self._started_s = time.monotonic()
        self._cpu_s = sum(self._process.cpu_times()[:2])
        self._simulator_cpu_s = sum(self._simulator.cpu_times()[:2])
        self._polls = self._application.poll_stats()
        self._last_s = time.perf_counter()
        self._heart.start(10)
        self._eye.start(100)

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self.late_ms.append(max(0.0, (now_s - self._last_s) * 1000 - 10))
        self._last_s = now_s

    def _look(self) -> None:
        self.rss_mib.append(self._process.memory_info().rss / 2**20)
        for widget in QApplication.allWidgets():
            if isinstance(widget, CameraTile) and widget.isVisible():
                age_s = widget.picture_age_s()
                if age_s is not None:
                    self.ages_s.append(age_s)

    def result(self) -> dict[str, object]:
        """Sum up what was seen since `start`."""
        self._heart.stop()
        self._eye.stop()
        seconds = time.monotonic() - self._started_s
        polls = self._application.poll_stats()
        done = polls.done - self._polls.done
        return {
            "seconds": round(seconds, 1),
            "polls": {
                "due": polls.due - self._polls.due,
                "done": done,
                "missed": polls.missed - self._polls.missed,
            },
            "latency_ms": percentiles(polls.latency_ms, 1),
            "analysed_share": round(self.counted / done, 3) if done else None,
            "cpu_cores": round((sum(self._process.cpu_times()[:2]) - self._cpu_s) / seconds, 2),
            "simulator_cpu_cores": round(
                (sum(self._simulator.cpu_times()[:2]) - self._simulator_cpu_s) / seconds, 2
            ),
            "rss_mib": {"start": round(self.rss_mib[0]), "max": round(max(self.rss_mib))},
            "gui_stall_ms": percentiles(self.late_ms, 1) | {"max": round(max(self.late_ms), 1)},
            "picture_age_s": percentiles(self.ages_s, 2),
        }


def percentiles(values: Sequence[float], digits: int) -> dict[str, float | None]:
    """Return the 50th, 95th and 99th percentile, None for each where there is no value."""
    return {
        f"p{p}": round(float(np.percentile(values, p)), digits) if values else None
        for p in (50, 95, 99)
    }


def main() -> int:
    """Run the benchmark once."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between polls")
    parser.add_argument(
        "--fault", help="what all cameras suffer from: see camwatch simulate --help"
    )
    parser.add_argument("--columns", type=int, default=4, help="tiles in a row: 1 to 4")
    parser.add_argument("--screenshot", type=Path, help="save the window's picture here at the end")
    arguments = parser.parse_args()
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"

    simulator, addresses = start_simulator(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            profile = Profile(Path(folder))
            profile.create()
            logs.set_up(profile.log_file)
            fill_profile(profile, addresses, arguments.interval)
            result = run(profile, simulator, arguments)
    finally:
        simulator.terminate()
        simulator.wait(10)
    print(json.dumps({"cameras": arguments.cameras, "size": arguments.size, **result}))
    return 0


def run(
    profile: Profile, simulator: subprocess.Popen[str], arguments: argparse.Namespace
) -> dict[str, object]:
    """Open the window, wait for it to warm up, measure, close it."""
    qt_application = make_qt_application()
    application = Application(profile, Settings(), demo=None)
    meter = Meter(application, psutil.Process(simulator.pid))
    results: list[dict[str, object]] = []

    def sign_in() -> None:
        if application.commands is None:
            QTimer.singleShot(50, sign_in)
            return
        application.open_window(application.commands.sign_in(NAME, PASSWORD))
        window = application.window
        assert window is not None
        window.resize(1600, 1000)
        window.live_page.grid.set_columns(arguments.columns)
        QTimer.singleShot(WARM_UP_S * 1000, meter.start)
        QTimer.singleShot((WARM_UP_S + arguments.seconds) * 1000, end)

    def end() -> None:
        results.append(meter.result())
        if arguments.screenshot and application.window is not None:
            application.window.grab().save(str(arguments.screenshot))
        closing_s = time.monotonic()
        application.stop()
        results[0]["close_s"] = round(time.monotonic() - closing_s, 2)

    QTimer.singleShot(0, application.start)
    QTimer.singleShot(0, sign_in)
    qt_application.exec()
    return results[0]


if __name__ == "__main__":
    sys.exit(main())
