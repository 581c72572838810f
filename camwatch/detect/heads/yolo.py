"""The layouts of YOLOv5 to YOLOv11 and of those that follow them: boxes mostly in input pixels."""

from __future__ import annotations

from collections.abc import Sequence

from camwatch.detect.heads.query import Query, Tensor, at_least, checked, corners, rows_of
from camwatch.domain import Boxes, Scores


def decode_with_objectness(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode YOLOv5's layout: one output, shape (1, n, 5 + classes).

    A row is centre x, centre y, width, height, how surely there is anything, and the
    classes' shares in it.

    Raises:
        ValueError: The output is of another shape, or not of numbers.
    """
    rows = rows_of(outputs[0], 6 + query.person)
    scores = rows[:, 4] * rows[:, 5 + query.person]
    kept = at_least(scores, query.threshold)
    return checked(corners(rows[kept, :4]), scores[kept])


def decode_columns(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode YOLOv8's layout: one output, shape (1, 4 + classes, n), or with both swapped.

    A column is centre x, centre y, width, height and the classes' scores; what follows
    them, such as the joints of a pose, is left alone. There are more boxes than values.

    Raises:
        ValueError: The output is of another shape, or not of numbers.
    """
    rows = rows_of(outputs[0], 1)
    columns = rows if rows.shape[0] < rows.shape[1] else rows.T
    if columns.shape[0] < 5 + query.person:
        raise ValueError(f"an output is of shape {outputs[0].shape}")
    scores = columns[4 + query.person]
    kept = at_least(scores, query.threshold)
    return checked(corners(columns[:4, kept].T), scores[kept])


def decode_finished(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode the end-to-end layout: one output, shape (1, n, 6): x1 y1 x2 y2 score class.

    Raises:
        ValueError: The output is of another shape, or not of numbers.
    """
    rows = rows_of(outputs[0], 6)
    kept = at_least(rows[:, 4], query.threshold)
    kept = kept[rows[kept, 5].round() == query.person]
    return checked(rows[kept, :4], rows[kept, 4])
