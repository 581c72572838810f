"""The icon in the desktop's tray, where there is one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from camwatch.ui import icons


class Tray(QObject):
    """Shows the window and quits from the tray; does nothing on a desktop without one.

    Signals:
        show_requested: Bring the window to the front.
        quit_requested: Close the program.
    """

    show_requested = Signal()
    quit_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._menu = QMenu(parent)
        self._menu.addAction("Show CamWatch", self.show_requested.emit)
        self._menu.addSeparator()
        self._menu.addAction("Quit CamWatch", self.quit_requested.emit)
        self._icon = QSystemTrayIcon(icons.app_icon(), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.show()

    def say(self, summary: str) -> None:
        """Put a summary into the icon's tooltip, which is plain text on all desktops."""
        if self._icon is not None:
            self._icon.setToolTip(f"CamWatch\n{summary}")

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_requested.emit()
