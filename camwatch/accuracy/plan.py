"""What is to be recorded for an audit, and how far a recording is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from camwatch.accuracy.recording import AuditKind
from camwatch.accuracy.stored import Stored
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr

LONGEST_STRETCH_S = 4 * 3600.0
"""Of people in view or passing: nobody counts more than this."""

LONGEST_SAMPLE_S = 7 * 86400.0
MOST_PICTURES = 1000
SETTLE_S = 3.0
"""So long after the end a count of the last picture may still come."""

KEPT_FOR = timedelta(days=7)
"""A recording that nobody counted is deleted after this time."""


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What an operator wants to have recorded.

    Attributes:
        camera_id: Which camera.
        camera_name: What it is called now.
        kind: What is to be audited.
        place: The line or gate of an audit of passages; None otherwise.
        seconds: How long, above 0.
        pictures: For PICTURES, how many are taken at random moments of this time; None
            otherwise.
        settle_s: So long after the end a passage before it may still become certain.

    Raises:
        InvalidSetting: A value is refused; the field says which.
    """

    camera_id: CameraId
    camera_name: str
    kind: AuditKind
    place: str | None
    seconds: float
    pictures: int | None = None
    settle_s: float = SETTLE_S

    def __post_init__(self) -> None:
        """Check what belongs together."""
        is_sample = self.kind is AuditKind.PICTURES
        longest = LONGEST_SAMPLE_S if is_sample else LONGEST_STRETCH_S
        if not 0 < self.seconds <= longest:
            raise InvalidSetting(
                "seconds", tr("are not above 0 and up to {longest:g}", longest=longest)
            )
        if is_sample != (self.pictures is not None):
            raise InvalidSetting("pictures", tr("have a number in a random sample, and only there"))
        if self.pictures is not None and not 1 <= self.pictures <= MOST_PICTURES:
            raise InvalidSetting(
                "pictures", tr("are not from 1 to {most_pictures}", most_pictures=MOST_PICTURES)
            )
        if (self.kind is AuditKind.PASSAGES) != (self.place is not None):
            raise InvalidSetting("place", tr("is named for passages, and for nothing else"))
        if not (math.isfinite(self.settle_s) and self.settle_s >= 0):
            raise InvalidSetting("settle_s", tr("is below 0"))


class RecordingState(StrEnum):
    """How a recording is."""

    RUNNING = "running"
    READY = "ready"  # to be counted
    KEPT = "kept"  # counted and stored; its pictures were to be kept
    EXPIRED = "expired"  # deleted, for nobody had counted it for too long


class RecordingEnd(StrEnum):
    """Why a recording ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"  # by the operator
    TOO_LARGE = "too_large"
    DISK_FULL = "disk_full"
    SETUP_CHANGED = "setup_changed"  # what counts is no longer the same
    INTERRUPTED = "interrupted"  # CamWatch ended


@dataclass(frozen=True, slots=True)
class RecordingStatus(Stored):
    """How far a recording is; stands beside its pictures.

    Attributes:
        uid: UUID text; the name of its folder.
        plan: What was wanted.
        state: How it is.
        started_at: UTC.
        ended_at: UTC; None while it runs.
        pictures: How many are recorded.
        dropped: How many came too fast to be written and are missing.
        uncounted: How many are missing because the program did not count them.
        size: Bytes of all pictures.
        last_picture: File of the newest picture; "" if there is none.
        end: Why it ended; None while it runs.
    """

    FORMAT: ClassVar[str] = "camwatch-recording-status"

    uid: str
    plan: RecordingPlan
    state: RecordingState
    started_at: datetime
    ended_at: datetime | None = None
    pictures: int = 0
    dropped: int = 0
    uncounted: int = 0
    size: int = 0
    last_picture: str = ""
    end: RecordingEnd | None = None

    def left_s(self, now: datetime) -> float:
        """Return how many seconds it will still run; 0 once it has ended."""
        if self.state is not RecordingState.RUNNING:
            return 0.0
        return max(self.plan.seconds - (now - self.started_at).total_seconds(), 0.0)
