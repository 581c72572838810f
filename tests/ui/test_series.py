"""The numbers behind the charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.domain import Bucket, CameraId
from camwatch.ui.charts.series import (
    SlotRing,
    gaps,
    history_line,
    percent,
    totals,
)

GATE, HALL = CameraId(1), CameraId(2)
NOW_S = 1_000_000.0  # the first moment of a slot
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def ring_of(*cameras: CameraId, slots: int = 10) -> SlotRing:
    ring = SlotRing(slots=slots, slot_s=5.0)
    ring.set_cameras(cameras)
    return ring


def fill(ring: SlotRing, camera_id: CameraId, people: float, start_s: float, seconds: int) -> None:
    for second in range(seconds):
        ring.add(camera_id, start_s + second, people, 1.0)


def test_what_was_not_measured_is_a_gap_and_not_zero() -> None:
    ring = ring_of(GATE)
    fill(ring, GATE, 3, NOW_S - 50, 20)
    fill(ring, GATE, 0, NOW_S - 15, 15)
    window = ring.window(NOW_S - 0.001)
    assert window.people.tolist()[:4] == [3, 3, 3, 3]
    assert np.isnan(window.people[4:7]).all()
    assert window.people.tolist()[7:] == [0, 0, 0]
    assert window.gaps == [(NOW_S - 30, NOW_S - 15)]
    assert window.mean_coverage == pytest.approx(0.7)


def test_a_sum_without_one_camera_is_partial_and_says_its_coverage() -> None:
    ring = ring_of(GATE, HALL)
    fill(ring, GATE, 3, NOW_S - 50, 50)
    fill(ring, HALL, 4, NOW_S - 50, 25)
    window = ring.window(NOW_S - 0.001)
    assert window.complete.tolist() == [True] * 5 + [False] * 3
    assert window.people.tolist() == [7] * 5 + [3] * 3
    assert window.solid[:5].tolist() == [7] * 5
    assert np.isnan(window.solid[5:]).all()
    assert np.isnan(window.partial[:5]).all()
    assert window.partial[5:].tolist() == [3] * 3
    assert window.coverage.tolist() == [1.0] * 5 + [0.5] * 3
    assert window.gaps == []


def test_one_camera_of_several_can_be_shown() -> None:
    ring = ring_of(GATE, HALL)
    fill(ring, GATE, 3, NOW_S - 50, 50)
    fill(ring, HALL, 4, NOW_S - 50, 50)
    assert set(ring.window(NOW_S - 0.001, [HALL]).people.tolist()) == {4.0}
    assert len(ring.window(NOW_S - 0.001, [CameraId(9)]).people) == 8


def test_slots_that_are_still_being_filled_are_left_out_until_all_cameras_have_spoken() -> None:
    ring = ring_of(GATE, HALL)
    fill(ring, GATE, 1, NOW_S - 50, 52)
    fill(ring, HALL, 1, NOW_S - 50, 45)
    # The running slot has 2 of its 5 seconds, and the hall's last pictures are late.
    assert len(ring.window(NOW_S + 2).people) == 8
    fill(ring, HALL, 1, NOW_S - 5, 7)
    window = ring.window(NOW_S + 2)
    assert len(window.people) == 10
    assert window.people[-1] == 2
    assert window.coverage[-1] == pytest.approx(1.0)


def test_a_slow_camera_stands_for_all_slots_until_its_next_picture() -> None:
    ring = ring_of(GATE)
    ring.add(GATE, NOW_S - 30, 6, 20.0)
    window = ring.window(NOW_S - 0.001)
    assert window.people[4:8].tolist() == [6, 6, 6, 6]
    assert np.isnan(window.people[:4]).all()
    # What reaches beyond now displaces nothing at the other end.
    fill(ring, GATE, 2, NOW_S - 50, 5)
    ring.add(GATE, NOW_S - 5, 9, 40.0)
    window = ring.window(NOW_S - 0.001)
    assert window.people[0] == 2
    assert window.people[-1] == 9


def test_pictures_that_overlap_do_not_make_more_than_full_coverage() -> None:
    ring = ring_of(GATE)
    for moment in (0.0, 0.9, 1.9, 2.8, 3.9, 4.8):
        ring.add(GATE, NOW_S - 5 + moment, 2, 1.0)
    window = ring.window(NOW_S - 0.001)
    assert window.coverage[-1] == pytest.approx(1.0)
    assert window.people[-1] == pytest.approx(2.0)


def test_a_clock_that_jumps_ahead_and_back_leaves_the_chart_alone() -> None:
    ring = ring_of(GATE)
    fill(ring, GATE, 3, NOW_S - 50, 50)
    ring.add(GATE, NOW_S + 86_400, 99, 1.0)
    window = ring.window(NOW_S - 0.001)
    assert np.nansum(window.people == 99) == 0
    fill(ring, GATE, 4, NOW_S - 50, 50)
    assert not np.isnan(ring.window(NOW_S - 0.001).people).any()


def test_cameras_that_stay_keep_what_was_measured() -> None:
    ring = ring_of(GATE, HALL)
    fill(ring, HALL, 4, NOW_S - 50, 50)
    ring.set_cameras([HALL, CameraId(3)])
    assert ring.cameras == (HALL, CameraId(3))
    assert ring.window(NOW_S - 0.001, [HALL]).people.tolist() == [4] * 10
    ring.add(GATE, NOW_S - 5, 50, 5.0)  # no longer kept
    assert np.nanmax(ring.window(NOW_S - 0.001).people) == 4


def test_stored_slots_fill_gaps_but_do_not_count_twice() -> None:
    ring = ring_of(GATE)
    fill(ring, GATE, 3, NOW_S - 25, 25)
    start = datetime.fromtimestamp(NOW_S - 50, UTC)
    stored = [(GATE, start + timedelta(seconds=5 * n), 8.0, 5.0) for n in range(10)]
    stored.append((CameraId(9), start, 1.0, 5.0))
    ring.load(stored)
    window = ring.window(NOW_S - 0.001)
    assert window.people.tolist() == [8] * 5 + [3] * 5
    assert window.coverage.tolist() == [1.0] * 10
    ring.load([])
    assert ring.window(NOW_S - 0.001).people.tolist() == [8] * 5 + [3] * 5


def test_without_cameras_there_is_nothing_at_all() -> None:
    window = ring_of().window(NOW_S)
    assert np.isnan(window.people).all()
    assert not window.complete.any()
    assert window.mean_coverage == 0.0


@given(
    start=st.floats(0, 1000, allow_nan=False),
    seconds=st.floats(0.1, 400, allow_nan=False),
    people=st.integers(0, 50),
)
def test_a_measurement_is_spread_without_loss(start: float, seconds: float, people: int) -> None:
    ring = ring_of(GATE, slots=100)
    ring.add(GATE, NOW_S + start, people, seconds)
    assert ring._covered_s.sum() == pytest.approx(seconds)
    assert ring._people_s.sum() == pytest.approx(people * seconds)


def test_gaps_are_as_long_as_possible() -> None:
    edges = np.arange(6.0)
    nothing = np.nan
    assert gaps(edges, np.array([nothing, nothing, 1, nothing, 2])) == [(0.0, 2.0), (3.0, 4.0)]
    assert gaps(edges, np.ones(5)) == []
    assert gaps(np.zeros(0), np.zeros(0)) == []


def bucket(hour: int, mean: float | None, coverage: float, peak: int | None = None) -> Bucket:
    start = NOON + timedelta(hours=hour)
    return Bucket(start, 3600.0, mean, peak, None, 10 if mean is not None else 0, coverage)


def test_buckets_become_arrays_with_gaps() -> None:
    line = history_line(
        [bucket(0, 2.0, 1.0, 5), bucket(1, None, 0.0), bucket(2, 0.0, 0.5, 0), bucket(3, None, 0)],
        NOON + timedelta(hours=2, minutes=30),
    )
    assert line.edges.tolist() == [(NOON + timedelta(hours=n)).timestamp() for n in range(4)]
    assert line.mean.tolist()[::2] == [2.0, 0.0]
    assert np.isnan(line.mean[1])
    assert np.isnan(line.peak[1])
    assert line.seconds.tolist() == [3600.0, 3600.0, 1800.0]
    assert line.gaps == [
        ((NOON + timedelta(hours=1)).timestamp(), (NOON + timedelta(hours=2)).timestamp())
    ]


def test_totals_weigh_each_bucket_by_what_was_measured_in_it() -> None:
    line = history_line(
        [bucket(0, 2.0, 1.0, 5), bucket(1, None, 0.0), bucket(2, 8.0, 0.5, 9)],
        NOON + timedelta(hours=3),
    )
    found = totals(line)
    assert found.mean == pytest.approx((2.0 * 1.0 + 8.0 * 0.5) / 1.5)
    assert found.peak == 9
    assert found.coverage == pytest.approx(0.5)
    assert found.people_hours == pytest.approx(2.0 * 1.0 + 8.0 * 0.5)


def test_people_hours_of_several_are_not_their_mean_by_their_coverage() -> None:
    # Of two cameras one measured 6 people for an hour, and the other nothing.
    one_is_away = replace(bucket(0, 6.0, 0.5, 9), people_s=6 * 3600.0)
    found = totals(history_line([one_is_away], NOON + timedelta(hours=1)))
    assert (found.mean, found.people_hours) == (6.0, 6.0)


def test_totals_of_nothing_are_unknown() -> None:
    found = totals(history_line([bucket(0, None, 0.0)], NOON + timedelta(hours=1)))
    assert (found.mean, found.peak, found.coverage) == (None, None, 0.0)
    nothing = totals(history_line([], NOON))
    assert (nothing.mean, nothing.peak, nothing.coverage) == (None, None, 0.0)


def test_only_all_is_called_100_percent_and_only_nothing_0() -> None:
    assert percent(1.0) == "100 %"
    assert percent(0.9996) == "100 %"
    assert percent(0.998) == "99 %"
    assert percent(0.0) == "0 %"
    assert percent(0.0004) == "under 1 %"
    assert percent(0.01) == "1 %"
