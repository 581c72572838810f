"""The first window: signing in, and on the first start making the administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.names import name_key
from camwatch.auth.passwords import SHORTEST, check_new_password
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
)
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, locked_out_text, text_for
from camwatch.ui.forms import BusyBar, Field, Notice, PasswordEdit, plain_label

_WIDTH = 420
_LOGO = 64
_COUNTDOWN_MS = 250
_STRENGTHS = ("", "Too easy to guess", "Good enough", "Good", "Very good")


class SignInCommands(Protocol):
    """What this window asks of `camwatch.commands.Commands`."""

    def is_first_start(self) -> bool:
        """Tell whether there is no operator yet."""
        ...

    def create_first_administrator(self, name: str, password: str) -> Session:
        """Make the first operator and sign in."""
        ...

    def sign_in(self, name: str, password: str) -> Session:
        """Sign in."""
        ...


def password_strength(name: str, password: str) -> tuple[int, str]:
    """Judge a new password: 0 (nothing typed) to 4, and the words for it."""
    if not password:
        return 0, ""
    if (missing := SHORTEST - len(password)) > 0:
        return 1, f"{missing} more character{'' if missing == 1 else 's'} needed"
    try:
        check_new_password(name, password)
    except InvalidSetting:
        return 1, _STRENGTHS[1]
    level = min(2 + (len(password) - SHORTEST) // 4, 4)
    return level, _STRENGTHS[level]


class _StrengthBar(QWidget):
    """Four segments that fill up as a new password gets better."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = 0
        self.setFixedHeight(4)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the segments."""
        tokens = theme.current()
        filled = (tokens.critical, tokens.critical, tokens.warning, tokens.ok, tokens.ok)
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            gap = 4
            width = (self.width() - 3 * gap) / 4
            for number in range(4):
                color = filled[self.level] if number < self.level else tokens.line
                painter.setBrush(QColor(color))
                painter.drawRoundedRect(QRectF(number * (width + gap), 0, width, 4), 2, 2)


class _Form(QWidget):
    """The fields of either form."""

    def __init__(self, *, is_first_start: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.name = QLineEdit(self)
        self.password = PasswordEdit(self)
        self.repeat = PasswordEdit(self) if is_first_start else None
        hint = (
            f"At least {SHORTEST} characters, and not your user name. "
            "A few words that only you put together are best."
        )
        self.name_field = Field("&User name", self.name, self)
        self.password_field = Field(
            "&Password", self.password, self, hint=hint if is_first_start else ""
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.name_field)
        column.addWidget(self.password_field)
        self.fields = {"name": self.name_field, "password": self.password_field}
        if self.repeat is not None:
            self._bar = _StrengthBar(self)
            self.strength = plain_label("", "muted", self)
            judged = QVBoxLayout()
            judged.setSpacing(space // 2)
            judged.addWidget(self._bar)
            judged.addWidget(self.strength)
            column.addLayout(judged)
            self.fields["repeat"] = Field("&Repeat the password", self.repeat, self)
            column.addWidget(self.fields["repeat"])
            self.password.line.textChanged.connect(self._judge)
            self.name.textChanged.connect(self._judge)
        for field in self.fields.values():
            if isinstance(field.input, QLineEdit):
                field.input.textEdited.connect(field.clear_problem)

    @Slot()
    def _judge(self) -> None:
        self._bar.level, words = password_strength(self.name.text(), self.password.text())
        self._bar.update()
        self.strength.setText(words)

    def clear_problems(self) -> None:
        """Take all messages away."""
        for field in self.fields.values():
            field.clear_problem()

    def show_problem(self, name: str, sentence: str) -> bool:
        """Show a message at a field and go there; False if there is no such field."""
        field = self.fields.get(name)
        if field is None:
            return False
        field.show_problem(sentence)
        field.input.setFocus()
        if isinstance(field.input, QLineEdit):
            field.input.selectAll()
        return True


class SignInDialog(QDialog):
    """Signs an operator in; on the first start it makes the administrator.

    Passwords are checked in the background, so that the window stays alive.

    Attributes:
        session: Who is signed in, once the dialog was accepted.

    Args:
        prefill: User name and password to put into the fields.
        is_demo: Says that they are filled in.
        clock: Tells the time, UTC.
    """

    def __init__(
        self,
        commands: SignInCommands,
        background: Background,
        *,
        prefill: tuple[str, str] | None = None,
        is_demo: bool = False,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self._commands = commands
        self._background = background
        self._prefill = prefill
        self._is_demo = is_demo
        self._clock = clock
        self._form: _Form | None = None
        self._lock: tuple[str, datetime] | None = None
        self._is_busy = False
        self._was_at: QWidget | None = None
        self.setWindowTitle("CamWatch")
        self._build()
        self._countdown = QTimer(self)
        self._countdown.setInterval(_COUNTDOWN_MS)
        self._countdown.timeout.connect(self._on_countdown)
        self._ask_first_start()

    def _build(self) -> None:
        space = theme.current().space
        self.heading = QLabel("CamWatch", self)
        self.heading.setProperty("role", "title")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.subtitle = plain_label("One moment, please …", "muted", self)
        self.subtitle.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._ask_first_start)
        self._form_place = QVBoxLayout()
        self.busy = BusyBar(self)
        self.button = QPushButton("Sign in", self)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self.quit_button = QPushButton("&Quit", self)
        self.quit_button.setAutoDefault(False)
        self.quit_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.quit_button)

        middle = QVBoxLayout()
        middle.setSpacing(2 * space)
        middle.addWidget(self.notice)
        middle.addLayout(self._form_place)
        content = QWidget(self)
        content.setFixedWidth(_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(4 * space, 4 * space, 4 * space, 3 * space)
        column.setSpacing(0)
        logo = QLabel(self)
        logo.setPixmap(icons.pixmap("app", _LOGO, ratio=self.devicePixelRatioF()))
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(space + space // 2)
        column.addWidget(self.heading)
        column.addSpacing(space // 2)
        column.addWidget(self.subtitle)
        column.addSpacing(3 * space)
        column.addLayout(middle)
        column.addSpacing(2 * space)
        column.addWidget(self.busy)
        column.addSpacing(space)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        # The window is always as high as what it says.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    @Slot()
    def _ask_first_start(self) -> None:
        self.notice.hide()
        self._set_busy(True)
        self._background.run(
            self._commands.is_first_start, self._show_form, self._on_not_started, owner=self
        )

    def _on_not_started(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self.notice.show_error(text_for(error), action="Try again")

    def _show_form(self, is_first_start: bool) -> None:
        self._form = form = _Form(is_first_start=is_first_start, parent=self)
        self._form_place.addWidget(form)
        form.name.textChanged.connect(self._update_button)
        form.password.line.textChanged.connect(self._update_button)
        if is_first_start:
            self.setWindowTitle("CamWatch: first start")
            self.heading.setText("Welcome to CamWatch")
            self.subtitle.setText("Choose the name and password of the first administrator.")
            self.button.setText("Create and sign in")
        else:
            self.setWindowTitle("CamWatch: sign in")
            self.subtitle.setText("Sign in to see your cameras.")
        if self._prefill is not None:
            name, password = self._prefill
            form.name.setText(name)
            form.password.line.setText(password)
        if self._is_demo:
            self.notice.show_text(
                "info",
                "This is a demonstration",
                "The cameras are simulated. User name and password are filled in for you.",
            )
        self.setTabOrder(self.button, self.quit_button)
        form.show()
        self._set_busy(False)
        form.name.setFocus()

    def _set_busy(self, is_busy: bool) -> None:
        """Lock the fields while something is under way; the keyboard comes back to its place."""
        if is_busy:
            self._was_at = self.focusWidget()
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        if self._form is not None:
            self._form.setEnabled(not is_busy)
        self._update_button()
        if not is_busy and self._was_at is not None:
            self._was_at.setFocus()

    def _locked_until(self) -> datetime | None:
        """Return until when the name that is typed now rests."""
        if self._lock is None or self._form is None:
            return None
        name, until = self._lock
        is_this = name_key(self._form.name.text().strip()) == name_key(name)
        return until if is_this and self._clock() < until else None

    @Slot()
    def _update_button(self) -> None:
        form = self._form
        is_filled = form is not None and bool(form.name.text().strip() and form.password.text())
        is_free = not self._is_busy and self._locked_until() is None
        self.button.setEnabled(is_filled and is_free)

    @Slot()
    def submit(self) -> None:
        """Check what was entered; the answer comes in the background."""
        form = self._form
        if form is None or not self.button.isEnabled():
            return
        form.clear_problems()
        if not self._is_demo:
            self.notice.hide()
        name, password = form.name.text().strip(), form.password.text()
        if form.repeat is not None and form.repeat.text() != password:
            form.show_problem("repeat", "Both entries must be the same.")
            return
        ask = (
            self._commands.sign_in
            if form.repeat is None
            else self._commands.create_first_administrator
        )
        self._set_busy(True)
        self._background.run(
            lambda: ask(name, password), self._on_signed_in, self._on_refused, owner=self
        )

    def _on_signed_in(self, session: Session) -> None:
        self._countdown.stop()
        self.session = session
        self.accept()

    def _on_refused(self, error: CamWatchError) -> None:
        self._set_busy(False)
        form = self._form
        if form is None:
            return
        match error:
            case LockedOut():
                self._lock = (form.name.text().strip(), error.until)
                self._countdown.start()
                self._on_countdown()
                form.password.line.setFocus()
            case BadCredentials():
                form.show_problem("password", text_for(error).whole)
            case InvalidSetting() if form.show_problem(error.field, field_sentence(error)):
                pass
            case InvalidSettings():
                for problem in reversed(error.problems):
                    form.show_problem(problem.field, field_sentence(problem))
            case _:
                self.notice.show_error(text_for(error))

    @Slot()
    def _on_countdown(self) -> None:
        """Say how long the account still rests, until it does no longer."""
        if self._form is None or self._lock is None:
            return
        field = self._form.password_field
        until = self._locked_until()
        if until is not None:
            field.show_problem(locked_out_text(until, self._clock()))
        else:
            field.clear_problem()
            if self._clock() >= self._lock[1]:
                self._lock = None
                self._countdown.stop()
        self._update_button()
