"""Warnings about lines, and suggested ones, from people whom the real tracker followed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.simulator.film import Film
from camwatch.cameras.stream import SourcePicture, VideoFile
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.flow import FlowCounter
from camwatch.detect.tracker import WEAK_SHARE
from camwatch.domain import Pixels
from camwatch.paths import bundled_models
from camwatch.scene import Direction, Line, Point
from camwatch.scene.heat import ASPECT, Heat
from camwatch.scene.line_advice import LineProblem, LineSuggestion, suggest, warnings
from tests.conftest import SHARED
from tests.detect.paths import THRESHOLD, Picture, flowed
from tests.scene.walks import WIDTH, heat_of, jittered, one_after_another

MIDDLE = Line("middle", (0.5, 0), (0.5, 1))
LEVEL = Line("level", (0, 0.5), (1, 0.5))

CORRIDOR = jittered(1, 35, (-0.1, 0.5), (1.1, 0.5))
DOOR = jittered(2, 20, (-0.1, 0.6), (0.55, 0.5)) + jittered(3, 15, (0.55, 0.5), (-0.1, 0.6))
DIAGONAL = jittered(4, 35, (0, -0.1), (1, 1.1))
TWO_FLOWS = jittered(5, 20, (-0.1, 0.25), (1.1, 0.25)) + jittered(6, 20, (1.1, 0.75), (-0.1, 0.75))


def kinds(line: Line, heat: Heat) -> set[LineProblem]:
    return {warning.kind for warning in warnings(line, heat)}


def as_line(suggestion: LineSuggestion | None) -> Line:
    assert suggestion is not None
    return Line("suggested", suggestion.start, suggestion.end)


def degrees_between(line: Line, dx: float, dy: float) -> float:
    """Return the angle between a line and a way, in a picture of 16:9, 0 to 90."""
    x, y = line.end[0] - line.start[0], (line.end[1] - line.start[1]) / ASPECT
    dy /= ASPECT
    cosine = abs(x * dx + y * dy) / math.hypot(x, y) / math.hypot(dx, dy)
    return math.degrees(math.acos(min(cosine, 1.0)))


@pytest.fixture(scope="module", params=[10.0, 2.0], ids=["10 a second", "2 a second"])
def rate(request: pytest.FixtureRequest) -> float:
    return float(request.param)


def walked(walks: list[tuple[Point, Point]], rate: float) -> tuple[Heat, list[Picture]]:
    pictures = one_after_another(walks, rate)
    return heat_of(pictures, rate), pictures


def test_in_a_corridor_the_line_goes_across(rate: float) -> None:
    heat, pictures = walked(CORRIDOR, rate)
    assert kinds(MIDDLE, heat) == set()
    assert kinds(LEVEL, heat) == {LineProblem.ALONG_THE_WALK}
    assert kinds(Line("low", (0.1, 0.45), (0.9, 0.55)), heat) == {LineProblem.ALONG_THE_WALK}
    suggestion = suggest(heat)
    line = as_line(suggestion)
    assert suggestion is not None
    assert suggestion.share >= 0.95
    assert suggestion.walks == len(CORRIDOR)
    assert degrees_between(line, 1, 0) >= 75
    assert 0.3 < line.start[0] < 0.7
    crossings = flowed(FlowCounter(THRESHOLD, [line]), pictures)
    assert [one.direction for one in crossings] == [Direction.IN] * len(CORRIDOR)


def test_the_angle_is_told_in_degrees(rate: float) -> None:
    heat, _ = walked(CORRIDOR, rate)
    (warning,) = warnings(Line("slanting", (0.1, 0.4), (0.9, 0.4 + 0.8 * ASPECT * 0.2)), heat)
    assert warning.kind is LineProblem.ALONG_THE_WALK
    assert warning.degrees == pytest.approx(math.degrees(math.atan(0.2)), abs=4)


def test_a_line_at_a_door_is_warned_of_and_moved_away_from_it(rate: float) -> None:
    heat, pictures = walked(DOOR, rate)
    at_door = Line("door", (0.55, 0.2), (0.55, 0.8))
    (warning,) = warnings(at_door, heat)
    assert warning.kind is LineProblem.BROKEN_WALKS
    assert warning.share is not None
    assert 0.3 < warning.share < 0.7
    assert LineProblem.BROKEN_WALKS in kinds(MIDDLE, heat)
    suggestion = suggest(heat)
    line = as_line(suggestion)
    assert suggestion is not None
    assert suggestion.broken == 0
    assert max(line.start[0], line.end[0]) < 0.55 - WIDTH
    assert kinds(line, heat) == set()
    crossings = flowed(FlowCounter(THRESHOLD, [line]), pictures)
    assert [one.direction for one in crossings] == [Direction.IN] * 20 + [Direction.OUT] * 15


def test_a_diagonal_way_gets_a_diagonal_line(rate: float) -> None:
    heat, pictures = walked(DIAGONAL, rate)
    line = as_line(suggest(heat))
    assert degrees_between(line, 1, 1.2) >= 70
    assert kinds(Line("along", (0, 0), (1, 1)), heat) == {LineProblem.ALONG_THE_WALK}
    assert len(flowed(FlowCounter(THRESHOLD, [line]), pictures)) == len(DIAGONAL)


def test_two_flows_in_opposite_directions_are_both_seen(rate: float) -> None:
    heat, pictures = walked(TWO_FLOWS, rate)
    assert abs(float(heat.moved_x.sum())) < 0.2 * float(np.abs(heat.moved_x).sum())
    suggestion = suggest(heat)
    line = as_line(suggestion)
    assert suggestion is not None
    assert suggestion.share >= 0.95
    assert line.length > 0.8
    crossings = flowed(FlowCounter(THRESHOLD, [line]), pictures)
    assert [one.direction for one in crossings] == [Direction.IN] * 20 + [Direction.OUT] * 20


def test_a_line_at_the_edge_is_warned_of_before_anybody_was_seen() -> None:
    heat = Heat.empty()
    for edge in (((0.02, 0), (0.02, 1)), ((0.98, 0.1), (0.99, 0.9)), ((0, 0.99), (1, 0.98))):
        assert kinds(Line("edge", *edge), heat) == {
            LineProblem.NEAR_EDGE,
            LineProblem.TOO_LITTLE_SEEN,
        }
    # One that only ends at the edges is as it should be.
    assert kinds(MIDDLE, heat) == {LineProblem.TOO_LITTLE_SEEN}


def test_the_edge_is_as_wide_as_people_are() -> None:
    heights = np.zeros(20, np.float32)
    heights[2] = 100
    small = replace(Heat.empty(), heights=heights)
    heights[2], heights[15] = 0, 100
    large = replace(Heat.empty(), heights=heights)
    line = Line("beside", (0.04, 0), (0.04, 1))
    assert LineProblem.NEAR_EDGE not in kinds(line, small)
    assert LineProblem.NEAR_EDGE in kinds(line, large)


def test_before_thirty_people_walked_a_line_is_not_judged(rate: float) -> None:
    heat, _ = walked(CORRIDOR[:29], rate)
    assert kinds(LEVEL, heat) == {LineProblem.TOO_LITTLE_SEEN}
    heat += walked(CORRIDOR[29:30], rate)[0]
    assert kinds(LEVEL, heat) == {LineProblem.ALONG_THE_WALK}


def test_of_four_people_nothing_is_suggested(rate: float) -> None:
    assert suggest(walked(CORRIDOR[:4], rate)[0]) is None
    assert suggest(walked(CORRIDOR[:5], rate)[0]) is not None
    assert suggest(Heat.empty()) is None


def test_who_stands_around_is_no_reason_for_a_line() -> None:
    boxes = [(0.4, 0.3, 0.47, 0.6, 0.8), (0.7, 0.35, 0.77, 0.65, 0.8)]
    chance = np.random.default_rng(1)
    pictures: list[Picture] = []
    for step in range(3000):
        shifts = chance.normal(0, 0.006, 2).tolist()
        pictures.append(
            (
                step / 10,
                [
                    (a + d, b, c + d, e, score)
                    for (a, b, c, e, score), d in zip(boxes, shifts, strict=True)
                ],
            )
        )
    heat = heat_of(pictures)
    assert heat.presence_s.sum() == pytest.approx(600, abs=1)
    assert heat.walks == 0
    assert heat.walked.sum() == 0
    assert suggest(heat) is None


def test_the_same_heat_gives_the_same_line() -> None:
    heat, _ = walked(CORRIDOR, 10.0)
    assert suggest(heat) == suggest(Heat.from_bytes(heat.to_bytes()))


def seen_by(detector: Detector, t_s: float, pixels: Pixels) -> Picture:
    found = detector.detect(pixels, THRESHOLD * WEAK_SHARE)
    boxes = found.relative((pixels.shape[1], pixels.shape[0]))
    rows = np.column_stack([boxes, found.scores]).tolist()
    return t_s, [(x1, y1, x2, y2, score) for x1, y1, x2, y2, score in rows]


@pytest.fixture(scope="module")
def footage() -> list[Picture]:
    """What the default detector finds in the footage, 10 pictures a second."""
    detector = open_detector(Detection(), bundled_models())
    video = VideoFile(SHARED / "one-by-one-person-detection.mp4")
    return [
        seen_by(detector, picture.index / 10, picture.pixels)
        for picture in video.pictures()
        if isinstance(picture, SourcePicture)
    ]


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("step", "start"), [(step, start) for step in (1, 2, 5) for start in range(step)]
)
def test_on_footage_the_suggested_line_counts_everybody(
    footage: list[Picture], step: int, start: int
) -> None:
    pictures = footage[start::step]
    line = as_line(suggest(heat_of(pictures, 10 / step)))
    assert degrees_between(line, 1, 0) >= 70
    assert all(0.3 <= x <= 0.85 for x in (line.start[0], line.end[0]))
    crossings = flowed(FlowCounter(THRESHOLD, [line]), pictures)
    assert 5 <= len(crossings) <= 6
    assert {one.direction for one in crossings} == {Direction.IN}


def test_on_the_simulated_site_the_suggested_line_counts_who_walks_through() -> None:
    film = Film(1, (640, 360), fps=5, seed=5, cache_bytes=0)
    detector = open_detector(Detection(), bundled_models())
    pictures = [
        seen_by(detector, frame / 5, decode_bytes(film.picture(0, frame), (640, 360)))
        for frame in range(60 * 5)
    ]
    heat = heat_of(pictures, 5)
    suggestion = suggest(heat)
    line = as_line(suggestion)
    assert suggestion is not None
    assert suggestion.share >= 0.6
    assert degrees_between(line, 1, 0) >= 70
    assert kinds(line, heat) <= {LineProblem.TOO_LITTLE_SEEN}
    counted = len(flowed(FlowCounter(THRESHOLD, [line]), pictures))
    assert counted >= 0.8 * suggestion.share * suggestion.walks
