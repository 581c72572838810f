"""Moves cameras for operators, from one thread that waits for the devices."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Self, TypeVar

import aiohttp

from camwatch.cameras.connections import open_session
from camwatch.cameras.onvif.client import OnvifClient
from camwatch.cameras.onvif.ptz import PtzHead
from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.domain import Camera, CameraId, CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

KEPT_S = 60.0
"""A camera that was moved is kept ready for the next move this long, seconds."""

PasswordFor = Callable[[Camera], Secret | None]
T = TypeVar("T")

_STARTS_WITHIN_S = 10.0
_LOOK_S = 2.0
_HOPELESS = (Reason.UNAUTHORIZED, Reason.UNSUPPORTED, Reason.ADDRESS)


@dataclass(slots=True)
class _Ready:
    """A camera whose sign-in and services are known.

    Attributes:
        settings: As it was then; others need another client.
        password: Likewise.
        turn: Held while the camera is asked: orders go out in the order they came.
        newest: Number of the newest order to move or stop.
        used_s: When it was used last, on the monotonic clock.
        is_refused: The device refused the password.
    """

    settings: CameraSettings
    password: Secret | None
    head: PtzHead
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest: int = 0
    used_s: float = 0.0
    is_refused: bool = False


class PtzControl:
    """Moves cameras; every method blocks and may be called from any thread.

    Its thread starts with the first order, and ends by itself when no camera was moved for
    `kept_s`.

    Args:
        password_for: Reads a camera's password; may block, raises SecretsUnavailable.
        limit_s: Longest time for one call of a device, seconds.
        kept_s: How long a camera is kept ready, seconds.
    """

    def __init__(
        self, password_for: PasswordFor, limit_s: float = 5.0, kept_s: float = KEPT_S
    ) -> None:
        self._password_for = password_for
        self._limit_s = limit_s
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._session: aiohttp.ClientSession | None = None
        self._cameras: dict[CameraId, _Ready] = {}
        self._orders = 0
        self._pending = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waiting(self) -> int:
        """How many orders are not done yet."""
        return self._pending

    def abilities(self, camera: Camera) -> PtzAbilities:
        """Ask what a camera can do; one without ONVIF is not asked.

        Raises:
            CameraError: It does not tell.
        """
        if camera.settings.onvif_url is None:
            return PtzAbilities()

        async def ask(ready: _Ready, _number: int) -> PtzAbilities:
            async with ready.turn:
                return await ready.head.abilities()

        return self._order(camera, ask)

    def move(self, camera: Camera, pan: float, tilt: float, zoom: float) -> None:
        """Let a camera move; given up if a newer order comes before its turn.

        Raises:
            CameraError: It did not move.
        """
        self._movement(camera, lambda head: head.move(pan, tilt, zoom))

    def go_to(self, camera: Camera, preset: str) -> None:
        """Send a camera to a preset; given up if a newer order comes before its turn.

        Raises:
            CameraError: It did not go.
        """
        self._movement(camera, lambda head: head.go_to(preset))

    def go_home(self, camera: Camera) -> None:
        """Send a camera home; given up if a newer order comes before its turn.

        Raises:
            CameraError: It did not go.
        """
        self._movement(camera, lambda head: head.go_home())

    def stop(self, camera: Camera) -> None:
        """Stop a camera; tried twice.

        Raises:
            CameraError: It did not say that it stopped; it stops by itself after some seconds.
        """

        async def stop(ready: _Ready, number: int) -> None:
            ready.newest = number
            async with ready.turn:
                try:
                    await ready.head.stop()
                except CameraError as error:
                    if error.reason in _HOPELESS:
                        raise
                    await ready.head.stop()

        self._order(camera, stop)

    def close(self) -> None:
        """Give up what is going on, and end the thread."""
        with self._lock:
            thread = self._thread
            if self._loop is not None and self._end is not None:
                self._loop.call_soon_threadsafe(self._end.set)
        if thread is not None:
            thread.join(_STARTS_WITHIN_S)

    def _movement(
        self, camera: Camera, what: Callable[[PtzHead], Coroutine[None, None, None]]
    ) -> None:
        async def move(ready: _Ready, number: int) -> None:
            ready.newest = number
            async with ready.turn:
                if ready.newest == number:
                    await what(ready.head)

        self._order(camera, move)

    def _order(self, camera: Camera, what: Callable[[_Ready, int], Coroutine[None, None, T]]) -> T:
        """Have something done in the thread; return what came of it."""
        if camera.settings.onvif_url is None:
            raise CameraError(Reason.UNSUPPORTED, tr("the camera has no ONVIF"))
        ready = self._cameras.get(camera.id)
        if ready is not None and ready.settings == camera.settings and not ready.is_refused:
            password = ready.password
        else:
            # The keyring may wait for its own password: not in the thread of all cameras.
            password = self._password_for(camera) if camera.settings.username else None
        with self._lock:
            loop = self._running()
            self._orders += 1
            self._pending += 1
            future = asyncio.run_coroutine_threadsafe(
                self._do(camera, password, what, self._orders), loop
            )
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise CameraError(Reason.TIMEOUT, tr("given up")) from None
        finally:
            with self._lock:
                self._pending -= 1

    async def _do(
        self,
        camera: Camera,
        password: Secret | None,
        what: Callable[[_Ready, int], Coroutine[None, None, T]],
        number: int,
    ) -> T:
        ready = self._cameras.get(camera.id)
        if ready is None or (ready.settings, ready.password) != (camera.settings, password):
            assert self._session is not None  # noqa: S101 - the thread runs inside the session
            client = OnvifClient(self._session, camera.settings, password, self._limit_s)
            ready = self._cameras[camera.id] = _Ready(camera.settings, password, PtzHead(client))
        if not ready.is_refused:  # else it is never forgotten while somebody tries
            ready.used_s = time.monotonic()
        try:
            return await what(ready, number)
        except CameraError as error:
            if error.reason is Reason.UNAUTHORIZED:
                ready.is_refused = True
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        """Return the thread's loop, started if it does not run; the lock is held."""
        if self._loop is not None:
            return self._loop
        started: concurrent.futures.Future[asyncio.AbstractEventLoop] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="ptz", daemon=True
        )
        self._thread.start()
        self._loop = started.result(_STARTS_WITHIN_S)
        return self._loop

    async def _serve(self, started: concurrent.futures.Future[asyncio.AbstractEventLoop]) -> None:
        """Keep the session open until told to end, or until no camera is kept any more."""
        self._end = asyncio.Event()
        async with open_session() as self._session:
            started.set_result(asyncio.get_running_loop())
            is_over = False
            while not is_over:
                try:
                    await asyncio.wait_for(self._end.wait(), min(_LOOK_S, self._kept_s))
                except TimeoutError:
                    is_over = self._forget_unused()
                else:
                    is_over = True
                    with self._lock:
                        self._loop = None
            self._cameras.clear()
            orders = asyncio.all_tasks() - {asyncio.current_task()}
            for order in orders:
                order.cancel()
            await asyncio.gather(*orders, return_exceptions=True)

    def _forget_unused(self) -> bool:
        """Forget cameras that nobody moves; True if the thread is not needed any more."""
        with self._lock:
            if self._pending:
                return False
            oldest_s = time.monotonic() - self._kept_s
            for camera_id in [id_ for id_, one in self._cameras.items() if one.used_s < oldest_s]:
                del self._cameras[camera_id]
            if not self._cameras:
                self._loop = None
            return not self._cameras
