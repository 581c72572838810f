"""A small chart of an audit: what was really there, and what was counted, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from camwatch import language
from camwatch.accuracy import AuditKind, AuditReport, Interval
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.accuracy.wording import clock
from camwatch.ui.charts.axis import count_step
from camwatch.ui.forms import plain_label

_LEFT, _BOTTOM, _TOP = 36, 22, 8
_LEAST_HEIGHT = 120
_MOST_MARKS = 4


class _Plot(QWidget):
    """The drawing itself.

    Signals:
        pointed: Index of the interval under the pointer, -1 for none.
        chosen: Index of the interval that was clicked.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.intervals: Sequence[Interval] = ()
        self.is_pictures = False
        self._pointed = -1
        self.setMouseTracking(True)
        self.setMinimumHeight(theme.px(_LEAST_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("What was really there and what was counted, over time"))

    def sizeHint(self) -> QSize:
        """Return how large it wants to be."""
        return QSize(360, 160)

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - 8, self.height() - _TOP - _BOTTOM)

    def _index_at(self, x: float) -> int:
        area = self._area()
        if not self.intervals or not area.left() <= x < area.right():
            return -1
        return int((x - area.left()) / area.width() * len(self.intervals))

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Tell what the pointer is over."""
        self._point(self._index_at(event.position().x()))

    def leaveEvent(self, event: QEvent, /) -> None:
        """The pointer is over nothing any more."""
        self._point(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Choose what is clicked."""
        index = self._index_at(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def _point(self, index: int) -> None:
        if index != self._pointed:
            self._pointed = index
            self.pointed.emit(index)
            self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw axes, bars and line."""
        if not self.intervals:
            return
        tokens = theme.current()
        top = max(max(one.truth, one.counted) for one in self.intervals)
        step = count_step(max(top, 1.0), _MOST_MARKS)
        highest = max(-(-top // step) * step, step)
        area = self._area()
        width = area.width() / len(self.intervals)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_axes(painter, area, step, highest)
            inset = 1.0 if width > 6 else 0.0
            corners: list[QPointF] = []
            for index, one in enumerate(self.intervals):
                left = area.left() + index * width
                bar = QRectF(
                    left + inset,
                    area.bottom() - one.truth / highest * area.height(),
                    width - 2 * inset,
                    one.truth / highest * area.height(),
                )
                color = QColor(tokens.outline)
                color.setAlpha(220 if index == self._pointed else 130)
                painter.fillRect(bar, color)
                y = area.bottom() - one.counted / highest * area.height()
                corners += [QPointF(left, y), QPointF(left + width, y)]
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawPolyline(QPolygonF(corners))

    def _draw_axes(self, painter: QPainter, area: QRectF, step: int, highest: float) -> None:
        tokens = theme.current()
        font = painter.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        value = 0
        while value <= highest:
            y = area.bottom() - value / highest * area.height()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.muted))
            place = QRectF(0, y - 8, _LEFT - 6, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(value)
            )
            value += step
        below = QRectF(area.left(), area.bottom() + 4, area.width(), _BOTTOM - 4)
        first, last = "0:00", clock(self.intervals[-1].end_s)
        if self.is_pictures:
            first, last = tr("first picture"), tr("last picture")
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, last)


class _Sample(QWidget):
    """A small sample for the legend."""

    def __init__(self, *, is_bar: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_bar = is_bar
        self.setFixedSize(QSize(theme.px(22), theme.px(14)))

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw a bar or a line."""
        tokens = theme.current()
        with QPainter(self) as painter:
            if self._is_bar:
                color = QColor(tokens.outline)
                color.setAlpha(160)
                painter.fillRect(self.rect().adjusted(2, 1, -2, -1), color)
            else:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


class IntervalChart(QWidget):
    """The intervals of an audit, with a legend; the pointer tells the numbers.

    Signals:
        interval_chosen: Index of the interval that was clicked.
    """

    interval_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: AuditReport | None = None
        self.plot = _Plot(self)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.chosen.connect(self.interval_chosen)
        self.hint = plain_label("", "muted", self)
        self.hint.setWordWrap(False)
        space = theme.current().space
        legend = QHBoxLayout()
        legend.setSpacing(space)
        for is_bar, meaning in ((True, tr("really there")), (False, tr("counted by the program"))):
            legend.addWidget(_Sample(is_bar=is_bar, parent=self))
            label = QLabel(meaning, self)
            label.setProperty("role", "muted")
            legend.addWidget(label)
            legend.addSpacing(space)
        legend.addStretch(1)
        legend.addWidget(self.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space // 2)
        column.addWidget(self.plot, 1)
        column.addLayout(legend)

    def show_report(self, report: AuditReport) -> None:
        """Show the intervals of this audit."""
        self._report = report
        self.plot.intervals = report.intervals
        self.plot.is_pictures = report.kind is AuditKind.PICTURES
        self.plot.update()
        self.hint.setText("")

    def _on_pointed(self, index: int) -> None:
        if self._report is None or not 0 <= index < len(self._report.intervals):
            self.hint.setText("")
            return
        self.hint.setText(interval_words(self._report, index))


def interval_words(report: AuditReport, index: int) -> str:
    """Say what was there in an interval: "0:20 to 0:30: 3 there, 2 counted"."""
    one = report.intervals[index]
    if report.kind is AuditKind.PICTURES:
        when = tr("Picture {value}", value=index + 1)
    else:
        when = tr("{clock} to {clock2}", clock=clock(one.start_s), clock2=clock(one.end_s))
    return tr(
        "{when}: {people} there, {people2} counted",
        when=when,
        people=_people(one.truth),
        people2=_people(one.counted),
    )


def _people(value: float) -> str:
    return language.number(value, ".0f" if abs(value - round(value)) < 0.05 else ".1f")
