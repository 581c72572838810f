"""Counts people: the newest frame of each camera in turn, through one shared detector."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from camwatch.detect.detector import Detector
from camwatch.domain import CameraId, Detections, Frame, utc_now
from camwatch.errors import CamWatchError, ModelError, ModelUnfit
from camwatch.events import Bus, CountMeasured, DetectorChanged
from camwatch.mailbox import LatestByKey
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_FAILURES = 3
_WITHIN_S = 60.0


class SharedDetector:
    """The one detector that all analysis threads use, opened by the first that needs it.

    A detector that cannot be opened, or that fails three times in a minute, is off:
    counts are unknown then, and `DetectorChanged` tells why.

    Args:
        open_detector: Opens and warms it up; raises ModelError.
    """

    def __init__(self, open_detector: Callable[[], Detector], bus: Bus) -> None:
        self._open = open_detector
        self._bus = bus
        self._lock = threading.Lock()
        self._detector: Detector | None = None
        self._is_off = False
        self._failed_s: deque[float] = deque(maxlen=_FAILURES)

    def get(self) -> Detector | None:
        """Return the detector, opening it at the first call; None if it is off."""
        with self._lock:
            if self._detector is None and not self._is_off:
                try:
                    self._detector = self._open()
                except ModelError as error:
                    self._turn_off(error)
                else:
                    found = self._detector
                    log.info("counting with %s on %s", found.name, found.runtime)
                    self._bus.publish(
                        DetectorChanged(utc_now(), found.name, found.runtime, found.is_poor)
                    )
            return self._detector

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
    """Finds the people in the newest frame of each camera, cameras served in turn.

    Args:
        inbox: Frames; at most one waits a camera.
        detector: Shared by all analysis threads.
        threshold: Lowest score that counts.
    """

    def __init__(
        self,
        name: str,
        inbox: LatestByKey[CameraId, Frame],
        detector: SharedDetector,
        threshold: float,
        bus: Bus,
    ) -> None:
        super().__init__(name)
        self._inbox = inbox
        self._detector = detector
        self._threshold = threshold
        self._bus = bus

    def work(self) -> None:
        """Analyse until the inbox is closed."""
        self._detector.get()  # opened before the first frame, so that trouble shows at once
        while (frame := self._inbox.take()) is not None:
            detector = self._detector.get()
            if detector is None:
                continue
            started_s = time.perf_counter()
            try:
                found = detector.detect(frame.pixels, self._threshold)
            except ModelError as error:
                log.warning("a frame was not counted: %s [%s]", error, error.error_id)
                self._detector.failed(error, time.monotonic())
                continue
            self._bus.publish(_measured(frame, found, detector, time.perf_counter() - started_s))

    def request_stop(self) -> None:
        """Close the inbox, which ends the work."""
        super().request_stop()
        self._inbox.close()


def _measured(
    frame: Frame, found: Detections, detector: Detector, processing_s: float
) -> CountMeasured:
    height, width = frame.pixels.shape[:2]
    return CountMeasured(
        at=frame.picture.captured_at,
        camera_id=frame.picture.camera_id,
        seq=frame.picture.seq,
        count=found.count,
        confidence=found.confidence,
        processing_s=processing_s,
        interval_s=frame.picture.interval_s,
        boxes=found.relative((width, height)),
        scores=found.scores,
        model=detector.name,
    )
