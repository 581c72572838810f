"""The charts of the past with their numbers: whichever fits what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch import language
from camwatch.commands.state_history import StateHistory
from camwatch.history.asking import UsualPoint
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.charts.comparing import (
    PASSED,
    PEOPLE,
    difference,
    doubt,
    is_told_in_percent,
    over_until,
    sums,
)
from camwatch.ui.charts.figures import MEANINGS, Figures, amount
from camwatch.ui.charts.flow import FlowLine, flow_totals
from camwatch.ui.charts.flow_chart import FlowChart
from camwatch.ui.charts.gap_reasons import reason_in
from camwatch.ui.charts.history_chart import HistoryChart
from camwatch.ui.charts.number_table import NumberRow, NumberTable
from camwatch.ui.charts.periods import Span, free_span, span_text
from camwatch.ui.charts.ranges import Range
from camwatch.ui.charts.reading import Answer, Asked, Line
from camwatch.ui.charts.series import HistoryLine, percent, totals
from camwatch.ui.charts.several_chart import SeveralChart
from camwatch.ui.charts.subjects import Known
from camwatch.ui.charts.time_chart import TimeChart
from camwatch.ui.charts.unusual_bar import UnusualBar
from camwatch.ui.charts.zoom import View
from camwatch.ui.charts.zoomed_bar import ZoomedBar


class ChartArea(QWidget):
    """Shows an answer: one subject, one with another time, or several subjects.

    Signals:
        view_changed: The operator sees another part of the time: its `View`.
        point_chosen: Index of the step that was clicked, or chosen with Enter.
        remove_requested: Number of the subject that is not wanted any more.
    """

    view_changed = Signal(object)
    point_chosen = Signal(object)
    remove_requested = Signal(int)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.asked: Asked | None = None
        self.chart = HistoryChart(zone, self)
        self.flow_chart = FlowChart(zone, self)
        self.several_chart = SeveralChart(zone, self)
        self.charts = QStackedWidget(self)
        for chart in (self.chart, self.flow_chart, self.several_chart):
            self.charts.addWidget(chart)
            chart.plot.view_changed.connect(self._on_view)
            chart.plot.chosen.connect(self.point_chosen)
        self._shown: TimeChart = self.chart
        self.figures = Figures(self)
        self.unusual = UnusualBar(zone, self)
        self.unusual.wanted.connect(self._on_unusual)
        self.zoomed = ZoomedBar(self)
        self.zoomed.all_wanted.connect(self._on_all_wanted)
        self.table = NumberTable(self)
        self.table.hide()
        self.table.remove_requested.connect(self.remove_requested)
        space = theme.current().space
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(2 * space)
        self._head.addWidget(self.figures)
        self._head.addWidget(self.table)
        self._head.addStretch(1)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.zoomed, 0, Qt.AlignmentFlag.AlignRight)
        beside.addWidget(self.unusual, 0, Qt.AlignmentFlag.AlignRight)
        self._head.addLayout(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(self._head)
        column.addWidget(self.charts, 1)

    @property
    def current(self) -> TimeChart:
        """The chart that is shown."""
        return self._shown

    @property
    def lines(self) -> Sequence[Line]:
        """What is drawn."""
        if self._shown is self.several_chart:
            return self.several_chart.lines
        line = self.flow_chart.line if self._shown is self.flow_chart else self.chart.line
        return [] if line is None else [line]

    def show_answer(
        self,
        asked: Asked,
        answer: Answer,
        known: Known,
        badges: Sequence[tuple[str, str]],
        view: View,
    ) -> None:
        """Show what was read.

        Args:
            asked: What was asked.
            answer: What was read.
            known: The cameras there are.
            badges: How right the numbers of each subject are: in short, and in whole sentences.
            view: What is in view now.
        """
        self.asked = asked
        self.unusual.hide()
        self._say_view(view)
        first = answer.lines[0]
        how = {"whole": asked.whole, "view": view}
        if len(answer.lines) > 1:
            names = [known.name(one) for one in asked.subjects]
            self.several_chart.show_lines(answer.lines, names, asked.size, **how)
            self._switch(self.several_chart)
            self._show_several(answer, names, badges)
        elif isinstance(first, FlowLine):
            self.flow_chart.show_line(first, asked.size, **how)
            other = answer.other if isinstance(answer.other, FlowLine) else None
            self.flow_chart.show_other(other, answer.other_edges)
            self._switch(self.flow_chart)
            self.figures.show_flow(flow_totals(first))
        else:
            is_sum = known.count(asked.subjects[0]) > 1
            self.chart.show_line(first, asked.size, is_sum=is_sum, **how)
            people = answer.other if isinstance(answer.other, HistoryLine) else None
            self.chart.show_other(people, answer.other_edges)
            self._switch(self.chart)
            self.figures.show_occupancy(totals(first), is_sum=is_sum)
        if len(answer.lines) == 1 and answer.other is not None and asked.other is not None:
            self._show_compared(asked, answer, answer.other, asked.other)
        if len(answer.lines) == 1:
            self.current.plot.tell(self.figures.spoken)
        else:
            self.current.plot.tell(", ".join(known.name(one) for one in asked.subjects))
        is_table = len(answer.lines) > 1 or answer.other is not None
        self.table.setVisible(is_table)
        self.figures.setVisible(not is_table)
        # A table needs all of the width: squeezed, it cuts words off.
        ways = QBoxLayout.Direction
        self._head.setDirection(ways.TopToBottom if is_table else ways.LeftToRight)

    def _switch(self, chart: TimeChart) -> None:
        """Show a chart; who had the keyboard in the one before has it here."""
        had_keyboard = self.current.plot.hasFocus() and self.current is not chart
        self._shown = chart
        self.charts.setCurrentWidget(chart)
        if had_keyboard:
            chart.plot.setFocus()

    def show_band(self, points: Sequence[UsualPoint] | None) -> None:
        """Show what is usual, and what was not; None for nothing."""
        band = self.chart.show_band(points)
        if band is None or self.asked is None:
            self.unusual.hide()
        else:
            self.unusual.show_found(self.chart.unusual, band, self.asked.size)

    def gaps(self) -> Sequence[tuple[float, float]]:
        """Return the stretches in which nothing that is drawn was measured."""
        return self.current.plot.gaps.bands

    def numbers(self) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
        """Return the numbers beside the chart: heads, and name and cells of each row."""
        if not self.lines:
            return (), ()
        if not self.table.isHidden():
            return self.table.heads, tuple((row.name, row.cells) for row in self.table.rows)
        line = self.lines[0]
        heads = tuple(name for name, _ in self._heads(line, is_audited=False))
        return heads, ((tr("In this time"), self._cells(line)),)

    def remarks(self) -> list[str]:
        """Return what must be known of the numbers besides, in whole sentences."""
        told = [self.table.note.text()] if not self.table.isHidden() else []
        if any(bool(line.corrected.any()) for line in self.lines):
            told.append(tr("Some numbers were corrected by people."))
        if not self.unusual.isHidden():
            told.append(f"{self.unusual.text.text()}.".replace("..", "."))
        return [one for one in told if one]

    def set_states(self, histories: Mapping[str, StateHistory]) -> None:
        """Take how the cameras were, so that gaps have a reason."""

        def reason(start_s: float, end_s: float) -> str:
            return reason_in(histories, start_s, end_s)

        for chart in (self.chart, self.flow_chart, self.several_chart):
            chart.set_reason(reason)

    @Slot()
    def _on_all_wanted(self) -> None:
        self.current.plot.show_all()
        self.current.plot.setFocus()

    @Slot(object)
    def _on_view(self, view: View) -> None:
        self._say_view(view)
        self.view_changed.emit(view)

    def _say_view(self, view: View) -> None:
        """Say what is in view, unless that is all."""
        if self.asked is None or view == self.asked.whole:
            self.zoomed.hide()
            return
        start, end = (datetime.fromtimestamp(one, UTC) for one in view)
        self.zoomed.tell(span_text(free_span(Range(start, end)), self._zone))

    @Slot(int)
    def _on_unusual(self, index: int) -> None:
        self.chart.plot.point_at(index)

    # ---------------------------------------------------------------- numbers

    def _heads(self, line: Line, *, is_audited: bool) -> list[tuple[str, str]]:
        names = [kind.name for kind in (PASSED if isinstance(line, FlowLine) else PEOPLE)]
        names += [marked("Coverage"), *([marked("Accuracy")] if is_audited else [])]
        return [(tr(name), MEANINGS[name]) for name in names]

    def _cells(self, line: Line) -> tuple[str, ...]:
        found = sums(line)
        kinds = PASSED if isinstance(line, FlowLine) else PEOPLE
        told = [
            amount(value, kind.decimals_of(value))
            for value, kind in zip(found.values, kinds, strict=True)
        ]
        return (*told, percent(found.coverage))

    def _show_several(
        self,
        answer: Answer,
        names: Sequence[str],
        badges: Sequence[tuple[str, str]],
    ) -> None:
        rows = [
            NumberRow(f"series{number}", name, (*self._cells(line), short), long)
            for number, (name, line, (short, long)) in enumerate(
                zip(names, answer.lines, badges, strict=True)
            )
        ]
        heads = self._heads(answer.lines[0], is_audited=True)
        self.table.show_rows(heads, rows, can_remove=True)

    def _show_compared(self, asked: Asked, answer: Answer, other: Line, then: Span) -> None:
        line = answer.lines[0]
        now_s = asked.now.timestamp()
        count = over_until(line.edges, now_s, asked.span.end.timestamp())
        until = float(line.edges[count]) if count else now_s
        is_running = asked.span.is_running(asked.now)
        over = line.first(count)
        there = other
        if is_running:
            same = int((answer.other_edges[1:] <= until + 1e-6).sum())
            there = other.first(same)
        now_sums, then_sums = sums(over), sums(there)
        note = doubt(now_sums, then_sums)
        kinds = PASSED if isinstance(line, FlowLine) else PEOPLE
        change = [
            difference(
                here,
                before,
                kind.decimals_of(here),
                in_percent=is_told_in_percent(kind, now_sums, then_sums),
            )
            for here, before, kind in zip(now_sums.values, then_sums.values, kinds, strict=True)
        ]
        if is_running:
            note = (
                tr("This time is not over: both are counted up to the same time of the clock.")
                + f" {note}"
            ).strip()
        heads = self._heads(line, is_audited=False)
        points = (now_sums.coverage - then_sums.coverage) * 100
        shift = tr("{points} points", points=language.number(points, "+.0f").replace("-", "\u2212"))
        rows = [
            NumberRow(
                "in" if isinstance(line, FlowLine) else "line",
                self._when(asked.wide, asked, asked.span),
                self._cells(over),
            ),
            NumberRow("other", self._when(asked.other_wide, asked, then), self._cells(there)),
            NumberRow("", tr("Difference"), (*change, "±0" if round(points) == 0 else shift)),
        ]
        self.table.show_rows(heads, rows, note=note)

    def _when(self, part: Range | None, asked: Asked, span: Span) -> str:
        """Say which time a row is about: all of it, or what is zoomed to."""
        if part is not None and self._is_zoomed(asked):
            span = free_span(part)
        return span_text(span, self._zone)

    @staticmethod
    def _is_zoomed(asked: Asked) -> bool:
        start, end = asked.wide.start.timestamp(), asked.wide.end.timestamp()
        return start > asked.whole[0] + 1 or end < asked.whole[1] - 1
