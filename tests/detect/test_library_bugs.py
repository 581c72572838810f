"""Mistakes that counters of well-known libraries make, each as a test that ours does not.

The numbers are those of the projects' issues.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from camwatch.detect.flow import FlowCounter
from camwatch.detect.zones import ZoneCounter
from camwatch.domain import Boxes
from camwatch.scene import Crossing, Direction, Gate, Line, Zone
from tests.detect.paths import (
    HEIGHT,
    THRESHOLD,
    UNSURE,
    WIDTH,
    Box,
    Picture,
    flowed,
    found,
    person,
    walk,
)

IN, OUT = Direction.IN, Direction.OUT
DOOR = Line("door", (0.5, 0.0), (0.5, 1.0))
RATES = pytest.mark.parametrize("rate", [2.0, 5.0, 10.0, 25.0])


def crossed(pictures: list[Picture], *lines: Line) -> list[Crossing]:
    return flowed(FlowCounter(THRESHOLD, lines or [DOOR]), pictures)


class TestAOneFrameFlickerCountsAsACrossing:
    """supervision#2598."""

    @RATES
    @pytest.mark.parametrize("wrong_x", [0.53, 0.56, 0.6])
    def test_of_somebody_who_stands_beside_the_line(self, rate: float, wrong_x: float) -> None:
        """For one picture the box jumps over the line, again and again."""
        pictures: list[Picture] = [
            (index / rate, [person(wrong_x if index % 10 == 9 else 0.46)]) for index in range(200)
        ]
        assert crossed(pictures) == []

    @RATES
    def test_of_somebody_who_walks_along_the_line(self, rate: float) -> None:
        count = round(12 * rate)
        pictures: list[Picture] = [
            (index / rate, [person(0.54 if index % 9 == 5 else 0.46, y=0.2 + 0.6 * index / count)])
            for index in range(count)
        ]
        assert crossed(pictures) == []

    @RATES
    def test_while_somebody_passes(self, rate: float) -> None:
        """One picture of a walk is wrong, right at the line: still one crossing."""
        way = walk(0.2, 0.8, 1.0, rate)
        middle = len(way) // 2
        for wrong in range(middle - 2, middle + 3):
            shaken = [*way]
            (left, _, right, *_), sign = way[wrong][1][0], -1 if wrong >= middle else 1
            shaken[wrong] = (way[wrong][0], [person((left + right) / 2 + sign * 0.05)])
            assert [crossing.direction for crossing in crossed(shaken)] == [IN]


class TestUnconfirmedTracksThatShareTheIdMinusOneInflateCounts:
    """supervision#2578."""

    @RATES
    def test_of_boxes_that_flicker_on_both_sides_of_the_line(self, rate: float) -> None:
        """In each picture somebody else is seen, once."""
        chance = np.random.default_rng(3)
        pictures: list[Picture] = [
            (
                index / rate,
                [person(0.25 if index % 2 else 0.75, y=0.2 + 0.6 * float(chance.random()))]
                if index % math.ceil(rate) == 0
                else [],
            )
            for index in range(400)
        ]
        assert crossed(pictures) == []

    def test_nobody_is_counted_before_they_are_somebody_and_nobody_has_such_a_number(self) -> None:
        counter = FlowCounter(THRESHOLD, [DOOR])
        crossings: list[Crossing] = []
        pairs = [
            [person(x, y=0.3), person(1 - x, y=0.7)] for x in np.arange(0.2, 0.81, 0.04).tolist()
        ]
        for index, boxes in enumerate(pairs):
            new = counter.add(index / 5, found(boxes), (1, 1)).crossings
            assert not (new and index < 2)
            crossings += new
        assert sorted(crossing.direction for crossing in crossings) == [IN, OUT]
        tracks = {crossing.track for crossing in crossings}
        assert len(tracks) == 2
        assert min(tracks) > 0

    def test_of_unsure_boxes_that_cross_in_numbers(self) -> None:
        pictures: list[Picture] = [
            (index / 5, [person(0.2 + index / 50, y=y / 10, score=UNSURE) for y in range(2, 9)])
            for index in range(31)
        ]
        assert crossed(pictures) == []


class TestOneHistoryEntryPerTrackIdIsKeptForEver:
    """supervision, ultralytics: line counters that never forget."""

    def test_ten_thousand_visitors_leave_nothing_behind(self) -> None:
        gate = Gate("gate", Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1)))
        lines = [DOOR, Line("once", DOOR.start, DOOR.end, once=True, u_turn_s=5.0)]
        counter = FlowCounter(THRESHOLD, lines, gates=[gate])
        passed = 0
        for visitor in range(10_000):
            for index, x in enumerate((0.3, 0.35, 0.45, 0.55, 0.65, 0.7)):
                seen = found([person(x)])
                passed += len(counter.add(visitor * 10 + index / 2, seen, (1, 1)).crossings)
            assert counter.passing <= 10
        passed += len(counter.finish())
        assert passed == 3 * 10_000
        assert counter.passing == 0


