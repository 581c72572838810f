from __future__ import annotations

import math

import pytest

from camwatch.detect.lines import Direction, Line, LineCounter
from camwatch.detect.tracker import Waypoint
from camwatch.errors import InvalidSetting
from tests.detect.paths import HEIGHT, WIDTH, passed

IN, OUT = Direction.IN, Direction.OUT
DOOR = Line("door", (0.5, 0.0), (0.5, 1.0))

THERE = (0.2, 0.3, 0.4, 0.48, 0.6, 0.7)
AND_BACK = (0.6, 0.4, 0.3)


def directions(line: Line, xs: tuple[float, ...]) -> list[Direction]:
    return [crossing.direction for crossing in passed(LineCounter(line), xs)]


@pytest.mark.parametrize(
    ("start", "end", "step"),
    [
        ((0.5, 0.0), (0.5, 1.0), (0.1, 0.0)),  # top to bottom: to the right is in
        ((0.5, 1.0), (0.5, 0.0), (-0.1, 0.0)),
        ((0.0, 0.5), (1.0, 0.5), (0.0, -0.1)),  # left to right: up is in
        ((1.0, 0.5), (0.0, 0.5), (0.0, 0.1)),
        ((0.2, 0.2), (0.8, 0.8), (0.1, -0.1)),
    ],
)
def test_in_is_from_the_right_hand_to_the_left_hand_side(
    start: tuple[float, float], end: tuple[float, float], step: tuple[float, float]
) -> None:
    line = Line("line", start, end)
    for sign, inwards, outwards in ((1, IN, OUT), (-1, OUT, IN)):
        for drawn, expected in ((line, inwards), (line.swapped, outwards)):
            counter = LineCounter(drawn)
            found = [
                counter.follow(
                    Waypoint(
                        1, n / 5, 0.5 + sign * n * step[0], 0.5 + sign * n * step[1], 0.1, 0.4, 1.0
                    )
                )
                for n in range(-3, 4)
            ]
            assert [crossing.direction for crossing in found if crossing] == [expected]


def test_a_crossing_tells_who_where_and_when() -> None:
    (crossing,) = passed(LineCounter(DOOR), THERE, track=7)
    assert (crossing.line, crossing.direction, crossing.track) == ("door", IN, 7)
    # Between 0.48 at 1.5 s and 0.6 at 2.0 s.
    assert crossing.t_s == pytest.approx(1.5 + 0.5 * 0.02 / 0.12)


def test_who_turns_round_is_counted_in_and_out() -> None:
    assert directions(DOOR, THERE + AND_BACK) == [IN, OUT]
    assert directions(DOOR, THERE + AND_BACK + THERE) == [IN, OUT, IN]


def test_once_counts_nobody_twice_in_a_direction() -> None:
    once = Line("door", DOOR.start, DOOR.end, once=True)
    assert directions(once, THERE + AND_BACK + THERE + AND_BACK) == [IN, OUT]
    counter = LineCounter(once)
    assert [len(passed(counter, THERE, track)) for track in (1, 2)] == [1, 1]


@pytest.mark.parametrize(
    "xs",
    [
        (0.44, 0.495, 0.505, 0.495, 0.505, 0.44),  # stands on the line, the box jitters
        (0.44, 0.508, 0.49, 0.509, 0.49, 0.44),
        (0.50, 0.501, 0.499, 0.50, 0.502),  # is never off the line
        (0.3, 0.4, 0.49, 0.4, 0.3),  # turns round before it
        (0.3, 0.4, 0.505, 0.4, 0.3),  # turns round on it
        (0.52, 0.6, 0.7),  # comes into view beyond it
        (0.495, 0.52, 0.6, 0.7),  # comes into view on it
    ],
)
def test_who_does_not_pass_is_not_counted(xs: tuple[float, ...]) -> None:
    assert directions(DOOR, xs) == []


def test_one_wrong_picture_is_no_crossing() -> None:
    assert directions(DOOR, (0.40, 0.42, 0.58, 0.42, 0.41, 0.40)) == []
    assert directions(DOOR, (0.40, 0.42, 0.58, 0.57, 0.42, 0.40)) == [IN, OUT]


