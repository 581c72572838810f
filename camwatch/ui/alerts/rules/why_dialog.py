"""The dialog that tells why a rule fired, or did not, at a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Slot
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.rules import Rule
from camwatch.alerts.signals import RuleTrace
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.rules.commands import RulesCommands
from camwatch.ui.alerts.rules.ladder import Mark, ladder, outcome
from camwatch.ui.alerts.rules.words import watches
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, CalmComboBox, Field, Notice, plain_label, scrolled
from camwatch.ui.operators.form_dialog import make_button

_MARKS = table(
    lambda: {
        Mark.YES: ("check", tr("Yes")),
        Mark.NO: ("x", tr("No")),
        Mark.NONE: ("info", tr("Note")),
    }
)
_ICON = 16


class LadderCard(QFrame):
    """How a rule stood with one subject."""

    def __init__(
        self, rule: Rule, trace: RuleTrace, zone: ZoneInfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        tokens = theme.current()
        space = tokens.space
        grid = QGridLayout()
        grid.setHorizontalSpacing(space + space // 2)
        grid.setVerticalSpacing(space // 2)
        grid.setColumnMinimumWidth(1, 15 * space)
        grid.setColumnStretch(2, 1)
        colors = {Mark.YES: tokens.ok, Mark.NO: tokens.critical, Mark.NONE: tokens.muted}
        self.lines: list[str] = []
        for row, rung in enumerate(ladder(rule, trace, zone)):
            name, word = _MARKS[rung.mark]
            sign = QLabel(self)
            sign.setPixmap(icons.pixmap(name, _ICON, colors[rung.mark], self.devicePixelRatioF()))
            sign.setAccessibleName(word)
            grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            title = plain_label(rung.name, "muted", self)
            title.setWordWrap(False)
            grid.addWidget(title, row, 1, Qt.AlignmentFlag.AlignTop)
            said = plain_label(rung.said, "", self)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(said, row, 2)
            self.lines.append(f"{word}: {rung.name}: {rung.said}")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space + space // 2, 2 * space, space + space // 2)
        column.setSpacing(space)
        column.addWidget(plain_label(trace.explanation.name, "heading", self))
        self.outcome = plain_label(outcome(trace), "", self)
        column.addWidget(self.outcome)
        column.addLayout(grid)
        self.setAccessibleName(f"{trace.explanation.name}. {outcome(trace)}")
        self.setAccessibleDescription(". ".join(self.lines))


class WhyDialog(QDialog):
    """Choose a rule and a moment, and see each check with its numbers.

    Args:
        zone: The site's time zone.
        rule_uid: The rule to begin with.
        at: The moment to begin with, UTC.
    """

    def __init__(  # noqa: PLR0917 - all that the answer stands on
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        rule_uid: str,
        at: datetime,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._first_uid = zone, rule_uid
        self._rules: dict[str, Rule] = {}
        self._asked = 0
        self.cards: list[LadderCard] = []
        self.setWindowTitle(tr("Why, why not"))
        self._make(at)
        self._lay_out()
        fit(self, 860, 720)
        self._read_rules()

    def _make(self, at: datetime) -> None:
        self.rule = CalmComboBox(self)
        self.at = QDateTimeEdit(self)
        self.at.setTimeZone(QTimeZone(self._zone.key.encode()))
        self.at.setDisplayFormat(tr("d MMM yyyy, HH:mm:ss"))
        self.at.setCalendarPopup(True)
        self.at.setDateTime(
            QDateTime.fromMSecsSinceEpoch(
                int(at.timestamp() * 1000), QTimeZone(self._zone.key.encode())
            )
        )
        self.rule_field = Field(tr("&Rule"), self.rule, self)
        self.at_field = Field(tr("&Moment"), self.at, self)
        self.ask_button = make_button(tr("&Show"), "search", self.ask, self)
        self.ask_button.setProperty("role", "primary")
        self.ask_button.setDefault(True)
        self.ask_button.setIcon(icons.icon("search", theme.current().on_accent))
        self.close_button = make_button(tr("Close"), "", self.reject, self)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.words = plain_label("", "muted", self)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, theme.current().space, 0)
        self._column.setSpacing(theme.current().space)
        self._column.addStretch(1)
        self.rule.activated.connect(self.ask)
        self.at.dateTimeChanged.connect(self.at_field.clear_problem)

    def _lay_out(self) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(self.rule_field, 2)
        head.addWidget(self.at_field, 1)
        ask = QVBoxLayout()
        ask.addSpacing(20)
        ask.addWidget(self.ask_button)
        ask.addStretch(1)
        head.addLayout(ask)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr("Why, why not"), "title", self))
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(scrolled(self._list, self), 1)
        column.addLayout(foot)

    # ---------------------------------------------------------------- asking

    def _read_rules(self) -> None:
        self.busy.show()
        self._background.run(
            lambda: self._commands.rules(self._session), self._on_rules, self._on_failed, owner=self
        )

    def _on_rules(self, rules: list[Rule]) -> None:
        self.busy.hide()
        self._rules = {rule.uid: rule for rule in rules}
        for rule in rules:
            self.rule.addItem(rule.name, rule.uid)
        place = self.rule.findData(self._first_uid)
        if place < 0:
            self.notice.show_text(
                "warning",
                tr("This rule is gone"),
                tr("It was removed, so nobody can tell any more how it stood. Choose another one."),
            )
            return
        self.rule.setCurrentIndex(place)
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Ask how the chosen rule stood at the chosen moment."""
        rule = self._rules.get(str(self.rule.currentData()))
        if rule is None:
            return
        self._asked += 1
        asked = self._asked
        at = datetime.fromtimestamp(self.at.dateTime().toMSecsSinceEpoch() / 1000, UTC)
        self.notice.hide()
        self.at_field.clear_problem()
        self.words.setText(f"{watches(rule.condition)}.")
        self.busy.show()

        def done(traces: list[RuleTrace]) -> None:
            if asked == self._asked:
                self.busy.hide()
                self._show(rule, traces)

        def failed(error: CamWatchError) -> None:
            if asked == self._asked:
                self._on_failed(error)

        self._background.run(
            lambda: self._commands.explain_rule(self._session, rule.uid, at),
            done,
            failed,
            owner=self,
        )

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self._clear()
        if isinstance(error, InvalidSetting) and error.field == "at":
            self.at_field.show_problem(field_sentence(InvalidSetting("moment", error.reason)))
        else:
            self.notice.show_error(text_for(error))

    def _clear(self) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []

    def _show(self, rule: Rule, traces: list[RuleTrace]) -> None:
        self._clear()
        if not traces:
            self.notice.show_text(
                "info",
                tr("There is nothing to judge"),
                tr("The rule is about no camera or place that is there now."),
            )
        # What fired or was nearest to it comes first.
        ordered = sorted(
            traces,
            key=lambda one: (not one.alert_number, not one.explanation.is_raised),
        )
        for place, trace in enumerate(ordered):
            card = LadderCard(rule, trace, self._zone, self._list)
            self._column.insertWidget(place, card)
            self.cards.append(card)
