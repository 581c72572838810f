"""Writes recordings for audits: one thread, and whoever polls only hands over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from camwatch.accuracy.plan import RecordingEnd
from camwatch.domain import Picture
from camwatch.errors import StorageError
from camwatch.events import CountMeasured
from camwatch.workers.audit_leftovers import delete_recording
from camwatch.workers.audit_recordings import AuditRecordings, Intake
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_DESCRIBE_EVERY_S = 10.0
_TELL_EVERY_S = 1.0
_TURN_S = 0.25


class AuditRecorder(Worker):
    """Writes what `AuditRecordings` takes in."""

    def __init__(self, recordings: AuditRecordings) -> None:
        super().__init__("audit recorder")
        self._recordings = recordings
        self._queue = recordings.new_queue()

    def work(self) -> None:
        """Write until asked to stop; what runs then can be counted as far as it is."""
        self._recordings.open()
        try:
            while (item := self._queue.take(_TURN_S)) is not None or not self._queue.is_closed:
                if item is not None:
                    self._write(item)
                for intake in self._recordings.running():
                    self._guarded(intake, self._look_after)
        finally:
            for intake in self._recordings.close():
                self._end(intake, RecordingEnd.INTERRUPTED)

    def request_stop(self) -> None:
        """Close the queue, which ends the work."""
        super().request_stop()
        self._queue.close()

    def _write(self, item: Picture | CountMeasured) -> None:
        if isinstance(item, Picture):
            self._recordings.taken(item)
        intake = self._recordings.intake_of(item.camera_id)
        if intake is None:
            return
        if not intake.writer.fits(item):
            self._end(intake, RecordingEnd.SETUP_CHANGED)
            return
        if isinstance(item, Picture):
            self._guarded(intake, lambda one: one.writer.take_picture(item))
        else:
            self._guarded(intake, lambda one: one.writer.take_count(item))

    def _guarded(self, intake: Intake, step: Callable[[Intake], None]) -> None:
        """Take a step; trouble with the disk ends this recording and no other."""
        try:
            step(intake)
        except StorageError as error:
            log.warning("a recording ends: %s [%s]", error, error.error_id)
            self._end(intake, RecordingEnd.DISK_FULL)

    def _look_after(self, intake: Intake) -> None:
        writer, now_s = intake.writer, time.monotonic()
        if intake.is_discarded:
            self._end(intake, RecordingEnd.STOPPED)
            return
        if dropped := self._recordings.dropped_of(intake):
            writer.drop(dropped)
        if intake.is_stopped:
            writer.cut(self._recordings.clock())
        missing = writer.pass_over(now_s)
        self._recordings.want_again(intake, missing, now_s)
        if self._is_over(intake, now_s):
            is_early = intake.is_stopped
            self._end(intake, RecordingEnd.STOPPED if is_early else RecordingEnd.COMPLETE)
            return
        if (reason := writer.reason_to_stop()) is not None:
            self._end(intake, reason)
            return
        if now_s - intake.told_s >= _TELL_EVERY_S:
            intake.told_s = now_s
            present = self._recordings.setup_of(writer.plan.camera_id)
            if present is not None and writer.differs(present):
                self._end(intake, RecordingEnd.SETUP_CHANGED)
                return
            self._recordings.tell(writer.status)
        is_first = writer.status.pictures > 0 and not writer.is_described
        if is_first or now_s - intake.described_s >= _DESCRIBE_EVERY_S:
            intake.described_s = now_s
            writer.write(self._recordings.clock())

    @staticmethod
    def _is_over(intake: Intake, now_s: float) -> bool:
        """Tell whether the time is over, or the sample complete, and nothing is awaited."""
        writer = intake.writer
        is_sample = intake.moments_s is not None
        if is_sample and writer.is_settled and (intake.is_stopped or not intake.moments_s):
            return intake.is_stopped or writer.status.pictures > 0
        settled_s = intake.ends_s + writer.plan.settle_s
        return now_s >= settled_s and (writer.is_settled or now_s >= settled_s + _TURN_S)

    def _end(self, intake: Intake, reason: RecordingEnd) -> None:
        self._recordings.leave(intake)
        writer = intake.writer
        try:
            if intake.is_discarded:
                delete_recording(writer.folder)
                self._recordings.forget(writer.status)
                return
            writer.drop(self._recordings.dropped_of(intake))
            writer.finish(reason, self._recordings.clock())
        except StorageError as error:
            log.warning("the end of a recording is lost: %s [%s]", error, error.error_id)
        log.info("a recording ends: %s, %d pictures", reason, writer.status.pictures)
        self._recordings.tell(writer.status)
