"""Counts people whose feet are inside a polygon."""

from __future__ import annotations

from camwatch.domain import Boxes
from camwatch.scene import Zone


class ZoneCounter:
    """Keeps the mean and the highest count of one zone."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.pictures = 0
        self.highest = 0
        self._sum = 0

    def add(self, boxes: Boxes) -> int:
        """Count one picture; boxes as for `Zone.count`. Returns the count."""
        count = self.zone.count(boxes)
        self.pictures += 1
        self._sum += count
        self.highest = max(self.highest, count)
        return count

    @property
    def mean(self) -> float:
        """Mean count of the pictures so far.

        Raises:
            ValueError: There was none: of nothing, the mean is unknown, not zero.
        """
        if not self.pictures:
            raise ValueError("no pictures")
        return self._sum / self.pictures
