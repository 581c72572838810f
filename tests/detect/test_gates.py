from __future__ import annotations

import pytest

from camwatch.detect.gates import Gate, GateCounter
from camwatch.detect.lines import Crossing, Direction, Line
from camwatch.detect.tracker import Waypoint
from camwatch.errors import InvalidSetting
from tests.detect.paths import HEIGHT, WIDTH

IN, OUT = Direction.IN, Direction.OUT
GATE = Gate("gate", Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1)))


def passed(counter: GateCounter, xs: list[float], track: int = 1) -> list[Crossing]:
    found = [
        counter.follow(Waypoint(track, n / 2, x, 0.5, WIDTH, HEIGHT, 1.0)) for n, x in enumerate(xs)
    ]
    return [crossing for crossing in (*found, counter.end(track)) if crossing]


def test_both_lines_make_one_crossing() -> None:
    (crossing,) = passed(GateCounter(GATE), [0.2, 0.35, 0.45, 0.55, 0.65, 0.75])
    assert (crossing.line, crossing.direction) == ("gate", IN)
    assert crossing.t_s == pytest.approx(1.75)
    (crossing,) = passed(GateCounter(GATE), [0.75, 0.65, 0.55, 0.45, 0.35, 0.2])
    assert crossing.direction is OUT
    assert crossing.t_s == pytest.approx(1.75)


def test_both_lines_may_be_passed_from_one_picture_to_the_next() -> None:
    for xs, direction in (([0.2, 0.3, 0.7, 0.8], IN), ([0.8, 0.7, 0.3, 0.2], OUT)):
        assert [one.direction for one in passed(GateCounter(GATE), xs)] == [direction]


@pytest.mark.parametrize(
    "xs",
    [
        [0.3, 0.35, 0.5, 0.5, 0.3, 0.2],  # over the outer line and back
        [0.8, 0.7, 0.5, 0.5, 0.7, 0.8],  # over the inner line and back
        [0.5, 0.55, 0.65, 0.75],  # came into view in between
    ],
)
def test_one_line_alone_counts_nothing(xs: list[float]) -> None:
    assert passed(GateCounter(GATE), xs) == []


def test_turning_round_in_between_does_not_spoil_the_next_passage() -> None:
    there_and_back = [0.3, 0.35, 0.5, 0.5, 0.3, 0.2]
    all_through = [0.3, 0.5, 0.55, 0.65, 0.75]
    assert [one.direction for one in passed(GateCounter(GATE), there_and_back + all_through)] == [
        IN
    ]


def test_whoever_takes_too_long_is_not_counted() -> None:
    slow = [0.2, 0.35, 0.45, *[0.5] * 30, 0.65, 0.75]
    assert passed(GateCounter(GATE), slow) == []
    patient = Gate("gate", GATE.outer, GATE.inner, within_s=20)
    assert len(passed(GateCounter(patient), slow)) == 1


def test_who_is_gone_is_forgotten() -> None:
    counter = GateCounter(GATE)
    for track in range(1000):
        passed(counter, [0.2, 0.35, 0.45, 0.5], track)
    assert counter.remembered == 0


def test_a_wrong_gate_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="within_s"):
        Gate("gate", GATE.outer, GATE.inner, within_s=0)
    with pytest.raises(InvalidSetting, match="name"):
        Gate(" ", GATE.outer, GATE.inner)
