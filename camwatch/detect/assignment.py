"""Pairs up two groups so that all pairs together cost least."""

from __future__ import annotations

import lap
import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float64]
"""float64, shape (rows, columns); inf where a pair is out of the question."""

_FORBIDDEN = 1e6


def cheapest_pairs(costs: Costs, limit: float) -> list[tuple[int, int]]:
    """Choose pairs of a row and a column, each row and each column once at most.

    All pairs are weighed against each other: two people who walk past each other are told
    apart although the one is nearest to where both are expected.

    Args:
        costs: What each pair costs, 0 or more, far below a million; either side may be 0.
        limit: Leaving a row and a column without a partner costs this; dearer pairs are
            not made.

    Returns:
        The pairs (row, column), by row.

    Source:
        Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse
        linear assignment problems", Computing 38, 1987; the package `lap`.
    """
    if not costs.size:
        return []
    finite = np.where(np.isfinite(costs), costs, _FORBIDDEN)
    _, columns, _ = lap.lapjv(finite, extend_cost=True, cost_limit=limit)
    return [
        (row, int(column))
        for row, column in enumerate(columns)
        if column >= 0 and np.isfinite(costs[row, column])
    ]
