"""The list of escalation plans, and who hears when by the one that is selected."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.alerts.people import ChannelKind, Plan, PlanStep
from camwatch.alerts.rules import USUAL_PLAN
from camwatch.auth.session import Session
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import card, heading
from camwatch.ui.alerts.delivery.ladder_preview import LadderPreview
from camwatch.ui.alerts.delivery.ladder_words import World, ladder_words, plan_warnings, rungs
from camwatch.ui.alerts.delivery.plan_dialog import PlanCommands, PlanDialog
from camwatch.ui.alerts.delivery.section import Section, allow, delete_key
from camwatch.ui.background import Background
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.words import sentence

_SELECT = marked("Select a plan in the list first.")
_ALWAYS = marked("The usual plan is always there. It can be changed, but not removed.")
_PREVIEW = 380
_LONGEST_COPY = 93


class PlansCommands(PlanCommands, Protocol):
    """What this list asks of `camwatch.commands.Commands`."""

    def plans(self, session: Session) -> list[Plan]:
        """Return the escalation plans, the usual one first."""
        ...

    def remove_plan(self, session: Session, plan_uid: str) -> None:
        """Remove a plan."""
        ...


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    STEPS = 1
    OVER = 2


_HEADINGS = table(
    lambda: {Column.NAME: tr("Plan"), Column.STEPS: tr("Steps"), Column.OVER: tr("When it is over")}
)
_WIDTHS = {Column.NAME: 210, Column.OVER: 130}


class PlansModel(RecordsModel[Plan]):
    """All plans, in the order in which they came."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self.world = World()

    def key(self, record: Plan) -> object:
        """Return the uid of the plan."""
        return record.uid

    def text(self, record: Plan, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.NAME:
                return (
                    tr("{name} (usual)", name=tr(record.name))
                    if record.uid == USUAL_PLAN
                    else record.name
                )
            case Column.STEPS:
                return sentence(ladder_words(record, self.world))
            case Column.OVER:
                return tr("Told") if record.tells_return else tr("Not told")

    def sort_key(self, record: Plan, column: int) -> Any:
        """Keep the usual one at the top of the names."""
        if column == Column.NAME:
            return (record.uid != USUAL_PLAN, record.name.casefold())
        return self.text(record, column).casefold()

    def look(self, record: Plan, column: int, role: int) -> Any:
        """Return a sign where something about a plan is odd."""
        if role != Qt.ItemDataRole.DecorationRole or column != Column.STEPS:
            return None
        is_odd = any(one.warnings for one in rungs(record.steps, self.world))
        if is_odd or not record.steps:
            return icons.icon("triangle-alert", theme.current().warning)
        return None


class PlansSection(Section):
    """Plans with their buttons, and at the right the ladder of the selected one."""

    def __init__(
        self,
        commands: PlansCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._commands, self._session = commands, session
        self._world = World()
        self._select = ""
        self.model = PlansModel(self)
        self.table: RecordTable[Plan] = RecordTable(
            RecordProxy(self.model, self), tr("Plans"), _WIDTHS, self, given_up=(Column.OVER,)
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.activated.connect(lambda _index: self.edit())
        delete_key(self.table, self.remove)
        self.new_button = make_button(tr("&New plan…"), "plus", self.add, self)
        self.edit_button = make_button(tr("E&dit…"), "pencil", self.edit, self)
        self.copy_button = make_button(tr("&Copy…"), "copy", self.copy, self)
        self.remove_button = make_button(tr("Remo&ve…"), "trash-2", self.remove, self)
        self.title = heading("", self)
        self.preview = LadderPreview(self)
        self._lay_out()
        self._on_chosen()

    def _lay_out(self) -> None:
        space = theme.current().space
        buttons = (self.new_button, self.edit_button, self.copy_button, self.remove_button)
        self.add_buttons(buttons)
        self.column.addWidget(self.busy)
        self.column.addWidget(self.notice)
        self.column.addWidget(
            plain_label(
                tr(
                    "A plan says who is told next while nobody acknowledges an alert. Rules that name "
                    "no plan follow the usual one."
                ),
                "muted",
                self,
            )
        )
        shown = QWidget(self)
        right = QVBoxLayout(shown)
        right.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        right.setSpacing(space)
        right.addWidget(self.title)
        right.addWidget(self.preview)
        right.addStretch(1)
        self.framed = card(shown, self)
        self.framed.setFixedWidth(theme.px(_PREVIEW))
        row = QHBoxLayout()
        row.setSpacing(2 * space)
        row.addWidget(self.table, 1)
        row.addWidget(self.framed)
        self.column.addLayout(row, 1)
        in_tab_order(*buttons, self.table)

    def show_plans(self, plans: Sequence[Plan], world: World) -> None:
        """Show these; the selected one stays selected."""
        self._world = self.model.world = world
        wanted, self._select = self._select, ""
        is_wanted = (lambda one: one.uid == wanted) if wanted else None
        self.table.set_records(self.model, plans, is_wanted)
        if self.table.chosen is None:
            self.table.choose(0, is_seen=False)
        self._on_chosen()

    def warnings(self) -> int:
        """Return how many plans have something odd about them."""
        return sum(
            bool(plan_warnings(one.steps)) or any(r.warnings for r in rungs(one.steps, self._world))
            for one in self.model.records
        )

    @Slot()
    def _on_chosen(self) -> None:
        plan = self.table.chosen
        hint = "" if plan is not None else tr(_SELECT)
        allow(self.edit_button, hint, tr("Change who is told, and when (Enter)"))
        allow(self.copy_button, hint, tr("Make another plan that begins as this one is"))
        is_usual = plan is not None and plan.uid == USUAL_PLAN
        allow(self.remove_button, tr(_ALWAYS) if is_usual else hint, tr("Remove the plan (Del)"))
        self.framed.setVisible(plan is not None)
        if plan is not None:
            self.title.setText(tr("Who hears when: {name}", name=plan.name))
            self.preview.show_steps(plan.steps, self._world, tells_return=plan.tells_return)

    # ---------------------------------------------------------------- doing

    @Slot()
    def add(self) -> None:
        """Open the form of a new plan, which begins with a popup at once."""
        self._open(Plan(str(uuid.uuid4()), "", (PlanStep(0.0, ChannelKind.POPUP),)))

    @Slot()
    def edit(self) -> None:
        """Open the selected plan."""
        if (plan := self.table.chosen) is not None:
            self._open(plan)

    @Slot()
    def copy(self) -> None:
        """Open a new plan that begins as the selected one is."""
        if (plan := self.table.chosen) is not None:
            name = tr("{name} (copy)", name=plan.name[:_LONGEST_COPY])
            self._open(replace(plan, uid=str(uuid.uuid4()), name=name, version=0))

    def _open(self, plan: Plan) -> None:
        dialog = PlanDialog(
            self._commands, self._session, self._background, plan, self._world, self
        )
        dialog.saved.connect(self._on_saved)
        self.open(dialog)

    @Slot(object)
    def _on_saved(self, plan: Plan) -> None:
        self._select = plan.uid
        self.changed.emit()

    @Slot()
    def remove(self) -> None:
        """Remove the selected plan, after a question."""
        plan = self.table.chosen
        if plan is None or not self.remove_button.isEnabled():
            return
        remove = partial(self._commands.remove_plan, self._session, plan.uid)
        ask(
            Question(
                tr("Remove a plan"),
                tr("Remove the plan “{name}”?", name=plan.name),
                tr("Alerts that follow it now go on by the usual plan."),
                tr("Remove plan"),
            ),
            lambda: self.do(remove),
            self,
        )
