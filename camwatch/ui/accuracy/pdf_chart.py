"""What was really there and what was counted, interval by interval, drawn for paper."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from camwatch.accuracy import AuditKind, AuditReport
from camwatch.language import tr
from camwatch.ui.accuracy.wording import clock

CHART = "report:chart"
"""The name under which the text shows the picture."""

CHART_WH = (655, 190)
"""Width and height in the text's pixels, 96 to the inch."""

_SCALE = 4  # pixels of the picture for each of those
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 24, 22
_REAL, _COUNTED = QColor("#b8c4d0"), QColor("#0b5cad")
_INK, _GRID = QColor("#333333"), QColor("#e2e6ea")


def chart_image(report: AuditReport) -> QImage:
    """Draw the chart: bars for what was really there, a mark for what was counted."""
    width, height = CHART_WH
    image = QImage(width * _SCALE, height * _SCALE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    font = QFont()
    font.setPixelSize(10)
    painter.setFont(font)
    area = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
    highest = max(max(one.truth, one.counted) for one in report.intervals)
    step = _step(max(highest, 1.0))
    top = math.ceil(max(highest, 1.0) / step) * step
    _draw_scale(painter, area, top, step)
    _draw_times(painter, area, report)
    _draw_values(painter, area, report, top)
    _draw_legend(painter, area, report)
    painter.end()
    return image


def _step(highest: float) -> float:
    """Return the distance of the lines: at most five of them."""
    size = 10 ** math.floor(math.log10(highest))
    return float(
        next(size * part for part in (0.2, 0.5, 1, 2, 5, 10) if highest / size / part <= 5)
    )


def _draw_scale(painter: QPainter, area: QRectF, top: float, step: float) -> None:
    for index in range(round(top / step) + 1):
        y = area.bottom() - area.height() * index * step / top
        painter.setPen(QPen(_INK if index == 0 else _GRID, 0.8))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(_INK)
        label = QRectF(0, y - 8, area.left() - 6, 16)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(label, flags, f"{index * step:g}")


def _draw_times(painter: QPainter, area: QRectF, report: AuditReport) -> None:
    """Write when the first, middle and last interval are."""
    count = len(report.intervals)
    painter.setPen(_INK)
    for share, flag in (
        (0.0, Qt.AlignmentFlag.AlignLeft),
        (0.5, Qt.AlignmentFlag.AlignHCenter),
        (1.0, Qt.AlignmentFlag.AlignRight),
    ):
        if report.kind is AuditKind.PICTURES:
            text = tr("picture {value}", value=1 + round(share * (count - 1)))
        else:
            text = clock(report.duration_s * share)
        label = QRectF(area.left(), area.bottom() + 4, area.width(), 16)
        painter.drawText(label, flag | Qt.AlignmentFlag.AlignTop, text)


def _draw_values(painter: QPainter, area: QRectF, report: AuditReport, top: float) -> None:
    wide = area.width() / len(report.intervals)
    for index, one in enumerate(report.intervals):
        left = area.left() + wide * index
        high = area.height() * one.truth / top
        bar = QRectF(left + wide * 0.12, area.bottom() - high, wide * 0.76, high)
        painter.fillRect(bar, _REAL)
        y = area.bottom() - area.height() * one.counted / top
        painter.setPen(QPen(_COUNTED, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(left + wide * 0.04, y), QPointF(left + wide * 0.96, y))


def _draw_legend(painter: QPainter, area: QRectF, report: AuditReport) -> None:
    texts = {
        AuditKind.PASSAGES: (tr("people who passed"), tr("counted by CamWatch")),
        AuditKind.OCCUPANCY: (tr("people in view, on average"), tr("shown by CamWatch")),
        AuditKind.PICTURES: (tr("people in the picture"), tr("counted by CamWatch")),
    }
    left = area.left()
    for index, text in enumerate(texts[report.kind]):
        if index:
            painter.setPen(QPen(_COUNTED, 2.2))
            painter.drawLine(QPointF(left, 9), QPointF(left + 14, 9))
        else:
            painter.fillRect(QRectF(left, 4, 14, 10), _REAL)
        painter.setPen(_INK)
        painter.drawText(QPointF(left + 19, 12.5), text)
        left += 19 + painter.fontMetrics().horizontalAdvance(text) + 24
