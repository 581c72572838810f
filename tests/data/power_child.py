"""Run as a process of its own: opens a history, and writes, confirming each batch in a ledger.

Usage: python -m tests.data.power_child FOLDER BATCHES PAGES
       Pages of the log after which it is put into the file; 0 leaves that to SQLite.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from camwatch.data.engine import Database
from tests.data.batches import batch
from tests.data.values import settings
from tests.support.power_cut import LEDGER

CAMERAS = 3


def main() -> None:
    folder, batches, pages = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    ledger = os.open(folder / LEDGER, os.O_WRONLY | os.O_CREAT)

    def confirm(what: str) -> None:
        os.write(ledger, f"{what}\n".encode())

    with Database.open(folder / "camwatch.sqlite3") as database:
        confirm("open")
        if pages:
            with database._connections.writing() as connection:
                connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {pages}")
        known = {camera.name for camera in database.cameras.all()}
        for number in range(CAMERAS):
            if f"camera {number}" not in known:
                database.cameras.add(settings(f"camera {number}"))
            confirm(f"camera {number}")
        cameras = [int(camera.id) for camera in database.cameras.all()]
        for number in range(batches):
            database.counts.save(batch(number, cameras), [])
            confirm(f"batch {number}")
            if number % 4 == 0:
                database.audit.append("emil", "history", f"chart {number}", "done", {})
                confirm(f"audit {number}")


if __name__ == "__main__":
    main()
