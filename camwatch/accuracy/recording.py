"""What was recorded for an audit: pictures and passages, with the numbers the program gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from camwatch.accuracy.setup import Setup
from camwatch.accuracy.stored import Stored
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene import Direction

LOWEST_STORED_SCORE = 0.15
"""Scores of boxes are recorded down to this one, so that lower thresholds can be tried."""

_DARK, _DIM = 0.15, 0.35
_GREY = 0.02
_FILE = re.compile(r"[A-Za-z0-9_-]{1,64}\.jpg")
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AuditKind(StrEnum):
    """What an audit is about."""

    OCCUPANCY = "occupancy"  # people in view over time
    PASSAGES = "passages"  # in and out at a line or gate
    PICTURES = "pictures"  # people in single pictures, chosen at random


class Light(StrEnum):
    """The light in a picture."""

    DAYLIGHT = "daylight"
    DIM = "dim"
    DARK = "dark"

    @classmethod
    def of(cls, brightness: float, colour: float) -> Light:
        """Tell the light from the picture; both values as `brightness_and_colour` gives them.

        A picture without any colour counts as dark, however bright it is: that is how
        cameras see at night, by their own infrared light.
        """
        if brightness < _DARK or colour < _GREY:
            return cls.DARK
        return cls.DIM if brightness < _DIM else cls.DAYLIGHT


@dataclass(frozen=True, slots=True)
class RecordedPicture:
    """One picture of a recording.

    Attributes:
        at: When it was taken, UTC.
        file: Name of the JPEG file beside the recording: letters, digits, "-" and "_",
            and ".jpg". Empty in passages and occupancy that were recorded without pictures.
        raw: People counted in this picture.
        shown: The smoothed number at this moment.
        brightness: Mean brightness, 0 to 1.
        colour: Colourfulness, 0 to 1; see `brightness_and_colour`.
        scores: Of all boxes that would count, masked ones left out, down to
            `LOWEST_STORED_SCORE`; best first.
    """

    at: datetime
    file: str
    raw: int
    shown: int
    brightness: float
    colour: float
    scores: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.file and not _FILE.fullmatch(self.file):
            raise InvalidSetting(
                "file", tr("{file!r} is no name of a recorded picture", file=self.file)
            )
        if self.raw < 0 or self.shown < 0:
            raise InvalidSetting("raw", tr("is below zero"))
        if not all(0 <= one <= 1 for one in (self.brightness, self.colour, *self.scores)):
            raise InvalidSetting("scores", tr("or the brightness are not from 0 to 1"))

    @property
    def light(self) -> Light:
        """The light in it."""
        return Light.of(self.brightness, self.colour)


@dataclass(frozen=True, slots=True)
class RecordedPassage:
    """Somebody passed a line or gate, as the program saw it.

    Attributes:
        at: When, UTC.
        place: Name of the line or gate.
        direction: Which way.
    """

    at: datetime
    place: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Recording(Stored):
    """A recorded stretch of one camera, or a random sample of its pictures.

    Attributes:
        uid: UUID text.
        camera_id: Which camera.
        camera_name: What it was called then.
        kind: What is to be audited.
        place: The line or gate of an audit of passages; None otherwise.
        started_at: UTC; times of the truth are seconds from here.
        ended_at: UTC.
        setup: What counted.
        pictures: In order of time.
        passages: In order of time; those of `place` only.

    Raises:
        InvalidSetting: These do not fit together; the field says which.
    """

    FORMAT: ClassVar[str] = "camwatch-recording"

    uid: str
    camera_id: CameraId
    camera_name: str
    kind: AuditKind
    place: str | None
    started_at: datetime
    ended_at: datetime
    setup: Setup
    pictures: tuple[RecordedPicture, ...]
    passages: tuple[RecordedPassage, ...] = ()

    def __post_init__(self) -> None:
        """Check what belongs together."""
        if not _UID.fullmatch(self.uid):
            raise InvalidSetting("uid", tr("is not a UUID"))
        if self.ended_at < self.started_at:
            raise InvalidSetting("ended_at", tr("is before the start"))
        if (self.kind is AuditKind.PASSAGES) != (self.place is not None):
            raise InvalidSetting("place", tr("is named for passages, and for nothing else"))
        if self.passages and self.kind is not AuditKind.PASSAGES:
            raise InvalidSetting(
                "passages", tr("do not belong to an audit of {value}", value=self.kind.value)
            )
        if any(one.place != self.place for one in self.passages):
            raise InvalidSetting("passages", tr("are of another place"))
        for name, moments in (
            ("pictures", [one.at for one in self.pictures]),
            ("passages", [one.at for one in self.passages]),
        ):
            if moments != sorted(moments):
                raise InvalidSetting(name, tr("are not in order of time"))
            if moments and not (self.started_at <= moments[0] and moments[-1] <= self.ended_at):
                raise InvalidSetting(name, tr("are not from the recorded time"))

    @property
    def duration_s(self) -> float:
        """How long it is, seconds."""
        return (self.ended_at - self.started_at).total_seconds()

    def time_s(self, moment: datetime) -> float:
        """Return a moment (UTC) in seconds from the start."""
        return (moment - self.started_at).total_seconds()
