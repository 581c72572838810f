"""What the screens about storage ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from camwatch.auth.session import Session
from camwatch.domain import Secret
from camwatch.history.keeping import (
    BackupInfo,
    DatabaseServer,
    Retention,
    RetentionPreview,
    StorageStatus,
)
from camwatch.ui.storage.pictures_page import PictureCommands
from camwatch.ui.storage.stations_page import StationsCommands


class StorageScreenCommands(StationsCommands, PictureCommands, Protocol):
    """What these screens ask of `camwatch.commands.Commands`."""

    def storage_status(self, session: Session) -> StorageStatus:
        """Tell how the history is doing."""
        ...

    def preview_retention(self, session: Session, retention: Retention) -> RetentionPreview:
        """Tell what keeping to a retention would delete now."""
        ...

    def set_retention(
        self, session: Session, retention: Retention, seen: RetentionPreview | None = None
    ) -> None:
        """Keep to another retention from now on."""
        ...

    def back_up(self, session: Session) -> BackupInfo:
        """Make a checked copy now."""
        ...

    def check_history(self, session: Session) -> str:
        """Look for faults inside the history."""
        ...

    def delete_backup(self, session: Session, file: Path) -> None:
        """Delete a copy."""
        ...

    def rebuild_history(self, session: Session) -> None:
        """Write the file of an older CamWatch anew."""
        ...

    def try_database_server(
        self, session: Session, server: DatabaseServer, password: Secret | None
    ) -> str:
        """Sign in to a server and say what is there."""
        ...

    def set_database_server(
        self, session: Session, server: DatabaseServer | None, password: Secret | None
    ) -> None:
        """Use another server, or the file, from the next start on."""
        ...
