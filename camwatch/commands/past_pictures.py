"""Small pictures of all cameras, kept to see the past again: files, and what is noted of them."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from camwatch.accuracy.keeping import disk_errors, write_new
from camwatch.cameras.decode import paint_over, small_jpeg
from camwatch.config import History
from camwatch.data.engine import Database
from camwatch.data.moment_pictures import PastPictureRow, PictureKey
from camwatch.data.moments import to_ms
from camwatch.domain import Boxes, CameraId, Picture
from camwatch.errors import CameraError, CamWatchError, FilesDiskFull, StorageError
from camwatch.history.moments import PictureKeeping, PictureStock
from camwatch.language import tr

log = logging.getLogger(__name__)

LONGEST_SIDE = 480
"""Pixels: enough to see what happened on a wall of tiles."""

USUAL_BYTES = 18_000
"""Of such a picture of an ordinary view; measured, see docs/time-machine.md."""

_QUALITY = 70
_DAY_MS = 86_400_000
_AT_ONCE = 100
_LEFT_OVER_AFTER_S = 3600.0
_LEAST_FREE_BYTES = 256 * 2**20
_TIMES_RESERVE = 4
_FULL_AGAIN = 0.98
"""Room is made down to this share, so that not each picture makes room for one."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture that is to be kept, with what was found in it.

    Attributes:
        boxes: float32, shape (n, 4), relative to the picture.
        count: People in it; None if it was not searched.
    """

    picture: Picture
    boxes: Boxes
    count: int | None


Storable = Callable[[Picture, Boxes], tuple[bytes, bool] | None]
"""Returns what may be stored of a picture in which people are in these boxes, as a JPEG or PNG
file, and whether any of it is hidden; None if nothing may be. Raises CameraError for a picture
that it cannot read."""


def masked(database: Database) -> Storable:
    """Return what paints over the masked parts of a camera's view, as for pictures of alerts."""

    def storable(picture: Picture, _boxes: Boxes) -> tuple[bytes, bool] | None:
        masks = database.scenes.get(picture.camera_id).scene.masks
        if not masks:
            return picture.data, False
        return paint_over(picture.data, [mask.points for mask in masks]), True

    return storable


def keeping_of(history: History) -> PictureKeeping:
    """Return how the settings keep them."""
    return PictureKeeping(history.picture_every_s, history.picture_mib, history.picture_days)


