"""A small table of what the lines of a chart come to: a legend with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.charts.drawing import Swatch
from camwatch.ui.forms import plain_label, warning_label

_LONGEST = 44
_BUTTON = QSize(22, 20)
_NAME_PX = 90


@dataclass(frozen=True, slots=True)
class NumberRow:
    """What one line of a chart comes to.

    Attributes:
        swatch: How it is drawn, see `Swatch`; "" for what is not drawn.
        name: What it is.
        cells: The numbers, under the heads.
        tip: More about it, in whole sentences; "" for nothing.
    """

    swatch: str
    name: str
    cells: tuple[str, ...]
    tip: str = ""


class _Name(QLabel):
    """A name that gives way where there is little room, and says that some of it is missing."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(min(theme.px(_NAME_PX), self.sizeHint().width()))

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Draw as much as there is room for."""
        del event
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        QPainter(self).drawText(self.rect(), left, text)


class NumberTable(QFrame):
    """Rows of numbers with the sample of their line; rows can be removed.

    Signals:
        remove_requested: Number of the row that is not wanted any more.
    """

    remove_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        self.rows: list[NumberRow] = []
        self.heads: tuple[str, ...] = ()
        self._content: QWidget | None = None
        self.note = warning_label("", self)
        self.note.setContentsMargins(0, 0, 0, 0)
        self.note.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * space, space, space, space)
        self._column.setSpacing(space // 2)
        self._column.addWidget(self.note)

    def show_rows(
        self,
        heads: Sequence[tuple[str, str]],
        rows: Sequence[NumberRow],
        *,
        note: str = "",
        can_remove: bool = False,
    ) -> None:
        """Show these rows.

        Args:
            heads: Name of each column of numbers, and what it means in plain words.
            rows: Top to bottom.
            note: What is to be thought of; "" for nothing.
            can_remove: Each row has a button that takes it away.
        """
        self.rows, self.heads = list(rows), tuple(name for name, _ in heads)
        content = QWidget(self)
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * theme.current().space)
        grid.setVerticalSpacing(theme.current().space // 4)
        for column, (name, meaning) in enumerate(heads, start=2):
            label = plain_label(name, "muted", content)
            label.setWordWrap(False)
            label.setToolTip(words.tooltip(meaning))
            grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignRight)
        for number, row in enumerate(rows, start=1):
            self._add(content, grid, number, row, can_remove=can_remove)
        grid.setColumnStretch(len(heads) + 3, 1)
        if self._content is not None:
            self._column.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._column.insertWidget(0, content)
        content.show()
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.setAccessibleName(
            "; ".join(
                f"{row.name}: "
                + ", ".join(
                    f"{head} {cell}" for (head, _), cell in zip(heads, row.cells, strict=True)
                )
                for row in rows
            )
        )

    def _add(
        self, content: QWidget, grid: QGridLayout, number: int, row: NumberRow, *, can_remove: bool
    ) -> None:
        if row.swatch:
            grid.addWidget(Swatch(row.swatch, content), number, 0)
        name = _Name(words.shortened(row.name, _LONGEST), content)
        name.setToolTip(words.tooltip(row.tip or row.name))
        grid.addWidget(name, number, 1)
        for column, cell in enumerate(row.cells, start=2):
            label = QLabel(cell, content)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if row.tip:
                label.setToolTip(words.tooltip(row.tip))
            grid.addWidget(label, number, column)
        if can_remove:
            button = QToolButton(content)
            button.setIcon(icons.icon("x", theme.current().muted))
            button.setIconSize(icons.size(14))
            button.setToolTip(tr("Take this line away"))
            button.setAccessibleName(tr("Take {name} away", name=row.name))
            button.clicked.connect(partial(self.remove_requested.emit, number - 1))
            button.setFixedSize(_BUTTON * theme.current().scale)
            button.setStyleSheet("min-height: 0; min-width: 0; padding: 0;")
            grid.addWidget(button, number, len(row.cells) + 2)
