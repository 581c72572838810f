"""Kiosk mode: the wall alone on the whole screen, and out of it only with the password."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from camwatch.errors import CamWatchError, PermissionDenied
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.book import WallBook

_POINTER_RESTS_MS = 3000


class Kiosk(QObject):
    """Takes away all that is not the wall, and brings it back.

    What must be known stays: banners over the page, such as that all is a demonstration.

    Args:
        page: The live page.
        around: What else of the window goes: header, status bar.
        book: Asks who may leave it.

    Signals:
        changed: It is on now, or is not any more.
        failed: The CamWatchError for which it cannot be left.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, page: LivePage, around: Sequence[QWidget], book: WallBook) -> None:
        super().__init__(page)
        self._page = page
        self._around = tuple(around)
        self._book = book
        self.is_on = False
        self._was_full = False
        self._is_asking = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_POINTER_RESTS_MS)
        self._rest.timeout.connect(self._hide_pointer)
        self._is_hidden = False

    @Slot()
    def toggle(self) -> None:
        """Begin it, or ask to leave it."""
        if self.is_on:
            self.ask_to_leave()
        else:
            self.begin()

    def begin(self) -> None:
        """Show the wall alone."""
        if self.is_on:
            return
        self.is_on = True
        window = self._page.window()
        self._was_full = window.isFullScreen()
        for widget in self._around:
            widget.hide()
        self._page.clear_around(is_clear=True)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)
        self._rest.start()
        self.changed.emit()

    @Slot()
    def ask_to_leave(self) -> None:
        """Leave it, once the password was entered lately or is entered now."""
        if not self.is_on or self._is_asking:
            return
        self._is_asking = True
        book = self._book
        book.background.run(
            lambda: book.commands.leave_kiosk(book.session),
            self._on_left,
            self._on_not_left,
            owner=self,
        )

    def _on_left(self, _none: None) -> None:
        self._is_asking = False
        self.end()

    def _on_not_left(self, error: CamWatchError) -> None:
        self._is_asking = False
        if isinstance(error, PermissionDenied):
            self.end()  # whoever may arrange nothing has nothing to be kept from here
        else:
            self.failed.emit(error)

    def end(self) -> None:
        """Bring all back."""
        if not self.is_on:
            return
        self.is_on = False
        self._rest.stop()
        self._show_pointer()
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)
        for widget in self._around:
            widget.show()
        self._page.clear_around(is_clear=False)
        window = self._page.window()
        if not self._was_full:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self.changed.emit()

    # ---------------------------------------------------------------- the pointer

    def _hide_pointer(self) -> None:
        if not self._is_hidden and QApplication.activeModalWidget() is None:
            self._is_hidden = True
            QApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)

    def _show_pointer(self) -> None:
        if self._is_hidden:
            self._is_hidden = False
            QApplication.restoreOverrideCursor()

    def eventFilter(self, _watched: QObject, event: QEvent, /) -> bool:
        """Show the pointer while the mouse moves."""
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress):
            self._show_pointer()
            self._rest.start()
        return False
