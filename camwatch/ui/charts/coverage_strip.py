"""Small bars under a plot that tell how much of the time its numbers stand for."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from camwatch.ui import theme
from camwatch.ui.charts.drawing import coverage_color, gap_brush
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import Values

_HEIGHT = 24


class Measured(Protocol):
    """Steps of time of which some were measured."""

    @property
    def edges(self) -> Values:
        """Start of each step and the end of the last one, seconds since 1970."""
        ...

    @property
    def coverage(self) -> Values:
        """Measured time divided by time, 0 to 1."""
        ...

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """The stretches in which nothing was measured, seconds since 1970."""
        ...


class CoverageStrip(QWidget):
    """How much of each step was measured, hatched where nothing was."""

    def __init__(self, plot: TimePlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._line: Measured | None = None
        self.setFixedHeight(theme.px(_HEIGHT))
        plot.moved.connect(self.update)

    def show_line(self, line: Measured) -> None:
        """Show the coverage of these steps."""
        self._line = line
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the bars exactly under the steps of the plot."""
        with QPainter(self) as painter:
            left, right = self._plot.span()
            frame = QRectF(left, 0, right - left, self.height())
            painter.fillRect(frame, theme.current().surface)
            line = self._line
            if line is not None and len(line.coverage):
                painter.setClipRect(frame)
                begin, end_s = self._plot.view
                scale = (right - left) / (end_s - begin)
                xs = left + (line.edges - begin) * scale
                for start, end in line.gaps:
                    gap_left = left + (start - begin) * scale
                    gap = QRectF(gap_left, 0, (end - start) * scale, self.height())
                    painter.fillRect(gap, gap_brush())
                for x, width, share in zip(xs, np.diff(xs), line.coverage, strict=False):
                    height = float(share) * self.height()
                    # Wider than some pixels, bars stand apart so that each can be told.
                    inset = 1.0 if width > 6 else 0.0
                    bar = QRectF(
                        float(x) + inset, self.height() - height, width - 2 * inset, height
                    )
                    painter.fillRect(bar, coverage_color())
