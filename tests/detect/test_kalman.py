from __future__ import annotations

import numpy as np
import pytest

from camwatch.detect.kalman import MotionFilter


def walker(position: float = 0.0) -> MotionFilter:
    return MotionFilter(position, noise=0.1, speed=1.5, acceleration=0.85)


@pytest.mark.parametrize("rate", [1.0, 5.0, 25.0])
def test_the_velocity_is_learnt_at_any_rate(rate: float) -> None:
    axis = walker()
    for index in range(1, round(3 * rate) + 1):
        axis.measured(0.2 * index / rate, 1 / rate)
    assert axis.velocity == pytest.approx(0.2, rel=0.05)
    assert axis.expected(0.5) == pytest.approx(0.7, rel=0.03)


def test_the_longer_nobody_is_seen_the_less_is_known() -> None:
    axis = walker()
    fresh = [axis.spread(after_s) for after_s in (0.0, 0.1, 1.0, 2.0)]
    assert fresh == sorted(fresh)
    assert fresh[0] == pytest.approx(np.hypot(0.1, 0.1))
    for _ in range(10):
        axis.measured(0.0, 0.2)
    assert axis.spread(1.0) < fresh[2]
    assert axis.velocity == 0.0


def test_jitter_at_a_high_rate_is_no_movement() -> None:
    axis = walker()
    chance = np.random.default_rng(1)
    speeds = []
    for _ in range(250):
        axis.measured(float(chance.normal(0, 0.03)), 0.04)
        speeds.append(abs(axis.velocity))
    # From picture to picture the box moves by 0.03 in 0.04 s: 0.75 a second, if one believed it.
    assert np.mean(speeds[25:]) < 0.1


def test_two_pictures_of_the_same_moment_do_no_harm() -> None:
    axis = walker()
    axis.measured(0.1, 0.0)
    assert axis.position == pytest.approx(0.05)
    assert axis.velocity == 0.0
    assert np.isfinite(axis.spread(0.0))
