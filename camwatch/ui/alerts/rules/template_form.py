"""The part of a rule's form that says what its alerts say, with a preview."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from camwatch.alerts.rules import TEMPLATE_FIELDS, Rule
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.rules.commands import RulesCommands
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import Field, plain_label
from camwatch.ui.operators.form_dialog import make_button

_QUIET_MS = 300
_HEIGHT = 84


class TemplateForm(QWidget):
    """A text with fields, buttons that put fields into it, and an example of an alert.

    Signals:
        changed: Something was typed.

    Args:
        rule: Returns the rule as it is entered.
    """

    changed = Signal()

    def __init__(
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        rule: Callable[[], Rule],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._rule = rule
        self._asked = 0
        self.text = QPlainTextEdit(self)
        self.text.setPlaceholderText(tr("Left empty, alerts say it in the usual words."))
        self.text.setFixedHeight(theme.px(_HEIGHT))
        self.text.setTabChangesFocus(True)
        self.field = Field(tr("&Text"), self.text, self)
        space = theme.current().space
        names = FlowRow(space // 2)
        for name in TEMPLATE_FIELDS:
            button = make_button(f"${name}", "", partial(self._insert, name), self)
            button.setProperty("role", "choice")
            button.setToolTip(tr("Put the {name} of the alert in here", name=name))
            button.setAccessibleName(tr("Insert {name}", name=name))
            names.addWidget(button)
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(space + space // 2, space, space + space // 2, space)
        inside.setSpacing(space // 2)
        inside.addWidget(plain_label(tr("An alert will look like this:"), "muted", card))
        self.title = plain_label("", "heading", card)
        self.message = plain_label("", "", card)
        inside.addWidget(self.title)
        inside.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.field)
        column.addLayout(names)
        column.addWidget(card)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._preview)
        self.text.textChanged.connect(self._on_typed)

    def show_soon(self) -> None:
        """Make the example anew, once nothing was entered for a moment."""
        self._timer.start()

    def _insert(self, name: str) -> None:
        self.text.insertPlainText(f"${name}")
        self.text.setFocus()

    @Slot()
    def _on_typed(self) -> None:
        self.field.clear_problem()
        self.changed.emit()
        self.show_soon()

    @Slot()
    def _preview(self) -> None:
        self._asked += 1
        asked, rule = self._asked, self._rule()

        def done(found: tuple[str, str]) -> None:
            if asked == self._asked:
                self.title.setText(found[0])
                self.message.setText(found[1])
                self.field.clear_problem()

        def failed(error: CamWatchError) -> None:
            if asked == self._asked:
                self.field.show_problem(text_for(error).whole)

        self._background.run(
            lambda: self._commands.preview_text(self._session, rule), done, failed, owner=self
        )
