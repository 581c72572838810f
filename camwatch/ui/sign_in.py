"""The first window: signing in, and on the first start making the administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import SecondFactorSetup, SignInWays
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
    MoreNeeded,
    SessionExpired,
)
from camwatch.language import listed, marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, locked_out_text, text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.signing_in.commands import SignInCommands
from camwatch.ui.signing_in.credentials import CredentialsForm
from camwatch.ui.signing_in.rests import Rests
from camwatch.ui.signing_in.steps import Outcome, RecoveryStep, SetUpStep, Step, step_for
from camwatch.ui.signing_in.way_memory import WayMemory

T = TypeVar("T")

_WIDTH = 420
_LOGO = 64
_SUBTITLE = marked("Sign in to see your cameras.")
_OPENING = marked("Opening the history …")
_MAKING = marked("Making the simulated cameras …")
_TOO_SLOW = listed(
    lambda: (
        tr("Signing in was not finished in time"),
        tr("After your password you have five minutes. Please begin anew."),
    )
)


class SignInDialog(QDialog):
    """Signs an operator in, step by step; on the first start it makes the administrator.

    Passwords are checked in the background, so that the window stays alive.

    It may be shown before the history is open: one types already, and what was sent off is checked
    as soon as `go_on` is called.

    Attributes:
        session: Who is signed in, once the dialog was accepted.

    Args:
        commands: None while the history is not open.
        background: None while there are no commands.
        expected: How one will probably sign in, while that cannot be known; None shows no fields
            until it can.
        prefill: User name and password to put into the fields.
        is_demo: Says that they are filled in.
        is_sample: Calls it a sample rather than a demonstration.
        window_file: Where it is remembered which way was taken; None remembers nothing.
        clock: Tells the time, UTC.

    Signals:
        opened: The history is open.
        signed_in: An operator has signed in; the window goes when whoever hears it has returned.
    """

    opened = Signal()
    signed_in = Signal()

    def __init__(
        self,
        commands: SignInCommands | None,
        background: Background | None,
        *,
        expected: SignInWays | None = None,
        prefill: tuple[str, str] | None = None,
        is_demo: bool = False,
        is_sample: bool = False,
        window_file: Path | None = None,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self.step: Step | None = None
        """What is asked for after the password; None while that is asked for."""
        self._commands = commands
        self._background = background
        self._prefill = prefill
        self._is_demo = is_demo
        self._is_sample = is_sample
        self._memory = WayMemory(window_file)
        self._clock = clock
        self._form: CredentialsForm | None = None
        self._ways: SignInWays | None = None
        self._is_opening = True
        self._is_asking = False
        self._is_sent = False
        self._is_busy = False
        self._was_resting = False
        self._was_at: QWidget | None = None
        self._rests = Rests(clock, self)
        self._rests.ticked.connect(self._on_countdown)
        self._countdown = self._rests.timer
        self.setWindowTitle("CamWatch")
        self._build()
        if commands is not None:
            self._ask_first_start()
        elif expected is None:
            self._set_busy(True)
            self.subtitle.setText(self._opening_text())
        else:
            self._make_form(expected)

    @property
    def is_open(self) -> bool:
        """True once the history is open, so that one can sign in."""
        return not self._is_opening

    @property
    def is_sent(self) -> bool:
        """True while what was typed waits for the history to be open."""
        return self._is_sent

    def go_on(self, commands: SignInCommands, background: Background) -> None:
        """Let operators in: the history is open."""
        self._commands = commands
        self._background = background
        self._ask_first_start()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self.logo = QLabel(self)
        self.logo.setPixmap(icons.pixmap("app", _LOGO, ratio=self.devicePixelRatioF()))
        self.logo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.logo.setContentsMargins(0, 0, 0, space + space // 2)
        self.heading = QLabel("CamWatch", self)
        self.heading.setProperty("role", "title")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.subtitle = plain_label(tr("One moment, please …"), "muted", self)
        self.subtitle.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._ask_first_start)
        self._form_place = QVBoxLayout()
        self.busy = BusyBar(self)
        middle = QVBoxLayout()
        middle.setSpacing(2 * space)
        middle.addWidget(self.notice)
        middle.addLayout(self._form_place)
        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(4 * space, 4 * space, 4 * space, 3 * space)
        column.setSpacing(0)
        column.addWidget(self.logo)
        column.addWidget(self.heading)
        column.addSpacing(space // 2)
        column.addWidget(self.subtitle)
        column.addSpacing(3 * space)
        column.addLayout(middle)
        column.addSpacing(2 * space)
        column.addWidget(self.busy)
        column.addSpacing(space)
        column.addLayout(self._buttons())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        # The window is always as high as what it says.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)

    def _buttons(self) -> QHBoxLayout:
        space = theme.current().space
        self.button = QPushButton(tr("Sign in"), self)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self.back_button = QPushButton(tr("&Back"), self)
        self.back_button.setAutoDefault(False)
        self.back_button.clicked.connect(self.go_back)
        self.back_button.hide()
        self.quit_button = QPushButton(tr("&Quit"), self)
        self.quit_button.setAutoDefault(False)
        self.quit_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.quit_button)
        self.setTabOrder(self.button, self.back_button)
        self.setTabOrder(self.back_button, self.quit_button)
        return buttons

    # ---------------------------------------------------------------- the first form

    @Slot()
    def _ask_first_start(self) -> None:
        self.notice.hide()
        self._is_asking = True

        def ask(commands: SignInCommands) -> SignInWays:
            if commands.is_first_start():
                return SignInWays(is_first_start=True)
            return commands.sign_in_ways()

        # Who types already goes on typing.
        self._run(ask, self._on_ways, self._on_not_started, locks=self._form is None)

    def _on_not_started(self, error: CamWatchError) -> None:
        self._is_asking = self._is_sent = False
        self._set_busy(False)
        self.notice.show_error(text_for(error), action=tr("Try again"))

    def _on_ways(self, ways: SignInWays) -> None:
        """Show the form for signing in like this, unless it is there already, and let it be sent."""
        self._is_asking = self._is_opening = False
        self.opened.emit()
        before = self._ways
        if before is None or not ways.looks_like(before):
            # What was meant for signing in makes nobody an administrator.
            is_same = before is not None and ways.is_first_start == before.is_first_start
            self._is_sent = self._is_sent and is_same
            self._make_form(ways)
        else:
            self._say_form()
            self._set_busy(False)
        if self._is_sent:
            self._is_sent = False
            self.submit()

    def _make_form(self, ways: SignInWays) -> None:
        before = self._form
        was_at_password = before is not None and self.focusWidget() is before.password.line
        self._ways = ways
        self._form = form = CredentialsForm(
            is_first_start=ways.is_first_start, login_service=ways.login_service, parent=self
        )
        self._form_place.addWidget(form)
        form.choose_remote(self._memory.is_remote)
        form.changed.connect(self._on_typed)
        if ways.is_first_start:
            self.setWindowTitle(tr("CamWatch: first start"))
        else:
            self.setWindowTitle(tr("CamWatch: sign in"))
        self._say_form()
        if self._prefill is not None:
            name, password = self._prefill
            form.name.setText(name)
            form.password.line.setText(password)
        self._say_demo()
        form.show()
        self._was_at = None
        self._set_busy(False)
        if before is not None:
            self._take_over(before, form)
        (form.password.line if was_at_password else form.name).setFocus()

    def _take_over(self, before: CredentialsForm, form: CredentialsForm) -> None:
        """Keep what was typed into the form that was there until now."""
        form.name.setText(before.name.text())
        form.password.line.setText(before.password.line.text())
        self._form_place.removeWidget(before)
        before.hide()
        before.deleteLater()

    def _opening_text(self) -> str:
        return tr(_MAKING) if self._is_demo else tr(_OPENING)

    def _say_form(self) -> None:
        """Say what the first form is for."""
        if self._form is not None and self._form.repeat is not None:
            self.heading.setText(tr("Welcome to CamWatch"))
            self.subtitle.setText(tr("Choose the name and password of the first administrator."))
            self.button.setText(tr("Create and sign in"))
        else:
            self.heading.setText("CamWatch")
            self.subtitle.setText(self._opening_text() if self._is_opening else tr(_SUBTITLE))
            self.button.setText(tr("Sign in"))

    def _say_demo(self) -> None:
        self.notice.setVisible(False)
        if self._is_demo:
            self.notice.show_text(
                "info",
                tr("This is a sample") if self._is_sample else tr("This is a demonstration"),
                tr("The cameras are simulated. User name and password are filled in for you."),
            )

    # ---------------------------------------------------------------- steps

    def _show_step(self, step: Step) -> None:
        """Ask for something else in the place of the form."""
        self._leave_step()
        self.step = step
        if self._form is not None:
            self._form.hide()
        self.notice.hide()
        self.logo.hide()
        self.heading.setText(tr(step.heading))
        self.subtitle.setText(tr(step.subtitle))
        self.button.setText(tr(step.action))
        self.back_button.setVisible(step.can_go_back)
        self.quit_button.setVisible(step.can_go_back)
        self._form_place.addWidget(step)
        step.changed.connect(self._update_button)
        step.show()
        self._was_at = None
        self._set_busy(False)
        self._on_countdown()
        step.setFocus()
        if isinstance(step, SetUpStep):
            ticket = step.ticket
            self._run(
                lambda commands: commands.begin_set_up_code(ticket),
                self._on_setup_made,
                self._on_refused,
            )

    def _on_setup_made(self, setup: SecondFactorSetup) -> None:
        self._set_busy(False)
        if isinstance(self.step, SetUpStep):
            self.step.show_setup(setup)
            self._update_button()
            self.step.setFocus()

    def _leave_step(self) -> None:
        if self.step is not None:
            self._form_place.removeWidget(self.step)
            self.step.hide()
            self.step.deleteLater()
            self.step = None

    @Slot()
    def go_back(self) -> None:
        """Begin anew with user name and password."""
        if self._is_busy or self._form is None or self.step is None or not self.step.can_go_back:
            return
        self._leave_step()
        self.back_button.hide()
        self.quit_button.show()
        self.logo.show()
        self._form.password.line.clear()
        self._form.clear_problems()
        self._say_form()
        self._say_demo()
        self._form.show()
        self._on_countdown()
        self._form.password.line.setFocus()

    # ---------------------------------------------------------------- checking

    def _run(
        self,
        job: Callable[[SignInCommands], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        locks: bool = True,
    ) -> None:
        if self._commands is None or self._background is None:
            raise RuntimeError("the history is not open yet")
        if locks:
            self._set_busy(True)
        self._background.run(partial(job, self._commands), done, failed, owner=self)

    def _set_busy(self, is_busy: bool) -> None:
        """Lock the fields while something is under way; the keyboard comes back to its place."""
        if is_busy:
            self._was_at = self.focusWidget()
        self._is_busy = is_busy
        self.busy.setVisible(is_busy or self._is_opening)
        for part in (self._form, self.step, self.back_button):
            if part is not None:
                part.setEnabled(not is_busy)
        self._update_button()
        if not is_busy and self._was_at is not None:
            self._was_at.setFocus()

    def _locked_until(self) -> datetime | None:
        """Return until when the name that is typed now rests."""
        return None if self._form is None else self._rests.until(self._form.name.text())

    @Slot()
    def _on_typed(self) -> None:
        if self._countdown.isActive():
            self._on_countdown()
        self._update_button()

    @Slot()
    def _update_button(self) -> None:
        step = self.step
        if step is not None:
            is_filled = step.is_filled
        else:
            is_filled = self._form is not None and self._form.is_filled
        is_free = not self._is_busy and self._locked_until() is None
        self.button.setEnabled(is_filled and is_free)

    @Slot()
    def submit(self) -> None:
        """Check what was entered; the answer comes in the background."""
        form = self._form
        if form is None or not self.button.isEnabled():
            return
        if isinstance(self.step, RecoveryStep):
            self._finish(self.step.session)
            return
        if not self._is_demo or self.step is not None:
            self.notice.hide()
        if self.step is not None:
            if self.step.check() and self._commands is not None:
                work = self.step.job(self._commands)
                self._run(lambda _commands: work(), self._on_signed_in, self._on_refused)
            return
        form.clear_problems()
        if not form.check():
            return
        if self._is_opening:
            self._is_sent = True
            self._set_busy(True)
            if self._commands is not None and not self._is_asking:
                self._ask_first_start()  # it could not be asked: nothing else would ask it again
        else:
            self._run(self._first_job(form), self._on_signed_in, self._on_refused)

    def _first_job(self, form: CredentialsForm) -> Callable[[SignInCommands], Outcome]:
        name, password = form.name.text().strip(), form.password.text()
        is_first, is_remote = form.repeat is not None, form.is_remote

        def ask(commands: SignInCommands) -> Outcome:
            if is_first:
                return commands.create_first_administrator(name, password), ()
            if is_remote:
                return commands.sign_in_remotely(name, password), ()
            return commands.sign_in(name, password), ()

        return ask

    def _on_signed_in(self, outcome: Outcome) -> None:
        session, codes = outcome
        if codes and self._background is not None:
            self._show_step(RecoveryStep(outcome, self._background, self))
        else:
            self._finish(session)

    def _finish(self, session: Session) -> None:
        self._rests.stop()
        if self._form is not None and self._form.tabs is not None:
            self._memory.keep(is_remote=self._form.is_remote)
        self.session = session
        self._set_busy(True)
        self.heading.setText("CamWatch")
        self.subtitle.setText(tr("Opening your cameras …"))
        self.repaint()  # now: the main window takes a second to make
        self.signed_in.emit()
        self.accept()

    def reject(self) -> None:
        """Leave, but not past codes that are shown once."""
        if isinstance(self.step, RecoveryStep) and not self.step.is_filled:
            self.notice.show_text(
                "info", tr("Please keep the codes first"), tr("Then say so below, and go on.")
            )
            return
        super().reject()

    # ---------------------------------------------------------------- refusals

    def _on_refused(self, error: CamWatchError) -> None:
        self._set_busy(False)
        form = self._form
        if form is None:
            return
        if isinstance(error, MoreNeeded):
            name = form.name.text().strip()
            self._show_step(step_for(error.step, error.ticket, name, self))
        elif isinstance(error, LockedOut):
            self._rests.add(form.name.text(), error.until)
            self._on_countdown()
            if self.step is None:
                form.password.line.setFocus()
        elif self.step is not None:
            self._on_step_refused(self.step, error)
        else:
            self._on_form_refused(form, error)

    def _on_step_refused(self, step: Step, error: CamWatchError) -> None:
        if step.show_problem(error):
            return
        if isinstance(error, SessionExpired):
            self.go_back()
            self.notice.show_text("warning", *_TOO_SLOW)
        else:
            self.notice.show_error(text_for(error))

    def _on_form_refused(self, form: CredentialsForm, error: CamWatchError) -> None:
        match error:
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
        if self._form is None:
            return
        until = self._locked_until()
        sentence = "" if until is None else locked_out_text(until, self._clock())
        if self.step is not None:
            if sentence or self._was_resting:
                self.step.show_wait(sentence)
        elif sentence:
            self._form.password_field.show_problem(sentence)
        elif self._was_resting:
            self._form.password_field.clear_problem()
        self._was_resting = bool(sentence)
        self._update_button()
