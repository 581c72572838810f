"""Asking a camera over HTTP: one picture, one status, one test of the connection."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from camwatch.cameras.answers import check_status, reason_of
from camwatch.cameras.connections import asking, open_session
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.gate import check_picture, is_picture
from camwatch.cameras.sign_in import SignIn
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError

__all__ = ["CameraStatus", "ConnectionTest", "HttpCamera", "open_session", "test_connection"]

_MOST_STATUS_BYTES = 64 * 1024
_LONGEST_STATUS = 200
_PREVIEW_WH = (320, 180)
_CANCEL_CHECK_S = 0.1


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What a camera says about itself.

    Attributes:
        text: The first words of its answer, printable, one line; may be empty.
        http_status: Status code of the answer.
    """

    text: str
    http_status: int


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """What came of trying a camera once.

    Attributes:
        reason: NONE if a picture came that can be decoded, else why there is none.
        detail: Facts about the reason, such as "HTTP 503"; may be empty.
        milliseconds: Time the picture took, or the failure.
        size_bytes: Size of the picture as it came; 0 without one.
        wh: Its width and height in pixels; None without one.
        preview: A small JPEG file of it, made here, so that it is safe to show; b"" without one.
        status: What the camera says about itself; None if it was not asked or did not answer.
        status_reason: NONE, or why the status request failed; the picture may be fine all
            the same.
        status_detail: Facts about status_reason; may be empty.
    """

    reason: Reason
    detail: str
    milliseconds: float
    size_bytes: int = 0
    wh: tuple[int, int] | None = None
    preview: bytes = b""
    status: CameraStatus | None = None
    status_reason: Reason = Reason.NONE
    status_detail: str = ""

    @property
    def is_ok(self) -> bool:
        """True if the camera can be used with these settings."""
        return self.reason is Reason.NONE


