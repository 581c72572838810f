"""A stream that is decoded too slowly is noticed, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Iterable

from camwatch.cameras.reader.lag import MOST_LAG_S, Lag


def first_alarm(times: Iterable[tuple[float, float]]) -> float | None:
    lag = Lag()
    return next((now_s for now_s, shown_s in times if lag.is_too_much(now_s, shown_s)), None)


def test_a_stream_that_falls_back_steadily_is_noticed_in_time() -> None:
    # Decoding takes a quarter longer than the video lasts.
    alarm = first_alarm((number * 0.05, number * 0.04) for number in range(2000))
    assert alarm is not None
    # So old is the picture then.
    assert alarm * 0.2 < 2.5 * MOST_LAG_S


def test_a_stall_that_is_caught_up_with_is_none() -> None:
    shown = [number * 0.1 for number in range(600)]
    now = [s if not 10 < s < 18 else max(18.0 + (s - 10) * 0.01, s) for s in shown]
    assert first_alarm(zip(now, shown, strict=True)) is None


def test_jumps_of_the_cameras_clock_are_none() -> None:
    times = [(n * 0.1, n * 0.1 + (0 if n < 100 else -5000 if n < 200 else 9e9)) for n in range(400)]
    assert first_alarm(times) is None


def test_a_video_that_is_sent_again_and_again_is_none() -> None:
    assert first_alarm((n * 0.1, n * 0.1 % 6.0) for n in range(400)) is None


def test_a_cameras_clock_that_goes_slow_is_none() -> None:
    assert first_alarm((n * 1.0, n * 0.9995) for n in range(20_000)) is None


def test_a_stream_without_times_is_none() -> None:
    assert first_alarm((n * 20.0, 0.0) for n in range(1000)) is None
