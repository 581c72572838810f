"""Runs the whole program for a long time while its cameras go wrong at random.

    python benchmarks/soak.py --minutes 30 --every 20 --cameras 64 --json

A simulated site of its own, each camera behind a proxy that can break its connection; every so
many seconds one more camera goes wrong for a while, in one of all the ways the simulator and the
proxy know. Watched from the window's thread: threads, sockets, files, child processes, memory and
the size of the write-ahead log, how often a camera's state changed, whether a tile ever showed an
old picture as live, and how long it took from a camera's death until the operator could see it.
Without a screen the window opens off it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import psutil
from fault_proxy import ProxyFault
from PySide6.QtCore import Qt, QTimer

from camwatch import logs
from camwatch.app import Application
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.simulator.faults import Fault
from camwatch.cli.application import has_screen
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraId, CameraSettings, utc_now
from camwatch.events import Bus, CameraStateChanged
from camwatch.paths import Profile
from camwatch.running import make_qt_application
from camwatch.ui.live.condition import CameraCondition, old_after_s
from camwatch.ui.live.page import LivePage
from camwatch.workers.audit_recordings import AuditRecordings

NAME, PASSWORD = "soak", "soaked-by-many-faults"
LIVELY = frozenset({Fault.SLOW, Fault.BLACK})
"""With these a camera goes on sending pictures of now."""

LOOK_MS = 100
SAMPLE_MS = 5000
HEART_MS = 10
PAINT_S = 0.6
"""Tiles are painted anew twice a second: an age may be read so much later than it was painted."""


@dataclass(slots=True, eq=False)
class Ill:
    """A camera that something is wrong with.

    Attributes:
        began_s: On the monotonic clock.
        ends_s: When it is lifted.
        seen_s: How long it took until the operator could see it: a grey tile, another mark in
            the list, or a number that is not known any more; None so far.
        told_s: How long it took until the camera's state was another; None so far.
        is_lifted: The fault is over; the camera has not come back yet.
    """

    number: int
    fault: Fault | ProxyFault
    began_s: float
    ends_s: float
    seen_s: float | None = None
    told_s: float | None = None
    is_lifted: bool = False


class Site:
    """The simulated cameras and the proxies before them, each a process of its own."""

    def __init__(self, cameras: int, size: str, interval_s: float) -> None:
        command = [sys.executable, "-m", "camwatch", "simulate", "--json", "--size", size]
        command += ["--cameras", str(cameras), "--fps", str(max(0.1, 1 / interval_s))]
        self.simulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.simulator.stdout is not None
        first = json.loads(self.simulator.stdout.readline())["cameras"][0]["snapshot"]
        self._origin = first.partition("/cam/")[0]
        proxy = [sys.executable, str(Path(__file__).with_name("fault_proxy.py"))]
        proxy += [self._origin.rpartition(":")[2], str(cameras)]
        self.proxy = subprocess.Popen(
            proxy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.proxy.stdout is not None
        self.ports: list[int] = json.loads(self.proxy.stdout.readline())

    def set_fault(self, number: int, fault: Fault | ProxyFault | None) -> None:
        """Let a fault begin, or, with None, whatever there was end."""
        if not isinstance(fault, Fault):
            assert self.proxy.stdin is not None
            told = {"camera": number, "fault": fault}
            self.proxy.stdin.write(json.dumps(told) + "\n")
            self.proxy.stdin.flush()
        if not isinstance(fault, ProxyFault):
            url = f"{self._origin}/cam/{number}/fault"
            body = None if fault is None else json.dumps({"fault": fault}).encode()
            headers = {"Content-Type": "application/json"}
            method = "DELETE" if fault is None else "POST"
            urlopen(Request(url, body, headers, method=method), timeout=10).close()

    def close(self) -> None:
        """End both processes."""
        for process in (self.proxy, self.simulator):
            process.terminate()
            process.wait(10)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at a moment."""

    at_s: float
    threads: int
    sockets: int
    files: int
    children: int
    rss_mib: float
    wal_mib: float


