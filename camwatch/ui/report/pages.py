"""A report as a PDF file, as pictures, or on a printer. Uses no widget, so any thread may do it."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from camwatch import __version__
from camwatch.history.reports import Report
from camwatch.language import tr
from camwatch.ui.report import canvas
from camwatch.ui.report.content import pieces_of
from camwatch.ui.report.pieces import on_pages

_PDF_DPI = 300


class ReportPages:
    """A report laid out on A4 pages.

    Attributes:
        count: How many pages there are; at least one.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._pages = on_pages(pieces_of(report))
        self.count = len(self._pages)

    def paint(self, painter: QPainter, index: int) -> None:
        """Paint one page, its margins included, at 96 pixels to the inch."""
        painter.save()
        # A name in Arabic must not turn the page around.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(canvas.MARGIN, canvas.MARGIN)
        for top, piece in self._pages[index]:
            piece.paint(painter, top)
        foot = QRectF(0, canvas.HEIGHT + canvas.FOOT - 14, canvas.WIDTH, 14)
        right = tr("page {value} of {count}", value=index + 1, count=self.count)
        canvas.line(painter, foot, right, 9, canvas.RIGHT | canvas.MIDDLE, canvas.MUTED)
        left = foot.adjusted(0, 0, -canvas.wide(right, 9) - 20, 0)
        words = tr("CamWatch {version} · {title}", version=__version__, title=self._report.title)
        canvas.line(painter, left, words, 9, canvas.LEFT | canvas.MIDDLE, canvas.MUTED)
        painter.restore()


def render_pdf(report: Report) -> bytes:
    """Return a PDF file; takes part of a second."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(0, 0, 0, 0),
        )
    )
    writer.setTitle(report.title)
    writer.setCreator(tr("CamWatch {version}", version=__version__))
    _paint_all(writer, report, _PDF_DPI / canvas.DPI)
    buffer.close()
    return bytes(buffer.data().data())


def print_report(printer: QPagedPaintDevice, report: Report, dpi: float) -> None:
    """Print on a printer whose pages have no margins of their own."""
    _paint_all(printer, report, dpi / canvas.DPI)


def _paint_all(device: QPagedPaintDevice, report: Report, scale: float) -> None:
    painter = QPainter(device)
    try:
        pages = ReportPages(report)
        for index in range(pages.count):
            if index:
                device.newPage()
            painter.save()
            painter.scale(scale, scale)
            pages.paint(painter, index)
            painter.restore()
    finally:
        # Else the writer would be gone before its painter, which Qt does not survive.
        painter.end()


def render_images(report: Report, width: int, most: int) -> tuple[list[QImage], int]:
    """Return pictures of the first pages, and how many pages there are.

    Args:
        report: What is shown.
        width: Of a picture, pixels.
        most: No more pictures than this.
    """
    pages = ReportPages(report)
    scale = width / canvas.PAGE_WIDTH
    images = []
    for index in range(min(pages.count, most)):
        image = QImage(width, round(canvas.PAGE_HEIGHT * scale), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            painter.scale(scale, scale)
            pages.paint(painter, index)
        images.append(image)
    return images, pages.count
