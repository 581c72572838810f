"""The picture on which models are tried: four people, of whom it is known where they are."""

from __future__ import annotations

import numpy as np

from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.domain import Boxes, Pixels

SIZE = (1280, 720)
PEOPLE = 4

# A moment at which all four stand apart and whole, between 0.39 and 0.54 of the picture's
# height: what a detector that is used as it wants to be used does not miss.
_SEED, _MOMENT_S = 6, 97.0


def known_picture() -> tuple[Pixels, Boxes]:
    """Paint the picture; always the same.

    Returns:
        uint8, shape (720, 1280, 3), BGR; and the people, float32, shape (4, 4),
        x1 y1 x2 y2 in pixels.
    """
    scene = Scene(_SEED, SIZE)
    boxes = np.array([person.box for person in scene.people_at(_MOMENT_S)], np.float32)
    scale = np.array([*SIZE, *SIZE], np.float32)
    return Painter(scene, "Test picture").pixels(_MOMENT_S), boxes * scale
