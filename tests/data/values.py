"""Values that the tests of the history are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from camwatch.domain import Camera, CameraId, CameraSettings, CameraState, Reason, Sample
from camwatch.domain import StateChange as Change

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def settings(name: str = "Gate", *, site: str = "", interval_s: float = 1.0) -> CameraSettings:
    return CameraSettings(
        name=name,
        location="Ground floor",
        host="10.0.0.7",
        port=8080,
        scheme="https",
        base_path="/cam/1",
        snapshot_path="/snapshot?size=big",
        status_path="",
        username="viewer",
        interval_s=interval_s,
        allow_local=True,
        allow_basic=True,
        is_enabled=False,
        site=site,
    )


def sample(
    camera: Camera | CameraId,
    at: datetime | float,
    count: int = 1,
    *,
    interval_s: float = 1.0,
    confidence: float = 0.5,
) -> Sample:
    """Make a sample; a number for `at` is seconds after noon."""
    camera_id = camera.id if isinstance(camera, Camera) else camera
    moment = at if isinstance(at, datetime) else NOON + timedelta(seconds=at)
    return Sample(camera_id, moment, count, confidence, 0.0145, interval_s)


def change(
    camera: Camera, after_s: float, state: CameraState, reason: Reason = Reason.NONE
) -> Change:
    return Change(camera.id, NOON + timedelta(seconds=after_s), state, reason)
