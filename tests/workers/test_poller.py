"""The poller's thread: commands from other threads, and an end that waits for no camera."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    Secret,
    SiteId,
)
from camwatch.errors import CameraError
from camwatch.events import Bus, CameraStateChanged, PollFailed
from camwatch.workers.poller import PollerWorker
from tests.support.fault_camera import FaultCamera, hang_after, jpeg, moving

PATIENT = CameraPolicy(snapshot_timeout_s=60)
STOPS_WITHIN_MS = 2000  # half a second is meant; the rest is for a busy machine


def camera(settings: CameraSettings, number: int = 1) -> Camera:
    return Camera(CameraId(number), f"uid-{number}", SiteId(1), settings, datetime.now(UTC))


class Desk:
    """A poller with what it delivers and publishes."""

    def __init__(self, password_for: Callable[[Camera], Secret | None]) -> None:
        self.pictures: list[Picture] = []
        self.states: list[CameraStateChanged] = []
        self.failures: list[PollFailed] = []
        bus = Bus()
        bus.subscribe(CameraStateChanged, self.states.append)
        bus.subscribe(PollFailed, self.failures.append)
        self.close: list[Picture] = []
        self.worker = PollerWorker(
            PATIENT, password_for, self.pictures.append, bus, deliver_focus=self.close.append
        )

    def is_in(self, state: CameraState) -> bool:
        return bool(self.states) and self.states[-1].state is state


def no_password(_camera: Camera) -> Secret | None:
    return None


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(no_password)
    yield desk
    desk.worker.request_stop()
    assert desk.worker.wait(STOPS_WITHIN_MS)


def test_pictures_and_states_come_out_of_the_thread(qtbot: QtBot, desk: Desk) -> None:
    with FaultCamera(moving()) as source:
        desk.worker.set_cameras([camera(source.settings(), 4)])
        desk.worker.start()
        qtbot.waitUntil(lambda: len(desk.pictures) >= 2)
        desk.worker.request_stop()
        assert desk.worker.wait(STOPS_WITHIN_MS)
    assert desk.pictures[0].data == jpeg(1)
    assert [event.state for event in desk.states] == [CameraState.CONNECTING, CameraState.OK]
    assert desk.states[1].camera_id == CameraId(4)
    assert desk.states[1].since == desk.states[1].at
    assert desk.worker.stats().done >= 2
    assert desk.failures == []


@pytest.mark.expects_warning
def test_commands_are_taken_while_it_runs(qtbot: QtBot, desk: Desk) -> None:
    with FaultCamera(hang_after()) as source:
        one = camera(source.settings())
        desk.worker.start()
        desk.worker.set_cameras([one])
        qtbot.waitUntil(lambda: len(source.requests) == 1)
        source.reply = moving()
        desk.worker.set_cameras([replace(one, settings=replace(one.settings, port=source.port))])
        desk.worker.set_cameras([])
        qtbot.waitUntil(lambda: not source.open_connections)
        desk.worker.set_cameras([one])
        qtbot.waitUntil(lambda: desk.is_in(CameraState.OK))
        qtbot.waitUntil(lambda: bool(desk.pictures))
        error = CameraError(Reason.CORRUPT, "damaged")
        desk.worker.picture_failed(desk.pictures[-1], error)
        qtbot.waitUntil(lambda: bool(desk.failures))
        desk.worker.retry_now(one.id)
        qtbot.waitUntil(lambda: desk.is_in(CameraState.OK))
    assert (desk.failures[0].reason, desk.failures[0].detail) == (Reason.CORRUPT, "damaged")
    assert CameraState.BAD_DATA in [event.state for event in desk.states]


def test_looking_closely_fetches_more_and_changes_nothing_about_counting(
    qtbot: QtBot, desk: Desk
) -> None:
    with FaultCamera(moving()) as source:
        settings = replace(source.settings(), interval_s=2.0)
        desk.worker.focus(CameraId(1))  # before it runs, as at the start of a window
        desk.worker.set_cameras([camera(settings, 1), camera(settings, 2)])
        desk.worker.start()
        qtbot.waitUntil(lambda: len(desk.close) >= 4)
        assert {picture.camera_id for picture in desk.close} == {CameraId(1)}
        counted = [picture for picture in desk.pictures if picture.camera_id == CameraId(1)]
        assert len(counted) <= 2
        assert {picture.interval_s for picture in desk.pictures} == {2.0}
        assert desk.worker.stats().done <= 4
        desk.worker.focus(CameraId(2))
        qtbot.waitUntil(lambda: desk.close[-1].camera_id == CameraId(2))
        desk.worker.focus(None)
        qtbot.wait(700)  # what was being fetched still comes
        seen = len(desk.close)
        qtbot.waitUntil(lambda: len(desk.pictures) >= len(counted) + 3)
        assert len(desk.close) == seen


@pytest.mark.fault("F03")
def test_it_stops_though_every_camera_hangs(qtbot: QtBot, desk: Desk) -> None:
    with FaultCamera(hang_after(b"HTTP/1.1 200 OK\r\n")) as source:
        cameras = [camera(source.settings(), number) for number in range(1, 61)]
        desk.worker.set_cameras(cameras)
        desk.worker.start()
        qtbot.waitUntil(lambda: len(source.open_connections) == 60)
        desk.worker.request_stop()
        assert desk.worker.wait(STOPS_WITHIN_MS)
        qtbot.waitUntil(lambda: not source.open_connections)


@pytest.fixture
def slow_look_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let look-ups hang; give the event that is set once one has begun."""
    has_begun, may_end = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            has_begun.set()
            may_end.wait(30.0)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield has_begun
    may_end.set()


