"""The line under a recording: where it is, what was watched, and the operator's own marks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.accuracy.draft import Mark

_HEIGHT = 56
_LINE_HEIGHT = 6
_FEWEST_BETWEEN = 16  # pixels between two numbers that can still be read


class Timeline(QWidget):
    """Shows the marks of a recording; a click goes to a place that was watched already.

    Signals:
        place_requested: Seconds from the recording's start.
    """

    place_requested = Signal(float)

    def __init__(self, duration_s: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s = max(duration_s, 0.001)
        self._place_s = 0.0
        self._watched_s = 0.0
        self._marks: Sequence[Mark] = ()
        self.setFixedHeight(theme.px(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Your marks over time"))

    @property
    def marks(self) -> Sequence[Mark]:
        """What is shown."""
        return self._marks

    def show_state(self, place_s: float, watched_s: float, marks: Sequence[Mark]) -> None:
        """Show where it is, how far it was watched, and what is entered."""
        self._place_s, self._watched_s, self._marks = place_s, watched_s, marks
        self.update()

    def sizeHint(self) -> QSize:
        """Return how large it wants to be."""
        return QSize(400, theme.px(_HEIGHT))

    def _x(self, t_s: float) -> float:
        inset = theme.current().space
        return inset + t_s / self._duration_s * (self.width() - 2 * inset)

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Go to the clicked place, but not beyond what was watched."""
        if event.button() is Qt.MouseButton.LeftButton:
            inset = theme.current().space
            share = (event.position().x() - inset) / max(self.width() - 2 * inset, 1)
            self.place_requested.emit(min(max(share, 0.0) * self._duration_s, self._watched_s))

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw line, marks and place."""
        tokens = theme.current()
        middle = self.height() - 18.0
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            self._draw_line(painter, middle, self._duration_s, tokens.raised)
            self._draw_line(painter, middle, self._watched_s, tokens.outline)
            last_x = -float(_FEWEST_BETWEEN)
            for mark in self._marks:
                x = self._x(mark.t_s)
                if mark.is_inwards is None:
                    self._draw_number(
                        painter, x, middle, mark, is_readable=x - last_x >= _FEWEST_BETWEEN
                    )
                    last_x = x if x - last_x >= _FEWEST_BETWEEN else last_x
                else:
                    self._draw_arrow(painter, x, middle, is_inwards=mark.is_inwards)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            x = self._x(self._place_s)
            painter.drawLine(QPointF(x, 4), QPointF(x, self.height() - 4))

    def _draw_line(self, painter: QPainter, middle: float, until_s: float, color: str) -> None:
        left, right = self._x(0), self._x(until_s)
        painter.setBrush(QColor(color))
        bar = QRectF(
            left, middle - theme.px(_LINE_HEIGHT) / 2, right - left, theme.px(_LINE_HEIGHT)
        )
        painter.drawRoundedRect(bar, 3, 3)

    def _draw_number(
        self, painter: QPainter, x: float, middle: float, mark: Mark, *, is_readable: bool
    ) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.text), 1))
        painter.drawLine(QPointF(x, middle - 12), QPointF(x, middle + 6))
        if is_readable:
            box = QRectF(x - 16, 2, 32, middle - 14)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _draw_arrow(self, painter: QPainter, x: float, middle: float, *, is_inwards: bool) -> None:
        """Draw in above the line, pointing down to it, and out below: not by colour alone."""
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.ok if is_inwards else tokens.warning))
        if is_inwards:
            tip, base = middle - 5, middle - 16
        else:
            tip, base = middle + 16, middle + 5
        corners = [QPointF(x - 5, base), QPointF(x + 5, base), QPointF(x, tip)]
        painter.drawPolygon(QPolygonF(corners))
