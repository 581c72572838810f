from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.config import Detection
from camwatch.detect.accuracy import average_precision, evaluate, labelled_pictures
from camwatch.detect.bench import agreement, opencv_threads
from camwatch.detect.catalogue import Precision, Runtime
from camwatch.detect.detector import Detector, open_detector, open_nanodet
from camwatch.domain import Boxes, Detections
from camwatch.paths import bundled_models
from tests.detect.scene import THREE, Person, scene

Box = tuple[float, float, float, float]
HERE: Box = (0, 0, 10, 10)
THERE: Box = (20, 0, 30, 10)
FAR: Box = (50, 50, 60, 60)


def boxes(*rows: Box) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*rows: tuple[Box, float]) -> Detections:
    return Detections(boxes(*(box for box, _ in rows)), np.array([s for _, s in rows], np.float32))


@pytest.mark.parametrize(
    ("detections", "truth", "expected"),
    [
        ([found((HERE, 0.9), (THERE, 0.8))], [boxes(HERE, THERE)], 1.0),
        ([found((HERE, 0.9))], [boxes(HERE, THERE)], 0.5),
        ([found()], [boxes(HERE)], 0.0),
        ([found((FAR, 0.9))], [boxes(HERE)], 0.0),
        ([found((HERE, 0.9))], [boxes()], 0.0),
        ([], [], 0.0),
        # A false box before the true one halves the precision.
        ([found((FAR, 0.9), (HERE, 0.8))], [boxes(HERE)], 0.5),
        # After it, it costs nothing.
        ([found((HERE, 0.9), (FAR, 0.8))], [boxes(HERE)], 1.0),
        # A person is found once; the second box on her is false.
        ([found((HERE, 0.9), (HERE, 0.8), (THERE, 0.7))], [boxes(HERE, THERE)], (1 + 2 / 3) / 2),
        # Scores are compared across pictures: 0.9 false, 0.8 true, 0.7 true.
        (
            [found((HERE, 0.8)), found((FAR, 0.9), (THERE, 0.7))],
            [boxes(HERE), boxes(THERE)],
            2 / 3,
        ),
        # One half is enough overlap, a little less is not.
        ([found(((0, 0, 10, 5), 0.9))], [boxes(HERE)], 1.0),
        ([found(((0, 0, 10, 4.9), 0.9))], [boxes(HERE)], 0.0),
    ],
)
def test_average_precision(
    detections: Sequence[Detections], truth: Sequence[Boxes], expected: float
) -> None:
    assert average_precision(detections, truth) == pytest.approx(expected)


def labelled(folder: Path, name: str, wh: tuple[int, int], people: tuple[Person, ...]) -> None:
    """Write one picture with its labels."""
    pixels, truth = scene(wh, people)
    for part in ("images", "labels"):
        (folder / part).mkdir(exist_ok=True)
    assert cv2.imwrite(str(folder / "images" / f"{name}.png"), pixels)
    relative = truth / np.array([*wh, *wh])
    rows = [
        f"{(x1 + x2) / 2:.6f} {(y1 + y2) / 2:.6f} {x2 - x1:.6f} {y2 - y1:.6f}"
        for x1, y1, x2, y2 in relative
    ]
    (folder / "labels" / f"{name}.txt").write_text("\n".join(rows), "ascii")


def test_labels_are_read_as_corners(tmp_path: Path) -> None:
    labelled(tmp_path, "b", (200, 100), ())
    labelled(tmp_path, "a", (1280, 720), THREE)
    labelled(tmp_path, "c", (200, 100), ())
    (tmp_path / "labels" / "c.txt").unlink()
    first, second = labelled_pictures(tmp_path)
    assert (first.file.name, second.file.name) == ("a.png", "b.png")
    assert second.people.shape == (0, 4)
    _, truth = scene((1280, 720), THREE)
    np.testing.assert_allclose(first.people * [1280, 720, 1280, 720], truth, atol=0.01)


def test_a_label_that_is_not_four_numbers_is_refused(tmp_path: Path) -> None:
    labelled(tmp_path, "a", (200, 100), ())
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 0.1 0.1", "ascii")
    with pytest.raises(ValueError, match="not four numbers"):
        list(labelled_pictures(tmp_path))


