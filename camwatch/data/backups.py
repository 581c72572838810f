"""The copies of a history: where they are, how they are named, and which can be trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.data.connections import open_raw
from camwatch.data.copying import Progress, check_copy, copy_database
from camwatch.data.faults import storage_errors
from camwatch.data.schema import APPLICATION_ID
from camwatch.domain import utc_now
from camwatch.errors import NotFound, StorageError
from camwatch.history.keeping import BackupInfo
from camwatch.language import tr

_TIME = "%Y%m%dT%H%M%SZ"
_PERIOD = timedelta(days=1)
_FIRST_PAGE = 100
_MAGIC = b"SQLite format 3\0"

EMPTY = "it is empty"
NO_DATABASE = "it is no database"


class Backups:
    """The copies of one history file; for any thread.

    Those made by day stand in a folder of their own, and those made before a change of the
    schema beside the history; both can be restored.

    Args:
        file: The history, absolute.
        folder: For copies; made when it is needed.
        clock: Tells the present moment.
    """

    def __init__(self, file: Path, folder: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.file = file
        self.folder = folder
        self._clock = clock
        name = re.escape(file.stem)
        self._dated = re.compile(rf"{name}-(\d{{8}}T\d{{6}}Z)-schema-(\w+)\.sqlite3")
        self._before = re.compile(rf"{re.escape(file.name)}\.schema-(\w+)\.bak")

    def list(self) -> Sequence[BackupInfo]:
        """Return all copies, newest first; only their first pages are looked at.

        Raises:
            StorageError: A folder cannot be read.
        """
        with storage_errors(self.folder):
            found = [*self._daily(), *self._before_changes()]
        return sorted(found, key=lambda one: one.made_at, reverse=True)

    def make(
        self,
        *,
        progress: Progress | None = None,
        is_given_up: Callable[[], bool] = lambda: False,
    ) -> BackupInfo:
        """Make a checked copy of the history, which may be in use; see `copy_database`.

        Args:
            progress: Told of pages.
            is_given_up: Asked again and again; True ends it, and leaves nothing behind.

        Raises:
            DatabaseDamaged: The history has faults inside; no older copy was touched.
            DiskFull: There is no room for it.
            GivenUp: As asked for.
            StorageError: It could not be made for another reason.
        """
        with storage_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with storage_errors(self.file), closing(open_raw(self.file, "ro")) as connection:
            (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        made_at = self._clock().astimezone(UTC).replace(microsecond=0)
        while (copy := self._name(made_at, schema)).exists():
            made_at += timedelta(seconds=1)
        copy_database(self.file, copy, progress=progress, is_given_up=is_given_up)
        with storage_errors(copy):
            return BackupInfo(copy, made_at, copy.stat().st_size, schema, is_sound=True)

    def is_due(self) -> bool:
        """Tell whether the newest daily copy is a day old, or there is none.

        Raises:
            StorageError: The folder cannot be read.
        """
        with storage_errors(self.folder):
            newest = max((one.made_at for one in self._daily()), default=None)
        # One from the future was made before the clock was set right.
        return newest is None or not timedelta() <= self._clock() - newest < _PERIOD

    def thin_out(self, count: int) -> Sequence[Path]:
        """Delete all but so many of the newest daily copies; the newest sound one always stays.

        Returns:
            What was deleted.

        Raises:
            StorageError: One cannot be deleted.
        """
        with storage_errors(self.folder):
            daily = sorted(self._daily(), key=lambda one: one.made_at, reverse=True)
            surplus = [one.file for one in daily[max(count, 1) :]]
            for one in surplus:
                one.unlink(missing_ok=True)
            return surplus

    def delete(self, file: Path) -> None:
        """Delete one copy.

        Raises:
            NotFound: It is no copy of this history.
            StorageError: It cannot be deleted.
        """
        if file not in {one.file for one in self.list()}:
            raise NotFound(tr("the copy"))
        with storage_errors(file):
            file.unlink(missing_ok=True)

    def find(self, file: Path) -> BackupInfo:
        """Return what is known of one copy.

        Raises:
            NotFound: It is no copy of this history.
            StorageError: A folder cannot be read.
        """
        for one in self.list():
            if one.file == file:
                return one
        raise NotFound(tr("the copy"))

    def newest_sound(self, is_given_up: Callable[[], bool] = lambda: False) -> BackupInfo | None:
        """Look through the copies from the newest on; return the first without a fault.

        Raises:
            GivenUp: As asked for.
            StorageError: A folder cannot be read.
        """
        for one in self.list():
            if not one.is_sound:
                continue
            try:
                verdict = check_copy(one.file, is_given_up=is_given_up)
            except StorageError:
                continue
            if verdict == "ok":
                return one
        return None

    def _name(self, made_at: datetime, schema: str) -> Path:
        name = f"{self.file.stem}-{made_at.strftime(_TIME)}-schema-{schema}.sqlite3"
        return self.folder / name

    def _daily(self) -> Iterator[BackupInfo]:
        if not self.folder.is_dir():
            return
        for each in self.folder.iterdir():
            found = self._dated.fullmatch(each.name)
            if found is not None:
                made_at = datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
                yield _info(each, made_at, found[2])

    def _before_changes(self) -> Iterator[BackupInfo]:
        if not self.file.parent.is_dir():
            return
        for each in self.file.parent.iterdir():
            found = self._before.fullmatch(each.name)
            if found is not None:
                made_at = datetime.fromtimestamp(each.stat().st_mtime, UTC)
                yield _info(each, made_at, found[1])


def look_at(file: Path) -> str:
    """Look at the first page of a file that SQLite does not have open in this process.

    Returns:
        "ok", or why it can be no whole history.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as stream:
        page = stream.read(_FIRST_PAGE)
    size = file.stat().st_size
    if not page:
        return EMPTY
    if page[:16] != _MAGIC:
        return NO_DATABASE
    page_size = int.from_bytes(page[16:18], "big")
    page_size = 65_536 if page_size == 1 else page_size
    if int.from_bytes(page[68:72], "big") != APPLICATION_ID:
        return "it is a database of another program"
    # The number of pages is right only if the last writer knew of that field.
    is_known = page[24:28] == page[92:96]
    if is_known and size < int.from_bytes(page[28:32], "big") * page_size:
        return "its end is missing"
    return "ok"


def _info(copy: Path, made_at: datetime, schema: str) -> BackupInfo:
    try:
        is_sound = look_at(copy) == "ok"
    except OSError:
        is_sound = False
    return BackupInfo(copy, made_at, copy.stat().st_size, schema, is_sound)
