"""Loads modules while the window lives: those that know no Qt beside it, the others in turns.

Importing what knows Qt in another thread than the window's has been seen to end the process: Qt's
types come into being with their modules, while the window uses others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

WITHOUT_QT = (
    "camwatch.commands.where",
    "camwatch.commands.system",
    "camwatch.commands.storage_opening",
    "camwatch.commands.repair_desk",
    "camwatch.cameras.polling",
    "camwatch.detect.view_counter",
    "camwatch.data.reserve",
)
"""What opens the history, and most of what works behind it."""

OF_A_DEMONSTRATION = (
    "camwatch.demonstration",
    "camwatch.cameras.simulator.site",
    "alembic.command",
)
"""What is needed besides for made-up cameras and a new history."""

OF_THE_PROGRAM = (
    "camwatch.workers.analysis",
    "camwatch.workers.alerts",
    "camwatch.alert_room",
    "camwatch.away_room",
    "camwatch.camera_room",
    "camwatch.storage_room",
    "camwatch.ui.report.pages",
    "camwatch.window_room",
    "camwatch.app",
)
"""What joins it with the screens."""

OF_THE_LIVE_PAGE = (
    "pyqtgraph",
    "camwatch.ui.charts.live_chart",
    "camwatch.ui.live.page",
    "camwatch.ui.time_machine.live_room",
    "camwatch.ui.live.wall.room",
    "camwatch.ui.window.pages",
    "camwatch.ui.main_window",
)
"""What the main window shows first."""

OF_THE_WINDOW = (
    *OF_THE_LIVE_PAGE,  # by then it is loaded, unless somebody was quick
    "camwatch.ui.charts.flow_chart",
    "camwatch.ui.charts.point.card",
    "camwatch.ui.charts.chart_area",
    "camwatch.ui.charts.history_page",
    "camwatch.ui.chart_files",
    "camwatch.ui.cameras.page",
    "camwatch.ui.alerts.inbox.tab",
    "camwatch.ui.alerts.delivery.tab",
    "camwatch.ui.alerts.rules.tab",
    "camwatch.ui.alerts.page",
    "camwatch.ui.accuracy.page",
    "camwatch.ui.operators.page",
    "camwatch.ui.audit.page",
    "camwatch.ui.health.page",
    "camwatch.ui.settings.page",
    "camwatch.ui.window.dialogs",
    "camwatch.ui.window.places",
    "camwatch.ui.window.finding",
    "camwatch.ui.window.beside",
)
"""All that it is made of, in the order in which it is made."""


class Loader(Worker):
    """Loads modules that know no Qt, in a thread.

    Signals:
        loaded: They are there, or cannot be had: whoever imports them gets to know why.
    """

    loaded = Signal()

    def __init__(self, names: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__("loading", parent)
        self._names = names

    def work(self) -> None:
        """Load one after the other."""
        try:
            for name in self._names:
                if self.stop_event.is_set():
                    return
                import_module(name)
        finally:
            self.loaded.emit()


class TurnLoader(QObject):
    """Loads modules that know Qt in the GUI thread: one, then whatever else there is to do.

    Signals:
        done: They are there.
    """

    done = Signal()

    def __init__(self, names: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(names)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._load_one)

    def begin(self) -> None:
        """Begin, or go on; harmless when called again."""
        self._timer.start()

    def pause(self) -> None:
        """Load nothing more until `begin`."""
        self._timer.stop()

    def stop(self) -> None:
        """Load nothing more."""
        self._left.clear()
        self._timer.stop()

    @Slot()
    def _load_one(self) -> None:
        if self._left:
            import_module(self._left.pop(0))
            return
        self._timer.stop()
        self.done.emit()
