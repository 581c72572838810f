"""Keeps a small picture of each camera from time to time, to see the past again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from camwatch.commands.past_pictures import Shot
from camwatch.domain import Boxes, CameraId
from camwatch.events import Bus, CountMeasured
from camwatch.history.moments import PictureKeeping
from camwatch.standing_back import stand_back
from camwatch.workers.base import Worker
from camwatch.workers.pictures import PictureShelf

log = logging.getLogger(__name__)

LEAST_S = 10.0
"""At most one picture of a camera in so many seconds, however often its number changes."""

MOST_WAITING = 256
"""So many pictures wait at most, one a camera; others find no room and are not kept."""

_AT_ONCE = 32
_LOOK_EVERY_S = 5.0
_PATIENCE_S = 10.0
"""A camera whose pictures are not counted waits so much longer for its turn."""

_NO_BOXES: Boxes = np.empty((0, 4), np.float32)


class KeepsPictures(Protocol):
    """See `PastPictureStore`."""

    @property
    def keeping(self) -> PictureKeeping:
        """How pictures are kept now."""
        ...

    def keep(self, shots: Sequence[Shot]) -> int:
        """Keep pictures; returns how many are kept."""
        ...


@dataclass(slots=True)
class _Last:
    """When a picture of a camera was taken last for keeping, and its number then."""

    at_s: float
    number: int | None
    seq: int


class PastPictureWorker(Worker):
    """Takes the picture of a count from the shelf when it is time, and has it written.

    A newer picture of a camera takes the place of one that still waits. Whoever tells of a
    count never waits for this.

    Args:
        store: Writes them.
        shelf: Where the newest pictures are.
        bus: Where counts come from.
        clock_s: Monotonic, seconds.
    """

    def __init__(
        self,
        store: KeepsPictures,
        shelf: PictureShelf,
        bus: Bus,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("past-pictures")
        self._store = store
        self._shelf = shelf
        self._clock_s = clock_s
        self._changed = threading.Condition()
        self._waiting: dict[CameraId, Shot] = {}
        self._last: dict[CameraId, _Last] = {}
        self._unsubscribe = bus.subscribe(CountMeasured, self._on_count)

    def _on_count(self, event: CountMeasured) -> None:
        """Note a picture if it is its turn; in the thread that counts."""
        every_s = self._store.keeping.every_s
        if not every_s:
            return
        now_s = self._clock_s()
        last = self._last.get(event.camera_id)
        if last is not None:
            age_s = now_s - last.at_s
            is_due = age_s >= every_s or (event.number != last.number and age_s >= LEAST_S)
            if not is_due:
                return
        picture = self._shelf.find(event.camera_id, event.seq)
        if picture is not None:
            shot = Shot(picture, event.boxes, event.count)
            self._put(event.camera_id, shot, _Last(now_s, event.number, event.seq))

    def _put(self, camera_id: CameraId, shot: Shot, last: _Last) -> None:
        with self._changed:
            if camera_id not in self._waiting and len(self._waiting) >= MOST_WAITING:
                return
            self._waiting[camera_id] = shot
            self._last[camera_id] = last
            self._changed.notify()

    def look(self) -> None:
        """Note pictures of cameras whose people are not counted now, as without a detector."""
        every_s = self._store.keeping.every_s
        if not every_s:
            return
        now_s = self._clock_s()
        for picture in self._shelf.newest():
            last = self._last.get(picture.camera_id)
            if last is None:
                # Its first count may be on its way.
                self._last[picture.camera_id] = _Last(now_s - every_s, None, -1)
            elif now_s - last.at_s >= every_s + _PATIENCE_S and picture.seq != last.seq:
                shot = Shot(picture, _NO_BOXES, None)
                self._put(picture.camera_id, shot, _Last(now_s, None, picture.seq))

    def work(self) -> None:
        """Write what waits until asked to stop."""
        stand_back()
        looked_s = self._clock_s()
        while not self.stop_event.is_set():
            with self._changed:
                if not self._waiting:
                    self._changed.wait(_LOOK_EVERY_S)
                keys = list(self._waiting)[:_AT_ONCE]
                shots = [self._waiting.pop(key) for key in keys]
            if shots and not self.stop_event.is_set():
                self._store.keep(shots)
            if self._clock_s() - looked_s >= _LOOK_EVERY_S:
                looked_s = self._clock_s()
                self.look()

    def request_stop(self) -> None:
        """Take no more pictures, and end; what waits is not kept."""
        self._unsubscribe()
        super().request_stop()
        with self._changed:
            self._changed.notify()
