"""The supervisor starts consumers first, restarts what breaks, and stops producers first."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from camwatch.events import Bus, WorkerStopped
from camwatch.workers.base import Worker
from camwatch.workers.supervisor import Supervisor


class Waiting(Worker):
    """Runs until it is asked to stop, and tells when it starts and ends."""

    def __init__(self, name: str, diary: list[str]) -> None:
        super().__init__(name)
        self._diary = diary
        self.is_working = threading.Event()

    def work(self) -> None:
        self._diary.append(f"{self.objectName()} works in {threading.current_thread().name}")
        self.is_working.set()
        self.stop_event.wait()
        self._diary.append(f"{self.objectName()} ended")


class Breaking(Worker):
    def work(self) -> None:
        raise RuntimeError("bug in a worker")


class Deaf(Worker):
    """Does not hear that it should stop."""

    may_end = threading.Event()

    def work(self) -> None:
        self.may_end.wait(20)


def test_workers_start_and_stop_in_order(qtbot: QtBot) -> None:
    diary: list[str] = []
    supervisor = Supervisor(Bus())
    made: list[Waiting] = []

    def post(name: str) -> None:
        def make() -> Worker:
            if made:
                assert made[-1].is_working.wait(5)
            made.append(Waiting(name, diary))
            return made[-1]

        supervisor.add(make)

    post("consumer")
    post("producer")
    supervisor.start()
    assert made[-1].is_working.wait(5)
    assert supervisor.stop() == []
    assert diary == [
        "consumer works in consumer",
        "producer works in producer",
        "producer ended",
        "consumer ended",
    ]


@pytest.mark.expects_warning
@pytest.mark.fault("F66")
def test_a_worker_that_keeps_breaking_is_restarted_five_times_then_off(qtbot: QtBot) -> None:
    bus = Bus()
    stopped: list[WorkerStopped] = []
    bus.subscribe(WorkerStopped, stopped.append)
    supervisor = Supervisor(bus)
    made: list[Worker] = []

    def make() -> Worker:
        made.append(Breaking("breaks"))
        return made[-1]

    supervisor.add(make)
    supervisor.start()
    qtbot.waitUntil(lambda: bool(stopped) and stopped[-1].is_off)
    assert len(made) == 6
    assert [one.is_off for one in stopped] == [False] * 5 + [True]
    assert len({one.error_id for one in stopped}) == 6
    assert supervisor.stop() == []


@pytest.mark.expects_warning
def test_a_worker_that_does_not_end_is_named_and_left_alone(qtbot: QtBot) -> None:
    Deaf.may_end.clear()
    supervisor = Supervisor(Bus())
    deaf: list[Worker] = []

    def make() -> Worker:
        deaf.append(Deaf("deaf"))
        return deaf[-1]

    supervisor.add(make)
    supervisor.start()
    qtbot.waitUntil(deaf[0].isRunning)
    assert supervisor.stop(deadline_s=0.1) == ["deaf"]
    Deaf.may_end.set()
    assert deaf[0].wait(5000)
