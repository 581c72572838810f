"""Writes one recording for an audit: pictures as they come, what was counted in them, its end."""

from __future__ import annotations

import logging
import shutil
from bisect import insort
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from camwatch.accuracy import (
    AuditKind,
    RecordedPassage,
    RecordedPicture,
    Recording,
    Setup,
    brightness_and_colour,
    write_recording,
)
from camwatch.accuracy.folder import DESCRIPTION
from camwatch.accuracy.keeping import BOXES, RecordedBox, box_line, disk_errors, write_new
from camwatch.accuracy.keeping import write_status as write_status_file
from camwatch.accuracy.plan import (
    RecordingEnd,
    RecordingPlan,
    RecordingState,
    RecordingStatus,
)
from camwatch.accuracy.recording import LOWEST_STORED_SCORE
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.gate import JPEG_MAGIC
from camwatch.domain import Boxes, Picture
from camwatch.errors import CameraError, DiskFull
from camwatch.events import CountMeasured
from camwatch.scene import Direction

log = logging.getLogger(__name__)

_LOOK_WH = (128, 72)  # enough to tell brightness and colour
_PNG_QUALITY = 95
_COUNTED_WITHIN_S = 10.0  # a picture whose count is not there by then was not counted
_JPEG_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """How much of the disk and the memory recordings may take, bytes.

    Attributes:
        start_free: With less room on the disk none is started.
        stop_free: With less room on the disk all are ended.
        largest: So large one recording is at most.
        waiting: So much may wait to be written.
        waiting_pictures: So many pictures may wait to be written.
    """

    start_free: int = 500 * 10**6
    stop_free: int = 200 * 10**6
    largest: int = 2 * 2**30
    waiting: int = 64 * 2**20
    waiting_pictures: int = 64


@dataclass(frozen=True, slots=True)
class _Written:
    """A picture that is on the disk and whose count has not come yet."""

    at: datetime
    captured_s: float
    file: str
    size: int
    brightness: float
    colour: float


