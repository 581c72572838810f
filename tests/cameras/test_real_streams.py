"""Streams of servers that nobody here wrote: each is received, killed, started again, received.

GStreamer's RTSP server, motion's MJPEG stream and ffmpeg as a camera that serves one client.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import IO

import psutil
import pytest

from camwatch.cameras import streams, trial
from camwatch.config import CameraPolicy
from camwatch.domain import CameraId, CameraSettings, CameraState, Reason, Secret, SourceKind
from camwatch.events import CameraStateChanged
from tests.cameras.test_polling import Watched, camera
from tests.cameras.test_real_cameras import free_port, program

LIMITS = CameraPolicy(
    stream_open_timeout_s=5,
    stream_stall_timeout_s=1.5,
    breaker_failures=100,
    breaker_pause_s=1,
)
USER, PASSWORD = "operator", 'canary-2b9e "quoted" pw'
SYSTEM_PYTHON = "/usr/bin/python3"
RTSP_SERVER = Path(__file__).parent.parent / "support" / "rtsp_server.py"
LONGEST_WAIT_S = 30.0
HALTS = pytest.mark.expects_warning


async def eventually(condition: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            while not condition():  # noqa: ASYNC110 - it changes in another process
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"never: {what}")


@dataclass
class Server:
    """A server that can be killed and started again on the same port."""

    command: Sequence[str]
    log: Path
    told: bytes = b""
    says: bytes = b""
    process: subprocess.Popen[bytes] | None = None
    _output: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self._output = self.log.open("ab")
        is_heard = bool(self.says)
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if is_heard else self._output,
            stderr=self._output,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(self.told)
        self.process.stdin.close()
        if is_heard:
            assert self.process.stdout is not None
            assert self.says in self.process.stdout.readline(), self.log.read_text()

    def kill(self) -> None:
        if self.process is None or self._output is None:
            return
        self.process.kill()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._output.close()
        self.process = None

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Give a function that starts a server, which is killed in the end."""
    with ExitStack() as stack:

        def start(command: Sequence[str], told: str = "", says: str = "") -> Server:
            server = Server(command, tmp_path / "server.log", told.encode(), says.encode())
            server.start()
            stack.callback(server.kill)
            return server

        yield start


