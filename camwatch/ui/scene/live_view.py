"""Brings the camera's newest picture, and the people found in it, to the editor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QImage

from camwatch.domain import Boxes, CameraId, Picture, utc_now
from camwatch.errors import CamWatchError
from camwatch.events import CountMeasured
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.scene.canvas import NOBODY, Found, SceneCanvas
from camwatch.ui.scene.model import SceneModel
from camwatch.ui.words import span

_LOOK_MS = 500
_OLD_AFTER = 2.0
"""Intervals after which a picture is no longer now, and neither are the people in it."""

_SHORTEST_S = 2.0
"""However fast a camera is, counting may lag behind by so much."""


class LatestPictures(Protocol):
    """Holds the newest picture of each camera."""

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the camera's newest picture; None if there is none yet."""
        ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """A decoded picture, and the room in device pixels that it was made for."""

    picture: Picture
    image: QImage
    room: tuple[int, int]


class LiveView(QObject):
    """Keeps the picture, the people on it and the numbers of the draft up to date.

    Pictures are decoded in the background, one at a time. People who were found too long
    ago are not shown: not knowing is not zero.

    Attributes:
        counts: How many people each zone of the draft holds now, by its key; None if it is
            not known.
    """

    def __init__(
        self,
        pictures: LatestPictures,
        background: Background,
        camera_id: CameraId,
        canvas: SceneCanvas,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(canvas)
        self._pictures = pictures
        self._background = background
        self._camera_id = camera_id
        self._canvas = canvas
        self._model: SceneModel = canvas.model
        self._clock = clock
        self._shown: _Shown | None = None
        self._count: CountMeasured | None = None
        self._is_reading = False
        self.found = 0
        self.counted = 0
        self.counts: dict[int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._model.changed.connect(self.show_people)

    def start(self) -> None:
        """Begin to look for new pictures."""
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Bring ages up to now; fetch the newest picture unless a count will bring its own.

        While people are counted, picture and boxes come together: a picture that is half a
        second newer than the boxes shows them beside the people.
        """
        self._show_age()
        self.show_people()
        if self._present_boxes() is None:
            self._fetch()

    def _fetch(self) -> None:
        """Fetch the newest picture if there is a newer one."""
        if self._is_reading:
            return
        self._is_reading = True
        shown, room = self._shown, self._canvas.device_wh
        self._background.run(
            lambda: self._newer(shown, room), self._on_picture, self._on_failed, owner=self
        )

    def _newer(self, shown: _Shown | None, room: tuple[int, int]) -> _Shown | None:
        """Decode the newest picture for the room it has, on a pool thread; None if it is shown."""
        picture = self._pictures.latest(self._camera_id)
        if picture is None:
            return None
        if shown is not None and (shown.picture.seq, shown.room) == (picture.seq, room):
            return None
        image = QImage.fromData(picture.data)
        if image.width() > room[0] or image.height() > room[1]:
            # Once here, not at each stroke of the pointer.
            image = image.scaled(
                QSize(*room),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return _Shown(picture, image, room)

    def _on_picture(self, answer: _Shown | None) -> None:
        self._is_reading = False
        if answer is not None and not answer.image.isNull():
            self._shown = answer
            self._canvas.show_picture(answer.image)
            self._show_age()
            self.show_people()

    def _on_failed(self, _error: CamWatchError) -> None:
        # The next look tries again; what is missing is seen by the picture's age.
        self._is_reading = False

    def _show_age(self) -> None:
        if self._shown is not None:
            picture = self._shown.picture
            age_s = (self._clock() - picture.captured_at).total_seconds()
            is_old = age_s > max(_OLD_AFTER * picture.interval_s, _SHORTEST_S)
            self._canvas.show_age(tr("{span} ago", span=span(age_s)), is_old=is_old)

    @Slot(object)
    def take_count(self, event: CountMeasured) -> None:
        """Take in who was found."""
        if event.camera_id == self._camera_id:
            self._count = event
            self._fetch()
            if not self._is_reading:
                self.show_people()

    @Slot()
    def show_people(self) -> None:
        """Show who is found now, and count them by the draft."""
        boxes = self._present_boxes()
        if boxes is None:
            self.found, self.counted, self.counts = 0, 0, None
            self._canvas.show_found(NOBODY)
            return
        counted = self._model.draft.counted(boxes)
        self.found, self.counted = len(boxes), int(counted.sum())
        self.counts = self._model.draft.zone_counts(boxes)
        people = tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in boxes.tolist())
        readings = tuple(
            (key, tr("{count} now", count=count)) for key, count in self.counts.items()
        )
        self._canvas.show_found(Found(people, tuple(counted.tolist()), readings))

    def _present_boxes(self) -> Boxes | None:
        """Return the boxes of who is found now, within the picture; None if not known."""
        event = self._count
        if event is None:
            return None
        age_s = (self._clock() - event.at).total_seconds()
        if age_s > max(_OLD_AFTER * event.interval_s, _SHORTEST_S):
            return None
        boxes = np.clip(event.boxes, 0.0, 1.0)
        return boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
