"""A chart of stored history: mean, peak, gaps, and how much of each step was measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.domain import Bucket, BucketSize
from camwatch.ui import theme
from camwatch.ui.charts.axis import step_text
from camwatch.ui.charts.coverage_strip import CoverageStrip
from camwatch.ui.charts.drawing import (
    Legend,
    area_brush,
    line_pen,
    peak_pen,
    steps,
)
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import HistoryLine, Totals, history_line, percent, totals

_BAR_SHARE = 0.8


class HistoryChart(QWidget):
    """Shows buckets of one camera, or of several added up.

    Days are bars; minutes and hours are a line that holds each value over its own
    time. The pointer tells the values.

    Attributes:
        line: What is shown; None before the first.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._size = BucketSize.HOUR
        self._is_sum = False
        self.line: HistoryLine | None = None
        self.plot = TimePlot(zone, self)
        self.plot.setAccessibleName("Occupancy over time")
        self.mean_line = pyqtgraph.PlotCurveItem(
            pen=line_pen(), brush=area_brush(), fillLevel=0, connect="finite", antialias=False
        )
        self.peak_line = pyqtgraph.PlotCurveItem(pen=peak_pen(), connect="finite", antialias=False)
        self.bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        for item in (self.bars, self.peak_line, self.mean_line):
            self.plot.add(item)
        self.plot.pointed.connect(self._on_pointed)
        self.legend = Legend(
            {
                "line": "mean",
                "steps": "peak",
                "bar": "share of the time that was measured",
                "gap": "not measured",
            },
            self,
        )
        self.strip = CoverageStrip(self.plot, self)
        space = theme.current().space
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.strip)
        layout.addLayout(foot)

    def show_buckets(
        self, buckets: Sequence[Bucket], size: BucketSize, now: datetime, *, is_sum: bool
    ) -> Totals:
        """Show these buckets.

        Args:
            buckets: In the order of time, without holes between them.
            size: How long each is.
            now: Later ones are left out, UTC.
            is_sum: They are several cameras added up, so a peak is an upper bound.

        Returns:
            What they come to.
        """
        self._size, self._is_sum = size, is_sum
        self.line = line = history_line(buckets, now)
        is_days = size is BucketSize.DAY
        known = ~np.isnan(line.mean)
        self.mean_line.setVisible(not is_days)
        self.mean_line.setData(*steps(line.edges, line.mean))
        self.peak_line.setData(*steps(line.edges, line.peak))
        lengths = np.diff(line.edges)
        inset = lengths * (1 - _BAR_SHARE) / 2
        self.bars.setVisible(is_days)
        self.bars.setOpts(
            x0=(line.edges[:-1] + inset)[known],
            x1=(line.edges[1:] - inset)[known],
            y0=0,
            height=line.mean[known],
            pen=line_pen(),
            brush=area_brush(),
        )
        self.plot.gaps.set_bands(line.gaps)
        if len(line.mean):
            highest = float(np.nanmax(line.peak)) if known.any() else np.nan
            self.plot.set_range(float(line.edges[0]), float(line.edges[-1]), highest)
        self.plot.set_slots(line.edges)
        self.plot.show_empty("" if known.any() else "Nothing was recorded in this time.")
        self.strip.show_line(line)
        return totals(line)

    @Slot(object)
    def _on_pointed(self, index: int | None) -> None:
        if index is None or self.line is None:
            return
        mean, peak = self.line.mean[index], self.line.peak[index]
        if np.isnan(mean):
            said = "not measured"
        else:
            most = "at most " if self._is_sum else ""
            said = f"mean {mean:.1f}, peak {most}{peak:.0f}"
            said += f", coverage {percent(float(self.line.coverage[index]))}"
            if (still := float(self.line.still[index])) >= 0.01:
                said += f", {percent(still)} of it still"
        when = step_text(self.line.edges, index, self._size, self._zone)
        self.plot.show_hint(f"{when}   {said}")
