"""Gates of two lines: who passes both, the one after the other, is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from camwatch.detect.lines import Crossing, Direction, Line, LineCounter
from camwatch.detect.places import check_name
from camwatch.detect.tracker import Waypoint
from camwatch.errors import InvalidSetting


@dataclass(frozen=True, slots=True)
class Gate:
    """Two lines side by side, drawn in the same direction.

    A person comes in by passing the outer line inwards and then the inner one, and goes out
    the other way round. Who steps over one of them and turns back is not counted at all:
    that is what a gate is for.

    Attributes:
        name: 1 to 100 characters.
        outer: Passed first by who comes in.
        inner: Passed second by who comes in.
        within_s: Longest time from the one to the other, seconds.

    Raises:
        InvalidSetting: A value is refused; the field is "name" or "within_s".
    """

    name: str
    outer: Line
    inner: Line
    within_s: float = 10.0

    def __post_init__(self) -> None:
        """Check the name and the time."""
        check_name(self.name)
        if not 0 < self.within_s <= 3600:
            raise InvalidSetting("within_s", f"{self.within_s:g} is not above 0 and up to 3600")


class GateCounter:
    """Counts who passes one gate. What it keeps of people goes when they go."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._lines = (LineCounter(gate.outer), LineCounter(gate.inner))
        self._half_through: dict[int, tuple[int, Crossing]] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._half_through) + sum(line.remembered for line in self._lines)

    def follow(self, place: Waypoint) -> Crossing | None:
        """Take in where somebody was seen; return the crossing that became certain by it."""
        return self._passed(
            (index, crossing)
            for index, line in enumerate(self._lines)
            if (crossing := line.follow(place))
        )

    def end(self, track: int) -> Crossing | None:
        """Forget somebody who is gone; return the crossing that was their last step."""
        last = self._passed(
            (index, crossing)
            for index, line in enumerate(self._lines)
            if (crossing := line.end(track))
        )
        self._half_through.pop(track, None)
        return last

    def _passed(self, crossings: Iterable[tuple[int, Crossing]]) -> Crossing | None:
        """Take in which lines somebody passed; return a passage of the whole gate."""
        whole = None
        for index, crossing in sorted(crossings, key=lambda one: one[1].t_s):
            last = 1 if crossing.direction is Direction.IN else 0
            before = self._half_through.pop(crossing.track, None)
            if index != last:
                self._half_through[crossing.track] = (index, crossing)
            elif (
                before is not None
                and before[1].direction is crossing.direction
                and crossing.t_s - before[1].t_s <= self.gate.within_s
            ):
                whole = Crossing(self.gate.name, crossing.t_s, crossing.direction, crossing.track)
        return whole
