"""Reports of a day, a week or a month: what is in them, and when they are sent by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch.domain import Bucket, BucketSize, CameraId, FlowBucket, SiteId
from camwatch.history.asking import WeekMap
from camwatch.history.corrections import Correction


class ReportSpan(StrEnum):
    """How long a time a report is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is about.

    Attributes:
        first: A day in it: a week is from its Monday, a month from its first.
        site_id: Which site; None for all that the operator sees.
        camera_ids: Only these cameras; empty for all of the site.
        zone: Whose clocks.
    """

    span: ReportSpan
    first: date
    site_id: SiteId | None
    camera_ids: tuple[CameraId, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One camera, or one line or gate, in a report.

    Attributes:
        name: As shown.
        mean: Mean occupancy; None if it is not known, or it is a line.
        peak: Most people at once; None likewise.
        peak_at: When, UTC; the start of its bucket.
        inwards: Who passed inwards; None if it is not known, or it is no line.
        outwards: Likewise.
        coverage: Measured time divided by all the time, 0 to 1.
        accuracy: How right the camera is, in words, such as "MAE 0.4, audited 2 Mar".
    """

    name: str
    mean: float | None
    peak: int | None
    peak_at: datetime | None
    inwards: int | None
    outwards: int | None
    coverage: float
    accuracy: str


@dataclass(frozen=True, slots=True)
class ReportAlert:
    """One alert in a report."""

    at: datetime
    number: int
    severity: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report shows.

    Attributes:
        title: Such as "Store North, week of 2 March 2026".
        start: UTC.
        end: UTC; exclusive.
        size: Of the buckets.
        occupancy: All cameras added up.
        before: The same of the span before it, to compare.
        flow: All lines and gates added up; empty without any.
        week: The hours of the week; None for a day.
        cameras: By name.
        lines: By camera and name.
        alerts: The newest, at most 200.
        alerts_left_out: How many more there were.
        corrections: Those that hold and touch the span.
        corrected: What each of them is about, by name.
    """

    title: str
    request: ReportRequest
    start: datetime
    end: datetime
    made_at: datetime
    made_by: str
    size: BucketSize
    occupancy: tuple[Bucket, ...]
    before: tuple[Bucket, ...]
    flow: tuple[FlowBucket, ...]
    week: WeekMap | None
    cameras: tuple[ReportLine, ...]
    lines: tuple[ReportLine, ...]
    alerts: tuple[ReportAlert, ...]
    alerts_left_out: int
    corrections: tuple[Correction, ...]
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """A report that is sent by itself.

    Attributes:
        uid: "" for a new one.
        hour: At this hour of the first day after the span, by the clocks of the site.
        site_id: None for all sites.
        channel_uid: The e-mail channel that sends it.
        recipients: E-mail addresses.
        version: Rises with each change.
    """

    uid: str
    name: str
    span: ReportSpan
    hour: int
    site_id: SiteId | None
    channel_uid: str
    recipients: tuple[str, ...]
    is_enabled: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class ReportPlanStatus:
    """A plan and how it went.

    Attributes:
        sent_until: End of the last span that was sent, UTC; None if none was.
        last_answer: What came of the last try, in words.
    """

    plan: ReportPlan
    sent_until: datetime | None
    last_answer: str
