"""The grid of tiles: a layout that fills itself page by page, or a saved wall."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.tile import CameraTile
from camwatch.ui.live.wall.places import Places, cell_rect, enlarged, neighbour, places_of
from camwatch.walls import Plan, Spot, Wall, even

COLUMNS = (1, 2, 3, 4)
"""Tiles along each side of the layouts that are taken by themselves: larger ones are chosen."""

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


_AT_ONCE = 8
_PAUSE_MS = 4
"""So many pictures are taken in a row, then the window gets its turn: painting 64 at once would
hold it up for 50 ms, and whoever types or clicks would feel it."""


def columns_for(cameras: int) -> int:
    """Return the smallest layout that shows so many cameras at once, else the largest usual one."""
    return next((side for side in COLUMNS if side * side >= cameras), COLUMNS[-1])


class CameraGrid(QWidget):
    """Shows one page of the cameras, a saved wall, or one camera alone.

    Signals:
        arranged: Page, layout, wall or opened camera changed.
    """

    arranged = Signal()

    def __init__(self, feed: PictureFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._tiles: dict[CameraId, CameraTile] = {}
        self._plan = even(2)
        self._wall: Wall | None = None
        self._page = 0
        self._opened: CameraId | None = None
        self._enlarged: CameraId | None = None
        self._is_inviting = False
        self._has_boxes = True
        self._turn = 0
        self._due: dict[CameraId, None] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._take_due)
        self.setMinimumSize(320, 200)
        feed.picture_ready.connect(self._on_picture_ready)

    # ---------------------------------------------------------------- cameras

    def set_conditions(self, conditions: Sequence[CameraCondition]) -> None:
        """Show these cameras, in this order; tiles of cameras that stay are kept."""
        wanted = {condition.camera.id: condition for condition in conditions}
        before = self._alone_order(list(self._tiles))
        for camera_id in self._tiles.keys() - wanted.keys():
            tile = self._tiles.pop(camera_id)
            tile.hide()
            tile.deleteLater()
        tiles: dict[CameraId, CameraTile] = {}
        for camera_id, condition in wanted.items():
            tile = self._tiles.get(camera_id) or self._make_tile(condition)
            tile.set_condition(condition)
            tiles[camera_id] = tile
        if self._opened is not None and self._opened not in tiles:
            # The one that stands in its place now is shown instead.
            is_of_wall = self._wall is not None and self._wall.spot_of(self._opened) is not None
            after = [one for one in before if one in tiles] if is_of_wall else list(tiles)
            place = before.index(self._opened) if self._opened in before else 0
            self._opened = after[min(place, len(after) - 1)] if after else None
        self._tiles = tiles
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
        return [camera_id for camera_id, _ in self._places().tiles]

    # ---------------------------------------------------------------- layout

    @property
    def plan(self) -> Plan:
        """The layout that fills itself, also while a wall or one camera is shown."""
        return self._plan

    @property
    def wall(self) -> Wall | None:
        """The saved wall that is shown; None for a layout that fills itself."""
        return self._wall

    @property
    def columns(self) -> int:
        """Cells along the upper side of the layout, also while one camera is shown alone."""
        return self._plan.columns if self._wall is None else self._wall.columns

    @property
    def page(self) -> int:
        """The page shown, from 0; while a camera is alone, its place among all."""
        if self._opened is not None:
            return self._alone_order(list(self._tiles)).index(self._opened)
        return self._page

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        if self._opened is not None:
            return len(self._alone_order(list(self._tiles)))
        if self._wall is not None:
            return 1
        return max(1, -(-len(self._tiles) // len(self._plan.spots)))

    @property
    def opened(self) -> CameraId | None:
        """The camera that is shown alone over the layout, if one is."""
        return self._opened

    def _alone_order(self, ids: Sequence[CameraId]) -> list[CameraId]:
        """Return the cameras in the order in which they are shown alone: the wall's, if it is one."""
        if self._wall is not None:
            here = [tile.camera_id for tile in self._wall.tiles if tile.camera_id in ids]
            if self._opened is None or self._opened in here:
                return here
        return list(ids)

    def _places(self) -> Places:
        """Return what stands where now."""
        if self._opened is not None:
            return Places(1, 1, ((self._opened, Spot(0, 0)),), ())
        return places_of(self._wall or self._plan, list(self._tiles), self._page)

    def set_columns(self, columns: int) -> None:
        """Take an even layout; the first camera of the page stays in view."""
        self.set_plan(even(columns))

    def set_plan(self, plan: Plan) -> None:
        """Take a layout that fills itself; the first camera of the page stays in view."""
        first = 0 if self._wall is not None else self._page * len(self._plan.spots)
        if self._opened is not None:
            first = list(self._tiles).index(self._opened)
        self._plan = plan
        self._wall = None
        self._opened = None
        self._page = first // len(plan.spots)
        self._arrange()

    def set_wall(self, wall: Wall | None) -> None:
        """Show a saved wall; None goes back to the layout that fills itself."""
        if wall == self._wall and self._opened is None:
            return
        self._wall = wall
        self._opened = None
        self._page = 0
        self._arrange()

    def turn_page(self, by: int) -> None:
        """Go some pages on or back, to the last or first one at most."""
        if self._opened is not None:
            order = self._alone_order(list(self._tiles))
            at = min(max(order.index(self._opened) + by, 0), len(order) - 1)
            self._opened = order[at]
        else:
            self._page += by
        self._arrange()

    @Slot(object)
    def toggle_camera(self, camera_id: CameraId) -> None:
        """Show a camera alone, or go back to the layout if one is."""
        if self._opened is not None:
            self.close_camera()
        else:
            self.open_camera(camera_id)

    def open_camera(self, camera_id: CameraId) -> None:
        """Show one camera alone."""
        if camera_id not in self._tiles:
            return
        self._opened = camera_id
        self._arrange()
        # Another view may have taken the grid's place, and the keyboard.
        if self._tiles[camera_id].isVisible():
            self._tiles[camera_id].setFocus()

    def close_camera(self) -> None:
        """Go back to the layout, to the page of the camera that was alone."""
        camera_id = self._opened
        if camera_id is None:
            return
        self._opened = None
        self.go_to(camera_id)

    def shows(self, camera_id: CameraId) -> bool:
        """Tell whether a camera stands on the wall or on any page of the layout."""
        if self._wall is not None:
            return self._wall.spot_of(camera_id) is not None and camera_id in self._tiles
        return camera_id in self._tiles

    def go_to(self, camera_id: CameraId) -> None:
        """Turn to a camera's page and put the keyboard on its tile; a wall may not show it."""
        if camera_id not in self._tiles:
            return
        if self._wall is None:
            self._page = list(self._tiles).index(camera_id) // len(self._plan.spots)
        self._arrange()
        if self._tiles[camera_id].isVisible():
            self._tiles[camera_id].setFocus()
        elif visible := self.visible_ids():
            self._tiles[visible[0]].setFocus()

    def enlarge(self, camera_id: CameraId | None) -> None:
        """Lay one tile of the page large over its neighbours; None lets all be as they are."""
        if camera_id != self._enlarged:
            self._enlarged = camera_id
            self._lay(self._places())
            self.update()

    def invite(self, *, is_inviting: bool) -> None:
        """Say on empty places of a wall what can be put there, while it is arranged."""
        if is_inviting != self._is_inviting:
            self._is_inviting = is_inviting
            self.update()

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
        if self._turn < _AT_ONCE:
            self._take(camera_id)
        else:
            self._due[camera_id] = None
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def _take_due(self) -> None:
        """Take the pictures that had to wait, the longest-waiting ones first."""
        self._turn = 0
        for camera_id in list(self._due)[:_AT_ONCE]:
            del self._due[camera_id]
            self._take(camera_id)
        if self._turn:
            self._pause.start()

    def _take(self, camera_id: CameraId) -> None:
        tile = self._tiles.get(camera_id)
        if tile is not None:
            self._turn += 1
            tile.take_picture()

    def rect_of(self, spot: Spot) -> QRect:
        """Return where a place of the grid is, in its own pixels."""
        return cell_rect(self.rect(), self._places(), spot)

    def _lay(self, places: Places) -> None:
        """Give the tiles of the page their room."""
        for camera_id, spot in places.tiles:
            wanted = enlarged(places, spot) if camera_id == self._enlarged else spot
            self._tiles[camera_id].setGeometry(cell_rect(self.rect(), places, wanted))
            if camera_id == self._enlarged:
                self._tiles[camera_id].raise_()

    def _arrange(self) -> None:
        """Put the tiles of the page in their places and hide the others."""
        if self._opened is None:
            self._page = min(max(self._page, 0), self.pages - 1)
        places = self._places()
        visible = [camera_id for camera_id, _ in places.tiles]
        had_focus = any(tile.hasFocus() for tile in self._tiles.values())
        self._lay(places)
        for camera_id in visible:
            self._tiles[camera_id].show()
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
        self._lay(self._places())

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Show the empty places of the layout."""
        tokens = theme.current()
        places = self._places()
        with QPainter(self) as painter:
            for spot in places.empty:
                rect = cell_rect(self.rect(), places, spot)
                painter.fillRect(rect, QColor(tokens.surface))
                if self._wall is not None and self._opened is None:
                    painter.setPen(QColor(tokens.muted))
                    says = tr("Drag a camera here") if self._is_inviting else tr("Empty place")
                    inner = rect.adjusted(tokens.space, 0, -tokens.space, 0)
                    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                    painter.drawText(inner, flags, says)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move between the tiles with the arrow keys."""
        step = _STEPS.get(Qt.Key(event.key()))
        places = self._places()
        at = next((spot for one, spot in places.tiles if self._tiles[one].hasFocus()), None)
        if step is None or at is None:
            super().keyPressEvent(event)
            return
        found = neighbour(places, at, *step)
        if found is not None:
            self._tiles[found].setFocus()
