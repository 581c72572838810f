"""Follows people from picture to picture, at 1 to 25 pictures a second.

Slow cameras are the rule: between two snapshots a walker moves by a box width, so that
overlap alone finds nobody again. So movement is modelled in seconds, not in pictures, and a
box belongs to the person who could have walked there. Sure boxes are given to the people
first, then unsure ones, which bridge the moments in which somebody is half hidden.

A person counts as real after two sure boxes. What was seen of them before is not lost: it
is handed out then, so that who passes a line right after coming into view is counted.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from camwatch.detect.assignment import Costs, cheapest_pairs
from camwatch.detect.geometry import covered, overlaps
from camwatch.detect.kalman import MotionFilter
from camwatch.domain import Boxes, Scores

WEAK_SHARE = 0.45
"""Boxes are worth looking at from this share of the threshold on: 0.15 of 0.33."""

PATH_POINTS = 128
"""Places remembered of somebody who is not sure yet; older ones are let go."""

# All of these were chosen on the footage, the simulated site and the walkers that
# benchmarks/crossings.py measures; halving or doubling one changes little (docs/counting.md).
_NOISE = 0.10  # how far boxes jitter, box sizes
_SPEED = (1.9, 0.5)  # of people whose speed is not known yet: widths, heights a second
_ACCELERATION = (0.85, 0.45)  # widths, heights a second, in each second
_REACH = 2.15  # standard deviations a box may be from where it is expected …
_SLACK = 0.25  # … and box sizes on top
_WEAK_REACH = 0.7  # unsure boxes must be nearer, by this factor
_UNSURE_REACH = 0.6  # and so must boxes of people of whom no sure one was seen
_MOST_GROWTH = 3.2  # heights that differ by more are not the same person's …
_MOST_WEAK_GROWTH = 1.6  # … or, for unsure boxes, by this
_SIZE_COST, _SPREAD_COST, _TENTATIVE_COST = 0.6, 0.2, 1.0
_COST_LIMIT = 2 * _REACH + _TENTATIVE_COST
_SIZE_GAIN = 0.4  # share of a new box in the smoothed size

_SURE_BOXES, _SURE_AFTER_S = 2, 0.3
_PATIENCE_S = 3.0  # so long somebody may be hidden
_TENTATIVE_PATIENCE_S = 0.7
_WEAK_PATIENCE_S = 0.3
_LONGEST_GAP_S = 3.5  # after it nobody is who they were

_COVERED, _WEAK_COVERED = 0.8, 0.5  # more hidden by better boxes is a part of those
_COVERED_AT_BIRTH = 0.6
_AT_EDGE = 0.005  # a box so near to the picture's edge is cut there

_FIXTURE_BOXES, _FIXTURE_AFTER_S = 3, 1.5
_FIXTURE_OVERLAP = 0.5
_FIXTURE_PATIENCE_S = 30.0
_MOST_FIXTURES = 64
_MOST_BOXES = 200  # of one picture; more are no people, and pairing them up would take long


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a person was seen. Lengths are in parts of the picture, 0 to 1.

    Attributes:
        track: Who: a number that is never given to another person.
        t_s: When, seconds.
        x: Middle of the box.
        y: Middle of the box.
        width: Of the box.
        height: Of the box.
        speed: How fast the person moves, box sizes a second.
        missed: In so many pictures since the waypoint before they were not found.
    """

    track: int
    t_s: float
    x: float
    y: float
    width: float
    height: float
    speed: float
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What one picture added.

    Attributes:
        waypoints: Of all people who are sure, in order of time for each of them. Those of a
            person who has just become sure reach back to when they were first seen.
        ended: People who are gone for good, after the waypoints.
        sure_boxes: How many sure boxes there were.
        lost_boxes: How many sure boxes, in earlier pictures, belonged to somebody who has been
            given up now without having become sure.
    """

    waypoints: Sequence[Waypoint]
    ended: Sequence[int]
    sure_boxes: int
    lost_boxes: int


@dataclass(slots=True, eq=False)
class _Track:
    """Somebody, or perhaps nobody, who is being followed."""

    number: int
    x: MotionFilter
    y: MotionFilter
    width: float
    height: float
    first_box: Boxes
    box: Boxes
    born_s: float
    seen_s: float
    surely_seen_s: float
    seen_picture: int
    missed: int = 0
    boxes: int = 1
    sure_boxes: int = 0
    is_sure: bool = False
    path: deque[Waypoint] = field(default_factory=lambda: deque(maxlen=PATH_POINTS))

    def is_over(self, t_s: float) -> bool:
        """Tell whether the person is given up."""
        away_s = t_s - self.seen_s
        if not self.sure_boxes:
            return away_s > _WEAK_PATIENCE_S
        patience_s = _PATIENCE_S if self.is_sure else _TENTATIVE_PATIENCE_S
        if away_s > patience_s or t_s - self.surely_seen_s > _PATIENCE_S:
            return True
        # Whoever walked out of the picture does not come back as the next one who walks in.
        return away_s > 0 and not all(0 <= axis.expected(away_s) <= 1 for axis in (self.x, self.y))

    def is_fixture(self) -> bool:
        """Tell whether this is a thing that looks a little like a person, and stays."""
        return (
            not self.sure_boxes
            and self.boxes >= _FIXTURE_BOXES
            and self.seen_s - self.born_s >= _FIXTURE_AFTER_S
            and float(overlaps(self.first_box[None], self.box[None])[0, 0]) > _FIXTURE_OVERLAP
        )

    def waypoint(self) -> Waypoint:
        """Return where the person was seen last."""
        left, top, right, bottom = self.box.tolist()
        speed = math.hypot(self.x.velocity / self.width, self.y.velocity / self.height)
        return Waypoint(
            self.number,
            self.seen_s,
            (left + right) / 2,
            (top + bottom) / 2,
            right - left,
            bottom - top,
            speed,
            self.missed,
        )


@dataclass(slots=True, eq=False)
class _Fixture:
    """A place where unsure boxes come and go, but nobody is."""

    box: Boxes
    seen_s: float


class Tracker:
    """Follows the people in one view. Not for several threads at once.

    What it keeps goes with the people it follows: a track that is over leaves nothing behind.

    Args:
        threshold: Boxes that score as much are sure, as they are for the count.
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._lowest = threshold * WEAK_SHARE
        self._tracks: list[_Track] = []
        self._fixtures: deque[_Fixture] = deque(maxlen=_MOST_FIXTURES)
        self._next_number = 1
        self._pictures = 0
        self._last_s = -math.inf

    @property
    def followed(self) -> int:
        """How many people, sure or not, are being followed now."""
        return len(self._tracks)

    def step(self, t_s: float, boxes: Boxes, scores: Scores) -> Progress:
        """Take in the boxes of one picture.

        Args:
            t_s: When it was taken, seconds. If the clock went back, everybody is forgotten.
            boxes: float32, shape (n, 4), x1 y1 x2 y2 in parts of the picture; n may be 0.
            scores: float32, shape (n,); unsure boxes, from `WEAK_SHARE` of the threshold on,
                belong to it.

        Returns:
            Where people were seen, and who is gone.
        """
        clock_went_back = t_s < self._last_s
        self._last_s = t_s
        self._pictures += 1
        over = self._give_up(lambda track: clock_went_back or t_s - track.seen_s > _LONGEST_GAP_S)
        sure, weak = self._sorted_out(boxes, scores)
        waypoints = self._look_for(t_s, sure, self._without_fixtures(t_s, weak))
        self._set_fixtures_aside(t_s)
        over += self._give_up(lambda track: track.is_over(t_s))
        return Progress(
            waypoints,
            ended=[track.number for track in over if track.is_sure],
            sure_boxes=len(sure),
            lost_boxes=sum(track.sure_boxes for track in over if not track.is_sure),
        )

    def finish(self) -> Sequence[int]:
        """Forget everybody, at the end of a recording; return who was sure."""
        return [track.number for track in self._give_up(lambda _: True) if track.is_sure]

    def _look_for(self, t_s: float, sure: Boxes, weak: Boxes) -> list[Waypoint]:
        """Give the boxes to people, the sure ones first; begin to follow whoever is new."""
        waypoints: list[Waypoint] = []
        free = self._tracks
        taken = np.empty((0, 4), np.float32)
        for group, is_sure in ((sure, True), (weak, False)):
            pairs = cheapest_pairs(_costs(free, group, t_s, is_sure=is_sure), _COST_LIMIT)
            for row, column in pairs:
                waypoints += self._seen(free[row], t_s, group[column], is_sure=is_sure)
            rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
            taken = np.concatenate([taken, group[sorted(columns)]])
            free = [track for row, track in enumerate(free) if row not in rows]
            for index in range(len(group)):
                box = group[index]
                if index not in columns and covered(box[None], taken)[0] < _COVERED_AT_BIRTH:
                    self._begin(t_s, box, is_sure=is_sure)
                    taken = np.concatenate([taken, box[None]])
        return waypoints

    def _sorted_out(self, boxes: Boxes, scores: Scores) -> tuple[Boxes, Boxes]:
        """Return the sure boxes and the unsure ones, without mere parts of better ones."""
        order = np.argsort(-scores, kind="stable")[:_MOST_BOXES]
        boxes, scores = boxes[order], scores[order]
        is_box = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        candidates = boxes[is_box & (scores >= self._threshold)]
        kept: list[int] = []
        for index in range(len(candidates)):
            if covered(candidates[index : index + 1], candidates[kept])[0] < _COVERED:
                kept.append(index)
        sure = candidates[kept]
        weak = boxes[is_box & (scores < self._threshold) & (scores >= self._lowest)]
        return sure, weak[covered(weak, sure) < _WEAK_COVERED]

    def _without_fixtures(self, t_s: float, weak: Boxes) -> Boxes:
        """Return the unsure boxes that are not where one always is."""
        for fixture in [one for one in self._fixtures if t_s - one.seen_s > _FIXTURE_PATIENCE_S]:
            self._fixtures.remove(fixture)
        if not self._fixtures or not len(weak):
            return weak
        shared = overlaps(weak, np.stack([fixture.box for fixture in self._fixtures]))
        for fixture, share in zip(self._fixtures, shared.max(axis=0), strict=True):
            if share > _FIXTURE_OVERLAP:
                fixture.seen_s = t_s
        others: Boxes = weak[shared.max(axis=1) <= _FIXTURE_OVERLAP]
        return others

    def _seen(self, track: _Track, t_s: float, box: Boxes, *, is_sure: bool) -> Sequence[Waypoint]:
        """Take in that somebody was seen again; return the places that became known by it."""
        left, top, right, bottom = box.tolist()
        away_s = t_s - track.seen_s
        track.x.measured((left + right) / 2, away_s)
        track.y.measured((top + bottom) / 2, away_s)
        track.width += _SIZE_GAIN * (right - left - track.width)
        track.height += _SIZE_GAIN * (bottom - top - track.height)
        track.box, track.seen_s = box, t_s
        track.missed = self._pictures - track.seen_picture - 1
        track.seen_picture = self._pictures
        track.boxes += 1
        if is_sure:
            track.sure_boxes += 1
            track.surely_seen_s = t_s
        if track.is_sure:
            return [track.waypoint()]
        track.path.append(track.waypoint())
        if track.sure_boxes < _SURE_BOXES or t_s - track.born_s < _SURE_AFTER_S:
            return []
        track.is_sure = True
        path = list(track.path)
        track.path.clear()
        return path

    def _begin(self, t_s: float, box: Boxes, *, is_sure: bool) -> None:
        """Start to follow what may be a person."""
        left, top, right, bottom = box.tolist()
        x, y = (
            MotionFilter(middle, noise=_NOISE, speed=speed, acceleration=acceleration)
            for middle, speed, acceleration in zip(
                ((left + right) / 2, (top + bottom) / 2), _SPEED, _ACCELERATION, strict=True
            )
        )
        track = _Track(
            number=self._next_number,
            x=x,
            y=y,
            width=right - left,
            height=bottom - top,
            first_box=box,
            box=box,
            born_s=t_s,
            seen_s=t_s,
            surely_seen_s=t_s,
            seen_picture=self._pictures,
            sure_boxes=int(is_sure),
        )
        self._next_number += 1
        track.path.append(track.waypoint())
        self._tracks.append(track)

    def _set_fixtures_aside(self, t_s: float) -> None:
        for track in [one for one in self._tracks if one.is_fixture()]:
            self._tracks.remove(track)
            self._fixtures.append(_Fixture(track.first_box, t_s))

    def _give_up(self, is_over: Callable[[_Track], bool]) -> list[_Track]:
        """Take out the tracks that are over, and return them."""
        over = [track for track in self._tracks if is_over(track)]
        self._tracks = [track for track in self._tracks if track not in over]
        return over


