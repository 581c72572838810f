"""Run as a process of its own: kills itself in the middle of bringing a history up to date.

Usage: python -m tests.data.migration_child OLD_FILE FOLDER STRIDE

Each try is a fork that works on a copy of the old file and dies by SIGKILL at its n-th
statement; n grows by the stride until one gets through. Prints one JSON object a line: what
was found after the kill, and after the next start.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from camwatch.data.engine import Database
from camwatch.data.upgrade import bring_up_to_date

TABLES = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"


def facts(file: Path) -> dict[str, Any]:
    """Return which schema a file has and what is in it."""
    with closing(sqlite3.connect(file)) as connection:
        return {
            "version": connection.execute("SELECT version_num FROM alembic_version").fetchone()[0],
            "tables": dict(connection.execute(TABLES).fetchall()),
            "samples": connection.execute(
                "SELECT camera_id, ts, count FROM sample ORDER BY 1, 2"
            ).fetchall(),
            "check": connection.execute("PRAGMA integrity_check").fetchone()[0],
        }


def migrate_until(file: Path, number: int) -> None:
    """Bring a file up to date; die at this statement."""
    done = count(1)

    def look(*_: object) -> None:
        if next(done) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", look)
    event.listen(Engine, "commit", look)
    bring_up_to_date(file)


def main() -> None:
    old, folder, stride = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    file = folder / "camwatch.sqlite3"
    for number in count(1, stride):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(old, file)
        child = os.fork()
        if child == 0:
            migrate_until(file, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = facts(file)
        with Database.open(file) as database:
            verdict = database.check()
        started = {**facts(file), "check": verdict}
        left = sorted(each.name for each in folder.iterdir())
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        found = {"at": number, "killed": was_killed, "then": killed, "next": started, "left": left}
        print(json.dumps(found), flush=True)  # noqa: T201 - the parent reads it
        if not was_killed:
            return


if __name__ == "__main__":
    main()
