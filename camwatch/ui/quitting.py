"""Hears the key that quits the program also while a dialog is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from camwatch.ui.shortcuts import Key, bind

_BOUND = "camwatchQuits"


class QuitKey(QObject):
    """Closes the dialogs of a window, the innermost first, and then the window.

    A dialog with something unsaved asks, as it does when it is closed by hand; then all stays open.
    A window does not hear its keys while a dialog lies over it: each dialog gets the key when the
    keyboard comes to it.

    Args:
        window: Whose dialogs.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    @Slot(QWidget, QWidget)
    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        dialog = None if now is None else now.window()
        if not isinstance(dialog, QDialog) or dialog.property(_BOUND):
            return
        # The window is not kept here as well: only the collector of cycles would free it then.
        window, above = self.parent(), dialog.parentWidget()
        while above is not None and above is not window:
            above = above.parentWidget()
        if above is not None:
            dialog.setProperty(_BOUND, True)
            bind(dialog, Key.QUIT, self.quit)

    @Slot()
    def quit(self) -> None:
        """Close all, unless a dialog wants an answer first."""
        while (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()
            if isValid(dialog) and QApplication.activeModalWidget() is dialog:
                return
            if isValid(dialog) and dialog.isVisible():
                return  # it asks
        window = self.parent()
        if isinstance(window, QWidget):
            window.close()
