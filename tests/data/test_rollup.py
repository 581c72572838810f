"""Minutes are always what their samples add up to, however these came."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as run

from camwatch.data.engine import Database
from camwatch.data.rollup import COUNTED_MINUTE, SAMPLE, minute_rows, sample_row
from camwatch.domain import CameraId, Sample
from tests.data.values import NOON, sample, settings

RECOMPUTED = """
    SELECT camera_id, ts / 60000, count(*), sum(count), min(count), max(count),
           sum(count * interval_ms), sum(interval_ms), sum(confidence)
    FROM sample GROUP BY 1, 2 ORDER BY 1, 2
"""
STORED = """
    SELECT camera_id, minute, samples, count_sum, count_min, count_max,
           people_ms, covered_ms, confidence_sum
    FROM minute ORDER BY 1, 2
"""
CAMERA = CameraId(3)
_names = count()

Measured = tuple[int, int, int, float, float]
"""Number of the camera, milliseconds after noon, count, interval in s, confidence."""

measured = strategies.tuples(
    strategies.integers(0, 1),
    # Few moments, so that the same one often comes twice.
    strategies.integers(0, 40).map(lambda step: step * 7_001),
    strategies.integers(0, 500),
    strategies.sampled_from([0.2, 1.0, 60.0, 3600.0]),
    strategies.floats(0, 1),
)


@given(batches=strategies.lists(strategies.lists(measured, max_size=12), max_size=5))
@run(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_minutes_are_what_the_stored_samples_add_up_to(
    database: Database, batches: list[list[Measured]]
) -> None:
    cameras = [database.cameras.add(settings(f"camera {next(_names)}")) for _ in range(2)]
    # The same moment with other numbers is another sample: the clock was set back.
    seen: set[tuple[int, ...]] = set()
    for batch in batches:
        samples = [
            Sample(
                cameras[number].id,
                NOON + timedelta(milliseconds=after_ms),
                people,
                confidence,
                0.01,
                interval_s,
            )
            for number, after_ms, people, interval_s, confidence in batch
        ]
        new = {sample_row(one) for one in samples} - seen
        seen |= new
        assert database.counts.save(samples, []) == len(new)
        assert database.counts.save(samples, []) == 0
    with database._connections.reading() as connection:
        stored = connection.exec_driver_sql(STORED).all()
        assert stored == connection.exec_driver_sql(RECOMPUTED).all()


def test_one_minute_by_hand() -> None:
    rows = [
        sample_row(one)
        for one in (
            sample(CAMERA, 0, 2, interval_s=1, confidence=0.25),
            sample(CAMERA, 59.9999, 5, interval_s=4, confidence=0.5),
            sample(CAMERA, 60, 9),
        )
    ]
    first, second = minute_rows(rows)
    assert dict(zip(COUNTED_MINUTE, first, strict=True)) == {
        "camera_id": 3,
        "minute": round(NOON.timestamp()) // 60,
        "samples": 2,
        "count_sum": 7,
        "count_min": 2,
        "count_max": 5,
        "people_ms": 2 * 1000 + 5 * 4000,
        "covered_ms": 5000,
        "confidence_sum": 750,
        "carried_ms": 0,
        "flagged_ms": 0,
    }
    assert second[:3] == (3, first[1] + 1, 1)


def test_a_sample_is_stored_in_whole_small_numbers() -> None:
    row = sample_row(sample(CAMERA, 0.0019, 3, interval_s=0.2, confidence=0.7126))
    assert dict(zip(SAMPLE, row, strict=True)) == {
        "camera_id": 3,
        "ts": round(NOON.timestamp()) * 1000 + 1,
        "count": 3,
        "confidence": 713,
        "processing_us": 14_500,
        "interval_ms": 200,
        "shown": 3,
        "is_carried": 0,
        "is_flagged": 0,
    }


@pytest.mark.parametrize("interval_s", [0.0, 0.0001])
def test_no_sample_stands_for_no_time(interval_s: float) -> None:
    row = dict(zip(SAMPLE, sample_row(sample(CAMERA, 0, interval_s=interval_s)), strict=True))
    assert row["interval_ms"] == 1
