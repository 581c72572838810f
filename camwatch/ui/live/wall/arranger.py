"""Lies over the tiles while they are arranged, and takes mouse and keys for them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.live.grid import CameraGrid
from camwatch.ui.live.wall.draft import WallDraft
from camwatch.ui.live.wall.mime import camera_of
from camwatch.ui.live.wall.places import Places, cell_at
from camwatch.walls import Spot

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass(slots=True)
class _Drag:
    """What the mouse does.

    Attributes:
        camera_id: Whose tile it has.
        is_sizing: It has the tile by its corner.
        at: Where the pointer is.
    """

    camera_id: CameraId
    is_sizing: bool
    at: QPointF


class Arranger(QWidget):
    """Lets tiles be moved, swapped and made larger, by mouse and by keyboard alike.

    Args:
        grid: Whose tiles; it shows the draft.
        draft: What is changed.

    Signals:
        changed: The draft or the place with the keyboard is another.
        camera_wanted: Row and column of an empty place for which a camera shall be chosen.
        done_requested: All is as it should be.
        cancel_requested: Nothing of it shall stay.
    """

    changed = Signal()
    camera_wanted = Signal(int, int)
    done_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, grid: CameraGrid, draft: WallDraft) -> None:
        super().__init__(grid)
        self._grid = grid
        self.draft = draft
        self.cursor_at = (0, 0)
        self.held: CameraId | None = None
        """Whose tile the arrow keys move."""
        self._drag: _Drag | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Places of the wall"))
        grid.installEventFilter(self)
        self.setGeometry(grid.rect())
        grid.invite(is_inviting=True)
        self.take_up()
        self.show()
        self.raise_()

    def end(self) -> None:
        """Leave the grid as it is."""
        self._grid.removeEventFilter(self)
        self._grid.invite(is_inviting=False)
        self.hide()
        self.deleteLater()

    # ---------------------------------------------------------------- what it knows

    @property
    def chosen(self) -> CameraId | None:
        """The camera of the tile with the keyboard; None on an empty place."""
        return self.draft.wall.at(*self.cursor_at)

    def take_up(self) -> None:
        """Show the draft as it is now."""
        wall = self.draft.wall
        row, column = self.cursor_at
        self.cursor_at = min(row, wall.rows - 1), min(column, wall.columns - 1)
        self._grid.set_wall(wall)
        self.raise_()
        self.update()
        self.changed.emit()

    def rect_of(self, row: int, column: int) -> QRect:
        """Return where a cell is."""
        return self._grid.rect_of(Spot(row, column))

    def _places(self) -> Places:
        wall = self.draft.wall
        return Places(wall.columns, wall.rows, (), ())

    def _spot_at_cursor(self) -> Spot:
        chosen = self.chosen
        spot = None if chosen is None else self.draft.wall.spot_of(chosen)
        return spot or Spot(*self.cursor_at)

    def _cell(self, at: QPointF) -> tuple[int, int]:
        return cell_at(self.rect(), self._places(), at.x(), at.y())

    def _handle(self, rect: QRect) -> QRectF:
        side = 2.5 * theme.current().space
        return QRectF(rect.right() - side, rect.bottom() - side, side, side)

    # ---------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Take hold of a tile, or of its corner."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.held = None
        self.cursor_at = self._cell(event.position())
        if (camera_id := self.chosen) is not None:
            corner = self._handle(self._grid.rect_of(self._spot_at_cursor()))
            is_sizing = corner.contains(event.position())
            self._drag = _Drag(camera_id, is_sizing, event.position())
        self.update()
        self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Show where the tile would go."""
        if self._drag is not None:
            self._drag.at = event.position()
            self.update()
            return
        cell = self._cell(event.position())
        camera_id = self.draft.wall.at(*cell)
        spot = None if camera_id is None else self.draft.wall.spot_of(camera_id)
        if spot is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._handle(self._grid.rect_of(spot)).contains(event.position()):
            self.setCursor(Qt.CursorShape.SizeFDiagCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """Put the tile down."""
        drag, self._drag = self._drag, None
        if drag is None:
            if event.button() == Qt.MouseButton.LeftButton and self.chosen is None:
                self.camera_wanted.emit(*self.cursor_at)
            return
        row, column = self._cell(event.position())
        spot = self.draft.wall.spot_of(drag.camera_id)
        if spot is not None and drag.is_sizing:
            wide, high = column - spot.column + 1, row - spot.row + 1
            self.draft.resize(drag.camera_id, wide, high)
        elif spot is not None and (row, column) not in set(spot.cells()):
            self.draft.move(drag.camera_id, row, column)
            self.cursor_at = row, column
        self.take_up()

    def dragEnterEvent(self, event: QDragEnterEvent, /) -> None:
        """Take cameras from the list."""
        if camera_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent, /) -> None:
        """Show where the camera would go."""
        self.cursor_at = self._cell(event.position())
        self.update()
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent, /) -> None:
        """Put the camera there."""
        if (camera_id := camera_of(event.mimeData())) is not None:
            self.put(camera_id, *self._cell(event.position()))
            event.acceptProposedAction()

    def put(self, camera_id: CameraId, row: int, column: int) -> None:
        """Put a camera onto a cell."""
        self.draft.move(camera_id, row, column)
        self.cursor_at = row, column
        self.take_up()
        self.setFocus()

    # ---------------------------------------------------------------- keys

    def event(self, event: QEvent, /) -> bool:
        """Keep the keys that mean something else on the page: Esc, Enter, digits, layouts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            is_plain = mods in (Qt.KeyboardModifier.NoModifier, _SHIFT)
            is_ours = _CONTROL in mods and event.key() in (Qt.Key.Key_Z, *_ENDS)
            is_layout = mods == Qt.KeyboardModifier.AltModifier
            is_function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
            if is_ours or is_layout or (is_plain and not is_function):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move, size, hold, choose, take off, undo, end."""
        key, mods = Qt.Key(event.key()), event.modifiers()
        if (step := _STEPS.get(key)) is not None:
            self._step(*step, is_sizing=_SHIFT in mods)
        elif key in _ENDS and _CONTROL in mods:
            self.done_requested.emit()
        elif key in _ENDS or key == Qt.Key.Key_Space:
            self._hold_or_choose(can_hold=True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self.chosen is not None:
                self.draft.remove(self.chosen)
                self.take_up()
        elif key == Qt.Key.Key_Z and _CONTROL in mods:
            (self.draft.redo if _SHIFT in mods else self.draft.undo)()
            self.take_up()
        elif key == Qt.Key.Key_Escape:
            if self.held is not None:
                self.held = None
                self.take_up()
            else:
                self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, right: int, *, is_sizing: bool) -> None:
        wall, spot = self.draft.wall, self._spot_at_cursor()
        if is_sizing:
            if self.chosen is not None:
                self.draft.resize(self.chosen, spot.wide + right, spot.high + down)
                self.take_up()
            return
        row, column = self.cursor_at
        row = spot.row + spot.high if down > 0 else spot.row - 1 if down < 0 else row
        column = spot.column + spot.wide if right > 0 else spot.column - 1 if right < 0 else column
        if not (0 <= row < wall.rows and 0 <= column < wall.columns):
            return
        if self.held is not None:
            self.draft.move(self.held, row, column)
            spot = self.draft.wall.spot_of(self.held) or Spot(row, column)
            row, column = spot.row, spot.column
        self.cursor_at = row, column
        self.take_up()

    def _hold_or_choose(self, *, can_hold: bool) -> None:
        if self.chosen is None:
            self.camera_wanted.emit(*self.cursor_at)
        elif can_hold:
            self.held = None if self.held is not None else self.chosen
            self.take_up()

    # ---------------------------------------------------------------- painting

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Cover all of the grid when it is resized."""
        if watched is self._grid and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._grid.rect())
        return False

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint the cells, the tile with the keyboard, and where one would go."""
        tokens = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.outline), 1, Qt.PenStyle.DashLine))
            for spot in self.draft.wall.empty_cells():
                painter.drawRect(self._grid.rect_of(spot).adjusted(0, 0, -1, -1))
            for tile in self.draft.wall.tiles:
                self._paint_handle(painter, self._grid.rect_of(tile.spot))
            self._paint_cursor(painter)
            if self._drag is not None:
                self._paint_drag(painter, self._drag)

    def _paint_handle(self, painter: QPainter, rect: QRect) -> None:
        tokens = theme.current()
        box = self._handle(rect)
        painter.setPen(QPen(QColor(tokens.picture), 5))
        lines = [
            (QPointF(box.left() + at, box.bottom() - 4), QPointF(box.right() - 4, box.top() + at))
            for at in (4.0, box.width() / 2)
        ]
        for first, second in lines:
            painter.drawLine(first, second)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        for first, second in lines:
            painter.drawLine(first, second)

    def _paint_cursor(self, painter: QPainter) -> None:
        tokens = theme.current()
        rect = self._grid.rect_of(self._spot_at_cursor()).adjusted(1, 1, -2, -2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent), 6 if self.held is not None else 3))
        painter.drawRect(rect)
        if self.held is not None:
            wash = QColor(tokens.accent)
            wash.setAlpha(50)
            painter.fillRect(rect, wash)

    def _paint_drag(self, painter: QPainter, drag: _Drag) -> None:
        tokens = theme.current()
        row, column = self._cell(drag.at)
        spot = self.draft.wall.spot_of(drag.camera_id)
        if spot is None:
            return
        if drag.is_sizing:
            wide, high = max(1, column - spot.column + 1), max(1, row - spot.row + 1)
            target = Spot(spot.row, spot.column, wide, high)
        else:
            other = self.draft.wall.at(row, column)
            there = None if other is None else self.draft.wall.spot_of(other)
            target = there or Spot(row, column)
        wash = QColor(tokens.accent)
        wash.setAlpha(70)
        rect = self._grid.rect_of(target)
        painter.fillRect(rect, wash)
        painter.setPen(QPen(QColor(tokens.accent), 3, Qt.PenStyle.DashLine))
        painter.drawRect(rect.adjusted(1, 1, -2, -2))
