from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from camwatch.config import Detection
from camwatch.detect.counting import PictureCount, count_lines, count_source, summarise
from camwatch.detect.detector import open_detector
from camwatch.detect.flow import FlowCounter
from camwatch.detect.modes import Pace
from camwatch.domain import Detections, Pixels
from camwatch.paths import bundled_models
from camwatch.scene import Crossing, Direction, Gate, Line, Zone
from tests.detect.scene import THREE, scene


@dataclass(frozen=True)
class Still:
    index: int
    name: str | None
    t_s: float
    pixels: Pixels


def counted(people: int, processing_s: float = 0.01) -> PictureCount:
    boxes = np.zeros((people, 4), np.float32)
    return PictureCount(0, None, 0.0, Detections(boxes, boxes[:, 0]), processing_s)


def test_each_picture_is_counted_in_order() -> None:
    detector = open_detector(Detection(), bundled_models())
    stills = [
        Still(0, "three.png", 0.0, scene((1280, 720), THREE)[0]),
        Still(4, None, 0.4, scene((960, 540))[0]),
    ]
    first, second = count_source(detector, stills, Detection().threshold)
    assert (first.index, first.name, first.t_s, first.people.count) == (0, "three.png", 0.0, 3)
    assert (second.index, second.name, second.t_s, second.people.count) == (4, None, 0.4, 0)
    assert first.processing_s > 0


def test_a_flow_counts_along_without_changing_the_counts() -> None:
    detector = open_detector(Detection(), bundled_models())
    threshold = Detection().threshold
    pictures = [
        Still(index, None, index / 2, scene((1280, 720), ((0, left, 400),))[0])
        for index, left in enumerate(range(300, 900, 80))
    ]
    line = Line("door", (0.5, 0.0), (0.5, 1.0))
    flow = FlowCounter(threshold, [line], [Zone("low", ((0, 0.9), (1, 0.9), (1, 1), (0, 1)))])
    plain = list(count_source(detector, pictures, threshold))
    counts = list(count_source(detector, pictures, threshold, flow))
    for one, other in zip(plain, counts, strict=True):
        assert one.people.boxes.tolist() == other.people.boxes.tolist()
        assert one.people.scores.tolist() == other.people.scores.tolist()
    crossings = [crossing for one in counts for crossing in one.crossings] + [*flow.finish()]
    assert [crossing.direction for crossing in crossings] == [Direction.IN]
    # The middle of the figure, 75 pixels from its left edge, passes 640 of 1280 pixels.
    assert crossings[0].t_s == pytest.approx((640 - 75 - 300) / 80 / 2, abs=0.3)
    assert (flow.zones[0].mean, flow.zones[0].pictures) == (1.0, len(pictures))


def test_crossings_are_sorted_by_line_and_time() -> None:
    crossings = [
        Crossing("a", 5.0, Direction.OUT, 1),
        Crossing("b", 4.0, Direction.IN, 1),
        Crossing("a", 2.0, Direction.IN, 1),
        Crossing("a", 9.0, Direction.IN, 2),
    ]
    a, b = (Line(name, (0.5, 0), (0.5, 1)) for name in "ab")
    c = Gate("c", a, Line("inner", (0.6, 0), (0.6, 1)))
    first, second, third = count_lines([a, b, c], crossings, Pace(5.0))
    assert [one.kind for one in (first, second, third)] == ["line", "line", "gate"]
    assert (first.name, first.inwards, first.outwards, first.note) == ("a", 2, 1, None)
    assert [crossing.t_s for crossing in first.crossings or ()] == [2.0, 5.0, 9.0]
    assert (second.inwards, second.outwards) == (1, 0)
    assert (third.inwards, third.outwards, third.crossings) == (0, 0, [])


def test_numbers_that_could_not_be_right_are_not_given() -> None:
    crossings = [Crossing("a", 5.0, Direction.OUT, 1)]
    (line,) = count_lines([Line("a", (0.5, 0), (0.5, 1))], crossings, Pace(1.0))
    assert (line.inwards, line.outwards, line.crossings) == (None, None, None)
    assert line.note is not None
    assert "1.8 pictures a second or more" in line.note


def test_the_summary_of_several_counts() -> None:
    summary = summarise([counted(0, 0.01), counted(3, 0.02), counted(0, 0.03)])
    assert (summary.mean_count, summary.max_count) == (1.0, 3)
    assert summary.median_s == pytest.approx(0.02)
    assert summary.p95_s == pytest.approx(0.029)


def test_of_nothing_there_is_no_summary() -> None:
    with pytest.raises(ValueError, match="no counts"):
        summarise([])
