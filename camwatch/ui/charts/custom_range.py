"""Two fields for a stretch of time of one's own choice."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal, Slot
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QLabel, QPushButton, QWidget

from camwatch.domain import utc_now
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.charts.day_button import dress_calendar
from camwatch.ui.charts.ranges import Range
from camwatch.ui.forms import bare_line, plain_label, set_role

_FORMAT = marked("dd.MM.yyyy  HH:mm")


class CustomRange(QWidget):
    """From and to, on the site's clock.

    Signals:
        chosen: The operator wants this stretch.

    Args:
        zone: The site's time zone.
    """

    chosen = Signal()

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.start, self.end = self._field(), self._field()
        self.message = plain_label("", "error", self)
        self.message.hide()
        self.show_button = QPushButton(tr("Show"), self)
        self.show_button.clicked.connect(self.chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        for words, field in ((tr("&From"), self.start), (tr("&to"), self.end)):
            label = QLabel(words, self)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            row.addWidget(label)
            row.addWidget(field)
        row.addWidget(self.show_button)
        row.addWidget(self.message, 1)
        row.addStretch(1)

    def _field(self) -> QDateTimeEdit:
        field = QDateTimeEdit(self)
        field.setDisplayFormat(tr(_FORMAT))
        field.setCalendarPopup(True)
        dress_calendar(field.calendarWidget())
        bare_line(field.lineEdit())
        field.setMinimumWidth(22 * theme.current().space)
        # What is entered is the site's clock, whatever this computer's zone is: Qt
        # must not refuse an hour that this computer leaves out in spring.
        field.setTimeZone(QTimeZone.utc())
        field.dateTimeChanged.connect(self._clear)
        return field

    def set_range(self, stretch: Range) -> None:
        """Put a stretch into the fields."""
        for field, moment in ((self.start, stretch.start), (self.end, stretch.end)):
            wall = moment.astimezone(self._zone)
            field.setDateTime(
                QDateTime(
                    QDate(wall.year, wall.month, wall.day),
                    QTime(wall.hour, wall.minute),
                    QTimeZone.utc(),
                )
            )

    def range(self, now: datetime | None = None) -> Range | None:
        """Return what is entered, cut at now; None with a message beside it if it is none."""
        now = now or utc_now()
        start, end = self._moment(self.start), min(self._moment(self.end), now)
        if start >= now:
            self._say(self.start, tr("The start is in the future."))
            return None
        if start >= end:
            self._say(self.end, tr("The end must be after the start."))
            return None
        self._clear()
        return Range(start, end)

    def _moment(self, field: QDateTimeEdit) -> datetime:
        day, time = field.date(), field.time()
        wall = datetime(
            day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=self._zone
        )
        return datetime.fromtimestamp(wall.timestamp(), self._zone)

    def _say(self, field: QDateTimeEdit, sentence: str) -> None:
        set_role(field, "error")
        field.setAccessibleDescription(sentence)
        field.setFocus()
        self.message.setText(sentence)
        self.message.show()

    @Slot()
    def _clear(self) -> None:
        for field in (self.start, self.end):
            set_role(field, "")
            field.setAccessibleDescription("")
        self.message.hide()
