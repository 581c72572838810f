"""Repairs the file of a history that cannot be opened; nobody can be signed in then."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from camwatch.commands.trail import DONE, SYSTEM, Trail
from camwatch.data import restoring
from camwatch.data.backups import Backups
from camwatch.data.salvage import salvage
from camwatch.data.soundness import find_damage, newest_entry, set_aside
from camwatch.domain import utc_now
from camwatch.history.repair import Damage, FileFault, RepairOffer, Salvage

log = logging.getLogger(__name__)


class RepairDesk:
    """What can be done about a damaged history; each method blocks.

    Whoever can start CamWatch may do it: the file cannot be opened, so nobody can prove who
    they are. Nothing is deleted by it, and `note` puts it into the audit log afterwards.

    Args:
        file: Of the history; nobody has it open.
        backups: Its copies.
        clock: Tells the present moment.
    """

    def __init__(
        self, file: Path, backups: Backups, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.file = file
        self._backups = backups
        self._clock = clock
        self._deed: tuple[str, dict[str, str]] | None = None

    def offer(self, detail: str) -> RepairOffer:
        """Find out what is wrong and what can be put in its place.

        Args:
            detail: What opening the file said.

        Raises:
            GivenUp: Never.
            StorageError: The disk cannot be read.
        """
        damage = find_damage(self.file, has_copies=bool(self._backups.list()), is_whole=True)
        if damage is None:  # opening it found more than a look at it does
            damage = Damage(FileFault.DAMAGED, self.file, detail, newest_entry(self.file))
        copy = self._backups.newest_sound()
        return RepairOffer(damage, copy, None if copy is None else newest_entry(copy.file))

    def restore(self, copy: Path) -> Path:
        """Put a copy in the place of the history, which is set aside.

        Returns:
            What the damaged file is called now.

        Raises:
            NotFound: It is no copy of this history.
            StorageError: The history is where it was.
        """
        found = self._backups.find(copy)
        aside = restoring.restore(found.file, self.file, self._clock())
        self._done("restore_history", copy=copy.name, set_aside=aside.name)
        return aside

    def salvage(
        self,
        progress: Callable[[str], None] = lambda _table: None,
        is_given_up: Callable[[], bool] = lambda: False,
    ) -> Salvage:
        """Put what can be read in the place of the history, which is set aside.

        Raises:
            GivenUp: As asked for; the history is where it was.
            StorageError: Likewise.
        """
        with restoring.aside(self.file) as unfinished:
            tables = salvage(self.file, unfinished, progress=progress, is_given_up=is_given_up)
            moved = restoring.replace(unfinished, self.file, self._clock())
        saved = Salvage(moved, tables)
        self._done("salvage_history", rows=str(saved.rows), set_aside=moved.name)
        return saved

    def begin_anew(self) -> Path:
        """Set the history aside, so that opening makes a new one.

        Returns:
            What the damaged file is called now.

        Raises:
            StorageError: It is where it was.
        """
        moved = restoring.begin_anew(self.file, self._clock())
        self._done("begin_history_anew", set_aside=moved.name)
        return moved

    def leave_log(self) -> Path:
        """Set aside only the log that does not belong to the history.

        Raises:
            StorageError: It is where it was.
        """
        moved = set_aside(self.file, self._clock(), only_log=True)
        self._done("leave_history_log", set_aside=moved.name)
        return moved

    def note(self, trail: Trail) -> None:
        """Put into the audit log what was done, once the history is open."""
        if self._deed is not None:
            action, details = self._deed
            self._deed = None
            trail.try_to_record(SYSTEM, action, self.file.name, DONE, **details)

    def _done(self, action: str, **details: str) -> None:
        log.info("%s: %s %s", action, self.file, details)
        self._deed = (action, details)
