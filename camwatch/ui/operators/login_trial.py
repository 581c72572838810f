"""The panel that tries a login service, and shows which role its names come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFormLayout, QFrame, QLineEdit, QVBoxLayout, QWidget

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.config import RemoteLogin
from camwatch.domain import Secret
from camwatch.errors import BadCredentials, CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Field, Notice, PasswordEdit, plain_label, scrolled
from camwatch.ui.operators.form_dialog import bring_into_view, make_button
from camwatch.ui.operators.login_words import (
    claim_lines,
    key_lines,
    keys_words,
    names_in,
    preview_words,
    trust_words,
    typed_names,
    verdict,
)
from camwatch.ui.operators.wording import breakable

_PREVIEW_MS = 250
_NOBODY_TRIED = marked(
    "Enter a user name and password as well to see what the service says of a user. Nobody is "
    "signed in by that, and nothing is stored."
)


class TrialCommands(Protocol):
    """What this panel asks of `camwatch.commands.Commands`."""

    def try_login_service(
        self,
        session: Session,
        settings: RemoteLogin,
        name: str = "",
        password: Secret | None = None,
    ) -> LoginServiceTrial:
        """Ask a login service without storing anything or letting anybody in."""
        ...

    def preview_mapping(
        self, session: Session, settings: RemoteLogin, claims: Mapping[str, object]
    ) -> OperatorRole | None:
        """Return which role claims would come to; None if nobody would be let in."""
        ...


class TrialPanel(QWidget):
    """Tries the settings as they are entered.

    Attributes:
        trusted: Fingerprints of the keys that are trusted, by their names; empty trusts those
            that the service shows first.

    Args:
        settings: Tells how they are entered now.
        refused: Shows refused settings at their fields.
    """

    def __init__(
        self,
        commands: TrialCommands,
        session: Session,
        background: Background,
        *,
        settings: Callable[[], RemoteLogin],
        refused: Callable[[CamWatchError], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._settings, self._refused = settings, refused
        self._claims: Mapping[str, object] = {}
        self._offered: dict[str, str] = {}
        self.trusted: dict[str, str] = {}
        self._tried = ""
        self._trying = 0
        self._asked = 0
        self._may_try = True
        self._is_trying = False
        self.name = QLineEdit(self)
        self.name.setMaxLength(320)
        self.password = PasswordEdit(self)
        self.name_field = Field(tr("User name, if you like"), self.name, self)
        self.password_field = Field(tr("Password"), self.password, self)
        self.try_button = make_button(tr("Tr&y it"), "plug-zap", self.try_it, self)
        for line in (self.name, self.password.line):
            line.textEdited.connect(self.password_field.clear_problem)
            line.returnPressed.connect(self.try_it)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.result = plain_label(tr(_NOBODY_TRIED), "muted", self)
        self.verdict = plain_label("", "heading", self)
        self.keys = plain_label("", "muted", self)
        self.keys.setFont(theme.fixed_font())
        self.trust = plain_label("", "", self)
        self.trust_button = make_button(tr("Trust these &keys"), "check", self.trust_offered, self)
        self.claims = QWidget(self)
        self._claim_rows = QFormLayout(self.claims)
        self._claim_rows.setContentsMargins(0, 0, 0, 0)
        self.names = QLineEdit(self)
        self.names.setMaxLength(1024)
        self.names_field = Field(
            tr("&Names in the claim, divided by commas"),
            self.names,
            self,
            hint=tr("Which role would somebody have whose token holds these names?"),
        )
        self.names.textEdited.connect(self._on_names_edited)
        self.preview = plain_label("", "", self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PREVIEW_MS)
        self._timer.timeout.connect(self.ask_preview)
        self._lay_out()
        self._show_parts()

    def _lay_out(self) -> None:
        space = theme.current().space
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr("Which role would it be?"), "heading", self))
        column.addWidget(self.names_field)
        column.addWidget(self.preview)
        line = QFrame(self)
        line.setFixedHeight(1)
        line.setStyleSheet(f"background: {theme.current().line};")
        column.addWidget(line)
        column.addWidget(plain_label(tr("Try the service"), "heading", self))
        for part in (self.name_field, self.password_field, self.try_button, self.busy):
            column.addWidget(part)
        found = (self.notice, self.verdict, self.result, self.keys, self.trust, self.trust_button)
        for shown in (*found, self.claims):
            column.addWidget(shown)
        column.addStretch(1)
        card = QFrame(self)
        card.setProperty("role", "card")
        around = QVBoxLayout(card)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(scrolled(inside, card))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)

    def stops(self) -> tuple[QWidget, ...]:
        """Return where Tab stops, from top to bottom."""
        return (self.names, self.name, self.password, self.try_button, self.trust_button)

    # ---------------------------------------------------------------- trying

    def set_ready(self, is_ready: bool) -> None:
        """Let the service be tried, or not while the dialog is at work."""
        self._may_try = is_ready
        self.try_button.setEnabled(is_ready and not self._is_trying)

    @Slot()
    def try_it(self) -> None:
        """Ask the service, in the background; takes seconds."""
        if self._is_trying or not self._may_try:
            return
        name, typed = self.name.text().strip(), self.password.text()
        password = Secret(typed) if name else None
        settings = self._settings()
        self._trying += 1
        self._set_trying(True)
        self._tried = name
        self._background.run(
            lambda: self._commands.try_login_service(self._session, settings, name, password),
            partial(self._on_tried, settings.roles_claim),
            self._on_failed,
            owner=self,
        )

    def _set_trying(self, is_trying: bool) -> None:
        self._is_trying = is_trying
        self.busy.setVisible(is_trying)
        self.try_button.setEnabled(not is_trying and self._may_try)
        if is_trying:
            self.notice.hide()
            self.password_field.clear_problem()
            self.verdict.setText("")
            self._offered = {}
            self.result.setText(tr("Asking the service …"))
            self._show_claims({})
            self._show_parts()

    def _on_tried(self, claim: str, trial: LoginServiceTrial) -> None:
        self._set_trying(False)
        said = keys_words(trial)
        self.result.setText(said if self._tried else f"{said}\n\n{tr(_NOBODY_TRIED)}")
        self._offered = dict(trial.key_fingerprints)
        if self._tried:
            self.verdict.setText(breakable(verdict(self._tried, claim, trial.role)))
        self._show_claims(trial.claims)
        self._show_parts()
        last = next((part for part in (self.trust_button, self.keys) if not part.isHidden()), None)
        bring_into_view(last or self.result)
        if trial.claims:
            self._claims = trial.claims
            self.names.setText(", ".join(names_in(trial.claims, claim)))
            self.ask_preview()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_trying(False)
        self.result.setText("")
        match error:
            case BadCredentials():
                self.password_field.show_problem(tr("The service refuses this name or password."))
                self.password.setFocus()
                self.result.setText(tr("The service answers, and refuses this user."))
            case InvalidSetting() | InvalidSettings():
                self.result.setText(tr("Correct the settings first."))
                self._refused(error)
            case _:
                self.notice.show_error(text_for(error))
        self._show_parts()

    def _show_claims(self, claims: Mapping[str, object]) -> None:
        while self._claim_rows.rowCount():
            self._claim_rows.removeRow(0)
        for name, text in claim_lines(claims):
            value = plain_label(breakable(text), "", self.claims)
            self._claim_rows.addRow(plain_label(breakable(name), "muted", self.claims), value)

    def show_trusted(self, keys: Mapping[str, str]) -> None:
        """Take the keys that are trusted now."""
        self.trusted = dict(keys)
        self._show_parts()

    @Slot()
    def trust_offered(self) -> None:
        """Trust the keys that the service has just shown, once the settings are saved."""
        self.show_trusted(self._offered)
        self.trust.setText(tr("These keys are trusted once you save."))
        self.trust.show()

    def _show_parts(self) -> None:
        self.keys.setText(
            breakable("\n".join(key_lines(self._offered or self.trusted, self.trusted)))
        )
        words = trust_words(self._offered, self.trusted)
        self.trust.setText(words)
        self.trust_button.setVisible(bool(words))
        for label in (self.result, self.verdict, self.keys, self.trust):
            label.setVisible(bool(label.text()))
        self.claims.setVisible(self._claim_rows.rowCount() > 0)

    # ---------------------------------------------------------------- preview

    @Slot()
    def _on_names_edited(self) -> None:
        self._claims = {}
        self.settings_changed()

    @Slot()
    def settings_changed(self) -> None:
        """Ask again which role it would be, once nothing was changed for a moment."""
        self._timer.start()

    @Slot()
    def ask_preview(self) -> None:
        """Ask which role the names come to, with the list of roles as it is entered."""
        self._timer.stop()
        settings = self._settings()
        names = typed_names(self.names.text())
        self._asked += 1
        if not names and not self._claims:
            self.preview.setText("")
            self.preview.hide()
            return
        claims = self._claims or {settings.roles_claim: names}
        self._background.run(
            lambda: self._commands.preview_mapping(self._session, settings, claims),
            partial(self._on_preview, self._asked),
            partial(self._on_no_preview, self._asked),
            owner=self,
        )

    def _on_preview(self, number: int, role: OperatorRole | None) -> None:
        if number == self._asked:
            self._say_preview(preview_words(role))

    def _on_no_preview(self, number: int, error: CamWatchError) -> None:
        if number == self._asked:
            self._say_preview(text_for(error).whole)

    def _say_preview(self, text: str) -> None:
        self.preview.setText(breakable(text))
        self.preview.show()
