"""Goes to the places that are meant: of an alert, of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.domain import CameraId, utc_now
from camwatch.ui.live.wall.room import WallRoom
from camwatch.ui.locking import Locking
from camwatch.ui.pages import ALERTS, CAMERAS, CHARTS, HEALTH, LIVE, SETTINGS, USERS
from camwatch.ui.palette.wishes import Wishes
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.stage import Stage


class Places(QObject):
    """Shows a page, and on it what is meant, unless the operator may not see the page.

    Signals:
        front_wanted: Bring the window to the front.
    """

    front_wanted = Signal()

    def __init__(
        self, stage: Stage, pages: WindowPages, locking: Locking, walls: WallRoom, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._stage = stage
        self._pages = pages
        self._locking = locking
        self._walls = walls

    def follow(self, wishes: Wishes) -> None:
        """Go wherever somebody who found something wants to be."""
        wishes.page.connect(self._stage.show_page)
        wishes.live.connect(self.show_camera)
        wishes.chart.connect(self._show_latest)
        wishes.edit.connect(self._edit_camera)
        wishes.privacy.connect(self._open_privacy)
        wishes.scene.connect(self._draw_in)
        wishes.site.connect(self._show_site)
        wishes.alert.connect(self.show_alert)
        wishes.rule.connect(self._show_rule)
        wishes.operator.connect(self._show_operator)
        wishes.wall.connect(self._show_wall)
        wishes.setting.connect(self._show_setting)

    def _is_at(self, page: int) -> bool:
        """Show a page; tell whether the operator may see it."""
        self._stage.show_page(page)
        return self._stage.page == page

    @Slot()
    def add_camera(self) -> None:
        """Go to the cameras and open the form for a new one."""
        if self._is_at(CAMERAS) and not self._locking.is_locked:
            self._pages.cameras.add_camera()

    @Slot(str)
    def show_alert(self, uid: str) -> None:
        """Go to the alerts, and to the details of one of them; "" for the inbox alone."""
        self.front_wanted.emit()
        if self._is_at(ALERTS) and uid:
            self._pages.alerts.show_alert(uid)

    @Slot()
    def show_inbox(self) -> None:
        """Go to the alerts."""
        self.show_alert("")

    @Slot()
    def show_health(self) -> None:
        """Go to how CamWatch is doing."""
        self.front_wanted.emit()
        self._stage.show_page(HEALTH)

    @Slot()
    def show_settings(self) -> None:
        """Show the settings to who may change them."""
        self._stage.show_page(SETTINGS)

    @Slot(object, object)
    def look_back(self, at: datetime, camera_id: CameraId | None = None) -> None:
        """Show on the wall how it was at a moment, UTC; one camera alone, if one is meant."""
        if self._is_at(LIVE) and not self._locking.is_locked:
            self._pages.live_room.go_to(at, camera_id)

    @Slot(object)
    def show_camera(self, camera_id: CameraId) -> None:
        """Show a camera as it is now."""
        self._pages.live_room.back_to_live()
        if self._is_at(LIVE):
            self._pages.live.show_camera(camera_id)

    @Slot(object, object)
    def show_chart(self, camera_id: CameraId, at: datetime) -> None:
        """Show a camera's counts around a moment."""
        if self._is_at(CHARTS):
            self._pages.history.show_at(camera_id, at)

    @Slot(object)
    def _show_latest(self, camera_id: CameraId) -> None:
        """Show a camera's counts of the last hours."""
        self.show_chart(camera_id, utc_now())

    @Slot(object)
    def _edit_camera(self, camera_id: CameraId) -> None:
        if self._is_at(CAMERAS):
            self._pages.cameras.edit_this(camera_id)

    @Slot(object)
    def _open_privacy(self, camera_id: CameraId) -> None:
        if self._is_at(CAMERAS):
            self._pages.cameras.privacy_of(camera_id)

    @Slot(object)
    def _draw_in(self, camera_id: CameraId) -> None:
        if self._is_at(CAMERAS):
            self._pages.cameras.draw_in(camera_id)

    @Slot(str, object)
    def _show_site(self, name: str, camera_ids: Sequence[CameraId]) -> None:
        if self._is_at(LIVE):
            self._pages.live.show_site(name, camera_ids)

    @Slot(str)
    def _show_rule(self, uid: str) -> None:
        if self._is_at(ALERTS):
            self._pages.alerts.show_rule(uid)

    @Slot(str)
    def _show_operator(self, name: str) -> None:
        if self._is_at(USERS):
            self._pages.users.show_user(name)

    @Slot(str)
    def _show_wall(self, uid: str) -> None:
        self._pages.live_room.back_to_live()
        wall = self._walls.book.find(uid)
        if self._is_at(LIVE) and wall is not None:
            self._walls.show_wall(wall)

    @Slot(str)
    def _show_setting(self, key: str) -> None:
        if self._is_at(SETTINGS):
            self._pages.settings.show_setting(key)
