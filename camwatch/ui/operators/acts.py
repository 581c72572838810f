"""What can be done from the page of users: asks, opens the dialogs, and does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from camwatch.auth.accounts import Account, OneTimeCode, OpenSession
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import SiteId, UserId
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.operators.code_dialog import CodeDialog
from camwatch.ui.operators.codes_dialog import CodesDialog
from camwatch.ui.operators.commands import UsersCommands
from camwatch.ui.operators.import_dialog import ImportUsersDialog
from camwatch.ui.operators.login_service import LoginServiceDialog
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.operators.role_editor import RoleEditor
from camwatch.ui.operators.role_removal import RemoveRoleDialog
from camwatch.ui.operators.security_dialog import SecurityDialog
from camwatch.ui.operators.sessions_tab import who
from camwatch.ui.operators.user_acts import (
    Act,
    factor_question,
    force_question,
    reaches,
    remove_question,
    reset_question,
)
from camwatch.ui.operators.user_dialogs import AddUserDialog, GiveRoleDialog

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What the page shows, read in one go so that it fits together."""

    accounts: Sequence[Account] = ()
    roles: Sequence[OperatorRole] = ()
    sites: Mapping[SiteId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """What was changed, so that it can be selected.

    Attributes:
        user: None if it was no user.
        role: Key of the role; "" if it was none.
        name: Of a user whose number is not known here.
    """

    user: UserId | None = None
    role: str = ""
    name: str = ""


class Acts(QObject):
    """Opens what is asked for over the page.

    Signals:
        began: Something is being changed.
        changed: A `Changed`.
        security_changed: The Security that holds now.
        not_changed: The CamWatchError that prevented it.

    Attributes:
        known: As it was read last.

    Args:
        page: Over which dialogs open.
        zone: For moments.
    """

    began = Signal()
    changed = Signal(object)
    security_changed = Signal(object)
    not_changed = Signal(object)

    def __init__(
        self,
        commands: UsersCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._page = zone, page
        self.known = Known()

    def _givable(self) -> list[OperatorRole]:
        """Return the roles that go no further than one's own."""
        return [role for role in self.known.roles if reaches(self._session.role, role)]

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _do(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Change something in the background."""
        self.began.emit()
        self._background.run(job, done, self.not_changed.emit, owner=self)

    # ---------------------------------------------------------------- users

    @Slot(object, object)
    def act(self, act: Act, account: Account) -> None:
        """Do something to a user, where it is grave after a question."""
        name = account.user.name
        match act:
            case Act.ROLE:
                self._give_role(account)
            case Act.DISABLE:
                self._set_disabled(account)
            case Act.FORCE:
                force = partial(self._change, self._commands.force_password_change, account)
                ask(force_question(name), force, self._page)
            case Act.RESET:
                ask(reset_question(name), partial(self._reset, account), self._page)
            case Act.FACTOR:
                take = partial(self._change, self._commands.reset_second_factor, account)
                ask(factor_question(name), take, self._page)
            case Act.REMOVE:
                ask(remove_question(name), partial(self._remove, account), self._page)

    def _change(self, command: Callable[[Session, UserId], Account], account: Account) -> None:
        user_id = account.user.id
        self._do(lambda: command(self._session, user_id), self._on_account)

    def _on_account(self, account: Account) -> None:
        self.changed.emit(Changed(user=account.user.id))

    def _set_disabled(self, account: Account) -> None:
        user_id, is_disabled = account.user.id, not account.user.is_disabled
        self._do(
            lambda: self._commands.set_disabled(self._session, user_id, is_disabled=is_disabled),
            self._on_account,
        )

    def _remove(self, account: Account) -> None:
        user_id = account.user.id
        self._do(
            lambda: self._commands.remove_operator(self._session, user_id),
            lambda _none: self.changed.emit(Changed()),
        )

    def _reset(self, account: Account) -> None:
        user_id = account.user.id
        self._do(lambda: self._commands.reset_password(self._session, user_id), self._on_code)

    @Slot(object)
    def _on_code(self, code: OneTimeCode) -> None:
        self.changed.emit(Changed(name=code.name))
        self._open(CodeDialog(code, self._zone, self._page))

    def _give_role(self, account: Account) -> None:
        known = self.known
        dialog = GiveRoleDialog(
            self._commands,
            self._session,
            self._background,
            account,
            roles=self._givable(),
            sites=known.sites,
            parent=self._page,
        )
        dialog.changed.connect(self._on_account)
        self._open(dialog)

    @Slot()
    def add_user(self) -> None:
        """Ask for a new user's name and role, and then show the code."""
        known = self.known
        dialog = AddUserDialog(
            self._commands,
            self._session,
            self._background,
            roles=self._givable(),
            sites=known.sites,
            parent=self._page,
        )
        dialog.added.connect(self._on_code)
        self._open(dialog)

    @Slot()
    def import_users(self) -> None:
        """Look through a list of users, add them, and then show the codes."""
        dialog = ImportUsersDialog(
            self._commands, self._session, self._background, self._givable(), self._page
        )
        dialog.imported.connect(self._on_codes)
        self._open(dialog)

    @Slot(object)
    def _on_codes(self, codes: Sequence[OneTimeCode]) -> None:
        self.changed.emit(Changed())
        self._open(CodesDialog(self._background, codes, self._zone, self._page))

    # ---------------------------------------------------------------- roles and sessions

    def edit_role(self, role: OperatorRole | None, *, is_copy: bool = False) -> None:
        """Open the editor of a role.

        Args:
            role: Which one; None makes a new one.
            is_copy: Make another one that begins as this one is.
        """
        dialog = RoleEditor(
            self._commands,
            self._session,
            self._background,
            self.known.sites,
            role,
            parent=self._page,
            is_copy=is_copy,
        )
        dialog.saved.connect(lambda saved: self.changed.emit(Changed(role=saved.key)))
        self._open(dialog)

    @Slot(object)
    def remove_role(self, role: OperatorRole) -> None:
        """Ask which role its users get, and remove it."""
        known = self.known
        count = sum(account.role.key == role.key for account in known.accounts)
        dialog = RemoveRoleDialog(
            self._commands,
            self._session,
            self._background,
            role,
            count=count,
            roles=self._givable(),
            sites=known.sites,
            parent=self._page,
        )
        dialog.removed.connect(lambda: self.changed.emit(Changed()))
        self._open(dialog)

    @Slot(object)
    def ask_to_end(self, session: OpenSession) -> None:
        """Ask whether to end somebody's session, and do it."""
        question = Question(
            tr("End session"),
            tr(
                "End the session of “{who}” on {computer}?",
                who=who(session),
                computer=session.computer,
            ),
            tr(
                "The user is signed out there at once, and can sign in again. To keep the user out, "
                "disable the user."
            ),
            tr("End session"),
        )
        ask(question, partial(self._end, session.uid), self._page)

    def _end(self, uid: str) -> None:
        self._do(
            lambda: self._commands.end_session(self._session, uid),
            lambda _none: self.changed.emit(Changed()),
        )

    # ---------------------------------------------------------------- signing in

    @Slot()
    def set_up_login(self) -> None:
        """Open how the login service is set up."""
        if self._session.may(Permission.MANAGE_SECURITY):
            dialog = LoginServiceDialog(
                self._commands, self._session, self._background, self.known.roles, self._page
            )
            dialog.saved.connect(lambda _settings: self.changed.emit(Changed()))
            self._open(dialog)

    @Slot()
    def set_security(self) -> None:
        """Open for how long sessions stay open."""
        if self._session.may(Permission.MANAGE_SECURITY):
            dialog = SecurityDialog(self._commands, self._session, self._background, self._page)
            dialog.saved.connect(self.security_changed)
            dialog.saved.connect(lambda _security: self.changed.emit(Changed()))
            self._open(dialog)
