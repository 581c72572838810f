"""The pages of a window, in one stack: the live view first, then the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from camwatch.accuracy import Badge
from camwatch.auth.permissions import Permission
from camwatch.domain import CameraId
from camwatch.ui.accuracy.badge import BadgeText, badge_text
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.view import FocusView
from camwatch.ui.live.page import LivePage
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    SETTINGS,
    USERS,
    nothing_page,
)
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.time_machine.live_room import LiveRoom
from camwatch.ui.window.base import WindowBase

if TYPE_CHECKING:
    from camwatch.ui.accuracy.page import AccuracyPage
    from camwatch.ui.alerts.page import AlertsPage
    from camwatch.ui.audit.page import AuditPage
    from camwatch.ui.cameras.page import CamerasPage
    from camwatch.ui.charts.history_page import HistoryPage
    from camwatch.ui.health.page import HealthPage
    from camwatch.ui.operators.page import UsersPage
    from camwatch.ui.settings.page import SettingsPage


class WindowPages(QStackedWidget):
    """Makes the live page with `fill`, the others with `fill_rest`; shows one of them.

    Attributes:
        all: In the order of `PAGES`.
        nothing: In the place of a page, for those whom none is offered.
    """

    history: HistoryPage
    alerts: AlertsPage
    cameras: CamerasPage
    accuracy: AccuracyPage
    users: UsersPage
    audit: AuditPage
    health: HealthPage
    settings: SettingsPage

    def fill(self, base: WindowBase, feed: PictureFeed, focus: FocusSource | None) -> None:
        """Make the live page; best once this is where it stays in the window.

        Args:
            base: What pages work with.
            feed: Where the pictures of tiles come from.
            focus: Where one camera's best pictures come from; without it, none is shown closely.
        """
        commands, session, background = base.commands, base.session, base.background
        zone = self._zone = base.zone
        self._badges: Mapping[CameraId, BadgeText] = {}
        self.chart = LiveChart(zone=zone)
        self.live = LivePage(
            feed,
            base.bridge,
            self.chart,
            can_add=session.may(Permission.EDIT_CAMERAS),
            shows_counts=session.may(Permission.VIEW_COUNTS),
            focus=None
            if focus is None
            else FocusView(focus, commands, session, background, zone=zone),
        )
        self.live_room = LiveRoom(commands, session, background, self.live, zone)
        self.nothing = nothing_page()
        self.all: tuple[QWidget, ...] = ()
        for page in (self.live_room, self.nothing):
            self.addWidget(page)

    def fill_rest(self, base: WindowBase, pictures: LatestPictures | None) -> Iterator[None]:
        """Make the other pages, one at each step.

        Args:
            base: What they work with.
            pictures: Where the newest pictures are; without it, no view can be drawn on.
        """
        # Whoever looks at the live view must not wait for these.
        from camwatch.ui.accuracy.page import AccuracyPage  # noqa: PLC0415
        from camwatch.ui.alerts.page import AlertsPage  # noqa: PLC0415
        from camwatch.ui.audit.page import AuditPage  # noqa: PLC0415
        from camwatch.ui.cameras.page import CamerasPage  # noqa: PLC0415
        from camwatch.ui.charts.history_page import HistoryPage  # noqa: PLC0415
        from camwatch.ui.health.page import HealthPage  # noqa: PLC0415
        from camwatch.ui.operators.page import UsersPage  # noqa: PLC0415
        from camwatch.ui.settings.page import SettingsPage  # noqa: PLC0415

        commands, session, background = base.commands, base.session, base.background
        bridge, zone = base.bridge, base.zone
        self.history = HistoryPage(commands, session, background, bridge, zone=zone)
        self.history.set_badges(self._badges)
        self._add(CHARTS, self.history)
        yield
        self.alerts = AlertsPage(commands, session, background, bridge, zone=zone)
        self._add(ALERTS, self.alerts)
        yield
        self.cameras = CamerasPage(
            commands, session, background, bridge, pictures=pictures, zone=zone
        )
        self._add(CAMERAS, self.cameras)
        yield
        self.accuracy = AccuracyPage(commands, session, background, bridge, zone=zone)
        self._add(ACCURACY, self.accuracy)
        yield
        self.users = UsersPage(commands, session, background, zone=zone)
        self._add(USERS, self.users)
        yield
        self.audit = AuditPage(commands, session, background, zone, self)
        self._add(AUDIT, self.audit)
        yield
        self.health = HealthPage(commands, session, background, zone=zone)
        self._add(HEALTH, self.health)
        yield
        self.settings = SettingsPage(commands, session, background)
        self._add(SETTINGS, self.settings)
        yield
        self.all = (
            self.live_room,
            self.history,
            self.alerts,
            self.cameras,
            self.accuracy,
            self.users,
            self.audit,
            self.health,
            self.settings,
        )

    def _add(self, index: int, page: QWidget) -> None:
        """Put a page at its place in the row, before what stands in the place of pages."""
        self.insertWidget(index, page)

    def minimumSizeHint(self) -> QSize:
        """Return what the page that is shown needs, not the largest of all; see `scrolling`."""
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint().expandedTo(page.minimumSize())

    def heightForWidth(self, width: int, /) -> int:
        """Return how high the page that is shown must be at least, where its rows wrap."""
        page = self.currentWidget()
        layout = None if page is None else page.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self.minimumSizeHint().height()
        return layout.totalMinimumHeightForWidth(width)

    def scrolling(self) -> QScrollArea:
        """Return an area in which a page scrolls that is larger than the window; called once."""
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self)
        self.currentChanged.connect(self.updateGeometry)
        return area

    def camera_ids(self) -> Collection[CameraId]:
        """Return the cameras that this operator sees."""
        return self.live.camera_ids()

    @Slot(object)
    def show_badges(self, badges: Mapping[CameraId, Badge]) -> None:
        """Tell at each camera how right its numbers are."""
        texts = {camera_id: badge_text(one, self._zone) for camera_id, one in badges.items()}
        self.live.set_badges(
            {
                camera_id: f"{text.short}. {text.warning}".strip()
                for camera_id, text in texts.items()
            }
        )
        self._badges = texts
        if self.all:
            self.history.set_badges(texts)
