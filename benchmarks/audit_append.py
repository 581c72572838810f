"""What an entry of the audit log costs: linked without a key, sealed with its head, and checked.

Run it from the project's folder: `PYTHONPATH=. .venv/bin/python benchmarks/audit_append.py`.
It writes into a temporary folder on the disk that --folder names, and prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from camwatch.auth.secrets import SecretStore
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_keeper import AuditKeeper, seal_log, verify_profile
from camwatch.data.engine import Database
from camwatch.domain import utc_now


class _Keyring:
    """Keeps entries in a dictionary, so that only our own work is measured."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        return self._entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry."""
        self._entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry."""
        del self._entries[service, username]


def _append(database: Database, count: int) -> dict[str, float]:
    taken = []
    for number in range(count):
        began = time.perf_counter()
        database.audit.append("ada", "edit_camera", f"Camera {number}", "done", {"fields": "name"})
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "median_ms": round(statistics.median(taken), 3),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 3),
    }


def _fill(database: Database, rows: int) -> None:
    from camwatch.data.audit import NewEntry  # noqa: PLC0415 - beside its only use

    for start in range(0, rows, 5000):
        database.audit.append_all(
            [
                NewEntry("ada", "edit_camera", f"Camera {number}", "done", {"fields": "name"})
                for number in range(start, min(start + 5000, rows))
            ]
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--rows", type=int, default=100_000, help="of the log that is checked")
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    chosen = parser.parse_args()
    result: dict[str, object] = {}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        folder = Path(place)
        with Database.open(folder / "plain.sqlite3") as database:
            result["linked_without_a_key"] = _append(database, chosen.entries)
        keyring = _Keyring()
        store = SecretStore(lambda: keyring)
        with Database.open(folder / "camwatch.sqlite3") as database:
            keeper = seal_log(database.audit, store, AccessOptions(folder), utc_now)
            if not isinstance(keeper, AuditKeeper):
                raise TypeError(keeper)
            result["sealed_with_head"] = _append(database, chosen.entries)
            _fill(database, chosen.rows)
            began = time.perf_counter()
            check = verify_profile(database.audit, store, folder, utc_now)
            taken_s = time.perf_counter() - began
            result["check"] = {
                "state": check.state.value,
                "rows": check.entries,
                "seconds": round(taken_s, 2),
                "rows_per_s": round(check.entries / taken_s),
            }
            keeper.close()
        store.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
