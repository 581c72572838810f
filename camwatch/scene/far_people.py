"""Says whether a camera would count better if small and far people were searched for."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.scene.heat import HEIGHT_BINS, Heat

FAR = 0.15
"""Shorter people, in parts of the picture's height, are hard to find in the picture as a whole."""

COST = 2.9
"""Times of a plain search that one with tiles takes, if the whole picture is searched."""

_FOUND_PLAIN = 0.30
_FOUND_FINER = 0.43
"""Of the people below `FAR` so many are found without and with tiles; see `docs/models.md`."""

_ENOUGH = 20
"""With fewer people nothing is said: two who happened to be far away are no habit."""

_WORTHWHILE = 0.05
"""So many more people, in parts of those who are found now, are worth the cost."""


@dataclass(frozen=True, slots=True)
class FarAdvice:
    """What searching for small and far people would bring to a camera, and cost.

    Attributes:
        far_share: Share of the people found now who are below `FAR`, 0 to 1.
        more_share: How many more would be found about, in parts of those who are found now.
        cost_times: How many times longer a picture takes at most; less where only what moves
            is searched.
    """

    far_share: float
    more_share: float
    cost_times: float = COST

    @property
    def would_help(self) -> bool:
        """True if it is worth offering."""
        return self.more_share >= _WORTHWHILE


def advise_far_people(heat: Heat) -> FarAdvice | None:
    """Judge from the people found so far; None while there are too few to tell.

    Args:
        heat: Best of a time in which far people were not searched for; the same person may
            be in it from many pictures.
    """
    people = float(heat.heights.sum())
    if people < _ENOUGH:
        return None
    far_share = float(heat.heights[: round(FAR * HEIGHT_BINS)].sum()) / people
    return FarAdvice(far_share, far_share * (_FOUND_FINER / _FOUND_PLAIN - 1))
