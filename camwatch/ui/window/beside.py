"""What the window has beside its pages: popups of alerts, the tray, the mark of its health."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui.alerts.corner import AlertCorner
from camwatch.ui.alerts.popups.popups import DesktopNoticeSource
from camwatch.ui.desktop.presence import DesktopPresence
from camwatch.ui.header import Header
from camwatch.ui.health.wiring import HealthWiring
from camwatch.ui.locking import Locking
from camwatch.ui.pages import ALERTS
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.tray import Tray
from camwatch.ui.window.base import WindowBase
from camwatch.ui.window.dialogs import Dialogs
from camwatch.ui.window.news import News
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.places import Places


class Beside(QObject):
    """Tells of alerts and of how CamWatch is doing, whichever page is shown.

    Attributes:
        corner: The popups.
        tray: The icon on the desktop.
        presence: Whether closing the window ends CamWatch.
        health: The mark, and how the last run ended.

    Signals:
        noticed: Something to be said until the operator closes it.
        quit_requested: Close the window for good.
        show_requested: Bring the window to the front.
    """

    noticed = Signal(str)
    quit_requested = Signal()
    show_requested = Signal()

    def __init__(  # noqa: PLR0917 - all beside which it stands
        self,
        base: WindowBase,
        pages: WindowPages,
        header: Header,
        status_bar: StatusBar,
        locking: Locking,
        desktop: DesktopNoticeSource | None,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._base = base
        self._header = header
        self._status_bar = status_bar
        self._locking = locking
        self.tray = Tray(window)
        keeps_in_tray = base.options.keeps_in_tray
        self.presence = DesktopPresence(window, self.tray, keeps_in_tray=keeps_in_tray)
        self.corner = AlertCorner(
            window,
            base.commands,
            base.session,
            base.bare,
            base.bridge,
            status_bar,
            base.zone,
            desktop or self.tray.notices,
        )
        self.health = HealthWiring(
            pages.health,
            status_bar,
            self.tray,
            base.bridge,
            base.session,
            base.bare,
            self,
            tells_crash=base.options.tells_crash,
        )
        self._connect(pages)

    def _connect(self, pages: WindowPages) -> None:
        tray, corner, locking = self.tray, self.corner, self._locking
        self._base.sessions.changed.connect(self._on_session_changed)
        locking.changed.connect(self._on_lock_changed)
        self._on_lock_changed()
        tray.show_requested.connect(self.show_requested)
        tray.quit_requested.connect(self.quit_requested)
        tray.mute_requested.connect(corner.toggle_mute)
        self.presence.quit_requested.connect(self.quit_requested)
        corner.sounds_changed.connect(self._tell_mute)
        corner.noticed.connect(self.noticed)
        self.health.noticed.connect(self.noticed)
        pages.alerts.counts_changed.connect(self._show_alert_count)
        pages.live_room.past_changed.connect(self._on_past)
        pages.live.conditions_changed.connect(self.tell_tray)

    def join(self, places: Places, dialogs: Dialogs, news: News) -> None:
        """Lead to the pages and dialogs that are asked for here."""
        self.tray.alerts_requested.connect(places.show_inbox)
        self.health.page_wanted.connect(places.show_health)
        self.corner.alert_wanted.connect(places.show_alert)
        self.corner.dialog_wanted.connect(dialogs.open)
        self.corner.failed.connect(news.on_failed)

    @Slot()
    def _on_lock_changed(self) -> None:
        locking = self._locking
        self.corner.set_locked(is_locked=locking.is_locked, is_hidden=locking.hides_live)
        self.tell_tray()

    @Slot()
    def _on_session_changed(self) -> None:
        self.corner.popups.set_session(self._base.session)

    @Slot(bool)
    def _on_past(self, is_past: bool) -> None:
        """Say at each new popup that the wall shows the past, while it does."""
        self.corner.toasts.tell(tr("the wall shows the past") if is_past else "")

    @Slot(int, object)
    def _show_alert_count(self, count: int, worst: Severity | None) -> None:
        """Say at the button of the page how many alerts want somebody."""
        self._header.set_badge(ALERTS, count, worst)
        self.tray.show_alerts(count, worst)

    @Slot()
    def _tell_mute(self) -> None:
        self.tray.show_muted(self.corner.is_muted)

    @Slot()
    def tell_tray(self) -> None:
        """Say in the tray how the cameras are, or that the window is locked."""
        self.tray.say(tr("Locked") if self._locking.hides_live else self._status_bar.summary)

    def give_up(self) -> None:
        """Take away what would outlast the window."""
        self.presence.end()
        self.tray.take_away()
