"""What of the history is kept, where, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class RowClass(StrEnum):
    """What is kept for the same time."""

    SAMPLES = "samples"
    """Single measurements and passages."""

    MINUTES = "minutes"
    """Minutes of cameras, lines and zones."""

    HOURS = "hours"
    """Hours and days of cameras, lines and zones."""

    TRAILS = "trails"
    """Where people were."""

    PICTURES = "pictures"
    """Evidence of alerts."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each class is kept.

    Attributes:
        sample_days: Single measurements.
        minute_days: Minutes; never shorter than samples.
        hour_days: Hours and days; None for ever.
        trail_days: Where people were.
        picture_days: Evidence of alerts.
    """

    sample_days: int = 14
    minute_days: int = 396
    hour_days: int | None = None
    trail_days: int = 90
    picture_days: int = 7


@dataclass(frozen=True, slots=True)
class RetentionPreview:
    """What keeping to a retention would delete now.

    Attributes:
        rows: By class; classes of which nothing is deleted are not there.
        freed_bytes: About so much room becomes free, in the file or on the disk.
    """

    rows: tuple[tuple[RowClass, int], ...]
    freed_bytes: int


class Tls(StrEnum):
    """How the connection to a database server is protected."""

    VERIFY = "verify"
    """Encrypted; certificate and host name are checked."""

    ENCRYPT = "encrypt"
    """Encrypted; whoever answers is believed."""

    OFF = "off"
    """Not encrypted."""


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """A PostgreSQL server that holds the history; its password is in the keyring.

    Attributes:
        host: Name or address.
        port: 1 to 65535.
        database: Its name there.
        user: Who signs in.
        ca_file: Certificates to trust, PEM; "" for those of this computer.
    """

    host: str
    port: int = 5432
    database: str = "camwatch"
    user: str = "camwatch"
    tls: Tls = Tls.VERIFY
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """A copy of the history on a disk."""

    file: Path
    made_at: datetime
    file_bytes: int
    schema: str
    is_sound: bool


@dataclass(frozen=True, slots=True)
class WorkstationInfo:
    """A computer that shares the history."""

    number: int
    name: str
    version: str
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class StorageStatus:
    """How the history is doing.

    Attributes:
        engine: "SQLite" or "PostgreSQL".
        version: Of the engine.
        place: The file, or the server and database, without a password.
        warnings: What is to be known of it, in words; such as a known fault of the engine's
            version.
        file_bytes: How large it is.
        free_bytes: Room on its disk; None if that cannot be known.
        rows: By class, roughly.
        oldest: The oldest moment of each class, UTC.
        waiting_rows: Not stored yet.
        spooled_rows: Of those, on the disk beside the history.
        saved_at: When something was stored last, UTC; None if nothing was in this run.
        checked_at: When the file was looked through last, UTC.
        verdict: What was found: "ok", or what is wrong.
        backups: Newest first.
        retention: How long what is kept.
        server: The server that the settings name; None for the file.
        workstations: All that share it; empty for a file.
        rebuild_s: The file cannot become smaller by itself, as one of an older CamWatch; writing
            it anew, so that it can, takes about so long. 0 if there is no need.
    """

    engine: str
    version: str
    place: str
    warnings: tuple[str, ...]
    file_bytes: int
    free_bytes: int | None
    rows: tuple[tuple[RowClass, int], ...]
    oldest: tuple[tuple[RowClass, datetime], ...]
    waiting_rows: int
    spooled_rows: int
    saved_at: datetime | None
    checked_at: datetime | None
    verdict: str
    backups: tuple[BackupInfo, ...]
    retention: Retention
    server: DatabaseServer | None
    workstations: tuple[WorkstationInfo, ...] = ()
    rebuild_s: float = 0.0
