"""A chart of stored history: mean, peak, gaps, and how much of each step was measured."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QWidget

from camwatch.domain import BucketSize
from camwatch.history.asking import UsualPoint
from camwatch.language import tr
from camwatch.ui.charts.drawing import area_brush, line_pen, peak_pen, steps
from camwatch.ui.charts.layers import OtherLine, UsualBand, highest_of
from camwatch.ui.charts.series import HistoryLine, Values, percent
from camwatch.ui.charts.time_chart import WHAT_TO_DO, TimeChart
from camwatch.ui.charts.unusual import Band, Unusual, band_of, unusual_in
from camwatch.ui.charts.zoom import View

_BAR_SHARE = 0.8
_BARS = frozenset({BucketSize.DAY, BucketSize.WEEK, BucketSize.MONTH})
_MOST_BARS = 120
"""More bars than this are hardly anything but edges."""

_NOTHING = np.zeros(0)


class HistoryChart(TimeChart):
    """Shows buckets of one camera, or of several added up.

    Days and what is longer are bars, unless there are very many; the rest is a line that holds
    each value over its own time. The pointer tells the values. Another time can be laid over it, and what is usual.

    Attributes:
        line: What is shown; None before the first.
        unusual: What was not as usual, while the band is shown.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(
            zone,
            tr("Occupancy over time"),
            {
                "line": tr("mean"),
                "steps": tr("peak"),
                "other": tr("the other time"),
                "band": tr("usual"),
                "unusual": tr("more, fewer than usual"),
                "corrected": tr("corrected"),
                "bar": tr("share of the time that was measured"),
                "gap": tr("not measured"),
            },
            parent,
        )
        self._is_sum = False
        self.line: HistoryLine | None = None
        self._other: HistoryLine | None = None
        self._other_edges: Values | None = None
        self._band: Band | None = None
        self.unusual: list[Unusual] = []
        self.usual = UsualBand(self.plot)
        self.mean_line = pyqtgraph.PlotCurveItem(
            pen=line_pen(), brush=area_brush(), fillLevel=0, connect="finite", antialias=False
        )
        self.peak_line = pyqtgraph.PlotCurveItem(pen=peak_pen(), connect="finite", antialias=False)
        self.bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        for item in (self.bars, self.peak_line, self.mean_line):
            self.plot.add(item)
        self.other_line = OtherLine(self.plot)
        self.show_other(None, _NOTHING)
        self.show_band(None)
        self.legend.set_shown("corrected", False)

    def show_line(
        self,
        line: HistoryLine,
        size: BucketSize,
        *,
        is_sum: bool,
        whole: View | None = None,
        view: View | None = None,
    ) -> None:
        """Show these numbers; what was laid over them goes away.

        Args:
            line: The numbers.
            size: How long each step is.
            is_sum: They are several cameras added up, so a peak is an upper bound.
            whole: From where to where there is anything to see; None is as the line.
            view: What of it is seen; None is all.
        """
        self._size, self._is_sum = size, is_sum
        self.line = line
        self._band, self.unusual = None, []
        self.show_other(None, _NOTHING)
        self.show_band(None)
        is_bars = size in _BARS and len(line.mean) <= _MOST_BARS
        known = ~np.isnan(line.mean)
        self.mean_line.setVisible(not is_bars)
        self.mean_line.setData(*steps(line.edges, line.mean))
        self.peak_line.setData(*steps(line.edges, line.peak))
        lengths = np.diff(line.edges)
        inset = lengths * (1 - _BAR_SHARE) / 2
        self.bars.setVisible(is_bars)
        self.bars.setOpts(
            x0=(line.edges[:-1] + inset)[known],
            x1=(line.edges[1:] - inset)[known],
            y0=0,
            height=line.mean[known],
            pen=line_pen(),
            brush=area_brush(),
        )
        empty = (
            ""
            if known.any()
            else tr("Nothing was recorded in this time.\n{what_to_do}", what_to_do=WHAT_TO_DO)
        )
        self._frame(line, line.corrected, whole, view, empty)

    def show_other(self, other: HistoryLine | None, edges: Values) -> None:
        """Lay another time over it.

        Args:
            other: Its numbers; None for nothing.
            edges: Where its steps are drawn.
        """
        self._other, self._other_edges = other, edges if other is not None else None
        self.legend.set_shown("other", other is not None)
        if other is None:
            self.other_line.clear()
        else:
            self.other_line.show(edges, other.mean)
            self.plot.set_top(self.highest())

    def show_band(self, points: Sequence[UsualPoint] | None) -> Band | None:
        """Show what is usual, and mark what was not; None for nothing."""
        self._band = None
        if points is None or self.line is None:
            self.unusual = []
            self.usual.clear()
        else:
            self._band = band_of(points, self.line)
            self.unusual = unusual_in(self.line, self._band)
            self.usual.show(self._band, self.unusual)
            self.plot.set_top(self.highest())
        self.legend.set_shown("band", self._band is not None)
        self.legend.set_shown("unusual", bool(self.unusual))
        return self._band

    def highest(self) -> float:
        """Return the highest value that is drawn; NaN if there is none."""
        drawn = [self.line.peak if self.line is not None else _NOTHING]
        if self._other is not None:
            drawn.append(self._other.mean)
        if self._band is not None:
            drawn.append(self._band.high)
        return highest_of(*drawn)

    def edges(self) -> Values:
        """Return start of each step and the end of the last one; empty before anything is shown."""
        return _NOTHING if self.line is None else self.line.edges

    def said_at(self, index: int) -> str:
        """Say what there is at a step."""
        line = self.line
        if line is None:
            return ""
        mean, peak = line.mean[index], line.peak[index]
        if np.isnan(mean):
            said = self._gap_text(tr("not measured"), line, index)
        else:
            values = {
                "mean": mean,
                "peak": peak,
                "percent": percent(float(line.coverage[index])),
            }
            said = (
                tr("mean {mean:.1f}, peak at most {peak:.0f}, coverage {percent}", **values)
                if self._is_sum
                else tr("mean {mean:.1f}, peak {peak:.0f}, coverage {percent}", **values)
            )
            if (still := float(line.still[index])) >= 0.01:
                said += tr(", {percent} of it still", percent=percent(still))
            if line.corrected[index]:
                said += tr(", corrected")
        return f"{said}{self._usual_text(index)}{self._other_text(line, index)}"

    def _usual_text(self, index: int) -> str:
        band = self._band
        if band is None or np.isnan(band.low[index]):
            return ""
        usual = {"low": float(band.low[index]), "high": float(band.high[index])}
        found = next((one for one in self.unusual if one.index == index), None)
        if found is None:
            return tr("\nusually {low:.1f} to {high:.1f}", **usual)
        if found.is_more:
            return tr("\nusually {low:.1f} to {high:.1f}: more than usual", **usual)
        return tr("\nusually {low:.1f} to {high:.1f}: fewer than usual", **usual)

    def _other_text(self, line: HistoryLine, index: int) -> str:
        found = self._step_over(self._other_edges, line.edges, index)
        if self._other is None or found is None:
            return ""
        mean = self._other.mean[found]
        if np.isnan(mean):
            return tr("\nthe other time: not measured")
        return tr(
            "\nthe other time: mean {mean:.1f}, peak {peak:.0f}, coverage {percent}",
            mean=mean,
            peak=self._other.peak[found],
            percent=percent(float(self._other.coverage[found])),
        )
