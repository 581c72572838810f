"""SSD in its three layouts: scores for each box, TensorFlow's, and Caffe's.

Source:
    Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

from camwatch.detect.heads.query import (
    Query,
    Tensor,
    at_least,
    checked,
    column_of,
    rows_of,
    scaled,
)
from camwatch.domain import Boxes, Scores


def decode_scored(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode two outputs: boxes, shape (1, n, 4), and scores, shape (1, n, classes).

    Boxes are x1 y1 x2 y2, mostly in parts of the input; class 0 is the background.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    boxes, scores = rows_of(outputs[0], 4), rows_of(outputs[1], 1 + query.person)
    if len(boxes) != len(scores):
        raise ValueError(f"there are {len(scores)} scores for {len(boxes)} boxes")
    person = scores[:, query.person]
    kept = at_least(person, query.threshold)
    return checked(boxes[kept, :4], person[kept])


def decode_tensorflow(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode TensorFlow's outputs: boxes (1, n, 4), classes (1, n), scores (1, n), number (1,).

    Boxes are y1 x1 y2 x2 in parts of the input. The number of boxes that mean anything
    may be missing.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    boxes = rows_of(outputs[0], 4)
    classes, scores = (column_of(output, len(boxes)) for output in outputs[1:3])
    valid = column_of(outputs[3], 1)[0] if len(outputs) > 3 else len(boxes)
    if not 0 <= valid <= len(boxes):
        raise ValueError(f"there are {valid} of {len(boxes)} boxes")
    kept = at_least(scores[: int(valid)], query.threshold)
    kept = kept[classes[kept].round() == query.person]
    return checked(scaled(boxes[kept][:, [1, 0, 3, 2]], query.input_wh), scores[kept])


def decode_detection_output(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode Caffe's DetectionOutput, which OpenCV gives for TensorFlow graphs as well.

    One output, shape (1, 1, n, 7): picture, class, score, x1 y1 x2 y2 in parts of the
    input. Where there is nothing, n is 0, or 1 with a score of zero.

    Raises:
        ValueError: The output is of another shape, or not of numbers.
    """
    if outputs[0].shape[-1] != 7:
        raise ValueError(f"an output is of shape {outputs[0].shape}")
    rows = rows_of(outputs[0].reshape(-1, 7), 7)
    kept = at_least(rows[:, 2], query.threshold)
    kept = kept[rows[kept, 1].round() == query.person]
    return checked(scaled(rows[kept, 3:], query.input_wh), rows[kept, 2])
