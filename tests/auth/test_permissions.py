"""What each role may do."""

import pytest

from camwatch.auth.permissions import NOBODY, ROLE_PERMISSIONS, Permission, built_in_role
from camwatch.domain import Role

MATRIX = {
    Permission.VIEW_CAMERAS: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.VIEW_COUNTS: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.VIEW_CAMERA_STATES: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.EDIT_CAMERAS: {Role.ADMINISTRATOR},
    Permission.VIEW_AUDIT: {Role.ADMINISTRATOR},
    Permission.EDIT_SCENES: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.VIEW_ACCURACY: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.AUDIT_ACCURACY: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.CHOOSE_MODEL: {Role.ADMINISTRATOR},
    Permission.MOVE_CAMERAS: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.SAVE_PICTURES: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.MANAGE_OPERATORS: {Role.ADMINISTRATOR},
    Permission.MANAGE_SECURITY: {Role.ADMINISTRATOR},
    Permission.VIEW_ALERTS: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.HANDLE_ALERTS: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.EDIT_RULES: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.MANAGE_CHANNELS: {Role.ADMINISTRATOR},
    Permission.EXPORT_HISTORY: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.CORRECT_COUNTS: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.MANAGE_HISTORY: {Role.ADMINISTRATOR},
    Permission.ARRANGE_WALLS: {Role.VIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.SHARE_WALLS: {Role.SUPERVISOR, Role.ADMINISTRATOR},
}


def test_the_table_speaks_of_every_permission_and_every_role() -> None:
    assert set(MATRIX) == set(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says(role: Role, permission: Permission) -> None:
    assert built_in_role(role).allows(permission) is (role in MATRIX[permission])


def test_an_unknown_role_may_do_nothing() -> None:
    assert built_in_role("owner") is NOBODY
    assert not any(NOBODY.allows(permission) for permission in Permission)


def test_each_role_may_do_all_that_the_one_before_it_may() -> None:
    rights = [ROLE_PERMISSIONS[role] for role in Role]
    assert rights[0] < rights[1] < rights[2]
