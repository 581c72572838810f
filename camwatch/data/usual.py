"""What is usual at each hour of the week, from the stored weeks, as corrected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import Rule, Unusual
from camwatch.alerts.scopes import cameras_in, places_in
from camwatch.alerts.signals import Usual, WatchedCamera
from camwatch.alerts.usual import STORED_WEEKS, limits, table_of, usual_hours, usual_of
from camwatch.alerts.wall_clock import QUARTER, hour_of_week, utc_minute, wall_minutes
from camwatch.data.corrections import CorrectionRepository
from camwatch.data.edges import bucket_edges
from camwatch.data.minutes import MinuteRepository, Numbers
from camwatch.data.moments import MINUTE_MS, from_ms
from camwatch.domain import BucketSize, CameraId
from camwatch.history.asking import UsualPoint

_QUARTERS = STORED_WEEKS * 7 * 24 * 60 // QUARTER
_SHORT = frozenset(
    {BucketSize.MINUTE, BucketSize.FIVE_MINUTES, BucketSize.QUARTER, BucketSize.HOUR}
)


class UsualRepository:
    """Finds out what is usual from one history."""

    def __init__(
        self,
        minutes: MinuteRepository,
        corrections: CorrectionRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._minutes = minutes
        self._corrections = corrections
        self._clock = clock

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
        by_camera = self._of_cameras(
            {one.id for rule in wanted for one in cameras_in(rule.scope, cameras)}, first
        )
        by_place = self._minutes.zone_quarters(
            {one for rule in wanted for one in places_in(rule.scope, cameras)}, first, _QUARTERS
        )
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
        camera_ids: Collection[CameraId],
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[UsualPoint]:
        """Return what is usual for each bucket, from the twelve weeks before the first of them.

        Numbers outside of the band are those that a rule about unusual numbers would tell of, as
        it is when it is made. Of several cameras the sum of each quarter of an hour is looked
        at: their peaks need not come together. A quarter in which less than half of them
        measured says nothing.

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
        first = edges[0] // QUARTER - _QUARTERS
        means, coverage = self._added_up(self._of_cameras(camera_ids, first))
        wall = wall_minutes(first * QUARTER, _QUARTERS * QUARTER, zone)[::QUARTER]
        median, spread, weeks = usual_hours(table_of(wall, means, coverage))
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

    def _of_cameras(
        self, camera_ids: Collection[CameraId], first: int
    ) -> dict[CameraId, tuple[Numbers, Numbers]]:
        """Return the quarters of cameras; those of which anything was excluded are unknown."""
        found = self._minutes.quarters(camera_ids, first, _QUARTERS)
        stretch = (first * QUARTER, (first + _QUARTERS) * QUARTER)
        for camera_id, gone in self._corrections.excluded(camera_ids, stretch).items():
            means, coverage = found[camera_id]
            for one, other in gone.stretches:
                some = slice(max(0, one // QUARTER - first), max(0, -(-other // QUARTER) - first))
                means[some], coverage[some] = np.nan, 0.0
        return found

    @staticmethod
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
