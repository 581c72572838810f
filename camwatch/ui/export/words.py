"""The words of the export dialog."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.commands.export_desk import megabytes
from camwatch.domain import BucketSize
from camwatch.history.exports import ExportContent, ExportKind, ExportPreview
from camwatch.language import table, tr

CONTENTS: Mapping[ExportContent, tuple[str, str]] = table(
    lambda: {
        ExportContent.COUNTS: (
            tr("People in view"),
            tr("Mean, peak, coverage and quality of each step."),
        ),
        ExportContent.PASSAGES: (
            tr("Who passed"),
            tr("In and out of each line and gate, step by step."),
        ),
        ExportContent.ZONES: (tr("People in zones"), tr("Mean, peak and coverage of each zone.")),
        ExportContent.SAMPLES: (
            tr("Single measurements"),
            tr("Each count of each picture that is still kept."),
        ),
        ExportContent.STATES: (
            tr("How cameras were"),
            tr("Each change of a camera's state, with why."),
        ),
    }
)

KINDS: Mapping[ExportKind, tuple[str, str]] = table(
    lambda: {
        ExportKind.CSV: ("CSV", tr("Opens everywhere; comma, point, UTF-8.")),
        ExportKind.XLSX: (tr("Excel workbook"), tr("Up to four million rows.")),
        ExportKind.PARQUET: (tr("Parquet"), tr("Small and typed, for programs that analyse data.")),
    }
)

STEPS: Mapping[BucketSize, str] = table(
    lambda: {
        BucketSize.MINUTE: tr("1 minute"),
        BucketSize.FIVE_MINUTES: tr("5 minutes"),
        BucketSize.QUARTER: tr("15 minutes"),
        BucketSize.HOUR: tr("1 hour"),
        BucketSize.DAY: tr("1 day"),
        BucketSize.WEEK: tr("1 week"),
        BucketSize.MONTH: tr("1 month"),
    }
)

FILTERS: Mapping[ExportKind, str] = table(
    lambda: {
        ExportKind.CSV: tr("CSV files (*.csv)"),
        ExportKind.XLSX: tr("Excel workbooks (*.xlsx)"),
        ExportKind.PARQUET: tr("Parquet files (*.parquet)"),
    }
)

HAS_STEPS = frozenset({ExportContent.COUNTS, ExportContent.PASSAGES, ExportContent.ZONES})


def estimate(preview: ExportPreview) -> str:
    """Say how much an export would write."""
    if not preview.rows:
        return tr("There is nothing in this time: the file would have only its header.")
    rows = _rows(preview.rows)
    return tr("About {rows}, {megabytes}.", rows=rows, megabytes=megabytes(preview.file_bytes))


def written(rows: int, size: int) -> str:
    """Say what was written."""
    return f"{_rows(rows)}, {megabytes(size)}."


def _rows(count: int) -> str:
    return tr("1 row") if count == 1 else tr("{rows:,} rows", rows=count)
