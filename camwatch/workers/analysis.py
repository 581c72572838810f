"""Counts people: the newest picture of each camera in turn, through one shared detector."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from camwatch.cameras.decode import decode, decode_grey
from camwatch.detect.detector import Detector
from camwatch.detect.motion import GREY_WH, Grey
from camwatch.detect.tiles import TiledDetector
from camwatch.detect.view_counter import Eyes, ViewCounters, relative
from camwatch.domain import Boxes, CameraId, Detections, Picture, Sight, utc_now
from camwatch.errors import CameraError, CamWatchError, ModelError, ModelHangs, ModelUnfit
from camwatch.events import (
    Bus,
    DetectorChanged,
    NoticesChanged,
    PassagesSettled,
    TrailsGathered,
)
from camwatch.mailbox import LatestByKey
from camwatch.scene.dwell import HourTrails
from camwatch.standing_back import stand_back
from camwatch.workers.base import Worker
from camwatch.workers.hangs import HANGS_AFTER_S, LeftBehind, Patience, SearchWatch
from camwatch.workers.pictures import DETECTOR_WH

log = logging.getLogger(__name__)

_FAILURES = 3
_WITHIN_S = 60.0
_TRAILS_EVERY_S = 60.0


class SharedDetector:
    """The one detector that all analysis threads use, opened by the first that needs it.

    A detector that cannot be opened, or that fails three times in a minute, is off:
    counts are unknown then, and `DetectorChanged` tells why. One that hangs is left behind and
    opened anew, which counts as a failure.

    Args:
        open_detector: Opens and warms it up; raises ModelError.
        hangs_after_s: How long a search may take, at least.

    Attributes:
        patience: How long a search may take.
    """

    def __init__(
        self,
        open_detector: Callable[[], Detector],
        bus: Bus,
        hangs_after_s: float = HANGS_AFTER_S,
    ) -> None:
        self._open = open_detector
        self._bus = bus
        self.patience = Patience(hangs_after_s)
        # Only the first is held while a model is opened, which takes long: the second is taken by
        # the window's thread as well, when it gives up a worker that hangs.
        self._opening = threading.Lock()
        self._lock = threading.Lock()
        self._detector: Detector | None = None
        self._is_off = False
        self._failed_s: deque[float] = deque(maxlen=_FAILURES)

    def get(self) -> Detector | None:
        """Return the detector, opening it at the first call; None if it is off."""
        while True:
            with self._lock:
                if self._detector is not None or self._is_off:
                    return self._detector
            self._open_one()

    def _open_one(self) -> None:
        """Open the detector, unless another thread has just done so; only this takes long."""
        with self._opening:
            with self._lock:
                open_detector = self._open
                if self._detector is not None or self._is_off:
                    return
            try:
                found = open_detector()
            except ModelError as error:
                with self._lock:
                    if self._open is open_detector:
                        self._turn_off(error)
                return
            with self._lock:
                if self._open is not open_detector:
                    return  # another was chosen meanwhile
                self._detector = found
                log.info("counting with %s on %s", found.name, found.runtime)
                self._bus.publish(
                    DetectorChanged(utc_now(), found.name, found.runtime, found.is_poor)
                )

    @property
    def present(self) -> Detector | None:
        """The detector that counts now; None if none was opened, or it is off."""
        return self._detector

    def change(self, open_detector: Callable[[], Detector]) -> None:
        """Count with another detector from the next picture on; it is opened by who needs it."""
        with self._lock:
            self._open = open_detector
            self._detector = None
            self._is_off = False
            self._failed_s.clear()
        self.patience.forget()

    def hung(self, detector: Detector, error: ModelError, now_s: float) -> None:
        """Count a detector that hangs, and let the next picture be searched by a new one.

        Threads that hang in the same detector hang for the same reason, which is counted once.
        """
        with self._lock:
            if self._detector is not detector:
                return
            self._detector = None
        self.failed(error, now_s)

    def failed(self, error: Exception, now_s: float) -> None:
        """Count a failure of the detector at this moment of the monotonic clock."""
        with self._lock:
            self._failed_s.append(now_s)
            is_often = len(self._failed_s) == _FAILURES
            if not self._is_off and is_often and now_s - self._failed_s[0] <= _WITHIN_S:
                self._turn_off(
                    error if isinstance(error, ModelError) else ModelUnfit(None, str(error))
                )

    def _turn_off(self, error: CamWatchError) -> None:
        self._is_off = True
        self._detector = None
        log.error("counting is off: %s [%s]", error, error.error_id)
        self._bus.publish(DetectorChanged(utc_now(), "", "", is_poor=False, error=error))


class AnalysisWorker(Worker):
    """Counts the people in the newest picture of each camera, cameras served in turn.

    Args:
        inbox: At most one picture waits a camera; each camera is served by one thread at a time.
        counters: Count for each view.
        detector: Shared by all analysis threads.
        undecodable: Told of a picture that its decoder refused.
        bus: Gets CountMeasured, NoticesChanged, TrailsGathered and PassagesSettled.
    """

    def __init__(  # noqa: PLR0917 - all that counting stands on
        self,
        name: str,
        inbox: LatestByKey[CameraId, Sight],
        counters: ViewCounters,
        detector: SharedDetector,
        undecodable: Callable[[Picture, CameraError], None],
        bus: Bus,
    ) -> None:
        super().__init__(name)
        self._inbox = inbox
        self._counters = counters
        self._detector = detector
        self._undecodable = undecodable
        self._bus = bus
        self._told_s: dict[CameraId, float] = {}
        self._watch = SearchWatch(detector.patience)

    def work(self) -> None:
        """Count until the inbox is closed."""
        stand_back()
        self._detector.get()  # opened before the first picture, so that trouble shows at once
        self._counters.enter()
        try:
            while (turn := self._inbox.take_turn()) is not None:
                camera_id, sight = turn
                try:
                    self._count(camera_id, sight)
                except LeftBehind:
                    return
                except Exception:
                    # What a bug left half done must not break the next picture as well.
                    self._counters.drop(camera_id)
                    raise
                finally:
                    if not self._watch.is_given_up:
                        self._inbox.end_turn(camera_id)
        finally:
            if not self._watch.is_given_up:
                left = self._counters.leave(utc_now())
                self._tell(left.trails)
                if left.passages:
                    self._bus.publish(PassagesSettled(utc_now(), tuple(left.passages)))

    def request_stop(self) -> None:
        """Close the inbox, which ends the work."""
        super().request_stop()
        self._inbox.close()

    def give_up_if_stuck(self) -> str | None:
        """Let go of the camera whose search hangs, and of the detector; never waits."""
        search = self._watch.give_up_if_stuck()
        if search is None:
            return None
        now_s = time.monotonic()
        error = ModelHangs(now_s - search.since_s)
        log.warning(
            "%s: camera %d: %s [%s]", self.objectName(), search.camera_id, error, error.error_id
        )
        self._detector.hung(search.detector, error, now_s)
        # Its counter may be changed whenever the search comes back.
        self._counters.drop(search.camera_id)
        self._inbox.end_turn(search.camera_id)
        self._counters.hand_over()
        return error.error_id

    def _count(self, camera_id: CameraId, sight: Sight) -> None:
        detector = self._detector.get()
        if detector is None:
            return
        counter, left = self._counters.take(camera_id, utc_now())
        self._tell(left)
        try:
            is_far = counter.record.scene.far_people
            eyes = _far_eyes(sight, TiledDetector(detector)) if is_far else _eyes(sight, detector)
            watched = self._watched(eyes, camera_id, detector)
            measured = counter.count(sight.picture, watched, detector.name)
        except CameraError as error:
            self._undecodable(sight.picture, error)
            return
        except ModelError as error:
            log.warning("a picture was not counted: %s [%s]", error, error.error_id)
            self._detector.failed(error, time.monotonic())
            return
        self._bus.publish(measured)
        notices = counter.quality.take_change()
        if notices is not None:
            words = ", ".join(sorted(notices)) or "nothing any more"
            log.info("wrong with the pictures of camera %d: %s", camera_id, words)
            self._bus.publish(NoticesChanged(measured.at, camera_id, notices))
        now_s = time.monotonic()
        if now_s - self._told_s.setdefault(camera_id, now_s) >= _TRAILS_EVERY_S:
            self._told_s[camera_id] = now_s
            self._tell(counter.take_trails(utc_now()))

    def _watched(self, eyes: Eyes, camera_id: CameraId, detector: Detector) -> Eyes:
        """Let each search be noticed if it hangs."""

        def search(lowest_score: float, where: Boxes | None) -> Detections:
            with self._watch.searching(camera_id, detector):
                return eyes.search(lowest_score, where)

        return Eyes(eyes.grey, search)

    def _tell(self, trails: Sequence[HourTrails]) -> None:
        if trails:
            self._bus.publish(TrailsGathered(utc_now(), tuple(trails)))


def _eyes(sight: Sight, detector: Detector) -> Eyes:
    """Look at a picture with a detector; it is decoded only as far as it must be."""

    def search(lowest_score: float, _where: Boxes | None) -> Detections:
        frame = sight.frame or decode(sight.picture, DETECTOR_WH)
        return relative(detector.detect(frame.pixels, lowest_score), frame.pixels)

    return Eyes(_grey(sight), search)


def _far_eyes(sight: Sight, detector: TiledDetector) -> Eyes:
    """Look for small people as well, in a picture with more detail than a tile may need."""
    needed_wh = detector.needed_wh(sight.picture.wh)

    def search(lowest_score: float, where: Boxes | None) -> Detections:
        frame = sight.frame
        if frame is None or frame.pixels.shape[1] < needed_wh[0]:
            frame = decode(sight.picture, needed_wh)
        found = detector.detect(frame.pixels, lowest_score, where=where)
        return relative(found, frame.pixels)

    return Eyes(_grey(sight), search)


def _grey(sight: Sight) -> Callable[[], Grey]:
    return lambda: decode_grey(sight.picture.data, GREY_WH)
