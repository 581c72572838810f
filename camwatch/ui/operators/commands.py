"""What the page of users asks of `camwatch.commands.Commands`."""

from __future__ import annotations

from typing import Protocol

from camwatch.auth.accounts import Account, OneTimeCode, OpenSession
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.domain import Site, UserId
from camwatch.ui.operators.import_dialog import ImportCommands
from camwatch.ui.operators.login_service import LoginServiceCommands
from camwatch.ui.operators.role_editor import RoleCommands
from camwatch.ui.operators.role_removal import RemoveRoleCommands
from camwatch.ui.operators.security_dialog import SecurityCommands
from camwatch.ui.operators.user_dialogs import UserCommands


class UsersCommands(
    UserCommands,
    ImportCommands,
    RoleCommands,
    RemoveRoleCommands,
    LoginServiceCommands,
    SecurityCommands,
    Protocol,
):
    """All that the page and its dialogs ask."""

    def accounts(self, session: Session) -> list[Account]:
        """Return all operators of this history, by name."""
        ...

    def roles(self, session: Session) -> list[OperatorRole]:
        """Return the roles that are always there, then the others by name."""
        ...

    def open_sessions(self, session: Session) -> list[OpenSession]:
        """Return the sessions that are open now, newest first."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return the sites, by name."""
        ...

    def set_disabled(self, session: Session, user_id: UserId, *, is_disabled: bool) -> Account:
        """Keep an operator out, or let in again."""
        ...

    def remove_operator(self, session: Session, user_id: UserId) -> None:
        """Remove an operator."""
        ...

    def reset_password(self, session: Session, user_id: UserId) -> OneTimeCode:
        """Let a code for one sign-in take the place of an operator's password."""
        ...

    def force_password_change(self, session: Session, user_id: UserId) -> Account:
        """Let an operator choose another password at the next sign-in."""
        ...

    def reset_second_factor(self, session: Session, user_id: UserId) -> Account:
        """Take the second factor from an operator."""
        ...

    def end_session(self, session: Session, uid: str) -> None:
        """End somebody's session."""
        ...
