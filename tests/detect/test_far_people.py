from __future__ import annotations

import pytest

from camwatch.detect.far_people import COST, advise_far_people


def test_without_people_nothing_is_advised() -> None:
    advice = advise_far_people([])
    assert (advice.would_help, advice.people, advice.far_share) == (False, 0, 0.0)


def test_people_near_the_camera_need_no_tiles() -> None:
    advice = advise_far_people([0.4] * 50 + [0.1])
    assert not advice.would_help
    assert advice.far_share == pytest.approx(1 / 51)
    assert advice.more_share < 0.01


def test_many_far_people_are_worth_the_cost_which_is_told() -> None:
    advice = advise_far_people([0.4] * 10 + [0.08] * 30)
    assert advice.would_help
    assert (advice.people, advice.far_share, advice.cost_times) == (40, 0.75, COST)
    # 30 found of about 100; with tiles about 43 of them.
    assert advice.more_share == pytest.approx(13 / 40, abs=0.01)


def test_a_handful_of_people_is_no_evidence() -> None:
    assert not advise_far_people([0.08] * 19).would_help
    assert advise_far_people([0.08] * 20).would_help


def test_a_person_of_exactly_the_limit_is_not_far() -> None:
    assert advise_far_people([0.15] * 20).far_share == 0.0


@pytest.mark.parametrize("height", [0.0, -0.1, 1.01, float("nan"), 300.0])
def test_what_is_no_part_of_the_picture_is_refused(height: float) -> None:
    with pytest.raises(ValueError, match="heights"):
        advise_far_people([0.2, height])
