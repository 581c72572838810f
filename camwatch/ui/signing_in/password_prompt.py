"""Entering the password once more, with the code where there is a device for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    LockedOut,
    LoginServiceError,
    MoreNeeded,
    SessionExpired,
    SignInStep,
)
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import locked_out_text, text_for
from camwatch.ui.forms import BusyBar, Field, FocusGroup, Notice, PasswordEdit
from camwatch.ui.signing_in.code_entry import CodeEntry
from camwatch.ui.signing_in.commands import ConfirmCommands
from camwatch.ui.signing_in.rests import Rests

_WRONG = marked("The password is wrong. Check whether Caps Lock is on.")
_WRONG_WITH_CODE = marked(
    "The password or the code is wrong. Wait for the next code, and enter both."
)
_SERVICE_AWAY = marked("The login service must confirm your password")
_TRY_LATER = marked(
    "It does not answer now. Try again in a moment, or sign out and sign in as a user of this "
    "computer."
)


class PasswordPrompt(FocusGroup):
    """Asks for the password of a session's operator and lets the commands check it.

    Args:
        action: What its button is called.
        background: Must be one that does not itself ask for passwords.
        clock: Tells the time, UTC.

    Signals:
        confirmed: The password was right.
        expired: The session has ended meanwhile.
    """

    confirmed = Signal()
    expired = Signal()

    def __init__(
        self,
        commands: ConfirmCommands,
        session: Session,
        background: Background,
        *,
        action: str,
        clock: Callable[[], datetime] = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._clock = clock
        self._is_busy = False
        self._is_held = False
        self._was_resting = False
        self._rests = Rests(clock, self)
        self._rests.ticked.connect(self._on_countdown)
        space = theme.current().space
        self.password = PasswordEdit(self)
        self.field = Field(tr("&Password"), self.password, self)
        self.code = CodeEntry(self, can_recover=True)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.button = QPushButton(action, self)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space + space // 2)
        for part in (self.notice, self.field, self.code, self.busy):
            column.addWidget(part)
        self.code.setVisible(session.user.has_second_factor)
        self.password.line.textEdited.connect(self._on_edited)
        self.password.line.textChanged.connect(self._update_button)
        self.code.changed.connect(self._update_button)
        for line in (self.password.line, self.code.line):
            line.returnPressed.connect(self.submit)
        self.begin_at(self.password)
        self._update_button()

    def set_session(self, session: Session) -> None:
        """Ask for this session's operator from now on."""
        self._session = session
        self.code.setVisible(session.user.has_second_factor)

    def hold(self, *, is_held: bool) -> None:
        """Check nothing while something else must be done first."""
        self._is_held = is_held
        self._update_button()

    def clear(self) -> None:
        """Forget what was typed."""
        self.password.line.clear()
        self.field.clear_problem()
        self.code.clear()
        self.notice.hide()
        if self.password.show_button.isChecked():
            self.password.show_button.setChecked(False)

    @property
    def _needs_code(self) -> bool:
        return not self.code.isHidden()

    @Slot()
    def _on_edited(self) -> None:
        self.field.clear_problem()
        self.notice.hide()

    @Slot()
    def _update_button(self) -> None:
        is_filled = bool(self.password.text())
        if self._needs_code:
            is_filled = is_filled and self.code.is_complete
        is_free = not (self._is_busy or self._is_held)
        is_resting = self._rests.until(self._session.user.name) is not None
        self.button.setEnabled(is_filled and is_free and not is_resting)

    @Slot()
    def submit(self) -> None:
        """Let the password be checked, in the background."""
        if not self.button.isEnabled():
            if self._needs_code and self.window().focusWidget() is self.password.line:
                self.code.line.setFocus()
            return
        password = self.password.text()
        code = self.code.text() if self._needs_code else ""
        commands, session = self._commands, self._session
        self._set_busy(True)
        self._background.run(
            lambda: commands.confirm_password(session, password, code),
            self._on_confirmed,
            self._on_refused,
            owner=self,
        )

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self.field.setEnabled(not is_busy)
        self.code.setEnabled(not is_busy)
        self._update_button()

    def _on_confirmed(self, _none: None) -> None:
        self._set_busy(False)
        self._rests.stop()
        self.clear()
        self.confirmed.emit()

    def _on_refused(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self.code.clear()
        match error:
            case BadCredentials():
                self._wrong(tr(_WRONG_WITH_CODE) if self._needs_code else tr(_WRONG))
            case MoreNeeded(step=SignInStep.CODE):
                # Somebody has set up a device meanwhile, on another computer.
                self.code.show()
                self.code.line.setFocus()
            case LockedOut():
                self._rests.add(self._session.user.name, error.until)
                self._on_countdown()
                self.password.line.setFocus()
            case SessionExpired():
                self.expired.emit()
            case LoginServiceError():
                text = tr(
                    "{try_later}\nError number:\n{error_id}",
                    try_later=_TRY_LATER,
                    error_id=error.error_id,
                )
                self.notice.show_text("error", tr(_SERVICE_AWAY), text)
                self.password.line.setFocus()
            case _:
                self.notice.show_error(text_for(error))
                self.password.line.setFocus()

    def _wrong(self, sentence: str) -> None:
        self.field.show_problem(sentence)
        self.password.line.setFocus()
        self.password.line.selectAll()

    @Slot()
    def _on_countdown(self) -> None:
        until = self._rests.until(self._session.user.name)
        if until is not None:
            self.field.show_problem(locked_out_text(until, self._clock()))
        elif self._was_resting:
            self.field.clear_problem()
        self._was_resting = until is not None
        self._update_button()
