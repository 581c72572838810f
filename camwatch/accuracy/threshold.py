"""The threshold that fits a camera, as its audits suggest it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camwatch.accuracy.report import Estimate
from camwatch.domain import CameraId


class Doubt(StrEnum):
    """Why no other threshold is suggested."""

    NO_DATA = "no_data"  # no audit with the present model and scene has stored scores
    TOO_FEW = "too_few"  # too few pictures or people
    NO_GAIN = "no_gain"  # no other one is surely better


@dataclass(frozen=True, slots=True)
class ThresholdAdvice:
    """Which threshold fits a camera.

    Attributes:
        camera_id: Which camera.
        present: The threshold that is used now.
        suggested: The one that fits better; None if there is a doubt.
        doubt: Why nothing is suggested; None if something is.
        pictures: How many pictures with known people it rests on.
        people: How many people were in them.
        bias_now: People counted too many in a picture, on average, with the present
            threshold; below 0 too few; None without data.
        bias_then: The same with the suggested one.
        error_now: Mean size of the error of a picture with the present threshold.
        error_then: The same with the suggested one.
        change: How much smaller or larger (above 0) the mean size of the error becomes.
    """

    camera_id: CameraId
    present: float
    suggested: float | None
    doubt: Doubt | None
    pictures: int
    people: int
    bias_now: Estimate | None = None
    bias_then: Estimate | None = None
    error_now: Estimate | None = None
    error_then: Estimate | None = None
    change: Estimate | None = None
