"""A whole site of simulated cameras on this computer, for tests, the demo and measurements."""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from camwatch.cameras.simulator.faults import Fault
from camwatch.cameras.simulator.film import Film, Moment
from camwatch.cameras.simulator.known_plans import PlanKey
from camwatch.cameras.simulator.server import Served, SimulatedCamera, SiteServer
from camwatch.cameras.simulator.sign_in import PASSWORD, USERNAME, AuthKind, Gatekeeper
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.standing_back import stand_back

HOST = "127.0.0.1"
MOST_CAMERAS = 1000
_PAINTERS = 2
_SLOWEST_FPS, _FASTEST_FPS = 0.1, 30.0
_SMALLEST_SIDE, _LARGEST_SIDE = 64, 4096


class SimulatedSite:
    """Cameras 1 to N on the loopback address, served by the running event loop.

    Args:
        cameras: How many, 1 to 1000.
        size: Width and height of their pictures in pixels, 64 to 4096 each.
        fps: Frames per second, 0.1 to 30; time passes in steps of a frame.
        seed: Which places and people; the same seed shows the same.
        auth: How they ask for a password; user name and password are `username` and
            `password`.
        fault: What is wrong with all of them from the start.
        cache_mib: Painted pictures are kept, up to so many MiB.
        busy: Share of the cameras that see people, 0 to 1; the others show their place with
            nobody in it.
        is_prepared: All pictures are painted at the start, so that serving one costs little
            whenever it is asked for; the start takes up to a minute then.
        is_hasty: It answers as soon as its first place is drawn, and draws the others meanwhile.

    Raises:
        InvalidSetting: A value is out of its range.
    """

    def __init__(
        self,
        cameras: int,
        size: tuple[int, int] = (1280, 720),
        *,
        fps: float = 1.0,
        seed: int = 0,
        auth: AuthKind = "none",
        fault: Fault | str | None = None,
        cache_mib: int = 256,
        busy: float = 1.0,
        is_prepared: bool = False,
        is_hasty: bool = False,
    ) -> None:
        _check(cameras, size, fps, seed, busy)
        self.auth: AuthKind = auth
        self.size = size
        self.fps = fps
        self.username = USERNAME
        self.password = Secret(PASSWORD)
        start = None if fault is None else _known_fault(fault)
        self._cameras = [SimulatedCamera(index, start) for index in range(cameras)]
        self._film = Film(
            cameras, size, fps=fps, seed=seed, cache_bytes=cache_mib * 2**20, busy=busy
        )
        self._is_prepared = is_prepared
        self._is_hasty = is_hasty
        self._drawing: asyncio.Task[None] | None = None
        self._painters: ThreadPoolExecutor | None = None
        self._runner: web.AppRunner | None = None
        self._server: SiteServer | None = None
        self._started_s = 0.0
        self.started_at = 0.0
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Draw the places, which takes up to a few seconds or so, then answer requests.

        Args:
            port: Where to listen on 127.0.0.1; 0 takes any free port.

        Raises:
            InvalidSetting: The port is taken or not permitted.
        """
        if self._runner is not None:
            raise RuntimeError("the site is running")
        self._painters = ThreadPoolExecutor(
            _PAINTERS, thread_name_prefix="simulator", initializer=stand_back
        )
        scenes = range(self._film.scenes)
        count = 1 if self._is_hasty else len(scenes)
        await asyncio.gather(*(self._draw([scene]) for scene in scenes[:count]))
        # One after the other, so that a thread is left for pictures that are asked for.
        self._drawing = asyncio.create_task(self._draw(scenes[count:]))
        self._started_s, self.started_at = time.monotonic(), time.time()
        self._server = SiteServer(
            self._film,
            Gatekeeper(self.auth),
            self._cameras,
            now=lambda: time.monotonic() - self._started_s,
            started_at=self.started_at,
            painters=self._painters,
        )
        runner = web.AppRunner(
            self._server.application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=1.0,
        )
        await runner.setup()
        self._runner = runner
        try:
            await web.TCPSite(runner, HOST, port).start()
        except (OSError, OverflowError) as error:
            await self.stop()
            raise InvalidSetting("port", _why_no_port(port, error)) from error
        self.port = int(runner.addresses[0][1])

    async def _draw(self, scenes: Sequence[int]) -> None:
        """Draw places, one after the other."""
        loop = asyncio.get_running_loop()
        prepare = partial(self._film.prepare, whole=self._is_prepared)
        for scene in scenes:
            await loop.run_in_executor(self._painters, prepare, scene)

    async def stop(self) -> None:
        """Hang up on everybody and stop listening; harmless when it does not run."""
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._painters is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._painters.shutdown)
            self._painters = None

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def base_url(self, number: int) -> str:
        """Return the address under which a camera's `/snapshot` and `/status` are."""
        return f"{self.url}{self.base_path(number)}"

    def base_path(self, number: int) -> str:
        """Return the part of that address after host and port."""
        self._camera(number)
        return f"/cam/{number}"

    def name(self, number: int) -> str:
        """Return what a camera is called."""
        return self._film.shots[self._camera(number).index].name

    @property
    def plans(self) -> Sequence[PlanKey]:
        """What it hangs on who comes when, of each place."""
        return self._film.plans

    @property
    def cameras(self) -> int:
        """How many cameras there are."""
        return len(self._cameras)

    @property
    def numbers(self) -> range:
        """The numbers of the cameras, from 1."""
        return range(1, self.cameras + 1)

    def truth(self, number: int, at: float | None = None) -> Moment:
        """Return what is true about a camera.

        Args:
            number: From 1.
            at: Unix time in seconds, not before the site's start; None for now.
        """
        if at is None:
            frame = int((time.monotonic() - self._started_s) * self.fps)
        else:
            frame = int((at - self.started_at) * self.fps + 1e-3)
        return self.truth_of_frame(number, frame)

    def truth_of_frame(self, number: int, frame: int) -> Moment:
        """Return what is true about a camera at a frame, as X-Camwatch-Frame tells it."""
        if frame < 0:
            raise ValueError(f"frame {frame} lies before the site's start")
        return self._film.moment(self._camera(number).index, frame)

    def set_fault(self, number: int, fault: Fault | str | None) -> None:
        """Let something go wrong with a camera from now on, or nothing for None."""
        self._camera(number).fault = None if fault is None else _known_fault(fault)

    def served(self, number: int) -> Served:
        """Return how often a camera was asked; counts on."""
        return self._camera(number).served

    def _camera(self, number: int) -> SimulatedCamera:
        if number not in self.numbers:
            raise ValueError(f"camera {number}: there are 1 to {self.cameras}")
        return self._cameras[number - 1]


