"""Counts people who pass a line, or both lines of a gate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from camwatch.detect.places import Point, check_name, check_point
from camwatch.detect.tracker import Waypoint
from camwatch.errors import InvalidSetting

SHORTEST = 0.02
"""A shorter line is a slip of the mouse."""

_BAND = 0.01  # nearer to the line nobody is on either side of it …
_DEPTH = 0.10  # … and who has passed it must also be so many widths of their box beyond
_MARGIN = 0.02  # a line reaches so far beyond its ends, in parts of the picture


class Direction(StrEnum):
    """Which way a line was passed."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a direction, from start to end.

    *In* is who passes it from the right-hand side to the left-hand side of somebody who
    walks along it from its start to its end. A line drawn from the top of the picture to the
    bottom counts people who walk to the right as in, one drawn from left to right people
    who walk up. Swapping the ends swaps in and out.

    Attributes:
        name: 1 to 100 characters.
        start: In parts of the picture.
        end: In parts of the picture, at least `SHORTEST` away from the start.
        once: Each person is counted once in each direction at most, however often they pass.

    Raises:
        InvalidSetting: A value is refused; the field is "name", "start" or "end".
    """

    name: str
    start: Point
    end: Point
    once: bool = False

    def __post_init__(self) -> None:
        """Check name and place."""
        check_name(self.name)
        check_point("start", self.start)
        check_point("end", self.end)
        if self.length < SHORTEST:
            raise InvalidSetting("end", "is (nearly) the same point as the start")

    @property
    def length(self) -> float:
        """How long it is, in parts of the picture."""
        return math.dist(self.start, self.end)

    @property
    def swapped(self) -> Line:
        """The same line with in and out exchanged."""
        return Line(self.name, self.end, self.start, self.once)

    def depth(self, x: float, y: float) -> float:
        """Return how far a point is from the line, above 0 on the side that is inside."""
        (x1, y1), (x2, y2) = self.start, self.end
        return ((y2 - y1) * (x - x1) - (x2 - x1) * (y - y1)) / self.length

    def reaches(self, x: float, y: float) -> bool:
        """Tell whether a point on the line lies between its ends, or just beyond them."""
        (x1, y1), (x2, y2) = self.start, self.end
        along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / self.length
        return -_MARGIN <= along <= self.length + _MARGIN


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody passed a line.

    Attributes:
        line: Name of the line.
        t_s: When their middle was on it, seconds.
        direction: Which way.
        track: Who, as the tracker numbers them.
    """

    line: str
    t_s: float
    direction: Direction
    track: int


@dataclass(slots=True)
class _Passer:
    """What is remembered of one person.

    Attributes:
        last: Where they were seen last.
        last_depth: How far from the line that was.
        side: -1 outside, 1 inside, 0 not known yet.
        passed_s: When they were on the line last.
        passed_here: Whether that was between the line's ends.
        is_beyond: They were seen beyond the line once; a second time, and it counts.
        counted: Ways in which they were counted.
    """

    last: Waypoint
    last_depth: float
    side: int = 0
    passed_s: float = 0.0
    passed_here: bool = False
    is_beyond: bool = False
    counted: tuple[Direction, ...] = ()


class LineCounter:
    """Counts who passes one line. What it keeps of people goes when they go.

    The middle of the box decides. Nobody is on a side while they are nearer to the line than
    1 % of the picture; who has come over must get a tenth of their box's width beyond it,
    and be seen there in two pictures, or in the last one of all. So a box that jitters,
    that is wrong for one picture, or that stands on the line counts nothing. Who turns
    round after having passed is counted in and out.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._passers: dict[int, _Passer] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._passers)

    def follow(self, place: Waypoint) -> Crossing | None:
        """Take in where somebody was seen; return the crossing that became certain by it."""
        depth = self.line.depth(place.x, place.y)
        passer = self._passers.get(place.track)
        if passer is None:
            passer = self._passers[place.track] = _Passer(place, depth)
        elif depth * passer.last_depth <= 0 and depth != passer.last_depth:
            self._on_the_line(passer, place, depth)
        passer.last, passer.last_depth = place, depth
        if passer.side == 0:
            if abs(depth) > _BAND:
                passer.side = 1 if depth > 0 else -1
            return None
        beyond = -depth * passer.side
        if beyond <= 0:
            passer.is_beyond = False
            return None
        if not passer.is_beyond:
            passer.is_beyond = beyond > max(_BAND, _DEPTH * place.width)
            return None
        return self._passed(place.track, passer)

    def end(self, track: int) -> Crossing | None:
        """Forget somebody who is gone; return the crossing that was their last step."""
        passer = self._passers.pop(track, None)
        if passer is None or not passer.is_beyond:
            return None
        return self._passed(track, passer)

    def _on_the_line(self, passer: _Passer, place: Waypoint, depth: float) -> None:
        """Note when and where somebody was on the line between two pictures."""
        last = passer.last
        share = passer.last_depth / (passer.last_depth - depth)
        passer.passed_s = last.t_s + share * (place.t_s - last.t_s)
        passer.passed_here = self.line.reaches(
            last.x + share * (place.x - last.x), last.y + share * (place.y - last.y)
        )

    def _passed(self, track: int, passer: _Passer) -> Crossing | None:
        passer.side, passer.is_beyond = -passer.side, False
        direction = Direction.IN if passer.side > 0 else Direction.OUT
        if not passer.passed_here or (self.line.once and direction in passer.counted):
            return None
        if self.line.once:
            passer.counted += (direction,)
        return Crossing(self.line.name, passer.passed_s, direction, track)
