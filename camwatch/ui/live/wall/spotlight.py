"""Finds the tiles that need somebody, marks them, and enlarges the newest if wished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.rules import Severity
from camwatch.domain import CameraId, CameraState, utc_now
from camwatch.events import AlertChanged
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.live.condition import CameraCondition

WENT_DOWN = timedelta(seconds=60)
"""For so long after it went down a camera is marked: later it is no news any more."""

_LOOK_MS = 1000
_QUIET = (CameraState.DISABLED, CameraState.CONNECTING)

CRITICAL = AlertQuery(severities=frozenset({Severity.CRITICAL}), with_shelved=False)
"""The alerts that it begins with."""


class Spotlight(QObject):
    """Says of each camera why it needs attention; keeps it in its condition.

    Args:
        conditions: Tells the cameras.
        now: The wall clock, UTC.

    Signals:
        changed: The camera that should be large, None for none; emitted when it is another.
        found: Something needs attention that did not before.
    """

    changed = Signal(object)
    found = Signal()

    def __init__(
        self,
        conditions: Callable[[], Sequence[CameraCondition]],
        parent: QObject,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._conditions = conditions
        self._now = now
        self._alerts: dict[str, Alert] = {}
        self._since: dict[CameraId, datetime] = {}
        self._large: CameraId | None = None
        self.is_enlarging = False
        self._rests = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def set_enlarging(self, *, is_enlarging: bool) -> None:
        """Enlarge the newest tile that needs attention, or only mark it."""
        self.is_enlarging = is_enlarging
        self.look()

    def rest(self, *, rests: bool) -> None:
        """Enlarge nothing for a while, such as while the wall shows the past; or do so again."""
        self._rests = rests
        self.look()

    def take_alerts(self, alerts: Sequence[Alert]) -> None:
        """Begin with these."""
        for alert in alerts:
            self._keep(alert)
        self.look()

    @Slot(object)
    def on_alert_changed(self, event: AlertChanged) -> None:
        """Take up an alert as it is now."""
        self._keep(event.alert)
        self.look()

    def _keep(self, alert: Alert) -> None:
        before = self._alerts.get(alert.uid)
        if before is not None and before.version > alert.version:
            return
        needs = (
            alert.severity is Severity.CRITICAL
            and not alert.state.is_seen
            and not alert.is_shelved(self._now())
        )
        if needs:
            self._alerts[alert.uid] = alert
        else:
            self._alerts.pop(alert.uid, None)

    def _why(self, condition: CameraCondition, alarmed: frozenset[CameraId]) -> str:
        if condition.camera.id in alarmed:
            return tr("Critical alert")
        state = condition.state
        if (
            state is not None
            and not condition.is_live
            and condition.kind not in _QUIET
            and timedelta(0) <= self._now() - state.since <= WENT_DOWN
        ):
            return tr("Just went down")
        return ""

    @Slot()
    def look(self) -> None:
        """Find out what needs attention now."""
        now = self._now()
        alarmed = frozenset(
            part.subject.camera_id
            for alert in self._alerts.values()
            for part in alert.parts
            if part.subject.camera_id is not None and part.returned_at is None
        )
        is_news = False
        present = set()
        for condition in self._conditions():
            condition.attention = self._why(condition, alarmed)
            if condition.attention:
                present.add(condition.camera.id)
                if condition.camera.id not in self._since:
                    self._since[condition.camera.id] = now
                    is_news = True
        for camera_id in self._since.keys() - present:
            del self._since[camera_id]
        may = self.is_enlarging and not self._rests and theme.current().motion
        large = max(self._since, key=lambda one: self._since[one], default=None) if may else None
        if large != self._large:
            self._large = large
            self.changed.emit(large)
        if is_news:
            self.found.emit()
