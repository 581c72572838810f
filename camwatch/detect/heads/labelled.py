"""Finished boxes with a score and a class each, in outputs of their own.

RT-DETR and D-FINE as their authors export them (they are told the size to answer in),
torchvision's detectors, detectors whose boxes carry their score as a fifth value, and SSD
of the ONNX model zoo, whose boxes are parts of the input.
"""

from __future__ import annotations

from collections.abc import Sequence

from camwatch.detect.heads.query import Query, Tensor, at_least, checked, column_of, rows_of
from camwatch.domain import Boxes, Scores


def decode(outputs: Sequence[Tensor], query: Query) -> tuple[Boxes, Scores]:
    """Decode boxes, classes, and scores.

    Args:
        outputs: Boxes x1 y1 x2 y2, shape (1, n, 4) or (n, 4), or with the score as a
            fifth value; classes, n of them; scores, n of them, or nothing.
        query: What is looked for.

    Raises:
        ValueError: The outputs are of other shapes, or not of numbers.
    """
    boxes = rows_of(outputs[0], 4 if len(outputs) > 2 else 5)
    classes = column_of(outputs[1], len(boxes))
    scores = column_of(outputs[2], len(boxes)) if len(outputs) > 2 else boxes[:, 4]
    kept = at_least(scores, query.threshold)
    kept = kept[classes[kept].round() == query.person]
    return checked(boxes[kept, :4], scores[kept])
