"""Walkers on paper, for measuring the counting of crossings: no pictures, only boxes.

Up to a given number of people are in view at once. They walk to the other side of the
picture, turn round on the way, or stand for a while, at different depths, so that the near
ones hide the far ones. A made-up detector sees them: boxes jitter, some are missed, who is
hidden by two thirds is not seen, heads and shoulders give unsure boxes of their own, and so
do two spots where nobody ever is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes, Scores

LINE_X = 0.5
"""The line that is to be counted is upright, in the middle."""

BAND = 0.01
"""Nearer to the line than this nobody is on a side of it."""

_ASPECT = 16 / 9
_SHORTEST, _TALLEST = 0.30, 0.55  # heights of people, in parts of the picture
_WIDTH = 0.38  # of a person, in parts of the height
_STEP_S = 0.1  # grid on which ways are planned
_LONGEST_HIDDEN_S = 2.5  # nobody is hidden for longer, or nothing could count them
_HIDDEN = 0.65  # who is hidden by more is not seen at all
_TRIES = 40
_JITTER = 0.04  # of each edge of a box, in parts of its size
_MISSED, _FALSE, _PARTS = 0.03, 0.01, 0.15
_SPOTS = ((0.03, 0.1, 0.15, 0.45), (0.78, 0.3, 0.95, 0.8))

Track = npt.NDArray[np.float64]
"""float64, shape (moments,): middle of a person, in parts of the picture; NaN if not there."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody passed the line.

    Attributes:
        first_s: When they came within `BAND` of it last.
        last_s: When they were beyond `BAND` on the other side.
        to_the_right: Which way.
    """

    first_s: float
    last_s: float
    to_the_right: bool


@dataclass(frozen=True, slots=True)
class _Walker:
    """One person's way: middle of the body at the corners of the way."""

    height: float
    times_s: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def width(self) -> float:
        return self.height * _WIDTH / _ASPECT

    def at(self, t_s: Track) -> Track:
        return np.interp(t_s, self.times_s, self.places, left=np.nan, right=np.nan)


class World:
    """People who walk about for a while, the same for the same seed.

    Args:
        seed: Which people.
        people: At most so many at once, 1 or more.
        seconds: How long.
        speeds: Slowest and fastest walk, box widths a second.
    """

    def __init__(
        self, seed: int, people: int, seconds: float, speeds: tuple[float, float] = (0.4, 1.6)
    ) -> None:
        self.seconds = seconds
        self._seed = seed
        self._chance = np.random.default_rng([seed, people])
        self._speeds = speeds
        self._grid: Track = np.arange(0, seconds, _STEP_S)
        self._walkers: list[_Walker] = []
        self._ways: list[Track] = []
        for _ in range(people):
            start_s = float(self._chance.uniform(-15, 5))
            while start_s < seconds:
                start_s = self._invite(start_s) + float(self._chance.uniform(0.5, 4))

    def passages(self) -> list[Passage]:
        """Return who passed the line from start to end, in no certain order."""
        found = []
        for walker in self._walkers:
            t_s = np.arange(max(0.0, walker.times_s[0]), self.seconds, 0.02)
            off = walker.at(t_s) - LINE_X
            clear = np.flatnonzero(np.abs(off) > BAND)
            for before, after in pairwise(clear):
                if off[before] * off[after] < 0:
                    found.append(Passage(t_s[before], t_s[after], bool(off[after] > 0)))
        return found

    def pictures(self, rate: float) -> Iterator[tuple[float, Boxes, Scores]]:
        """Yield time in seconds, boxes in parts of the picture, and scores of each picture.

        Args:
            rate: Pictures a second.
        """
        chance = np.random.default_rng([self._seed, round(rate * 100)])
        near_first = sorted(self._walkers, key=lambda walker: -walker.height)
        for index in range(int(self.seconds * rate)):
            t_s = index / rate
            rows: list[tuple[float, ...]] = []
            nearer: list[tuple[float, ...]] = []
            for walker in near_first:
                middle = float(walker.at(np.array([t_s]))[0])
                if np.isnan(middle) or not -walker.width < 2 * middle < 2 + walker.width:
                    continue
                box = _box(walker, middle)
                hidden = max((_hidden(box, other) for other in nearer), default=0.0)
                nearer.append(box)
                rows += _seen(chance, box, (box[2] - box[0]) / walker.width, hidden)
            rows += _clutter(chance)
            table = np.array(rows, np.float32).reshape(-1, 5)
            yield t_s, table[:, :4], table[:, 4]

    def _invite(self, start_s: float) -> float:
        """Add a person who hides nobody for long; return when they have gone."""
        for _ in range(_TRIES):
            walker = self._draw(start_s)
            way = walker.at(self._grid)
            if all(
                _longest(_is_hidden(walker, way, other, other_way)) <= _LONGEST_HIDDEN_S
                for other, other_way in zip(self._walkers, self._ways, strict=True)
            ):
                self._walkers.append(walker)
                self._ways.append(way)
                return walker.times_s[-1]
        return start_s

    def _draw(self, start_s: float) -> _Walker:
        chance = self._chance
        height = float(chance.uniform(_SHORTEST, _TALLEST))
        width = height * _WIDTH / _ASPECT
        speed = float(chance.uniform(*self._speeds)) * width
        places, pauses = [-width], [0.0]
        kind = chance.random()
        turns = kind < 0.15
        if turns or kind < 0.3:
            places.append(float(chance.uniform(0.3, 0.7) if turns else chance.uniform(0.2, 0.8)))
            pauses.append(float(chance.uniform(0.2, 2) if turns else chance.uniform(1, 6)))
        places.append(-width if turns else 1 + width)
        pauses.append(0.0)
        if chance.random() < 0.5:
            places = [1 - place for place in places]
        times, corners = [start_s], [places[0]]
        for place, pause_s in zip(places[1:], pauses[1:], strict=True):
            for after_s in (abs(place - corners[-1]) / speed, pause_s):
                if after_s:
                    times.append(times[-1] + after_s)
                    corners.append(place)
        return _Walker(height, tuple(times), tuple(corners))


