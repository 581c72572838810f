"""Finding anything, help, and undoing, as keys and header ask for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.paths import documents
from camwatch.ui.header import Header
from camwatch.ui.help.room import HelpProvider, HelpRoom
from camwatch.ui.help.topics import PAGE_TOPICS, TOPICS
from camwatch.ui.live.wall.book import WallBook
from camwatch.ui.live.wall.finding import WallsProvider
from camwatch.ui.lock_cover import LockCover
from camwatch.ui.locking import Locking
from camwatch.ui.pages import USERS
from camwatch.ui.palette.room import PaletteRoom
from camwatch.ui.settings.finding import SettingsProvider
from camwatch.ui.undo.room import UndoProvider, UndoRoom, refusal
from camwatch.ui.window.base import WindowBase
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.stage import Stage


class Finding(QObject):
    """Opens the box in which everything is found, and help; undoes. Nothing while it is locked.

    Attributes:
        palette: The box.
        help: The chapters.

    Signals:
        noticed: Why something was not undone.
    """

    noticed = Signal(str)

    def __init__(  # noqa: PLR0917 - all in which something is found
        self,
        base: WindowBase,
        pages: WindowPages,
        header: Header,
        locking: Locking,
        cover: LockCover,
        stage: Stage,
        undo_room: UndoRoom,
        book: WallBook,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._pages = pages
        self._locking = locking
        self._cover = cover
        self._stage = stage
        self._undo_room = undo_room
        room = self.palette = PaletteRoom(
            window, header, pages.all, base.commands, base.sessions, base.bare
        )
        self.help = HelpRoom(window, documents(), base.bare)
        for provider in (
            HelpProvider(self.help),
            UndoProvider(undo_room, base.zone),
            WallsProvider(book, room.wishes),
            SettingsProvider(room.session, room.wishes),
        ):
            room.add(provider)
        undo_room.serve(room.session, base.background)
        locking.changed.connect(room.box.close_box)
        undo_room.undone.connect(self._on_undone)
        undo_room.refused.connect(self._on_not_undone)
        header.find_requested.connect(self.find_anything)
        header.help_requested.connect(self.show_help)

    @Slot()
    def find_anything(self) -> None:
        """Show the box in which everything is found; not while the window is locked."""
        if self._locking.is_locked:
            self._cover.show_panel()
        else:
            self.palette.open()

    @Slot()
    def help_on_page(self) -> None:
        """Explain the page that is shown."""
        if self._locking.is_locked:
            self._cover.show_panel()
        else:
            self.help.help_on_page(self._pages.all[self._stage.page], self._stage.page)

    @Slot()
    def show_help(self) -> None:
        """Show the chapter about the page that is shown."""
        if not self._locking.is_locked:
            self.help.open_chapter(TOPICS[PAGE_TOPICS[self._stage.page]].chapter)

    @Slot()
    def undo(self) -> None:
        """Undo the change that the bar tells of; without one, list what can be undone."""
        if self._locking.is_locked or self._undo_room.undo_shown():
            return
        if self._undo_room.edits:
            self.palette.open_with(tr("Undo"))

    @Slot()
    def _on_undone(self) -> None:
        """Read again what no event tells of."""
        if self._stage.page == USERS:
            self._pages.users.reload()

    @Slot(object)
    def _on_not_undone(self, error: CamWatchError) -> None:
        self.noticed.emit(refusal(error))

    def give_up(self) -> None:
        """Close what is open of it."""
        self.palette.box.close_box()
        self._undo_room.hide()
        self.help.close()
