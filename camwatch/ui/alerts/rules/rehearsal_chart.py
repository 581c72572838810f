"""A chart of what a rule is rehearsed against, with marks where it would have fired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.alerts.alert import Subject
from camwatch.alerts.minutes import StoredHistory
from camwatch.alerts.rehearsal import Judged, Rehearsal
from camwatch.alerts.rules import CameraCondition, Rule, Side
from camwatch.alerts.wall_clock import WEEK
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.charts.drawing import (
    Legend,
    area_brush,
    line_pen,
    mark_colors,
    steps,
    threshold_pen,
)
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import Values, gaps

_MOST_BINS = 720
_MARK = 11
_LEAST_MIN = 60


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Minutes gathered to so few that each can be seen.

    Attributes:
        edges: Seconds since 1970, one more than there are values.
        values: The number of each bin that the rule looks at; NaN where nothing is known.
        thresholds: NaN where there is none.
    """

    edges: Values
    values: Values
    thresholds: Values


def gathered(judged: Judged, start: datetime, side: Side) -> Bins:
    """Gather minutes: of each bin the highest number counts, or the lowest if the rule is below.

    Args:
        judged: Minute by minute.
        start: The first minute.
        side: Of the rule.
    """
    count = len(judged.values)
    width = max(1, -(-count // _MOST_BINS))
    bins = -(-count // width)

    def reduce(numbers: npt.NDArray[np.float32], *, least: bool) -> Values:
        filler = np.inf if least else -np.inf
        padded = np.full(bins * width, filler)
        padded[:count] = np.where(np.isnan(numbers), filler, numbers)
        rows = padded.reshape(bins, width)
        found: Values = rows.min(axis=1) if least else rows.max(axis=1)
        return np.where(np.isinf(found), np.nan, found)

    is_below = side is Side.BELOW
    first = start.timestamp()
    edges = first + np.minimum(np.arange(bins + 1) * width, count) * 60.0
    return Bins(
        edges, reduce(judged.values, least=is_below), reduce(judged.thresholds, least=not is_below)
    )


class RehearsalChart(QWidget):
    """What was measured, the threshold, and a triangle at each alert."""

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tokens = theme.current()
        self._zone = zone
        self._bins: Bins | None = None
        self.plot = TimePlot(zone, self)
        self.plot.setAccessibleName(tr("Stored history, and where the rule would have fired"))
        self.line = pyqtgraph.PlotCurveItem(
            pen=line_pen(), brush=area_brush(), fillLevel=0, connect="finite", antialias=False
        )
        self.limit = pyqtgraph.PlotCurveItem(pen=threshold_pen(), connect="finite", antialias=False)
        self.quiet = self._marks(is_told=False)
        self.marks = self._marks(is_told=True)
        for item in (self.line, self.limit, self.quiet, self.marks):
            self.plot.add(item)
        self.plot.pointed.connect(self._on_pointed)
        self.legend = Legend(
            {
                "line": tr("stored"),
                "threshold": tr("threshold"),
                "told": tr("alert"),
                "quiet": tr("kept quiet"),
                "gap": tr("not known"),
            },
            self,
        )
        space = tokens.space
        foot = QHBoxLayout()
        foot.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.plot, 1)
        column.addLayout(foot)

    def _marks(self, *, is_told: bool) -> pyqtgraph.ScatterPlotItem:
        edge, filling = mark_colors(is_told=is_told)
        return pyqtgraph.ScatterPlotItem(
            symbol="t", size=_MARK, pen=pyqtgraph.mkPen(edge), brush=pyqtgraph.mkBrush(filling)
        )

    def clear(self, why: str) -> None:
        """Show nothing, and say why."""
        self._bins = None
        for item in (self.line, self.limit):
            item.setData([], [])
        for marks in (self.quiet, self.marks):
            marks.setData([], [])
        self.plot.gaps.set_bands([])
        self.plot.set_slots(np.zeros(0))
        self.plot.show_empty(why)

    def show_rehearsal(
        self, rule: Rule, history: StoredHistory, rehearsal: Rehearsal, subject: Subject
    ) -> None:
        """Show one subject of a rehearsal, from a little before the first minute that is known."""
        side = getattr(rule.condition, "side", Side.ABOVE)
        # A month of which only today is stored would be a month of nothing, and today a line.
        skipped = max(history.minutes - max(round(history.weeks * WEEK * 1.05), _LEAST_MIN), 0)
        judged = rehearsal.judged[subject]
        shown = replace(
            judged, values=judged.values[skipped:], thresholds=judged.thresholds[skipped:]
        )
        self._bins = bins = gathered(shown, history.start + timedelta(minutes=skipped), side)
        is_trouble = isinstance(rule.condition, CameraCondition)
        self.line.setData(*steps(bins.edges, bins.values))
        self.limit.setData(*steps(bins.edges, bins.thresholds))
        self.plot.gaps.set_bands(gaps(bins.edges, bins.values))
        tops = [one for one in (bins.values, bins.thresholds) if not np.isnan(one).all()]
        highest = max((float(np.nanmax(one)) for one in tops), default=1.0)
        top = 1.0 if is_trouble else max(highest, 1.0) * 1.1
        self.plot.set_range(float(bins.edges[0]), float(bins.edges[-1]), top)
        self.plot.set_slots(bins.edges)
        self.plot.show_empty("")
        for marks, is_told in ((self.marks, True), (self.quiet, False)):
            here = [
                one for one in rehearsal.alerts if one.subject == subject and one.is_told is is_told
            ]
            marks.setData(
                [one.at.timestamp() for one in here],
                [top if one.value is None else max(one.value, 0.0) for one in here],
            )

    @Slot(object)
    def _on_pointed(self, index: int | None) -> None:
        if index is None or self._bins is None:
            return
        bins = self._bins
        at = datetime.fromtimestamp(bins.edges[index], self._zone)
        value, limit = bins.values[index], bins.thresholds[index]
        said = tr("not known") if np.isnan(value) else f"{value:g}"
        more = "" if np.isnan(limit) else tr(", threshold {limit:.3g}", limit=limit)
        when = tr("{at:%a %d %b, %H:%M}", at=at)
        self.plot.show_hint(f"{when}   {said}{more}")
