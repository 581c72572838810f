"""Writes entries of the audit log as a CSV file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from camwatch.accuracy.keeping import disk_errors
from camwatch.auth.accounts import AuditQuery
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.audit import AuditReader
from camwatch.domain import AuditEntry
from camwatch.errors import StorageError
from camwatch.files import writing_aside

ACTION = "export_audit"
COLUMNS = ("entry", "time_utc", "who", "what", "which", "result", "computer", "details")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PAGE = 1000


def export_entries(
    audit: AuditReader, trail: Trail, actor: str, query: AuditQuery, file: Path
) -> int:
    """Write the entries that fit, oldest first, and that this was done; return how many.

    Entries that are added meanwhile are left out, also the one about this.

    Args:
        audit: The log.
        trail: Writes the log.
        actor: Who wants them.
        query: Which ones.
        file: Where to; replaced if it is there, all or nothing, readable by its owner only.

    Raises:
        FilesDiskFull: There is no room; the file is as before.
        FilesTroubled: It cannot be written; likewise.
        StorageError: The log cannot be read or written; likewise.
    """
    last = audit.newest_number()
    facts = {name: value for name, value in _facts(query).items() if value}
    trail.record(actor, ACTION, file.name, DONE, **facts)
    try:
        with disk_errors(file):
            return _write(audit, query, last, file)
    except StorageError:
        trail.try_to_record(actor, ACTION, file.name, FAILED)
        raise


def _facts(query: AuditQuery) -> dict[str, str]:
    """Return what was asked for, as it stands in the log."""
    return {
        "text": query.text,
        "actor_wanted": query.actor,
        "action_wanted": query.action,
        "result_wanted": query.result,
        "start": "" if query.start is None else query.start.isoformat(),
        "end": "" if query.end is None else query.end.isoformat(),
    }


def _write(reader: AuditReader, query: AuditQuery, last: int, file: Path) -> int:
    """Write the entries that fit up to the last one, page by page; return how many."""
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
