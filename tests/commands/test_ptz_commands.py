"""The commands that turn cameras."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from camwatch.auth.session import Session
from camwatch.cameras.onvif.control import PtzControl
from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, Reason, Role, Secret, SiteId
from camwatch.errors import CameraError, NotFound
from tests.commands.values import NOON, settings
from tests.support.onvif_device import SECRET, OnvifDevice, fault


@pytest.fixture
def turning(commands: Commands) -> Iterator[Commands]:
    """Give the commands, and end their thread."""
    yield commands
    commands.ptz_control.close()


def camera_of(device: OnvifDevice) -> Camera:
    return Camera(CameraId(1), "uid", SiteId(1), device.settings(), NOON)


def test_a_supervisor_turns_a_camera(
    turning: Commands, boss: Session, sessions: dict[Role, Session], database: Database
) -> None:
    with OnvifDevice("token") as device:
        camera = turning.add_camera(boss, device.settings(), SECRET)
        supervisor = sessions[Role.SUPERVISOR]
        entries = len(database.audit.newest(100))
        assert turning.ptz(supervisor, camera.id).can_move
        device.calls.clear()
        turning.ptz_move(supervisor, camera.id, 0.5, 0.0, 0.0)
        turning.ptz_stop(supervisor, camera.id)
        turning.ptz_goto_preset(supervisor, camera.id, "2")
        assert device.calls == ["ContinuousMove", "Stop", "GotoPreset"], "one request an order"
    assert len(database.audit.newest(100)) == entries, "hundreds of moves are no news"


def test_a_camera_without_onvif_is_not_asked(turning: Commands, boss: Session) -> None:
    camera = turning.add_camera(boss, settings(username=""), None)
    assert turning.ptz(boss, camera.id) == PtzAbilities()
    with pytest.raises(CameraError) as caught:
        turning.ptz_home(boss, camera.id)
    assert caught.value.reason is Reason.UNSUPPORTED


def test_a_camera_that_is_gone_is_not_turned(turning: Commands, boss: Session) -> None:
    with pytest.raises(NotFound):
        turning.ptz_stop(boss, CameraId(77))


def test_a_stop_is_tried_twice(turning: Commands, boss: Session) -> None:
    with OnvifDevice() as device:
        camera = turning.add_camera(boss, device.settings(username=""), None)
        device.answers["Stop"] = fault("Moving")
        with pytest.raises(CameraError):
            turning.ptz_stop(boss, camera.id)
        assert device.calls.count("Stop") == 2


@pytest.mark.fault("F26")
def test_a_refused_password_is_not_tried_again_until_it_is_another() -> None:
    password = Secret("wrong")
    with OnvifDevice("token") as device, PtzControl(lambda _camera: password) as control:
        camera = camera_of(device)
        for _ in range(3):
            with pytest.raises(CameraError) as caught:
                control.move(camera, 1.0, 0.0, 0.0)
            assert caught.value.reason is Reason.UNAUTHORIZED
        assert device.wrong_tries == 1
        password = SECRET
        control.move(camera, 1.0, 0.0, 0.0)
        assert device.calls[-1] == "ContinuousMove"


def test_the_newest_order_wins_and_a_stop_is_never_left_out() -> None:
    with OnvifDevice() as device, PtzControl(lambda _camera: None, limit_s=1.0) as control:
        camera = replace(camera_of(device), settings=device.settings(username=""))
        control.abilities(camera)
        device.hangs.add("ContinuousMove")
        device.calls.clear()
        threads = [threading.Thread(target=quietly, args=(control, camera, 1.0))]
        threads[0].start()
        until(lambda: device.calls == ["ContinuousMove"])
        threads += [
            threading.Thread(target=quietly, args=(control, camera, speed))
            for speed in (0.2, 0.4, 0.6)
        ]
        for thread in threads[1:]:
            thread.start()
        until(lambda: control.waiting == 4)
        control.stop(camera)
        for thread in threads:
            thread.join(5.0)
        assert device.calls == ["ContinuousMove", "Stop"], "older moves are not made up for"


def test_the_thread_ends_when_no_camera_is_moved_any_more() -> None:
    with OnvifDevice() as device, PtzControl(lambda _camera: None, kept_s=0.1) as control:
        camera = replace(camera_of(device), settings=device.settings(username=""))
        for _ in range(2):
            control.move(camera, 1.0, 0.0, 0.0)
            until(lambda: not any(thread.name == "ptz" for thread in threading.enumerate()))
        assert device.calls.count("ContinuousMove") == 2, "the next order starts it again"


def test_closing_gives_up_what_is_going_on() -> None:
    with OnvifDevice() as device, PtzControl(lambda _camera: None, limit_s=30.0) as control:
        camera = replace(camera_of(device), settings=device.settings(username=""))
        device.hangs.add("GetServices")
        failures: list[CameraError] = []

        def move() -> None:
            with pytest.raises(CameraError) as caught:
                control.move(camera, 1.0, 0.0, 0.0)
            failures.append(caught.value)

        thread = threading.Thread(target=move)
        thread.start()
        until(lambda: "GetServices" in device.calls)
        control.close()
        thread.join(5.0)
        assert [error.detail for error in failures] == ["given up"]
        control.close()


def quietly(control: PtzControl, camera: Camera, speed: float) -> None:
    with contextlib.suppress(CameraError):  # the one that hangs is given up
        control.move(camera, speed, 0.0, 0.0)


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10.0
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.01)
