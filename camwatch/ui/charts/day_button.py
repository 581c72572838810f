"""A button that says a date and opens a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QPushButton, QToolButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme

_CALENDAR = QSize(340, 240)


def dress_calendar(calendar: QCalendarWidget) -> None:
    """Give a calendar the theme's look: Qt's own has black arrows and no room for its days."""
    tokens = theme.current()
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.ISOWeekNumbers)
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    calendar.setMinimumSize(_CALENDAR * theme.current().scale)
    calendar.setStyleSheet(
        "QTableView::item { padding: 0; }"
        f"QAbstractItemView {{ background: {tokens.surface}; }}"
        f"#qt_calendar_navigationbar {{ background: {tokens.raised}; }}"
        "QToolButton::menu-indicator { image: none; }"
    )
    workday, weekend, week = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
    workday.setForeground(QColor(tokens.text))
    weekend.setForeground(QColor(tokens.accent))
    week.setForeground(QColor(tokens.muted))
    week.setBackground(QColor(tokens.raised))
    calendar.setHeaderTextFormat(week)
    for day in Qt.DayOfWeek:
        is_weekend = day in {Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday}
        calendar.setWeekdayTextFormat(day, weekend if is_weekend else workday)
    for name, icon, what in (
        ("qt_calendar_prevmonth", "chevron-left", tr("Month before")),
        ("qt_calendar_nextmonth", "chevron-right", tr("Next month")),
    ):
        button = calendar.findChild(QToolButton, name)
        if button is not None:
            button.setIcon(icons.icon(icon))
            button.setAccessibleName(what)


class DayButton(QPushButton):
    """Opens a calendar below itself.

    Signals:
        day_chosen: The `date` that was chosen.

    Args:
        name: What it is for, for who cannot see it.
    """

    day_chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(icons.icon("calendar-days"), "", parent)
        self.setIconSize(icons.button_size())
        self._name = name
        self._day = date(2000, 1, 1)
        self._latest = date(9999, 12, 31)
        self.calendar: QCalendarWidget | None = None
        self.clicked.connect(self.open_calendar)

    def show_day(self, text: str, day: date, latest: date) -> None:
        """Say a time.

        Args:
            text: In words.
            day: What the calendar begins with.
            latest: No later day can be chosen.
        """
        self._day, self._latest = day, latest
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")

    @Slot()
    def open_calendar(self) -> None:
        """Let a day be chosen."""
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tokens = theme.current()
        popup.setStyleSheet(f"background: {tokens.raised};")
        self.calendar = calendar = QCalendarWidget(popup)
        dress_calendar(calendar)
        calendar.setMaximumDate(QDate(self._latest.year, self._latest.month, self._latest.day))
        calendar.setSelectedDate(QDate(self._day.year, self._day.month, self._day.day))
        calendar.activated.connect(self._on_chosen)
        calendar.clicked.connect(self._on_chosen)
        calendar.activated.connect(popup.close)
        calendar.clicked.connect(popup.close)
        popup.destroyed.connect(self._forget)
        column = QVBoxLayout(popup)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(calendar)
        popup.move(self.mapToGlobal(QPoint(0, self.height())))
        popup.show()
        calendar.setFocus()

    @Slot()
    def _forget(self) -> None:
        self.calendar = None

    @Slot(QDate)
    def _on_chosen(self, day: QDate) -> None:
        self.day_chosen.emit(date(day.year(), day.month(), day.day()))
