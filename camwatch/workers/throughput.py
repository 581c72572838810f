"""Counts pictures that arrive and pictures that are counted, for the status bar."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QObject, QTimer

from camwatch.domain import utc_now
from camwatch.events import Bus, CountMeasured, ThroughputMeasured

_EVERY_MS = 2000


class Throughput(QObject):
    """Publishes `ThroughputMeasured` every two seconds. Lives in the GUI thread."""

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._lock = threading.Lock()
        self._arrived = 0
        self._analysed = 0
        self._still = 0
        self._since_s = time.monotonic()
        bus.subscribe(CountMeasured, self._on_count_measured)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._publish)
        self._timer.start(_EVERY_MS)

    def picture_arrived(self) -> None:
        """Count one good picture; from any thread."""
        with self._lock:
            self._arrived += 1

    def _on_count_measured(self, event: CountMeasured) -> None:
        with self._lock:
            if event.is_carried:
                self._still += 1
            else:
                self._analysed += 1

    def _publish(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            arrived, self._arrived = self._arrived, 0
            analysed, self._analysed = self._analysed, 0
            still, self._still = self._still, 0
        # A picture that arrived before the turn of the interval may be counted after it.
        share = min(1.0, analysed / arrived) if arrived else None
        still_share = min(1.0 - (share or 0.0), still / arrived) if arrived else 0.0
        rate = arrived / (now_s - self._since_s)
        self._since_s = now_s
        self._bus.publish(ThroughputMeasured(utc_now(), rate, share, still_share))
