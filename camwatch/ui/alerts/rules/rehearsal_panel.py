"""Beside a rule that is edited: what it would have done with the stored history."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from camwatch.alerts.alert import Subject
from camwatch.alerts.minutes import StoredHistory
from camwatch.alerts.rehearsal import MOST_LISTED, Rehearsal, rehearse
from camwatch.alerts.rules import (
    CameraCondition,
    ProgramCondition,
    Rule,
    Unusual,
)
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import listed, marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.rules.commands import RulesCommands
from camwatch.ui.alerts.rules.rehearsal_chart import RehearsalChart
from camwatch.ui.alerts.rules.words import lasting
from camwatch.ui.background import Background
from camwatch.ui.charts.series import percent
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, CalmComboBox, plain_label
from camwatch.ui.words import number

_QUIET_MS = 250
_DAYS = listed(lambda: ((7, tr("7 days")), (30, tr("30 days")), (90, tr("90 days"))))
_USUAL_DAYS = 30
_NOTHING = marked(
    "Nothing is stored yet of what this rule watches, so nobody can tell how often it would have "
    "fired. Save it all the same, and look again in a few days."
)
_NOT_STORED = marked(
    "What goes wrong in the program is not stored, so this rule cannot be rehearsed."
)


def times(count: int) -> str:
    """Say "once", "twice" or "14 times"."""
    return {0: tr("never"), 1: tr("once"), 2: tr("twice")}.get(
        count, tr("{number} times", number=number(count))
    )


_LEAST_WEEKS = 1 / 7
"""Of less than a day it is not said that a rule would never fire."""


def verdict(rule: Rule, rehearsal: Rehearsal) -> str:
    """Say what a rule would have done."""
    if not rehearsal.fired:
        if rehearsal.weeks < _LEAST_WEEKS:
            return tr("Would not have fired, but less than a day is stored.")
        return tr("Would never have fired.")
    night = (
        tr(", {number} at night", number=number(rehearsal.at_night)) if rehearsal.at_night else ""
    )
    text = tr("Would have fired {times}{night}", times=times(rehearsal.fired), night=night)
    if rule.cool_down_s > 0:
        text += tr(
            "; with the cool-down of {lasting}: {number}",
            lasting=lasting(rule.cool_down_s),
            number=number(rehearsal.told),
        )
    return f"{text}."


def basis(rehearsal: Rehearsal) -> str:
    """Say what that stands on."""
    weeks = rehearsal.weeks
    if weeks < _LEAST_WEEKS:
        long = tr("Less than a day")
    else:
        long = (
            tr("{weeks:.1f} weeks", weeks=weeks)
            if weeks >= 1
            else tr("{value:.1f} days", value=weeks * 7)
        )
    return tr(
        "{long} of history; of the time in which the rule is on, {percent} could be judged.",
        long=long,
        percent=percent(rehearsal.coverage),
    )


@dataclass(frozen=True, slots=True)
class _Need:
    """What must be read anew when it changes."""

    kind: object
    scope: object
    days: int


def _need(rule: Rule, days: int) -> _Need:
    condition = rule.condition
    kind: object = type(condition)
    if isinstance(condition, CameraCondition):
        kind = condition.trouble
    return _Need(kind, rule.scope, days)


class RehearsalPanel(QWidget):
    """Chart and sentence; both follow what is entered.

    The history is read once for each kind of condition and scope; a rehearsal that a newer one
    has overtaken is not begun.

    Attributes:
        rehearsal: The newest one; None before the first, or where there is no history.

    Signals:
        rehearsed: A rehearsal is shown.
    """

    rehearsed = Signal()

    def __init__(
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._rule: Rule | None = None
        self._needed: _Need | None = None
        self._has: _Need | None = None
        self._history: StoredHistory | None = None
        self._is_rehearsing = False
        self._waits = False
        self.rehearsal: Rehearsal | None = None
        self._make()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._read)

    def _make(self) -> None:
        space = theme.current().space
        self.days = CalmComboBox(self)
        self.days.setAccessibleName(tr("How far back"))
        for days, words in _DAYS:
            self.days.addItem(tr("Last {words}", words=words), days)
        self.days.setCurrentIndex(self.days.findData(_USUAL_DAYS))
        self.subject = CalmComboBox(self)
        self.subject.setAccessibleName(tr("Which of them is drawn"))
        self.subject.setMinimumWidth(20 * space)
        self.verdict = plain_label("", "heading", self)
        self.basis = plain_label("", "muted", self)
        self.note = plain_label("", "muted", self)
        self.busy = BusyBar(self)
        self.chart = RehearsalChart(self._zone, self)
        self.nothing = EmptyTable("chart-line", self)
        self.nothing.hide()
        head = QHBoxLayout()
        head.setSpacing(space)
        title = plain_label(tr("Rehearsal"), "heading", self)
        title.setWordWrap(False)
        head.addWidget(title, 1)
        head.addWidget(self.subject)
        head.addWidget(self.days)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.verdict)
        column.addWidget(self.basis)
        column.addWidget(self.chart, 1)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.note)
        self.days.currentIndexChanged.connect(self._on_days)
        self.subject.activated.connect(self._draw)

    # ---------------------------------------------------------------- following the form

    def show_rule(self, rule: Rule) -> None:
        """Rehearse a rule as it is entered now."""
        self._rule = rule
        self.days.setVisible(not isinstance(rule.condition, ProgramCondition))
        need = _need(rule, int(self.days.currentData()))
        if isinstance(rule.condition, ProgramCondition):
            self._needed = self._has = None
            self._timer.stop()
            self._say_nothing(tr(_NOT_STORED))
        elif need == self._has:
            self._needed = need
            self._timer.stop()
            self._rehearse()
        elif need != self._needed:
            self._needed = need
            self._timer.start()
            self.busy.show()

    @Slot()
    def _on_days(self) -> None:
        if self._rule is not None:
            self.show_rule(self._rule)

    @Slot()
    def _read(self) -> None:
        rule, need = self._rule, self._needed
        if rule is None or need is None:
            return

        def done(history: StoredHistory) -> None:
            if need == self._needed:
                self.busy.hide()
                self._has, self._history = need, history
                self._rehearse()

        def failed(error: CamWatchError) -> None:
            if need == self._needed:
                self.busy.hide()
                self._needed = None
                self._say_nothing(text_for(error).whole)

        self._background.run(
            lambda: self._commands.stored_history(self._session, rule, need.days),
            done,
            failed,
            owner=self,
        )

    def _rehearse(self) -> None:
        rule, history = self._rule, self._history
        if rule is None or history is None:
            return
        if not any(one.is_known.any() for one in history.series.values()):
            self._say_nothing(tr(_NOTHING))
            return
        if self._is_rehearsing:
            self._waits = True
            return
        self._is_rehearsing, self._waits = True, False
        zone = self._zone

        def done(rehearsal: Rehearsal) -> None:
            self._is_rehearsing = False
            if history is self._history and self._needed is not None:
                self._show(rule, rehearsal)
            if self._waits:
                self._rehearse()

        def failed(error: CamWatchError) -> None:
            self._is_rehearsing = False
            self._say_nothing(text_for(error).whole)

        self._background.run(lambda: rehearse(rule, history, zone), done, failed, owner=self)

    # ---------------------------------------------------------------- showing

    def _say_nothing(self, why: str) -> None:
        self.rehearsal = None
        self.busy.hide()
        for part in (self.verdict, self.basis, self.note):
            part.setText("")
            part.hide()
        self.subject.hide()
        self.chart.hide()
        self.nothing.tell(tr("No rehearsal"), why)
        self.nothing.show()
        self.rehearsed.emit()

    def _show(self, rule: Rule, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.verdict.setText(verdict(rule, rehearsal))
        self.chart.plot.tell(self.verdict.text())
        self.verdict.show()
        self.basis.show()
        self.nothing.hide()
        text = basis(rehearsal)
        if rehearsal.fired > MOST_LISTED:
            text += tr(" The chart marks the newest {number}.", number=number(MOST_LISTED))
        self.basis.setText(text)
        self.note.setText(rehearsal.note)
        self.note.setVisible(bool(rehearsal.note))
        self._offer(rehearsal)
        self.chart.show()
        self._draw()
        self.rehearsed.emit()

    def _offer(self, rehearsal: Rehearsal) -> None:
        """Offer the subjects; the one that fired most often is drawn until another is chosen."""
        offered = [self.subject.itemData(place) for place in range(self.subject.count())]
        if offered != list(rehearsal.judged):
            self.subject.clear()
            for subject, judged in rehearsal.judged.items():
                self.subject.addItem(judged.name, subject)
            fired = [one.subject for one in rehearsal.alerts]
            most = max(rehearsal.judged, key=fired.count)
            self.subject.setCurrentIndex(list(rehearsal.judged).index(most))
        self.subject.setVisible(len(rehearsal.judged) > 1)

    @Slot()
    def _draw(self) -> None:
        subject = self.subject.currentData(Qt.ItemDataRole.UserRole)
        if (
            self.rehearsal is None
            or self._rule is None
            or self._history is None
            or not isinstance(subject, Subject)
            or subject not in self.rehearsal.judged
        ):
            return
        self.chart.show_rehearsal(self._rule, self._history, self.rehearsal, subject)

    @property
    def highest(self) -> int:
        """The highest number that was compared; 0 before anything was, or where none is."""
        if self.rehearsal is None or self._rule is None:
            return 0
        if isinstance(self._rule.condition, Unusual | CameraCondition):
            return 0
        return self.rehearsal.highest
