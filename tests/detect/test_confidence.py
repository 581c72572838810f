from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from camwatch.detect.confidence import (
    INDEPENDENT,
    Sampling,
    mean,
    row_of,
    share,
    signed_mean,
    t_quantile,
)

BENCHMARK = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "audit_coverage.py"


@pytest.mark.parametrize(
    ("degrees", "value"),
    # From the table of Student's t in any book.
    [(2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_quantiles_are_those_of_the_tables(degrees: int, value: float) -> None:
    assert t_quantile(degrees) == pytest.approx(value, rel=0.01)


def test_an_interval_reaches_below_and_above_what_was_found() -> None:
    errors = np.array([0, 1, 0, 0, 2, 0, 0, 1, 0, 0.0])
    people = np.full(10, 5.0)
    found = share(errors, people, INDEPENDENT)
    assert found.value == pytest.approx(4 / 50)
    assert 0 < found.low < found.value < found.high < 0.3
    assert mean(errors, INDEPENDENT).value == pytest.approx(0.4)


def test_no_error_found_does_not_mean_no_error_there() -> None:
    found = share(np.zeros(30), np.full(30, 2.0), INDEPENDENT)
    assert (found.value, found.low) == (0, 0)
    # The rule of three, for 97.5 %: 3.7 errors of 60 people may have been missed by luck.
    assert found.high == pytest.approx(3.7 / 60, rel=0.15)
    signed = signed_mean(np.zeros(30), INDEPENDENT)
    assert (signed.value, signed.low) == (0, -signed.high)
    assert signed.high > 0


def test_errors_of_a_row_that_stay_make_less_sure_than_as_many_that_change() -> None:
    staying = np.repeat([0.0, 1.0, 0.0, 0.0, 1.0, 0.0], 10)
    changing = np.tile([0.0, 1.0, 0.0, 0.0, 1.0, 0.0], 10)
    assert staying.sum() == changing.sum()
    row = row_of(np.full(60, 2.0))
    wide, narrow = (share(errors, np.full(60, 2.0), row) for errors in (staying, changing))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_one_error_is_as_long_as_people_stay() -> None:
    assert row_of(np.repeat([0.0, 2.0, 1.0, 0.0, 3.0, 0.0], 10)).clump > 3
    assert row_of(np.tile([0.0, 2.0, 1.0, 0.0, 3.0, 0.0], 10)).clump == 1


def test_a_bias_has_its_sign() -> None:
    errors = np.array([0, -1, 0, 0, -2, 0, -1, -1, 0, -1.0] * 3)
    found = signed_mean(errors, INDEPENDENT)
    assert found.low < found.value < found.high < 0
    other = signed_mean(-errors, INDEPENDENT)
    assert other.low == pytest.approx(-found.high)
    assert other.high == pytest.approx(-found.low)


def test_of_nothing_there_is_no_share() -> None:
    with pytest.raises(ValueError, match="nothing"):
        share(np.zeros(10), np.zeros(10), INDEPENDENT)
    with pytest.raises(ValueError, match="4 parts"):
        share(np.ones(4), np.ones(4), Sampling(is_row=True))


def test_95_of_100_intervals_hold_the_truth() -> None:
    """Few seeds, some kinds: the benchmark has the whole table."""
    kinds = (
        "passages, errors in heaps",
        "passages, poor camera",
        "pictures, many people",
        "occupancy, errors that last",
        "occupancy, poor camera",
    )
    command = [sys.executable, str(BENCHMARK), "--json", "--audits=150", "--seed=11", "--only"]
    printed = subprocess.run([*command, *kinds], capture_output=True, text=True, check=True)
    found = json.loads(printed.stdout)
    assert len(found) == len(kinds) * 4
    for name in ("accuracy", "signed", "absolute"):
        shares = [one[name] for one in found]
        assert 0.93 <= np.mean(shares) <= 0.975, name
        assert min(shares) > 0.87, name
