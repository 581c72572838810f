"""The page that leads through setting up, one step after the other."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.first_run.alert_step import AlertStep
from camwatch.ui.first_run.camera_step import CameraStep
from camwatch.ui.first_run.done_step import DoneStep
from camwatch.ui.first_run.place_step import PlaceStep
from camwatch.ui.first_run.rail import StepRail
from camwatch.ui.first_run.rule_step import RuleStep
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.first_run.welcome_step import WelcomeStep
from camwatch.ui.forms import BusyBar, in_tab_order, plain_label, scrolled

_WIDEST = 1180
_RAIL = 200


class SetUpPage(QWidget):
    """Shows one step with its reason, and back, next and leaving it out.

    What was entered in a step stays there, whichever way one goes.

    Attributes:
        made: What was set up so far.
        steps: All of them, in order.

    Signals:
        moved: Another step is shown.
        later_requested: The operator wants to do the rest another time.
        done: The operator has been through all of it.
        title_changed: What the window is called is something else.
    """

    moved = Signal()
    later_requested = Signal()
    done = Signal()
    title_changed = Signal()

    def __init__(
        self, means: Means, zone: ZoneInfo, parent: QWidget | None = None, *, has_sample: bool
    ) -> None:
        super().__init__(parent)
        self.made = made = Made(self)
        self.welcome = WelcomeStep(means, made, self, has_sample=has_sample)
        self.camera = CameraStep(means, made, self)
        self.place = PlaceStep(means, made, self)
        self.rule = RuleStep(means, made, self)
        self.alert = AlertStep(means, made, self)
        self.last = DoneStep(means, made, self, zone=zone)
        self.steps: tuple[Step, ...] = (
            self.welcome,
            self.camera,
            self.place,
            self.rule,
            self.alert,
            self.last,
        )
        self._index = 0
        self._is_entered = False
        self._seen = {0}
        self._build()
        for step in self.steps:
            step.changed.connect(self._show_buttons)
            step.finished.connect(self._on_finished)
        made.changed.connect(self._show_step)
        self._show_step()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self.rail = StepRail(
            (
                tr("Welcome"),
                tr("Camera"),
                tr("Line or zone"),
                tr("Rule"),
                tr("Test alert"),
                tr("Counting"),
            ),
            self,
        )
        self.rail.setMinimumWidth(theme.px(_RAIL))
        self.heading = plain_label("", "title", self)
        self.why = plain_label("", "muted", self)
        self._stack = QStackedWidget(self)
        for step in self.steps:
            self._stack.addWidget(step)
        self.busy = BusyBar(self)
        self.next_button = self._button("", self.go_on)
        self.next_button.setProperty("role", "primary")
        self.back_button = self._button(tr("&Back"), self.back)
        self.skip_button = self._button("", self.skip)
        self.later_button = self._button(tr("Set up late&r"), self.later_requested.emit)
        # On the left: popups of alerts stand in the right corner of the window.
        foot = QHBoxLayout()
        foot.setSpacing(space + space // 2)
        for button in (self.next_button, self.back_button, self.skip_button):
            foot.addWidget(button)
        foot.addSpacing(2 * space)
        foot.addWidget(self.later_button)
        foot.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(space)
        right.addWidget(self.heading)
        right.addWidget(self.why)
        right.addSpacing(space)
        right.addWidget(self._stack, 1)
        right.addWidget(self.busy)
        right.addLayout(foot)
        room = QWidget(self)
        room.setMaximumWidth(theme.px(_WIDEST))
        row = QHBoxLayout(room)
        row.setContentsMargins(3 * space, 3 * space, 3 * space, 3 * space)
        row.setSpacing(4 * space)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        outer = QWidget(self)
        middle = QHBoxLayout(outer)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(room, 100)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(outer, self))
        in_tab_order(self.next_button, self.back_button, self.skip_button, self.later_button)
        enter = QShortcut(QKeySequence("Ctrl+Return"), self)
        enter.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        enter.activated.connect(self.go_on)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    # ---------------------------------------------------------------- where it is

    @property
    def index(self) -> int:
        """The place of the step that is shown, from 0."""
        return self._index

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.steps[self._index]

    @property
    def title(self) -> str:
        """What the window is called while this is shown."""
        return tr(
            "CamWatch: set up, step {number} of {count}",
            number=self._index + 1,
            count=len(self.steps),
        )

    def show_step(self, index: int) -> None:
        """Show a step."""
        index = min(max(index, 0), len(self.steps) - 1)
        if self._is_entered:
            self.step.leave()
        self._index = index
        self._seen.add(index)
        self._stack.setCurrentWidget(self.step)
        self._show_step()
        if self._is_entered:
            self._enter()
        self.moved.emit()
        self.title_changed.emit()

    def _enter(self) -> None:
        self.next_button.setFocus()
        self.step.enter()

    def showEvent(self, event: QShowEvent, /) -> None:
        """Let the step begin."""
        super().showEvent(event)
        self._is_entered = True
        self._enter()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Let the step rest."""
        super().hideEvent(event)
        self._is_entered = False
        self.step.leave()

    # ---------------------------------------------------------------- showing

    @Slot()
    def _show_step(self) -> None:
        step, made = self.step, self.made
        self.heading.setText(step.heading)
        self.why.setText(step.why)
        scene = made.scene
        self.rail.show_steps(
            self._index,
            (
                len(self._seen) > 1,
                made.camera is not None,
                bool(scene.lines or scene.zones or scene.gates),
                made.rule is not None,
                self.alert.is_ready,
                False,
            ),
        )
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        step = self.step
        self.busy.setVisible(step.is_busy)
        self.next_button.setText(step.action)
        could_go_on = self.next_button.isEnabled()
        self.next_button.setEnabled(step.is_ready and not step.is_busy)
        if step.leads_on and self._is_entered and step.is_ready and not could_go_on:
            self.next_button.setFocus()
        self.back_button.setVisible(self._index > 0)
        self.back_button.setEnabled(not step.is_busy)
        self.skip_button.setText(step.skip)
        self.skip_button.setVisible(bool(step.skip) and not step.is_ready)
        self.skip_button.setEnabled(not step.is_busy)
        self.later_button.setVisible(step is not self.last)
        self.title_changed.emit()

    # ---------------------------------------------------------------- going

    @Slot()
    def go_on(self) -> None:
        """Do what the step is for, and show the next one."""
        if self.next_button.isEnabled():
            self.step.commit()

    @Slot()
    def _on_finished(self) -> None:
        if self.sender() is not self.step:
            return
        if self.step is self.last:
            self.done.emit()
        else:
            self.show_step(self._index + 1)

    @Slot()
    def skip(self) -> None:
        """Show the next step without doing this one; what was entered stays."""
        if not self.step.is_busy:
            self.show_step(self._index + 1)

    @Slot()
    def back(self) -> None:
        """Show the step before; what was entered stays."""
        if not self.step.is_busy:
            self.show_step(self._index - 1)
