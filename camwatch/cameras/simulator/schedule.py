"""Who comes, when, and how they walk: a plan that repeats after a while."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from camwatch.cameras.simulator.known_plans import PlanKey, known_visits
from camwatch.cameras.simulator.visit import LINE_X, Visit
from camwatch.cameras.simulator.visitors import Look

SMALLEST, TALLEST = 0.36, 0.55
"""Heights of people in parts of the picture's height."""

MOST_AT_ONCE = 6
"""So many people are in view at most, unless a plan is asked for another number."""

BODY_WIDTH = 0.34
"""Width of a walking person in parts of their height, on average."""

_STEP_S = 0.5  # grid on which the plan is checked
_PHASE_S = 12.0  # how long a wish for so many people lasts
_WISHES = (2, 4, 6, 6, 4, 2, 1, 0, 1, 3)  # people wished for, of 6, phase by phase
_TRIES, _TRIES_IN_CROWD = 14, 60
_CLEAR_OF_LINE = 0.09  # nobody stands or turns nearer to the line
_MOST_COVERED = 0.3  # share of the narrower one's width that may be hidden for long
_PASSING_S = 2.5  # two people may pass each other in this time
_LEAST_HEIGHT_GAP = 0.035  # who passes another is nearer or farther by this
_MOST_HIDDEN = 0.12  # share of the time in which somebody may be hidden …
_MOST_HIDDEN_IN_CROWD = 0.4  # … and if there are more people than usual


class Schedule:
    """All visits of one place, repeated after `loop_s` seconds for ever.

    Args:
        seed: Which plan; the same seed, aspect ratio and loop give the same plan.
        aspect: Width of the picture divided by its height.
        loop_s: Length of the plan, seconds.
        most_people: So many are in view at once at most, 1 or more; it is wished for at times,
            but people must also find room.
    """

    def __init__(
        self, seed: int, aspect: float, loop_s: float, most_people: int = MOST_AT_ONCE
    ) -> None:
        self.loop_s = loop_s
        self.key = PlanKey(seed, aspect, loop_s, most_people)
        self.visits: Sequence[Visit] = known_visits(self.key) or plan(self.key)
        self._passages = [
            ((visit.start_s + since_s) % loop_s, direction)
            for visit in self.visits
            for since_s, direction in visit.passages()
        ]

    def present(self, t: float) -> Iterator[tuple[int, Visit, float]]:
        """Yield id, visit and seconds since its start for everybody who is about at a time.

        The id is never given twice: it tells the visit and the round of the plan.
        """
        for visit in self.visits:
            since_s = (t - visit.start_s) % self.loop_s
            if since_s <= visit.duration_s:
                lap = round((t - visit.start_s - since_s) / self.loop_s)
                # The first lap is -1: of visits that had begun before the plan did.
                yield (lap + 1) * len(self.visits) + visit.number + 1, visit, since_s

    def passages_until(self, t: float, direction: int) -> int:
        """Return how often the line was passed from time 0 to t (both included).

        Negative t gives minus the passages from t to 0.
        """
        return sum(
            math.floor((t - moment) / self.loop_s) + 1
            for moment, to in self._passages
            if to == direction
        )


def plan(key: PlanKey) -> Sequence[Visit]:
    """Work out who comes when. Takes about a tenth of a second."""
    return _Planner(*key).visits


