"""What is done with walls in the main window: chosen, arranged, toured, shown elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.arranging import Arranging
from camwatch.ui.live.wall.book import WallBook, WallCommands
from camwatch.ui.live.wall.chooser import WallChooser
from camwatch.ui.live.wall.dialogs import NameDialog, TourDialog, delete_question
from camwatch.ui.live.wall.files import WallOpener, WallSaver
from camwatch.ui.live.wall.kiosk import Kiosk
from camwatch.ui.live.wall.menu import WallMenu
from camwatch.ui.live.wall.spotlight import CRITICAL, Spotlight
from camwatch.ui.live.wall.start import choose_layout, go_to_screen
from camwatch.ui.live.wall.tour import USUAL_S, Stop, Tour
from camwatch.ui.live.wall.windows import ManyFeeds, WallWindows
from camwatch.ui.locking import Locking
from camwatch.ui.shortcuts import Key, bind
from camwatch.walls import ImportedWall, StartWish, Wall, filled

_END_TOLD_MS = 15_000


class RoomCommands(WallCommands, Protocol):
    """What this room asks of `camwatch.commands.Commands`."""

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class WallOptions:
    """How walls are set up.

    Attributes:
        around: What else of the window goes in kiosk mode.
        feeds: Where the pictures of further windows come from; None without any.
        told: What further windows say of the program; "" for nothing.
        start: How the window shall open.
    """

    around: Sequence[QWidget] = ()
    feeds: ManyFeeds | None = None
    told: str = ""
    start: StartWish = StartWish()  # noqa: RUF009 - a frozen value


class WallRoom(QObject):
    """Joins the walls to the live page.

    Attributes:
        book: The saved walls.
        tour: Shows them one after the other.
        spotlight: Marks what needs attention.
        windows: The further windows.
        kiosk: The wall alone.
        arranging: Lets tiles be moved.

    Signals:
        dialog_made: A `QDialog` to be opened.
        noticed: Something to be said to the operator.
    """

    dialog_made = Signal(object)
    noticed = Signal(str)

    def __init__(  # noqa: PLR0917 - all that it joins
        self,
        page: LivePage,
        commands: RoomCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        locking: Locking,
        options: WallOptions,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._commands = commands
        self._locking = locking
        self._options = options
        self._wanted_uid = ""
        self._kept_windows: list[str] = []
        self._tour_s = USUAL_S
        self.book = WallBook(commands, session, background, self)
        self.tour = Tour(page.grid, page)
        self.spotlight = Spotlight(lambda: page.conditions, self)
        self.windows = WallWindows(options.feeds, page, self.book, locking, told=options.told)
        self.kiosk = Kiosk(page, options.around, self.book)
        self.arranging = Arranging(page)
        self.chooser = WallChooser(self.book, WallMenu(self).fill)
        self.tour_label = QLabel()
        self.tour_label.setProperty("role", "muted")
        self.hold_button = self._tool("pause", tr("Hold the tour (P)"), self.tour.hold)
        self.end_button = self._tool("x", tr("End the tour (T)"), self.tour.end)
        page.controls.lead(self.chooser)
        self.tour_label.setWordWrap(True)
        page.controls.put_below(self.tour_label, self.hold_button, self.end_button)
        self._told_end = QTimer(self)
        self._told_end.setSingleShot(True)
        self._told_end.setInterval(_END_TOLD_MS)
        self._told_end.timeout.connect(self.tour_label.hide)
        self._connect(bridge)
        self._bind_keys()
        self._tell_tour()
        self.book.read()
        self._read_alerts(session, background)

    def _tool(self, icon: str, name: str, call: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setAccessibleName(name.partition(" (")[0])
        button.setToolTip(name)
        button.clicked.connect(call)
        return button

    def _connect(self, bridge: EventBridge) -> None:
        page = self._page
        self.chooser.chosen.connect(self.show_wall)
        page.grid.arranged.connect(self._on_arranged)
        self.book.changed.connect(self._on_walls)
        self.book.failed.connect(self._on_failed)
        self.kiosk.failed.connect(self._on_failed)
        self.arranging.finished.connect(self._on_arranging_finished)
        self.tour.changed.connect(self._tell_tour)
        self.spotlight.changed.connect(page.grid.enlarge)
        self.spotlight.changed.connect(self.windows.enlarge)
        self.spotlight.found.connect(self._on_attention)
        bridge.walls_changed.connect(self.book.read)
        bridge.alert_changed.connect(self.spotlight.on_alert_changed)
        page.cameras_set.connect(self.spotlight.look)
        page.number_entry.entered.connect(self.tour.end_for_act)

    def _bind_keys(self) -> None:
        page = self._page
        bind(page, Key.ARRANGE, self.arrange)
        bind(page, Key.TOUR, self.toggle_tour)
        bind(page, Key.TOUR_PAUSE, self.tour.hold)
        bind(page, Key.SPOTLIGHT, self.toggle_spotlight)
        bind(page, Key.OTHER_WINDOW, self.open_window)
        bind(page, Key.KIOSK, self.kiosk.toggle)

    # ---------------------------------------------------------------- what it is told

    @Slot()
    def _on_arranged(self) -> None:
        grid = self._page.grid
        self.chooser.tell(grid.wall)
        self.chooser.setVisible(grid.opened is None)

    @Slot()
    def _on_walls(self) -> None:
        """Take up walls that were read; the first time, show what was wanted before."""
        grid = self._page.grid
        wanted, self._wanted_uid = self._wanted_uid, ""
        if wanted and (wall := self.book.find(wanted)) is not None:
            grid.set_wall(wall)
        if (start := self._options.start).layout and not self._is_started:
            self._is_started = True
            if notice := choose_layout(start.layout, self._page, self.book):
                self.noticed.emit(notice)
        kept, self._kept_windows = self._kept_windows, []
        self.windows.bring_back(kept)
        shown = grid.wall
        if shown is not None and shown.uid and not self.arranging.is_on and grid.opened is None:
            now = self.book.find(shown.uid)
            if now != shown:
                grid.set_wall(now)

    _is_started = False

    @Slot(object)
    def _on_failed(self, error: CamWatchError) -> None:
        text = text_for(error)
        self.noticed.emit(f"{text.title}. {text.whole}")

    def _read_alerts(self, session: Session, background: Background) -> None:
        if session.may(Permission.VIEW_ALERTS):
            commands = self._commands
            background.run(
                lambda: commands.alerts(session, CRITICAL),
                self.spotlight.take_alerts,
                lambda _error: None,  # what comes later is marked all the same
                owner=self,
            )

    @Slot()
    def _on_attention(self) -> None:
        if self.tour.is_on:
            self.tour.end(tr("The tour ended: something needs attention."))

    # ---------------------------------------------------------------- walls

    @Slot(object)
    def show_wall(self, wall: Wall | None) -> None:
        """Show a wall; None for all cameras."""
        self.tour.end()
        self._page.grid.set_wall(wall)

    @property
    def shown(self) -> Wall | None:
        """The saved wall that is shown; None for all cameras."""
        wall = self._page.grid.wall
        return None if wall is None or not wall.uid else wall

    @Slot()
    def arrange(self) -> None:
        """Let the tiles be moved by hand: those of the wall, or of the page that is shown."""
        grid = self._page.grid
        if not self.book.may_save or self.arranging.is_on or self.kiosk.is_on:
            return
        if self._asks_for_password():
            return
        self.tour.end()
        grid.close_camera()
        wall = grid.wall
        if wall is None:
            wall = filled(grid.plan, grid.visible_ids())
        elif not self.book.may_change(wall):
            wall = replace(wall, uid="", owner="", version=0, is_shared=False)
        self.arranging.begin(wall, self._page.conditions)

    def _asks_for_password(self) -> bool:
        """Ask for the password while the window is locked; tell whether it is."""
        if self._locking.is_locked:
            self._locking.asked.emit()
        return self._locking.is_locked

    @Slot(object)
    def _on_arranging_finished(self, wall: Wall | None) -> None:
        """Store what was arranged; a new wall is asked for its name first."""
        if wall is None:
            return
        if wall.uid:
            self.book.save(wall, self._on_stored)
        else:
            self.ask_name(wall, tr("Save the wall"))

    def ask_name(self, wall: Wall, title: str) -> None:
        """Ask for a wall's name, and store it under that."""
        dialog = NameDialog(
            title,
            wall.name,
            is_shared=wall.is_shared,
            may_share=self.book.may_share,
            parent=self._page.window(),
        )

        def on_named(name: str, is_shared: bool) -> None:
            def on_saved(stored: Wall) -> None:
                dialog.accept()
                self._on_stored(stored)
                self.book.read()

            named = replace(wall, name=name, is_shared=is_shared)
            self.book.background.run(
                lambda: self.book.commands.save_wall(self.book.session, named),
                on_saved,
                dialog.refuse,
                owner=dialog,
            )

        dialog.named.connect(on_named)
        dialog.rejected.connect(partial(self._on_unnamed, wall))
        self.dialog_made.emit(dialog)

    def _on_unnamed(self, wall: Wall) -> None:
        if not wall.uid and self.shown is None:
            self._page.grid.set_wall(None)

    def _on_stored(self, wall: Wall) -> None:
        self._page.grid.set_wall(wall)

    def copy(self, wall: Wall) -> None:
        """Make an own wall of one."""
        name = tr("Copy of {name}", name=wall.name)
        fresh = replace(wall, uid="", owner="", version=0, is_shared=False, name=name)
        self.ask_name(fresh, tr("Copy the wall"))

    def remove(self, wall: Wall) -> None:
        """Delete a wall, after a question."""
        is_own = wall.owner == self.book.session.actor
        box = delete_question(wall, is_own=is_own, parent=self._page.window())
        box.buttonClicked.connect(
            lambda button: (
                self.book.remove(wall, lambda _none: self.show_wall(None))
                if box.buttonRole(button) is box.ButtonRole.DestructiveRole
                else None
            )
        )
        self.dialog_made.emit(box)

    def export(self, wall: Wall) -> None:
        """Write a wall to a file."""
        if self._asks_for_password():
            return
        saver = WallSaver(self.book, wall, self._page.window())
        saver.saved.connect(self._on_exported)
        saver.not_saved.connect(self._on_failed)
        saver.open()

    @Slot(object)
    def _on_exported(self, file: Path) -> None:
        self.noticed.emit(tr("The wall is saved as {file}.", file=file.name))

    @Slot()
    def take_in(self) -> None:
        """Read a wall from a file."""
        if self._asks_for_password():
            return
        opener = WallOpener(self.book, self._page.window())
        opener.taken.connect(self._on_taken_in)
        opener.refused.connect(self._on_failed)
        opener.open()

    @Slot(object)
    def _on_taken_in(self, imported: ImportedWall) -> None:
        self.show_wall(imported.wall)
        if imported.missing:
            self.noticed.emit(
                tr(
                    "“{name}” is here now. These of its cameras are not, so their places are"
                    " empty: {cameras}",
                    name=imported.wall.name,
                    cameras=", ".join(imported.missing),
                )
            )

    # ---------------------------------------------------------------- tour, windows, spotlight

    def _pages(self) -> list[Stop]:
        grid = self._page.grid
        size = len(grid.plan.spots)
        pages = max(1, -(-len(self._page.conditions) // size))
        return [
            Stop(tr("Page {page} of {pages}", page=page + 1, pages=pages), None, page)
            for page in range(pages)
        ]

    @Slot()
    def toggle_tour(self) -> None:
        """Begin a tour of the pages, or of the walls if one is shown; or end it."""
        if self.tour.is_on:
            self.tour.end()
        elif self.shown is not None:
            self.ask_tour()
        else:
            self.tour.start(self._pages, self._tour_s)

    @Slot()
    def ask_tour(self) -> None:
        """Ask which walls a tour shows."""
        dialog = TourDialog(self.book.walls, self._tour_s, self._page.window())
        dialog.chosen.connect(self._start_tour)
        self.dialog_made.emit(dialog)

    @Slot(list, int)
    def _start_tour(self, uids: Sequence[str], seconds: int) -> None:
        self._tour_s = seconds

        def stops() -> list[Stop]:
            walls = (self.book.find(uid) for uid in uids)
            return [Stop(wall.name, wall) for wall in walls if wall is not None]

        self.tour.start(stops, seconds)

    @Slot()
    def _tell_tour(self) -> None:
        words = self.tour.words()
        self.tour_label.setText(words)
        self.tour_label.setVisible(bool(words))
        self.hold_button.setVisible(self.tour.is_on)
        self.hold_button.setIcon(icons.icon("play" if self.tour.is_held else "pause"))
        self.end_button.setVisible(self.tour.is_on)
        if self.tour.is_on:
            self._told_end.stop()
        else:
            self._told_end.start()  # why it ended need not take room for the rest of the day

    @Slot()
    def toggle_spotlight(self) -> None:
        """Enlarge what needs attention, or only mark it."""
        is_on = not self.spotlight.is_enlarging
        self.spotlight.set_enlarging(is_enlarging=is_on)
        if not is_on:
            said = tr("Tiles that need attention are only marked from now on.")
        elif theme.current().motion:
            said = tr("Tiles that need attention are enlarged from now on.")
        else:
            said = tr("Tiles that need attention are only marked: motion is reduced.")
        self.noticed.emit(said)

    @Slot(bool)
    def rest(self, rests: bool) -> None:
        """Enlarge nothing while the wall shows the past; the tour waits by itself meanwhile."""
        self.spotlight.rest(rests=rests)

    @Slot()
    def open_window(self) -> None:
        """Show the same in another window."""
        window = self.windows.open()
        if window is not None:
            grid = self._page.grid
            window.grid.set_plan(grid.plan)
            if self.shown is not None:
                window.grid.set_wall(self.shown)
            window.show()

    # ---------------------------------------------------------------- the window's life

    def begin(self) -> None:
        """Go to the screen and the mode that were asked for; called before the window is shown."""
        start = self._options.start
        notice = "" if start.screen is None else go_to_screen(start.screen, self._page.window())
        if notice:
            self.noticed.emit(notice)
        if start.is_kiosk:
            self.kiosk.begin()

    def save(self, settings: QSettings) -> None:
        """Remember what is shown where."""
        shown = self.shown
        settings.setValue("walls/shown", "" if shown is None else shown.uid)
        settings.setValue("walls/enlarges", self.spotlight.is_enlarging)
        settings.setValue("walls/tour_s", self._tour_s)
        settings.setValue("walls/windows", self.windows.remembered())

    def restore(self, settings: QSettings) -> None:
        """Take up what was remembered, as soon as the walls are read; nonsense is passed over."""
        self._wanted_uid = str(settings.value("walls/shown", ""))
        enlarges = str(settings.value("walls/enlarges")).lower() == "true"
        self.spotlight.set_enlarging(is_enlarging=enlarges)
        seconds = str(settings.value("walls/tour_s", USUAL_S))
        if seconds.isascii() and seconds.isdigit() and 3 <= int(seconds) <= 3600:
            self._tour_s = int(seconds)
        kept = settings.value("walls/windows", [])
        kept = [kept] if isinstance(kept, str) else kept
        self._kept_windows = [str(one) for one in kept] if isinstance(kept, list) else []
        if self.book.is_read:
            self._on_walls()

    def close_all(self) -> None:
        """Close the further windows, and end what goes on by itself: the main window goes."""
        self.tour.end()
        self.windows.close_all()