class Lateness:
    """How late the window's beats were, in a memory that does not grow with their number."""

    STEP_MS = 0.1
    MOST_MS = 2000.0

    def __init__(self) -> None:
        self._counts = np.zeros(round(self.MOST_MS / self.STEP_MS), np.int64)
        self.most_ms = 0.0

    def add(self, late_ms: float) -> None:
        """Note one beat."""
        self.most_ms = max(self.most_ms, late_ms)
        self._counts[min(int(late_ms / self.STEP_MS), self._counts.size - 1)] += 1

    def percentile_ms(self, percent: float) -> float:
        """Return below what this share of the beats was late."""
        wanted = self._counts.sum() * percent / 100
        return float((np.searchsorted(self._counts.cumsum(), wanted) + 1) * self.STEP_MS)


@dataclass(slots=True, eq=False)
class Watch:
    """All that was seen.

    Attributes:
        stale_looks: How often a tile showed an old picture as live.
        downs: How often each camera went from live to not live.
    """

    samples: list[Sample] = field(default_factory=list)
    late: Lateness = field(default_factory=Lateness)
    looks: int = 0
    stale_looks: int = 0
    downs: Counter[CameraId] = field(default_factory=Counter)
    faults: Counter[CameraId] = field(default_factory=Counter)


class Soak:
    """One run: breaks cameras and looks at the window, from the window's thread."""

    def __init__(
        self, application: Application, site: Site, profile: Profile, options: argparse.Namespace
    ) -> None:
        self._application = application
        self._site = site
        self._wal = Path(f"{profile.database_file}-wal")
        self._options = options
        self._chance = random.Random(options.seed)
        self._process = psutil.Process()
        self._ours = {site.simulator.pid, site.proxy.pid}
        self._ill: dict[CameraId, Ill] = {}
        self._healed: list[Ill] = []
        self._live: set[CameraId] = set()
        self.watch = Watch()
        application.bus.subscribe(CameraStateChanged, self._on_state)
        self._timers: list[QTimer] = []
        self._last_s = time.perf_counter()
        # Asking the simulator takes a while, which the window must not wait for.
        self._errands = ThreadPoolExecutor(1)

    def start(self) -> None:
        """Begin, once the program has warmed up."""
        self._errands.submit(int).result()  # its thread is there before threads are counted
        self._last_s = time.perf_counter()
        self._every(HEART_MS, self._beat, Qt.TimerType.PreciseTimer)
        self._every(LOOK_MS, self._look)
        self._every(SAMPLE_MS, self._sample)
        self._every(round(self._options.every * 1000), self._break_one)
        self._sample()

    def _every(
        self, ms: int, what: Callable[[], None], kind: Qt.TimerType = Qt.TimerType.CoarseTimer
    ) -> None:
        timer = QTimer()
        timer.setTimerType(kind)
        timer.timeout.connect(what)
        timer.start(ms)
        self._timers.append(timer)

    def calm_down(self) -> None:
        """Break no more cameras, and lift what is left."""
        self._timers[3].stop()
        for ill in self._ill.values():
            self._lift(ill)

    # ---------------------------------------------------------------- what it breaks

    def _break_one(self) -> None:
        sound = [one for one in self._page.conditions if self._is_sound(one)]
        if not sound:
            return
        camera = self._chance.choice(sound).camera
        number = int(camera.name.rpartition(" ")[2])
        fault = self._chance.choice([*Fault, *ProxyFault])
        now_s = time.monotonic()
        lasts_s = self._chance.uniform(*self._options.lasts)
        self._ill[camera.id] = Ill(number, fault, now_s, now_s + lasts_s)
        self.watch.faults[camera.id] += 1
        self._errands.submit(self._site.set_fault, number, fault)

    def _is_sound(self, condition: CameraCondition) -> bool:
        return condition.is_live and condition.camera.id not in self._ill

    def _lift(self, ill: Ill) -> None:
        if not ill.is_lifted:
            ill.is_lifted = True
            self._errands.submit(self._site.set_fault, ill.number, None)

    # ---------------------------------------------------------------- what it sees

    @property
    def _page(self) -> LivePage:
        assert self._application.window is not None
        return self._application.window.live_page

    def _on_state(self, event: CameraStateChanged) -> None:
        """Count how often a camera went down. In the poller's thread."""
        if event.state.is_live:
            self._live.add(event.camera_id)
        elif event.camera_id in self._live:
            self._live.discard(event.camera_id)
            self.watch.downs[event.camera_id] += 1

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self.watch.late.add(max(0.0, (now_s - self._last_s) * 1000 - HEART_MS))
        self._last_s = now_s

    def _look(self) -> None:
        now_s = time.monotonic()
        self.watch.looks += 1
        now = utc_now()
        for condition in self._page.conditions:
            camera = condition.camera
            tile = self._page.grid.tile(camera.id)
            is_shown = tile.isVisible() and not tile.visibleRegion().isEmpty()
            says_live = condition.is_live and condition.known_count(now) is not None
            if is_shown and tile.picture_age_s() is not None:
                says_live = condition.is_live and not tile.is_picture_greyed()
                age_s = tile.picture_age_s() or 0.0
                # A camera that cannot keep up is asked less often, and says so.
                limit_s = old_after_s(condition.interval_s) + PAINT_S
                self.watch.stale_looks += says_live and age_s > limit_s
            ill = self._ill.get(camera.id)
            if ill is None:
                continue
            if ill.fault not in LIVELY:
                if ill.seen_s is None and not says_live:
                    ill.seen_s = now_s - ill.began_s
                if ill.told_s is None and not condition.is_live:
                    ill.told_s = now_s - ill.began_s
            if now_s >= ill.ends_s:
                self._lift(ill)
            if ill.is_lifted and condition.is_live and now_s > ill.ends_s + 5:
                self._healed.append(self._ill.pop(camera.id))

    def _sample(self) -> None:
        links = []
        for entry in os.scandir("/proc/self/fd"):
            try:
                links.append(os.readlink(entry.path))  # noqa: PTH115 - no path of ours
            except OSError:
                continue  # closed meanwhile
        sockets = sum(link.startswith("socket:") for link in links)
        children = [
            one for one in self._process.children(recursive=True) if one.pid not in self._ours
        ]
        self.watch.samples.append(
            Sample(
                time.monotonic(),
                self._process.num_threads(),
                sockets,
                len(links) - sockets,
                len(children),
                self._process.memory_info().rss / 2**20,
                self._wal.stat().st_size / 2**20 if self._wal.exists() else 0.0,
            )
        )

    # ---------------------------------------------------------------- what came of it

    def result(self) -> dict[str, object]:
        """Sum up what was seen."""
        self._sample()
        for timer in self._timers:
            timer.stop()
        self._errands.shutdown()
        watch, samples = self.watch, self.watch.samples
        first, last = samples[0], samples[-1]
        ended = [*self._healed, *self._ill.values()]
        deadly = [ill for ill in ended if ill.fault not in LIVELY]
        # A frozen camera is recognised by ten equal pictures: another promise than of a dead one.
        frozen = [ill for ill in deadly if ill.fault is Fault.FROZEN]
        dead = [ill for ill in deadly if ill.fault is not Fault.FROZEN]
        return {
            "minutes": round((last.at_s - first.at_s) / 60, 1),
            "faults": len(ended),
            "by_fault": dict(Counter(str(ill.fault) for ill in ended)),
            "not_back": sorted(f"{ill.fault} of {ill.number}" for ill in self._ill.values()),
            "delta": {
                name: getattr(last, name) - getattr(first, name)
                for name in ("threads", "sockets", "files", "children")
            },
            "most": {
                name: max(getattr(one, name) for one in samples)
                for name in ("threads", "sockets", "files", "children")
            },
            "rss_mib": {
                "start": round(first.rss_mib, 1),
                "end": round(last.rss_mib, 1),
                "max": round(max(one.rss_mib for one in samples), 1),
                "slope_mib_per_h": slope_per_h(samples),
            },
            "wal_mib_max": round(max(one.wal_mib for one in samples), 2),
            "flapping": sum(
                max(0, downs - watch.faults[camera]) for camera, downs in watch.downs.items()
            ),
            "death_to_eyes_s": summed(dead, [ill.seen_s for ill in dead]),
            "death_to_state_s": summed(dead, [ill.told_s for ill in dead]),
            "frozen_to_eyes_s": summed(frozen, [ill.seen_s for ill in frozen]),
            "stale_shown_as_live": watch.stale_looks,
            "looks": watch.looks,
            "gui_stall_ms": {
                "p99": round(watch.late.percentile_ms(99), 1),
                "max": round(watch.late.most_ms, 1),
            },
        }


