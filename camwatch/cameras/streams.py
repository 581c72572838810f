"""Cameras whose pictures a process of its own decodes: RTSP, USB and files."""

from __future__ import annotations

import time
from collections import deque

from camwatch.cameras.camera_task import Fleet
from camwatch.cameras.pinning import CertificateFacts, notices_of
from camwatch.cameras.reader.order import Order
from camwatch.cameras.reader.process import MEMORY_MIB, STALL_INTERVALS, Reader, ReaderLimits
from camwatch.cameras.rtsp import RtspSignIn, describe
from camwatch.cameras.rtsp_relay import RtspRelay
from camwatch.cameras.stream_task import Means, OnPicture, Pull, StreamTask
from camwatch.domain import Camera, CameraSettings, Notice, Reason, Secret, SourceKind
from camwatch.errors import CameraError
from camwatch.language import tr

CRASHES = 5
"""So many ends of a reader within `CRASHES_WITHIN_S` that nobody asked for are a breakdown."""

CRASHES_WITHIN_S = 60.0

BREAKDOWN_PAUSES = 5
"""A camera that breaks its reader is left alone for so many pauses of the breaker."""


class ReaderPull:
    """Receives one stream, device or file through a reader process.

    Attributes:
        certificate: The certificate that the camera showed last; None if it showed none.
    """

    def __init__(self, means: Means, settings: CameraSettings, password: Secret | None) -> None:
        self._means = means
        self._settings = settings
        self._password = password
        self._interval_s = settings.interval_s
        self._reader: Reader | None = None
        self.certificate: CertificateFacts | None = None

    def set_interval(self, interval_s: float) -> None:
        """Wish for another rate from now on."""
        self._interval_s = interval_s
        if self._reader is not None:
            self._reader.set_interval(interval_s)

    async def run(self, on_picture: OnPicture) -> None:
        """Receive for as long as it goes well.

        Raises:
            CameraError: With the reason; this never returns without one.
        """
        settings = self._settings
        open_s = self._means.limits.stream_open_timeout_s
        if settings.kind is not SourceKind.RTSP:
            await self._read(settings.device, "", open_s, on_picture)
            return
        begun_s = time.monotonic()
        sign_in = RtspSignIn(settings, self._password)
        found = await describe(settings, sign_in, open_s)
        # One time-out for both, but FFmpeg takes a while with the quickest camera.
        left_s = max(open_s / 2, open_s - (time.monotonic() - begun_s))
        self.certificate = found.certificate
        notices = notices_of(settings.pin, found.certificate)

        async def on_decoded(data: bytes, damage: frozenset[Notice]) -> None:
            await on_picture(data, damage | notices)

        async with RtspRelay(settings, self._password) as relay:
            try:
                await self._read(relay.url, relay.token, left_s, on_decoded)
            except CameraError as error:
                # The relay saw what the camera said; FFmpeg only that it got nothing.
                if relay.error is not None and error.reason is not Reason.MEMORY:
                    raise relay.error from error
                raise

    async def _read(self, source: str, token: str, open_s: float, on_picture: OnPicture) -> None:
        settings, limits = self._settings, self._means.limits
        try:
            order = Order(
                settings.kind,
                source,
                self._interval_s,
                limits.max_picture_bytes,
                # Over UDP the video would leave the encrypted connection.
                "tcp" if settings.scheme == "rtsps" else settings.transport,
                token,
                settings.loops,
                MEMORY_MIB,
            )
        except ValueError as error:
            raise CameraError(Reason.ADDRESS, tr("this is not read")) from error
        # Of the interval that was set: looked at closely, a slow camera is no faster.
        stall_s = max(limits.stream_stall_timeout_s, STALL_INTERVALS * settings.interval_s)
        reader_limits = ReaderLimits(open_s, stall_s)
        self._reader = Reader(order, reader_limits, self._means.starting)
        try:
            await self._reader.run(on_picture)
        finally:
            self._reader = None


class ReaderTask(StreamTask):
    """Receives the stream of one camera through a reader process."""

    def __init__(self, fleet: Fleet, camera: Camera, first_s: float, seq: int) -> None:
        super().__init__(fleet, camera, first_s, seq)
        self._crashes: deque[float] = deque(maxlen=CRASHES)

    def make_pull(self, settings: CameraSettings, password: Secret | None) -> Pull:
        """Return what receives the stream at `stream_path` of these settings."""
        return ReaderPull(self.fleet, settings, password)

    def judged(self, error: CameraError) -> CameraError:
        """Leave a camera alone for long that breaks its reader again and again."""
        if error.reason is not Reason.READER_BROKE:
            return error
        crashes, now_s = self._crashes, time.monotonic()
        crashes.append(now_s)
        if len(crashes) < CRASHES or now_s - crashes[0] > CRASHES_WITHIN_S:
            return error
        crashes.clear()
        pause_s = BREAKDOWN_PAUSES * self.fleet.limits.breaker_pause_s
        detail = f"{error.detail}, {CRASHES} times within {CRASHES_WITHIN_S:g} s"
        return CameraError(Reason.READER_BROKE, detail, retry_after_s=pause_s)
