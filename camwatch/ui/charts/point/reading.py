"""Asks for all that the card of a point shows; runs beside the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtGui import QImage

from camwatch.accuracy import Badge
from camwatch.alerts.inbox import Evidence
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Bucket, BucketSize, Camera, CameraId
from camwatch.errors import CamWatchError
from camwatch.history.asking import Measurement
from camwatch.history.corrections import Correction, CorrectionKind
from camwatch.language import tr
from camwatch.ui.accuracy.badge import BadgeText, badge_text
from camwatch.ui.alerts.inbox.pictures import evidence_image

PICTURE_WH = (640, 360)
_MINUTE = timedelta(minutes=1)


class PointCommands(Protocol):
    """What the card asks of `camwatch.commands.Commands`."""

    def measured_at(
        self, session: Session, camera_id: CameraId, at: datetime
    ) -> Measurement | None:
        """Return the measurement that stands for a moment."""
        ...

    def history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        """Return each bucket of the range."""
        ...

    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        """Return what was corrected in a stretch of time."""
        ...

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        """Return how right each camera is."""
        ...

    def alert_evidence(self, session: Session, alert_uid: str) -> list[Evidence]:
        """Return the pictures of the moment an alert was raised."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PointReading:
    """All that is known of one moment of a camera.

    Attributes:
        name: Of the camera.
        found: None if no measurement stands for the moment.
        minute: What was stored of its minute, where there is no measurement.
        excluded: Corrections that hold and exclude the moment.
        badge: How right the camera is; None if that may not be seen.
        picture: Of an alert, small; null if none is kept.
        why_no_picture: Why a picture that is kept is not there; "" otherwise.
    """

    name: str
    found: Measurement | None
    minute: Bucket | None
    excluded: tuple[Correction, ...]
    badge: BadgeText | None
    picture: QImage
    why_no_picture: str = ""


def read_point(
    commands: PointCommands, session: Session, zone: ZoneInfo, camera_id: CameraId, at: datetime
) -> PointReading:
    """Ask for all that is shown of a moment.

    Raises:
        CamWatchError: The measurement cannot be read.
    """
    found = commands.measured_at(session, camera_id, at)
    start = at.replace(second=0, microsecond=0)
    minute = None
    if found is None:
        asked = ([camera_id], BucketSize.MINUTE, start, start + _MINUTE, zone)
        minute = next(iter(commands.history(session, *asked, is_corrected=False)), None)
    corrections = commands.corrections(session, [camera_id], start, start + _MINUTE)
    excluded = tuple(
        one
        for one in corrections
        if one.holds and one.draft.place_id is None and one.draft.kind is CorrectionKind.EXCLUDE
    )
    name = tr("Camera {camera_id}", camera_id=camera_id)
    if session.may(Permission.VIEW_CAMERAS):
        name = next((one.name for one in commands.cameras(session) if one.id == camera_id), name)
    badge = None
    if session.may(Permission.VIEW_ACCURACY):
        badge = badge_text(commands.badges(session).get(camera_id), zone)
    picture, trouble = _picture(commands, session, camera_id, found)
    return PointReading(name, found, minute, excluded, badge, picture, trouble)


def _picture(
    commands: PointCommands, session: Session, camera_id: CameraId, found: Measurement | None
) -> tuple[QImage, str]:
    """Return the first picture of the camera that an alert kept; a number stands without one."""
    for uid in () if found is None else found.alert_uids:
        try:
            pictures = commands.alert_evidence(session, uid)
        except CamWatchError:
            return QImage(), tr("The picture of the alert cannot be read now.")
        for one in pictures:
            if one.camera_id == camera_id:
                image = evidence_image(one, PICTURE_WH)
                if not image.isNull():
                    return image, ""
    return QImage(), ""
