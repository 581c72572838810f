"""A chart of who passed a line: in and out side by side, gaps, and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.domain import BucketSize, FlowBucket
from camwatch.ui import theme, words
from camwatch.ui.charts.axis import step_text
from camwatch.ui.charts.coverage_strip import CoverageStrip
from camwatch.ui.charts.drawing import Legend, in_brush, in_pen, out_brush, out_pen
from camwatch.ui.charts.flow import FlowLine, FlowTotals, flow_line, flow_totals
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import percent

_PAIR_SHARE = 0.8
"""Of a step, taken by its two bars together."""


class FlowChart(QWidget):
    """Shows who passed one line or gate. The pointer tells the values.

    Attributes:
        line: What is shown; None before the first.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._size = BucketSize.HOUR
        self.line: FlowLine | None = None
        self.plot = TimePlot(zone, self)
        self.plot.setAccessibleName("People passing in and out over time")
        self.in_bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        self.out_bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[])
        for item in (self.in_bars, self.out_bars):
            self.plot.add(item)
        self.plot.pointed.connect(self._on_pointed)
        self.legend = Legend(
            {
                "in": "in",
                "out": "out",
                "bar": "share of the time in which passing could be counted",
                "gap": "not counted",
            },
            self,
        )
        self.strip = CoverageStrip(self.plot, self)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.strip)
        layout.addLayout(foot)

    def show_buckets(
        self, buckets: Sequence[FlowBucket], size: BucketSize, now: datetime
    ) -> FlowTotals:
        """Show these buckets.

        Args:
            buckets: In the order of time, without holes between them.
            size: How long each is.
            now: Later ones are left out, UTC.

        Returns:
            What they come to.
        """
        self._size = size
        self.line = line = flow_line(buckets, now)
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
        self.plot.gaps.set_bands(line.gaps)
        if len(line.coverage):
            both = np.concatenate([line.inwards[known], line.outwards[known]])
            highest = float(both.max()) if len(both) else np.nan
            self.plot.set_range(float(line.edges[0]), float(line.edges[-1]), highest)
        self.plot.set_slots(line.edges)
        self.plot.show_empty("" if known.any() else "Nobody could be counted in this time.")
        self.strip.show_line(line)
        return flow_totals(line)

    @Slot(object)
    def _on_pointed(self, index: int | None) -> None:
        if index is None or self.line is None:
            return
        if np.isnan(self.line.inwards[index]):
            said = "not counted"
        else:
            said = words.in_out(int(self.line.inwards[index]), int(self.line.outwards[index]))
            said += f", coverage {percent(float(self.line.coverage[index]))}"
        when = step_text(self.line.edges, index, self._size, self._zone)
        self.plot.show_hint(f"{when}   {said}")
