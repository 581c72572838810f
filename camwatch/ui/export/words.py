"""The words of the export dialog."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from camwatch.commands.export_desk import megabytes
from camwatch.domain import BucketSize
from camwatch.history.exports import ExportContent, ExportKind, ExportPreview

CONTENTS: Mapping[ExportContent, tuple[str, str]] = MappingProxyType(
    {
        ExportContent.COUNTS: ("People in view", "Mean, peak, coverage and quality of each step."),
        ExportContent.PASSAGES: ("Who passed", "In and out of each line and gate, step by step."),
        ExportContent.ZONES: ("People in zones", "Mean, peak and coverage of each zone."),
        ExportContent.SAMPLES: (
            "Single measurements",
            "Each count of each picture that is still kept.",
        ),
        ExportContent.STATES: ("How cameras were", "Each change of a camera's state, with why."),
    }
)

KINDS: Mapping[ExportKind, tuple[str, str]] = MappingProxyType(
    {
        ExportKind.CSV: ("CSV", "Opens everywhere; comma, point, UTF-8."),
        ExportKind.XLSX: ("Excel workbook", "Up to four million rows."),
        ExportKind.PARQUET: ("Parquet", "Small and typed, for programs that analyse data."),
    }
)

STEPS: Mapping[BucketSize, str] = MappingProxyType(
    {
        BucketSize.MINUTE: "1 minute",
        BucketSize.FIVE_MINUTES: "5 minutes",
        BucketSize.QUARTER: "15 minutes",
        BucketSize.HOUR: "1 hour",
        BucketSize.DAY: "1 day",
        BucketSize.WEEK: "1 week",
        BucketSize.MONTH: "1 month",
    }
)

FILTERS: Mapping[ExportKind, str] = MappingProxyType(
    {
        ExportKind.CSV: "CSV files (*.csv)",
        ExportKind.XLSX: "Excel workbooks (*.xlsx)",
        ExportKind.PARQUET: "Parquet files (*.parquet)",
    }
)

HAS_STEPS = frozenset({ExportContent.COUNTS, ExportContent.PASSAGES, ExportContent.ZONES})


def estimate(preview: ExportPreview) -> str:
    """Say how much an export would write."""
    if not preview.rows:
        return "There is nothing in this time: the file would have only its header."
    rows = "1 row" if preview.rows == 1 else f"{preview.rows:,} rows"
    return f"About {rows}, {megabytes(preview.file_bytes)}."


def written(rows: int, size: int) -> str:
    """Say what was written."""
    return f"{'1 row' if rows == 1 else f'{rows:,} rows'}, {megabytes(size)}."
