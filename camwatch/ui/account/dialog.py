"""The operator's own account: who I am here, my password, my second factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.accounts import SecondFactorSetup
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Secret, Site
from camwatch.errors import BadCredentials, CamWatchError
from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.account.overview import Overview
from camwatch.ui.account.password_page import PasswordPage
from camwatch.ui.accuracy.asking import ask
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.signing_in.set_up import DeviceSetUp, RecoveryCodes
from camwatch.ui.signing_in.steps import WRONG_CODE

T = TypeVar("T")

_WIDTH = 656
_TITLES = listed(
    lambda: (
        tr("My account"),
        tr("Change your password"),
        tr("Set up a device"),
        tr("Keep these codes"),
    )
)


class AccountCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def sites(self, session: Session) -> list[Site]:
        """Return the sites that the operator sees."""
        ...

    def change_password(self, session: Session, old: str, new: str) -> None:
        """Choose another password."""
        ...

    def begin_second_factor(self, session: Session) -> SecondFactorSetup:
        """Make a secret for the operator's device."""
        ...

    def finish_second_factor(self, session: Session, code: str) -> list[Secret]:
        """Switch the second factor on."""
        ...

    def drop_second_factor(self, session: Session) -> None:
        """Switch the second factor off."""
        ...

    def new_recovery_codes(self, session: Session) -> list[Secret]:
        """Make new recovery codes."""
        ...


