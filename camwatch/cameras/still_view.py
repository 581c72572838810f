"""Learns how a view looks without people, slowly, from the parts where nobody is."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from camwatch.cameras.veil import as_channels, plain, resized
from camwatch.domain import Boxes, Part, Pixels

WH = (320, 180)
_LOOKS = 5
_FEWEST = 3
"""A point is known once it was seen so often without anybody; the median of few tells enough."""

_LEARNING_S, _LATER_S = 2.0, 60.0
_MARGIN = 0.25

_DRAWN = 4
"""Sizes that are kept ready: a tile, the focus view, a small picture."""


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
        self._drawn: dict[tuple[int, int, int, Part], Pixels] = {}

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
        looks = [look.copy() for look, _ in self._looks]
        free = np.stack([is_free for _, is_free in self._looks])
        count = free.sum(axis=0)
        for look, is_free in zip(looks, free, strict=True):
            # Those that are hidden sort behind all others: the middle of the rest is found.
            look[~is_free] = 255
        _sort(looks)
        middle = np.maximum(count - 1, 0) // 2
        found = looks[0]
        for place, look in enumerate(looks[1:], 1):
            np.copyto(found, look, where=(middle == place)[..., None])
        is_new = count >= _FEWEST
        if self._seen is None:
            self._seen = np.zeros((WH[1], WH[0], 3), np.uint8)
        seen = self._seen.copy()
        np.copyto(seen, found, where=is_new[..., None])
        self._seen = seen
        self._is_known = self._is_known | is_new
        self._drawn.clear()

    def drawn(self, height: int, width: int, channels: int, part: Part) -> Pixels:
        """Return a copy of what is known of a part of the view, plain where nothing is."""
        key = height, width, channels, part
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _DRAWN:
                self._drawn.clear()
            found = self._drawn[key] = self._draw(height, width, channels, part)
        return found.copy()

    def _draw(self, height: int, width: int, channels: int, part: Part) -> Pixels:
        if self._seen is None:
            return plain(height, width, channels)
        wide, high = WH
        still = plain(high, wide, 3)
        still[self._is_known] = self._seen[self._is_known]
        left, top = int(part[0] * wide), int(part[1] * high)
        right, bottom = max(left + 1, round(part[2] * wide)), max(top + 1, round(part[3] * high))
        cut = np.ascontiguousarray(still[top:bottom, left:right])
        return np.ascontiguousarray(as_channels(resized(cut, (width, height)), channels))


def _sort(looks: list[Pixels]) -> None:
    """Put each point's values in order over all looks, in place: much faster than a sort."""
    for turn in range(len(looks)):
        for low in range(turn % 2, len(looks) - 1, 2):
            before, after = looks[low], looks[low + 1]
            looks[low], looks[low + 1] = np.minimum(before, after), np.maximum(before, after)
