"""Recordings and devices are polled like cameras, through a process of their own."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from camwatch.cameras.reader import process
from camwatch.cameras.reader.messages import Kind, Message
from camwatch.config import CameraPolicy
from camwatch.domain import CameraId, CameraSettings, CameraState, Reason, SourceKind, utc_now
from camwatch.events import CameraStateChanged
from tests.cameras.asking import until
from tests.cameras.test_polling import Watched, camera
from tests.support.fault_camera import jpeg

LIMITS = CameraPolicy(stream_open_timeout_s=10, breaker_pause_s=0.5)
HALTS = pytest.mark.expects_warning


def recording(file: Path, interval_s: float = 0.1, *, loops: bool = True) -> CameraSettings:
    return CameraSettings(
        name="Recording",
        location="Test",
        host="",
        kind=SourceKind.FILE,
        device=str(file),
        interval_s=interval_s,
        loops=loops,
    )


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def test_a_video_is_polled_and_counted_as_polls(videos: Path) -> None:
    watched = Watched(LIMITS)
    watched.run([camera(recording(videos / "h264.mp4"))], lambda: watched.has_pictures(5))
    assert [picture.seq for picture in watched.pictures[:5]] == [1, 2, 3, 4, 5]
    assert {picture.wh for picture in watched.pictures} == {(320, 240)}
    assert watched.states() == [CameraState.CONNECTING, CameraState.OK]
    stats = watched.polling.stats()
    assert stats.done == len(watched.pictures) == len(stats.latency_ms)
    assert stats.due == stats.done + stats.missed
    assert not children()


@HALTS
def test_a_recording_that_has_ended_waits_until_somebody_asks_for_it(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    watched = Watched(LIMITS)

    async def again() -> None:
        await watched.is_in(CameraState.OFFLINE)
        seen = len(watched.pictures)
        await asyncio.sleep(1.5)
        assert (len(watched.pictures), children()) == (seen, [])
        watched.polling.retry_now(CameraId(1))
        await until(lambda: len(watched.pictures) > seen)

    watched.run([camera(recording(tmp_path, loops=False))], again)
    ended = [event for event in watched.events if isinstance(event, CameraStateChanged)][2]
    assert (ended.reason, ended.retry_at) == (Reason.ENDED, None)


@HALTS
def test_a_device_that_is_not_there_is_told_of() -> None:
    watched = Watched(LIMITS)
    settings = replace(recording(Path("/x")), kind=SourceKind.USB, device="251")
    watched.run([camera(settings)], lambda: watched.is_in(CameraState.OFFLINE))
    assert set(watched.reasons()) == {Reason.NO_DEVICE}


def test_another_interval_starts_the_reader_anew_and_leaves_none_behind(videos: Path) -> None:
    watched = Watched(LIMITS)
    one = camera(recording(videos / "h264.mp4"))

    async def edit() -> None:
        await watched.has_pictures(2)
        (before,) = children()
        slower = replace(one, settings=replace(one.settings, interval_s=0.2))
        watched.polling.set_cameras([slower])
        await until(lambda: watched.pictures[-1].interval_s == 0.2)
        await until(lambda: not before.is_running())
        assert watched.pictures[-1].seq > 2

    watched.run([one], edit)
    assert not children()


@HALTS
def test_while_this_computer_cannot_receive_no_reader_runs(videos: Path) -> None:
    watched = Watched(LIMITS)

    async def sleep_a_while() -> None:
        await watched.has_pictures(2)
        task = watched.polling._tasks[CameraId(1)]
        task.pause(Reason.ASLEEP, utc_now())
        await until(lambda: not children())
        seen = len(watched.pictures)
        await asyncio.sleep(1.0)
        assert len(watched.pictures) == seen
        task.go_on(time.monotonic())
        await watched.has_pictures(seen + 2)

    watched.run([camera(recording(videos / "h264.mp4"))], sleep_a_while)
    assert watched.states() == [
        *(CameraState.CONNECTING, CameraState.OK, CameraState.OFFLINE, CameraState.OK),
    ]
    assert not watched.reasons()
    assert not children()


def test_a_stream_as_slow_as_it_is_wished_does_not_stall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The camera sends a picture each 1.2 s, and at an interval of 1 s may take 3 s."""
    begin = Message(Kind.READY).to_bytes()
    pictures = [Message(Kind.PICTURE, jpeg(number)).to_bytes() for number in range(3)]
    code = (
        f"import os, time\nos.write(1, {begin!r})\n"
        f"for one in {pictures!r}: os.write(1, one); time.sleep(1.2)"
    )
    monkeypatch.setattr(process, "program", lambda: [sys.executable, "-c", code])
    watched = Watched(LIMITS.model_copy(update={"stream_stall_timeout_s": 0.5}))
    watched.run([camera(recording(tmp_path, 1.0))], lambda: watched.has_pictures(3))
    assert watched.reasons() == []
