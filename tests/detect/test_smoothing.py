from __future__ import annotations

import pytest

from camwatch.detect.smoothing import Smoother


def shown(window_s: float, counts: list[int], step_s: float = 1.0) -> list[int]:
    smoother = Smoother(window_s)
    return [smoother.add(number * step_s, count) for number, count in enumerate(counts)]


def test_a_count_that_is_wrong_for_one_picture_is_not_shown() -> None:
    assert shown(3, [2, 2, 5, 2, 2, 0, 2]) == [2, 2, 2, 2, 2, 2, 2]


def test_a_change_that_stays_is_shown_after_half_of_the_time() -> None:
    assert shown(3, [2, 2, 2, 7, 7, 7]) == [2, 2, 2, 2, 7, 7]
    assert shown(3, [2] * 6 + [7] * 6, step_s=0.5)[6:] == [2, 2, 7, 7, 7, 7]


@pytest.mark.parametrize("window_s", [0, 0.5])
def test_without_time_each_count_is_shown(window_s: float) -> None:
    assert shown(window_s, [2, 9, 0]) == [2, 9, 0]


def test_what_is_shown_was_counted() -> None:
    assert shown(10, [1, 4]) == [1, 4]
    assert shown(10, [1, 4, 2, 9]) == [1, 4, 2, 4]


def test_after_an_outage_nothing_of_before_is_shown() -> None:
    smoother = Smoother(60)
    for second in range(30):
        smoother.add(second, 8)
    smoother.forget()
    assert smoother.add(30, 1) == 1
    # A clock that went back is no time that passed.
    assert smoother.add(3, 5) == 5
