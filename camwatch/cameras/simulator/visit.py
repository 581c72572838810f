"""One person's way through a simulated picture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from camwatch.cameras.simulator.visitors import Look

LINE_X = 0.5
"""The line across the middle that people pass, in parts of the picture's width."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's way through the picture.

    Attributes:
        number: Counts the visits of a plan from 0.
        start_s: When it begins, in seconds of the loop.
        height: The person's height in parts of the picture's height.
        times_s: Moments of the way's corners since its start, rising.
        places: Where the person's middle is at these, in parts of the picture's width.
    """

    number: int
    start_s: float
    height: float
    look: Look
    times_s: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def duration_s(self) -> float:
        """How long the person is about."""
        return self.times_s[-1]

    def at(self, since_s: float) -> Position:
        """Return where the person is so many seconds after the visit's start."""
        leg = min(max(bisect_right(self.times_s, since_s) - 1, 0), len(self.times_s) - 2)
        begin, end = self.times_s[leg], self.times_s[leg + 1]
        share = min(max((since_s - begin) / (end - begin), 0.0), 1.0)
        before, after = self.places[leg], self.places[leg + 1]
        walked = sum(abs(b - a) for a, b in zip(self.places[:leg], self.places[1:], strict=False))
        heading = after - before
        if heading == 0.0:  # a person who stands looks where they came from going to
            heading = before - self.places[leg - 1] if leg else 1.0
        return Position(
            x=before + (after - before) * share,
            walked=walked + abs(after - before) * share,
            is_walking=after != before,
            faces_left=heading < 0,
        )

    def passages(self) -> Iterator[tuple[float, int]]:
        """Yield the moments since the start at which the line is passed: +1 to the right."""
        for index in range(len(self.places) - 1):
            before, after = self.places[index], self.places[index + 1]
            if (before < LINE_X) != (after < LINE_X):
                share = (LINE_X - before) / (after - before)
                begin, end = self.times_s[index], self.times_s[index + 1]
                yield begin + share * (end - begin), 1 if after > before else -1


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is at a moment.

    Attributes:
        x: Middle of the person, in parts of the picture's width.
        walked: Way walked since the start, same unit.
    """

    x: float
    walked: float
    is_walking: bool
    faces_left: bool
