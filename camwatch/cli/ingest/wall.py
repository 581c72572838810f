"""Opens the whole program on a throw-away profile, and shows it pictures as fast as asked."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QObject, Qt, QTimer

from camwatch import logs
from camwatch.app import Application
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.cli.ingest.meter import percentiles
from camwatch.cli.ingest.running import NAME, PASSWORD, WINDOW, fill
from camwatch.config import Settings
from camwatch.domain import CameraId, CameraState, Frame, Picture, Pixels, Reason, utc_now
from camwatch.events import CameraStateChanged, CountMeasured
from camwatch.paths import Profile
from camwatch.running import make_qt_application
from camwatch.ui import qt_log
from camwatch.ui.live.grid import CameraGrid

_BEAT_MS = 10
_PICTURE_WH = (640, 360)
_LOOK_MS = 100
_PICTURES = 8  # different ones, so that each painted picture is another


@dataclass(frozen=True, slots=True)
class WallPlan:
    """What is measured.

    Attributes:
        tiles: How many.
        fps: Pictures a second on each.
        seconds: For how long, after the program has warmed up.
        warm_up_s: How long that takes, seconds.
        screenshot: The window's picture is saved here at the end, if anywhere.
    """

    tiles: int
    fps: float
    seconds: float
    warm_up_s: float
    screenshot: Path | None = None


def measure_wall(plan: WallPlan, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the program once, with cameras that are not asked and pictures that are made up.

    They take the way of real ones from the decoded frame on: scaled in a thread to the size of
    their tile, one slot a tile, painted. Counts come once a second from each camera.

    Raises:
        CamWatchError: The profile cannot be filled.
        KeyboardInterrupt: It was ended before its time.
    """
    with tempfile.TemporaryDirectory(prefix="camwatch-bench-") as folder:
        profile = Profile(Path(folder))
        profile.create()
        logs.set_up(profile.log_file)
        qt_log.install()
        say(f"Adding {plan.tiles} cameras")
        addresses = [f"http://127.0.0.1:9/cam/{number}/a.jpg" for number in range(plan.tiles)]
        ids = fill(profile, addresses, max(0.2, 1.0 / plan.fps), is_enabled=False)
        qt_application = make_qt_application()
        run = _Run(Application(profile, Settings(), demo=None), plan, ids, say)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: run.give_up())
        run.begin()
        qt_application.exec()
        return run.outcome()


