"""The one gate through which a camera's pictures pass before they are shown or stored.

Detection and counting look at raw pictures in memory; whoever shows or stores one asks here.
It fails closed: nothing is seen of a camera that it was not told of, and where it is not known
yet who is where in a picture, hardly more than light and dark is.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import numpy as np

from camwatch.cameras import veil
from camwatch.cameras.decode import decode, decode_bytes, encode_jpeg
from camwatch.cameras.still_view import StillView
from camwatch.domain import WHOLE, Boxes, CameraId, Part, Picture, Pixels, TilePicture, utc_now
from camwatch.events import CountMeasured
from camwatch.scene import Privacy, PrivacyMode, PrivacyRecord, Zone
from camwatch.scene.privacy import HIDDEN, by_camera

QUALITY = 85

_REMEMBERED = 32
"""Pictures of a camera of which it is remembered where people were."""

_HELD = 3
"""A person is hidden where they were in so many pictures: finding misses one now and then."""

_HELD_S, _HELD_INTERVALS = 2.0, 3.0
_WAITING = 3
_PATIENCE_S = 2.0
_LANE_KEPT_S = 60.0

_NOBODY: Boxes = np.empty((0, 4), np.float32)


class TakesTiles(Protocol):
    """Carries pictures to a part of the screen."""

    def offer(self, tile: TilePicture) -> None:
        """Take a picture that may be seen; from any thread."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Where people were in one picture.

    Attributes:
        captured_s: When it was taken, on the monotonic clock.
        is_moment_known: Somebody said when that was; else it is when it was told.
        counted: Who was counted.
        hidden: Who must be hidden: also who was not counted, or hardly seen.
    """

    captured_s: float
    is_moment_known: bool
    interval_s: float
    counted: Boxes
    hidden: Boxes

    def is_of(self, captured_s: float) -> bool:
        """Tell whether it is of the picture that was taken then.

        Pictures of a larger stream, which nobody counts, have the number of the last counted one:
        people are somewhere else in them by then.
        """
        return not self.is_moment_known or captured_s == self.captured_s


@dataclass(slots=True, eq=False)
class _Lane:
    """What waits for one part of the screen until it is known who is where."""

    feed: TakesTiles
    waiting: OrderedDict[int, TilePicture] = field(default_factory=OrderedDict)
    offered_seq: int = -1
    offered_s: float = float("-inf")


class _View:
    """What the gate knows of one camera."""

    def __init__(self) -> None:
        self.found: OrderedDict[int, _Found] = OrderedDict()
        self.lanes: dict[int, _Lane] = {}
        self.still = StillView()
        self.lock = threading.Lock()


class PrivacyGate:
    """Says what may be seen of each camera's pictures, and makes the rest unseen.

    For any thread. Pictures of cameras that are open and have no covers pass untouched.

    Args:
        clock: The wall clock, UTC; lifts end by it.
        monotonic_s: The clock that pictures are taken by, seconds.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._records: dict[CameraId, PrivacyRecord] = {}
        self._views: dict[CameraId, _View] = {}

    # ---------------------------------------------------------------- what holds

    def set_records(
        self, cameras: Collection[CameraId], records: Sequence[PrivacyRecord] | None
    ) -> None:
        """Know what holds for each camera from now on.

        Args:
            cameras: All that there are.
            records: Of those whose privacy was ever set; the others are open. None if they
                could not be read: then nothing is shown of a camera that was not known before.
        """
        with self._lock:
            if records is None:
                known = {one: self._records[one] for one in cameras if one in self._records}
            else:
                known = {one: PrivacyRecord(one) for one in cameras}
                known |= {key: one for key, one in by_camera(records).items() if key in known}
            self._records = known
            for camera_id in self._views.keys() - set(cameras):
                del self._views[camera_id]

    def record(self, camera_id: CameraId) -> PrivacyRecord:
        """Return what holds for a camera; that nothing may be seen if nothing is known."""
        with self._lock:
            return self._records.get(camera_id) or PrivacyRecord(camera_id, HIDDEN)

    def live(self, camera_id: CameraId) -> Privacy:
        """Return what holds for showing now, lifts included."""
        return self.record(camera_id).live(self._clock())

    def _view(self, camera_id: CameraId) -> _View:
        with self._lock:
            return self._views.setdefault(camera_id, _View())

    # ---------------------------------------------------------------- who is where

    def take_count(self, event: CountMeasured) -> None:
        """Know where people are in a picture, and let what waits for it be seen."""
        if not self.record(event.camera_id).privacy.mode.needs_people:
            return
        view = self._view(event.camera_id)
        hidden = np.concatenate([event.boxes, event.everybody]).astype(np.float32)
        captured_s = self._monotonic_s() if event.captured_s is None else event.captured_s
        ready: list[tuple[_Lane, TilePicture]] = []
        with view.lock:
            is_known = event.captured_s is not None
            view.found[event.seq] = _Found(
                captured_s, is_known, event.interval_s, event.boxes, hidden
            )
            while len(view.found) > _REMEMBERED:
                view.found.popitem(last=False)
            for lane in view.lanes.values():
                tile = lane.waiting.pop(event.seq, None)
                for seq in [seq for seq in lane.waiting if seq < event.seq]:
                    del lane.waiting[seq]
                if tile is not None:
                    ready.append((lane, tile))
        for lane, tile in ready:
            self._offer(view, lane, tile)

    def knows_people(self, camera_id: CameraId, seq: int) -> bool:
        """Tell whether it is known where people are in a picture."""
        view = self._view(camera_id)
        with view.lock:
            return seq in view.found

    @staticmethod
    def _found(view: _View, seq: int, taken_s: float) -> tuple[Boxes, Boxes] | None:
        """Return who was counted in a picture and who must be hidden; None if not known."""
        with view.lock:
            present = view.found.get(seq)
            if present is None or not present.is_of(taken_s):
                return None
            held_s = max(_HELD_S, _HELD_INTERVALS * present.interval_s)
            before = [one for key, one in view.found.items() if key < seq][-(_HELD - 1) :]
        hidden = [present.hidden]
        hidden += [one.hidden for one in before if present.captured_s - one.captured_s <= held_s]
        return present.counted, np.concatenate(hidden)

    # ---------------------------------------------------------------- showing

    def pass_on(self, tile: TilePicture, feed: TakesTiles) -> None:
        """Let a picture be shown on a part of the screen, once and as far as it may be.

        Of a camera whose people are hidden it waits until they were looked for in it. If that
        takes too long, or nothing counts them, a picture without shapes is shown meanwhile.
        """
        privacy = self.live(tile.camera_id)
        if privacy.is_raw:
            feed.offer(tile)
        elif not privacy.mode.needs_people:
            feed.offer(_with(tile, self._veiled(tile.pixels, privacy, None, tile.part, None)))
        else:
            self._let_wait(tile, feed)

    def _let_wait(self, tile: TilePicture, feed: TakesTiles) -> None:
        view = self._view(tile.camera_id)
        now_s = self._monotonic_s()
        with view.lock:
            lane = view.lanes.get(id(feed))
            if lane is None:
                # A window that was closed takes nothing any more; a lane would keep it for ever.
                kept_s = max(_LANE_KEPT_S, 4 * self._patience_s(view))
                for key in [
                    key for key, one in view.lanes.items() if now_s - one.offered_s > kept_s
                ]:
                    del view.lanes[key]
                lane = view.lanes[id(feed)] = _Lane(feed, offered_s=now_s)
            if tile.seq < lane.offered_seq:
                return
            found = view.found.get(tile.seq)
            if found is None or not found.is_of(tile.captured_s):
                lane.waiting[tile.seq] = tile
                while len(lane.waiting) > _WAITING:
                    lane.waiting.popitem(last=False)
                if now_s - lane.offered_s < self._patience_s(view):
                    return
        self._offer(view, lane, tile)

    @staticmethod
    def _patience_s(view: _View) -> float:
        last = next(reversed(view.found.values()), None)
        return _PATIENCE_S if last is None else max(_PATIENCE_S, 2 * last.interval_s)

    def _offer(self, view: _View, lane: _Lane, tile: TilePicture) -> None:
        # Asked anew: what holds may have changed while it waited.
        privacy = self.live(tile.camera_id)
        found = self._found(view, tile.seq, tile.captured_s)
        if found is not None and tile.part == WHOLE:
            self._learn(view, privacy, tile.pixels, found[1])
        pixels = tile.pixels
        if not privacy.is_raw:
            pixels = self._veiled(pixels, privacy, found, tile.part, view)
        with view.lock:
            if tile.seq < lane.offered_seq:
                return
            lane.offered_seq, lane.offered_s = tile.seq, self._monotonic_s()
        lane.feed.offer(_with(tile, pixels))

    def shown(self, picture: Picture) -> Picture | None:
        """Return a picture as it may be shown now; None if nothing of it may.

        Its bytes are made when they are asked for, so ask for them in the background.
        """
        privacy = self.live(picture.camera_id)
        if privacy.is_raw:
            return picture
        if privacy.mode is PrivacyMode.COUNT_ONLY:
            return None
        return self._veiled_picture(picture, privacy)

    def as_kept(self, picture: Picture) -> Picture | None:
        """Return a picture that may be stored a good while later; None if nothing of it may.

        It remembers where people are in it, which the gate does for seconds only. Of cameras
        that hide nobody for good it is what `shown` returns.
        """
        privacy = self.record(picture.camera_id).privacy
        if privacy.mode.needs_people:
            return self._veiled_picture(picture, privacy)
        return self.shown(picture)

    def _veiled_picture(self, picture: Picture, privacy: Privacy) -> VeiledPicture:
        found = self._found(self._view(picture.camera_id), picture.seq, picture.captured_s)
        return VeiledPicture(picture, found, lambda at: self._file(at, privacy, (), None, None))

    # ---------------------------------------------------------------- storing

    def stored(
        self,
        picture: Picture,
        *,
        wh: tuple[int, int] | None = None,
        boxes: Boxes | None = None,
        masks: Sequence[Zone] = (),
        privacy: Privacy | None = None,
    ) -> bytes | None:
        """Return a picture as the file that may be kept of it. Takes a while.

        Lifting changes nothing here. The camera's own bytes are returned only if its pictures
        are open, nothing is covered, and no smaller picture is asked for.

        Args:
            picture: As the camera sent it, or as `shown` gave it.
            wh: What it shall fit into, pixels; None for its own size.
            boxes: Who was counted in it, relative to it, if who asks knows that as well. Should
                it not be known here any more who else is there, a blurred picture is so as a whole.
            masks: Areas to paint over beside the covers.
            privacy: What holds, if who asks knows that better; None for what is known here.

        Returns:
            A JPEG file, or the camera's own; None if nothing may be kept.

        Raises:
            CameraError: It cannot be decoded.
        """
        if privacy is None:
            privacy = self.record(picture.camera_id).privacy
        if privacy.mode is PrivacyMode.COUNT_ONLY:
            return None
        if privacy.is_raw and not masks and wh is None:
            return picture.data
        return self._file(picture, privacy, masks, boxes, wh)

    def preview(self, data: bytes, privacy: Privacy) -> bytes:
        """Return a picture of a camera that nobody counts yet, as it may be shown.

        Args:
            data: JPEG or PNG file that passed `gate.check_picture`; b"" stays so.
            privacy: What holds for it.

        Raises:
            CameraError: It cannot be decoded.
        """
        if privacy.is_raw or not data:
            return data
        if privacy.mode is PrivacyMode.COUNT_ONLY:
            return b""
        pixels = self._veiled(np.array(decode_bytes(data)), privacy, None, WHOLE, None)
        return encode_jpeg(pixels, QUALITY)

    def _file(
        self,
        picture: Picture,
        privacy: Privacy,
        masks: Sequence[Zone],
        boxes: Boxes | None,
        wh: tuple[int, int] | None,
    ) -> bytes:
        raw = picture.raw if isinstance(picture, VeiledPicture) else picture
        pixels = decode(raw, wh or raw.wh).pixels
        fit = _fitting(raw.wh, wh) if wh is not None else (pixels.shape[1], pixels.shape[0])
        pixels = veil.resized(pixels, fit)
        view = self._view(raw.camera_id)
        found = self._found(view, raw.seq, raw.captured_s)
        if found is None and isinstance(picture, VeiledPicture):
            found = picture.found
        if found is not None:
            if boxes is not None:
                found = found[0], np.concatenate([found[1], boxes])
            self._learn(view, privacy, pixels, found[1])
        elif boxes is not None and privacy.mode is PrivacyMode.SILHOUETTES:
            # Only those who were counted: enough to draw them, not to show or to learn the rest.
            found = boxes, boxes
        covers = (*privacy.covers, *masks)
        pixels = self._veiled(pixels, replace(privacy, covers=()), found, WHOLE, view)
        veil.cover(pixels, covers)
        return encode_jpeg(pixels, QUALITY)

    # ---------------------------------------------------------------- pixels

    def _learn(self, view: _View, privacy: Privacy, pixels: Pixels, hidden: Boxes) -> None:
        if privacy.mode is not PrivacyMode.SILHOUETTES:
            return
        now_s = self._monotonic_s()
        with view.lock:
            if view.still.is_due(now_s):
                view.still.look(pixels, hidden, now_s)

    def _veiled(
        self,
        pixels: Pixels,
        privacy: Privacy,
        found: tuple[Boxes, Boxes] | None,
        part: Part,
        view: _View | None,
    ) -> Pixels:
        """Return a copy in which is seen what may be.

        Args:
            pixels: uint8, BGR or BGRA.
            privacy: What may be.
            found: Who was counted and who must be hidden, relative to the whole; None if nobody
                knows.
            part: What of the whole the pixels are.
            view: Knows the still background; None without one.
        """
        height, width, channels = pixels.shape
        if privacy.mode is PrivacyMode.COUNT_ONLY:
            return veil.plain(height, width, channels)
        if privacy.mode is PrivacyMode.SILHOUETTES:
            drawn = self._still(view, (height, width, channels), part)
            if found is not None:
                veil.draw_figures(drawn, veil.within(found[0], part))
        else:
            drawn = np.array(pixels)
            if privacy.mode is PrivacyMode.BLURRED:
                if found is None:
                    veil.pixelate_whole(drawn)
                else:
                    veil.pixelate(drawn, veil.within(found[1], part))
        veil.cover(drawn, privacy.covers, part)
        return drawn

    @staticmethod
    def _still(view: _View | None, shape: tuple[int, int, int], part: Part) -> Pixels:
        height, width, channels = shape
        if view is None:
            return veil.plain(height, width, channels)
        with view.lock:
            return view.still.drawn(height, width, channels, part)


