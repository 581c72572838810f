"""What is usual at each hour of the week, from the stored weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import Rule, Unusual
from camwatch.alerts.scopes import cameras_in, places_in
from camwatch.alerts.signals import Usual, WatchedCamera
from camwatch.alerts.usual import STORED_WEEKS, table_of, usual_of
from camwatch.alerts.wall_clock import QUARTER, utc_minute, wall_minutes
from camwatch.data.minutes import MinuteRepository


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
            By the subject's key and the hour of the week (Monday 0:00 is 0). Where a rule adds
            up numbers, of each that is added: the engine adds up what is usual, too.

        Raises:
            StorageError: The history cannot be read.
        """
        wanted = [one for one in rules if one.is_enabled and isinstance(one.condition, Unusual)]
        if not wanted:
            return {}
        last = utc_minute(self._clock()) // 60 * 60 // QUARTER  # the hour that runs is not stored
        count = STORED_WEEKS * 7 * 24 * 60 // QUARTER
        first = last - count
        by_camera = self._minutes.quarters(
            {one.id for rule in wanted for one in cameras_in(rule.scope, cameras)}, first, count
        )
        by_place = self._minutes.zone_quarters(
            {one for rule in wanted for one in places_in(rule.scope, cameras)}, first, count
        )
        wall = wall_minutes(first * QUARTER, count * QUARTER, zone)[::QUARTER]
        series = {Subject.of_camera(one).key: part for one, part in by_camera.items()}
        series |= {Subject.of_place(one).key: part for one, part in by_place.items()}
        return {
            (key, hour): usual
            for key, (means, coverage) in series.items()
            for hour, usual in usual_of(
                table_of(wall, means.astype(np.float64), coverage.astype(np.float64))
            ).items()
        }
