from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from camwatch.detect.assignment import cheapest_pairs

NEVER = np.inf


def test_all_pairs_are_weighed_against_each_other() -> None:
    # Row 0 likes column 0 best, but then row 1 would have to take a very dear one.
    assert cheapest_pairs(np.array([[1.0, 2.0], [1.5, 9.0]]), 20) == [(0, 1), (1, 0)]


def test_what_cannot_be_is_left_alone() -> None:
    assert cheapest_pairs(np.array([[NEVER, NEVER], [NEVER, 1.0]]), 20) == [(1, 1)]
    assert cheapest_pairs(np.full((3, 2), NEVER), 20) == []


def test_a_pair_dearer_than_the_limit_is_not_made() -> None:
    assert cheapest_pairs(np.array([[4.9]]), 5) == [(0, 0)]
    assert cheapest_pairs(np.array([[5.1]]), 5) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0)])
def test_nobody_to_pair_up(shape: tuple[int, int]) -> None:
    assert cheapest_pairs(np.empty(shape), 5) == []


def test_it_is_the_cheapest_of_all_ways() -> None:
    chance = np.random.default_rng(4)
    for _ in range(50):
        costs = chance.uniform(0, 3, (3, 5))
        pairs = cheapest_pairs(costs, 100)
        cheapest = min(
            sum(costs[row, column] for row, column in enumerate(columns))
            for columns in permutations(range(5), 3)
        )
        assert sum(costs[pair] for pair in pairs) == pytest.approx(cheapest)
        assert [row for row, _ in pairs] == [0, 1, 2]
