"""How many people there are at each hour of the week, as corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from camwatch.data import overlay
from camwatch.data.corrections import CorrectionRepository, Excluded
from camwatch.data.counts import CountRepository
from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms
from camwatch.data.remains import HOUR_MIN, IN_VIEW, hour_rows, left_of
from camwatch.data.store import Store
from camwatch.data.week_hours import Sums, WeekHours
from camwatch.domain import BucketSize, CameraId
from camwatch.history.asking import WeekMap

_HOUR_MS = HOUR_MIN * MINUTE_MS


class WeekRepository:
    """Reads hours of the week from one history."""

    def __init__(
        self, connections: Store, counts: CountRepository, corrections: CorrectionRepository
    ) -> None:
        self._connections = connections
        self._counts = counts
        self._corrections = corrections

    def map(
        self,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        """Return the mean of each hour of the week over all hours that touch a stretch of time.

        A camera counts with the mean of what it measured itself, so that one that was down for
        some weeks does not lower the sum.

        Args:
            camera_ids: Which cameras are added up; None for all, removed ones too.
            start: UTC.
            end: UTC; exclusive.
            zone: Whose hours.

        Raises:
            InvalidSetting: The stretch is longer than a century.
            StorageError: The history cannot be read.
        """
        hours = self._counts.week_hours(camera_ids, start, end, zone)
        edges = bucket_edges(BucketSize.HOUR, start, end, zone)
        if edges:
            limits = overlay.edges_in_minutes(edges)
            excluded = self._corrections.excluded(camera_ids, (limits[0], limits[-1]))
            if excluded:
                hours = self._without(hours, excluded, limits, zone)
        return WeekMap(hours.mean(), hours.coverage(), hours.weeks)

    def _without(
        self,
        hours: WeekHours,
        excluded: dict[CameraId, Excluded],
        limits: Sequence[int],
        zone: ZoneInfo,
    ) -> WeekHours:
        """Return the sums without what is excluded; those that were given stay as they are."""
        sums = [np.array(one) for one in (hours.people_ms, hours.covered_ms, hours.measured_ms)]
        with self._connections.reading() as connection:
            for place, camera_id in enumerate(hours.camera_ids):
                gone = excluded.get(camera_id)
                if gone is None:
                    continue
                stored = _stored_hours(connection, camera_id, limits)
                for index in overlay.touched(limits, gone.stretches):
                    first, stop = limits[index], limits[index + 1]
                    clock = from_ms(first * MINUTE_MS).astimezone(zone)
                    out = stored.get(first)
                    if out is None:
                        out = _measured(connection, camera_id, (first, stop), Excluded())
                    if overlay.without(gone.stretches, first, stop):
                        out = out - _measured(connection, camera_id, (first, stop), gone)
                    for total, less in zip(sums, out, strict=True):
                        at = place, clock.weekday(), clock.hour
                        total[at] = max(0, total[at] - less)
        people_ms, covered_ms, measured_ms = sums
        return replace(hours, people_ms=people_ms, covered_ms=covered_ms, measured_ms=measured_ms)


def _stored_hours(
    connection: Connection, camera_id: CameraId, limits: Sequence[int]
) -> dict[int, Sums]:
    """Return the hours of a camera that are stored as such, by their first minute."""
    rows = hour_rows(connection, IN_VIEW, camera_id, (limits[0], limits[-1]))
    return {start: _sums(people, covered) for start, _, people, covered, *_ in rows}


def _measured(
    connection: Connection, camera_id: CameraId, hour: overlay.Stretch, gone: Excluded
) -> Sums:
    """Return people times milliseconds, measured milliseconds, and these at most an hour."""
    found = left_of(connection, IN_VIEW, camera_id, hour, gone.stretches, gone.kept).values
    return _sums(found["people_ms"], found["covered_ms"])


def _sums(people_ms: int, covered_ms: int) -> Sums:
    return np.array([people_ms, covered_ms, min(covered_ms, _HOUR_MS)], np.int64)
