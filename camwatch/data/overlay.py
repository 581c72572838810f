"""Lays what people corrected over what was measured: buckets in, buckets out. Pure.

What was excluded is taken out of its buckets as if it had never been measured. People who passed
without being counted are spread evenly over the stretch in which they did, since nobody knows
when; those who were counted without passing are taken from where they were counted. Either way
a bucket gets what falls to it between two running totals, so that the same correction adds up to
the same number in buckets of any length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from camwatch.data.moments import MINUTE_MS
from camwatch.domain import Bucket, FlowBucket

Stretch = tuple[int, int]
"""First minute since 1970 UTC, and the minute after the last one."""

_LEAST_MS = 0.5
"""Less measured time than that is none: it is what rounding leaves."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one camera or zone in a bucket, without what was excluded.

    Attributes:
        people_ms: Sum of count times the milliseconds it stands for.
        covered_ms: Time that was measured.
        lowest: Lowest count.
        peak: Highest count.
        carried_ms: Of the measured time, that in which the view was still.
    """

    samples: int
    people_ms: float
    covered_ms: float
    lowest: int
    peak: int
    carried_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class LeftFlow:
    """What is left of one line or gate in a bucket; `valid_ms` is the time it was watched."""

    inwards: int
    outwards: int
    valid_ms: int


@dataclass(frozen=True, slots=True)
class Passed:
    """So many people passed in a stretch, beside those who were counted.

    Attributes:
        inwards: Negative for fewer.
        outwards: Likewise.
        counted_in: What was counted inwards in the stretch: minute and number, ascending.
        counted_out: Likewise outwards.
    """

    stretch: Stretch
    inwards: int
    outwards: int
    counted_in: Sequence[tuple[int, int]] = field(default_factory=tuple)
    counted_out: Sequence[tuple[int, int]] = field(default_factory=tuple)


# ---------------------------------------------------------------- stretches


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same minutes as stretches that neither touch nor overlap, ascending."""
    found: list[Stretch] = []
    for first, stop in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        elif first < stop:
            found.append((first, stop))
    return found


def within(stretches: Iterable[Stretch], first: int, stop: int) -> list[Stretch]:
    """Return the parts of stretches between two minutes."""
    cut = ((max(first, one), min(stop, other)) for one, other in stretches)
    return [(one, other) for one, other in cut if one < other]


def without(stretches: Iterable[Stretch], first: int, stop: int) -> list[Stretch]:
    """Return what is left between two minutes beside stretches; see `union`."""
    found, at = [], first
    for one, other in within(stretches, first, stop):
        if at < one:
            found.append((at, one))
        at = other
    if at < stop:
        found.append((at, stop))
    return found


def touched(edges: Sequence[int], stretches: Iterable[Stretch]) -> list[int]:
    """Return the numbers of the buckets of which stretches take any part, ascending.

    Args:
        edges: Limits of the buckets, whole minutes since 1970 UTC.
        stretches: See `union`.
    """
    found: set[int] = set()
    for first, stop in within(stretches, edges[0], edges[-1]):
        found.update(range(bisect_right(edges, first) - 1, bisect_right(edges, stop - 1)))
    return sorted(found)


# ---------------------------------------------------------------- people in view


def alone(bucket: Bucket, left: Left | None, possible_ms: float) -> Bucket:
    """Return the bucket of a camera or zone by itself.

    Args:
        bucket: As measured.
        left: What was not excluded; None if all was.
        possible_ms: The bucket's time so far.
    """
    if left is None or left.covered_ms < _LEAST_MS:
        return replace(
            bucket,
            mean=None,
            peak=None,
            lowest=None,
            samples=0,
            coverage=0.0,
            still=0.0,
            is_corrected=True,
            people_s=0.0,
        )
    mean = left.people_ms / left.covered_ms
    return replace(
        bucket,
        mean=mean,
        peak=left.peak,
        lowest=left.lowest,
        samples=left.samples,
        coverage=min(1.0, left.covered_ms / possible_ms) if possible_ms > 0 else 0.0,
        still=min(1.0, left.carried_ms / left.covered_ms),
        is_corrected=True,
        people_s=mean * min(left.covered_ms, max(0.0, possible_ms)) / 1000,
    )


