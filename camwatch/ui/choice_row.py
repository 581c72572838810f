"""A row of buttons of which one is chosen, each with what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from camwatch.ui import theme
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import Field, FocusGroup

K = TypeVar("K")


class _Told(QObject):
    """Carries the signal: a generic class cannot have one of its own."""

    changed = Signal()


class ChoiceRow(Generic[K]):
    """Buttons beside each other; what is chosen is explained under them.

    Attributes:
        buttons: By what they stand for.
        field: The row with its label; to be put into a form.
        told: Emits `changed` when another one is chosen.

    Args:
        label: Above the row.
        offered: What can be chosen: name, and what it means.
        chosen: At first.
    """

    def __init__(
        self, label: str, offered: Mapping[K, tuple[str, str]], chosen: K, parent: QWidget
    ) -> None:
        self._label, self._offered = label, offered
        row_widget = self._row = FocusGroup(parent)
        # The letter of the label leads here, and on to what is chosen; Tab does not stop twice.
        row_widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        row = FlowRow(theme.current().space, row_widget)
        self._group = QButtonGroup(row_widget)
        self.buttons: dict[K, QPushButton] = {}
        for one, (name, about) in offered.items():
            button = QPushButton(name, row_widget)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            button.setAccessibleDescription(about)
            self._group.addButton(button)
            row.addWidget(button)
            self.buttons[one] = button
        self.buttons[chosen].setChecked(True)
        row_widget.begin_at(self.buttons[chosen])
        self.field = Field(label, row_widget, parent, hint=offered[chosen][1])
        self.told = _Told(row_widget)
        self._group.buttonToggled.connect(self._on_toggled)

    @property
    def chosen(self) -> K:
        """What is chosen."""
        return next(one for one, button in self.buttons.items() if button.isChecked())

    @Slot(object, bool)
    def _on_toggled(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self._row.begin_at(self.buttons[self.chosen])
            self.field.rename(self._label, self._offered[self.chosen][1])
            self.told.changed.emit()
