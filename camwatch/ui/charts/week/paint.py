"""How cells of the map are painted: in colour, hatched where little is known, bare where nothing is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from camwatch.ui import theme
from camwatch.ui.heat.scale import SHADES, ramp

_EVEN = 0.179
"""Relative luminance on which black and white are read equally well."""


def shade(share: float) -> QColor:
    """Return the colour of a share of the scale, 0 to 1; lighter is more, in even steps."""
    red, green, blue = ramp()[round(min(max(share, 0.0), 1.0) * (SHADES - 1))].tolist()
    return QColor(red, green, blue)


def ink(color: QColor) -> QColor:
    """Return the colour in which words are read best on another: 4.5:1 at least."""
    light = 0.2126 * _linear(color.redF()) + 0.7152 * _linear(color.greenF())
    light += 0.0722 * _linear(color.blueF())
    return QColor("#000000" if light > _EVEN else "#ffffff")


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def paint_known(painter: QPainter, cell: QRectF, share: float, *, is_low: bool) -> QColor:
    """Paint a cell of which a number is known; return the colour for its words."""
    color = shade(share)
    painter.fillRect(cell, color)
    if is_low:
        pen = ink(color)
        pen.setAlpha(110)
        painter.fillRect(cell, QBrush(pen, Qt.BrushStyle.BDiagPattern))
    return ink(color)


def paint_unknown(painter: QPainter, cell: QRectF) -> None:
    """Paint a cell of which nothing is known: no colour of the scale, a frame and a stroke."""
    tokens = theme.current()
    painter.fillRect(cell, QColor(tokens.background))
    inner = cell.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.setPen(QPen(QColor(tokens.outline), 1, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(inner)
    middle, half = inner.center(), min(5.0, inner.width() / 4)
    painter.setPen(QPen(QColor(tokens.muted), 1.5))
    painter.drawLine(QPointF(middle.x() - half, middle.y()), QPointF(middle.x() + half, middle.y()))


def paint_cursor(painter: QPainter, cell: QRectF, *, has_focus: bool) -> None:
    """Frame the cell that is read."""
    tokens = theme.current()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((tokens.background, 4), (tokens.accent if has_focus else tokens.text, 2)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawRect(cell.adjusted(1, 1, -1, -1))
