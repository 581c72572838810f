"""The bar above the alerts that says which of them are listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.alerts.rules import Severity
from camwatch.domain import Camera, CameraId
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.order import OPEN, UNSEEN, fits
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.charts.custom_range import CustomRange
from camwatch.ui.charts.ranges import Preset, preset_range
from camwatch.ui.forms import CalmComboBox, name_line_buttons, plain_label
from camwatch.ui.words import shortened

_TYPING_MS = 250
_LONGEST_NAME = 40


class Which(StrEnum):
    """In which states alerts are listed; the value is what the operator reads."""

    OPEN = marked("Open")
    UNSEEN = marked("To acknowledge")
    ACKNOWLEDGED = marked("Acknowledged")
    RETURNED = marked("Over, unseen")
    SHELVED = marked("Shelved")
    CLOSED = marked("Closed")
    ALL = marked("All")


_STATES: dict[Which, frozenset[AlertState]] = {
    Which.OPEN: OPEN,
    Which.UNSEEN: UNSEEN,
    Which.ACKNOWLEDGED: frozenset({AlertState.ACKNOWLEDGED}),
    Which.RETURNED: frozenset({AlertState.RETURNED}),
    Which.SHELVED: OPEN,
    Which.CLOSED: frozenset({AlertState.CLOSED}),
    Which.ALL: frozenset(AlertState),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts are listed.

    Attributes:
        query: What the command is asked.
        is_shelf: Of those only what is on the shelf.
    """

    query: AlertQuery
    is_shelf: bool = False

    def takes(self, alert: Alert, now: datetime) -> bool:
        """Tell whether an alert is to be listed."""
        return fits(alert, self.query, now) and (not self.is_shelf or alert.is_shelved(now))


class AlertFilterBar(QWidget):
    """Boxes for state, severity, camera and time, a field for words, and how many fit.

    Signals:
        changed: Other alerts are wanted.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    changed = Signal()

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone = zone
        self._clock = clock
        space = theme.current().space
        self.which = self._box(tr("State"), 16)
        for which in Which:
            self.which.addItem(tr(which.value), which)
        self.severity = self._box(tr("Severity"), 16)
        self.severity.addItem(tr("Any severity"), None)
        for severity in reversed(Severity):
            look = severity_look(severity)
            self.severity.addItem(icons.icon(look.icon, look.color), look.word, severity)
        self.camera = self._box(tr("Camera"), 18)
        self.camera.addItem(tr("Any camera"), None)
        self.when = self._box(tr("Raised"), 15)
        self.when.addItem(tr("Any time"), None)
        for preset in Preset:
            self.when.addItem(tr(preset.value), preset)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search title, rule, camera"))
        self.search.setAccessibleName(tr("Search the alerts"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setMinimumWidth(17 * space)
        self.search.setMaximumWidth(40 * space)
        self.clear_button = QPushButton(tr("Show all o&pen"), self)
        self.clear_button.setToolTip(tr("Take search and filters away"))
        self.clear_button.clicked.connect(self.clear)
        self.count = plain_label("", "muted", self)
        self.count.setWordWrap(False)
        self.custom = CustomRange(zone, self)
        self.custom.set_range(preset_range(Preset.LAST_7_DAYS, clock(), zone))
        self.custom.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._lay_out()
        self._connect()
        self.clear_button.setEnabled(False)

    def _box(self, name: str, width: int) -> CalmComboBox:
        box = CalmComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumWidth(width * theme.current().space)
        box.setMaximumWidth((width + 8) * theme.current().space)
        return box

    def _lay_out(self) -> None:
        space = theme.current().space
        row = QHBoxLayout()
        row.setSpacing(space)
        for part in self.widgets[:-1]:
            row.addWidget(part, 1 if part is self.search else 0)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        row.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(row)
        column.addWidget(self.custom)

    def _connect(self) -> None:
        for box in self._boxes:
            box.currentIndexChanged.connect(self._on_changed)
        self.custom.chosen.connect(self._on_changed)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._on_changed)
        self._typing.timeout.connect(self._on_changed)

    @property
    def _boxes(self) -> tuple[CalmComboBox, ...]:
        return self.which, self.severity, self.camera, self.when

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in the order of the Tab key."""
        return (*self._boxes, self.search, self.clear_button)

    def offer_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer these to choose from; the chosen one stays."""
        chosen = self.camera.currentData()
        with QSignalBlocker(self.camera):
            while self.camera.count() > 1:
                self.camera.removeItem(1)
            for camera in sorted(cameras, key=lambda one: one.name.casefold()):
                text = shortened(wording.one_line(camera.name), _LONGEST_NAME)
                self.camera.addItem(text, camera.id)
            place = self.camera.findData(chosen) if chosen is not None else 0
            self.camera.setCurrentIndex(max(place, 0))
        if chosen is not None and self.camera.currentData() != chosen:
            self._on_changed()

    @property
    def wanted_states(self) -> Which:
        """In which states alerts are listed."""
        return Which(self.which.currentData())

    @property
    def is_searching(self) -> bool:
        """True if more is asked than the state."""
        boxes = (self.severity, self.camera, self.when)
        return bool(self.search.text().strip()) or any(box.currentIndex() > 0 for box in boxes)

    def wanted(self) -> Wanted | None:
        """Return which alerts are wanted; None if the time that was entered is none."""
        since: datetime | None = None
        until: datetime | None = None
        preset = self.when.currentData()
        if preset == Preset.CUSTOM:
            stretch = self.custom.range(self._clock())
            if stretch is None:
                return None
            # The fields know whole minutes; the last one is meant to be among them.
            since, until = stretch.start, stretch.end + timedelta(minutes=1)
        elif preset:
            since = preset_range(Preset(preset), self._clock(), self._zone).start
        which, camera_id = self.wanted_states, self.camera.currentData()
        severity = self.severity.currentData()
        query = AlertQuery(
            states=_STATES[which],
            severities=frozenset({Severity(severity)}) if severity else None,
            camera_id=None if camera_id is None else CameraId(camera_id),
            text=self.search.text().strip(),
            since=since,
            until=until,
            with_shelved=which is not Which.UNSEEN,
            limit=MOST_ALERTS,
        )
        return Wanted(query, is_shelf=which is Which.SHELVED)

    def show_count(self, count: int, *, is_cut: bool) -> None:
        """Say how many fit."""
        words = wording.alerts(count)
        self.count.setText(tr("the newest {words}", words=words) if is_cut else words)
        self.count.setToolTip(
            tr(
                "No more than {words} are listed at once. Narrow the filter to find older ones.",
                words=words,
            )
            if is_cut
            else ""
        )

    @Slot()
    def clear(self) -> None:
        """Want all open alerts."""
        self.choose(Which.OPEN)

    def choose(self, which: Which) -> None:
        """Want all alerts in these states."""
        with QSignalBlocker(self.search):
            self.search.clear()
        for box in self._boxes:
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        with QSignalBlocker(self.which):
            self.which.setCurrentIndex(self.which.findData(which))
        self._on_changed()

    @Slot(str)
    def _on_typed(self, _text: str) -> None:
        self._typing.start()

    @Slot()
    def _on_changed(self) -> None:
        self._typing.stop()
        self.custom.setVisible(self.when.currentData() == Preset.CUSTOM)
        is_set = self.is_searching or self.wanted_states is not Which.OPEN
        self.clear_button.setEnabled(is_set)
        self.changed.emit()
