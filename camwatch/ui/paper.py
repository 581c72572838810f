"""Sheets of paper: words as HTML, laid out on A4 pages. Uses no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from camwatch import __version__
from camwatch.language import tr

_DPI = 300
_A4_MM = QSizeF(210.0, 297.0)
_MARGIN_MM = 18.0
_FOOTER_MM = 8.0
_MM_AN_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed.

    Attributes:
        html: As Qt's text documents know it; all that comes from outside is escaped.
        title: Of the file.
        footer: At the left of the foot of each page, behind the program's name.
        images: What the text shows, by the names it calls them.
    """

    html: str
    title: str
    footer: str
    images: Mapping[str, QImage] = field(default_factory=dict)


def to_pdf(sheet: Sheet) -> bytes:
    """Return a PDF file of A4 pages. Takes part of a second."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    writer.setTitle(sheet.title)
    writer.setCreator(tr("CamWatch {version}", version=__version__))
    paint_all(sheet, writer, writer.pageLayout().paintRectPixels(_DPI).size(), _DPI)
    buffer.close()
    return bytes(buffer.data().data())


def paint_all(sheet: Sheet, device: QPagedPaintDevice, page: QSize, dpi: float) -> None:
    """Paint all pages on a device, one after the other.

    Args:
        sheet: What is printed.
        device: Has its first page already.
        page: What of a page can be painted on, dots.
        dpi: Dots per inch.
    """
    painter = QPainter(device)
    try:
        pages = _Pages(sheet, page, dpi)
        for index in range(pages.count):
            if index:
                device.newPage()
            pages.paint(painter, index)
    finally:
        # Else the device would be gone before its painter, which Qt does not survive.
        painter.end()


def to_images(sheet: Sheet, width: int, most: int) -> tuple[list[QImage], int]:
    """Return pictures of the first pages, and how many pages there are.

    Args:
        sheet: What is printed.
        width: Of a picture, pixels.
        most: No more pictures than this.
    """
    dpi = width / _A4_MM.width() * _MM_AN_INCH
    size = QSize(width, round(width * _A4_MM.height() / _A4_MM.width()))
    margin = round(_MARGIN_MM / _MM_AN_INCH * dpi)
    pages = _Pages(sheet, QSize(size.width() - 2 * margin, size.height() - 2 * margin), dpi)
    images = []
    for index in range(min(pages.count, most)):
        image = _of_density(QImage(size, QImage.Format.Format_RGB32), dpi)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.translate(margin, margin)
            pages.paint(painter, index)
        images.append(image)
    return images, pages.count


class _Pages:
    """A sheet laid out for a page of a density."""

    def __init__(self, sheet: Sheet, page: QSize, dpi: float) -> None:
        self._sheet = sheet
        self._width = page.width()
        self._foot = _FOOTER_MM / _MM_AN_INCH * dpi
        self._height = page.height() - self._foot
        self._document = document = QTextDocument()
        document.documentLayout().setPaintDevice(_dot(dpi))
        document.setDefaultFont(_font(9.5))
        document.setDocumentMargin(0)
        for name, image in sheet.images.items():
            kind = QTextDocument.ResourceType.ImageResource.value
            document.addResource(kind, QUrl(name), image)
        document.setHtml(sheet.html)
        document.setPageSize(QSizeF(self._width, self._height))
        self.count = document.pageCount()

    def paint(self, painter: QPainter, index: int) -> None:
        """Paint one page and its foot."""
        # The window may be dark; paper is not.
        look = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
        look.palette = palette
        part = QRectF(0, index * self._height, self._width, self._height)
        painter.save()
        painter.translate(0, -part.top())
        painter.setClipRect(part)
        look.clip = part
        self._document.documentLayout().draw(painter, look)
        painter.restore()
        painter.setFont(_font(7.5))
        painter.setPen(Qt.GlobalColor.darkGray)
        footer = QRectF(0, self._height, self._width, self._foot)
        sides = (
            (
                Qt.AlignmentFlag.AlignLeft,
                tr("CamWatch {version} · {footer}", version=__version__, footer=self._sheet.footer),
            ),
            (
                Qt.AlignmentFlag.AlignRight,
                tr("page {value} of {count}", value=index + 1, count=self.count),
            ),
        )
        for side, text in sides:
            painter.drawText(footer, side | Qt.AlignmentFlag.AlignBottom, text)


def _of_density(image: QImage, dpi: float) -> QImage:
    """Return an image that has so many dots per inch from now on."""
    for set_density in (image.setDotsPerMeterX, image.setDotsPerMeterY):
        set_density(round(dpi / _MM_AN_INCH * 1000))
    return image


@cache
def _dot(dpi: float) -> QImage:
    """Return what tells a layout nothing but the density, the same each time.

    Qt's Python bindings never let go of what a layout was given, a whole page each time.
    """
    return _of_density(QImage(1, 1, QImage.Format.Format_RGB32), dpi)


def _font(points: float) -> QFont:
    font = QFont()
    font.setPointSizeF(points)
    return font
