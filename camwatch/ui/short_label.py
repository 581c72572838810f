"""A line of text that gives way: it is cut with an ellipsis where there is no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from camwatch.ui import words

_LEAST_LETTERS = 4


class ShortLabel(QLabel):
    """Shows plain text in one line; all of it is in the tooltip while it is cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Want no more than room for a few letters."""
        least = super().minimumSizeHint()
        few = self.fontMetrics().horizontalAdvance("x" * _LEAST_LETTERS + "…")
        return QSize(min(least.width(), few), least.height())

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Tell in the tooltip what is cut."""
        super().resizeEvent(event)
        self.setToolTip(words.tooltip(self.text()) if self._shown() != self.text() else "")

    def _shown(self) -> str:
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint what there is room for."""
        with QPainter(self) as painter:
            self.style().drawItemText(
                painter,
                self.contentsRect(),
                self.alignment(),
                self.palette(),
                self.isEnabled(),
                self._shown(),
                self.foregroundRole(),
            )
