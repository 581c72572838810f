"""Where batches wait on the disk, in their order, while the history cannot take them."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from camwatch.data.faults import storage_errors
from camwatch.data.spool_file import Record, head_of, look_through, record_of
from camwatch.domain import utc_now
from camwatch.errors import DiskFull
from camwatch.history.batches import Batch, from_bytes, to_bytes
from camwatch.language import tr

log = logging.getLogger(__name__)

SEGMENT_BYTES = 8 * 1024 * 1024
ENDING = ".spool"
# Windows would change line ends in what is written.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)


@dataclass(slots=True)
class _Segment:
    """One file.

    Attributes:
        rows: In batches that wait still.
        uids: Batches that are stored, but are in the file until it is deleted.
    """

    file: Path
    size: int
    history: str
    rows: int = 0
    is_damaged: bool = False
    uids: list[str] = field(default_factory=list)


class Spool:
    """Batches in files of a folder: the first that came is the first that goes.

    A batch that `append` took is on the disk. A file goes when all its batches are stored; so
    after the program was killed some are given out once more, under their uid, which the
    history knows. For one thread; only the numbers may be asked for by any.

    Args:
        folder: Made when it is needed; nothing else is in it.
        most_bytes: It becomes no larger; then the newest batches are refused.
        tell: Told, in sentences, of what must be looked at by somebody.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        tell: Callable[[str], None] = lambda _: None,
        segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder
        self._tell = tell
        self._most_bytes = most_bytes
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._segments: deque[_Segment] = deque()
        self._first: deque[Record] | None = None  # of the first segment; None: not read yet
        self._given: Batch | None = None  # the first one of these, as it was given out
        self._settled: list[str] = []
        self._number = 0
        self._handle = -1  # the last segment, open for appending
        self._rows = 0
        self._is_opened = False
        self.history = ""
        """Which history batches are for, "" while that is not known."""

    @property
    def waiting_rows(self) -> int:
        """How many rows wait in it."""
        return self._rows

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(segment.size for segment in tuple(self._segments))

    def __bool__(self) -> bool:
        """Tell whether anything waits, or is to be looked at."""
        return bool(self._segments)

    def open(self) -> None:
        """Look through what an earlier run left; does nothing when called again.

        The end of a record that was being written when the power failed is cut off.

        Raises:
            StorageError: It cannot be read.
        """
        if self._is_opened:
            return
        with storage_errors(self.folder):
            files = sorted(self.folder.glob(f"*{ENDING}")) if self.folder.is_dir() else []
            segments = [self._look_at(file, is_last=file == files[-1]) for file in files]
        self._segments.extend(segments)
        self._rows = sum(segment.rows for segment in segments)
        self._number = int(files[-1].stem) if files else 0
        self._is_opened = True
        if self._rows:
            log.info("%d rows of history wait in %s", self._rows, self.folder)

    def _look_at(self, file: Path, *, is_last: bool) -> _Segment:
        try:
            found = look_through(file)
        except OSError as error:
            log.error("%s cannot be read: %s", file, error.strerror)  # noqa: TRY400
            return _Segment(file, 0, "", is_damaged=True)
        size = file.stat().st_size
        is_damaged = found.damaged > 0
        if found.is_torn and is_last:
            log.info("%s: %d bytes were never whole, and are cut off", file, size - found.stop)
            size = found.stop
            with file.open("r+b") as stream:
                stream.truncate(size)
                os.fsync(stream.fileno())
        elif found.is_torn:
            is_damaged = True
        rows = sum(record.rows for record in found.records)
        return _Segment(file, size, found.history, rows, is_damaged)

    def append(self, batch: Batch) -> None:
        """Put a batch behind the others; it is on the disk when this returns.

        Raises:
            DiskFull: The spool has as much as it may, or there is no room on the disk.
            StorageError: It cannot be written. Nothing of it is in the spool.
        """
        self.open()
        made = Record(to_bytes(batch), len(batch.rows))
        record = record_of(made)
        if self.size + len(record) > self._most_bytes:
            raise DiskFull(
                tr(
                    "The counts that wait in {folder} take as much room as the settings allow "
                    "({value} MiB).",
                    folder=self.folder,
                    value=self._most_bytes // 2**20,
                )
            )
        with storage_errors(self.folder):
            segment = self._segment_for(len(record))
            try:
                _write_whole(self._handle, record)
                os.fsync(self._handle)
            except OSError:
                self._cut(segment)
                raise
        segment.size += len(record)
        segment.rows += len(batch.rows)
        self._rows += len(batch.rows)
        if self._first is not None and segment is self._segments[0]:
            self._first.append(made)

    def _segment_for(self, more: int) -> _Segment:
        """Return the file to append to, with room for so many bytes; a new one where needed."""
        if self._handle >= 0:
            last = self._segments[-1]
            if last.size + more <= self._segment_bytes and last.history == self.history:
                return last
            self._close_handle()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._number += 1
        file = self.folder / f"{self._number:010d}{ENDING}"
        head = head_of(self.history)
        handle = os.open(file, _NEW, 0o600)
        try:
            _write_whole(handle, head)
            os.fsync(handle)
            _sync_folder(self.folder)
        except OSError:
            os.close(handle)
            file.unlink()
            raise
        self._handle = handle
        segment = _Segment(file, len(head), self.history)
        self._segments.append(segment)
        return segment

    def _cut(self, segment: _Segment) -> None:
        """Take back what was written of a record; nothing is appended to the file any more."""
        try:
            os.ftruncate(self._handle, segment.size)
            os.fsync(self._handle)
        except OSError as error:
            # Reading skips it. What is appended next goes to a file of its own.
            segment.is_damaged = True
            log.warning("%s cannot be cut off: %s", segment.file, error.strerror)
        self._close_handle()

    def first(self) -> Batch | None:
        """Return the batch that came first; it waits until `done`. None if none waits.

        Raises:
            StorageError: A file that is not needed any more stays where it is.
        """
        self.open()
        while self._segments and self._given is None:
            segment = self._segments[0]
            if self._first is None:
                if self._is_for_other(segment):
                    continue
                self._first = deque(_records_of(segment))
            if not self._first:
                self._remove_first()
                continue
            try:
                self._given = from_bytes(self._first[0].body)
            except ValueError as error:
                log.warning("%s: %s", segment.file, error)
                segment.is_damaged = True
                self._let_go(segment, self._first.popleft())
        return self._given

    def _is_for_other(self, segment: _Segment) -> bool:
        """Set a file aside that is for another history: its cameras are others."""
        if not (segment.history and self.history and segment.history != self.history):
            return False
        self._drop_first()
        self._set_aside(
            segment, "other", "are of another history than the one that is open, and stay there"
        )
        return True

    def done(self) -> None:
        """Let the first batch go: it is stored, or set aside.

        Raises:
            StorageError: Its file cannot be deleted; the batch goes all the same.
        """
        if self._given is None or not self._first:
            return
        segment = self._segments[0]
        segment.uids.append(self._given.uid)
        self._given = None
        self._let_go(segment, self._first.popleft())
        if not self._first:
            self._remove_first()

    def _let_go(self, segment: _Segment, record: Record) -> None:
        segment.rows -= record.rows
        self._rows -= record.rows

    def _remove_first(self) -> None:
        """Delete the first file, all of whose batches went; keep it aside if it is damaged."""
        segment = self._drop_first()
        if segment.is_damaged:
            self._set_aside(segment, "damaged", "could not all be read; the others are saved")
        else:
            with storage_errors(segment.file):
                segment.file.unlink(missing_ok=True)
                _sync_folder(self.folder)
        self._settled += segment.uids

    def _drop_first(self) -> _Segment:
        segment = self._segments.popleft()
        self._first = None
        self._rows -= segment.rows
        if not self._segments:
            self._close_handle()
        return segment

    def _set_aside(self, segment: _Segment, why: str, words: str) -> None:
        aside = segment.file.with_suffix(f".{why}-{self._clock():%Y%m%dT%H%M%SZ}")
        with storage_errors(segment.file):
            segment.file.replace(aside)
            _sync_folder(self.folder)
        log.error("%s: rows of history %s", aside, words)
        self._tell(
            f"Counts that waited on this computer {words}. The file is {aside}. Keep it for your "
            "support."
        )

    def take_settled(self) -> list[str]:
        """Return the uids of stored batches that cannot be given out any more, once."""
        settled, self._settled = self._settled, []
        return settled

    def keep_refused(self, batch: Batch) -> Path | None:
        """Write a batch that the history refuses into a file of its own, for the support.

        Returns:
            Which file; None if it cannot be written.
        """
        file = self.folder / f"{batch.uid}.refused"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file.open("wb") as stream:
                stream.write(head_of(self.history))
                stream.write(record_of(Record(to_bytes(batch), len(batch.rows))))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            log.error("%d rows of history are lost: %s", len(batch.rows), error)  # noqa: TRY400
            return None
        return file

    def close(self) -> None:
        """Let go of the open file; what waits stays on the disk."""
        self._close_handle()

    def _close_handle(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _records_of(segment: _Segment) -> tuple[Record, ...]:
    """Read a file once more; nothing can be read of one that a failing disk keeps back."""
    try:
        return look_through(segment.file).records
    except OSError as error:
        log.error("%s cannot be read: %s", segment.file, error.strerror)  # noqa: TRY400
        segment.is_damaged = True
        return ()


def _write_whole(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, too, where a folder can be opened for it."""
    if os.name != "posix":
        return
    with _opened(folder) as handle:
        os.fsync(handle)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
