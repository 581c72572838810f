"""Says which part of the charted time is in view, and leads back to all of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label


class ZoomedBar(QWidget):
    """A few words and a link.

    Signals:
        all_wanted: The operator wants to see the whole time again.
    """

    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = plain_label("", "", self)
        self.text.setWordWrap(False)
        self.button = QPushButton(tr("Show all"), self)
        self.button.setProperty("role", "link")
        self.button.clicked.connect(self.all_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.current().space)
        row.addWidget(self.text)
        row.addWidget(self.button)
        self.hide()

    def tell(self, when: str) -> None:
        """Say what is in view."""
        self.text.setText(tr("In view: {when}", when=when))
        self.show()
