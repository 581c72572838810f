"""A week in half hours, in which one paints when something is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.alerts.schedule import SLOTS_A_DAY, WHOLE_DAY
from camwatch.ui import theme
from camwatch.ui.alerts.week_words import DAYS, week_words

_LABEL_WIDTH, _HEAD = 48, 24
_LEAST_SLOT, _ROW = 9, 28
_HOURS_APART = 3


class WeekGrid(QWidget):
    """Seven rows of 48 half hours.

    With the mouse one paints: where it begins on a free half hour it fills, else it clears; a
    click on a day fills or clears that day. With the keyboard the arrows move, Space fills or
    clears, Shift with an arrow does the same to the next half hour, Ctrl+A fills or clears all.

    Signals:
        changed: Another half hour is on or off.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._week = [WHOLE_DAY] * 7
        self._at = QPoint(0, 0)
        """Where the keyboard is: half hour and day."""
        self._fills: bool | None = None
        """What the mouse paints now; None while it does not."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Hours of the week")
        self._tell()

    # ---------------------------------------------------------------- what is painted

    def week(self) -> tuple[int, ...]:
        """Return seven numbers as in `Schedule.week`."""
        return tuple(self._week)

    def set_week(self, week: Sequence[int]) -> None:
        """Show these half hours."""
        self._week = list(week)
        self._tell()
        self.update()

    def is_on(self, day: int, slot: int) -> bool:
        """Tell whether a half hour is on."""
        return bool(self._week[day] >> slot & 1)

    def set_on(self, day: int, slot: int, *, is_on: bool) -> None:
        """Switch a half hour on or off."""
        bit = 1 << slot
        wanted = self._week[day] | bit if is_on else self._week[day] & ~bit
        if wanted != self._week[day]:
            self._week[day] = wanted
            self._on_changed()

    def _on_changed(self) -> None:
        self._tell()
        self.update()
        self.changed.emit()

    def _tell(self) -> None:
        day, slot = self._at.y(), self._at.x()
        here = f"{DAYS[day]} {slot // 2}:{slot % 2 * 30:02}"
        state = "on" if self.is_on(day, slot) else "off"
        self.setAccessibleDescription(f"On {week_words(self._week)}. At {here}: {state}.")

    # ---------------------------------------------------------------- geometry

    def sizeHint(self) -> QSize:
        """Return room for seven days in half hours that can be hit."""
        return QSize(_LABEL_WIDTH + SLOTS_A_DAY * 15, _HEAD + 7 * _ROW)

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(_LABEL_WIDTH + SLOTS_A_DAY * _LEAST_SLOT, _HEAD + 7 * _ROW)

    def cell(self, day: int, slot: int) -> QRect:
        """Return where a half hour lies."""
        room = self.width() - _LABEL_WIDTH - 1
        left = _LABEL_WIDTH + room * slot // SLOTS_A_DAY
        right = _LABEL_WIDTH + room * (slot + 1) // SLOTS_A_DAY
        return QRect(left, _HEAD + day * _ROW, right - left, _ROW)

    def _place(self, at: QPoint) -> tuple[int, int]:
        """Return day and half hour at a point, the nearest ones outside; -1 for a day's name."""
        day = min(max((at.y() - _HEAD) // _ROW, 0), 6)
        if at.x() < _LABEL_WIDTH:
            return day, -1
        room = max(self.width() - _LABEL_WIDTH - 1, 1)
        slot = (at.x() - _LABEL_WIDTH) * SLOTS_A_DAY // room
        return day, min(max(slot, 0), SLOTS_A_DAY - 1)

    # ---------------------------------------------------------------- hands

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Begin to paint."""
        at = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or at.y() < _HEAD:
            return
        day, slot = self._place(at)
        if slot < 0:
            self._week[day] = 0 if self._week[day] == WHOLE_DAY else WHOLE_DAY
            self._on_changed()
            return
        self._fills = not self.is_on(day, slot)
        self._at = QPoint(slot, day)
        self.set_on(day, slot, is_on=self._fills)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Go on painting: all between where the mouse was and where it is."""
        if self._fills is None:
            return
        day, slot = self._place(event.position().toPoint())
        slot = max(slot, 0)
        before = self._at
        self._at = QPoint(slot, day)
        days = range(min(before.y(), day), max(before.y(), day) + 1)
        slots = range(min(before.x(), slot), max(before.x(), slot) + 1)
        for one in days:
            for other in slots:
                self.set_on(one, other, is_on=self._fills)

    def mouseReleaseEvent(self, _event: QMouseEvent, /) -> None:
        """Paint no more."""
        self._fills = None

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move with the arrows, fill and clear with Space."""
        steps = {
            Qt.Key.Key_Left: QPoint(-1, 0),
            Qt.Key.Key_Right: QPoint(1, 0),
            Qt.Key.Key_Up: QPoint(0, -1),
            Qt.Key.Key_Down: QPoint(0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            was_on = self.is_on(self._at.y(), self._at.x())
            there = self._at + steps[key]
            self._at = QPoint(min(max(there.x(), 0), SLOTS_A_DAY - 1), min(max(there.y(), 0), 6))
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.set_on(self._at.y(), self._at.x(), is_on=was_on)
        elif key == Qt.Key.Key_Space:
            day, slot = self._at.y(), self._at.x()
            self.set_on(day, slot, is_on=not self.is_on(day, slot))
        elif key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            is_full = all(day == WHOLE_DAY for day in self._week)
            self._week = [0 if is_full else WHOLE_DAY] * 7
            self._on_changed()
        else:
            super().keyPressEvent(event)
            return
        self._tell()
        self.update()

    # ---------------------------------------------------------------- drawing

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the week."""
        tokens = theme.current()
        shade = 1.0 if self.isEnabled() else 0.4
        with QPainter(self) as painter:
            self._draw_words(painter)
            for day in range(7):
                for slot in range(SLOTS_A_DAY):
                    color = QColor(tokens.accent if self.is_on(day, slot) else tokens.raised)
                    color.setAlphaF(shade)
                    painter.fillRect(self.cell(day, slot).adjusted(0, 1, 0, -1), color)
            for slot in range(0, SLOTS_A_DAY + 1, 2):
                strong = slot % (2 * _HOURS_APART) == 0
                painter.setPen(QPen(QColor(tokens.outline if strong else tokens.line), 1))
                x = self.cell(0, slot).left()
                painter.drawLine(x, _HEAD, x, _HEAD + 7 * _ROW)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.text), 2))
                painter.drawRect(self.cell(self._at.y(), self._at.x()).adjusted(0, 1, 0, -2))

    def _draw_words(self, painter: QPainter) -> None:
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        for hour in range(0, 25, _HOURS_APART):
            x = self.cell(0, hour * 2).left()
            align = Qt.AlignmentFlag.AlignHCenter if 0 < hour < 24 else Qt.AlignmentFlag.AlignLeft
            left = x - 20 if 0 < hour < 24 else x if not hour else x - 40
            if hour == 24:
                align = Qt.AlignmentFlag.AlignRight
            place = QRect(left, 0, 40, _HEAD)
            painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, f"{hour}:00")
        for day, name in enumerate(DAYS):
            place = QRect(0, _HEAD + day * _ROW, _LABEL_WIDTH, _ROW)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name
            )
