"""Polls all cameras from one thread with one event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from camwatch.cameras.polling import CameraPolling, PasswordFor, PollStats
from camwatch.config import CameraPolicy
from camwatch.domain import Camera, CameraId, Picture
from camwatch.errors import CameraError
from camwatch.events import Bus, ClockJumped, ComputerResumed
from camwatch.logs import on_asyncio_error
from camwatch.workers.base import Worker


class PollerWorker(Worker):
    """Fetches the pictures of all cameras; publishes how the cameras are.

    All methods may be called from any thread, before the start and after the end.

    Args:
        limits: Deadlines, sizes, and when a camera is left alone.
        password_for: Reads a camera's password; may block, raises SecretsUnavailable.
        deliver: Gets each good picture, in this worker's thread; must not wait.
        bus: Gets CameraStateChanged, PollFailed, CommonCause and CamerasMeasured; tells when
            this computer was asleep, and when its clock was set.
        deliver_focus: Gets each good picture of the camera in focus, in this worker's thread;
            must not wait.
    """

    def __init__(
        self,
        limits: CameraPolicy,
        password_for: PasswordFor,
        deliver: Callable[[Picture], None],
        bus: Bus,
        parent: QObject | None = None,
        *,
        deliver_focus: Callable[[Picture], None] = lambda _picture: None,
    ) -> None:
        super().__init__("poller", parent)
        self._polling = CameraPolling(
            limits, password_for, deliver, bus.publish, deliver_focus=deliver_focus
        )
        self._bus = bus
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cameras: tuple[Camera, ...] = ()
        self._focus: CameraId | None = None

    def work(self) -> None:
        """Poll until asked to stop."""
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            loop.set_exception_handler(on_asyncio_error)
            with self._lock:
                self._loop = loop
                self._polling.set_cameras(self._cameras)
                self._polling.focus(self._focus)
                if self.stop_event.is_set():
                    self._polling.stop()
            unsubscribes = (
                self._bus.subscribe(ComputerResumed, self._on_resumed),
                self._bus.subscribe(ClockJumped, self._on_clock_jumped),
            )
            try:
                runner.run(self._polling.run())
            finally:
                for unsubscribe in unsubscribes:
                    unsubscribe()
                with self._lock:
                    self._loop = None

    def request_stop(self) -> None:
        """Give up all polls, however long they would still take."""
        super().request_stop()
        self._tell(self._polling.stop)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Poll these cameras from now on; those that did not change go on undisturbed."""
        with self._lock:
            self._cameras = tuple(cameras)
        self._tell(lambda: self._polling.set_cameras(self._cameras))

    def set_limits(self, limits: CameraPolicy) -> None:
        """Keep to other limits, from the next picture of each camera on."""
        self._tell(lambda: self._polling.set_limits(limits))
        with self._lock:
            if self._loop is None:
                self._polling.limits = limits

    def retry_now(self, camera_id: CameraId) -> None:
        """Poll a camera at once instead of when its wait is over."""
        self._tell(lambda: self._polling.retry_now(camera_id))

    def focus(self, camera_id: CameraId | None) -> None:
        """Hand on the pictures of one camera as fast as someone looks, or of none."""
        with self._lock:
            self._focus = camera_id
        self._tell(lambda: self._polling.focus(camera_id))

    def picture_failed(self, picture: Picture, error: CameraError) -> None:
        """Take a delivered picture for a failed poll after all: its decoder refused it."""
        self._tell(lambda: self._polling.picture_failed(picture, error))

    def _on_resumed(self, event: ComputerResumed) -> None:
        self._tell(lambda: self._polling.resumed(event.asleep_s))

    def _on_clock_jumped(self, event: ClockJumped) -> None:
        self._tell(lambda: self._polling.clock_was_set(event.by_s))

    def stats(self) -> PollStats:
        """Return what was polled since the start."""
        return self._polling.stats()

    def _tell(self, what: Callable[[], None]) -> None:
        """Let the event loop do it, if there is one."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(what)
