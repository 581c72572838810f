"""The charts of a printed report: people in view, who passed, and the hours of the week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from camwatch import language
from camwatch.domain import Bucket
from camwatch.history.asking import WeekMap
from camwatch.history.reports import Report
from camwatch.language import SHORT_WEEKDAYS, tr
from camwatch.ui.report import canvas, words
from camwatch.ui.report.scale import Area, draw_scale, draw_strip, make_area

OCCUPANCY_HEIGHT = 212.0
FLOW_HEIGHT = 168.0
WEEK_HEIGHT = 176.0

_LEFT, _RIGHT, _LEGEND, _BELOW = 42.0, 4.0, 20.0, 26.0


def draw_occupancy(painter: QPainter, box: QRectF, report: Report) -> None:
    """Draw people in view, with the span before."""
    means = [one.mean for one in (*report.occupancy, *report.before) if one.mean is not None]
    area = make_area(_inner(box), report, max(means, default=1.0))
    gaps = [one for one in report.occupancy if one.mean is None and one.start < report.made_at]
    for left, right in _joined(area, gaps):
        canvas.hatched(painter, QRectF(left, area.box.top(), right - left, area.box.height()))
    draw_scale(painter, area, report)
    known = [one for one in report.occupancy if one.start < report.made_at]
    draw_strip(painter, area, [(one.start, one.seconds, one.coverage) for one in known])
    shift = report.start - report.before[0].start if report.before else timedelta()
    _draw_line(painter, area, report.before, shift, canvas.BEFORE, is_filled=False)
    _draw_line(painter, area, report.occupancy, timedelta(), canvas.BLUE, is_filled=True)
    _legend(
        painter,
        box,
        [
            (words.THIS[report.request.span], canvas.BLUE, False),
            (words.BEFORE[report.request.span], canvas.BEFORE, True),
        ],
    )


def draw_flow(painter: QPainter, box: QRectF, report: Report) -> None:
    """Draw who passed in and out."""
    numbers = [
        number
        for one in report.flow
        for number in (one.inwards, one.outwards)
        if number is not None
    ]
    area = make_area(_inner(box), report, max(numbers, default=1), is_whole=True)
    known = [one for one in report.flow if one.start < report.made_at]
    for one in known:
        if one.inwards is None:
            left, right = area.span(one.start, one.seconds)
            canvas.hatched(painter, QRectF(left, area.box.top(), right - left, area.box.height()))
    draw_scale(painter, area, report)
    draw_strip(painter, area, [(one.start, one.seconds, one.coverage) for one in known])
    for one in known:
        left, right = area.span(one.start, one.seconds)
        wide = right - left
        for share, value, colour in (
            (0.14, one.inwards, canvas.BLUE),
            (0.52, one.outwards, canvas.OUT),
        ):
            if value is None:
                continue
            y = area.y(value)
            bar = QRectF(left + wide * share, y, wide * 0.34, area.box.bottom() - y)
            painter.fillRect(bar, colour)
    _legend(painter, box, [(tr("in"), canvas.BLUE, False), (tr("out"), canvas.OUT, False)])


def draw_week(painter: QPainter, box: QRectF, week: WeekMap) -> None:
    """Draw the hours of the week: the darker, the more people."""
    left, top = box.left() + _LEFT, box.top() + 16
    wide, high = (box.width() - _LEFT - _RIGHT) / 24, (box.height() - 16 - 6) / 7
    known = week.mean[~np.isnan(week.mean)]
    most = float(known.max()) if len(known) else 0.0
    for hour in range(24):
        label = QRectF(left + hour * wide, box.top(), wide, 14)
        canvas.line(painter, label, f"{hour}", 9, canvas.CENTRE | canvas.MIDDLE, canvas.MUTED)
    for day in range(7):
        label = QRectF(box.left(), top + day * high, _LEFT - 8, high)
        canvas.line(
            painter, label, SHORT_WEEKDAYS[day], 9, canvas.RIGHT | canvas.MIDDLE, canvas.MUTED
        )
        for hour in range(24):
            cell = QRectF(left + hour * wide, top + day * high, wide - 1.2, high - 1.2)
            if week.weeks[day, hour]:
                _draw_cell(painter, cell, week, (day, hour), most)
            else:
                painter.setPen(QPen(canvas.LINE, 0.6))
                painter.drawRect(cell)


def _draw_cell(
    painter: QPainter, cell: QRectF, week: WeekMap, at: tuple[int, int], most: float
) -> None:
    value = float(week.mean[at])
    if math.isnan(value):
        canvas.hatched(painter, cell)
        return
    share = value / most if most > 0 else 0.0
    painter.fillRect(cell, _between(canvas.SHADE, canvas.BLUE, share))
    ink = QColor("white") if share > 0.55 else canvas.INK
    words_ = language.number(value, ".1f" if value < 9.95 else ".0f")
    canvas.line(painter, cell, words_, 9, canvas.CENTRE | canvas.MIDDLE, ink)
    if week.coverage[at] < 0.5:
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(cell.right() - 3.5, cell.top() + 3.5), 1.6, 1.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _between(one: QColor, other: QColor, share: float) -> QColor:
    parts = (
        a + (b - a) * share
        for a, b in zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)  # type: ignore[index]
    )
    return QColor.fromRgbF(*parts)


def _inner(box: QRectF) -> QRectF:
    return box.adjusted(_LEFT, _LEGEND, -_RIGHT, -_BELOW)


def _joined(area: Area, gaps: Sequence[Bucket]) -> list[tuple[float, float]]:
    """Return the gaps, each that follows another joined to it."""
    found: list[tuple[float, float]] = []
    for one in gaps:
        left, right = area.span(one.start, one.seconds)
        if found and left - found[-1][1] < 0.01:
            found[-1] = (found[-1][0], right)
        else:
            found.append((left, right))
    return found


def _draw_line(
    painter: QPainter,
    area: Area,
    buckets: Sequence[Bucket],
    shift: timedelta,
    colour: QColor,
    *,
    is_filled: bool,
) -> None:
    """Draw means as steps; a gap breaks the line."""
    run: list[QPointF] = []

    def put() -> None:
        if not run:
            return
        if is_filled:
            path = QPainterPath()
            bottom = area.box.bottom()
            path.addPolygon(
                QPolygonF([QPointF(run[0].x(), bottom), *run, QPointF(run[-1].x(), bottom)])
            )
            fill = QColor(colour)
            fill.setAlphaF(0.14)
            painter.fillPath(path, fill)
        style = Qt.PenStyle.SolidLine if is_filled else Qt.PenStyle.DashLine
        painter.setPen(QPen(colour, 1.3 if is_filled else 1.0, style))
        painter.drawPolyline(QPolygonF(run))
        run.clear()

    for one in buckets:
        if one.mean is None or one.start + shift >= area.end:
            put()
            continue
        left, right = area.span(one.start + shift, one.seconds)
        y = area.y(one.mean)
        run += [QPointF(left, y), QPointF(right, y)]
    put()


def _legend(painter: QPainter, box: QRectF, entries: Sequence[tuple[str, QColor, bool]]) -> None:
    """Say above a chart what is what."""
    left, y = box.left() + _LEFT, box.top() + 7
    for name, colour, is_dashed in entries:
        style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 2.4 if not is_dashed else 1.4, style))
        painter.drawLine(QPointF(left, y), QPointF(left + 18, y))
        long = canvas.wide(name, 10)
        canvas.line(painter, QRectF(left + 23, y - 8, long + 4, 16), name, 10)
        left += 23 + long + 20
