"""Looks for garbage in the thread of the window, and nowhere else.

Python looks for it in whichever thread happens to make the object that is one too many. Garbage
may hold parts of a window, such as a form that a closure and its own button keep alive; destroyed
by a thread of the background while the window draws, they take the whole program with them. The
remedy that Qt's Python bindings are known to need: switch the search off, and let a timer of the
window's thread do it by the same rules.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 200
"""So often it is asked whether a search is due; asking costs a microsecond."""


class Collector(QObject):
    """Searches for garbage in the thread it was made in, until it is ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def end(self) -> None:
        """Give the search back to Python."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        counts, most = gc.get_count(), gc.get_threshold()
        if not 0 < most[0] < counts[0]:  # with 0, nothing is searched for now
            return
        # The oldest generation whose turn it is; the younger ones are searched with it.
        gc.collect(max(age for age in range(3) if age == 0 or counts[age] > most[age] > 0))
