"""All recordings for audits: what is wanted of each camera, and how far each recording is."""

from __future__ import annotations

import logging
import random
import shutil
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from camwatch.accuracy import Setup
from camwatch.accuracy.keeping import disk_errors, write_status
from camwatch.accuracy.plan import (
    RecordingPlan,
    RecordingState,
    RecordingStatus,
)
from camwatch.domain import CameraId, Picture, utc_now
from camwatch.errors import FilesDiskFull, FilesTroubled, InvalidSetting, NotFound
from camwatch.events import Bus, CountMeasured
from camwatch.language import tr
from camwatch.mailbox import Backlog
from camwatch.workers.audit_leftovers import delete_recording, find_recordings
from camwatch.workers.audit_writing import RecordingLimits, RecordingWriter

log = logging.getLogger(__name__)

_MOST_COUNTS = 4096  # small, and the pictures they belong to are far fewer


@dataclass(eq=False)
class Intake:
    """What is still wanted of one camera.

    Attributes:
        writer: Writes it; used by the recorder's thread alone.
        begins_s: No picture before this is wanted, monotonic clock.
        ends_s: No picture after this is wanted, likewise.
        moments_s: The random moments for which a picture is still wanted, monotonic clock;
            None takes every picture.
        dropped: Pictures that found no room since the recorder last asked.
        is_stopped: The operator wants it to end now.
        is_discarded: The operator wants it deleted.
        described_s: When its description was written last, monotonic clock.
        told_s: When it was last told how far it is, monotonic clock.
    """

    writer: RecordingWriter
    begins_s: float
    ends_s: float
    moments_s: deque[float] | None
    dropped: int = 0
    is_stopped: bool = False
    is_discarded: bool = False
    described_s: float = field(default_factory=time.monotonic)
    told_s: float = 0.0


