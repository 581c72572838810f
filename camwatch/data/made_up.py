"""Fills a history with made-up roll-ups of the past, to measure how it is read. Never for real."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.data.connections import Connections
from camwatch.data.cuts import day_of, minutes_of
from camwatch.data.edges import bucket_edges
from camwatch.data.many import Row, add_to
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.rolling import COUNTS, rolled_zones
from camwatch.data.rollup import coarser_rows, merge_counted
from camwatch.domain import BucketSize, CameraId

_SEED = 7
_BUSIEST = 9.0
_DAY_MIN = 1440


class MadeUpHistory:
    """Writes roll-ups past the counts that they would come from.

    Args:
        file: A history that is thrown away, and that nothing else has open.
    """

    def __init__(self, file: Path) -> None:
        self._connections = Connections(file)

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    def fill(
        self,
        camera_ids: Sequence[CameraId],
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        minutes_from: datetime,
    ) -> Iterator[CameraId]:
        """Write hours and days of some cameras, and minutes of the last part of that time.

        Args:
            camera_ids: Which cameras.
            start: The first hour.
            end: The hour before which it ends.
            zone: By whose clocks hours and days are cut.
            minutes_from: Minutes from here on.

        Yields:
            Each camera when it is done.

        Raises:
            StorageError: The history cannot be written.
        """
        chance = np.random.default_rng(_SEED)
        edges = minutes_of(bucket_edges(BucketSize.HOUR, start, end, zone))
        first_minute = to_ms(minutes_from) // MINUTE_MS
        with self._connections.writing() as connection:
            rolled_zones(connection, camera_ids, zone)
        for camera_id in camera_ids:
            hours: list[Row] = [
                _row(camera_id, begins, (stop - begins) * 60, people)
                for (begins, stop), people in zip(
                    pairwise(edges), _people(chance, edges[:-1], zone), strict=True
                )
            ]
            clocks = {int(camera_id): zone}
            with self._connections.writing() as connection:
                add_to(connection, COUNTS.hours, COUNTS.columns, hours)
                days = coarser_rows(hours, clocks, day_of, merge_counted)
                add_to(connection, COUNTS.days, COUNTS.columns, days)
            for begins in range(max(first_minute, edges[0]), edges[-1], _DAY_MIN):
                minutes = range(begins, min(begins + _DAY_MIN, edges[-1]))
                rows = [
                    _row(camera_id, at, 60, people)
                    for at, people in zip(minutes, _people(chance, minutes, zone), strict=True)
                ]
                with self._connections.writing() as connection:
                    add_to(connection, COUNTS.minutes, COUNTS.minute_columns, rows)
            yield camera_id


def _people(chance: np.random.Generator, minutes: Sequence[int], zone: ZoneInfo) -> list[int]:
    """Return how many people there were: few at night, most in the afternoon."""
    midnight = day_of(minutes[0], zone) if minutes else 0
    hour = (np.asarray(minutes) - midnight) / 60 % 24
    busy = np.clip(np.sin((hour - 7) / 14 * np.pi), 0, None) * _BUSIEST
    return [int(people) for people in chance.poisson(busy)]


def _row(camera_id: CameraId, begins: int, seconds: int, people: int) -> Row:
    covered_ms = seconds * 990
    return (
        camera_id,
        begins,
        seconds,
        seconds * people,
        people // 2,
        people * 2,
        people * covered_ms,
        covered_ms,
        seconds * 600,
        0,
        0,
    )
