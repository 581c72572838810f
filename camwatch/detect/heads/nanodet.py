"""NanoDet and NanoDet-Plus in general; the bundled one has a faster module of its own.

Source:
    https://github.com/RangiLyu/nanodet; Li et al., "Generalized Focal Loss", NeurIPS 2020.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from camwatch.detect.heads.query import (
    Floats,
    Query,
    Tensor,
    as_probability,
    at_least,
    cells,
    checked,
    count_cells,
    rows_of,
)
from camwatch.domain import Boxes, Scores

STRIDES = (8, 16, 32)
PLUS_STRIDES = (8, 16, 32, 64)

_SIDES = np.array([-1, -1, 1, 1], np.float32)


def decode(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode the classes' scores and the distances to a box's four sides.

    Args:
        outputs: One of shape (1, cells, classes + 4 * bins); or one such map a stride,
            (1, classes + 4 * bins, rows, columns); or for each stride first the classes,
            (1, cells, classes), then the distances, (1, cells, 4 * bins). A distance is a
            distribution over 0 to bins - 1 cells, as logits.
        query: What is looked for.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    rows = _rows(outputs, query)
    strides = strides_for(len(rows), query.input_wh)
    classes = rows.shape[1] - 4 * query.bins
    if classes <= query.person:
        raise ValueError(f"there are {classes} classes")
    if not np.isfinite(rows[:, :classes]).all():
        raise ValueError("a score is not a number")
    scores = as_probability(rows[:, :classes])[:, query.person]
    kept = at_least(scores, query.threshold)
    grid = cells(query.input_wh, strides)[kept]
    logits = rows[kept, classes:].reshape(-1, 4, query.bins)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    reach = weights @ np.arange(query.bins, dtype=np.float32) / weights.sum(axis=2)
    # NanoDet-Plus reckons from the cell's corner, NanoDet from its middle.
    start = np.float32(0.0 if strides == PLUS_STRIDES else 0.5)
    centres = grid[:, [0, 1, 0, 1]] + start
    return checked((centres + reach * _SIDES) * grid[:, 2:], scores[kept])


def strides_for(count: int, input_wh: tuple[int, int]) -> tuple[int, ...]:
    """Return the widths of the cells, in input pixels, of which there are so many.

    Raises:
        ValueError: NanoDet divides no input of this size into so many.
    """
    for strides in (STRIDES, PLUS_STRIDES):
        if count_cells(input_wh, strides) == count:
            return strides
    raise ValueError(f"there are {count} cells")


def _rows(outputs: Sequence[Tensor], query: Query) -> Floats:
    """Bring the outputs together, shape (cells, classes + 4 * bins)."""
    if len(outputs) == 1:
        return rows_of(outputs[0], 1 + 4 * query.bins)
    if outputs[0].ndim == 4:
        maps = [rows_of(one[0].reshape(one.shape[1], -1).T, 1) for one in outputs]
        return np.concatenate(maps)
    pairs = [
        np.hstack([rows_of(classes, 1), rows_of(distances, 4 * query.bins)])
        for classes, distances in zip(outputs[::2], outputs[1::2], strict=True)
    ]
    return np.concatenate(pairs)
