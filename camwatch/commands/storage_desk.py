"""Knows how the history is doing and how long it is kept; the work behind the storage commands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.keeping_rules import (
    check_retention,
    differs_much,
    history_values,
    retention_of,
    server_of,
    server_values,
)
from camwatch.commands.settings_file import write_values
from camwatch.commands.storage_words import warnings_of
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.config import AlertPolicy, History
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.errors import (
    CamWatchError,
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
)
from camwatch.history.housework import HouseBook
from camwatch.history.keeping import (
    BackupInfo,
    DatabaseServer,
    Retention,
    RetentionPreview,
    RowClass,
    StorageStatus,
)
from camwatch.language import marked, tr

log = logging.getLogger(__name__)

_STOCK_HOLDS = timedelta(minutes=5)
_ON_A_SERVER = marked(
    "is kept on a database server, which makes its own copies; ask whoever runs that server"
)


@dataclass(frozen=True, slots=True)
class StorageOptions:
    """How the history is kept in this run.

    Attributes:
        history: The settings.
        backup_folder: For daily copies; None for a folder beside the history.
    """

    history: History = field(default_factory=History)
    backup_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """How saving goes.

    Attributes:
        waiting_rows: Not stored yet.
        spooled_rows: Of those, in a file beside the history.
        saved_at: When something was stored last, UTC; None if nothing was in this run.
    """

    waiting_rows: int = 0
    spooled_rows: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stock:
    """What there is of each class, as it was counted last."""

    at: datetime
    rows: dict[RowClass, tuple[int, datetime]]


class StorageDesk:
    """For the commands and for the housekeeper; for any thread.

    Attributes:
        recording: Tells how saving goes.
        hurry: Lets the housekeeper do at once what another retention asks for.
        book: How the housekeeper's chores went.
        backups: The copies; None where a server keeps the history.
    """

    def __init__(  # noqa: PLR0917 - all that keeping the history stands on
        self,
        database: Database,
        evidence: EvidenceStore,
        options: StorageOptions,
        policy: AlertPolicy,
        settings_file: Path | None,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self.recording: Callable[[], Recording] = Recording
        self.hurry: Callable[[], None] = lambda: None
        self.book = HouseBook()
        self._database = database
        self._evidence = evidence
        self._history = options.history
        self._settings_file = settings_file
        self._trail = trail
        self._clock = clock
        self._retention = retention_of(options.history, policy)
        self._lock = threading.Lock()
        self._stock: _Stock | None = None
        self._checked: tuple[datetime, str] | None = None
        self.backups: Backups | None = None
        if not database.is_on_server:
            folder = options.backup_folder or database.file.parent / "backups"
            self.backups = Backups(database.file, folder, clock)

    # ---------------------------------------------------------------- how it is doing

    def status(self) -> StorageStatus:
        """See `StorageCommands.storage_status`."""
        facts = self._database.room.facts()
        stock = self._counted()
        recording = self.recording()
        copies = self._copies()
        checked_at, verdict = self._checked or (None, "")
        now = self._clock()
        return StorageStatus(
            engine=facts.engine,
            version=facts.version,
            place=self._database.place,
            warnings=warnings_of(facts, copies, self._history, self.book.results(), verdict, now),
            file_bytes=facts.file_bytes,
            free_bytes=facts.free_bytes,
            rows=tuple((kind, rows) for kind, (rows, _) in stock.items()),
            oldest=tuple((kind, oldest) for kind, (_, oldest) in stock.items()),
            waiting_rows=recording.waiting_rows,
            spooled_rows=recording.spooled_rows,
            saved_at=recording.saved_at,
            checked_at=checked_at,
            verdict=verdict,
            backups=copies,
            retention=self._retention,
            server=server_of(self._history),
            workstations=tuple(self._database.workstations.all()),
            rebuild_s=0.0 if facts.can_shrink else facts.rebuild_s,
        )

    def _counted(self) -> dict[RowClass, tuple[int, datetime]]:
        """Return what there is, counted a few minutes ago at most: it takes a while."""
        now = self._clock()
        with self._lock:
            if self._stock is None or not timedelta() <= now - self._stock.at < _STOCK_HOLDS:
                rows = self._database.retention.stock()
                pictures, oldest = self._database.evidence.stock()
                if oldest is not None:
                    rows[RowClass.PICTURES] = (pictures, oldest)
                self._stock = _Stock(now, rows)
            return self._stock.rows

    def _copies(self) -> tuple[BackupInfo, ...]:
        return () if self.backups is None else tuple(self.backups.list())

    # ---------------------------------------------------------------- how long it is kept

    @property
    def retention(self) -> Retention:
        """How long what is kept now."""
        return self._retention

    def preview(self, retention: Retention) -> RetentionPreview:
        """See `StorageCommands.preview_retention`."""
        check_retention(retention)
        now = self._clock()
        rows, room = self._database.retention.outdated(retention, now)
        pictures, size = self._evidence.outdated(retention.picture_days, now)
        if pictures:
            rows[RowClass.PICTURES] = pictures
        return RetentionPreview(tuple(rows.items()), room + size)

    def set_retention(
        self, actor: str, retention: Retention, seen: RetentionPreview | None
    ) -> None:
        """See `StorageCommands.set_retention`."""
        check_retention(retention)
        if seen is not None and differs_much(seen, self.preview(retention)):
            raise ChangedMeanwhile(tr("What would be deleted"))
        before = history_values(self._retention) | {"picture_days": self._retention.picture_days}
        after = history_values(retention) | {"picture_days": retention.picture_days}
        changed = {
            name: f"{before[name]} -> {value}"
            for name, value in after.items()
            if before[name] != value
        }
        self._trail.record(actor, "set_retention", "", DONE, **changed)
        try:
            self._write(retention)
        except InvalidSettings:
            self._trail.try_to_record(actor, "set_retention", "", FAILED)
            raise
        self._retention = retention
        self._history = self._history.model_copy(update=history_values(retention))
        self._evidence.keep_for(retention.picture_days)
        self.hurry()

    def _write(self, retention: Retention) -> None:
        if self._settings_file is None:
            return
        write_values(self._settings_file, "history", history_values(retention))
        if retention.picture_days != self._retention.picture_days:
            values = {"picture_days": retention.picture_days}
            write_values(self._settings_file, "alerts", values)

    def note_server(self, server: DatabaseServer | None) -> None:
        """Show from now on which server the settings name for the next start."""
        self._history = self._history.model_copy(update=server_values(server))

    def sweep(self, given_up: Callable[[], bool]) -> Generator[float]:
        """Delete what is too old, a step at a time; yields how long nobody else could write."""
        del given_up
        deleted = held_back = 0
        for step in self._database.retention.sweep(self._retention, self._clock()):
            deleted += step.rows
            held_back += step.held_back
            yield step.held_s
        if deleted:
            self._forget_stock()
            log.info("%d rows that were too old are deleted", deleted)
        if held_back:
            log.info("%d old samples stay: what they add up to is not there", held_back)

    def _forget_stock(self) -> None:
        with self._lock:
            self._stock = None

    # ---------------------------------------------------------------- copies and faults

    def back_up(self, actor: str) -> BackupInfo:
        """See `StorageCommands.back_up`."""
        copies = self._own_copies()
        self._trail.record(actor, "back_up", self._database.place, DONE)
        try:
            made = copies.make()
        except CamWatchError as error:
            self._trail.try_to_record(
                actor, "back_up", self._database.place, FAILED, why=error.type
            )
            raise
        return made

    def delete_backup(self, actor: str, file: Path) -> None:
        """See `StorageCommands.delete_backup`."""
        copies = self._own_copies()
        copies.find(file)
        self._trail.record(actor, "delete_backup", file.name, DONE)
        try:
            copies.delete(file)
        except CamWatchError as error:
            self._trail.try_to_record(actor, "delete_backup", file.name, FAILED, why=error.type)
            raise

    def check(self, actor: str) -> str:
        """See `StorageCommands.check_history`."""
        verdict = self._database.check()
        self.note_check(verdict)
        result = DONE if verdict == "ok" else FAILED
        self._trail.record(actor, "check_history", "", result, found=verdict[:500])
        return verdict

    def note_check(self, verdict: str) -> None:
        """Note that the history was looked through, whoever did it."""
        self._checked = (self._clock(), verdict)

    @property
    def checked(self) -> tuple[datetime, str] | None:
        """When the history was looked through last, UTC, and what was found; None if it was not."""
        return self._checked

    def rebuild(self, actor: str) -> None:
        """See `StorageCommands.rebuild_history`."""
        facts = self._database.room.facts()
        if facts.can_shrink:
            return
        if not self._database.room.can_rebuild():
            raise InvalidSetting(
                "history",
                tr("needs about twice its own size of free room on its disk to be written anew"),
            )
        self._trail.record(actor, "rebuild_history", self._database.place, DONE)
        self._database.room.rebuild()

    def _own_copies(self) -> Backups:
        if self.backups is None:
            raise InvalidSetting("history", tr(_ON_A_SERVER))
        return self.backups
