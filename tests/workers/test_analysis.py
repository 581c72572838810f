"""Counting: one shared detector, still views taken over, and never a zero that was not counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.detect.detector import Detector
from camwatch.detect.view_counter import ViewCounters
from camwatch.domain import CameraId, Detections, Notice, Picture, Pixels, PlaceId, Reason, Sight
from camwatch.errors import CameraError, ModelMissing, ModelUnfit
from camwatch.events import Bus, CountMeasured, DetectorChanged, NoticesChanged, TrailsGathered
from camwatch.mailbox import LatestByKey
from camwatch.scene import Scene, SceneRecord, Zone
from camwatch.workers.analysis import AnalysisWorker, SharedDetector
from tests.data.values import NOON

GATE = CameraId(1)
LEFT = Zone("Left half", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))


class FixedDetector:
    """Finds the same two people in every picture, or fails when told to."""

    name = "fixed"
    runtime = "none"
    precision = "-"
    fingerprint = "0123456789abcdef"
    is_poor = False

    def __init__(self) -> None:
        self.is_broken = False
        self.searched = 0
        self.scores: tuple[float, ...] = (0.9, 0.5)

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        self.searched += 1
        if self.is_broken:
            raise ModelUnfit(None, "gives NaN")
        height, width = pixels.shape[:2]
        boxes = np.array([[0.1, 0.1, 0.2, 0.2], [0.5, 0.5, 1, 1]], np.float32)
        boxes *= np.array([width, height, width, height], np.float32)
        return Detections(boxes, np.array(self.scores, np.float32))


def scenery(seed: int) -> bytes:
    """Return a JPEG file that is another view for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (9, 16, 3), np.uint8)
    return encode_jpeg(np.kron(coarse, np.ones((80, 80, 1), np.uint8)))


class Bench:
    def __init__(self) -> None:
        self.bus = Bus()
        self.counts: list[CountMeasured] = []
        self.changes: list[DetectorChanged] = []
        self.trails: list[TrailsGathered] = []
        self.refused: list[tuple[Picture, CameraError]] = []
        self.bus.subscribe(CountMeasured, self.counts.append)
        self.bus.subscribe(DetectorChanged, self.changes.append)
        self.bus.subscribe(TrailsGathered, self.trails.append)
        self.inbox: LatestByKey[CameraId, Sight] = LatestByKey()
        self.detector = FixedDetector()
        self.shared = SharedDetector(self.open, self.bus)
        self.counters = ViewCounters(0.35)
        self.is_missing = False
        self.worker = AnalysisWorker(
            "analysis-1",
            self.inbox,
            self.counters,
            self.shared,
            lambda picture, error: self.refused.append((picture, error)),
            self.bus,
        )

    def open(self) -> Detector:
        if self.is_missing:
            raise ModelMissing(Path("nanodet.onnx"), "the model file is not there")
        return self.detector

    def show(self, seq: int, data: bytes) -> None:
        at = NOON + timedelta(seconds=seq / 2)
        self.inbox.put(GATE, Sight(Picture(GATE, seq, data, (1280, 720), at, 5.0 + seq / 2, 0.5)))

    def look(self, seq: int) -> None:
        """Show another view than before."""
        self.show(seq, scenery(seq))


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.worker.request_stop()
    assert bench.worker.wait(5000)


def counted(bench: Bench, qtbot: QtBot, seq: int) -> CountMeasured:
    qtbot.waitUntil(lambda: bool(bench.counts) and bench.counts[-1].seq == seq)
    return bench.counts[-1]


def test_a_picture_is_counted(bench: Bench, qtbot: QtBot) -> None:
    bench.worker.start()
    bench.look(3)
    measured = counted(bench, qtbot, 3)
    assert (measured.camera_id, measured.count, measured.number) == (GATE, 2, 2)
    assert measured.confidence == pytest.approx(0.7)
    assert measured.interval_s == 0.5
    assert measured.boxes[0].tolist() == pytest.approx([0.1, 0.1, 0.2, 0.2], abs=0.01)
    assert measured.model == "fixed"
    assert not measured.is_carried
    assert (measured.passing, measured.zones) == (None, ())
    assert [(change.model, change.error) for change in bench.changes] == [("fixed", None)]


def test_a_still_view_takes_over_what_was_found(bench: Bench, qtbot: QtBot) -> None:
    bench.worker.start()
    bench.show(0, scenery(1))
    counted(bench, qtbot, 0)
    bench.show(1, scenery(1))
    taken_over = counted(bench, qtbot, 1)
    assert (taken_over.count, taken_over.is_carried, taken_over.processing_s) == (2, True, 0.0)
    assert taken_over.boxes.tolist() == bench.counts[0].boxes.tolist()
    assert bench.detector.searched == 1
    bench.look(2)
    assert not counted(bench, qtbot, 2).is_carried
    assert bench.detector.searched == 2


def test_without_a_gate_every_picture_is_searched(bench: Bench, qtbot: QtBot) -> None:
    bench.counters.set_scenes([SceneRecord(GATE, Scene(recheck_s=0))])
    bench.worker.start()
    for seq in range(3):
        bench.show(seq, scenery(1))
        assert not counted(bench, qtbot, seq).is_carried
    assert bench.detector.searched == 3


