"""A camera that cannot answer as often as it should is asked less often, and more again."""

from __future__ import annotations

import pytest

from camwatch.cameras.budget import RELAXES_AFTER_S, PollBudget


class Asked:
    """A camera's pace, with a clock that goes on by what is asked."""

    def __init__(self, interval_s: float = 1.0) -> None:
        self.now_s = 100.0
        self.pace = PollBudget(interval_s, self.now_s)

    def answers(self, took_s: float, times: int = 1) -> float:
        for _ in range(times):
            self.now_s += max(took_s, self.pace.interval_s)
            self.pace.answered(took_s, self.now_s)
        return self.pace.interval_s

    def refuses(self, times: int = 1) -> float:
        for _ in range(times):
            self.now_s += self.pace.interval_s
            self.pace.refused(self.now_s)
        return self.pace.interval_s


def test_quick_answers_change_nothing() -> None:
    asked = Asked()
    assert asked.answers(0.9, 1000) == 1.0
    assert not asked.pace.is_stretched
    assert asked.pace.detail == ""


@pytest.mark.fault("F60")
def test_answers_that_take_longer_than_the_interval_double_it_up_to_eight_times() -> None:
    asked = Asked()
    assert asked.answers(1.5, 9) == 1.0
    assert asked.answers(1.5) == 2.0
    assert asked.pace.detail == "asked every 2 s instead of every 1 s"
    assert asked.answers(30, 10) == 4.0
    assert asked.answers(30, 10) == 8.0
    assert asked.answers(30, 100) == 8.0


def test_a_slow_answer_now_and_then_is_none() -> None:
    asked = Asked()
    for _ in range(50):
        asked.answers(0.1, 3)
        asked.answers(3.0, 7)
    assert asked.pace.interval_s == 1.0


@pytest.mark.fault("F28")
def test_a_camera_that_says_it_is_busy_is_asked_less_often() -> None:
    asked = Asked()
    assert asked.refuses() == 1.0
    asked.answers(0.1, 3)
    assert asked.refuses() == 2.0
    assert asked.refuses(20) == 8.0


def test_two_refusals_far_apart_are_chance() -> None:
    asked = Asked()
    for _ in range(20):
        asked.refuses()
        asked.answers(0.1, 10)
    assert asked.pace.interval_s == 1.0


def test_after_good_minutes_it_is_as_it_was_set() -> None:
    asked = Asked()
    asked.refuses(4)
    assert asked.pace.interval_s == 4.0
    assert asked.answers(0.1, int(RELAXES_AFTER_S / 4) + 1) == 2.0
    assert asked.answers(0.1, int(RELAXES_AFTER_S / 2) + 1) == 1.0
    assert asked.answers(0.1, 500) == 1.0


def test_it_is_not_halved_when_that_would_be_too_quick_again() -> None:
    asked = Asked()
    asked.answers(1.5, 10)
    assert asked.answers(1.5, 500) == 2.0


@pytest.mark.parametrize(("set_s", "longest_s"), [(20.0, 60.0), (60.0, 60.0), (3600.0, 3600.0)])
def test_it_grows_to_a_minute_at_most_and_is_never_below_what_was_set(
    set_s: float, longest_s: float
) -> None:
    asked = Asked(set_s)
    assert asked.refuses(40) == longest_s
    assert asked.answers(0.1, 1000) == set_s