def test_an_empty_folder_has_no_accuracy(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    detector = open_detector(Detection(model="hog"), bundled_models())
    with pytest.raises(ValueError, match="no labelled pictures"):
        evaluate(detector, tmp_path, [0.33])


def test_counts_are_judged_at_each_threshold(tmp_path: Path) -> None:
    labelled(tmp_path, "three", (1280, 720), THREE)
    labelled(tmp_path, "one", (960, 540), ((1, 300, 300),))
    labelled(tmp_path, "none", (960, 540), ())
    detector = open_detector(Detection(), bundled_models())
    right, strict = evaluate(detector, tmp_path, [0.33, 0.94])
    assert (right.pictures, right.people, right.threshold) == (3, 4, 0.33)
    assert right.ap50 == strict.ap50 == pytest.approx(1.0)
    assert (right.mean_count_error, right.exact_share, right.false_alarm_share) == (0.0, 1.0, 0.0)
    assert strict.mean_count_error == pytest.approx(4 / 3)
    assert strict.exact_share == pytest.approx(1 / 3)


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("precision", "runtime", "least_ap50", "largest_error"),
    [("int8", "onnxruntime", 0.61, 0.62), ("float32", "opencv", 0.61, 0.70)],
)
def test_real_people_are_counted_as_well_as_promised(
    shared_data: Path, precision: str, runtime: str, least_ap50: float, largest_error: float
) -> None:
    detector: Detector = open_nanodet(bundled_models(), runtime, precision)  # type: ignore[arg-type]
    (result,) = evaluate(detector, shared_data / "people", [Detection().threshold])
    assert (result.pictures, result.people) == (128, 254)
    assert result.ap50 >= least_ap50
    assert result.mean_count_error <= largest_error


Run = tuple[Runtime, Precision, int]


@cache
def ap50_on_real_people(folder: Path, run: Run) -> float:
    runtime, precision, threads = run
    detector = open_nanodet(bundled_models(), runtime, precision, threads)
    with opencv_threads(threads):
        (result,) = evaluate(detector, folder, [Detection().threshold])
    return result.ap50


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("onnxruntime", "int8", 1), ("onnxruntime", "int8", 2)),
        (("onnxruntime", "float32", 1), ("onnxruntime", "float32", 2)),
        (("onnxruntime", "float32", 1), ("opencv", "float32", 1)),
        (("onnxruntime", "float32", 1), ("opencv", "float32", 2)),
    ],
)
def test_threads_and_runtimes_agree_on_real_people(shared_data: Path, one: Run, other: Run) -> None:
    people = shared_data / "people"
    assert abs(ap50_on_real_people(people, one) - ap50_on_real_people(people, other)) < 0.005


def test_threads_and_runtimes_agree_on_simulated_people() -> None:
    painter = Painter(Scene(1, (1280, 720)), "Agreement")
    pictures = [painter.pixels(at_s) for at_s in range(0, 60, 10)]
    runs: list[Run] = [
        ("onnxruntime", "float32", 1),
        ("onnxruntime", "float32", 2),
        ("opencv", "float32", 1),
    ]
    first, *others = (open_nanodet(bundled_models(), *run) for run in runs)
    assert sum(first.detect(one, Detection().threshold).count for one in pictures) > 5
    for other in others:
        found = agreement(first, other, pictures, Detection().threshold)
        assert found.same_counts == len(pictures)
        assert found.score_difference < 0.005
        assert found.least_overlap > 0.99


def test_the_found_are_told_by_their_height(tmp_path: Path) -> None:
    # Two of three tall people and nobody else is found at so strict a threshold.
    labelled(tmp_path, "three", (1280, 720), THREE)
    labelled(tmp_path, "far", (1280, 720), ((0, 300, 60),))
    detector = open_detector(Detection(), bundled_models())
    scores = detector.detect(scene((1280, 720), THREE)[0], 0.3).scores
    strict = float(scores[1] + scores[2]) / 2
    (result,) = evaluate(detector, tmp_path, [strict])
    far, middle, near = result.found_share
    assert (far, middle) == (0.0, None)
    assert near == pytest.approx(2 / 3)
