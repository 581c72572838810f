"""A detector that hangs inside its runtime is left behind, and counting goes on without it."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from camwatch.detect.detector import Detector
from camwatch.domain import CameraId, Detections, Picture, Pixels, Sight
from camwatch.errors import ModelHangs
from camwatch.events import WorkerStopped
from camwatch.workers.analysis import AnalysisWorker, SharedDetector
from camwatch.workers.hangs import LeftBehind, Patience, Search, SearchWatch
from camwatch.workers.supervisor import Supervisor
from tests.data.values import NOON
from tests.workers.test_analysis import GATE, Bench, FixedDetector, counted, scenery


class HangingDetector(FixedDetector):
    """Finds the same two people once it may end."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = threading.Event()

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        self.may_end.wait(30.0)
        return super().detect(pixels, threshold)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench()


class Hanging:
    """Analysis under a supervisor; each detector that is opened hangs if the plan says so."""

    def __init__(self, bench: Bench, *hangs: bool) -> None:
        self.may_open = threading.Event()
        self.may_open.set()
        self.bench = bench
        self.stopped: list[WorkerStopped] = []
        self.opened: list[HangingDetector] = []
        self._plan = list(hangs)
        bench.bus.subscribe(WorkerStopped, self.stopped.append)
        shared = self.shared = SharedDetector(self.open, bench.bus, hangs_after_s=0.2)
        self.supervisor = Supervisor(bench.bus)
        self.supervisor.add(
            lambda: AnalysisWorker(
                "analysis-1",
                bench.inbox,
                bench.counters,
                shared,
                lambda picture, error: bench.refused.append((picture, error)),
                bench.bus,
            )
        )

    def open(self) -> Detector:
        self.may_open.wait(30.0)
        detector = HangingDetector()
        self.opened.append(detector)
        if not (self._plan and self._plan.pop(0)):
            detector.may_end.set()
        return detector

    def release(self) -> None:
        for detector in self.opened:
            detector.may_end.set()

    def end(self, qtbot: QtBot) -> None:
        self.release()
        qtbot.waitUntil(lambda: not any(one.isRunning() for one in self.supervisor._left_behind))
        assert self.supervisor.stop() == []


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_a_detector_that_hangs_is_left_behind_and_counting_goes_on(
    bench: Bench, qtbot: QtBot
) -> None:
    hanging = Hanging(bench, True)
    hanging.supervisor.start()
    bench.look(1)
    qtbot.waitUntil(lambda: bool(hanging.stopped), timeout=10_000)
    bench.look(2)
    assert counted(bench, qtbot, 2).count == 2
    # What it finds after all is of a picture that nobody waits for any more.
    hanging.release()
    bench.look(3)
    counted(bench, qtbot, 3)
    hanging.end(qtbot)
    assert [one.seq for one in bench.counts] == [2, 3]
    assert [(one.worker, one.is_off) for one in hanging.stopped] == [("analysis-1", False)]
    assert [change.error for change in bench.changes] == [None, None]
    assert len(hanging.opened) == 2


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_three_that_hang_in_a_minute_turn_counting_off(bench: Bench, qtbot: QtBot) -> None:
    hanging = Hanging(bench, True, True, True)
    hanging.supervisor.start()
    for seq in range(3):
        bench.look(seq)
        qtbot.waitUntil(lambda: len(hanging.stopped) == seq + 1, timeout=10_000)  # noqa: B023
    assert isinstance(bench.changes[-1].error, ModelHangs)
    bench.look(4)
    qtbot.waitUntil(lambda: len(bench.inbox) == 0)
    hanging.end(qtbot)
    assert bench.counts == []
    assert len(hanging.opened) == 3


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_the_program_ends_while_a_detector_hangs(bench: Bench, qtbot: QtBot) -> None:
    hanging = Hanging(bench, True)
    hanging.supervisor.start()
    bench.look(1)
    qtbot.waitUntil(lambda: bool(hanging.stopped), timeout=10_000)
    (left,) = hanging.supervisor._left_behind
    assert hanging.supervisor.stop() == ["analysis-1"]
    hanging.release()
    assert left.wait(5000)


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_giving_up_does_not_wait_for_a_model_that_is_being_opened(
    bench: Bench, qtbot: QtBot
) -> None:
    hanging = Hanging(bench, True)
    hanging.supervisor.start()
    qtbot.waitUntil(lambda: bool(hanging.opened))
    hanging.may_open.clear()
    bench.look(1)
    qtbot.waitUntil(lambda: bool(hanging.stopped), timeout=10_000)
    # The next worker opens the model now, as long as it takes.
    hanging.shared.hung(hanging.opened[0], ModelHangs(3.0), 3.0)
    hanging.shared.failed(ModelHangs(3.0), 3.0)
    assert hanging.shared.present is None
    hanging.may_open.set()
    bench.look(2)
    assert counted(bench, qtbot, 2).count == 2
    hanging.end(qtbot)


@pytest.mark.fault("F65")
@pytest.mark.expects_warning
def test_what_other_cameras_gathered_is_kept_and_told_at_the_end(
    bench: Bench, qtbot: QtBot
) -> None:
    hall = CameraId(2)
    hanging = Hanging(bench, False, False)
    hanging.supervisor.start()
    bench.look(1)
    counted(bench, qtbot, 1)
    kept, _ = bench.counters.take(GATE, NOON)
    hanging.opened[0].may_end.clear()
    picture = Picture(hall, 1, scenery(7), (1280, 720), NOON, 5.0, 0.5)
    bench.inbox.put(hall, Sight(picture))
    qtbot.waitUntil(lambda: bool(hanging.stopped), timeout=10_000)
    assert bench.counters.take(GATE, NOON)[0] is kept
    hanging.end(qtbot)
    assert [hour.camera_id for event in bench.trails for hour in event.trails] == [GATE]


def test_a_slow_model_is_not_taken_for_one_that_hangs() -> None:
    patience = Patience(hangs_after_s=2.0)
    assert patience.limit_s(GATE) == 2.0
    patience.learn(GATE, 4.0)  # the first was left behind, and told how slow the model is
    assert patience.limit_s(GATE) == 80.0
    assert patience.limit_s(CameraId(2)) == 2.0
    patience.forget()
    for took_s in (0.02, 0.02, 0.02, 10.0):
        patience.learn(GATE, took_s)
    assert patience.limit_s(GATE) == 2.0


def test_a_late_search_gets_a_second_look() -> None:
    """After a night's sleep of the computer each search is late, and none of them hangs."""
    watch = SearchWatch(Patience(hangs_after_s=0.0))
    detector = FixedDetector()

    def search(camera_id: CameraId, looks: int) -> list[Search | None]:
        with watch.searching(camera_id, detector):
            return [watch.give_up_if_stuck() for _ in range(looks)]

    assert search(CameraId(1), 1) == [None]
    assert search(CameraId(2), 1) == [None]
    assert not watch.is_given_up
    with pytest.raises(LeftBehind):
        search(CameraId(3), 3)
    assert watch.is_given_up
