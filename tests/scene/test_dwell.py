"""Visits add up, and their median is told from the histogram."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pytest

from camwatch.scene.dwell import BIN_STARTS_S, Dwell


def dwell(*seconds: float) -> Dwell:
    return reduce(add, (Dwell.of(one) for one in seconds), Dwell())


def test_each_visit_is_counted_in_its_bin() -> None:
    found = dwell(0, 4.999, 5, 14, 29.9, 30, 60, 119, 120, 299, 300, 899, 900, 7200)
    assert found.bins == (2, 2, 1, 1, 2, 2, 2, 2)
    assert found.visits == 14
    assert found.longest_ms == 7_200_000
    assert found.dwell_ms == 9_980_899


def test_addition_does_not_care_for_the_order() -> None:
    a, b, c = dwell(3, 70), dwell(400), dwell(12, 12)
    assert a + b + c == c + (b + a) == dwell(3, 12, 12, 70, 400)
    assert a + Dwell() == a


def test_of_nothing_there_is_no_mean_and_no_median() -> None:
    assert Dwell().median_s is None
    assert Dwell().mean_s is None


@pytest.mark.parametrize(("low", "high"), [(0, 5), (20, 28), (60, 300), (2, 1500), (1000, 4000)])
def test_the_median_is_about_right(low: float, high: float) -> None:
    seconds = np.random.default_rng(1).uniform(low, high, 501)
    found = dwell(*seconds.tolist())
    true = float(np.median(seconds))
    assert found.median_s is not None
    # Never beyond the bin in which it is.
    start = max(one for one in BIN_STARTS_S if one <= true)
    following = [one for one in BIN_STARTS_S if one > true]
    assert start <= found.median_s <= (following[0] if following else found.longest_ms / 1000)
    assert found.mean_s == pytest.approx(float(np.mean(seconds)), abs=0.001)


def test_the_median_of_one_visit_is_not_longer_than_it() -> None:
    for seconds in (0.5, 7.0, 61.0, 1000.0):
        median_s = dwell(seconds).median_s
        assert median_s is not None
        assert median_s <= seconds


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="2 visits"):
        Dwell(2, 1000, 1000, (1, 0, 0, 0, 0, 0, 0, 0))
    with pytest.raises(ValueError, match="longest"):
        Dwell(1, 1000, 2000, (1, 0, 0, 0, 0, 0, 0, 0))
    with pytest.raises(ValueError, match="bins"):
        Dwell(1, 1000, 1000, (1,))
