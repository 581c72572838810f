"""Counts a labelled clip the way a camera is counted, for comparison with its truth."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from camwatch import opencv_setup
from camwatch.accuracy import (
    AuditKind,
    PictureTruth,
    RecordedPassage,
    RecordedPicture,
    Recording,
    Setup,
    Truth,
    brightness_and_colour,
    scene_key,
)
from camwatch.accuracy.clips import Clip
from camwatch.accuracy.recording import LOWEST_STORED_SCORE
from camwatch.detect.counting import Countable
from camwatch.detect.detector import Detector
from camwatch.detect.motion import GREY_WH, Grey
from camwatch.detect.view_counter import Eyes, ViewCounter, relative
from camwatch.domain import Boxes, CameraId, Detections, Picture, Pixels, PlaceId
from camwatch.errors import InvalidSetting
from camwatch.events import CountMeasured, PassageSeen
from camwatch.language import tr
from camwatch.scene import Direction, Mode, Scene, SceneRecord

# isort: split
import cv2

opencv_setup.tidy()

START = datetime(2000, 1, 1, tzinfo=UTC)
"""When all clips were taken: a clip has no date, and the same clip gives the same recording."""

_CAMERA = CameraId(0)
_FIRST_S = 1000.0  # of the monotonic clock; any will do
_SHORTEST_INTERVAL_S = 0.04  # taken for the first picture, of which nothing is known yet


@dataclass(frozen=True, slots=True)
class CountedClip:
    """A clip with its counts.

    Attributes:
        compared: Recordings with their truths.
        pictures: How many pictures were counted.
        note: Why passages were not counted, as a sentence without its full stop; None if
            they were, or nobody asked for them.
    """

    compared: Sequence[tuple[Recording, Truth]]
    pictures: int
    note: str | None


def count_clip(
    name: str, clip: Clip, pictures: Iterable[Countable], detector: Detector, threshold: float
) -> CountedClip:
    """Count a clip.

    Args:
        name: What it is called in the recordings.
        clip: What is known of it.
        pictures: Of its video, in order.
        detector: Finds the people.
        threshold: Lowest score of a box that is counted.

    Raises:
        InvalidSetting: There is no picture.
        ModelError: The detector cannot be run.
    """
    lines = tuple(one.line for one in clip.lines)
    scene = Scene(lines=lines)
    ids = {line.name: PlaceId(number) for number, line in enumerate(lines, 1)}
    counter = ViewCounter(SceneRecord(_CAMERA, scene, ids), threshold)
    row = _Row(name)
    for picture in pictures:
        measured = counter.count(
            row.as_taken(picture), _eyes(picture.pixels, detector), detector.name
        )
        row.add(picture, measured)
    row.add_passages(counter.last_passages())
    if not row.pictures:
        raise InvalidSetting("video", tr("has no picture that can be read"))
    setup = Setup(
        model=detector.name,
        fingerprint=detector.fingerprint,
        runtime=detector.runtime,
        precision=detector.precision,
        threshold=threshold,
        far_people=False,
        scene_key=scene_key(scene),
        smoothing_s=scene.smoothing_s,
        picture_wh=row.wh,
    )
    is_counted = Mode.IN_OUT in row.modes
    compared = []
    if is_counted:
        compared += [(row.recording(setup, one.name), one.truth) for one in clip.lines]
    for truth in clip.truths():
        if truth.kind is AuditKind.OCCUPANCY:
            compared.append((row.recording(setup, None, truth.kind), truth))
        elif truth.kind is AuditKind.PICTURES:
            compared.append((row.recording(setup, None, truth.kind), row.numbered(truth)))
    note = row.advice if lines and not is_counted else None
    return CountedClip(compared, len(row.pictures), note)


class _Row:
    """What was counted in a row of pictures."""

    def __init__(self, name: str) -> None:
        self.wh = (0, 0)
        self.pictures: list[RecordedPicture] = []
        self.modes: set[Mode] = set()
        self.advice: str | None = None
        self._name = name
        self._indices: list[int] = []
        self._passages: list[RecordedPassage] = []
        self._last_s = 0.0
        self._interval_s = _SHORTEST_INTERVAL_S

    def as_taken(self, picture: Countable) -> Picture:
        """Return a picture as if a camera had sent it just now."""
        height, width = picture.pixels.shape[:2]
        self.wh = width, height
        if picture.t_s > self._last_s:
            self._interval_s = picture.t_s - self._last_s
        self._last_s = picture.t_s
        return Picture(
            camera_id=_CAMERA,
            seq=len(self.pictures),
            data=picture.pixels.tobytes(),
            wh=self.wh,
            captured_at=START + timedelta(seconds=picture.t_s),
            captured_s=_FIRST_S + picture.t_s,
            interval_s=self._interval_s,
        )

    def add(self, picture: Countable, measured: CountMeasured) -> None:
        """Take in what was counted in it."""
        brightness, colour = brightness_and_colour(picture.pixels)
        scores = np.concatenate([measured.scores, measured.weak_scores])
        self._indices.append(picture.index)
        self.pictures.append(
            RecordedPicture(
                at=measured.at,
                file="",
                raw=measured.count,
                shown=measured.count if measured.shown is None else measured.shown,
                brightness=brightness,
                colour=colour,
                scores=tuple(
                    round(float(score), 3)
                    for score in sorted(scores, reverse=True)
                    if score >= LOWEST_STORED_SCORE
                ),
            )
        )
        if measured.passing is None:
            return
        self.modes.add(measured.passing.mode)
        self.advice = measured.passing.advice
        self.add_passages(measured.passing.passages)

    def add_passages(self, passages: Sequence[PassageSeen]) -> None:
        """Take in who passed."""
        self._passages += [
            RecordedPassage(
                max(one.at, START), one.name, Direction.IN if one.is_inwards else Direction.OUT
            )
            for one in passages
        ]

    def recording(
        self, setup: Setup, place: str | None, kind: AuditKind = AuditKind.PASSAGES
    ) -> Recording:
        """Return the recording for one truth."""
        passages = sorted(
            (one for one in self._passages if one.place == place), key=lambda one: one.at
        )
        return Recording(
            uid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"clip:{self._name}:{kind}:{place}")),
            camera_id=_CAMERA,
            camera_name=self._name,
            kind=kind,
            place=place,
            started_at=START,
            ended_at=self.pictures[-1].at + timedelta(seconds=self._interval_s),
            setup=setup,
            pictures=tuple(self.pictures),
            passages=tuple(passages),
        )

    def numbered(self, truth: Truth) -> Truth:
        """Return a truth of single pictures that counts only those that were looked at."""
        places = {index: place for place, index in enumerate(self._indices)}
        return replace(
            truth,
            pictures=tuple(
                PictureTruth(places[one.index], one.people)
                for one in truth.pictures
                if one.index in places
            ),
        )


def _eyes(pixels: Pixels, detector: Detector) -> Eyes:
    def grey() -> Grey:
        small = cv2.resize(pixels, GREY_WH, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)

    def search(threshold: float, _moved: Boxes | None) -> Detections:
        return relative(detector.detect(pixels, threshold), pixels)

    return Eyes(grey, search)
