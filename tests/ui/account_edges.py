"""A stand-in for all commands that a window asks for, with accounts, locks and permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from camwatch.accuracy import Badge
from camwatch.auth.accounts import Account, AuditQuery, OpenSession, SecondFactorSetup
from camwatch.auth.audit_check import AuditCheck, AuditState
from camwatch.auth.permissions import WHILE_LOCKED, OperatorRole, Permission, built_in_role
from camwatch.auth.session import Session, SignInKind
from camwatch.commands.audit_commands import AuditKinds
from camwatch.config import Security
from camwatch.domain import (
    AuditEntry,
    Camera,
    CameraId,
    Passed,
    PlaceId,
    Role,
    Secret,
    SiteId,
    utc_now,
)
from camwatch.errors import BadCredentials, PasswordNeeded, PermissionDenied, SessionLocked
from camwatch.scene import SceneRecord
from tests.ui.live_edges import session as live_session
from tests.ui.screen_edges import CODES, SETUP, CommandDesk

PASSWORD = "correct horse battery"
CODE = "123456"

_NEEDS = {
    "cameras": Permission.VIEW_CAMERAS,
    "sites": Permission.VIEW_CAMERAS,
    "scenes": Permission.VIEW_CAMERAS,
    "scene": Permission.VIEW_CAMERAS,
    "privacy": Permission.VIEW_CAMERAS,
    "badges": Permission.VIEW_ACCURACY,
    "audits": Permission.VIEW_ACCURACY,
    "models": Permission.VIEW_ACCURACY,
    "recordings": Permission.AUDIT_ACCURACY,
    "places": Permission.VIEW_COUNTS,
    "history": Permission.VIEW_COUNTS,
    "flow_history": Permission.VIEW_COUNTS,
    "zone_history": Permission.VIEW_COUNTS,
    "passed_since": Permission.VIEW_COUNTS,
    "occupancy_series": Permission.VIEW_COUNTS,
    "heat": Permission.VIEW_COUNTS,
    "dwell": Permission.VIEW_COUNTS,
    "save_scene": Permission.EDIT_SCENES,
    "camera_states": Permission.VIEW_CAMERA_STATES,
    "remove_camera": Permission.EDIT_CAMERAS,
    "remove_cameras": Permission.EDIT_CAMERAS,
    "add_camera": Permission.EDIT_CAMERAS,
    "edit_camera": Permission.EDIT_CAMERAS,
    "test_camera": Permission.EDIT_CAMERAS,
    "accounts": Permission.MANAGE_OPERATORS,
    "roles": Permission.MANAGE_OPERATORS,
    "open_sessions": Permission.MANAGE_OPERATORS,
    "find_audit_entries": Permission.VIEW_AUDIT,
    "audit_kinds": Permission.VIEW_AUDIT,
    "verify_audit": Permission.VIEW_AUDIT,
    "alerts": Permission.VIEW_ALERTS,
    "channel_proofs": Permission.VIEW_ALERTS,
}


def a_role(*permissions: Permission, sites: frozenset[SiteId] | None = None) -> OperatorRole:
    return OperatorRole("uid-role", "Night shift", frozenset(permissions), sites)


def a_live_session(
    role: OperatorRole | Role = Role.ADMINISTRATOR,
    *,
    kind: SignInKind = SignInKind.LOCAL,
    has_device: bool = False,
    name: str = "maria",
) -> Session:
    """A session that is open now, of any role."""
    made = live_session(name=name)
    kept = built_in_role(role) if isinstance(role, Role) else role
    user = replace(made.user, has_second_factor=has_device, role=kept.key, uid="uid-maria")
    return replace(made, role=kept, kind=kind, user=user)


class Office(CommandDesk):
    """Commands that keep to permissions, locks and fresh passwords as the real ones do.

    Attributes:
        denied: What was asked for without the permission.
        is_locked: The session is.
        is_fresh: The password was entered lately.
        needs_fresh: Commands that ask for it.
        present: The session as it is now; None if it is as before.
    """

    def __init__(self, cameras: Sequence[Camera] = (), *, has_device: bool = False) -> None:
        super().__init__(cameras)
        self.denied: list[str] = []
        self.is_locked = False
        self.is_fresh = True
        self.has_device = has_device
        self.needs_fresh: set[str] = set()
        self.rules = Security()
        self.present: Session | None = None

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in _NEEDS:
            return found

        def guarded(session: Session, *given: Any, **named: Any) -> Any:
            self._admit(session, name)
            return found(session, *given, **named)

        return guarded

    def _admit(self, session: Session, command: str) -> None:
        needed = _NEEDS[command]
        if not session.may(needed):
            self.denied.append(command)
            raise PermissionDenied(needed.value)
        if self.is_locked and needed not in WHILE_LOCKED:
            raise SessionLocked
        if command in self.needs_fresh and not self.is_fresh:
            raise PasswordNeeded

    def security(self, session: Session) -> Security:
        self._ask("security")
        return self.rules

    def present_session(self, session: Session) -> Session:
        self._ask("present_session")
        return self.present or session

    def lock(self, session: Session) -> None:
        self._ask("lock")
        self.is_locked = True

    def confirm_password(self, session: Session, password: str, code: str = "") -> None:
        self._ask("confirm_password", password, code)
        if password != PASSWORD or (self.has_device and code != CODE):
            raise BadCredentials
        self.is_locked = False
        self.is_fresh = True

    def change_password(self, session: Session, old: str, new: str) -> None:
        self._ask("change_password", old, new)
        if old != PASSWORD:
            raise BadCredentials

    def begin_second_factor(self, session: Session) -> SecondFactorSetup:
        self._ask("begin_second_factor")
        if not self.is_fresh:
            raise PasswordNeeded
        return SETUP

    def finish_second_factor(self, session: Session, code: str) -> list[Secret]:
        self._ask("finish_second_factor", code)
        if code != CODE:
            raise BadCredentials
        self.has_device = True
        return list(CODES)

    def drop_second_factor(self, session: Session) -> None:
        self._ask("drop_second_factor")
        if not self.is_fresh:
            raise PasswordNeeded
        self.has_device = False

    def new_recovery_codes(self, session: Session) -> list[Secret]:
        self._ask("new_recovery_codes")
        if not self.is_fresh:
            raise PasswordNeeded
        return list(CODES)

    def still_here(self, session: Session) -> OperatorRole:
        return session.role

    def accounts(self, session: Session) -> list[Account]:
        return []

    def roles(self, session: Session) -> list[OperatorRole]:
        return [built_in_role(role) for role in Role]

    def open_sessions(self, session: Session) -> list[OpenSession]:
        return []

    def find_audit_entries(
        self, session: Session, query: AuditQuery, limit: int = 200, before: int | None = None
    ) -> list[AuditEntry]:
        return []

    def audit_kinds(self, session: Session) -> AuditKinds:
        return AuditKinds((), (), ())

    def verify_audit(self, session: Session) -> AuditCheck:
        return AuditCheck(AuditState.SOUND, utc_now())

    def scenes(self, session: Session) -> list[SceneRecord]:
        return []

    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        return {}

    def audits(self, session: Session, camera_id: CameraId) -> list[object]:
        return []

    def recordings(self, session: Session) -> list[object]:
        return []

    def passed_since(self, session: Session, start: datetime) -> Mapping[PlaceId, Passed]:
        return {}

    def occupancy_series(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        return []

    def save_picture(self, session: Session, picture: object, file: Path) -> Path:
        return file
