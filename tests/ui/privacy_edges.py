"""Privacy as the stand-ins of commands tell it: open everywhere, until a test says otherwise."""

from __future__ import annotations

import threading
from collections.abc import Collection

from camwatch.auth.session import Session
from camwatch.commands.privacy_check import PrivacyProof
from camwatch.commands.privacy_commands import PrivacyChange, StoredPictures
from camwatch.domain import CameraId
from camwatch.scene import PrivacyRecord


class OpenPrivacy:
    """Answers for cameras whose privacy was never set."""

    def privacy(self, _session: Session) -> list[PrivacyRecord]:
        return []

    def change_privacy(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: PrivacyChange,
        reason: str = "",
    ) -> None:
        raise NotImplementedError

    def lift_privacy(
        self, session: Session, camera_id: CameraId, minutes: int, reason: str
    ) -> PrivacyRecord:
        raise NotImplementedError

    def end_privacy_lift(self, session: Session, camera_id: CameraId) -> PrivacyRecord:
        raise NotImplementedError

    def stored_pictures(self, session: Session, camera_id: CameraId) -> StoredPictures:
        return StoredPictures()

    def delete_stored_pictures(
        self, session: Session, camera_id: CameraId, reason: str
    ) -> StoredPictures:
        raise NotImplementedError

    def check_privacy(
        self,
        session: Session,
        camera_id: CameraId,
        seconds: float = 10.0,
        *,
        cancel: threading.Event | None = None,
    ) -> PrivacyProof:
        raise NotImplementedError
