"""How long an account rests after wrong passwords."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from camwatch.auth.throttle import ComputerThrottle, Throttle

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def rest_after(failures: int) -> float | None:
    """Return the seconds of rest after so many wrong passwords in a row."""
    throttle = Throttle()
    for _ in range(failures):
        throttle = throttle.after_failure(NOON)
    assert throttle.failures == failures
    until = throttle.rests_until(NOON)
    return None if until is None else (until - NOON).total_seconds()


def test_the_fifth_wrong_password_starts_a_rest_that_doubles_up_to_an_hour() -> None:
    assert [rest_after(n) for n in range(5)] == [None] * 5
    rests = [rest_after(n) for n in range(5, 14)]
    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert rest_after(5000) == 3600


def test_a_rest_ends_on_time() -> None:
    throttle = Throttle(5, NOON + timedelta(seconds=30))
    assert throttle.rests_until(NOON) == NOON + timedelta(seconds=30)
    assert throttle.rests_until(NOON + timedelta(seconds=29, milliseconds=999)) is not None
    assert throttle.rests_until(NOON + timedelta(seconds=30)) is None


def test_the_failures_are_not_forgotten_when_the_rest_is_over() -> None:
    later = NOON + timedelta(days=3)
    throttle = Throttle(5, NOON + timedelta(seconds=30)).after_failure(later)
    assert throttle == Throttle(6, later + timedelta(seconds=60))


def test_a_clock_that_was_put_back_by_years_locks_nobody_out_for_years() -> None:
    throttle = Throttle(9, NOON)
    assert throttle.rests_until(NOON - timedelta(days=700)) is None
    assert throttle.rests_until(NOON - timedelta(minutes=5)) == NOON


@given(st.integers(0, 100_000), st.integers(0, 36_500))
def test_no_rest_is_longer_than_an_hour(failures: int, days: int) -> None:
    now = NOON + timedelta(days=days)
    throttle = Throttle(failures).after_failure(now)
    until = throttle.rests_until(now)
    assert (until is None) is (failures + 1 < 5)
    if until is not None:
        assert timedelta(seconds=30) <= until - now <= timedelta(hours=1)


# ------------------------------------------------------------ of a computer


def fail(throttle: ComputerThrottle, now: datetime, times: int, apart_s: float) -> ComputerThrottle:
    for number in range(times):
        throttle = throttle.after_failure(now + timedelta(seconds=number * apart_s))
    return throttle


def test_twenty_failures_within_a_minute_let_a_computer_rest() -> None:
    throttle = fail(ComputerThrottle(), NOON, 19, 3)
    assert throttle.rests_until(NOON + timedelta(seconds=57)) is None
    throttle = throttle.after_failure(NOON + timedelta(seconds=57))
    assert throttle.rests_until(NOON + timedelta(seconds=57)) == NOON + timedelta(seconds=87)
    assert throttle.rests_until(NOON + timedelta(seconds=87)) is None


def test_any_minute_counts_and_not_only_those_of_the_clock() -> None:
    throttle = fail(ComputerThrottle(), NOON, 1, 0)
    throttle = fail(throttle, NOON + timedelta(seconds=50), 18, 0.1)
    # The first is over a minute ago, the others are not.
    throttle = throttle.after_failure(NOON + timedelta(seconds=61))
    assert throttle.locked_until is None
    assert throttle.after_failure(NOON + timedelta(seconds=62)).locked_until is not None


def test_failures_that_are_further_apart_let_no_computer_rest() -> None:
    throttle = fail(ComputerThrottle(), NOON, 500, 3.2)
    assert throttle.locked_until is None
    assert len(throttle.recent) < 20


def test_the_rests_of_a_computer_rise_to_five_minutes_and_begin_anew_after_a_quiet_hour() -> None:
    now, throttle, rests = NOON, ComputerThrottle(), []
    for _ in range(6):
        throttle = fail(throttle, now, 20, 0)
        until = throttle.rests_until(now)
        assert until is not None
        rests.append((until - now).total_seconds())
        now = until
    assert rests == [30, 60, 120, 240, 300, 300]
    now += timedelta(minutes=61)
    throttle = fail(throttle, now, 20, 0)
    assert throttle.rests_until(now) == now + timedelta(seconds=30)


def test_a_clock_that_was_put_back_locks_no_computer_for_years() -> None:
    throttle = fail(ComputerThrottle(), NOON, 20, 0)
    long_ago = NOON - timedelta(days=700)
    assert throttle.rests_until(long_ago) is None
    assert throttle.rests_until(NOON - timedelta(seconds=60)) is not None
    again = fail(fail(ComputerThrottle(), NOON, 19, 0), long_ago, 1, 0)
    assert again.recent == (long_ago,)


@given(st.lists(st.integers(0, 120), max_size=120))
def test_a_computer_never_rests_longer_than_five_minutes(gaps: list[int]) -> None:
    now, throttle = NOON, ComputerThrottle()
    for gap in gaps:
        now += timedelta(seconds=gap)
        until = throttle.rests_until(now)
        if until is not None:
            assert until - now <= timedelta(minutes=5)
            continue
        throttle = throttle.after_failure(now)
        assert len(throttle.recent) < 20