class AuditRecordings(QObject):
    """All recordings of a profile: those that run, and those that wait to be counted.

    Every method may be called from any thread. `offer` and the counts of the bus cost a
    look into a set where nothing is recorded; a picture that finds no room in the queue is
    dropped, counted, and told of in the recording's status.

    Args:
        folder: Each recording gets a folder in it.
        bus: Where the counts come from.
        limits: How much they may take.
        setup_of: Tells what counts the people of a camera now, None if nothing does; a recording
            ends when that has changed, for an audit is about one setup. Without it only another
            model or picture size is noticed.
        clock: The wall clock, aware UTC.
        chance: Draws the moments of a sample; the operating system's by default.

    Signals:
        changed: A RecordingStatus that is news; emitted in any thread.
    """

    changed = Signal(object)

    def __init__(
        self,
        folder: Path,
        bus: Bus,
        *,
        limits: RecordingLimits | None = None,
        setup_of: Callable[[CameraId], Setup | None] = lambda _camera_id: None,
        clock: Callable[[], datetime] = utc_now,
        chance: random.Random | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._limits = limits or RecordingLimits()
        self.setup_of = setup_of
        self.clock = clock
        self._lock = threading.Lock()
        self._recorded: frozenset[CameraId] = frozenset()
        self._intakes: dict[CameraId, Intake] = {}
        self._statuses: dict[str, RecordingStatus] = {}
        self._waiting_pictures = 0
        self._waiting_bytes = 0
        self._queue = self.new_queue()
        self._is_open = False
        self._chance = chance or random.SystemRandom()
        bus.subscribe(CountMeasured, self._on_count)

    # ---------------------------------------------------------------- asking

    def start_recording(self, plan: RecordingPlan, setup: Setup) -> str:
        """Begin a recording; returns its uid.

        Raises:
            InvalidSetting: The camera is being recorded already.
            DiskFull: There is too little room to begin.
            StorageError: Its folder cannot be made, or nothing is recorded now.
        """
        with self._lock:
            self._check_can_start(plan.camera_id)
        uid = str(uuid.uuid4())
        folder = self._folder / uid
        with disk_errors(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            free = shutil.disk_usage(self._folder).free
            if free < self._limits.start_free:
                raise FilesDiskFull(
                    tr(
                        "{folder}: only {value} MB are free",
                        folder=self._folder,
                        value=free // 10**6,
                    )
                )
            folder.mkdir(mode=0o700)
        status = RecordingStatus(uid, plan, RecordingState.RUNNING, self.clock())
        writer = RecordingWriter(folder, status, setup, self._limits)
        writer.write_status()
        begins_s = time.monotonic()
        moments_s = None
        if plan.pictures is not None:
            drawn = (self._chance.uniform(0, plan.seconds) for _ in range(plan.pictures))
            moments_s = deque(begins_s + moment for moment in sorted(drawn))
        with self._lock:
            self._check_can_start(plan.camera_id)
            self._intakes[plan.camera_id] = Intake(
                writer, begins_s, begins_s + plan.seconds, moments_s
            )
            self._statuses[uid] = status
            self._recorded = frozenset(self._intakes)
        log.info("a recording of camera %d begins", plan.camera_id)
        self.changed.emit(status)
        return uid

    def _check_can_start(self, camera_id: CameraId) -> None:
        if not self._is_open:
            raise FilesTroubled(tr("nothing can be recorded now"))
        if camera_id in self._intakes:
            raise InvalidSetting("camera", tr("is being recorded already"))

    def stop_recording(self, uid: str) -> None:
        """End a recording early; harmless once it has ended."""
        with self._lock:
            intake = self._intake(uid)
            if intake is not None and not intake.is_stopped:
                intake.is_stopped = True
                intake.ends_s = min(intake.ends_s, time.monotonic())

    def discard(self, uid: str) -> None:
        """Delete a recording with its pictures, even while it runs.

        Raises:
            NotFound: It is gone already.
            StorageError: Its pictures cannot be deleted.
        """
        with self._lock:
            status = self._known(uid)
            intake = self._intake(uid)
            if intake is not None:
                intake.is_discarded = True
                return
        delete_recording(self._folder / uid)
        self.forget(status)

    def keep(self, uid: str) -> None:
        """Keep a counted recording with its pictures until somebody discards it.

        Raises:
            NotFound: It is gone.
            InvalidSetting: It still runs.
            StorageError: This cannot be noted.
        """
        with self._lock:
            status = self._known(uid)
            if self._intake(uid) is not None:
                raise InvalidSetting("recording", tr("is still running"))
        kept = replace(status, state=RecordingState.KEPT)
        write_status(self._folder / uid, kept)
        self.tell(kept)

    def progress(self, uid: str) -> RecordingStatus:
        """Return how far a recording is.

        Raises:
            NotFound: It is gone.
        """
        with self._lock:
            return self._known(uid)

    def recordings(self) -> list[RecordingStatus]:
        """Return all recordings, newest first; those that were deleted for their age as well."""
        with self._lock:
            found = list(self._statuses.values())
        return sorted(found, key=lambda one: one.started_at, reverse=True)

    def folder_of(self, uid: str) -> Path:
        """Return the folder of a recording.

        Raises:
            NotFound: It is gone.
        """
        with self._lock:
            status = self._known(uid)
        if status.state is RecordingState.EXPIRED:
            raise NotFound(tr("the recording"))
        return self._folder / uid

    def _known(self, uid: str) -> RecordingStatus:
        if uid not in self._statuses:
            raise NotFound(tr("the recording"))
        return self._statuses[uid]

    def _intake(self, uid: str) -> Intake | None:
        return next((one for one in self._intakes.values() if one.writer.status.uid == uid), None)

    # ---------------------------------------------------------------- taking in

    def offer(self, picture: Picture) -> None:
        """Take a good picture if it is wanted; never waits."""
        if picture.camera_id not in self._recorded:
            return
        with self._lock:
            intake = self._intakes.get(picture.camera_id)
            if intake is None or not _is_wanted(intake, picture.captured_s):
                return
            has_room = (
                self._waiting_pictures < self._limits.waiting_pictures
                and self._waiting_bytes + len(picture.data) <= self._limits.waiting
            )
            if has_room and self._queue.put(picture):
                self._waiting_pictures += 1
                self._waiting_bytes += len(picture.data)
            else:
                intake.dropped += 1

    def _on_count(self, event: CountMeasured) -> None:
        """Take a count from the bus, in any thread."""
        if event.camera_id in self._recorded:
            self._queue.put(event)

    # ---------------------------------------------------------------- for the thread

    @property
    def is_open(self) -> bool:
        """True while recordings can begin."""
        return self._is_open

    @property
    def waiting_pictures(self) -> int:
        """How many pictures wait to be written."""
        return self._waiting_pictures

    def new_queue(self) -> Backlog[Picture | CountMeasured]:
        """Return an empty queue, which a new thread takes from and closes."""
        with self._lock:
            self._queue = Backlog(_MOST_COUNTS)
            self._waiting_pictures = self._waiting_bytes = 0
            return self._queue

    def taken(self, picture: Picture) -> None:
        """Give back the room of a picture that left the queue."""
        with self._lock:
            self._waiting_pictures -= 1
            self._waiting_bytes -= len(picture.data)

    def running(self) -> list[Intake]:
        """Return what runs now."""
        with self._lock:
            return list(self._intakes.values())

    def intake_of(self, camera_id: CameraId) -> Intake | None:
        """Return what runs for a camera, None if nothing does."""
        with self._lock:
            return self._intakes.get(camera_id)

    def want_again(self, intake: Intake, pictures: int, now_s: float) -> None:
        """Take other pictures instead of those of a sample that were not counted."""
        with self._lock:
            if intake.moments_s is not None:
                intake.moments_s.extendleft([now_s] * pictures)

    def dropped_of(self, intake: Intake) -> int:
        """Return how many pictures found no room since this was last asked."""
        with self._lock:
            dropped, intake.dropped = intake.dropped, 0
        return dropped

    def leave(self, intake: Intake) -> None:
        """Take nothing more for a recording that has ended."""
        with self._lock:
            self._intakes.pop(intake.writer.plan.camera_id, None)
            self._recorded = frozenset(self._intakes)

    def tell(self, status: RecordingStatus) -> None:
        """Tell how a recording is, if that is news."""
        with self._lock:
            is_news = self._statuses.get(status.uid) != status
            self._statuses[status.uid] = status
        if is_news:
            self.changed.emit(status)

    def forget(self, status: RecordingStatus) -> None:
        """Take a recording that was deleted out of the list."""
        with self._lock:
            self._statuses.pop(status.uid, None)
        self.changed.emit(status)

    def open(self) -> None:
        """Find the recordings of earlier runs, delete the old ones, and let new ones begin."""
        for status in find_recordings(self._folder, self.clock()):
            self.tell(status)
        with self._lock:
            self._is_open = True

    def close(self) -> list[Intake]:
        """Let no recording begin any more; returns what still runs."""
        with self._lock:
            self._is_open = False
            self._recorded = frozenset()
            left = list(self._intakes.values())
            self._intakes.clear()
        return left


def _is_wanted(intake: Intake, captured_s: float) -> bool:
    """Tell whether a picture is wanted; a random moment is used up by the first one after it."""
    if intake.is_discarded or not intake.begins_s <= captured_s <= intake.ends_s:
        return False
    if intake.moments_s is None:
        return True
    if not intake.moments_s or intake.moments_s[0] > captured_s:
        return False
    intake.moments_s.popleft()
    return True
