"""Trying a camera once, of whichever kind it is, before anything about it is stored."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from camwatch.cameras.answers import usable_target
from camwatch.cameras.connections import open_session
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.gate import check_picture
from camwatch.cameras.http import CameraStatus, HttpCamera
from camwatch.cameras.mjpeg import MjpegPull
from camwatch.cameras.pinning import CertificateError, CertificateFacts
from camwatch.cameras.same_device import DeviceCheck
from camwatch.cameras.stream_task import AloneMeans, Pull
from camwatch.cameras.streams import ReaderPull
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Notice, Reason, Secret, SourceKind
from camwatch.errors import CameraError

_PREVIEW_WH = (320, 180)
_CANCEL_CHECK_S = 0.1


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
        certificate: The certificate that the camera showed over TLS; None if it showed none.
        redirect: The whole address that the camera points to instead, if it may be taken over.
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
    certificate: CertificateFacts | None = None
    redirect: str = ""

    @property
    def is_ok(self) -> bool:
        """True if the camera can be used with these settings."""
        return self.reason is Reason.NONE


def test_connection(
    settings: CameraSettings,
    password: Secret | None,
    limits: CameraPolicy,
    *,
    cancel: threading.Event | None = None,  # noqa: PT028 - no test of pytest's
) -> ConnectionTest:
    """Try a camera once: fetch and decode a picture, then ask for its status if it has one.

    Blocks for some seconds, as the limits say; not for the GUI thread.

    Args:
        settings: As `policy.validate_camera` lets them pass.
        password: Needed if the settings name a user.
        limits: Deadlines and sizes.
        cancel: Once set, by any thread, the test ends within 0.2 s, and what it started within
            2 s more; what it returns then
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
        if cancel.is_set() and not test.cancelling():
            test.cancel()
        await asyncio.wait({test}, timeout=_CANCEL_CHECK_S)
    if test.cancelled():
        milliseconds = (time.monotonic() - started_s) * 1000
        return ConnectionTest(Reason.TIMEOUT, "given up", milliseconds)
    return test.result()


@dataclass(frozen=True, slots=True)
class _Got:
    """The first picture of a camera.

    Attributes:
        data: The file as it came.
        certificate: The certificate that the camera showed over TLS; None if it showed none.
    """

    data: bytes
    certificate: CertificateFacts | None


async def _test(
    settings: CameraSettings, password: Secret | None, limits: CameraPolicy
) -> ConnectionTest:
    async with open_session() as session:
        means = AloneMeans(limits, session, asyncio.Semaphore())
        started_s = time.monotonic()
        try:
            device = DeviceCheck()
            try:
                await device.check(session, settings, password)
            except CameraError as error:
                if error.reason is not Reason.UNAUTHORIZED:
                    raise
                # It may have other users for ONVIF; whether this one sees pictures comes next.
            got = await _first_picture(means, settings, password)
            device.confirm(settings)
            milliseconds = (time.monotonic() - started_s) * 1000
            wh = check_picture(got.data, max_bytes=limits.max_picture_bytes)
            preview = encode_jpeg(decode_bytes(got.data, _PREVIEW_WH))
        except CameraError as error:
            milliseconds = (time.monotonic() - started_s) * 1000
            return ConnectionTest(
                error.reason,
                error.detail,
                milliseconds,
                certificate=error.certificate if isinstance(error, CertificateError) else None,
                redirect=usable_target(error, settings),
            )
        result = ConnectionTest(
            Reason.NONE,
            "",
            milliseconds,
            len(got.data),
            wh,
            preview,
            certificate=got.certificate,
        )
        if settings.kind is not SourceKind.SNAPSHOT or settings.status_url is None:
            return result
        try:
            status = await HttpCamera(settings, password, limits).status(session)
        except CameraError as error:
            return replace(result, status_reason=error.reason, status_detail=error.detail)
        return replace(result, status=status)


async def _first_picture(
    means: AloneMeans, settings: CameraSettings, password: Secret | None
) -> _Got:
    """Fetch one picture.

    Raises:
        CameraError: There is none.
    """
    match settings.kind:
        case SourceKind.SNAPSHOT:
            camera = HttpCamera(settings, password, means.limits)
            data = await camera.snapshot(means.session)
            return _Got(data, camera.certificate)
        case SourceKind.MJPEG:
            return await _first_of(MjpegPull(means, settings, password))
        case _:
            return await _first_of(ReaderPull(means, settings, password))


async def _first_of(pull: Pull) -> _Got:
    """Receive a stream until its first picture."""
    first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def on_picture(data: bytes, _notices: frozenset[Notice]) -> None:
        if not first.done():
            first.set_result(data)

    pulling = asyncio.create_task(pull.run(on_picture))
    try:
        waiting: set[asyncio.Future[Any]] = {first, pulling}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            await pulling  # it raises why it ended
        return _Got(first.result(), pull.certificate)
    finally:
        pulling.cancel()
        await asyncio.wait({pulling})
