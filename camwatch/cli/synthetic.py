"""Counts that nobody counted, like those of a shop: busy by day, calm at night, with gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.domain import CameraId, Passage, PlaceId, Sample
from camwatch.scene import PlaceKind, PlaceRecord

_SEED = 11
_BUSIEST = 9.0
_AWAY = 0.01
_FLAGGED = 0.002


class Crowd:
    """Makes up what cameras count that are asked once a second.

    Args:
        camera_ids: Which cameras.
        places: Their lines and zones.
        zone: By whose clocks it is day.
    """

    def __init__(
        self, camera_ids: Sequence[CameraId], places: Sequence[PlaceRecord], zone: ZoneInfo
    ) -> None:
        self._ids = camera_ids
        self._zone = zone
        self._chance = np.random.default_rng(_SEED)
        self._lines: dict[CameraId, list[PlaceId]] = defaultdict(list)
        self._zones: dict[CameraId, list[PlaceId]] = defaultdict(list)
        for one in places:
            kind = self._zones if one.kind is PlaceKind.ZONE else self._lines
            kind[one.camera_id].append(one.id)
        self._track = 0

    def batch(self, start: datetime, seconds: int, most: int) -> tuple[list[Sample], list[Passage]]:
        """Return what is counted in some seconds, second after second.

        Args:
            start: The first second.
            seconds: How many.
            most: So many counts at most.
        """
        cameras = len(self._ids)
        hour = start.astimezone(self._zone).hour
        busy = max(0.0, float(np.sin((hour - 7) / 14 * np.pi))) * _BUSIEST
        people = self._chance.poisson(busy + 0.05, (seconds, cameras)).tolist()
        scores = self._chance.uniform(0.4, 0.9, (seconds, cameras)).tolist()
        flagged = (self._chance.random((seconds, cameras)) < _FLAGGED).tolist()
        # Now and then a camera is away for the whole batch.
        is_there = (self._chance.random(cameras) >= _AWAY).tolist()
        samples: list[Sample] = []
        for second in range(seconds):
            at = start + timedelta(seconds=second)
            counts, sure, doubts = people[second], scores[second], flagged[second]
            for number, camera_id in enumerate(self._ids):
                if not is_there[number]:
                    continue
                count = counts[number]
                samples.append(
                    Sample(
                        camera_id,
                        at,
                        count,
                        sure[number] if count else 0.0,
                        0.014,
                        1.0,
                        count,
                        count == 0,
                        tuple((one, count // 2) for one in self._zones[camera_id]),
                        tuple(self._lines[camera_id]),
                        doubts[number],
                    )
                )
        samples = samples[:most]
        return samples, self._passages(start, seconds, busy)

    def _passages(self, start: datetime, seconds: int, busy: float) -> list[Passage]:
        found = []
        for lines in self._lines.values():
            for place_id in lines:
                for after_s in self._chance.uniform(0, seconds, self._chance.poisson(busy)):
                    self._track += 1
                    at = start + timedelta(seconds=float(after_s))
                    found.append(Passage(place_id, at, self._track, self._track % 2 == 0))
        return found
