"""The real detector finds the simulated people, and nobody where nobody is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.paths import bundled_models

SIZE = (1280, 720)
SAMPLES = 60
THRESHOLD = Detection().threshold


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector(Detection(), bundled_models())


def moments(seed: int, *, wanted: range) -> Iterator[tuple[Painter, float, int]]:
    scene = Scene(seed, SIZE)
    paints = Painter(scene, "Hall")
    for step in range(round(scene.loop_s / 5)):
        t = step * 5.0
        if (count := scene.occupancy_at(t)) in wanted:
            yield paints, t, count


def test_counts_are_right_within_one_and_mostly_exact(detector: Detector) -> None:
    errors: list[int] = []
    seed = 40
    while len(errors) < SAMPLES:
        for paints, t, count in moments(seed, wanted=range(1, 7)):
            pixels = decode_bytes(paints.jpeg(t), (SIZE[0] // 2, SIZE[1] // 2))
            errors.append(detector.detect(pixels, THRESHOLD).count - count)
        seed += 1
    within_one = sum(abs(error) <= 1 for error in errors) / len(errors)
    exact = sum(error == 0 for error in errors) / len(errors)
    assert within_one >= 0.95, errors
    assert exact >= 0.75, errors


def test_nobody_is_found_where_nobody_is(detector: Detector) -> None:
    for seed in range(8):
        scene = Scene(seed, SIZE)
        t = next(t / 10 for t in range(1200) if not scene.people_at(t / 10))
        pixels = decode_bytes(Painter(scene, "Waiting area").jpeg(t))
        assert detector.detect(pixels, THRESHOLD).count == 0, f"seed {seed}"


def test_boxes_found_are_the_boxes_known(detector: Detector) -> None:
    found = 0
    for paints, t, count in moments(3, wanted=range(2, 4)):
        people = [person for person in paints.scene.people_at(t) if person.visible == 1.0]
        boxes = detector.detect(paints.pixels(t), THRESHOLD).relative(SIZE)
        for person in people:
            middle = [(box[0] + box[2]) / 2 for box in boxes]
            nearest = min(range(len(boxes)), key=lambda i: abs(middle[i] - person.x))
            if abs(middle[nearest] - person.x) < 0.02:
                assert boxes[nearest][3] == pytest.approx(person.box[3], abs=0.06)
                assert boxes[nearest][1] == pytest.approx(person.box[1], abs=0.06)
                found += 1
        assert count > 0
    assert found >= 5
