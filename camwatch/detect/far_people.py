"""Says whether a camera would count better if small and far people were searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
        would_help: True if it is worth offering.
        people: How many people this rests on.
        far_share: Share of them who are below `FAR`, 0 to 1; 0 without any people.
        more_share: How many more would be found about, in parts of those who are found now.
        cost_times: How many times longer a picture takes at most; less where only what moves
            is searched.
    """

    would_help: bool
    people: int
    far_share: float
    more_share: float
    cost_times: float = COST


def advise_far_people(heights: Sequence[float]) -> FarAdvice:
    """Judge from the people found so far, without tiles.

    Args:
        heights: Of their boxes, in parts of the picture's height, above 0 and up to 1; the
            same person may be in it from many pictures. There may be none.

    Raises:
        ValueError: A height is not a part of the picture's height.
    """
    # Written so that what is no number is refused as well.
    if not all(0 < height <= 1 for height in heights):
        raise ValueError("heights: not all are above 0 and up to 1")
    if not heights:
        return FarAdvice(would_help=False, people=0, far_share=0.0, more_share=0.0)
    far_share = sum(height < FAR for height in heights) / len(heights)
    more_share = far_share * (_FOUND_FINER / _FOUND_PLAIN - 1)
    would_help = len(heights) >= _ENOUGH and more_share >= _WORTHWHILE
    return FarAdvice(would_help, len(heights), far_share, more_share)
