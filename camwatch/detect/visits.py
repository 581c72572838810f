"""Tells how long one person stays in one zone."""

from __future__ import annotations

from dataclasses import dataclass

BRIDGED_S = 3.0
"""Who is away from a zone, or hidden, for no longer has not left it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody was in a zone.

    Attributes:
        entered_s: When they came in, seconds.
        left_s: When they went out, seconds, not before.
    """

    entered_s: float
    left_s: float


@dataclass(slots=True)
class _Stay:
    """A visit that goes on.

    Attributes:
        entered_s: When it began.
        inside_s: When the person was last seen in the zone.
        left_s: When they must have gone out, if they were seen outside since.
    """

    entered_s: float
    inside_s: float
    left_s: float | None = None

    def ended(self) -> Visit:
        return Visit(self.entered_s, self.inside_s if self.left_s is None else self.left_s)


class VisitWatch:
    """Follows one person in and out of one zone.

    Between two pictures somebody comes in or goes out in the middle of the time.
    """

    def __init__(self) -> None:
        self._stay: _Stay | None = None
        self._outside_s: float | None = None

    def seen(self, t_s: float, *, is_inside: bool) -> Visit | None:
        """Take in where the person was seen; return the visit that is certainly over by it."""
        stay = self._stay
        over = None
        if stay is not None and t_s - stay.inside_s > BRIDGED_S:
            over, self._stay = stay.ended(), None
        if not is_inside:
            if self._stay is not None and self._stay.left_s is None:
                self._stay.left_s = (self._stay.inside_s + t_s) / 2
            self._outside_s = t_s
        elif self._stay is None:
            before_s = self._outside_s
            is_known = before_s is not None and t_s - before_s <= BRIDGED_S
            entered_s = (before_s + t_s) / 2 if before_s is not None and is_known else t_s
            self._stay = _Stay(entered_s, t_s)
        else:
            self._stay.inside_s, self._stay.left_s = t_s, None
        return over

    def end(self) -> Visit | None:
        """Return the visit that is over because the person is gone."""
        stay, self._stay = self._stay, None
        return stay.ended() if stay is not None else None
