"""What can be wrong with the file of a history, and what was saved of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from camwatch.history.keeping import BackupInfo


class FileFault(StrEnum):
    """What is wrong with the file of a history."""

    MISSING = "missing"
    """It is gone, and copies of it, or its log, are there."""

    EMPTY = "empty"
    """It has no byte, and copies of it, or its log, are there."""

    NO_DATABASE = "no_database"
    """What is in it was never written by SQLite."""

    DAMAGED = "damaged"
    """It is a history with faults inside."""

    LOG = "log"
    """The file is sound, but not with the log that stands beside it."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was found wrong with a history.

    Attributes:
        detail: What SQLite says of it, for support.
        newest_entry: The newest measurement that can still be read, UTC; None if none can.
    """

    fault: FileFault
    file: Path
    detail: str
    newest_entry: datetime | None = None

    @property
    def can_be_salvaged(self) -> bool:
        """True if there is something to read row by row."""
        return self.fault is FileFault.DAMAGED


@dataclass(frozen=True, slots=True)
class RepairOffer:
    """What can be done about a damaged history.

    Attributes:
        copy: The newest copy without a fault; None if there is none.
        newest_in_copy: Its newest measurement, UTC; None if it has none.
    """

    damage: Damage
    copy: BackupInfo | None
    newest_in_copy: datetime | None = None


@dataclass(frozen=True, slots=True)
class SalvagedTable:
    """What was read of one table.

    Attributes:
        name: Of the table.
        rows: So many were saved.
        gaps: At so many places rows could not be read; nobody knows how many there were.
        unusable: So many were read but made no sense, or belonged to something that is lost.
    """

    name: str
    rows: int
    gaps: int
    unusable: int

    @property
    def is_whole(self) -> bool:
        """True if nothing is known to be lost."""
        return not self.gaps and not self.unusable


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved of a damaged history.

    Attributes:
        set_aside: The damaged file, as it was.
        tables: By name; those that were empty are not there.
    """

    set_aside: Path
    tables: tuple[SalvagedTable, ...]

    @property
    def rows(self) -> int:
        """How many rows were saved."""
        return sum(one.rows for one in self.tables)
