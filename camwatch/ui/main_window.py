"""The operator's window: header, pages, messages, status."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from camwatch import __version__
from camwatch.accuracy import Badge
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, SiteId, utc_now
from camwatch.errors import CamWatchError, SessionExpired
from camwatch.events import (
    ClockJumped,
    CommonCause,
    ComputerResumed,
    DetectorChanged,
    StorageTroubled,
    WorkerStopped,
)
from camwatch.scene import SceneRecord
from camwatch.ui import icons, words
from camwatch.ui.accuracy.badge import badge_text
from camwatch.ui.accuracy.page import AccuracyPage, AccuracyPageCommands
from camwatch.ui.background import Background
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.page import CamerasCommands, CamerasPage
from camwatch.ui.causes import CauseBanners, CauseDialog, jumped_text, resumed_text
from camwatch.ui.charts.history_page import HistoryCommands, HistoryPage
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import permission_words, text_for
from camwatch.ui.header import Header
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.view import FocusCommands, FocusView
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.passed_today import PassedCommands, PassedToday
from camwatch.ui.models_dialog import ModelsDialog
from camwatch.ui.models_protocol import DialogCommands
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.session_pulse import PulseCommands, SessionPulse
from camwatch.ui.shortcuts import Key, KeysDialog, bind
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.tray import Tray

log = logging.getLogger(__name__)

LIVE, CHARTS, CAMERAS, ACCURACY = range(4)
_PAGES = (
    ("Live", "layout-grid", Key.LIVE_PAGE),
    ("Charts", "chart-line", Key.CHARTS_PAGE),
    ("Cameras", "cctv", Key.CAMERAS_PAGE),
    ("Accuracy", "badge-check", Key.ACCURACY_PAGE),
)
_PAGE_NEEDS = (
    (Permission.VIEW_CAMERAS,),
    (Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS),
    (Permission.VIEW_CAMERAS,),
    (Permission.VIEW_CAMERAS, Permission.VIEW_ACCURACY),
)
"""What each of these pages is made of; without it, it would only show refusals."""

_CHART_SLOT_S = 5
_CHART_SPAN = timedelta(hours=1)
_LOAD_AGAIN_MS = 5000
_PASSED_MS = 10_000

_ABOUT = f"""CamWatch {__version__} counts the people that cameras see.

It works on this computer alone: no picture leaves it.
Licensed under the Apache License 2.0. Icons by Lucide (ISC licence)."""


class WindowCommands(
    CamerasCommands,
    HistoryCommands,
    PassedCommands,
    AccuracyPageCommands,
    DialogCommands,
    FocusCommands,
    PulseCommands,
    Protocol,
):
    """What the window and its pages ask of `camwatch.commands.Commands`."""

    def scenes(self, session: Session) -> list[SceneRecord]:
        """Return what is counted in the view of each camera."""
        ...

    def occupancy_series(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        """Return mean occupancy and measured seconds of each camera and slot."""
        ...


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is set up.

    Attributes:
        is_demo: It shows simulated cameras and keeps nothing; it says so.
        window_file: Where size and layout are remembered; None remembers nothing.
        time_zone: IANA name of the site's time zone; "" is this computer's.
    """

    is_demo: bool = False
    window_file: Path | None = None
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class _Site:
    """What the live page shows: cameras, sites' names, what is counted where, and how right."""

    cameras: Sequence[Camera]
    sites: Mapping[SiteId, str]
    scenes: Sequence[SceneRecord]
    badges: Mapping[CameraId, Badge]


