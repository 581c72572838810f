"""Recordings and truths for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from camwatch.accuracy import (
    AuditKind,
    RecordedPassage,
    RecordedPicture,
    Recording,
    Setup,
    TruePassage,
)
from camwatch.domain import CameraId
from camwatch.scene import Direction

START = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
UID = "0f0e0d0c-0b0a-4908-8706-050403020100"
REPORT_UID = "1f0e0d0c-0b0a-4908-8706-050403020100"

SETUP = Setup(
    model="nanodet",
    fingerprint="ab" * 32,
    runtime="onnxruntime",
    precision="int8",
    threshold=0.35,
    far_people=False,
    scene_key="cd" * 32,
    smoothing_s=3.0,
    picture_wh=(1920, 1080),
)

IN, OUT = Direction.IN, Direction.OUT
Way = tuple[float, Direction]


def picture(
    t_s: float,
    people: int = 0,
    *,
    brightness: float = 0.5,
    colour: float = 0.1,
    scores: tuple[float, ...] = (),
    file: str = "",
) -> RecordedPicture:
    at = START + timedelta(seconds=t_s)
    return RecordedPicture(at, file, people, people, brightness, colour, scores)


def recording(
    kind: AuditKind,
    pictures: Sequence[RecordedPicture],
    *,
    duration_s: float,
    passages: Sequence[Way] = (),
    setup: Setup = SETUP,
) -> Recording:
    place = "door" if kind is AuditKind.PASSAGES else None
    return Recording(
        uid=UID,
        camera_id=CameraId(3),
        camera_name="Entrance",
        kind=kind,
        place=place,
        started_at=START,
        ended_at=START + timedelta(seconds=duration_s),
        setup=setup,
        pictures=tuple(pictures),
        passages=tuple(
            RecordedPassage(START + timedelta(seconds=t_s), "door", way) for t_s, way in passages
        ),
    )


def true_passages(passages: Sequence[Way]) -> tuple[TruePassage, ...]:
    return tuple(TruePassage(t_s, way) for t_s, way in passages)
