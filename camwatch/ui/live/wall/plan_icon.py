"""A small picture of a layout."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from camwatch.ui import theme
from camwatch.walls import Plan

_SIZE = 18


def plan_icon(plan: Plan, ratio: float, *, is_blank: bool = False) -> QIcon:
    """Return the layout as an icon.

    Args:
        plan: Which layout.
        ratio: Device pixels per logical pixel.
        is_blank: Only its frame: what stands in it is arranged by hand.
    """
    tokens = theme.current()
    icon = QIcon()
    for color, mode in ((tokens.text, QIcon.Mode.Normal), (tokens.text, QIcon.Mode.Active)):
        side = round(theme.px(_SIZE) * ratio)
        drawn = QPixmap(side, side)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        with QPainter(drawn) as painter:
            painter.scale(tokens.scale, tokens.scale)
            _paint(painter, plan, QColor(color), is_blank=is_blank)
        icon.addPixmap(drawn, mode)
    return icon


def _paint(painter: QPainter, plan: Plan, color: QColor, *, is_blank: bool) -> None:
    room = _SIZE - 2.0
    if is_blank:
        painter.setPen(QPen(color, 1.5))
        painter.drawRect(QRectF(1.5, 1.5, room - 1, room - 1))
        return
    gap = 2.0 if plan.columns <= 3 else 1.0
    wide, high = (room + gap) / plan.columns, (room + gap) / plan.rows
    for spot in plan.spots:
        painter.fillRect(
            QRectF(
                1 + spot.column * wide,
                1 + spot.row * high,
                spot.wide * wide - gap,
                spot.high * high - gap,
            ),
            color,
        )
