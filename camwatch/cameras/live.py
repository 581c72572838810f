"""A camera's stream, watched for some seconds and no longer."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Iterator

from camwatch.cameras.connections import open_session
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.mjpeg import MjpegPull
from camwatch.cameras.policy import parse_camera_url
from camwatch.cameras.stream import SkippedPicture, SourcePicture
from camwatch.cameras.stream_task import AloneMeans, Pull
from camwatch.cameras.streams import ReaderPull
from camwatch.cameras.ticks import Ticks
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Notice, Reason, SourceKind
from camwatch.errors import CameraError
from camwatch.language import tr
from camwatch.logs import log_crash

USUAL_FPS = 5.0
"""Pictures per second that are taken if nobody says how many."""

_MOST_WAITING = 300


class LiveStream:
    """An RTSP or MJPEG stream; opened when its pictures are wanted, not before.

    Attributes:
        fps: Pictures per second that are wished; the camera may send fewer.
        frames: How many pictures were passed so far.
    """

    def __init__(
        self, address: str, limits: CameraPolicy, seconds: float, fps: float | None = None
    ) -> None:
        """Take the address apart.

        Args:
            address: With user name and password if the camera wants them. Addresses of
                this computer are allowed: whoever names one here means it.
            limits: Times and sizes that are granted.
            seconds: How long it is watched, from its first picture.
            fps: Pictures per second to take; None takes `USUAL_FPS`.

        Raises:
            InvalidSetting: This is no address.
        """
        parsed = parse_camera_url(address)
        is_rtsp = parsed.scheme in ("rtsp", "rtsps")
        self.fps: float | None = USUAL_FPS if fps is None else fps
        self.frames = 0
        self._interval_s = 1 / (self.fps or USUAL_FPS)
        self._limits = limits
        self._seconds = seconds
        self._password = parsed.password
        self._settings = CameraSettings(
            name=parsed.host,
            location=parsed.host,
            scheme=parsed.scheme,
            host=parsed.host,
            port=parsed.port,
            stream_path=parsed.path or "/",
            username=parsed.username,
            interval_s=self._interval_s,
            allow_local=True,
            kind=SourceKind.RTSP if is_rtsp else SourceKind.MJPEG,
        )
        self._arrived: queue.Queue[tuple[float, bytes] | CameraError] = queue.Queue(_MOST_WAITING)
        self._is_enough = threading.Event()

    def pictures(self) -> Iterator[SourcePicture | SkippedPicture]:
        """Yield each picture; those that come while nobody takes any wait, the newest 300.

        Raises:
            CameraError: The stream cannot be had, or breaks.
        """
        thread = threading.Thread(target=self._watch_alone, name="live stream")
        thread.start()
        try:
            began_s: float | None = None
            while isinstance(arrived := self._arrived.get(), tuple):
                at_s, data = arrived
                began_s = at_s if began_s is None else began_s
                if at_s - began_s > self._seconds:
                    return
                index, self.frames = self.frames, self.frames + 1
                try:
                    check_picture(data, max_bytes=self._limits.max_picture_bytes)
                    yield SourcePicture(index, None, at_s - began_s, decode_bytes(data))
                except CameraError as error:
                    yield SkippedPicture(f"picture {index}", error)
            raise arrived
        finally:
            self._is_enough.set()
            thread.join()

    def _hand_over(self, arrived: tuple[float, bytes] | CameraError) -> None:
        """Let something wait for whoever counts; the oldest makes way."""
        while True:
            try:
                self._arrived.put_nowait(arrived)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._arrived.get_nowait()
            else:
                return

    def _watch_alone(self) -> None:
        """Receive in a thread of its own; whoever counts hears of every end."""
        try:
            asyncio.run(self._watch())
        except Exception as error:  # noqa: BLE001 - else they would wait for ever
            error_id = log_crash("watching a stream", error)
            self._hand_over(
                CameraError(Reason.PROTOCOL, tr("unforeseen error {error_id}", error_id=error_id))
            )

    async def _watch(self) -> None:
        """Receive until that is enough."""
        pace = Ticks(self._interval_s)

        async def on_picture(data: bytes, _notices: frozenset[Notice]) -> None:
            now_s = time.monotonic()
            if pace.takes(now_s) is not None:
                self._hand_over((now_s, data))

        async def receive() -> None:
            async with open_session() as session:
                means = AloneMeans(self._limits, session, asyncio.Semaphore())
                pull: Pull
                if self._settings.kind is SourceKind.RTSP:
                    pull = ReaderPull(means, self._settings, self._password)
                else:
                    pull = MjpegPull(means, self._settings, self._password)
                try:
                    await pull.run(on_picture)
                except CameraError as error:
                    self._hand_over(error)

        receiving = asyncio.create_task(receive())
        while not receiving.done() and not self._is_enough.is_set():
            await asyncio.wait({receiving}, timeout=0.1)
        receiving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await receiving
