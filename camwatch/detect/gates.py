"""Gates of two lines: who passes both, the one after the other, is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from camwatch.detect.ledger import Ledger
from camwatch.detect.lines import LineFollower
from camwatch.detect.tracker import Waypoint
from camwatch.scene import Crossing, Direction, Gate


@dataclass(frozen=True, slots=True)
class _Half:
    """Somebody passed one of the two lines.

    Attributes:
        line: 0 for the outer one, 1 for the inner one.
        crossing: Of that line.
    """

    line: int
    crossing: Crossing


class GateCounter:
    """Counts who passes one gate. What it keeps of people goes when they go.

    If one of its lines counts everybody once, or leaves out who turns round, that holds for
    passages of the whole gate: a single line is passed by chance, and proves nothing.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        lines = gate.outer, gate.inner
        self._lines = [LineFollower(line) for line in lines]
        self._half_through: dict[int, _Half] = {}
        self._ledger = Ledger(
            once=any(line.once for line in lines), u_turn_s=max(line.u_turn_s for line in lines)
        )

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        kept = sum(line.remembered for line in self._lines)
        return kept + len(self._half_through) + self._ledger.remembered

    def follow(self, place: Waypoint) -> Sequence[Crossing]:
        """Take in where somebody was seen; return the crossings that became certain by it."""
        before = self._passed(
            _Half(index, crossing)
            for index, line in enumerate(self._lines)
            if (crossing := line.follow(place))
        )
        return [*before, *self._ledger.settle(place.track, self._certain_s(place))]

    def end(self, track: int) -> Sequence[Crossing]:
        """Forget somebody who is gone; return the crossings that became certain by that."""
        before = self._passed(
            _Half(index, crossing)
            for index, line in enumerate(self._lines)
            if (crossing := line.end(track))
        )
        self._half_through.pop(track, None)
        return [*before, *self._ledger.end(track)]

    def _certain_s(self, place: Waypoint) -> float:
        """Return up to when it is certain that somebody had not begun to go back, seconds."""
        certain_s = min(line.certain_s(place) for line in self._lines)
        half = self._half_through.get(place.track)
        if half and place.t_s - half.crossing.t_s <= self.gate.within_s:
            return min(certain_s, half.crossing.t_s)
        return certain_s

    def _passed(self, halves: Iterable[_Half]) -> Sequence[Crossing]:
        """Take in which lines somebody passed; return what became certain by it."""
        certain: list[Crossing] = []
        for half in sorted(halves, key=lambda one: one.crossing.t_s):
            crossing = half.crossing
            before = self._half_through.pop(crossing.track, None)
            if half.line != (1 if crossing.direction is Direction.IN else 0):
                self._half_through[crossing.track] = half
            elif (
                before is not None
                and before.crossing.direction is crossing.direction
                and crossing.t_s - before.crossing.t_s <= self.gate.within_s
            ):
                whole = Crossing(self.gate.name, crossing.t_s, crossing.direction, crossing.track)
                certain += self._ledger.passed(whole)
        return certain
