"""What signing in asks for once the password was right, one screen each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.accounts import SecondFactorSetup
from camwatch.auth.session import Session
from camwatch.domain import Secret
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    SignInStep,
)
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence
from camwatch.ui.forms import FocusGroup
from camwatch.ui.signing_in.code_entry import CodeEntry
from camwatch.ui.signing_in.commands import SignInCommands
from camwatch.ui.signing_in.new_password import NewPassword
from camwatch.ui.signing_in.set_up import DeviceSetUp, RecoveryCodes

Outcome = tuple[Session, Sequence[Secret]]
"""The session, and recovery codes to be shown; none but after a set-up."""

WRONG_CODE = marked(
    "This code is not right, or was used before. Wait for the next one, and check that your "
    "device shows the right time."
)
WRONG_RECOVERY_CODE = marked("This is no recovery code of yours, or it was used before.")


def wrong_code_words(*, is_recovery: bool) -> str:
    """Say that a code is wrong, and what helps."""
    return tr(WRONG_RECOVERY_CODE) if is_recovery else tr(WRONG_CODE)


class Step(FocusGroup):
    """One screen after the password.

    Attributes:
        heading: What is asked for.
        subtitle: Why, in a sentence.
        action: What going on is called.
        can_go_back: The operator may begin anew from here.

    Signals:
        changed: Something was typed, so that going on may be possible now.
    """

    heading = ""
    subtitle = ""
    action = marked("Go on")
    can_go_back = True

    changed = Signal()

    def _hold(self, content: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)
        self.begin_at(content)

    @property
    def is_filled(self) -> bool:
        """True if there is something to check."""
        raise NotImplementedError

    def check(self) -> bool:
        """Tell whether it can be sent; says what is wrong if not."""
        return True

    def job(self, commands: SignInCommands) -> Callable[[], Outcome]:
        """Return what is to be done with what was typed, in the background."""
        raise NotImplementedError

    def show_problem(self, _error: CamWatchError) -> bool:
        """Say at a field what is wrong; False if it is not about a field."""
        return False

    def show_wait(self, _sentence: str) -> None:
        """Say at a field how long tries are refused; "" once they are not."""


class CodeStep(Step):
    """Asks for the code of the operator's device."""

    heading = marked("Your code")
    subtitle = marked("Your password was right. Now your device's code.")
    action = marked("Sign in")

    def __init__(self, ticket: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticket = ticket
        self.code = CodeEntry(self, can_recover=True)
        self.code.changed.connect(self.changed)
        self._hold(self.code)

    @property
    def is_filled(self) -> bool:
        """True if a code was typed."""
        return self.code.is_complete

    def job(self, commands: SignInCommands) -> Callable[[], Outcome]:
        """Give the code."""
        ticket, code = self._ticket, self.code.text()
        return lambda: (commands.give_code(ticket, code), ())

    def show_problem(self, error: CamWatchError) -> bool:
        """Say that the code is wrong."""
        if not isinstance(error, BadCredentials):
            return False
        self.code.show_problem(wrong_code_words(is_recovery=self.code.is_recovery))
        return True

    def show_wait(self, sentence: str) -> None:
        """Say at the code how long tries are refused."""
        if sentence:
            self.code.field.show_problem(sentence)
        else:
            self.code.field.clear_problem()


class NewPasswordStep(Step):
    """Asks for a new password."""

    heading = marked("Choose your password")
    subtitle = marked(
        "The present one was for once only, or somebody else knows it. Choose your own."
    )
    action = marked("Keep it and go on")

    def __init__(self, ticket: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticket = ticket
        self.new = NewPassword(self, label=tr("&New password"), name=name)
        self.new.changed.connect(self.changed)
        self._hold(self.new)

    @property
    def is_filled(self) -> bool:
        """True if both fields have something."""
        return bool(self.new.password.text() and self.new.repeat.text())

    def check(self) -> bool:
        """Tell whether both entries are the same."""
        return self.new.check()

    def job(self, commands: SignInCommands) -> Callable[[], Outcome]:
        """Choose the password."""
        ticket, password = self._ticket, self.new.password.text()
        return lambda: (commands.choose_password(ticket, password), ())

    def show_problem(self, error: CamWatchError) -> bool:
        """Say why the password is refused."""
        if isinstance(error, InvalidSettings) and len(error.problems) == 1:
            error = error.problems[0]
        if not isinstance(error, InvalidSetting):
            return False
        self.new.password_field.show_problem(field_sentence(error))
        self.new.password.line.setFocus()
        self.new.password.line.selectAll()
        return True


class SetUpStep(Step):
    """Lets the operator set up the device that makes codes."""

    heading = marked("Set up your device")
    subtitle = marked(
        "Your role needs a second proof that it is you: a code that your device makes."
    )
    action = marked("Check the code")

    def __init__(self, ticket: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ticket = ticket
        self._is_shown = False
        self.device = DeviceSetUp(self)
        self.device.changed.connect(self.changed)
        self._hold(self.device)

    def show_setup(self, setup: SecondFactorSetup) -> None:
        """Show what the device needs."""
        self._is_shown = True
        self.device.show_setup(setup)

    @property
    def is_filled(self) -> bool:
        """True if a code was typed."""
        return self._is_shown and self.device.code.is_complete

    def job(self, commands: SignInCommands) -> Callable[[], Outcome]:
        """Prove with a code that the device is set up."""
        ticket, code = self.ticket, self.device.code.text()
        return lambda: commands.finish_set_up_code(ticket, code)

    def show_problem(self, error: CamWatchError) -> bool:
        """Say that the code is wrong."""
        if not isinstance(error, BadCredentials):
            return False
        self.device.code.show_problem(tr(WRONG_CODE))
        return True

    def show_wait(self, sentence: str) -> None:
        """Say at the code how long tries are refused."""
        if sentence:
            self.device.code.field.show_problem(sentence)
        else:
            self.device.code.field.clear_problem()


class RecoveryStep(Step):
    """Shows the recovery codes, once; the operator is signed in already."""

    heading = marked("Keep these codes")
    subtitle = marked("Your device is set up, and you are signed in.")
    action = marked("Go on")
    can_go_back = False

    def __init__(
        self,
        outcome: Outcome,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session, codes = outcome
        self.codes = RecoveryCodes(background, self)
        self.codes.show_codes(codes)
        self.codes.changed.connect(self.changed)
        self._hold(self.codes)

    @property
    def is_filled(self) -> bool:
        """True once the operator has kept the codes."""
        return self.codes.is_kept


def step_for(step: SignInStep, ticket: str, name: str, parent: QWidget) -> Step:
    """Return the screen for a step.

    Args:
        step: Which one.
        ticket: Stands for the password that was right.
        name: As typed, for judging a new password.
        parent: The window.
    """
    match step:
        case SignInStep.CODE:
            return CodeStep(ticket, parent)
        case SignInStep.NEW_PASSWORD:
            return NewPasswordStep(ticket, name, parent)
        case SignInStep.SET_UP_CODE:
            return SetUpStep(ticket, parent)
