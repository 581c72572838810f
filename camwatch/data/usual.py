"""What is usual at each hour of the week, from the stored weeks, as corrected."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import Rule, Unusual
from camwatch.alerts.scopes import cameras_in, places_in
from camwatch.alerts.signals import Usual, WatchedCamera
from camwatch.alerts.usual import STORED_WEEKS, limits, table_of, usual_hours, usual_of
from camwatch.alerts.wall_clock import QUARTER, hour_of_week, utc_minute, wall_minutes
from camwatch.data.chosen import chosen_cameras
from camwatch.data.corrections import CorrectionRepository, Excluded
from camwatch.data.edges import bucket_edges
from camwatch.data.hour_sums import added_up_hours
from camwatch.data.minutes import MinuteRepository, Numbers, place_versions
from camwatch.data.moments import MINUTE_MS, from_ms
from camwatch.data.store import ReadingStore
from camwatch.domain import BucketSize, CameraId, PlaceId
from camwatch.history.asking import UsualPoint

_QUARTERS = STORED_WEEKS * 7 * 24 * 60 // QUARTER
_KEPT = timedelta(seconds=300)
_MOST_KEPT = 64

UsualHours = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]
"""Median, spread and number of weeks of each hour of the week."""

_SHORT = frozenset(
    {BucketSize.MINUTE, BucketSize.FIVE_MINUTES, BucketSize.QUARTER, BucketSize.HOUR}
)


class UsualRepository:
    """Finds out what is usual from one history."""

    def __init__(
        self,
        connections: ReadingStore,
        minutes: MinuteRepository,
        corrections: CorrectionRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._minutes = minutes
        self._corrections = corrections
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[object, tuple[datetime, UsualHours]] = OrderedDict()

    def for_rules(
        self, rules: Sequence[Rule], cameras: Sequence[WatchedCamera], zone: ZoneInfo
    ) -> dict[tuple[str, int], Usual]:
        """Return what is usual of whatever the rules about unusual numbers watch.

        Takes about a tenth of a second for twelve weeks of four cameras, so it is not asked for
        every second; once an hour is enough.

        Args:
            rules: All rules; those that are switched off, or about other things, do not count.
            cameras: All cameras.
            zone: Whose hours are meant.

        Returns:
            By the subject's key and the hour of the week (Monday 0:00 is 0). Where a rule adds
            up numbers, of each that is added: the engine adds up what is usual, too.

        Raises:
            StorageError: The history cannot be read.
        """
        wanted = [one for one in rules if one.is_enabled and isinstance(one.condition, Unusual)]
        if not wanted:
            return {}
        last = utc_minute(self._clock()) // 60 * 60 // QUARTER  # the hour that runs is not stored
        first = last - _QUARTERS
        ids = {one.id for rule in wanted for one in cameras_in(rule.scope, cameras)}
        stretch = (first * QUARTER, last * QUARTER)
        by_camera = self._quarters(ids, first, self._corrections.excluded(ids, stretch))
        zones = {one for rule in wanted for one in places_in(rule.scope, cameras)}
        by_place = self._minutes.zone_quarters(zones, first, _QUARTERS)
        with self._connections.reading() as connection:
            versions = place_versions(connection, zones)
        ids_of_places = [PlaceId(one) for one in versions]
        for place_id, (gone, _) in self._corrections.of_places(ids_of_places, stretch).items():
            _leave_out(by_place[versions[place_id]], gone, first)
        wall = wall_minutes(first * QUARTER, _QUARTERS * QUARTER, zone)[::QUARTER]
        series = {Subject.of_camera(one).key: part for one, part in by_camera.items()}
        series |= {Subject.of_place(one).key: part for one, part in by_place.items()}
        return {
            (key, hour): usual
            for key, (means, coverage) in series.items()
            for hour, usual in usual_of(
                table_of(wall, means.astype(np.float64), coverage.astype(np.float64))
            ).items()
        }

    def band(
        self,
        camera_ids: Sequence[CameraId],
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[UsualPoint]:
        """Return what is usual for each bucket, from the twelve weeks before the first of them.

        Numbers outside of the band are those that a rule about unusual numbers would tell of, as
        it is when it is made. Of several cameras the sum of each week's hour is looked at: their
        peaks need not come together. An hour in which less than half was measured says nothing.

        Args:
            camera_ids: Which cameras are added up.
            size: Those longer than an hour have no usual band: nothing is returned.
            start: Lies in the first bucket.
            end: The last bucket begins before it.
            zone: Whose clocks.

        Raises:
            InvalidSetting: These are more than a million buckets.
            StorageError: The history cannot be read.
        """
        if size not in _SHORT:
            return []
        edges = [edge // MINUTE_MS for edge in bucket_edges(size, start, end, zone)]
        if not edges:
            return []
        median, spread, weeks = self._hours(camera_ids, edges[0] // QUARTER - _QUARTERS, zone)
        low, high = limits(median, spread, Unusual().spreads)
        found = []
        for minute, at in zip(edges[:-1], _hours_of(edges[:-1], zone), strict=True):
            begin = from_ms(minute * MINUTE_MS)
            if weeks[at]:
                band = max(0.0, float(low[at])), float(median[at]), float(high[at])
                found.append(UsualPoint(begin, *band, int(weeks[at])))
            else:
                found.append(UsualPoint(begin, None, None, None, 0))
        return found

    def _hours(self, camera_ids: Sequence[CameraId], first: int, zone: ZoneInfo) -> UsualHours:
        """Return what is usual at each hour of the week; what was found lately is not sought again.

        Args:
            camera_ids: Which cameras are added up.
            first: The first quarter since 1970 UTC.
            zone: Whose clocks.
        """
        stretch = (first * QUARTER, (first + _QUARTERS) * QUARTER)
        excluded = self._corrections.excluded(camera_ids, stretch)
        gone = tuple((one, tuple(some.stretches)) for one, some in sorted(excluded.items()))
        key = (tuple(camera_ids), first, zone.key, gone)
        now = self._clock()
        with self._lock:
            known = self._found.get(key)
        if known is not None and timedelta() <= now - known[0] < _KEPT:
            return known[1]
        found = usual_hours(self._table(camera_ids, first, zone, excluded))
        with self._lock:
            self._found[key] = now, found
            while len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)
        return found

    def _table(
        self,
        camera_ids: Sequence[CameraId],
        first: int,
        zone: ZoneInfo,
        excluded: Mapping[CameraId, Excluded],
    ) -> npt.NDArray[np.float64]:
        """Return the values of each hour of the week: quarters of one camera, hours of several."""
        wall = wall_minutes(first * QUARTER, _QUARTERS * QUARTER, zone)
        if len(camera_ids) > 1:
            stretch = (first * QUARTER, (first + _QUARTERS) * QUARTER)
            with self._connections.reading() as connection:
                cameras = chosen_cameras(connection, camera_ids)
                if all(one.rolled_zone for one in cameras):
                    starts, means, coverage = added_up_hours(connection, cameras, stretch, excluded)
                    return table_of(wall[starts - stretch[0]], means, coverage)
        means, coverage = _added_up(self._quarters(camera_ids, first, excluded))
        return table_of(wall[::QUARTER], means, coverage)

    def _quarters(
        self,
        camera_ids: Collection[CameraId],
        first: int,
        excluded: Mapping[CameraId, Excluded],
    ) -> dict[CameraId, tuple[Numbers, Numbers]]:
        """Return the quarters of cameras; those of which anything was excluded are unknown."""
        found = self._minutes.quarters(camera_ids, first, _QUARTERS)
        for camera_id, gone in excluded.items():
            _leave_out(found[camera_id], gone, first)
        return found


def _leave_out(quarters: tuple[Numbers, Numbers], gone: Excluded, first: int) -> None:
    """Make the quarters unknown of which anything was excluded."""
    means, coverage = quarters
    for one, other in gone.stretches:
        some = slice(max(0, one // QUARTER - first), max(0, -(-other // QUARTER) - first))
        means[some], coverage[some] = np.nan, 0.0


def _added_up(
    series: Mapping[CameraId, tuple[Numbers, Numbers]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    total, covered = np.full(_QUARTERS, np.nan), np.zeros(_QUARTERS)
    there = np.zeros(_QUARTERS)
    for means, coverage in series.values():
        known = ~np.isnan(means)
        total[known] = np.nan_to_num(total[known]) + means[known]
        covered += coverage
        # It was not there yet before it measured anything.
        if known.any():
            there[int(np.argmax(known)) :] += 1
    return total, np.divide(covered, there, out=np.zeros(_QUARTERS), where=there > 0)


def _hours_of(minutes: Sequence[int], zone: ZoneInfo) -> list[int]:
    """Return the hour of the week in which each of some minutes lies, ascending."""
    first, last = minutes[0], minutes[-1]
    wall = wall_minutes(first, last - first + 1, zone)
    return [int(one) for one in hour_of_week(wall[np.array(minutes) - first])]
