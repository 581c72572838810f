"""A picture of a chart for letters and paper, with all that must not get lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from camwatch.ui import theme
from camwatch.ui.paper import Sheet

_RATIO = 2
_PAPER_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Caption:
    """What is written around a chart.

    Attributes:
        title: Whose numbers, and which time.
        heads: Names of the columns of numbers.
        rows: Name and numbers of each line, coverage among them.
        notes: Whole sentences: zone, when and by whom the picture was made, what is corrected.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = field(default=())


def grabbed(widget: QWidget, size: QSize | None = None) -> QImage:
    """Return a picture of a widget, twice as sharp as the screen shows it.

    Args:
        widget: Stays as it is.
        size: As if it had this size; None is the one it has.
    """
    before = widget.size()
    if size is not None:
        widget.resize(size)
    try:
        return _drawn(widget)
    finally:
        # Nothing is painted on the screen in between: that happens once all this is over.
        widget.resize(before)


def _drawn(widget: QWidget) -> QImage:
    image = QImage(widget.size() * _RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_RATIO)
    image.fill(QColor(theme.current().background))
    widget.render(image, QPoint())
    return image


def with_caption(chart: QImage, caption: Caption) -> QImage:
    """Return the chart with its title above and its numbers and notes below."""
    tokens = theme.current()
    space = tokens.space
    width = chart.width() / _RATIO
    lines = _number_lines(caption)
    row = tokens.font_body + space
    head = tokens.font_heading + 3 * space
    foot = row * (len(lines) + len(caption.notes)) + 2 * space
    height = head + chart.height() / _RATIO + foot
    image = QImage(
        round((width + 4 * space) * _RATIO), round(height * _RATIO), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(_RATIO)
    image.fill(QColor(tokens.background))
    with QPainter(image) as painter:
        painter.setPen(QColor(tokens.text))
        painter.setFont(_font(tokens.font_heading, is_bold=True))
        painter.drawText(
            QRectF(2 * space, space, width, head - space),
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            caption.title,
        )
        painter.drawImage(2 * space, head, chart)
        painter.setFont(_font(tokens.font_body))
        top = head + chart.height() / _RATIO + space
        for number, text in enumerate([*lines, *caption.notes]):
            painter.setPen(QColor(tokens.text if number < len(lines) else tokens.muted))
            place = QRectF(2 * space, top + number * row, width, row)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text
            )
    return image


def _number_lines(caption: Caption) -> list[str]:
    return [
        f"{name}:  "
        + "   ".join(
            f"{head} {cell}" for head, cell in zip(caption.heads, cells, strict=True) if cell
        )
        for name, cells in caption.rows
    ]


def _font(pixels: int, *, is_bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(is_bold)
    return font


def for_paper(image: QImage) -> QImage:
    """Return a picture with light and dark exchanged, hues kept: paper is white."""
    turned = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(turned.bits(), np.uint8).reshape(turned.height(), turned.width(), 4)
    colors = pixels[:, :, :3].astype(np.int16)
    # What lies between the darkest and the lightest part of a colour moves to the other end.
    colors += 255 - colors.max(axis=2, keepdims=True) - colors.min(axis=2, keepdims=True)
    # The background is not quite black; paper is quite white.
    ground = QColor(theme.current().background)
    white = 255 - max(ground.red(), ground.green(), ground.blue())
    colors = np.minimum(colors.astype(np.int32) * 255 // white, 255)
    result = QImage(turned.size(), QImage.Format.Format_RGB32)
    written = np.frombuffer(result.bits(), np.uint8).reshape(pixels.shape)
    written[:, :, :3] = colors
    written[:, :, 3] = 255
    result.setDevicePixelRatio(image.devicePixelRatio())
    return result


def png_bytes(image: QImage) -> bytes:
    """Return a picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def chart_sheet(chart: QImage, caption: Caption) -> Sheet:
    """Return a sheet of paper with the chart, its numbers and notes."""
    heads = "".join(f"<th align='right'>{escape(one)}</th>" for one in caption.heads)
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td align='right'>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, cells in caption.rows
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in caption.notes)
    html = (
        f"<h2>{escape(caption.title)}</h2><p><img src='chart' width='{_PAPER_WIDTH}'></p>"
        f"<table cellpadding='4' width='100%'><tr><th></th>{heads}</tr>{rows}</table>{notes}"
    )
    light = for_paper(chart)
    light.setDevicePixelRatio(1)
    return Sheet(html, caption.title, caption.title, {"chart": light})
