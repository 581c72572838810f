"""How reports look on paper: sizes, colours, fonts, and texts that never leave their place.

All lengths are in pixels of 96 to the inch. Fonts are measured without a device, so that a page
is laid out alike for a file, for a printer and for the screen.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

DPI = 96
PAGE_WIDTH, PAGE_HEIGHT = 793.7, 1122.5  # A4
MARGIN = 62.0
FOOT = 26.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
HEIGHT = PAGE_HEIGHT - 2 * MARGIN - FOOT

INK, MUTED, LINE = QColor("#1a1a1a"), QColor("#5a6470"), QColor("#d5dbe2")
BLUE, PALE, BEFORE = QColor("#0b5cad"), QColor("#d7e6f5"), QColor("#b98a3c")
OUT, WARNING = QColor("#d98324"), QColor("#8a3b00")
SHADE, HATCH = QColor("#f3f5f8"), QColor("#a9b2bd")

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
CENTRE = Qt.AlignmentFlag.AlignHCenter
TOP, MIDDLE = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter
_WRAP = Qt.TextFlag.TextWordWrap
_LONGEST_WORD = 18
_ANYTHING = 10_000.0


def font(pixels: int, *, is_bold: bool = False) -> QFont:
    """Return the report's font in a size."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if is_bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def wide(text: str, pixels: int, *, is_bold: bool = False) -> float:
    """Return how wide a line is."""
    return QFontMetricsF(font(pixels, is_bold=is_bold)).horizontalAdvance(text)


def high(text: str, width: float, pixels: int, *, is_bold: bool = False) -> float:
    """Return how high a text is that goes on in more lines where it must."""
    metrics = QFontMetricsF(font(pixels, is_bold=is_bold))
    box = QRectF(0, 0, width, _ANYTHING)
    flags = _flags(LEFT | TOP) | _flags(_WRAP)
    return metrics.boundingRect(box, flags, _breakable(text) or " ").height()


def _breakable(text: str) -> str:
    """Let words go on in a next line that are too long for one."""
    return " ".join(
        word if len(word) <= _LONGEST_WORD else "\u200b".join(word) for word in text.split(" ")
    )


def _flags(value: Qt.AlignmentFlag | Qt.TextFlag) -> int:
    return int(value.value)


def line(  # noqa: PLR0917 - what, where, and how it looks
    painter: QPainter,
    box: QRectF,
    text: str,
    pixels: int,
    align: Qt.AlignmentFlag = LEFT | MIDDLE,
    colour: QColor = INK,
    *,
    is_bold: bool = False,
) -> None:
    """Write one line; what has no room ends with an ellipsis."""
    chosen = font(pixels, is_bold=is_bold)
    painter.setFont(chosen)
    painter.setPen(colour)
    shown = QFontMetricsF(chosen).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _flags(align) | _flags(Qt.TextFlag.TextSingleLine), shown)


def text(
    painter: QPainter,
    box: QRectF,
    words: str,
    pixels: int,
    colour: QColor = INK,
    *,
    is_bold: bool = False,
) -> None:
    """Write a text that goes on in more lines where it must; see `high`."""
    painter.setFont(font(pixels, is_bold=is_bold))
    painter.setPen(colour)
    painter.drawText(box, _flags(LEFT | TOP) | _flags(_WRAP), _breakable(words))


def hatched(painter: QPainter, box: QRectF) -> None:
    """Fill a box with slanted lines: nothing is known of it."""
    painter.save()
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.fillRect(box, QBrush(SHADE))
    painter.setPen(QPen(HATCH, 0.6))
    step = 5.0
    # The lines of neighbours meet, so that a long gap is one pattern.
    begin = (box.left() - box.height()) // step * step
    at = begin
    while at < box.right():
        painter.drawLine(
            QPointF(at, box.bottom()), QPointF(at + box.height(), box.bottom() - box.height())
        )
        at += step
    painter.restore()
