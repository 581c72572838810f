"""The pedestrian detector inside OpenCV: needs no model file, and counts poorly.

For a picture of people it finds few of them, so it is used only when an administrator
asks for it by name, and every count it makes is labelled as poor.
"""

from __future__ import annotations

import math
import threading

import cv2
import numpy as np

from camwatch.detect.geometry import best_of_each
from camwatch.domain import Boxes, Detections, Pixels, Scores

_WINDOW_WH = (64, 128)
_MARGIN = np.array([16 / 64, 16 / 128], np.float32)
"""Room beside and above the person inside a window, in parts of its width and height.

Source:
    Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005.
"""

_LONGEST_SIDE = 640
"""Larger pictures are shrunk to this many pixels: the time grows with their area."""

_MOST_OVERLAP = 0.45


class Hog:
    """Finds upright people with histograms of oriented gradients and a linear classifier.

    Attributes:
        name: "hog".
        runtime: "opencv".
        precision: "-".
        is_poor: True.
        fingerprint: "opencv-hog": there is no file of it.
    """

    name = "hog"
    runtime = "opencv"
    precision = "-"
    is_poor = True
    fingerprint = "opencv-hog"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture; see `Detector.detect`.

        A window at the distance d > 0 from the classifier's border scores 1 - exp(-d).
        """
        height, width = pixels.shape[:2]
        scale = min(1.0, _LONGEST_SIDE / max(width, height))
        small = pixels
        if scale < 1:
            small_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA)
        padded = _at_least_a_window(small)
        with self._lock:
            found, distances = self._hog.detectMultiScale(
                padded,
                hitThreshold=-math.log1p(-threshold),
                winStride=(8, 8),
                scale=1.05,
                groupThreshold=0,
            )
        windows: Boxes = np.asarray(found, np.float32).reshape(-1, 4)
        corner, size = windows[:, :2], windows[:, 2:]
        margin = size * _MARGIN
        boxes: Boxes = np.hstack([corner + margin, corner + size - margin])
        boxes /= scale
        scores: Scores = -np.expm1(-np.asarray(distances, np.float32).reshape(-1))
        edge = np.array([width, height, width, height], np.float32)
        boxes = np.clip(boxes, np.float32(0), edge)
        kept = best_of_each(boxes, scores, _MOST_OVERLAP)
        return Detections(boxes[kept], scores[kept])


def _at_least_a_window(pixels: Pixels) -> Pixels:
    """Return the picture, with black at its right and below where it is too small."""
    height, width = pixels.shape[:2]
    right, below = max(0, _WINDOW_WH[0] - width), max(0, _WINDOW_WH[1] - height)
    if not (right or below):
        return pixels
    padded: Pixels = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_CONSTANT)
    return padded
