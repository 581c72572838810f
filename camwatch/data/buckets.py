"""Adds up what cameras measured to the points of a chart. Pure.

Unknown is not zero: where nothing was measured there is no mean, and the coverage
tells how much of the time is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from camwatch.data.moments import from_ms
from camwatch.domain import Bucket


@dataclass(slots=True)
class Cell:
    """What one camera measured in one stretch of time.

    Attributes:
        index: Number of the stretch; stretches follow each other without a break.
        people_ms: Sum of count times the milliseconds it stands for.
        covered_ms: Time that was measured; may exceed the stretch.
        lowest: Lowest count.
        peak: Highest count.
        carried_ms: Of the measured time, that in which the view was still.
    """

    camera_id: int
    index: int
    samples: int
    people_ms: float
    covered_ms: int
    lowest: int
    peak: int
    carried_ms: int = 0

    @property
    def mean(self) -> float:
        """Mean count over the measured time."""
        return self.people_ms / self.covered_ms

    def with_more(self, other: Cell) -> Cell:
        """Return both together; they are of the same stretch."""
        return Cell(
            self.camera_id,
            self.index,
            self.samples + other.samples,
            self.people_ms + other.people_ms,
            self.covered_ms + other.covered_ms,
            min(self.lowest, other.lowest),
            max(self.peak, other.peak),
            self.carried_ms + other.carried_ms,
        )


@dataclass(frozen=True, slots=True)
class Life:
    """When a camera was there, UTC milliseconds; `removed_ms` is None while it still is."""

    created_ms: int
    removed_ms: int | None


def hold(cells: Iterable[Cell], stretch_ms: int, stop: int) -> Iterator[Cell]:
    """Let the samples of a slow camera stand for the stretches that follow, too.

    A camera that is asked every five minutes has a sample in one minute of five, and
    that sample stands for all five. A camera that is asked more often than once in a
    stretch is left as it is: what is empty there is a gap.

    Args:
        cells: Sorted by camera, then by index.
        stretch_ms: How long one stretch is.
        stop: Nothing is held from this number on.

    Yields:
        The cells, and between them those that are held, with 0 samples.
    """
    held: Cell | None = None
    for cell in cells:
        if held is not None:
            is_same = held.camera_id == cell.camera_id
            yield from _held(held, stretch_ms, min(cell.index, stop) if is_same else stop)
            held = None
        yield cell
        if cell.covered_ms > cell.samples * stretch_ms:
            held = cell
    if held is not None:
        yield from _held(held, stretch_ms, stop)


def _held(cell: Cell, stretch_ms: int, stop: int) -> Iterator[Cell]:
    rest_ms = cell.covered_ms - stretch_ms
    for index in range(cell.index + 1, stop):
        if rest_ms <= 0:
            return
        covered_ms = min(rest_ms, stretch_ms)
        people_ms = cell.mean * covered_ms
        carried_ms = round(cell.carried_ms / cell.covered_ms * covered_ms)
        yield Cell(
            cell.camera_id, index, 0, people_ms, covered_ms, cell.lowest, cell.peak, carried_ms
        )
        rest_ms -= covered_ms


@dataclass(frozen=True, slots=True)
class Added:
    """What several cameras measured in one stretch, added up.

    Attributes:
        index: Number of the stretch.
        people: Sum of the cameras' means.
        measured_ms: Sum of the measured times, none longer than the stretch is until now.
        covered_ms: Sum of the measured times as they are.
        lowest: Sum of the lowest counts.
        peak: Sum of the highest counts.
        strangers: How many of the cameras measured something before they were entered.
        people_ms: Sum of each camera's mean times its measured time.
        sparse: In how many of the cameras samples stand for more than the stretch.
    """

    index: int
    samples: int
    people: float
    people_ms: float
    measured_ms: int
    covered_ms: int
    carried_ms: int
    lowest: int
    peak: int
    strangers: int
    sparse: int


class Totals:
    """Adds up the cameras to one bucket for each stretch.

    The mean is the sum of the cameras' means. Coverage is over all cameras that were
    there in the bucket, and over its time so far. A camera that was polled more often
    than its interval says does not make up for the gap of another.

    Args:
        edges: Limits of the stretches, UTC milliseconds, one more than there are buckets.
        lives: When each camera was there.
        now_ms: The present, UTC milliseconds.
    """

    def __init__(self, edges: Sequence[int], lives: Mapping[int, Life], now_ms: int) -> None:
        self._edges = edges
        self._so_far = [so_far_ms(start, end, now_ms) for start, end in pairwise(edges)]
        self._there = {camera_id: stretches_of(life, edges) for camera_id, life in lives.items()}
        cameras = _how_many(self._there.values(), len(self._so_far))
        self._totals = [_Total(number) for number in cameras]

    def add_cells(self, cells: Iterable[Cell]) -> None:
        """Add cells of single cameras; index 0 begins at the first edge."""
        for cell in cells:
            total = self._totals[cell.index]
            total.people += cell.mean
            measured_ms = min(cell.covered_ms, self._so_far[cell.index])
            total.people_ms += cell.mean * measured_ms
            total.covered_ms += measured_ms
            total.counted_ms += cell.covered_ms
            total.carried_ms += cell.carried_ms
            total.samples += cell.samples
            total.lowest += cell.lowest
            total.peak += cell.peak
            total.is_measured = True
            if cell.index not in self._there[cell.camera_id]:
                # Measured before it was entered: the clock was wrong, or it was imported.
                total.cameras += 1

    def add(self, sums: Iterable[Added]) -> None:
        """Add what the database has added up already."""
        for one in sums:
            total = self._totals[one.index]
            total.people += one.people
            total.people_ms += one.people_ms
            total.covered_ms += one.measured_ms
            total.counted_ms += one.covered_ms
            total.carried_ms += one.carried_ms
            total.samples += one.samples
            total.lowest += one.lowest
            total.peak += one.peak
            total.is_measured = True
            total.cameras += one.strangers

    def buckets(self) -> list[Bucket]:
        """Return one bucket for each stretch."""
        return [
            total.bucket(start, end, possible_ms)
            for total, (start, end), possible_ms in zip(
                self._totals, pairwise(self._edges), self._so_far, strict=True
            )
        ]


def add_up(
    edges: Sequence[int], cells: Iterable[Cell], lives: Mapping[int, Life], now_ms: int
) -> list[Bucket]:
    """Add up cells to one bucket for each stretch; arguments as for `Totals`."""
    totals = Totals(edges, lives, now_ms)
    totals.add_cells(cells)
    return totals.buckets()


def so_far_ms(start: int, end: int, now_ms: int) -> int:
    """Return how much of the stretch has passed; all of it if the clock was put back."""
    return min(end, now_ms) - start if start < now_ms else end - start


def stretches_of(life: Life, edges: Sequence[int]) -> range:
    """Return the numbers of the stretches in some part of which the camera was there."""
    first = bisect_right(edges, life.created_ms) - 1
    stop = len(edges) if life.removed_ms is None else bisect_right(edges, life.removed_ms)
    return range(max(0, first), min(stop, len(edges) - 1))


def _how_many(there: Iterable[range], stretches: int) -> list[int]:
    """Return for each stretch how many cameras were there."""
    changes = [0] * (stretches + 1)
    for numbers in there:
        if numbers:
            changes[numbers.start] += 1
            changes[numbers.stop] -= 1
    return list(accumulate(changes[:-1]))


@dataclass(slots=True)
class _Total:
    """What all cameras that were there measured together in one stretch."""

    cameras: int
    people: float = 0.0
    people_ms: float = 0.0
    covered_ms: int = 0
    counted_ms: int = 0
    carried_ms: int = 0
    samples: int = 0
    lowest: int = 0
    peak: int = 0
    is_measured: bool = False

    def bucket(self, start: int, end: int, length_ms: int) -> Bucket:
        possible_ms = self.cameras * length_ms
        return Bucket(
            start=from_ms(start),
            seconds=(end - start) / 1000,
            mean=self.people if self.is_measured else None,
            peak=self.peak if self.is_measured else None,
            lowest=self.lowest if self.is_measured else None,
            samples=self.samples,
            coverage=min(1.0, self.covered_ms / possible_ms) if possible_ms else 0.0,
            still=self.carried_ms / self.counted_ms if self.counted_ms else 0.0,
            people_s=self.people_ms / 1000,
        )
