"""Commands of an administrator about operators and their sessions."""

from __future__ import annotations

from collections.abc import Sequence

from camwatch.auth.accounts import (
    Account,
    OneTimeCode,
    OpenSession,
    OperatorTable,
    RoleDraft,
)
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.commands.authority import Authority
from camwatch.commands.guard import Guard, needs, open_to_signed_in
from camwatch.commands.operator_desk import OperatorDesk
from camwatch.commands.role_desk import RoleDesk
from camwatch.domain import UserId


class OperatorAdminCommands:
    """Commands about operators, mixed into `Commands`, whose errors they share.

    What changes operators or roles can also raise PasswordNeeded; and PermissionDenied, where
    the other operator or the role may do what the asking one may not.
    """

    guard: Guard

    def _init_operators(self, operators: OperatorDesk, roles: RoleDesk) -> None:
        """Take what these commands work with."""
        self._operator_desk = operators
        self._role_desk = roles

    @needs(Permission.MANAGE_OPERATORS)
    def accounts(self, session: Session) -> list[Account]:
        """Return all operators of this history, by name."""
        del session
        return self._operator_desk.all()

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def add_operator(self, session: Session, name: str, role: str) -> OneTimeCode:
        """Add an operator, who signs in with the returned code and then chooses a password.

        Raises:
            InvalidSetting: The name is refused or in use, or there is no such role; `field` is
                "name" or "role".
        """
        return self._operator_desk.add(Authority.of(session), name, role)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def set_role(self, session: Session, user_id: UserId, role: str) -> Account:
        """Give an operator another role; what the operator does next is judged by it.

        Raises:
            InvalidSetting: There is no such role, or it is the last administrator.
            NotFound: The operator is gone.
        """
        return self._operator_desk.set_role(Authority.of(session), user_id, role)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def set_disabled(self, session: Session, user_id: UserId, *, is_disabled: bool) -> Account:
        """Keep an operator out, and end the sessions; or let in again.

        Raises:
            InvalidSetting: It is the last administrator.
            NotFound: The operator is gone.
        """
        by = Authority.of(session)
        return self._operator_desk.set_disabled(by, user_id, is_disabled=is_disabled)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def remove_operator(self, session: Session, user_id: UserId) -> None:
        """Remove an operator; what the audit log says stays.

        Raises:
            InvalidSetting: It is the last administrator.
            NotFound: The operator is gone already.
        """
        self._operator_desk.remove(Authority.of(session), user_id)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def reset_password(self, session: Session, user_id: UserId) -> OneTimeCode:
        """End an operator's password and sessions; a code for one sign-in takes its place.

        Also ends the rest after failed sign-ins.

        Raises:
            NotFound: The operator is gone.
        """
        return self._operator_desk.reset_password(Authority.of(session), user_id)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def force_password_change(self, session: Session, user_id: UserId) -> Account:
        """Let an operator choose another password at the next sign-in.

        Raises:
            NotFound: The operator is gone.
        """
        return self._operator_desk.force_password_change(Authority.of(session), user_id)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def reset_second_factor(self, session: Session, user_id: UserId) -> Account:
        """Take the second factor from an operator who lost the device.

        Raises:
            NotFound: The operator is gone.
        """
        return self._operator_desk.reset_second_factor(Authority.of(session), user_id)

    @needs(Permission.MANAGE_OPERATORS)
    def preview_operators(self, session: Session, data: bytes) -> OperatorTable:
        """Read a CSV table with the columns name and role; adds nothing.

        Raises:
            InvalidSetting: It is no such table, or too large.
        """
        return self._operator_desk.preview(Authority.of(session), data)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def import_operators(self, session: Session, table: OperatorTable) -> list[OneTimeCode]:
        """Add all operators of a table, or none.

        Raises:
            InvalidSettings: Rows are refused, as in the preview or since.
        """
        return self._operator_desk.add_table(Authority.of(session), table)

    @needs(Permission.MANAGE_OPERATORS)
    def open_sessions(self, session: Session) -> list[OpenSession]:
        """Return the sessions that are open now, newest first."""
        return self._operator_desk.register.open_ones(session)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def end_session(self, session: Session, uid: str) -> None:
        """End somebody's session; harmless when it has ended already."""
        self._operator_desk.end_session(Authority.of(session), uid)

    @open_to_signed_in("each window tells that it is still there")
    def still_here(self, session: Session) -> None:
        """Note that the session goes on; a window does so every minute, idle or not.

        It also learns here that the session was ended: by an administrator, from another
        computer, or because the operator was disabled.
        """

    # ------------------------------------------------------------ roles

    @needs(Permission.MANAGE_OPERATORS)
    def roles(self, session: Session) -> list[OperatorRole]:
        """Return the roles that are always there, then the others by name."""
        del session
        return self._operator_desk.roles.all()

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def add_role(self, session: Session, draft: RoleDraft) -> OperatorRole:
        """Make a role.

        Raises:
            InvalidSetting: A part is refused; `field` is "name", "permissions" or "sites".
        """
        return self._role_desk.add(Authority.of(session), draft)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def edit_role(self, session: Session, key: str, draft: RoleDraft) -> OperatorRole:
        """Change a role; of one that is always there only whether it needs a second factor.

        Raises:
            InvalidSetting: As `add_role`.
            NotFound: The role is gone.
        """
        return self._role_desk.edit(Authority.of(session), key, draft)

    @needs(Permission.MANAGE_OPERATORS, fresh=True)
    def remove_role(self, session: Session, key: str, instead: str) -> Sequence[Account]:
        """Remove a role, and give its operators another one.

        Raises:
            InvalidSetting: It is always there, or there is no role to give instead.
            NotFound: The role is gone already.
        """
        return self._role_desk.remove(Authority.of(session), key, instead)
