"""Puts the open dialogs aside while CamWatch is locked, with what was typed into them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from shiboken6 import isValid


class DialogShelf(QObject):
    """Hides the dialogs of a window, and shows them again as they were.

    Nothing that was typed is lost: a dialog that is hidden is not closed. Only dialogs that
    ask for a file are given up. Dialogs that open meanwhile are put aside, too.

    Args:
        window: Whose dialogs.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._is_open = False
        self._kept: list[tuple[QDialog, bool]] = []

    def put_aside(self) -> None:
        """Hide all dialogs, and those that come from now on."""
        if self._is_open:
            return
        self._is_open = True
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            if QApplication.activePopupWidget() is popup:
                break
        self._hide_all()

    def bring_back(self) -> None:
        """Show them again, the oldest first."""
        if not self._is_open:
            return
        self._is_open = False
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)
        kept, self._kept = self._kept, []
        for dialog, is_modal in kept:
            if not isValid(dialog):
                continue
            if is_modal:
                dialog.open()
            else:
                dialog.show()

    def _hide_all(self) -> None:
        # The window is not kept here as well: only the collector of cycles would free it then.
        window = self.parent()
        if window is None:
            return
        dialogs = [one for one in window.findChildren(QDialog) if one.isVisible()]
        dialogs.sort(key=_depth)
        # The innermost first: each belongs to the one below.
        kept = []
        for dialog in reversed(dialogs):
            if isinstance(dialog, QFileDialog):
                dialog.reject()
                continue
            kept.append((dialog, dialog.isModal()))
            dialog.hide()
        self._kept += reversed(kept)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Notice dialogs that open while nobody may see them."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            # Not now: it is only half shown.
            QTimer.singleShot(0, self, self._hide_late)
        return False

    @Slot()
    def _hide_late(self) -> None:
        if self._is_open:
            self._hide_all()


def _depth(widget: QWidget) -> int:
    """Tell how many widgets this one lies in."""
    depth, parent = 0, widget.parentWidget()
    while parent is not None:
        depth, parent = depth + 1, parent.parentWidget()
    return depth
