"""Counts people who pass a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.detect.ledger import Ledger
from camwatch.detect.tracker import Waypoint
from camwatch.scene import Crossing, Direction, Line

_BAND = 0.01  # nearer to the line nobody is on either side of it …
_DEPTH = 0.10  # … and who has passed it must also be so many widths of their box beyond
_STILL = 0.5  # … and the second time still this share of it
_STEP = 0.25  # a smaller move, in box sizes, leads nowhere
_COMING = 0.1  # who is on their way goes this share of a step's speed before it, or faster


@dataclass(slots=True)
class _Passer:
    """What is remembered of one person.

    Attributes:
        last: Where they were seen last.
        last_depth: How far from the line that was.
        side: -1 outside, 1 inside, 0 not known yet.
        passed_s: When they were on the line last.
        passed_here: Whether that was between the line's ends.
        approach: How fast they came nearer to the inside before, depth a second; None if they
            were seen only once.
        is_beyond: They were seen beyond the line once; a second time, and it counts.
        is_coming: That step was part of a way, as far as could be seen.
    """

    last: Waypoint
    last_depth: float
    side: int = 0
    passed_s: float = 0.0
    passed_here: bool = False
    approach: float | None = None
    is_beyond: bool = False
    is_coming: bool = False


class LineFollower:
    """Notes who passes one line, each time. What it keeps of people goes when they go.

    The middle of the box decides. Nobody is on a side while they are nearer to the line than
    1 % of the picture; who has come over must get a tenth of their box's width beyond it,
    and be seen there in two pictures, or in the last one of all, if they were on their way
    there or out of the picture. So a box that jitters, that is wrong for one picture, or that
    stands on the line passes nothing.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._passers: dict[int, _Passer] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._passers)

    def follow(self, place: Waypoint) -> Crossing | None:
        """Take in where somebody was seen; return the crossing that became certain by it."""
        depth = self.line.depth(place.x, place.y)
        passer = self._passers.get(place.track)
        if passer is None:
            passer = self._passers[place.track] = _Passer(place, depth)
        elif depth * passer.last_depth <= 0 and depth != passer.last_depth:
            self._on_the_line(passer, place, depth)
        crossing = self._on_a_side(passer, place, depth)
        after_s = place.t_s - passer.last.t_s
        if after_s > 0:
            passer.approach = (depth - passer.last_depth) / after_s
        passer.last, passer.last_depth = place, depth
        return crossing

    def certain_s(self, place: Waypoint) -> float:
        """Return up to when it is certain on which side somebody was who was just seen, seconds.

        Whoever is beyond the line, but not yet far or long enough to have passed it, may have
        done so when they were on it.
        """
        passer = self._passers[place.track]
        return passer.passed_s if passer.last_depth * passer.side < 0 else place.t_s

    def end(self, track: int) -> Crossing | None:
        """Forget somebody who is gone; return the crossing that was their last step."""
        passer = self._passers.pop(track, None)
        if passer is None or not (passer.is_beyond and passer.is_coming):
            return None
        return self._passed(track, passer)

    def _on_a_side(self, passer: _Passer, place: Waypoint, depth: float) -> Crossing | None:
        """Take in how far from the line somebody is now; return the crossing that shows."""
        if passer.side == 0:
            if abs(depth) > _BAND:
                passer.side = 1 if depth > 0 else -1
            return None
        beyond = -depth * passer.side
        if beyond <= 0:
            passer.is_beyond = False
            return None
        far = max(_BAND, _DEPTH * place.width)
        if passer.is_beyond:
            return self._passed(place.track, passer) if beyond > far * _STILL else None
        if beyond > far:
            passer.is_beyond = True
            passer.is_coming = passer.approach is None or self._is_coming(passer, place, depth)
        return None

    @staticmethod
    def _is_coming(passer: _Passer, place: Waypoint, depth: float) -> bool:
        """Tell whether a step over the line goes on from the one before, or leads out of view.

        A box that jumps does neither.
        """
        last, before = passer.last, passer.approach or 0.0
        step = (depth - passer.last_depth) / max(place.t_s - last.t_s, 1e-9)
        if before * step > 0 and abs(before) >= _COMING * abs(step):
            return True
        return _leaves(last.x, place.x, place.width) or _leaves(last.y, place.y, place.height)

    def _on_the_line(self, passer: _Passer, place: Waypoint, depth: float) -> None:
        """Note when and where somebody was on the line between two pictures."""
        last = passer.last
        share = passer.last_depth / (passer.last_depth - depth)
        passer.passed_s = last.t_s + share * (place.t_s - last.t_s)
        passer.passed_here = self.line.reaches(
            last.x + share * (place.x - last.x), last.y + share * (place.y - last.y)
        )

    def _passed(self, track: int, passer: _Passer) -> Crossing | None:
        passer.side, passer.is_beyond = -passer.side, False
        if not passer.passed_here:
            return None
        direction = Direction.IN if passer.side > 0 else Direction.OUT
        return Crossing(self.line.name, passer.passed_s, direction, track)


def _leaves(before: float, now: float, size: float) -> bool:
    """Tell whether one more step like the last, along one axis, leads out of the picture."""
    is_step = abs(now - before) > _STEP * size
    return is_step and not size / 2 <= 2 * now - before <= 1 - size / 2


class LineCounter:
    """Counts who passes one line, as often as the line says.

    Usually who turns round after having passed is counted in and out. See `LineFollower` for
    what passing is, `Ledger` for what becomes of it.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._follower = LineFollower(line)
        self._ledger = Ledger(once=line.once, u_turn_s=line.u_turn_s)

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return self._follower.remembered + self._ledger.remembered

    def follow(self, place: Waypoint) -> Sequence[Crossing]:
        """Take in where somebody was seen; return the crossings that became certain by it."""
        crossing = self._follower.follow(place)
        before = self._ledger.passed(crossing) if crossing else ()
        return [*before, *self._ledger.settle(place.track, self._follower.certain_s(place))]

    def end(self, track: int) -> Sequence[Crossing]:
        """Forget somebody who is gone; return the crossings that became certain by that."""
        crossing = self._follower.end(track)
        before = self._ledger.passed(crossing) if crossing else ()
        return [*before, *self._ledger.end(track)]