class _Planner:
    """Fills a loop with visits, one after the other, so that people seldom hide each other."""

    def __init__(self, seed: int, aspect: float, loop_s: float, most_people: int) -> None:
        self._chance = np.random.default_rng([seed, 17])
        self._most_people = most_people
        is_crowd = most_people > MOST_AT_ONCE
        self._tries = _TRIES_IN_CROWD if is_crowd else _TRIES
        self._most_hidden = _MOST_HIDDEN_IN_CROWD if is_crowd else _MOST_HIDDEN
        self._wishes = [math.ceil(wish * most_people / MOST_AT_ONCE) for wish in _WISHES]
        self._aspect = aspect
        self._loop_s = loop_s
        self._slots = max(1, round(loop_s / _STEP_S))
        self.visits: list[Visit] = []
        # Where everybody is, a row a visit; NaN while they are not about. At most one visit
        # begins in each slot of each of the two rounds.
        self._ways = np.full((2 * self._slots, self._slots), np.nan)
        self._hidden = np.zeros(self._slots, int)
        self._in_view = np.zeros(self._slots, int)
        self._plan()

    def _plan(self) -> None:
        first = int(self._chance.integers(len(self._wishes)))
        # The second round fills what the first left open, now that all is known.
        for _ in range(2):
            for slot in range(self._slots):
                start_s = slot * self._loop_s / self._slots
                wish = self._wishes[(first + int(start_s / _PHASE_S)) % len(self._wishes)]
                if self._in_view[slot] < wish:
                    self._invite(start_s, wish)

    def _invite(self, start_s: float, wish: int) -> None:
        for _ in range(self._tries):
            visit = self._draw(start_s, wish)
            if self._fits(visit):
                return

    def _draw(self, start_s: float, wish: int) -> Visit:
        """Draw a visit by chance."""
        chance = self._chance
        height = float(chance.uniform(SMALLEST, TALLEST))
        width = BODY_WIDTH * height / self._aspect
        speed = width * float(chance.uniform(0.6, 1.45))
        outside = width * 0.55
        from_left = bool(chance.random() < 0.5)
        places = [-outside]
        pauses = [0.0]
        turns = chance.random() < 0.25
        if turns or chance.random() < 0.55:
            spot = self._spot()
            places.append(spot)
            pauses.append(float(chance.uniform(1.5, 4.0 if wish < 4 else 9.0)))
        places.append(-outside if turns else 1 + outside)
        if not from_left:
            places = [1 - place for place in places]
        times, corners = [0.0], [places[0]]
        for place, pause_s in zip(places[1:], [*pauses[1:], 0.0], strict=True):
            times.append(times[-1] + abs(place - corners[-1]) / speed)
            corners.append(place)
            if pause_s:
                times.append(times[-1] + pause_s)
                corners.append(place)
        return Visit(
            len(self.visits), start_s, height, Look.by_chance(chance), tuple(times), tuple(corners)
        )

    def _spot(self) -> float:
        """Draw a place to stop at, clear of the edges and of the line."""
        near, far = 0.14, LINE_X - _CLEAR_OF_LINE
        spot = float(self._chance.uniform(near, far))
        return spot if self._chance.random() < 0.5 else 1 - spot

    def _fits(self, visit: Visit) -> bool:
        """Add the visit if nobody is hidden for long and the place is not too full."""
        if visit.duration_s > self._loop_s * 0.9:
            return False
        since_s = np.arange(math.floor(visit.duration_s / _STEP_S) + 1) * _STEP_S
        slots = (round(visit.start_s / _STEP_S) + np.arange(len(since_s))) % self._slots
        if (self._in_view[slots] >= self._most_people).any():
            return False
        places = np.interp(since_s, visit.times_s, visit.places)
        heights = np.array([other.height for other in self.visits])
        narrow = np.minimum(heights, visit.height) * BODY_WIDTH / self._aspect
        reach = (heights + visit.height) * BODY_WIDTH / self._aspect / 2
        # Who is not about has no place (NaN), and so covers nobody.
        ways = self._ways[: len(self.visits), slots]
        covered = reach[:, None] - np.abs(ways - places) > _MOST_COVERED * narrow[:, None]
        covered_s = covered.sum(axis=1) * _STEP_S
        is_same_depth = np.abs(heights - visit.height) < _LEAST_HEIGHT_GAP
        if ((covered_s > _PASSING_S) | (is_same_depth & (covered_s > 0))).any():
            return False
        hidden = self._hidden.copy()
        hidden[slots] += covered.sum(axis=0)
        if (hidden > 1).any() or (hidden > 0).mean() > self._most_hidden:
            return False
        self._hidden = hidden
        self._in_view[slots] += 1
        self._ways[len(self.visits), slots] = places
        self.visits.append(visit)
        return True
