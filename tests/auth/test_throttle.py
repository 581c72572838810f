"""How long an account rests after wrong passwords."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from camwatch.auth.throttle import Throttle

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
