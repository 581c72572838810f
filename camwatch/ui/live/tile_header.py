"""The bar at the top of a tile: state, number, name, count, as far as there is room."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from camwatch.domain import CameraState
from camwatch.ui import icons, theme
from camwatch.ui.live.marks import draw_mark
from camwatch.ui.live.tile_paint import TileSizes, sized

_LEAST_NAME = 3
"""A name of which so few letters remain tells nothing."""


@dataclass(frozen=True, slots=True)
class TileHeader:
    """All that a tile's header shows; equal ones look the same.

    Attributes:
        wh: Its width and height, logical pixels.
        ratio: Device pixels per logical pixel.
        number: What is typed to go to the camera.
        attention: Why somebody should look at it; "" for no reason.
    """

    wh: tuple[int, int]
    ratio: float
    number: str
    name: str
    count: str
    is_new: bool
    is_doubtful: bool
    kind: CameraState
    attention: str


def draw_header(header: TileHeader, font: QFont, sizes: TileSizes) -> QPixmap:
    """Draw a header. Where room is short the number goes first, then the name; never the state."""
    width, height = header.wh
    drawn = QPixmap(round(width * header.ratio), round(height * header.ratio))
    drawn.setDevicePixelRatio(header.ratio)
    tokens = theme.on_pictures()
    drawn.fill(QColor(tokens.alarm if header.attention else tokens.surface))
    with QPainter(drawn) as painter:
        painter.setFont(font)
        _paint(painter, header, sizes)
    return drawn


def _paint(painter: QPainter, header: TileHeader, sizes: TileSizes) -> None:
    tokens = theme.on_pictures()
    font = painter.font()
    width, height = header.wh
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bar = QRectF(2, 2, width - 4, height - 2)
    middle = bar.center().y()
    is_tiny = height < theme.px(24)
    pad = tokens.space / 2 if is_tiny else float(tokens.space)
    on_alarm = tokens.text if header.attention else ""

    painter.setFont(sized(font, sizes.count, bold=True))
    number = tokens.warning if header.is_doubtful else tokens.text
    painter.setPen(QColor(on_alarm or (number if header.is_new else tokens.muted)))
    count_width = QFontMetricsF(painter.font()).horizontalAdvance(header.count)
    count_box = QRectF(bar.right() - pad - count_width, bar.top(), count_width, bar.height())
    painter.drawText(count_box, Qt.AlignmentFlag.AlignCenter, header.count)

    right = count_box.left()
    if header.count and not is_tiny:
        side = sizes.mark + 2
        symbol = icons.drawn("users", side, on_alarm or tokens.muted, header.ratio)
        right -= 0.75 * tokens.space + side
        painter.drawPixmap(QPointF(right, round(middle - side / 2)), symbol)

    mark = QRectF(bar.left() + pad, middle - sizes.mark / 2, sizes.mark, sizes.mark)
    draw_mark(painter, mark, header.kind, tokens)
    left = mark.right() + pad

    named = sized(font, sizes.name, bold=True)
    metrics = QFontMetricsF(named)
    least = metrics.horizontalAdvance(header.name[:_LEAST_NAME] + "…")
    numbered = sized(font, sizes.note)
    number_width = QFontMetricsF(numbered).horizontalAdvance(header.number)
    if right - pad - left >= least + number_width + pad:
        painter.setFont(numbered)
        painter.setPen(QColor(on_alarm or tokens.muted))
        box = QRectF(left, bar.top(), number_width, bar.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, header.number)
        left = box.right() + pad
    room = right - pad - left
    if room >= least or metrics.horizontalAdvance(header.name) <= room:
        painter.setFont(named)
        painter.setPen(QColor(on_alarm or tokens.text))
        box = QRectF(left, bar.top(), room, bar.height())
        name = metrics.elidedText(header.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