class TestDirectionIsDecidedByTheShapeOfThePolygon:
    """ultralytics#25103."""

    @pytest.mark.parametrize(
        ("start", "end", "to_the_right"),
        [
            ((0.5, 0.0), (0.5, 1.0), IN),
            ((0.5, 1.0), (0.5, 0.0), OUT),
            ((0.5, 0.45), (0.5, 0.75), IN),  # shorter than it is far away
            ((0.45, 0.0), (0.55, 1.0), IN),
            ((0.3, 0.0), (0.7, 1.0), IN),
            ((0.0, 0.4), (1.0, 0.8), OUT),  # flat: who comes from the left is on its left-hand side
            ((1.0, 0.8), (0.0, 0.4), IN),
        ],
    )
    def test_the_line_s_own_direction_decides(
        self, start: tuple[float, float], end: tuple[float, float], to_the_right: Direction
    ) -> None:
        line = Line("line", start, end)
        y1, y2 = (0.6, 0.6) if abs(start[1] - end[1]) > abs(start[0] - end[0]) else (0.2, 0.95)
        there: list[Picture] = [
            (n / 5, [_at(0.1 + 0.8 * n / 40, y1 + (y2 - y1) * n / 40)]) for n in range(41)
        ]
        if y1 != y2:  # from the upper left to the lower right, over a flat line
            to_the_right = OUT if start[0] < end[0] else IN
        back: list[Picture] = [
            (20 + t_s, boxes) for (t_s, _), (_, boxes) in zip(there, there[::-1], strict=True)
        ]
        from_the_right = OUT if to_the_right is IN else IN
        assert [one.direction for one in crossed(there, line)] == [to_the_right]
        assert [one.direction for one in crossed(back, line)] == [from_the_right]
        assert [one.direction for one in crossed(there, line.swapped)] == [from_the_right]

    def test_the_order_of_a_zone_s_corners_changes_nothing(self) -> None:
        corners = ((0.2, 0.5), (0.8, 0.5), (0.8, 1.0), (0.2, 1.0))
        boxes: Boxes = found([person(x) for x in (0.1, 0.3, 0.5, 0.9)]).boxes
        for points in (corners, corners[::-1], corners[2:] + corners[:2]):
            assert ZoneCounter(Zone("zone", points)).add(boxes) == 2


class TestALineNearTheEdgeNeverCounts:
    """supervision#1838."""

    @RATES
    @pytest.mark.parametrize("distance", [0.05, 0.06, 0.08, 0.12])
    @pytest.mark.parametrize("is_left", [True, False])
    def test_half_a_width_or_more_from_the_side(
        self, rate: float, distance: float, *, is_left: bool
    ) -> None:
        """Somebody walks into the picture and out of it again, cut off by its edge."""
        x = distance if is_left else 1 - distance
        outside, inside = (-WIDTH / 2, 0.5) if is_left else (1 + WIDTH / 2, 0.5)
        there = walk(outside, inside, 1.0, rate)
        back = walk(inside, outside, 1.0, rate, t_s=there[-1][0] + 1 / rate)
        way: list[Picture] = [
            (t_s, [box for box in boxes if box[2] - box[0] > 0.2 * WIDTH])
            for t_s, boxes in (*there, *back)
        ]
        empty: list[Picture] = [(way[-1][0] + (n + 1) / rate, []) for n in range(int(5 * rate))]
        line = Line("edge", (x, 0), (x, 1))
        directions = [one.direction for one in crossed([*way, *empty], line)]
        assert directions == ([IN, OUT] if is_left else [OUT, IN])

    @RATES
    def test_near_the_lower_edge(self, rate: float) -> None:
        line = Line("edge", (0, 0.8), (1, 0.8))
        count = round(6 * rate)
        ys = [1.15 - 0.65 * n / count for n in range(count + 1)]
        way: list[Picture] = [(n / rate, [_at(0.5, y)]) for n, y in enumerate(ys)]
        (crossing,) = crossed([one for one in way if one[1][0][3] > one[1][0][1]], line)
        assert crossing.direction is IN


class TestLoitering:
    """Not one library's mistake, but many's: standing on the line counts, and counts again."""

    @RATES
    def test_somebody_stands_on_the_line_for_minutes(self, rate: float) -> None:
        """They come, stand on the line with a box that jitters, and go back."""
        chance = np.random.default_rng([7, round(rate)])
        there = walk(0.2, 0.5, 1.0, rate)
        stands: list[Picture] = [
            (there[-1][0] + (n + 1) / rate, [person(0.5 + float(chance.normal(0, 0.003)))])
            for n in range(round(180 * rate))
        ]
        back = walk(0.49, 0.2, 1.0, rate, t_s=stands[-1][0] + 1 / rate)
        on = walk(0.51, 0.8, 1.0, rate, t_s=stands[-1][0] + 1 / rate)
        assert crossed([*there, *stands, *back]) == []
        assert [one.direction for one in crossed([*there, *stands, *on])] == [IN]

    @RATES
    def test_somebody_is_missed_now_and_then_while_standing_on_the_line(self, rate: float) -> None:
        chance = np.random.default_rng([8, round(rate)])
        stands: list[Picture] = [
            (
                n / rate,
                [person(0.495 + float(chance.normal(0, 0.004)))] if chance.random() < 0.7 else [],
            )
            for n in range(round(120 * rate))
        ]
        assert crossed(stands) == []

    @RATES
    def test_two_stand_on_either_side_and_talk(self, rate: float) -> None:
        """Their boxes overlap, and one or the other is missed."""
        chance = np.random.default_rng([9, round(rate)])
        pictures: list[Picture] = [
            (
                n / rate,
                [
                    person(x + float(chance.normal(0, 0.002)), y=y)
                    for x, y in ((0.455, 0.6), (0.545, 0.62))
                    if chance.random() < 0.85
                ],
            )
            for n in range(round(60 * rate))
        ]
        assert crossed(pictures) == []


def _at(x: float, y: float) -> Box:
    """Return a box whose middle is at x, y, cut at the picture's edges."""
    left, _, right, _, score = person(x)
    return left, max(0.0, y - HEIGHT / 2), right, min(1.0, y + HEIGHT / 2), score
