"""A short table of names and values: fields of a gateway, headers of a webhook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.dialog import tool
from camwatch.ui.forms import FocusGroup
from camwatch.ui.operators.form_dialog import bring_into_view, make_button

MOST_PAIRS = 20
_LONGEST_NAME, _LONGEST_VALUE = 128, 1024


class PairLine(QWidget):
    """One name and one value.

    Signals:
        removed: It is to go.
    """

    removed = Signal()

    def __init__(self, name_words: str, value_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setPlaceholderText(name_words)
        self.name.setAccessibleName(name_words)
        self.value = QLineEdit(self)
        self.value.setMaxLength(_LONGEST_VALUE)
        self.value.setPlaceholderText(value_words)
        self.value.setAccessibleName(value_words)
        self.remove = tool("trash-2", tr("Remove this line"), self)
        self.remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.name, 2)
        row.addWidget(self.value, 3)
        row.addWidget(self.remove)


class PairsEditor(FocusGroup):
    """Lines of names and values, in their order.

    Signals:
        changed: Something else is entered.
        rearranged: There are more or fewer lines; where Tab stops is to be said anew.

    Args:
        name_words: What the left column holds.
        value_words: What the right column holds.
        adds: Words of the button that adds a line.
    """

    changed = Signal()
    rearranged = Signal()

    def __init__(
        self, name_words: str, value_words: str, adds: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = name_words, value_words
        self.lines: list[PairLine] = []
        self.add_button = make_button(adds, "plus", self.add, self)
        self.begin_at(self.add_button)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.current().space)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space)
        column.addLayout(self._rows)
        column.addLayout(foot)

    def fill(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these lines."""
        while self.lines:
            self._take_out(self.lines[-1])
        for name, value in pairs:
            self._put_in(name, value)
        self._update()

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return what is entered; lines without name and value count for nothing."""
        every = ((line.name.text().strip(), line.value.text().strip()) for line in self.lines)
        return tuple((name, value) for name, value in every if name or value)

    @Slot()
    def add(self) -> None:
        """Add an empty line, and go there."""
        line = self._put_in("", "")
        self._update()
        line.show()  # the layout would do so only later, and what is hidden takes no keyboard
        line.name.setFocus()
        bring_into_view(self.add_button)

    def _put_in(self, name: str, value: str) -> PairLine:
        line = PairLine(*self._words, self)
        line.name.setText(name)
        line.value.setText(value)
        line.name.textChanged.connect(self.changed)
        line.value.textChanged.connect(self.changed)
        line.removed.connect(partial(self._remove, line))
        self.lines.append(line)
        self._rows.addWidget(line)
        return line

    def _take_out(self, line: PairLine) -> None:
        self.lines.remove(line)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _remove(self, line: PairLine) -> None:
        place = self.lines.index(line)
        self._take_out(line)
        self._update()
        near = self.lines[min(place, len(self.lines) - 1)].name if self.lines else self.add_button
        near.setFocus()
        self.changed.emit()

    def _update(self) -> None:
        self.add_button.setEnabled(len(self.lines) < MOST_PAIRS)
        self.rearranged.emit()
