"""A simulated camera whose pictures are recorded for an audit, with counts of our choosing."""

from __future__ import annotations

import time
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np

from camwatch.accuracy import AuditKind, Setup
from camwatch.accuracy.plan import RecordingPlan
from camwatch.cameras.simulator.film import Film
from camwatch.domain import CameraId, Picture, PlaceId, utc_now
from camwatch.events import Bus, CountMeasured, PassageSeen, Passing
from camwatch.scene import Mode
from camwatch.workers.audit_recordings import AuditRecordings

GATE = CameraId(1)
FPS = 5.0
SIZE = (640, 360)
MODEL = "nanodet-plus"


@cache
def film() -> Film:
    """The simulated camera; painted once."""
    return Film(1, SIZE, fps=FPS, seed=3, cache_bytes=64 * 2**20)


def jpeg(frame: int) -> bytes:
    return film().picture(0, frame)


def people(frame: int) -> int:
    """Who is really in view."""
    return film().moment(0, frame).occupancy


def a_setup(threshold: float = 0.4) -> Setup:
    return Setup(
        model=MODEL,
        fingerprint="ab" * 32,
        runtime="onnxruntime",
        precision="int8",
        threshold=threshold,
        far_people=False,
        scene_key="0" * 64,
        smoothing_s=3.0,
        picture_wh=SIZE,
    )


def a_plan(
    kind: AuditKind = AuditKind.OCCUPANCY,
    seconds: float = 60.0,
    *,
    pictures: int | None = None,
    settle_s: float = 0.0,
    camera: CameraId = GATE,
) -> RecordingPlan:
    place = "Door" if kind is AuditKind.PASSAGES else None
    return RecordingPlan(camera, "Gate", kind, place, seconds, pictures, settle_s)


def a_picture(frame: int, data: bytes | None = None, camera: CameraId = GATE) -> Picture:
    return Picture(
        camera_id=camera,
        seq=frame,
        data=jpeg(frame) if data is None else data,
        wh=SIZE,
        captured_at=utc_now(),
        captured_s=time.monotonic(),
        interval_s=1 / FPS,
    )


def a_count(
    picture: Picture,
    count: int,
    *,
    shown: int | None = None,
    passages: tuple[tuple[datetime, bool], ...] = (),
    place: str = "Door",
    model: str = MODEL,
) -> CountMeasured:
    seen = tuple(
        PassageSeen(PlaceId(1), place, at, number, is_inwards)
        for number, (at, is_inwards) in enumerate(passages)
    )
    left = np.linspace(0.1, 0.8, count, dtype=np.float32)
    return CountMeasured(
        at=picture.captured_at,
        camera_id=picture.camera_id,
        seq=picture.seq,
        count=count,
        confidence=0.8,
        processing_s=0.01,
        interval_s=picture.interval_s,
        boxes=np.stack([left, left * 0 + 0.3, left + 0.08, left * 0 + 0.8], axis=1),
        scores=np.full(count, 0.8, np.float32),
        model=model,
        shown=shown,
        weak_scores=np.array([0.3, 0.1], np.float32),
        passing=Passing(Mode.IN_OUT, passages=seen) if passages else None,
    )


def feed(recordings: AuditRecordings, bus: Bus, frame: int, count: int | None = None) -> Picture:
    """Let the camera send a picture, and the program count its people."""
    picture = a_picture(frame)
    recordings.offer(picture)
    bus.publish(a_count(picture, people(frame) if count is None else count))
    return picture


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.glob("*.jpg"))
