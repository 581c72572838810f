"""What marks a tile that somebody should look at: a thick frame, a sign and a word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from camwatch.ui import icons, theme
from camwatch.ui.live.tile_paint import sized

_FRAME = 4


def _font(base: QFont, area: QRectF) -> QFont:
    tokens = theme.on_pictures()
    is_tiny = area.height() < 60 or area.width() < 140
    return sized(base, tokens.font_small - 2 if is_tiny else tokens.font_small, bold=True)


def attention_height(area: QRectF) -> float:
    """Return how much of the picture's head sign and word take; nothing where all is too small."""
    height = QFontMetricsF(_font(QFont(), area)).height() + theme.on_pictures().space
    return height if area.height() >= 4 * height else 0.0


def draw_attention(painter: QPainter, tile: QRect, area: QRectF, text: str) -> None:
    """Draw the mark into a tile.

    Args:
        painter: Of the tile.
        tile: All of it; the frame runs along its edge.
        area: Room of the picture; sign and word stand in its upper right corner.
        text: The word or two.
    """
    tokens = theme.on_pictures()
    ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
    color = QColor(tokens.critical)
    for edge in (
        QRect(tile.left(), tile.top(), tile.width(), _FRAME),
        QRect(tile.left(), tile.bottom() + 1 - _FRAME, tile.width(), _FRAME),
        QRect(tile.left(), tile.top(), _FRAME, tile.height()),
        QRect(tile.right() + 1 - _FRAME, tile.top(), _FRAME, tile.height()),
    ):
        painter.fillRect(edge, color)
    font = _font(painter.font(), area)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    sign = round(metrics.ascent())
    gap = tokens.space / 2
    room = area.width() - 2 * gap - 3 * gap - sign
    said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, room))
    width = sign + 3 * gap + metrics.horizontalAdvance(said)
    plate = QRectF(area.right() - gap - width, area.top() + gap, width, metrics.height() + gap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.alarm))
    painter.drawRect(plate)
    icon = icons.pixmap("siren", sign, tokens.text, ratio)
    painter.drawPixmap(QPointF(plate.left() + gap, plate.center().y() - sign / 2), icon)
    painter.setPen(QColor(tokens.text))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(plate.adjusted(sign + 2 * gap, 0, 0, 0), flags, said)
