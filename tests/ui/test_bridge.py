from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, CameraState, Reason
from camwatch.events import (
    Bus,
    CamerasChanged,
    CameraStateChanged,
    CommonCause,
    CountMeasured,
    DetectorChanged,
    Event,
    HistorySaved,
    StorageSuspect,
    StorageTroubled,
    ThroughputMeasured,
    WorkerStopped,
)
from camwatch.ui.bridge import EventBridge
from tests.ui.live_edges import NOON, counted, in_state


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(qapp: object, bus: Bus) -> Iterator[EventBridge]:
    made = EventBridge(bus)
    yield made
    made.close()


def test_events_of_other_threads_arrive_on_the_gui_thread(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    threads: list[QThread] = []
    bridge.count_measured.connect(lambda _event: threads.append(QThread.currentThread()))
    thread = threading.Thread(target=lambda: bus.publish(counted(3)))
    with qtbot.waitSignal(bridge.count_measured) as waited:
        thread.start()
        thread.join()

    assert waited.args is not None
    assert waited.args[0].count == 3
    assert threads == [bridge.thread()]


def test_while_the_gui_is_busy_only_the_newest_count_of_each_camera_waits(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    received: list[CountMeasured] = []
    bridge.count_measured.connect(received.append)
    for seq in range(1, 1001):
        bus.publish(counted(seq, number=1, seq=seq))
        bus.publish(counted(seq + 5, number=2, seq=seq))
    assert received == []

    qtbot.waitUntil(lambda: bool(received))
    assert [(one.camera_id, one.count) for one in received] == [(1, 1000), (2, 1005)]


def test_the_order_between_kinds_is_kept(qtbot: QtBot, bus: Bus, bridge: EventBridge) -> None:
    received: list[Event] = []
    bridge.count_measured.connect(received.append)
    bridge.camera_state_changed.connect(received.append)
    bus.publish(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    bus.publish(counted(1))
    bus.publish(in_state(CameraState.OK))

    qtbot.waitUntil(lambda: bool(received))
    assert [type(one) for one in received] == [CountMeasured, CameraStateChanged]


EVERY_KIND = {
    "count_measured": counted(1),
    "camera_state_changed": in_state(CameraState.OK),
    "cameras_changed": CamerasChanged(NOON),
    "history_saved": HistorySaved(NOON, 5),
    "storage_troubled": StorageTroubled(NOON, None, 0),
    "storage_suspect": StorageSuspect(NOON, "disk", "It may be failing."),
    "detector_changed": DetectorChanged(NOON, "hog", "opencv", True),
    "throughput_measured": ThroughputMeasured(NOON, 21.0, 0.5),
    "worker_stopped": WorkerStopped(NOON, "poller", "id", False),
}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_each_kind_has_its_signal(qtbot: QtBot, bus: Bus, bridge: EventBridge, name: str) -> None:
    with qtbot.waitSignal(getattr(bridge, name)) as waited:
        bus.publish(EVERY_KIND[name])

    assert waited.args == [EVERY_KIND[name]]


def test_a_window_that_opens_later_learns_how_things_are(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    for event in EVERY_KIND.values():
        bus.publish(event)
    with qtbot.waitSignal(bridge.worker_stopped):
        bus.publish(in_state(CameraState.OFFLINE, Reason.TIMEOUT, since=NOON + timedelta(1)))
    received: list[Event] = []
    for name in EVERY_KIND:
        getattr(bridge, name).connect(received.append)
    bridge.replay()

    qtbot.waitUntil(lambda: len(received) == 6)
    kinds = {type(one) for one in received}
    assert kinds == {
        CountMeasured,
        CameraStateChanged,
        HistorySaved,
        StorageTroubled,
        StorageSuspect,
        DetectorChanged,
    }
    states = [one.state for one in received if isinstance(one, CameraStateChanged)]
    assert states == [CameraState.OFFLINE]


def test_what_is_told_again_does_not_come_after_something_newer(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    bus.publish(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    with qtbot.waitSignal(bridge.count_measured):
        bus.publish(counted(1))
    received: list[Event] = []
    bridge.count_measured.connect(received.append)
    bridge.camera_state_changed.connect(received.append)
    bus.publish(in_state(CameraState.OK))
    bridge.replay()

    qtbot.waitUntil(lambda: len(received) == 2)
    states = [one.state for one in received if isinstance(one, CameraStateChanged)]
    assert states == [CameraState.OK]


def test_counts_of_many_cameras_are_told_of_a_few_times_and_each_is_told(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    batches: list[tuple[CountMeasured, ...]] = []
    bridge.counts_measured.connect(batches.append)
    for number in range(1, 257):
        bus.publish(counted(number % 5, number=number))

    qtbot.waitUntil(lambda: sum(len(one) for one in batches) == 256)
    assert [one.camera_id for batch in batches for one in batch] == list(range(1, 257))
    assert len(batches) < 20


def test_no_change_of_state_is_lost_however_many_come_at_once(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    """With a listener that is so slow that the bridge has to take turns."""
    states: dict[int, CameraState] = {}
    turns: list[int] = []

    def listen(event: CameraStateChanged) -> None:
        time.sleep(0.001)
        states[event.camera_id] = event.state

    bridge.camera_state_changed.connect(listen)
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(len(states)))
    timer.start(0)

    def publish() -> None:
        for state in (CameraState.OFFLINE, CameraState.OK, CameraState.STALE):
            for number in range(1, 101):
                bus.publish(counted(number, number=number))
                bus.publish(in_state(state, number=number))

    thread = threading.Thread(target=publish)
    thread.start()
    qtbot.waitUntil(lambda: set(states.values()) == {CameraState.STALE} and len(states) == 100)
    thread.join()
    timer.stop()
    assert any(0 < seen < 100 for seen in turns)


def test_a_closed_bridge_emits_nothing(qtbot: QtBot, bus: Bus, bridge: EventBridge) -> None:
    received: list[Event] = []
    bridge.count_measured.connect(received.append)
    bus.publish(counted(1))
    bridge.close()
    bus.publish(counted(2))
    other = EventBridge(bus)
    with qtbot.waitSignal(other.count_measured):
        bus.publish(counted(3))
    other.close()

    assert received == []


@pytest.mark.fault("F54")
def test_a_common_cause_that_is_over_is_not_told_to_a_new_window(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    received: list[CommonCause] = []
    bridge.common_cause.connect(received.append)
    for key in ("1", "2"):
        bus.publish(CommonCause(NOON, key, "host", "10.0.3.9", (CameraId(1),), Reason.TIMEOUT))
    qtbot.waitUntil(lambda: len(received) == 2)
    bus.publish(CommonCause(NOON, "1", "host", "10.0.3.9", (), Reason.TIMEOUT))
    qtbot.waitUntil(lambda: len(received) == 3)
    received.clear()
    bridge.replay()
    qtbot.waitUntil(lambda: [event.key for event in received] == ["2"])


def test_common_causes_end_with_the_worker_that_told_them(
    qtbot: QtBot, bus: Bus, bridge: EventBridge
) -> None:
    received: list[CommonCause] = []
    bridge.common_cause.connect(received.append)
    for key in ("1", "2"):
        bus.publish(CommonCause(NOON, key, "host", "10.0.3.9", (CameraId(1),), Reason.TIMEOUT))
    qtbot.waitUntil(lambda: len(received) == 2)
    received.clear()
    bus.publish(WorkerStopped(NOON, "recorder", "1", is_off=False))
    bus.publish(CommonCause(NOON, "3", "host", "10.0.3.10", (CameraId(2),), Reason.TIMEOUT))
    bus.publish(WorkerStopped(NOON, "poller", "2", is_off=False))
    with qtbot.waitSignal(bridge.worker_stopped, check_params_cb=lambda told: told.error_id == "2"):
        pass
    assert {(event.key, event.camera_ids) for event in received} == {
        ("1", ()),
        ("2", ()),
        ("3", ()),
    }
    received.clear()
    bridge.replay()
    with qtbot.waitSignal(bridge.worker_stopped):
        bus.publish(WorkerStopped(NOON, "recorder", "3", is_off=False))
    assert received == []
