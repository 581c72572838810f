"""What walls and layouts are called."""

from __future__ import annotations

from camwatch.language import tr
from camwatch.walls import Plan


def plan_words(plan: Plan) -> str:
    """Return a layout's name as operators read it."""
    tiles = len(plan.spots)
    if tiles < plan.columns * plan.rows:
        return tr("1 large, {number} small", number=tiles - 1)
    if tiles == 1:
        return tr("1 tile")
    return tr("{number} tiles", number=tiles)
