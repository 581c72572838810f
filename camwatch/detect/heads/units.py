"""Tells boxes in pixels of the input from boxes in parts of it, where a head is exported both ways."""

from __future__ import annotations

from typing import Literal

import numpy as np

from camwatch.detect.heads.query import Floats, scaled
from camwatch.domain import Boxes, Scores
from camwatch.language import table, tr

Unit = Literal["pixels", "relative"]

FARTHEST = 2.0
"""No side of a person's box in parts of the input lies farther from its corner than this: a box
may reach beyond the picture, but not by a whole one. No box in pixels is as near."""

NEAREST = 16.0
"""From here on, values that belong to no person in particular are certainly pixels."""


def unit_of(reach: float) -> Unit | None:
    """Tell the unit from the values of many boxes, also of such as mean nothing.

    Args:
        reach: Greatest distance of a side from the input's corner, as the network has it.

    Returns:
        None where it does not show: there was no box, or only odd ones.
    """
    if 0 < reach <= FARTHEST:
        return "relative"
    return "pixels" if reach >= NEAREST else None


class UnitJudge:
    """Brings boxes into pixels, and notices if they cannot be what they are said to be.

    Until it is told or has seen a person, each picture is judged by its own boxes; the first
    sure one settles it, so that no odd box can change the reading later. May be used
    from several threads at once.

    Args:
        told: What is known already; None if nothing is.
        sure: A box that scores this is a person's.
    """

    def __init__(self, told: Unit | None, sure: float) -> None:
        self._unit = told
        self._sure = sure

    def in_pixels(self, boxes: Boxes, scores: Scores, input_wh: tuple[int, int]) -> Boxes:
        """Return boxes in pixels of the input.

        Args:
            boxes: float32, shape (n, 4), as the network has them; n may be 0.
            scores: float32, shape (n,).
            input_wh: Width and height of the input in pixels.

        Raises:
            ValueError: They are not in the unit that was told or seen before.
        """
        has_area = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        is_sure = has_area & (scores >= self._sure)
        if not has_area.any():
            return boxes  # nobody, or rows that fill up an output
        best = boxes[is_sure] if is_sure.any() else boxes[has_area][scores[has_area].argmax()]
        seen: Unit = "relative" if np.abs(best).max() <= FARTHEST else "pixels"
        unit = self._unit or seen
        if is_sure.any():
            if unit != seen:
                raise ValueError(
                    f"its boxes are not {_SAID[unit]} but {_SAID[seen]}; write into the file "
                    f'beside it: boxes = "{seen}"'
                )
            self._unit = unit
        pixels: Floats = scaled(boxes, input_wh) if unit == "relative" else boxes
        return pixels


_SAID = table(lambda: {"pixels": tr("in pixels"), "relative": tr("parts of the picture")})
