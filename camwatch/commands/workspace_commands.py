"""The workspace file: out, in, and back again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.settings_described import described
from camwatch.commands.workspace_desk import TakeBackOffer, WorkspaceDesk, WorkspaceImported
from camwatch.commands.workspace_diff import Part, WorkspaceDiff
from camwatch.commands.workspace_layouts import WallKeeper
from camwatch.errors import PermissionDenied

_NEEDS: Mapping[Part, Permission] = {
    Part.CAMERAS: Permission.EDIT_CAMERAS,
    Part.SITES: Permission.EDIT_CAMERAS,
    Part.SCENES: Permission.EDIT_SCENES,
    Part.RULES: Permission.EDIT_RULES,
    Part.SETTINGS: Permission.MANAGE_SETTINGS,
    Part.LAYOUTS: Permission.ARRANGE_WALLS,
}


class WorkspaceCommands:
    """Commands about workspace files, mixed into `Commands`, whose errors they share."""

    guard: Guard
    workspace: WorkspaceDesk

    @needs(Permission.MANAGE_SETTINGS, fresh=True)
    def export_workspace(self, session: Session) -> bytes:
        """Return how the site is set up as one file, without secrets.

        Of the walls, the operator's own and the shared ones are in it.

        Raises:
            PasswordNeeded: The operator's password was not entered lately.
        """
        _check(session, Part)
        return self.workspace.export(_keeper(session))

    @needs(Permission.MANAGE_SETTINGS)
    def preview_workspace(self, session: Session, data: bytes) -> WorkspaceDiff:
        """Tell what a file would change; nothing is changed.

        Raises:
            InvalidSetting: "file": it is none, or larger than is read.
        """
        return self.workspace.preview(data, _keeper(session))

    @needs(Permission.MANAGE_SETTINGS, fresh=True)
    def import_workspace(
        self, session: Session, data: bytes, parts: Collection[Part], mark: str
    ) -> WorkspaceImported:
        """Bring parts of a file in: all of them, or nothing.

        Args:
            session: Who asks.
            data: The file.
            parts: Which ones.
            mark: Of the difference that was seen.

        Raises:
            InvalidSetting: "file": it is none.
            InvalidSettings: With all that cannot be taken of these parts.
            ChangedMeanwhile: Things here are no longer as they were seen.
            SecretsUnavailable: The old password of a camera that moves cannot be taken away.
            PermissionDenied: A part needs another permission, too.
            PasswordNeeded: The operator's password was not entered lately.
        """
        _check(session, parts)
        if Part.SETTINGS in parts:
            for key in self.workspace.preview(data, _keeper(session)).steps.settings or {}:
                about = described(key)
                if about is not None and about.needs and not session.may(about.needs):
                    raise PermissionDenied(about.needs.value)
        return self.workspace.apply(_keeper(session), data, frozenset(parts), mark)

    @needs(Permission.MANAGE_SETTINGS)
    def workspace_to_take_back(self, session: Session) -> TakeBackOffer | None:
        """Return the newest import that still holds; None without one."""
        del session
        return self.workspace.offer()

    @needs(Permission.MANAGE_SETTINGS, fresh=True)
    def take_back_workspace(self, session: Session, import_id: int) -> WorkspaceImported:
        """Make all as it was before the newest import, but for what was changed since.

        Raises:
            ChangedMeanwhile: There is a newer one, or it was taken back already.
            PermissionDenied: A part of it needs another permission, too.
            PasswordNeeded: The operator's password was not entered lately.
        """
        _check(session, Part)
        offer = self.workspace.offer()
        if offer is not None and offer.is_about_shared and not session.may(Permission.SHARE_WALLS):
            raise PermissionDenied(Permission.SHARE_WALLS.value)
        return self.workspace.take_back(session.actor, import_id)


def _keeper(session: Session) -> WallKeeper:
    return WallKeeper(session.actor, may_share=session.may(Permission.SHARE_WALLS))


def _check(session: Session, parts: Collection[Part] | type[Part]) -> None:
    """Refuse who may not change one of these parts.

    Raises:
        PermissionDenied: It is so.
    """
    for part in Part:
        if part in parts and not session.may(_NEEDS[part]):
            raise PermissionDenied(_NEEDS[part].value)
