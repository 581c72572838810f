"""The rules that raise alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from camwatch.alerts.rules import Rule
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, SessionLocked
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.rules.commands import RulesCommands, Surroundings, read_surroundings
from camwatch.ui.alerts.rules.editor import RuleEditor
from camwatch.ui.alerts.rules.rules_model import WIDTHS, Column, RulesModel
from camwatch.ui.alerts.rules.why_dialog import WhyDialog
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordProxy, RecordTable
from camwatch.ui.words import number

__all__ = ["RulesCommands", "RulesTab"]

_SELECT = marked("Select a rule in the list first.")
_MAY_NOT = marked("Your role does not let you change rules.")
_ABOUT = marked(
    "A rule watches for something, and raises an alert when it happens. While it is off, or its "
    "hours are over, it raises nothing."
)


class RulesTab(QWidget):
    """The rules, and what can be done with them."""

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        self._may_edit = session.may(Permission.EDIT_RULES)
        self._known = Surroundings()
        self._reading = 0
        self._select = ""
        self._make()
        self._lay_out()
        bridge.rules_changed.connect(self._on_rules_changed)
        self.update_buttons()

    # ---------------------------------------------------------------- building

    def _make(self) -> None:
        self.rules = RulesModel(self)
        self.shown = RecordProxy(self.rules, self)
        self.table: RecordTable[Rule] = RecordTable(
            self.shown,
            tr("Rules"),
            WIDTHS,
            self,
            given_up=(Column.TELLS, Column.WHEN),
            least=230,
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self.update_buttons)
        self.table.activated.connect(self._on_activated)
        self.table.clicked.connect(self._on_clicked)
        for key, call in ((Qt.Key.Key_Delete, self._remove), (Qt.Key.Key_Space, self._switch)):
            action = QAction(self.table)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(call)
            self.table.addAction(action)
        self.new_button = make_button(tr("&New rule…"), "", self._new, self)
        self.new_button.setIcon(icons.icon("plus", theme.current().on_accent))
        self.new_button.setIconSize(icons.button_size())
        self.new_button.setProperty("role", "primary")
        self.edit_button = make_button(tr("&Edit…"), "pencil", self._edit, self)
        self.copy_button = make_button(tr("&Copy…"), "copy", self._copy, self)
        self.switch_button = make_button(tr("S&witch off"), "bell-off", self._switch, self)
        self.why_button = make_button(tr("Wh&y, why not…"), "search", self._why, self)
        self.remove_button = make_button(tr("Re&move…"), "trash-2", self._remove, self)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.load)
        self.about = plain_label(tr(_ABOUT), "muted", self)
        self.empty = EmptyTable("bell", self)
        self.empty.pressed.connect(self._new)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)

    def _lay_out(self) -> None:
        space = theme.current().space
        actions = FlowRow(space)
        self._buttons = (
            self.new_button,
            self.edit_button,
            self.copy_button,
            self.switch_button,
            self.why_button,
            self.remove_button,
        )
        for button in self._buttons:
            actions.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space)
        column.addLayout(actions)
        column.addWidget(self.about)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.stack, 1)
        in_tab_order(*self._buttons, self.table)

    # ---------------------------------------------------------------- reading

    def select(self, uid: str) -> None:
        """Select a rule once the rules are read."""
        self._select = uid

    @Slot()
    def load(self) -> None:
        """Read the rules again."""
        self._reading += 1
        reading = self._reading
        self.busy.show()

        def read() -> tuple[list[Rule], Surroundings]:
            known = read_surroundings(self._commands, self._session, self._clock)
            return self._commands.rules(self._session), known

        def done(found: tuple[list[Rule], Surroundings]) -> None:
            if reading == self._reading:
                self.busy.hide()
                self.notice.hide()
                self._show(*found)

        def failed(error: CamWatchError) -> None:
            if reading == self._reading:
                self.busy.hide()
                self._on_failed(error)

        self._background.run(read, done, failed, owner=self)

    def _show(self, rules: list[Rule], known: Surroundings) -> None:
        self._known = known
        self.rules.prepare(known)
        wanted, self._select = self._select, ""
        self.table.set_records(
            self.rules, rules, (lambda one: one.uid == wanted) if wanted else None
        )
        self.empty.tell(
            tr("There are no rules"),
            tr("Without rules nobody is told of anything.")
            if self._may_edit
            else tr("Without rules nobody is told of anything. Ask somebody who may make rules."),
            tr("New rule…") if self._may_edit else "",
        )
        self.stack.setCurrentWidget(self.table if rules else self.empty)
        self.update_buttons()

    def _on_failed(self, error: CamWatchError) -> None:
        if not isinstance(error, SessionLocked):
            self.notice.show_error(text_for(error), action=tr("Read again"))

    @Slot(object)
    def _on_rules_changed(self, _event: object) -> None:
        if self.isVisible():
            self.load()

    # ---------------------------------------------------------------- what can be done

    @Slot()
    def update_buttons(self) -> None:
        """Say what can be done to the selected rule, and why not."""
        rule = self.table.chosen
        select = "" if rule is not None else tr(_SELECT)
        self.why_button.setEnabled(not select)
        self.why_button.setToolTip(select or tr("See why the rule fired, or did not, at a moment"))
        is_on = rule is None or rule.is_enabled
        self.switch_button.setText(tr("S&witch off") if is_on else tr("S&witch on"))
        self.switch_button.setIcon(icons.icon("bell-off" if is_on else "bell"))
        hints = {
            self.new_button: ("", tr("Make a rule")),
            self.edit_button: (select, tr("See and change the rule (Enter)")),
            self.copy_button: (select, tr("Make another rule that begins as this one is")),
            self.switch_button: (select, tr("Switch the rule on or off (Space)")),
            self.remove_button: (select, tr("Remove the rule; its alerts stay (Del)")),
        }
        for button, (why_not, hint) in hints.items():
            why = why_not if self._may_edit else tr(_MAY_NOT)
            button.setEnabled(not why)
            button.setToolTip(why or hint)
            button.setAccessibleDescription(why)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.ON:
            self._switch()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        if index.column() != Column.ON:
            self._edit()

    def _new(self) -> None:
        self._open(None)

    def _edit(self) -> None:
        if (rule := self.table.chosen) is not None and self._may_edit:
            self._open(rule)

    def _copy(self) -> None:
        if (rule := self.table.chosen) is not None:
            self._open(rule, is_copy=True)

    def _open(self, rule: Rule | None, *, is_copy: bool = False) -> None:
        editor = RuleEditor(
            self._commands,
            self._session,
            self._background,
            self._known,
            self._zone,
            self._clock(),
            rule,
            is_copy=is_copy,
            parent=self,
        )
        editor.saved.connect(self._on_saved)
        editor.finished.connect(editor.deleteLater)
        editor.open()

    @Slot(object)
    def _on_saved(self, rule: Rule) -> None:
        self._select = rule.uid
        self.load()

    @Slot()
    def _switch(self) -> None:
        rule = self.table.chosen
        if rule is None or not self._may_edit:
            return
        uid, is_enabled = rule.uid, not rule.is_enabled
        self._do(lambda: self._commands.switch_rule(self._session, uid, is_enabled))

    @Slot()
    def _remove(self) -> None:
        rule = self.table.chosen
        if rule is None or not self._may_edit:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Remove a rule"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("Remove the rule “{name}”?", name=rule.name))
        fired = self._known.fired.get(rule.uid, 0)
        lately = (
            tr(" It raised {number} in the last seven days.", number=number(fired)) if fired else ""
        )
        box.setInformativeText(
            tr(
                "Nobody will be told of this any more.{lately} Alerts that it has raised stay; those "
                "that are open return. To silence it for a while, switch it off instead.",
                lately=lately,
            )
        )
        remove = box.addButton(tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        uid = rule.uid
        remove.clicked.connect(
            lambda: self._do(lambda: self._commands.remove_rule(self._session, uid))
        )
        box.finished.connect(box.deleteLater)
        box.open()

    def _do(self, job: Callable[[], object]) -> None:
        self.busy.show()

        def done(_result: object) -> None:
            self.load()

        def failed(error: CamWatchError) -> None:
            self.busy.hide()
            self._on_failed(error)

        self._background.run(job, done, failed, owner=self)

    # ---------------------------------------------------------------- why, why not

    def _why(self) -> None:
        if (rule := self.table.chosen) is not None:
            self.explain(rule.uid, self._clock())

    def explain(self, uid: str, at: datetime) -> None:
        """Show why a rule fired or did not at a moment, UTC."""
        dialog = WhyDialog(
            self._commands, self._session, self._background, self._zone, uid, at, parent=self
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
