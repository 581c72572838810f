"""From bytes to tiles: decodes what is seen on the screen, once, for the detector as well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Signal

from camwatch.cameras.decode import decode, make_tile
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import CameraId, Frame, Picture, Sight, TilePicture
from camwatch.errors import CameraError
from camwatch.mailbox import Latest, LatestByKey
from camwatch.workers.base import Worker

DETECTOR_WH = (640, 360)
"""A frame is not decoded smaller than this: the detector's input is 416 pixels wide, and
shrinking to it from a little more keeps far people's edges."""


class TileView(QObject):
    """Carries pictures to the tiles of one window: one slot a camera, the newest picture wins.

    Signals:
        picture_ready: The camera's id; emitted only when its slot was empty.
        wanted_anew: The camera's id: there is a tile now where none was.
    """

    picture_ready = Signal(object)
    wanted_anew = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._wanted: dict[CameraId, tuple[int, int]] = {}
        self._slots: dict[CameraId, Latest[TilePicture]] = {}

    def show(self, camera_id: CameraId, wh: tuple[int, int] | None) -> None:
        """Say which size in device pixels a tile needs; None when it is hidden."""
        with self._lock:
            if wh is None:
                self._wanted.pop(camera_id, None)
                self._slots.pop(camera_id, None)
                return
            is_new = camera_id not in self._wanted
            self._wanted[camera_id] = wh
            self._slots.setdefault(camera_id, Latest())
        if is_new:
            self.wanted_anew.emit(camera_id)

    def wanted(self, camera_id: CameraId) -> tuple[int, int] | None:
        """Return the size that the camera's tile needs, None if it is not shown."""
        with self._lock:
            return self._wanted.get(camera_id)

    def offer(self, tile: TilePicture) -> None:
        """Put a picture into its camera's slot; from any thread."""
        with self._lock:
            slot = self._slots.get(tile.camera_id)
        if slot is not None and slot.put(tile):
            self.picture_ready.emit(tile.camera_id)

    def take(self, camera_id: CameraId) -> TilePicture | None:
        """Take the camera's newest picture, None if there is none."""
        with self._lock:
            slot = self._slots.get(camera_id)
        return slot.take() if slot is not None else None


class TileFeed(TileView):
    """The pictures of the main window, and those of further ones: each has its own sizes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: tuple[TileView, ...] = (self,)

    def open_view(self) -> TileView:
        """Begin to make pictures for a further window."""
        view = TileView(self)
        view.wanted_anew.connect(self.wanted_anew)
        self._views = (*self._views, view)
        return view

    def close_view(self, view: QObject) -> None:
        """Make none for it any more; harmless when it was done before."""
        self._views = tuple(one for one in self._views if one is not view)
        if view is not self:
            view.deleteLater()

    def largest(self, camera_id: CameraId) -> tuple[int, int] | None:
        """Return the size that holds all tiles of a camera; None if no window shows it."""
        sizes = [wh for view in self._views if (wh := view.wanted(camera_id)) is not None]
        return (max(w for w, _ in sizes), max(h for _, h in sizes)) if sizes else None

    def hand_out(self, frame: Frame, gate: PrivacyGate) -> None:
        """Make a picture of each size that is wanted, and let the gate pass on what may be seen.

        For any thread.
        """
        made: dict[tuple[int, int], TilePicture] = {}
        for view in self._views:
            wh = view.wanted(frame.picture.camera_id)
            if wh is not None:
                if wh not in made:
                    made[wh] = make_tile(frame, wh)
                gate.pass_on(made[wh], view)


class PictureShelf:
    """The newest pictures of each camera, for who wants to look at one now. For any thread.

    The one before the newest is there as well: what was found in it is often told of only
    when the next one has come.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[CameraId, tuple[Picture, Picture | None]] = {}

    def put(self, picture: Picture) -> None:
        """Keep a picture in place of the one before."""
        with self._lock:
            before = self._pictures.get(picture.camera_id)
            self._pictures[picture.camera_id] = picture, before[0] if before else None

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the camera's newest picture; None if there was none yet."""
        with self._lock:
            found = self._pictures.get(camera_id)
            return found[0] if found else None

    def newest(self) -> list[Picture]:
        """Return the newest picture of each camera that there is one of."""
        with self._lock:
            return [found[0] for found in self._pictures.values()]

    def find(self, camera_id: CameraId, seq: int) -> Picture | None:
        """Return the camera's picture of this number; None if it is not there any more."""
        with self._lock:
            found = self._pictures.get(camera_id, ())
        return next((one for one in found if one is not None and one.seq == seq), None)

    def keep_only(self, camera_ids: Collection[CameraId]) -> None:
        """Forget the pictures of all other cameras."""
        with self._lock:
            for camera_id in self._pictures.keys() - set(camera_ids):
                del self._pictures[camera_id]


class ShownPictures:
    """The newest picture of each camera as it may be seen; for the screens, in any thread.

    Args:
        shelf: The pictures as they came.
        gate: Knows what may be seen.
    """

    def __init__(self, shelf: PictureShelf, gate: PrivacyGate) -> None:
        self._shelf = shelf
        self._gate = gate

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the camera's newest picture; None if there is none, or nothing may be seen.

        Ask for its bytes in the background: they may have to be made. Where people are hidden
        it is the newest in which they were looked for.
        """
        newest = self._shelf.latest(camera_id)
        if newest is None:
            return None
        if self._gate.live(camera_id).mode.needs_people:
            before = self._shelf.find(camera_id, newest.seq - 1)
            is_known = self._gate.knows_people(camera_id, newest.seq)
            if not is_known and before is not None:
                newest = before
        return self._gate.shown(newest)


class PictureWorker(Worker):
    """Makes tiles of the newest picture of each camera in turn.

    A camera whose tile is gone meanwhile passes by undecoded: most of its pictures need not be,
    since nothing has moved.

    Args:
        inbox: Pictures from the poller; at most one waits a camera, and each camera is served by
            one thread at a time: a picture that took longer must not come after a newer one.
        feed: Gets a picture for each visible tile.
        analyse: Gets each picture.
        undecodable: Told of a picture that its decoder refused.
        gate: Lets of each picture be shown what may be seen.
    """

    def __init__(  # noqa: PLR0917 - all that pictures pass on their way
        self,
        name: str,
        inbox: LatestByKey[CameraId, Picture],
        feed: TileFeed,
        analyse: Callable[[Sight], None],
        undecodable: Callable[[Picture, CameraError], None],
        gate: PrivacyGate,
    ) -> None:
        super().__init__(name)
        self._inbox = inbox
        self._feed = feed
        self._analyse = analyse
        self._undecodable = undecodable
        self._gate = gate

    def work(self) -> None:
        """Decode until the inbox is closed."""
        while (turn := self._inbox.take_turn()) is not None:
            camera_id, picture = turn
            try:
                self._hand_on(picture)
            finally:
                self._inbox.end_turn(camera_id)

    def _hand_on(self, picture: Picture) -> None:
        tile_wh = self._feed.largest(picture.camera_id)
        if tile_wh is None:
            self._analyse(Sight(picture))
            return
        wide, high = tile_wh
        try:
            frame = decode(picture, (max(wide, DETECTOR_WH[0]), max(high, DETECTOR_WH[1])))
        except CameraError as error:
            self._undecodable(picture, error)
            return
        self._analyse(Sight(picture, frame))
        self._feed.hand_out(frame, self._gate)

    def request_stop(self) -> None:
        """Close the inbox, which ends the work."""
        super().request_stop()
        self._inbox.close()
