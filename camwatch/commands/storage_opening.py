"""Looks at the history's file before it is opened, and keeps what is needed to repair it."""

from __future__ import annotations

import logging
from pathlib import Path

from camwatch.commands.repair_desk import RepairDesk
from camwatch.commands.trail import Trail
from camwatch.config import History
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.data.faults import damaged
from camwatch.data.place import backup_folder, history_file
from camwatch.data.soundness import Unchecked, find_damage
from camwatch.errors import CamWatchError, DatabaseDamaged, StorageError
from camwatch.paths import Profile

log = logging.getLogger(__name__)

_LOOK_S = 0.4
"""The window waits for so long; a larger file is looked through while it is in use."""


class StorageOpening:
    """The file of a history around the moment in which it is opened; for one thread at a time.

    A history on a server has no file: then nothing here does anything.

    Attributes:
        desk: Repairs the file; None without one.
        must_be_checked: The file was too large to be looked through at once.
    """

    def __init__(self, profile: Profile, settings: History) -> None:
        self._file: Path | None = history_file(profile, settings)
        self._backups: Backups | None = None
        self.desk: RepairDesk | None = None
        self.must_be_checked = False
        if self._file is not None:
            self._backups = Backups(self._file, backup_folder(profile, settings))
            self.desk = RepairDesk(self._file, self._backups)

    def look(self) -> None:
        """Look for damage, for less than half a second; nothing is written. Before the file is opened.

        Raises:
            DatabaseDamaged: With what is wrong.
            StorageError: A folder cannot be read.
        """
        if self._file is None or self._backups is None:
            return
        self.must_be_checked = False
        try:
            damage = find_damage(
                self._file, has_copies=bool(self._backups.list()), within_s=_LOOK_S
            )
        except Unchecked:
            self.must_be_checked = True
            return
        if damage is not None:
            raise damaged(self._file, damage.detail)

    def can_repair(self, error: CamWatchError) -> bool:
        """Tell whether something can be done about what went wrong with opening."""
        if self.desk is None or not isinstance(error, DatabaseDamaged):
            return False
        return "another program" not in str(error)

    def opened(self, trail: Trail) -> None:
        """Note what was done before; it can be done now that there is an audit log."""
        if self.desk is not None:
            self.desk.note(trail)

    def verdict(self, database: Database) -> str:
        """Look through a file that is open and was too large; takes seconds to minutes.

        Returns:
            "ok", or what is wrong.
        """
        self.must_be_checked = False
        try:
            return database.check()
        except StorageError as error:
            log.info("the history cannot be looked through: %s", error)
            return "ok"  # the recorder tells of a disk that is away
