"""Which page is shown, whatever stands in its place."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.language import tr
from camwatch.ui.first_run.room import FirstRun
from camwatch.ui.header import Header
from camwatch.ui.live.wall.kiosk import Kiosk
from camwatch.ui.lock_cover import LockCover
from camwatch.ui.locking import Locking
from camwatch.ui.pages import LIVE, PAGES
from camwatch.ui.session_watch import SessionWatch
from camwatch.ui.window.pages import WindowPages


class Stage(QObject):
    """Shows one page at a time: none that the operator may not see, none while it is locked.

    Signals:
        noticed: Why a page is not shown.
        set_up_shown: The set-up is shown for the first time.
    """

    noticed = Signal(str)
    set_up_shown = Signal()

    def __init__(  # noqa: PLR0917 - all that decides what is shown
        self,
        pages: WindowPages,
        header: Header,
        cover: LockCover,
        locking: Locking,
        sessions: SessionWatch,
        first_run: FirstRun,
        kiosk: Kiosk,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pages = pages
        self._header = header
        self._cover = cover
        self._locking = locking
        self._sessions = sessions
        self._first_run = first_run
        self._kiosk = kiosk
        self.page = LIVE
        """The page that is shown."""
        self._after = LIVE
        first_run.wanted.connect(self._show_set_up)
        first_run.left.connect(self._leave_set_up)
        locking.panel.live_requested.connect(self._look_at_live)

    @property
    def wanted_page(self) -> int:
        """The page that is shown, or will be once the window is unlocked."""
        return self._after if self._locking.is_locked else self.page

    @Slot(int)
    def show_page(self, index: int) -> None:
        """Show a page, by its place in `PAGES`.

        While the window is locked the page is shown once it is unlocked.
        """
        if self._locking.is_locked:
            self._after = index
        self._go_to(index)

    def on_lock_changed(self) -> None:
        """Put the panel in the place of the page, or show the page again."""
        if self._locking.is_locked:
            self._after = self.page
        self._go_to(self._after)

    def _go_to(self, index: int) -> None:
        is_permitted = not PAGES[index].why_not(self._sessions.session)
        if self._kiosk.is_on and index != LIVE:
            self.noticed.emit(tr("Kiosk mode shows the wall alone. Ctrl+F11 leaves it."))
            return
        if not is_permitted and index != LIVE:
            return
        self.page = index
        shown = index if is_permitted else self._pages.indexOf(self._pages.nothing)
        self._cover.show_page(shown, is_open=index == LIVE)
        self._header.show_page(index)
        if self._cover.is_panel_shown:
            return
        page = self._pages.widget(shown)
        if index == LIVE:
            self._pages.live_room.take_keyboard()
        elif page is not None and page.focusProxy() is not None:
            # Else the keyboard goes to what comes first on the page, such as the button for help.
            page.setFocus()

    @Slot()
    def _look_at_live(self) -> None:
        """Go from the panel to the live view, without wanting to stay there afterwards."""
        self._go_to(LIVE)

    @Slot()
    def _show_set_up(self) -> None:
        """Lead through the set-up, in the place of a page."""
        page = self._first_run.page
        if page is None or self._locking.is_locked:
            return
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
            self.set_up_shown.emit()
        self._cover.show_page(self._pages.indexOf(page), is_open=False)
        self._header.show_page(None)

    @Slot()
    def _leave_set_up(self) -> None:
        self._go_to(LIVE)
