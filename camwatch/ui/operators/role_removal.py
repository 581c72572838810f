"""The dialog that removes a role and gives its users another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.domain import Role, SiteId
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field, plain_label, set_role
from camwatch.ui.operators.form_dialog import FormDialog
from camwatch.ui.operators.user_dialogs import RoleBox
from camwatch.ui.operators.wording import breakable, users

_MAPPED = marked(
    "Where the login service's roles are mapped to this one, nobody is let in by that line any "
    "more; change it under “Login service…”."
)


class RemoveRoleCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def remove_role(self, session: Session, key: str, instead: str) -> Sequence[Account]:
        """Remove a role, and give its operators another one."""
        ...


class RemoveRoleDialog(FormDialog):
    """Asks which role the users of a role get before it is removed.

    Signals:
        removed: The role is gone.

    Args:
        role: Which is to go.
        count: How many users have it.
        roles: All roles.
        sites: Names of all sites.
    """

    removed = Signal()

    def __init__(
        self,
        commands: RemoveRoleCommands,
        session: Session,
        background: Background,
        role: OperatorRole,
        *,
        count: int,
        roles: Sequence[OperatorRole],
        sites: Mapping[SiteId, str],
        parent: QWidget | None = None,
    ) -> None:
        has = (
            tr("1 user has the role “{name}”.", name=role.title)
            if count == 1
            else tr("{users} have the role “{name}”.", users=users(count), name=role.title)
        )
        about = (
            tr("{has} They get another one at the same moment.", has=has)
            if count
            else tr("No user has the role “{name}”.", name=role.title)
        )
        super().__init__(
            background, tr("Remove role"), breakable(about), tr("Remove &role"), parent
        )
        self._commands, self._session, self._role = commands, session, role
        others = [one for one in roles if one.key != role.key]
        self.instead = RoleBox(others, sites, self)
        self.instead.choose(Role.VIEWER.value)
        field = self.add_field("instead", Field(tr("&Give them instead"), self.instead, self))
        self.fields["role"] = field
        self.role_about = plain_label("", "muted", self)
        for part in (field, self.role_about):
            self.body.addWidget(part)
            part.setVisible(bool(count))
        self.body.addWidget(plain_label(tr(_MAPPED), "muted", self))
        self.body.addStretch(1)
        self.instead.currentIndexChanged.connect(self._say_role)
        self._say_role()
        set_role(self.do_button, "danger")
        # What cannot be taken back is not what Enter does first.
        self.do_button.setDefault(False)
        self.cancel_button.setDefault(True)
        fit(self, 480, 380 if count else 240)

    @Slot()
    def _say_role(self) -> None:
        self.role_about.setText(self.instead.about())

    @Slot()
    def submit(self) -> None:
        """Remove the role."""
        key, instead = self._role.key, self.instead.key
        self.run(
            lambda: self._commands.remove_role(self._session, key, instead),
            lambda _accounts: self._on_removed(),
        )

    def _on_removed(self) -> None:
        self.accept()
        self.removed.emit()
