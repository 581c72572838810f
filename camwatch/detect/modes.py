"""Which counts can be right at the rate at which pictures come.

People are followed from picture to picture. The farther they move in between, the likelier
they are taken for somebody else, and the less a number of people in and out is worth. Then it
is better not to give one.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from camwatch.detect.tracker import Progress, Waypoint
from camwatch.scene import Mode

MOST_MOVEMENT = 0.9
"""Box sizes from picture to picture up to which in and out are counted.

Of walkers on paper at 2 pictures a second, 95 to 100 % of the crossings are found up to there with two
to four people at once, 82 to 92 % at 1.3 (docs/counting.md).
"""

LOWEST_RATE = 1.5
"""Pictures a second from which in and out are counted.

Below, people who pass each other are hidden in all the pictures there are: at 1 a second with
eight people at once, one in eight is missed however slowly they walk.
"""

MOST_LOST = 0.06
"""Share of sure boxes that may belong to nobody.

0.1 to 1.4 % are usual; 7 % and more where people are too fast to be followed at all.
"""

USUAL_SPEED = 1.5
"""Box widths a second; taken for people as long as nobody has been measured."""

USUAL_WIDTH = 0.125
"""Width of a box in parts of the picture, taken as long as nobody has been measured."""

_PERCENTILE = 80  # of speeds and of times between pictures: most are within it
_STANDING = 0.25  # box sizes a second; slower people are taken to stand
_PEOPLE, _PICTURES = 200, 1000  # so many of the last ones are looked at


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast pictures come, and how fast people are.

    Attributes:
        rate: Pictures a second, four fifths of the time at least; None if it is not known.
        speed: Box sizes a second, at most, of four fifths of the people who move.
        width: Mean width of their boxes in parts of the picture, 0 to 1.
        lost: Share of the sure boxes that could be given to nobody, 0 to 1.
    """

    rate: float | None
    speed: float = USUAL_SPEED
    width: float = USUAL_WIDTH
    lost: float = 0.0

    @property
    def movement(self) -> float | None:
        """How far people move from picture to picture, box sizes; None if not known."""
        return self.speed / self.rate if self.rate else None

    @property
    def rate_needed(self) -> float:
        """Pictures a second from which in and out could be counted."""
        return max(LOWEST_RATE, self.speed / MOST_MOVEMENT)

    @property
    def mode(self) -> Mode:
        """What can be counted at this pace.

        In and out need people who can be followed. Occupancy needs people who are seen at
        all: too slow is when most walk through half of the view from one picture to the next.
        """
        if self.rate is None or self.movement is None:
            return Mode.OCCUPANCY
        if self.movement * self.width > 0.5:
            return Mode.TOO_SLOW
        is_fast_enough = self.movement <= MOST_MOVEMENT and self.rate >= LOWEST_RATE
        return Mode.IN_OUT if is_fast_enough and self.lost <= MOST_LOST else Mode.OCCUPANCY

    @property
    def advice(self) -> str | None:
        """Why in and out are not counted and what would help; None if they are counted.

        A complete sentence without its full stop.
        """
        if self.mode is Mode.IN_OUT:
            return None
        if self.rate is None:
            return "in and out are not counted, for it is not known when the pictures were taken"
        if self.rate < self.rate_needed:
            needed = math.ceil(self.rate_needed * 10 - 1e-6) / 10
            return (
                f"in and out are not counted: people who move by {self.speed:.1f} of their own "
                f"widths a second need {needed:.1f} pictures a second or more, and there are "
                f"{self.rate:.1f}"
            )
        return (
            f"in and out are not counted: {self.lost:.0%} of the people who were found could not be "
            "followed; more pictures a second, or a view in which people are smaller, would help"
        )


class PaceMeter:
    """Measures the pace of one view. What it keeps is bounded."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque(maxlen=_PICTURES)
        self._boxes: deque[tuple[int, int]] = deque(maxlen=_PICTURES)
        self._gone: deque[_Strider] = deque(maxlen=_PEOPLE)
        self._here: dict[int, _Strider] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._gone) + len(self._here)

    def add(self, t_s: float, progress: Progress) -> None:
        """Take in what one picture, taken at t_s seconds, added."""
        self._times_s.append(t_s)
        self._boxes.append((progress.sure_boxes, progress.lost_boxes))
        for place in progress.waypoints:
            self._here.setdefault(place.track, _Strider()).add(place)
        for track in progress.ended:
            if strider := self._here.pop(track, None):
                self._gone.append(strider)

    @property
    def pace(self) -> Pace:
        """The pace so far."""
        people = [one for one in (*self._gone, *self._here.values()) if one.steps]
        sure = sum(count for count, _ in self._boxes)
        lost = sum(count for _, count in self._boxes)
        speeds = [one.speed for one in people]
        return Pace(
            rate=self._rate(),
            speed=float(np.percentile(speeds, _PERCENTILE)) if speeds else USUAL_SPEED,
            width=fmean(one.width for one in people) if people else USUAL_WIDTH,
            lost=min(1.0, lost / sure) if sure else 0.0,
        )

    def _rate(self) -> float | None:
        gaps_s = np.diff(np.array(self._times_s))
        gap_s = float(np.percentile(gaps_s, _PERCENTILE)) if len(gaps_s) else 0.0
        return 1 / gap_s if gap_s > 0 else None


@dataclass(slots=True)
class _Strider:
    """Sums over the steps of one person, standing left out."""

    steps: int = 0
    speeds: float = 0.0
    widths: float = 0.0

    def add(self, place: Waypoint) -> None:
        if place.speed >= _STANDING:
            self.steps += 1
            self.speeds += place.speed
            self.widths += place.width

    @property
    def speed(self) -> float:
        return self.speeds / self.steps

    @property
    def width(self) -> float:
        return self.widths / self.steps
