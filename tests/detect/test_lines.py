from __future__ import annotations

import math

import pytest

from camwatch.detect.lines import LineCounter
from camwatch.detect.tracker import Waypoint
from camwatch.errors import InvalidSetting
from camwatch.scene import Direction, Line
from tests.detect.paths import HEIGHT, WIDTH, passed, seen_at

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
            way = [(0.5 + sign * n * step[0], 0.5 + sign * n * step[1]) for n in range(-3, 4)]
            found = seen_at(LineCounter(drawn), way)
            assert [crossing.direction for crossing in found] == [expected]


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


def turning(u_turn_s: float, *, once: bool = False) -> LineCounter:
    return LineCounter(Line("door", DOOR.start, DOOR.end, once, u_turn_s))


def test_who_turns_round_soon_counts_nothing_if_the_line_says_so() -> None:
    # On the line after 1.58 s and after 3.25 s.
    there_and_back = THERE + AND_BACK
    assert passed(turning(1.7), there_and_back) == []
    assert [one.direction for one in passed(turning(1.6), there_and_back)] == [IN, OUT]
    assert [one.direction for one in passed(turning(1.7), there_and_back + THERE)] == [IN]
    long_way = (*there_and_back, *[0.3] * 6, *there_and_back)
    assert passed(turning(1.7), long_way) == []


def test_with_u_turns_left_out_a_passage_is_told_when_it_is_certain() -> None:
    counter = turning(2.0)
    told = [
        (n / 2, crossing.t_s)
        for n in range(20)
        for crossing in counter.follow(
            Waypoint(1, n / 2, min(0.3 + n / 10, 0.8), 0.5, WIDTH, HEIGHT, 1.0)
        )
    ]
    ((told_s, passed_s),) = told
    assert passed_s == pytest.approx(1.0)
    assert told_s == 3.5  # the first picture more than two seconds later
    assert counter.end(1) == []


def test_who_is_gone_has_not_turned_round() -> None:
    counter = turning(60.0)
    assert [one.direction for one in passed(counter, THERE)] == [IN]
    assert counter.remembered == 0
    # Of who is seen beyond the line once before they are gone, nothing is left either.
    assert passed(counter, (*THERE, 0.6, 0.52, 0.4)) == []


def test_who_is_on_the_way_back_when_the_time_is_over_counts_nothing() -> None:
    # Passes at 0.5 s, is on the line again at 2.25 s, and beyond it for good at 3.0 s.
    way = (0.4, 0.6, 0.6, 0.6, 0.52, 0.48, 0.4)
    assert passed(turning(2.0), way) == []
    # But not who only steps near the line, and stays.
    assert [one.direction for one in passed(turning(2.0), (*way[:5], 0.495, *[0.6] * 3))] == [IN]


def test_who_comes_back_beside_the_line_has_passed_it() -> None:
    short = LineCounter(Line("door", (0.5, 0.4), (0.5, 0.6), u_turn_s=60.0))
    way = [(0.4, 0.5), (0.6, 0.5), (0.6, 0.5), (0.6, 0.9), (0.4, 0.9), (0.3, 0.9)]
    found = [*seen_at(short, way), *short.end(1)]
    assert [crossing.direction for crossing in found] == [IN]


def test_who_turns_round_is_still_counted_once_later() -> None:
    there_and_back = (*THERE, *AND_BACK, *[0.3] * 6)
    found = passed(turning(1.7, once=True), there_and_back + THERE + (0.7,) * 6 + AND_BACK)
    assert [crossing.direction for crossing in found] == [IN, OUT]
    again = passed(turning(1.7, once=True), (THERE + (0.7,) * 6 + AND_BACK + (0.3,) * 6) * 3)
    assert [crossing.direction for crossing in again] == [IN, OUT]


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
    assert seen_at(counter, [(0.4, 0.5), (0.45, 0.5), (0.56, 0.5)]) == []
    (last,) = counter.end(1)
    assert (last.direction, counter.remembered) == (IN, 0)


def test_wide_boxes_must_get_farther_beyond() -> None:
    def crossings(width: float) -> int:
        way = [(x, 0.5) for x in (0.45, 0.515, 0.515, 0.515)]
        return len(seen_at(LineCounter(DOOR), way, width=width))

    assert (crossings(0.1), crossings(0.2)) == (1, 0)


def test_only_the_way_between_the_ends_counts() -> None:
    short = Line("door", (0.5, 0.4), (0.5, 0.6))

    def crossings(y: float) -> int:
        return len(seen_at(LineCounter(short), [(x, y) for x in THERE]))

    assert [crossings(y) for y in (0.3, 0.37, 0.39, 0.5, 0.61, 0.63)] == [0, 0, 1, 1, 1, 0]


def test_who_walks_round_the_line_s_end_counts_on_the_way_back_only() -> None:
    short = LineCounter(Line("door", (0.5, 0.4), (0.5, 0.6)))
    way = [(0.4, 0.5), (0.45, 0.9), (0.55, 0.9), (0.6, 0.5), (0.58, 0.5), (0.42, 0.5), (0.4, 0.5)]
    assert [crossing.direction for crossing in seen_at(short, way)] == [OUT]


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
        assert counter.follow(Waypoint(1, n / 5, 0.4, 0.5, WIDTH, HEIGHT, 0.0)) == []
        assert counter.follow(Waypoint(2, n / 5, 0.6, 0.5, WIDTH, HEIGHT, 0.0)) == []
    assert counter.remembered == 2


def test_who_is_gone_is_forgotten() -> None:
    counter = LineCounter(DOOR)
    for track in range(10_000):
        assert len(passed(counter, THERE, track)) == 1
    assert counter.remembered == 0
    assert counter.end(12345) == []


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
