"""Counts down for how long tries to sign in are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from camwatch.auth.names import name_key

_LOOK_MS = 250


class Rests(QObject):
    """Until when the accounts rest that were told of here; each name has its own time.

    Args:
        clock: Tells the time, UTC.

    Signals:
        ticked: Time has gone by, or a rest is over.
    """

    ticked = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._until: dict[str, datetime] = {}
        self.timer = QTimer(self)
        self.timer.setInterval(_LOOK_MS)
        self.timer.timeout.connect(self._on_time)

    def add(self, name: str, until: datetime) -> None:
        """Note that tries for this name are refused until then."""
        self._until[name_key(name.strip())] = until
        self.timer.start()

    def until(self, name: str) -> datetime | None:
        """Return until when this name rests; None if it does not."""
        until = self._until.get(name_key(name.strip()))
        return until if until is not None and self._clock() < until else None

    def stop(self) -> None:
        """Count no more."""
        self.timer.stop()

    def _on_time(self) -> None:
        now = self._clock()
        self._until = {name: until for name, until in self._until.items() if now < until}
        if not self._until:
            self.timer.stop()
        self.ticked.emit()
