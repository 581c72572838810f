"""Pictures as evidence: the picture of the moment, with the boxes that were found in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from camwatch.alerts.signals import Raised
from camwatch.domain import Boxes, CameraId, Picture
from camwatch.errors import StorageError
from camwatch.events import CountMeasured
from camwatch.workers.pictures import PictureShelf

log = logging.getLogger(__name__)

MOST_PICTURES = 8
"""So many pictures are kept with one alert: 50 cameras behind one switch are one trouble."""

_MOST_NOTED = 64
"""Pictures in memory that wait until their alert is stored."""

_OF_THE_MOMENT = timedelta(seconds=10)
"""A picture that is newer than that tells nothing of the moment any more."""

_NO_BOXES: Boxes = np.empty((0, 4), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class CountedPicture:
    """A picture and what was found in it; they belong together.

    Attributes:
        boxes: float32, shape (n, 4), relative to the picture.
        count: People that were counted in it; None if it was not searched.
    """

    picture: Picture
    boxes: Boxes
    count: int | None


class KeepsEvidence(Protocol):
    """See `AlertDesk.keep_evidence`."""

    def keep_evidence(  # noqa: PLR0917 - as the desk has it
        self,
        alert_uid: str,
        camera_id: CameraId,
        picture: Picture,
        boxes: Boxes,
        count: int | None,
        now: datetime,
    ) -> bool:
        """Keep the picture of the moment, if rule and settings allow it."""


def counted_in(shelf: PictureShelf) -> Callable[[CountMeasured], CountedPicture | None]:
    """Return what finds the picture of a count, quickly; None if newer ones took its place."""

    def find(event: CountMeasured) -> CountedPicture | None:
        picture = shelf.find(event.camera_id, event.seq)
        return None if picture is None else CountedPicture(picture, event.boxes, event.count)

    return find


class EvidenceKeeper:
    """Keeps pictures with alerts. For the alert worker only.

    Args:
        desk: Stores them.
        shelf: The newest pictures.
    """

    def __init__(self, desk: KeepsEvidence, shelf: PictureShelf) -> None:
        self._desk = desk
        self._shelf = shelf
        self._counted: dict[CameraId, CountedPicture] = {}
        self._noted: dict[tuple[str, CameraId], CountedPicture | None] = {}

    def saw(self, camera_id: CameraId, picture: CountedPicture | None) -> None:
        """Know in which picture the count was found that the engine is given now."""
        if picture is None:
            self._counted.pop(camera_id, None)
        else:
            self._counted[camera_id] = picture

    def note(self, raised: Iterable[Raised]) -> None:
        """Know the pictures of the moment, in case that these alerts are stored much later."""
        for key in _of(raised):
            self._noted.setdefault(key, self._present(key[1]))
        while len(self._noted) > _MOST_NOTED:
            del self._noted[next(iter(self._noted))]

    def keep(self, raised: Iterable[Raised], decided_at: datetime, now: datetime) -> None:
        """Keep a picture of each camera of these alerts; trouble with it is logged only.

        A camera whose pictures are not counted, such as a covered one, has its newest picture
        kept without boxes.

        Args:
            raised: What was decided.
            decided_at: When that was, UTC.
            now: UTC.
        """
        for key in _of(raised):
            if key in self._noted:
                found = self._noted.pop(key)
            elif now - decided_at <= _OF_THE_MOMENT:
                found = self._present(key[1])
            else:
                continue  # what is there by now is not what was there
            if found is not None:
                self._keep_one(*key, found, now)

    def _present(self, camera_id: CameraId) -> CountedPicture | None:
        """Return the picture that a camera's last count was found in, or a newer one."""
        found = self._counted.get(camera_id)
        newest = self._shelf.latest(camera_id)
        if newest is not None and (
            found is None
            or newest.captured_s - found.picture.captured_s > 2 * found.picture.interval_s
        ):
            found = CountedPicture(newest, _NO_BOXES, None)
        return found

    def _keep_one(
        self, alert_uid: str, camera_id: CameraId, found: CountedPicture, now: datetime
    ) -> None:
        try:
            self._desk.keep_evidence(
                alert_uid, camera_id, found.picture, found.boxes, found.count, now
            )
        except StorageError as error:
            log.error(  # noqa: TRY400 - what went wrong is in the error's words
                "the picture of camera %d is not kept with alert %s: %s [%s]",
                camera_id,
                alert_uid,
                error,
                error.error_id,
            )


def _of(raised: Iterable[Raised]) -> Iterator[tuple[str, CameraId]]:
    """Return the cameras of which a picture is wanted, each with its alert."""
    for signal in raised:
        ids = (part.subject.camera_id for part in signal.parts)
        cameras = dict.fromkeys(one for one in ids if one is not None)
        for camera_id in list(cameras)[:MOST_PICTURES]:
            yield signal.alert_uid, camera_id
