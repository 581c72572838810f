"""Learns how a view looks without people, slowly, from the parts where nobody is."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from camwatch.cameras.veil import resized
from camwatch.domain import Boxes, Pixels

WH = (320, 180)
_LOOKS = 5
_FEWEST = 3
"""A point is known once it was seen so often without anybody; the median of few tells enough."""

_LEARNING_S, _LATER_S = 2.0, 60.0
_MARGIN = 0.25


class StillView:
    """How one camera's view looks while nobody is in it. For one thread at a time.

    The median of some looks, taken far apart: who is not found, and so not left out, would have
    to stand at one place in three of five of them.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[Pixels, npt.NDArray[np.bool_]]] = deque(maxlen=_LOOKS)
        self._looked_s = -np.inf
        self._seen: Pixels | None = None
        self._is_known = np.zeros((WH[1], WH[0]), np.bool_)

    def is_due(self, now_s: float) -> bool:
        """Tell whether it is time for another look, monotonic clock."""
        every_s = _LEARNING_S if len(self._looks) < _LOOKS else _LATER_S
        return now_s - self._looked_s >= every_s

    def look(self, pixels: Pixels, people: Boxes, now_s: float) -> None:
        """Take a look at the whole view.

        Args:
            pixels: uint8, shape (height, width, 3 or 4), BGR first.
            people: Where anybody might be, relative to the view.
            now_s: Monotonic clock.
        """
        self._looked_s = now_s
        small = resized(np.ascontiguousarray(pixels), WH)[..., :3].copy()
        is_free = np.ones((WH[1], WH[0]), np.bool_)
        size = np.array([*WH, *WH], np.float64)
        for x1, y1, x2, y2 in (people.astype(np.float64) * size).tolist():
            wide, high = (x2 - x1) * _MARGIN, (y2 - y1) * _MARGIN
            left, top = max(0, int(x1 - wide)), max(0, int(y1 - high))
            is_free[top : max(0, int(y2 + high) + 1), left : max(0, int(x2 + wide) + 1)] = False
        self._looks.append((small, is_free))
        if len(self._looks) >= _FEWEST:
            self._conclude()

    def _conclude(self) -> None:
        looks = np.stack([look for look, _ in self._looks]).astype(np.int16)
        free = np.stack([is_free for _, is_free in self._looks])
        count = free.sum(axis=0)
        # Those that are hidden sort behind all others, so that the middle of the rest is found.
        looks[~free] = 256
        looks.sort(axis=0)
        middle = np.maximum(count - 1, 0) // 2
        found = np.take_along_axis(looks, middle[None, :, :, None], axis=0)[0]
        is_new = count >= _FEWEST
        if self._seen is None:
            self._seen = np.zeros((WH[1], WH[0], 3), np.uint8)
        seen = self._seen.copy()
        seen[is_new] = found[is_new].astype(np.uint8)
        self._seen = seen
        self._is_known = self._is_known | is_new

    def on(self, surface: Pixels) -> Pixels:
        """Return what is known, on a surface where nothing is.

        Args:
            surface: uint8, BGR, shape (180, 320, 3).
        """
        if self._seen is None:
            return surface
        drawn = surface.copy()
        drawn[self._is_known] = self._seen[self._is_known]
        return drawn