class ThreadedSite(SimulatedSite):
    """A site that runs in a thread of its own while its `with` block lasts.

    All of its methods but `start` and `stop` may be called from any thread.
    """

    def __enter__(self) -> Self:
        """Start the site on any free port and wait until it answers.

        Raises:
            InvalidSetting: No port is to be had.
        """
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="simulated-site", daemon=False)
        self._thread.start()
        try:
            self._started.result()
        except (InvalidSetting, CancelledError):
            self._thread.join()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the site and wait until its thread has ended."""
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except InvalidSetting as error:
            self._started.set_exception(error)
        finally:
            # After a bug, which the thread's own hook tells of, nobody may wait for ever.
            self._started.cancel()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._leave = asyncio.Event()
        await self.start()
        self._started.set_result(None)
        try:
            await self._leave.wait()
        finally:
            await self.stop()


def _check(cameras: int, size: tuple[int, int], fps: float, seed: int, busy: float) -> None:
    if not 1 <= cameras <= MOST_CAMERAS:
        raise InvalidSetting(
            "cameras",
            tr(
                "{cameras} is not from 1 to {most_cameras}",
                cameras=cameras,
                most_cameras=MOST_CAMERAS,
            ),
        )
    if not all(_SMALLEST_SIDE <= side <= _LARGEST_SIDE for side in size):
        raise InvalidSetting(
            "size",
            tr(
                "{size}x{size2} has a side outside {smallest_side} to {largest_side}",
                size=size[0],
                size2=size[1],
                smallest_side=_SMALLEST_SIDE,
                largest_side=_LARGEST_SIDE,
            ),
        )
    if not _SLOWEST_FPS <= fps <= _FASTEST_FPS:
        raise InvalidSetting(
            "fps",
            tr(
                "{fps:g} is not from {slowest_fps:g} to {fastest_fps:g}",
                fps=fps,
                slowest_fps=_SLOWEST_FPS,
                fastest_fps=_FASTEST_FPS,
            ),
        )
    if seed < 0:
        raise InvalidSetting("seed", tr("{seed} is negative", seed=seed))
    if not 0 <= busy <= 1:
        raise InvalidSetting("busy", tr("{busy:g} is not from 0 to 1", busy=busy))


def _known_fault(name: Fault | str) -> Fault:
    try:
        return Fault(name)
    except ValueError:
        raise InvalidSetting(
            "fault", tr("{name} is not one of {names}", name=name, names=", ".join(Fault))
        ) from None


def _why_no_port(port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"{port} is already in use by another program; choose another one, or 0 for any"
    if code in (errno.EACCES, errno.EPERM):
        return f"{port} is reserved for the system; choose one above 1023, or 0 for any"
    return f"{port} cannot be used: {error}"
