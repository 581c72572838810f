"""What is usual at each hour of the week, from the stored weeks."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import PlaceRef, Unusual
from camwatch.alerts.scoping import subjects_of
from camwatch.alerts.signals import Usual
from camwatch.commands.alert_setup import Known
from camwatch.data.engine import Database
from camwatch.domain import Bucket, BucketSize, CameraId, PlaceId

WEEKS = 12
"""So many are looked at: what was usual half a year ago is another season's."""

LEAST_COVERAGE = 0.5
"""An hour that was measured less than this says nothing."""

DEVIATION = 1.4826
"""Makes a standard deviation of the median absolute deviation, where numbers are normal."""

_HOLDS = timedelta(hours=6)

_Read = Callable[[BucketSize, datetime, datetime, ZoneInfo], Sequence[Bucket]]

ByHour = Mapping[int, Usual]
"""By the hour of the week by the clocks of the site; Monday 0:00 is 0."""


def hour_of_week(moment: datetime, zone: ZoneInfo) -> int:
    """Return the hour of the week by the clocks of the site; Monday 0:00 is 0."""
    wall = moment.astimezone(zone)
    return wall.weekday() * 24 + wall.hour


def usual_by_hour(means: Mapping[datetime, float], zone: ZoneInfo) -> ByHour:
    """Return what is usual at each hour of the week.

    Args:
        means: Mean number of people by the beginning of each hour that was measured.
        zone: Whose clocks.
    """
    found: dict[int, list[float]] = defaultdict(list)
    for start, mean in means.items():
        found[hour_of_week(start, zone)].append(mean)
    return {hour: _usual(numbers) for hour, numbers in found.items()}


def _usual(numbers: Sequence[float]) -> Usual:
    middle = median(numbers)
    spread = DEVIATION * median(abs(number - middle) for number in numbers)
    return Usual(middle, spread, len(numbers))


class UsualNumbers:
    """Reads it from the history, and keeps it for some hours. For any thread.

    Args:
        database: The history.
        zone: Whose hours.
    """

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, int], tuple[datetime, ByHour]] = {}

    def read(self, known: Known, now: datetime) -> dict[tuple[str, int], Usual]:
        """Return what is usual of all cameras and zones that a rule needs it of.

        Returns:
            By the subject's key and the hour of the week; of what is added up each by itself.

        Raises:
            StorageError: The history cannot be read.
        """
        ids = {
            PlaceRef(record.camera_id, zone.name): record.ids[zone.name]
            for record in known.scenes
            for zone in record.scene.zones
        }
        found: dict[tuple[str, int], Usual] = {}
        cameras: dict[CameraId, str] = {}
        zones: dict[PlaceId, str] = {}
        for rule in known.rules.values():
            if not isinstance(rule.condition, Unusual) or not rule.is_enabled:
                continue
            for watched in subjects_of(rule, known.cameras):
                cameras |= {one: Subject.of_camera(one).key for one in watched.cameras}
                zones |= {
                    ids[one]: Subject.of_place(one).key for one in watched.places if one in ids
                }
        for camera_id, key in cameras.items():
            by_hour = self._of_camera(camera_id, now)
            found |= {(key, hour): usual for hour, usual in by_hour.items()}
        for place_id, key in zones.items():
            by_hour = self._of_zone(place_id, now)
            found |= {(key, hour): usual for hour, usual in by_hour.items()}
        return found

    def _of_camera(self, camera_id: CameraId, now: datetime) -> ByHour:
        return self._of(
            ("camera", camera_id),
            lambda *span: self._database.counts.buckets([camera_id], *span),
            now,
        )

    def _of_zone(self, place_id: PlaceId, now: datetime) -> ByHour:
        return self._of(
            ("zone", place_id),
            lambda *span: self._database.passages.occupancy(place_id, *span),
            now,
        )

    def _of(self, what: tuple[str, int], read: _Read, now: datetime) -> ByHour:
        """Return what is usual, from what is kept or from the history."""
        with self._lock:
            kept = self._kept.get(what)
        if kept is not None and kept[0] <= now < kept[0] + _HOLDS:
            return kept[1]
        end = now.replace(minute=0, second=0, microsecond=0)
        buckets = read(BucketSize.HOUR, end - timedelta(weeks=WEEKS), end, self._zone)
        usual = usual_by_hour(
            {
                one.start: one.mean
                for one in buckets
                if one.mean is not None and one.coverage >= LEAST_COVERAGE
            },
            self._zone,
        )
        with self._lock:
            self._kept[what] = now, usual
        return usual
