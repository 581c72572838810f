"""What stands in place of the list of cameras while no row is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label


class EmptyList(QWidget):
    """Says why the list is empty and leads on.

    Signals:
        add_requested: A first camera is wanted.
        all_requested: Search and filter are to be taken away.
    """

    add_requested = Signal()
    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, may_edit: bool) -> None:
        super().__init__(parent)
        self._may_edit = may_edit
        self._has_cameras = False
        space = theme.current().space
        sign = QLabel(self)
        sign.setPixmap(icons.pixmap("cctv", 48, theme.current().muted, self.devicePixelRatioF()))
        self.title = plain_label("", "heading", self)
        self.text = plain_label("", "muted", self)
        self.button = QPushButton(self)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._on_pressed)
        column = QVBoxLayout(self)
        column.setSpacing(space)
        column.addStretch(1)
        for part in (sign, self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addSpacing(space)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def tell(self, *, has_cameras: bool, needs_nobody: bool = False) -> None:
        """Say why nothing is shown.

        Args:
            has_cameras: There are cameras, but none passes the filter.
            needs_nobody: Only those that need somebody were wanted.
        """
        self._has_cameras = has_cameras
        if not has_cameras:
            self.title.setText("No cameras yet")
            self.text.setText(
                "Add the first one: all you need is its address, and its user name and password."
                if self._may_edit
                else "An administrator can add them here."
            )
            self.button.setText("Add camera")
            self.button.setVisible(self._may_edit)
            return
        self.title.setText("All is well" if needs_nobody else "No camera matches")
        self.text.setText(
            "No camera needs attention."
            if needs_nobody
            else "Try another word, or part of a name, place or address, or another filter."
        )
        self.button.setText("Show all cameras")
        self.button.show()

    def _on_pressed(self) -> None:
        (self.all_requested if self._has_cameras else self.add_requested).emit()
