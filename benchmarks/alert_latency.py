"""From people appearing on a simulated camera to the popup: the whole program, 16 cameras.

    python benchmarks/alert_latency.py [--cameras 16] [--rounds 3] [--interval 1] [--smoothing 3]

Cameras in a process of their own show their place empty, until they are told to show people. The
time runs from that moment to the event that puts a popup on the screen, and, where a window is
open, on to the next turn of its event loop.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SIZE = (1280, 720)
SEED = 7
VARIANTS = 6
SETTLE_S = 9.0


def serve(cameras: int) -> None:
    """Serve cameras that show people when they are told to; says its port first."""
    from camwatch.cameras.simulator.film import Film  # noqa: PLC0415 - only this process paints

    def pictures(busy: float) -> list[list[bytes]]:
        film = Film(cameras, SIZE, fps=2.0, seed=SEED, cache_bytes=2**26, busy=busy)
        for scene in range(film.scenes):
            film.prepare(scene)
        found = []
        for camera in range(cameras):
            frames: Sequence[int] = range(VARIANTS)
            if busy:
                # Where many are to be seen for a while.
                least = [
                    min(film.moment(camera, first + n).occupancy for n in range(VARIANTS))
                    for first in range(film.loop_frames - VARIANTS)
                ]
                start = least.index(max(least))
                frames = range(start, start + VARIANTS)
            found.append([film.picture(camera, frame) for frame in frames])
        return found

    shows = [pictures(0.0), pictures(1.0)]
    is_shown = [0] * cameras
    asked = [0] * cameras

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, _, number, *rest = self.path.split("/")
            camera = int(number) - 1
            if rest[0].startswith("show"):
                is_shown[camera] = int(rest[0][-1])
                body, kind = b"ok", "text/plain"
            elif rest[0].startswith("status"):
                body, kind = b"{}", "application/json"
            else:
                asked[camera] += 1
                body = shows[is_shown[camera]][camera][asked[camera] % VARIANTS]
                kind = "image/jpeg"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


def fill(profile: Any, port: int, options: argparse.Namespace) -> list[int]:
    """Make cameras, and a critical rule for each; return the cameras' ids."""
    from dataclasses import replace  # noqa: PLC0415

    from camwatch.alerts.people import USUAL as PLAN  # noqa: PLC0415
    from camwatch.alerts.people import ChannelKind, PlanStep  # noqa: PLC0415
    from camwatch.alerts.rules import (  # noqa: PLC0415
        Occupancy,
        Rule,
        Scope,
        Severity,
        Side,
    )
    from camwatch.data.engine import Database  # noqa: PLC0415
    from camwatch.domain import CameraSettings  # noqa: PLC0415
    from camwatch.scene import Scene  # noqa: PLC0415

    database = Database.open(profile.database_file)
    ids = []
    with database.alert_setup.changing() as book:
        popup_only = (PlanStep(0.0, ChannelKind.POPUP),)
        book.plans.put(replace(PLAN, steps=popup_only, version=0))
    for number in range(1, options.cameras + 1):
        settings = CameraSettings(
            name=f"Camera {number:02}",
            location="Simulated",
            host="127.0.0.1",
            port=port,
            base_path=f"/cam/{number}",
            interval_s=options.interval,
            allow_local=True,
        )
        camera = database.cameras.add(settings)
        database.scenes.save(camera.id, Scene(smoothing_s=options.smoothing))
        rule = Rule(
            str(uuid.uuid4()),
            f"Somebody on {number}",
            Occupancy(Side.ABOVE, 1),
            Scope(cameras=frozenset({camera.id})),
            Severity.CRITICAL,
            cool_down_s=0.0,
        )
        with database.alert_setup.changing() as book:
            book.rules.put(rule)
        ids.append(int(camera.id))
    database.close()
    return ids


