"""The dialogs that add a user and that give a user another role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from camwatch.auth.accounts import Account, OneTimeCode
from camwatch.auth.names import LONGEST_NAME
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.domain import Role, SiteId, UserId
from camwatch.errors import InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, Field, plain_label
from camwatch.ui.operators.form_dialog import FormDialog
from camwatch.ui.operators.wording import breakable, may_words, sees_words
from camwatch.ui.words import tooltip

_WIDTH = 480
_NAME_HINT = marked(
    "Letters, digits and . _ - @, without blanks, such as maria.meyer. Capitals make no difference."
)


class UserCommands(Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""

    def add_operator(self, session: Session, name: str, role: str) -> OneTimeCode:
        """Add an operator."""
        ...

    def set_role(self, session: Session, user_id: UserId, role: str) -> Account:
        """Give an operator another role."""
        ...


class RoleBox(CalmComboBox):
    """A choice of one of the roles; `about` says what each means."""

    def __init__(
        self,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._roles, self._sites = tuple(roles), sites
        for role in roles:
            self.addItem(role.title, role.key)
            self.setItemData(self.count() - 1, tooltip(role.title), Qt.ItemDataRole.ToolTipRole)
        # A long name must not make the dialog wider.
        self.setMinimumContentsLength(20)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    @property
    def key(self) -> str:
        """Key of the chosen role; "" if there is none."""
        found: str | None = self.currentData()
        return found or ""

    def choose(self, key: str) -> None:
        """Choose a role, if it is there."""
        if (place := self.findData(key)) >= 0:
            self.setCurrentIndex(place)

    def about(self) -> str:
        """Say what the chosen role means."""
        if not 0 <= self.currentIndex() < len(self._roles):
            return ""
        role = self._roles[self.currentIndex()]
        factor = tr(" Needs a second factor.") if role.needs_second_factor else ""
        sees = sees_words(role, self._sites)
        return breakable(
            tr(
                "May {may_words}. Sees cameras of: {sees}.{factor}",
                may_words=may_words(role),
                sees=sees,
                factor=factor,
            )
        )


class AddUserDialog(FormDialog):
    """Asks for the name and role of a new user.

    Signals:
        added: The OneTimeCode with which the user signs in once.
    """

    added = Signal(object)

    def __init__(
        self,
        commands: UserCommands,
        session: Session,
        background: Background,
        *,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Add a user"),
            tr(
                "You get a one-time code to pass on. The user signs in with it, and then chooses a "
                "password that only the user knows."
            ),
            tr("&Add user"),
            parent,
        )
        self._commands, self._session = commands, session
        self.name = QLineEdit(self)
        self.name.setMaxLength(4 * LONGEST_NAME)
        self.role = RoleBox(roles, sites, self)
        self.role.choose(Role.VIEWER.value)
        self.body.addWidget(
            self.add_field("name", Field(tr("&Name"), self.name, self, hint=tr(_NAME_HINT)))
        )
        self.body.addWidget(self.add_field("role", Field(tr("&Role"), self.role, self)))
        self.role_about = plain_label("", "muted", self)
        self.body.addWidget(self.role_about)
        self.body.addStretch(1)
        self.role.currentIndexChanged.connect(self._say_role)
        self._say_role()
        self.name.setFocus()
        fit(self, _WIDTH, 420)

    @Slot()
    def _say_role(self) -> None:
        self.role_about.setText(self.role.about())

    @Slot()
    def submit(self) -> None:
        """Add the user."""
        name, role = self.name.text().strip(), self.role.key
        if not name:
            self.show_problems((InvalidSetting("name", tr("is needed")),))
            return
        self.run(lambda: self._commands.add_operator(self._session, name, role), self._on_added)

    def _on_added(self, code: OneTimeCode) -> None:
        self.accept()
        self.added.emit(code)


class GiveRoleDialog(FormDialog):
    """Asks which role a user is to have.

    Signals:
        changed: The Account as it is now.
    """

    changed = Signal(object)

    def __init__(
        self,
        commands: UserCommands,
        session: Session,
        background: Background,
        account: Account,
        *,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Role of a user"),
            tr(
                "What “{breakable}” does next is judged by the new role, also where the user "
                "is signed in already.",
                breakable=breakable(account.user.name),
            ),
            tr("&Give this role"),
            parent,
        )
        self._commands, self._session, self._account = commands, session, account
        self.role = RoleBox(roles, sites, self)
        self.role.choose(account.role.key)
        self.body.addWidget(self.add_field("role", Field(tr("&Role"), self.role, self)))
        self.fields["user"] = self.fields["role"]
        self.role_about = plain_label("", "muted", self)
        self.body.addWidget(self.role_about)
        self.body.addStretch(1)
        self.role.currentIndexChanged.connect(self._say_role)
        self._say_role()
        self.role.setFocus()
        fit(self, _WIDTH, 340)

    @Slot()
    def _say_role(self) -> None:
        self.role_about.setText(self.role.about())
        self.update_buttons()

    def update_buttons(self) -> None:
        """Let only another role be given."""
        is_same = self.role.key == self._account.role.key
        self.do_button.setEnabled(not self.is_busy and not is_same)
        self.do_button.setToolTip(tr("The user has this role already.") if is_same else "")

    @Slot()
    def submit(self) -> None:
        """Give the user the role."""
        key, user_id = self.role.key, self._account.user.id
        if key != self._account.role.key:
            self.run(lambda: self._commands.set_role(self._session, user_id, key), self._on_changed)

    def _on_changed(self, account: Account) -> None:
        self.accept()
        self.changed.emit(account)