class RecordingWriter:
    """Writes one recording into its folder; used by one thread.

    Pictures that the program did not count are kept only for passages, where they make the
    film smooth and no number of theirs is compared.

    Args:
        folder: Its own; it is there already.
        status: As it begins.
        setup: What counts now.
        limits: How large it may become.
    """

    def __init__(
        self, folder: Path, status: RecordingStatus, setup: Setup, limits: RecordingLimits
    ) -> None:
        self.folder = folder
        self.status = status
        self._setup = setup
        self._limits = limits
        self._waiting: dict[int, _Written] = {}
        self._entries: list[RecordedPicture] = []
        self._passages: list[RecordedPassage] = []
        self._last = (0, 0)
        self._files = 0
        self._first_wh: tuple[int, int] | None = None
        self._first_model = ""
        self._cut_at: datetime | None = None
        self.is_described = False
        """True once a restart would find something to count."""

    @property
    def plan(self) -> RecordingPlan:
        """What was wanted."""
        return self.status.plan

    @property
    def ends_at(self) -> datetime:
        """When the recorded time is over, UTC."""
        planned = self.status.started_at + timedelta(seconds=self.plan.seconds)
        return planned if self._cut_at is None else min(self._cut_at, planned)

    @property
    def is_settled(self) -> bool:
        """True when no count is awaited any more."""
        return not self._waiting

    def cut(self, now: datetime) -> None:
        """Let the recorded time be over now (UTC) at the latest; a second call changes nothing."""
        self._cut_at = self._cut_at or max(now, self.status.started_at)

    def take_picture(self, picture: Picture) -> None:
        """Write a picture.

        Raises:
            DiskFull: There is no room for it.
            StorageError: It cannot be written.
        """
        if not self.status.started_at <= picture.captured_at <= self.ends_at:
            self._count_missing()  # the wall clock was set meanwhile
            return
        try:
            brightness, colour = brightness_and_colour(decode_bytes(picture.data, _LOOK_WH))
            data = _as_jpeg(picture.data)
        except CameraError as error:
            log.info("a damaged picture is not recorded: %s", error)
            self._count_missing()
            return
        self._files += 1
        name = f"{self._files:06d}.jpg"
        with disk_errors(self.folder):
            try:
                write_new(self.folder / name, data)
            except OSError:
                (self.folder / name).unlink(missing_ok=True)  # half a picture is of no use
                raise
        self._waiting[picture.seq] = _Written(
            picture.captured_at, picture.captured_s, name, len(data), brightness, colour
        )
        self.status = replace(self.status, size=self.status.size + len(data))

    def take_count(self, event: CountMeasured) -> None:
        """Put what was counted beside its picture, and keep who passed.

        Raises:
            DiskFull: There is no room.
            StorageError: It cannot be written.
        """
        self._last = event.count, event.number
        if event.passing is not None and self.plan.kind is AuditKind.PASSAGES:
            for seen in event.passing.passages:
                if (
                    seen.name == self.plan.place
                    and self.status.started_at <= seen.at <= self.ends_at
                ):
                    way = Direction.IN if seen.is_inwards else Direction.OUT
                    passage = RecordedPassage(seen.at, seen.name, way)
                    insort(self._passages, passage, key=lambda one: one.at)
        written = self._waiting.pop(event.seq, None)
        if written is None:
            return
        scores = sorted((float(one) for one in (*event.scores, *event.weak_scores)), reverse=True)
        kept = tuple(round(one, 4) for one in scores if one >= LOWEST_STORED_SCORE)
        with disk_errors(self.folder):
            self._write_boxes(written.file, event.boxes)
        self._enter(written, self._last, kept)

    def pass_over(self, now_s: float | None = None) -> int:
        """Give up waiting for the counts of old pictures; of all without a time.

        Args:
            now_s: Monotonic clock, seconds.

        Returns:
            How many pictures are missing for it.
        """
        old = [
            seq
            for seq, written in self._waiting.items()
            if now_s is None or now_s - written.captured_s > _COUNTED_WITHIN_S
        ]
        missing = 0
        for seq in old:
            written = self._waiting.pop(seq)
            if self.plan.kind is AuditKind.PASSAGES:
                self._enter(written, self._last, ())
                continue
            missing += 1
            self._count_missing()
            with disk_errors(self.folder):
                (self.folder / written.file).unlink(missing_ok=True)
            self.status = replace(self.status, size=self.status.size - written.size)
        return missing

    def fits(self, item: Picture | CountMeasured) -> bool:
        """Tell whether a picture has the size of the first, and a count its model.

        An audit is about one setup; with the first that differs the recording must end.
        """
        if isinstance(item, Picture):
            if self._first_wh is None:
                self._first_wh = item.wh
                self._setup = replace(self._setup, picture_wh=item.wh)
            return item.wh == self._first_wh
        self._first_model = self._first_model or item.model
        return item.model == self._first_model

    def differs(self, present: Setup) -> bool:
        """Tell whether something else counts now, or counts otherwise."""
        return bool(self._setup.differences(present))

    def reason_to_stop(self) -> RecordingEnd | None:
        """Tell why the recording must end, None if it need not.

        Raises:
            StorageError: The disk is gone.
        """
        if self.status.size >= self._limits.largest:
            return RecordingEnd.TOO_LARGE
        with disk_errors(self.folder):
            free = shutil.disk_usage(self.folder).free
        return RecordingEnd.DISK_FULL if free < self._limits.stop_free else None

    def drop(self, pictures: int) -> None:
        """Count pictures that came too fast to be written."""
        self.status = replace(self.status, dropped=self.status.dropped + pictures)

    def write_status(self) -> None:
        """Keep how far it is; a restart finds it.

        Raises:
            DiskFull: There is no room.
            StorageError: It cannot be written.
        """
        write_status_file(self.folder, self.status)

    def write(self, now: datetime) -> None:
        """Describe what is recorded so far: so much survives a crash.

        Raises:
            DiskFull: There is no room; the last description is still there.
            StorageError: It cannot be written; likewise.
        """
        ended_at = max(min(now, self.ends_at), self.status.started_at)
        moments = [one.at for one in self._entries[-1:]] + [one.at for one in self._passages[-1:]]
        status = self.status
        recording = Recording(
            uid=status.uid,
            camera_id=self.plan.camera_id,
            camera_name=self.plan.camera_name,
            kind=self.plan.kind,
            place=self.plan.place,
            started_at=status.started_at,
            ended_at=max([ended_at, *moments]),
            setup=self._setup,
            pictures=tuple(self._entries),
            passages=tuple(self._passages),
        )
        write_recording(self.folder, recording)
        with disk_errors(self.folder):
            (self.folder / DESCRIPTION).chmod(0o600)
        self.write_status()
        self.is_described = True

    def finish(self, end: RecordingEnd, now: datetime) -> None:
        """End the recording; it can be counted then.

        Raises:
            StorageError: The last part could not be described; what was before is there.
        """
        self.pass_over()
        ended_at = max(min(now, self.ends_at), self.status.started_at)
        self.status = replace(self.status, state=RecordingState.READY, end=end, ended_at=ended_at)
        try:
            self.write(now)
        except DiskFull:
            log.warning("the disk is full: the last seconds of a recording are not described")

    def _write_boxes(self, file: str, boxes: Boxes) -> None:
        found: list[RecordedBox] = []
        for x1, y1, x2, y2 in boxes.tolist():
            found.append((round(x1, 4), round(y1, 4), round(x2, 4), round(y2, 4)))
        target = self.folder / BOXES
        if not target.exists():
            write_new(target, b"")
        with target.open("a", encoding="utf-8") as stream:
            stream.write(box_line(file, tuple(found)))

    def _enter(
        self, written: _Written, numbers: tuple[int, int], scores: tuple[float, ...]
    ) -> None:
        raw, shown = numbers
        entry = RecordedPicture(
            at=written.at,
            file=written.file,
            raw=raw,
            shown=shown,
            brightness=min(written.brightness, 1.0),
            colour=min(written.colour, 1.0),
            scores=scores,
        )
        insort(self._entries, entry, key=lambda one: one.at)
        self.status = replace(
            self.status, pictures=len(self._entries), last_picture=self._entries[-1].file
        )

    def _count_missing(self) -> None:
        self.status = replace(self.status, uncounted=self.status.uncounted + 1)


def _as_jpeg(data: bytes) -> bytes:
    """Return a picture as it came, without what some cameras add behind its end.

    Recordings hold JPEG files; a PNG becomes one, with hardly a loss.
    """
    if data.startswith(JPEG_MAGIC):
        return data[: data.rfind(_JPEG_END) + len(_JPEG_END)]
    return encode_jpeg(decode_bytes(data), _PNG_QUALITY)
