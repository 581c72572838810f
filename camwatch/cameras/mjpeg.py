"""A camera that sends pictures one after another over HTTP."""

from __future__ import annotations

from camwatch.cameras.http import HttpCamera
from camwatch.cameras.pinning import CertificateFacts
from camwatch.cameras.reader.process import STALL_INTERVALS
from camwatch.cameras.stream_task import Means, OnPicture, Pull, StreamTask
from camwatch.domain import CameraSettings, Secret


class MjpegPull:
    """Receives an MJPEG stream through the session of all cameras."""

    def __init__(self, means: Means, settings: CameraSettings, password: Secret | None) -> None:
        self._means = means
        self._settings = settings
        self._http = HttpCamera(settings, password, means.limits)

    @property
    def certificate(self) -> CertificateFacts | None:
        """The certificate that the camera showed last; None if it showed none."""
        return self._http.certificate

    def set_interval(self, interval_s: float) -> None:
        """Do nothing: a camera sends as fast as it likes, and what is not due costs nothing."""

    async def run(self, on_picture: OnPicture) -> None:
        """Receive for as long as it goes well.

        Raises:
            CameraError: With the reason; this never returns without one.
        """

        async def on_data(data: bytes) -> None:
            await on_picture(data, self._http.notices)

        settings, limits = self._settings, self._means.limits
        stall_s = max(limits.stream_stall_timeout_s, STALL_INTERVALS * settings.interval_s)
        await self._http.stream(self._means.session, settings.stream_url, stall_s, on_data)


class MjpegTask(StreamTask):
    """Receives the MJPEG stream of one camera."""

    def make_pull(self, settings: CameraSettings, password: Secret | None) -> Pull:
        """Return what receives the stream at `stream_path` of these settings."""
        return MjpegPull(self.fleet, settings, password)