def slope_per_h(samples: Sequence[Sample]) -> float | None:
    """Return how fast the memory grows, MiB an hour, by regression over the later three quarters.

    The first quarter is left out: caches fill, and the allocator finds its size.
    """
    kept = samples[len(samples) // 4 :]
    if len(kept) < 3:
        return None
    hours = np.array([one.at_s for one in kept]) / 3600
    return round(float(np.polyfit(hours - hours[0], [one.rss_mib for one in kept], 1)[0]), 2)


def summed(ills: Sequence[Ill], took_s: Sequence[float | None]) -> dict[str, object]:
    """Sum up how long something took; faults that were over before it happened are named."""
    times = [one for one in took_s if one is not None]
    return {
        "count": len(times),
        "p50": round(float(np.percentile(times, 50)), 2) if times else None,
        "p95": round(float(np.percentile(times, 95)), 2) if times else None,
        "max": round(max(times), 2) if times else None,
        "never": sorted(
            str(ill.fault) for ill, one in zip(ills, took_s, strict=True) if one is None
        ),
    }


def fill_profile(profile: Profile, ports: Sequence[int], interval_s: float) -> None:
    """Make the administrator and the cameras, each at its proxy's port."""
    database = Database.open(profile.database_file)
    bus = Bus()
    recordings = AuditRecordings(profile.audits_folder, bus)
    counting = Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)
    commands = Commands(database, SecretStore(), CameraPolicy(), bus, counting)
    session = commands.create_first_administrator(NAME, PASSWORD)
    for number, port in enumerate(ports, 1):
        settings = CameraSettings(
            name=f"Camera {number:03}",
            location="Simulated",
            host="127.0.0.1",
            port=port,
            base_path=f"/cam/{number}",
            interval_s=interval_s,
            allow_local=True,
        )
        commands.add_camera(session, settings, None)
    database.close()


