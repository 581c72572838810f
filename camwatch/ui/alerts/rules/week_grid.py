"""A week of half hours that is painted with the mouse, or with the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.alerts.schedule import SLOTS_A_DAY, WHOLE_DAY
from camwatch.language import SHORT_WEEKDAYS, WEEKDAYS, marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.rules.words import slot_time

_LABEL_WIDTH = 36
_HEAD_HEIGHT = 18
_ROW_HEIGHT = 22
_LEAST_CELL = 7
_HOURS_MARKED = 3


def _between(first: int, stop: int) -> int:
    return WHOLE_DAY & ((1 << stop) - 1) & ~((1 << first) - 1)


WORKING = _between(16, 36)
NIGHT = _between(44, 48) | _between(0, 12)
PRESETS: dict[str, tuple[int, ...]] = {
    marked("Always"): (WHOLE_DAY,) * 7,
    marked("Wor&king hours"): (WORKING,) * 5 + (0, 0),
    marked("Ni&ghts"): (NIGHT,) * 7,
    marked("Weekends"): (0,) * 5 + (WHOLE_DAY,) * 2,
    marked("Clear"): (0,) * 7,
}
"""Working hours are 8 to 18 on Monday to Friday; nights are 22 to 6."""


class WeekGrid(QWidget):
    """Seven rows of 48 half hours.

    The arrow keys move, Space switches a half hour, Shift with an arrow paints on with what the
    present half hour is, Home and End go to the ends of the day.

    Signals:
        changed: Something was painted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._week = [WHOLE_DAY] * 7
        self._at = (0, 16)
        self._brush: bool | None = None
        self._from = (0, 0)
        self._before: list[int] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Hours of the week"))
        self._tell()

    @property
    def week(self) -> tuple[int, ...]:
        """What is painted: seven numbers, Monday first, as in `Schedule`."""
        return tuple(self._week)

    @property
    def at(self) -> tuple[int, int]:
        """The day and half hour where the keyboard is."""
        return self._at

    def set_week(self, week: Sequence[int]) -> None:
        """Show this week."""
        if tuple(week) == self.week:
            return
        self._week = list(week)
        self._tell()
        self.update()
        self.changed.emit()

    def sizeHint(self) -> QSize:
        """Return the wanted size."""
        return QSize(
            theme.px(_LABEL_WIDTH) + SLOTS_A_DAY * 9,
            theme.px(_HEAD_HEIGHT) + 7 * theme.px(_ROW_HEIGHT) + 2,
        )

    def minimumSizeHint(self) -> QSize:
        """Return the size below which nobody can hit a half hour."""
        return QSize(theme.px(_LABEL_WIDTH) + SLOTS_A_DAY * _LEAST_CELL, self.sizeHint().height())

    def cell(self, day: int, slot: int) -> QRect:
        """Return where a half hour is."""
        width = self.width() - theme.px(_LABEL_WIDTH) - 1
        left = theme.px(_LABEL_WIDTH) + width * slot // SLOTS_A_DAY
        right = theme.px(_LABEL_WIDTH) + width * (slot + 1) // SLOTS_A_DAY
        return QRect(
            left,
            theme.px(_HEAD_HEIGHT) + day * theme.px(_ROW_HEIGHT),
            right - left,
            theme.px(_ROW_HEIGHT),
        )

    def _hit(self, at: QPoint) -> tuple[int, int]:
        width = max(self.width() - theme.px(_LABEL_WIDTH) - 1, 1)
        slot = (at.x() - theme.px(_LABEL_WIDTH)) * SLOTS_A_DAY // width
        day = (at.y() - theme.px(_HEAD_HEIGHT)) // theme.px(_ROW_HEIGHT)
        return min(max(day, 0), 6), min(max(slot, 0), SLOTS_A_DAY - 1)

    def is_on(self, day: int, slot: int) -> bool:
        """Tell whether a half hour is on."""
        return bool(self._week[day] >> slot & 1)

    # ---------------------------------------------------------------- painting

    def _paint(self, start: tuple[int, int], stop: tuple[int, int], is_on: bool) -> None:
        """Paint a block, from one corner to the other."""
        week = list(self._before or self._week)
        first, last = sorted((start[1], stop[1]))
        bits = _between(first, last + 1)
        for day in range(min(start[0], stop[0]), max(start[0], stop[0]) + 1):
            week[day] = week[day] | bits if is_on else week[day] & ~bits
        if week != self._week:
            self._week = week
            self.changed.emit()
        self._tell()
        self.update()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Begin to paint with the opposite of what is there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._at = self._from = self._hit(event.position().toPoint())
        self._before = list(self._week)
        self._brush = not self.is_on(*self._at)
        self._paint(self._from, self._at, self._brush)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Paint the block up to here, or say where the pointer is."""
        here = self._hit(event.position().toPoint())
        if self._brush is not None:
            self._at = here
            self._paint(self._from, here, self._brush)
        self.setToolTip(self._said(*here))

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """End painting."""
        del event
        self._brush, self._before = None, []

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move, switch, or paint on."""
        day, slot = self._at
        moves = {
            Qt.Key.Key_Left: (day, max(slot - 1, 0)),
            Qt.Key.Key_Right: (day, min(slot + 1, SLOTS_A_DAY - 1)),
            Qt.Key.Key_Up: (max(day - 1, 0), slot),
            Qt.Key.Key_Down: (min(day + 1, 6), slot),
            Qt.Key.Key_Home: (day, 0),
            Qt.Key.Key_End: (day, SLOTS_A_DAY - 1),
        }
        if event.key() == Qt.Key.Key_Space:
            self._paint(self._at, self._at, not self.is_on(day, slot))
            return
        to = moves.get(Qt.Key(event.key()))
        if to is None:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._paint(self._at, to, self.is_on(day, slot))
        self._at = to
        self._tell()
        self.update()

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def _said(self, day: int, slot: int) -> str:
        when = f"{WEEKDAYS[day]} {slot_time(slot)}\u2013{slot_time(slot + 1)}"
        if self.is_on(day, slot):
            return tr("{when}: on", when=when)
        return tr("{when}: off", when=when)

    def _tell(self) -> None:
        self.setAccessibleDescription(self._said(*self._at))

    # ---------------------------------------------------------------- drawing

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw hours, days and cells."""
        tokens = theme.current()
        on, off = QColor(tokens.accent), QColor(tokens.raised)
        if not self.isEnabled():
            on = QColor(tokens.disabled)
        with QPainter(self) as painter:
            font = painter.font()
            font.setPixelSize(tokens.font_small)
            painter.setFont(font)
            painter.setPen(QColor(tokens.muted))
            for hour in range(0, 25, _HOURS_MARKED):
                x = (
                    theme.px(_LABEL_WIDTH)
                    + (self.width() - theme.px(_LABEL_WIDTH) - 1) * hour // 24
                )
                room = QRect(x - 14, 0, 28, theme.px(_HEAD_HEIGHT) - 2)
                room.moveRight(min(room.right(), self.width() - 1))
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(hour))
            for day in range(len(WEEKDAYS)):
                top = theme.px(_HEAD_HEIGHT) + day * theme.px(_ROW_HEIGHT)
                painter.setPen(QColor(tokens.muted))
                label = QRect(0, top, theme.px(_LABEL_WIDTH) - 6, theme.px(_ROW_HEIGHT))
                painter.drawText(
                    label,
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                    SHORT_WEEKDAYS[day],
                )
                for slot in range(SLOTS_A_DAY):
                    # Whole hours are set apart a little more than their halves.
                    gap = 0 if slot % 2 == 0 else 1
                    cell = self.cell(day, slot).adjusted(0, 1, -gap, -1)
                    painter.fillRect(cell, on if self.is_on(day, slot) else off)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.text), 2))
                painter.drawRect(self.cell(*self._at).adjusted(0, 1, 0, -1))
