"""What each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from camwatch.domain import Role


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


_VIEWER = frozenset({Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS, Permission.VIEW_ACCURACY})
_SUPERVISOR = _VIEWER | {
    Permission.VIEW_CAMERA_STATES,
    Permission.EDIT_SCENES,
    Permission.AUDIT_ACCURACY,
    Permission.MOVE_CAMERAS,
    Permission.SAVE_PICTURES,
}
_ADMINISTRATOR = _SUPERVISOR | {
    Permission.EDIT_CAMERAS,
    Permission.VIEW_AUDIT,
    Permission.CHOOSE_MODEL,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.SUPERVISOR: _SUPERVISOR,
        Role.ADMINISTRATOR: _ADMINISTRATOR,
    }
)


def allows(role: Role, permission: Permission) -> bool:
    """Tell whether the role may do it; a role that is not listed may do nothing."""
    return permission in ROLE_PERMISSIONS.get(role, frozenset())
