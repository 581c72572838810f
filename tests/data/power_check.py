"""Looks at a history after a power cut: whole, and with all that was confirmed before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from camwatch.data.engine import Database
from camwatch.data.moments import to_ms
from tests.data.batches import batch
from tests.data.power_child import CAMERAS
from tests.data.test_rollup import RECOMPUTED, STORED

HEAD = "0007"


def what_is_wrong(file: Path, confirmed: Iterable[bytes], *, by_program: bool = True) -> str:
    """Open a history and compare it with the ledger.

    Args:
        file: As the power cut left it.
        confirmed: The lines of the ledger.
        by_program: Let CamWatch open it first, which goes on with what was broken off; else
            SQLite alone, which takes a tenth of the time.

    Returns:
        "" if all is well, else what is not.
    """
    told = [line.decode().strip() for line in confirmed]
    try:
        if by_program:
            with Database.open(file) as database:
                verdict = database.check()
                if verdict != "ok":
                    return f"damaged: {verdict}"
        return _compared(file, told, is_new=not told and not by_program)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
        return f"cannot be opened: {type(error).__name__}: {error}"


def _compared(file: Path, told: Sequence[str], *, is_new: bool) -> str:
    with closing(sqlite3.connect(file)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            return f"damaged: {verdict}"
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if is_new and not tables:
            return ""  # it was just being made
        names = {name for (name,) in connection.execute("SELECT name FROM camera")}
        rows = set(connection.execute("SELECT camera_id, ts, count FROM sample"))
        audits = {target for (target,) in connection.execute("SELECT target FROM audit")}
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if version != HEAD:
            return "" if is_new else f"schema {version}"
        stored = connection.execute(STORED).fetchall()
        recomputed = connection.execute(RECOMPUTED).fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken or stored != recomputed:
        return f"not whole: {broken=}, roll-ups fit: {stored == recomputed}"
    return _missing(told, names, audits, rows)


def _missing(
    told: Sequence[str], names: set[str], audits: set[str], rows: set[tuple[int, int, int]]
) -> str:
    for line in told:
        kind, _, number = line.partition(" ")
        if kind == "camera" and line not in names:
            return f"{line} is gone"
        if kind == "audit" and f"chart {number}" not in audits:
            return f"{line} is gone"
        if kind == "batch" and not _of_batch(int(number)) <= rows:
            return f"{line} is gone"
    done = sum(line.startswith("batch") for line in told)
    # The next batch may be there, too, but never a part of it.
    following = _of_batch(done)
    if following & rows and not following <= rows:
        return f"half of batch {done}"
    return ""


def _of_batch(number: int) -> set[tuple[int, int, int]]:
    return {
        (one.camera_id, to_ms(one.at), one.count)
        for one in batch(number, list(range(1, CAMERAS + 1)))
    }
