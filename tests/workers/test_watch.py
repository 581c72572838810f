"""Sleep and a set clock are published, and the poller asks all cameras anew after sleep."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Picture, Reason, utc_now
from camwatch.events import Bus, CameraStateChanged, ClockJumped, ComputerResumed, Event
from camwatch.resilience import ClockReading
from camwatch.workers.poller import PollerWorker
from camwatch.workers.watch import WatchWorker, read_clocks
from tests.cameras.watched import fleet
from tests.support.fault_camera import FaultCamera, moving


def test_the_clocks_of_this_computer_can_be_read() -> None:
    first, second = read_clocks(), read_clocks()
    assert second.running_s >= first.running_s
    assert second.elapsed_s >= first.elapsed_s
    assert abs(second.wall_s - utc_now().timestamp()) < 60


class HandClocks:
    """Clocks that go on by a second a reading, and that a test sets."""

    def __init__(self) -> None:
        self._now = ClockReading(10.0, 20.0, 1.7e9)
        self._lock = threading.Lock()
        self.has_begun = threading.Event()

    def read(self) -> ClockReading:
        now = self._go_on(1.0, 1.0, 1.0)
        self.has_begun.set()
        return now

    def sleep(self, seconds: float) -> None:
        self._go_on(0.0, seconds, seconds)

    def set(self, seconds: float) -> None:
        self._go_on(0.0, 0.0, seconds)

    def _go_on(self, running_s: float, elapsed_s: float, wall_s: float) -> ClockReading:
        with self._lock:
            now = self._now
            self._now = ClockReading(
                now.running_s + running_s, now.elapsed_s + elapsed_s, now.wall_s + wall_s
            )
            return self._now


@pytest.fixture
def clocks() -> HandClocks:
    return HandClocks()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def told(qtbot: QtBot, bus: Bus, clocks: HandClocks) -> Iterator[list[Event]]:
    found: list[Event] = []
    bus.subscribe(ComputerResumed, found.append)
    bus.subscribe(ClockJumped, found.append)
    worker = WatchWorker(bus, clocks.read, 0.02)
    worker.start()
    assert clocks.has_begun.wait(5.0)
    yield found
    worker.request_stop()
    assert worker.wait(2000)


@pytest.mark.expects_warning
@pytest.mark.fault("F57", "F58")
def test_sleep_and_a_set_clock_are_told_once_each(
    qtbot: QtBot, told: list[Event], clocks: HandClocks
) -> None:
    clocks.sleep(8 * 3600)
    qtbot.waitUntil(lambda: len(told) == 1)
    clocks.set(-3600)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert isinstance(told[0], ComputerResumed)
    assert told[0].asleep_s == pytest.approx(8 * 3600, abs=5)
    assert isinstance(told[1], ClockJumped)
    assert told[1].by_s == pytest.approx(-3600, abs=1)


@pytest.mark.expects_warning
@pytest.mark.fault("F57")
def test_after_sleep_the_poller_has_one_gap_and_asks_again(qtbot: QtBot, bus: Bus) -> None:
    states: list[CameraStateChanged] = []
    bus.subscribe(CameraStateChanged, states.append)
    poller = PollerWorker(CameraPolicy(), lambda _camera: None, lambda _picture: None, bus)
    with FaultCamera(moving()) as source:
        poller.set_cameras(fleet(source.settings(), ["127.0.0.1"]))
        poller.start()
        qtbot.waitUntil(lambda: bool(states) and states[-1].state is CameraState.OK)
        bus.publish(ComputerResumed(utc_now(), 3600.0))
        qtbot.waitUntil(lambda: len(states) == 4)
        poller.request_stop()
        assert poller.wait(2000)
    asleep = states[2]
    assert (asleep.state, asleep.reason) == (CameraState.OFFLINE, Reason.ASLEEP)
    # The gap began when the computer fell asleep, not when it woke up.
    assert (utc_now() - asleep.since).total_seconds() == pytest.approx(3600, abs=60)
    assert states[3].state is CameraState.OK
    bus.publish(ComputerResumed(utc_now(), 3600.0))  # after its end nobody listens
    assert len(states) == 4


@pytest.mark.fault("F58")
def test_a_set_clock_stops_no_poll_and_states_keep_their_age(qtbot: QtBot, bus: Bus) -> None:
    states: list[CameraStateChanged] = []
    pictures: list[Picture] = []
    bus.subscribe(CameraStateChanged, states.append)
    poller = PollerWorker(CameraPolicy(), lambda _camera: None, pictures.append, bus)
    with FaultCamera(moving()) as source:
        poller.set_cameras(fleet(source.settings(), ["127.0.0.1"]))
        poller.start()
        qtbot.waitUntil(lambda: bool(states) and states[-1].state is CameraState.OK)
        bus.publish(ClockJumped(utc_now(), -3600.0))
        qtbot.waitUntil(lambda: len(states) == 3)
        seen = len(pictures)
        qtbot.waitUntil(lambda: len(pictures) >= seen + 2)
        poller.request_stop()
        assert poller.wait(2000)
    known, again = states[1:]
    assert (again.state, again.reason) == (known.state, known.reason)
    assert again.since == known.since - timedelta(hours=1)
