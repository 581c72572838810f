"""The line of time under the wall: what was counted, what was not, and alerts; to be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.charts.axis import time_marks
from camwatch.ui.charts.series import HistoryLine
from camwatch.ui.time_machine.words import day_and_time

_PIXELS_A_MARK = 96
_ALERT = 10
_AXIS = 20
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_PAGES = {Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


@dataclass(frozen=True, slots=True, eq=False)
class TimelineData:
    """What is drawn.

    Attributes:
        line: What was counted; None for who may not see it.
        alerts: When alerts were raised, UTC, and how serious they are.
    """

    line: HistoryLine | None
    alerts: Sequence[tuple[datetime, Severity]]


class Timeline(QWidget):
    """A stretch of time with a hand in it, which the mouse and the arrow keys move.

    Signals:
        moved: The moment that is wished, UTC; also while it is dragged.
    """

    moved = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._start = self._end = datetime(1970, 1, 1, tzinfo=UTC)
        self._at = self._start
        self._now = self._start
        self._data = TimelineData(None, ())
        self._is_dragged = False
        self.setMinimumHeight(10 * theme.current().space)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Drag, or use the arrow keys, to go to another moment"))
        self.setAccessibleDescription(
            tr("The arrow keys go to another moment, the page keys go farther.")
        )
        self._name()

    # ---------------------------------------------------------------- what it is told

    def set_stretch(self, start: datetime, end: datetime, now: datetime) -> None:
        """Show another stretch of time; what is later than now has not been yet."""
        self._start, self._end, self._now = start, end, now
        self.update()

    def set_at(self, at: datetime) -> None:
        """Put the hand to a moment, UTC."""
        self._at = at
        self._name()
        self.update()

    def set_data(self, data: TimelineData) -> None:
        """Draw what was counted, and alerts."""
        self._data = data
        self.update()

    @property
    def is_dragged(self) -> bool:
        """True while the mouse holds the hand."""
        return self._is_dragged

    def _name(self) -> None:
        self.setAccessibleName(
            tr("Line of time, at {when}", when=day_and_time(self._at, self._zone))
        )

    # ---------------------------------------------------------------- moving

    def _moment_at(self, x: float) -> datetime:
        share = min(max(x / max(1, self.width()), 0.0), 1.0)
        return min(self._start + share * (self._end - self._start), self._now)

    def _x(self, at_s: float) -> float:
        start_s = self._start.timestamp()
        length_s = max(1e-6, self._end.timestamp() - start_s)
        return (at_s - start_s) / length_s * self.width()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Go to where is clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragged = True
            self.moved.emit(self._moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Scrub."""
        if self._is_dragged:
            self.moved.emit(self._moment_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """Stay there."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_dragged:
            self._is_dragged = False
            self.moved.emit(self._moment_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Go a little on or back."""
        self._step(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move with the arrow keys, farther with the page keys."""
        key = Qt.Key(event.key())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and key in _STEPS | _PAGES:
            self._step((_STEPS | _PAGES)[key])
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        pixel = (self._end - self._start) / max(1, self.width())
        step = max(pixel, timedelta(seconds=1))
        self.moved.emit(min(self._at + by * step, self._now))

    # ---------------------------------------------------------------- painting

    def sizeHint(self) -> QSize:
        """Return a height that shows the numbers."""
        return QSize(400, 12 * theme.current().space)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw gaps, numbers, alerts, the clock, and the hand."""
        tokens = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(tokens.surface))
            room = QRectF(0, _ALERT + 4, self.width(), self.height() - _ALERT - 4 - _AXIS)
            self._paint_counts(painter, room)
            self._paint_future(painter, room)
            self._paint_clock(painter, room)
            self._paint_alerts(painter, room)
            self._paint_hand(painter)
            edge = tokens.accent if self.hasFocus() else tokens.line
            painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_counts(self, painter: QPainter, room: QRectF) -> None:
        line, tokens = self._data.line, theme.current()
        if line is None or not len(line.mean):
            return
        known = line.mean[~np.isnan(line.mean)]
        top = max(1.0, float(known.max()) if len(known) else 1.0)
        fill = QColor(tokens.accent)
        fill.setAlpha(130)
        hatched = QBrush(QColor(tokens.outline), Qt.BrushStyle.BDiagPattern)
        edges = [self._x(edge) for edge in line.edges.tolist()]
        for index, value in enumerate(line.mean.tolist()):
            left, right = edges[index], edges[index + 1]
            if right < 0 or left > self.width():
                continue
            place = QRectF(left, room.top(), right - left, room.height())
            if np.isnan(value):
                painter.fillRect(place, hatched)
                continue
            high = max(1.0, room.height() * value / top)
            painter.fillRect(QRectF(left, room.bottom() - high, right - left, high), fill)

    def _paint_future(self, painter: QPainter, room: QRectF) -> None:
        left = self._x(self._now.timestamp())
        if left < self.width():
            painter.fillRect(
                QRectF(left, 0, self.width() - left, room.bottom()),
                QColor(theme.current().background),
            )

    def _paint_clock(self, painter: QPainter, room: QRectF) -> None:
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        most = max(1, self.width() // _PIXELS_A_MARK)
        for mark in time_marks(self._start.timestamp(), self._end.timestamp(), self._zone, most):
            x = self._x(mark.at_s)
            painter.setPen(QColor(tokens.line))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            painter.setPen(QColor(tokens.muted))
            place = QRectF(x - _PIXELS_A_MARK / 2, room.bottom(), _PIXELS_A_MARK, _AXIS)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _paint_alerts(self, painter: QPainter, room: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, severity in self._data.alerts:
            x = self._x(at.timestamp())
            color = QColor(severity_look(severity).color)
            painter.setPen(QPen(color, 1))
            painter.drawLine(QPointF(x, _ALERT), QPointF(x, room.bottom()))
            painter.setBrush(color)
            painter.setPen(Qt.PenStyle.NoPen)
            half = _ALERT / 2
            if severity is Severity.CRITICAL:
                corners = [(0, half), (half, 0), (0, -half), (-half, 0)]
                points = [QPointF(x + dx, half + 1 + dy) for dx, dy in corners]
                painter.drawPolygon(QPolygonF(points))
            elif severity is Severity.WARNING:
                corners = [(-half, half), (half, half), (0, -half)]
                points = [QPointF(x + dx, half + 1 + dy) for dx, dy in corners]
                painter.drawPolygon(QPolygonF(points))
            else:
                painter.drawEllipse(QPointF(x, half + 1), half - 1, half - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_hand(self, painter: QPainter) -> None:
        tokens = theme.current()
        x = self._x(self._at.timestamp())
        painter.setPen(QPen(QColor(tokens.warning), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(tokens.warning))
        painter.setPen(Qt.PenStyle.NoPen)
        bottom = self.height() - 1.0
        painter.drawPolygon(
            QPolygonF([QPointF(x - 7, bottom), QPointF(x + 7, bottom), QPointF(x, bottom - 10)])
        )
