"""A line under the header that says what the operator must know now."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme


class Gravity(Enum):
    """How much a banner matters; the value is the icon it carries."""

    CRITICAL = "circle-alert"
    WARNING = "triangle-alert"
    INFO = "info"

    @property
    def color(self) -> str:
        """The colour of icon and edge."""
        tokens = theme.current()
        return {"CRITICAL": tokens.critical, "WARNING": tokens.warning}.get(
            self.name, tokens.accent
        )


class Banner(QFrame):
    """Icon and words over the whole width; hidden while there is nothing to say.

    Signals:
        dismissed: The operator closed it.
    """

    dismissed = Signal()

    def __init__(
        self, gravity: Gravity, parent: QWidget | None = None, *, can_close: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        symbol = self._symbol = QLabel()
        self._gravity: Gravity | None = None
        self.weigh(gravity)
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        space = theme.current().space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * space - 4, space // 2, space, space // 2)
        layout.setSpacing(space)
        layout.addWidget(symbol)
        layout.addWidget(self._label, 1)
        if can_close:
            close = QToolButton()
            close.setIcon(icons.icon("x"))
            close.setAccessibleName(tr("Close this message"))
            close.setToolTip(tr("Close this message"))
            close.clicked.connect(self.dismiss)
            layout.addWidget(close)
        self.hide()

    @property
    def gravity(self) -> Gravity | None:
        """How much it matters what it says."""
        return self._gravity

    def weigh(self, gravity: Gravity) -> None:
        """Show from now on that it matters so much."""
        if gravity is self._gravity:
            return
        self._gravity = gravity
        tokens = theme.current()
        back = tokens.alarm if gravity is Gravity.CRITICAL else tokens.raised
        self.setStyleSheet(
            f"#banner {{ background: {back}; border-left: 4px solid {gravity.color}; }}"
            f"#banner QLabel {{ color: {tokens.text}; font-weight: 600; }}"
        )
        color = tokens.text if gravity is Gravity.CRITICAL else gravity.color
        self._symbol.setPixmap(icons.pixmap(gravity.value, 18, color, self.devicePixelRatioF()))

    def add_button(self, text: str) -> QPushButton:
        """Put a button behind the words."""
        button = QPushButton(text)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(button)
        return button

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return self._label.text() if not self.isHidden() else ""

    def say(self, text: str) -> None:
        """Show these words; hide for an empty text."""
        self._label.setText(text)
        self.setVisible(bool(text))

    def dismiss(self) -> None:
        """Hide, because the operator has read it."""
        self.hide()
        self.dismissed.emit()
