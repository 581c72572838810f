"""How a tile is divided at each size, and the pieces that are drawn into it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPixmap

from camwatch.domain import Boxes, Pixels
from camwatch.ui import theme

_PLATE_ALPHA = 215
"""Opacity of the plate under words on a picture: readable even on a white one."""

_GREYED_OPACITY = 0.3


@dataclass(frozen=True, slots=True)
class TileSizes:
    """Heights in logical pixels for a tile of some size.

    Attributes:
        header: Of the bar with name and count.
        mark: Of the state's mark.
        name, count, note: Of the text of the name, of the number, of everything else.
    """

    header: int
    mark: int
    name: int
    count: int
    note: int


_TINY = TileSizes(header=20, mark=10, name=11, count=14, note=10)
_SMALL = TileSizes(header=28, mark=12, name=12, count=18, note=12)
_MEDIUM = TileSizes(header=36, mark=14, name=14, count=22, note=12)
_LARGE = TileSizes(header=48, mark=16, name=16, count=30, note=14)


def sizes_for(size: QSize) -> TileSizes:
    """Choose the heights for a tile of this size, in the size of the text in use."""
    scale = theme.current().scale
    chosen = _chosen(size.width() / scale, size.height() / scale)
    if scale == 1.0:
        return chosen
    return TileSizes(
        header=theme.px(chosen.header),
        mark=theme.px(chosen.mark),
        name=theme.px(chosen.name),
        count=theme.px(chosen.count),
        note=theme.px(chosen.note),
    )


def _chosen(width: float, height: float) -> TileSizes:
    if width < 190 or height < 120:
        return _TINY
    if width < 320 or height < 220:
        return _SMALL
    if width < 720 or height < 420:
        return _MEDIUM
    return _LARGE


def sized(font: QFont, pixels: int, *, bold: bool = False) -> QFont:
    """Return the font at this height."""
    made = QFont(font)
    made.setPixelSize(pixels)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def as_image(pixels: Pixels) -> QImage:
    """Show BGRA pixels to Qt without copying; whoever holds the image also holds them."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def picture_box(image_wh: tuple[int, int], area: QRectF, ratio: float) -> QRectF:
    """Find where a picture goes: in the middle, as large as the area allows.

    Args:
        image_wh: Size of the picture in device pixels.
        area: Room for it in logical pixels.
        ratio: Device pixels per logical pixel.

    Returns:
        Logical pixels on whole device pixels; of the picture's own size if it was
        made for this area, so that it is painted pixel by pixel.
    """
    room_w, room_h = int(area.width() * ratio), int(area.height() * ratio)
    width, height = image_wh
    # A picture made for this area fills it in one direction, up to rounding.
    fits = width <= room_w and height <= room_h and (width >= room_w - 1 or height >= room_h - 1)
    if not fits:
        scale = min(room_w / width, room_h / height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    left = round(area.left() * ratio) + (room_w - width) // 2
    top = round(area.top() * ratio) + (room_h - height) // 2
    return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)


