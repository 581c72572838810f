"""One step of an escalation plan, as it is entered."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from camwatch.alerts.people import ChannelKind, PlanStep
from camwatch.alerts.rules import Severity
from camwatch.language import listed, marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import tool
from camwatch.ui.alerts.delivery.ladder_words import World
from camwatch.ui.alerts.delivery.recipients_picker import RecipientsPicker
from camwatch.ui.alerts.delivery.words import ICONS, KINDS, SEVERITIES
from camwatch.ui.forms import CalmComboBox, CalmSpinBox, plain_label
from camwatch.ui.words import shortened

_UNITS = listed(lambda: ((tr("s"), 1), (tr("min"), 60), (tr("h"), 3600)))
_LONGEST_AFTER = 9999
_LONGEST_NAME = 28
_GONE = marked("A channel that is gone")


class StepLine(QWidget):
    """When, by which way, to whom, and from which severity.

    Signals:
        changed: Something else is entered.
        timed: Another time was entered, and is done.
        moved: It is to change places with the step so many lines below.
        removed: It is to go.
    """

    changed = Signal()
    timed = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, world: World, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: list[tuple[ChannelKind, str]] = []
        self.after = CalmSpinBox(self)
        self.after.setRange(0, _LONGEST_AFTER)
        self.after.setFixedWidth(theme.px(66))
        self.after.setAccessibleName(tr("Time since the alert was raised"))
        self.unit = CalmComboBox(self)
        self.unit.setFixedWidth(theme.px(72))
        self.unit.setAccessibleName(tr("Unit of the time"))
        for words, seconds in _UNITS:
            self.unit.addItem(words, seconds)
        self.way = CalmComboBox(self)
        self.way.setAccessibleName(tr("Way"))
        self.way.setMinimumContentsLength(13)
        self.way.setSizeAdjustPolicy(
            CalmComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for kind in (ChannelKind.POPUP, ChannelKind.SOUND):
            self._add_way(kind, "", KINDS[kind])
        for channel in world.channels.values():
            self._add_way(channel.kind, channel.uid, shortened(channel.name, _LONGEST_NAME))
        self.to = RecipientsPicker(world, self)
        self.to.setMinimumWidth(theme.px(140))
        self.severity = CalmComboBox(self)
        self.severity.setAccessibleName(tr("From which severity"))
        for severity, words in SEVERITIES.items():
            self.severity.addItem(words, severity)
        self.up = tool("arrow-up", tr("Earlier: take the time of the step above"), self)
        self.down = tool("arrow-down", tr("Later: take the time of the step below"), self)
        self.remove = tool("trash-2", tr("Remove this step"), self)
        self._lay_out()
        self.up.clicked.connect(lambda _checked: self.moved.emit(-1))
        self.down.clicked.connect(lambda _checked: self.moved.emit(1))
        self.remove.clicked.connect(self.removed)
        self.after.valueChanged.connect(self.changed)
        self.after.editingFinished.connect(self.timed)
        self.unit.currentIndexChanged.connect(self.changed)
        self.unit.activated.connect(self.timed)
        self.way.currentIndexChanged.connect(self._on_way)
        self.severity.currentIndexChanged.connect(self.changed)
        self.to.changed.connect(self.changed)
        self._on_way()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        label = plain_label(tr("After"), "muted", self)
        label.setWordWrap(False)
        row.addWidget(label)
        row.addWidget(self.after)
        row.addWidget(self.unit)
        row.addWidget(self.way, 3)
        row.addWidget(self.to, 3)
        row.addWidget(self.severity, 2)
        for part in (self.up, self.down, self.remove):
            row.addWidget(part)
        policy = self.to.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        self.to.setSizePolicy(policy)

    def stops(self) -> tuple[QWidget, ...]:
        """Return where Tab stops, from the left."""
        line = (self.after, self.unit, self.way, self.to, self.severity)
        return (*line, self.up, self.down, self.remove)

    def _add_way(self, kind: ChannelKind, uid: str, words: str) -> None:
        self._ways.append((kind, uid))
        self.way.addItem(icons.icon(ICONS[kind]), words)

    @Slot()
    def _on_way(self) -> None:
        kind, _uid = self._ways[self.way.currentIndex()]
        self.to.setVisible(kind.has_recipients)
        if kind.has_recipients:
            self.to.set_kind(kind)
        self.changed.emit()

    @property
    def after_s(self) -> float:
        """Time since the alert was raised, seconds."""
        return float(self.after.value() * int(self.unit.currentData()))

    def set_after(self, seconds: float) -> None:
        """Show a time in the largest unit that it is a whole number of."""
        whole = round(seconds)
        unit = (
            next(one for _w, one in reversed(_UNITS) if whole % one == 0 and whole >= one)
            if whole
            else 60
        )
        self.unit.setCurrentIndex(self.unit.findData(unit))
        self.after.setValue(whole // unit)

    def fill(self, step: PlanStep) -> None:
        """Show a step as it is stored; a channel that is gone stays until another is chosen."""
        self.set_after(step.after_s)
        way = (step.channel, step.channel_uid)
        if way not in self._ways:
            self._add_way(*way, tr(_GONE))
        self.way.setCurrentIndex(self._ways.index(way))
        self.severity.setCurrentIndex(self.severity.findData(step.from_severity))
        self.to.choose(step.to)

    def step(self) -> PlanStep:
        """Return the step as it is entered now."""
        kind, uid = self._ways[self.way.currentIndex()]
        return PlanStep(
            self.after_s,
            kind,
            uid,
            self.to.chosen() if kind.has_recipients else (),
            Severity(self.severity.currentData()),
        )


def swap_times(first: StepLine, second: StepLine) -> None:
    """Let two steps take each other's time."""
    one, other = first.after_s, second.after_s
    for line, seconds in ((first, other), (second, one)):
        line.set_after(seconds)
