"""Counting: one shared detector, and never a zero that was not counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.detect.detector import Detector
from camwatch.domain import CameraId, Detections, Frame, Picture, Pixels, utc_now
from camwatch.errors import ModelMissing, ModelUnfit
from camwatch.events import Bus, CountMeasured, DetectorChanged
from camwatch.mailbox import LatestByKey
from camwatch.workers.analysis import AnalysisWorker, SharedDetector

GATE = CameraId(1)


class FixedDetector:
    """Finds the same two people in every picture, or fails when told to."""

    name = "fixed"
    runtime = "none"
    precision = "-"
    is_poor = False

    def __init__(self) -> None:
        self.is_broken = False

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        if self.is_broken:
            raise ModelUnfit(None, "gives NaN")
        boxes = np.array([[64, 36, 128, 72], [320, 180, 640, 360]], np.float32)
        return Detections(boxes, np.array([0.9, 0.5], np.float32))


class Bench:
    def __init__(self) -> None:
        self.bus = Bus()
        self.counts: list[CountMeasured] = []
        self.changes: list[DetectorChanged] = []
        self.bus.subscribe(CountMeasured, self.counts.append)
        self.bus.subscribe(DetectorChanged, self.changes.append)
        self.inbox: LatestByKey[CameraId, Frame] = LatestByKey()
        self.detector = FixedDetector()
        self.is_missing = False
        self.worker = AnalysisWorker(
            "analysis-1", self.inbox, SharedDetector(self.open, self.bus), 0.35, self.bus
        )

    def open(self) -> Detector:
        if self.is_missing:
            raise ModelMissing(Path("nanodet.onnx"), "the model file is not there")
        return self.detector

    def look(self, seq: int) -> None:
        picture = Picture(GATE, seq, b"", (640, 360), utc_now(), 1.0, 0.5)
        self.inbox.put(GATE, Frame(picture, np.zeros((360, 640, 3), np.uint8)))


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.worker.request_stop()
    assert bench.worker.wait(5000)


def test_a_frame_is_counted(bench: Bench, qtbot: QtBot) -> None:
    bench.worker.start()
    bench.look(3)
    qtbot.waitUntil(lambda: bool(bench.counts))
    measured = bench.counts[0]
    assert (measured.camera_id, measured.seq, measured.count) == (GATE, 3, 2)
    assert measured.confidence == pytest.approx(0.7)
    assert measured.interval_s == 0.5
    assert measured.boxes[0].tolist() == pytest.approx([0.1, 0.1, 0.2, 0.2])
    assert measured.model == "fixed"
    assert [(change.model, change.error) for change in bench.changes] == [("fixed", None)]


@pytest.mark.expects_warning
def test_without_a_model_nothing_is_counted_and_it_is_said(bench: Bench, qtbot: QtBot) -> None:
    bench.is_missing = True
    bench.worker.start()
    qtbot.waitUntil(lambda: bool(bench.changes))
    bench.look(1)
    qtbot.waitUntil(lambda: len(bench.inbox) == 0)
    bench.worker.request_stop()
    assert bench.worker.wait(5000)
    assert isinstance(bench.changes[0].error, ModelMissing)
    assert bench.counts == []


@pytest.mark.expects_warning
def test_a_detector_that_fails_three_times_is_switched_off(bench: Bench, qtbot: QtBot) -> None:
    bench.detector.is_broken = True
    bench.worker.start()
    for seq in range(3):
        bench.look(seq)
        qtbot.waitUntil(lambda: len(bench.inbox) == 0)
    qtbot.waitUntil(lambda: bench.changes[-1:] != [] and bench.changes[-1].error is not None)
    assert isinstance(bench.changes[-1].error, ModelUnfit)
    assert bench.counts == []


@pytest.mark.expects_warning
def test_one_failure_costs_one_frame(bench: Bench, qtbot: QtBot) -> None:
    bench.detector.is_broken = True
    bench.worker.start()
    bench.look(1)
    qtbot.waitUntil(lambda: len(bench.inbox) == 0)
    bench.detector.is_broken = False
    bench.look(2)
    bench.look(3)
    qtbot.waitUntil(lambda: bool(bench.counts) and bench.counts[-1].seq == 3)
