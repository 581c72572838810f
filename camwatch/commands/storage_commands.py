"""Where the history is, how long it is kept, and its copies."""

from __future__ import annotations

from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.storage_desk import StorageDesk
from camwatch.domain import Secret
from camwatch.history.keeping import (
    BackupInfo,
    DatabaseServer,
    Retention,
    RetentionPreview,
    StorageStatus,
)


class StorageCommands:
    """Commands about storage, mixed into `Commands`, whose errors they share."""

    guard: Guard
    storage: StorageDesk

    @needs(Permission.MANAGE_HISTORY)
    def storage_status(self, session: Session) -> StorageStatus:
        """Tell how the history is doing."""
        del session
        return self.storage.status()

    @needs(Permission.MANAGE_HISTORY)
    def preview_retention(self, session: Session, retention: Retention) -> RetentionPreview:
        """Tell what keeping to a retention would delete now.

        Raises:
            InvalidSettings: With every refused field.
        """
        del session
        return self.storage.preview(retention)

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def set_retention(
        self, session: Session, retention: Retention, seen: RetentionPreview | None = None
    ) -> None:
        """Keep to another retention from now on; what is too old is deleted in small steps.

        Args:
            session: Who asks.
            retention: From now on.
            seen: What the operator was told it deletes; None if nobody was.

        Raises:
            InvalidSettings: With every refused field; or the settings cannot be written, with
                their file. Nothing was changed.
            ChangedMeanwhile: By now it would delete much more than that; nothing was changed.
        """
        self.storage.set_retention(session.actor, retention, seen)

    @needs(Permission.MANAGE_HISTORY)
    def back_up(self, session: Session) -> BackupInfo:
        """Make a checked copy now.

        Raises:
            InvalidSetting: The history is on a server, which has its own copies.
            StorageError: It could not be made.
        """
        return self.storage.back_up(session.actor)

    @needs(Permission.MANAGE_HISTORY)
    def check_history(self, session: Session) -> str:
        """Look for faults inside the history.

        Returns:
            "ok", or what is wrong.
        """
        return self.storage.check(session.actor)

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def try_database_server(
        self, session: Session, server: DatabaseServer, password: Secret | None
    ) -> str:
        """Sign in to a server and say what is there; nothing is changed.

        Args:
            session: Who asks.
            server: Which.
            password: None for the one that is kept.

        Raises:
            InvalidSettings: With every refused field.
            StorageError: It cannot be reached, or refuses; the message says what to do.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def set_database_server(
        self, session: Session, server: DatabaseServer | None, password: Secret | None
    ) -> None:
        """Use another server, or the file, from the next start on.

        Raises:
            InvalidSettings: With every refused field.
            SecretsUnavailable: The password could not be kept; nothing was changed.
            FilesTroubled: The settings cannot be written.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def delete_backup(self, session: Session, file: Path) -> None:
        """Delete a copy.

        Raises:
            NotFound: It is no copy of this history.
        """
        self.storage.delete_backup(session.actor, file)

    @needs(Permission.MANAGE_HISTORY, fresh=True)
    def rebuild_history(self, session: Session) -> None:
        """Write the file of an older CamWatch anew, so that it can become smaller from then on.

        What is counted meanwhile waits, and is saved afterwards. Does nothing where there is no
        need.

        Raises:
            InvalidSetting: There is no room for it on the disk.
            StorageError: It failed; the file is as it was.
        """
        self.storage.rebuild(session.actor)