@pytest.mark.fault("F35")
def test_slow_names_hold_up_neither_the_others_nor_the_end(
    qtbot: QtBot, desk: Desk, slow_look_up: threading.Event
) -> None:
    with FaultCamera(moving()) as source:
        slow = [
            camera(source.settings(host=f"camera-{number}.invalid"), number)
            for number in range(2, 70)
        ]
        named = camera(source.settings(host="localhost"))
        desk.worker.set_cameras([*slow, named])
        desk.worker.start()
        assert slow_look_up.wait(5.0)
        qtbot.waitUntil(lambda: len(desk.pictures) >= 3)
        desk.worker.request_stop()
        assert desk.worker.wait(STOPS_WITHIN_MS)
    assert {one.camera_id for one in desk.pictures} == {CameraId(1)}


def test_it_stops_though_the_keyring_hangs(qtbot: QtBot) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def read(_camera: Camera) -> Secret | None:
        has_begun.set()
        may_end.wait(30.0)
        return None

    desk = Desk(read)
    with FaultCamera(moving()) as source:
        desk.worker.set_cameras([camera(source.settings(username="op"))])
        desk.worker.start()
        assert has_begun.wait(5.0)
        desk.worker.request_stop()
        assert desk.worker.wait(STOPS_WITHIN_MS)
    may_end.set()
    assert source.requests == []


def test_a_stop_before_the_start_is_kept(qtbot: QtBot, desk: Desk) -> None:
    with FaultCamera(moving()) as source:
        desk.worker.set_cameras([camera(source.settings())])
        desk.worker.request_stop()
        desk.worker.start()
        assert desk.worker.wait(STOPS_WITHIN_MS)


def test_commands_after_the_end_do_no_harm(qtbot: QtBot, desk: Desk) -> None:
    desk.worker.start()
    desk.worker.request_stop()
    assert desk.worker.wait(STOPS_WITHIN_MS)
    desk.worker.set_cameras([])
    desk.worker.retry_now(CameraId(1))
    assert desk.worker.stats().due == 0


HUNG_LOOK_UP = """
import socket, sys, time
from datetime import UTC, datetime

socket.getaddrinfo = lambda *rest, **more: (print("looking up", flush=True), time.sleep(60))

from PySide6.QtCore import QCoreApplication
from camwatch.config import CameraPolicy
from camwatch.domain import Camera, CameraId, CameraSettings, SiteId
from camwatch.events import Bus
from camwatch.workers.poller import PollerWorker

application = QCoreApplication([])
worker = PollerWorker(CameraPolicy(), lambda camera: None, lambda picture: None, Bus())
settings = CameraSettings("Gate", "Wall", "camera.invalid")
worker.set_cameras([Camera(CameraId(1), "uid", SiteId(1), settings, datetime.now(UTC))])
worker.start()
sys.stdin.readline()
worker.request_stop()
sys.exit(0 if worker.wait(2000) else 1)
"""


@pytest.mark.fault("F35")
def test_a_hung_look_up_does_not_keep_the_process_alive() -> None:
    program: Sequence[str] = [sys.executable, "-c", HUNG_LOOK_UP]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        program, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "looking up\n"
        process.communicate("stop\n", timeout=20)  # the look-up alone takes a minute
    assert process.returncode == 0
