"""The grid of tiles: 1, 4, 9 or 16 at a time, a page after the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId
from camwatch.ui import theme
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.tile import CameraTile

COLUMNS = (1, 2, 3, 4)
"""Tiles along each side of the layouts on offer."""

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def columns_for(cameras: int) -> int:
    """Return the smallest layout that shows so many cameras at once, else the largest."""
    return next((side for side in COLUMNS if side * side >= cameras), COLUMNS[-1])


class CameraGrid(QWidget):
    """Shows one page of the cameras, or one camera alone.

    Signals:
        arranged: Page, layout or opened camera changed.
    """

    arranged = Signal()

    def __init__(self, feed: PictureFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._tiles: dict[CameraId, CameraTile] = {}
        self._columns = 2
        self._page = 0
        self._is_open = False
        self._has_boxes = True
        self.setMinimumSize(320, 200)
        feed.picture_ready.connect(self._on_picture_ready)

    # ---------------------------------------------------------------- cameras

    def set_conditions(self, conditions: Sequence[CameraCondition]) -> None:
        """Show these cameras, in this order; tiles of cameras that stay are kept."""
        wanted = {condition.camera.id: condition for condition in conditions}
        for camera_id in self._tiles.keys() - wanted.keys():
            tile = self._tiles.pop(camera_id)
            tile.hide()
            tile.deleteLater()
        tiles: dict[CameraId, CameraTile] = {}
        for camera_id, condition in wanted.items():
            tile = self._tiles.get(camera_id) or self._make_tile(condition)
            tile.set_condition(condition)
            tiles[camera_id] = tile
        self._tiles = tiles
        if not tiles:
            self._is_open = False
        self._arrange()

    def _make_tile(self, condition: CameraCondition) -> CameraTile:
        tile = CameraTile(condition, self._feed, self)
        tile.hide()
        tile.set_boxes_shown(self._has_boxes)
        tile.open_requested.connect(self.toggle_camera)
        return tile

    def tile(self, camera_id: CameraId) -> CameraTile:
        """Return a camera's tile.

        Raises:
            KeyError: It has none.
        """
        return self._tiles[camera_id]

    def visible_ids(self) -> list[CameraId]:
        """Return the cameras on this page, in their order."""
        size = self._side**2
        return list(self._tiles)[self._page * size : (self._page + 1) * size]

    # ---------------------------------------------------------------- layout

    @property
    def columns(self) -> int:
        """Tiles along each side of the layout, also while one camera is shown alone."""
        return self._columns

    @property
    def page(self) -> int:
        """The page shown, from 0."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-len(self._tiles) // self._side**2))

    @property
    def opened(self) -> CameraId | None:
        """The camera that is shown alone over the layout, if one is."""
        return self.visible_ids()[0] if self._is_open else None

    @property
    def _side(self) -> int:
        return 1 if self._is_open else self._columns

    @property
    def _rows(self) -> int:
        """Rows of the page: cameras that fit on one page leave no row empty under them."""
        if self.pages > 1:
            return self._side
        return max(1, -(-len(self._tiles) // self._side))

    def set_columns(self, columns: int) -> None:
        """Take another layout; the first camera of the page stays in view."""
        first = self._page * self._side**2
        self._columns = columns
        self._is_open = False
        self._page = first // columns**2
        self._arrange()

    def turn_page(self, by: int) -> None:
        """Go some pages on or back, to the last or first one at most."""
        self._page += by
        self._arrange()

    @Slot(object)
    def toggle_camera(self, camera_id: CameraId) -> None:
        """Show a camera alone, or go back to the layout if it is."""
        if self._is_open:
            self.close_camera()
        else:
            self.open_camera(camera_id)

    def open_camera(self, camera_id: CameraId) -> None:
        """Show one camera alone."""
        if camera_id not in self._tiles:
            return
        self._is_open = True
        self._page = list(self._tiles).index(camera_id)
        self._arrange()
        # Another view may have taken the grid's place, and the keyboard.
        if self._tiles[camera_id].isVisible():
            self._tiles[camera_id].setFocus()

    def close_camera(self) -> None:
        """Go back to the layout, to the page of the camera that was alone."""
        if not self._is_open:
            return
        camera_id = self.visible_ids()[0]
        self._is_open = False
        self.go_to(camera_id)

    def go_to(self, camera_id: CameraId) -> None:
        """Turn to a camera's page and put the keyboard on its tile."""
        if camera_id not in self._tiles:
            return
        self._page = list(self._tiles).index(camera_id) // self._side**2
        self._arrange()
        self._tiles[camera_id].setFocus()

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame the counted people on all tiles, or on none."""
        self._has_boxes = is_shown
        for tile in self._tiles.values():
            tile.set_boxes_shown(is_shown)

    def refresh(self) -> None:
        """Bring the visible tiles' words up to now."""
        for camera_id in self.visible_ids():
            self._tiles[camera_id].refresh()

    # ---------------------------------------------------------------- inside

    @Slot(object)
    def _on_picture_ready(self, camera_id: CameraId) -> None:
        tile = self._tiles.get(camera_id)
        if tile is not None:
            tile.take_picture()

    def _cell(self, index: int) -> QRect:
        gap, side, rows = theme.current().space, self._side, self._rows
        column, row = index % side, index // side
        left, right = (round(at * (self.width() + gap) / side) for at in (column, column + 1))
        top, bottom = (round(at * (self.height() + gap) / rows) for at in (row, row + 1))
        return QRect(left, top, right - left - gap, bottom - top - gap)

    def _arrange(self) -> None:
        """Put the tiles of the page in their places and hide the others."""
        self._page = min(max(self._page, 0), self.pages - 1)
        visible = self.visible_ids()
        had_focus = any(tile.hasFocus() for tile in self._tiles.values())
        for index, camera_id in enumerate(visible):
            tile = self._tiles[camera_id]
            tile.setGeometry(self._cell(index))
            tile.show()
        if had_focus and visible and not self._has_visible_focus(visible):
            self._tiles[visible[0]].setFocus()
        for camera_id in self._tiles.keys() - set(visible):
            self._tiles[camera_id].hide()
        self.update()
        self.arranged.emit()

    def _has_visible_focus(self, visible: Sequence[CameraId]) -> bool:
        return any(self._tiles[camera_id].hasFocus() for camera_id in visible)

    # ---------------------------------------------------------------- Qt's calls

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Give each tile its share of the room."""
        super().resizeEvent(event)
        for index, camera_id in enumerate(self.visible_ids()):
            self._tiles[camera_id].setGeometry(self._cell(index))

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Show the free places of the layout."""
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().surface))
            for index in range(len(self.visible_ids()), self._side * self._rows):
                painter.drawRect(self._cell(index))

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move between the tiles with the arrow keys."""
        step = _STEPS.get(Qt.Key(event.key()))
        visible = self.visible_ids()
        at = next((i for i, one in enumerate(visible) if self._tiles[one].hasFocus()), None)
        if step is None or at is None:
            super().keyPressEvent(event)
            return
        column, row = at % self._side + step[0], at // self._side + step[1]
        index = row * self._side + column
        if 0 <= column < self._side and row >= 0 and index < len(visible):
            self._tiles[visible[index]].setFocus()
