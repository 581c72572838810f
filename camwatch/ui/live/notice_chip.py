"""The words on a tile's picture that say what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from camwatch.ui import icons, theme
from camwatch.ui.live.tile_paint import draw_plate

_GAP = 5.0


def draw_notice(painter: QPainter, area: QRectF, text: str, ratio: float) -> QRectF:
    """Draw a sign and words in the upper left corner of a picture.

    Args:
        painter: Of the tile, with the font to use.
        area: Room of the picture.
        text: The words; they are cut where room is short.
        ratio: Device pixels per logical pixel.

    Returns:
        Where the chip is.
    """
    tokens = theme.on_pictures()
    metrics = QFontMetricsF(painter.font())
    sign = round(metrics.ascent())
    gap = tokens.space / 2
    room = area.width() - 2 * gap - sign - 3 * _GAP
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))
    width = sign + 3 * _GAP + metrics.horizontalAdvance(text)
    plate = QRectF(area.left() + gap, area.top() + gap, width, metrics.height() + 4)
    draw_plate(painter, plate)
    icon = icons.drawn("triangle-alert", sign, tokens.warning, ratio)
    painter.drawPixmap(QPointF(plate.left() + _GAP, plate.center().y() - sign / 2), icon)
    painter.setPen(QColor(tokens.warning))
    words = plate.adjusted(sign + 2 * _GAP, 0, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    return plate
