"""Playing, stepping, and jumping from alert to alert."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import CalmComboBox, plain_label
from camwatch.ui.shortcuts import Key, sequence_of

SPEEDS = (1, 10, 60)
_LENGTHS = table(
    lambda: {
        timedelta(hours=1): tr("1 hour"),
        timedelta(hours=6): tr("6 hours"),
        timedelta(days=1): tr("1 day"),
        timedelta(days=7): tr("1 week"),
    }
)


class Transport(QWidget):
    """Buttons under the wall of the past.

    Signals:
        play_toggled: Play, or pause.
        speed_chosen: How many times as fast as it was.
        step_requested: A Key of `Transport.STEPS`.
        length_chosen: How much time the line of time shows, a timedelta.
        boxes_toggled: Whether people are framed.
    """

    play_toggled = Signal(bool)
    speed_chosen = Signal(int)
    step_requested = Signal(object)
    length_chosen = Signal(object)
    boxes_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, has_alerts: bool = True) -> None:
        super().__init__(parent)
        space = theme.current().space
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(space // 2)
        row = FlowRow(space // 2)  # large or long words get a second line, not fewer letters
        whole.addLayout(row, 1)

        def add(key: Key, icon: str, text: str = "") -> QToolButton:
            button = _button(key, icon, text, self)
            button.clicked.connect(lambda: self.step_requested.emit(key))
            row.addWidget(button)
            return button

        before = add(Key.PAST_ALERT_BEFORE, "bell", tr("Alert before"))
        add(Key.PAST_HOUR_BACK, "chevron-left", tr("1 h"))
        add(Key.PAST_MINUTE_BACK, "chevron-left", tr("1 min"))
        add(Key.PAST_STEP_BACK, "step-back")
        self.play = _button(Key.PAST_PLAY, "play", tr("Play"), self)
        self.play.setCheckable(True)
        self.play.toggled.connect(self._on_play)
        row.addWidget(self.play)
        self.speeds = QButtonGroup(self)
        for speed in SPEEDS:
            button = QToolButton(self)
            button.setText(tr("{speed}x", speed=speed))
            button.setCheckable(True)
            button.setAccessibleName(tr("Play {speed} times as fast as it was", speed=speed))
            button.setToolTip(button.accessibleName())
            self.speeds.addButton(button, speed)
            row.addWidget(button)
        self.speeds.button(SPEEDS[0]).setChecked(True)
        self.speeds.idClicked.connect(self.speed_chosen)
        add(Key.PAST_STEP_ON, "step-forward")
        add(Key.PAST_MINUTE_ON, "chevron-right", tr("1 min"))
        add(Key.PAST_HOUR_ON, "chevron-right", tr("1 h"))
        after = add(Key.PAST_ALERT_AFTER, "bell", tr("Next alert"))
        for button in (before, after):
            button.setVisible(has_alerts)
        self.summary = plain_label("", "muted", self)
        self.summary.setWordWrap(False)
        self.summary.setContentsMargins(space, 0, 0, 0)
        self.summary.setMinimumHeight(self.play.sizeHint().height())
        row.addWidget(self.summary)
        self.boxes = _button(Key.BOXES, "scan", tr("Boxes"), self)
        self.boxes.setCheckable(True)
        self.boxes.setChecked(True)
        self.boxes.toggled.connect(self.boxes_toggled)
        whole.addWidget(self.boxes)
        self.length = CalmComboBox(self)
        self.length.setAccessibleName(tr("How much time the line of time shows"))
        for one, words in _LENGTHS.items():
            self.length.addItem(words, one)
        self.length.currentIndexChanged.connect(self._on_length)
        whole.addWidget(self.length)

    @property
    def chosen_length(self) -> timedelta:
        """How much time the line of time shows."""
        found = self.length.currentData()
        return found if isinstance(found, timedelta) else timedelta(hours=1)

    @property
    def speed(self) -> int:
        """How many times as fast as it was."""
        return max(1, self.speeds.checkedId())

    @Slot(bool)
    def _on_play(self, is_playing: bool) -> None:
        self.play.setIcon(icons.icon("pause" if is_playing else "play"))
        words = tr("Pause") if is_playing else tr("Play")
        self.play.setText(f" {words}")
        self.play_toggled.emit(is_playing)

    @Slot()
    def _on_length(self) -> None:
        self.length_chosen.emit(self.chosen_length)


def _button(key: Key, icon: str, text: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icons.icon(icon))
    button.setIconSize(icons.size(18))
    name = tr(key.value)
    button.setAccessibleName(name)
    button.setToolTip(tr("{what} ({key})", what=name, key=sequence_of(key)))
    if text:
        button.setText(f" {text}")  # the style leaves no room between
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
