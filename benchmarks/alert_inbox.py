"""For how long a storm of changes keeps the window busy while the inbox shows a thousand alerts.

Run: QT_QPA_PLATFORM=offscreen python -m benchmarks.alert_inbox [seconds]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from camwatch.alerts.alert import AlertState
from camwatch.alerts.rules import Severity
from camwatch.events import AlertChanged, Bus
from camwatch.ui import theme
from camwatch.ui.alerts.inbox.tab import InboxTab
from camwatch.ui.bridge import EventBridge
from tests.commands.values import Clock
from tests.ui.alert_edges import AlertShelf, alert
from tests.ui.live_edges import HeldBackground, session

_ALERTS = 1000
_BEAT_MS = 1
_BURST = 20
"""Changes each 20 ms: a thousand a second."""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=10.0)
    seconds = parser.parse_args().seconds
    app = QApplication([])
    theme.apply(app)
    clock, chance = Clock(), random.Random(1)
    shelf, background, bus = AlertShelf(clock), HeldBackground(), Bus()
    shelf.keep(*(alert(one) for one in range(1, _ALERTS + 1)))
    bridge = EventBridge(bus)
    tab = InboxTab(shelf, session(), background, bridge, ZoneInfo("Europe/Berlin"), clock=clock)
    tab.resize(1600, 900)
    tab.show()
    tab.load()
    background.finish()
    tab.table.choose_row(10)
    versions = itertools.count(2)
    gaps: list[float] = []
    told = 0
    before = time.perf_counter()

    def beat() -> None:
        nonlocal before
        now = time.perf_counter()
        gaps.append(1000 * (now - before) - _BEAT_MS)
        before = now

    def burst() -> None:
        nonlocal told
        for _ in range(_BURST):
            one = alert(chance.randint(1, _ALERTS))
            changed = replace(
                one,
                version=next(versions),
                severity=chance.choice(list(Severity)),
                state=chance.choice([AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED]),
            )
            bus.publish(AlertChanged(clock(), changed))
            told += 1

    beats, bursts = QTimer(), QTimer()
    beats.timeout.connect(beat)
    bursts.timeout.connect(burst)
    beats.start(_BEAT_MS)
    bursts.start(1000 * _BURST // 1000)
    QTimer.singleShot(round(1000 * seconds), app.quit)
    app.exec()
    bridge.close()
    gaps.sort()
    found = {
        "alerts": tab.model.rows(),
        "changes": told,
        "changes_per_s": round(told / seconds),
        "gui_stall_ms": {
            "p50": round(gaps[len(gaps) // 2], 1),
            "p99": round(gaps[int(0.99 * len(gaps))], 1),
            "max": round(gaps[-1], 1),
        },
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
