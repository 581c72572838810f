"""The map itself: a row a day, a column an hour, with the mean of each day beside it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.history.asking import WeekMap
from camwatch.language import WEEKDAYS, tr
from camwatch.ui import theme
from camwatch.ui.charts.week.paint import paint_cursor, paint_known, paint_unknown
from camwatch.ui.charts.week.reading import (
    LOW_COVERAGE,
    amount,
    cell_words,
    day_means,
    day_words,
    scale_top,
)

HOURS = 24
MEAN = HOURS
"""The column of the means."""

_HEAD = 24
_DAYS_WIDTH = 92
_MEAN_WIDTH = 76
_GAP = 1.0
_LEAST_FOR_NUMBERS = 26
_MOST_ROW = 72
_LEAST_ROW = 26
_USUAL_ROW = 52
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class WeekGrid(QWidget):
    """Paints the map and reads the cell under the pointer, or that the arrow keys chose.

    Signals:
        cell_read: A sentence about a cell; empty if none is pointed at.
        copy_requested: Ctrl+C was pressed.
    """

    cell_read = Signal(str)
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._week: WeekMap | None = None
        self._top = 1.0
        self._cursor: tuple[int, int] | None = None
        self._hovered: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(
            theme.px(_DAYS_WIDTH) + theme.px(_MEAN_WIDTH) + HOURS * 18,
            theme.px(_HEAD) + 7 * theme.px(_LEAST_ROW),
        )
        self.setMaximumHeight(theme.px(_HEAD) + 7 * theme.px(_MOST_ROW))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("People at each hour of the week. Move with the arrow keys."))

    def sizeHint(self, /) -> QSize:
        """Ask for cells that hold their numbers."""
        return QSize(
            theme.px(_DAYS_WIDTH) + theme.px(_MEAN_WIDTH) + HOURS * 40,
            theme.px(_HEAD) + 7 * theme.px(_USUAL_ROW),
        )

    def show_week(self, week: WeekMap | None) -> None:
        """Show a map; None for none."""
        self._week = week
        self._top = 1.0 if week is None else scale_top(week)
        self._read()
        self.update()

    @property
    def top(self) -> float:
        """The number at the end of the scale."""
        return self._top

    @property
    def cursor_cell(self) -> tuple[int, int] | None:
        """Day and hour that the keys chose; hour 24 is the mean of the day."""
        return self._cursor

    def cell(self, day: int, hour: int) -> QRectF:
        """Return where a cell is; hour 24 is the mean of the day."""
        height = (self.height() - theme.px(_HEAD)) / len(WEEKDAYS)
        top = theme.px(_HEAD) + day * height
        if hour == MEAN:
            return QRectF(
                self.width() - theme.px(_MEAN_WIDTH) + 8,
                top,
                theme.px(_MEAN_WIDTH) - 8,
                height - _GAP,
            )
        width = (self.width() - theme.px(_DAYS_WIDTH) - theme.px(_MEAN_WIDTH)) / HOURS
        return QRectF(theme.px(_DAYS_WIDTH) + hour * width, top, width - _GAP, height - _GAP)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        height = (self.height() - theme.px(_HEAD)) / len(WEEKDAYS)
        day = math.floor((at.y() - theme.px(_HEAD)) / height)
        if not 0 <= day < len(WEEKDAYS):
            return None
        if at.x() >= self.cell(day, MEAN).left():
            return day, MEAN
        width = (self.width() - theme.px(_DAYS_WIDTH) - theme.px(_MEAN_WIDTH)) / HOURS
        hour = math.floor((at.x() - theme.px(_DAYS_WIDTH)) / width)
        return (day, hour) if 0 <= hour < HOURS else None

    # ---------------------------------------------------------------- reading

    def words(self, day: int, hour: int) -> str:
        """Return what is known of a cell, as a sentence."""
        if self._week is None:
            return ""
        if hour == MEAN:
            return day_words(self._week, day)
        return cell_words(self._week, day, hour)

    def _read(self) -> None:
        chosen = self._hovered or self._cursor
        words = self.words(*chosen) if chosen is not None else ""
        self.setAccessibleDescription(words)
        self.cell_read.emit(words)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Read what is pointed at."""
        found = self._cell_at(event.position())
        if found != self._hovered:
            self._hovered = found
            self._read()
            self.update()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Choose what is clicked."""
        self._cursor = self._cell_at(event.position()) or self._cursor
        self._read()
        self.update()

    def leaveEvent(self, event: QEvent, /) -> None:
        """Go back to what the keys chose."""
        super().leaveEvent(event)
        self._hovered = None
        self._read()
        self.update()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move from cell to cell."""
        key = Qt.Key(event.key())
        is_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_C and is_control:
            self.copy_requested.emit()
            return
        day, hour = self._cursor or (0, 0)
        if key in _STEPS:
            down, right = _STEPS[key] if self._cursor is not None else (0, 0)
            moved = (min(max(day + down, 0), 6), min(max(hour + right, 0), MEAN))
        elif key == Qt.Key.Key_Home:
            moved = (0 if is_control else day, 0)
        elif key == Qt.Key.Key_End:
            moved = (6 if is_control else day, HOURS - 1)
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._cursor = None
            self._read()
            self.update()
            return
        else:
            super().keyPressEvent(event)
            return
        self._cursor, self._hovered = moved, None
        self._read()
        self.update()

    # ---------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw headings, cells and the frame around the one that is read."""
        if self._week is None:
            return
        tokens = theme.current()
        with QPainter(self) as painter:
            small = QFont(self.font())
            small.setPixelSize(tokens.font_small)
            painter.setFont(small)
            self._paint_headings(painter)
            means = day_means(self._week)
            for day in range(len(WEEKDAYS)):
                for hour in range(HOURS):
                    self._paint_cell(painter, self._week, day, hour)
                mean = float(means[day])
                painter.setPen(QColor(tokens.muted if math.isnan(mean) else tokens.text))
                painter.drawText(self.cell(day, MEAN), Qt.AlignmentFlag.AlignCenter, amount(mean))
            chosen = self._hovered or self._cursor
            if chosen is not None:
                has_focus = self.hasFocus() and self._hovered is None
                paint_cursor(painter, self.cell(*chosen), has_focus=has_focus)
            elif self.hasFocus():
                paint_cursor(painter, QRectF(self.rect()), has_focus=True)

    def _paint_headings(self, painter: QPainter) -> None:
        tokens = theme.current()
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(tokens.muted))
        every = 1 if self.cell(0, 0).width() > metrics.horizontalAdvance("00:00") + 2 else 3
        for hour in range(0, HOURS, every):
            cell = self.cell(0, hour)
            width = cell.width() * every
            painter.drawText(
                QRectF(cell.left(), 0, width, theme.px(_HEAD) - 4),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
                f"{hour}:00",
            )
        mean = self.cell(0, MEAN)
        painter.drawText(
            QRectF(mean.left(), 0, mean.width(), theme.px(_HEAD) - 4),
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom,
            tr("Day mean"),
        )
        painter.setPen(QColor(tokens.text))
        for day, name in enumerate(WEEKDAYS):
            cell = self.cell(day, 0)
            painter.drawText(
                QRectF(0, cell.top(), theme.px(_DAYS_WIDTH) - 8, cell.height()),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                name,
            )

    def _paint_cell(self, painter: QPainter, week: WeekMap, day: int, hour: int) -> None:
        cell = self.cell(day, hour)
        mean, coverage = float(week.mean[day, hour]), float(week.coverage[day, hour])
        if math.isnan(mean):
            paint_unknown(painter, cell)
            return
        is_low = coverage < LOW_COVERAGE
        color = paint_known(painter, cell, mean / self._top, is_low=is_low)
        if cell.width() >= _LEAST_FOR_NUMBERS:
            painter.setPen(color)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, amount(mean))
