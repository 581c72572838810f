"""What the charts of the past have in common: a plot that can be zoomed, coverage, a legend."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.domain import BucketSize
from camwatch.language import marked
from camwatch.ui import theme
from camwatch.ui.charts.axis import step_text
from camwatch.ui.charts.coverage_strip import CoverageStrip, Measured
from camwatch.ui.charts.drawing import Legend
from camwatch.ui.charts.layers import CorrectedBands
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import Flags, Values, stretches
from camwatch.ui.charts.zoom import View

GapReason = Callable[[float, float], str]
"""Says why nothing was measured between two moments, seconds since 1970; "" if nobody knows."""

WHAT_TO_DO = marked(
    "Go to another time with the arrows above, or see under Live how the cameras are."
)
"""Said where there is nothing to see."""


class TimeChart(QWidget):
    """A plot with the coverage below it, whose pointer tells the values.

    Attributes:
        plot: Where things are drawn.
        legend: What they mean.
        strip: How much was measured.

    Args:
        zone: The site's time zone.
        name: What is charted, for who cannot see it.
        legend: Kinds of a `Swatch`, and what they mean.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        name: str,
        legend: dict[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._zone = zone
        self._size = BucketSize.HOUR
        self._reason: GapReason = lambda _start, _end: ""
        self.plot = TimePlot(zone, self, can_zoom=True)
        self.plot.setAccessibleName(name)
        self.corrected = CorrectedBands()
        self.plot.add(self.corrected)
        self.plot.pointed.connect(self._on_pointed)
        self.legend = Legend(legend, self)
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

    def set_reason(self, reason: GapReason) -> None:
        """Let the pointer say why there is a gap."""
        self._reason = reason

    def _frame(
        self, line: Measured, flags: Flags, whole: View | None, view: View | None, empty: str
    ) -> None:
        """Show where the time begins and ends, its gaps and what was corrected.

        Args:
            line: What is shown.
            flags: Which steps were corrected.
            whole: From where to where there is anything to see; None is as the line.
            view: What of it is seen; None is all.
            empty: Why there is nothing to see; "" if there is.
        """
        edges = line.edges
        if len(line.coverage) and whole is None:
            whole = float(edges[0]), float(edges[-1])
        if whole is not None:
            self.plot.set_whole(whole)
            self.plot.set_range(*(view or whole), self.highest())
        self.plot.gaps.set_bands(line.gaps)
        self.corrected.set_bands(stretches(edges, flags) if flags.any() else [])
        self.legend.set_shown("corrected", bool(flags.any()))
        self.plot.set_slots(edges)
        self.plot.show_empty(empty)
        self.strip.show_line(line)

    def highest(self) -> float:
        """Return the highest value that is drawn; NaN if there is none."""
        raise NotImplementedError

    def said_at(self, index: int) -> str:
        """Say what there is at a step; asked only where there are steps."""
        raise NotImplementedError

    def edges(self) -> Values:
        """Return start of each step and the end of the last one; empty before anything is shown."""
        raise NotImplementedError

    def _gap_text(self, what: str, line: Measured, index: int) -> str:
        """Say that nothing was measured at a step, and why."""
        middle = float(line.edges[index] + line.edges[index + 1]) / 2
        start, end = next(
            ((start, end) for start, end in line.gaps if start <= middle < end), (middle, middle)
        )
        why = self._reason(start, end)
        return f"{what} ({why})" if why else what

    @staticmethod
    def _step_over(edges: Values | None, own: Values, index: int) -> int | None:
        """Return which step of another row of edges lies over the middle of a step; None if none."""
        if edges is None or len(edges) < 2:
            return None
        middle = float(own[index] + own[index + 1]) / 2
        found = int(np.searchsorted(edges, middle, side="right")) - 1
        return found if 0 <= found < len(edges) - 1 else None

    @Slot(object)
    def _on_pointed(self, index: int | None) -> None:
        edges = self.edges()
        if index is None or index >= len(edges) - 1:
            return
        when = step_text(edges, index, self._size, self._zone)
        self.plot.show_hint(f"{when}   {self.said_at(index)}")
