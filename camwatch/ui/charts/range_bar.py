"""Chooses the charted time: which, one step back or on, a day in a calendar; and what with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.charts.comparing import Compare, other_span
from camwatch.ui.charts.custom_range import CustomRange
from camwatch.ui.charts.day_button import DayButton
from camwatch.ui.charts.periods import (
    Period,
    Span,
    Unit,
    free_span,
    jumped,
    may_step,
    period_of,
    span_of,
    span_text,
    stepped,
)
from camwatch.ui.charts.ranges import Range
from camwatch.ui.forms import CalmComboBox
from camwatch.ui.shortcuts import Key, sequence_of, title_of


class RangeBar(QWidget):
    """Which time is charted, and which one is compared with.

    Signals:
        changed: Another time is to be charted.
        compare_changed: Another time is to be compared with.

    Attributes:
        custom: Fields for a time of one's own choice; whoever shows this bar puts them below it.

    Args:
        zone: The site's time zone.
        clock: Tells the time, UTC.
    """

    changed = Signal()
    compare_changed = Signal()

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone, self._clock = zone, clock
        self._span = span_of(Period.TODAY, clock(), zone)
        self._other_day: date | None = None
        self._build()
        self._show()

    def _build(self) -> None:
        space = theme.current().space
        self.period_box = CalmComboBox(self)
        self.period_box.setAccessibleName(tr("Which time"))
        self.period_box.setMinimumWidth(17 * space)
        for period in Period:
            self.period_box.addItem(tr(period.value), period.value)
        self.period_box.activated.connect(self._on_period)
        self.back_button = self._arrow("chevron-left", Key.EARLIER, -1)
        self.forward_button = self._arrow("chevron-right", Key.LATER, 1)
        self.day_button = DayButton(tr("Go to a day"), self)
        self.day_button.setToolTip(tr("Go to a day (Ctrl+G)"))
        self.day_button.day_chosen.connect(self.jump)
        self.compare_box = CalmComboBox(self)
        self.compare_box.setAccessibleName(tr("Compare with another time"))
        # Narrower than its words where the window is narrow.
        self.compare_box.setMinimumWidth(16 * space)
        for compare in Compare:
            self.compare_box.addItem(tr(compare.value), compare.value)
        self.compare_box.activated.connect(self._on_compare)
        self.other_button = DayButton(tr("Compare from this day on"), self)
        self.other_button.day_chosen.connect(self._on_other_day)
        self.other_button.hide()
        self.custom = CustomRange(self._zone, self)
        self.custom.hide()
        self.custom.chosen.connect(self._on_custom)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space)
        row.addWidget(self.period_box)
        row.addWidget(self.back_button)
        row.addWidget(self.day_button)
        row.addWidget(self.forward_button)
        row.addSpacing(space)
        row.addWidget(self.compare_box)
        row.addWidget(self.other_button)

    def _arrow(self, icon: str, key: Key, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setToolTip(tr("{what} ({key})", what=title_of(key), key=sequence_of(key)))
        button.setAccessibleName(title_of(key))
        button.clicked.connect(partial(self.step, by))
        return button

    # ---------------------------------------------------------------- what is chosen

    @property
    def span(self) -> Span:
        """The charted time."""
        return self._span

    @property
    def period(self) -> Period:
        """Which of the named times it is; CUSTOM for any other."""
        chosen = self.period_box.currentData()
        return Period(chosen) if chosen else Period.CUSTOM

    @property
    def compare(self) -> Compare:
        """Which time is compared with."""
        return Compare(self.compare_box.currentData())

    def other(self) -> Span | None:
        """Return the time that is compared with, None for none."""
        return other_span(self._span, self.compare, self._zone, self._other_day)

    def keep_up(self) -> None:
        """Let a time that ends now go on: a new day may have begun."""
        period = self.period
        if period is not Period.CUSTOM:
            self._span = span_of(period, self._clock(), self._zone)
            self._show()

    # ---------------------------------------------------------------- choosing

    def choose(self, period: Period) -> None:
        """Choose a named time, as with the box."""
        self.period_box.setCurrentIndex(self.period_box.findData(period.value))
        self._on_period()

    def choose_compare(self, compare: Compare, day: date | None = None) -> None:
        """Choose what is compared with, as with the box.

        Args:
            compare: Which time.
            day: Its first day, for CUSTOM.
        """
        self.compare_box.setCurrentIndex(self.compare_box.findData(compare.value))
        self._other_day = day or self._other_day
        self._on_compare()

    def show_free(self, stretch: Range) -> None:
        """Show a time of one's own choice in the fields; tells nobody."""
        self._span = free_span(stretch)
        self.custom.set_range(stretch)
        self.custom.show()
        self._show(Period.CUSTOM)

    @Slot(int)
    def step(self, by: int) -> None:
        """Go on by so many times of this length; negative is back."""
        if may_step(self._span, by, self._clock(), self._zone):
            self._go(stepped(self._span, by, self._zone))

    @Slot(object)
    def jump(self, day: date) -> None:
        """Go to the time of this kind in which a day lies."""
        self._go(jumped(self._span, day, self._zone))

    def _go(self, span: Span) -> None:
        self._span = span
        if span.unit is Unit.FREE:
            self.custom.set_range(Range(span.start, span.end))
        self._show()
        self.changed.emit()

    @Slot()
    def _on_period(self) -> None:
        period = self.period
        if period is Period.CUSTOM:
            passed = self._span.until(self._clock())
            self.show_free(passed)
            self.custom.start.setFocus()
        else:
            self.custom.hide()
            self._span = span_of(period, self._clock(), self._zone)
            self._show(period)
        self.changed.emit()

    @Slot()
    def _on_custom(self) -> None:
        stretch = self.custom.range(self._clock())
        if stretch is not None:
            self._span = free_span(stretch)
            self._show(Period.CUSTOM)
            self.changed.emit()

    @Slot()
    def _on_compare(self) -> None:
        is_custom = self.compare is Compare.CUSTOM
        if is_custom and self._other_day is None:
            first = self._span.start.astimezone(self._zone).date()
            self._other_day = first - timedelta(days=7)
        self._show()
        self.compare_changed.emit()

    @Slot(object)
    def _on_other_day(self, day: date) -> None:
        self._other_day = day
        self._show()
        self.compare_changed.emit()

    # ---------------------------------------------------------------- showing

    def _show(self, period: Period | None = None) -> None:
        """Say what is chosen; a time without a name is a day, a week, or some."""
        now, zone, span = self._clock(), self._zone, self._span
        today = now.astimezone(zone).date()
        if period is None:
            is_free = span.unit is Unit.FREE
            is_hour = is_free and self.period is Period.LAST_HOUR and span.end == now
            named = Period.LAST_HOUR if is_hour else period_of(span, now, zone)
            period = named or (Period.CUSTOM if is_free else None)
        with QSignalBlocker(self.period_box):
            self.period_box.setPlaceholderText(tr(span.unit.value))
            index = -1 if period is None else self.period_box.findData(period.value)
            self.period_box.setCurrentIndex(index)
        self.custom.setVisible(period is Period.CUSTOM)
        last = (span.end - timedelta(seconds=1)).astimezone(zone).date()
        self.day_button.show_day(span_text(span, zone), min(last, today), today)
        self.back_button.setEnabled(may_step(span, -1, now, zone))
        self.forward_button.setEnabled(may_step(span, 1, now, zone))
        self.other_button.setVisible(self.compare is Compare.CUSTOM)
        if self._other_day is not None:
            other = other_span(span, Compare.CUSTOM, zone, self._other_day)
            text = "" if other is None else span_text(other, zone)
            self.other_button.show_day(text, self._other_day, today)
