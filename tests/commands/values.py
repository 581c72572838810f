"""What the tests of the commands are made of."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.cameras.discovery import Found
from camwatch.commands import Counting
from camwatch.commands.model_desk import desk_for
from camwatch.domain import CameraSettings
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.workers.audit_recordings import AuditRecordings
from tests.support.on_postgres import is_on_server, run_sql

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "brown kettle sings"


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


def settings(
    name: str = "Gate", username: str = "viewer", host: str = "10.0.0.7"
) -> CameraSettings:
    return CameraSettings(name=name, location="Ground floor", host=host, username=username)


def counting_in(folder: Path, bus: Bus) -> Counting:
    """Return what counts people in a profile where no camera has sent a picture yet."""
    profile = Profile(folder)
    recordings = AuditRecordings(profile.audits_folder, bus)
    return Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)


def sql(file: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement on the history from outside, as another program would."""
    return run_sql(file, statement, *values)


def forbid(file: Path, event: str, table: str) -> None:
    """Damage the history so that one kind of write fails, as a bad disk would.

    Args:
        file: The history.
        event: "INSERT" or "UPDATE".
        table: Where it fails from now on.
    """
    if is_on_server(file):
        run_sql(
            file,
            f"CREATE FUNCTION bad_{event}_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a bad page' USING ERRCODE = 'XX001'; END $$",
        )
        run_sql(
            file,
            f'CREATE TRIGGER bad_{event}_{table} BEFORE {event} ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION bad_{event}_{table}()",
        )
        return
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS unreadable (x)")
        connection.execute("PRAGMA writable_schema = ON")
        # The pages of an index are not those of a table: SQLite finds them malformed.
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
            "WHERE type = 'index' AND rootpage > 0 LIMIT 1) WHERE name = 'unreadable'"
        )
        connection.execute(
            f'CREATE TRIGGER bad_{event}_{table} BEFORE {event} ON "{table}" '
            "BEGIN SELECT x FROM unreadable; END"
        )


def heal(file: Path, event: str, table: str) -> None:
    """End `forbid`."""
    if is_on_server(file):
        run_sql(file, f"DROP FUNCTION bad_{event}_{table} CASCADE")
    else:
        run_sql(file, f"DROP TRIGGER bad_{event}_{table}")


def found_at(host: str, *ids: str) -> Found:
    """Return a camera that a search found."""
    found = settings(host=host, username="")
    return Found(
        found.origin, host, found.port, "", "", "", "", found.kind, found, ids=frozenset(ids)
    )
