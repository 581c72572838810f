"""One thing that can be done, and what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from camwatch.ui import theme
from camwatch.ui.forms import plain_label


class Choice(QFrame):
    """A card with a button and words; hidden until it is offered.

    Attributes:
        button: Does it.
        words: What it means.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.button = QPushButton(self)
        self.words = plain_label("", "muted", self)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space + space // 2, 2 * space, space + space // 2)
        column.setSpacing(space // 2)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.words)
        self.is_possible = True
        self.hide()

    def show_as(self, label: str, text: str, *, is_possible: bool = True) -> None:
        """Offer it, or say why it cannot be done."""
        self.button.setText(label)
        self.button.setAccessibleDescription(text)
        self.words.setText(text)
        self.is_possible = is_possible
        self.button.setEnabled(is_possible)
        self.show()

    def set_busy(self, is_busy: bool) -> None:
        """Wait while something is done."""
        self.button.setEnabled(self.is_possible and not is_busy)
