"""Answers about the past that are more than a row of buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from camwatch.domain import CameraId, CameraState, Notice, Reason

WeekNumbers = npt.NDArray[np.float64]
"""float64, shape (7, 24): day of the week from Monday, hour of the zone's clocks."""


@dataclass(frozen=True, slots=True)
class UsualPoint:
    """What is usual for one bucket, from the same hours of the weeks before it.

    Attributes:
        start: First moment of the bucket, UTC.
        low: Lower end of the usual band; None if nothing is known.
        middle: The median; None likewise.
        high: Upper end of the usual band; None likewise.
        weeks: From how many weeks.
    """

    start: datetime
    low: float | None
    middle: float | None
    high: float | None
    weeks: int


@dataclass(frozen=True, slots=True, eq=False)
class WeekMap:
    """How many people there are at each hour of the week.

    Attributes:
        mean: Mean occupancy over the measured time, of several cameras their sum; NaN where
            nothing was measured.
        coverage: Measured time divided by the time there was, 0 to 1.
        weeks: How many such hours there were in the stretch of time.
    """

    mean: WeekNumbers
    coverage: WeekNumbers
    weeks: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement, with all that proves it.

    Attributes:
        at: When the picture was taken, UTC.
        count: People in that picture.
        shown: The number that was shown: the median of the last seconds.
        confidence: Mean score of the counted boxes, 0 to 1.
        processing_s: Time the detector took.
        interval_s: The time it stands for.
        is_carried: The view was still, so the count before it was taken over.
        is_flagged: Something was wrong with the picture.
        model: What counted; "" if that is not known.
        runtime: What ran the model; "" likewise.
        threshold: Lowest score that counted; None if it is not known.
        state: How the camera was.
        reason: Why.
        notices: What was wrong with its pictures.
        alert_uids: Alerts about this camera that were raised within the minute around it and
            have a picture of the camera.
        zones: Name of each zone and the people in it over the minute: mean and most.
        workstation: Which computer counted; "" if there is but one.
    """

    camera_id: CameraId
    at: datetime
    count: int
    shown: int
    confidence: float
    processing_s: float
    interval_s: float
    is_carried: bool
    is_flagged: bool
    model: str = ""
    runtime: str = ""
    threshold: float | None = None
    state: CameraState | None = None
    reason: Reason = Reason.NONE
    notices: tuple[Notice, ...] = ()
    alert_uids: tuple[str, ...] = ()
    zones: tuple[tuple[str, float, int], ...] = ()
    workstation: str = ""
