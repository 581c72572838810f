"""What samples add up to in minutes, hours and days. Pure: from rows to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from camwatch.data.many import Row
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.domain import Sample

SAMPLE = (
    "camera_id",
    "ts",
    "count",
    "confidence",
    "processing_us",
    "interval_ms",
    "shown",
    "is_carried",
    "is_flagged",
)
"""Columns of table `sample`, in the order of its rows here."""

_SUMS = (
    "samples",
    "count_sum",
    "count_min",
    "count_max",
    "people_ms",
    "covered_ms",
    "confidence_sum",
    "carried_ms",
    "flagged_ms",
)
COUNTED_MINUTE = ("camera_id", "minute", *_SUMS)
COUNTED = ("camera_id", "start", *_SUMS)
"""Columns of the roll-ups of cameras, in the order of their rows here."""

Clocks = Mapping[int, ZoneInfo]
"""By whose clocks the hours and days of each camera or place are cut."""

Merge = Callable[[Row, Row], Row]
"""Adds up two rows of one key."""


def sample_row(sample: Sample) -> Row:
    """Return the row of table `sample`: milliseconds, microseconds, score per mille."""
    count, shown, interval_ms = sample.count, sample.shown, round(sample.interval_s * 1000)
    return (
        sample.camera_id,
        to_ms(sample.at),
        count,
        round(sample.confidence * 1000),
        round(sample.processing_s * 1_000_000),
        interval_ms or 1,  # never 0: the mean is weighted by it
        count if shown is None else shown,
        sample.is_carried,
        sample.is_flagged,
    )


def minute_rows(rows: Iterable[Row]) -> list[Row]:
    """Add up rows of table `sample` to rows of table `minute`, sorted by their key.

    A sample counts wholly for the minute in which its picture was taken.

    Args:
        rows: Sorted by camera and time.
    """
    found: list[Row] = []
    camera_id = minute = -1
    samples = count_sum = lowest = highest = people_ms = covered_ms = 0
    confidences = carried_ms = flagged_ms = 0
    for camera, ts, count, confidence, _, interval_ms, _, is_carried, is_flagged in rows:
        at = ts // MINUTE_MS
        if at != minute or camera != camera_id:
            if samples:
                found.append((
                    camera_id, minute, samples, count_sum, lowest, highest, people_ms,
                    covered_ms, confidences, carried_ms, flagged_ms,
                ))  # fmt: skip
            camera_id, minute = camera, at
            samples = count_sum = people_ms = covered_ms = 0
            confidences = carried_ms = flagged_ms = 0
            lowest = highest = count
        samples += 1
        count_sum += count
        if count < lowest:
            lowest = count
        elif count > highest:
            highest = count
        people_ms += count * interval_ms
        covered_ms += interval_ms
        confidences += confidence
        if is_carried:
            carried_ms += interval_ms
        if is_flagged:
            flagged_ms += interval_ms
    if samples:
        found.append((
            camera_id, minute, samples, count_sum, lowest, highest, people_ms,
            covered_ms, confidences, carried_ms, flagged_ms,
        ))  # fmt: skip
    return found


def coarser_rows(
    rows: Iterable[Row],
    clocks: Clocks,
    start_of: Callable[[int, ZoneInfo], int],
    merge: Merge,
) -> list[Row]:
    """Add up rows to longer stretches, sorted by their key.

    Args:
        rows: Each begins with a camera or place and the minute in which it begins.
        clocks: Those whose hours and days are not cut yet are left out.
        start_of: Returns where the longer stretch begins.
        merge: Adds them up.
    """
    sums: dict[tuple[int, int], Row] = {}
    for row in rows:
        zone = clocks.get(row[0])
        if zone is None:
            continue
        key = row[0], start_of(row[1], zone)
        known = sums.get(key)
        moved = (*key, *row[2:])
        sums[key] = moved if known is None else merge(known, moved)
    return [sums[key] for key in sorted(sums)]


def merge_counted(one: Row, other: Row) -> Row:
    """Add up two rows of one camera and stretch."""
    sums = (a + b for a, b in zip(one[6:], other[6:], strict=True))
    lowest, highest = min(one[4], other[4]), max(one[5], other[5])
    return (*one[:2], one[2] + other[2], one[3] + other[3], lowest, highest, *sums)
