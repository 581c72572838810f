"""Polls all cameras from one event loop: one task a camera, no overlap, no Qt."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import aiohttp

from camwatch.cameras.background import call_in_thread
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.health import CameraHealth
from camwatch.cameras.http import HttpCamera, open_session
from camwatch.cameras.schedule import FailureLog, Schedule
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    Secret,
    utc_now,
)
from camwatch.errors import CameraError, SecretsUnavailable
from camwatch.events import CameraStateChanged, Event, PollFailed
from camwatch.logs import log_crash

log = logging.getLogger(__name__)

LONGEST_STAGGER_S = 5.0
"""First polls of cameras that are added together are spread over this time at most."""

LATENCIES_KEPT = 4096
PasswordFor = Callable[[Camera], Secret | None]


@dataclass(frozen=True, slots=True)
class PollStats:
    """What was polled since the start.

    Attributes:
        due: Polls that the intervals asked for; waits after failures ask for none.
        done: Polls that ended, with a picture or without.
        missed: Polls that were left out because the one before took too long.
        latency_ms: Time from when a poll was due until its picture had passed the gate,
            of the newest good polls, oldest first.
    """

    due: int
    done: int
    missed: int
    latency_ms: tuple[float, ...]


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
        self.deliver = deliver
        self.publish = publish
        self.failure_log = FailureLog()
        self.chance = random.Random()  # noqa: S311 - spreads waits, guards nothing
        self.due = 0
        self.done = 0
        self.missed = 0
        self.latency_ms: deque[float] = deque(maxlen=LATENCIES_KEPT)
        self._password_for = password_for
        self._reading_password = asyncio.Lock()
        self._polls: dict[CameraId, _CameraPoll] = {}
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
                for poll in self._polls.values():
                    poll.end()
                self._polls.clear()

    def stop(self) -> None:
        """Let `run` return."""
        self._stop.set()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Poll these cameras from now on; those that did not change go on undisturbed."""
        self._wanted = tuple(cameras)
        if self._session is None:
            return
        wanted = {camera.id: camera for camera in cameras}
        for camera_id in [known for known in self._polls if known not in wanted]:
            self._polls.pop(camera_id).end()
            self.failure_log.forget(camera_id)
        new = [camera for camera in cameras if not self._keeps(camera)]
        now_s = time.monotonic()
        for number, camera in enumerate(new):
            spread_s = min(camera.settings.interval_s, LONGEST_STAGGER_S)
            first_s = now_s + spread_s * number / len(new)
            before = self._polls.get(camera.id)
            seq = before.seq if before is not None else 0
            if before is not None:
                before.end()
            self._polls[camera.id] = _CameraPoll(self, self._session, camera, first_s, seq)

    def _keeps(self, camera: Camera) -> bool:
        """Tell whether the camera's present task serves on; hand it the new record if so."""
        poll = self._polls.get(camera.id)
        if poll is None or _how_polled(poll.camera.settings) != _how_polled(camera.settings):
            return False
        poll.camera = camera
        poll.password_may_be_new()
        return True

    def retry_now(self, camera_id: CameraId) -> None:
        """Poll the camera at once, with its password read anew; an operator asked for it."""
        if (poll := self._polls.get(camera_id)) is not None:
            poll.retry_now()

    def picture_failed(self, picture: Picture, error: CameraError) -> None:
        """Count a delivered picture as a failed poll after all: its decoder refused it."""
        if (poll := self._polls.get(picture.camera_id)) is not None:
            poll.failed(error)

    def stats(self) -> PollStats:
        """Return the counts so far; may be called from any thread."""
        return PollStats(self.due, self.done, self.missed, tuple(self.latency_ms.copy()))

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


