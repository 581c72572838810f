"""The operator's window: header, pages, messages, status."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch import __version__
from camwatch.accuracy import Badge
from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError, PermissionDenied, SessionExpired
from camwatch.events import (
    ClockJumped,
    CommonCause,
    ComputerResumed,
    HouseworkTroubled,
)
from camwatch.language import marked, tr, worded
from camwatch.paths import documents
from camwatch.ui import icons, session_words
from camwatch.ui.account.dialog import AccountCommands, AccountDialog
from camwatch.ui.accuracy.badge import badge_text
from camwatch.ui.accuracy.page import AccuracyPage, AccuracyPageCommands
from camwatch.ui.alerts.corner import AlertCorner, CornerCommands
from camwatch.ui.alerts.page import AlertsPage, AlertsPageCommands
from camwatch.ui.alerts.popups.popups import DesktopNoticeSource
from camwatch.ui.audit.page import AuditPage, AuditPageCommands
from camwatch.ui.background import Background
from camwatch.ui.banners import Banners
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.page import CamerasPage
from camwatch.ui.causes import CauseDialog, jumped_text, resumed_text
from camwatch.ui.chart_files import ChartFiles, ChartFilesCommands
from camwatch.ui.charts.history_page import ChartsPageCommands, HistoryPage
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.confirming import ConfirmingBackground
from camwatch.ui.desktop.presence import DesktopPresence
from camwatch.ui.error_text import text_for
from camwatch.ui.first_run.commands import SetUpCommands
from camwatch.ui.first_run.room import FirstRun, SetUpOptions
from camwatch.ui.first_run.step import Means
from camwatch.ui.header import Header
from camwatch.ui.health.commands import HealthPageCommands
from camwatch.ui.health.page import HealthPage
from camwatch.ui.health.wiring import HealthWiring
from camwatch.ui.help.room import HelpProvider, HelpRoom
from camwatch.ui.help.topics import PAGE_TOPICS, TOPICS
from camwatch.ui.keys_dialog import KeysDialog
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.view import FocusCommands, FocusView
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.passed_today import PassedCommands, PassedToday
from camwatch.ui.live.wall.finding import WallsProvider
from camwatch.ui.live.wall.room import RoomCommands, WallOptions, WallRoom
from camwatch.ui.live.wall.windows import ManyFeeds
from camwatch.ui.lock_cover import LockCover
from camwatch.ui.locking import LockCommands, Locking
from camwatch.ui.models_dialog import ModelsDialog
from camwatch.ui.models_protocol import DialogCommands
from camwatch.ui.operators.commands import UsersCommands
from camwatch.ui.operators.page import UsersPage
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    PAGES,
    SETTINGS,
    USERS,
    first_page,
    nothing_page,
)
from camwatch.ui.palette.providers import FindCommands
from camwatch.ui.palette.room import PaletteRoom
from camwatch.ui.quitting import QuitKey
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.session_pulse import PulseCommands, SessionPulse
from camwatch.ui.session_watch import SessionCommands, SessionWatch
from camwatch.ui.settings.appearance import AppearanceCommands, AppearanceDialog
from camwatch.ui.settings.finding import SettingsProvider
from camwatch.ui.settings.page import SettingsPage, SettingsPageCommands, SettingsPlace
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog, WorkspaceDialogCommands
from camwatch.ui.shortcuts import Key, bind
from camwatch.ui.site_loader import SeenSite, SiteCommands, SiteLoader
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.storage.commands import StorageScreenCommands
from camwatch.ui.storage.dialog import StorageDialog
from camwatch.ui.time_machine.commands import MomentCommands
from camwatch.ui.time_machine.live_room import LiveRoom
from camwatch.ui.tray import Tray
from camwatch.ui.undo.edit import Edit
from camwatch.ui.undo.room import UndoProvider, UndoRoom, refusal
from camwatch.ui.vault.banner import VaultBanner
from camwatch.ui.vault.manage_dialog import ManageDialog
from camwatch.walls import StartWish

log = logging.getLogger(__name__)

_DEMO_BANNER = worded(lambda: tr("Demonstration: simulated cameras, nothing is kept."))
_SAMPLE_BANNER = worded(
    lambda: tr(
        "Sample: nobody here is real. The cameras are simulated and the history before now is made "
        "up. Close this window to remove all of it; add your own cameras in the other window."
    )
)
_PASSED_MS = 10_000

_ROLE_CHANGED = marked(
    "Your role has changed, and does not allow everything that is shown here any more. Sign out "
    "and in again to see what you may do now."
)

_ABOUT = marked("""CamWatch {version} counts the people that cameras see.