def _pictures() -> list[Pixels]:
    """Paint the pictures: a wall, and somebody who walks along it."""
    width, height = _PICTURE_WH
    made = []
    for number in range(_PICTURES):
        pixels = np.full((height, width, 3), (92, 96, 104), np.uint8)
        pixels[: height // 2] = (140, 132, 120)
        left = 40 + number * (width - 120) // _PICTURES
        pixels[height // 4 : height - 20, left : left + 40] = (60, 60, 180)
        made.append(pixels)
    return made


class _Feeder(threading.Thread):
    """Hands pictures to the tiles, evenly over each moment."""

    def __init__(self, application: Application, plan: WallPlan, ids: Sequence[CameraId]) -> None:
        super().__init__(name="feeder", daemon=True)
        self._application = application
        self._plan = plan
        self._ids = ids
        self.stop = threading.Event()
        self.handed = 0

    def run(self) -> None:
        """Feed until told to stop."""
        pictures = _pictures()
        gate = PrivacyGate()
        gate.set_records(self._ids, ())
        boxes = np.array([[0.2, 0.3, 0.3, 0.9]], np.float32)
        scores = np.array([0.8], np.float32)
        step_s = 1.0 / (self._plan.fps * len(self._ids))
        due_s, seq = time.monotonic(), 0
        while True:
            seq += 1
            for place, camera_id in enumerate(self._ids):
                due_s += step_s
                if self.stop.wait(max(0.0, due_s - time.monotonic())):
                    return
                now = utc_now()
                picture = Picture(
                    camera_id, seq, b"", _PICTURE_WH, now, time.monotonic(), 1 / self._plan.fps
                )
                frame = Frame(picture, pictures[(seq + place) % _PICTURES])
                self._application.feed.hand_out(frame, gate)
                self.handed += 1
                if (seq + place) % max(1, round(self._plan.fps)) == 0:
                    self._application.bus.publish(
                        CountMeasured(
                            now, camera_id, seq, 1, 0.8, 0.01, 1.0, boxes, scores, "made up"
                        )
                    )


class _Run(QObject):
    """One run: signing in, warming up, measuring, closing."""

    def __init__(
        self,
        application: Application,
        plan: WallPlan,
        ids: Sequence[CameraId],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(application)
        self._application = application
        self._plan = plan
        self._ids = ids
        self._say = say
        self._feeder = _Feeder(application, plan, ids)
        self._process = psutil.Process()
        self._late_ms = array("d")
        self._result: dict[str, Any] = {}
        self._heart = QTimer(self)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(self._beat)

    def begin(self) -> None:
        """Start the program; the rest follows while the event loop runs."""
        QTimer.singleShot(0, self._application.start)
        self._sign_in()

    def give_up(self) -> None:
        """End before the time."""
        self._result = {}
        self._feeder.stop.set()
        self._application.stop()

    def outcome(self) -> dict[str, Any]:
        """Return what was measured.

        Raises:
            KeyboardInterrupt: It was ended before its time.
        """
        if not self._result:
            raise KeyboardInterrupt
        return self._result

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        QTimer.singleShot(round(seconds * 1000), self, call)

    def _sign_in(self) -> None:
        commands = self._application.commands
        if commands is None:
            self._after(0.05, self._sign_in)
            return
        self._application.windows.open_window(commands.sign_in(NAME, PASSWORD))
        if (window := self._application.window) is not None:
            window.resize(*WINDOW)
            side = next(one for one in range(1, 9) if one * one >= self._plan.tiles)
            window.live_page.set_columns(side)
        self._begin_to_feed()

    def _grid(self) -> CameraGrid | None:
        window = self._application.window
        return None if window is None else window.live_page.grid

    def _begin_to_feed(self) -> None:
        grid = self._grid()
        if grid is None or len(grid.visible_ids()) < self._plan.tiles:
            self._after(_LOOK_MS / 1000, self._begin_to_feed)
            return
        now = utc_now()
        for camera_id in self._ids:
            self._application.bus.publish(
                CameraStateChanged(now, camera_id, CameraState.OK, Reason.NONE, now)
            )
        self._feeder.start()
        self._say(f"Warming up for {self._plan.warm_up_s:g} s")
        self._after(self._plan.warm_up_s, self._measure)

    def _measure(self) -> None:
        self._say(f"Measuring for {self._plan.seconds:g} s")
        times = self._process.cpu_times()
        self._cpu_s = times.user + times.system
        self._handed = self._feeder.handed
        self._load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        self._started_s = self._beaten_s = time.perf_counter()
        self._heart.start(_BEAT_MS)
        self._after(self._plan.seconds, self._sum_up)

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self._late_ms.append(max(0.0, (now_s - self._beaten_s) * 1000 - _BEAT_MS))
        self._beaten_s = now_s

    def _sum_up(self) -> None:
        self._heart.stop()
        seconds = time.perf_counter() - self._started_s
        times = self._process.cpu_times()
        grid = self._grid()
        ages = [] if grid is None else [grid.tile(one).picture_age_s() for one in self._ids]
        self._result = {
            "seconds": round(seconds, 1),
            "pictures_per_s": round((self._feeder.handed - self._handed) / seconds, 1),
            "picture_age_s": percentiles([one for one in ages if one is not None], 2),
            "gui_stall_ms": percentiles(self._late_ms, 1)
            | {"max": round(max(self._late_ms, default=0.0), 1)},
            "cpu_cores": round((times.user + times.system - self._cpu_s) / seconds, 2),
            "rss_mib": round(self._process.memory_info().rss / 2**20),
            "load_before": None if self._load is None else round(self._load, 1),
        }
        window = self._application.window
        if self._plan.screenshot is not None and window is not None:
            window.grab().save(str(self._plan.screenshot))
        self._feeder.stop.set()
        self._feeder.join(2.0)
        self._application.stop()