class PastPictureStore:
    """Keeps pictures, finds them again, and sees that they stay within their room.

    All methods block; for any thread. A file is named by its camera and moment, so that what is
    noted of it in the history needs no name, and each can be found from the other.

    Args:
        folder: Where they are; made when the first one is kept. None keeps none.
        database: Where they are noted.
        history: How they are kept, and how much of the disk is held free for the history.
        storable: What may be stored of a picture.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        folder: Path | None,
        database: Database,
        history: History,
        storable: Storable,
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder
        self._database = database
        self._keeping = keeping_of(history)
        self._reserve = history.reserve_mib * 2**20
        self.storable = storable
        self._clock = clock
        self._lock = threading.Lock()
        self._size: int | None = None
        self._stopped = ""

    @property
    def keeping(self) -> PictureKeeping:
        """How pictures are kept now."""
        return PictureKeeping(0) if self._folder is None else self._keeping

    def keep_so(self, keeping: PictureKeeping) -> None:
        """Keep pictures so from now on; what is too much goes when it is tidied."""
        self._keeping = keeping

    def stock(self, cameras: int) -> PictureStock:
        """Return what there is.

        Args:
            cameras: Of so many pictures are kept now.

        Raises:
            StorageError: It cannot be read.
        """
        count, size, oldest = self._database.past_pictures.stock()
        return PictureStock(self.keeping, count, size, oldest, cameras, self._stopped)

    # ---------------------------------------------------------------- keeping

    def keep(self, shots: Sequence[Shot]) -> int:
        """Keep pictures; trouble is told by `stock`, and never by an error.

        Counts are worth more than pictures: none is written to a disk that is nearly full.

        Returns:
            How many are kept.
        """
        if self._folder is None or not shots:
            return 0
        try:
            with disk_errors(self._folder):
                _make_folder(self._folder)
                free = shutil.disk_usage(self._folder).free
            if free < max(_LEAST_FREE_BYTES, _TIMES_RESERVE * self._reserve):
                self._stop(tr("The disk is nearly full, so what is free is left to the counts."))
                return 0
            rows = [row for shot in shots if (row := self._write(self._folder, shot)) is not None]
            self._note(rows)
            self._make_room()
        except FilesDiskFull:
            self._stop(tr("The disk is full, so what is free is left to the counts."))
            return 0
        except StorageError as error:
            self._stop(str(error))
            return 0
        self._stop("")
        return len(rows)

    def _stop(self, why: str) -> None:
        if why and why != self._stopped:
            log.info("no pictures are kept for the time machine: %s", why)
        self._stopped = why

    def _write(self, folder: Path, shot: Shot) -> PastPictureRow | None:
        picture = shot.picture
        try:
            allowed = self.storable(picture, shot.boxes)
            if allowed is None:
                return None
            data = small_jpeg(allowed[0], LONGEST_SIDE, _QUALITY)
        except CameraError as error:
            # What cannot be looked at, or masked, is not kept as it is.
            log.debug("no picture is kept of camera %d: %s", picture.camera_id, error)
            return None
        row = PastPictureRow(
            picture.camera_id, picture.captured_at, len(data), shot.count, allowed[1], shot.boxes
        )
        file = folder / _place(row.key)
        with disk_errors(file):
            _make_folder(file.parent.parent)
            _make_folder(file.parent)
            # Not synced to the disk, as evidence is: after a power cut the last ones may be
            # missing, which is found when they are read.
            part = file.with_suffix(".part")
            try:
                write_new(part, data)
                part.replace(file)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        return row

    def _note(self, rows: Sequence[PastPictureRow]) -> None:
        try:
            self._database.past_pictures.add(rows)
        except CamWatchError:
            self._unlink(row.key for row in rows)
            raise
        with self._lock:
            if self._size is not None:
                self._size += sum(row.size for row in rows)

    def _make_room(self) -> None:
        """Delete the oldest pictures while all together take too much."""
        most = self._keeping.mib * 2**20
        if self._taken() <= most:
            return
        while self._taken() > _FULL_AGAIN * most:
            if not self._delete_oldest():
                break

    def _taken(self) -> int:
        with self._lock:
            if self._size is None:
                self._size = self._database.past_pictures.stock()[1]
            return self._size

    def _delete_oldest(self, before: datetime | None = None) -> int:
        """Delete a few of the oldest; return how many."""
        found = self._database.past_pictures.oldest(_AT_ONCE, before)
        keys = [key for key, _ in found]
        # First the files, so that none is left that nobody knows of.
        self._unlink(keys)
        self._database.past_pictures.forget(keys)
        with self._lock:
            if self._size is not None:
                self._size = max(0, self._size - sum(size for _, size in found))
        return len(found)

    def _unlink(self, keys: Iterable[PictureKey]) -> None:
        if self._folder is None:
            return
        for key in keys:
            file = self._folder / _place(key)
            with disk_errors(file):
                file.unlink(missing_ok=True)

    # ---------------------------------------------------------------- finding them again

    def read(self, camera_id: CameraId, taken_at: datetime) -> bytes | None:
        """Return a picture's file; None if it is not there.

        Raises:
            FilesTroubled: It cannot be read.
        """
        if self._folder is None:
            return None
        file = self._folder / _place((camera_id, to_ms(taken_at)))
        with disk_errors(file):
            try:
                return file.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    # ---------------------------------------------------------------- the end of their time

    def surplus(self, keeping: PictureKeeping) -> tuple[int, int]:
        """Return how many pictures would go now if they were kept so, and their bytes, about.

        Raises:
            StorageError: It cannot be found out.
        """
        count, size, _ = self._database.past_pictures.stock()
        old, old_size = self._database.past_pictures.older(
            self._clock() - timedelta(days=keeping.days)
        )
        over = max(0, size - old_size - keeping.mib * 2**20)
        more = round((count - old) * over / max(1, size - old_size))
        return old + more, old_size + over

    def tidy(self, given_up: Callable[[], bool]) -> Generator[float]:
        """Delete what is too old or too much, a step at a time; see `Chore.work`."""
        if self._folder is None or not self._folder.is_dir():
            return
        before = self._clock() - timedelta(days=self._keeping.days)
        while not given_up() and self._delete_oldest(before):
            yield 0.0
        most = self._keeping.mib * 2**20
        while not given_up() and self._taken() > most and self._delete_oldest():
            yield 0.0
        while not given_up() and self._is_full() and self._delete_oldest():
            yield 0.0
        yield from self._sweep(self._folder, given_up)

    def _is_full(self) -> bool:
        """Tell whether the history itself is about to find no room."""
        if self._folder is None:
            return False
        with disk_errors(self._folder):
            return shutil.disk_usage(self._folder).free < max(self._reserve, 1)

    def _sweep(self, folder: Path, given_up: Callable[[], bool]) -> Generator[float]:
        """Delete files that nobody noted, as a power cut leaves them, and folders without any."""
        before_s = time.time() - _LEFT_OVER_AFTER_S
        with disk_errors(folder):
            days = [day for one in folder.iterdir() if one.is_dir() for day in one.iterdir()]
        for day in days:
            if given_up():
                return
            with disk_errors(day):
                old = [file for file in day.iterdir() if file.stat().st_mtime < before_s]
                self._delete_left_over(day, old)
                with contextlib.suppress(OSError):  # it is not empty
                    day.rmdir()
                    day.parent.rmdir()
            yield 0.0

    def _delete_left_over(self, day: Path, files: Sequence[Path]) -> None:
        try:
            camera_id = CameraId(int(day.parent.name))
        except ValueError:
            return  # none of ours
        named = {int(file.stem): file for file in files if file.stem.isdecimal()}
        for start in range(0, len(named), 500):
            some = list(named)[start : start + 500]
            for ts in set(some) - self._database.past_pictures.known(camera_id, some):
                named[ts].unlink(missing_ok=True)
        for file in files:
            if file.suffix == ".part":
                file.unlink(missing_ok=True)


def _place(key: PictureKey) -> Path:
    """Return where the file of a picture is, in the folder: not too many in one folder."""
    camera_id, ts = key
    return Path(str(camera_id), str(ts // _DAY_MS), f"{ts}.jpg")


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
