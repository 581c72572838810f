"""What the buckets of a report add up to, with how much of the time is known. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from camwatch.domain import Bucket, FlowBucket
from camwatch.history.reports import Report


@dataclass(frozen=True, slots=True)
class PeopleSum:
    """People in view over a stretch of time.

    Attributes:
        mean: Over the measured time; None if nothing was measured.
        peak: Most in any bucket; None likewise.
        peak_at: Start of that bucket, UTC; None likewise.
        coverage: Measured time divided by all the time so far, 0 to 1.
    """

    mean: float | None
    peak: int | None
    peak_at: datetime | None
    coverage: float


@dataclass(frozen=True, slots=True)
class FlowSum:
    """Who passed over a stretch of time; None if it is not known. `coverage` as for people."""

    inwards: int | None
    outwards: int | None
    coverage: float


def people_sum(buckets: Sequence[Bucket], now: datetime) -> PeopleSum:
    """Add up buckets.

    Args:
        buckets: Of one camera, or of several added up.
        now: UTC; what is still to come takes no part.
    """
    people = measured_s = passed_s = 0.0
    highest: Bucket | None = None
    for one in buckets:
        so_far_s = _so_far_s(one.start, one.seconds, now)
        passed_s += so_far_s
        if one.mean is None:
            continue
        measured_s += one.coverage * so_far_s
        people += one.mean * one.coverage * so_far_s
        if one.peak is not None and (highest is None or one.peak > (highest.peak or 0)):
            highest = one
    return PeopleSum(
        people / measured_s if measured_s else None,
        None if highest is None else highest.peak,
        None if highest is None else highest.start,
        min(1.0, measured_s / passed_s) if passed_s else 0.0,
    )


def compared(report: Report) -> tuple[PeopleSum, PeopleSum]:
    """Return the people of a report's time and of the one before, to be held against each other.

    Of a time that is not over, and of the one before, the steps count that are over: a morning
    is no day.
    """
    now, before = list(report.occupancy), list(report.before)
    if report.made_at < report.end:
        over = sum(one.start.timestamp() + one.seconds <= report.made_at.timestamp() for one in now)
        now, before = now[:over], before[:over]
    return people_sum(now, report.made_at), people_sum(before, report.made_at)


def flow_sum(buckets: Sequence[FlowBucket], now: datetime) -> FlowSum:
    """Add up who passed; see `people_sum`."""
    watched_s = passed_s = 0.0
    known = [one for one in buckets if one.inwards is not None]
    for one in buckets:
        so_far_s = _so_far_s(one.start, one.seconds, now)
        passed_s += so_far_s
        watched_s += one.coverage * so_far_s
    return FlowSum(
        sum(one.inwards or 0 for one in known) if known else None,
        sum(one.outwards or 0 for one in known) if known else None,
        min(1.0, watched_s / passed_s) if passed_s else 0.0,
    )


def flows_together(parts: Sequence[Sequence[FlowBucket]]) -> tuple[FlowBucket, ...]:
    """Add up several lines and gates, bucket by bucket; their coverage is the mean of all."""
    found = []
    for same in zip(*parts, strict=True):
        known = [one for one in same if one.inwards is not None]
        found.append(
            FlowBucket(
                start=same[0].start,
                seconds=same[0].seconds,
                inwards=sum(one.inwards or 0 for one in known) if known else None,
                outwards=sum(one.outwards or 0 for one in known) if known else None,
                coverage=sum(one.coverage for one in same) / len(same),
            )
        )
    return tuple(found)


def _so_far_s(start: datetime, seconds: float, now: datetime) -> float:
    return min(seconds, max(0.0, (now - start).total_seconds()))