def test_masks_zones_and_thresholds_are_those_of_the_scene(bench: Bench, qtbot: QtBot) -> None:
    ids = {LEFT.name: PlaceId(7)}
    bench.counters.set_scenes([SceneRecord(GATE, Scene(zones=(LEFT,), threshold=0.6), ids)])
    bench.worker.start()
    bench.look(0)
    first = counted(bench, qtbot, 0)
    assert first.count == 1
    assert first.weak_scores.tolist() == pytest.approx([0.5])
    assert [(zone.place_id, zone.name, zone.count) for zone in first.zones] == [
        (PlaceId(7), "Left half", 1)
    ]
    # From now on nobody in the left half counts, nor who always seems to be at the right.
    bench.counters.set_scenes(
        [SceneRecord(GATE, Scene(masks=(LEFT,), never=((0.52, 0.5, 1, 1),), smoothing_s=0))]
    )
    bench.look(1)
    second = counted(bench, qtbot, 1)
    assert (second.count, second.number, second.boxes.shape) == (0, 0, (0, 4))


def test_the_shown_number_does_not_flicker(bench: Bench, qtbot: QtBot) -> None:
    bench.counters.set_scenes([SceneRecord(GATE, Scene(recheck_s=0, smoothing_s=2))])
    bench.worker.start()
    numbers = []
    for seq in range(5):
        bench.detector.scores = (0.9, 0.1) if seq == 2 else (0.9, 0.5)
        bench.look(seq)
        measured = counted(bench, qtbot, seq)
        numbers.append((measured.count, measured.number))
    assert numbers == [(2, 2), (2, 2), (1, 2), (2, 2), (2, 2)]


def test_where_people_were_is_handed_over_at_the_end(bench: Bench, qtbot: QtBot) -> None:
    bench.worker.start()
    bench.look(0)
    counted(bench, qtbot, 0)
    bench.worker.request_stop()
    assert bench.worker.wait(5000)
    hours = [hour for event in bench.trails for hour in event.trails]
    assert [(hour.camera_id, float(hour.heat.presence_s.sum())) for hour in hours] == [(GATE, 1.0)]


@pytest.mark.fault("F64")
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
def test_another_model_counts_from_the_next_picture_on(bench: Bench, qtbot: QtBot) -> None:
    bench.is_missing = True
    bench.worker.start()
    qtbot.waitUntil(lambda: bool(bench.changes))
    other = FixedDetector()
    bench.shared.change(lambda: other)
    bench.look(1)
    counted(bench, qtbot, 1)
    assert other.searched == 1
    assert bench.changes[-1].error is None


@pytest.mark.fault("F65")
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


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_one_failure_costs_one_picture(bench: Bench, qtbot: QtBot) -> None:
    bench.detector.is_broken = True
    bench.worker.start()
    bench.look(1)
    qtbot.waitUntil(lambda: bench.detector.searched == 1)
    bench.detector.is_broken = False
    # The same picture again is not still: nothing is known of it.
    bench.show(2, scenery(1))
    assert counted(bench, qtbot, 2).count == 2
    assert bench.detector.searched == 2


@pytest.mark.expects_warning
def test_after_a_bug_the_camera_s_next_picture_is_counted_anew(bench: Bench, qtbot: QtBot) -> None:
    # Another thread goes on meanwhile, and keeps the counters.
    bench.counters.enter()
    hall = CameraId(2)
    hall_before, _ = bench.counters.take(hall, NOON)
    before, _ = bench.counters.take(GATE, NOON)
    bench.detector.scores = (0.9,)  # for two boxes
    with qtbot.waitSignal(bench.worker.crashed):
        bench.worker.start()
        bench.look(1)
    assert bench.worker.wait(5000)
    assert bench.counters.take(GATE, NOON)[0] is not before
    assert bench.counters.take(hall, NOON)[0] is hall_before
    # Its turn is over, so that whoever takes over can go on with it.
    bench.look(2)
    turn = bench.inbox.take_turn()
    assert turn is not None
    assert (turn[0], turn[1].picture.seq) == (GATE, 2)
    assert bench.counts == []


@pytest.mark.fault("F17")
def test_a_damaged_picture_of_a_hidden_camera_is_told_and_never_counted(
    bench: Bench, qtbot: QtBot
) -> None:
    damaged = bytearray(scenery(1))
    damaged[len(damaged) // 2 : len(damaged) // 2 + 300] = b"\xff\xd9" * 150
    bench.worker.start()
    bench.show(1, bytes(damaged))
    qtbot.waitUntil(lambda: bool(bench.refused))
    assert bench.refused[0][1].reason is Reason.CORRUPT
    assert bench.counts == []


@pytest.mark.fault("F25")
def test_a_black_view_is_told_once_and_its_counts_are_flagged(bench: Bench, qtbot: QtBot) -> None:
    told: list[NoticesChanged] = []
    bench.bus.subscribe(NoticesChanged, told.append)
    bench.worker.start()
    for seq in range(40):
        black = np.full((720, 1280, 3), 3 + seq % 3, np.uint8)
        bench.show(seq, encode_jpeg(black) if 4 <= seq < 22 else scenery(seq))
        measured = counted(bench, qtbot, seq)
        assert measured.count == 2
        if seq in (4, 21, 39):
            # Only after a while, and for a while after.
            assert measured.is_flagged is (seq == 21)
    assert [event.notices for event in told] == [frozenset({Notice.BLACK}), frozenset()]
    assert all(event.camera_id == GATE for event in told)
