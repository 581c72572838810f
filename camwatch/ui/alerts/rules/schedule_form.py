"""The part of a rule's form that says when it is on."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.schedule import SLOTS_A_DAY, WHOLE_DAY, DayException, Schedule
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.rules.week_grid import PRESETS, WeekGrid
from camwatch.ui.alerts.rules.words import day_words, ranges, slot_time, when
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import CalmComboBox, FocusGroup, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button

_OFF, _ON, _BETWEEN = "off", "on", "between"


class ExceptionRow(QWidget):
    """One date that is unlike its weekday.

    Signals:
        changed: Something was entered.
        removed: It is to go.
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, exception: DayException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slots = exception.slots
        self.day = QDateEdit(QDate(exception.day.year, exception.day.month, exception.day.day))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(tr("d MMM yyyy"))
        self.day.setAccessibleName(tr("Date"))
        self.day.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.how = CalmComboBox(self)
        self.how.setAccessibleName(tr("On that date"))
        self.how.addItem(tr("off all day"), _OFF)
        self.how.addItem(tr("on all day"), _ON)
        self.how.addItem(tr("on from"), _BETWEEN)
        self.begin, self.end = CalmComboBox(self), CalmComboBox(self)
        self.begin.setAccessibleName(tr("From"))
        self.end.setAccessibleName(tr("Until"))
        for slot in range(SLOTS_A_DAY):
            self.begin.addItem(slot_time(slot), slot)
            self.end.addItem(slot_time(slot + 1), slot + 1)
        self._to = QLabel(tr("to"), self)
        self.note = QLineEdit(exception.note, self)
        self.note.setPlaceholderText(tr("Why"))
        self.note.setAccessibleName(tr("Why"))
        self.note.setMaxLength(100)
        self.remove_button = QToolButton(self)
        self.remove_button.setIcon(icons.icon("trash-2"))
        self.remove_button.setToolTip(tr("Remove this date"))
        self.remove_button.setAccessibleName(tr("Remove this date"))
        space = theme.current().space
        when_row = QHBoxLayout()
        when_row.setSpacing(space)
        for part in (self.day, self.how, self.begin, self._to, self.end):
            when_row.addWidget(part)
        when_row.addStretch(1)
        when_row.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space // 2)
        column.addLayout(when_row)
        column.addWidget(self.note)
        self._fill(exception.slots)
        self.day.dateChanged.connect(self.changed)
        self.how.currentIndexChanged.connect(self._on_how)
        self.begin.currentIndexChanged.connect(self._on_times)
        self.end.currentIndexChanged.connect(self._on_times)
        self.note.textEdited.connect(self.changed)
        self.remove_button.clicked.connect(self.removed)

    def _fill(self, slots: int) -> None:
        found = ranges(slots)
        if slots not in (0, WHOLE_DAY) and len(found) != 1:
            # Painted elsewhere, in more stretches than can be chosen here: kept as it is.
            self.how.addItem(tr("on {day_words}", day_words=day_words(slots)), slots)
            self.how.setCurrentIndex(self.how.count() - 1)
        elif slots in (0, WHOLE_DAY):
            self.how.setCurrentIndex(self.how.findData(_ON if slots else _OFF))
        else:
            self.how.setCurrentIndex(self.how.findData(_BETWEEN))
        first, stop = found[0] if found and slots != WHOLE_DAY else (16, 36)
        self.begin.setCurrentIndex(first)
        self.end.setCurrentIndex(stop - 1)
        self._show_times()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in order."""
        return self.day, self.how, self.begin, self.end, self.remove_button, self.note

    def exception(self) -> DayException:
        """Return what is entered."""
        chosen = self.how.currentData()
        if chosen == _BETWEEN:
            first, stop = int(self.begin.currentData()), int(self.end.currentData())
            bits = WHOLE_DAY & ((1 << stop) - 1) & ~((1 << first) - 1)
        else:
            bits = {_OFF: 0, _ON: WHOLE_DAY}.get(chosen, chosen)
        day = self.day.date()
        return DayException(
            date(day.year(), day.month(), day.day()), int(bits), self.note.text().strip()
        )

    def _show_times(self) -> None:
        is_between = self.how.currentData() == _BETWEEN
        for part in (self.begin, self._to, self.end):
            part.setVisible(is_between)

    @Slot()
    def _on_how(self) -> None:
        self._show_times()
        self.changed.emit()

    @Slot()
    def _on_times(self) -> None:
        first, stop = int(self.begin.currentData()), int(self.end.currentData())
        if stop <= first:
            self.end.setCurrentIndex(first)
        self.changed.emit()


class ScheduleForm(FocusGroup):
    """A week to paint, presets, and dates that differ.

    Signals:
        changed: Something was entered.
    """

    changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.grid = WeekGrid(self)
        self.words = plain_label("", "muted", self)
        self.presets: dict[str, QPushButton] = {}
        presets = FlowRow(theme.current().space)
        for words, week in PRESETS.items():
            button = make_button(tr(words), "", partial(self.grid.set_week, week), self)
            button.setProperty("role", "choice")
            self.presets[words.replace("&", "")] = button
            presets.addWidget(button)
        self.add_button = make_button(tr("Add a &date that differs"), "plus", self._add_today, self)
        self.rows: list[ExceptionRow] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.current().space)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(presets)
        column.addWidget(self.grid)
        column.addWidget(self.words)
        column.addLayout(self._rows)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.begin_at(self.grid)
        self.grid.changed.connect(self._on_changed)
        self._order()

    def schedule(self) -> Schedule:
        """Return what is entered."""
        return Schedule(self.grid.week, tuple(row.exception() for row in self.rows))

    def set_schedule(self, schedule: Schedule) -> None:
        """Show a schedule."""
        for row in list(self.rows):
            self._remove(row)
        self.grid.set_week(schedule.week)
        for exception in schedule.exceptions:
            self._add(exception)
        self._on_changed()

    @Slot()
    def _add_today(self) -> None:
        taken = {row.exception().day for row in self.rows}
        day = self._today
        while day in taken:
            day = date.fromordinal(day.toordinal() + 1)
        self._add(DayException(day, 0))
        self.rows[-1].day.setFocus()
        self._on_changed()

    def _add(self, exception: DayException) -> None:
        row = ExceptionRow(exception, self)
        row.changed.connect(self._on_changed)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._rows.addWidget(row)
        self._order()

    def _order(self) -> None:
        """Let the Tab key visit all from the top, dates that were added later too."""
        rows = [part for row in self.rows for part in row.parts]
        in_tab_order(*self.presets.values(), self.grid, *rows, self.add_button)

    def _remove(self, row: ExceptionRow) -> None:
        self.rows.remove(row)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        schedule = self.schedule()
        self.words.setText(
            tr(
                "{when}. Paint with the mouse, or with the arrow keys, Space and Shift.",
                when=when(schedule),
            )
        )
        for words, button in self.presets.items():
            is_it = next(
                week for name, week in PRESETS.items() if name.replace("&", "") == words
            ) == tuple(schedule.week)
            button.setCheckable(True)
            button.setChecked(is_it)
        self.changed.emit()