class Play:
    """Lets people appear and go, and notes when each popup comes."""

    def __init__(self, application: Any, port: int, ids: Sequence[int], rounds: int) -> None:
        from camwatch.events import CountMeasured, PopupDue  # noqa: PLC0415

        self.application = application
        self.port = port
        self.ids = ids
        self.rounds = rounds
        self.appeared_s: dict[int, float] = {}
        self.counted_s: dict[int, float] = {}
        self.took_s: list[float] = []
        self.of_that_counting_s: list[float] = []
        self.missed = 0
        self.seen: set[int] = set()
        self.lock = threading.Lock()
        application.bus.subscribe(CountMeasured, self.on_count)
        application.bus.subscribe(PopupDue, self.on_popup)

    def on_count(self, event: Any) -> None:
        """Note when people were first counted on a camera."""
        with self.lock:
            self.seen.add(event.camera_id)
            if event.count and event.camera_id in self.appeared_s:
                self.counted_s.setdefault(event.camera_id, time.monotonic())

    def on_popup(self, event: Any) -> None:
        """Note how long a popup took."""
        now_s = time.monotonic()
        new = event.notification.new
        with self.lock:
            for camera_id in new.data.get("cameras", []):
                appeared_s = self.appeared_s.pop(camera_id, None)
                if appeared_s is not None:
                    self.took_s.append(now_s - appeared_s)
                    counted_s = self.counted_s.pop(camera_id, now_s)
                    self.of_that_counting_s.append(counted_s - appeared_s)

    def show(self, number: int, *, people: bool) -> None:
        """Let people appear on a camera, or go."""
        address = f"http://127.0.0.1:{self.port}/cam/{number}/show{int(people)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            answer.read()

    def run(self) -> None:
        """Play all rounds, once every camera is counted."""
        ends_s = time.monotonic() + 90
        while len(self.seen) < len(self.ids) and time.monotonic() < ends_s:
            time.sleep(0.2)
        time.sleep(5.0)
        chance = random.Random(1)
        for _ in range(self.rounds):
            order = list(range(1, len(self.ids) + 1))
            chance.shuffle(order)
            for number in order:
                time.sleep(chance.uniform(0.0, 0.4))
                with self.lock:
                    self.counted_s.pop(self.ids[number - 1], None)
                    self.appeared_s[self.ids[number - 1]] = time.monotonic()
                self.show(number, people=True)
            time.sleep(SETTLE_S)
            with self.lock:
                self.missed += len(self.appeared_s)
                self.appeared_s.clear()
            for number in order:
                self.show(number, people=False)
            time.sleep(SETTLE_S)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run the program and let people appear."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    from camwatch.app import Application  # noqa: PLC0415
    from camwatch.config import Settings  # noqa: PLC0415
    from camwatch.paths import Profile  # noqa: PLC0415
    from camwatch.running import make_qt_application  # noqa: PLC0415

    command = [sys.executable, __file__, "--serve", "--cameras", str(options.cameras)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory(prefix="camwatch-latency-") as folder,
    ):
        try:
            if server.stdout is None:
                raise RuntimeError("no pipe")
            port = int(server.stdout.readline())
            profile = Profile(Path(folder))
            profile.create()
            ids = fill(profile, port, options)
            qt_application = make_qt_application()
            application = Application(profile, Settings(), None)
            play = Play(application, port, ids, options.rounds)
            thread = threading.Thread(target=play.run)
            QTimer.singleShot(0, application.start)
            thread.start()
            watching = QTimer()
            watching.timeout.connect(lambda: None if thread.is_alive() else application.stop())
            watching.start(200)
            qt_application.exec()
            thread.join()
        finally:
            server.kill()
    took = play.took_s
    goal_s = options.interval + 0.5
    return {
        "cameras": options.cameras,
        "interval_s": options.interval,
        "smoothing_s": options.smoothing,
        "popups": len(took),
        "missed": play.missed,
        "latency_s": {
            "p50": round(percentile(took, 0.5), 3),
            "p95": round(percentile(took, 0.95), 3),
            "max": round(max(took, default=3.0), 3),
        },
        "until_counted_s": {
            "p50": round(percentile(play.of_that_counting_s, 0.5), 3),
            "p95": round(percentile(play.of_that_counting_s, 0.95), 3),
        },
        "goal_p95_s": goal_s,
        "is_reached": not play.missed and 0 < percentile(took, 0.95) <= goal_s,
    }


def main() -> None:
    """Measure, or serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--smoothing", type=float, default=3.0)
    options = parser.parse_args()
    if options.serve:
        serve(options.cameras)
    else:
        print(json.dumps(measure(options), indent=2))


if __name__ == "__main__":
    main()
