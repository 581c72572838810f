"""What is usual at each hour of the week, from the stored weeks."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.rules import PlaceRef, Rule, Unusual
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
        self._kept: dict[tuple[object, ...], tuple[datetime, ByHour]] = {}

    def read(self, known: Known, now: datetime) -> dict[tuple[str, int], Usual]:
        """Return what is usual of all subjects that a rule needs it of.

        Returns:
            By the subject's key and the hour of the week; of the sum of a rule's cameras by its
            key with the rule's uid before it, too: "1234:together".

        Raises:
            StorageError: The history cannot be read.
        """
        found: dict[tuple[str, int], Usual] = {}
        wanted: set[tuple[object, ...]] = set()
        for rule in known.rules.values():
            if not isinstance(rule.condition, Unusual) or not rule.is_enabled:
                continue
            for keys, cameras, places in _subjects(rule, known):
                mark = (cameras, places)
                wanted.add(mark)
                for hour, usual in self._of(mark, cameras, places, now).items():
                    found.update({(key, hour): usual for key in keys})
        with self._lock:
            self._kept = {mark: kept for mark, kept in self._kept.items() if mark in wanted}
        return found

    def _of(
        self,
        mark: tuple[object, ...],
        cameras: tuple[CameraId, ...],
        places: tuple[PlaceId, ...],
        now: datetime,
    ) -> ByHour:
        with self._lock:
            kept = self._kept.get(mark)
        if kept is not None and kept[0] <= now < kept[0] + _HOLDS:
            return kept[1]
        usual = usual_by_hour(self._means(cameras, places, now), self._zone)
        with self._lock:
            self._kept[mark] = now, usual
        return usual

    def _means(
        self, cameras: tuple[CameraId, ...], places: tuple[PlaceId, ...], now: datetime
    ) -> dict[datetime, float]:
        """Return the mean of each full hour; of several zones only where all are known."""
        end = now.replace(minute=0, second=0, microsecond=0)
        span = BucketSize.HOUR, end - timedelta(weeks=WEEKS), end, self._zone
        if not places:
            return _known(self._database.counts.buckets(cameras, *span))
        of_each = [_known(self._database.passages.occupancy(one, *span)) for one in places]
        common = set.intersection(*(set(one) for one in of_each))
        return {start: sum(one[start] for one in of_each) for start in common}


def _known(buckets: Sequence[Bucket]) -> dict[datetime, float]:
    return {
        one.start: one.mean
        for one in buckets
        if one.mean is not None and one.coverage >= LEAST_COVERAGE
    }


_Of = tuple[tuple[str, ...], tuple[CameraId, ...], tuple[PlaceId, ...]]


def _subjects(rule: Rule, known: Known) -> list[_Of]:
    """Return the keys of a rule's subjects, with the cameras or zones that each adds up."""
    together = (TOGETHER.key, f"{rule.uid}:{TOGETHER.key}")
    if rule.scope.places:
        ids = {
            PlaceRef(record.camera_id, zone.name): record.ids[zone.name]
            for record in known.scenes
            for zone in record.scene.zones
        }
        refs = sorted(rule.scope.places & ids.keys(), key=lambda one: (one.camera_id, one.name))
        if rule.scope.is_together:
            return [(together, (), tuple(ids[one] for one in refs))] if refs else []
        return [((Subject.of_place(one).key,), (), (ids[one],)) for one in refs]
    cameras = tuple(sorted(one for one in known.cameras_of(rule) if known.cameras[one].is_enabled))
    if rule.scope.is_together:
        return [(together, cameras, ())] if cameras else []
    return [((Subject.of_camera(one).key,), (one,), ()) for one in cameras]
