"""NanoDet-g, the default model: from pixels to people.

The network divides its input into cells of 8, 16 and 32 pixels. Each cell says how
likely a person is centred near it, and how far the person's box reaches from the
cell's centre in four directions: a distribution over 0 to 10 cells for each, whose
mean is the distance.

Source:
    Li et al., "Generalized Focal Loss", NeurIPS 2020, for the distributions;
    https://github.com/RangiLyu/nanodet for the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from camwatch.detect.catalogue import ModelEntry
from camwatch.detect.geometry import best_of_each, boxes_in_frame, fit_letterbox, letterboxed
from camwatch.detect.networks import Network, Tensor
from camwatch.domain import Boxes, Detections, Pixels, Scores
from camwatch.errors import ModelUnfit

NAME = "nanodet-g"
OUTPUTS = ("s8", "s16", "s32")
"""The network's outputs; the number is the width of a cell in input pixels."""

LONG_SIDE = 416
"""Longer side of the network's input in pixels: what it was trained on."""

SIDE_STEP = 32
"""Both sides are multiples of the largest cell."""

BINS = 11
"""A distance is a distribution over 0 to 10 cells."""

MOST_OVERLAP = 0.55
"""Two boxes that share more than this are one person; see `docs/models.md`."""

_STRIDES = (8, 16, 32)
_DISTANCES = np.arange(BINS, dtype=np.float32)
_SIDES = np.array([-1, -1, 1, 1], np.float32)
"""Left and top reach towards zero, right and bottom away from it."""


def as_input(canvas: Pixels) -> Tensor:
    """Return the network's input: float32, shape (1, 3, height, width), BGR, 0 to 255.

    Args:
        canvas: uint8, shape (height, width, 3), BGR; both sides multiples of SIDE_STEP.
    """
    tensor: Tensor = cv2.dnn.blobFromImage(canvas)
    return tensor


def decode(outputs: Sequence[Tensor], threshold: float) -> tuple[Boxes, Scores]:
    """Turn the network's outputs into boxes, without dropping those that overlap.

    Args:
        outputs: As `OUTPUTS` names them; float32, shape (1, 1 + 4 * BINS, rows, columns):
            the score, then the bins of left, top, right and bottom as logits.
        threshold: Cells that score less are left out.

    Returns:
        Boxes, float32, shape (n, 4), x1 y1 x2 y2 in input pixels, and their scores,
        float32, shape (n,); n may be 0.

    Raises:
        ValueError: A score or a box is not a number.
    """
    boxes = [np.empty((0, 4), np.float32)]
    scores = [np.empty(0, np.float32)]
    for output, stride in zip(outputs, _STRIDES, strict=True):
        values = output[0]
        if not np.isfinite(values[0]).all():
            raise ValueError(f"s{stride}: a score is not a number")
        rows, columns = np.nonzero(values[0] >= threshold)
        if not len(rows):
            continue
        # Only the cells that count go through the softmax. Shape (n, 4, BINS).
        logits = values[1:, rows, columns].T.reshape(-1, 4, BINS)
        weights = np.exp(logits - logits.max(axis=2, keepdims=True))
        reach = weights @ _DISTANCES / weights.sum(axis=2)
        centres = np.stack([columns, rows, columns, rows], axis=1).astype(np.float32) + 0.5
        found = (centres + reach * _SIDES) * stride
        if not np.isfinite(found).all():
            raise ValueError(f"s{stride}: a box is not a number")
        boxes.append(found)
        scores.append(values[0, rows, columns])
    return np.concatenate(boxes), np.concatenate(scores)


class NanoDet:
    """Finds people with NanoDet-g; may be used from several threads at once.

    Attributes:
        name: "nanodet-g".
        runtime: What runs the network.
        precision: "int8" or "float32".
        is_poor: False.
    """

    name = NAME
    is_poor = False

    def __init__(self, network: Network, entry: ModelEntry, file: Path) -> None:
        """Take over a loaded network and run it once, so that the first picture is not slow.

        Args:
            network: Gives OUTPUTS.
            entry: What the list of models says about it.
            file: Where it came from, for messages.

        Raises:
            ModelUnfit: The network does not give what NanoDet-g gives.
        """
        self._network = network
        self._file = file
        self.runtime: str = network.runtime
        self.precision: str = entry.precision
        self._warm_up()

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture; see `Detector.detect`."""
        height, width = pixels.shape[:2]
        fit = fit_letterbox((width, height), LONG_SIDE, SIDE_STEP)
        outputs = self._network.run(as_input(letterboxed(pixels, fit)))
        try:
            boxes, scores = decode(outputs, threshold)
        except ValueError as error:
            raise ModelUnfit(self._file, f"the model gave no usable result: {error}") from error
        kept = best_of_each(boxes, scores, MOST_OVERLAP)
        return Detections(boxes_in_frame(boxes[kept], fit), scores[kept])

    def _warm_up(self) -> None:
        height, width = 256, LONG_SIDE
        outputs = self._network.run(np.zeros((1, 3, height, width), np.float32))
        for output, stride in zip(outputs, _STRIDES, strict=True):
            expected = (1, 1 + 4 * BINS, height // stride, width // stride)
            if output.shape != expected:
                raise ModelUnfit(self._file, f"the model gives {output.shape}, not {expected}")
        self.detect(np.zeros((height, width, 3), np.uint8), 0.5)
