"""What is usual at each hour of the week, from the stored weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.rules import PlaceRef, Rule, Unusual
from camwatch.alerts.scopes import cameras_in, places_in
from camwatch.alerts.signals import Usual, WatchedCamera
from camwatch.alerts.usual import STORED_WEEKS, table_of, usual_of
from camwatch.alerts.wall_clock import QUARTER, utc_minute, wall_minutes
from camwatch.data.minutes import MinuteRepository
from camwatch.domain import CameraId

Quarters = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Mean and coverage of each quarter of an hour."""


class UsualRepository:
    """Finds out what is usual from one history."""

    def __init__(self, minutes: MinuteRepository, clock: Callable[[], datetime]) -> None:
        self._minutes = minutes
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
            By the subject's key, or `together_key` of a rule whose numbers are added up, and the
            hour of the week (Monday 0:00 is 0).

        Raises:
            StorageError: The history cannot be read.
        """
        wanted = [one for one in rules if one.is_enabled and isinstance(one.condition, Unusual)]
        cameras_of = {
            one.uid: [camera.id for camera in cameras_in(one.scope, cameras)] for one in wanted
        }
        places_of = {one.uid: places_in(one.scope, cameras) for one in wanted}
        if not wanted:
            return {}
        last = utc_minute(self._clock()) // 60 * 60 // QUARTER  # the hour that runs is not stored
        count = STORED_WEEKS * 7 * 24 * 60 // QUARTER
        first = last - count
        by_camera = self._minutes.quarters(
            sorted({one for ids in cameras_of.values() for one in ids}), first, count
        )
        by_place = self._minutes.zone_quarters(
            list({one for refs in places_of.values() for one in refs}), first, count
        )
        wall = wall_minutes(first * QUARTER, count * QUARTER, zone)[::QUARTER]
        series: dict[str, Quarters] = {}
        for rule in wanted:
            parts = _parts(cameras_of[rule.uid], places_of[rule.uid], by_camera, by_place)
            if rule.scope.is_together:
                series[together_key(rule.uid)] = _added(list(parts.values()), count)
            else:
                series |= {subject.key: part for subject, part in parts.items()}
        return {
            (key, hour): usual
            for key, (means, coverage) in series.items()
            for hour, usual in usual_of(
                table_of(wall, means.astype(np.float64), coverage.astype(np.float64))
            ).items()
        }


def together_key(rule_uid: str) -> str:
    """Return the key of all that a rule watches, added up: other rules add up other things."""
    return f"{TOGETHER.key}:{rule_uid}"


def _parts(
    camera_ids: Sequence[CameraId],
    places: Sequence[PlaceRef],
    by_camera: Mapping[CameraId, Quarters],
    by_place: Mapping[PlaceRef, Quarters],
) -> dict[Subject, Quarters]:
    return {Subject.of_camera(one): by_camera[one] for one in camera_ids if one in by_camera} | {
        Subject.of_place(one): by_place[one] for one in places if one in by_place
    }


def _added(parts: Sequence[Quarters], count: int) -> Quarters:
    """Add up; where one of them is not known, the sum is not."""
    if not parts:
        return np.full(count, np.nan, np.float32), np.zeros(count, np.float32)
    means = np.stack([mean for mean, _ in parts]).sum(axis=0)
    return means, np.stack([coverage for _, coverage in parts]).min(axis=0)
