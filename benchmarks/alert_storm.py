"""What the window does while 1,000 thresholds are crossed within a second.

    python benchmarks/alert_storm.py [--cameras 20] [--crossings 1000]

The whole program runs on a throw-away profile, with its window open on the page of alerts. Counts
are put on the bus as the analysis does, each above or below the threshold of a rule; meanwhile it
is noted how late the window's event loop comes round.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEAT_MS = 4
SETTLE_MS = 18_000  # the program sets its heap aside before that
CALM_S = 4.0
AFTER_S = 8.0


def fill(profile: Any, cameras: int) -> list[int]:
    """Make cameras that are asked nowhere, and one rule about all of them."""
    from camwatch.alerts.rules import Occupancy, Rule, Side  # noqa: PLC0415
    from camwatch.data.engine import Database  # noqa: PLC0415
    from camwatch.domain import CameraSettings  # noqa: PLC0415

    database = Database.open(profile.database_file)
    ids = [
        int(
            database.cameras.add(
                CameraSettings(
                    name=f"Camera {n:02}",
                    location="Nowhere",
                    host="127.0.0.1",
                    port=9,
                    interval_s=3600.0,
                    allow_local=True,
                )
            ).id
        )
        for n in range(cameras)
    ]
    with database.alert_setup.changing() as book:
        for rule in book.rules.all():
            book.rules.remove(rule.uid)
        book.rules.put(Rule(str(uuid.uuid4()), "Crowd", Occupancy(Side.ABOVE, 5), cool_down_s=0.0))
    database.close()
    return ids


def storm(bus: Any, ids: Sequence[int], crossings: int) -> float:
    """Cross thresholds within a second; returns how long it took, seconds."""
    import numpy as np  # noqa: PLC0415

    from camwatch.domain import CameraId, utc_now  # noqa: PLC0415
    from camwatch.events import CountMeasured  # noqa: PLC0415

    boxes, scores = np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    began_s = time.perf_counter()
    for n in range(crossings):
        people = 9 if n // len(ids) % 2 == 0 else 0
        camera_id = CameraId(ids[n % len(ids)])
        bus.publish(
            CountMeasured(utc_now(), camera_id, n, people, 0.5, 0.01, 60.0, boxes, scores, "storm")
        )
        time.sleep(max(0.0, began_s + n / crossings - time.perf_counter()))
    return time.perf_counter() - began_s


def worst(late_ms: Sequence[float]) -> dict[str, float]:
    """Return the 99th percentile and the worst of some delays."""
    ordered = sorted(late_ms)
    if not ordered:
        return {"p99": 0.0, "max": 0.0}
    return {
        "p99": round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 1),
        "max": round(ordered[-1], 1),
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run the program, and let the storm loose."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    from camwatch.app import Application  # noqa: PLC0415
    from camwatch.config import Settings  # noqa: PLC0415
    from camwatch.events import AlertChanged, PopupDue  # noqa: PLC0415
    from camwatch.paths import Profile  # noqa: PLC0415
    from camwatch.running import make_qt_application  # noqa: PLC0415
    from camwatch.ui.pages import ALERTS  # noqa: PLC0415

    facts: dict[str, Any] = {}
    late: list[tuple[float, float]] = []
    changes, popups = [0], [0]
    with tempfile.TemporaryDirectory(prefix="camwatch-storm-") as folder:
        profile = Profile(Path(folder))
        profile.create()
        ids = fill(profile, options.cameras)
        qt_application = make_qt_application()
        application = Application(profile, Settings(), None)
        application.bus.subscribe(
            AlertChanged, lambda _event: changes.__setitem__(0, changes[0] + 1)
        )
        application.bus.subscribe(PopupDue, lambda _event: popups.__setitem__(0, popups[0] + 1))

        def sign_in() -> None:
            commands = application.commands
            if commands is None:
                QTimer.singleShot(100, sign_in)
                return
            session = commands.create_first_administrator("storm", "brown kettle sings")
            application.windows.open_window(session)
            if application.window is not None:
                application.window.show_page(ALERTS)
            QTimer.singleShot(SETTLE_MS, begin)

        heart = QTimer()
        beaten = [0.0]

        def beat() -> None:
            now_s = time.perf_counter()
            late.append((now_s, max(0.0, (now_s - beaten[0]) * 1000 - BEAT_MS)))
            beaten[0] = now_s

        def begin() -> None:
            beaten[0] = time.perf_counter()
            heart.timeout.connect(beat)
            heart.start(BEAT_MS)
            threading.Thread(target=play).start()

        def play() -> None:
            time.sleep(CALM_S)
            facts["storm_at_s"] = time.perf_counter()
            facts["storm_s"] = round(storm(application.bus, ids, options.crossings), 2)
            time.sleep(AFTER_S)
            facts["ended_at_s"] = time.perf_counter()

        watching = QTimer()
        watching.timeout.connect(lambda: application.stop() if "ended_at_s" in facts else None)
        watching.start(200)
        QTimer.singleShot(0, application.start)
        QTimer.singleShot(200, sign_in)
        qt_application.exec()
    storm_at_s = facts["storm_at_s"]
    # What comes after is the end of the program, which waits for its workers.
    result = worst([ms for at_s, ms in late if storm_at_s <= at_s <= facts["ended_at_s"]])
    return {
        "cameras": options.cameras,
        "crossings": options.crossings,
        "storm_s": facts["storm_s"],
        "alert_changes": changes[0],
        "popups": popups[0],
        "gui_stall_ms": result,
        "gui_stall_before_ms": worst([ms for at_s, ms in late if at_s < storm_at_s]),
        "goal_max_ms": 50,
        "is_reached": result["max"] <= 50,
    }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=20)
    parser.add_argument("--crossings", type=int, default=1000)
    print(json.dumps(measure(parser.parse_args()), indent=2))


if __name__ == "__main__":
    main()
