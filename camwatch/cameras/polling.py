"""Polls all cameras from one event loop: one task a camera, no overlap, no Qt."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import aiohttp

from camwatch.cameras.background import call_in_thread
from camwatch.cameras.camera_task import CameraTask
from camwatch.cameras.connections import drop_connections, open_session
from camwatch.cameras.fleet import CommonCauses
from camwatch.cameras.host import LOOK_EVERY_S, NetworkPresence, has_network, needs_network
from camwatch.cameras.lanes import Lanes
from camwatch.cameras.mjpeg import MjpegTask
from camwatch.cameras.pulse import Pulse
from camwatch.cameras.readings import Readings
from camwatch.cameras.reconnecting import ReconnectBook
from camwatch.cameras.schedule import FailureLog
from camwatch.cameras.snapshots import SnapshotTask
from camwatch.cameras.streams import ReaderTask
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    Picture,
    Reason,
    Secret,
    SourceKind,
    utc_now,
)
from camwatch.errors import CameraError, SecretsLocked, SecretsUnavailable
from camwatch.events import CamerasMeasured, CameraStateChanged, Event
from camwatch.logs import log_crash

log = logging.getLogger(__name__)

LONGEST_STAGGER_S = 5.0
"""First polls of cameras that are added together are spread over this time at most."""

MEASURED_EVERY_S = 2.0
"""How often it is told how quickly the pictures come."""

ARRIVALS_KEPT = 4096
_NETWORK_BACK_WITHIN_S = 3.0
_RESUMED_LATELY_S = 5.0
PasswordFor = Callable[[Camera], Secret | None]

MOST_STARTING = 8
"""So many reader processes start at once; starting is what they cost most for."""

_ENDING_WITHIN_S = 1.5
"""Of the 2.5 s that all workers have; then processes that still hang are killed."""

_KINDS: Mapping[SourceKind, type[CameraTask]] = {
    SourceKind.SNAPSHOT: SnapshotTask,
    SourceKind.MJPEG: MjpegTask,
    SourceKind.RTSP: ReaderTask,
    SourceKind.USB: ReaderTask,
    SourceKind.FILE: ReaderTask,
}


class Arrival(NamedTuple):
    """One good picture.

    Attributes:
        camera_id: Whose it is.
        at_s: When it had passed the gate, on the monotonic clock, seconds.
        latency_ms: Time from when it was due until then; of a stream, from when it came.
    """

    camera_id: CameraId
    at_s: float
    latency_ms: float


@dataclass(frozen=True, slots=True)
class PollStats:
    """What was polled since the start.

    Attributes:
        due: Polls that the intervals asked for; waits after failures ask for none. A stream is
            polled once per interval while it is received, and once for each opening that fails.
        done: Polls that ended, with a picture or without.
        missed: Polls that were left out because the one before took too long, or for which a
            stream sent no picture.
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
        deliver_focus: Gets each good picture of the camera in focus; must not wait.
        look: Tells whether this computer has a network; must not wait.
    """

    def __init__(
        self,
        limits: CameraPolicy,
        password_for: PasswordFor,
        deliver: Callable[[Picture], None],
        publish: Callable[[Event], None],
        *,
        deliver_focus: Callable[[Picture], None] = lambda _picture: None,
        look: Callable[[], bool] = has_network,
    ) -> None:
        self.limits = limits
        self.failure_log = FailureLog()
        self.starting = asyncio.Semaphore(MOST_STARTING)
        self._deliver_focus = deliver_focus
        self._focus: CameraId | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self.chance = random.Random()  # noqa: S311 - spreads waits, guards nothing
        self._deliver = deliver
        self._publish = publish
        self._due = 0
        self._done = 0
        self._missed = 0
        self._good = 0
        self._arrivals: deque[Arrival] = deque(maxlen=ARRIVALS_KEPT)
        self._readings = Readings()
        self._causes = CommonCauses()
        self._reconnects = ReconnectBook(self.chance)
        self._lanes = Lanes()
        self._network = NetworkPresence(look)
        self._has_network = True
        self._pulse = Pulse(time.monotonic())
        self._resumed_s = float("-inf")
        self._password_for = password_for
        self._reading_password = asyncio.Lock()
        self._tasks: dict[CameraId, CameraTask] = {}
        self._wanted: Sequence[Camera] = ()
        self._outdated: set[CameraId] = set()
        """Cameras whose task has older limits."""
        self._session: aiohttp.ClientSession | None = None
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop` is called; whatever is still going on then is given up."""
        async with open_session() as session:
            self._session = session
            self._pulse = Pulse(time.monotonic())
            watching = asyncio.create_task(self._watch(), name="watch over the cameras")
            self.set_cameras(self._wanted)
            try:
                await self._stop.wait()
            finally:
                watching.cancel()
                for task in self._tasks.values():
                    task.end()
                self._tasks.clear()
                # What clears up may still need the session.
                if self._ending:
                    await asyncio.wait(self._ending, timeout=_ENDING_WITHIN_S)
                self._session = None

    def stop(self) -> None:
        """Let `run` return."""
        self._stop.set()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Poll these cameras from now on; those that did not change go on undisturbed."""
        self._wanted = tuple(cameras)
        if self._session is None or self._stop.is_set():
            return
        for part in (self._readings, self._causes, self._lanes):
            part.set_cameras(cameras)
        self._reconnects.set_cameras(len(cameras))
        wanted = {camera.id: camera for camera in cameras}
        for camera_id in [known for known in self._tasks if known not in wanted]:
            self._tasks.pop(camera_id).end()
            self.failure_log.forget(camera_id)
        new = [camera for camera in cameras if not self._keeps(camera)]
        now_s, at = time.monotonic(), utc_now()
        for number, camera in enumerate(new):
            spread_s = min(camera.settings.interval_s, LONGEST_STAGGER_S)
            first_s = now_s + spread_s * number / len(new)
            before = self._tasks.get(camera.id)
            seq = before.seq if before is not None else 0
            if before is not None:
                before.end()
            task = _KINDS[camera.settings.kind](self, camera, first_s, seq)
            self._tasks[camera.id] = task
            task.begin(at)
            if not self._has_network and needs_network(camera.settings):
                task.pause(Reason.HOST_OFFLINE, at)
            if camera.id == self._focus:
                task.focus(is_on=True)

    def set_limits(self, limits: CameraPolicy) -> None:
        """Keep to other limits: each camera is begun anew with them, spread as at the start."""
        self.limits = limits
        self._outdated = set(self._tasks)
        self.set_cameras(self._wanted)

    def clears_up(self, task: asyncio.Task[None]) -> None:
        """Wait, before the end of it all, for what still clears up, such as a process's end."""
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def focus(self, camera_id: CameraId | None) -> None:
        """Hand on the pictures of one camera as fast as someone looks, or of none."""
        if camera_id == self._focus:
            return
        before, self._focus = self._focus, camera_id
        for changed in (before, camera_id):
            if changed is not None and (task := self._tasks.get(changed)) is not None:
                task.focus(is_on=changed == camera_id)

    def _keeps(self, camera: Camera) -> bool:
        """Tell whether the camera's present task serves on; hand it the new record if so."""
        task = self._tasks.get(camera.id)
        if camera.id in self._outdated:
            self._outdated.discard(camera.id)
            return False
        if task is None or task.camera.workstation != camera.workstation:
            return False
        if _how_polled(task.camera.settings) != _how_polled(camera.settings):
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

    def deliver_focus(self, picture: Picture) -> None:
        """Hand on a good picture of the camera in focus."""
        if picture.camera_id == self._focus:
            self._deliver_focus(picture)

    def publish(self, event: Event) -> None:
        """Tell what happened."""
        self._publish(event)
        if isinstance(event, CameraStateChanged):
            task = self._tasks.get(event.camera_id)
            since_s = task.health.failing_since_s if task is not None else time.monotonic()
            self._causes.note(event.camera_id, event.state, event.reason, since_s)

    def count_poll(self, due: int = 0, done: int = 0, missed: int = 0) -> None:
        """Add to the counts of polls."""
        self._due += due
        self._done += done
        self._missed += missed

    def count_latency(self, camera: Camera, milliseconds: float) -> None:
        """Keep how long a good picture took."""
        now_s = time.monotonic()
        self._good += 1
        self._arrivals.append(Arrival(camera.id, now_s, milliseconds))
        self._readings.add(camera.id, milliseconds, now_s)

    @property
    def strain(self) -> tuple[Reason, str]:
        """Why this computer does not keep up, with facts; NONE while it does."""
        if not self._pulse.is_strained:
            return Reason.NONE, ""
        return Reason.OVERLOADED, "what is due is done too late"

    def excuses(self, camera: Camera) -> bool:
        """Tell whether a camera's failure lies at this computer: asleep, or without network."""
        if self.was_asleep():
            return True
        if not needs_network(camera.settings):
            return False
        self._look_at_network()
        return not self._has_network

    def was_asleep(self) -> bool:
        """Tell whether this process stood still until now; if so, all tasks are paused."""
        asleep_s = self._pulse.stood_still_s(time.monotonic())
        if asleep_s is None:
            return False
        self.resumed(asleep_s)
        return True

    def reconnect_at(self, wanted_s: float) -> float:
        """Return when a camera that is out of order is tried again, on the monotonic clock."""
        return self._reconnects.book(wanted_s, time.monotonic())

    def turn(self, camera: Camera) -> AbstractAsyncContextManager[None]:
        """Wait until a camera may be asked without crowding the recorder it sits behind."""
        return self._lanes.turn(camera.settings)

    # ---------------------------------------------------------------- this computer

    def resumed(self, asleep_s: float) -> None:
        """Ask all cameras anew: this computer was asleep, or this process was stopped.

        What was going on is given up, and counts as neither failed nor missed.

        Args:
            asleep_s: For how long, seconds.
        """
        now_s, was_at = time.monotonic(), utc_now() - timedelta(seconds=asleep_s)
        self._pulse = Pulse(now_s)
        if self._session is None or now_s - self._resumed_s < _RESUMED_LATELY_S:
            return
        self._resumed_s = now_s
        for task in self._tasks.values():
            task.pause(Reason.ASLEEP, was_at)
        # Cameras and routers have forgotten connections meanwhile, without a word to us.
        drop_connections(self._session, but_local=False)
        asyncio.get_running_loop().call_soon(self._go_on, LONGEST_STAGGER_S)

    def clock_was_set(self, by_s: float) -> None:
        """Tell all states anew, with their moments as the wall clock says them now.

        Args:
            by_s: How much was added to it, seconds.
        """
        for task in self._tasks.values():
            task.clock_was_set(by_s)

    def _look_at_network(self) -> None:
        """See whether this computer has a network; pause the cameras while it has none."""
        has_network = self._network.is_there(time.monotonic())
        if has_network is self._has_network or self._session is None:
            return
        self._has_network = has_network
        if has_network:
            log.info("this computer has a network again")
            self._causes.forget(Reason.HOST_OFFLINE)
            drop_connections(self._session, but_local=True)
            self._go_on(_NETWORK_BACK_WITHIN_S)
            return
        log.warning("this computer has no network")
        at = utc_now()
        for task in self._tasks.values():
            if needs_network(task.camera.settings):
                task.pause(Reason.HOST_OFFLINE, at)

    def _go_on(self, within_s: float) -> None:
        """Let the paused cameras be asked again, spread over a time."""
        if self._session is None:
            return
        paused = [task for task in self._tasks.values() if task.is_paused]
        now_s = time.monotonic()
        for number, task in enumerate(paused):
            if not self._has_network and needs_network(task.camera.settings):
                task.pause(Reason.HOST_OFFLINE, utc_now())
                continue
            spread_s = min(within_s, task.camera.settings.interval_s)
            task.go_on(now_s + spread_s * number / len(paused))

    async def _watch(self) -> None:
        """Look after all cameras once a second; a bug in this must not end the polling."""
        measured_s = time.monotonic()
        due_s = measured_s
        while True:
            due_s = max(due_s + LOOK_EVERY_S, time.monotonic())
            await asyncio.sleep(due_s - time.monotonic())
            try:
                if self.was_asleep():
                    continue
                now_s, at = time.monotonic(), utc_now()
                self._pulse.beat(now_s, now_s - due_s)
                self._look_at_network()
                self._tell_causes(now_s, at)
                if now_s - measured_s >= MEASURED_EVERY_S - LOOK_EVERY_S / 2:
                    measured_s = now_s
                    self._publish(CamerasMeasured(at, self._readings.at(now_s)))
            except Exception as error:  # noqa: BLE001 - see above
                log_crash("watching over the cameras", error)

    def _tell_causes(self, now_s: float, at: datetime) -> None:
        for cause in self._causes.check(now_s, at):
            log.log(
                logging.WARNING if cause.at == cause.since else logging.INFO,
                "common cause %s: %d cameras of %s %s (%s)",
                cause.key,
                len(cause.camera_ids),
                cause.scope,
                cause.where,
                cause.reason,
            )
            self._publish(cause)

    # ---------------------------------------------------------------- asked from outside

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
            CameraError: PASSWORD_LOCKED while it may be had later, or PASSWORD_MISSING.
        """
        async with self._reading_password:
            try:
                secret = await call_in_thread("password", partial(self._password_for, camera))
            except SecretsLocked as error:
                raise CameraError(Reason.PASSWORD_LOCKED) from error
            except SecretsUnavailable as error:
                raise CameraError(Reason.PASSWORD_MISSING) from error
        return secret


def _how_polled(settings: CameraSettings) -> CameraSettings:
    """Return the settings without those that make no difference to polling."""
    return replace(settings, name="", location="", site="", status_path="")
