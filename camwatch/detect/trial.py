"""Tries a detector on one picture: whom it finds, and how fast."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camwatch.detect.geometry import overlaps
from camwatch.domain import Boxes, Detections, Pixels
from camwatch.errors import GivenUp

if TYPE_CHECKING:
    from camwatch.detect.detector import Detector  # which opens one's own models by the library

RUNS = 10
"""The median of so many is the time of a picture."""

_ENOUGH_OVERLAP = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What came of it.

    Attributes:
        people: Boxes in pixels of the picture, best first.
        threshold: Lowest score that was counted.
        ms: Median time of a picture, milliseconds, without decoding it.
        known: How many people are in the picture; None if nobody knows.
        found: How many of them were found; None if nobody knows.
        false_alarms: How many boxes are of nobody; None if nobody knows.
    """

    people: Detections
    threshold: float
    ms: float
    known: int | None = None
    found: int | None = None
    false_alarms: int | None = None

    @property
    def is_recommended(self) -> bool:
        """Whether everybody was found, and nobody else."""
        return self.known is not None and (self.found, self.false_alarms) == (self.known, 0)


def try_detector(
    detector: Detector,
    pixels: Pixels,
    threshold: float,
    people: Boxes | None = None,
    cancel: threading.Event | None = None,
) -> Trial:
    """Search a picture several times.

    Args:
        detector: Has been opened, so the first run is not slower than the others.
        pixels: uint8, shape (height, width, 3), BGR.
        threshold: Lowest score to count.
        people: Who is in it: float32, shape (n, 4), x1 y1 x2 y2 in pixels; None if
            nobody knows.
        cancel: Set it when nobody waits any more.

    Raises:
        GivenUp: It was set.
        ModelUnfit: The detector cannot be run.
    """
    times: list[float] = []
    for _ in range(RUNS):
        if cancel is not None and cancel.is_set():
            raise GivenUp
        started = time.perf_counter()
        detections = detector.detect(pixels, threshold)
        times.append((time.perf_counter() - started) * 1000)
    ms = statistics.median(times)
    if people is None:
        return Trial(detections, threshold, ms)
    found = _matched(detections.boxes, people)
    return Trial(detections, threshold, ms, len(people), found, detections.count - found)


def _matched(boxes: Boxes, people: Boxes) -> int:
    """Return how many people have a box of their own, the best boxes choosing first."""
    shared = overlaps(boxes, people)
    found = 0
    for index in range(len(boxes) if len(people) else 0):
        best = int(shared[index].argmax())
        if shared[index, best] >= _ENOUGH_OVERLAP:
            found += 1
            shared[:, best] = 0
    return found
