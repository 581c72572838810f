"""One picture over HTTP, from cameras that go wrong in every way a list could be made of."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from camwatch.cameras import connections, trial
from camwatch.cameras.answers import retry_after_s
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.http import HttpCamera, open_session
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from tests.cameras.asking import PATIENT, QUICK, failure, poll, snapshot, status, until
from tests.support.fault_camera import (
    Connection,
    FaultCamera,
    Reply,
    answer,
    black_hole,
    by_request,
    close_after,
    endless_chunks,
    hang_after,
    jpeg,
    trickle,
)

PICTURE = jpeg(1)
LARGE = jpeg(2, (1280, 720))


def failure_of(reply: bytes | Reply, limits: CameraPolicy = PATIENT) -> CameraError:
    with FaultCamera(reply) as camera:
        return failure(camera.settings(), limits=limits)


@pytest.mark.parametrize(
    "reply",
    [
        answer(PICTURE),
        pytest.param(answer(PICTURE, kind="text/html"), marks=pytest.mark.fault("F21")),
        pytest.param(
            answer(PICTURE, kind="application/octet-stream"), marks=pytest.mark.fault("F21")
        ),
        answer(PICTURE, "Content-Encoding: identity"),
        answer(PICTURE) + b"\r\n",
        close_after(b"HTTP/1.0 200 OK\r\n\r\n" + PICTURE),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + f"{len(PICTURE):x}\r\n".encode()
        + PICTURE
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PICTURE),
    ],
    ids=["plain", "html", "octets", "identity", "crlf", "until closed", "chunked", "continue"],
)
def test_a_picture_arrives_byte_for_byte(reply: bytes | Reply) -> None:
    with FaultCamera(reply) as camera:
        assert snapshot(camera.settings()) == PICTURE


def test_the_request_asks_for_the_path_as_it_was_entered() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        settings = replace(camera.settings("/a/../%2e/cam's?x=%41&y=b+c"), base_path="/axis")
        snapshot(settings)
    (head,) = camera.requests
    assert head.startswith("GET /axis/a/../%2e/cam's?x=%41&y=b+c HTTP/1.1\r\n")
    assert "accept-encoding: identity" in head.lower()
    assert "authorization" not in head.lower()
    assert "cookie" not in head.lower()


def test_a_connection_is_used_again() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        assert poll(camera.settings(), times=3) == [PICTURE] * 3
    assert camera.connections == 1


def test_a_cookie_is_not_kept() -> None:
    with FaultCamera(answer(PICTURE, "Set-Cookie: id=7; Path=/")) as camera:
        # By name: for bare addresses many clients keep none in any case.
        poll(camera.settings(host="localhost"), times=2)
    assert "cookie:" not in camera.requests[1].lower()


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        pytest.param(
            hang_after(), "no answer within 0.3 s", id="silent", marks=pytest.mark.fault("F03")
        ),
        pytest.param(
            hang_after(b"HTTP/1.1 200 OK\r\nContent-Ty"),
            "no answer within 0.3 s",
            id="in headers",
            marks=pytest.mark.fault("F04"),
        ),
        pytest.param(
            hang_after(answer(LARGE)[:-500]),
            "the answer was not complete within 0.3 s",
            id="in body",
            marks=pytest.mark.fault("F05"),
        ),
        pytest.param(
            trickle(answer(PICTURE)),
            "no answer within 0.3 s",
            id="trickled headers",
            marks=pytest.mark.fault("F07"),
        ),
        pytest.param(
            trickle(answer(PICTURE), 100),
            "the answer was not complete within 0.3 s",
            id="trickle",
            marks=pytest.mark.fault("F06"),
        ),
        pytest.param(
            hang_after(b"HTTP/1.1 100 Continue\r\n\r\n" * 500), "no answer within 0.3 s", id="1xx"
        ),
    ],
)
def test_one_deadline_ends_every_way_of_being_slow(reply: Reply, detail: str) -> None:
    with FaultCamera(reply) as camera:
        error = failure(camera.settings(), limits=QUICK)
    assert (error.reason, error.detail) == (Reason.TIMEOUT, detail)


@pytest.mark.fault("F03", "F05")
def test_a_poll_that_was_given_up_closes_its_connection() -> None:
    async def two_polls(camera: FaultCamera) -> int:
        asked = HttpCamera(camera.settings(), None, QUICK)
        async with open_session() as session:
            with pytest.raises(CameraError):
                await asked.snapshot(session)
            await until(lambda: not camera.open_connections)
            camera.reply = answer(PICTURE)
            return len(await asked.snapshot(session))

    with FaultCamera(hang_after(answer(LARGE)[:500])) as camera:
        assert asyncio.run(asyncio.wait_for(two_polls(camera), 5.0)) == len(PICTURE)
    assert camera.connections == 2


@pytest.mark.fault("F01")
def test_a_closed_port_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening
        settings = replace(FaultCamera(b"").settings(), port=taken.getsockname()[1])
        error = failure(settings)
    assert error.reason is Reason.REFUSED


@pytest.mark.fault("F02")
def test_a_camera_whose_packets_vanish_is_given_up_before_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT_S", 0.3)
    with black_hole() as port:
        error = failure(replace(FaultCamera(b"").settings(), port=port))
    assert error.reason is Reason.TIMEOUT
    assert error.detail.startswith("no connection within")


@pytest.mark.fault("F34")
def test_an_unknown_name_is_said_to_be_unknown() -> None:
    error = failure(replace(FaultCamera(b"").settings(), host="no-such-camera.invalid", port=80))
    assert error.reason is Reason.DNS


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(
            close_after(answer(LARGE)[:-500]), Reason.SHORT_BODY, marks=pytest.mark.fault("F08")
        ),
        pytest.param(
            answer(b"x", length=4 * 1024**3), Reason.TOO_LARGE, marks=pytest.mark.fault("F09")
        ),
        pytest.param(endless_chunks(), Reason.TOO_LARGE, marks=pytest.mark.fault("F10")),
        pytest.param(
            answer(PICTURE, "Content-Encoding: gzip"),
            Reason.ENCODED,
            marks=pytest.mark.fault("F12"),
        ),
        pytest.param(
            answer(PICTURE, "X-Long: " + "a" * 70_000),
            Reason.HEADERS_TOO_LARGE,
            marks=pytest.mark.fault("F13"),
        ),
        pytest.param(
            answer(PICTURE, *[f"X-{n}: a" for n in range(10_000)]),
            Reason.HEADERS_TOO_LARGE,
            marks=pytest.mark.fault("F13"),
        ),
        pytest.param(
            answer(b"<html>Please sign in", kind="text/html"),
            Reason.WEB_PAGE,
            marks=pytest.mark.fault("F14"),
        ),
        (answer(b"\r\n  <!DOCTYPE html>", kind="image/jpeg"), Reason.WEB_PAGE),
        (answer(b"Error 7", kind="text/html; charset=utf-8"), Reason.WEB_PAGE),
        pytest.param(answer(b""), Reason.EMPTY, marks=pytest.mark.fault("F15")),
        (answer(status="204 No Content"), Reason.EMPTY),
        (hang_after(answer(kind="multipart/x-mixed-replace", length=1 << 30)), Reason.FORMAT),
        (close_after(), Reason.DISCONNECTED),
        (b"\x00\x01\x02" * 50 + b"\r\n\r\n", Reason.PROTOCOL),
        (answer(PICTURE, "Content-Length: 7"), Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Reason.PROTOCOL),
        pytest.param(
            answer(PICTURE, status="403 Forbidden"),
            Reason.FORBIDDEN,
            marks=pytest.mark.fault("F28"),
        ),
        pytest.param(
            answer(PICTURE, status="404 Not Found"),
            Reason.NOT_FOUND,
            marks=pytest.mark.fault("F28"),
        ),
        pytest.param(
            answer(PICTURE, status="410 Gone"), Reason.NOT_FOUND, marks=pytest.mark.fault("F28")
        ),
        (answer(PICTURE, status="418 Teapot"), Reason.HTTP_STATUS),
        (answer(status="304 Not Modified"), Reason.HTTP_STATUS),
        pytest.param(
            answer(PICTURE, status="429 Too Many Requests"),
            Reason.BUSY,
            marks=pytest.mark.fault("F28"),
        ),
        pytest.param(
            answer(PICTURE, status="500 Broken"),
            Reason.SERVER_ERROR,
            marks=pytest.mark.fault("F28"),
        ),
        pytest.param(
            answer(b"<html>", status="503 Busy"), Reason.BUSY, marks=pytest.mark.fault("F28")
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_each_fault_has_its_reason(reply: bytes | Reply, reason: Reason) -> None:
    assert failure_of(reply).reason is reason


@pytest.mark.fault("F28")
def test_a_status_is_told() -> None:
    assert failure_of(answer(status="500 Broken")).detail == "HTTP 500"


@pytest.mark.fault("F09")
def test_an_announced_size_over_the_limit_is_refused_unread() -> None:
    def too_large(connection: Connection, _head: str) -> Awaitable[None]:
        return connection.write(answer(length=9 * 1024 * 1024))

    with FaultCamera(too_large) as camera:
        error = failure(camera.settings())
    assert (error.reason, camera.sent < 200) == (Reason.TOO_LARGE, True)


@pytest.mark.fault("F12")
def test_a_packed_answer_is_refused_unread() -> None:
    bomb = zlib.compress(bytes(64 * 1024 * 1024), 9)

    async def packed(connection: Connection, _head: str) -> None:
        await connection.write(answer(b"", "Content-Encoding: deflate", length=len(bomb)))
        await asyncio.Event().wait()

    with FaultCamera(packed) as camera:
        # The body has not been sent yet, so the answer cannot have waited for it.
        assert failure(camera.settings()).reason is Reason.ENCODED


@pytest.mark.fault("F14")
def test_a_web_page_is_neither_told_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    page = answer(b"<html>canary-of-the-page</html>", kind="text/html")
    error = failure_of(page)
    assert "canary" not in f"{error} {error.detail} {caplog.text}"


@pytest.mark.fault("F10")
def test_an_endless_body_is_cut_at_the_limit() -> None:
    limits = CameraPolicy(max_picture_mib=1, snapshot_timeout_s=10)
    with FaultCamera(endless_chunks()) as camera:
        error = failure(camera.settings(), limits=limits)
        sent = camera.sent
    assert error.reason is Reason.TOO_LARGE
    # What was on its way in the buffers of both sides comes on top.
    assert sent < 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("/login.html", "another path"),
        ("http://user:canary@evil.example:81/x?token=canary", "http://evil.example"),
        ("file:///etc/passwd", "file://"),
        ("//evil.example/x", "evil.example"),
        ("http://[::1", "an address that cannot be read"),
    ],
)
def test_a_redirect_is_told_and_not_followed(location: str, told: str) -> None:
    with FaultCamera(answer(b"", f"Location: {location}", status="302 Found")) as camera:
        error = failure(camera.settings())
        assert (error.reason, error.detail) == (Reason.REDIRECT, f"HTTP 302 to {told}")
        assert len(camera.requests) == 1


def test_a_redirect_to_another_camera_makes_no_connection_to_it() -> None:
    with FaultCamera(answer(PICTURE)) as other:
        target = f"Location: http://127.0.0.1:{other.port}/"
        with FaultCamera(answer(b"", target, status="307 Moved")) as camera:
            assert failure(camera.settings()).reason is Reason.REDIRECT
        assert other.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::ffff:127.0.0.1"])
def test_a_local_address_is_not_connected_to_without_permission(host: str) -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        error = failure(camera.settings(host=host, allow_local=False))
        assert error.reason is Reason.ADDRESS
        assert camera.connections == 0


def test_a_name_is_looked_up_and_checked() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        assert snapshot(camera.settings(host="localhost")) == PICTURE


def test_a_permission_that_was_taken_back_counts_for_open_connections_too() -> None:
    async def two_polls(camera: FaultCamera) -> CameraError:
        allowed = camera.settings(host="localhost")
        async with open_session() as session:
            assert await HttpCamera(allowed, None, PATIENT).snapshot(session) == PICTURE
            forbidden = HttpCamera(replace(allowed, allow_local=False), None, PATIENT)
            with pytest.raises(CameraError) as caught:
                await forbidden.snapshot(session)
            return caught.value

    with FaultCamera(answer(PICTURE)) as camera:
        assert asyncio.run(two_polls(camera)).reason is Reason.ADDRESS
        assert len(camera.requests) == 1


@pytest.mark.fault("F11")
def test_bytes_that_came_unasked_are_not_taken_for_the_next_answer() -> None:
    """Two cameras behind one recorder share connections; a stray answer must not cross."""
    stray = answer(PICTURE, "X-Stray: yes")
    is_received = threading.Event()

    async def reply(connection: Connection, head: str) -> None:
        await connection.write(answer(PICTURE if head.startswith("GET /1") else LARGE))
        await until(is_received.is_set)
        is_received.clear()
        await connection.write(stray)

    async def two_cameras(recorder: FaultCamera) -> list[bytes]:
        async with open_session() as session:
            pictures, sent = [], 0
            for path, size in (("/1", len(PICTURE)), ("/2", len(LARGE)), ("/1", len(PICTURE))):
                asked = HttpCamera(recorder.settings(path), None, PATIENT)
                pictures.append(await asked.snapshot(session))
                is_received.set()
                sent += len(answer(b"", length=size)) + size + len(stray)
                # Over loopback, what was sent can be received.
                await until(lambda: recorder.sent == sent)  # noqa: B023 - called at once
            return pictures

    with FaultCamera(reply) as recorder:
        assert asyncio.run(two_cameras(recorder)) == [PICTURE, LARGE, PICTURE]


@pytest.mark.fault("F11")
@pytest.mark.parametrize("at", [0, 40, 1000], ids=["at once", "in the head", "in the picture"])
def test_more_bytes_than_announced_do_no_harm(at: int) -> None:
    async def reply(connection: Connection, _head: str) -> None:
        whole = answer(LARGE)
        if at:
            await connection.write(whole[:at])
            await asyncio.sleep(0.02)
        await connection.write(whole[at:] + b"and more")

    with FaultCamera(reply) as camera:
        assert poll(camera.settings(), times=2) == [LARGE, LARGE]
    assert camera.connections == 2


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Wed, 01 May 2024 12:02:00 GMT", 120.0),
        ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
        ("Wed, 01 May 2024 14:02:00 +0200", 120.0),
        ("99999999999999999999", 999_999_999.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
    ],
)
@pytest.mark.fault("F28")
def test_retry_after_is_seconds_or_a_date(header: str, expected: float | None) -> None:
    assert retry_after_s(header, datetime(2024, 5, 1, 12, 0, tzinfo=UTC)) == expected


@pytest.mark.fault("F28")
@pytest.mark.parametrize("code", ["503 Busy", "429 Slow down"])
def test_a_busy_camera_says_for_how_long(code: str) -> None:
    assert failure_of(answer(b"", "Retry-After: 42", status=code)).retry_after_s == 42.0


def test_an_error_status_means_no_wait() -> None:
    assert failure_of(answer(b"", "Retry-After: 42", status="500 x")).retry_after_s is None


def test_plain_http_behind_https_is_a_failed_handshake() -> None:
    plain = close_after(b"HTTP/1.0 400 Bad Request\r\n\r\n")
    with FaultCamera(plain, speaks_first=True) as camera:
        error = failure(replace(camera.settings(), scheme="https"))
    assert (error.reason, error.detail) == (Reason.TLS, "wrong version number")


def test_a_handshake_that_hangs_meets_the_deadline() -> None:
    with FaultCamera(hang_after()) as camera:
        error = failure(replace(camera.settings(), scheme="https"), limits=QUICK)
    assert error.reason is Reason.TIMEOUT


def test_a_server_that_greets_before_it_is_asked_is_no_camera() -> None:
    with FaultCamera(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", speaks_first=True) as camera:
        assert failure(camera.settings(), limits=QUICK).reason is Reason.PROTOCOL


TlsCamera = Callable[[ssl.SSLContext], int]


def tls_settings(tls_camera: TlsCamera, self_signed: tuple[str, str]) -> CameraSettings:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed)
    settings = FaultCamera(b"").settings()
    return replace(settings, scheme="https", port=tls_camera(context))


def test_a_certificate_nobody_vouches_for_is_refused(
    self_signed: tuple[str, str], tls_camera: TlsCamera
) -> None:
    error = failure(tls_settings(tls_camera, self_signed))
    assert error.reason is Reason.CERTIFICATE_UNKNOWN
    assert error.detail.startswith("self-signed certificate; SHA-256 ")


def test_a_certificate_the_system_trusts_is_enough_for_its_own_name_only(
    self_signed: tuple[str, str], tls_camera: TlsCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", self_signed[0])
    settings = tls_settings(tls_camera, self_signed)
    assert snapshot(settings) == jpeg()
    error = failure(replace(settings, host="localhost"))
    assert error.reason is Reason.CERTIFICATE_UNKNOWN
    assert "localhost" in error.detail


def test_a_status_is_one_short_printable_line() -> None:
    text = '{"state": "ok",\r\n\t"name": "T\u00fcr\x1b[31m"}' + " x" * 500
    with FaultCamera(answer(text.encode(), kind="application/json")) as camera:
        found = status(camera.settings())
    assert found.http_status == 200
    assert found.text.startswith('{"state": "ok", "name": "T\u00fcr [31m"} x x')
    assert len(found.text) == 200


def test_a_status_page_is_not_repeated() -> None:
    with FaultCamera(answer(b"<html>hello", kind="text/html")) as camera:
        assert status(camera.settings()).text == ""


def test_a_status_has_its_own_deadline_and_limit() -> None:
    limits = CameraPolicy(snapshot_timeout_s=30, status_timeout_s=0.2)
    with FaultCamera(hang_after()) as camera, pytest.raises(CameraError) as late:
        status(camera.settings(), limits=limits)
    with FaultCamera(endless_chunks()) as camera, pytest.raises(CameraError) as long:
        status(camera.settings())
    assert (late.value.reason, long.value.reason) == (Reason.TIMEOUT, Reason.TOO_LARGE)


def test_a_connection_test_shows_the_picture_and_the_status() -> None:
    pixels = np.full((720, 1280, 3), (30, 120, 220), np.uint8)
    data = encode_jpeg(pixels)
    reply = by_request(
        lambda head: answer(data) if "/snapshot" in head else answer(b"fine", kind="text/plain")
    )
    with FaultCamera(reply) as camera:
        result = trial.test_connection(camera.settings(), None, PATIENT)
    assert result.is_ok
    assert (result.wh, result.size_bytes) == ((1280, 720), len(data))
    assert (result.status and result.status.text) == "fine"
    assert result.status_reason is Reason.NONE
    assert result.milliseconds > 0
    preview = decode_bytes(result.preview)
    assert preview.shape == (180, 320, 3)
    assert np.abs(preview.astype(int) - (30, 120, 220)).max() < 6


def test_a_camera_without_a_status_is_fine() -> None:
    reply = by_request(
        lambda head: answer(PICTURE) if "/snapshot" in head else answer(status="404 None")
    )
    with FaultCamera(reply) as camera:
        with_path = trial.test_connection(camera.settings(), None, PATIENT)
        settings = replace(camera.settings(), status_path="")
        without_path = trial.test_connection(settings, None, PATIENT)
    assert with_path.is_ok
    assert (with_path.status, with_path.status_reason) == (None, Reason.NOT_FOUND)
    assert without_path.is_ok
    assert (without_path.status, without_path.status_reason) == (None, Reason.NONE)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(status="401 Unauthorized"), Reason.UNAUTHORIZED),
        (answer(b"GIF89a" + bytes(50)), Reason.FORMAT),
        (answer(LARGE[:-900]), Reason.TRUNCATED),
        (answer(LARGE[:-900] + b"\xff\xd9"), Reason.CORRUPT),
    ],
)
def test_a_connection_test_tells_why_there_is_no_picture(reply: bytes, reason: Reason) -> None:
    with FaultCamera(reply) as camera:
        result = trial.test_connection(camera.settings(), None, PATIENT)
    assert not result.is_ok
    assert (result.reason, result.preview, result.wh) == (reason, b"", None)


def test_a_connection_test_can_be_given_up() -> None:
    limits = PATIENT.model_copy(update={"snapshot_timeout_s": 600.0})
    cancel = threading.Event()
    with FaultCamera(hang_after()) as camera, ThreadPoolExecutor(1) as pool:
        testing = pool.submit(trial.test_connection, camera.settings(), None, limits, cancel=cancel)
        try:
            asyncio.run(until(lambda: bool(camera.requests)))
            assert not testing.done()
        finally:
            cancel.set()
        result = testing.result(timeout=60)
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "given up")
    assert not result.is_ok


def test_a_missing_password_is_told_without_asking_the_camera() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        assert failure(camera.settings(username="op")).reason is Reason.PASSWORD_MISSING
        assert camera.connections == 0


def test_an_empty_password_is_a_password() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        assert snapshot(camera.settings(username="op"), "") == PICTURE
    assert repr(Secret("")) == "Secret('***')"
