"""The dialog in which a rule is made and changed, with its rehearsal beside it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.rules import LONGEST_NAME, USUAL_PLAN, Rule, Scope, Severity
from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.alerts.rules.commands import RulesCommands, Surroundings
from camwatch.ui.alerts.rules.condition_form import ConditionForm
from camwatch.ui.alerts.rules.number_fields import DurationEdit
from camwatch.ui.alerts.rules.rehearsal_panel import RehearsalPanel
from camwatch.ui.alerts.rules.schedule_form import ScheduleForm
from camwatch.ui.alerts.rules.scope_picker import ScopePicker
from camwatch.ui.alerts.rules.template_form import TemplateForm
from camwatch.ui.alerts.rules.words import KINDS, plan_name, plan_title
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, Field, in_a_row, scrolled
from camwatch.ui.help.button import explain
from camwatch.ui.operators.form_dialog import FormDialog

_DAY_S = 86_400
_FORM_WIDTH = 560
_ABOUT = marked(
    "A rule watches, and raises an alert. At the right you see how often it would have fired with "
    "what is stored; that follows while you change it. Nothing counts before you save."
)


class RuleEditor(FormDialog):
    """Everything of a rule.

    Signals:
        saved: The `Rule` as it is stored now.

    Args:
        known: What rules can be about.
        zone: The site's time zone.
        now: The present moment, for dates that differ.
        rule: What to change, or to begin with; None begins with crowds.
        is_copy: Make another rule instead of changing this one.
    """

    saved = Signal(object)

    def __init__(  # noqa: PLR0917 - all that a rule stands on
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        known: Surroundings,
        zone: ZoneInfo,
        now: datetime,
        rule: Rule | None = None,
        *,
        is_copy: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        is_new = rule is None or is_copy
        super().__init__(
            background,
            tr("New rule") if is_new else tr("Rule"),
            tr(_ABOUT),
            tr("&Save the rule"),
            parent,
        )
        self._commands, self._session, self._known = commands, session, known
        self._before = self._begin(rule, is_copy=is_copy)
        self._is_filling = True
        self._make(zone, now)
        self._lay_out()
        self._fill(self._before)
        self._is_filling = False
        self._on_changed()
        self.template.show_soon()
        self.name.setFocus()
        self.name.selectAll()
        fit(self, 1480, 900)

    @staticmethod
    def _begin(rule: Rule | None, *, is_copy: bool) -> Rule:
        if rule is None:
            return Rule(str(uuid.uuid4()), "", KINDS[0].first())
        if is_copy:
            name = tr("{name} (copy)", name=rule.name)[:LONGEST_NAME]
            return replace(rule, uid=str(uuid.uuid4()), name=name, version=0)
        return rule

    # ---------------------------------------------------------------- building

    def _make(self, zone: ZoneInfo, now: datetime) -> None:
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self.condition = ConditionForm(self)
        self.scope = ScopePicker(self._known, self)
        self.severity = CalmComboBox(self)
        for severity in Severity:
            look = severity_look(severity)
            self.severity.addItem(icons.icon(look.icon, look.color), look.word, severity)
        self.cool_down = DurationEdit(_DAY_S, tr("Cool-down"), self)
        self.schedule = ScheduleForm(now.astimezone(zone).date(), self)
        self.plan = CalmComboBox(self)
        self.template = TemplateForm(
            self._commands, self._session, self._background, self.rule, self
        )
        self.keeps_picture = QCheckBox(tr("Keep the &picture of the moment as evidence"), self)
        self.is_enabled = QCheckBox(tr("The rule is switched on"), self)
        self.panel = RehearsalPanel(self._commands, self._session, self._background, zone, self)
        self.condition.kind_changed.connect(self._on_kind)
        for part in (self.condition, self.scope, self.cool_down, self.schedule, self.template):
            part.changed.connect(self._on_changed)
        self.name.textEdited.connect(self._on_changed)
        for box in (self.severity, self.plan):
            box.currentIndexChanged.connect(self._on_changed)
        self.panel.rehearsed.connect(self._on_rehearsed)

    def _lay_out(self) -> None:
        space = theme.current().space
        form = QWidget(self)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.add_field("name", Field(tr("&Name"), self.name, form)))
        for name, field in self.condition.fields.items():
            self.add_field(name, field)
        self.fields["condition.after_s"] = self.condition.fields["condition.for_s"]
        column.addWidget(self.condition)
        where = self.add_field("scope", Field(tr("Wh&ere"), self.scope, form))
        column.addWidget(where)
        self.where = where
        how = self.add_field("severity", Field(tr("How se&rious"), self.severity, form))
        quiet = self.add_field(
            "cool_down_s",
            Field(
                tr("Then be &quiet for"),
                self.cool_down,
                form,
                hint=tr(
                    "Counts from when somebody was told. Anything more serious breaks through."
                ),
            ),
        )
        explain(quiet, "cool_down")
        column.addLayout(in_a_row(((how, 1), (quiet, 2))))
        when = self.add_field("schedule", Field(tr("When it is &on"), self.schedule, form))
        explain(when, "schedule")
        column.addWidget(when)
        column.addWidget(
            self.add_field(
                "plan_uid",
                Field(
                    tr("Who is to&ld"),
                    self.plan,
                    form,
                    hint=tr("Escalation plans are set up on the tab Delivery."),
                ),
            )
        )
        self.fields["template"] = self.template.field
        column.addWidget(self.template)
        column.addWidget(self.keeps_picture)
        column.addWidget(self.is_enabled)
        column.addStretch(1)
        area = scrolled(form, self)
        area.setMinimumWidth(theme.px(_FORM_WIDTH))
        side = QWidget(self)
        beside = QVBoxLayout(side)
        beside.setContentsMargins(2 * space, 0, 0, 0)
        beside.addWidget(self.panel, 1)
        split = QSplitter(self)
        split.addWidget(area)
        split.addWidget(side)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.px(_FORM_WIDTH), 2 * theme.px(_FORM_WIDTH)])
        self.body.addWidget(split, 1)

    def _fill(self, rule: Rule) -> None:
        self.name.setText(rule.name)
        self.condition.set_condition(rule.condition)
        self.scope.show_for(rule.condition, rule.scope)
        self.severity.setCurrentIndex(self.severity.findData(rule.severity))
        self.cool_down.set_seconds(rule.cool_down_s)
        self.schedule.set_schedule(rule.schedule)
        plans = {plan.uid: plan_title(plan) for plan in self._known.plans} or {
            USUAL_PLAN: tr("The usual one")
        }
        if rule.plan_uid not in plans:
            plans[rule.plan_uid] = plan_name(rule.plan_uid, self._known.plans)
        for uid, name in plans.items():
            self.plan.addItem(name, uid)
        self.plan.setCurrentIndex(self.plan.findData(rule.plan_uid))
        self.template.text.setPlainText(rule.template)
        self.keeps_picture.setChecked(rule.keeps_picture)
        self.is_enabled.setChecked(rule.is_enabled)
        self._show_where()

    # ---------------------------------------------------------------- what is entered

    def rule(self) -> Rule:
        """Return the rule as it is entered."""
        condition = self.condition.condition()
        return replace(
            self._before,
            name=self.name.text().strip(),
            condition=condition,
            scope=Scope() if condition.kind == "program" else self.scope.scope(),
            severity=Severity(self.severity.currentData()),
            schedule=self.schedule.schedule(),
            template=self.template.text.toPlainText(),
            cool_down_s=self.cool_down.seconds,
            plan_uid=str(self.plan.currentData()),
            keeps_picture=self.keeps_picture.isChecked(),
            is_enabled=self.is_enabled.isChecked(),
        )

    def entered(self) -> Rule:
        """Return the rule as it is entered."""
        return self.rule()

    @Slot()
    def _on_kind(self) -> None:
        condition = self.condition.condition()
        scope = self.scope.scope()
        # Lines are not zones: what was ticked of places goes, cameras and sites stay.
        self.scope.show_for(condition, replace(scope, places=frozenset()))
        self._show_where()

    def _show_where(self) -> None:
        kind = self.condition.condition().kind
        self.where.setVisible(kind != "program")
        self.keeps_picture.setVisible(kind != "program")

    @Slot()
    def _on_changed(self) -> None:
        if self._is_filling:
            return
        for name in ("scope", "schedule", "cool_down_s", *self.condition.fields):
            self.fields[name].clear_problem()
        rule = self.rule()
        self.panel.show_rule(rule)
        self.template.show_soon()

    @Slot()
    def _on_rehearsed(self) -> None:
        if (highest := self.panel.highest) > 0:
            self.condition.threshold.reach(round(highest * 1.2))

    @Slot()
    def submit(self) -> None:
        """Store the rule."""
        rule = self.rule()
        problems = []
        if not rule.name:
            problems.append(InvalidSetting("name", tr("is needed")))
        if rule.condition.kind != "program" and self.scope.is_missing:
            problems.append(InvalidSetting("scope", tr("needs at least one that is ticked")))
        if problems:
            self.clear_problems()
            self.show_problems(tuple(problems))
            return
        self.run(lambda: self._commands.save_rule(self._session, rule), self._on_saved)

    def _on_saved(self, rule: Rule) -> None:
        self.accept()
        self.saved.emit(rule)
