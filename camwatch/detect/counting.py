"""Counts the people in a row of pictures, and sums the counts up."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from camwatch.detect.detector import Detector
from camwatch.detect.flow import FlowCounter, sure_people
from camwatch.detect.modes import Pace
from camwatch.domain import Detections, Pixels
from camwatch.scene import Crossing, Direction, Gate, Line, PlaceKind


class Countable(Protocol):
    """A picture of a row."""

    @property
    def index(self) -> int:
        """Which one of the row it is, from 0."""

    @property
    def name(self) -> str | None:
        """What it is called; None if it has no name."""

    @property
    def t_s(self) -> float:
        """When it was taken, seconds from the start of the row."""

    @property
    def pixels(self) -> Pixels:
        """uint8, shape (height, width, 3), BGR."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureCount:
    """The people in one picture.

    Attributes:
        index: Which picture of the row it was, from 0.
        name: What it is called; None if it has no name.
        t_s: When it was taken, seconds from the start of the row.
        people: The people who were found, boxes in pixels of the picture.
        processing_s: Time the detector took, seconds.
        crossings: Those that became certain by this picture; each was at its own, earlier time.
    """

    index: int
    name: str | None
    t_s: float
    people: Detections
    processing_s: float
    crossings: Sequence[Crossing] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Several counts in short.

    Attributes:
        mean_count: Mean of the counts.
        max_count: Highest of them.
        median_s: Median of the time the detector took, seconds.
        p95_s: 95th percentile of that time, seconds.
    """

    mean_count: float
    max_count: int
    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often a line or a gate was passed.

    Attributes:
        name: Of the line or gate.
        kind: Which of the two it is.
        crossings: In order of time; None where numbers could not be right.
        note: Why not, as a sentence without its full stop; None if there are numbers.
    """

    name: str
    kind: PlaceKind
    crossings: Sequence[Crossing] | None
    note: str | None = None

    @property
    def inwards(self) -> int | None:
        """How many passed it inwards; None if that is not known."""
        return self._number(Direction.IN)

    @property
    def outwards(self) -> int | None:
        """How many passed it outwards; None if that is not known."""
        return self._number(Direction.OUT)

    def _number(self, direction: Direction) -> int | None:
        if self.crossings is None:
            return None
        return sum(crossing.direction is direction for crossing in self.crossings)


def count_source(
    detector: Detector,
    pictures: Iterable[Countable],
    threshold: float,
    flow: FlowCounter | None = None,
) -> Iterator[PictureCount]:
    """Count the people in each picture as it comes.

    Args:
        detector: Finds the people.
        pictures: In order; each is let go before the next is asked for.
        threshold: Lowest score of a box that is counted.
        flow: Counts lines and zones with the same threshold; its `finish` is left to the caller.

    Raises:
        ModelUnfit: The detector cannot be run.
    """
    for picture in pictures:
        started = time.perf_counter()
        people = detector.detect(picture.pixels, flow.lowest_score if flow else threshold)
        processing_s = time.perf_counter() - started
        crossings: Sequence[Crossing] = ()
        if flow:
            height, width = picture.pixels.shape[:2]
            crossings = flow.add(picture.t_s, people, (width, height)).crossings
            people = sure_people(people, threshold)
        yield PictureCount(
            picture.index, picture.name, picture.t_s, people, processing_s, crossings
        )


def count_lines(
    passages: Iterable[Line | Gate], crossings: Iterable[Crossing], pace: Pace
) -> list[LineCount]:
    """Sort crossings by line and gate; without numbers if at this pace they could not be right."""
    why = pace.advice
    in_time = sorted(crossings, key=lambda crossing: crossing.t_s)
    return [
        LineCount(
            name=one.name,
            kind=PlaceKind.GATE if isinstance(one, Gate) else PlaceKind.LINE,
            crossings=None if why else [each for each in in_time if each.line == one.name],
            note=why,
        )
        for one in passages
    ]


def summarise(counts: Sequence[PictureCount]) -> Summary:
    """Sum the counts up.

    Raises:
        ValueError: There are none: of nothing, the mean is unknown, not zero.
    """
    if not counts:
        raise ValueError("no counts")
    numbers = [one.people.count for one in counts]
    median_s, p95_s = np.percentile([one.processing_s for one in counts], [50, 95])
    return Summary(float(np.mean(numbers)), max(numbers), float(median_s), float(p95_s))
