"""The words on a tile's picture that say how much of people may be seen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from camwatch.ui import icons, theme
from camwatch.ui.live.tile_paint import draw_plate
from camwatch.ui.privacy.words import LIFTED_ICON

_GAP = 5.0


def draw_privacy(
    painter: QPainter, area: QRectF, mark: tuple[str, str], ratio: float, below: float
) -> QRectF:
    """Draw a sign and words in the upper right corner of a picture; where it is narrow, the sign.

    Args:
        painter: Of the tile, with the font to use.
        area: Room of the picture.
        mark: Name of the icon, and the words.
        ratio: Device pixels per logical pixel.
        below: Room to leave above it, where something else is said.

    Returns:
        Where the chip is.
    """
    tokens = theme.on_pictures()
    icon_name, text = mark
    color = tokens.warning if icon_name == LIFTED_ICON else tokens.text
    metrics = QFontMetricsF(painter.font())
    sign = round(metrics.ascent())
    gap = tokens.space / 2
    width = sign + 3 * _GAP + metrics.horizontalAdvance(text)
    if width > area.width() - 2 * gap:
        text, width = "", sign + 2 * _GAP
    left = area.right() - gap - width
    plate = QRectF(left, area.top() + gap + below, width, metrics.height() + 4)
    draw_plate(painter, plate)
    icon = icons.drawn(icon_name, sign, color, ratio)
    painter.drawPixmap(QPointF(plate.left() + _GAP, plate.center().y() - sign / 2), icon)
    painter.setPen(QColor(color))
    words = plate.adjusted(sign + 2 * _GAP, 0, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    return plate
