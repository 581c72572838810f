"""Measures how fast pictures come and people move, and settles on what can be counted."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from camwatch.detect.modes import Pace
from camwatch.detect.tracker import Progress, Waypoint
from camwatch.scene import Mode

WINDOW_S = 600.0
"""So long what was measured counts, seconds."""

HOLD_S, EARN_S = 20.0, 60.0
"""So long in and out must be impossible before they are given up, and possible before they are
promised again, seconds."""

_FEW_PEOPLE = 8  # so many are kept beyond the window, until others come …
_LONGEST_S = 3600.0  # … or so long
_RATE_S, _RATE_PICTURES = 60.0, 10  # the camera's rate is that of now: so long, so many at least
_PERCENTILE = 80  # of speeds and of times between pictures: most are within it
_STANDING = 0.25  # box sizes a second; slower people are taken to stand
_PEOPLE, _PICTURES = 200, 3000  # more are not looked at, however many there are in the window
_STEPS = 1000  # of one person; what they did before fades
_SETTLING_S = 5.0  # at the start the rate changes fast and is believed at once
_JUDGE_EVERY_S = 1.0


@dataclass(slots=True)
class _Strider:
    """Sums over the steps of one person, standing left out."""

    seen_s: float = 0.0
    steps: float = 0.0
    speeds: float = 0.0
    widths: float = 0.0
    missed: float = 0.0

    def add(self, place: Waypoint) -> None:
        self.seen_s = place.t_s
        if place.speed < _STANDING:
            return
        if self.steps >= _STEPS:
            self.steps /= 2
            self.speeds /= 2
            self.widths /= 2
            self.missed /= 2
        self.steps += 1
        self.speeds += place.speed
        self.widths += place.width
        self.missed += place.missed


class PaceMeter:
    """Measures the pace of one view. What it keeps is bounded, unless the window is not.

    Args:
        window_s: What is older is forgotten, seconds: a camera that was too slow, or a rush
            that is over, does not decide for ever. Of people at least a few are kept for up
            to an hour, since nothing is learnt while nobody comes. The rate is that of the last
            minute. inf keeps all of a recording.
    """

    def __init__(self, window_s: float = WINDOW_S) -> None:
        is_bounded = math.isfinite(window_s)
        self._window_s = window_s
        self._rate_s = _RATE_S if is_bounded else math.inf
        self._longest_s = max(_LONGEST_S, window_s)
        self._pictures: deque[tuple[float, int, int]] = deque(
            maxlen=_PICTURES if is_bounded else None
        )
        self._gone: deque[_Strider] = deque(maxlen=_PEOPLE if is_bounded else None)
        self._here: dict[int, _Strider] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._gone) + len(self._here)

    def add(self, t_s: float, progress: Progress) -> None:
        """Take in what one picture, taken at t_s seconds, added."""
        if self._pictures and t_s < self._pictures[-1][0]:
            self._pictures.clear()  # the clock was put back
            self._gone.clear()
        self._pictures.append((t_s, progress.sure_boxes, progress.lost_boxes))
        for place in progress.waypoints:
            self._here.setdefault(place.track, _Strider()).add(place)
        for track in progress.ended:
            strider = self._here.pop(track, None)
            if strider is not None and strider.steps:
                self._gone.append(strider)
        self._forget(t_s)

    @property
    def pace(self) -> Pace:
        """The pace in the window."""
        people = [one for one in (*self._gone, *self._here.values()) if one.steps]
        sure = sum(count for _, count, _ in self._pictures)
        lost = sum(count for _, _, count in self._pictures)
        if not people:
            return Pace(self._rate(), lost=min(1.0, lost / sure) if sure else 0.0)
        missed, steps = sum(one.missed for one in people), sum(one.steps for one in people)
        speeds = [one.speeds / one.steps for one in people]
        return Pace(
            rate=self._rate(),
            speed=float(np.percentile(speeds, _PERCENTILE)),
            width=fmean(one.widths / one.steps for one in people),
            lost=min(1.0, lost / sure) if sure else 0.0,
            hidden=missed / (missed + steps),
        )

    def _rate(self) -> float | None:
        if not self._pictures:
            return None
        times_s = np.array([t_s for t_s, _, _ in self._pictures])
        # Of a camera that has become slow, the many pictures of before must not outvote the few
        # of now.
        first = int(np.searchsorted(times_s, times_s[-1] - self._rate_s))
        gaps_s = np.diff(times_s[min(first, max(0, len(times_s) - _RATE_PICTURES)) :])
        gap_s = float(np.percentile(gaps_s, _PERCENTILE)) if len(gaps_s) else 0.0
        return 1 / gap_s if gap_s > 0 else None

    def _forget(self, t_s: float) -> None:
        """Let go what is too old."""
        while self._pictures[0][0] < t_s - self._window_s:
            self._pictures.popleft()
        while self._gone and (
            self._gone[0].seen_s < t_s - self._longest_s
            or (len(self._gone) > _FEW_PEOPLE and self._gone[0].seen_s < t_s - self._window_s)
        ):
            self._gone.popleft()


class SteadyPace:
    """Settles on a pace whose mode does not flap.

    Another mode must hold for `HOLD_S` before it is believed, and in and out, once given up,
    must be possible for `EARN_S`. As long as the mode stays, the newest pace is taken. While
    no pace is known, as after a long gap, nothing changes.
    """

    def __init__(self) -> None:
        self.pace = Pace(None)
        self._first_s: float | None = None
        self._judged_s = -math.inf
        self._other_since_s: float | None = None

    def is_due(self, t_s: float) -> bool:
        """Tell whether the pace should be measured again at t_s seconds."""
        if t_s < self._judged_s:  # the clock was put back
            self._first_s = self._other_since_s = None
            self._judged_s = -math.inf
        return t_s - self._judged_s >= _JUDGE_EVERY_S

    def take(self, t_s: float, pace: Pace) -> None:
        """Take in the pace that was measured at t_s seconds."""
        self._judged_s = t_s
        if pace.rate is None:
            return
        if self._first_s is None:
            self._first_s = t_s
        if t_s - self._first_s <= _SETTLING_S:
            # By the rate alone: of the first one or two people nothing can be learnt yet.
            self.pace, self._other_since_s = Pace(pace.rate), None
            return
        if pace.mode is self.pace.mode:
            self.pace, self._other_since_s = pace, None
            return
        if self._other_since_s is None:
            self._other_since_s = t_s
        if t_s - self._other_since_s >= (EARN_S if pace.mode is Mode.IN_OUT else HOLD_S):
            self.pace, self._other_since_s = pace, None
