"""Zones: polygons on the ground, and who stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene.points import Point, check_name, check_point

FEWEST_POINTS, MOST_POINTS = 3, 64

SMALLEST_AREA = 1e-4
"""Of the picture: a hundredth of its width by a hundredth of its height."""

_ON_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon on the ground. Zones may overlap: each counts for itself.

    Attributes:
        name: 1 to 100 characters.
        points: 3 to 64 corners in order, either way round, in parts of the picture. The
            first need not be repeated at the end.

    Raises:
        InvalidSetting: A value is refused; the field is "name", "points" or "point N".
    """

    name: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Check name and polygon."""
        check_name(self.name)
        if self.points[:1] == self.points[-1:]:
            object.__setattr__(self, "points", self.points[:-1])
        count = len(self.points)
        if not FEWEST_POINTS <= count <= MOST_POINTS:
            raise InvalidSetting(
                "points",
                tr(
                    "are {count}, not {fewest_points} to {most_points}",
                    count=count,
                    fewest_points=FEWEST_POINTS,
                    most_points=MOST_POINTS,
                ),
            )
        for number, point in enumerate(self.points, 1):
            check_point(f"point {number}", point)
        for number, (before, point) in enumerate(self._edges(), 1):
            if before == point:
                raise InvalidSetting(f"point {number % count + 1}", tr("is there twice in a row"))
        is_straight = all(
            _turn(self.points[0], self.points[1], point) == 0 for point in self.points
        )
        if not is_straight and (crossing := self._crossing_edges()):
            raise InvalidSetting(
                "points",
                tr(
                    "make edges that cross or touch, from corner {crossing} and from corner "
                    "{crossing2}; go round the area in order",
                    crossing=crossing[0],
                    crossing2=crossing[1],
                ),
            )
        if self.area < SMALLEST_AREA:
            raise InvalidSetting("points", tr("enclose (nearly) no area"))

    @property
    def area(self) -> float:
        """Area in parts of the picture, 0 to 1."""
        return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in self._edges())) / 2

    def holds(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Tell which points lie inside or on the edge; arrays of shape (n,), n may be 0."""
        is_inside = np.zeros(x.shape, np.bool_)
        is_on_edge = np.zeros(x.shape, np.bool_)
        for (ax, ay), (bx, by) in self._edges():
            # A ray to the right passes the edge; each passage changes the side.
            is_level = (ay > y) != (by > y)
            rise = by - ay if by != ay else 1.0
            is_inside ^= is_level & (x < (bx - ax) * (y - ay) / rise + ax)
            squared = (bx - ax) ** 2 + (by - ay) ** 2
            along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / squared, 0, 1)
            is_on_edge |= (
                np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) < _ON_EDGE
            )
        return is_inside | is_on_edge

    def holds_feet(self, boxes: Boxes) -> npt.NDArray[np.bool_]:
        """Tell who stands in the zone.

        Args:
            boxes: float32, shape (n, 4), x1 y1 x2 y2 in parts of the picture; the middle of
                a box's lower edge is where the person stands.

        Returns:
            bool, shape (n,).
        """
        exact = boxes.astype(np.float64)
        return self.holds((exact[:, 0] + exact[:, 2]) / 2, exact[:, 3])

    def count(self, boxes: Boxes) -> int:
        """Return how many people stand in the zone; boxes as for `holds_feet`."""
        return int(np.count_nonzero(self.holds_feet(boxes)))

    def _edges(self) -> list[tuple[Point, Point]]:
        return list(pairwise((*self.points, self.points[0])))

    def _crossing_edges(self) -> tuple[int, int] | None:
        """Return the numbers of two edges that share more than a corner, if there are any."""
        edges = self._edges()
        for one, other in combinations(range(len(edges)), 2):
            if other == one + 1:
                is_wrong = _folds_back(edges[one], edges[other])
            elif one == 0 and other == len(edges) - 1:
                is_wrong = _folds_back(edges[other], edges[one])
            else:
                is_wrong = _meet(edges[one], edges[other])
            if is_wrong:
                return one + 1, other + 1
        return None


Edge = tuple[Point, Point]


def _turn(a: Point, b: Point, c: Point) -> float:
    """Return above 0 if the way from a over b to c turns one way, below if the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_between(a: Point, b: Point, c: Point) -> bool:
    """Tell whether c, on the straight line through a and b, lies between them."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _meet(one: Edge, other: Edge) -> bool:
    """Tell whether two edges have a point in common."""
    (a, b), (c, d) = one, other
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _is_between(*end) for turn, end in zip(turns, ends, strict=True))


def _folds_back(one: Edge, other: Edge) -> bool:
    """Tell whether an edge goes back over the one before it."""
    (a, b), (_, c) = one, other
    forth = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return _turn(a, b, c) == 0 and forth < 0