class AccountDialog(QDialog):
    """Shows the account, and changes password and second factor.

    Args:
        background: Asks for the password once more where that is needed.
        service: What operators call the login service; "" if that is not known.

    Signals:
        second_factor_changed: Whether there is one now.
    """

    second_factor_changed = Signal(bool)

    def __init__(
        self,
        commands: AccountCommands,
        session: Session,
        background: Background,
        service: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._has_device = session.user.has_second_factor
        self._is_busy = False
        self.setWindowTitle(tr("CamWatch: my account"))
        self.overview = Overview(session, service, self)
        self.password_page = PasswordPage(session.user.name, self)
        self.device_page = DeviceSetUp(self)
        self.codes_page = RecoveryCodes(background, self)
        self._pages: tuple[QWidget, ...] = (
            self.overview,
            self.password_page,
            self.device_page,
            self.codes_page,
        )
        self._build()
        self._show(self.overview)
        self._read_sites()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Stay on the screen where the next page is higher than the one before."""
        super().resizeEvent(event)
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        if self.isVisible() and frame.bottom() > room.bottom():
            above = frame.bottom() - room.bottom()
            self.move(self.x(), max(room.top(), self.y() - above))

    def _build(self) -> None:
        space = theme.current().space
        self.title = plain_label("", "title", self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.notice.hide)
        self.busy = BusyBar(self)
        self.button = QPushButton(self)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._on_button)
        self.back_button = QPushButton(tr("&Back"), self)
        self.back_button.setAutoDefault(False)
        self.back_button.clicked.connect(self._go_back)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addStretch(1)
        for button in (self.back_button, self.button, self.close_button):
            buttons.addWidget(button)
        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH) + 6 * space)
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addWidget(self.title)
        column.addWidget(self.notice)
        for page in self._pages:
            page.hide()
            column.addWidget(page)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)
        for changed in (
            self.password_page.changed,
            self.device_page.changed,
            self.codes_page.changed,
        ):
            changed.connect(self._update)
        self.overview.password_requested.connect(self._change_password)
        self.overview.device_requested.connect(self._set_up)
        self.overview.drop_requested.connect(self._ask_to_drop)
        self.overview.codes_requested.connect(self._ask_for_codes)

    # ---------------------------------------------------------------- showing

    @property
    def page(self) -> QWidget:
        """What is shown: the overview, or one of the pages behind its buttons."""
        return next(page for page in self._pages if not page.isHidden())

    def _show(self, shown: QWidget) -> None:
        for page, title in zip(self._pages, _TITLES, strict=True):
            page.setVisible(page is shown)
            if page is shown:
                self.title.setText(title)
        words = {
            self.password_page: tr("&Change it"),
            self.device_page: tr("Check the c&ode"),
            self.codes_page: tr("&Done"),
        }
        self.button.setText(words.get(shown, ""))
        self.button.setVisible(shown in words)
        self.back_button.setVisible(shown in {self.password_page, self.device_page})
        self.close_button.setVisible(shown is self.overview)
        self.notice.hide()
        self._update()
        if shown is self.overview:
            self.close_button.setFocus()
        else:
            shown.setFocus()

    @Slot()
    def _update(self) -> None:
        filled = {
            self.password_page: self.password_page.is_filled,
            self.device_page: self.device_page.code.is_complete,
            self.codes_page: self.codes_page.is_kept,
        }
        self.button.setEnabled(not self._is_busy and filled.get(self.page, False))
        self.back_button.setEnabled(not self._is_busy)

    def _read_sites(self) -> None:
        role, session = self._session.role, self._session
        if role.sites is None or not session.may(Permission.VIEW_CAMERAS):
            if role.sites is not None:
                self.overview.show_sites([])
            return
        self._background.run(
            lambda: [one.name for one in self._commands.sites(session) if role.sees(one.id)],
            self.overview.show_sites,
            lambda error: self.notice.show_error(text_for(error)),
            owner=self,
        )

    @Slot()
    def _go_back(self) -> None:
        self.password_page.clear()
        self.device_page.show_setup(None)
        self.codes_page.show_codes(())
        self._show(self.overview)

    def reject(self) -> None:
        """Close, but not past codes that are shown once."""
        if self.page is self.codes_page and not self.codes_page.is_kept:
            self.notice.show_text(
                "info", tr("Please keep the codes first"), tr("Then say so below, and go on.")
            )
        elif self.page is self.overview:
            super().reject()
        elif not self._is_busy:
            self._go_back()

    # ---------------------------------------------------------------- doing

    def _run(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        self.notice.hide()
        self._set_busy(True)
        self._background.run(job, done, self._on_failed, owner=self)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self.page.setEnabled(not is_busy)
        self._update()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        if self.page is self.password_page and self.password_page.show_problem(error):
            self._update()
        elif self.page is self.device_page and isinstance(error, BadCredentials):
            self.device_page.code.show_problem(tr(WRONG_CODE))
        else:
            self.notice.show_error(text_for(error))

    @Slot()
    def _on_button(self) -> None:
        session, commands = self._session, self._commands
        if self.page is self.password_page:
            if self.password_page.new.check():
                old = self.password_page.old.text()
                new = self.password_page.new.password.text()
                self._run(lambda: commands.change_password(session, old, new), self._on_changed)
        elif self.page is self.device_page:
            code = self.device_page.code.text()
            self._run(lambda: commands.finish_second_factor(session, code), self._on_set_up)
        else:
            self._go_back()

    @Slot()
    def _change_password(self) -> None:
        self._show(self.password_page)

    def _on_changed(self, _none: None) -> None:
        self._set_busy(False)
        self._go_back()
        self.notice.show_text(
            "ok",
            tr("Your password is changed"),
            tr("Where else you were signed in, you are signed out."),
        )

    @Slot()
    def _set_up(self) -> None:
        session = self._session
        self._run(lambda: self._commands.begin_second_factor(session), self._on_begun)

    def _on_begun(self, setup: SecondFactorSetup) -> None:
        self._set_busy(False)
        self.device_page.show_setup(setup)
        self._show(self.device_page)

    def _on_set_up(self, codes: Sequence[Secret]) -> None:
        self._set_busy(False)
        self.device_page.show_setup(None)
        self._note_device(is_on=True)
        self._on_codes(codes)

    def _note_device(self, *, is_on: bool) -> None:
        self._has_device = is_on
        self.overview.show_device(is_on=is_on, is_needed=self._session.role.needs_second_factor)
        self.second_factor_changed.emit(is_on)

    @Slot()
    def _ask_for_codes(self) -> None:
        ask(
            self,
            tr("Make new recovery codes?"),
            tr("The codes that you have now end at once, used or not: throw the old list away."),
            (tr("Make new codes"), tr("Keep the old ones")),
            self._make_codes,
        )

    def _make_codes(self) -> None:
        session = self._session
        self._run(lambda: self._commands.new_recovery_codes(session), self._on_new_codes)

    def _on_new_codes(self, codes: Sequence[Secret]) -> None:
        self._set_busy(False)
        self._on_codes(codes)

    def _on_codes(self, codes: Sequence[Secret]) -> None:
        self.codes_page.show_codes(codes)
        self._show(self.codes_page)

    @Slot()
    def _ask_to_drop(self) -> None:
        ask(
            self,
            tr("Switch the second factor off?"),
            tr(
                "Your password alone lets you in then. Your device's codes and your recovery codes "
                "end."
            ),
            (tr("Switch off"), tr("Keep it")),
            self._drop,
        )

    def _drop(self) -> None:
        session = self._session
        self._run(lambda: self._commands.drop_second_factor(session), self._on_dropped)

    def _on_dropped(self, _none: None) -> None:
        self._set_busy(False)
        self._note_device(is_on=False)
        self.notice.show_text("ok", tr("The second factor is off"))
