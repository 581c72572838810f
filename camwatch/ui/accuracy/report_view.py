"""What an audit found: the number in large, one sentence, a table, and the chart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from camwatch import language
from camwatch.accuracy import AuditKind, AuditReport, Estimate, GroupResult
from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.accuracy.interval_chart import IntervalChart
from camwatch.ui.accuracy.wording import (
    CROWDINGS,
    LIGHTS,
    between,
    percent,
    result_sentence,
    signed,
    spread,
    tendency,
    time_left,
)
from camwatch.ui.forms import plain_label
from camwatch.ui.words import sentence

_HEAD = listed(
    lambda: (
        "",
        tr("Right"),
        tr("Too many (+), too few (−)"),
        tr("Size of the error"),
        tr("Compared"),
    )
)
_BIG = 40


class ReportView(QWidget):
    """Shows a report.

    Args:
        is_wide: The chart stands beside the numbers, not below them.
    """

    def __init__(self, parent: QWidget | None = None, *, is_wide: bool = False) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.number = QLabel(self)
        self.number.setStyleSheet(f"font-size: {theme.px(_BIG)}px; font-weight: 600;")
        self.certainty = plain_label("", "muted", self)
        self.summary = plain_label("", "", self)
        self._table = QWidget(self)
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(space + space // 2)
        self._grid.setVerticalSpacing(space // 2)
        self.unit = plain_label("", "muted", self)
        self.chart = IntervalChart(self)
        words = QVBoxLayout()
        words.setSpacing(space)
        for part in (self.number, self.certainty, self.summary, self._table, self.unit):
            words.addWidget(part)
        whole = QHBoxLayout(self) if is_wide else QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3 * space)
        whole.addLayout(words, 5 if is_wide else 0)
        whole.addWidget(self.chart, 4 if is_wide else 1)
        if is_wide:
            words.addStretch(1)

    def show_report(self, report: AuditReport) -> None:
        """Show this report."""
        accuracy = report.overall.accuracy
        if accuracy is not None:
            self.number.setText(f"{percent(accuracy)} {spread(accuracy)}")
            certainty = tr(
                "right; with a certainty of 95 % it is {between}", between=between(accuracy)
            )
            self.certainty.setText(certainty)
        else:
            nobody = report.overall.nobody_came
            self.number.setText(tr("Nobody came") if nobody else tr("Too little to say"))
            self.certainty.setText("")
        self.certainty.setVisible(bool(self.certainty.text()))
        said = [result_sentence(report), tendency(report.overall), _passages(report)]
        self.summary.setText(" ".join(one for one in said if one))
        if report.kind is AuditKind.PICTURES:
            compared = tr("picture by picture")
        else:
            compared = tr("every {time_left}", time_left=time_left(report.interval_s))
        self.unit.setText(
            tr(
                "Errors in people, compared {compared}. In brackets: where the real value is, with a "
                "certainty of 95 %.",
                compared=compared,
            )
        )
        self._fill(report)
        self.chart.show_report(report)

    def _fill(self, report: AuditReport) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._row(0, [(text, "muted") for text in _HEAD])
        groups = [report.overall, *report.by_light, *report.by_crowding]
        for row, group in enumerate(groups, 1):
            self._row(row, _cells(group))
        self._grid.setColumnStretch(2, 1)

    def _row(self, row: int, cells: Sequence[tuple[str, str]]) -> None:
        for column, (text, role) in enumerate(cells):
            label = plain_label(text, role, self._table)
            label.setWordWrap(row == 0)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, row, column)


def _cells(group: GroupResult) -> list[tuple[str, str]]:
    """Return the words of a row, each with its role."""
    if group.light is not None:
        name = sentence(LIGHTS[group.light])
    elif group.crowding is not None:
        name = sentence(CROWDINGS[group.crowding])
    else:
        name = tr("All")
    if group.accuracy is not None:
        right = f"{percent(group.accuracy)} ({between(group.accuracy)})", ""
    else:
        right = (tr("nobody there"), "") if group.nobody_came else _too_few()
    return [
        (name, ""),
        right,
        _with_range(group.signed, is_signed=True),
        _with_range(group.absolute, is_signed=False),
        (str(group.intervals), ""),
    ]


def _too_few() -> tuple[str, str]:
    return tr("too few to say"), "muted"


def _with_range(estimate: Estimate | None, *, is_signed: bool) -> tuple[str, str]:
    """Say "+0.4 (+0.1 to +0.7)"."""
    if estimate is None:
        return _too_few()
    values = (estimate.value, estimate.low, estimate.high)
    value, low, high = (signed(one) if is_signed else language.number(one, ".1f") for one in values)
    return tr("{value} ({low} to {high})", value=value, low=low, high=high), ""


def _passages(report: AuditReport) -> str:
    """Say which passages were seen one by one; "" for other audits."""
    match = report.passages
    if match is None:
        return ""
    ins, outs = match.inwards, match.outwards
    return tr(
        "In: {ins}, counted {ins2}. Out: {outs}, counted {outs2}. "
        "{count} missed, {count2} counted without anybody.",
        ins=ins[0],
        ins2=ins[1],
        outs=outs[0],
        outs2=outs[1],
        count=len(match.missed),
        count2=len(match.false),
    )
