"""What each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from camwatch.domain import Role, SiteId
from camwatch.language import marked, tr


class Permission(StrEnum):
    """One thing an operator may or may not do."""

    VIEW_CAMERAS = "view_cameras"
    VIEW_COUNTS = "view_counts"
    VIEW_CAMERA_STATES = "view_camera_states"
    EDIT_CAMERAS = "edit_cameras"
    VIEW_AUDIT = "view_audit"
    EDIT_SCENES = "edit_scenes"
    VIEW_ACCURACY = "view_accuracy"
    AUDIT_ACCURACY = "audit_accuracy"
    CHOOSE_MODEL = "choose_model"
    MOVE_CAMERAS = "move_cameras"
    SAVE_PICTURES = "save_pictures"
    MANAGE_OPERATORS = "manage_operators"
    MANAGE_SECURITY = "manage_security"
    VIEW_ALERTS = "view_alerts"
    HANDLE_ALERTS = "handle_alerts"
    EDIT_RULES = "edit_rules"
    MANAGE_CHANNELS = "manage_channels"
    EXPORT_HISTORY = "export_history"
    CORRECT_COUNTS = "correct_counts"
    MANAGE_HISTORY = "manage_history"
    ARRANGE_WALLS = "arrange_walls"
    SHARE_WALLS = "share_walls"
    VIEW_HEALTH = "view_health"
    MANAGE_SETTINGS = "manage_settings"
    LIFT_PRIVACY = "lift_privacy"


_VIEWER = frozenset(
    {
        Permission.VIEW_CAMERAS,
        Permission.VIEW_COUNTS,
        Permission.VIEW_ACCURACY,
        Permission.VIEW_ALERTS,
        Permission.HANDLE_ALERTS,
        Permission.ARRANGE_WALLS,
    }
)
_SUPERVISOR = _VIEWER | {
    Permission.VIEW_CAMERA_STATES,
    Permission.EDIT_SCENES,
    Permission.AUDIT_ACCURACY,
    Permission.MOVE_CAMERAS,
    Permission.SAVE_PICTURES,
    Permission.EDIT_RULES,
    Permission.EXPORT_HISTORY,
    Permission.CORRECT_COUNTS,
    Permission.SHARE_WALLS,
    Permission.VIEW_HEALTH,
}
_ADMINISTRATOR = _SUPERVISOR | {
    Permission.EDIT_CAMERAS,
    Permission.VIEW_AUDIT,
    Permission.CHOOSE_MODEL,
    Permission.MANAGE_OPERATORS,
    Permission.MANAGE_SECURITY,
    Permission.MANAGE_CHANNELS,
    Permission.MANAGE_HISTORY,
    Permission.MANAGE_SETTINGS,
    Permission.LIFT_PRIVACY,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.SUPERVISOR: _SUPERVISOR,
        Role.ADMINISTRATOR: _ADMINISTRATOR,
    }
)

WHILE_LOCKED = frozenset(
    {
        Permission.VIEW_CAMERAS,
        Permission.VIEW_COUNTS,
        Permission.VIEW_ACCURACY,
        Permission.VIEW_ALERTS,
    }
)
"""What the live view stands on, which may go on while the rest is locked."""

NOT_OFFLINE = frozenset({Permission.MANAGE_OPERATORS, Permission.MANAGE_SECURITY})
"""What an operator of the login service may not do while that service is away."""

WHOLE_PROGRAM = frozenset(
    {
        Permission.VIEW_AUDIT,
        Permission.CHOOSE_MODEL,
        Permission.MANAGE_OPERATORS,
        Permission.MANAGE_SECURITY,
        Permission.MANAGE_CHANNELS,
        Permission.MANAGE_HISTORY,
        Permission.VIEW_HEALTH,
        Permission.MANAGE_SETTINGS,
    }
)
"""What concerns all sites at once, so a role that sees only some of them never has it."""


@dataclass(frozen=True, slots=True)
class OperatorRole:
    """A role: what its operators may do, and what they see.

    Attributes:
        key: A `Role`, or the uid of a role that an administrator made.
        name: As shown.
        permissions: What they may do.
        sites: Whose cameras they see; None for all, and for those that are added later.
        needs_second_factor: Its operators must have one.
    """

    key: str
    name: str
    permissions: frozenset[Permission]
    sites: frozenset[SiteId] | None = None
    needs_second_factor: bool = False

    @property
    def is_built_in(self) -> bool:
        """True for the three roles that are always there."""
        return self.key in set(Role)

    @property
    def title(self) -> str:
        """Its name as it is shown: those that are always there have one in each language."""
        return tr(self.name) if self.is_built_in or not self.key else self.name

    def allows(self, permission: Permission) -> bool:
        """Tell whether its operators may do it."""
        if self.sites is not None and permission in WHOLE_PROGRAM:
            return False
        return permission in self.permissions

    def sees(self, site_id: SiteId) -> bool:
        """Tell whether its operators see the cameras of a site."""
        return self.sites is None or site_id in self.sites


NOBODY = OperatorRole("", marked("No role"), frozenset(), frozenset())
"""Stands for a role that is not there (any more): may do nothing and sees nothing."""

_NAMES = MappingProxyType(
    {
        Role.VIEWER: marked("Viewer"),
        Role.SUPERVISOR: marked("Supervisor"),
        Role.ADMINISTRATOR: marked("Administrator"),
    }
)


def built_in_role(key: str, *, needs_second_factor: bool = False) -> OperatorRole:
    """Return a role that is always there; `NOBODY` for any other key."""
    if key not in set(Role):
        return NOBODY
    role = Role(key)
    return OperatorRole(role.value, _NAMES[role], ROLE_PERMISSIONS[role], None, needs_second_factor)
