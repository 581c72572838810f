"""Compares what the program counted with what an operator counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import numpy as np

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Crowding,
    Estimate,
    GroupResult,
    Interval,
    Light,
    PassageMatch,
    RecordedPicture,
    Recording,
    ScoredPicture,
    TruePassage,
    Truth,
)
from camwatch.detect.confidence import (
    FEWEST,
    INDEPENDENT,
    Sampling,
    Values,
    mean,
    row_of,
    share,
    signed_mean,
)
from camwatch.detect.matching import Pair, pair_up
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene import Direction

TOLERANCE_S = 2.0
"""So far apart two times may be and mean the same passage: a hand on a key is late."""

MOST_INTERVALS = 60
LENGTHS_S = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
"""An interval is as long as the first of these that makes `MOST_INTERVALS` or fewer."""

_MOST_SCORED = 600

_Key = TypeVar("_Key", Light, Crowding)


@dataclass(frozen=True, slots=True)
class Audit:
    """Who made an audit, and when.

    Attributes:
        uid: UUID text for the report.
        made_at: UTC.
        made_by: Name of the operator.
        comment: What they wrote.
    """

    uid: str
    made_at: datetime
    made_by: str
    comment: str = ""


def interval_length_s(duration_s: float) -> float:
    """Return how long the intervals of a recording are, seconds."""
    for length_s in LENGTHS_S:
        if duration_s <= length_s * MOST_INTERVALS:
            return length_s
    longest_s = LENGTHS_S[-1]
    return longest_s * math.ceil(duration_s / longest_s / MOST_INTERVALS)


def compare(
    recording: Recording,
    truth: Truth,
    audit: Audit,
    *,
    tolerance_s: float = TOLERANCE_S,
    interval_s: float | None = None,
) -> AuditReport:
    """Compare a recording with its truth.

    Passages are compared by intervals that are independent of each other, people in view by
    intervals of a row, in which neighbours may err alike (see `detect.confidence`).

    Args:
        recording: What the program counted. Its pictures tell the light, so there must be
            some, also for passages.
        truth: Of the same kind.
        audit: Who counted.
        tolerance_s: So far apart two times may be and mean the same passage.
        interval_s: Length of an interval; None chooses by the duration.

    Raises:
        InvalidSetting: They do not fit together, or there is nothing to compare.
    """
    if truth.kind is not recording.kind:
        raise InvalidSetting("kind", tr("of the truth is {value}", value=truth.kind.value))
    if not recording.pictures:
        raise InvalidSetting("pictures", tr("are missing from the recording"))
    duration_s = min(recording.duration_s, truth.until_s or math.inf)
    grid = _Grid(duration_s, interval_s or interval_length_s(duration_s))
    scored: list[ScoredPicture] = []
    passages = None
    if recording.kind is AuditKind.PICTURES:
        intervals, scored = _pictures(recording, truth)
    elif recording.kind is AuditKind.OCCUPANCY:
        intervals, scored = _occupancy(recording, truth, grid)
    else:
        counted = [
            TruePassage(recording.time_s(one.at), one.direction) for one in recording.passages
        ]
        pairs = [
            pair
            for pair in pair_up(truth.passages, counted, tolerance_s)
            if pair.one.t_s <= duration_s
        ]
        intervals = _passages(recording, pairs, grid)
        passages = _match(pairs, grid, tolerance_s)
    if not intervals:
        raise InvalidSetting("truth", tr("is about no part of the recording"))
    is_row = recording.kind is AuditKind.OCCUPANCY
    return AuditReport(
        uid=audit.uid,
        recording_uid=recording.uid,
        camera_id=recording.camera_id,
        camera_name=recording.camera_name,
        kind=recording.kind,
        place=recording.place,
        started_at=recording.started_at,
        duration_s=duration_s,
        interval_s=0.0 if recording.kind is AuditKind.PICTURES else grid.length_s,
        made_at=audit.made_at,
        made_by=audit.made_by,
        comment=audit.comment,
        setup=recording.setup,
        overall=_result(intervals, is_row=is_row),
        by_light=_grouped(intervals, Light, lambda one: one.light, is_row=is_row),
        by_crowding=_grouped(intervals, Crowding, lambda one: one.crowding, is_row=is_row),
        intervals=tuple(intervals),
        passages=passages,
        scored=tuple(_thinned(scored)),
    )


def summed_up(intervals: Sequence[Interval], kind: AuditKind) -> GroupResult:
    """Return the errors of intervals, of one audit or of several of a kind.

    Raises:
        ValueError: There are none.
    """
    if not intervals:
        raise ValueError("no intervals")
    return _result(intervals, is_row=kind is AuditKind.OCCUPANCY)


def worsening(before: Sequence[Interval], after: Sequence[Interval], kind: AuditKind) -> Estimate:
    """Return by how much the error of an interval grew, on average; below 0 it shrank.

    Args:
        before: At least `FEWEST`.
        after: The same intervals, counted otherwise.
        kind: Of both.

    Raises:
        InvalidSetting: They are not the same intervals, or had another truth.
    """
    if [(one.start_s, one.truth) for one in before] != [(one.start_s, one.truth) for one in after]:
        raise InvalidSetting("intervals", tr("are not those of the same recording and truth"))
    truth = np.array([one.truth for one in after])
    change = np.array([new.absolute - old.absolute for old, new in zip(before, after, strict=True)])
    return signed_mean(change, row_of(truth) if kind is AuditKind.OCCUPANCY else INDEPENDENT)


class _Grid:
    """A stretch of time cut into intervals; what is left over belongs to the last one."""

    def __init__(self, duration_s: float, length_s: float) -> None:
        self.length_s = length_s
        self.count = max(1, int(duration_s / length_s + 1e-9))
        self._duration_s = duration_s

    def index(self, t_s: float) -> int:
        """Return in which interval a time is."""
        return min(int(t_s / self.length_s), self.count - 1)

    def span_s(self, index: int) -> tuple[float, float]:
        """Return begin and end of an interval, seconds."""
        is_last = index == self.count - 1
        return index * self.length_s, self._duration_s if is_last else (index + 1) * self.length_s

    def numbers(self, times_s: Iterable[float]) -> Values:
        """Return how many of these times are in each interval."""
        counts = np.zeros(self.count)
        for t_s in times_s:
            counts[self.index(t_s)] += 1
        return counts


def _pictures(recording: Recording, truth: Truth) -> tuple[list[Interval], list[ScoredPicture]]:
    """Compare single pictures: each is an interval by itself."""
    intervals, scored = [], []
    for one in truth.pictures:
        if one.index >= len(recording.pictures):
            raise InvalidSetting(
                "pictures", tr("are fewer than the truth says: no {index}", index=one.index)
            )
        picture = recording.pictures[one.index]
        t_s = recording.time_s(picture.at)
        intervals.append(_interval((t_s, t_s), one.people, picture.raw, picture.light))
        scored.append(ScoredPicture(t_s, one.people, picture.scores))
    return intervals, scored


def _occupancy(
    recording: Recording, truth: Truth, grid: _Grid
) -> tuple[list[Interval], list[ScoredPicture]]:
    """Compare means over intervals; one without a picture is unknown, and left out."""
    people: dict[int, list[int]] = {}
    shown: dict[int, list[int]] = {}
    lights: dict[int, list[Light]] = {}
    scored = []
    for picture in recording.pictures:
        t_s = recording.time_s(picture.at)
        if truth.until_s is not None and t_s > truth.until_s:
            break
        real, index = truth.people_at(t_s), grid.index(t_s)
        people.setdefault(index, []).append(real)
        shown.setdefault(index, []).append(picture.shown)
        lights.setdefault(index, []).append(picture.light)
        scored.append(ScoredPicture(t_s, real, picture.scores))
    intervals = [
        _interval(
            grid.span_s(index),
            float(np.mean(people[index])),
            float(np.mean(shown[index])),
            _most_frequent(lights[index]),
        )
        for index in people
    ]
    return intervals, scored


def _passages(recording: Recording, pairs: Sequence[Pair], grid: _Grid) -> list[Interval]:
    truths, counts, errors = np.zeros((3, grid.count))
    for way in Direction:
        real = grid.numbers(one.one.t_s for one in pairs if one.real and one.real.direction is way)
        counted = grid.numbers(
            one.one.t_s for one in pairs if one.counted and one.counted.direction is way
        )
        truths += real
        counts += counted
        errors += np.abs(counted - real)
    lights = _lights(recording, grid)
    return [
        _interval(
            grid.span_s(index),
            float(truths[index]),
            float(counts[index]),
            lights[index],
            float(errors[index]),
        )
        for index in range(grid.count)
    ]


def _lights(recording: Recording, grid: _Grid) -> list[Light]:
    """Return the light of each interval; of the nearest picture where it has none."""
    inside: dict[int, list[Light]] = {}
    for picture in recording.pictures:
        inside.setdefault(grid.index(recording.time_s(picture.at)), []).append(picture.light)

    def nearest(index: int) -> RecordedPicture:
        begin_s, end_s = grid.span_s(index)
        middle_s = (begin_s + end_s) / 2
        return min(recording.pictures, key=lambda one: abs(recording.time_s(one.at) - middle_s))

    return [
        _most_frequent(inside[index]) if index in inside else nearest(index).light
        for index in range(grid.count)
    ]


def _match(pairs: Sequence[Pair], grid: _Grid, tolerance_s: float) -> PassageMatch:
    missed = [one.real for one in pairs if one.real and not one.counted]
    false = [one.counted for one in pairs if one.counted and not one.real]

    def both(way: Direction) -> tuple[int, int]:
        real = sum(one.real is not None and one.real.direction is way for one in pairs)
        counted = sum(one.counted is not None and one.counted.direction is way for one in pairs)
        return real, counted

    def rest(wrong: Sequence[TruePassage], of: Iterable[float]) -> Estimate | None:
        return _rest(grid.numbers(one.t_s for one in wrong), grid.numbers(of), INDEPENDENT)

    return PassageMatch(
        tolerance_s=tolerance_s,
        matched=len(pairs) - len(missed) - len(false),
        missed=tuple(missed),
        false=tuple(false),
        recall=rest(missed, (one.one.t_s for one in pairs if one.real)),
        precision=rest(false, (one.one.t_s for one in pairs if one.counted)),
        inwards=both(Direction.IN),
        outwards=both(Direction.OUT),
    )


def _interval(
    span_s: tuple[float, float],
    truth: float,
    counted: float,
    light: Light,
    absolute: float | None = None,
) -> Interval:
    if absolute is None:
        absolute = abs(counted - truth)
    crowding = Crowding.of(truth)
    return Interval(*span_s, float(truth), float(counted), float(absolute), light, crowding)


def _grouped(
    intervals: Sequence[Interval],
    kinds: type[_Key],
    key: Callable[[Interval], _Key],
    *,
    is_row: bool,
) -> tuple[GroupResult, ...]:
    groups = {kind: [one for one in intervals if key(one) is kind] for kind in kinds}
    return tuple(
        _result(group, is_row=is_row, only=kind) for kind, group in groups.items() if group
    )


def _result(
    intervals: Sequence[Interval], *, is_row: bool, only: Light | Crowding | None = None
) -> GroupResult:
    truth = np.array([one.truth for one in intervals])
    absolute = np.array([one.absolute for one in intervals])
    signed = np.array([one.signed for one in intervals])
    sampling = row_of(truth) if is_row else INDEPENDENT
    is_enough = len(intervals) >= FEWEST
    return GroupResult(
        light=only if isinstance(only, Light) else None,
        crowding=only if isinstance(only, Crowding) else None,
        intervals=len(intervals),
        truth=float(truth.sum()),
        counted=float(sum(one.counted for one in intervals)),
        signed=signed_mean(signed, sampling) if is_enough else None,
        absolute=mean(absolute, sampling) if is_enough else None,
        accuracy=_rest(absolute, truth, sampling),
    )


def _rest(wrong: Values, of: Values, sampling: Sampling) -> Estimate | None:
    """Return 1 - the share that is wrong, 0 to 1; None if there is nothing, or too little."""
    if len(of) < FEWEST or not of.any():
        return None
    found = share(wrong, of, sampling)
    return Estimate(max(1 - found.value, 0.0), max(1 - found.high, 0.0), max(1 - found.low, 0.0))


def _thinned(scored: Sequence[ScoredPicture]) -> list[ScoredPicture]:
    if len(scored) <= _MOST_SCORED:
        return list(scored)
    chosen = np.linspace(0, len(scored) - 1, _MOST_SCORED).round().astype(int)
    return [scored[index] for index in chosen]


_Value = TypeVar("_Value", bound=StrEnum)


def _most_frequent(values: Sequence[_Value]) -> _Value:
    return Counter(values).most_common(1)[0][0]
