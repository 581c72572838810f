"""DETR and its kin (RT-DETR, D-FINE, RF-DETR): a fixed number of guesses, each with a box.

Source:
    Carion et al., "End-to-End Object Detection with Transformers", ECCV 2020.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from camwatch.detect.heads.query import (
    Floats,
    Query,
    Tensor,
    at_least,
    checked,
    corners,
    rows_of,
    scaled,
    sigmoid,
)
from camwatch.domain import Boxes, Scores


def decode_sigmoid(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode logits, shape (1, n, classes), each class for itself, and boxes (1, n, 4).

    Boxes are centre x, centre y, width, height in parts of the input.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    logits = rows_of(outputs[0], 1 + query.person)
    return _decoded(sigmoid(logits[:, query.person]), outputs[1], query)


def decode_softmax(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode logits, shape (1, n, classes + 1), of which the last is "nothing", and boxes.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    logits = rows_of(outputs[0], 2 + query.person)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return _decoded(weights[:, query.person] / weights.sum(axis=1), outputs[1], query)


def _decoded(scores: Floats, output: Tensor, query: Query) -> tuple[Boxes, Scores]:
    boxes = rows_of(output, 4)
    if len(boxes) != len(scores):
        raise ValueError(f"there are {len(scores)} scores for {len(boxes)} boxes")
    kept = at_least(scores, query.threshold)
    return checked(scaled(corners(boxes[kept, :4]), query.input_wh), scores[kept])
