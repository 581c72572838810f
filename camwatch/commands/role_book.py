"""Looks up what the operators of a role may do, as it is stored now."""

from __future__ import annotations

from dataclasses import replace

from camwatch.auth.permissions import (
    NOBODY,
    NOT_OFFLINE,
    OperatorRole,
    Permission,
    built_in_role,
)
from camwatch.auth.session import SignInKind
from camwatch.data.roles import RoleRecord, RoleRepository
from camwatch.domain import Role

_PERMISSIONS = frozenset(permission.value for permission in Permission)


class RoleBook:
    """All roles: those that are always there, and those that an administrator made."""

    def __init__(self, roles: RoleRepository) -> None:
        self._roles = roles

    def role(self, key: str) -> OperatorRole:
        """Return a role; `NOBODY`, which may do nothing, for one that is not there.

        Raises:
            StorageError: It cannot be read, so nobody is let through.
        """
        record = self._roles.find(key)
        if record is None:
            return built_in_role(key)
        return _role(record)

    def role_for(self, key: str, kind: SignInKind) -> OperatorRole:
        """Return a role as those have it whom this kind of sign-in vouches for.

        Raises:
            StorageError: It cannot be read, so nobody is let through.
        """
        role = self.role(key)
        if kind is SignInKind.OFFLINE:
            return replace(role, permissions=role.permissions - NOT_OFFLINE)
        return role

    def all(self) -> list[OperatorRole]:
        """Return the roles that are always there, then the others by name.

        Raises:
            StorageError: They cannot be read.
        """
        stored = {record.key: record for record in self._roles.all()}
        always = [
            _role(stored[key]) if key in stored else built_in_role(key) for key in map(str, Role)
        ]
        return always + [_role(one) for key, one in stored.items() if key not in set(Role)]


def _role(record: RoleRecord) -> OperatorRole:
    if (always := built_in_role(record.key)) is not NOBODY:
        return built_in_role(always.key, needs_second_factor=record.needs_second_factor)
    # A permission that this version does not know is none.
    known = frozenset(Permission(name) for name in record.permissions & _PERMISSIONS)
    return OperatorRole(record.key, record.name, known, record.sites, record.needs_second_factor)
