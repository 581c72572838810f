"""Corrections over buckets: what is taken out, what is added, and that it always adds up."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from camwatch.data import overlay
from camwatch.data.overlay import Left, LeftFlow, Passed
from camwatch.domain import Bucket, FlowBucket
from tests.data.values import NOON

HOUR_MS = 3_600_000
MINUTES = st.integers(0, 400)
STRETCHES = st.lists(
    st.tuples(MINUTES, st.integers(1, 90)).map(lambda one: (one[0], one[0] + one[1])), max_size=6
)


def bucket(mean: float | None, coverage: float = 1.0, **more: int) -> Bucket:
    peak = None if mean is None else more.get("peak", round(mean) + 1)
    lowest = None if mean is None else more.get("lowest", 0)
    return Bucket(NOON, 3600.0, mean, peak, lowest, more.get("samples", 60), coverage)


def flows(*inwards: int | None) -> list[FlowBucket]:
    return [
        FlowBucket(NOON + timedelta(minutes=10 * n), 600.0, one, one, 0.0 if one is None else 1.0)
        for n, one in enumerate(inwards)
    ]


@given(STRETCHES, MINUTES, st.integers(1, 300))
def test_what_is_cut_and_what_is_left_are_all_minutes_once(
    stretches: list[overlay.Stretch], first: int, length: int
) -> None:
    stop = first + length
    united = overlay.union(stretches)
    cut = {at for one, other in overlay.within(united, first, stop) for at in range(one, other)}
    left = [at for one, other in overlay.without(united, first, stop) for at in range(one, other)]
    assert cut == {at for one, other in stretches for at in range(one, other) if first <= at < stop}
    assert sorted([*cut, *left]) == list(range(first, stop))


@given(STRETCHES, st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_a_bucket_is_touched_if_a_minute_of_it_is(
    stretches: list[overlay.Stretch], steps: list[int]
) -> None:
    edges = [0]
    for step in steps:
        edges.append(edges[-1] + step)
    expected = [
        index
        for index, (one, other) in enumerate(pairwise(edges))
        if any(first < other and stop > one for first, stop in stretches)
    ]
    assert overlay.touched(edges, overlay.union(stretches)) == expected


def test_a_bucket_that_is_excluded_is_a_gap_and_not_zero() -> None:
    found = overlay.alone(bucket(4.0), None, HOUR_MS)
    assert (found.mean, found.peak, found.lowest, found.samples) == (None, None, None, 0)
    assert found.coverage == 0.0
    assert found.is_corrected


def test_what_is_left_of_a_bucket_has_its_own_mean_and_extremes() -> None:
    left = Left(30, 6 * HOUR_MS / 2, HOUR_MS / 2, 5, 7, HOUR_MS / 8)
    found = overlay.alone(bucket(9.0, peak=40), left, HOUR_MS)
    assert (found.mean, found.peak, found.lowest, found.coverage) == (6.0, 7, 5, 0.5)
    assert (found.samples, found.still) == (30, 0.25)


def test_one_camera_of_a_sum_is_taken_out_and_the_others_stay() -> None:
    total = bucket(7.0, peak=11, lowest=2, samples=120)
    mine = bucket(4.0, peak=6, lowest=2)
    found = overlay.in_sum(total, [(mine, overlay.alone(mine, None, HOUR_MS))], 2, HOUR_MS)
    assert (found.mean, found.peak, found.lowest, found.samples) == (3.0, 5, 0, 60)
    assert found.coverage == 0.5
    assert found.is_corrected


def test_a_sum_of_which_every_camera_is_excluded_is_unknown() -> None:
    mine, other = bucket(4.0, 0.7), bucket(3.0, 0.1)
    total = bucket(7.0, (0.7 + 0.1) / 2, samples=120)
    gone = [(one, overlay.alone(one, None, HOUR_MS)) for one in (mine, other)]
    found = overlay.in_sum(total, gone, 2, HOUR_MS)
    assert (found.mean, found.peak, found.lowest, found.coverage) == (None, None, None, 0.0)


def test_a_line_that_is_excluded_is_unknown_until_somebody_says_who_passed() -> None:
    whole = flows(None, 3, 4)
    edges = [0, 10, 20, 30]
    gone = [overlay.flow(one, LeftFlow(0, 0, 0), 600_000) for one in whole]
    assert [one.inwards for one in gone] == [None, None, None]
    told = overlay.add_passed(gone, edges, [Passed((10, 20), 12, 0)])
    assert [(one.inwards, one.outwards) for one in told] == [(None, None), (12, 0), (None, None)]
    assert told[1].coverage == 0.0


@given(
    st.integers(-60, 60),
    st.tuples(st.integers(0, 100), st.integers(1, 200)),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 9)), max_size=20),
    st.sampled_from([1, 5, 15, 60]),
)
def test_a_correction_adds_up_to_the_same_in_buckets_of_any_length(
    amount: int, where: tuple[int, int], counted: list[tuple[int, int]], step: int
) -> None:
    stretch = (where[0], where[0] + where[1])
    inside = dict(sorted(one for one in counted if stretch[0] <= one[0] < stretch[1]))
    people = list(inside.items())
    edges = list(range(0, 301, step))
    fine = overlay.shares(amount, stretch, people, list(range(301)))
    coarse = overlay.shares(amount, stretch, people, edges)
    expected = max(amount, -sum(inside.values()))
    assert sum(fine.values()) == expected
    for index, first in enumerate(edges[:-1]):
        assert coarse.get(index, 0) == sum(fine.get(at, 0) for at in range(first, first + step))
    # Nobody is taken away where nobody was counted.
    assert all(inside.get(at, 0) + share >= 0 for at, share in fine.items())


def test_people_who_were_not_counted_are_spread_over_their_stretch() -> None:
    assert overlay.shares(4, (10, 30), [], [0, 10, 20, 30]) == {1: 2, 2: 2}


def test_people_are_taken_from_where_they_were_counted() -> None:
    counted = [(12, 3), (25, 9)]
    assert overlay.shares(-4, (10, 30), counted, [0, 10, 20, 30]) == {1: -1, 2: -3}
    found = overlay.add_passed(flows(5, 3, 9), [0, 10, 20, 30], [Passed((10, 30), -4, 0, counted)])
    assert [one.inwards for one in found] == [5, 2, 6]
    assert [one.is_corrected for one in found] == [False, True, True]
