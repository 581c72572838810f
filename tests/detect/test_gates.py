from __future__ import annotations

import pytest

from camwatch.detect.gates import GateCounter
from camwatch.errors import InvalidSetting
from camwatch.scene import Direction, Gate, Line
from tests.detect.paths import passed

IN, OUT = Direction.IN, Direction.OUT
GATE = Gate("gate", Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1)))


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


THERE = [0.2, 0.35, 0.45, 0.55, 0.65, 0.75]


def with_options(*, once: bool = False, u_turn_s: float = 0.0) -> GateCounter:
    outer, inner = (
        Line(line.name, line.start, line.end, once, u_turn_s) for line in (GATE.outer, GATE.inner)
    )
    return GateCounter(Gate("gate", outer, inner))


def test_a_swapped_gate_counts_the_other_way() -> None:
    swapped = Gate("gate", GATE.inner.swapped, GATE.outer.swapped)
    for xs, direction in ((THERE, OUT), (THERE[::-1], IN)):
        assert [one.direction for one in passed(GateCounter(swapped), xs)] == [direction]


def test_who_vanishes_between_the_lines_counts_nothing_and_is_forgotten() -> None:
    counter = GateCounter(GATE)
    assert passed(counter, [0.2, 0.35, 0.45, 0.5], 1) == []
    # Whoever comes into view there later is somebody else.
    assert passed(counter, [0.5, 0.55, 0.65, 0.75], 2) == []
    assert passed(counter, [0.5, 0.45, 0.35, 0.2], 1) == []
    assert counter.remembered == 0


def test_who_is_gone_right_behind_the_second_line_is_counted_at_the_end() -> None:
    assert [one.direction for one in passed(GateCounter(GATE), [0.3, 0.45, 0.5, 0.64])] == [IN]


def test_walking_to_and_fro_between_the_lines_counts_once() -> None:
    to_and_fro = [0.2, 0.3, 0.5, 0.55, 0.45, 0.5, 0.55, 0.65, 0.7, 0.55, 0.5, 0.65, 0.7]
    assert [one.direction for one in passed(GateCounter(GATE), to_and_fro)] == [IN]


def test_once_and_u_turns_hold_for_the_whole_gate() -> None:
    there_and_back = THERE + THERE[::-1]
    assert [one.direction for one in passed(with_options(), there_and_back)] == [IN, OUT]
    assert [one.direction for one in passed(with_options(once=True), there_and_back * 2)] == [
        IN,
        OUT,
    ]
    # Through at 1.75 s, and all the way back at 4.75 s.
    assert passed(with_options(u_turn_s=3.1), there_and_back) == []
    assert len(passed(with_options(u_turn_s=2.9), there_and_back)) == 2
    # A step over the outer line and back is no passage, so it does not use up the one.
    step = [0.3, 0.45, 0.5, 0.35, 0.3]
    for counter in (with_options(once=True), with_options(u_turn_s=5.0)):
        assert [one.direction for one in passed(counter, step + THERE)] == [IN]


def test_who_begins_to_go_back_through_the_gate_is_waited_for() -> None:
    # Back over the inner line within the time, and over the outer one just within it too.
    counter = with_options(u_turn_s=4.2)
    way = [*THERE, 0.75, 0.65, 0.55, 0.5, 0.5, 0.45, 0.38, 0.3]
    assert passed(counter, way) == []
    stays_between = [*THERE, 0.65, 0.55, *[0.5] * 40, 0.65, 0.75]
    assert [one.direction for one in passed(counter, stays_between)] == [IN]
    assert counter.remembered == 0


def test_who_is_gone_is_forgotten() -> None:
    counter = with_options(once=True, u_turn_s=5.0)
    for track in range(1000):
        passed(counter, [0.2, 0.35, 0.45, 0.5], track)
        passed(counter, THERE, track)
    assert counter.remembered == 0


def test_a_wrong_gate_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="within_s"):
        Gate("gate", GATE.outer, GATE.inner, within_s=0)
    with pytest.raises(InvalidSetting, match="name"):
        Gate(" ", GATE.outer, GATE.inner)


def test_a_gate_that_nobody_could_pass_is_refused() -> None:
    outer, inner = Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1))
    with pytest.raises(InvalidSetting, match="behind the outer line"):
        Gate("gate", outer, inner.swapped)
    with pytest.raises(InvalidSetting, match="behind the outer line"):
        Gate("gate", inner, outer)
    with pytest.raises(InvalidSetting, match="crosses or touches"):
        Gate("gate", outer, Line("inner", (0.3, 0.2), (0.6, 0.8)))


def test_whichever_way_its_lines_were_drawn_the_first_is_passed_first() -> None:
    left, right = Line("left", (0.4, 0), (0.4, 1)), Line("right", (0.6, 0), (0.6, 1))
    to_the_right = Gate("gate", left, right)
    for first in (left, left.swapped):
        for second in (right, right.swapped):
            assert Gate.between("gate", first, second) == to_the_right
    assert Gate.between("gate", right, left) == Gate("gate", right.swapped, left.swapped)
