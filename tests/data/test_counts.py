"""Saving batches and reading them back as series and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, Camera, CameraId, CameraState, Reason, StateChange
from tests.data.values import NOON, Clock, change, sample, settings
from tests.data.zones import UTC_ZONE

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def later(clock: Clock, database: Database) -> None:
    """Let it be some time after all that the tests measure."""
    clock.now = NOON + timedelta(days=1)


def stored(database: Database, table: str) -> list[tuple[object, ...]]:
    with database._connections.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
    return [tuple(row) for row in rows]


def test_a_repeated_batch_changes_nothing(database: Database, gate: Camera) -> None:
    samples = [sample(gate, second, second % 3) for second in range(100)]
    changes = [change(gate, 0, CameraState.OK), change(gate, 50, CameraState.OFFLINE)]
    assert database.counts.save(samples, changes) == 102
    before = [stored(database, table) for table in ("sample", "minute", "camera_state")]
    assert database.counts.save(samples, changes) == 0
    assert [stored(database, table) for table in ("sample", "minute", "camera_state")] == before


def test_of_a_partly_known_batch_only_the_new_rows_count(database: Database, gate: Camera) -> None:
    assert database.counts.save([sample(gate, second, 1) for second in range(10)], []) == 10
    overlapping = [sample(gate, second, 1 if second < 10 else 5) for second in range(5, 15)]
    assert database.counts.save(overlapping, []) == 5
    (bucket,) = database.counts.buckets(
        [gate.id], BucketSize.MINUTE, NOON, NOON + timedelta(minutes=1), UTC_ZONE
    )
    assert bucket.samples == 15
    assert bucket.mean == pytest.approx((10 * 1 + 5 * 5) / 15)


def test_nothing_to_save_is_no_trouble(database: Database) -> None:
    assert database.counts.save([], []) == 0


def test_a_batch_with_a_camera_that_never_was_is_a_bug_and_leaves_nothing(
    database: Database, gate: Camera
) -> None:
    with pytest.raises(IntegrityError):
        database.counts.save([sample(gate, 0), sample(CameraId(99), 0)], [])
    assert stored(database, "sample") == []
    assert stored(database, "minute") == []


@pytest.mark.sqlite_only
def test_a_sample_is_small_on_disk(database: Database, gate: Camera) -> None:
    with database._connections.reading() as connection:
        before = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.counts.save([sample(gate, second, 12) for second in range(20_000)], [])
    with database._connections.reading() as connection:
        after = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    assert (after - before) * 4096 / 20_000 < 40


# ---------------------------------------------------------------- series


def test_a_series_has_a_mean_per_camera_and_slot(
    database: Database, gate: Camera, hall: Camera
) -> None:
    samples = [sample(gate, second, 2 if second < 5 else 4) for second in range(20)]
    database.counts.save([*samples, sample(hall, 12, 7)], [])
    found = database.counts.series(None, NOON, NOON + HOUR, 10)
    assert found == [
        (gate.id, NOON, 3.0, 10.0),
        (gate.id, NOON + timedelta(seconds=10), 4.0, 10.0),
        (hall.id, NOON + timedelta(seconds=10), 7.0, 1.0),
    ]
    assert database.counts.series([hall.id], NOON, NOON + HOUR, 10) == found[2:]
    assert database.counts.series([], NOON, NOON + HOUR, 10) == []


def test_a_series_weighs_by_time(database: Database, gate: Camera) -> None:
    database.counts.save([sample(gate, 0, 10, interval_s=1), sample(gate, 1, 0, interval_s=4)], [])
    assert database.counts.series(None, NOON, NOON + HOUR, 10) == [(gate.id, NOON, 2.0, 5.0)]


def test_a_series_begins_with_a_whole_slot_and_ends_before_its_end(
    database: Database, gate: Camera
) -> None:
    database.counts.save([sample(gate, second, second) for second in range(30)], [])
    found = database.counts.series(
        None, NOON + timedelta(seconds=15), NOON + timedelta(seconds=25), 10
    )
    assert [(at, covered_s) for _, at, _, covered_s in found] == [
        (NOON + timedelta(seconds=10), 10.0),
        (NOON + timedelta(seconds=20), 5.0),
    ]


def test_a_gap_is_missing_and_not_zero(database: Database, gate: Camera) -> None:
    database.counts.save([sample(gate, 0, 3), sample(gate, 40, 3)], [])
    found = database.counts.series(None, NOON, NOON + HOUR, 10)
    assert [at - NOON for _, at, _, _ in found] == [timedelta(), timedelta(seconds=40)]


def test_a_slow_camera_s_sample_stands_for_its_whole_interval(database: Database) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=60))
    database.counts.save(
        [sample(slow, 0, 3, interval_s=60), sample(slow, 120, 8, interval_s=60)], []
    )
    found = database.counts.series(
        None, NOON + timedelta(seconds=30), NOON + timedelta(seconds=140), 10
    )
    means = {int((at - NOON).total_seconds()): mean for _, at, mean, _ in found}
    assert means == {30: 3.0, 40: 3.0, 50: 3.0, 120: 8.0, 130: 8.0}
    assert {covered_s for *_, covered_s in found} == {10.0}


def test_nothing_stands_for_the_future(database: Database, clock: Clock) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=60))
    database.counts.save([sample(slow, 0, 3, interval_s=60)], [])
    clock.now = NOON + timedelta(seconds=25)
    found = database.counts.series(None, NOON, NOON + HOUR, 10)
    assert [(at - NOON).total_seconds() for _, at, _, _ in found] == [0, 10, 20]


@pytest.mark.parametrize("slot_s", [0, -1])
def test_a_slot_has_some_length(database: Database, slot_s: int) -> None:
    with pytest.raises(ValueError, match="slot_s"):
        database.counts.series(None, NOON, NOON + HOUR, slot_s)


# ---------------------------------------------------------------- states


def test_states_are_given_back_in_their_stretch(
    database: Database, gate: Camera, hall: Camera
) -> None:
    changes = [
        change(gate, 0, CameraState.OK),
        change(gate, 10, CameraState.OFFLINE, Reason.TIMEOUT),
        change(gate, 20, CameraState.OFFLINE, Reason.REFUSED),
        change(gate, 30, CameraState.OK),
        change(hall, 15, CameraState.DISABLED, Reason.SWITCHED_OFF),
    ]
    assert database.counts.save([], changes) == 5
    found = database.counts.state_changes(
        gate.id, NOON + timedelta(seconds=10), NOON + timedelta(seconds=30)
    )
    assert found == changes[1:3]
    assert database.counts.last_states() == [changes[3], changes[4]]


def test_two_states_in_a_millisecond_stay_in_their_order(database: Database, gate: Camera) -> None:
    both = [change(gate, 0, CameraState.CONNECTING), change(gate, 0.0004, CameraState.OK)]
    assert database.counts.save([], both) == 2
    assert database.counts.save([], both) == 0
    (last,) = database.counts.last_states()
    assert last.state is CameraState.OK


@pytest.mark.fault("F58")
def test_a_clock_that_was_set_back_overwrites_no_state(database: Database, gate: Camera) -> None:
    before = [change(gate, 0, CameraState.OFFLINE, Reason.TIMEOUT), change(gate, 1, CameraState.OK)]
    again = [change(gate, 0, CameraState.STALE, Reason.FROZEN), change(gate, 1, CameraState.OK)]
    database.counts.save([], before)
    assert database.counts.save([], again) == 1  # that it is OK at this moment is there already
    assert database.counts.save([], again) == 0
    found = database.counts.state_changes(gate.id, NOON, NOON + HOUR)
    states = [one.state for one in found]
    assert states == [CameraState.OFFLINE, CameraState.STALE, CameraState.OK]


@pytest.mark.fault("F58")
def test_a_clock_that_was_set_back_loses_no_sample(database: Database, gate: Camera) -> None:
    first = [sample(gate, second, 3) for second in range(10)]
    again = [sample(gate, second, 5) for second in range(10)]
    assert database.counts.save(first, []) == 10
    assert database.counts.save(again, []) == 10
    assert database.counts.save([*first, *again], []) == 0  # given once more after a failure
    (bucket,) = database.counts.buckets(
        [gate.id], BucketSize.MINUTE, NOON, NOON + timedelta(minutes=1), UTC_ZONE
    )
    assert (bucket.samples, bucket.lowest, bucket.peak) == (20, 3, 5)
    assert database.counts.save([*first, *again, sample(gate, 3, 7)], []) == 1


@pytest.mark.fault("F58")
@pytest.mark.parametrize("year", [1970, 2038, 2106])
def test_a_clock_that_is_quite_wrong_stores_what_it_says(
    database: Database, gate: Camera, year: int
) -> None:
    at = datetime(year, 2, 7, 6, 28, 16, tzinfo=UTC)
    assert database.counts.save([sample(gate, at, 3)], []) == 1
    state = StateChange(gate.id, at, CameraState.OK, Reason.NONE)
    assert database.counts.save([], [state]) == 1
    assert database.counts.state_changes(gate.id, at, at + HOUR) == [state]


def test_a_removed_camera_has_no_last_state(database: Database, gate: Camera) -> None:
    database.counts.save([], [change(gate, 0, CameraState.OK)])
    database.cameras.remove(gate.id)
    assert database.counts.last_states() == []
    assert len(database.counts.state_changes(gate.id, NOON, NOON + HOUR)) == 1
