"""YOLOX: one box a cell, told from the cell.

Source:
    Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv 2107.08430.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from camwatch.detect.heads.query import Query, Tensor, at_least, cells, checked, corners, rows_of
from camwatch.domain import Boxes, Scores

STRIDES = (8, 16, 32)


def decode(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode one output, shape (1, cells, 5 + classes).

    A row is the centre's x and y from the cell's corner in cells, the logarithms of
    width and height in cells, how surely there is anything, and the classes' shares in it.

    Raises:
        ValueError: The output is of another shape, or not of numbers.
    """
    rows = rows_of(outputs[0], 6 + query.person)
    grid = cells(query.input_wh, STRIDES)
    if len(rows) != len(grid):
        raise ValueError(f"there are {len(rows)} rows for {len(grid)} cells")
    scores = rows[:, 4] * rows[:, 5 + query.person]
    kept = at_least(scores, query.threshold)
    stride = grid[kept, 2:]
    centres = (rows[kept, :2] + grid[kept, :2]) * stride
    with np.errstate(over="ignore"):  # told of below, as no number
        sizes = np.exp(rows[kept, 2:4]) * stride
    return checked(corners(np.hstack([centres, sizes])), scores[kept])
