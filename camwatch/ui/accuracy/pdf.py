"""The report of an audit as a PDF file. Uses no widget, so it is made beside the GUI thread."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from camwatch import __version__
from camwatch.accuracy import AuditReport
from camwatch.auth.signing import SigningKey
from camwatch.ui.accuracy.pdf_chart import CHART, chart_image
from camwatch.ui.accuracy.pdf_text import report_html

_DPI = 300
_MARGIN_MM = 18.0
_FOOTER_MM = 8.0
_MM = _DPI / 25.4


def render_pdf(report: AuditReport, zone: ZoneInfo, key: SigningKey | None) -> bytes:
    """Render a report. Takes part of a second; may be called from any thread.

    Args:
        report: What the audit found.
        zone: Whose days and hours are meant.
        key: What the file will be signed with; None if it will not be signed.

    Returns:
        A PDF file of A4 pages, not signed yet.
    """
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
    writer.setTitle(f"Audit of {report.camera_name}")
    writer.setCreator(f"CamWatch {__version__}")
    painter = QPainter(writer)
    try:
        _paint(painter, writer, report, report_html(report, zone, key))
    finally:
        # Else the writer would be gone before its painter, which Qt does not survive.
        painter.end()
    buffer.close()
    return bytes(buffer.data().data())


def _paint(painter: QPainter, writer: QPdfWriter, report: AuditReport, html: str) -> None:
    page = writer.pageLayout().paintRectPixels(_DPI)
    height = page.height() - _FOOTER_MM * _MM
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(_font(9.5))
    document.setDocumentMargin(0)
    document.addResource(
        QTextDocument.ResourceType.ImageResource.value, QUrl(CHART), chart_image(report)
    )
    document.setHtml(html)
    document.setPageSize(QSizeF(page.width(), height))
    # The window may be dark; paper is not.
    look = QAbstractTextDocumentLayout.PaintContext()
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    look.palette = palette
    pages = document.pageCount()
    for index in range(pages):
        if index:
            writer.newPage()
        part = QRectF(0, index * height, page.width(), height)
        painter.save()
        painter.translate(0, -part.top())
        painter.setClipRect(part)
        look.clip = part
        document.documentLayout().draw(painter, look)
        painter.restore()
        painter.setFont(_font(7.5))
        painter.setPen(Qt.GlobalColor.darkGray)
        footer = QRectF(0, height, page.width(), _FOOTER_MM * _MM)
        sides = (
            (Qt.AlignmentFlag.AlignLeft, f"CamWatch {__version__} · audit {report.uid}"),
            (Qt.AlignmentFlag.AlignRight, f"page {index + 1} of {pages}"),
        )
        for side, text in sides:
            painter.drawText(footer, side | Qt.AlignmentFlag.AlignBottom, text)


def _font(points: float) -> QFont:
    font = QFont()
    font.setPointSizeF(points)
    return font
