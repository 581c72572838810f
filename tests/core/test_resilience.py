"""Back-off and circuit breaker."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.resilience import Backoff, BreakerState, CircuitBreaker, ClockReading, ClockWatch


@given(failures=st.integers(1, 10_000), seed=st.integers())
def test_a_wait_grows_to_its_bound_and_is_spread(failures: int, seed: int) -> None:
    backoff = Backoff(first_s=1.0, factor=2.0, longest_s=60.0)
    full = min(60.0, 2.0 ** min(failures - 1, 20))
    assert full / 2 <= backoff.wait_s(failures, random.Random(seed)) <= full


def test_without_a_failure_there_is_no_wait() -> None:
    assert Backoff().wait_s(0, random.Random(1)) == 0.0


def test_a_breaker_opens_at_its_limit_and_lets_one_probe_through() -> None:
    breaker = CircuitBreaker(failures=5, pause_s=60.0)
    for _ in range(4):
        breaker.failed(100.0)
    assert breaker.state(100.0) is BreakerState.CLOSED
    assert breaker.allows(100.0)
    breaker.failed(100.0)
    assert breaker.state(159.9) is BreakerState.OPEN
    assert not breaker.allows(159.9)
    assert breaker.wait_s(130.0) == pytest.approx(30.0)
    assert breaker.allows(160.0)
    assert breaker.state(160.0) is BreakerState.HALF_OPEN
    assert not breaker.allows(160.0), "only one probe at a time"


def test_a_failed_probe_opens_it_again_at_once() -> None:
    breaker = CircuitBreaker(failures=2, pause_s=10.0)
    breaker.failed(0.0)
    breaker.failed(0.0)
    assert breaker.allows(10.0)
    breaker.failed(11.0)
    assert breaker.state(20.9) is BreakerState.OPEN
    assert breaker.allows(21.0)


def test_a_good_probe_closes_it() -> None:
    breaker = CircuitBreaker(failures=1, pause_s=10.0)
    breaker.failed(0.0)
    assert breaker.allows(10.0)
    breaker.succeeded()
    assert breaker.state(10.0) is BreakerState.CLOSED
    assert breaker.failures == 0
    assert breaker.wait_s(10.0) == 0.0


@pytest.mark.parametrize(("failures", "pause_s"), [(0, 1.0), (1, 0.0)])
def test_a_breaker_that_makes_no_sense_is_refused(failures: int, pause_s: float) -> None:
    with pytest.raises(ValueError, match="failures"):
        CircuitBreaker(failures, pause_s)


def reading(running_s: float, elapsed_s: float, wall_s: float) -> ClockReading:
    return ClockReading(100 + running_s, 5000 + elapsed_s, 1.7e9 + wall_s)


FOUND = tuple[float | None, float | None]


@pytest.mark.fault("F57", "F58")
@pytest.mark.parametrize(
    ("now", "found"),
    [
        (reading(1, 1, 1), (None, None)),
        (reading(4, 4, 4), (None, None)),  # a busy computer
        (reading(1, 28_801, 28_801), (28_801, None)),  # asleep, the usual clock stood still
        (reading(28_801, 28_801, 28_801), (28_801, None)),  # stopped, or asleep on Windows
        (reading(1, 1, 86_401), (None, 86_400)),
        (reading(1, 1, -3599), (None, -3600)),
        (reading(1, 1, 31), (None, 30)),
        (reading(1, 1, -29), (None, -30)),
        (reading(1, 1, 2.5), (None, None)),  # kept right by the network, bit by bit
        (reading(1, 1, 1 - 1.7e9), (None, -1.7e9)),  # 1970
        (reading(1, 3601, 7201), (3601, 3600)),  # asleep, and set meanwhile
    ],
)
def test_clocks_tell_sleep_from_a_clock_that_was_set(now: ClockReading, found: FOUND) -> None:
    watch = ClockWatch(reading(0, 0, 0))
    for value, expected in zip(watch.look(now), found, strict=True):
        assert value == (None if expected is None else pytest.approx(expected))


@pytest.mark.fault("F58")
def test_a_clock_that_was_set_is_told_once() -> None:
    watch = ClockWatch(reading(0, 0, 0))
    seen = [watch.look(reading(n, n, n + (3600 if n >= 5 else 0))) for n in range(1, 10)]
    assert [jump_s for _, jump_s in seen if jump_s is not None] == [3600]
