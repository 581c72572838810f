"""The totals of a chart: a few large numbers with their names."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from camwatch.ui import theme, words
from camwatch.ui.charts.flow import FlowTotals
from camwatch.ui.charts.series import Totals, percent

_COVERAGE = (
    "The share of this time in which people were counted. Still views, whose people were taken "
    "over from the picture before, count as well."
)


class Figure(QFrame):
    """One number of the totals with its name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        self.name = QLabel(name, self)
        self.name.setProperty("role", "muted")
        self.value = QLabel(self)
        self.value.setProperty("role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space, 2 * space, space)
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addWidget(self.value)


class Figures(QWidget):
    """Mean, peak and coverage of people in view, or in, out and coverage of a line.

    Attributes:
        mean: The mean, or how many passed in.
        peak: The peak, or how many passed out.
        coverage: How much of the time that stands for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mean, self.peak, self.coverage = (
            Figure("Mean", self),
            Figure("Peak", self),
            Figure("Coverage", self),
        )
        self.coverage.setToolTip(_COVERAGE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space + theme.current().space // 2)
        for figure in (self.mean, self.peak, self.coverage):
            row.addWidget(figure)

    def show_flow(self, found: FlowTotals) -> None:
        """Show how many passed in and out."""
        for figure, name, value in (
            (self.mean, "In", found.inwards),
            (self.peak, "Out", found.outwards),
        ):
            figure.name.setText(name)
            figure.value.setText("–" if value is None else words.number(value))  # noqa: RUF001
            figure.setToolTip("How many passed in the time in which passing could be counted.")
        self.coverage.setToolTip("The share of this time in which passing could be counted.")
        self.coverage.value.setText(percent(found.coverage))

    def show_occupancy(self, found: Totals, *, is_sum: bool) -> None:
        """Show how many were in view; is_sum: several cameras added up."""
        self.mean.name.setText("Mean")
        self.mean.setToolTip("The mean number of people over the measured time.")
        self.coverage.setToolTip(_COVERAGE)
        most = "Peak, at most" if is_sum else "Peak"
        self.peak.name.setText(most)
        self.peak.setToolTip(
            "The peaks of the cameras added up; they need not have been at the same time."
            if is_sum
            else "The highest single count."
        )
        self.mean.value.setText("–" if found.mean is None else f"{found.mean:.1f}")  # noqa: RUF001
        self.peak.value.setText("–" if found.peak is None else str(found.peak))  # noqa: RUF001
        self.coverage.value.setText(percent(found.coverage))
