"""The controls above the charts: which view, whose numbers, which time, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.language import marked, tr
from camwatch.ui import theme, words
from camwatch.ui.charts.chart_tools import ChartTools
from camwatch.ui.charts.range_bar import RangeBar
from camwatch.ui.charts.steps_box import StepsBox
from camwatch.ui.charts.subject_bar import SubjectBar
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.help.button import HelpButton

_USUAL = marked(
    "Shade what is usual at this hour of the week, from the twelve weeks before, and mark what "
    "was not."
)
_MEASURED = marked("Show the numbers as the cameras measured them, without what people corrected.")


class PageControls(QWidget):
    """Three rows of controls.

    Attributes:
        over_time, week: Choose the view.
        subjects: Whose numbers.
        range: Which time.
        steps: In which steps.
        usual: Shade what is usual.
        measured: Leave out corrections.
        tools: The small buttons.

    Args:
        zone: The site's time zone.
        clock: Tells the time, UTC.
    """

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.over_time = self._choice(tr("&Over time"), tr("Counts over time"))
        self.week = self._choice(tr("&Week"), tr("How many there are at each hour of the week"))
        self.views = QButtonGroup(self)
        self.views.addButton(self.over_time, 0)
        self.views.addButton(self.week, 1)
        self.over_time.setChecked(True)
        self.corrections = QPushButton(tr("Corrections…"), self)
        self.corrections.setToolTip(tr("What people corrected in this time"))
        self.tools = ChartTools(self)
        self.subjects = SubjectBar(zone, self)
        self.badge = plain_label("", "muted", self)
        self.badge.setWordWrap(False)
        self.range = RangeBar(zone, clock, self)
        self.steps = StepsBox(self)
        self.steps.setMinimumWidth(14 * space)
        self.usual = self._choice(tr("&Usual"), tr(_USUAL))
        self.measured = self._choice(tr("As measured"), tr(_MEASURED))
        self.measured.hide()
        self.help = HelpButton("charts", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        for parts in (
            (self.over_time, self.week, self.corrections, self.help, None, self.tools),
            (self.subjects, self.badge, None),
            (self.range, self.steps, self.usual, self.measured, None),
        ):
            row = QHBoxLayout()
            row.setSpacing(space)
            for part in parts:
                if part is None:
                    row.addStretch(1)
                else:
                    row.addWidget(part)
            column.addLayout(row)
        column.addWidget(self.range.custom)
        in_tab_order(
            self.over_time,
            self.week,
            self.corrections,
            self.help,
            *self.tools.buttons(),
            self.subjects.whose_button,
            self.subjects.place_box,
            self.subjects.compare_button,
            self.range.period_box,
            self.range.back_button,
            self.range.day_button,
            self.range.forward_button,
            self.range.compare_box,
            self.range.other_button,
            self.steps,
            self.usual,
            self.measured,
            self.range.custom.start,
            self.range.custom.end,
            self.range.custom.show_button,
        )

    def _choice(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setToolTip(words.tooltip(tip))
        return button

    def show_view(self, *, is_week: bool, is_single: bool) -> None:
        """Show the controls that do something in this view.

        Args:
            is_week: The hours of the week are shown.
            is_single: One subject is charted.
        """
        for part in (self.tools, self.steps, self.usual, self.range.compare_box):
            part.setVisible(not is_week)
        if is_week:  # which shows corrected numbers only
            self.measured.hide()
        self.subjects.place_box.setVisible(not is_week)
        self.subjects.compare_button.setVisible(not is_week)
        self.range.compare_box.setEnabled(is_single)
        self.usual.setEnabled(is_single)
