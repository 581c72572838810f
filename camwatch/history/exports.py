"""Files of the history for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch.domain import BucketSize, CameraId


class ExportKind(StrEnum):
    """Kind of file; the value is the ending of its name."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


class ExportContent(StrEnum):
    """What the rows are."""

    COUNTS = "counts"
    """People in view, by bucket."""

    PASSAGES = "passages"
    """In and out of lines and gates, by bucket."""

    ZONES = "zones"
    """People in zones, by bucket."""

    SAMPLES = "samples"
    """Each single measurement that is still stored."""

    STATES = "states"
    """How cameras were."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is exported.

    Attributes:
        camera_ids: Whose numbers; None for all that the operator sees.
        start: UTC.
        end: UTC; exclusive.
        size: Of the buckets; does not matter for samples and states.
        zone: Whose clocks cut hours and days, and are in the column of local time.
        with_corrections: Numbers as corrected by people; else as measured.
    """

    content: ExportContent
    kind: ExportKind
    camera_ids: tuple[CameraId, ...] | None
    start: datetime
    end: datetime
    size: BucketSize
    zone: ZoneInfo
    with_corrections: bool = True


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What an export would write.

    Attributes:
        rows: About so many.
        file_bytes: About so large.
        trouble: Why it cannot be written, in words; "" if it can.
    """

    rows: int
    file_bytes: int
    trouble: str = ""
