"""What lies over or under the numbers of a chart: another time, the usual band, corrections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph
from PySide6.QtGui import QBrush

from camwatch.ui import theme
from camwatch.ui.charts.drawing import (
    band_brush,
    band_pen,
    corrected_brush,
    other_pen,
    steps,
    unusual_color,
)
from camwatch.ui.charts.plot import GapBands, TimePlot
from camwatch.ui.charts.series import Values
from camwatch.ui.charts.unusual import Band, Unusual

_MARK_PX = 12


class CorrectedBands(GapBands):
    """Dots the stretches that people corrected, over the whole height."""

    @property
    def filling(self) -> QBrush:
        """What the bands are filled with."""
        return corrected_brush()


class OtherLine:
    """The time that is compared with, as a paler, dashed line."""

    def __init__(self, plot: TimePlot) -> None:
        self.item = pyqtgraph.PlotCurveItem(pen=other_pen(), connect="finite", antialias=False)
        plot.add(self.item)
        self.clear()

    def show(self, edges: Values, values: Values) -> None:
        """Show values that each last from one edge to the next."""
        self.item.setPen(other_pen(len(values)))
        self.item.setData(*steps(edges, values))
        self.item.setVisible(True)

    def clear(self) -> None:
        """Show nothing."""
        self.item.setData([], [])
        self.item.setVisible(False)


class UsualBand:
    """The band of what is usual, its middle, and marks at what was not."""

    def __init__(self, plot: TimePlot) -> None:
        nothing = {"connect": "finite", "antialias": False}
        self.low = pyqtgraph.PlotCurveItem(pen=None, **nothing)
        self.high = pyqtgraph.PlotCurveItem(pen=None, **nothing)
        self.middle = pyqtgraph.PlotCurveItem(pen=band_pen(), **nothing)
        self.filling = pyqtgraph.FillBetweenItem(self.low, self.high, brush=band_brush())
        self.marks = pyqtgraph.ScatterPlotItem(
            size=theme.px(_MARK_PX), pen=unusual_color(), brush=None, pxMode=True
        )
        self.marks.setZValue(5)
        for item in (self.filling, self.low, self.high, self.middle, self.marks):
            plot.add(item)
        self.filling.setZValue(-5)
        self.clear()

    def show(self, band: Band, unusual: Sequence[Unusual]) -> None:
        """Show what is usual, and mark what was not: a triangle up is more, one down is less."""
        # A filled band must have no hole: what is not known is as high as nothing.
        known = np.isfinite(band.low)
        for item, values in ((self.low, band.low), (self.high, band.high)):
            item.setData(*steps(band.edges, np.where(known, values, 0.0)))
        self.middle.setPen(band_pen(len(band.middle)))
        self.middle.setData(*steps(band.edges, band.middle))
        self.marks.setData(
            x=[one.at_s for one in unusual],
            y=[one.value for one in unusual],
            symbol=["t1" if one.is_more else "t" for one in unusual],
        )
        self._set_visible(True)

    def clear(self) -> None:
        """Show nothing."""
        for item in (self.low, self.high, self.middle):
            item.setData([], [])
        self.marks.setData(x=[], y=[])
        self._set_visible(False)

    def _set_visible(self, is_visible: bool) -> None:
        for item in (self.filling, self.middle, self.marks):
            item.setVisible(is_visible)


def highest_of(*several: Values) -> float:
    """Return the highest known of all these values; NaN if none is known."""
    known = [values[np.isfinite(values)] for values in several]
    together = np.concatenate(known) if known else np.zeros(0)
    return float(together.max()) if len(together) else float("nan")
