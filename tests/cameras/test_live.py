"""A stream is watched for some seconds, as `camwatch count` does."""

from __future__ import annotations

import asyncio

import pytest

from camwatch.cameras.live import LiveStream
from camwatch.cameras.mjpeg import MjpegPull
from camwatch.cameras.stream import SkippedPicture, SourcePicture
from camwatch.cameras.stream_task import OnPicture
from camwatch.config import CameraPolicy
from camwatch.domain import Reason
from camwatch.errors import CameraError, InvalidSetting
from tests.cameras.test_mjpeg import HEAD, part, stream
from tests.support.fault_camera import Connection, FaultCamera, answer, jpeg

LIMITS = CameraPolicy(stream_open_timeout_s=2, stream_stall_timeout_s=1)


def test_a_stream_is_watched_at_the_wished_rate_for_the_wished_time() -> None:
    with FaultCamera(stream(0.01)) as source:
        live = LiveStream(f"http://127.0.0.1:{source.port}/stream", LIMITS, 1.0, 10)
        pictures = list(live.pictures())
    times = [picture.t_s for picture in pictures if isinstance(picture, SourcePicture)]
    assert len(times) == len(pictures) == live.frames
    assert 7 <= len(times) <= 12
    assert times[0] == 0.0
    assert times == sorted(times)
    assert times[-1] <= 1.0


def test_a_picture_that_is_damaged_is_passed_over() -> None:
    async def reply(connection: Connection, _head: str) -> None:
        await connection.write(HEAD)
        for wh in ((64, 48), (8, 8), (64, 48)):
            await connection.write(part(jpeg(1, wh)))
            await asyncio.sleep(0.1)
        connection.transport.close()

    with FaultCamera(reply) as source:
        live = LiveStream(f"http://127.0.0.1:{source.port}/stream", LIMITS, 5.0, 20)
        pictures = live.pictures()
        kinds = [type(next(pictures)) for _ in range(3)]
        with pytest.raises(CameraError) as broke:
            list(pictures)
    assert kinds == [SourcePicture, SkippedPicture, SourcePicture]
    assert broke.value.reason is Reason.DISCONNECTED


def test_what_is_no_stream_is_told() -> None:
    with FaultCamera(answer(jpeg())) as source, pytest.raises(CameraError) as told:
        list(LiveStream(f"http://127.0.0.1:{source.port}/x", LIMITS, 5.0).pictures())
    assert told.value.reason is Reason.FORMAT
    with pytest.raises(InvalidSetting):
        LiveStream("file:///etc/passwd", LIMITS, 5.0)


@pytest.mark.expects_warning
def test_a_bug_ends_the_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(_self: MjpegPull, _on_picture: OnPicture) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(MjpegPull, "run", run)
    with pytest.raises(CameraError) as told:
        list(LiveStream("http://127.0.0.1:9/x", LIMITS, 5.0).pictures())
    assert told.value.reason is Reason.PROTOCOL
    assert told.value.detail.startswith("unforeseen error ")


def test_whoever_stops_early_leaves_nothing_running() -> None:
    with FaultCamera(stream(0.01)) as source:
        pictures = LiveStream(f"http://127.0.0.1:{source.port}/stream", LIMITS, 60.0).pictures()
        next(pictures)
        pictures.close()  # type: ignore[attr-defined]
