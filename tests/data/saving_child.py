"""Run as a process of its own: saves batch after batch and says which are confirmed.

Usage: python -m tests.data.saving_child FILE FIRST_BATCH
"""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from camwatch.data.engine import Database
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


def main() -> None:
    file, first = Path(sys.argv[1]), int(sys.argv[2])
    with Database.open(file) as database:
        cameras = [int(camera.id) for camera in database.cameras.all()]
        for number in count(first):
            database.counts.save(batch(number, cameras), [])
            print(number, flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
