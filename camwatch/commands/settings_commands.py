"""The settings of this computer: how they are, and what is changed of them."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs, open_to_signed_in
from camwatch.commands.settings_described import SettingValue, described
from camwatch.commands.settings_desk import SettingsDesk
from camwatch.commands.settings_state import SettingsChange, SettingsState
from camwatch.commands.workspace_desk import WorkspaceDesk
from camwatch.config import Display
from camwatch.errors import PermissionDenied

APPEARANCE = ("language", "theme", "text_percent", "reduced_motion")
"""What every operator may change of [display]: how the screen looks to who sits before it."""


class SettingsCommands:
    """Commands about the settings, mixed into `Commands`, whose errors they share."""

    guard: Guard
    workspace: WorkspaceDesk

    @property
    def settings(self) -> SettingsDesk:
        """What the application tells of changes stands on; not for screens."""
        return self.workspace.settings

    @needs(Permission.MANAGE_SETTINGS)
    def settings_state(self, session: Session) -> SettingsState:
        """Return the settings as they are; with a broken file, those of its last good copy."""
        del session
        return self.settings.state()

    @needs(Permission.MANAGE_SETTINGS, fresh=True)
    def change_settings(
        self, session: Session, changes: Mapping[str, SettingValue | None], mark: str
    ) -> SettingsChange:
        """Change settings: all of these, or none.

        Args:
            session: Who asks.
            changes: By key, such as "cameras.frozen_after"; None for "back to the default".
            mark: Of the state in which they were seen.

        Raises:
            InvalidSettings: With every refused one; or the file cannot be read or written.
                Nothing was changed.
            ChangedMeanwhile: The file was changed since; nothing was changed by this.
            PermissionDenied: One of them needs another permission, too.
            PasswordNeeded: The operator's password was not entered lately.
        """
        for key in changes:
            about = described(key)
            if about is not None and about.needs is not None and not session.may(about.needs):
                raise PermissionDenied(about.needs.value)
        return self.settings.change(session.actor, changes, mark)

    @open_to_signed_in("how the screen looks is for who sits before it")
    def set_appearance(self, session: Session, display: Display) -> Display:
        """Change language, colours, size of the text and motion; nothing else of the settings.

        Raises:
            InvalidSettings: A variable gives one of them; or the file cannot be written.
        """
        now = self.settings.display()
        changes = {
            f"display.{name}": getattr(display, name)
            for name in APPEARANCE
            if getattr(now, name) != getattr(display, name)
        }
        if not changes:
            return now
        done = self.settings.change(session.actor, changes, None, action="set_appearance")
        return done.settings.display

    @open_to_signed_in("how the screen looks is for who sits before it")
    def appearance(self, session: Session) -> Display:
        """Return how the screen looks, as the settings say now."""
        del session
        return self.settings.display()