def in_sum(
    total: Bucket, changes: Sequence[tuple[Bucket, Bucket]], cameras: int, possible_ms: float
) -> Bucket:
    """Return the bucket of several cameras that are added up.

    Args:
        total: Of all, as measured.
        changes: Of each camera that was corrected: by itself as measured, and as corrected.
        cameras: How many were there.
        possible_ms: The time of one of them so far.
    """
    every_ms = max(1, cameras) * possible_ms
    before_ms = total.coverage * every_ms
    after_ms = before_ms
    still_ms = total.still * before_ms
    mean, peak, lowest = total.mean or 0.0, total.peak or 0, total.lowest or 0
    samples, people_s = total.samples, total.people_s or 0.0
    for old, new in changes:
        people_s += (new.people_s or 0.0) - (old.people_s or 0.0)
        after_ms += (new.coverage - old.coverage) * possible_ms
        still_ms += (new.still * new.coverage - old.still * old.coverage) * possible_ms
        mean += (new.mean or 0.0) - (old.mean or 0.0)
        peak += (new.peak or 0) - (old.peak or 0)
        lowest += (new.lowest or 0) - (old.lowest or 0)
        samples += new.samples - old.samples
    is_measured = total.mean is not None and (samples > 0 or after_ms >= _LEAST_MS)
    return replace(
        total,
        mean=max(0.0, mean) if is_measured else None,
        peak=max(0, peak) if is_measured else None,
        lowest=max(0, lowest) if is_measured else None,
        samples=max(0, samples) if is_measured else 0,
        coverage=min(1.0, max(0.0, after_ms / every_ms)) if is_measured and every_ms else 0.0,
        still=min(1.0, max(0.0, still_ms / after_ms)) if is_measured and after_ms > 0 else 0.0,
        is_corrected=True,
        people_s=max(0.0, people_s) if is_measured else 0.0,
    )


# ---------------------------------------------------------------- who passed


def flow(bucket: FlowBucket, left: LeftFlow, possible_ms: float) -> FlowBucket:
    """Return the bucket of a line or gate without what was excluded; see `alone`."""
    is_known = left.valid_ms > 0 or left.inwards or left.outwards
    return replace(
        bucket,
        inwards=left.inwards if is_known else None,
        outwards=left.outwards if is_known else None,
        coverage=min(1.0, left.valid_ms / possible_ms) if possible_ms > 0 else 0.0,
        is_corrected=True,
    )


def add_passed(
    buckets: Sequence[FlowBucket], edges: Sequence[int], passed: Sequence[Passed]
) -> list[FlowBucket]:
    """Add who passed, without being counted or without having passed.

    Coverage stays: it is the time that was measured. A bucket of which nothing was known and
    that gets somebody is known from then on, by the word of the author.

    Args:
        buckets: Without what was excluded.
        edges: Their limits, whole minutes since 1970 UTC.
        passed: The corrections.
    """
    more_in, more_out = [0] * len(buckets), [0] * len(buckets)
    marked: set[int] = set()
    for one in passed:
        marked.update(touched(edges, [one.stretch]))
        _add(more_in, shares(one.inwards, one.stretch, one.counted_in, edges))
        _add(more_out, shares(one.outwards, one.stretch, one.counted_out, edges))
    found = list(buckets)
    for index in marked:
        bucket = found[index]
        inwards, outwards = more_in[index], more_out[index]
        if bucket.inwards is not None or inwards or outwards:
            bucket = replace(
                bucket,
                inwards=max(0, (bucket.inwards or 0) + inwards),
                outwards=max(0, (bucket.outwards or 0) + outwards),
            )
        found[index] = replace(bucket, is_corrected=True)
    return found


def shares(
    amount: int, stretch: Stretch, counted: Sequence[tuple[int, int]], edges: Sequence[int]
) -> Mapping[int, int]:
    """Return what falls to each bucket of an amount of people; buckets that get none are left out.

    Args:
        amount: More people, spread evenly over the stretch; or fewer, if negative, taken from
            where they were counted, at most as many as there were.
        stretch: When.
        counted: Minute and number of people, ascending.
        edges: Limits of the buckets, whole minutes since 1970 UTC.
    """
    if not amount:
        return {}
    running = _even(amount, stretch) if amount > 0 else _counted(amount, counted)
    found = {}
    for index in touched(edges, [stretch]):
        share = running(edges[index + 1]) - running(edges[index])
        if share:
            found[index] = share
    return found


def _even(amount: int, stretch: Stretch) -> _Running:
    first, stop = stretch
    return _Running(amount, lambda at: min(max(at, first), stop) - first, stop - first)


def _counted(amount: int, counted: Sequence[tuple[int, int]]) -> _Running:
    minutes = [minute for minute, _ in counted]
    sums = [0, *accumulate(number for _, number in counted)]
    amount = -min(-amount, sums[-1])
    # A minute counts once it is over.
    return _Running(amount, lambda at: sums[bisect_right(minutes, at - 1)], sums[-1])


class _Running:
    """How many of an amount there are up to a moment."""

    def __init__(self, amount: int, weight: Callable[[int], int], whole: int) -> None:
        self._amount, self._weight, self._whole = amount, weight, whole

    def __call__(self, at: int) -> int:
        if not self._whole:
            return 0
        part = abs(self._amount) * self._weight(at) // self._whole
        return part if self._amount > 0 else -part


def _add(sums: list[int], shares_of: Mapping[int, int]) -> None:
    for index, share in shares_of.items():
        sums[index] += share


def edges_in_minutes(edges_ms: Sequence[int]) -> list[int]:
    """Return limits in whole minutes; a part of a minute belongs to the bucket before it."""
    return [-(-edge // MINUTE_MS) for edge in edges_ms]
