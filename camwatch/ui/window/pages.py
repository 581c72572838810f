"""The pages of a window, in one stack."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from camwatch.accuracy import Badge
from camwatch.auth.permissions import Permission
from camwatch.domain import CameraId
from camwatch.ui.accuracy.badge import badge_text
from camwatch.ui.accuracy.page import AccuracyPage
from camwatch.ui.alerts.page import AlertsPage
from camwatch.ui.audit.page import AuditPage
from camwatch.ui.cameras.page import CamerasPage
from camwatch.ui.charts.history_page import HistoryPage
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.health.page import HealthPage
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.view import FocusView
from camwatch.ui.live.page import LivePage
from camwatch.ui.operators.page import UsersPage
from camwatch.ui.pages import nothing_page
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.settings.page import SettingsPage
from camwatch.ui.time_machine.live_room import LiveRoom
from camwatch.ui.window.base import WindowBase


class WindowPages(QStackedWidget):
    """Makes all pages, and shows one of them; there are none before `fill`.

    Attributes:
        all: In the order of `PAGES`.
        nothing: In the place of a page, for those whom none is offered.
    """

    def fill(
        self,
        base: WindowBase,
        feed: PictureFeed,
        pictures: LatestPictures | None,
        focus: FocusSource | None,
    ) -> None:
        """Make the pages; best once this is where it stays in the window.

        Args:
            base: What they work with.
            feed: Where the pictures of tiles come from.
            pictures: Where the newest pictures are; without it, no view can be drawn on.
            focus: Where one camera's best pictures come from; without it, none is shown closely.
        """
        commands, session, background = base.commands, base.session, base.background
        bridge, zone = base.bridge, base.zone
        self.chart = LiveChart(zone=zone)
        self.live = LivePage(
            feed,
            bridge,
            self.chart,
            can_add=session.may(Permission.EDIT_CAMERAS),
            shows_counts=session.may(Permission.VIEW_COUNTS),
            focus=None
            if focus is None
            else FocusView(focus, commands, session, background, zone=zone),
        )
        self.live_room = LiveRoom(commands, session, background, self.live, zone)
        self.history = HistoryPage(commands, session, background, bridge, zone=zone)
        self.alerts = AlertsPage(commands, session, background, bridge, zone=zone)
        self.cameras = CamerasPage(
            commands, session, background, bridge, pictures=pictures, zone=zone
        )
        self.accuracy = AccuracyPage(commands, session, background, bridge, zone=zone)
        self.users = UsersPage(commands, session, background, zone=zone)
        self.audit = AuditPage(commands, session, background, zone, self)
        self.health = HealthPage(commands, session, background, zone=zone)
        self.settings = SettingsPage(commands, session, background)
        self.all: tuple[QWidget, ...] = (
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
        self.nothing = nothing_page()
        for page in (*self.all, self.nothing):
            self.addWidget(page)
        self._zone = zone

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
        self.history.set_badges(texts)
