"""Asks for the password once more wherever a command needs it, and then does it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, PasswordNeeded, SessionExpired, SessionLocked
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.signing_in.commands import ConfirmCommands
from camwatch.ui.signing_in.password_prompt import PasswordPrompt

T = TypeVar("T")

_WIDTH = 380
_WHY = marked(
    "This is something that only you should be able to do in your name, even if you leave "
    "your place for a moment. You are not asked again for the next ten minutes."
)


class ConfirmDialog(QDialog):
    """Asks for the operator's password once more.

    Accepted once it was right.

    Signals:
        expired: The session has ended meanwhile.
    """

    expired = Signal()

    def __init__(
        self,
        commands: ConfirmCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setWindowTitle(tr("CamWatch: your password"))
        title = plain_label(tr("Enter your password once more"), "heading", self)
        who = plain_label(tr("You are signed in as {name}.", name=session.user.name), "", self)
        why = plain_label(tr(_WHY), "muted", self)
        self.prompt = PasswordPrompt(commands, session, background, action=tr("Go on"), parent=self)
        self.prompt.confirmed.connect(self.accept)
        self.prompt.expired.connect(self.expired)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.prompt.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        for part in (title, who, why, self.prompt):
            part.setFixedWidth(theme.px(_WIDTH))
            column.addWidget(part)
        column.addLayout(buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)
        in_tab_order(self.cancel_button, self.prompt.button)
        self.prompt.setFocus()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """What is done again once the password was right."""

    job: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[CamWatchError], None]
    owner: QObject
    error: PasswordNeeded


class ConfirmingBackground(QObject):
    """Background work that asks for the password where a command says that it needs it.

    The screens need not know: what was refused is done again after the right password, and
    fails with PasswordNeeded if the operator cancels. However many ask, there is one dialog.
    Lives in the GUI thread.

    Args:
        background: Does the work.
        window: Above which it asks, where no other dialog is open.

    Signals:
        locked: A command was refused because the session is locked.
        expired: A command was refused because the session has ended.
    """

    locked = Signal()
    expired = Signal()

    def __init__(
        self, background: Background, commands: ConfirmCommands, session: Session, window: QWidget
    ) -> None:
        super().__init__(window)
        self._background = background
        self._commands = commands
        self._session = session
        self._waiting: list[_Waiting] = []
        self.dialog: ConfirmDialog | None = None
        """The dialog that asks now; None while none does."""

    def set_session(self, session: Session) -> None:
        """Ask for this session's operator from now on."""
        self._session = session

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Run the job as the background does; ask for the password if it needs that."""

        def on_failed(error: CamWatchError) -> None:
            if isinstance(error, PasswordNeeded):
                self._waiting.append(_Waiting(job, done, failed, owner, error))
                self._ask()
            else:
                self._hand_on(error, failed)

        self._background.run(job, done, on_failed, owner=owner)

    def _hand_on(self, error: CamWatchError, failed: Callable[[CamWatchError], None]) -> None:
        failed(error)
        if not isValid(self):
            return
        if isinstance(error, SessionLocked):
            self.locked.emit()
        elif isinstance(error, SessionExpired):
            self.expired.emit()

    def _ask(self) -> None:
        if self.dialog is not None:
            return
        self.dialog = dialog = ConfirmDialog(
            self._commands, self._session, self._background, self._top()
        )
        dialog.finished.connect(self._on_finished)
        dialog.destroyed.connect(self._on_gone)
        dialog.expired.connect(self.expired)
        dialog.open()

    def _top(self) -> QWidget | None:
        """Return the dialog that the operator looks at, or the window if there is none."""
        # The window is not kept here as well: only the collector of cycles would free it then.
        window = cast("QWidget | None", self.parent())
        top = above = QApplication.activeModalWidget()
        while above is not None and above is not window:
            above = above.parentWidget()
        return top if above is not None else window

    @Slot(int)
    def _on_finished(self, result: int) -> None:
        self._close_dialog()
        if result == QDialog.DialogCode.Accepted:
            self.on_confirmed()
            return
        self._give_up()

    @Slot()
    def _on_gone(self) -> None:
        """The window above which it was has closed, and the dialog with it."""
        self.dialog = None
        self._give_up()

    def _give_up(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if isValid(one.owner):
                one.failed(one.error)

    def _close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.finished.disconnect(self._on_finished)
            dialog.destroyed.disconnect(self._on_gone)
            dialog.hide()
            dialog.deleteLater()

    @Slot()
    def on_confirmed(self) -> None:
        """Do what waits: the password was entered, here or to unlock the window."""
        self._close_dialog()
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if isValid(one.owner):
                self._repeat(one)

    def _repeat(self, one: _Waiting) -> None:
        """Do it once more; whoever is refused again is told, and not asked for ever."""

        def on_failed(error: CamWatchError) -> None:
            self._hand_on(error, one.failed)

        self._background.run(one.job, one.done, on_failed, owner=one.owner)
