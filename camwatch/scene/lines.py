"""Lines that people pass, gates of two lines, and what a passage is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene.points import Point, check_name, check_point

SHORTEST = 0.02
"""A shorter line is a slip of the mouse."""

LONGEST_U_TURN_S = 60.0

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
        u_turn_s: Who passes and comes back within this time is counted neither in nor out,
            0 to `LONGEST_U_TURN_S` seconds; 0 counts both ways.

    Raises:
        InvalidSetting: A value is refused; the field is "name", "start", "end" or "u_turn_s".
    """

    name: str
    start: Point
    end: Point
    once: bool = False
    u_turn_s: float = 0.0

    def __post_init__(self) -> None:
        """Check name and place."""
        check_name(self.name)
        check_point("start", self.start)
        check_point("end", self.end)
        if self.length < SHORTEST:
            raise InvalidSetting("end", tr("is (nearly) the same point as the start"))
        if not 0 <= self.u_turn_s <= LONGEST_U_TURN_S:
            raise InvalidSetting(
                "u_turn_s",
                tr(
                    "{u_turn_s:g} is not from 0 to {longest_u_turn_s:g} seconds",
                    u_turn_s=self.u_turn_s,
                    longest_u_turn_s=LONGEST_U_TURN_S,
                ),
            )

    @property
    def length(self) -> float:
        """How long it is, in parts of the picture."""
        return math.dist(self.start, self.end)

    @property
    def swapped(self) -> Line:
        """The same line with in and out exchanged."""
        return replace(self, start=self.end, end=self.start)

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
class Gate:
    """Two lines side by side, drawn in the same direction.

    A person comes in by passing the outer line inwards and then the inner one, and goes out
    the other way round. Who steps over one of them and turns back is not counted at all:
    that is what a gate is for.

    Attributes:
        name: 1 to 100 characters.
        outer: Passed first by who comes in.
        inner: Passed second by who comes in.
        within_s: Longest time from the one to the other, seconds.

    Raises:
        InvalidSetting: A value is refused; the field is "name", "within_s" or "inner".
    """

    name: str
    outer: Line
    inner: Line
    within_s: float = 10.0

    @classmethod
    def between(cls, name: str, first: Line, second: Line, within_s: float = 10.0) -> Gate:
        """Make a gate of two lines, whichever way each was drawn.

        Who passes the first and then the second comes in.

        Raises:
            InvalidSetting: As for the gate itself.
        """
        if sum(first.depth(*end) for end in (second.start, second.end)) < 0:
            first = first.swapped
        if sum(second.depth(*end) for end in (first.start, first.end)) > 0:
            second = second.swapped
        return cls(name, first, second, within_s)

    def __post_init__(self) -> None:
        """Check the name, the time, and that somebody can pass both lines."""
        check_name(self.name)
        if not 0 < self.within_s <= 3600:
            raise InvalidSetting(
                "within_s", tr("{within_s:g} is not above 0 and up to 3600", within_s=self.within_s)
            )
        beyond = [self.outer.depth(*end) for end in (self.inner.start, self.inner.end)]
        before = [self.inner.depth(*end) for end in (self.outer.start, self.outer.end)]
        if min(beyond) <= 0 <= max(beyond) and min(before) <= 0 <= max(before):
            raise InvalidSetting("inner", tr("crosses or touches the outer line"))
        if sum(beyond) <= 0 or sum(before) >= 0:
            raise InvalidSetting(
                "inner",
                tr(
                    "does not lie behind the outer line, as its arrow points; swap in and out of one "
                    "of the two lines"
                ),
            )


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
