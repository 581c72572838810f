"""What the screens of this room ask of `camwatch.commands.Commands`."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Protocol

from camwatch.auth.session import Session
from camwatch.commands.privacy_check import PrivacyProof
from camwatch.commands.privacy_commands import PrivacyChange, StoredPictures
from camwatch.domain import CameraId
from camwatch.scene import PrivacyRecord


class PrivacyScreenCommands(Protocol):
    """See `PrivacyCommands` and `PrivacyCheckCommands`."""

    def privacy(self, session: Session) -> list[PrivacyRecord]:
        """Return what may be seen of each camera's pictures."""
        ...

    def change_privacy(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: PrivacyChange,
        reason: str = "",
    ) -> None:
        """Let more or less be seen from now on."""
        ...

    def lift_privacy(
        self, session: Session, camera_id: CameraId, minutes: int, reason: str
    ) -> PrivacyRecord:
        """Let people be seen for a while."""
        ...

    def end_privacy_lift(self, session: Session, camera_id: CameraId) -> PrivacyRecord:
        """Let privacy hold again."""
        ...

    def stored_pictures(self, session: Session, camera_id: CameraId) -> StoredPictures:
        """Return how many pictures are stored."""
        ...

    def delete_stored_pictures(
        self, session: Session, camera_id: CameraId, reason: str
    ) -> StoredPictures:
        """Delete them."""
        ...

    def check_privacy(
        self,
        session: Session,
        camera_id: CameraId,
        seconds: float = 10.0,
        *,
        cancel: threading.Event | None = None,
    ) -> PrivacyProof:
        """Watch that no picture is written."""
        ...
