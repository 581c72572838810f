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

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from camwatch.detect.catalogue import ModelEntry
from camwatch.detect.geometry import Letterbox, best_of_each, boxes_in_frame, fit_letterbox
from camwatch.detect.inputs import InputBuffers
from camwatch.detect.networks import Network, Tensor
from camwatch.domain import Boxes, Detections, Pixels, Scores
from camwatch.errors import ModelUnfit
from camwatch.language import tr

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
    # All levels go through the softmax together: each call of numpy costs more than its work.
    logits, scores, cells, grids = [], [], [], []
    for output, stride in zip(outputs, _STRIDES, strict=True):
        values = output.reshape(1 + 4 * BINS, -1)
        # A sum is a number only if all of its terms are.
        if not math.isfinite(values[0].sum()):
            raise ValueError(f"s{stride}: a score is not a number")
        found = (values[0] >= threshold).nonzero()[0]
        if len(found):
            logits.append(values[1:, found].T)
            scores.append(values[0, found])
            cells.append(found)
            grids += [(output.shape[3], stride)] * len(found)
    if not cells:
        return np.empty((0, 4), np.float32), np.empty(0, np.float32)
    weights = np.concatenate(logits).reshape(-1, 4, BINS)
    weights -= weights.max(axis=2, keepdims=True)
    np.exp(weights, out=weights)
    reach = weights @ _DISTANCES
    reach /= weights.sum(axis=2)
    columns, strides = np.array(grids).T
    rows, places = np.divmod(np.concatenate(cells), columns)
    boxes: Boxes = reach * _SIDES
    boxes[:, 0::2] += (places + 0.5)[:, None]
    boxes[:, 1::2] += (rows + 0.5)[:, None]
    boxes *= strides[:, None]
    if not math.isfinite(boxes.sum()):
        bad = strides[~np.isfinite(boxes).all(axis=1)][0]
        raise ValueError(f"s{bad}: a box is not a number")
    return boxes, np.concatenate(scores)


class NanoDet:
    """Finds people with NanoDet-g; may be used from several threads at once.

    Attributes:
        name: "nanodet-g".
        runtime: What runs the network.
        precision: "int8" or "float32".
        is_poor: False.
        fingerprint: First 16 hexadecimal digits of the SHA-256 of its file.
        long_side: Longer side of the network's usual input, pixels.
        network: What computes.
    """

    name = NAME
    is_poor = False
    long_side = LONG_SIDE

    def __init__(self, network: Network, entry: ModelEntry, file: Path) -> None:
        """Take over a loaded network and run it once, so that the first picture is not slow.

        Args:
            network: Gives OUTPUTS.
            entry: What the list of models says about it.
            file: Where it came from, for messages.

        Raises:
            ModelUnfit: The network does not give what NanoDet-g gives.
        """
        self.network = network
        self._file = file
        self._inputs = InputBuffers()
        self.runtime: str = network.runtime
        self.precision: str = entry.precision
        self.fingerprint: str = entry.sha256[:16]
        self._warm_up()

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture; see `Detector.detect`."""
        return self.detect_at(pixels, threshold, self.long_side)

    def detect_at(self, pixels: Pixels, threshold: float, long_side: int) -> Detections:
        """Find the people in a picture at another scale than the usual one.

        Args:
            pixels: As for `detect`.
            threshold: As for `detect`.
            long_side: Longer side of the network's input in pixels, at least 1. People who
                are small in it are found by a longer one, large ones by a shorter one.

        Returns:
            As `detect`.

        Raises:
            ModelUnfit: The model cannot be run or gives no numbers.
        """
        tensor, fit = self.prepare(pixels, long_side)
        return self.people(self.network.run(tensor), fit, threshold)

    def prepare(self, pixels: Pixels, long_side: int = LONG_SIDE) -> tuple[Tensor, Letterbox]:
        """Make the network's input.

        Returns:
            The input, which this thread's next call overwrites, and how the picture lies in it.
        """
        height, width = pixels.shape[:2]
        fit = fit_letterbox((width, height), long_side, SIDE_STEP)
        return self._inputs.filled(pixels, fit), fit

    def people(self, outputs: Sequence[Tensor], fit: Letterbox, threshold: float) -> Detections:
        """Turn the network's outputs into people.

        Raises:
            ModelUnfit: They hold no numbers.
        """
        try:
            boxes, scores = decode(outputs, threshold)
        except ValueError as error:
            raise ModelUnfit(
                self._file, tr("the model gave no usable result: {error}", error=error)
            ) from error
        kept = best_of_each(boxes, scores, MOST_OVERLAP)
        return Detections(boxes_in_frame(boxes[kept], fit), scores[kept])

    def _warm_up(self) -> None:
        height, width = 256, LONG_SIDE
        outputs = self.network.run(np.zeros((1, 3, height, width), np.float32))
        for output, stride in zip(outputs, _STRIDES, strict=True):
            expected = (1, 1 + 4 * BINS, height // stride, width // stride)
            if output.shape != expected:
                raise ModelUnfit(
                    self._file,
                    tr(
                        "the model gives {shape}, not {expected}",
                        shape=output.shape,
                        expected=expected,
                    ),
                )
        self.detect(np.zeros((height, width, 3), np.uint8), 0.5)
