"""The alerts that were open at a moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert
from camwatch.history.moments import Moment
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.forms import plain_label
from camwatch.ui.time_machine.words import day_and_time

_UID = Qt.ItemDataRole.UserRole
_RAISED = Qt.ItemDataRole.UserRole + 1


class AlertsThen(QWidget):
    """Lists the alerts of a moment; Enter opens one as it is today.

    Signals:
        alert_requested: Its uid.
        moment_requested: UTC: go to where it was raised.
    """

    alert_requested = Signal(str)
    moment_requested = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._shown: tuple[tuple[str, str], ...] | None = None
        space = theme.current().space
        self.setFixedWidth(30 * space)
        self.heading = plain_label("", "heading", self)
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setIconSize(icons.size(18))
        self.list.setAccessibleName(tr("Alerts that were open then"))
        self.list.itemActivated.connect(
            lambda item: self.alert_requested.emit(str(item.data(_UID)))
        )
        self.list.itemSelectionChanged.connect(self._offer)
        self.open_button = QPushButton(tr("Open the alert"), self)
        self.open_button.clicked.connect(partial(self._go, _UID))
        self.raised_button = QPushButton(tr("Go to where it began"), self)
        self.raised_button.clicked.connect(partial(self._go, _RAISED))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space // 2)
        column.addWidget(self.heading)
        column.addWidget(self.list, 1)
        column.addWidget(self.raised_button)
        column.addWidget(self.open_button)
        self._offer()

    def _offer(self) -> None:
        is_chosen = bool(self.list.selectedItems())
        for button in (self.open_button, self.raised_button):
            button.setEnabled(is_chosen)

    def _go(self, role: int, _is_checked: bool = False) -> None:
        for item in self.list.selectedItems():
            if role == _UID:
                self.alert_requested.emit(str(item.data(_UID)))
            elif isinstance(at := item.data(_RAISED), datetime):
                self.moment_requested.emit(at)

    def show_moment(self, moment: Moment) -> None:
        """List what was open then."""
        count = moment.alert_count
        self.heading.setText(
            tr("No alert was open then")
            if not count
            else tr("1 alert was open then")
            if count == 1
            else tr("{count} alerts were open then", count=count)
        )
        rows = tuple((one.uid, self._words(one, moment.at)) for one in moment.alerts)
        if rows == self._shown:
            return
        self._shown = rows
        uid = next((str(item.data(_UID)) for item in self.list.selectedItems()), "")
        self.list.clear()
        for alert, (_, text) in zip(moment.alerts, rows, strict=True):
            look = severity_look(alert.severity)
            item = QListWidgetItem(icons.icon(look.icon, look.color), text)
            item.setData(_UID, alert.uid)
            item.setData(_RAISED, alert.raised_at)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{look.word}. {text}")
            self.list.addItem(item)
            if alert.uid == uid:
                self.list.setCurrentItem(item)
        self._offer()

    def _words(self, alert: Alert, at: datetime) -> str:
        lines = [
            wording.title(alert),
            tr("raised {when}", when=day_and_time(alert.raised_at, self._zone)),
        ]
        if alert.acknowledged_at is not None and alert.acknowledged_at <= at:
            lines.append(tr("acknowledged by then"))
        if alert.returned_at is not None and alert.returned_at <= at:
            lines.append(tr("over by then"))
        return "\n".join(lines)
