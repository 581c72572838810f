"""Plays a drill, and shows each step as it comes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from camwatch.alerts.drill import DrillReport
from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.events import DrillProgressed
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.operators.form_dialog import fit_to_screen, make_button
from camwatch.ui.operators.wording import breakable
from camwatch.ui.words import span

_WIDTH, _HEIGHT = 680, 640
_ICON = 20
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
        self.lines: list[str] = []
        self._report: DrillReport | None = None
        self._steps: QWidget | None = None
        self._place = QVBoxLayout()
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._place)
        column.addStretch(1)
        self.said = plain_label("", "heading", self)
        self.body.addWidget(scrolled(inside, self), 1)
        self.body.addWidget(self.said)
        self.stop_button = make_button(tr("&Stop the drill"), "x", self.stop, self)
        self.stop_button.hide()
        self.buttons.insertWidget(0, self.stop_button)
        self.cancel_button.setText(tr("Close"))
        fit_to_screen(self, _WIDTH, _HEIGHT)
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
        tokens = theme.current()
        if self._steps is not None:
            self._place.removeWidget(self._steps)
            self._steps.hide()
            self._steps.deleteLater()
        self.lines = []
        self._steps = steps = QWidget(self)
        grid = QGridLayout(steps)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.space + tokens.space // 2)
        grid.setVerticalSpacing(tokens.space)
        grid.setColumnStretch(1, 1)
        for step in report.steps:
            icon, color = ("circle-check", tokens.ok) if step.ok else ("circle-x", tokens.critical)
            self._put(grid, icon, color, step.name, step.detail, span(step.seconds))
        if report.doing and not report.is_over:
            self._put(grid, "clock", tokens.warning, report.doing, "", "…")
        self._place.addWidget(steps)
        steps.show()
        self.said.setText(_verdict(report))
        self.setAccessibleDescription("\n".join((*self.lines, self.said.text())))
        self.update_buttons()

    def _put(  # noqa: PLR0917 - all that is said of a step
        self, grid: QGridLayout, icon: str, color: str, name: str, detail: str, took: str
    ) -> None:
        sign = QLabel(grid.parentWidget())
        sign.setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
        row, top = grid.rowCount(), Qt.AlignmentFlag.AlignTop
        grid.addWidget(sign, row, 0, top)
        grid.addWidget(plain_label(breakable(name), "", grid.parentWidget()), row, 1)
        time = plain_label(took, "muted", grid.parentWidget())
        time.setWordWrap(False)
        grid.addWidget(time, row, 2, top | Qt.AlignmentFlag.AlignRight)
        if detail:
            words = plain_label(breakable(detail), "muted", grid.parentWidget())
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, row + 1, 1)
        self.lines.append(f"{name}: {detail}" if detail else name)


def _verdict(report: DrillReport) -> str:
    if not report.is_over:
        return tr("The drill is going on …")
    if report.is_passed:
        return tr("All {count} steps went as they should.", count=len(report.steps))
    failed = sum(not step.ok for step in report.steps)
    if not failed:
        return tr("The drill was stopped before its end.")
    return tr(
        "{failed} of {count} steps did not go as they should.",
        failed=failed,
        count=len(report.steps),
    )
