"""The operator's window: header, pages, messages, status."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import tr, worded
from camwatch.ui import icons
from camwatch.ui.background import Background
from camwatch.ui.banners import Banners
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.confirming import ConfirmingBackground
from camwatch.ui.first_run.room import FirstRun
from camwatch.ui.first_run.step import Means
from camwatch.ui.header import Header
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.wall.room import WallOptions, WallRoom
from camwatch.ui.live.wall.windows import ManyFeeds
from camwatch.ui.lock_cover import LockCover
from camwatch.ui.locking import Locking
from camwatch.ui.pages import LIVE, PAGES, first_page
from camwatch.ui.quitting import QuitKey
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.session_watch import SessionWatch
from camwatch.ui.shortcuts import Key, bind
from camwatch.ui.site_loader import SiteLoader
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.undo.room import UndoRoom
from camwatch.ui.vault.banner import VaultBanner
from camwatch.ui.window.base import WindowBase, WindowOptions, WindowPlace
from camwatch.ui.window.memory import WindowMemory
from camwatch.ui.window.news import News
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.stage import Stage
from camwatch.ui.window.standing import Standing

if TYPE_CHECKING:
    from camwatch.ui.alerts.popups.popups import DesktopNoticeSource
    from camwatch.ui.window.commands import WindowCommands

_DEMO_BANNER = worded(lambda: tr("Demonstration: simulated cameras, nothing is kept."))
_SAMPLE_BANNER = worded(
    lambda: tr(
        "Sample: nobody here is real. The cameras are simulated and the history before now is made "
        "up. Close this window to remove all of it; add your own cameras in the other window."
    )
)
_SAMPLE_WALL = worded(lambda: tr("Sample: nobody here is real. The cameras are simulated."))

_NEEDS_ALL = frozenset(
    {
        QEvent.Type.ShortcutOverride,
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)
"""What somebody does who wants something of the window."""


class MainWindow(QMainWindow):
    """What a signed-in operator works with. It starts and stops no worker.

    The live page is there at once. The other pages, and what only leads to them, take longer to
    make than the cameras take to show their first pictures; who opens it can have them made later,
    in turns. Whatever needs them before that gets them: so do a key and a click.

    Attributes:
        locking: Locks and unlocks it.
        sessions: Knows who is signed in.
        stage: Decides which page is shown.
        is_whole: All of it is made.
        places: Goes to a place on a page.
        dialogs: Opens what is reached from anywhere.

    Args:
        pictures: Where the newest pictures are; without it, no view can be drawn on.
        focus: Where one camera's best pictures come from; without it, none is shown closely.
        desktop: Shows notifications beside the window; None where there is none.
        feeds: Where the pictures of further windows come from; None where there are none.
        in_turns: Make the live page now, and the rest when `go_on` or `finish` is called.

    Signals:
        made: All of it is made.
        model_chosen: Name of the model that shall count from now on.
        appearance_changed: The Display section as it is now: make the window anew.
        sign_out_requested: The operator wants to sign out, or the session has ended.
        closed: The window was closed; the program may end.
        crash_told: The operator was told that the last run was cut off.
    """

    model_chosen = Signal(str)
    appearance_changed = Signal(object)
    sign_out_requested = Signal()
    closed = Signal()
    crash_told = Signal()
    made = Signal()

    def __init__(  # noqa: PLR0917 - all that a window stands on
        self,
        commands: WindowCommands,
        session: Session,
        background: Background,
        feed: PictureFeed,
        bridge: EventBridge,
        options: WindowOptions,
        *,
        pictures: LatestPictures | None = None,
        focus: FocusSource | None = None,
        desktop: DesktopNoticeSource | None = None,
        feeds: ManyFeeds | None = None,
        in_turns: bool = False,
    ) -> None:
        super().__init__()
        self._options = options
        self._is_closed = False
        self.is_whole = False
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(960, 600)
        self._base = self._make_base(commands, session, background, bridge)
        # First, for it takes as long as making what will show the cameras.
        self._loader = SiteLoader(
            self._base.commands, self._base.session, self._base.background, self
        )
        self.load_cameras()
        self._make_frame(feed, pictures, focus)
        self.wall_room = self._make_walls(feeds)
        self._make_stage()
        self._connect_live()
        self._connect_session()
        self._rest = self._make_rest(pictures, desktop)
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._make_next)
        self._begin()
        if not in_turns:
            self.finish()

    def _begin(self) -> None:
        """Take up how it was left, and show what it is opened for at once."""
        if self._options.is_demo:
            self.banners.demo.say(_SAMPLE_BANNER() if self._options.is_sample else _DEMO_BANNER())
        self._memory = WindowMemory(self._options.window_file, self)
        self._memory.restore()
        self._memory.add(self.live_page)
        self._memory.add(self.wall_room)
        self.standing.show_session()
        self.sessions.read_service()
        self.show_page(first_page(self.sessions.session) or LIVE)
        self.wall_room.begin()
        self.news.take_up()

    # ---------------------------------------------------------------- making

    def _make_base(
        self,
        commands: WindowCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
    ) -> WindowBase:
        self.undo_room = UndoRoom(self)
        commands = self.undo_room.recording(commands)
        self.sessions = SessionWatch(commands, session, background, bridge, self)
        self.confirming = ConfirmingBackground(background, commands, session, self)
        return WindowBase(
            commands,
            self.sessions,
            self.confirming,
            background,
            bridge,
            site_zone(self._options.time_zone),
            self._options,
        )

    def _make_frame(
        self, feed: PictureFeed, pictures: LatestPictures | None, focus: FocusSource | None
    ) -> None:
        """Make what is round the pages, and the pages in it.

        From the outside to the inside: a page that is moved with all that is on it is given its
        style once more each time, which takes longer than making it. And from the top to the
        bottom, since the keyboard goes from one to the next in the order in which they come.
        """
        base, session = self._base, self._base.session
        rooms = QStackedWidget(self)
        self.setCentralWidget(rooms)
        center = QWidget(rooms)
        rooms.addWidget(center)
        self.header = Header(PAGES, session, center)
        pages = self.pages = WindowPages(center)
        self.locking = Locking(base.commands, session, base.bare, self)
        self.cover = LockCover(self.locking, rooms, pages)
        self._vault = VaultBanner(base.commands, session, base.background)
        self.banners = Banners(
            base.bridge,
            base.zone,
            self.cover.banner,
            self._vault,
            pages.camera_ids,
        )
        means = Means(base.commands, session, base.background, base.bridge, pictures)
        self.first_run = FirstRun(means, base.zone, self._options.set_up, self)
        self.banners.add(self.first_run.banner)
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.header, self.banners, self.undo_room.bar):
            layout.addWidget(widget)
        layout.addWidget(pages.scrolling(), 1)
        pages.fill(base, feed, focus)
        pages.addWidget(self.cover.room)
        self.status_bar = StatusBar(base.zone)
        layout.addWidget(self.status_bar)
        rooms.addWidget(self.cover.whole)
        self.live_page, self.live_room = pages.live, pages.live_room

    def _make_walls(self, feeds: ManyFeeds | None) -> WallRoom:
        base, options = self._base, self._options
        told = ""
        if options.is_demo:
            told = _SAMPLE_WALL() if options.is_sample else _DEMO_BANNER()
        return WallRoom(
            self.live_page,
            base.commands,
            base.session,
            base.background,
            base.bridge,
            self.locking,
            WallOptions((self.header, self.status_bar), feeds, told, options.start),
        )

    def _make_stage(self) -> None:
        """Make what decides about what is shown, and what fills it."""
        base, pages, locking = self._base, self.pages, self.locking
        self.stage = Stage(
            pages,
            self.header,
            self.cover,
            locking,
            self.sessions,
            self.first_run,
            self.wall_room.kiosk,
            self,
        )
        self.news = News(
            base,
            self._loader,
            pages,
            self.banners,
            self.status_bar,
            self._vault,
            self.stage,
            self,
        )
        self.standing = Standing(
            base,
            locking,
            self.stage,
            self.header,
            self.banners,
            self.first_run,
            self.wall_room,
            self.live_room,
            self.undo_room,
            self,
        )

    def _make_rest(
        self, pictures: LatestPictures | None, desktop: DesktopNoticeSource | None
    ) -> Iterator[None]:
        """Make what is not there yet, a part at each step."""
        yield from self.pages.fill_rest(self._base, pictures)
        pages = self.pages
        self.history_page, self.alerts_page = pages.history, pages.alerts
        self.cameras_page, self.accuracy_page = pages.cameras, pages.accuracy
        self.users_page, self.audit_page = pages.users, pages.audit
        self.health_page, self.settings_page = pages.health, pages.settings
        self._make_parts()
        yield
        self._make_beside(desktop)
        self._connect_header()
        self._connect_pages()
        self._bind_keys()
        for part in (self.palette_room, self.alert_corner, self.presence):
            self._memory.add(part)

    def _make_parts(self) -> None:
        """Make what leads to the pages, and to dialogs."""
        # Whoever looks at the live view must not wait for these.
        from camwatch.ui.chart_files import ChartFiles  # noqa: PLC0415
        from camwatch.ui.window.dialogs import Dialogs  # noqa: PLC0415
        from camwatch.ui.window.finding import Finding  # noqa: PLC0415
        from camwatch.ui.window.places import Places  # noqa: PLC0415

        base, pages, locking = self._base, self.pages, self.locking
        self.dialogs = Dialogs(base, pages, locking, self.cover, self.stage, self)
        self.places = Places(self.stage, pages, locking, self.wall_room, self)
        self._files = ChartFiles(
            self.history_page, base.commands, self.sessions, base.background, base.zone, self
        )
        self.finding = Finding(
            base,
            pages,
            self.header,
            locking,
            self.cover,
            self.stage,
            self.undo_room,
            self.wall_room.book,
            self,
        )
        self.palette_room, self.help_room = self.finding.palette, self.finding.help

    def _make_beside(self, desktop: DesktopNoticeSource | None) -> None:
        """Make what tells of alerts and of CamWatch itself, in the window and beside it."""
        from camwatch.ui.window.beside import Beside  # noqa: PLC0415 - as above

        beside = self.beside = Beside(
            self._base, self.pages, self.header, self.status_bar, self.locking, desktop, self
        )
        self.alert_corner, self.presence, self.tray = beside.corner, beside.presence, beside.tray
        beside.join(self.places, self.dialogs, self.news)
        beside.show_requested.connect(self.bring_to_front)
        beside.quit_requested.connect(self.quit)
        beside.health.crash_told.connect(self.crash_told)

    # ---------------------------------------------------------------- making the rest

    @Slot()
    def go_on(self) -> None:
        """Make the rest in turns with whatever else there is to do; harmless once it is made."""
        if not self.is_whole:
            self._turns.start()

    @Slot()
    def finish(self) -> None:
        """Make the rest now; harmless once it is made."""
        while not self.is_whole:
            self._make_next()

    @Slot()
    def _make_next(self) -> None:
        if next(self._rest, self) is None:
            return
        self._turns.stop()
        self.is_whole = True
        self.made.emit()

    def showEvent(self, event: QShowEvent, /) -> None:
        """Look for keys and clicks that need the rest."""
        super().showEvent(event)
        handle = self.windowHandle()
        if not self.is_whole and handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Have all made before a key or a click arrives at what it is for."""
        if event.type() in _NEEDS_ALL:
            watched.removeEventFilter(self)
            self.finish()
        return False

    # ---------------------------------------------------------------- joining

    def _connect_header(self) -> None:
        header, dialogs = self.header, self.dialogs
        header.keys_requested.connect(dialogs.show_keys)
        header.vault_requested.connect(dialogs.show_vault)
        header.storage_requested.connect(dialogs.show_storage)
        header.about_requested.connect(dialogs.show_about)
        header.account_requested.connect(dialogs.show_account)
        header.appearance_requested.connect(dialogs.show_appearance)
        header.settings_requested.connect(self.places.show_settings)

    def _connect_live(self) -> None:
        """Join what is there from the beginning."""
        header = self.header
        header.page_requested.connect(self.show_page)
        header.set_up_requested.connect(self.first_run.open)
        header.lock_requested.connect(self.locking.lock)
        header.sign_out_requested.connect(self.sign_out_requested)
        self.live_room.past_changed.connect(self.wall_room.rest)
        self.stage.set_up_shown.connect(self._on_set_up_shown)
        self.pages.currentChanged.connect(self._on_page_shown)
        self.made.connect(self._loader.want_chart)
        for teller in (self.wall_room, self.stage, self.news):
            teller.noticed.connect(self.show_notice)

    def _connect_pages(self) -> None:
        dialogs, places, live_room = self.dialogs, self.places, self.live_room
        self.live_page.add_requested.connect(places.add_camera)
        self.live_page.alert_requested.connect(places.show_alert)
        self.alerts_page.camera_requested.connect(places.show_camera)
        self.alerts_page.chart_requested.connect(places.show_chart)
        for page in (self.alerts_page, self.history_page):
            page.moment_requested.connect(places.look_back)
        live_room.machine.alert_requested.connect(places.show_alert)
        self.history_page.alert_requested.connect(places.show_alert)
        self.accuracy_page.badges_changed.connect(self.pages.show_badges)
        self.accuracy_page.models_requested.connect(dialogs.show_models)
        self.settings_page.appearance_changed.connect(self.appearance_changed)
        self.settings_page.counting_changed.connect(self.model_chosen)
        self.settings_page.dialog_wanted.connect(dialogs.open_setup)
        self.banners.causes.list_requested.connect(dialogs.show_cause)
        dialogs.model_chosen.connect(self.model_chosen)
        dialogs.appearance_changed.connect(self.appearance_changed)
        for maker in (self._files, self.wall_room, self.health_page):
            maker.dialog_made.connect(dialogs.open)
        places.follow(self.palette_room.wishes)
        places.front_wanted.connect(self.bring_to_front)
        self.palette_room.wishes.setup.connect(dialogs.open_setup)
        for teller in (self.beside, self.finding):
            teller.noticed.connect(self.show_notice)
        for asking in (self.settings_page, self.users_page):
            asking.security_changed.connect(self.locking.take_security)

    def _connect_session(self) -> None:
        locking, news = self.locking, self.news
        for ended in (
            self.sessions.ended,
            news.ended,
            locking.expired,
            self.confirming.expired,
            locking.panel.sign_out_requested,
        ):
            ended.connect(self.sign_out_requested)
        locking.asked.connect(self.cover.show_panel)
        news.clocks_doubted.connect(self.standing.look_at_clocks)
        news.cameras_shown.connect(self.first_run.offer)
        self.standing.title_changed.connect(self.setWindowTitle)

    def _bind_keys(self) -> None:
        for index, page in enumerate(PAGES):
            bind(self, page.key, partial(self.show_page, index))
        bind(self, Key.FULL_SCREEN, self.toggle_full_screen)
        bind(self, Key.FIND_ANYTHING, self.finding.find_anything)
        bind(self, Key.UNDO, self.finding.undo)
        bind(self, Key.HELP, self.finding.help_on_page)
        bind(self, Key.SHOW_KEYS, self.dialogs.show_keys)
        bind(self, Key.LOCK, self.locking.lock)
        bind(self, Key.QUIT, self.quit)
        QuitKey(self)
        if self._base.session.may(Permission.EDIT_CAMERAS):
            bind(self, Key.ADD_CAMERA, self.places.add_camera)

    # ---------------------------------------------------------------- what is shown

    @Slot(int)
    def show_page(self, index: int) -> None:
        """Show a page, by its place in `PAGES`; see `Stage.show_page`."""
        if index != LIVE:
            self.finish()
        self.stage.show_page(index)

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self.stage.page

    @Slot()
    def load_cameras(self) -> None:
        """Read the cameras and sites again, in the background."""
        self._loader.load()

    @Slot(str)
    def show_notice(self, text: str) -> None:
        """Say something under the header until the operator closes it."""
        self.banners.notice.say(text)

    @Slot()
    def _on_page_shown(self) -> None:
        self.first_run.on_page_shown(self.pages.currentWidget())
        self.standing.show_session()

    @Slot()
    def _on_set_up_shown(self) -> None:
        page = self.first_run.page
        if page is not None:
            self.finish()
            page.last.cameras_requested.connect(self.places.add_camera)
            page.last.keys_requested.connect(self.dialogs.show_keys)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window; kiosk mode is left first."""
        if self.wall_room.kiosk.is_on:
            self.wall_room.kiosk.ask_to_leave()
            return
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def bring_to_front(self) -> None:
        """Show the window above the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # ---------------------------------------------------------------- size, place and end

    def remember(self) -> None:
        """Keep how the window was left for the next time."""
        self._memory.save()

    @property
    def place(self) -> WindowPlace:
        """Where the operator is, for the window that is made in the place of this one."""
        self.finish()
        return WindowPlace(
            self.stage.wanted_page,
            self.settings_page.place,
            is_in_set_up=self.first_run.is_shown,
            is_kiosk=self.wall_room.kiosk.is_on,
            is_locked=self.locking.is_locked,
            edits=self.undo_room.edits,
            camera_id=self.live_page.grid.opened,
        )

    def return_to(self, place: WindowPlace) -> None:
        """Be where the operator was in the window before."""
        self.finish()
        self.undo_room.take_over(place.edits)
        self.settings_page.return_to(place.settings)
        self.live_page.reopen(place.camera_id)
        self.show_page(place.page)
        if place.is_in_set_up:
            self.first_run.open()
        if place.is_locked:
            self.locking.lock()

    def give_up(self) -> None:
        """Let all go that would outlast the window: the operator, or the program, leaves."""
        self._turns.stop()
        if self.is_whole:
            self.beside.give_up()
            self.finding.give_up()
            self._files.give_up()
        self.live_room.back_to_live()
        self.wall_room.close_all()
        self.wall_room.kiosk.end()

    @Slot()
    def quit(self) -> None:
        """Close the window for good, also where closing it would leave CamWatch in the tray."""
        self.finish()
        self.presence.end()
        self.close()

    def closeEvent(self, event: QCloseEvent, /) -> None:
        """Remember how the window was left, and tell that it is closed."""
        self.finish()  # what keeps CamWatch in the tray is asked
        if self.wall_room.kiosk.is_on:
            event.ignore()
            self.wall_room.kiosk.ask_to_leave()
            return
        self.remember()
        if self.presence.stays(event):
            return
        self.wall_room.close_all()
        event.accept()
        if not self._is_closed:
            self._is_closed = True
            self.closed.emit()