def draw_picture(painter: QPainter, box: QRectF, image: QImage, *, is_greyed: bool) -> None:
    """Draw the picture into its box, pale when it must not be taken for now."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if is_greyed:
        painter.setOpacity(_GREYED_OPACITY)
    painter.drawImage(box, image)
    painter.restore()


def _strokes(frame: QRect, thickness: int, *, corners_only: bool) -> Iterator[QRect]:
    """Yield the bars that make a frame of this thickness, or only those at its corners."""
    width, height = frame.width(), frame.height()
    arm = min(width, height) // 4 if corners_only else 0
    across = [(0, arm), (width - arm, arm)] if corners_only else [(0, width)]
    down = [(0, arm), (height - arm, arm)] if corners_only else [(0, height)]
    for start, length in across:
        yield QRect(frame.left() + start, frame.top(), length, thickness)
        yield QRect(frame.left() + start, frame.bottom() + 1 - thickness, length, thickness)
    for start, length in down:
        yield QRect(frame.left(), frame.top() + start, thickness, length)
        yield QRect(frame.right() + 1 - thickness, frame.top() + start, thickness, length)


def draw_boxes(painter: QPainter, picture: QRectF, boxes: Boxes, *, is_behind: bool) -> None:
    """Draw a frame around each person.

    The frames are filled bars: stroking a rectangle with a wide pen takes Qt's raster
    engine ten times as long, and dashes a hundred times.

    Args:
        painter: Of the tile.
        picture: Where the picture is.
        boxes: Relative to the picture, 0 to 1.
        is_behind: They were found in an older picture than the one shown: only corners.
    """
    tokens = theme.on_pictures()
    painter.save()
    painter.setClipRect(picture, Qt.ClipOperation.IntersectClip)
    shade, line = QColor(tokens.picture), QColor(tokens.box)
    shade.setAlpha(160)
    # Thinner on small tiles, where thick lines would hide the people.
    thickness = 2 if picture.width() > 240 else 1
    for x1, y1, x2, y2 in boxes.tolist():
        left, top = picture.left() + x1 * picture.width(), picture.top() + y1 * picture.height()
        right, bottom = picture.left() + x2 * picture.width(), picture.top() + y2 * picture.height()
        frame = QRect(round(left), round(top), round(right - left), round(bottom - top))
        around = frame.adjusted(-1, -1, 1, 1)
        for bar in _strokes(around, thickness + 2, corners_only=is_behind):
            painter.fillRect(bar, shade)
        for bar in _strokes(frame, thickness, corners_only=is_behind):
            painter.fillRect(bar, line)
    painter.restore()


def shortened(metrics: QFontMetricsF, text: str, room: float) -> str:
    """Return the words of a text that find room: half of a number would be another number."""
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    kept = cut.removesuffix("…")
    if cut == text or " " not in kept:
        return cut
    if not text[len(kept) :].startswith(" "):
        kept = kept.rpartition(" ")[0]
    return f"{kept.rstrip()} …"


def draw_pill(painter: QPainter, corner: QPointF, text: str, color: str, widest: float) -> QRectF:
    """Draw words on a dark plate over a picture.

    Args:
        painter: Of the tile, with the font to use.
        corner: Lower left corner of the plate.
        text: The words.
        color: Of the words, "#rrggbb".
        widest: Widest the plate may be; longer words are cut.

    Returns:
        Where the plate is.
    """
    metrics = QFontMetricsF(painter.font())
    text = shortened(metrics, text, widest - 12)
    height = metrics.height() + 4
    width = metrics.horizontalAdvance(text) + 12
    plate = QRectF(corner.x(), corner.y() - height, width, height)
    draw_plate(painter, plate)
    painter.setPen(QColor(color))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return plate


def draw_note(  # noqa: PLR0917 - those of `draw_pill` and one
    painter: QPainter, corner: QPointF, text: str, color: str, widest: float, ratio: float
) -> QRectF:
    """Draw the same as `draw_pill`, for words that many tiles say again and again.

    Args:
        painter: Of the tile, with the font to use.
        corner: Lower left corner of the plate.
        text: The words.
        color: Of the words, "#rrggbb".
        widest: Widest the plate may be; longer words are cut.
        ratio: Device pixels a logical pixel.

    Returns:
        Where the plate is.
    """
    back = theme.on_pictures().picture
    drawn = _note(painter.font().toString(), text, color, back, round(widest), ratio)
    size = drawn.deviceIndependentSize()
    place = QPointF(round(corner.x()), round(corner.y() - size.height()))
    painter.drawPixmap(place, drawn)
    return QRectF(place, size)


@lru_cache(maxsize=512)
def _note(font: str, text: str, color: str, _back: str, widest: int, ratio: float) -> QPixmap:
    made = QFont()
    made.fromString(font)
    metrics = QFontMetricsF(made)
    wide = metrics.horizontalAdvance(shortened(metrics, text, widest))
    width, height = math.ceil(min(wide + 12, widest)), math.ceil(metrics.height() + 4)
    drawn = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(made)
        draw_pill(painter, QPointF(0, height), text, color, widest)
    return drawn


def draw_plate(painter: QPainter, plate: QRectF) -> None:
    """Draw the dark plate that makes words on a picture readable."""
    back = QColor(theme.on_pictures().picture)
    back.setAlpha(_PLATE_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(plate, 4, 4)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the words in the middle of a tile; extra ones go first in a small tile."""

    text: str
    color: str
    is_bold: bool = False
    is_extra: bool = False


def _wrapped(text: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Break a text at its spaces into lines; the last one is cut if it does not fit."""
    lines: list[str] = []
    rest = text.split()
    while rest:
        taken = len(rest)
        if len(lines) < most - 1:
            while taken > 1 and metrics.horizontalAdvance(" ".join(rest[:taken])) > width:
                taken -= 1
        lines.append(metrics.elidedText(" ".join(rest[:taken]), Qt.TextElideMode.ElideRight, width))
        rest = rest[taken:]
    return lines


def draw_message(
    painter: QPainter, area: QRectF, lines: Sequence[Line], pixels: int, font: QFont
) -> None:
    """Draw words in the middle of a tile; the last ones are left out where room is short."""
    width = area.width() - 24
    step = QFontMetricsF(sized(font, pixels + 1)).height() + 1
    room = max(1, int(area.height() // step))

    def place(chosen: Sequence[Line]) -> list[tuple[str, QFont, str]]:
        placed = []
        for line in chosen:
            face = sized(font, pixels + 1 if line.is_bold else pixels, bold=line.is_bold)
            rows = _wrapped(line.text, QFontMetricsF(face), width, 2)
            placed += [(text, face, line.color) for text in rows]
        return placed

    placed = place(lines)
    if len(placed) > room:
        placed = place([line for line in lines if not line.is_extra])[:room]
    top = area.center().y() - step * len(placed) / 2
    for index, (text, face, color) in enumerate(placed):
        painter.setFont(face)
        painter.setPen(QColor(color))
        row = QRectF(area.left() + 12, top + index * step, width, step)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)
