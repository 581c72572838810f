"""Reports of all kinds, made of values alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.domain import Bucket, BucketSize, CameraId, FlowBucket, PlaceId
from camwatch.history.asking import WeekMap
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.history.reports import Report, ReportAlert, ReportLine, ReportRequest, ReportSpan
from camwatch.history.spans import (
    FLOW_SIZE,
    OCCUPANCY_SIZE,
    first_day,
    first_day_before,
    limits,
    span_words,
)

BERLIN = ZoneInfo("Europe/Berlin")
_SECONDS = {BucketSize.QUARTER: 900, BucketSize.HOUR: 3600, BucketSize.DAY: 86_400}


def report(
    span: ReportSpan,
    day: date,
    names: Sequence[str] = ("Entrance",),
    *,
    gaps: Sequence[int] = (),
    made_at: datetime | None = None,
    site: str = "Store North",
    extras: int = 0,
) -> Report:
    """Make a report.

    Args:
        span: How long.
        day: In it.
        names: Of the cameras; each has a line "Door".
        gaps: Numbers of the buckets in which nothing was measured.
        made_at: None for the moment after the span.
        site: Whose it is.
        extras: So many alerts and corrections.
    """
    first = first_day(span, day)
    start, end = limits(span, first, BERLIN)
    now = made_at or end + timedelta(hours=6)
    occupancy = _people(span, start, end, gaps, now)
    before = _people(span, *limits(span, first_day_before(span, first), BERLIN), (), now)
    return Report(
        title=f"{site}, {span_words(span, first)}",
        request=ReportRequest(span, first, None, (), BERLIN),
        start=start,
        end=end,
        made_at=now,
        made_by="anna",
        size=OCCUPANCY_SIZE[span],
        occupancy=occupancy if names else (),
        before=before if names else (),
        flow=_flow(span, start, end, now) if names else (),
        week=None if span is ReportSpan.DAY or not names else week_of(occupancy, BERLIN, now),
        cameras=tuple(_camera(name, index, start) for index, name in enumerate(names)),
        lines=tuple(
            ReportLine(f"{name}: Door", None, None, None, 1214 + i, 1187 + i, 0.93, "")
            for i, name in enumerate(names)
        ),
        alerts=tuple(
            ReportAlert(
                start + timedelta(hours=3 * i), 214 - i, "warning", f"Crowd: {site} {i}", "closed"
            )
            for i in range(extras)
        ),
        alerts_left_out=17 if extras else 0,
        corrections=tuple(_correction(i, start) for i in range(extras)),
        corrected=tuple(f"{names[0]}: Door" for _ in range(extras)),
    )


def nothing_measured(one: Report) -> Report:
    """Return the same report of cameras that gave no picture in all the time."""
    return replace(
        one,
        occupancy=tuple(_unknown(bucket) for bucket in one.occupancy),
        before=tuple(_unknown(bucket) for bucket in one.before),
        flow=tuple(replace(x, inwards=None, outwards=None, coverage=0.0) for x in one.flow),
        week=one.week
        and week_of([_unknown(bucket) for bucket in one.occupancy], BERLIN, one.made_at),
        cameras=tuple(
            replace(x, mean=None, peak=None, peak_at=None, coverage=0.0) for x in one.cameras
        ),
        lines=tuple(replace(x, inwards=None, outwards=None, coverage=0.0) for x in one.lines),
    )


def _unknown(bucket: Bucket) -> Bucket:
    return replace(bucket, mean=None, peak=None, lowest=None, samples=0, coverage=0.0)


def _people(
    span: ReportSpan, start: datetime, end: datetime, gaps: Sequence[int], now: datetime
) -> tuple[Bucket, ...]:
    length = _SECONDS[OCCUPANCY_SIZE[span]]
    found: list[Bucket] = []
    at = start
    while at < end:
        index = len(found)
        hour = at.astimezone(BERLIN).hour
        mean = max(0.0, 24 * math.sin((hour - 7) / 14 * math.pi)) + index % 5 * 0.4
        bucket = Bucket(at, length, mean, round(mean) + 3, 0, 3600, 1.0 if index % 7 else 0.8)
        found.append(_unknown(bucket) if index in gaps or at >= now else bucket)
        at += timedelta(seconds=length)
    return tuple(found)


def _flow(
    span: ReportSpan, start: datetime, end: datetime, now: datetime
) -> tuple[FlowBucket, ...]:
    length = _SECONDS[FLOW_SIZE[span]]
    found: list[FlowBucket] = []
    at = start
    while at < end:
        index = len(found)
        is_known = index != 2 and at < now
        number = 40 + index * 13 % 90
        found.append(
            FlowBucket(
                at,
                length,
                number if is_known else None,
                number - 4 if is_known else None,
                0.95 if is_known else 0.0,
            )
        )
        at += timedelta(seconds=length)
    return tuple(found)


def _camera(name: str, index: int, start: datetime) -> ReportLine:
    if index % 11 == 5:
        return ReportLine(name, None, None, None, None, None, 0.0, "not audited")
    return ReportLine(
        name,
        3.4 + index,
        11 + index,
        start + timedelta(hours=15),
        None,
        None,
        0.98 - index % 9 * 0.05,
        "96 % of people in view, audited 12 Nov 2025" if index % 2 else "not audited",
    )


def _correction(index: int, start: datetime) -> Correction:
    draft = CorrectionDraft(
        CameraId(1),
        PlaceId(1),
        start + timedelta(hours=index),
        start + timedelta(hours=index + 2),
        CorrectionKind.PASSED if index % 2 else CorrectionKind.EXCLUDE,
        "A pallet stood before the camera, and the delivery went round the back.",
        inwards=12,
        outwards=-3,
    )
    return Correction(f"uid-{index}", draft, "ben", datetime(2026, 3, 9, tzinfo=UTC))


def week_of(hours: Sequence[Bucket], zone: ZoneInfo, now: datetime) -> WeekMap:
    """Return how many people there are at each hour of the week.

    Args:
        hours: Buckets of an hour of the zone.
        zone: Whose clocks.
        now: UTC; hours that are still to come take no part.
    """
    people, measured, passed = (np.zeros((7, 24)) for _ in range(3))
    weeks = np.zeros((7, 24), np.int64)
    for one in hours:
        so_far_s = min(one.seconds, max(0.0, (now - one.start).total_seconds()))
        if so_far_s <= 0:
            continue
        local = one.start.astimezone(zone)
        at = local.weekday(), local.hour
        weeks[at] += 1
        passed[at] += so_far_s
        if one.mean is not None:
            measured[at] += one.coverage * so_far_s
            people[at] += one.mean * one.coverage * so_far_s
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(measured > 0, people / measured, np.nan)
        coverage = np.where(passed > 0, np.minimum(1.0, measured / passed), 0.0)
    return WeekMap(mean, coverage, weeks)
