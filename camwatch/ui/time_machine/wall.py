"""The tiles of the past, where the live tiles stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRect, QRectF, QSize, Signal, SignalInstance, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId
from camwatch.history.moments import CountThen, Moment
from camwatch.ui.time_machine.reader import PictureCache
from camwatch.ui.time_machine.tile import PastTile


class LiveWall(Protocol):
    """The live wall, as far as the past stands in its places; see `CameraGrid`."""

    @property
    def arranged(self) -> SignalInstance:
        """Page, layout or opened camera changed."""
        ...

    def visible_ids(self) -> Sequence[CameraId]:
        """Return the cameras on this page, in their order."""
        ...

    def tile(self, camera_id: CameraId) -> QWidget:
        """Return a camera's tile."""
        ...

    def size(self) -> QSize:
        """Return how large it is."""
        ...


class PastWall(QWidget):
    """Shows the same cameras in the same places as the live wall, as they were.

    Signals:
        wanted: Other cameras are in view; they are to be read.
        open_requested: The camera's id; the operator wants to see it alone, or all again.
    """

    wanted = Signal()
    open_requested = Signal(object)

    def __init__(
        self, live: LiveWall, cache: PictureCache, zone: ZoneInfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._live, self._cache, self._zone = live, cache, zone
        self._names: Mapping[CameraId, str] = {}
        self._badges: Mapping[CameraId, str] = {}
        self._tiles: dict[CameraId, PastTile] = {}
        self._places: dict[CameraId, QRectF] = {}
        self._moment: Moment | None = None
        self._has_boxes = True
        self.setMinimumSize(320, 160)
        live.arranged.connect(self.arrange)

    @property
    def camera_ids(self) -> list[CameraId]:
        """The cameras in view."""
        return list(self._places)

    def tile(self, camera_id: CameraId) -> PastTile:
        """Return a camera's tile.

        Raises:
            KeyError: It is not in view.
        """
        return self._tiles[camera_id]

    def set_cameras(self, names: Mapping[CameraId, str], badges: Mapping[CameraId, str]) -> None:
        """Know what the cameras are called, and how right their numbers are."""
        self._names, self._badges = names, badges
        for camera_id, tile in self._tiles.items():
            tile.set_name(names.get(camera_id, ""), badges.get(camera_id, ""))

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame the counted people on all tiles, or on none."""
        self._has_boxes = is_shown
        for tile in self._tiles.values():
            tile.set_boxes_shown(is_shown)

    @Slot()
    def arrange(self) -> None:
        """Take over which cameras the live wall shows, and where."""
        size = self._live.size()
        wide, high = max(1, size.width()), max(1, size.height())
        before = set(self._places)
        self._places = {}
        for camera_id in self._live.visible_ids():
            place = self._live.tile(camera_id).geometry()
            self._places[camera_id] = QRectF(
                place.x() / wide, place.y() / high, place.width() / wide, place.height() / high
            )
        for camera_id in self._tiles.keys() - self._places.keys():
            tile = self._tiles.pop(camera_id)
            tile.hide()
            tile.deleteLater()
        for camera_id in self._places.keys() - self._tiles.keys():
            self._tiles[camera_id] = self._make(camera_id)
        self._place()
        if set(self._places) - before and self.isVisible():
            self.wanted.emit()

    def _make(self, camera_id: CameraId) -> PastTile:
        tile = PastTile(camera_id, self._names.get(camera_id, ""), self._zone, self)
        tile.set_name(self._names.get(camera_id, ""), self._badges.get(camera_id, ""))
        tile.set_boxes_shown(self._has_boxes)
        tile.open_requested.connect(self.open_requested)
        tile.show()
        return tile

    def _place(self) -> None:
        wide, high = self.width(), self.height()
        for camera_id, part in self._places.items():
            left, top = round(part.left() * wide), round(part.top() * high)
            right, bottom = round(part.right() * wide), round(part.bottom() * high)
            self._tiles[camera_id].setGeometry(QRect(left, top, right - left, bottom - top))

    def show_moment(self, moment: Moment) -> None:
        """Show a moment in all tiles."""
        self._moment = moment
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show again what is known, after more pictures were read."""
        moment = self._moment
        if moment is None:
            return
        for camera_id, tile in self._tiles.items():
            then = moment.cameras.get(camera_id)
            picture = None if then is None else then.picture
            image = None if picture is None else self._cache.get((camera_id, picture.taken_at))
            tile.show_moment(moment.at, then, image)

    def take_keyboard(self) -> None:
        """Put the keyboard on the first tile."""
        if self._tiles:
            next(iter(self._tiles.values())).setFocus()

    def total(self) -> tuple[int, int]:
        """Return how many people are known in view, and of how many cameras it is unknown."""
        counts = self._counts()
        known = [one for one in counts if one is not None]
        return sum(one.number for one in known), len(counts) - len(known)

    @property
    def is_counted(self) -> bool:
        """Whether it is known of any camera in view how many people were there."""
        return any(one is not None for one in self._counts())

    def intervals(self) -> list[float]:
        """Return for what time single measurements in view stand, seconds."""
        return [one.interval_s for one in self._counts() if one is not None and one.interval_s > 0]

    def _counts(self) -> list[CountThen | None]:
        moment = self._moment
        if moment is None:
            return [None] * len(self._places)
        found = (moment.cameras.get(camera_id) for camera_id in self._places)
        return [None if then is None else then.count for then in found]

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Give each tile its share of the room."""
        super().resizeEvent(event)
        self._place()
