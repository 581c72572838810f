"""The dialog in which an escalation plan is made or changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from camwatch.alerts.people import ChannelKind, Plan, PlanStep
from camwatch.alerts.rules import LONGEST_NAME, USUAL_PLAN
from camwatch.auth.session import Session
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog, card, heading
from camwatch.ui.alerts.delivery.ladder_preview import LadderPreview
from camwatch.ui.alerts.delivery.ladder_words import World
from camwatch.ui.alerts.delivery.step_line import StepLine, swap_times
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field, FocusGroup, in_tab_order, plain_label, scrolled
from camwatch.ui.operators.form_dialog import bring_into_view, make_button

MOST_STEPS = 20
_WIDTH, _HEIGHT, _PREVIEW = 1240, 720, 350
_ABOUT = marked(
    "A plan says who is told of an alert, by which way and when, while nobody acknowledges it. "
    "Rules say which plan they follow."
)
_NEXT_S = 300.0


class PlanCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def save_plan(self, session: Session, plan: Plan) -> Plan:
        """Store a plan."""
        ...


class PlanDialog(DeliveryDialog):
    """Steps at the left, who hears when at the right.

    Args:
        plan: Version 0 for a new one.
        world: Whom it can name.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: PlanCommands,
        session: Session,
        background: Background,
        plan: Plan,
        world: World,
        parent: QWidget | None = None,
    ) -> None:
        is_usual = plan.uid == USUAL_PLAN
        is_new = plan.version == 0 and not is_usual
        title = tr("New plan") if is_new else tr("The usual plan") if is_usual else tr("Plan")
        about = (
            tr("{about} This one is followed by all rules that name no other.", about=_ABOUT)
            if is_usual
            else tr(_ABOUT)
        )
        super().__init__(background, title, about, tr("Add") if is_new else tr("Save"), parent)
        self._commands, self._session = commands, session
        self._plan, self._world = plan, world
        self.lines: list[StepLine] = []
        self.name = QLineEdit(plan.name, self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("Such as Night shift"))
        self.add_field("name", Field(tr("&Name"), self.name, self))
        self.add_button = make_button(tr("A&dd a step"), "plus", self.add_step, self)
        self._steps = FocusGroup(self)
        self._steps.begin_at(self.add_button)
        self._rows = QVBoxLayout(self._steps)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.current().space)
        self.add_field(
            "steps",
            Field(
                tr("Steps"),
                self._steps,
                self,
                hint=tr(
                    "Times count from the moment the alert is raised. The arrows let a step "
                    "change its time with the one above or below."
                ),
            ),
        )
        self.over = QCheckBox(tr("Also tell &when it is over"), self)
        self.over.setChecked(plan.tells_return)
        self.over.toggled.connect(self._on_changed)
        self.preview = LadderPreview(self)
        self._lay_out()
        for step in plan.steps:
            self._put_in(step)
        self._update()
        fit(self, _WIDTH, _HEIGHT)
        self.name.setFocus()

    def _lay_out(self) -> None:
        space = theme.current().space
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.fields["name"])
        column.addWidget(self.fields["steps"])
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addWidget(self.over)
        column.addStretch(1)
        shown = QWidget(self)
        right = QVBoxLayout(shown)
        right.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        right.setSpacing(space + space // 2)
        right.addWidget(heading(tr("Who hears when"), self))
        right.addWidget(
            plain_label(tr("If nobody acknowledges the alert meanwhile:"), "muted", self)
        )
        right.addWidget(self.preview)
        right.addStretch(1)
        framed = card(shown, self)
        framed.setFixedWidth(theme.px(_PREVIEW))
        row = QHBoxLayout()
        row.setSpacing(2 * space)
        row.addWidget(scrolled(inside, self), 1)
        row.addWidget(framed)
        self.body.addLayout(row, 1)

    # ---------------------------------------------------------------- steps

    def plan(self) -> Plan:
        """Return the plan as it is entered now."""
        steps = sorted((line.step() for line in self.lines), key=lambda one: one.after_s)
        return replace(
            self._plan,
            name=self.name.text().strip(),
            steps=tuple(steps),
            tells_return=self.over.isChecked(),
        )

    def entered(self) -> Plan:
        """Return the plan as it is entered now."""
        return self.plan()

    @Slot()
    def add_step(self) -> None:
        """Add a step after the last one, and go there."""
        last = max((line.after_s for line in self.lines), default=None)
        first = next(iter(self._world.channels.values()), None)
        after = 0.0 if last is None else last + _NEXT_S
        if first is None or last is None:
            step = PlanStep(after, ChannelKind.POPUP if last is None else ChannelKind.SOUND)
        else:
            step = PlanStep(after, first.kind, first.uid)
        line = self._put_in(step)
        self._update()
        line.show()  # the layout would do so only later, and what is hidden takes no keyboard
        line.way.setFocus()
        bring_into_view(self.add_button)

    def _put_in(self, step: PlanStep) -> StepLine:
        line = StepLine(self._world, self._steps)
        line.fill(step)
        line.changed.connect(self._on_changed)
        line.timed.connect(self._sort)
        line.moved.connect(partial(self._move, line))
        line.removed.connect(partial(self._remove, line))
        self.lines.append(line)
        self._rows.addWidget(line)
        return line

    def _remove(self, line: StepLine) -> None:
        place = self.lines.index(line)
        self.lines.remove(line)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()
        self._update()
        near = self.lines[min(place, len(self.lines) - 1)].after if self.lines else self.add_button
        near.setFocus()

    def _move(self, line: StepLine, by: int) -> None:
        place = self.lines.index(line) + by
        if not 0 <= place < len(self.lines):
            return
        swap_times(line, self.lines[place])
        self._put_at(line, place)
        self._update()
        # The key that moved it may be pressed again, unless it is at the end.
        button = line.up if by < 0 else line.down
        (button if button.isEnabled() else line.after).setFocus()

    def _put_at(self, line: StepLine, place: int) -> None:
        self.lines.remove(line)
        self.lines.insert(place, line)
        self._rows.removeWidget(line)
        self._rows.insertWidget(place, line)

    @Slot()
    def _sort(self) -> None:
        """Put the steps in the order of their times; equal ones stay as they are."""
        wanted = sorted(self.lines, key=lambda one: one.after_s)
        if wanted == self.lines:
            return
        for place, line in enumerate(wanted):
            self._put_at(line, place)
        self._update()

    def _update(self) -> None:
        for place, line in enumerate(self.lines):
            line.up.setEnabled(place > 0)
            line.down.setEnabled(place < len(self.lines) - 1)
        self.add_button.setEnabled(len(self.lines) < MOST_STEPS)
        stops = [part for line in self.lines for part in line.stops()]
        in_tab_order(self.name, *stops, self.add_button, self.over)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        self.fields["steps"].clear_problem()
        steps = [line.step() for line in self.lines]
        self.preview.show_steps(steps, self._world, tells_return=self.over.isChecked())

    # ---------------------------------------------------------------- storing

    @Slot()
    def submit(self) -> None:
        """Store it in the background; the dialog closes once that is done."""
        plan = self.plan()
        self.run(lambda: self._commands.save_plan(self._session, plan), self.on_saved)
