"""Watches one run of the whole program from its GUI thread."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QObject, Qt, QTimer

from camwatch.app import Application
from camwatch.cli.ingest.simulator import Simulator
from camwatch.domain import CameraId
from camwatch.events import CountMeasured
from camwatch.ui.live.tile import CameraTile

_BEAT_MS = 10
_LOOK_MS = 100
_SUM_UP_MS = 1000
_GUI = "gui"
_LEAST_CORES = 0.005  # threads that take less are not listed


class Meter(QObject):
    """Counts and times everything between `start` and `result`.

    Args:
        application: What is measured; its window is open.
        simulator: Who serves the cameras, counted apart.
    """

    def __init__(self, application: Application, simulator: Simulator) -> None:
        super().__init__(application)
        self._application = application
        self._simulator = simulator
        self._process = psutil.Process()
        # Plain numbers, for lists of a hundred thousand objects would show in the memory.
        self._late_ms = array("d")
        self._ages_s = array("d")
        self._memory: list[tuple[float, float]] = []
        self._latencies_ms = array("d")
        self._latencies_of = array("q")
        self._arrived_s = array("d")
        self._most_waiting = 0
        self._lock = threading.Lock()
        self._analysed = self._carried = 0
        application.bus.subscribe(CountMeasured, self._on_count)
        self._heart = self._timer(self._beat)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._eye = self._timer(self._look)
        self._sum = self._timer(self.sum_up)

    def _timer(self, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.timeout.connect(slot)
        return timer

    # ---------------------------------------------------------------- watching

    def start(self) -> None:
        """Begin, after the program has warmed up."""
        with self._lock:
            self._analysed = self._carried = 0
        self._polls = self._application.poll_stats()
        self._good = self._polls.good
        self._threads_s = self._thread_times()
        self._cpu_s, self._simulator_cpu_s = self._own_cpu_s(), self._simulator.cpu_s()
        self._started_s = time.monotonic()
        self.sum_up()
        self._beaten_s = time.perf_counter()
        self._heart.start(_BEAT_MS)
        self._eye.start(_LOOK_MS)
        self._sum.start(_SUM_UP_MS)

    def _on_count(self, event: CountMeasured) -> None:
        """Count a count, in any thread."""
        with self._lock:
            if event.is_carried:
                self._carried += 1
            else:
                self._analysed += 1

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self._late_ms.append(max(0.0, (now_s - self._beaten_s) * 1000 - _BEAT_MS))
        self._beaten_s = now_s

    def _look(self) -> None:
        waiting = self._application.waiting_pictures()
        self._most_waiting = max(self._most_waiting, *waiting.values(), 0)
        for widget in self._tiles():
            if (age_s := widget.picture_age_s()) is not None:
                self._ages_s.append(age_s)

    def _tiles(self) -> list[CameraTile]:
        window = self._application.window
        if window is None:
            return []
        grid = window.live_page.grid
        tiles = (grid.tile(camera_id) for camera_id in grid.visible_ids())
        return [tile for tile in tiles if tile.isVisible()]

    def sum_up(self) -> None:
        """Take what the poller remembers before it forgets it, and the memory in use."""
        self._memory.append((time.monotonic(), self._process.memory_info().rss / 2**20))
        polls = self._application.poll_stats()
        new, self._good = polls.good - self._good, polls.good
        for one in polls.arrivals[-new:] if new else ():
            self._latencies_of.append(one.camera_id)
            self._latencies_ms.append(one.latency_ms)
            self._arrived_s.append(one.at_s)

    def _own_cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _thread_times(self) -> dict[str, float]:
        """Return the processor time of each thread so far, by its name; seconds."""
        names = {one.native_id: one.name for one in threading.enumerate()}
        names[threading.main_thread().native_id] = _GUI
        times: dict[str, float] = {}
        for one in self._process.threads():
            name = names.get(one.id, "others")
            times[name] = times.get(name, 0.0) + one.user_time + one.system_time
        return times

    # ---------------------------------------------------------------- what came of it

    def latencies_ms(
        self, cameras: Collection[CameraId], since_s: float, until_s: float
    ) -> list[float]:
        """Return how long good polls of these cameras took between two monotonic moments."""
        known = zip(self._arrived_s, self._latencies_of, self._latencies_ms, strict=True)
        return [
            latency_ms
            for at_s, camera_id, latency_ms in known
            if since_s < at_s <= until_s and camera_id in cameras
        ]

    def first_after_s(self, moment_s: float) -> list[float]:
        """Return after how long each camera had its first good picture, those that had one.

        Args:
            moment_s: After this moment of the monotonic clock.

        Returns:
            Seconds, rising.
        """
        first: dict[int, float] = {}
        for at_s, camera_id in zip(self._arrived_s, self._latencies_of, strict=True):
            if at_s > moment_s:
                first.setdefault(camera_id, at_s - moment_s)
        return sorted(first.values())

    def result(self) -> dict[str, Any]:
        """Sum up what was seen since `start`; only arrivals are noted any longer."""
        self.sum_up()
        for timer in (self._heart, self._eye):
            timer.stop()
        seconds = time.monotonic() - self._started_s
        polls, before = self._application.poll_stats(), self._polls
        arrived = polls.good - before.good
        return {
            "seconds": round(seconds, 1),
            "polls": {
                "due": polls.due - before.due,
                "done": polls.done - before.done,
                "missed": polls.missed - before.missed,
            },
            "pictures": arrived,
            "latency_ms": percentiles(self._latencies_ms, 1),
            "analysed_share": _share(self._analysed, arrived),
            "still_share": _share(self._carried, arrived),
            "waiting_most": self._most_waiting,
            "cpu_cores": round((self._own_cpu_s() - self._cpu_s) / seconds, 2),
            "cpu_by_thread": self._cores_by_thread(seconds),
            "simulator_cpu_cores": round(
                (self._simulator.cpu_s() - self._simulator_cpu_s) / seconds, 2
            ),
            "rss_mib": self._memory_facts(),
            "gui_stall_ms": percentiles(self._late_ms, 1)
            | {"max": round(max(self._late_ms, default=0.0), 1)},
            "picture_age_s": percentiles(self._ages_s, 2),
        }

    def _cores_by_thread(self, seconds: float) -> dict[str, float]:
        cores = {
            name: (cpu_s - self._threads_s.get(name, 0.0)) / seconds
            for name, cpu_s in self._thread_times().items()
        }
        listed = sorted(cores.items(), key=lambda one: -one[1])
        return {name: round(value, 3) for name, value in listed if value >= _LEAST_CORES}

    def _memory_facts(self) -> dict[str, float]:
        at_s, mib = np.array(self._memory).T
        hours = (at_s - at_s[0]) / 3600
        slope = float(np.polyfit(hours, mib, 1)[0]) if len(mib) > 2 else 0.0
        return {
            "start": round(float(mib[0])),
            "end": round(float(mib[-1])),
            "max": round(float(mib.max())),
            "slope_mib_per_h": round(slope, 1),
        }


def percentiles(values: Sequence[float], digits: int) -> dict[str, float | None]:
    """Return the 50th, 95th and 99th percentile, None for each where there is no value."""
    return {
        f"p{p}": round(float(np.percentile(values, p)), digits) if len(values) else None
        for p in (50, 95, 99)
    }


def largest_share(moments_s: Sequence[float], of: int) -> float:
    """Return the largest part of all that falls into any one second.

    Args:
        moments_s: When something happened, rising, seconds.
        of: How many there are in all.
    """
    times = np.asarray(moments_s)
    in_second = np.searchsorted(times, times + 1.0) - np.arange(len(times))
    return float(in_second.max(initial=0)) / of


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
