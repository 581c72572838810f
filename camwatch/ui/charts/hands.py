"""The operator's hands on a plot: wheel, mouse and keys that move and zoom what is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

if TYPE_CHECKING:
    from camwatch.ui.charts.plot import TimePlot

_NEARER = 0.7
_A_NOTCH = 120
_A_MOVE = 0.25
_A_PAGE = 0.9


class Hands(QObject):
    """Lets a plot be zoomed and moved.

    Args:
        plot: Which.
        view: The part of it that gets the mouse.
    """

    def __init__(self, plot: TimePlot, view: QGraphicsView) -> None:
        super().__init__(plot)
        self._plot = plot
        self._surface = view.viewport()
        self._pressed_at: QPoint | None = None
        self._last_x = 0.0
        self._is_dragged = self._is_marking = False
        self._surface.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent, /) -> bool:
        """Take what is done with the mouse; what the plot itself needs goes on to it."""
        match event:
            case QWheelEvent():
                self._turned(event)
                return True
            case QMouseEvent() if event.type() == QEvent.Type.MouseButtonPress:
                self._press(event)
            case QMouseEvent() if event.type() == QEvent.Type.MouseMove:
                return self._move(event)
            case QMouseEvent() if event.type() == QEvent.Type.MouseButtonRelease:
                self._release(event)
        return False

    def _x(self, event: QMouseEvent | QWheelEvent) -> float:
        return float(self._surface.mapTo(self._plot, event.position().toPoint()).x())

    def _turned(self, event: QWheelEvent) -> None:
        sideways, turned = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not sideways:
            sideways = turned
            turned = 0
        if turned:
            self._plot.zoom(_NEARER ** (turned / _A_NOTCH), self._plot.moment_at(self._x(event)))
        elif sideways:
            self._plot.pan(-sideways / _A_NOTCH * _A_MOVE / 2)

    def _press(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at = event.position().toPoint()
        self._last_x = self._x(event)
        self._is_dragged = False
        self._is_marking = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)

    def _move(self, event: QMouseEvent) -> bool:
        if self._pressed_at is None:
            return False
        far = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if not self._is_dragged and far < QApplication.startDragDistance():
            return True
        self._is_dragged = True
        x = self._x(event)
        if self._is_marking:
            self._plot.mark(self._marked(x))
        else:
            left, right = self._plot.span()
            self._surface.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._plot.pan((self._last_x - x) / max(right - left, 1.0))
            self._last_x = x
        return True

    def _marked(self, x: float) -> tuple[float, float]:
        one, other = sorted((self._last_x, x))
        return self._plot.moment_at(one), self._plot.moment_at(other)

    def _release(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed_at = None
        self._surface.unsetCursor()
        self._plot.mark(None)
        if not self._is_dragged:
            self._plot.choose(self._plot.index_at(self._plot.moment_at(self._x(event))))
        elif self._is_marking:
            self._plot.look_at(self._marked(self._x(event)))

    def pressed(self, event: QKeyEvent) -> bool:
        """Take a key that zooms or moves; False for any other."""
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._plot.zoom(_NEARER)
            case Qt.Key.Key_Minus:
                self._plot.zoom(1 / _NEARER)
            case Qt.Key.Key_Left if is_shifted:
                self._plot.pan(-_A_MOVE)
            case Qt.Key.Key_Right if is_shifted:
                self._plot.pan(_A_MOVE)
            case Qt.Key.Key_PageUp:
                self._plot.pan(-_A_PAGE)
            case Qt.Key.Key_PageDown:
                self._plot.pan(_A_PAGE)
            case Qt.Key.Key_Home if self._plot.is_zoomed:
                self._plot.show_all()
            case _:
                return False
        return True
