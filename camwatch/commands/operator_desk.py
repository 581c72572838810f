"""Manages operators for who was let through: audited first, and never the last administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from camwatch.auth.accounts import Account, OneTimeCode, OperatorTable
from camwatch.auth.names import check_operator_name, name_key
from camwatch.auth.one_time_codes import HOLDS_FOR, make_code
from camwatch.auth.passwords import check_new_password, hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.throttle import Throttle
from camwatch.commands.authority import Authority, check_reach
from camwatch.commands.camera_editing import quietly
from camwatch.commands.operator_table import checked_again, read_operators
from camwatch.commands.role_book import RoleBook
from camwatch.commands.session_register import SessionRegister
from camwatch.commands.trail import DENIED, DONE, FAILED, Trail
from camwatch.data.accounts import (
    LAST_ADMINISTRATOR,
    AccountRecord,
    AccountRepository,
    NewAccount,
)
from camwatch.domain import Role, Secret, User, UserId
from camwatch.errors import (
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PermissionDenied,
    StorageError,
)
from camwatch.language import tr
from camwatch.logs import hide

T = TypeVar("T")


def second_factor_entry(user: User) -> str:
    """Return the name under which the keyring has the secret of an operator's device."""
    return f"totp-{user.uid}"


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """What the commands about operators work with.

    Attributes:
        accounts: The operators.
        roles: What they may do.
        register: Their sessions.
        secrets: Keeps what belongs to their devices.
        trail: The audit log.
        clock: The wall clock, aware UTC.
    """

    accounts: AccountRepository
    roles: RoleBook
    register: SessionRegister
    secrets: SecretStore
    trail: Trail
    clock: Callable[[], datetime]

    def all(self) -> list[Account]:
        """Return all operators, by name."""
        return self._shown(self.accounts.all())

    def _shown(self, records: Sequence[AccountRecord]) -> list[Account]:
        now = self.clock()
        by_key = {role.key: role for role in self.roles.all()}
        open_ones = self.register.count_by_user()
        return [
            Account(
                user=one.user,
                role=by_key.get(one.user.role) or self.roles.role(one.user.role),
                failures=one.failures,
                locked_until=Throttle(one.failures, one.locked_until).rests_until(now),
                code_expires_at=one.code_expires_at,
                open_sessions=open_ones.get(one.user.uid, 0),
                is_last_administrator=one.user.role == Role.ADMINISTRATOR
                and self.accounts.is_last_administrator(one.user.id),
            )
            for one in records
        ]

    # ------------------------------------------------------------ adding

    def add(self, by: Authority, name: str, role: str) -> OneTimeCode:
        """See `OperatorAdminCommands.add_operator`."""
        (code,) = self._add_with_codes(by, [(name, role)], "add_operator")
        return code

    def add_with_password(
        self, by: Authority, name: str, role: str, password: str, *, must_change: bool
    ) -> User:
        """Add an operator with a password that was chosen already.

        Raises:
            InvalidSetting: "name", "role" or "password" is refused.
        """
        name = check_operator_name(name.strip())
        self._check_gift(by, role)
        check_new_password(name, password)
        account = NewAccount(name, role, hash_password(password), must_change)
        facts = [(name, {"role": self.roles.role(role).name})]
        self.trail.record_all(by.actor, "add_operator", DONE, facts)
        (user,) = self._or_failed(
            by, "add_operator", name, partial(self.accounts.add_all, [account])
        )
        return user

    def _add_with_codes(
        self, by: Authority, entries: Sequence[tuple[str, str]], action: str
    ) -> list[OneTimeCode]:
        expires_at = self.clock() + HOLDS_FOR
        accounts, codes = [], []
        taken = self._names()
        for typed, role in entries:
            name = check_operator_name(typed.strip())
            if name_key(name) in taken:
                raise InvalidSetting("name", tr("is already used by another user"))
            self._check_gift(by, role)
            code = _new_code()
            accounts.append(NewAccount(name, role, hash_password(code), True, expires_at))
            codes.append(OneTimeCode(name, Secret(code), expires_at))
        facts = [(one.name, {"role": self.roles.role(one.role).name}) for one in accounts]
        self.trail.record_all(by.actor, action, DONE, facts)
        target = accounts[0].name if len(accounts) == 1 else ""
        self._or_failed(by, action, target, partial(self.accounts.add_all, accounts))
        return codes

    def _names(self) -> set[str]:
        return {name_key(one.user.name) for one in self.accounts.all()}

    def preview(self, by: Authority, data: bytes) -> OperatorTable:
        """See `OperatorAdminCommands.preview_operators`."""
        return read_operators(data, self._names(), self.roles.all(), by)

    def add_table(self, by: Authority, table: OperatorTable) -> list[OneTimeCode]:
        """See `OperatorAdminCommands.import_operators`."""
        rows = checked_again(table, self._names(), self.roles.all(), by)
        entries = [(row.name, row.role) for row in rows]
        try:
            return self._add_with_codes(by, entries, "import_operators")
        except InvalidSetting as error:  # somebody was faster
            raise InvalidSettings([error]) from error

    # ------------------------------------------------------------ changing

    def set_role(self, by: Authority, user_id: UserId, role: str) -> Account:
        """See `OperatorAdminCommands.set_role`."""
        before = self._target(by, "set_role", user_id)
        self._check_gift(by, role)
        lowers = role != Role.ADMINISTRATOR
        return self._change(
            by,
            "set_role",
            before,
            {
                "role": self.roles.role(role).name,
                "role_before": self.roles.role(before.user.role).name or before.user.role,
            },
            partial(self.accounts.change, user_id, keeps_administrator=lowers, role=role),
            keeps_administrator=lowers,
        )

    def set_disabled(self, by: Authority, user_id: UserId, *, is_disabled: bool) -> Account:
        """See `OperatorAdminCommands.set_disabled`."""
        return self._change(
            by,
            "set_disabled",
            self._target(by, "set_disabled", user_id),
            {"disabled": "yes" if is_disabled else "no"},
            partial(
                self.accounts.change,
                user_id,
                keeps_administrator=is_disabled,
                ends_sessions=True,
                is_disabled=is_disabled,
            ),
            keeps_administrator=is_disabled,
        )

    def remove(self, by: Authority, user_id: UserId) -> None:
        """See `OperatorAdminCommands.remove_operator`."""
        before = self._target(by, "remove_operator", user_id)
        name = before.user.name
        self._check_last(by, "remove_operator", before)
        role = self.roles.role(before.user.role).name
        self.trail.record(by.actor, "remove_operator", name, DONE, role=role, uid=before.user.uid)
        self._or_failed(by, "remove_operator", name, partial(self.accounts.remove, user_id))
        self._forget_device(before.user)

    def reset_password(self, by: Authority, user_id: UserId) -> OneTimeCode:
        """See `OperatorAdminCommands.reset_password`."""
        before = self._target(by, "reset_password", user_id)
        code, expires_at = _new_code(), self.clock() + HOLDS_FOR
        work = partial(
            self.accounts.change,
            user_id,
            ends_sessions=True,
            password_hash=hash_password(code),
            must_change=True,
            code_expires_at=expires_at,
            failures=0,
            locked_until=None,
        )
        details = {"code_expires_at": expires_at.isoformat(timespec="seconds")}
        self._change(by, "reset_password", before, details, work)
        return OneTimeCode(before.user.name, Secret(code), expires_at)

    def set_password(self, by: Authority, user_id: UserId, password: str) -> Account:
        """Give an operator a password, which they change when they sign in.

        Raises:
            InvalidSetting: "password": it is refused.
            NotFound: The operator is gone.
        """
        before = self._target(by, "set_password", user_id)
        check_new_password(before.user.name, password)
        work = partial(
            self.accounts.change,
            user_id,
            ends_sessions=True,
            password_hash=hash_password(password),
            must_change=True,
            code_expires_at=None,
            failures=0,
            locked_until=None,
        )
        return self._change(by, "set_password", before, {}, work)

    def force_password_change(self, by: Authority, user_id: UserId) -> Account:
        """See `OperatorAdminCommands.force_password_change`."""
        before = self._target(by, "force_password_change", user_id)
        work = partial(self.accounts.change, user_id, ends_sessions=True, must_change=True)
        return self._change(by, "force_password_change", before, {}, work)

    def reset_second_factor(self, by: Authority, user_id: UserId) -> Account:
        """See `OperatorAdminCommands.reset_second_factor`."""
        before = self._target(by, "reset_second_factor", user_id)
        had = "yes" if before.user.has_second_factor else "no"
        work = partial(
            self.accounts.change,
            user_id,
            ends_sessions=True,
            drops_recovery_codes=True,
            has_second_factor=False,
            totp_step=0,
        )
        changed = self._change(by, "reset_second_factor", before, {"had_one": had}, work)
        self._forget_device(before.user)
        return changed

    def unlock(self, by: Authority, user_id: UserId) -> Account:
        """End the rest after failed sign-ins.

        Raises:
            NotFound: The operator is gone.
        """
        before = self._target(by, "unlock_operator", user_id)
        details = {"failures": str(before.failures)}
        work = partial(self.accounts.change, user_id, failures=0, locked_until=None)
        return self._change(by, "unlock_operator", before, details, work)

    def end_session(self, by: Authority, uid: str) -> None:
        """See `OperatorAdminCommands.end_session`."""
        try:
            row = self.register.get(uid)
        except NotFound:
            return
        if row.ended_at is not None:
            return
        self.trail.record(
            by.actor, "end_session", row.actor, DONE, session=uid, at_computer=row.computer
        )
        self._or_failed(by, "end_session", row.actor, partial(self.register.end, uid))

    # ------------------------------------------------------------ in common

    def shown(self, user_id: UserId) -> Account:
        """Return one operator.

        Raises:
            NotFound: The operator is gone.
        """
        return self._shown([self.accounts.get(user_id)])[0]

    def _target(self, by: Authority, action: str, user_id: UserId) -> AccountRecord:
        """Return the operator who is to be changed.

        Raises:
            NotFound: The operator is gone.
            PermissionDenied: The operator may do more than who changes them.
        """
        record = self.accounts.get(user_id)
        role = self.roles.role(record.user.role)
        if not by.reaches(role):
            missing = by.missing(role) or Permission.MANAGE_OPERATORS
            self.trail.try_to_record(
                by.actor, action, record.user.name, DENIED, permission=missing.value
            )
            raise PermissionDenied(missing.value)
        return record

    def _check_gift(self, by: Authority, key: str) -> None:
        """Refuse a role that is not there, or goes further than the giver's own.

        Raises:
            InvalidSetting: "role".
        """
        found = next((one for one in self.roles.all() if one.key == key), None)
        if found is None:
            raise InvalidSetting("role", tr("does not exist (any more); choose another one"))
        check_reach(by, found, "role")

    def _check_last(self, by: Authority, action: str, record: AccountRecord) -> None:
        """Refuse early what the last administrator is kept from; the deed looks again.

        Raises:
            InvalidSetting: "user".
        """
        if self.accounts.is_last_administrator(record.user.id):
            self.trail.try_to_record(
                by.actor, action, record.user.name, DENIED, why="the last administrator"
            )
            raise InvalidSetting("user", LAST_ADMINISTRATOR)

    def _change(
        self,
        by: Authority,
        action: str,
        before: AccountRecord,
        details: dict[str, str],
        work: Callable[[], AccountRecord],
        *,
        keeps_administrator: bool = False,
    ) -> Account:
        if keeps_administrator:
            self._check_last(by, action, before)
        name = before.user.name
        self.trail.record(by.actor, action, name, DONE, **details)
        return self._shown([self._or_failed(by, action, name, work)])[0]

    def _or_failed(self, by: Authority, action: str, target: str, work: Callable[[], T]) -> T:
        """Do what was audited as done; where it fails, say so in the audit log."""
        try:
            return work()
        except (InvalidSetting, NotFound, StorageError):
            self.trail.try_to_record(by.actor, action, target, FAILED)
            raise

    def _forget_device(self, user: User) -> None:
        if user.has_second_factor:
            quietly(partial(self.secrets.forget, second_factor_entry(user)))


def _new_code() -> str:
    code = make_code()
    hide(code)
    return code
