"""The step in which a test alert goes through the whole chain to a popup."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from camwatch.alerts.drill import DrillReport
from camwatch.events import DrillProgressed
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.drill_steps import DrillSteps, verdict
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import plain_label, scrolled


class AlertStep(Step):
    """Plays a drill and shows what came of each step.

    Attributes:
        test_button: Begins it.
        steps: What was done so far.
    """

    def __init__(self, means: Means, made: Made, parent: QWidget | None = None) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("A test alert")
        self.why = tr(
            "An alert that nobody sees is none. This lets people appear on a simulated camera and "
            "follows the alert until its popup stands in the corner of this window; it says that "
            "it is a drill, and is closed by itself."
        )
        self.action = tr("&Next")
        self.skip = tr("Leave it &out")
        self.leads_on = True
        self._report: DrillReport | None = None
        self._is_ours = False
        space = theme.current().space
        self.test_button = QPushButton(icons.icon("bell-ring"), tr("Send a &test alert"), self)
        self.test_button.setIconSize(icons.button_size())
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.said = plain_label("", "heading", self)
        self.steps = DrillSteps(self)
        row = QHBoxLayout()
        row.setSpacing(2 * space)
        row.addWidget(self.test_button)
        row.addWidget(self.said, 1)
        self.body.addLayout(row)
        self.body.addWidget(scrolled(self.steps, self), 1)
        means.bridge.drill_progressed.connect(self._on_progress)

    @property
    def is_ready(self) -> bool:
        """True once a test alert got through."""
        return self._report is not None and self._report.is_passed

    def enter(self) -> None:
        """Offer the test."""
        if not self.is_ready:
            self.test_button.setFocus()

    @Slot()
    def test(self) -> None:
        """Begin the drill, unless one is on its way; the keyboard stays at the button."""
        if self.is_busy or (self._report is not None and not self._report.is_over):
            return
        commands, session = self.means.commands, self.means.session
        self._is_ours = True
        self.said.setText(tr("On its way …"))
        self.run(lambda: commands.start_drill(session), lambda _none: None)

    @Slot(object)
    def _on_progress(self, event: DrillProgressed) -> None:
        report = event.report
        if not self._is_ours:
            return  # an older one is told of again to each new window
        self._report = report
        self.steps.show_report(report)
        is_on = not report.is_over
        if is_on:
            self.said.setText(tr("On its way …"))
        elif report.is_passed:
            self.said.setText(tr("It got through: the popup was shown."))
        else:
            self.said.setText(verdict(report))
        self.changed.emit()
