from __future__ import annotations

import pickle

import numpy as np
import pytest

from camwatch.detect.flow import FlowCounter, sure_people
from camwatch.detect.tracker import WEAK_SHARE
from camwatch.domain import Detections
from camwatch.scene import Direction, Gate, Line, Mode, Zone
from tests.detect.paths import THRESHOLD, UNSURE, Picture, flowed, found, person, walk

IN, OUT = Direction.IN, Direction.OUT
DOOR = Line("door", (0.5, 0.0), (0.5, 1.0))
GATE = Gate("gate", Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1)))
LEFT = Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT = Zone("right", ((0.4, 0), (1, 0), (1, 1), (0.4, 1)))


def flow() -> FlowCounter:
    return FlowCounter(THRESHOLD, [DOOR], [LEFT, RIGHT], [GATE])


@pytest.mark.parametrize("rate", [2.0, 5.0, 25.0])
def test_lines_gates_and_zones_of_one_recording(rate: float) -> None:
    counter = flow()
    back_s = 20.0
    crossings = flowed(
        counter, [*walk(0.1, 0.9, 1.0, rate), *walk(0.9, 0.1, 1.0, rate, t_s=back_s)]
    )
    in_time = sorted((round(one.t_s, 1), one.line, one.direction) for one in crossings)
    assert in_time == [
        (4.0, "door", IN),
        (5.0, "gate", IN),
        (back_s + 4, "door", OUT),
        (back_s + 5, "gate", OUT),
    ]
    left, right = counter.zones
    assert (left.highest, right.highest) == (1, 1)
    assert left.mean == pytest.approx(0.5, abs=0.05)  # half of the way, edges included
    assert right.mean == pytest.approx(0.62, abs=0.05)
    assert counter.pace.rate == pytest.approx(rate)


def test_who_comes_into_view_right_before_the_line_is_counted() -> None:
    # One picture of an unsure box before the line, sure ones only behind it.
    start: list[Picture] = [(0.0, []), (0.5, [person(0.45, score=UNSURE)])]
    way: list[Picture] = [(1.0 + index / 2, [person(0.52 + 0.06 * index)]) for index in range(5)]
    (crossing,) = flowed(FlowCounter(THRESHOLD, [DOOR]), [*start, *way])
    assert crossing.direction is IN
    assert crossing.t_s == pytest.approx(0.86, abs=0.02)


def test_a_flicker_on_the_other_side_is_no_crossing() -> None:
    # Whoever stands is missed in one picture, in which something else flickers up.
    standing: list[Picture] = [(index / 10, [person(0.46)]) for index in range(40)]
    standing[20] = (2.0, [person(0.53)])
    assert flowed(flow(), standing) == []


def test_people_who_are_never_sure_do_not_count() -> None:
    # A new box in each picture, left and right of the line in turns.
    chance = np.random.default_rng(2)
    pictures = [
        (index / 2, [person(0.3 if index % 2 else 0.7, y=float(chance.uniform(0.2, 0.8)))])
        for index in range(60)
    ]
    assert flowed(FlowCounter(THRESHOLD, [DOOR]), pictures) == []


@pytest.mark.parametrize("x", [0.06, 0.94])
def test_a_line_near_the_edge_counts_who_walks_in_and_out_there(x: float) -> None:
    line = Line("edge", (x, 0), (x, 1))
    outside, inside = (-0.02, 0.4) if x < 0.5 else (1.02, 0.6)
    there = walk(outside, inside, 1.0, 5.0)
    back = walk(inside, outside, 1.0, 5.0, t_s=30.0)
    directions = [one.direction for one in flowed(FlowCounter(THRESHOLD, [line]), [*there, *back])]
    assert directions == ([IN, OUT] if x < 0.5 else [OUT, IN])


def test_without_lines_nobody_is_followed() -> None:
    zones_only = FlowCounter(THRESHOLD, zones=[LEFT])
    assert flowed(zones_only, walk(0.1, 0.9, 1.0, 5.0)) == []
    assert (zones_only.remembered, zones_only.lowest_score) == (0, THRESHOLD)
    assert zones_only.zones[0].highest == 1
    assert flow().lowest_score == pytest.approx(THRESHOLD * WEAK_SHARE)


def test_only_sure_boxes_are_counted_in_zones() -> None:
    boxes = found([person(0.2), person(0.3, score=UNSURE), person(0.8)])
    assert list(flow().add(0.0, boxes, (1, 1)).zones) == [1, 1]
    assert sure_people(boxes, THRESHOLD).count == 2


def test_boxes_come_in_pixels_of_the_picture() -> None:
    left, top, right, bottom, score = person(0.2)
    box = np.array([[left * 1920, top * 1080, right * 1920, bottom * 1080]], np.float32)
    movement = flow().add(0.0, Detections(box, np.array([score], np.float32)), (1920, 1080))
    assert list(movement.zones) == [1, 0]


def test_the_mode_that_is_settled_on_follows_slowly() -> None:
    counter = flow()
    assert counter.steady_pace.mode is Mode.OCCUPANCY  # nothing is known yet
    flowed(counter, [(index / 5, []) for index in range(40)])
    modes = []
    for second in range(8, 60):
        counter.add(float(second), found([]), (1, 1))
        modes.append((counter.pace.mode, counter.steady_pace.mode))
    # A fifth of the pictures is late after 10 s, and that holds for 20 s.
    measured, settled = (list(column) for column in zip(*modes, strict=True))
    assert 8 <= measured.index(Mode.OCCUPANCY) <= 12
    assert measured.index(Mode.OCCUPANCY) + 20 <= settled.index(Mode.OCCUPANCY) <= 34
    assert counter.steady_pace.advice is not None


def test_a_day_of_visitors_leaves_nothing_behind() -> None:
    """Somebody comes each minute for 24 hours; pictures are taken while they are there."""
    counter = flow()
    chance = np.random.default_rng(5)
    visit = walk(0.2, 0.8, 1.6, 1.0)
    remembered, sizes, crossings = [], [], 0
    for minute in range(24 * 60):
        for t_s, boxes in visit:
            flicker = person(float(chance.random()), float(chance.random()), 0.3)
            seen = found([*boxes, flicker])
            crossings += len(counter.add(minute * 60.0 + t_s, seen, (1, 1)).crossings)
        if minute % 60 == 59:
            remembered.append(counter.remembered)
            sizes.append(len(pickle.dumps(counter)))  # everything it keeps, however deep
    assert crossings > 2 * 24 * 60 * 0.95
    # The speeds of those who came in the last minutes, and who is here.
    assert max(remembered) <= 25
    # Full after the first hour, and flat from then on.
    assert max(sizes) < 1.1 * min(sizes)
