"""A camera that sends MJPEG is received at the wished rate, and again after each trouble."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count, pairwise

import pytest

from camwatch.cameras import stream_task
from camwatch.cameras.ticks import Ticks
from camwatch.config import CameraPolicy
from camwatch.domain import (
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    Secret,
    SourceKind,
)
from tests.cameras.asking import until
from tests.cameras.test_polling import Watched, camera
from tests.support.fault_camera import (
    Connection,
    FaultCamera,
    Reply,
    answer,
    close_after,
    hang_after,
    jpeg,
)

LIMITS = CameraPolicy(
    stream_open_timeout_s=0.6, stream_stall_timeout_s=0.6, breaker_pause_s=0.5, auth_pause_s=600
)
HALTS = pytest.mark.expects_warning
WH = (64, 48)
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
    b"Connection: close\r\n\r\n"
)


def part(picture: bytes, *headers: str, boundary: str = "frame") -> bytes:
    lines = [f"--{boundary}", "Content-Type: image/jpeg", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + picture + b"\r\n"


def stream(pause_s: float = 0.02, pictures: int | None = None, **how: str) -> Reply:
    """Send pictures, each another; then nothing more."""

    async def reply(connection: Connection, _head: str) -> None:
        await connection.write(HEAD)
        for number in count() if pictures is None else range(pictures):
            await connection.write(part(jpeg(number % 50), **how))
            await asyncio.sleep(pause_s)
        await asyncio.Event().wait()

    return reply


def flood() -> Reply:
    """Send as fast as is taken (F42)."""
    block = b"".join(part(jpeg(seed, (320, 240))) for seed in range(50))

    async def reply(connection: Connection, _head: str) -> None:
        await connection.write(HEAD)
        while True:
            await connection.write(block)

    return reply


def mjpeg(source: FaultCamera, interval_s: float = 0.1) -> CameraSettings:
    return replace(
        source.settings(interval_s=interval_s), kind=SourceKind.MJPEG, stream_path="/stream"
    )


def test_pictures_come_at_the_wished_rate() -> None:
    watched = Watched(LIMITS)
    with FaultCamera(stream(0.01)) as source:
        watched.run([camera(mjpeg(source))], lambda: watched.has_pictures(6))
        assert source.connections == 1
    gaps = [
        later.captured_s - earlier.captured_s
        for earlier, later in zip(watched.pictures, watched.pictures[1:], strict=False)
    ]
    # One each tenth of a second of the hundred that come in a second.
    assert sum(gaps) / len(gaps) > 0.07
    assert {picture.interval_s for picture in watched.pictures} == {0.1}
    assert watched.states() == [CameraState.CONNECTING, CameraState.OK]
    stats = watched.polling.stats()
    assert stats.done == len(watched.pictures)
    assert stats.due == stats.done + stats.missed


@pytest.mark.fault("F42")
def test_a_camera_that_floods_does_not_hold_up_the_others() -> None:
    watched = Watched(LIMITS)
    slow = stream(0.05)
    with FaultCamera(flood()) as flooding, FaultCamera(slow) as other:
        cameras = [camera(mjpeg(flooding), 1), camera(mjpeg(other), 2)]

        def of(number: int) -> list[Picture]:
            return [one for one in watched.pictures if one.camera_id == number]

        watched.run(cameras, lambda: until(lambda: len(of(2)) >= 8))
        assert 4 <= len(of(1)) <= 3 * len(of(2))


@pytest.mark.fault("F42")
@HALTS
def test_a_stream_without_any_boundary_is_given_up_at_the_limit() -> None:
    limits = LIMITS.model_copy(update={"max_picture_mib": 0.1})

    async def reply(connection: Connection, _head: str) -> None:
        await connection.write(HEAD + jpeg()[:-2])
        for _ in range(50 * 16):
            await connection.write(b"\x55" * 65536)

    watched = Watched(limits)
    with FaultCamera(reply) as source:
        watched.run([camera(mjpeg(source))], lambda: watched.is_in(CameraState.BAD_DATA))
        assert source.sent < 25 * 1024 * 1024  # what the system's buffers hold is sent too
    assert set(watched.reasons()) == {Reason.TOO_LARGE}


@HALTS
@pytest.mark.parametrize("breaks", ["stalls", "closes"])
def test_a_stream_that_breaks_is_told_once_and_comes_back_by_itself(breaks: str) -> None:
    watched = Watched(LIMITS)
    with FaultCamera(stream(pictures=3)) as source:

        async def outage() -> None:
            await watched.has_pictures(1)
            source.reply = hang_after() if breaks == "stalls" else close_after()
            if breaks == "closes":
                for connection in tuple(source.open_connections):
                    source._loop.call_soon_threadsafe(connection.transport.abort)  # type: ignore[union-attr]
            await watched.is_in(CameraState.OFFLINE)
            seen = len(watched.pictures)
            source.reply = stream()
            await watched.has_pictures(seen + 2)

        watched.run([camera(mjpeg(source))], outage)
    first = Reason.STALLED if breaks == "stalls" else Reason.DISCONNECTED
    assert first in watched.reasons()[:2]
    assert watched.states() == [
        *(CameraState.CONNECTING, CameraState.OK, CameraState.OFFLINE, CameraState.OK),
    ]


@HALTS
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(status="404 None"), Reason.NOT_FOUND),
        (answer(b"<html>", kind="text/html"), Reason.WEB_PAGE),
        (answer(jpeg()), Reason.FORMAT),
        (
            answer(b"#EXTM3U\nhttp://127.0.0.1:9/x", kind="application/vnd.apple.mpegurl"),
            Reason.FORMAT,
        ),
        (answer(b"", "Content-Encoding: gzip", kind="multipart/x"), Reason.ENCODED),
        (hang_after(), Reason.TIMEOUT),
        (hang_after(HEAD), Reason.TIMEOUT),
    ],
)
def test_what_is_no_stream_is_named(reply: bytes | Reply, reason: Reason) -> None:
    watched = Watched(LIMITS)
    with FaultCamera(reply) as source:
        watched.run([camera(mjpeg(source))], lambda: until(lambda: bool(watched.reasons())))
    assert watched.reasons()[0] is reason


@HALTS
@pytest.mark.fault("F50", "F51")
@pytest.mark.parametrize("scheme", ["http", "file", "rtsp"])
def test_a_stream_that_points_elsewhere_is_not_followed(scheme: str) -> None:
    with FaultCamera(answer(jpeg())) as other:
        location = f"Location: {scheme}://127.0.0.1:{other.port}/x"
        watched = Watched(LIMITS)
        with FaultCamera(answer(b"", location, status="302 Found")) as source:
            watched.run([camera(mjpeg(source))], lambda: watched.is_in(CameraState.BLOCKED))
        assert other.connections == 0
    assert set(watched.reasons()) == {Reason.REDIRECT}


@HALTS
def test_a_refused_password_is_tried_twice_and_no_more() -> None:
    watched = Watched(LIMITS)
    refusal = answer(b"", 'WWW-Authenticate: Digest realm="x", nonce="1"', status="401 No")
    with FaultCamera(refusal) as source:
        settings = replace(mjpeg(source), username="op")
        watched.password = Secret("wrong")

        async def refused() -> None:
            await watched.is_in(CameraState.AUTH_FAILED)
            await asyncio.sleep(3 * stream_task.RETRY_AFTER_S)

        watched.run([camera(settings)], refused)
        signed = [head for head in source.requests if "Authorization" in head]
    assert len(signed) == 2
    assert watched.reasons() == [Reason.UNAUTHORIZED] * 2


def test_looked_at_closely_every_picture_up_to_15_a_second_is_handed_on() -> None:
    watched = Watched(LIMITS)
    close: list[Picture] = []
    watched.polling._deliver_focus = close.append
    with FaultCamera(stream(0.01)) as source:

        async def look() -> None:
            await watched.has_pictures(1)
            assert not close
            watched.polling.focus(CameraId(1))
            await until(lambda: len(close) >= 10)
            counted = len(watched.pictures)
            watched.polling.focus(None)
            shown = len(close)
            await watched.has_pictures(counted + 1)
            assert len(close) == shown

        watched.run([camera(mjpeg(source, 0.3))], look)
        assert source.connections == 1
    gaps = [later.captured_s - one.captured_s for one, later in pairwise(close)]
    assert sum(gaps) / len(gaps) > 0.05
    assert len(watched.pictures) < len(close)


def test_the_main_stream_is_pulled_beside_the_counted_one_only_while_someone_looks() -> None:
    watched = Watched(LIMITS)
    close: list[Picture] = []
    watched.polling._deliver_focus = close.append

    async def by_path(connection: Connection, head: str) -> None:
        await connection.write(HEAD)
        for seed in count():
            wh = (320, 240) if "/main" in head else (64, 48)
            await connection.write(part(jpeg(seed % 9, wh)))
            await asyncio.sleep(0.02)

    with FaultCamera(by_path) as source:
        settings = replace(mjpeg(source), main_path="/main")

        async def look() -> None:
            await watched.has_pictures(1)
            watched.polling.focus(CameraId(1))
            await until(lambda: len(close) >= 3)
            watched.polling.focus(None)
            await until(lambda: len(source.open_connections) == 1)

        watched.run([camera(settings)], look)
        assert source.connections == 2
        alone = replace(settings, one_session=True)
        close.clear()

        async def look_again() -> None:
            watched.polling.focus(CameraId(1))
            await until(lambda: len(close) >= 3)

        watched.polling._stop = asyncio.Event()
        watched.run([camera(alone)], look_again)
        assert source.connections == 3
    assert {picture.wh for picture in watched.pictures} == {(64, 48)}


def by_path(paths: list[str]) -> Reply:
    """Send small pictures, and large ones of the main stream; keep which is open."""

    async def reply(connection: Connection, head: str) -> None:
        path = head.split()[1]
        paths.append(path)
        try:
            await connection.write(HEAD)
            for seed in count():
                await connection.write(part(jpeg(seed % 9, (320, 240) if path == "/main" else WH)))
                await asyncio.sleep(0.02)
        finally:
            paths.remove(path)

    return reply


def test_a_camera_edited_while_someone_looks_has_one_main_stream_that_ends() -> None:
    watched = Watched(LIMITS)
    paths: list[str] = []
    with FaultCamera(by_path(paths)) as source:
        settings = replace(mjpeg(source), main_path="/main")

        async def edit() -> None:
            await watched.has_pictures(1)
            watched.polling.focus(CameraId(1))
            await until(lambda: sorted(paths) == ["/main", "/stream"])
            watched.polling.set_cameras([camera(replace(settings, interval_s=0.2))])
            await until(lambda: source.connections >= 4)
            await until(lambda: sorted(paths) == ["/main", "/stream"])
            watched.polling.focus(None)
            await until(lambda: paths == ["/stream"])
            watched.polling.focus(CameraId(1))
            await until(lambda: sorted(paths) == ["/main", "/stream"])
            watched.polling.set_cameras([])
            await until(lambda: not paths)

        watched.run([camera(settings)], edit)
        assert source.connections == 5


@HALTS
def test_a_camera_restarted_while_someone_looks_shows_its_main_stream_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_task, "CLOSE_UP_PAUSES_S", (0.3, 0.6))
    watched = Watched(LIMITS)
    close: list[Picture] = []
    watched.polling._deliver_focus = close.append
    good, tries = by_path([]), 0

    async def without_main(connection: Connection, head: str) -> None:
        nonlocal tries
        if head.split()[1] == "/main":
            tries += 1
            await connection.write(answer(status="503 Starting"))
        else:
            await good(connection, head)

    with FaultCamera(good) as source:

        async def restart() -> None:
            await watched.has_pictures(1)
            watched.polling.focus(CameraId(1))
            await until(lambda: bool(close) and close[-1].wh == (320, 240))
            source.reply = without_main
            for connection in tuple(source.open_connections):
                source._loop.call_soon_threadsafe(connection.transport.abort)  # type: ignore[union-attr]
            await until(lambda: tries >= 3 and close[-1].wh == WH)
            source.reply = good
            await until(lambda: close[-1].wh == (320, 240))
            seen = len(close)
            await until(lambda: len(close) >= seen + 5)
            assert {picture.wh for picture in close[seen:]} == {(320, 240)}

        watched.run([camera(replace(mjpeg(source), main_path="/main"))], restart)


@HALTS
def test_a_main_stream_that_refuses_the_password_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_task, "CLOSE_UP_PAUSES_S", (0.05, 0.1))
    watched = Watched(LIMITS)
    close: list[Picture] = []
    watched.polling._deliver_focus = close.append
    good, tries = by_path([]), 0

    async def refuse_main(connection: Connection, head: str) -> None:
        nonlocal tries
        if head.split()[1] == "/main":
            tries += 1
            await connection.write(answer(status="401 No"))
        else:
            await good(connection, head)

    with FaultCamera(refuse_main) as source:

        async def look() -> None:
            await watched.has_pictures(1)
            watched.polling.focus(CameraId(1))
            await until(lambda: bool(close))
            tried = tries
            await asyncio.sleep(2 * stream_task.RETRY_AFTER_S)
            assert tries == tried

        watched.run([camera(replace(mjpeg(source), main_path="/main"))], look)


def test_a_pace_takes_one_picture_a_tick_however_unevenly_they_come() -> None:
    pace = Ticks(1.0)
    as_fast = [0.0, 1.05, 1.96, 3.01, 3.97, 5.2, 5.9]
    assert [pace.takes(now_s) for now_s in as_fast] == [0] * 7
    pace = Ticks(1.0)
    taken = [number for number in range(100) if pace.takes(number / 10) is not None]
    # After the first, those nearest to each second.
    assert taken == [0, *range(5, 100, 10)]
    pace = Ticks(1.0)
    assert [pace.takes(now_s) for now_s in (0.0, 5.0, 6.0)] == [0, 4, 0]