class HttpCamera:
    """One camera, asked over HTTP or HTTPS.

    Args:
        settings: As `policy.validate_camera` lets them pass.
        password: Needed if the settings name a user.
        limits: Deadlines and sizes.
    """

    def __init__(
        self, settings: CameraSettings, password: Secret | None, limits: CameraPolicy
    ) -> None:
        self._settings = settings
        self._password = password
        self._limits = limits
        self._max_bytes = int(limits.max_picture_mib * 1024 * 1024)
        # The path goes out as it was entered: some cameras know only one spelling.
        self._snapshot_url = URL(settings.snapshot_url, encoded=True)
        self._status_url = (
            URL(settings.status_url, encoded=True) if settings.status_url is not None else None
        )
        # A camera that serves one client only must not find its place taken by an idle one.
        self._headers = {"Connection": "close"} if settings.one_session else None
        self._sign_in: SignIn | None = None

    async def snapshot(self, session: aiohttp.ClientSession) -> bytes:
        """Fetch one picture.

        Returns:
            A file that begins like a JPEG or PNG; `gate.check_picture` comes next.

        Raises:
            CameraError: With the reason; within `snapshot_timeout_s` in any case.
        """
        limit_s = self._limits.snapshot_timeout_s
        async with self._answer(session, self._snapshot_url, limit_s) as response:
            kind = response.headers.get("Content-Type", "").lower()
            if kind.startswith("multipart/"):
                raise CameraError(Reason.FORMAT, "a video stream; a snapshot's address is needed")
            data = await _body(response, self._max_bytes)
        if not data:
            raise CameraError(Reason.EMPTY)
        # Some cameras name a wrong type, so what the bytes are goes before what they are called.
        is_page = kind.startswith("text/html") or data[:256].lstrip().startswith(b"<")
        if is_page and not is_picture(data):
            raise CameraError(Reason.WEB_PAGE)
        return data

    async def status(self, session: aiohttp.ClientSession) -> CameraStatus:
        """Ask the camera how it is.

        Raises:
            CameraError: With the reason; within `status_timeout_s` in any case.
            ValueError: The settings have no status path.
        """
        if self._status_url is None:
            raise ValueError("the camera has no status path")
        limit_s = self._limits.status_timeout_s
        async with self._answer(session, self._status_url, limit_s) as response:
            data = await _body(response, _MOST_STATUS_BYTES)
        return CameraStatus(_one_line(data), response.status)

    @asynccontextmanager
    async def _answer(
        self, session: aiohttp.ClientSession, url: URL, limit_s: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Give the checked response whose body is next; one deadline for all inside."""
        response: aiohttp.ClientResponse | None = None
        with asking(self._settings.allow_local, closes=self._settings.one_session) as on_behalf:
            try:
                async with asyncio.timeout(limit_s):
                    response = await session.get(
                        url,
                        allow_redirects=False,
                        middlewares=self._middlewares(),
                        headers=self._headers,
                    )
                    check_status(response)
                    yield response
            except CameraError as error:
                if error.reason is Reason.UNAUTHORIZED:
                    self._sign_in = None  # so that the next try makes one guess, not two
                    if not self._settings.username:
                        detail = f"{error.detail}, and no user name is set"
                        raise CameraError(Reason.UNAUTHORIZED, detail) from error
                raise
            except (aiohttp.ClientError, OSError) as error:
                if on_behalf.refused is not None:
                    raise on_behalf.refused from error
                has_begun = response is not None
                raise reason_of(error, limit_s=limit_s, has_begun=has_begun) from error
            finally:
                # Does nothing to a connection whose answer was read to its end.
                if response is not None:
                    response.close()

    def _middlewares(self) -> tuple[SignIn, ...]:
        if not self._settings.username:
            return ()
        if self._password is None:
            raise CameraError(Reason.PASSWORD_MISSING)
        if self._sign_in is None:
            self._sign_in = SignIn(self._settings, self._password)
        return (self._sign_in,)


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Read the body, never more than the cap."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise CameraError(Reason.ENCODED, f"packed as {encoding[:20]}")
    announced = response.content_length
    if announced is not None and announced > max_bytes:
        raise CameraError(Reason.TOO_LARGE, f"{announced} bytes, at most {max_bytes}")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > max_bytes:
            raise CameraError(Reason.TOO_LARGE, f"more than {max_bytes} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _one_line(data: bytes) -> str:
    """Return what a camera says as a short line without anything unprintable."""
    text = data[: 4 * _LONGEST_STATUS].decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        return ""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words[:_LONGEST_STATUS]


def test_connection(
    settings: CameraSettings,
    password: Secret | None,
    limits: CameraPolicy,
    *,
    cancel: threading.Event | None = None,  # noqa: PT028 - no test of pytest's
) -> ConnectionTest:
    """Try a camera once: fetch and decode a picture, then ask for its status.

    Blocks for `snapshot_timeout_s` plus `status_timeout_s` at most; not for the GUI thread.

    Args:
        settings: As `policy.validate_camera` lets them pass.
        password: Needed if the settings name a user.
        limits: Deadlines and sizes.
        cancel: Once set, by any thread, the test ends within 0.2 s; what it returns then
            is a TIMEOUT that was "given up".
    """
    return asyncio.run(_test_until(cancel or threading.Event(), settings, password, limits))


async def _test_until(
    cancel: threading.Event,
    settings: CameraSettings,
    password: Secret | None,
    limits: CameraPolicy,
) -> ConnectionTest:
    """Test until it is done or cancelled; the event is of another thread, so it is looked at."""
    started_s = time.monotonic()
    test = asyncio.create_task(_test(settings, password, limits))
    while not test.done():
        if cancel.is_set():
            test.cancel()
        await asyncio.wait({test}, timeout=_CANCEL_CHECK_S)
    if test.cancelled():
        milliseconds = (time.monotonic() - started_s) * 1000
        return ConnectionTest(Reason.TIMEOUT, "given up", milliseconds)
    return test.result()


async def _test(
    settings: CameraSettings, password: Secret | None, limits: CameraPolicy
) -> ConnectionTest:
    camera = HttpCamera(settings, password, limits)
    async with open_session() as session:
        started_s = time.monotonic()
        try:
            data = await camera.snapshot(session)
            milliseconds = (time.monotonic() - started_s) * 1000
            wh = check_picture(data, max_bytes=int(limits.max_picture_mib * 1024 * 1024))
            preview = encode_jpeg(decode_bytes(data, _PREVIEW_WH))
        except CameraError as error:
            milliseconds = (time.monotonic() - started_s) * 1000
            return ConnectionTest(error.reason, error.detail, milliseconds)
        status: CameraStatus | None = None
        status_reason, status_detail = Reason.NONE, ""
        if settings.status_url is not None:
            try:
                status = await camera.status(session)
            except CameraError as error:
                status_reason, status_detail = error.reason, error.detail
    return ConnectionTest(
        Reason.NONE,
        "",
        milliseconds,
        len(data),
        wh,
        preview,
        status,
        status_reason,
        status_detail,
    )
