"""The totals of a chart: a few large numbers with their names."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from camwatch import language
from camwatch.language import marked, table, tr
from camwatch.ui import theme, words
from camwatch.ui.charts.flow import FlowTotals
from camwatch.ui.charts.series import Totals, percent

MEANINGS = table(
    lambda: {
        "Mean": tr(
            "How many people were there on average. Each count weighs as much as the time it "
            "stands for, and only measured time counts: a gap is not nought."
        ),
        "People-hours": tr(
            "All the time that people spent there, added up: 3 people for 2 hours are 6 "
            "people-hours. Only measured time counts, so gaps make it smaller."
        ),
        "Peak": tr("The highest single count: how many were there at once in the fullest picture."),
        "In": tr("How many passed inwards, in the time in which passing could be counted."),
        "Out": tr("How many passed outwards, in the time in which passing could be counted."),
        "Coverage": tr("The share of the time that was measured. The rest is not known."),
        "Accuracy": tr("How right the camera's numbers were when somebody checked them."),
    }
)
"""What the numbers mean, in plain words; by their English names."""

_COVERAGE = marked(
    "The share of this time in which people were counted. Still views, whose people were taken "
    "over from the picture before, count as well."
)
_WHOLE_FROM = 20


def amount(value: float | None, decimals: int) -> str:
    """Say a number in groups of three; a dash where it is not known."""
    if value is None:
        return "–"
    return language.number(value, f",.{decimals}f")


def hours_decimals(value: float | None) -> int:
    """Return how exactly people-hours are told: two people for some minutes are not 0."""
    return 1 if value is not None and 0 < value < _WHOLE_FROM else 0


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
        hours: People-hours; not for a line.
        mean: The mean, or how many passed in.
        peak: The peak, or how many passed out.
        coverage: How much of the time that stands for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hours, self.mean, self.peak, self.coverage = (
            Figure(tr("People-hours"), self),
            Figure(tr("Mean"), self),
            Figure(tr("Peak"), self),
            Figure(tr("Coverage"), self),
        )
        self.coverage.setToolTip(tr(_COVERAGE))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space + theme.current().space // 2)
        for figure in (self.mean, self.hours, self.peak, self.coverage):
            row.addWidget(figure)

    @property
    def spoken(self) -> str:
        """All of it as it is said: "Mean 1.2, Peak 4"."""
        figures = (self.mean, self.hours, self.peak, self.coverage)
        return ", ".join(
            f"{one.name.text()} {one.value.text()}" for one in figures if not one.isHidden()
        )

    def show_flow(self, found: FlowTotals) -> None:
        """Show how many passed in and out."""
        self.hours.hide()
        for figure, name, value in (
            (self.mean, marked("In"), found.inwards),
            (self.peak, marked("Out"), found.outwards),
        ):
            figure.name.setText(tr(name))
            figure.value.setText(amount(value, 0))
            figure.setToolTip(words.tooltip(MEANINGS[name]))
        self.coverage.setToolTip(tr("The share of this time in which passing could be counted."))
        self.coverage.value.setText(percent(found.coverage))

    def show_occupancy(self, found: Totals, *, is_sum: bool) -> None:
        """Show how many were in view; is_sum: several cameras added up."""
        self.mean.name.setText(tr("Mean"))
        self.mean.setToolTip(words.tooltip(MEANINGS["Mean"]))
        self.hours.setToolTip(words.tooltip(MEANINGS["People-hours"]))
        self.hours.show()
        hours = found.people_hours
        self.hours.value.setText(amount(hours, hours_decimals(hours)))
        self.coverage.setToolTip(tr(_COVERAGE))
        most = tr("Peak, at most") if is_sum else tr("Peak")
        self.peak.name.setText(most)
        self.peak.setToolTip(
            tr("The peaks of the cameras added up; they need not have been at the same time.")
            if is_sum
            else MEANINGS["Peak"]
        )
        self.mean.value.setText(amount(found.mean, 1))
        self.peak.value.setText(amount(found.peak, 0))
        self.coverage.value.setText(percent(found.coverage))