It works on this computer alone: no picture leaves it.
Licensed under the Apache License 2.0. Icons by Lucide (ISC licence).""")


class WindowCommands(
    SiteCommands,
    SetUpCommands,
    ChartsPageCommands,
    PassedCommands,
    AccuracyPageCommands,
    DialogCommands,
    FocusCommands,
    LockCommands,
    AccountCommands,
    SessionCommands,
    PulseCommands,
    UsersCommands,
    AuditPageCommands,
    AlertsPageCommands,
    CornerCommands,
    StorageScreenCommands,
    ChartFilesCommands,
    FindCommands,
    RoomCommands,
    MomentCommands,
    HealthPageCommands,
    SettingsPageCommands,
    AppearanceCommands,
    WorkspaceDialogCommands,
    Protocol,
):
    """What the window and its pages ask of `camwatch.commands.Commands`."""


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is set up.

    Attributes:
        is_demo: It shows simulated cameras and keeps nothing; it says so.
        window_file: Where size and layout are remembered; None remembers nothing.
        time_zone: IANA name of the site's time zone; "" is this computer's.
        is_sample: The demonstration has a made-up past; it says so.
        set_up: How a new profile is led through its set-up.
        start: How it shall open.
        keeps_in_tray: Closing the window leaves CamWatch running, where there is a tray.
        tells_crash: Nobody was told so far how the last run ended.
    """

    is_demo: bool = False
    window_file: Path | None = None
    time_zone: str = ""
    is_sample: bool = False
    set_up: SetUpOptions = field(default_factory=SetUpOptions)
    start: StartWish = StartWish()  # noqa: RUF009 - a frozen value
    keeps_in_tray: bool = False
    tells_crash: bool = True


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Where an operator is, to be there again in a window that is made anew.

    Attributes:
        page: In `PAGES`.
        settings: On the settings page.
        is_in_set_up: Led through the set-up, in the place of a page.
        is_kiosk: In kiosk mode.
        is_locked: The window asks for the password.
        edits: What can be undone, the newest first.
    """

    page: int
    settings: SettingsPlace
    is_in_set_up: bool = False
    is_kiosk: bool = False
    is_locked: bool = False
    edits: Sequence[Edit] = ()


class MainWindow(QMainWindow):
    """What a signed-in operator works with. It starts and stops no worker.

    Attributes:
        locking: Locks and unlocks it.
        sessions: Knows who is signed in.

    Args:
        pictures: Where the newest pictures are; without it, no view can be drawn on.
        focus: Where one camera's best pictures come from; without it, none is shown closely.
        desktop: Shows notifications beside the window; None where there is none.
        feeds: Where the pictures of further windows come from; None where there are none.

    Signals:
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

    def __init__(  # noqa: PLR0915, PLR0917 - all that a window stands on
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
    ) -> None:
        super().__init__()
        self.undo_room = UndoRoom(self)
        commands = self._commands = self.undo_room.recording(commands)
        self.sessions = SessionWatch(commands, session, background, bridge, self)
        bare, background = background, ConfirmingBackground(background, commands, session, self)
        self._background = background
        self._bridge = bridge
        self._options = options
        self._is_closed = self._was_away = False
        self._page = self._page_after = LIVE
        zone = self._zone = site_zone(options.time_zone)
        may_edit = session.may(Permission.EDIT_CAMERAS)

        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(960, 600)

        self.header = Header(PAGES, session)
        self._chart = LiveChart(zone=zone)
        self.live_page = LivePage(
            feed,
            bridge,
            self._chart,
            can_add=may_edit,
            shows_counts=session.may(Permission.VIEW_COUNTS),
            focus=None
            if focus is None
            else FocusView(focus, commands, session, background, zone=zone),
        )
        self.live_room = LiveRoom(commands, session, background, self.live_page, zone)
        self._passed = PassedToday(commands, session, background, zone=zone, parent=self)
        self.history_page = HistoryPage(commands, session, background, bridge, zone=zone)
        self.alerts_page = AlertsPage(commands, session, background, bridge, zone=zone)
        self.cameras_page = CamerasPage(
            commands, session, background, bridge, pictures=pictures, zone=zone
        )
        self.accuracy_page = AccuracyPage(commands, session, background, bridge, zone=zone)
        self.users_page = UsersPage(commands, session, background, zone=zone)
        self.audit_page = AuditPage(commands, session, background, zone, self)
        self.health_page = HealthPage(commands, session, background, zone=zone)
        self.settings_page = SettingsPage(commands, session, background)
        self.status_bar = StatusBar(zone)
        self._stack = QStackedWidget()
        self._stack_pages()
        self.locking = Locking(commands, session, bare, self)
        self._rooms = QStackedWidget()
        self._cover = LockCover(self.locking, self._rooms, self._stack)
        self._vault = VaultBanner(commands, session, background)
        self.banners = Banners(
            bridge, zone, self._cover.banner, self._vault, self.live_page.camera_ids
        )
        self.first_run = self._make_first_run(pictures)
        self._stack.addWidget(self._cover.room)
        self._lay_out()
        self._tray = Tray(self)
        self.presence = DesktopPresence(self, self._tray, keeps_in_tray=options.keeps_in_tray)
        self.alert_corner = AlertCorner(
            self,
            commands,
            session,
            bare,
            bridge,
            self.status_bar,
            zone,
            desktop or self._tray.notices,
        )
        self._loader = SiteLoader(commands, session, background, self)
        self._pulse = SessionPulse(commands, session, bare, self)

        self.wall_room = self._make_walls(feeds)
        self._connect(bridge)
        self._connect_desktop(bare)
        self._connect_settings()
        self._connect_session(background)
        self._connect_palette(bare)
        self._bind_keys(may_edit=may_edit)
        self._begin()

    def _begin(self) -> None:
        """Take up how it was left, show what it is opened for at once, and ask for the rest."""
        session = self.sessions.session
        if self._options.is_demo:
            self.banners.demo.say(_SAMPLE_BANNER() if self._options.is_sample else _DEMO_BANNER())
        self._restore()
        self._show_session()
        self.sessions.read_service()
        self.show_page(first_page(session) or LIVE)
        self.wall_room.begin()
        self.load_cameras()

    # ---------------------------------------------------------------- building

    def _make_first_run(self, pictures: LatestPictures | None) -> FirstRun:
        session = self.sessions.session
        means = Means(self._commands, session, self._background, self._bridge, pictures)
        return FirstRun(means, self._zone, self._options.set_up, self)

    def _stack_pages(self) -> None:
        self._pages: tuple[QWidget, ...] = (
            self.live_room,
            self.history_page,
            self.alerts_page,
            self.cameras_page,
            self.accuracy_page,
            self.users_page,
            self.audit_page,
            self.health_page,
            self.settings_page,
        )
        self._nothing = nothing_page()
        for page in (*self._pages, self._nothing):
            self._stack.addWidget(page)

    def _lay_out(self) -> None:
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        self.banners.add(self.first_run.banner)
        layout.addWidget(self.banners)
        layout.addWidget(self.undo_room.bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.status_bar)
        self._rooms.addWidget(center)
        self._rooms.addWidget(self._cover.whole)
        self.setCentralWidget(self._rooms)

    def _make_walls(self, feeds: ManyFeeds | None) -> WallRoom:
        options = self._options
        room = WallRoom(
            self.live_page,
            self._commands,
            self.sessions.session,
            self._background,
            self._bridge,
            self.locking,
            WallOptions((self.header, self.status_bar), feeds, options.is_demo, options.start),
        )
        room.dialog_made.connect(self._open)
        room.noticed.connect(self.show_notice)
        return room

    def _connect_set_up(self) -> None:
        self.header.set_up_requested.connect(self.first_run.open)
        self.first_run.wanted.connect(self._show_set_up)
        self.first_run.left.connect(self._leave_set_up)
        self.first_run.title_changed.connect(self._show_session)
        self._stack.currentChanged.connect(self._on_page_shown)

    def _connect_header(self) -> None:
        self.header.page_requested.connect(self.show_page)
        self.header.keys_requested.connect(self.show_keys)
        self.header.vault_requested.connect(self.show_vault)
        self.header.storage_requested.connect(self.show_storage)
        self.header.about_requested.connect(self.show_about)
        self._connect_set_up()
        self.header.account_requested.connect(self.show_account)
        self.header.lock_requested.connect(self.locking.lock)
        self.header.sign_out_requested.connect(self.sign_out_requested)

    def _connect(self, bridge: EventBridge) -> None:
        self._connect_header()
        self.live_page.add_requested.connect(self.add_camera)
        self.live_page.alert_requested.connect(self.show_alert)
        self.alerts_page.counts_changed.connect(self._show_alert_count)
        self.alerts_page.camera_requested.connect(self._show_camera)
        self.alerts_page.chart_requested.connect(self._show_chart)
        for page in (self.alerts_page, self.history_page):
            page.moment_requested.connect(self.look_back)
        self.live_room.machine.alert_requested.connect(self.show_alert)
        self.live_room.past_changed.connect(self._on_past)
        self.live_room.past_changed.connect(self.wall_room.rest)
        self.history_page.alert_requested.connect(self.show_alert)
        self._files = ChartFiles(
            self.history_page,
            self._commands,
            self.sessions,
            self._background,
            self._zone,
            self,
        )
        self._files.dialog_made.connect(self._open)
        self.accuracy_page.badges_changed.connect(self._show_badges)
        self.accuracy_page.models_requested.connect(self.show_models)
        self.live_page.conditions_changed.connect(self._on_conditions_changed)
        bridge.cameras_changed.connect(self.load_cameras)
        self._loader.found.connect(self._on_cameras)
        self._loader.charted.connect(self._chart.load)
        self._loader.failed.connect(self._on_load_failed)
        bridge.detector_changed.connect(self.status_bar.show_detector)
        bridge.history_saved.connect(self.status_bar.show_saved)
        bridge.history_saved.connect(self._on_saved)
        self._passed.changed.connect(self.live_page.set_passed)
        self._passed.failed.connect(self._on_passed_failed)
        # Also while nothing is saved: the day ends, and less and less of it is covered.
        self._passed_timer = QTimer(self)
        self._passed_timer.timeout.connect(self._on_saved)
        self._passed_timer.start(_PASSED_MS)
        bridge.storage_troubled.connect(self.status_bar.show_storage)
        bridge.throughput_measured.connect(self.status_bar.show_throughput)
        bridge.computer_resumed.connect(self._on_computer_resumed)
        bridge.clock_jumped.connect(self._on_clock_jumped)
        bridge.housework_troubled.connect(self._on_housework)
        self.banners.causes.list_requested.connect(self.show_cause)
        self.alert_corner.alert_wanted.connect(self.show_alert)
        self.alert_corner.failed.connect(self._on_alert_failed)
        self.alert_corner.dialog_wanted.connect(self._open)
        self.alert_corner.noticed.connect(self.show_notice)
        self._tray.show_requested.connect(self.bring_to_front)
        self._tray.quit_requested.connect(self.quit)

    def _connect_desktop(self, background: Background) -> None:
        self._tray.alerts_requested.connect(self._show_inbox)
        self._tray.mute_requested.connect(self.alert_corner.toggle_mute)
        self.alert_corner.sounds_changed.connect(self._tell_mute)
        self.presence.quit_requested.connect(self.quit)
        self.health_page.dialog_made.connect(self._open)
        self._health = HealthWiring(
            self.health_page,
            self.status_bar,
            self._tray,
            self._bridge,
            self.sessions.session,
            background,
            self,
            tells_crash=self._options.tells_crash,
        )
        self._health.crash_told.connect(self.crash_told)
        self._health.page_wanted.connect(self._show_health)
        self._health.noticed.connect(self.show_notice)

    def _connect_palette(self, bare: Background) -> None:
        self.palette_room = PaletteRoom(
            self, self.header, self._pages, self._commands, self.sessions, bare
        )
        self.help_room = HelpRoom(self, documents(), bare)
        self.palette_room.add(HelpProvider(self.help_room))
        self.palette_room.add(UndoProvider(self.undo_room, self._zone))
        self.palette_room.add(WallsProvider(self.wall_room.book, self.palette_room.wishes))
        self.palette_room.add(SettingsProvider(self.palette_room.session, self.palette_room.wishes))
        self.undo_room.serve(self.palette_room.session, self._background)
        self.undo_room.undone.connect(self._on_undone)
        self.undo_room.refused.connect(self._on_not_undone)
        wishes = self.palette_room.wishes
        self.header.find_requested.connect(self.find_anything)
        self.header.help_requested.connect(self.show_help)
        wishes.page.connect(self.show_page)
        wishes.live.connect(self._show_camera)
        wishes.chart.connect(self._show_latest)
        wishes.edit.connect(self._edit_camera)
        wishes.scene.connect(self._draw_in)
        wishes.site.connect(self._show_site)
        wishes.alert.connect(self.show_alert)
        wishes.rule.connect(self._show_rule)
        wishes.operator.connect(self._show_operator)
        wishes.wall.connect(self._show_wall)
        wishes.setting.connect(self._show_setting)
        wishes.setup.connect(self.open_setup)

    def _connect_settings(self) -> None:
        self.header.settings_requested.connect(self.show_settings)
        self.header.appearance_requested.connect(self.show_appearance)
        self.settings_page.appearance_changed.connect(self.appearance_changed)
        self.settings_page.counting_changed.connect(self.model_chosen)
        self.settings_page.security_changed.connect(self.locking.take_security)
        self.settings_page.dialog_wanted.connect(self.open_setup)

    def _connect_session(self, background: ConfirmingBackground) -> None:
        locking, sessions = self.locking, self.sessions
        for ended in (sessions.ended, self._pulse.ended, locking.expired, background.expired):
            ended.connect(self.sign_out_requested)
        sessions.changed.connect(self._on_session_changed)
        background.locked.connect(locking.on_session_locked)
        locking.changed.connect(self._on_lock_changed)
        self.users_page.security_changed.connect(locking.take_security)
        locking.asked.connect(self._cover.show_panel)
        locking.unlocked.connect(background.on_confirmed)
        locking.panel.live_requested.connect(self._look_at_live)
        locking.panel.sign_out_requested.connect(self.sign_out_requested)

    def _bind_keys(self, *, may_edit: bool) -> None:
        bind(self, Key.LIVE_PAGE, lambda: self.show_page(LIVE))
        bind(self, Key.CHARTS_PAGE, lambda: self.show_page(CHARTS))
        bind(self, Key.ALERTS_PAGE, lambda: self.show_page(ALERTS))
        bind(self, Key.CAMERAS_PAGE, lambda: self.show_page(CAMERAS))
        bind(self, Key.ACCURACY_PAGE, lambda: self.show_page(ACCURACY))
        bind(self, Key.USERS_PAGE, lambda: self.show_page(USERS))
        bind(self, Key.AUDIT_PAGE, lambda: self.show_page(AUDIT))
        bind(self, Key.HEALTH_PAGE, lambda: self.show_page(HEALTH))
        bind(self, Key.SETTINGS_PAGE, self.show_settings)
        bind(self, Key.FULL_SCREEN, self.toggle_full_screen)
        bind(self, Key.FIND_ANYTHING, self.find_anything)
        bind(self, Key.UNDO, self.undo)
        bind(self, Key.HELP, self.help_on_page)
        bind(self, Key.SHOW_KEYS, self.show_keys)
        bind(self, Key.LOCK, self.locking.lock)
        bind(self, Key.QUIT, self.quit)
        QuitKey(self)
        if may_edit:
            bind(self, Key.ADD_CAMERA, self.add_camera)

    # ---------------------------------------------------------------- pages and dialogs

    @Slot(int)
    def show_page(self, index: int) -> None:
        """Show a page, by its place in `PAGES`.

        While the window is locked the page is shown once it is unlocked.
        """
        if self.locking.is_locked:
            self._page_after = index
        self._go_to(index)

    def _go_to(self, index: int) -> None:
        is_permitted = not PAGES[index].why_not(self.sessions.session)
        if self.wall_room.kiosk.is_on and index != LIVE:
            self.show_notice(tr("Kiosk mode shows the wall alone. Ctrl+F11 leaves it."))
            return
        if not is_permitted and index != LIVE:
            return
        self._page = index
        shown = index if is_permitted else self._stack.indexOf(self._nothing)
        self._cover.show_page(shown, is_open=index == LIVE)
        self.header.show_page(index)
        if index == LIVE and not self._cover.is_panel_shown:
            self.live_room.take_keyboard()

    @Slot(object, object)
    def look_back(self, at: datetime, camera_id: CameraId | None = None) -> None:
        """Show on the wall how it was at a moment, UTC; one camera alone, if one is meant."""
        self.show_page(LIVE)
        if self.page == LIVE and not self.locking.is_locked:
            self.live_room.go_to(at, camera_id)

    @Slot()
    def _look_at_live(self) -> None:
        """Go from the panel to the live view, without wanting to stay there afterwards."""
        self._go_to(LIVE)

    @Slot()
    def _show_set_up(self) -> None:
        """Lead through the set-up, in the place of a page."""
        page = self.first_run.page
        if page is None or self.locking.is_locked:
            return
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
            page.last.cameras_requested.connect(self.add_camera)
            page.last.keys_requested.connect(self.show_keys)
        self._cover.show_page(self._stack.indexOf(page), is_open=False)
        self.header.show_page(None)

    @Slot()
    def _leave_set_up(self) -> None:
        self._go_to(LIVE)

    @Slot()
    def _on_page_shown(self) -> None:
        self.first_run.on_page_shown(self._stack.currentWidget())
        self._show_session()

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self._page

    @Slot()
    def add_camera(self) -> None:
        """Go to the cameras and open the form for a new one."""
        self.show_page(CAMERAS)
        if self.page == CAMERAS and not self.locking.is_locked:
            self.cameras_page.add_camera()

    @Slot(str)
    def show_alert(self, uid: str) -> None:
        """Go to the alerts, and to the details of one of them; "" for the inbox alone."""
        self.bring_to_front()
        self.show_page(ALERTS)
        if self.page == ALERTS and uid:
            self.alerts_page.show_alert(uid)

    @Slot()
    def _show_health(self) -> None:
        self.bring_to_front()
        self.show_page(HEALTH)

    @Slot()
    def _show_inbox(self) -> None:
        self.show_alert("")

    @Slot()
    def _tell_mute(self) -> None:
        self._tray.show_muted(self.alert_corner.is_muted)

    @Slot()
    def quit(self) -> None:
        """Close the window for good, also where closing it would leave CamWatch in the tray."""
        self.presence.end()
        self.close()

    @Slot(object)
    def _on_alert_failed(self, error: CamWatchError) -> None:
        log.error("%s [%s]", error, error.error_id)
        text = text_for(error)
        self.show_notice(
            tr(
                "{title}. {whole} (Error {error_id})",
                title=text.title,
                whole=text.whole,
                error_id=text.error_id,
            )
        )

    @Slot()
    def show_keys(self) -> None:
        """List the keys, those of the page that is shown first."""
        self._open(KeysDialog(self, page=PAGES[self.page].key))

    @Slot()
    def help_on_page(self) -> None:
        """Explain the page that is shown."""
        if self.locking.is_locked:
            self._cover.show_panel()
        else:
            self.help_room.help_on_page(self._pages[self.page], self.page)

    @Slot()
    def show_help(self) -> None:
        """Show the chapters of the documents, from the first one on."""
        if not self.locking.is_locked:
            self.help_room.open_chapter(TOPICS[PAGE_TOPICS[self.page]].chapter)

    @Slot()
    def find_anything(self) -> None:
        """Show the box in which everything is found; not while the window is locked."""
        if self.locking.is_locked:
            self._cover.show_panel()
        else:
            self.palette_room.open()

    @Slot()
    def show_vault(self) -> None:
        """Show how the vault is, and what can be done with it."""
        self._open(ManageDialog(self._commands, self.sessions.session, self._background, self))

    @Slot()
    def show_settings(self) -> None:
        """Show the settings to who may change them."""
        self.show_page(SETTINGS)

    @Slot()
    def show_appearance(self) -> None:
        """Show how the screen looks."""
        dialog = AppearanceDialog(self._commands, self.sessions.session, self._background, self)
        dialog.saved.connect(self.appearance_changed)
        self._open(dialog)

    @Slot(str)
    def open_setup(self, name: str) -> None:
        """Open what is set up in a place of its own; see `ui.settings.links`."""
        if name == "storage":
            self.show_storage()
        elif name == "vault":
            self.show_vault()
        elif name == "models":
            self.show_models()
        elif name == "workspace":
            dialog = WorkspaceDialog(
                self._commands, self.sessions.session, self._background, self._zone, self
            )
            self._open(dialog)
        elif name == "delivery":
            self.show_page(ALERTS)
        elif name == "login_service":
            self.show_page(USERS)
            if self.page == USERS and self.users_page.acts.known.roles:
                self.users_page.acts.set_up_login()

    @Slot()
    def show_storage(self) -> None:
        """Show how, where and for how long the history is kept."""
        self._open(
            StorageDialog(self._commands, self.sessions.session, self._background, self._zone, self)
        )

    @Slot()
    def show_account(self) -> None:
        """Show the operator's own account."""
        dialog = AccountDialog(
            self._commands, self.sessions.session, self._background, self.sessions.service, self
        )
        dialog.second_factor_changed.connect(self.sessions.note_second_factor)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        """Open a dialog that nobody waits for; none while the window is locked."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.locking.is_locked:
            dialog.deleteLater()
            self._cover.show_panel()
        else:
            dialog.open()

    @Slot()
    def show_models(self) -> None:
        """List the models that find people; an administrator chooses one."""
        dialog = ModelsDialog(
            self._commands, self.sessions.session, self._background, is_live=True, parent=self
        )
        dialog.model_chosen.connect(self.model_chosen)
        self._open(dialog)

    @Slot(object)
    def _show_badges(self, badges: Mapping[CameraId, Badge]) -> None:
        """Tell at each camera how right its numbers are."""
        texts = {camera_id: badge_text(one, self._zone) for camera_id, one in badges.items()}
        self.live_page.set_badges(
            {
                camera_id: f"{text.short}. {text.warning}".strip()
                for camera_id, text in texts.items()
            }
        )
        self.history_page.set_badges(texts)

    @Slot()
    def show_about(self) -> None:
        """Say what this program is."""
        box = QMessageBox(self)
        box.setWindowTitle(tr("About CamWatch"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIconPixmap(icons.pixmap("app", 64, ratio=self.devicePixelRatioF()))
        box.setText(tr(_ABOUT, version=__version__))
        self._open(box)

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

    # ---------------------------------------------------------------- alerts

    @Slot(bool)
    def _on_past(self, is_past: bool) -> None:
        """Say at each new popup that the wall shows the past, while it does."""
        self.alert_corner.toasts.tell(tr("the wall shows the past") if is_past else "")

    @Slot(int, object)
    def _show_alert_count(self, count: int, worst: Severity | None) -> None:
        """Say at the button of the page how many alerts want somebody."""
        self.header.set_badge(ALERTS, count, worst)
        self._tray.show_alerts(count, worst)

    @Slot(object)
    def _show_camera(self, camera_id: CameraId) -> None:
        """Show the camera of an alert as it is now."""
        self.live_room.back_to_live()
        self.show_page(LIVE)
        if self.page == LIVE:
            self.live_page.show_camera(camera_id)

    @Slot(object, object)
    def _show_chart(self, camera_id: CameraId, at: datetime) -> None:
        """Show a camera's counts around the moment of an alert."""
        self.show_page(CHARTS)
        if self.page == CHARTS:
            self.history_page.show_at(camera_id, at)

    # ---------------------------------------------------------------- undo

    @Slot()
    def undo(self) -> None:
        """Undo the change that the bar tells of; without one, list what can be undone."""
        if self.locking.is_locked or self.undo_room.undo_shown():
            return
        if self.undo_room.edits:
            self.palette_room.open_with(tr("Undo"))

    @Slot()
    def _on_undone(self) -> None:
        """Read again what no event tells of."""
        if self.page == USERS:
            self.users_page.reload()

    @Slot(object)
    def _on_not_undone(self, error: CamWatchError) -> None:
        self.show_notice(refusal(error))

    # ---------------------------------------------------------------- what was found

    @Slot(object)
    def _show_latest(self, camera_id: CameraId) -> None:
        """Show a camera's counts of the last hours."""
        self._show_chart(camera_id, utc_now())

    @Slot(object)
    def _edit_camera(self, camera_id: CameraId) -> None:
        self.show_page(CAMERAS)
        if self.page == CAMERAS:
            self.cameras_page.edit_this(camera_id)

    @Slot(object)
    def _draw_in(self, camera_id: CameraId) -> None:
        self.show_page(CAMERAS)
        if self.page == CAMERAS:
            self.cameras_page.draw_in(camera_id)

    @Slot(str, object)
    def _show_site(self, name: str, camera_ids: Sequence[CameraId]) -> None:
        self.show_page(LIVE)
        if self.page == LIVE:
            self.live_page.show_site(name, camera_ids)

    @Slot(str)
    def _show_rule(self, uid: str) -> None:
        self.show_page(ALERTS)
        if self.page == ALERTS:
            self.alerts_page.show_rule(uid)

    @Slot(str)
    def _show_operator(self, name: str) -> None:
        self.show_page(USERS)
        if self.page == USERS:
            self.users_page.show_user(name)

    @Slot(str)
    def _show_wall(self, uid: str) -> None:
        self.live_room.back_to_live()
        self.show_page(LIVE)
        wall = self.wall_room.book.find(uid)
        if self.page == LIVE and wall is not None:
            self.wall_room.show_wall(wall)

    @Slot(str)
    def _show_setting(self, key: str) -> None:
        self.show_page(SETTINGS)
        if self.page == SETTINGS:
            self.settings_page.show_setting(key)

    # ---------------------------------------------------------------- cameras

    @Slot()
    def load_cameras(self) -> None:
        """Read the cameras and sites again, in the background."""
        self._loader.load()

    @Slot(object)
    def _on_cameras(self, found: SeenSite) -> None:
        self.banners.trouble.say("")
        self.banners.show_simulated(found.cameras)
        self.first_run.offer(found.cameras)
        self.live_page.set_cameras(found.cameras, found.sites)
        self.live_page.set_scenes(found.scenes)
        self.live_page.set_privacy(found.privacy)
        self.banners.privacy.show_lifts(found.cameras, found.privacy)
        self._show_badges(found.badges)
        # States that were told before this window or this camera was there.
        self._bridge.replay()
        if self.live_page.counts_passages:
            self._passed.ask()

    @Slot(object)
    def _on_load_failed(self, error: CamWatchError) -> None:
        if isinstance(error, SessionExpired):
            self.sign_out_requested.emit()
            return
        if isinstance(error, PermissionDenied):
            self._passed_timer.stop()
            self._pulse.ask()
            self.banners.trouble.say(tr(_ROLE_CHANGED))
            return
        log.error("%s [%s]", error, error.error_id)
        text = text_for(error)
        self.banners.trouble.say(
            tr(
                "{title}. {whole} (Error {error_id})",
                title=text.title,
                whole=text.whole,
                error_id=text.error_id,
            )
        )

    # ---------------------------------------------------------------- what happened

    @Slot()
    def _on_conditions_changed(self) -> None:
        conditions = self.live_page.conditions
        self.status_bar.show_cameras(conditions)
        self._vault.show_reasons([one.reason for one in conditions])
        self._tell_tray()

    def _tell_tray(self) -> None:
        self._tray.say(tr("Locked") if self.locking.hides_live else self.status_bar.summary)

    @Slot(object)
    def _on_passed_failed(self, error: CamWatchError) -> None:
        """Show no numbers of an earlier time as those of now."""
        self.live_page.set_passed({})
        self._loader.fail(error)

    @Slot()
    def _on_saved(self) -> None:
        if self.page == LIVE and self.live_page.counts_passages:
            self._passed.ask_in_time()

    @Slot(object)
    def _on_computer_resumed(self, event: ComputerResumed) -> None:
        self.show_notice(resumed_text(event))
        self._look_at_clocks()

    @Slot(object)
    def _on_clock_jumped(self, event: ClockJumped) -> None:
        self.show_notice(jumped_text(event))
        self._look_at_clocks()

    @Slot(object)
    def show_cause(self, cause: CommonCause) -> None:
        """List the cameras that fail together."""
        self._open(CauseDialog(cause, self.live_page.conditions, self._zone, self))

    @Slot(object)
    def _on_housework(self, event: HouseworkTroubled) -> None:
        """Tell who can do something about it that the history is not kept in order."""
        if event.reason and self.sessions.session.may(Permission.MANAGE_HISTORY):
            reason = event.reason.removesuffix(".")
            self.show_notice(
                tr(
                    "{chore} failed: {reason}. It is tried again. “History and storage…” in the "
                    "operator menu tells more.",
                    chore=event.chore,
                    reason=reason,
                )
            )

    def show_notice(self, text: str) -> None:
        """Say something under the header until the operator closes it."""
        self.banners.notice.say(text)

    # ---------------------------------------------------------------- the session

    def _look_at_clocks(self) -> None:
        """End or lock the session if its time has come while the computer was asleep."""
        self.sessions.look_again()
        self.locking.check()

    @Slot()
    def _on_lock_changed(self) -> None:
        """Cover what must not be seen, or show again what was there."""
        is_locked = self.locking.is_locked
        self.header.set_locked(is_locked=is_locked)
        self.alert_corner.set_locked(is_locked=is_locked, is_hidden=self.locking.hides_live)
        if is_locked:
            self.live_room.back_to_live()
            self._page_after = self._page
        self._go_to(self._page_after)
        self.palette_room.box.close_box()
        self.undo_room.hide()
        self._show_session()
        self._tell_tray()

    @Slot(object)
    def _on_session_changed(self, before: Session) -> None:
        """Take up who vouches for the operator now, and with what role."""
        session = self.sessions.session
        self._background.set_session(session)
        self.locking.set_session(session)
        self.wall_room.book.session = session
        self.alert_corner.popups.set_session(session)
        self.live_room.back_to_live()
        self.header.offer_pages(session)
        self._show_session()
        if session.role != before.role and session.kind is before.kind:
            self.banners.session.say(tr(_ROLE_CHANGED))

    @Slot()
    def _show_session(self) -> None:
        """Say in title and header who vouches for the operator, and whether all is locked."""
        session = self.sessions.session
        is_away = session.kind is SignInKind.OFFLINE
        mark = session_words.mark_text(session, self._zone, self.sessions.service)
        self.header.show_mark(mark, is_warning=is_away)
        base = tr("CamWatch: demonstration") if self._options.is_demo else "CamWatch"
        if self._options.is_sample:
            base = tr("CamWatch: sample")
        base = self.first_run.title or base
        title = f"{base} ({mark[0].lower()}{mark[1:]})" if mark else base
        self.setWindowTitle(tr("CamWatch: locked") if self.locking.hides_live else title)
        self._tell_away(is_away=is_away)

    def _tell_away(self, *, is_away: bool) -> None:
        """Announce once that the login service is away, until it is back."""
        if is_away and not self._was_away:
            self.banners.session.say(session_words.away_notice(self.sessions.session, self._zone))
        elif self._was_away and not is_away:
            self.banners.session.say(session_words.back_notice())
        self._was_away = is_away

    # ---------------------------------------------------------------- size and end

    def _settings(self) -> QSettings | None:
        file = self._options.window_file
        return None if file is None else QSettings(str(file), QSettings.Format.IniFormat)

    def _restore(self) -> None:
        # Less than the screen, so that the window manager's frame finds room as well.
        room = self.screen().availableSize() - QSize(16, 48)
        self.resize(QSize(1440, 900).boundedTo(room))
        settings = self._settings()
        if settings is None:
            return
        geometry = settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.live_page.restore(settings)
        self.palette_room.restore(settings)
        self.wall_room.restore(settings)
        self.alert_corner.restore(settings)
        self.presence.restore(settings)

    def remember(self) -> None:
        """Keep how the window was left for the next time."""
        settings = self._settings()
        if settings is not None:
            settings.setValue("window/geometry", self.saveGeometry())
            self.live_page.save(settings)
            self.palette_room.save(settings)
            self.wall_room.save(settings)
            self.alert_corner.save(settings)
            self.presence.save(settings)

    @property
    def place(self) -> WindowPlace:
        """Where the operator is, for the window that is made in the place of this one."""
        return WindowPlace(
            self._page_after if self.locking.is_locked else self.page,
            self.settings_page.place,
            is_in_set_up=self.first_run.is_shown,
            is_kiosk=self.wall_room.kiosk.is_on,
            is_locked=self.locking.is_locked,
            edits=self.undo_room.edits,
        )

    def return_to(self, place: WindowPlace) -> None:
        """Be where the operator was in the window before."""
        self.undo_room.take_over(place.edits)
        self.settings_page.return_to(place.settings)
        self.show_page(place.page)
        if place.is_in_set_up:
            self.first_run.open()
        if place.is_locked:
            self.locking.lock()

    def give_up(self) -> None:
        """Let all go that would outlast the window: the operator, or the program, leaves."""
        self.presence.end()
        self._tray.take_away()
        self._files.give_up()
        self.palette_room.box.close_box()
        self.undo_room.hide()
        self.live_room.back_to_live()
        self.help_room.close()
        self.wall_room.close_all()
        self.wall_room.kiosk.end()

    def closeEvent(self, event: QCloseEvent, /) -> None:
        """Remember how the window was left, and tell that it is closed."""
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