def _costs(tracks: Sequence[_Track], boxes: Boxes, t_s: float, *, is_sure: bool) -> Costs:
    """Return what it costs to take each box for each person; inf where it cannot be.

    Args:
        tracks: People who are looked for.
        boxes: float32, shape (n, 4), in parts of the picture.
        t_s: When the boxes were seen, seconds.
        is_sure: Whether these are sure boxes.
    """
    if not tracks or not len(boxes):
        return np.empty((len(tracks), len(boxes)))
    people = np.array([_expectation(track, t_s) for track in tracks])
    x, y, x_spread, y_spread, width, height, reach, cost = people.T[:, :, None]
    if not is_sure:
        reach = reach * _WEAK_REACH
    box_x, box_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    box_width, box_height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    across = np.abs(box_x - x) / np.maximum(box_width, width)
    along = np.abs(box_y - y) / np.maximum(box_height, height)
    distance = np.hypot(
        across / (reach * (_REACH * x_spread + _SLACK)),
        along / (reach * (_REACH * y_spread + _SLACK)),
    )
    growth = np.abs(np.log(box_height / height))
    # Of somebody who is coming into the picture, one sees more in each picture.
    is_cut = (boxes[:, :2] < _AT_EDGE).any(axis=1) | (boxes[:, 2:] > 1 - _AT_EDGE).any(axis=1)
    most_growth = math.log(_MOST_GROWTH if is_sure else _MOST_WEAK_GROWTH)
    is_possible = (distance <= 1) & ((growth <= most_growth) | is_cut)
    total = (
        _REACH * distance + _SIZE_COST * growth + _SPREAD_COST * np.log(x_spread / _NOISE) + cost
    )
    return np.where(is_possible, total, np.inf)


def _expectation(track: _Track, t_s: float) -> tuple[float, ...]:
    """Return where somebody should be, how sure that is, their size, and two handicaps."""
    away_s = t_s - track.seen_s
    return (
        track.x.expected(away_s),
        track.y.expected(away_s),
        track.x.spread(away_s),
        track.y.spread(away_s),
        track.width,
        track.height,
        1.0 if track.sure_boxes else _UNSURE_REACH,
        0.0 if track.is_sure else _TENTATIVE_COST,
    )
