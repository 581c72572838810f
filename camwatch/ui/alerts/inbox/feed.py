"""What is new about alerts, gathered so that a storm of changes does not stall the window."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import MOST_ALERTS
from camwatch.events import AlertChanged
from camwatch.ui.bridge import EventBridge

_GATHER_MS = 200
_READ_AGAIN_MS = 1000
_MOST_KEPT = 4 * MOST_ALERTS


class AlertFeed(QObject):
    """Keeps the newest version of what changed, and tells of it a few times a second.

    Events carry whole alerts. An operator of some sites may not see all their parts, so for
    such a one an event is only a hint to ask the commands again.

    Signals:
        changed: A list of Alert, the newest version of each.
        stale: Something changed that must be read again.

    Args:
        bridge: Brings the events.
        sees_all: The operator sees the cameras of all sites.
    """

    changed = Signal(object)
    stale = Signal()

    def __init__(
        self, bridge: EventBridge, *, sees_all: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sees_all = sees_all
        self._newest: OrderedDict[str, tuple[int, Alert]] = OrderedDict()
        self._waiting: dict[str, Alert] = {}
        self._taken = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GATHER_MS if sees_all else _READ_AGAIN_MS)
        self._timer.timeout.connect(self._tell)
        bridge.alert_changed.connect(self._on_changed)

    @property
    def taken(self) -> int:
        """How many versions were taken in; what comes later has a higher number."""
        return self._taken

    def newest(self, alert: Alert) -> Alert:
        """Return the newest version that is known of an alert."""
        known = self._newest.get(alert.uid)
        return known[1] if known is not None and known[1].version > alert.version else alert

    def since(self, taken: int) -> list[Alert]:
        """Return the alerts that were taken in after so many."""
        found = []
        for number, alert in reversed(self._newest.values()):
            if number <= taken:
                break
            found.append(alert)
        return found

    def take(self, alerts: Iterable[Alert]) -> None:
        """Take in what a command answered, and tell of it at once."""
        for alert in alerts:
            self._keep(alert)
        waiting, self._waiting = self._waiting, {}
        if waiting:
            self.changed.emit(list(waiting.values()))

    def _keep(self, alert: Alert) -> None:
        known = self._newest.get(alert.uid)
        if known is not None and known[1].version >= alert.version:
            return
        self._taken += 1
        self._newest[alert.uid] = self._taken, alert
        self._newest.move_to_end(alert.uid)
        if len(self._newest) > _MOST_KEPT:
            self._newest.popitem(last=False)
        self._waiting[alert.uid] = alert

    @Slot(object)
    def _on_changed(self, event: AlertChanged) -> None:
        if self._sees_all:
            self._keep(event.alert)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if waiting:
            self.changed.emit(list(waiting.values()))
        elif not self._sees_all:
            self.stale.emit()
