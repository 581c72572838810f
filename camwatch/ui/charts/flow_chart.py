"""A chart of who passed a line: in and out side by side, gaps, and coverage."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QWidget

from camwatch.domain import BucketSize
from camwatch.language import tr
from camwatch.ui import words
from camwatch.ui.charts.drawing import in_brush, in_pen, out_brush, out_pen
from camwatch.ui.charts.flow import FlowLine
from camwatch.ui.charts.layers import OtherLine, highest_of
from camwatch.ui.charts.series import Values, percent
from camwatch.ui.charts.time_chart import WHAT_TO_DO, TimeChart
from camwatch.ui.charts.zoom import View

_PAIR_SHARE = 0.8
"""Of a step, taken by its two bars together."""

_NOTHING = np.zeros(0)


class FlowChart(TimeChart):
    """Shows who passed one line or gate. The pointer tells the values.

    Attributes:
        line: What is shown; None before the first.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(
            zone,
            tr("People passing in and out over time"),
            {
                "in": tr("in"),
                "out": tr("out"),
                "other": tr("in, the other time"),
                "corrected": tr("corrected"),
                "bar": tr("share of the time in which passing could be counted"),
                "gap": tr("not counted"),
            },
            parent,
        )
        self.line: FlowLine | None = None
        self._other: FlowLine | None = None
        self._other_edges: Values | None = None
        self.in_bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        self.out_bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        for item in (self.in_bars, self.out_bars):
            self.plot.add(item)
        self.other_line = OtherLine(self.plot)
        self.show_other(None, _NOTHING)
        self.legend.set_shown("corrected", False)

    def show_line(
        self,
        line: FlowLine,
        size: BucketSize,
        *,
        whole: View | None = None,
        view: View | None = None,
    ) -> None:
        """Show these numbers; what was laid over them goes away.

        Args:
            line: The numbers.
            size: How long each step is.
            whole: From where to where there is anything to see; None is as the line.
            view: What of it is seen; None is all.
        """
        self._size = size
        self.line = line
        self.show_other(None, _NOTHING)
        known = ~np.isnan(line.inwards)
        lengths = np.diff(line.edges)
        left = (line.edges[:-1] + lengths * (1 - _PAIR_SHARE) / 2)[known]
        half = (lengths * _PAIR_SHARE / 2)[known]
        self.in_bars.setOpts(
            x0=left,
            x1=left + half,
            y0=0,
            height=line.inwards[known],
            pen=in_pen(),
            brush=in_brush(),
        )
        self.out_bars.setOpts(
            x0=left + half,
            x1=left + 2 * half,
            y0=0,
            height=line.outwards[known],
            pen=out_pen(),
            brush=out_brush(),
        )
        empty = (
            ""
            if known.any()
            else tr("Nobody could be counted in this time.\n{what_to_do}", what_to_do=WHAT_TO_DO)
        )
        self._frame(line, line.corrected, whole, view, empty)

    def show_other(self, other: FlowLine | None, edges: Values) -> None:
        """Lay who passed inwards in another time over it.

        Args:
            other: Its numbers; None for nothing.
            edges: Where its steps are drawn.
        """
        self._other, self._other_edges = other, edges if other is not None else None
        self.legend.set_shown("other", other is not None)
        if other is None:
            self.other_line.clear()
        else:
            self.other_line.show(edges, other.inwards)
            self.plot.set_top(self.highest())

    def highest(self) -> float:
        """Return the highest value that is drawn; NaN if there is none."""
        drawn = [] if self.line is None else [self.line.inwards, self.line.outwards]
        if self._other is not None:
            drawn.append(self._other.inwards)
        return highest_of(*drawn)

    def edges(self) -> Values:
        """Return start of each step and the end of the last one; empty before anything is shown."""
        return _NOTHING if self.line is None else self.line.edges

    def said_at(self, index: int) -> str:
        """Say what there is at a step."""
        if self.line is None:
            return ""
        said = self._of(self.line, index)
        if self.line.corrected[index]:
            said += tr(", corrected")
        found = self._step_over(self._other_edges, self.line.edges, index)
        if self._other is not None and found is not None:
            said += tr("\nthe other time: {of}", of=self._of(self._other, found))
        return said

    def _of(self, line: FlowLine, index: int) -> str:
        if np.isnan(line.inwards[index]):
            return self._gap_text(tr("not counted"), line, index)
        said = words.in_out(int(line.inwards[index]), int(line.outwards[index]))
        return tr(
            "{said}, coverage {percent}", said=said, percent=percent(float(line.coverage[index]))
        )
