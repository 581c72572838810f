"""Which counted passage is which real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.accuracy import TruePassage
from camwatch.scene import Direction


@dataclass(frozen=True, slots=True)
class Pair:
    """A real passage and the counted one that means it, or one of them alone.

    Attributes:
        real: None if nobody passed: a false one.
        counted: None if it was not counted: a missed one.
    """

    real: TruePassage | None
    counted: TruePassage | None

    @property
    def one(self) -> TruePassage:
        """The real one; the counted one if there is no real one.

        A hand is late, so the time of a counted one counts only where it stands alone: else
        a passage at the border of two intervals would make an error in both.
        """
        found = self.real or self.counted
        if found is None:
            raise ValueError("a pair of nothing")
        return found


def pair_up(
    real: Sequence[TruePassage], counted: Sequence[TruePassage], tolerance_s: float
) -> list[Pair]:
    """Pair passages of the same direction that are not farther apart than allowed.

    The earliest ones first, which makes as many pairs as can be made.

    Args:
        real: In order of time.
        counted: In order of time.
        tolerance_s: Longest time between the two of a pair.

    Returns:
        Everyone is in one of them; by time.
    """
    pairs = [pair for way in Direction for pair in _paired(way, real, counted, tolerance_s)]
    return sorted(pairs, key=lambda pair: pair.one.t_s)


def _paired(
    way: Direction,
    real: Sequence[TruePassage],
    counted: Sequence[TruePassage],
    tolerance_s: float,
) -> list[Pair]:
    waiting = [one for one in real if one.direction is way]
    pairs = []
    for found in (one for one in counted if one.direction is way):
        while waiting and waiting[0].t_s < found.t_s - tolerance_s:
            pairs.append(Pair(waiting.pop(0), None))
        is_match = bool(waiting) and waiting[0].t_s <= found.t_s + tolerance_s
        pairs.append(Pair(waiting.pop(0) if is_match else None, found))
    return pairs + [Pair(one, None) for one in waiting]
