"""The shape and colour of each state, so that neither has to be told by the other."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from camwatch.domain import CameraState
from camwatch.ui import theme
from camwatch.ui.tokens import Tokens

_ICON_SIZE = 16


def color_of(state: CameraState, tokens: Tokens | None = None) -> str:
    """Return the colour of a state as "#rrggbb"; of the look in use, or of other tokens."""
    tokens = tokens or theme.current()
    match state:
        case CameraState.OK:
            return tokens.ok
        case CameraState.SLOW | CameraState.STALE:
            return tokens.warning
        case CameraState.CONNECTING | CameraState.DISABLED:
            return tokens.unknown
        case _:
            return tokens.critical


def draw_mark(
    painter: QPainter, box: QRectF, state: CameraState, tokens: Tokens | None = None
) -> None:
    """Draw the mark of a state into a square.

    A disc is live, a triangle is slow or frozen, a ring is connecting, a bar is
    switched off, a cross is offline; a diamond is a camera that answers, but not
    with something that can be used.
    """
    color = QColor(color_of(state, tokens))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    line = QPen(color, box.width() / 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    edge = box.width() / 10
    inner = box.adjusted(edge, edge, -edge, -edge)
    center = inner.center()
    match state:
        case CameraState.OK:
            painter.drawEllipse(inner)
        case CameraState.SLOW | CameraState.STALE:
            corners = [inner.bottomLeft(), inner.bottomRight(), QPointF(center.x(), inner.top())]
            painter.drawPolygon(QPolygonF(corners))
        case CameraState.CONNECTING:
            painter.setPen(line)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(inner.adjusted(edge, edge, -edge, -edge))
        case CameraState.DISABLED:
            painter.setPen(line)
            painter.drawLine(QPointF(inner.left(), center.y()), QPointF(inner.right(), center.y()))
        case CameraState.OFFLINE:
            painter.setPen(line)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        case _:
            corners = [
                QPointF(center.x(), box.top()),
                QPointF(box.right(), center.y()),
                QPointF(center.x(), box.bottom()),
                QPointF(box.left(), center.y()),
            ]
            painter.drawPolygon(QPolygonF(corners))
    painter.restore()


def mark_icon(state: CameraState, ratio: float) -> QIcon:
    """Return the mark as an icon for lists, drawn for this many device pixels a pixel."""
    return _mark_icon(state, ratio, theme.current())


@lru_cache(maxsize=64)
def _mark_icon(state: CameraState, ratio: float, tokens: Tokens) -> QIcon:
    side = round(_ICON_SIZE * tokens.scale)
    drawn = QPixmap(round(side * ratio), round(side * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        draw_mark(painter, QRectF(2, 2, side - 4, side - 4), state)
    made = QIcon(drawn)
    made.addPixmap(drawn, QIcon.Mode.Selected)  # else the selection would change its colour
    return made
