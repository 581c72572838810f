"""Batches that a writing child and whoever checks it know alike."""

from __future__ import annotations

from datetime import timedelta

from camwatch.domain import CameraId, Sample
from tests.data.values import NOON, sample

ROWS_PER_CAMERA = 16


def batch(number: int, cameras: list[int]) -> list[Sample]:
    """Return the samples of a batch, the same each time it is asked for."""
    start = NOON + timedelta(seconds=number * ROWS_PER_CAMERA)
    return [
        sample(CameraId(camera), start + timedelta(seconds=row), (number + row) % 7)
        for camera in cameras
        for row in range(ROWS_PER_CAMERA)
    ]
