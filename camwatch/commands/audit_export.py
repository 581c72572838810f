"""Writes entries of the audit log as a CSV file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from camwatch.auth.accounts import AuditQuery
from camwatch.data.audit import AuditReader
from camwatch.domain import AuditEntry
from camwatch.files import writing_aside

COLUMNS = ("entry", "time_utc", "who", "what", "which", "result", "computer", "details")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PAGE = 1000


def write_entries(reader: AuditReader, query: AuditQuery, last: int, file: Path) -> int:
    """Write the entries that fit, oldest first, page by page; return how many.

    Args:
        reader: The log.
        query: Which ones.
        last: No entry after this one.
        file: Where to; replaced if it is there, all or nothing, readable by its owner only.

    Raises:
        OSError: It cannot be written; what was there before still is.
        StorageError: The log cannot be read; likewise.
    """
    count, after = 0, 0
    with writing_aside(file) as stream:
        # Without the mark, spreadsheet programs take UTF-8 for the computer's old encoding.
        stream.write("\ufeff".encode())
        stream.write(_lines([COLUMNS]))
        while entries := reader.find(query, _PAGE, after=after):
            entries = [entry for entry in entries if entry.seq <= last]
            if not entries:
                break
            stream.write(_lines([_cells(entry) for entry in entries]))
            count += len(entries)
            after = entries[-1].seq
    return count


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    # A lone half of a character pair, as a tampered entry may hold, is no UTF-8.
    return text.getvalue().encode("utf-8", "backslashreplace")


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    cells = (
        str(entry.seq),
        entry.at.isoformat(timespec="milliseconds"),
        entry.actor,
        entry.action,
        entry.target,
        entry.result,
        entry.computer,
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True),
    )
    return tuple(_harmless(cell) for cell in cells)


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
