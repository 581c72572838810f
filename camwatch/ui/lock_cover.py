"""Puts the panel of a locked window over what must not be seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from camwatch.language import marked, tr
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.locking import Locking

_LIVE_STAYS = marked("Locked. The live view can be looked at; all else needs your password.")


class LockCover(QObject):
    """Shows the panel in the place of a page, or in that of all.

    Attributes:
        room: Is added to the pages, and shown instead of them.
        whole: Is shown in the place of the whole window.
        banner: Stands above the live page while that is shown.
    """

    def __init__(self, locking: Locking, rooms: QStackedWidget, pages: QStackedWidget) -> None:
        super().__init__(locking)
        self._locking = locking
        self._rooms = rooms
        self._pages = pages
        self.room, self.whole = QWidget(), QWidget()
        for place in (self.room, self.whole):
            QVBoxLayout(place)
        self._put_panel(self.room)
        self.banner = Banner(Gravity.WARNING)
        self.unlock_button = self.banner.add_button(tr("&Unlock…"))
        self.unlock_button.clicked.connect(self.show_panel)

    @property
    def is_panel_shown(self) -> bool:
        """True while the password can be typed."""
        return self._locking.panel.isVisible()

    def show_page(self, page: int, *, is_open: bool) -> None:
        """Show a page, or the panel in its place.

        Args:
            page: Its place in the row.
            is_open: It may be looked at while the window is locked.
        """
        locking = self._locking
        if not locking.is_locked:
            self.banner.say("")
            self._rooms.setCurrentIndex(0)
            self._pages.setCurrentIndex(page)
        elif is_open and not locking.hides_live:
            self.banner.say(tr(_LIVE_STAYS))
            self._rooms.setCurrentIndex(0)
            self._pages.setCurrentIndex(page)
        else:
            self.show_panel()

    @Slot()
    def show_panel(self) -> None:
        """Ask for the password."""
        locking = self._locking
        if not locking.is_locked:
            return
        panel = locking.panel
        self._put_panel(self.whole if locking.hides_live else self.room)
        panel.live_button.setVisible(not locking.hides_live)
        panel.show()
        self.banner.say("")
        if locking.hides_live:
            self._rooms.setCurrentWidget(self.whole)
        else:
            self._rooms.setCurrentIndex(0)
            self._pages.setCurrentWidget(self.room)
        panel.setFocus()

    def _put_panel(self, place: QWidget) -> None:
        panel, layout = self._locking.panel, place.layout()
        if layout is not None and panel.parentWidget() is not place:
            layout.addWidget(panel)
