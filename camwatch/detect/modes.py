"""Which counts can be right at the rate at which pictures come.

People are followed from picture to picture. The farther they move in between, and the more
often they are hidden, the likelier they are taken for somebody else, and the less a number of
people in and out is worth. Then it is better not to give one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from camwatch.language import tr
from camwatch.scene import Mode

MOST_MOVEMENT = 0.9
"""Box sizes from picture to picture up to which in and out are counted.

Of two walkers on paper at once, at 2 pictures a second, 97 % of the crossings are found up to
there, and fewer beyond (docs/counting.md).
"""

LOWEST_RATE = 1.75
"""Pictures a second from which in and out are counted.

Below, people who pass each other are hidden in all the pictures there are: at 1.5 a second,
one crossing in thirteen is missed with four people at once, however slowly they walk.
"""

MOST_UNSEEN = 0.07
"""Box sizes that people move unseen from picture to picture, up to which in and out are counted.

It is how far they move, times the share of the pictures in which they are not found. This is
how a crowd shows: eight walkers on paper at once, of whom 6 % of the crossings are missed at
2 pictures a second, have 0.10; the simulated site with eight people, who hide each other less
and are counted rightly, 0.03.
"""

MOST_UNSEEN_SPEED = 0.5
"""Box sizes a second that people move unseen, up to which in and out are counted.

More pictures do not help where more than this is unseen: who runs through a crowd is taken for
somebody else even at 10 pictures a second.
"""

MOST_LOST = 0.06
"""Share of sure boxes that may belong to nobody.

0.1 to 1.4 % are usual; 7 % and more where people are too fast to be followed at all.
"""

USUAL_SPEED = 1.5
"""Box widths a second; taken for people as long as nobody has been measured."""

USUAL_WIDTH = 0.125
"""Width of a box in parts of the picture, taken as long as nobody has been measured."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast pictures come, and how fast people are.

    Attributes:
        rate: Pictures a second, four fifths of the time at least; None if it is not known.
        speed: Box sizes a second, at most, of four fifths of the people who move.
        width: Mean width of their boxes in parts of the picture, 0 to 1.
        lost: Share of the sure boxes that could be given to nobody, 0 to 1.
        hidden: Share of the pictures in which people who move are not found, from the first to
            the last one in which they are, 0 to 1: they hide each other, or are overlooked.
    """

    rate: float | None
    speed: float = USUAL_SPEED
    width: float = USUAL_WIDTH
    lost: float = 0.0
    hidden: float = 0.0

    @property
    def movement(self) -> float | None:
        """How far people move from picture to picture, box sizes; None if not known."""
        return self.speed / self.rate if self.rate else None

    @property
    def rate_needed(self) -> float:
        """Pictures a second from which in and out could be counted."""
        return max(LOWEST_RATE, self.speed / MOST_MOVEMENT, self.hidden * self.speed / MOST_UNSEEN)

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
        can_be_followed = (
            self.rate >= self.rate_needed
            and self.hidden * self.speed <= MOST_UNSEEN_SPEED
            and self.lost <= MOST_LOST
        )
        return Mode.IN_OUT if can_be_followed else Mode.OCCUPANCY

    @property
    def advice(self) -> str | None:
        """Why in and out are not counted and what would help; None if they are counted.

        A complete sentence without its full stop.
        """
        if self.mode is Mode.IN_OUT:
            return None
        if self.rate is None:
            return tr(
                "in and out are not counted, for it is not known when the pictures were taken"
            )
        if self.hidden * self.speed > MOST_UNSEEN_SPEED:
            return tr(
                "in and out are not counted: people move by {speed:.1f} of their own widths "
                "a second and are not found in {hidden:.0%} of the pictures, for they hide "
                "each other or look small or dark; a view from higher up would help",
                speed=self.speed,
                hidden=self.hidden,
            )
        if self.rate < self.rate_needed:
            needed = math.ceil(self.rate_needed * 10 - 1e-6) / 10
            hidden = (
                tr(
                    " and are not found in {hidden:.0%} of the pictures, for they hide each other,",
                    hidden=self.hidden,
                )
                if self.hidden * self.speed / MOST_UNSEEN >= self.rate_needed
                else ""
            )
            return tr(
                "in and out are not counted: people who move by {speed:.1f} of their own "
                "widths a second{hidden} need {needed:.1f} pictures a second or more, and there "
                "are {rate:.1f}",
                speed=self.speed,
                hidden=hidden,
                needed=needed,
                rate=self.rate,
            )
        return tr(
            "in and out are not counted: {lost:.0%} of the people who were found could not be "
            "followed; more pictures a second, or a view in which people are smaller, would help",
            lost=self.lost,
        )
