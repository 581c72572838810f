"""Taking a picture out of CamWatch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from camwatch.accuracy.keeping import disk_errors
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import DONE, Trail
from camwatch.data.cameras import CameraRepository
from camwatch.data.privacy import PrivacyRepository
from camwatch.domain import Picture
from camwatch.errors import InvalidSetting
from camwatch.files import write_aside
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class PictureDesk:
    """What these commands stand on."""

    cameras: CameraRepository
    privacy: PrivacyRepository
    gate: PrivacyGate
    trail: Trail


class PictureCommands:
    """Commands about single pictures, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _picture_desk: PictureDesk

    def _init_pictures(self, desk: PictureDesk) -> None:
        self._picture_desk = desk

    @needs(Permission.SAVE_PICTURES)
    def save_picture(self, session: Session, picture: Picture, file: Path) -> Path:
        """Write a picture to a file, as far as it may be kept; no boxes are drawn into it.

        It is the camera's own file if its pictures are open and nothing in them is covered.
        What privacy hides stays hidden here also while it is lifted for looking.

        It is audited first: a picture that left unseen could not be taken back.

        Args:
            session: Who asks.
            picture: The picture.
            file: Where to; replaced if it is there, all or nothing.

        Returns:
            The file.

        Raises:
            NotFound: The camera was removed meanwhile.
            InvalidSetting: The camera only counts.
            CameraError: The picture is damaged.
            FilesDiskFull: There is no room; the file is as before.
            FilesTroubled: It cannot be written; likewise.
        """
        desk = self._picture_desk
        camera = desk.cameras.get(picture.camera_id)
        privacy = desk.privacy.get(picture.camera_id).privacy
        data = desk.gate.stored(picture, privacy=privacy)
        if data is None:
            raise InvalidSetting("privacy", tr("of this camera keeps no pictures: it only counts"))
        desk.trail.record(
            session.actor,
            "save_picture",
            camera.name,
            DONE,
            uid=camera.uid,
            file=file.name,
            privacy=privacy.mode.value,
            taken_at=picture.captured_at.isoformat(timespec="milliseconds"),
        )
        with disk_errors(file):
            write_aside(file, data)
        return file