def run(profile: Profile, site: Site, options: argparse.Namespace) -> dict[str, object]:
    """Open the window, warm up, break cameras, let all come back, sum up."""
    qt_application = make_qt_application()
    # So that a refused password and an open breaker are over within the time that is left at the
    # end for all cameras to come back.
    policy = CameraPolicy(auth_pause_s=60.0)
    application = Application(profile, Settings(cameras=policy), demo=None)
    soak = Soak(application, site, profile, options)
    results: list[dict[str, object]] = []

    def sign_in() -> None:
        if application.commands is None:
            QTimer.singleShot(50, sign_in)
            return
        application.windows.open_window(application.commands.sign_in(NAME, PASSWORD))
        assert application.window is not None
        application.window.resize(1600, 1000)
        calm_ms = round((options.warm_up + options.minutes * 60) * 1000)
        QTimer.singleShot(round(options.warm_up * 1000), soak.start)
        QTimer.singleShot(calm_ms, soak.calm_down)
        QTimer.singleShot(calm_ms + round(options.calm * 1000), end)

    def end() -> None:
        results.append(soak.result())
        closing_s = time.monotonic()
        application.stop()
        results[0]["close_s"] = round(time.monotonic() - closing_s, 2)
        results[0]["late_workers"] = application.late_workers

    QTimer.singleShot(0, application.start)
    QTimer.singleShot(0, sign_in)
    qt_application.exec()
    return results[0]


def main() -> int:
    """Run the soak once."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=20, help="seconds from fault to fault")
    parser.add_argument("--lasts", type=float, nargs=2, default=(20, 60), help="seconds a fault")
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between polls")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--warm-up", type=float, default=60, help="seconds before the first")
    parser.add_argument("--calm", type=float, default=90, help="seconds after the last")
    parser.add_argument("--seed", type=int, default=1, help="which faults when")
    parser.add_argument("--json", action="store_true", help="print one line instead of many")
    options = parser.parse_args()
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    site = Site(options.cameras, options.size, options.interval)
    try:
        with tempfile.TemporaryDirectory() as folder:
            profile = Profile(Path(folder))
            profile.create()
            logs.set_up(profile.log_file, to_stderr=False)
            fill_profile(profile, site.ports, options.interval)
            result = run(profile, site, options)
    finally:
        site.close()
    print(json.dumps(result, indent=None if options.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
