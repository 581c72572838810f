"""Says what may be wrong with a line, and where a better one would be, from the heat. Pure.

Distances are measured in cells, which are square in a picture of 16:9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from camwatch.scene.heat import COLUMNS, ROWS, WAYS, Heat
from camwatch.scene.lines import Line
from camwatch.scene.points import Point

FEWEST_WALKS = 30
"""With fewer people who walked, it is too early to judge a line."""

FEWEST_FOR_SUGGESTION = 5

SMALLEST_ANGLE = 30.0
"""Degrees. Who passes a line more slantingly is easily counted on the wrong side of it."""

_MOST_BROKEN = 0.1  # of the people at a line may be first or last seen there …
_FEWEST_ENDS = 3  # … and fewer than so many ends are chance
_NEAR = 1.0  # box widths from a line
_EDGE = 0.5  # box widths from the picture's edge
_MOST_ALONG_EDGE = 0.5  # of a line may lie so near to one edge
_FAINTEST = 0.5  # cells of way at a line; of less there is no direction
_USUAL_WIDTH = 3.0  # cells, while no box was seen

_ANGLES = 12  # directions of lines that are tried
_SPACING = 0.5  # cells from one tried line to the next, and from point to point on a line
_OUTSIDE = 0.01  # of the people walk past either end of a suggested line
_MARGIN = 1.5  # box widths that it reaches beyond those who were seen
_NEARLY_WHOLE = 0.8  # of the way through the picture; then it goes all the way
_FEWEST_PASS = 0.2  # of the people must pass a suggested line
_OFF_CENTRE = 0.1  # of its worth a line loses on the way from the picture's middle to its edge
_SLANTED = 0.03  # of its worth it loses if it is neither upright nor level
_ONE_WAY = 0.1  # of those who pass; with less between in and out, neither is the main way

Cells = npt.NDArray[np.float64]
"""float64, shape (ROWS, COLUMNS), or (n,) for points."""


class LineProblem(StrEnum):
    """What may be wrong with a line."""

    TOO_LITTLE_SEEN = "too_little_seen"
    BROKEN_WALKS = "broken_walks"
    NEAR_EDGE = "near_edge"
    ALONG_THE_WALK = "along_the_walk"


@dataclass(frozen=True, slots=True)
class LineWarning:
    """One thing that may be wrong with a line, with its facts.

    Attributes:
        kind: What.
        walks: How many people were seen to walk in this view.
        share: BROKEN_WALKS: of the people at the line, who is first or last seen there, 0 to 1.
        degrees: ALONG_THE_WALK: at which angle most people pass it, 0 to 90.
    """

    kind: LineProblem
    walks: int
    share: float | None = None
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class LineSuggestion:
    """Where a line would count well.

    Attributes:
        start: In parts of the picture.
        end: In parts of the picture. Most people who pass the line from start to end come in.
        walks: How many people were seen to walk in this view; the fewer, the less sure it is.
        share: How many of them would pass the line, 0 to 1.
        broken: How many of the people at the line are first or last seen there, 0 to 1.
    """

    start: Point
    end: Point
    walks: int
    share: float
    broken: float


def warnings(line: Line, heat: Heat) -> list[LineWarning]:
    """Return what may be wrong with a line.

    Args:
        line: As it is drawn.
        heat: Of some time in which people walked, the more the better.
    """
    segment = _Segment(_in_cells(line.start), _in_cells(line.end))
    walks, width = int(heat.walks), _box_width(heat)
    found = []
    if segment.share_along_edge(_EDGE * width) > _MOST_ALONG_EDGE:
        found.append(LineWarning(LineProblem.NEAR_EDGE, walks))
    if walks < FEWEST_WALKS:
        return [*found, LineWarning(LineProblem.TOO_LITTLE_SEEN, walks)]
    across, along = _ways(heat, segment.normal)
    passed, way = segment.sum(across), segment.sum(along)
    ends = segment.sum_near(heat.born + heat.lost, _NEAR * width)
    if ends >= _FEWEST_ENDS and _broken(ends, passed) > _MOST_BROKEN:
        found.append(LineWarning(LineProblem.BROKEN_WALKS, walks, share=_broken(ends, passed)))
    if way >= _FAINTEST:
        degrees = math.degrees(math.asin(min(passed / way, 1.0)))
        if degrees < SMALLEST_ANGLE:
            found.append(LineWarning(LineProblem.ALONG_THE_WALK, walks, degrees=degrees))
    return found


def suggest(heat: Heat) -> LineSuggestion | None:
    """Return where a line would count best; the same heat always gives the same line.

    A good line is passed by most people, straight across, who are seen on both sides of it,
    and few of whom are first or last seen beside it.

    Args:
        heat: Of some time in which people walked, the more the better.

    Returns:
        None if fewer than `FEWEST_FOR_SUGGESTION` people walked, or if they had no way in
        common.
    """
    if heat.walks < FEWEST_FOR_SUGGESTION:
        return None
    width = _box_width(heat)
    broken_walks = heat.born + heat.lost
    best: _Candidate | None = None
    for angle in range(_ANGLES):
        turn = math.pi * angle / _ANGLES
        normal = math.cos(turn), math.sin(turn)
        across, along = _ways(heat, normal)
        for offset in _offsets():
            segment = _chord(normal, offset)
            if segment is None or (segment := segment.trimmed(across, _MARGIN * width)) is None:
                continue
            passed = segment.sum(across)
            share = min(passed / heat.walks, 1.0)
            # Those who come from, or go on to, one box width beside it.
            both_sides = min(passed, *(segment.beside(way).sum(across) for way in (-width, width)))
            broken = _broken(segment.sum_near(broken_walks, _NEAR * width), passed)
            worth = (
                min(both_sides / heat.walks, 1.0)
                * (1 - broken) ** 2
                * passed
                / max(segment.sum(along), passed)
                * (1 - _OFF_CENTRE * abs(offset) / math.hypot(COLUMNS / 2, ROWS / 2))
                * (1 - _SLANTED * bool(angle % (_ANGLES // 2)))
            )
            if share >= _FEWEST_PASS and (best is None or worth > best.worth + 1e-9):
                best = _Candidate(worth, segment, share, broken)
    if best is None or not best.worth:
        return None
    segment = best.segment.facing_in(heat)
    return LineSuggestion(
        _in_picture(segment.start),
        _in_picture(segment.end),
        int(heat.walks),
        round(best.share, 3),
        round(best.broken, 3),
    )


def _in_cells(point: Point) -> Point:
    return point[0] * COLUMNS, point[1] * ROWS


def _in_picture(point: Point) -> Point:
    x, y = point[0] / COLUMNS, point[1] / ROWS
    return round(min(max(float(x), 0.0), 1.0), 3), round(min(max(float(y), 0.0), 1.0), 3)


def _box_width(heat: Heat) -> float:
    """Return the width of a usual box, in cells."""
    width = heat.usual_width
    return _USUAL_WIDTH if width is None else max(width * COLUMNS, 1.0)


def _broken(ends: float, passed: float) -> float:
    """Return the share of walks that begin or end; a walk that is cut has an end twice."""
    return ends / 2 / (ends / 2 + passed) if ends else 0.0


def _ways(heat: Heat, normal: Point) -> tuple[Cells, Cells]:
    """Return how far people walked in each cell, along a direction and in all, in cells.

    Each cell has the mean of itself and those around it: people do not walk in lines.
    """
    walked = heat.walked.astype(np.float64)
    return (
        _smoothed(np.tensordot(np.abs(WAYS @ np.array(normal)), walked, 1)),
        _smoothed(walked.sum(axis=0)),
    )


def _smoothed(grid: Cells) -> Cells:
    total, cells = np.zeros_like(grid), np.zeros_like(grid)
    padded, there = np.pad(grid, 1), np.pad(np.ones_like(grid), 1)
    for row in range(3):
        for column in range(3):
            part = np.s_[row : row + ROWS, column : column + COLUMNS]
            total += padded[part]
            cells += there[part]
    return total / cells


def _offsets() -> npt.NDArray[np.float64]:
    """Return how far from the picture's middle lines are tried, the middle first."""
    farthest = math.hypot(COLUMNS / 2, ROWS / 2)
    steps = np.arange(1, int(farthest / _SPACING) + 1) * _SPACING
    return np.concatenate([[0.0], np.column_stack([-steps, steps]).ravel()])


