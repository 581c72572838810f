"""The row in which an operator chooses a time, hours of the day, and what the map shows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.charts.ranges import Preset
from camwatch.ui.forms import CalmComboBox
from camwatch.ui.heat.words import clock_hour

_PRESETS = (Preset.TODAY, Preset.LAST_7_DAYS, Preset.LAST_30_DAYS)
_DAY = 24


class Look(StrEnum):
    """What the map shows; the value is what the operator reads."""

    TIME = marked("Time spent")
    LOST = marked("Where people get lost")


class HeatChoices(QWidget):
    """What is chosen.

    Signals:
        time_changed: Another time or other hours are chosen, or it is to be read again.
        look_changed: The map is to show something else.
    """

    time_changed = Signal()
    look_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.preset_buttons = self._group([tr(preset.value) for preset in _PRESETS])
        self.look_buttons = self._group([tr(look.value) for look in Look])
        self.from_box = self._hour_box(0, tr("From this hour of the day"))
        self.to_box = self._hour_box(1, tr("To this hour of the day"))
        self.to_box.setCurrentIndex(_DAY - 1)
        self.refresh_button = QToolButton(self)
        self.refresh_button.setIcon(icons.icon("refresh-cw"))
        self.refresh_button.setIconSize(icons.size(18))
        self.refresh_button.setToolTip(tr("Read again"))
        self.refresh_button.setAccessibleName(tr("Read again"))
        from_label, to_label = QLabel(tr("Hours &from"), self), QLabel(tr("t&o"), self)
        from_label.setBuddy(self.from_box)
        to_label.setBuddy(self.to_box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space)
        for button in self.preset_buttons.buttons():
            row.addWidget(button)
        row.addSpacing(space)
        for part in (from_label, self.from_box, to_label, self.to_box):
            row.addWidget(part)
        row.addStretch(1)
        for button in self.look_buttons.buttons():
            row.addWidget(button)
        row.addWidget(self.refresh_button)
        self.preset_buttons.idToggled.connect(self._on_preset)
        self.look_buttons.idToggled.connect(self._on_look)
        self.from_box.currentIndexChanged.connect(self.time_changed)
        self.to_box.currentIndexChanged.connect(self.time_changed)
        self.refresh_button.clicked.connect(self.time_changed)

    def _group(self, words: Sequence[str]) -> QButtonGroup:
        group = QButtonGroup(self)
        for place, text in enumerate(words):
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setChecked(place == 0)
            group.addButton(button, place)
        return group

    def _hour_box(self, first: int, name: str) -> CalmComboBox:
        box = CalmComboBox(self)
        for hour in range(first, first + _DAY):
            box.addItem(clock_hour(hour), hour)
        box.setAccessibleName(name)
        box.setToolTip(tr("An end before the start means over night."))
        return box

    @property
    def widgets(self) -> list[QWidget]:
        """What takes the keyboard, from left to right."""
        return [
            *self.preset_buttons.buttons(),
            self.from_box,
            self.to_box,
            *self.look_buttons.buttons(),
            self.refresh_button,
        ]

    @property
    def preset(self) -> Preset:
        """The stretch of time that is chosen."""
        return _PRESETS[self.preset_buttons.checkedId()]

    @property
    def look(self) -> Look:
        """What the map shows."""
        return list(Look)[self.look_buttons.checkedId()]

    @property
    def hours(self) -> tuple[int, int] | None:
        """The chosen hours of the day; None for all, also from an hour round to itself."""
        first, stop = int(self.from_box.currentData()), int(self.to_box.currentData())
        return None if first == stop % _DAY else (first, stop)

    @Slot(int, bool)
    def _on_preset(self, _place: int, is_chosen: bool) -> None:
        if is_chosen:
            self.time_changed.emit()

    @Slot(int, bool)
    def _on_look(self, _place: int, is_chosen: bool) -> None:
        if is_chosen:
            self.look_changed.emit()
