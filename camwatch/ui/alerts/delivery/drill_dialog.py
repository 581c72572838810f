"""Plays a drill, and shows each step as it comes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.drill import DrillReport
from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.events import DrillProgressed
from camwatch.language import marked, tr
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog
from camwatch.ui.alerts.delivery.drill_steps import DrillSteps, verdict
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.fitting import fit
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask

_WIDTH, _HEIGHT = 680, 640
_ABOUT = marked(
    "People appear on a simulated camera, and the whole chain is watched: counting, rule, alert, "
    "popup, and one message by each channel in use. Real cameras are not touched. Every message "
    "says that it is a drill; a text message costs what it always costs."
)


class DrillCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def start_drill(self, session: Session) -> None:
        """Begin a drill."""
        ...

    def stop_drill(self, session: Session) -> None:
        """End the drill that is going on."""
        ...

    def drill_report(self, session: Session) -> DrillReport | None:
        """Return how far the newest drill is."""
        ...


class DrillDialog(DeliveryDialog):
    """The steps of the newest drill, each with a tick or a cross and what it took."""

    def __init__(
        self,
        commands: DrillCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, tr("Drill"), tr(_ABOUT), tr("&Begin the drill"), parent)
        self._commands, self._session = commands, session
        self._report: DrillReport | None = None
        self.steps = DrillSteps(self)
        self.said = plain_label("", "heading", self)
        self.body.addWidget(scrolled(self.steps, self), 1)
        self.body.addWidget(self.said)
        self.stop_button = make_button(tr("&Stop the drill"), "x", self.ask_to_stop, self)
        self.stop_button.hide()
        self.buttons.insertWidget(0, self.stop_button)
        self.cancel_button.setText(tr("Close"))
        fit(self, _WIDTH, _HEIGHT)
        bridge.drill_progressed.connect(self._on_progress)
        self.ask()

    def ask(self) -> None:
        """Ask how far the newest drill is."""
        self._background.run(
            lambda: self._commands.drill_report(self._session),
            self._on_report,
            self.show_error,
            owner=self,
        )

    @Slot()
    def submit(self) -> None:
        """Begin a drill."""
        self.run(lambda: self._commands.start_drill(self._session), lambda _none: self.ask())

    @Slot()
    def ask_to_stop(self) -> None:
        """Ask whether to end the drill before its time, and do it."""
        question = Question(
            tr("Stop the drill"),
            tr("Stop the drill now?"),
            tr(
                "What has not come through by now is not tried any more: this drill proves nothing "
                "about it. What was sent cannot be taken back."
            ),
            tr("Stop it"),
            tr("Let it go on"),
        )
        ask(question, self.stop, self)

    @Slot()
    def stop(self) -> None:
        """End the drill that is going on."""
        self.run(lambda: self._commands.stop_drill(self._session), lambda _none: self.ask())

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Say why no drill was begun."""
        said = " ".join(tr("The drill {reason}.", reason=one.reason) for one in problems)
        self.notice.show_text("warning", tr("No drill was begun"), said)
        self.ask()

    # ---------------------------------------------------------------- showing

    @Slot(object)
    def _on_progress(self, event: DrillProgressed) -> None:
        self._on_report(event.report)

    def _on_report(self, report: DrillReport | None) -> None:
        before = self._report
        if report is None:
            self.said.setText(tr("No drill was played since CamWatch was started."))
            return
        if before is not None and (report.number, len(report.steps), report.is_over) < (
            before.number,
            len(before.steps),
            before.is_over,
        ):
            return  # events and answers may overtake each other
        self._report = report
        self._show(report)

    def update_buttons(self) -> None:
        """Begin only one at a time."""
        is_going_on = self._report is not None and not self._report.is_over
        self.do_button.setEnabled(not self.is_busy and not is_going_on)
        self.stop_button.setVisible(is_going_on)
        self.stop_button.setEnabled(not self.is_busy)

    def _show(self, report: DrillReport) -> None:
        self.steps.show_report(report)
        self.said.setText(verdict(report))
        self.setAccessibleDescription("\n".join((*self.lines, self.said.text())))
        self.update_buttons()

    @property
    def lines(self) -> list[str]:
        """The steps in words, a line each."""
        return self.steps.lines
