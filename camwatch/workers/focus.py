"""The one camera that an operator looks at closely: its best pictures, at full detail."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject

from camwatch.cameras.decode import decode, make_tile
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import WHOLE, CameraId, Part, Picture
from camwatch.errors import CameraError
from camwatch.mailbox import LatestByKey
from camwatch.workers.base import Worker
from camwatch.workers.pictures import TileFeed

_LEAST_OVERDUE_S = 2.0
_REMEMBERED = 3


class FocusRoom:
    """Chooses and prepares the pictures of the camera in focus.

    The main stream's pictures are best. Until the first of them comes, and whenever none has
    come for a while, those that are counted are shown: an older or coarser picture of now
    is better than none. Any thread may bring pictures.

    Attributes:
        feed: Where the view takes its pictures from.
        gate: As given.
        part: What of the picture is looked at.

    Args:
        fetch: Called with the camera whose main stream is to be pulled, None for none.
        gate: Lets of each picture be shown what may be seen. Where people are hidden, the
            counted pictures are shown: nobody looks for people in those of the main stream.
        parent: Owns the feed.
    """

    def __init__(
        self,
        fetch: Callable[[CameraId | None], None],
        gate: PrivacyGate,
        parent: QObject | None = None,
    ) -> None:
        self.feed = TileFeed(parent)
        self.part = WHOLE
        self._fetch = fetch
        self.gate = gate
        self._inbox: LatestByKey[CameraId, Picture] = LatestByKey()
        self._lock = threading.Lock()
        self._camera_id: CameraId | None = None
        self._best: Picture | None = None
        self._newest: Picture | None = None
        self._counted: deque[Picture] = deque(maxlen=_REMEMBERED)

    def watch(self, camera_id: CameraId | None) -> None:
        """Look at all of this camera's picture from now on, or at none."""
        with self._lock:
            self._camera_id = camera_id
            self._best = self._newest = None
            self._counted.clear()
        self.part = WHOLE
        self._fetch(camera_id)

    def look_at(self, part: Part) -> None:
        """Prepare this part of the pictures from now on, and of the newest one at once."""
        self.part = part
        with self._lock:
            newest = self._newest
        if newest is not None:
            self._inbox.put(newest.camera_id, newest)

    def take_counted(self, picture: Picture) -> None:
        """Take a picture that goes to be counted."""
        with self._lock:
            if picture.camera_id != self._camera_id:
                return
            self._counted.append(picture)
            best = self._best
            overdue_s = max(_LEAST_OVERDUE_S, 2 * picture.interval_s)
            if best is not None and picture.captured_s - best.captured_s < overdue_s:
                return
            self._newest = picture
        self._inbox.put(picture.camera_id, picture)

    def take_best(self, picture: Picture) -> None:
        """Take a picture that was fetched for the focus view."""
        if self.gate.live(picture.camera_id).mode.needs_people:
            return
        with self._lock:
            if picture.camera_id != self._camera_id:
                return
            self._best = self._newest = picture
        self._inbox.put(picture.camera_id, picture)

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the newest picture of the camera if it is in focus, as it may be kept.

        None if there is none. Where people are hidden from what is kept, it is the newest in
        which they were looked for, also while it is lifted for looking.
        """
        with self._lock:
            if camera_id != self._camera_id:
                return None
            newest, counted = self._newest, tuple(self._counted)
        if self.gate.record(camera_id).privacy.mode.needs_people:
            known = (one for one in reversed(counted) if self.gate.knows_people(camera_id, one.seq))
            newest = next(known, newest)
        return None if newest is None else self.gate.as_kept(newest)

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes the worker that prepares the pictures."""
        return [lambda: FocusWorker(self._inbox, self)]


class FocusWorker(Worker):
    """Decodes the pictures of the camera in focus as far as its view needs.

    Args:
        inbox: At most one picture waits.
        room: Tells what is looked at, and has the feed that gets it.
    """

    def __init__(self, inbox: LatestByKey[CameraId, Picture], room: FocusRoom) -> None:
        super().__init__("focus")
        self._inbox = inbox
        self._room = room

    def work(self) -> None:
        """Decode until the inbox is closed."""
        while (turn := self._inbox.take_turn()) is not None:
            camera_id, picture = turn
            try:
                self._show(picture)
            finally:
                self._inbox.end_turn(camera_id)

    def _show(self, picture: Picture) -> None:
        view_wh, part = self._room.feed.wanted(picture.camera_id), self._room.part
        if view_wh is None:
            return
        # The part alone must have as many pixels as the view.
        least = (
            round(view_wh[0] / (part[2] - part[0])),
            round(view_wh[1] / (part[3] - part[1])),
        )
        try:
            frame = decode(picture, least)
        except CameraError:
            # Counted pictures are reported where they are counted; a damaged one of the main
            # stream is passed over, and the age of the picture before it tells of it.
            return
        self._room.gate.pass_on(make_tile(frame, view_wh, part), self._room.feed)

    def request_stop(self) -> None:
        """Close the inbox, which ends the work."""
        super().request_stop()
        self._inbox.close()
