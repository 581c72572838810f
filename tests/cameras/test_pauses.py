"""A camera that is paused, edited or ended leaves nothing behind that still receives."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.cameras.snapshots import SnapshotTask
from camwatch.config import CameraPolicy
from camwatch.domain import CameraId, CameraState, Picture, Reason
from camwatch.errors import CameraError
from tests.cameras import watched as many
from tests.cameras.asking import until
from tests.cameras.test_polling import Watched, camera
from tests.cameras.test_streams import children, recording
from tests.support.fault_camera import FaultCamera, jpeg, moving

LIMITS = CameraPolicy(stream_open_timeout_s=10, breaker_pause_s=0.5)
HALTS = pytest.mark.expects_warning


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder with two pictures."""
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    return tmp_path


@HALTS
@pytest.mark.fault("F57")
def test_after_a_sleep_a_camera_has_one_reader_that_ends_with_it(pictures: Path) -> None:
    watched = Watched(LIMITS)

    async def sleep_twice() -> None:
        await watched.has_pictures(1)
        for _ in range(2):
            before = children()
            watched.polling._resumed_s = float("-inf")
            watched.polling.resumed(3600.0)
            seen = len(watched.pictures)
            await until(lambda seen=seen: len(watched.pictures) >= seen + 3)  # type: ignore[misc]
            assert len(children()) == 1
            assert children() != before
        watched.polling.retry_now(CameraId(1))
        watched.polling.set_cameras([])
        await until(lambda: not children())

    watched.run([camera(recording(pictures))], sleep_twice)
    assert CameraState.BAD_DATA not in watched.states()


@HALTS
def test_a_recording_that_was_played_once_stays_ended_over_a_sleep(pictures: Path) -> None:
    watched = Watched(LIMITS)

    async def sleep() -> None:
        await watched.is_in(CameraState.OFFLINE)
        task, seen = watched.polling._tasks[CameraId(1)], len(watched.pictures)
        watched.polling.resumed(60.0)
        await asyncio.sleep(0.3)
        assert (task.health.reason, children()) == (Reason.ENDED, [])
        assert len(watched.pictures) == seen
        watched.polling.retry_now(CameraId(1))
        await until(lambda: len(watched.pictures) > seen)

    watched.run([camera(recording(pictures, loops=False))], sleep)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process by a signal")
def test_readers_that_hang_are_ended_side_by_side_and_soon(pictures: Path) -> None:
    watched = Watched(LIMITS)
    close: list[Picture] = []
    watched.polling._deliver_focus = close.append
    settings = replace(recording(pictures), main_path="/main")
    took_s = 0.0

    async def stop() -> None:
        nonlocal took_s
        await watched.has_pictures(1)
        watched.polling.focus(CameraId(1))
        await until(lambda: bool(close))
        hanging = children()
        assert len(hanging) == 2
        for one in hanging:
            one.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        watched.polling.stop()
        await until(lambda: not any(one.is_running() for one in hanging))
        took_s = time.monotonic() - began_s

    watched.run([camera(settings)], stop)
    assert took_s < 2.5, "all of the program has so long to end"


def test_what_still_clears_up_at_the_end_has_its_session() -> None:
    watched = Watched(LIMITS)
    ended: list[asyncio.Task[None]] = []

    async def take_one_more_picture() -> None:
        await watched.polling._stop.wait()
        await asyncio.sleep(0.05)
        assert not watched.polling.session.closed

    async def stop() -> None:
        await watched.has_pictures(1)
        ended.append(asyncio.create_task(take_one_more_picture()))
        watched.polling.clears_up(ended[0])

    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], stop)
    assert ended[0].exception() is None


@HALTS
@pytest.mark.fault("F57")
def test_after_a_sleep_the_device_is_looked_at_anew() -> None:
    watched = Watched(LIMITS)

    async def sleep() -> None:
        await watched.has_pictures(1)
        device = watched.polling._tasks[CameraId(1)].device

        def is_due() -> bool:
            return device.is_due

        assert not is_due()
        watched.polling.resumed(8 * 3600.0)
        assert is_due()
        await until(lambda: not is_due())

    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], sleep)


def test_a_picture_that_is_refused_late_says_nothing_of_a_camera_switched_off() -> None:
    watched = Watched(LIMITS)

    async def switch_off() -> None:
        await watched.has_pictures(1)
        off = camera(replace(source.settings(), is_enabled=False))
        watched.polling.set_cameras([off])
        watched.polling.picture_failed(watched.pictures[0], CameraError(Reason.CORRUPT))

    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], switch_off)
    assert watched.states()[-1] is CameraState.DISABLED
    assert watched.reasons() == []


@HALTS
@pytest.mark.fault("F56")
def test_a_bug_while_the_network_goes_leaves_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    has_network = True
    asked = 0

    async def ask(_self: SnapshotTask) -> bytes:
        nonlocal asked, has_network
        asked += 1
        if asked == 1:
            has_network = False
            raise RuntimeError("a bug")
        return jpeg(asked)

    monkeypatch.setattr(SnapshotTask, "_ask", ask)
    monkeypatch.setattr("camwatch.cameras.polling.needs_network", lambda _settings: True)
    watched = many.Watched(LIMITS, lambda: has_network)

    def running() -> int:
        return sum(task.get_name() == "camera 1" for task in asyncio.all_tasks())

    async def outage() -> None:
        nonlocal has_network
        await until(lambda: watched.state(1) == (CameraState.OFFLINE, Reason.HOST_OFFLINE))
        await asyncio.sleep(0.1)
        assert running() == 0
        has_network = True
        await until(lambda: len(watched.pictures) >= 2)
        assert running() == 1

    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], outage)
