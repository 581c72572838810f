"""Polls all cameras from one event loop: one task a camera, no overlap, no Qt."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import aiohttp

from camwatch.cameras.background import call_in_thread
from camwatch.cameras.camera_task import CameraTask
from camwatch.cameras.connections import open_session
from camwatch.cameras.schedule import FailureLog
from camwatch.cameras.snapshots import SnapshotTask
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    Picture,
    Reason,
    Secret,
    SourceKind,
)
from camwatch.errors import CameraError, SecretsUnavailable
from camwatch.events import Event

LONGEST_STAGGER_S = 5.0
"""First polls of cameras that are added together are spread over this time at most."""

ARRIVALS_KEPT = 4096
PasswordFor = Callable[[Camera], Secret | None]

_KINDS: Mapping[SourceKind, type[CameraTask]] = {SourceKind.SNAPSHOT: SnapshotTask}


class Arrival(NamedTuple):
    """One good picture.

    Attributes:
        camera_id: Whose it is.
        at_s: When it had passed the gate, on the monotonic clock, seconds.
        latency_ms: Time from when it was due until then.
    """

    camera_id: CameraId
    at_s: float
    latency_ms: float


@dataclass(frozen=True, slots=True)
class PollStats:
    """What was polled since the start.

    Attributes:
        due: Polls that the intervals asked for; waits after failures ask for none.
        done: Polls that ended, with a picture or without.
        missed: Polls that were left out because the one before took too long.
        good: Pictures that had passed the gate.
        arrivals: The newest of these, oldest first.
    """

    due: int
    done: int
    missed: int
    good: int
    arrivals: tuple[Arrival, ...]

    @property
    def latency_ms(self) -> tuple[float, ...]:
        """How long the newest good ones took, oldest first."""
        return tuple(one.latency_ms for one in self.arrivals)


class CameraPolling:
    """Polls all cameras; every method but `stats` is called in the event loop's thread.

    Args:
        limits: Deadlines, sizes, and when a camera is left alone.
        password_for: Reads a camera's password from the keyring; may block. Called in a
            thread, one call at a time.
        deliver: Gets each good picture; must not wait.
        publish: Gets the events; must not wait.
    """

    def __init__(
        self,
        limits: CameraPolicy,
        password_for: PasswordFor,
        deliver: Callable[[Picture], None],
        publish: Callable[[Event], None],
    ) -> None:
        self.limits = limits
        self.failure_log = FailureLog()
        self.chance = random.Random()  # noqa: S311 - spreads waits, guards nothing
        self._deliver = deliver
        self._publish = publish
        self._due = 0
        self._done = 0
        self._missed = 0
        self._good = 0
        self._arrivals: deque[Arrival] = deque(maxlen=ARRIVALS_KEPT)
        self._password_for = password_for
        self._reading_password = asyncio.Lock()
        self._tasks: dict[CameraId, CameraTask] = {}
        self._wanted: Sequence[Camera] = ()
        self._session: aiohttp.ClientSession | None = None
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop` is called; whatever is still going on then is given up."""
        async with open_session() as session:
            self._session = session
            self.set_cameras(self._wanted)
            try:
                await self._stop.wait()
            finally:
                self._session = None
                for task in self._tasks.values():
                    task.end()
                self._tasks.clear()

    def stop(self) -> None:
        """Let `run` return."""
        self._stop.set()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Poll these cameras from now on; those that did not change go on undisturbed."""
        self._wanted = tuple(cameras)
        if self._session is None:
            return
        wanted = {camera.id: camera for camera in cameras}
        for camera_id in [known for known in self._tasks if known not in wanted]:
            self._tasks.pop(camera_id).end()
            self.failure_log.forget(camera_id)
        new = [camera for camera in cameras if not self._keeps(camera)]
        now_s = time.monotonic()
        for number, camera in enumerate(new):
            spread_s = min(camera.settings.interval_s, LONGEST_STAGGER_S)
            first_s = now_s + spread_s * number / len(new)
            before = self._tasks.get(camera.id)
            seq = before.seq if before is not None else 0
            if before is not None:
                before.end()
            task = _KINDS[camera.settings.kind](self, camera, first_s, seq)
            self._tasks[camera.id] = task
            task.begin()

    def _keeps(self, camera: Camera) -> bool:
        """Tell whether the camera's present task serves on; hand it the new record if so."""
        task = self._tasks.get(camera.id)
        if task is None or _how_polled(task.camera.settings) != _how_polled(camera.settings):
            return False
        task.camera = camera
        task.password_may_be_new()
        return True

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session.

        Raises:
            RuntimeError: The polling does not run.
        """
        if self._session is None:
            raise RuntimeError("the polling does not run")
        return self._session

    def deliver(self, picture: Picture) -> None:
        """Hand on a good picture."""
        self._deliver(picture)

    def publish(self, event: Event) -> None:
        """Tell what happened."""
        self._publish(event)

    def count_poll(self, due: int = 0, done: int = 0, missed: int = 0) -> None:
        """Add to the counts of polls."""
        self._due += due
        self._done += done
        self._missed += missed

    def count_latency(self, camera: Camera, milliseconds: float) -> None:
        """Keep how long a good picture took."""
        self._good += 1
        self._arrivals.append(Arrival(camera.id, time.monotonic(), milliseconds))

    def retry_now(self, camera_id: CameraId) -> None:
        """Poll the camera at once, with its password read anew; an operator asked for it."""
        if (task := self._tasks.get(camera_id)) is not None:
            task.retry_now()

    def picture_failed(self, picture: Picture, error: CameraError) -> None:
        """Count a delivered picture as a failed poll after all: its decoder refused it."""
        if (task := self._tasks.get(picture.camera_id)) is not None:
            task.failed(error)

    def stats(self) -> PollStats:
        """Return the counts so far; may be called from any thread."""
        newest = tuple(self._arrivals.copy())
        return PollStats(self._due, self._done, self._missed, self._good, newest)

    async def password(self, camera: Camera) -> Secret | None:
        """Read a password without holding up the loop, one at a time: a keyring may ask.

        Raises:
            CameraError: PASSWORD_MISSING.
        """
        async with self._reading_password:
            try:
                secret = await call_in_thread("password", partial(self._password_for, camera))
            except SecretsUnavailable as error:
                raise CameraError(Reason.PASSWORD_MISSING) from error
        return secret


def _how_polled(settings: CameraSettings) -> CameraSettings:
    """Return the settings without those that make no difference to polling."""
    return replace(settings, name="", location="", site="", status_path="")