def _box(walker: _Walker, middle: float) -> tuple[float, ...]:
    """Return x1 y1 x2 y2, cut at the picture's sides; the near ones stand lower."""
    foot = 0.6 + 0.7 * walker.height
    half = walker.width / 2
    return max(0.0, middle - half), foot - walker.height, min(1.0, middle + half), foot


def _hidden(box: tuple[float, ...], nearer: tuple[float, ...]) -> float:
    """Return how much of a box a nearer one hides, 0 to 1."""
    width = min(box[2], nearer[2]) - max(box[0], nearer[0])
    height = min(box[3], nearer[3]) - max(box[1], nearer[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0.0, width) * max(0.0, height) / area


def _is_hidden(
    walker: _Walker, way: Track, other: _Walker, other_way: Track
) -> npt.NDArray[np.bool_]:
    """Tell for each moment of the grid whether one of two people is hidden by the other."""
    narrow = min(walker.width, other.width)
    shared = (walker.width + other.width) / 2 - np.abs(way - other_way)
    # Not all of the height is shared, so this is on the safe side.
    return shared / narrow > _HIDDEN


def _longest(is_hidden: npt.NDArray[np.bool_]) -> float:
    """Return the longest stretch of True, seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_hidden.view(np.int8), [0]])))
    return float((edges[1::2] - edges[::2]).max(initial=0)) * _STEP_S


def _seen(
    chance: np.random.Generator, box: tuple[float, ...], in_view: float, hidden: float
) -> list[tuple[float, ...]]:
    """Return what a detector makes of one person: no, one, or several boxes with scores."""
    if in_view < 0.35 or hidden > _HIDDEN or chance.random() < _MISSED + 0.3 * hidden:
        return []
    left, top, right, bottom = box
    size = np.array([right - left, bottom - top] * 2)
    edges = np.clip(np.array(box) + chance.normal(0, _JITTER, 4) * size, 0, 1)
    score = chance.normal(0.75 - 0.4 * hidden - 0.4 * (1 - in_view), 0.12)
    rows = [(*edges, float(np.clip(score, 0.12, 0.95)))]
    if chance.random() < _PARTS:
        lower = top + (bottom - top) * float(chance.uniform(0.25, 0.6))
        rows.append((left, top, right, lower, float(chance.uniform(0.1, 0.3))))
    return rows


def _clutter(chance: np.random.Generator) -> list[tuple[float, ...]]:
    """Return boxes where nobody is."""
    rows: list[tuple[float, ...]] = [(*spot, float(chance.normal(0.17, 0.02))) for spot in _SPOTS]
    if chance.random() < _FALSE:
        x, y = chance.uniform(0, 0.95), chance.uniform(0, 0.8)
        rows.append((x, y, x + 0.05, y + 0.2, float(chance.uniform(0.15, 0.5))))
    return rows
