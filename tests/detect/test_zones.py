from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.detect.zones import ZoneCounter
from camwatch.errors import InvalidSetting
from camwatch.scene import Point, Zone
from camwatch.scene.zones import MOST_POINTS
from tests.detect.paths import arrays, person

SQUARE = Zone("square", ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)))
EVERYTHING = Zone("all", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
# An L: the upper right quarter is missing.
CORNER = Zone("corner", ((0, 0), (0.5, 0), (0.5, 0.5), (1, 0.5), (1, 1), (0, 1)))


def holds(zone: Zone, x: float, y: float) -> bool:
    return bool(zone.holds(np.array([x]), np.array([y]))[0])


def round_zone(corners: int) -> tuple[Point, ...]:
    angles = [2 * math.pi * index / corners for index in range(corners)]
    return tuple((0.5 + 0.4 * math.cos(a), 0.5 + 0.4 * math.sin(a)) for a in angles)


@pytest.mark.parametrize(
    ("x", "y", "is_inside"),
    [
        (0.25, 0.25, True),
        (0.25, 0.75, True),
        (0.75, 0.75, True),
        (0.75, 0.25, False),
        (0.5, 0.25, True),  # on an edge
        (0.5, 0.5, True),  # on the inner corner
        (1.0, 1.0, True),
        (0.6, 0.49, False),
    ],
)
def test_inside_a_polygon_that_is_not_convex(x: float, y: float, is_inside: bool) -> None:
    other_way_round = Zone("corner", CORNER.points[::-1])
    assert holds(CORNER, x, y) is is_inside
    assert holds(other_way_round, x, y) is is_inside


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_zone_of_the_whole_picture_holds_all_of_it(x: float, y: float) -> None:
    assert holds(EVERYTHING, x, y)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(12, MOST_POINTS))
def test_a_round_zone_holds_what_is_near_its_middle(x: float, y: float, corners: int) -> None:
    away = math.dist((x, y), (0.5, 0.5))
    zone = Zone("round", round_zone(corners))
    if away < 0.38:
        assert holds(zone, x, y)
    elif away > 0.401:
        assert not holds(zone, x, y)


def test_the_feet_decide() -> None:
    # Boxes are 0.4 high: the feet are 0.2 below the middle.
    boxes, _ = arrays([person(0.4, y=0.35), person(0.4, y=0.45), person(0.1, y=0.35)])
    assert SQUARE.count(boxes[:1]) == 1
    assert SQUARE.count(boxes[1:2]) == 0
    assert SQUARE.count(boxes) == 1
    assert SQUARE.count(boxes[:0]) == 0


def test_feet_below_the_picture_s_edge_are_in_a_zone_down_to_it() -> None:
    boxes, _ = arrays([person(0.5, y=0.9)])
    assert boxes[0, 3] == 1.0
    assert EVERYTHING.count(boxes) == 1


def test_mean_and_highest_over_several_pictures() -> None:
    counter = ZoneCounter(SQUARE)
    one, two = [person(0.4, y=0.3)], [person(0.3, y=0.3), person(0.5, y=0.3)]
    counts = [counter.add(arrays(boxes)[0]) for boxes in (one, two, [], one)]
    assert counts == [1, 2, 0, 1]
    assert (counter.mean, counter.highest, counter.pictures) == (1.0, 2, 4)


def test_of_nothing_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="no pictures"):
        _ = ZoneCounter(SQUARE).mean


def test_the_first_point_may_be_repeated_at_the_end() -> None:
    assert Zone("square", (*SQUARE.points, SQUARE.points[0])) == SQUARE
    assert SQUARE.area == pytest.approx(0.16)


@pytest.mark.parametrize(
    ("points", "field", "reason"),
    [
        (((0, 0), (1, 1)), "points", "are 2, not 3 to 64"),
        ((), "points", "are 0, not 3 to 64"),
        (round_zone(65), "points", "are 65, not 3 to 64"),
        (((0, 0), (1, 0), (1.2, 1)), "point 3", "outside the picture"),
        (((0, 0), (1, 0), (1, math.nan)), "point 3", "outside the picture"),
        (((0, 0), (1, 0), (1, 0), (1, 1)), "point 3", "twice in a row"),
        (((0, 0), (1, 1), (1, 0), (0, 1)), "points", "from corner 1 and from corner 3"),
        # Two triangles that touch in a corner, and one whose corner lies on an edge.
        (((0, 0), (1, 0), (0.5, 0.5), (1, 1), (0, 1), (0.5, 0.5)), "points", "touch"),
        (((0, 0), (1, 0), (1, 1), (0.5, 0), (0, 1)), "points", "touch"),
        # Goes back over its own edge.
        (((0, 0), (1, 0), (0.5, 0), (0.5, 1)), "points", "touch"),
        (((0, 0), (0.5, 0.5), (1, 1)), "points", "no area"),
        (((0.5, 0.5), (0.505, 0.5), (0.505, 0.505)), "points", "no area"),
    ],
)
def test_a_wrong_zone_is_refused_with_the_reason(
    points: tuple[Point, ...], field: str, reason: str
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Zone("zone", points)
    assert refused.value.field == field
    assert reason in refused.value.reason


def test_the_largest_zone_is_taken() -> None:
    assert len(Zone("round", round_zone(MOST_POINTS)).points) == MOST_POINTS
