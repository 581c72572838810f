"""What one simulated camera sees, and what is true about it, at any moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

from camwatch.cameras.simulator.ground import foot_y
from camwatch.cameras.simulator.known_plans import PlanKey
from camwatch.cameras.simulator.schedule import MOST_AT_ONCE, Schedule
from camwatch.cameras.simulator.visit import Position
from camwatch.cameras.simulator.visitors import (
    LONG_STEP,
    SHORT_STEP,
    STANDING,
    Look,
    width_per_height,
)

LOOP_S = 120.0
"""After this time the people come again, seconds."""

_STRIDE = 0.28  # length of a step in parts of the person's height
_BOB = 0.008  # how far the head rises in a step, in parts of the person's height
_IN_VIEW = 0.5  # share of the width that must be seen to count


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """One person in view at a moment.

    Attributes:
        id: Never given to another person of the same scene.
        x: Middle of the person in parts of the picture's width; may lie outside.
        box: x1, y1, x2, y2 in parts of the picture, 0 to 1, cut at its edges.
        visible: Share of the person's width that is in view, above 0 and up to 1.
        height: Height in parts of the picture's height.
        pose: STANDING, LONG_STEP or SHORT_STEP.
    """

    id: int
    x: float
    box: tuple[float, float, float, float]
    visible: float
    height: float
    look: Look
    pose: int
    faces_left: bool

    @property
    def is_counted(self) -> bool:
        """Whether at least half of the person's width is in view."""
        return self.visible >= _IN_VIEW


@dataclass(frozen=True, slots=True)
class Crossings:
    """How often the middle line was passed: inwards is to the right."""

    inwards: int
    outwards: int

    def since(self, earlier: Crossings) -> Crossings:
        """Return those that came after an earlier moment's."""
        return Crossings(self.inwards - earlier.inwards, self.outwards - earlier.outwards)


class Scene:
    """A place with people walking through it, the same for the same seed.

    Args:
        seed: Which place and which people.
        size: Width and height of the picture in pixels; what is true hangs on their
            ratio alone.
        loop_s: After this time the same people come again, seconds.
        most_people: So many are in view at once at most, 1 or more.
    """

    def __init__(
        self,
        seed: int,
        size: tuple[int, int],
        loop_s: float = LOOP_S,
        most_people: int = MOST_AT_ONCE,
    ) -> None:
        if min(size) < 16 or loop_s <= 0 or most_people < 1:
            raise ValueError(f"size {size}, loop_s {loop_s}, most_people {most_people}")
        self.seed = seed
        self.size = size
        self.loop_s = loop_s
        self._aspect = size[0] / size[1]
        self._schedule = Schedule(seed, self._aspect, loop_s, most_people)

    @property
    def plan(self) -> PlanKey:
        """What it hangs on who comes when."""
        return self._schedule.key

    def people_at(self, t: float) -> list[SimulatedPerson]:
        """Return everybody of whom something is in view, the farthest first.

        Args:
            t: Seconds since the site's start.
        """
        people = [
            person
            for identity, visit, since_s in self._schedule.present(t)
            if (person := self._person(identity, visit.height, visit.look, visit.at(since_s)))
        ]
        return sorted(people, key=lambda person: person.height)

    def occupancy_at(self, t: float) -> int:
        """Return how many people have at least half of their width in view."""
        return sum(person.is_counted for person in self.people_at(t))

    def crossings_at(self, t: float) -> Crossings:
        """Return how often the middle line was passed from the site's start to t."""
        return Crossings(self._schedule.passages_until(t, 1), self._schedule.passages_until(t, -1))

    def _person(
        self, identity: int, height: float, look: Look, position: Position
    ) -> SimulatedPerson | None:
        stride = _STRIDE * height / self._aspect
        steps = position.walked / stride
        pose, bob = STANDING, 0.0
        if position.is_walking:
            pose = LONG_STEP if math.floor(steps) % 2 == 0 else SHORT_STEP
            bob = _BOB * height * abs(math.sin(math.pi * steps))
        width = width_per_height(look.figure, pose) * height / self._aspect
        left, right = position.x - width / 2, position.x + width / 2
        seen = min(right, 1.0) - max(left, 0.0)
        if seen <= 0:
            return None
        bottom = foot_y(height) - bob
        return SimulatedPerson(
            id=identity,
            x=position.x,
            box=(max(left, 0.0), bottom - height, min(right, 1.0), bottom),
            visible=min(1.0, seen / width),
            height=height,
            look=look,
            pose=pose,
            faces_left=position.faces_left,
        )