class _CameraPoll:
    """Polls one camera in a task of its own.

    Attributes:
        camera: As it is stored now.
        seq: How many good pictures there were.
    """

    def __init__(
        self,
        polling: CameraPolling,
        session: aiohttp.ClientSession,
        camera: Camera,
        first_s: float,
        seq: int,
    ) -> None:
        self.camera = camera
        self.seq = seq
        self._polling = polling
        self._session = session
        self._schedule = Schedule(first_s, camera.settings.interval_s)
        self._health = CameraHealth(polling.limits, polling.chance, time.monotonic(), utc_now())
        self._http: HttpCamera | None = None
        self._password: Secret | None = None
        self._max_bytes = int(polling.limits.max_picture_mib * 1024 * 1024)
        self._wake: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        if camera.settings.is_enabled:
            self._tell_state(utc_now())
            self._begin()
        else:
            self._health.switched_off(utc_now())
            self._tell_state(utc_now())

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._poll_on(), name=f"camera {self.camera.id}")
        self._task.add_done_callback(self._on_ended)

    def end(self) -> None:
        """Give up whatever is going on; nothing is delivered or told any more."""
        if self._task is not None:
            self._task.remove_done_callback(self._on_ended)
            self._task.cancel()
            self._task = None

    def retry_now(self) -> None:
        """Poll at once, with the password read anew."""
        self._http = None
        now_s = time.monotonic()
        self._health.retry_now(now_s)
        self._schedule.due_s = min(self._schedule.due_s, now_s)
        self._wake_up()

    def password_may_be_new(self) -> None:
        """Look whether another password was stored since the camera refused the last."""
        if self._health.state is CameraState.AUTH_FAILED:
            self._wake_up()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _on_ended(self, task: asyncio.Task[None]) -> None:
        """Keep a bug that one camera's answer brings out from ending the others' polls."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        error_id = log_crash(f"polling camera {self.camera.id}", error)
        self._http = None
        self.failed(CameraError(Reason.PROTOCOL, f"unforeseen error {error_id}"))
        self._schedule.advance(time.monotonic(), self._health.not_before_s)
        self._begin()

    async def _poll_on(self) -> None:
        polling, schedule = self._polling, self._schedule
        while True:
            await self._sleep_until(schedule.due_s)
            is_early = time.monotonic() < schedule.due_s
            if is_early and not await self._has_new_password():
                continue
            if is_early:
                # The grid of polls goes on from here, not from the end of the pause it cut short.
                schedule.due_s = time.monotonic()
            polling.due += 1
            await self._poll(schedule.due_s)
            polling.done += 1
            missed = schedule.advance(time.monotonic(), self._health.not_before_s)
            polling.missed += missed
            polling.due += missed

    async def _sleep_until(self, due_s: float) -> None:
        """Sleep until the camera is due, or until somebody asks for it at once."""
        loop = asyncio.get_running_loop()
        wait_s = due_s - time.monotonic()
        if wait_s <= 0:
            await asyncio.sleep(0)
            return
        self._wake = loop.create_future()
        timer = loop.call_later(wait_s, _wake, self._wake)
        try:
            await self._wake
        finally:
            timer.cancel()
            self._wake = None

    async def _poll(self, due_s: float) -> None:
        """Ask once, and tell of it."""
        try:
            data = await self._ask()
            captured_at, captured_s = utc_now(), time.monotonic()
            wh = check_picture(data, max_bytes=self._max_bytes)
            if self._health.is_suspect:
                # The smallest scale reads every byte of it, as the whole picture would.
                await call_in_thread("proof", partial(decode_bytes, data, (1, 1)))
        except CameraError as error:
            self.failed(error)
            return
        polling = self._polling
        if self._health.good_picture(data, captured_s, captured_at):
            self._tell_state(captured_at)
        self.seq += 1
        polling.latency_ms.append((time.monotonic() - due_s) * 1000)
        if self._health.state.is_live:
            polling.deliver(
                Picture(
                    self.camera.id,
                    self.seq,
                    data,
                    wh,
                    captured_at,
                    captured_s,
                    self.camera.settings.interval_s,
                )
            )

    async def _has_new_password(self) -> bool:
        """Tell whether the stored password is another than the one that was used last."""
        try:
            return await self._polling.password(self.camera) != self._password
        except CameraError:
            return False

    async def _ask(self) -> bytes:
        """Fetch a picture, with the password read first if that was not done yet."""
        http = self._http
        if http is None:
            camera = self.camera
            self._password = None
            if camera.settings.username:
                self._password = await self._polling.password(camera)
            http = self._http = HttpCamera(camera.settings, self._password, self._polling.limits)
        try:
            return await http.snapshot(self._session)
        except CameraError as error:
            if error.reason in (Reason.UNAUTHORIZED, Reason.PASSWORD_MISSING):
                self._http = None  # the password may be changed until the next try
            raise

    def failed(self, error: CameraError) -> None:
        """Take note of a poll without a usable picture, and tell of it."""
        now_s, at = time.monotonic(), utc_now()
        has_changed = self._health.failed(error, now_s, at)
        self._polling.failure_log.note(self.camera, error, now_s)
        retry_at = self._retry_at(at)
        self._polling.publish(PollFailed(at, self.camera.id, error.reason, error.detail, retry_at))
        if has_changed:
            self._tell_state(at)

    def _retry_at(self, at: datetime) -> datetime | None:
        """Return when it is asked again, None if at the usual interval."""
        wait_s = self._health.not_before_s - time.monotonic()
        if wait_s <= self.camera.settings.interval_s:
            return None
        return at + timedelta(seconds=wait_s)

    def _tell_state(self, at: datetime) -> None:
        health, camera = self._health, self.camera
        level = logging.INFO if health.reason in _QUIET else logging.WARNING
        detail = f", {health.detail}" if health.detail else ""
        log.log(
            level,
            "camera %d %r is %s (%s%s)",
            camera.id,
            camera.name,
            health.state,
            health.reason,
            detail,
        )
        self._polling.publish(
            CameraStateChanged(
                at,
                camera.id,
                health.state,
                health.reason,
                health.since,
                health.detail,
                self._retry_at(at),
            )
        )


_QUIET = frozenset({Reason.NONE, Reason.STARTING, Reason.SWITCHED_OFF})


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