@pytest.fixture
def rtsp(serve: Callable[..., Server], videos: Path) -> Callable[..., tuple[Server, int]]:
    """Give a function that starts GStreamer's RTSP server with two videos."""
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    done = subprocess.run([SYSTEM_PYTHON, "-c", probe], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("GStreamer's RTSP server is not installed")

    def start(*options: str) -> tuple[Server, int]:
        port = free_port()
        mounts = [f"/{codec}={videos / codec}.mp4:{codec}" for codec in ("h264", "h265")]
        command = [SYSTEM_PYTHON, str(RTSP_SERVER), str(port), *mounts, *options]
        told = f"{PASSWORD}\n" if "--user" in options else ""
        return serve(command, told, "ready"), port

    return start


def settings_of(port: int, path: str, kind: SourceKind, **more: object) -> CameraSettings:
    values = {
        "name": "Real",
        "location": "Loopback",
        "host": "127.0.0.1",
        "port": port,
        "scheme": "rtsp" if kind is SourceKind.RTSP else "http",
        "kind": kind,
        "stream_path": path,
        "interval_s": 0.2,
        "allow_local": True,
        **more,
    }
    return CameraSettings(**values)  # type: ignore[arg-type]


def watched_with(password: str | None) -> Watched:
    watched = Watched(LIMITS)
    watched.password = None if password is None else Secret(password)
    return watched


def children() -> list[psutil.Process]:
    mine = psutil.Process().children(recursive=True)
    return [child for child in mine if "camwatch" in " ".join(child.cmdline())]


def changes(watched: Watched) -> list[CameraState]:
    """Return the states without those that only got another reason."""
    return [state for state, _ in groupby(watched.states())]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def outlast(
    watched: Watched, settings: CameraSettings, server: Server, restart: Callable[[], None]
) -> None:
    """Receive a stream, see it die and told of, and come back by itself."""

    async def through_an_outage() -> None:
        await eventually(lambda: len(watched.pictures) >= 3, "pictures")
        server.kill()
        await eventually(lambda: watched.states()[-1] is CameraState.OFFLINE, "told of")
        seen = len(watched.pictures)
        restart()
        await eventually(lambda: len(watched.pictures) >= seen + 3, "pictures again")
        await watched.is_in(CameraState.OK)

    threads, files = threading.active_count(), open_files()
    watched.run([camera(settings)], through_an_outage)
    seen = changes(watched)
    # A server that has just started may refuse the first question.
    since_first = seen[seen.index(CameraState.OK) :]
    assert since_first == [CameraState.OK, CameraState.OFFLINE, CameraState.OK]
    offline = [
        event.reason
        for event in watched.events
        if isinstance(event, CameraStateChanged) and event.state is CameraState.OFFLINE
    ]
    assert set(offline) <= {Reason.REFUSED, Reason.DISCONNECTED}
    assert {picture.wh for picture in watched.pictures} == {(320, 240)}
    # A served film may begin anew with the same three pictures: all that is asked is that it moves.
    assert len({picture.data for picture in watched.pictures}) >= 3
    assert not children()
    assert open_files() <= files + 1
    assert threading.active_count() <= threads + 1


@HALTS
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_an_rtsp_camera_with_digest_comes_back(
    rtsp: Callable[..., tuple[Server, int]], codec: str, caplog: pytest.LogCaptureFixture
) -> None:
    server, port = rtsp("--user", USER)
    settings = settings_of(port, f"/{codec}", SourceKind.RTSP, username=USER)
    outlast(watched_with(PASSWORD), settings, server, server.start)
    assert "canary" not in caplog.text


def test_an_rtsp_camera_sends_over_udp(rtsp: Callable[..., tuple[Server, int]]) -> None:
    _, port = rtsp("--user", USER)
    watched = watched_with(PASSWORD)
    settings = settings_of(port, "/h264", SourceKind.RTSP, username=USER, transport="udp")
    watched.run(
        [camera(settings)], lambda: eventually(lambda: len(watched.pictures) >= 5, "pictures")
    )
    assert not children()


@HALTS
def test_a_wrong_password_is_told_apart_and_the_readers_are_told_none(
    rtsp: Callable[..., tuple[Server, int]],
) -> None:
    _, port = rtsp("--user", USER)
    settings = settings_of(port, "/h264", SourceKind.RTSP, username=USER)
    result = trial.test_connection(settings, Secret("wrong"), LIMITS)
    assert (result.reason, result.detail) == (Reason.UNAUTHORIZED, "RTSP 401")
    result = trial.test_connection(replace(settings, stream_path="/none"), None, LIMITS)
    assert result.reason is Reason.PASSWORD_MISSING
    watched = watched_with(PASSWORD)

    async def look() -> None:
        await eventually(lambda: bool(watched.pictures), "pictures")
        (child,) = children()
        assert "canary" not in " ".join(child.cmdline())
        assert "canary" not in " ".join(child.environ().values())

    watched.run([camera(settings)], look)


def test_an_encrypted_rtsp_camera_is_believed_by_its_pin(
    rtsp: Callable[..., tuple[Server, int]], self_signed: tuple[str, str]
) -> None:
    _, port = rtsp("--user", USER, "--tls", *self_signed)
    settings = settings_of(port, "/h264", SourceKind.RTSP, username=USER, scheme="rtsps")
    stranger = trial.test_connection(settings, Secret(PASSWORD), LIMITS)
    assert stranger.reason is Reason.CERTIFICATE_UNKNOWN
    assert stranger.certificate is not None
    pinned = replace(settings, pin=stranger.certificate.fingerprint)
    known = trial.test_connection(pinned, Secret(PASSWORD), LIMITS)
    assert (known.reason, known.wh) == (Reason.NONE, (320, 240))
    other = trial.test_connection(replace(settings, pin="0" * 64), Secret(PASSWORD), LIMITS)
    assert other.reason is Reason.CERTIFICATE_CHANGED


@HALTS
@pytest.mark.fault("F45", "F53")
def test_a_camera_that_is_gone_now_and_then_is_told_of_once_each_time(
    rtsp: Callable[..., tuple[Server, int]],
) -> None:
    server, port = rtsp()
    limits = LIMITS.model_copy(update={"stream_open_timeout_s": 2.0, "stream_stall_timeout_s": 0.7})
    watched = Watched(limits)
    gaps = 2

    async def gone_now_and_then() -> None:
        for _ in range(gaps):
            seen = len(watched.pictures)
            await eventually(lambda seen=seen: len(watched.pictures) >= seen + 3, "pictures")  # type: ignore[misc]
            server.signal(signal.SIGSTOP)
            await eventually(lambda: watched.states()[-1] is CameraState.OFFLINE, "told of")
            server.signal(signal.SIGCONT)
        seen = len(watched.pictures)
        await eventually(lambda: len(watched.pictures) > seen, "pictures again")

    threads, files = threading.active_count(), open_files()
    settings = settings_of(port, "/h264", SourceKind.RTSP, interval_s=0.1)
    watched.run([camera(settings)], gone_now_and_then)
    expected = [CameraState.CONNECTING] + [CameraState.OK, CameraState.OFFLINE] * gaps
    assert changes(watched) == [*expected, CameraState.OK]
    assert watched.reasons().count(Reason.STALLED) == gaps
    assert not children()
    assert open_files() <= files + 1
    assert threading.active_count() <= threads + 1


@HALTS
@pytest.mark.fault("F47")
def test_a_camera_that_kills_its_reader_again_and_again_is_left_alone(
    rtsp: Callable[..., tuple[Server, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CRASHES", 3)
    _, port = rtsp()
    watched = watched_with(None)

    async def kill_all() -> None:
        for _ in range(3):
            await eventually(lambda: bool(children()), "a reader")
            seen = len(watched.pictures)
            await eventually(lambda seen=seen: len(watched.pictures) > seen, "a picture")  # type: ignore[misc]
            failed = len(watched.reasons())
            for child in children():
                os.kill(child.pid, signal.SIGSEGV)
            await eventually(lambda failed=failed: len(watched.reasons()) > failed, "told of")  # type: ignore[misc]
        await watched.is_in(CameraState.OFFLINE)
        await asyncio.sleep(1.0)
        assert not children()

    watched.run([camera(settings_of(port, "/h264", SourceKind.RTSP))], kill_all)
    told = [event for event in watched.events if isinstance(event, CameraStateChanged)]
    assert told[-1].reason is Reason.READER_BROKE
    assert told[-1].detail == "it was ended by SIGSEGV, 3 times within 60 s"
    assert told[-1].retry_at is not None
    # Two crashes with pictures between them are no outage.
    assert watched.states().count(CameraState.OFFLINE) == 1


def test_looked_at_closely_the_main_stream_is_shown_at_15_pictures_a_second(
    rtsp: Callable[..., tuple[Server, int]],
) -> None:
    _, port = rtsp()
    watched = watched_with(None)
    close: list[float] = []
    watched.polling._deliver_focus = lambda picture: close.append(picture.captured_s)
    settings = settings_of(port, "/h264", SourceKind.RTSP, main_path="/h265", interval_s=1.0)

    async def look() -> None:
        await eventually(lambda: len(watched.pictures) >= 1, "pictures")
        assert len(children()) == 1
        watched.polling.focus(CameraId(1))
        await eventually(lambda: len(close) >= 8, "a close look")
        assert len(children()) == 2
        watched.polling.focus(None)
        await eventually(lambda: len(children()) == 1, "the second reader's end")

    watched.run([camera(settings)], look)
    assert not children()


@HALTS
def test_motion_with_digest_comes_back(
    serve: Callable[..., Server], videos: Path, tmp_path: Path
) -> None:
    binary, port = program("motion"), free_port()
    lines = {
        "target_dir": tmp_path,
        "netcam_url": f"file://{videos / 'h264.mp4'}",
        "netcam_params": "loop=on",
        "width": 320,
        "height": 240,
        "framerate": 10,
        "picture_output": "off",
        "movie_output": "off",
        "webcontrol_port": 0,
        "stream_port": port,
        "stream_localhost": "on",
        "stream_maxrate": 10,
        "stream_auth_method": 2,
        "stream_authentication": f"{USER}:{PASSWORD}",
    }
    config = tmp_path / "motion.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    server = serve([binary, "-n", "-c", str(config)])
    settings = settings_of(port, "/0/stream", SourceKind.MJPEG, username=USER)
    _wait_for_port(port)
    outlast(watched_with(PASSWORD), settings, server, server.start)


@HALTS
def test_ffmpeg_which_serves_one_client_comes_back(
    serve: Callable[..., Server], videos: Path
) -> None:
    port = free_port()
    command = [
        *(program("ffmpeg"), "-v", "error", "-re", "-stream_loop", "-1"),
        *("-i", str(videos / "h264.mp4"), "-q:v", "5", "-f", "mpjpeg", "-listen", "1"),
        f"http://127.0.0.1:{port}/feed.mjpg",
    ]
    server = serve(command)
    settings = settings_of(port, "/feed.mjpg", SourceKind.MJPEG, one_session=True)
    _wait_for_port(port)
    outlast(watched_with(None), settings, server, server.start)


def _wait_for_port(port: int) -> None:
    """Wait until somebody listens, without connecting: one client may be all that is served."""
    until = threading.Event()
    for _ in range(500):
        listening = [one for one in psutil.net_connections("tcp") if one.status == "LISTEN"]
        if any(one.laddr[1:] == (port,) for one in listening):
            return
        until.wait(0.02)
    pytest.fail(f"nobody listens on {port}")
