"""The bar that says that the past is seen, and leads back."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal, Slot
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.charts.day_button import dress_calendar
from camwatch.ui.forms import plain_label
from camwatch.ui.shortcuts import Key, sequence_of
from camwatch.ui.time_machine.words import not_live

_FORMAT = marked("d MMM yyyy HH:mm:ss")


class PastBar(QFrame):
    """Says which moment is seen, takes another one by hand, and leads back to live.

    Signals:
        moment_entered: A moment, UTC.
        back_requested: Back to live.
    """

    moment_entered = Signal(object)
    back_requested = Signal()

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        tokens = theme.current()
        space = tokens.space
        self.setObjectName("past-bar")
        self.setStyleSheet(
            f"#past-bar {{ background: {tokens.warning}; }}"
            f"#past-bar QLabel {{ color: {tokens.background}; }}"
        )
        symbol = QLabel(self)
        symbol.setPixmap(icons.pixmap("history", 24, tokens.background, self.devicePixelRatioF()))
        self.kind = plain_label(tr("THE PAST"), "", self)
        self.kind.setStyleSheet("font-weight: 700;")
        self.label = plain_label("", "heading", self)
        go_to = QLabel(tr("&Go to"), self)
        self.entry = QDateTimeEdit(self)
        self.entry.setDisplayFormat(tr(_FORMAT))
        self.entry.setCalendarPopup(True)
        dress_calendar(self.entry.calendarWidget())
        # What is entered is the site's clock, whatever this computer's zone is.
        self.entry.setTimeZone(QTimeZone.utc())
        self.entry.setAccessibleName(tr("Date and time to go to, by the site's clock"))
        self.entry.setKeyboardTracking(False)
        self._is_typing = False
        self.entry.lineEdit().textEdited.connect(self._on_typed)
        self.entry.dateTimeChanged.connect(self._on_entered)
        self.entry.editingFinished.connect(self._on_left)
        go_to.setBuddy(self.entry)
        self.back_button = QPushButton(icons.icon("x", tokens.on_accent), tr("Back to live"), self)
        self.back_button.setIconSize(icons.size(18))
        self.back_button.setProperty("role", "primary")
        self.back_button.setToolTip(
            tr("Show the present again ({key})", key=sequence_of(Key.BACK_TO_LIVE))
        )
        self.back_button.clicked.connect(self.back_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * space, space // 2, space, space // 2)
        row.setSpacing(space + space // 2)
        row.addWidget(symbol)
        row.addWidget(self.kind)
        row.addWidget(self.label, 1)  # in large text it wraps: the way back must stay in sight
        row.addWidget(go_to)
        row.addWidget(self.entry)
        row.addWidget(self.back_button)

    def show_at(self, at: datetime) -> None:
        """Say which moment is seen."""
        self.label.setText(not_live(at, self._zone))
        if not self._is_typing:
            wall = at.astimezone(self._zone)
            self.entry.blockSignals(True)
            self.entry.setDateTime(
                QDateTime(
                    QDate(wall.year, wall.month, wall.day),
                    QTime(wall.hour, wall.minute, wall.second),
                    QTimeZone.utc(),
                )
            )
            self.entry.blockSignals(False)

    @Slot()
    def _on_typed(self) -> None:
        """Do not change under the operator's hands what they type."""
        self._is_typing = True

    @Slot()
    def _on_left(self) -> None:
        self._is_typing = False

    @Slot()
    def _on_entered(self) -> None:
        self._is_typing = False
        entered = self.entry.dateTime()
        day, time = entered.date(), entered.time()
        wall = datetime(
            day.year(),
            day.month(),
            day.day(),
            time.hour(),
            time.minute(),
            time.second(),
            tzinfo=self._zone,
        )
        self.moment_entered.emit(wall.astimezone(UTC))
