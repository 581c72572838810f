"""Pictures with people whose places are known, from the cut-outs of the simulator."""

from __future__ import annotations

import cv2
import numpy as np

from camwatch.cameras.simulator.visitors import STANDING, Look, cutout
from camwatch.domain import Boxes, Pixels

Person = tuple[int, int, int]
"""Which figure, its left edge, and its height, both in pixels."""

THREE: tuple[Person, ...] = ((0, 100, 420), (1, 500, 400), (2, 850, 420))
"""For a picture of 1280 x 720."""


def ground(wh: tuple[int, int]) -> Pixels:
    """Return an empty scene: uint8, shape (height, width, 3), BGR."""
    width, height = wh
    coarse = np.random.default_rng(3).integers(120, 180, (9, 16, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def scene(wh: tuple[int, int], people: tuple[Person, ...] = ()) -> tuple[Pixels, Boxes]:
    """Return a picture of people on its lower edge, and their boxes in pixels."""
    picture = ground(wh)
    boxes = []
    for figure, left, height in people:
        look = Look(figure, jacket=0, trousers=0, hair=0, skin=0)
        person = cutout(look, STANDING, height, faces_left=False, light=1.0)
        width = person.wh[0]
        place = np.s_[wh[1] - height : wh[1], left : left + width]
        laid = (person.colour + picture[place].astype(np.uint32) * person.clear) // 256
        picture[place] = laid.astype(np.uint8)
        boxes.append((left, wh[1] - height, left + width, wh[1]))
    return picture, np.array(boxes, np.float32).reshape(-1, 4)
