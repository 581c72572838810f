from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from camwatch.scene.far_people import COST, advise_far_people
from camwatch.scene.heat import HEIGHT_BINS, Heat


def seen(**heights: int) -> Heat:
    """Return the heat of so many boxes of a height in per cent, such as h40=50."""
    bins = np.zeros(HEIGHT_BINS, np.float32)
    for height, count in heights.items():
        bins[int(height.removeprefix("h")) * HEIGHT_BINS // 100] += count
    return replace(Heat.empty(), heights=bins)


def test_too_few_people_are_no_evidence() -> None:
    assert advise_far_people(Heat.empty()) is None
    assert advise_far_people(seen(h8=19)) is None
    assert advise_far_people(seen(h8=20)) is not None


def test_people_near_the_camera_need_no_tiles() -> None:
    advice = advise_far_people(seen(h40=50, h10=1))
    assert advice is not None
    assert not advice.would_help
    assert advice.far_share == pytest.approx(1 / 51)
    assert advice.more_share < 0.01


def test_many_far_people_are_worth_the_cost_which_is_told() -> None:
    advice = advise_far_people(seen(h40=10, h8=30))
    assert advice is not None
    assert advice.would_help
    assert (advice.far_share, advice.cost_times) == (0.75, COST)
    # 30 found of about 100; with tiles about 43 of them.
    assert advice.more_share == pytest.approx(13 / 40, abs=0.01)


def test_a_person_of_exactly_the_limit_is_not_far() -> None:
    advice = advise_far_people(seen(h15=20))
    assert advice is not None
    assert advice.far_share == 0.0
