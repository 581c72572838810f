"""CenterNet: people are the peaks of a heat map.

Source:
    Zhou et al., "Objects as Points", arXiv 1904.07850.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from camwatch.detect.heads.query import Query, Tensor, as_probability, checked, corners
from camwatch.domain import Boxes, Scores

_NEIGHBOURS = np.ones((3, 3), np.uint8)


def decode(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode heat map, sizes and offsets.

    Args:
        outputs: Heat map, shape (1, classes, h, w), as scores or logits; width and height,
            (1, 2, h, w), and where in its cell a peak is, (1, 2, h, w), x first, both in
            cells.
        query: What is looked for.

    Returns:
        A box for each cell that scores no less than its eight neighbours.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    heat, size, offset = (output.astype(np.float32, copy=False) for output in outputs)
    if heat.ndim != 4 or heat.shape[1] <= query.person:
        raise ValueError(f"an output is of shape {heat.shape}")
    expected = (1, 2, *heat.shape[2:])
    if size.shape != expected or offset.shape != expected:
        raise ValueError(f"outputs are of shapes {size.shape} and {offset.shape}, not {expected}")
    if not np.isfinite(heat[0]).all():
        raise ValueError("a score is not a number")
    scores = np.ascontiguousarray(as_probability(heat[0])[query.person])
    is_peak = (scores >= query.threshold) & (scores == cv2.dilate(scores, _NEIGHBOURS))
    rows, columns = np.nonzero(is_peak)
    centres = np.stack([columns, rows], axis=1) + offset[0][:, rows, columns].T
    sizes = size[0][:, rows, columns].T
    cell = np.divide(query.input_wh, (heat.shape[3], heat.shape[2]), dtype=np.float32)
    boxes = corners(np.hstack([centres * cell, sizes * cell]))
    return checked(boxes, scores[rows, columns])
