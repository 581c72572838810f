"""How quickly and how often pictures came of late."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from camwatch.cameras.readings import Readings
from camwatch.domain import Camera, CameraId, CameraReading, CameraSettings, SiteId


def camera(number: int, interval_s: float) -> Camera:
    settings = CameraSettings(f"Cam {number}", "Hall", "10.0.0.7", interval_s=interval_s)
    return Camera(CameraId(number), str(number), SiteId(1), settings, datetime.now(UTC))


def test_latency_and_rate_are_of_the_last_seconds() -> None:
    readings = Readings()
    readings.set_cameras([camera(1, 1.0), camera(2, 60.0), camera(3, 1.0)])
    for second in range(1, 101):
        readings.add(CameraId(1), 500.0 if second < 80 else 20.0 + second % 3, float(second))
        if second % 60 == 0:
            readings.add(CameraId(2), 80.0, float(second))
        readings.add(CameraId(9), 1.0, float(second))
    assert readings.at(100.0) == {
        CameraId(1): CameraReading(21.0, 1.0),
        CameraId(2): CameraReading(80.0, 1 / 240),
        CameraId(3): CameraReading(None, 0.0),
    }
    assert readings.at(111.0)[CameraId(1)] == CameraReading(None, 0.0)


def test_a_stream_of_many_pictures_keeps_its_rate() -> None:
    readings = Readings()
    readings.set_cameras([camera(1, 0.2)])
    for number in range(3000):
        readings.add(CameraId(1), 5.0, number / 100)
    assert readings.at(30.0)[CameraId(1)].pictures_per_s == pytest.approx(100, rel=0.02)
