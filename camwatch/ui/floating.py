"""A box that lies over a window for a moment: it goes when the keyboard goes elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

from camwatch.ui import theme


class FloatingBox(QFrame):
    """Lies over its window, as a part of it, and takes the keyboard; Esc gives it back.

    It is no window of its own: no window manager places it, nothing flashes, and what locks or
    closes the window takes it along.

    Args:
        host: The window that it lies over.

    Signals:
        closed: It is hidden again.
    """

    closed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        tokens = theme.current()
        self.setObjectName("floating")
        self.setStyleSheet(
            f"#floating {{ background: {tokens.raised}; border: 1px solid {tokens.outline}; "
            f"border-radius: {tokens.radius}px; }}"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: QWidget | None = None
        self.hide()
        host.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def place(self) -> None:
        """Take place over the window; called when it is shown and when the window's size changes."""
        raise NotImplementedError

    def first(self) -> QWidget:
        """Return the part that takes the keyboard."""
        return self

    def show_box(self) -> None:
        """Show it above everything in the window, and give it the keyboard."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self.place()
        self.show()
        self.raise_()
        self.first().setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def close_box(self) -> None:
        """Hide it, and give the keyboard back to where it was."""
        before, self._before = self._before, None
        self._hide()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _hide(self) -> None:
        if self.isHidden():
            return
        self.hide()
        self.closed.emit()

    @Slot(QWidget, QWidget)
    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Go when somebody clicked elsewhere; stay while another program is in front."""
        if self.isHidden() or now is None or now is self or self.isAncestorOf(now):
            return
        self._before = None
        self._hide()

    def eventFilter(self, _watched: QObject, event: QEvent, /) -> bool:
        """Keep in place while the window's size changes."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.place()
        return False

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Close by Esc; no other key reaches what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_box()
        event.accept()
