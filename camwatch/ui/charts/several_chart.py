"""A chart of up to six subjects at once: a line for each, in its own colour and style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QWidget

from camwatch.domain import BucketSize
from camwatch.language import tr
from camwatch.ui import words
from camwatch.ui.charts.drawing import series_pen, steps
from camwatch.ui.charts.flow import FlowLine
from camwatch.ui.charts.layers import highest_of
from camwatch.ui.charts.series import HistoryLine, Values, gaps, percent
from camwatch.ui.charts.subjects import MOST_SUBJECTS
from camwatch.ui.charts.time_chart import WHAT_TO_DO, TimeChart
from camwatch.ui.charts.zoom import View

_NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """How much was measured of several subjects together.

    Attributes:
        edges: Start of each step and the end of the last one, seconds since 1970.
        coverage: The mean of all, 0 to 1.
        values: NaN where none of them was measured.
    """

    edges: Values
    coverage: Values
    values: Values

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """The stretches in which none of them was measured, seconds since 1970."""
        return gaps(self.edges, self.values)


def charted(line: HistoryLine | FlowLine) -> Values:
    """Return what is drawn of a subject: the mean of people in view, or who passed inwards."""
    return line.mean if isinstance(line, HistoryLine) else line.inwards


def together(lines: Sequence[HistoryLine | FlowLine]) -> Together:
    """Tell how much was measured of several subjects of the same time."""
    all_values = np.array([charted(line) for line in lines])
    is_any = np.isfinite(all_values).any(axis=0)
    coverage = np.mean([line.coverage for line in lines], axis=0)
    return Together(lines[0].edges, coverage, np.where(is_any, 1.0, np.nan))


class SeveralChart(TimeChart):
    """Compares subjects. The pointer tells the values of all of them.

    Attributes:
        lines: What is shown, in the order of their colours.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(
            zone,
            tr("Several cameras compared over time"),
            {
                "corrected": tr("corrected"),
                "bar": tr("share of the time that was measured, of all together"),
                "gap": tr("none was measured"),
            },
            parent,
        )
        self.lines: list[HistoryLine | FlowLine] = []
        self._names: list[str] = []
        self._together: Together | None = None
        self.curves = [
            pyqtgraph.PlotCurveItem(pen=series_pen(number), connect="finite", antialias=False)
            for number in range(MOST_SUBJECTS)
        ]
        for curve in reversed(self.curves):
            self.plot.add(curve)
        self.legend.set_shown("corrected", False)

    def show_lines(
        self,
        lines: Sequence[HistoryLine | FlowLine],
        names: Sequence[str],
        size: BucketSize,
        *,
        whole: View | None = None,
        view: View | None = None,
    ) -> None:
        """Show these subjects.

        Args:
            lines: All of the same time and the same steps; one at least.
            names: How they are called.
            size: Of the steps.
            whole: From where to where there is anything to see; None is as the lines.
            view: What of it is seen; None is all.
        """
        self._size = size
        self.lines, self._names = list(lines), list(names)
        self._together = found = together(lines)
        for number, curve in enumerate(self.curves):
            is_used = number < len(lines)
            curve.setVisible(is_used)
            if is_used:
                curve.setPen(series_pen(number, len(lines[number].coverage)))
                curve.setData(*steps(lines[number].edges, charted(lines[number])))
            else:
                curve.setData([], [])
        corrected = np.any([line.corrected for line in lines], axis=0)
        is_empty = bool(np.isnan(found.values).all())
        empty = (
            tr("Nothing was recorded in this time.\n{what_to_do}", what_to_do=WHAT_TO_DO)
            if is_empty
            else ""
        )
        self._frame(found, corrected, whole, view, empty)

    def highest(self) -> float:
        """Return the highest value that is drawn; NaN if there is none."""
        return highest_of(*(charted(line) for line in self.lines))

    def edges(self) -> Values:
        """Return start of each step and the end of the last one; empty before anything is shown."""
        return self.lines[0].edges if self.lines else _NOTHING

    def said_at(self, index: int) -> str:
        """Say what there is at a step, a row for each subject."""
        return "".join(
            f"\n{words.shortened(name, 32)}: {_said(line, index)}"
            for name, line in zip(self._names, self.lines, strict=True)
        )


def _said(line: HistoryLine | FlowLine, index: int) -> str:
    if np.isnan(charted(line)[index]):
        return tr("not measured") if isinstance(line, HistoryLine) else tr("not counted")
    if isinstance(line, HistoryLine):
        said = tr("mean {mean:.1f}, peak {peak:.0f}", mean=line.mean[index], peak=line.peak[index])
    else:
        said = words.in_out(int(line.inwards[index]), int(line.outwards[index]))
    return tr("{said}, coverage {percent}", said=said, percent=percent(float(line.coverage[index])))
