"""One moment of the past, as the wall shows it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from camwatch.alerts.alert import Alert
from camwatch.domain import Boxes, CameraId, CameraState, Reason

_NO_BOXES: Boxes = np.empty((0, 4), np.float32)


class Gap(StrEnum):
    """Why nothing is known of a camera's people at a moment."""

    NOT_MEASURED = "not_measured"
    """The camera was well, but no picture of it was counted then."""

    OUT_OF_ORDER = "out_of_order"
    """The camera gave no current picture; its state tells why."""

    NOT_RUNNING = "not_running"
    """CamWatch did not run, so nobody looked."""

    NOT_THERE = "not_there"
    """The camera was not set up yet."""

    REMOVED = "removed"
    """The camera had been removed by then."""

    NOT_KEPT = "not_kept"
    """Numbers of that time are kept by the hour only, or not any more."""

    MAY_NOT = "may_not"
    """Who asks may not see numbers."""


class NoPicture(StrEnum):
    """Why there is no picture of a camera at a moment."""

    NONE_KEPT = "none_kept"
    """None of the hour before is kept, or none any more."""

    SWITCHED_OFF = "switched_off"
    """The settings keep no pictures."""

    COUNT_ONLY = "count_only"
    """Of this camera only numbers are kept, for the privacy of people."""

    OTHER_COMPUTER = "other_computer"
    """Another computer that shares the history keeps it."""

    GONE = "gone"
    """It was kept, but its file is not there any more, or is damaged."""


@dataclass(frozen=True, slots=True)
class CountThen:
    """How many people there were, and what proves it.

    Attributes:
        number: The number that was shown then; of a minute the rounded mean.
        at: When the counted picture was taken, UTC; of a minute when it began.
        is_of_minute: Single measurements are not kept any more: it is the mean of a minute.
        lowest: The fewest in that minute; the number itself of a single measurement.
        highest: The most; likewise.
        coverage: Share of the minute that was measured, 0 to 1; 1 of a single measurement.
        interval_s: The time that a single measurement stands for.
        confidence: Mean score of the counted boxes, 0 to 1.
        is_carried: The view was still, so the number was taken over.
        is_flagged: Something was wrong with the picture, so the number is doubtful.
        is_excluded: Somebody said later that the numbers of that time do not count.
        model: What counted; "" if that is not known.
    """

    number: int
    at: datetime
    is_of_minute: bool
    lowest: int
    highest: int
    coverage: float = 1.0
    interval_s: float = 0.0
    confidence: float = 0.0
    is_carried: bool = False
    is_flagged: bool = False
    is_excluded: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PictureThen:
    """A stored picture, and what was found in it.

    Attributes:
        taken_at: UTC; the nearest that is not later than the moment.
        boxes: float32, shape (n, 4), relative to the picture; n may be 0.
        count: People that were counted in it; None if it was not searched.
        is_masked: Parts of it are painted over.
        is_evidence: It was kept with an alert.
    """

    taken_at: datetime
    boxes: Boxes = field(default_factory=lambda: _NO_BOXES)
    count: int | None = None
    is_masked: bool = False
    is_evidence: bool = False


@dataclass(frozen=True, slots=True)
class CameraThen:
    """One camera at a moment of the past.

    Attributes:
        count: None if it is not known.
        gap: Why it is not; None if it is.
        picture: None without one.
        no_picture: Why there is none; None if there is one.
        state: None if nobody looked, or it is not known.
        since: Since when it was in that state, UTC.
        reason: Why it was.
    """

    camera_id: CameraId
    count: CountThen | None = None
    gap: Gap | None = None
    picture: PictureThen | None = None
    no_picture: NoPicture | None = None
    state: CameraState | None = None
    since: datetime | None = None
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known of one moment.

    Attributes:
        at: UTC.
        cameras: Those that were asked for.
        alerts: Those that were open then, the newest first; not more than are listed.
        alert_count: How many were open in all.
    """

    at: datetime
    cameras: Mapping[CameraId, CameraThen]
    alerts: tuple[Alert, ...] = ()
    alert_count: int = 0


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """The file of a stored picture.

    Attributes:
        taken_at: UTC.
        data: JPEG or PNG; to be checked before it is decoded, for it comes from a disk.
    """

    taken_at: datetime
    data: bytes


@dataclass(frozen=True, slots=True)
class PictureKeeping:
    """How pictures are kept to look at them again.

    Attributes:
        every_s: One of each camera every so many seconds, and when its number changes; 0 for none.
        mib: All together take so much room at most; the oldest go first.
        days: None is kept longer.
    """

    every_s: int = 60
    mib: int = 2048
    days: int = 7


@dataclass(frozen=True, slots=True)
class PictureStock:
    """What of them there is.

    Attributes:
        keeping: What holds.
        count: Pictures of this computer.
        size_bytes: What they take.
        oldest: When the oldest was taken, UTC; None without any.
        cameras: Cameras of which pictures are kept now.
        stopped: Why none is kept now although some are wanted, in words; "" if all is well.
    """

    keeping: PictureKeeping
    count: int
    size_bytes: int
    oldest: datetime | None
    cameras: int
    stopped: str = ""
