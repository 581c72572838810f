"""Manages roles for who was let through."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from camwatch.auth.accounts import Account, RoleDraft
from camwatch.auth.names import name_key
from camwatch.auth.permissions import NOBODY, WHOLE_PROGRAM, OperatorRole, Permission
from camwatch.commands.authority import Authority, check_reach
from camwatch.commands.operator_desk import OperatorDesk
from camwatch.commands.role_book import RoleBook
from camwatch.commands.trail import DENIED, DONE, FAILED, Trail
from camwatch.data.accounts import AccountRepository
from camwatch.data.cameras import CameraRepository
from camwatch.data.roles import RoleRecord, RoleRepository
from camwatch.domain import Role, Site
from camwatch.errors import InvalidSetting, NotFound, PermissionDenied, StorageError
from camwatch.language import tr

T = TypeVar("T")

LONGEST_NAME = 64
MOST_ROLES = 100
"""Beside those that are always there."""


@dataclass(frozen=True, slots=True)
class RoleDesk:
    """What the commands about roles work with.

    Attributes:
        rows: The roles as they are stored.
        book: The roles with those that are always there.
        accounts: Changes the operators of a role that goes.
        cameras: Knows the sites.
        operators: Shows those operators.
        trail: The audit log.
    """

    rows: RoleRepository
    book: RoleBook
    accounts: AccountRepository
    cameras: CameraRepository
    operators: OperatorDesk
    trail: Trail

    def add(self, by: Authority, draft: RoleDraft) -> OperatorRole:
        """See `OperatorAdminCommands.add_role`."""
        if len(self.rows.all()) >= MOST_ROLES + len(Role):
            raise InvalidSetting(
                "name",
                tr("is one too many: there are {most_roles} roles already", most_roles=MOST_ROLES),
            )
        role = self._checked(by, uuid.uuid4().hex, draft)
        self._write(by, "add_role", role, self._facts(role), must_be_there=False)
        return role

    def edit(self, by: Authority, key: str, draft: RoleDraft) -> OperatorRole:
        """See `OperatorAdminCommands.edit_role`."""
        before = self._target(by, "edit_role", key)
        if before.is_built_in:
            role = _with_second_factor(before, draft)
        else:
            role = self._checked(by, key, draft)
        old, new = self._facts(before), self._facts(role)
        changed = {name: new[name] for name in new if old[name] != new[name]}
        changed |= {f"{name}_before": old[name] for name in new if old[name] != new[name]}
        self._write(by, "edit_role", role, changed, must_be_there=not role.is_built_in)
        return role

    def remove(self, by: Authority, key: str, instead: str) -> Sequence[Account]:
        """See `OperatorAdminCommands.remove_role`."""
        before = self._target(by, "remove_role", key)
        if before.is_built_in:
            raise InvalidSetting("role", tr("is always there"))
        other = self.book.role(instead)
        if other is NOBODY or instead == key:
            raise InvalidSetting("instead", tr("must be a role that stays"))
        check_reach(by, other, "instead")
        self.trail.record(by.actor, "remove_role", before.name, DONE, instead=other.name)
        moved = self._or_failed(
            by, "remove_role", before.name, lambda: self.accounts.remove_role(key, instead)
        )
        return [self.operators.shown(user_id) for user_id in moved]

    # ------------------------------------------------------------ in common

    def _target(self, by: Authority, action: str, key: str) -> OperatorRole:
        """Return the role that is to be changed.

        Raises:
            NotFound: It is gone.
            PermissionDenied: It goes further than the role of who changes it.
        """
        role = self.book.role(key)
        if role is NOBODY:
            raise NotFound(tr("the role"))
        if not by.reaches(role):
            missing = by.missing(role) or Permission.MANAGE_OPERATORS
            self.trail.try_to_record(by.actor, action, role.name, DENIED, permission=missing.value)
            raise PermissionDenied(missing.value)
        return role

    def _checked(self, by: Authority, key: str, draft: RoleDraft) -> OperatorRole:
        """Return a role as it is wanted.

        Raises:
            InvalidSetting: A part is refused.
        """
        name = self._checked_name(key, draft.name)
        permissions = frozenset(map(Permission, draft.permissions))
        if not permissions:
            raise InvalidSetting("permissions", tr("are missing; a role needs one at least"))
        sites = draft.sites
        if sites is not None:
            if not sites:
                raise InvalidSetting("sites", tr("are missing; choose one at least, or all"))
            if gone := sites - {site.id for site in self.cameras.sites()}:
                raise InvalidSetting(
                    "sites", tr("have {count} that no longer exist", count=len(gone))
                )
            if whole := permissions & WHOLE_PROGRAM:
                named = min(whole).value.replace("_", " ")
                raise InvalidSetting(
                    "permissions",
                    tr("have one that concerns all sites, so choose all: {named}", named=named),
                )
        role = OperatorRole(key, name, permissions, sites, draft.needs_second_factor)
        check_reach(by, role, "permissions" if by.missing(role) is not None else "sites")
        return role

    def _checked_name(self, key: str, typed: str) -> str:
        name = unicodedata.normalize("NFC", typed.strip()[: 4 * LONGEST_NAME])
        if not name:
            raise InvalidSetting("name", tr("is needed"))
        if len(name) > LONGEST_NAME:
            raise InvalidSetting(
                "name", tr("may have {longest_name} characters at most", longest_name=LONGEST_NAME)
            )
        if not name.isprintable():
            raise InvalidSetting("name", tr("has characters that cannot be shown"))
        others = [role.name for role in self.book.all() if role.key != key]
        if name_key(name) in {name_key(other) for other in (*others, NOBODY.name, *Role)}:
            raise InvalidSetting("name", tr("is already used by another role"))
        return name

    def _facts(self, role: OperatorRole) -> Mapping[str, str]:
        return {
            "name": role.name,
            "permissions": ", ".join(sorted(role.permissions)),
            "sites": _site_names(role, self.cameras.sites()),
            "second_factor": "needed" if role.needs_second_factor else "not needed",
        }

    def _write(
        self,
        by: Authority,
        action: str,
        role: OperatorRole,
        details: Mapping[str, str],
        *,
        must_be_there: bool,
    ) -> None:
        # Of a role that is always there, only what can be changed of it is stored.
        name = role.key if role.is_built_in else role.name
        record = RoleRecord(
            role.key,
            name,
            frozenset() if role.is_built_in else frozenset(role.permissions),
            role.sites,
            role.needs_second_factor,
        )
        self.trail.record_all(by.actor, action, DONE, [(role.name, details)])
        self._or_failed(
            by,
            action,
            role.name,
            lambda: self.rows.put(record, name_key(name), must_be_there=must_be_there),
        )

    def _or_failed(self, by: Authority, action: str, target: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except (InvalidSetting, NotFound, StorageError):
            self.trail.try_to_record(by.actor, action, target, FAILED)
            raise


def _with_second_factor(role: OperatorRole, draft: RoleDraft) -> OperatorRole:
    """Return a role that is always there, changed in the one thing that can be.

    Raises:
        InvalidSetting: Another thing was changed.
    """
    fixed = tr("cannot be changed of a role that is always there")
    if draft.name.strip() != role.name:
        raise InvalidSetting("name", fixed)
    if draft.permissions != role.permissions:
        raise InvalidSetting("permissions", fixed)
    if draft.sites is not None:
        raise InvalidSetting("sites", fixed)
    return OperatorRole(role.key, role.name, role.permissions, None, draft.needs_second_factor)


def _site_names(role: OperatorRole, sites: Collection[Site]) -> str:
    if role.sites is None:
        return "all"
    return ", ".join(site.name for site in sites if site.id in role.sites)
