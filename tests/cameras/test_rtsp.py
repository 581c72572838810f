"""An RTSP camera that goes wrong, lies or lures is named, and FFmpeg never meets it."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5, sha256
from pathlib import Path

import psutil
import pytest

from camwatch.cameras import open_files, trial
from camwatch.cameras.rtsp import Head, RtspSignIn, codec_in, describe
from camwatch.cameras.rtsp_relay import RtspRelay
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, CameraState, Reason, Secret, SourceKind
from camwatch.errors import CameraError
from tests.cameras.asking import until
from tests.cameras.test_polling import Watched, camera
from tests.support.fault_camera import (
    Connection,
    FaultCamera,
    Reply,
    answer,
    by_request,
    close_after,
    hang_after,
    jpeg,
    trickle,
)

HALTS = pytest.mark.expects_warning
LIMITS = CameraPolicy(
    stream_open_timeout_s=1.0, stream_stall_timeout_s=1.0, breaker_pause_s=30, auth_pause_s=600
)
PASSWORD = 'pw "with" : \\ canary-91c4'
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
    "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 {codec}/90000\r\na=control:track1\r\n"
)


def rtsp(head: str, *headers: str, status: str = "200 OK", body: str = "") -> bytes:
    number = re.search(r"CSeq: (\d+)", head)
    lines = [
        f"RTSP/1.0 {status}",
        f"CSeq: {number[1] if number else 0}",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def camera_of(codec: str = "H264") -> Callable[[str], bytes]:
    """Answer as a camera that plays, and then sends nothing."""

    def choose(head: str) -> bytes:
        match head.split(" ", maxsplit=1)[0]:
            case "DESCRIBE":
                kind = "Content-Type: application/sdp"
                return rtsp(head, kind, body=SDP.format(codec=codec))
            case "SETUP":
                transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
                return rtsp(head, transport, "Session: 7")
            case "PLAY":
                return rtsp(head, "Session: 7")
            case _:
                return rtsp(head, "Public: OPTIONS, DESCRIBE, SETUP, PLAY")

    return choose


def settings_of(source: FaultCamera, username: str = "", **more: object) -> CameraSettings:
    plain = source.settings(username=username, interval_s=0.1)
    values = {"kind": SourceKind.RTSP, "scheme": "rtsp", "stream_path": "/live?x=1", **more}
    return replace(plain, **values)  # type: ignore[arg-type]


def described(settings: CameraSettings, password: str | None = None, limit_s: float = 0.5) -> str:
    secret = None if password is None else Secret(password)
    return asyncio.run(describe(settings, RtspSignIn(settings, secret), limit_s)).codec


def failure(settings: CameraSettings, password: str | None = None) -> CameraError:
    with pytest.raises(CameraError) as failed:
        described(settings, password)
    return failed.value


# ---------------------------------------------------------------- the first question


@pytest.mark.parametrize(
    ("codec", "name"), [("H264", "H.264"), ("H265", "H.265"), ("h264", "H.264"), ("JPEG", "JPEG")]
)
def test_a_camera_tells_what_its_video_is(codec: str, name: str) -> None:
    with FaultCamera(by_request(camera_of(codec))) as source:
        assert described(settings_of(source), limit_s=5) == name
        asked = [head.split("\r\n")[0] for head in source.requests]
        url = f"rtsp://127.0.0.1:{source.port}/live?x=1"
        assert asked == [f"OPTIONS {url} RTSP/1.0", f"DESCRIBE {url} RTSP/1.0"]


@pytest.mark.fault("F44")
@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (hang_after(), Reason.TIMEOUT, "no answer within 0.5 s"),
        (hang_after(b"RTSP/1.0 200"), Reason.TIMEOUT, None),
        (trickle(b"RTSP/1.0 200 OK\r\n" * 20), Reason.TIMEOUT, None),
        (close_after(), Reason.DISCONNECTED, "closed without an answer"),
        (answer(jpeg()), Reason.PROTOCOL, "the answer is not RTSP"),
        (close_after(b"SSH-2.0-x\r\n"), Reason.PROTOCOL, "the answer is not RTSP"),
        (b"\0" * 100_000, Reason.PROTOCOL, "the answer is not RTSP"),
        (b"RTSP/1.0 200 OK\r\nX: " + b"y" * 100_000, Reason.HEADERS_TOO_LARGE, ""),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n", Reason.TOO_LARGE, None),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", Reason.PROTOCOL, None),
        (b"RTSP/1.0 200 OK\r\nnonsense\r\n\r\n", Reason.PROTOCOL, None),
        (by_request(lambda h: rtsp(h, status="404 None")), Reason.NOT_FOUND, "RTSP 404"),
        (by_request(lambda h: rtsp(h, status="403 No")), Reason.FORBIDDEN, "RTSP 403"),
        (by_request(lambda h: rtsp(h, status="453 Full")), Reason.BUSY, "RTSP 453"),
        (by_request(lambda h: rtsp(h, status="500 Oh")), Reason.SERVER_ERROR, "RTSP 500"),
        (by_request(lambda h: rtsp(h, status="451 Hm")), Reason.HTTP_STATUS, "RTSP 451"),
        (by_request(camera_of("MP4V-ES")), Reason.UNSUPPORTED, "its video is MP4V-ES"),
        (by_request(rtsp), Reason.UNSUPPORTED, "it offers no video"),
    ],
)
def test_what_is_wrong_is_named(reply: bytes | Reply, reason: Reason, detail: str | None) -> None:
    with FaultCamera(reply) as source:
        error = failure(settings_of(source))
    assert error.reason is reason
    assert detail is None or error.detail == detail


def test_a_port_that_nobody_listens_on_is_named() -> None:
    with FaultCamera(b"") as source:
        settings = settings_of(source)
    assert failure(settings).reason is Reason.REFUSED


def test_the_address_is_checked_before_it_is_connected_to() -> None:
    with FaultCamera(by_request(camera_of())) as source:
        settings = replace(settings_of(source), allow_local=False)
        assert failure(settings).reason is Reason.ADDRESS
        assert source.connections == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.fault("F62")
def test_a_stream_leaves_the_last_open_files_to_the_history() -> None:
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def ask(settings: CameraSettings) -> None:
        lowest = os.dup(2)  # takes the lowest number that is free
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + open_files.RESERVE, usual[1]))
        try:
            await describe(settings, RtspSignIn(settings, None), 5.0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)

    with FaultCamera(by_request(camera_of())) as source:
        with pytest.raises(CameraError) as refused:
            asyncio.run(ask(settings_of(source)))
        assert refused.value.reason is Reason.OPEN_FILES
        assert source.connections == 0


def test_streams_of_one_name_share_its_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = threading.Event()

    def look_up(host: str, *_more: object) -> list[object]:
        asked.append(host)
        answers.wait(5.0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", source.port))]

    async def ask(settings: CameraSettings) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        both = [describe(settings, RtspSignIn(settings, None), 5.0) for _ in range(2)]
        asking = asyncio.gather(*both)
        await until(lambda: bool(asked))
        answers.set()
        await asking

    with FaultCamera(by_request(camera_of())) as source:
        asyncio.run(ask(replace(settings_of(source), host="camera.shop")))
    assert asked == ["camera.shop"]


def test_the_second_kind_of_video_is_taken_if_the_first_is_unknown() -> None:
    both = SDP.format(codec="VP9") + "m=video 0 RTP/AVP 26\r\n"
    assert codec_in(both.encode()) == "JPEG"


# ---------------------------------------------------------------- signing in


def expected(head: str, algorithm: str) -> bool:
    """Tell whether a request is signed right, by a computation of our own."""
    method, uri = head.split(" ")[:2]
    given = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', head)) | dict(
        re.findall(r"(nc|qop|algorithm)=([^\",\s]+)", head)
    )
    plain = algorithm.upper().removesuffix("-SESS")
    digest = {"MD5": md5, "SHA-256": sha256}[plain]

    def hashed(text: str) -> str:
        return digest(text.encode()).hexdigest()

    user = hashed(f"op:cam:{PASSWORD}")
    if algorithm.upper().endswith("SESS"):
        user = hashed(f"{user}:abc:{given['cnonce']}")
    what = hashed(f"{method}:{uri}")
    middle = f"abc:{given['nc']}:{given['cnonce']}:auth" if "qop" in given else "abc"
    return given.get("response") == hashed(f"{user}:{middle}:{what}") and given["uri"] == uri


@pytest.mark.parametrize(
    ("offered", "algorithm"),
    [
        ('Digest realm="cam", nonce="abc"', "MD5"),
        ('Digest realm="cam", nonce="abc", algorithm=md5', "MD5"),
        ('Digest realm="cam", nonce="abc", qop="auth"', "MD5"),
        ('Digest realm="cam", nonce="abc", algorithm=MD5-sess, qop="auth"', "MD5-sess"),
        ('Digest realm="cam", nonce="abc", algorithm=SHA-256, opaque="o"', "SHA-256"),
    ],
)
def test_every_kind_of_digest_is_answered(offered: str, algorithm: str) -> None:
    def choose(head: str) -> bytes:
        if "Authorization" in head and expected(head, algorithm):
            return camera_of()(head)
        return rtsp(head, f"WWW-Authenticate: {offered}", status="401 Unauthorized")

    with FaultCamera(by_request(choose)) as source:
        assert described(settings_of(source, "op"), PASSWORD, 5) == "H.264"
        assert PASSWORD not in "".join(source.requests)
        assert sum("Authorization" not in head for head in source.requests) == 1


def refusing(*offers: str) -> Reply:
    headers = [f"WWW-Authenticate: {offer}" for offer in offers]
    return by_request(lambda head: rtsp(head, *headers, status="401 Unauthorized"))


def test_a_wrong_password_is_tried_once_a_time() -> None:
    with FaultCamera(refusing('Digest realm="cam", nonce="abc"')) as source:
        assert failure(settings_of(source, "op"), "wrong").reason is Reason.UNAUTHORIZED
        assert sum("Authorization" in head for head in source.requests) == 1


def test_basic_goes_unencrypted_only_where_that_is_allowed() -> None:
    with FaultCamera(refusing('Basic realm="cam"')) as source:
        settings = settings_of(source, "op")
        assert failure(settings, PASSWORD).reason is Reason.BASIC_NOT_ALLOWED
        assert not any("Authorization" in head for head in source.requests)
        allowed = replace(settings, allow_basic=True)
        assert failure(allowed, PASSWORD).reason is Reason.UNAUTHORIZED
        assert sum("Authorization: Basic" in head for head in source.requests) == 1


def test_a_camera_that_asks_for_a_user_name_is_told_apart() -> None:
    with FaultCamera(refusing('Digest realm="cam", nonce="abc"')) as source:
        error = failure(settings_of(source))
    assert (error.reason, error.detail) == (
        Reason.UNAUTHORIZED,
        "RTSP 401, and no user name is set",
    )
    with FaultCamera(refusing("Digest realm=x, nonce=y, algorithm=SNEFRU")) as source:
        assert failure(settings_of(source, "op"), PASSWORD).reason is Reason.UNAUTHORIZED
        assert failure(settings_of(source, "op")).reason is Reason.PASSWORD_MISSING


# ---------------------------------------------------------------- with FFmpeg behind the relay


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


@HALTS
@pytest.mark.fault("F45")
def test_a_camera_that_stops_after_play_is_given_up_and_its_reader_ended() -> None:
    watched = Watched(LIMITS)
    seen: list[psutil.Process] = []

    async def meanwhile() -> None:
        await until(lambda: bool(children()))
        seen.extend(children())
        for child in seen:
            assert PASSWORD not in "".join(child.cmdline())
            assert PASSWORD not in "".join(child.environ().values())
        await until(lambda: Reason.TIMEOUT in watched.reasons())
        await until(lambda: not any(one.is_running() for one in seen))

    signed = by_request(
        lambda head: (
            camera_of()(head)
            if "Authorization" in head
            else rtsp(head, 'WWW-Authenticate: Digest realm="c", nonce="n"', status="401 No")
        )
    )
    watched.password = Secret(PASSWORD)
    with FaultCamera(signed) as source:
        watched.run([camera(settings_of(source, "op"))], meanwhile)
        assert any(head.startswith("PLAY ") for head in source.requests)
        # FFmpeg asked under the relay's name; the camera was asked under its own.
        assert all(f"127.0.0.1:{source.port}" in head.split("\r\n")[0] for head in source.requests)
        agents = {re.search(r"User-Agent: (\S+)", head)[1] for head in source.requests}  # type: ignore[index]
        assert len(agents) == 1
    assert not children()


@HALTS
@pytest.mark.fault("F50", "F51")
@pytest.mark.parametrize("when", ["at once", "behind the first question"])
def test_a_camera_that_points_elsewhere_is_not_followed(when: str) -> None:
    descriptions = 0

    def choose(head: str) -> bytes:
        nonlocal descriptions
        if head.startswith("DESCRIBE"):
            descriptions += 1
            if when == "at once" or descriptions > 1:
                where = f"Location: rtsp://127.0.0.1:{other.port}/x"
                return rtsp(head, where, status="302 Moved")
        return camera_of()(head)

    watched = Watched(LIMITS)
    with FaultCamera(by_request(camera_of())) as other, FaultCamera(by_request(choose)) as source:
        watched.run([camera(settings_of(source))], lambda: watched.is_in(CameraState.BLOCKED))
        assert other.connections == 0
    assert set(watched.reasons()) == {Reason.REDIRECT}


@HALTS
def test_a_camera_that_turns_to_basic_later_is_told_no_password() -> None:
    def choose(head: str) -> bytes:
        if source.connections == 1:
            return camera_of()(head)
        return rtsp(head, 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized")

    watched = Watched(LIMITS)
    watched.password = Secret(PASSWORD)
    with FaultCamera(by_request(choose)) as source:
        watched.run(
            [camera(settings_of(source, "op"))], lambda: watched.is_in(CameraState.AUTH_FAILED)
        )
        assert not any("Authorization" in head for head in source.requests)
    assert watched.reasons() == [Reason.BASIC_NOT_ALLOWED]


def test_the_relay_takes_no_video_for_an_answer() -> None:
    looks_like_one = b"$\0\0\x30RTSP/1.0 302 x\r\nLocation: rtsp://x\r\n\r\n" + b"v" * 10
    packets = looks_like_one * 3 + b"$\0\0\0"

    async def reply(connection: Connection, head: str) -> None:
        await connection.write(camera_of()(head))
        if head.startswith("PLAY"):
            for byte in packets:
                await connection.write(bytes([byte]))
                await asyncio.sleep(0.001)

    async def play(source: FaultCamera) -> tuple[bytes, RtspRelay]:
        async with RtspRelay(settings_of(source), None) as relay:
            port = int(re.findall(r":(\d+)/", relay.url)[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = Head("PLAY /live RTSP/1.0", [("CSeq", "1"), ("User-Agent", relay.token)])
            writer.write(head.to_bytes())
            await reader.readuntil(b"\r\n\r\n")
            received = await asyncio.wait_for(reader.readexactly(len(packets)), 10)
            writer.close()
        return received, relay

    with FaultCamera(reply) as source:
        received, relay = asyncio.run(play(source))
    assert received == packets
    assert relay.error is None


def test_the_relay_serves_only_the_reader_that_knows_its_token() -> None:
    async def stranger(source: FaultCamera) -> bytes:
        async with RtspRelay(settings_of(source), None) as relay:
            port = int(re.findall(r":(\d+)/", relay.url)[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(Head("DESCRIBE / RTSP/1.0", [("User-Agent", "nosy")]).to_bytes())
            try:
                return await reader.read()
            except ConnectionError:
                return b""
            finally:
                writer.close()

    with FaultCamera(by_request(camera_of())) as source:
        assert asyncio.run(stranger(source)) == b""
        assert source.connections == 0


def test_a_try_of_a_file_shows_its_picture(videos: Path) -> None:
    settings = CameraSettings(
        name="x", location="y", host="", kind=SourceKind.FILE, device=str(videos / "h264.mp4")
    )
    result = trial.test_connection(settings, None, CameraPolicy())
    assert (result.reason, result.wh, result.status) == (Reason.NONE, (320, 240), None)
    assert result.preview
    assert not children()
    missing = trial.test_connection(replace(settings, device="/no/video.mp4"), None, LIMITS)
    assert missing.reason is Reason.NOT_FOUND


def test_a_try_of_a_stream_names_what_is_wrong() -> None:
    with FaultCamera(by_request(camera_of())) as source:
        result = trial.test_connection(settings_of(source), None, LIMITS)
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "no picture within 1 s")
