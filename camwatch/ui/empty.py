"""What stands in place of a table while it has no rows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label


class EmptyTable(QWidget):
    """Says why there are no rows, and leads on.

    Signals:
        pressed: Its button.

    Args:
        icon: Above the words.
    """

    pressed = Signal()

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        sign = QLabel(self)
        sign.setPixmap(icons.pixmap(icon, 48, theme.current().muted, self.devicePixelRatioF()))
        self.title = plain_label("", "heading", self)
        self.text = plain_label("", "muted", self)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.setSpacing(space)
        column.addStretch(1)
        for part in (sign, self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addSpacing(space)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def tell(self, title: str, text: str, action: str = "") -> None:
        """Say why there are no rows.

        Args:
            title: A few words.
            text: Whole sentences.
            action: Words of the button; none without.
        """
        self.title.setText(title)
        self.text.setText(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