class VeiledPicture(Picture):
    """A picture that shows what may be seen of it, and nothing else.

    Attributes:
        raw: As the camera sent it; for the gate alone.
        found: Who was counted in it and who must be hidden; None if nobody knew.
    """

    __slots__ = ("_lock", "_made", "_make", "found", "raw")

    def __init__(
        self,
        raw: Picture,
        found: tuple[Boxes, Boxes] | None,
        make: Callable[[VeiledPicture], bytes],
    ) -> None:
        for name in ("camera_id", "seq", "wh", "captured_at", "captured_s", "interval_s"):
            object.__setattr__(self, name, getattr(raw, name))
        object.__setattr__(self, "notices", raw.notices)
        object.__setattr__(self, "raw", raw)
        object.__setattr__(self, "found", found)
        object.__setattr__(self, "_make", make)
        object.__setattr__(self, "_made", b"")
        object.__setattr__(self, "_lock", threading.Lock())

    raw: Picture
    found: tuple[Boxes, Boxes] | None
    _make: Callable[[VeiledPicture], bytes]
    _made: bytes
    _lock: threading.Lock

    @property
    def data(self) -> bytes:
        """A JPEG file; made at the first call, which takes a while.

        Raises:
            CameraError: It cannot be decoded.
        """
        with self._lock:
            if not self._made:
                object.__setattr__(self, "_made", self._make(self))
            return self._made

    @property
    def is_png(self) -> bool:
        """False: it is made as a JPEG file; asking makes nothing."""
        return False


def _with(tile: TilePicture, pixels: Pixels) -> TilePicture:
    return replace(tile, pixels=pixels)


def _fitting(whole: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size in the shape of the whole that fits into the room."""
    factor = min(room[0] / whole[0], room[1] / whole[1], 1.0)
    return max(1, round(whole[0] * factor)), max(1, round(whole[1] * factor))
