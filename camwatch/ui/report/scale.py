"""The scales of a report's charts: where a number and a moment are, and what is written there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from camwatch import language
from camwatch.history.reports import Report, ReportSpan
from camwatch.history.spans import midnight
from camwatch.language import tr
from camwatch.ui.report import canvas

_MOST_LINES = 5
_STRIP = 5.0


@dataclass(frozen=True, slots=True)
class Area:
    """Where a chart is drawn, and what its edges stand for.

    Attributes:
        box: Without the numbers beside it.
        top: The number at its upper edge.
        step: From one line to the next.
        start: At its left edge.
        end: At its right edge.
    """

    box: QRectF
    top: float
    step: float
    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Return where a moment is, within the box."""
        share = (at - self.start) / (self.end - self.start)
        return self.box.left() + self.box.width() * min(1.0, max(0.0, share))

    def y(self, value: float) -> float:
        """Return where a number is."""
        return self.box.bottom() - self.box.height() * min(1.0, max(0.0, value / self.top))

    def span(self, start: datetime, seconds: float) -> tuple[float, float]:
        """Return the left and right edges of a stretch of time."""
        return self.x(start), self.x(start + timedelta(seconds=seconds))


def make_area(box: QRectF, report: Report, highest: float, *, is_whole: bool = False) -> Area:
    """Return an area whose upper edge is a round number."""
    highest = max(highest, 1.0)
    size = 10 ** math.floor(math.log10(highest))
    parts = (0.2, 0.5, 1, 2, 5, 10)
    step = next(size * part for part in parts if highest / size / part <= _MOST_LINES)
    if is_whole:
        step = max(1.0, step)
    return Area(box, math.ceil(highest / step) * step, step, report.start, report.end)


def draw_scale(painter: QPainter, area: Area, report: Report) -> None:
    """Draw the lines, their numbers, and the times below."""
    box = area.box
    for index in range(round(area.top / area.step) + 1):
        y = area.y(index * area.step)
        painter.setPen(QPen(canvas.INK if index == 0 else canvas.LINE, 0.7))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        label = QRectF(box.left() - 46, y - 8, 40, 16)
        words = language.number(index * area.step, ",g")
        canvas.line(painter, label, words, 9, canvas.RIGHT | canvas.MIDDLE, canvas.MUTED)
    for at, words in _times(report):
        x = area.x(at)
        painter.setPen(QPen(canvas.LINE, 0.7))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom() + 12))
        label = QRectF(x + 3, box.bottom() + 9, 70, 14)
        canvas.line(painter, label, words, 9, canvas.LEFT | canvas.MIDDLE, canvas.MUTED)


def draw_strip(painter: QPainter, area: Area, parts: list[tuple[datetime, float, float]]) -> None:
    """Draw how much of the time is known below a chart: start, seconds and share."""
    top = area.box.bottom() + 2.5
    for start, seconds, share in parts:
        left, right = area.span(start, seconds)
        if right <= left:
            continue
        box = QRectF(left, top, right - left, _STRIP)
        painter.fillRect(box, canvas.LINE)
        high = _STRIP * share
        painter.fillRect(QRectF(left, top + _STRIP - high, right - left, high), canvas.MUTED)


def _times(report: Report) -> Iterator[tuple[datetime, str]]:
    """Yield the moments that are written below a chart."""
    zone = report.request.zone
    if report.request.span is ReportSpan.DAY:
        at = report.start
        while at < report.end:
            local = at.astimezone(zone)
            if local.minute == 0 and local.hour % 3 == 0:
                yield at, f"{local:%H:%M}"
            at += timedelta(minutes=30)
        return
    day = report.request.first
    # The first of a month that is written so near its first Monday would run into it.
    has_first = day.weekday() <= 4
    last = (report.end - timedelta(seconds=1)).astimezone(zone).date()
    while day <= last:
        at = midnight(day, zone)
        if (
            report.request.span is ReportSpan.WEEK
            or day.weekday() == 0
            or (day.day == 1 and has_first)
        ):
            yield at, tr("{day:%a} {number}", day=day, number=day.day)
        day += timedelta(days=1)
