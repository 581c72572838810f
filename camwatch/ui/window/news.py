"""Tells in the window what happened: to cameras, counts, the history, this computer."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.auth.permissions import Permission
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, PermissionDenied, SessionExpired
from camwatch.events import ClockJumped, ComputerResumed, HouseworkTroubled
from camwatch.language import marked, tr
from camwatch.ui.banners import Banners
from camwatch.ui.causes import jumped_text, resumed_text
from camwatch.ui.error_text import told
from camwatch.ui.live.passed_today import PassedToday
from camwatch.ui.pages import LIVE
from camwatch.ui.session_pulse import SessionPulse
from camwatch.ui.site_loader import SeenSite, SiteLoader
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.vault.banner import VaultBanner
from camwatch.ui.window.base import WindowBase
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.stage import Stage

log = logging.getLogger(__name__)

_PASSED_MS = 10_000

ROLE_CHANGED = marked(
    "Your role has changed, and does not allow everything that is shown here any more. Sign out "
    "and in again to see what you may do now."
)


class News(QObject):
    """Reads cameras and who passed, and takes up what the bridge tells.

    Attributes:
        loader: Reads the cameras.

    Signals:
        noticed: Something to be said until the operator closes it.
        ended: The session has ended.
        clocks_doubted: The computer was asleep, or its clock was set.
        cameras_shown: The cameras that are shown are those of now; a list of them.
    """

    noticed = Signal(str)
    ended = Signal()
    clocks_doubted = Signal()
    cameras_shown = Signal(object)

    def __init__(  # noqa: PLR0917 - all that tells something
        self,
        base: WindowBase,
        loader: SiteLoader,
        pages: WindowPages,
        banners: Banners,
        status_bar: StatusBar,
        vault: VaultBanner,
        stage: Stage,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._base = base
        self._pages = pages
        self._banners = banners
        self._status_bar = status_bar
        self._vault = vault
        self._stage = stage
        commands, session, background = base.commands, base.session, base.background
        self._is_filling = base.options.is_demo
        self.loader = loader
        self.pulse = SessionPulse(commands, session, base.bare, self)
        self._passed = PassedToday(commands, session, background, zone=base.zone, parent=self)
        self.passed_timer = QTimer(self)
        self._connect()

    def _connect(self) -> None:
        bridge, bar = self._base.bridge, self._status_bar
        bridge.cameras_changed.connect(self.loader.load)
        self.loader.found.connect(self._on_cameras)
        self.loader.charted.connect(self._pages.chart.load)
        self.loader.failed.connect(self._on_load_failed)
        self.pulse.ended.connect(self.ended)
        self._pages.live.conditions_changed.connect(self._on_conditions_changed)
        bridge.detector_changed.connect(bar.show_detector)
        bridge.history_saved.connect(bar.show_saved)
        bridge.history_saved.connect(self.ask_who_passed)
        self._passed.changed.connect(self._pages.live.set_passed)
        self._passed.failed.connect(self._on_passed_failed)
        # Also while nothing is saved: the day ends, and less and less of it is covered.
        self.passed_timer.timeout.connect(self.ask_who_passed)
        self.passed_timer.start(_PASSED_MS)
        bridge.storage_troubled.connect(bar.show_storage)
        bridge.throughput_measured.connect(bar.show_throughput)
        bridge.computer_resumed.connect(self._on_computer_resumed)
        bridge.clock_jumped.connect(self._on_clock_jumped)
        bridge.housework_troubled.connect(self._on_housework)
        self._banners.privacy.end_wanted.connect(self._end_lifts)

    # ---------------------------------------------------------------- cameras

    def take_up(self) -> None:
        """Show what was read before this was there."""
        if self.loader.seen is not None:
            self._on_cameras(self.loader.seen)

    @Slot(object)
    def _on_cameras(self, found: SeenSite) -> None:
        if self._is_filling and not found.cameras:
            return  # nobody is to add the first camera of a demonstration: they are on their way
        self._is_filling = False
        live, banners = self._pages.live, self._banners
        banners.trouble.say("")
        banners.show_simulated(found.cameras)
        self.cameras_shown.emit(found.cameras)
        live.set_cameras(found.cameras, found.sites)
        live.set_scenes(found.scenes)
        live.set_privacy(found.privacy)
        banners.privacy.show_lifts(found.cameras, found.privacy)
        self._pages.show_badges(found.badges)
        # States that were told before this window or this camera was there.
        self._base.bridge.replay()
        if live.counts_passages:
            self._passed.ask()

    @Slot(object)
    def _end_lifts(self, camera_ids: Sequence[CameraId]) -> None:
        """Let privacy hold again: everybody may who sees that it does not."""
        commands, session = self._base.commands, self._base.session

        def end() -> None:
            for camera_id in camera_ids:
                commands.end_privacy_lift(session, camera_id)

        # What is shown follows by itself: cameras have changed.
        self._base.background.run(end, lambda _none: None, self._on_not_ended, owner=self)

    def _on_not_ended(self, error: CamWatchError) -> None:
        self.noticed.emit(told(error))

    @Slot(object)
    def _on_load_failed(self, error: CamWatchError) -> None:
        if isinstance(error, SessionExpired):
            self.ended.emit()
            return
        if isinstance(error, PermissionDenied):
            self.passed_timer.stop()
            self.pulse.ask()
            self._banners.trouble.say(tr(ROLE_CHANGED))
            return
        log.error("%s [%s]", error, error.error_id)
        self._pages.live.tell_not_read()
        self._banners.trouble.say(told(error))

    @Slot()
    def _on_conditions_changed(self) -> None:
        conditions = self._pages.live.conditions
        self._status_bar.show_cameras(conditions)
        self._vault.show_reasons([one.reason for one in conditions])

    @Slot(object)
    def _on_passed_failed(self, error: CamWatchError) -> None:
        """Show no numbers of an earlier time as those of now."""
        self._pages.live.set_passed({})
        self.loader.fail(error)

    @Slot()
    def ask_who_passed(self) -> None:
        """Read who passed today, if that is to be seen."""
        if self._stage.page == LIVE and self._pages.live.counts_passages:
            self._passed.ask_in_time()

    # ---------------------------------------------------------------- the rest

    @Slot(object)
    def on_failed(self, error: CamWatchError) -> None:
        """Say what did not work."""
        log.error("%s [%s]", error, error.error_id)
        self.noticed.emit(told(error))

    @Slot(object)
    def _on_computer_resumed(self, event: ComputerResumed) -> None:
        self.noticed.emit(resumed_text(event))
        self.clocks_doubted.emit()

    @Slot(object)
    def _on_clock_jumped(self, event: ClockJumped) -> None:
        self.noticed.emit(jumped_text(event))
        self.clocks_doubted.emit()

    @Slot(object)
    def _on_housework(self, event: HouseworkTroubled) -> None:
        """Tell who can do something about it that the history is not kept in order."""
        if event.reason and self._base.session.may(Permission.MANAGE_HISTORY):
            reason = event.reason.removesuffix(".")
            self.noticed.emit(
                tr(
                    "{chore} failed: {reason}. It is tried again. “History and storage…” in the "
                    "operator menu tells more.",
                    chore=event.chore,
                    reason=reason,
                )
            )
