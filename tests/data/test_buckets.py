"""Charts of the past: means, coverage, gaps, several cameras, clocks that change."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Bucket, BucketSize, Camera, Sample
from tests.data.values import NOON, Clock, sample, settings
from tests.data.zones import BERLIN, KOLKATA, UTC_ZONE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def long_ago(clock: Clock) -> None:
    """Let cameras be entered long before anything is measured."""
    clock.now = datetime(2025, 1, 1, tzinfo=UTC_ZONE)


@pytest.fixture
def cameras(database: Database, gate: Camera, hall: Camera, clock: Clock) -> list[Camera]:
    """Return two cameras; from here on it is some time after all that is measured."""
    clock.now = datetime(2027, 1, 1, tzinfo=UTC_ZONE)
    return [gate, hall]


def every(
    camera: Camera, step: timedelta, start: datetime, end: datetime, people: int
) -> list[Sample]:
    """Make a sample for each step from start to end, which together cover all of it."""
    steps = int((end - start) / step)
    return [
        sample(camera, start + number * step, people, interval_s=step.total_seconds())
        for number in range(steps)
    ]


def test_a_minute_of_one_camera(database: Database, cameras: list[Camera]) -> None:
    gate, _ = cameras
    database.counts.save([sample(gate, second, second % 4) for second in range(32)], [])
    assert database.counts.buckets(
        [gate.id], BucketSize.MINUTE, NOON, NOON + 2 * MINUTE, BERLIN
    ) == [
        Bucket(NOON, 60.0, 1.5, 3, 0, 32, 32 / 60),
        Bucket(NOON + MINUTE, 60.0, None, None, None, 0, 0.0),
    ]


def test_an_empty_history_has_all_its_buckets(database: Database) -> None:
    found = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + DAY, BERLIN)
    assert [bucket.start for bucket in found] == [NOON + hour * HOUR for hour in range(24)]
    assert {(bucket.mean, bucket.peak, bucket.coverage) for bucket in found} == {(None, None, 0)}
    assert database.counts.buckets(None, BucketSize.HOUR, NOON, NOON, BERLIN) == []


def test_an_hour_weighs_its_minutes_by_measured_time(
    database: Database, cameras: list[Camera]
) -> None:
    gate, _ = cameras
    busy = every(gate, timedelta(seconds=1), NOON, NOON + 10 * MINUTE, 6)
    calm = every(gate, timedelta(seconds=5), NOON + 10 * MINUTE, NOON + 30 * MINUTE, 0)
    database.counts.save([*busy, *calm], [])
    (bucket,) = database.counts.buckets([gate.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert bucket == Bucket(NOON, 3600.0, 2.0, 6, 0, 840, 0.5)


def test_cameras_are_summed_and_share_the_coverage(
    database: Database, cameras: list[Camera]
) -> None:
    gate, hall = cameras
    database.counts.save(every(gate, timedelta(seconds=10), NOON, NOON + HOUR, 4), [])
    database.counts.save(every(hall, timedelta(seconds=10), NOON, NOON + HOUR / 2, 10), [])
    (hour,) = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert hour == Bucket(NOON, 3600.0, 14.0, 14, 14, 540, 0.75)
    # 4 people for an hour, and 10 for half of one: what is missing of a camera adds nothing.
    assert hour.people_s == 4 * 3600 + 10 * 1800
    minutes = database.counts.buckets(None, BucketSize.MINUTE, NOON, NOON + HOUR, UTC_ZONE)
    assert sum(bucket.people_s or 0.0 for bucket in minutes) == hour.people_s
    assert [bucket.mean for bucket in minutes] == [14.0] * 30 + [4.0] * 30
    assert [bucket.coverage for bucket in minutes] == [1.0] * 30 + [0.5] * 30
    (alone,) = database.counts.buckets([hall.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert (alone.mean, alone.coverage) == (10.0, 0.5)
    (none,) = database.counts.buckets([], BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert (none.mean, none.coverage) == (None, 0.0)


def test_too_many_samples_of_one_camera_do_not_hide_a_gap_of_another(
    database: Database, cameras: list[Camera]
) -> None:
    gate, _ = cameras
    # Asked every second although its interval says ten: ten times the time.
    database.counts.save([sample(gate, second, 1, interval_s=10) for second in range(60)], [])
    (bucket,) = database.counts.buckets(None, BucketSize.MINUTE, NOON, NOON + MINUTE, UTC_ZONE)
    assert bucket.coverage == 0.5
    (bucket,) = database.counts.buckets([gate.id], BucketSize.MINUTE, NOON, NOON + MINUTE, UTC_ZONE)
    assert bucket.coverage == 1.0


def test_a_camera_counts_for_coverage_only_while_it_is_there(
    database: Database, clock: Clock
) -> None:
    clock.now = NOON
    first = database.cameras.add(settings("First"))
    clock.now = NOON + HOUR
    database.cameras.add(settings("Second"))
    clock.now = NOON + 1.5 * HOUR
    database.cameras.remove(first.id)
    clock.now = NOON + DAY
    database.counts.save(every(first, timedelta(minutes=1), NOON, NOON + 1.5 * HOUR, 1), [])
    found = database.counts.buckets(None, BucketSize.HOUR, NOON - HOUR, NOON + 3 * HOUR, UTC_ZONE)
    assert [bucket.coverage for bucket in found] == [0.0, 1.0, 0.25, 0.0]


def test_what_was_measured_before_a_camera_was_entered_is_shown_all_the_same(
    database: Database, clock: Clock
) -> None:
    clock.now = NOON + DAY
    late = database.cameras.add(settings("Late"))
    database.counts.save(every(late, timedelta(minutes=1), NOON, NOON + HOUR, 2), [])
    (bucket,) = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert (bucket.mean, bucket.coverage) == (2.0, 1.0)


def test_the_future_of_the_running_bucket_is_not_held_against_it(
    database: Database, cameras: list[Camera], clock: Clock
) -> None:
    gate, _ = cameras
    database.counts.save(every(gate, timedelta(seconds=1), NOON, NOON + HOUR / 4, 3), [])
    clock.now = NOON + HOUR / 2
    running, ahead = database.counts.buckets(
        [gate.id], BucketSize.HOUR, NOON, NOON + 2 * HOUR, UTC_ZONE
    )
    assert running == Bucket(NOON, 3600.0, 3.0, 3, 3, 900, 0.5)
    assert ahead == Bucket(NOON + HOUR, 3600.0, None, None, None, 0, 0.0)


@pytest.mark.fault("F58")
def test_what_a_fast_clock_stored_is_shown_after_it_was_put_back(
    database: Database, cameras: list[Camera], clock: Clock
) -> None:
    gate, _ = cameras
    database.counts.save(every(gate, timedelta(seconds=1), NOON, NOON + HOUR / 2, 3), [])
    clock.now = NOON - HOUR
    (bucket,) = database.counts.buckets([gate.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC_ZONE)
    assert (bucket.mean, bucket.coverage) == (3.0, 0.5)


def test_a_slow_camera_has_no_gaps_between_its_samples(
    database: Database, cameras: list[Camera]
) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=300))
    database.counts.save(
        [
            sample(slow, 0, 2, interval_s=300),
            sample(slow, 300, 8, interval_s=300),
            # Then nothing for ten minutes: two polls failed.
            sample(slow, 1200, 5, interval_s=300),
        ],
        [],
    )
    found = database.counts.buckets(
        [slow.id], BucketSize.MINUTE, NOON + 2 * MINUTE, NOON + 22 * MINUTE, UTC_ZONE
    )
    assert [bucket.mean for bucket in found] == ([2.0] * 3 + [8.0] * 5 + [None] * 10 + [5.0] * 2)
    assert [bucket.samples for bucket in found if bucket.samples] == [1, 1]
    assert {bucket.coverage for bucket in found} == {0.0, 1.0}


def test_a_slow_camera_s_sample_does_not_stand_for_the_future(
    database: Database, cameras: list[Camera], clock: Clock
) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=300))
    database.counts.save([sample(slow, 0, 2, interval_s=300)], [])
    clock.now = NOON + 1.5 * MINUTE
    found = database.counts.buckets([slow.id], BucketSize.MINUTE, NOON, NOON + 4 * MINUTE, UTC_ZONE)
    assert [bucket.mean for bucket in found] == [2.0, 2.0, None, None]


def test_a_fast_camera_s_gap_is_not_bridged(database: Database, cameras: list[Camera]) -> None:
    gate, _ = cameras
    # 61 pictures in a minute: the last belongs to the next one, which has no other.
    database.counts.save([sample(gate, second * 0.98, 1) for second in range(61)], [])
    first, second = database.counts.buckets(
        [gate.id], BucketSize.MINUTE, NOON, NOON + 2 * MINUTE, UTC_ZONE
    )
    assert (first.coverage, first.samples) == (1.0, 61)
    assert (second.mean, second.coverage) == (None, 0.0)


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)]
)
@pytest.mark.fault("F59")
def test_a_day_of_the_clocks_is_counted_whole(
    database: Database, cameras: list[Camera], day: tuple[int, int, int], hours: int
) -> None:
    gate, _ = cameras
    start = datetime(*day, tzinfo=BERLIN)
    end = (start + DAY).astimezone(UTC_ZONE)
    start = start.astimezone(UTC_ZONE)
    assert end - start == hours * HOUR
    # One person all day, and ten in the minute before and the minute after it.
    database.counts.save(
        [
            *every(gate, MINUTE, start - MINUTE, start, 10),
            *every(gate, MINUTE, start, end, 1),
            *every(gate, MINUTE, end, end + MINUTE, 10),
        ],
        [],
    )
    (bucket,) = database.counts.buckets([gate.id], BucketSize.DAY, start, end, BERLIN)
    assert bucket == Bucket(start, hours * 3600.0, 1.0, 1, 1, hours * 60, 1.0)
    by_hour = database.counts.buckets([gate.id], BucketSize.HOUR, start, end, BERLIN)
    assert len(by_hour) == hours
    assert sum(one.samples for one in by_hour) == hours * 60
    assert {one.coverage for one in by_hour} == {1.0}


def test_hours_of_a_half_hour_zone(database: Database, cameras: list[Camera]) -> None:
    gate, _ = cameras
    half_past = NOON + HOUR / 2
    database.counts.save(every(gate, MINUTE, NOON, half_past, 2), [])
    database.counts.save(every(gate, MINUTE, half_past, half_past + HOUR, 7), [])
    before, after = database.counts.buckets(
        [gate.id], BucketSize.HOUR, NOON, half_past + HOUR, KOLKATA
    )
    assert before == Bucket(half_past - HOUR, 3600.0, 2.0, 2, 2, 30, 0.5)
    assert after == Bucket(half_past, 3600.0, 7.0, 7, 7, 60, 1.0)


def test_a_question_leaves_nothing_for_the_next_one(
    database: Database, cameras: list[Camera]
) -> None:
    gate, _ = cameras
    database.counts.save(every(gate, MINUTE, NOON, NOON + 3 * HOUR, 1), [])
    first = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + 3 * HOUR, UTC_ZONE)
    day = database.counts.buckets(None, BucketSize.DAY, NOON, NOON + HOUR, UTC_ZONE)
    again = database.counts.buckets(None, BucketSize.HOUR, NOON, NOON + 3 * HOUR, UTC_ZONE)
    assert again == first
    assert [bucket.samples for bucket in day] == [180]
