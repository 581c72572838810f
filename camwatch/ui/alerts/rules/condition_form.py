"""The part of a rule's form that says what is watched for."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Condition,
    Crossings,
    Occupancy,
    ProgramCondition,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.usual import STORED_WEEKS
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.rules.number_fields import DurationEdit, SliderNumber
from camwatch.ui.alerts.rules.words import BY_KEY, KINDS, WAYS, kind_of
from camwatch.ui.forms import CalmComboBox, CalmSpinBox, Field, FocusGroup, in_tab_order
from camwatch.ui.help.button import explain

_DAY_S = 86_400
_MOST_PEOPLE = 10_000
_SPREAD_STEPS = 10
_GROUPS = {"occupancy:above", "camera:down", "program:storage"}
"""Kinds before which the list has a line."""


class ConditionForm(QWidget):
    """Kind of condition, and its numbers.

    Attributes:
        fields: By the name under which a command refuses them.

    Signals:
        changed: Something was entered.
        kind_changed: Another kind was chosen.
    """

    changed = Signal()
    kind_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self._make()
        self.fields = {
            "condition": Field(tr("&Watch for"), self.kind, self),
            "condition.threshold": Field(tr("From how &many on"), self.threshold, self),
            "condition.spreads": Field(tr("How far from &usual"), self.spreads, self),
            "condition.way": Field(tr("Which wa&y"), self.way, self),
            "condition.period_s": Field(tr("With&in"), self.period, self),
            "condition.for_s": Field(tr("It must hold &for"), self.lasting, self),
            "condition.hysteresis": Field(tr("It is o&ver"), self.hysteresis, self),
            "condition.critical_at": Field(tr("Worse than that"), self.critical, self),
            "condition.least_weeks": Field(tr("Weeks of &history it needs"), self.weeks, self),
        }
        explain(self.fields["condition.hysteresis"], "hysteresis")
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.is_critical.toggled.connect(self.critical_at.setEnabled)
        self.is_critical.toggled.connect(self._on_changed)
        for part in (self.threshold, self.spreads, self.period, self.lasting):
            part.changed.connect(self._on_changed)
        for box in (self.hysteresis, self.critical_at, self.weeks):
            box.valueChanged.connect(self._on_changed)
        self.way.currentIndexChanged.connect(self._on_changed)
        self.set_condition(KINDS[0].first())

    def _make(self) -> None:
        self.kind = CalmComboBox(self)
        for kind in KINDS:
            if kind.key in _GROUPS and self.kind.count():
                self.kind.insertSeparator(self.kind.count())
            self.kind.addItem(kind.title, kind.key)
        self.kind.setMaxVisibleItems(len(KINDS) + len(_GROUPS))
        self.threshold = SliderNumber(tr("Threshold"), tr(" people"), self)
        self.spreads = SliderNumber(tr("Spreads"), "", self)
        self.spreads.number.set_scale(_SPREAD_STEPS)
        self.way = CalmComboBox(self)
        for way in Way:
            self.way.addItem(WAYS[way], way)
        self.period = DurationEdit(_DAY_S, tr("Within"), self)
        self.lasting = DurationEdit(_DAY_S, tr("It must hold for"), self)
        self.hysteresis = CalmSpinBox(self)
        self.hysteresis.setRange(1, _MOST_PEOPLE)
        self.is_critical = QCheckBox(tr("&Critical from"), self)
        self.critical_at = CalmSpinBox(self)
        self.critical_at.setRange(-_MOST_PEOPLE, _MOST_PEOPLE)
        self.critical_at.setAccessibleName(tr("Critical from"))
        self.critical_at.setEnabled(False)
        self.critical = FocusGroup(self)
        row = QHBoxLayout(self.critical)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.is_critical)
        row.addWidget(self.critical_at)
        row.addStretch(1)
        self.critical.begin_at(self.is_critical)
        self.weeks = CalmSpinBox(self)
        self.weeks.setRange(2, STORED_WEEKS)
        self.weeks.setSuffix(tr(" weeks"))

    def _lay_out(self) -> None:
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space + space // 2)
        pairs = (
            ("condition",),
            ("condition.way", "condition.period_s"),
            ("condition.threshold",),
            ("condition.spreads",),
            ("condition.for_s", "condition.hysteresis", "condition.least_weeks"),
            ("condition.critical_at",),
        )
        in_tab_order(
            self.kind,
            self.way,
            *self.period.parts,
            *self.threshold.parts,
            *self.spreads.parts,
            *self.lasting.parts,
            self.hysteresis,
            self.weeks,
            self.is_critical,
            self.critical_at,
        )
        for names in pairs:
            row = QHBoxLayout()
            row.setSpacing(2 * space)
            for name in names:
                row.addWidget(self.fields[name], 1)
            column.addLayout(row)

    # ---------------------------------------------------------------- what is entered

    @property
    def kind_key(self) -> str:
        """Key of the kind that is chosen."""
        return str(self.kind.currentData())

    def condition(self) -> Condition:
        """Return what is entered."""
        kind = BY_KEY[self.kind_key]
        first = kind.first()
        critical = self.critical_at.value() if self.is_critical.isChecked() else None
        match first:
            case Occupancy():
                return Occupancy(
                    first.side,
                    self.threshold.value,
                    self.hysteresis.value(),
                    self.lasting.seconds,
                    critical,
                )
            case Crossings():
                way = Way(self.way.currentData())
                return Crossings(
                    way, first.side, self.threshold.value, self.period.seconds, critical
                )
            case Balance():
                return Balance(first.side, self.threshold.value, self.hysteresis.value(), critical)
            case Unusual():
                return Unusual(
                    first.side,
                    self.spreads.value / _SPREAD_STEPS,
                    self.lasting.seconds,
                    self.weeks.value(),
                )
            case CameraCondition():
                return CameraCondition(first.trouble, self.lasting.seconds)
            case ProgramCondition():
                return ProgramCondition(first.trouble, self.lasting.seconds)

    def set_condition(self, condition: Condition) -> None:
        """Show a condition."""
        self._is_filling = True
        self.kind.setCurrentIndex(self.kind.findData(kind_of(condition).key))
        self._shape(condition)
        self._fill(condition)
        self._is_filling = False
        self._on_changed()

    def _shape(self, condition: Condition) -> None:
        """Ask only for what this kind of condition has."""
        is_number = isinstance(condition, Occupancy | Crossings | Balance)
        is_people = isinstance(condition, Occupancy | Balance)
        is_trouble = isinstance(condition, CameraCondition | ProgramCondition)
        shown = {
            "condition": True,
            "condition.threshold": is_number,
            "condition.spreads": isinstance(condition, Unusual),
            "condition.way": isinstance(condition, Crossings),
            "condition.period_s": isinstance(condition, Crossings),
            "condition.for_s": is_trouble or isinstance(condition, Occupancy | Unusual),
            "condition.hysteresis": is_people,
            "condition.critical_at": is_number,
            "condition.least_weeks": isinstance(condition, Unusual),
        }
        for name, is_shown in shown.items():
            self.fields[name].setVisible(is_shown)
        self.fields["condition"].rename(tr("&Watch for"), kind_of(condition).about)
        if isinstance(condition, Occupancy | Crossings | Balance):
            is_above = condition.side is Side.ABOVE
            unit = tr(" crossings") if isinstance(condition, Crossings) else tr(" people")
            least = -_MOST_PEOPLE if isinstance(condition, Balance) else 0
            self.threshold.set_limits(least, _MOST_PEOPLE, unit)
            self.fields["condition.threshold"].rename(
                tr("From how &many on") if is_above else tr("Down to how &many")
            )
            self.is_critical.setText(tr("&Critical from") if is_above else tr("&Critical down to"))
            self.critical_at.setSuffix(tr("{unit} on", unit=unit) if is_above else unit)
            self.hysteresis.setSuffix(tr(" below that") if is_above else tr(" above that"))
        if isinstance(condition, Unusual):
            self.spreads.set_limits(_SPREAD_STEPS, 20 * _SPREAD_STEPS, tr(" spreads"))
            self.spreads.reach(10 * _SPREAD_STEPS)

    def _fill(self, condition: Condition) -> None:
        if isinstance(condition, Occupancy | Crossings | Balance):
            self.threshold.set_value(condition.threshold)
            self.threshold.reach(max(2 * abs(condition.threshold), 50))
            self.is_critical.setChecked(condition.critical_at is not None)
            doubled = max(2 * abs(condition.threshold), 1)
            usual = doubled if condition.side is Side.ABOVE else 0
            self.critical_at.setValue(
                usual if condition.critical_at is None else condition.critical_at
            )
        if isinstance(condition, Occupancy | Balance):
            self.hysteresis.setValue(condition.hysteresis)
        if isinstance(condition, Crossings):
            self.way.setCurrentIndex(self.way.findData(condition.way))
            self.period.set_seconds(condition.period_s)
        if isinstance(condition, Occupancy | Unusual):
            self.lasting.set_seconds(condition.for_s)
        if isinstance(condition, CameraCondition | ProgramCondition):
            self.lasting.set_seconds(condition.after_s)
        if isinstance(condition, Unusual):
            self.spreads.set_value(round(condition.spreads * _SPREAD_STEPS))
            self.weeks.setValue(condition.least_weeks)

    @Slot()
    def _on_kind(self) -> None:
        if self._is_filling:
            return
        first = BY_KEY[self.kind_key].first()
        self._is_filling = True
        self._shape(first)
        self._fill(first)
        self._is_filling = False
        for field in self.fields.values():
            field.clear_problem()
        self.kind_changed.emit()
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        if not self._is_filling:
            self.changed.emit()
