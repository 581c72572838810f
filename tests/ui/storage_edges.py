"""A history that answers the screens about storage, and does what it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from camwatch.auth.session import Session
from camwatch.commands.station_commands import SiteStation
from camwatch.domain import Secret, SiteId
from camwatch.errors import CamWatchError, StorageError
from camwatch.history.keeping import (
    BackupInfo,
    DatabaseServer,
    Retention,
    RetentionPreview,
    RowClass,
    StorageStatus,
    WorkstationInfo,
)
from camwatch.history.moments import PictureKeeping, PictureStock
from tests.commands.values import NOON

FOLDER = Path("/srv/camwatch/backups")
DAY = timedelta(days=1)


def copy_of(age_days: int, *, is_sound: bool = True) -> BackupInfo:
    made_at = NOON - age_days * DAY
    name = f"camwatch-{made_at:%Y%m%dT%H%M%SZ}-schema-0007.sqlite3"
    return BackupInfo(FOLDER / name, made_at, 700 * 2**20, "0007", is_sound)


STATUS = StorageStatus(
    engine="SQLite",
    version="3.40.1",
    place="/home/operator/.local/share/CamWatch/camwatch.sqlite3",
    warnings=(),
    file_bytes=1_432_000_000,
    free_bytes=212 * 2**30,
    rows=(
        (RowClass.SAMPLES, 77_400_000),
        (RowClass.MINUTES, 36_500_000),
        (RowClass.HOURS, 1_180_000),
        (RowClass.TRAILS, 98_432),
        (RowClass.PICTURES, 214),
    ),
    oldest=(
        (RowClass.SAMPLES, NOON - 14 * DAY),
        (RowClass.MINUTES, NOON - 396 * DAY),
        (RowClass.HOURS, NOON - 800 * DAY),
        (RowClass.TRAILS, NOON - 90 * DAY),
        (RowClass.PICTURES, NOON - 6 * DAY),
    ),
    waiting_rows=0,
    spooled_rows=0,
    saved_at=NOON,
    checked_at=NOON - timedelta(hours=9),
    verdict="ok",
    backups=(copy_of(0), copy_of(1), copy_of(2)),
    retention=Retention(),
    server=None,
)

STATIONS = (
    WorkstationInfo(1, "guard-desk", "1.0.0", NOON, is_this=True),
    WorkstationInfo(2, "back-office", "1.0.0", NOON - timedelta(minutes=1), is_this=False),
)


class StorageDeskOfTests:
    """Keeps what it is told; raises what a test wants."""

    def __init__(self, status: StorageStatus = STATUS) -> None:
        self.status = status
        self.preview = RetentionPreview(((RowClass.SAMPLES, 38_700_000),), 1_020 * 2**20)
        self.pictures = PictureStock(PictureKeeping(), 1200, 1200 * 18_000, NOON, 8)
        self.going = (0, 0)
        self.error: CamWatchError | None = None
        self.is_away = False
        self.asked: list[tuple[object, ...]] = []

    def _note(self, *what: object) -> None:
        self.asked.append(what)
        if self.error is not None and what[0] != "status":
            raise self.error

    def storage_status(self, session: Session) -> StorageStatus:
        del session
        self._note("status")
        if self.is_away:
            raise StorageError("The disk is gone.")
        return self.status

    def picture_stock(self, session: Session) -> PictureStock:
        del session
        self._note("picture stock")
        return self.pictures

    def preview_picture_keeping(self, session: Session, keeping: PictureKeeping) -> tuple[int, int]:
        del session
        self._note("preview pictures", keeping)
        return self.going

    def set_picture_keeping(self, session: Session, keeping: PictureKeeping) -> None:
        del session
        self._note("set pictures", keeping)
        self.pictures = replace(self.pictures, keeping=keeping)

    def preview_retention(self, session: Session, retention: Retention) -> RetentionPreview:
        del session
        self._note("preview", retention)
        return self.preview

    def set_retention(
        self, session: Session, retention: Retention, seen: RetentionPreview | None = None
    ) -> None:
        del session
        self._note("set", retention, seen)
        self.status = replace(self.status, retention=retention)

    def workstations(self, session: Session) -> list[WorkstationInfo]:
        del session
        return list(self.status.workstations)

    def site_stations(self, session: Session) -> list[SiteStation]:
        del session
        return []

    def assign_site(self, session: Session, site_id: SiteId, number: int) -> None:
        del session
        self._note("assign", site_id, number)

    def back_up(self, session: Session) -> BackupInfo:
        del session
        self._note("copy")
        made = replace(copy_of(0), file=FOLDER / "newest.sqlite3")
        self.status = replace(self.status, backups=(made, *self.status.backups))
        return made

    def check_history(self, session: Session) -> str:
        del session
        self._note("check")
        return self.status.verdict

    def delete_backup(self, session: Session, file: Path) -> None:
        del session
        self._note("delete", file)
        left = tuple(one for one in self.status.backups if one.file != file)
        self.status = replace(self.status, backups=left)

    def rebuild_history(self, session: Session) -> None:
        del session
        self._note("rebuild")
        self.status = replace(self.status, rebuild_s=0.0)

    def try_database_server(
        self, session: Session, server: DatabaseServer, password: Secret | None
    ) -> str:
        del session
        self._note("try", server, password)
        return "PostgreSQL 15.14 answers. The database camwatch is empty."

    def set_database_server(
        self, session: Session, server: DatabaseServer | None, password: Secret | None
    ) -> None:
        del session
        self._note("use", server, password)
        self.status = replace(self.status, server=server)
