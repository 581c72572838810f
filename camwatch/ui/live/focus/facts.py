"""What is known of the camera in focus: numbers of its places, its last hour, its last alerts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.events import AlertChanged
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.background import Background
from camwatch.ui.charts.series import Occupancy
from camwatch.ui.forms import plain_label
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.focus.sparkline import Sparkline

MOST_ALERTS = 5

HourOf = Callable[[CameraId], Occupancy]
"""Returns the last hour of a camera."""


class AlertsOfCamera(Protocol):
    """What is asked of `camwatch.commands.Commands`."""

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...


class FocusFacts(QWidget):
    """Says what the picture alone does not.

    Signals:
        alert_requested: The uid of an alert whose details are wanted.
    """

    alert_requested = Signal(str)

    def __init__(
        self,
        commands: AlertsOfCamera,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._condition: CameraCondition | None = None
        self.hour_of: HourOf | None = None
        """Where the last hour comes from; None shows none."""
        space = theme.current().space
        self.places_title = _heading(tr("Lines and zones"))
        self.places = plain_label()
        self.hour_title = _heading(tr("Last hour"))
        self.hour = Sparkline(self)
        self.alerts_title = _heading(tr("Last alerts"))
        self.no_alert = plain_label("", "muted")
        self.links: list[QPushButton] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space // 2)
        for widget in (self.places_title, self.places, self.hour_title, self.hour):
            column.addWidget(widget)
        column.addWidget(self.alerts_title)
        column.addWidget(self.no_alert)
        column.addLayout(self._rows)
        may_see = session.may(Permission.VIEW_ALERTS)
        self.alerts_title.setVisible(may_see)
        self.no_alert.setVisible(may_see)
        for widget in (self.hour_title, self.hour):
            widget.setVisible(session.may(Permission.VIEW_COUNTS))

    def show_camera(self, condition: CameraCondition | None) -> None:
        """Show what is known of this camera; None for none."""
        self._condition = condition
        self._list([])
        if condition is not None:
            self.no_alert.setText(tr("Reading the alerts…"))
            self.refresh()
            self.read_alerts()

    def refresh(self) -> None:
        """Bring the numbers up to now."""
        condition = self._condition
        if condition is None:
            return
        lines = condition.explained(utc_now()) if condition.shows_count else []
        self.places.setText("\n".join(lines))
        for widget in (self.places_title, self.places):
            widget.setVisible(bool(lines))
        if self.hour_of is not None:
            self.hour.show_hour(self.hour_of(condition.camera.id))

    def read_alerts(self) -> None:
        """Read the newest alerts about the camera."""
        if self._condition is None or not self._session.may(Permission.VIEW_ALERTS):
            return
        commands, session = self._commands, self._session
        camera_id = self._condition.camera.id
        query = AlertQuery(camera_id=camera_id, states=frozenset(AlertState), limit=MOST_ALERTS)
        self._background.run(
            lambda: commands.alerts(session, query),
            partial(self._on_alerts, camera_id),
            self._on_no_alerts,
            owner=self,
        )

    def on_alert_changed(self, event: AlertChanged) -> None:
        """Read the alerts anew if one about this camera is another now."""
        condition = self._condition
        is_here = condition is not None and condition.camera.id in event.alert.camera_ids
        if is_here and self.isVisible():
            self.read_alerts()

    def _on_alerts(self, camera_id: CameraId, alerts: Sequence[Alert]) -> None:
        if self._condition is not None and self._condition.camera.id == camera_id:
            self.no_alert.setText("" if alerts else tr("No alert about this camera yet."))
            self.no_alert.setVisible(not alerts)
            self._list(alerts)

    def _on_no_alerts(self, error: CamWatchError) -> None:
        self.no_alert.setText(tr("The alerts cannot be read now: {why}", why=str(error)))
        self.no_alert.show()

    def _list(self, alerts: Sequence[Alert]) -> None:
        for link in self.links:
            link.hide()
            link.deleteLater()
        self.links = []
        for alert in alerts[:MOST_ALERTS]:
            at = alert.raised_at.astimezone(self._zone)
            link = QPushButton(words.without_mnemonic(f"{at:%H:%M}  {alert.title}"))
            link.setProperty("role", "link")
            link.setStyleSheet("text-align: left;")
            link.setToolTip(words.tooltip(alert.message))
            link.setAccessibleName(
                tr("Alert at {at}: {title}", at=f"{at:%H:%M}", title=alert.title)
            )
            link.setMinimumWidth(1)
            link.clicked.connect(partial(self.alert_requested.emit, alert.uid))
            self._rows.addWidget(link)
            self.links.append(link)


def _heading(text: str) -> QLabel:
    label = plain_label(text, "heading")
    label.setContentsMargins(0, theme.current().space, 0, 0)
    return label