def test_who_is_gone_right_behind_the_line_is_counted_at_the_end() -> None:
    counter = LineCounter(DOOR)
    crossings = [
        counter.follow(Waypoint(1, n / 2, x, 0.5, WIDTH, HEIGHT, 1.0))
        for n, x in enumerate((0.4, 0.45, 0.56))
    ]
    assert crossings == [None, None, None]
    last = counter.end(1)
    assert last is not None
    assert (last.direction, counter.remembered) == (IN, 0)


def test_wide_boxes_must_get_farther_beyond() -> None:
    def crossings(width: float) -> int:
        counter = LineCounter(DOOR)
        found = [
            counter.follow(Waypoint(1, n / 2, x, 0.5, width, HEIGHT, 1.0))
            for n, x in enumerate((0.45, 0.515, 0.515, 0.515))
        ]
        return sum(crossing is not None for crossing in found)

    assert (crossings(0.1), crossings(0.2)) == (1, 0)


def test_only_the_way_between_the_ends_counts() -> None:
    short = Line("door", (0.5, 0.4), (0.5, 0.6))

    def crossings(y: float) -> int:
        counter = LineCounter(short)
        places = [Waypoint(1, n / 2, x, y, WIDTH, HEIGHT, 1.0) for n, x in enumerate(THERE)]
        return sum(counter.follow(place) is not None for place in places)

    assert [crossings(y) for y in (0.3, 0.37, 0.39, 0.5, 0.61, 0.63)] == [0, 0, 1, 1, 1, 0]


def test_who_walks_round_the_line_s_end_counts_on_the_way_back_only() -> None:
    short = LineCounter(Line("door", (0.5, 0.4), (0.5, 0.6)))
    way = [(0.4, 0.5), (0.45, 0.9), (0.55, 0.9), (0.6, 0.5), (0.58, 0.5), (0.42, 0.5), (0.4, 0.5)]
    found = [
        short.follow(Waypoint(1, n / 2, x, y, WIDTH, HEIGHT, 1.0)) for n, (x, y) in enumerate(way)
    ]
    assert [crossing.direction for crossing in found if crossing] == [OUT]


@pytest.mark.parametrize("x", [0.05, 0.95])
def test_a_line_near_the_edge_counts(x: float) -> None:
    edge = LineCounter(Line("edge", (x, 0), (x, 1)))
    from_the_left = [n / 50 for n in range(1, 50)]
    assert [c.direction for c in passed(edge, from_the_left, 1)] == [IN]
    assert [c.direction for c in passed(edge, from_the_left[::-1], 2)] == [OUT]


def test_people_do_not_mix() -> None:
    # One stands left of the line and one right of it; their places come in turns.
    counter = LineCounter(DOOR)
    for n in range(20):
        assert counter.follow(Waypoint(1, n / 5, 0.4, 0.5, WIDTH, HEIGHT, 0.0)) is None
        assert counter.follow(Waypoint(2, n / 5, 0.6, 0.5, WIDTH, HEIGHT, 0.0)) is None
    assert counter.remembered == 2


def test_who_is_gone_is_forgotten() -> None:
    counter = LineCounter(DOOR)
    for track in range(10_000):
        assert len(passed(counter, THERE, track)) == 1
    assert counter.remembered == 0
    assert counter.end(12345) is None


@pytest.mark.parametrize(
    ("name", "start", "end", "field"),
    [
        ("", (0.5, 0), (0.5, 1), "name"),
        ("x" * 101, (0.5, 0), (0.5, 1), "name"),
        ("a\nb", (0.5, 0), (0.5, 1), "name"),
        ("door", (0.5, -0.1), (0.5, 1), "start"),
        ("door", (0.5, 0), (1.5, 1), "end"),
        ("door", (math.nan, 0), (0.5, 1), "start"),
        ("door", (0.5, 0.5), (0.51, 0.5), "end"),
    ],
)
def test_a_wrong_line_is_refused(
    name: str, start: tuple[float, float], end: tuple[float, float], field: str
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Line(name, start, end)
    assert refused.value.field == field
