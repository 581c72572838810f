from __future__ import annotations

import itertools
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from camwatch.config import Detection
from camwatch.detect.bench import (
    Times,
    agreement,
    alternating,
    bundled_variants,
    opencv_threads,
    rate,
    step_times,
)
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.hog import Hog
from camwatch.domain import Detections, Pixels
from camwatch.errors import ModelUnfit
from camwatch.paths import bundled_models
from tests.detect.scene import THREE, scene

THRESHOLD = Detection().threshold


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector(Detection(), bundled_models())


def picture() -> Pixels:
    return scene((1280, 720), THREE)[0]


def test_times_tell_median_and_the_rare_long_one() -> None:
    times = Times(tuple(float(value) for value in range(1, 101)))
    assert (times.median, times.best) == (50.5, 1.0)
    assert times.p95 == pytest.approx(95.05)


def test_the_stages_are_those_of_the_whole_step(detector: Detector) -> None:
    asked = itertools.count()

    def decode() -> Pixels:
        next(asked)
        return picture()

    steps = step_times(detector, decode, THRESHOLD, runs=4)
    assert next(asked) == 4 + 3  # and some to warm up
    assert steps.input_wh == (416, 256)
    stages = (steps.decode, steps.prepare, steps.network, steps.decode_output)
    assert all(stage is not None and len(stage.values) == 4 for stage in stages)
    sums = [sum(row) for row in zip(*(stage.values for stage in stages if stage), strict=True)]
    assert sums == pytest.approx(list(steps.whole.values))
    assert min(steps.whole.values) > 0


def test_a_detector_without_stages_is_measured_as_a_whole() -> None:
    steps = step_times(Hog(), lambda: np.full((128, 128, 3), 90, np.uint8), THRESHOLD, runs=2)
    assert len(steps.whole.values) == len(steps.decode.values) == 2
    assert (steps.prepare, steps.network, steps.decode_output, steps.input_wh) == (None,) * 4


def test_calls_are_timed_in_turn() -> None:
    order: list[str] = []
    one, other = alternating([lambda: order.append("a"), lambda: order.append("b")], runs=2)
    assert "".join(order) == "ab" * 5
    assert len(one.values) == len(other.values) == 2


class Counts:
    """Notes which threads ask it."""

    name, runtime, precision, is_poor = "counts", "none", "-", False
    fingerprint = "0123456789abcdef"

    def __init__(self, fails_after: int = 10**9) -> None:
        self.threads: set[int] = set()
        self.calls = itertools.count()
        self.fails_after = fails_after
        self.all_in = threading.Barrier(2, timeout=30)

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        number = next(self.calls)
        if number >= self.fails_after:
            raise ModelUnfit(Path("bad.onnx"), "no usable result")
        if number and threading.get_ident() not in self.threads:
            self.threads.add(threading.get_ident())
            self.all_in.wait()  # so that no thread is done before the other has begun
        return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32))


def test_all_threads_search_pictures_through_one_detector() -> None:
    counts = Counts()
    found = rate(counts, picture, THRESHOLD, threads=2, seconds=0.05)
    assert found.pictures_per_s > 0
    assert 0 < found.cores_got < 2.5
    assert len(counts.threads) == 2


def test_a_detector_that_fails_gives_no_rate() -> None:
    with pytest.raises(ModelUnfit):
        rate(Counts(fails_after=1), picture, THRESHOLD, threads=2, seconds=0.05)


def test_a_detector_agrees_with_itself_and_hog_does_not_agree(detector: Detector) -> None:
    pictures = [picture(), scene((640, 360))[0]]
    same = agreement(detector, detector, pictures, THRESHOLD)
    assert (same.pictures, same.same_counts, same.score_difference) == (2, 2, 0.0)
    assert same.least_overlap == pytest.approx(1.0)
    other = agreement(detector, Hog(), pictures, 0.2)
    assert other.score_difference > 0 or other.same_counts < 2


def test_the_threads_of_opencv_are_put_back() -> None:
    before = cv2.getNumThreads()
    with opencv_threads(2):
        assert cv2.getNumThreads() == 2
    assert cv2.getNumThreads() == before


def test_every_way_to_run_the_bundled_model_is_listed_the_default_first() -> None:
    assert bundled_variants(bundled_models()) == [
        ("onnxruntime", "int8"),
        ("onnxruntime", "float32"),
        ("opencv", "float32"),
    ]