class MainWindow(QMainWindow):
    """What a signed-in operator works with. It starts and stops no worker.

    Args:
        pictures: Where the newest pictures are; without it, no view can be drawn on.
        focus: Where one camera's best pictures come from; without it, none is shown closely.

    Signals:
        model_chosen: Name of the model that shall count from now on.
        sign_out_requested: The operator wants to sign out, or the session has ended.
        closed: The window was closed; the program may end.
    """

    model_chosen = Signal(str)
    sign_out_requested = Signal()
    closed = Signal()

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
    ) -> None:
        super().__init__()
        self._commands = commands
        self._session = session
        self._background = background
        self._bridge = bridge
        self._options = options
        self._is_closed = False
        self._has_chart = False
        self._loading = 0
        self._load_timer = QTimer(self)
        self._load_timer.setSingleShot(True)
        self._load_timer.timeout.connect(self.load_cameras)
        zone = self._zone = site_zone(options.time_zone)
        may_edit = session.may(Permission.EDIT_CAMERAS)

        self.setWindowTitle("CamWatch: demonstration" if options.is_demo else "CamWatch")
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(960, 600)

        self.header = Header(_PAGES, session)
        self.demo_banner = Banner(Gravity.INFO)
        self.detector_banner = Banner(Gravity.CRITICAL)
        self.storage_banner = Banner(Gravity.WARNING)
        self.trouble_banner = Banner(Gravity.WARNING)
        self.cause_banners = CauseBanners(zone)
        self.notice_banner = Banner(Gravity.WARNING, can_close=True)
        self._chart = LiveChart(zone=zone)
        self.live_page = LivePage(
            feed,
            bridge,
            self._chart,
            can_add=may_edit,
            focus=None
            if focus is None
            else FocusView(focus, commands, session, background, zone=zone),
        )
        self._passed = PassedToday(commands, session, background, zone=zone, parent=self)
        self.history_page = HistoryPage(commands, session, background, bridge, zone=zone)
        self.cameras_page = CamerasPage(
            commands, session, background, bridge, pictures=pictures, zone=zone
        )
        self.accuracy_page = AccuracyPage(commands, session, background, bridge, zone=zone)
        self.status_bar = StatusBar(zone)
        self._stack = QStackedWidget()
        for page in (self.live_page, self.history_page, self.cameras_page, self.accuracy_page):
            self._stack.addWidget(page)
        self._lay_out()
        self._tray = Tray(self)

        self._connect(bridge)
        self._bind_keys(may_edit=may_edit)
        if options.is_demo:
            self.demo_banner.say("Demonstration: simulated cameras, nothing is kept.")
        self._restore()
        self._close_pages()
        open_ones = [index for index in range(len(_PAGES)) if self.header.has_page(index)]
        self.show_page(open_ones[0] if open_ones else LIVE)
        self._end_session_in_time()
        self._pulse = SessionPulse(commands, session, background, self)
        self._pulse.ended.connect(self.sign_out_requested)
        self.load_cameras()

    # ---------------------------------------------------------------- building

    def _lay_out(self) -> None:
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        for banner in self._banners():
            layout.addWidget(banner)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.status_bar)
        self.setCentralWidget(center)

    def _banners(self) -> Sequence[QWidget]:
        return (
            self.demo_banner,
            self.detector_banner,
            self.storage_banner,
            self.trouble_banner,
            self.cause_banners,
            self.notice_banner,
        )

    def _connect(self, bridge: EventBridge) -> None:
        self.header.page_requested.connect(self.show_page)
        self.header.keys_requested.connect(self.show_keys)
        self.header.about_requested.connect(self.show_about)
        self.header.sign_out_requested.connect(self.sign_out_requested)
        self.live_page.add_requested.connect(self.add_camera)
        self.accuracy_page.badges_changed.connect(self._show_badges)
        self.accuracy_page.models_requested.connect(self.show_models)
        self.live_page.conditions_changed.connect(self._on_conditions_changed)
        bridge.cameras_changed.connect(self.load_cameras)
        bridge.detector_changed.connect(self._on_detector_changed)
        bridge.detector_changed.connect(self.status_bar.show_detector)
        bridge.history_saved.connect(self.status_bar.show_saved)
        bridge.history_saved.connect(self._on_saved)
        self._passed.changed.connect(self.live_page.set_passed)
        self._passed.failed.connect(self._on_passed_failed)
        # Also while nothing is saved: the day ends, and less and less of it is covered.
        self._passed_timer = QTimer(self)
        self._passed_timer.timeout.connect(self._on_saved)
        self._passed_timer.start(_PASSED_MS)
        bridge.storage_troubled.connect(self._on_storage_troubled)
        bridge.storage_troubled.connect(self.status_bar.show_storage)
        bridge.throughput_measured.connect(self.status_bar.show_throughput)
        bridge.worker_stopped.connect(self._on_worker_stopped)
        bridge.common_cause.connect(self._on_common_cause)
        bridge.computer_resumed.connect(self._on_computer_resumed)
        bridge.clock_jumped.connect(self._on_clock_jumped)
        self.cause_banners.list_requested.connect(self.show_cause)
        self._tray.show_requested.connect(self.bring_to_front)
        self._tray.quit_requested.connect(self.close)

    def _bind_keys(self, *, may_edit: bool) -> None:
        bind(self, Key.LIVE_PAGE, lambda: self.show_page(LIVE))
        bind(self, Key.CHARTS_PAGE, lambda: self.show_page(CHARTS))
        bind(self, Key.CAMERAS_PAGE, lambda: self.show_page(CAMERAS))
        bind(self, Key.ACCURACY_PAGE, lambda: self.show_page(ACCURACY))
        bind(self, Key.FULL_SCREEN, self.toggle_full_screen)
        bind(self, Key.SHOW_KEYS, self.show_keys)
        bind(self, Key.QUIT, self.close)
        if may_edit:
            bind(self, Key.ADD_CAMERA, self.add_camera)

    # ---------------------------------------------------------------- pages and dialogs

    def _close_pages(self) -> None:
        """Keep the operator from pages of which the role allows nothing."""
        for index, needed in enumerate(_PAGE_NEEDS):
            missing = next((one for one in needed if not self._session.may(one)), None)
            if missing is not None:
                words_for_it = permission_words(missing)
                self.header.close_page(index, f"Your role does not allow you to {words_for_it}.")

    @Slot(int)
    def show_page(self, index: int) -> None:
        """Show the live page, the charts, the cameras or their accuracy."""
        if not self.header.has_page(index) and index != self.page:
            return
        self._stack.setCurrentIndex(index)
        self.header.show_page(index)
        if index == LIVE:
            self.live_page.take_keyboard()

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self._stack.currentIndex()

    @Slot()
    def add_camera(self) -> None:
        """Go to the cameras and open the form for a new one."""
        self.show_page(CAMERAS)
        self.cameras_page.add_camera()

    @Slot()
    def show_keys(self) -> None:
        """List the keys."""
        dialog = KeysDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_models(self) -> None:
        """List the models that find people; an administrator chooses one."""
        dialog = ModelsDialog(
            self._commands, self._session, self._background, is_live=True, parent=self
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.model_chosen.connect(self.model_chosen)
        dialog.open()

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
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("About CamWatch")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIconPixmap(icons.pixmap("app", 64, ratio=self.devicePixelRatioF()))
        box.setText(_ABOUT)
        box.open()

    @Slot()
    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def bring_to_front(self) -> None:
        """Show the window above the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # ---------------------------------------------------------------- cameras

    @Slot()
    def load_cameras(self) -> None:
        """Read the cameras and sites again, in the background."""
        commands, session = self._commands, self._session
        if not session.may(Permission.VIEW_CAMERAS):
            return

        def read() -> _Site:
            sites = {site.id: site.name for site in commands.sites(session)}
            return _Site(
                commands.cameras(session),
                sites,
                commands.scenes(session),
                commands.badges(session) if session.may(Permission.VIEW_ACCURACY) else {},
            )

        self._loading += 1
        self._background.run(
            read, partial(self._on_cameras, self._loading), self._on_load_failed, owner=self
        )

    def _on_cameras(self, number: int, found: _Site) -> None:
        if number != self._loading:
            return  # asked before the last change; answers may overtake each other
        self.trouble_banner.say("")
        self.live_page.set_cameras(found.cameras, found.sites)
        self.live_page.set_scenes(found.scenes)
        self._show_badges(found.badges)
        # States that were told before this window or this camera was there.
        self._bridge.replay()
        may_count = self._session.may(Permission.VIEW_COUNTS)
        if may_count and self.live_page.counts_passages:
            self._passed.ask()
        if may_count and not self._has_chart and found.cameras:
            self._load_chart([camera.id for camera in found.cameras])

    def _load_chart(self, ids: Sequence[CameraId]) -> None:
        """Fill the live chart with what was stored of the last hour."""
        now = utc_now()
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.occupancy_series(session, ids, now - _CHART_SPAN, now, _CHART_SLOT_S),
            self._on_chart_loaded,
            self._on_load_failed,
            owner=self,
        )

    def _on_chart_loaded(self, series: Sequence[tuple[CameraId, datetime, float, float]]) -> None:
        self._has_chart = True
        self._chart.load(series)

    def _on_load_failed(self, error: CamWatchError) -> None:
        if isinstance(error, SessionExpired):
            self.sign_out_requested.emit()
            return
        log.error("%s [%s]", error, error.error_id)
        text = text_for(error)
        self.trouble_banner.say(f"{text.title}. {text.whole} (Error {text.error_id})")
        self._load_timer.start(_LOAD_AGAIN_MS)

    # ---------------------------------------------------------------- what happened

    @Slot()
    def _on_conditions_changed(self) -> None:
        self.status_bar.show_cameras(self.live_page.conditions)
        self._tray.say(self.status_bar.summary)

    @Slot(object)
    def _on_detector_changed(self, event: DetectorChanged) -> None:
        if event.error is None:
            self.detector_banner.say("")
            return
        text = text_for(event.error)
        self.detector_banner.say(f"View only. {text.whole}")

    @Slot(object)
    def _on_passed_failed(self, error: CamWatchError) -> None:
        """Show no numbers of an earlier time as those of now."""
        self.live_page.set_passed({})
        self._on_load_failed(error)

    @Slot()
    def _on_saved(self) -> None:
        may_count = self._session.may(Permission.VIEW_COUNTS)
        if may_count and self.page == LIVE and self.live_page.counts_passages:
            self._passed.ask_in_time()

    @Slot(object)
    def _on_storage_troubled(self, event: StorageTroubled) -> None:
        if event.error is None:
            self.storage_banner.say("")
            return
        text = text_for(event.error)
        rows = f"{words.number(event.waiting_rows)} measurements wait in memory"
        if event.lost_rows:
            rows += f", and {words.number(event.lost_rows)} found no room there and are lost"
        self.storage_banner.say(f"The history is not being saved. {text.whole} {rows}.")

    @Slot(object)
    def _on_worker_stopped(self, event: WorkerStopped) -> None:
        if event.is_off:
            self.show_notice(
                f"A part of CamWatch ({event.worker}) stopped several times and is off now."
                f" Close CamWatch and start it again. (Error {event.error_id})"
            )
        else:
            self.show_notice(
                f"A part of CamWatch ({event.worker}) stopped and was started again."
                f" You need not do anything. (Error {event.error_id})"
            )

    @Slot(object)
    def _on_common_cause(self, event: CommonCause) -> None:
        # Of cameras that this operator does not see, nothing is told, not even how many fail.
        # What came before the list of cameras is told again after it.
        known = {one.camera.id for one in self.live_page.conditions}
        seen = tuple(one for one in event.camera_ids if one in known)
        self.cause_banners.show_cause(replace(event, camera_ids=seen))

    @Slot(object)
    def _on_computer_resumed(self, event: ComputerResumed) -> None:
        self.show_notice(resumed_text(event))
        self._end_session_no_later()

    @Slot(object)
    def _on_clock_jumped(self, event: ClockJumped) -> None:
        self.show_notice(jumped_text(event))
        self._end_session_no_later()

    @Slot(object)
    def show_cause(self, cause: CommonCause) -> None:
        """List the cameras that fail together."""
        dialog = CauseDialog(cause, self.live_page.conditions, self._zone, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_notice(self, text: str) -> None:
        """Say something under the header until the operator closes it."""
        self.notice_banner.say(text)

    def _end_session_no_later(self) -> None:
        """Look at the clock again: the timer stood still, or the clock was set forwards."""
        left_ms = self._session_timer.remainingTime()
        self._session_timer.start(min(left_ms, self._session_left_ms()))

    def _session_left_ms(self) -> int:
        left_s = (self._session.expires_at - utc_now()).total_seconds()
        return max(int(left_s * 1000), 0)

    def _end_session_in_time(self) -> None:
        """Sign the operator out when the session runs out, not at the next thing asked."""
        self._session_timer = QTimer(self)
        self._session_timer.setSingleShot(True)
        self._session_timer.timeout.connect(self.sign_out_requested)
        self._session_timer.start(self._session_left_ms())

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

    def remember(self) -> None:
        """Keep how the window was left for the next time."""
        settings = self._settings()
        if settings is not None:
            settings.setValue("window/geometry", self.saveGeometry())
            self.live_page.save(settings)

    def closeEvent(self, event: QCloseEvent, /) -> None:
        """Remember how the window was left, and tell that it is closed."""
        self.remember()
        event.accept()
        if not self._is_closed:
            self._is_closed = True
            self.closed.emit()