@dataclass(frozen=True, slots=True)
class _Segment:
    """A line in cells."""

    start: Point
    end: Point

    @property
    def length(self) -> float:
        return math.dist(self.start, self.end)

    @property
    def normal(self) -> Point:
        """Points inwards, of length 1."""
        return (
            (self.end[1] - self.start[1]) / self.length,
            -(self.end[0] - self.start[0]) / self.length,
        )

    def points(self) -> tuple[Cells, Cells, float]:
        """Return x and y of points all along, and how long a piece each stands for."""
        number = max(1, math.ceil(self.length / _SPACING))
        along = (np.arange(number) + 0.5) / number
        return (
            self.start[0] + along * (self.end[0] - self.start[0]),
            self.start[1] + along * (self.end[1] - self.start[1]),
            self.length / number,
        )

    def values(self, grid: Cells) -> Cells:
        """Return what a grid adds to each point; beyond the picture it is 0."""
        x, y, piece = self.points()
        is_in = (x >= 0) & (x < COLUMNS) & (y >= 0) & (y < ROWS)
        columns = np.clip(x, 0, COLUMNS - 1).astype(np.intp)
        rows = np.clip(y, 0, ROWS - 1).astype(np.intp)
        return np.where(is_in, grid[rows, columns] * piece, 0.0)

    def sum(self, grid: Cells) -> float:
        return float(self.values(grid).sum())

    def sum_near(self, grid: npt.NDArray[np.float32], distance: float) -> float:
        """Return the sum over all cells that are no farther away."""
        rows, columns = np.nonzero(grid)
        if not len(rows):
            return 0.0
        x, y = columns + 0.5 - self.start[0], rows + 0.5 - self.start[1]
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        along = np.clip((x * dx + y * dy) / self.length**2, 0, 1)
        is_near = np.hypot(x - along * dx, y - along * dy) <= distance
        return float(grid[rows, columns][is_near].sum())

    def share_along_edge(self, distance: float) -> float:
        """Return how much of it is nearer than that to one and the same edge, 0 to 1."""
        x, y, _ = self.points()
        return max(float((away < distance).mean()) for away in (x, y, COLUMNS - x, ROWS - y))

    def beside(self, distance: float) -> _Segment:
        """Return the same line so far inwards."""
        dx, dy = self.normal[0] * distance, self.normal[1] * distance
        return _Segment(
            (self.start[0] + dx, self.start[1] + dy), (self.end[0] + dx, self.end[1] + dy)
        )

    def trimmed(self, across: Cells, margin: float) -> _Segment | None:
        """Return the part of it that people pass, and some more; None if nobody does."""
        passing = np.cumsum(self.values(across))
        if passing[-1] < 1:
            return None
        first, last = np.searchsorted(
            passing, [_OUTSIDE * passing[-1], (1 - _OUTSIDE) * passing[-1]]
        )
        piece = self.length / len(passing)
        low = max(0.0, first * piece - margin) / self.length
        high = min(self.length, (last + 1) * piece + margin) / self.length
        if high - low >= _NEARLY_WHOLE:
            return self
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        return _Segment(
            (self.start[0] + low * dx, self.start[1] + low * dy),
            (self.start[0] + high * dx, self.start[1] + high * dy),
        )

    def facing_in(self, heat: Heat) -> _Segment:
        """Return it so that most people come in; if none are more, as it is."""
        walked = heat.walked.astype(np.float64)
        net = np.tensordot(WAYS @ np.array(self.normal), walked, 1)
        inwards, passed = self.sum(_smoothed(net)), self.sum(_ways(heat, self.normal)[0])
        return _Segment(self.end, self.start) if inwards < -_ONE_WAY * passed else self


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that was tried."""

    worth: float
    segment: _Segment
    share: float
    broken: float


def _chord(normal: Point, offset: float) -> _Segment | None:
    """Return the line right through the picture, so far from its middle; None if outside.

    Its inner side is where the normal points, so an upright one goes from the top down.
    """
    along = -normal[1], normal[0]
    low, high = -math.inf, math.inf
    for side, middle, size in ((0, COLUMNS / 2, COLUMNS), (1, ROWS / 2, ROWS)):
        at = middle + offset * normal[side]
        if abs(along[side]) < 1e-9:
            if not 0 < at < size:
                return None
            continue
        reached = sorted([-at / along[side], (size - at) / along[side]])
        low, high = max(low, reached[0]), min(high, reached[1])
    if high - low < _SPACING:
        return None
    x, y = COLUMNS / 2 + offset * normal[0], ROWS / 2 + offset * normal[1]
    return _Segment(
        (x + low * along[0], y + low * along[1]), (x + high * along[0], y + high * along[1])
    )
