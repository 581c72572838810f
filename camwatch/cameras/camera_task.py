"""One camera's part of the polling: a task that fetches, its state, and what is told of both."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import aiohttp

from camwatch.cameras.background import call_in_thread
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.health import OFFLINE_AFTER, STREAM_OFFLINE_AFTER, CameraHealth
from camwatch.cameras.same_device import DeviceCheck
from camwatch.cameras.schedule import FailureLog
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraState,
    Notice,
    Picture,
    Reason,
    Secret,
    SourceKind,
    utc_now,
)
from camwatch.errors import CameraError
from camwatch.events import CameraStateChanged, Event, PollFailed
from camwatch.language import tr
from camwatch.logs import log_crash

log = logging.getLogger(__name__)

_CLEARS_UP_WITHIN_S = 5.0
_QUIET = frozenset({Reason.NONE, Reason.STARTING, Reason.SWITCHED_OFF, Reason.ELSEWHERE})


class Fleet(Protocol):
    """What the polling of all cameras gives to each.

    Attributes:
        limits: Deadlines, sizes, and when a camera is left alone.
        failure_log: Where failures are logged.
        chance: Spreads waits; guards nothing.
        starting: Bounds how many reader processes start at once.
        session: What HTTP cameras are asked through.
    """

    limits: CameraPolicy
    failure_log: FailureLog
    chance: random.Random
    starting: asyncio.Semaphore

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session; only while the polling runs."""
        ...

    def deliver(self, picture: Picture) -> None:
        """Hand on a good picture."""
        ...

    def deliver_focus(self, picture: Picture) -> None:
        """Hand on a good picture of the camera that is looked at closely."""
        ...

    def clears_up(self, task: asyncio.Task[None]) -> None:
        """Wait, before the end of it all, for what still clears up, such as a process's end."""
        ...

    def publish(self, event: Event) -> None:
        """Tell what happened."""
        ...

    def count_poll(self, due: int = 0, done: int = 0, missed: int = 0) -> None:
        """Add to the counts of polls."""
        ...

    def count_latency(self, camera: Camera, milliseconds: float) -> None:
        """Keep how long a good picture took."""
        ...

    @property
    def strain(self) -> tuple[Reason, str]:
        """Why this computer does not keep up, with facts; NONE while it does."""
        ...

    def excuses(self, camera: Camera) -> bool:
        """Tell whether a camera's failure lies at this computer: asleep, or without network.

        If so, the camera's task is paused by now.
        """
        ...

    def was_asleep(self) -> bool:
        """Tell whether this process stood still until now; if so, all tasks are paused."""
        ...

    def reconnect_at(self, wanted_s: float) -> float:
        """Return when a camera that is out of order is tried again, on the monotonic clock."""
        ...

    def turn(self, camera: Camera) -> AbstractAsyncContextManager[None]:
        """Wait until a camera may be asked without crowding the recorder it sits behind."""
        ...

    async def password(self, camera: Camera) -> Secret | None:
        """Read a camera's password.

        Raises:
            CameraError: PASSWORD_LOCKED or PASSWORD_MISSING.
        """
        ...


class CameraTask(ABC):
    """Fetches the pictures of one camera; lives in the event loop's thread.

    A subclass fetches in `work`, and calls `take` for each picture and `failed` for each failure.

    Attributes:
        camera: As it is stored now.
        seq: How many good pictures there were.
        health: How the camera is doing.
        device: Looks whether it is still the same device; asked before a connection is made.
        is_paused: It is not asked, since this computer sleeps or has no network.
    """

    def __init__(self, fleet: Fleet, camera: Camera, first_s: float, seq: int) -> None:
        self.camera = camera
        self.seq = seq
        self.fleet = fleet
        kind = camera.settings.kind
        self._offline_after = STREAM_OFFLINE_AFTER if kind.is_stream else OFFLINE_AFTER
        self.health = CameraHealth(
            fleet.limits,
            fleet.chance,
            time.monotonic(),
            utc_now(),
            offline_after=self._offline_after,
            may_repeat=kind is SourceKind.FILE,
        )
        self.device = DeviceCheck()
        self.is_paused = False
        self.first_s = first_s
        """When it is to be asked first, on the monotonic clock."""
        self._max_bytes = fleet.limits.max_picture_bytes
        self._wake: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._given_up: set[asyncio.Task[None]] = set()

    def begin(self, at: datetime) -> None:
        """Start fetching, unless it is not to be watched here; tell its state.

        Args:
            at: Now, UTC; the same for all cameras that begin together.
        """
        if self.camera.is_watched:
            self.tell_state(at)
            self._start()
        else:
            self.health.not_watched(self.camera.workstation, at)
            self.tell_state(at)

    def _start(self) -> None:
        self._task = asyncio.create_task(self._work(), name=f"camera {self.camera.id}")
        self._task.add_done_callback(self._on_ended)

    async def _work(self) -> None:
        await self.has_cleared_up()
        await self.work()

    async def has_cleared_up(self) -> None:
        """Wait until all is gone that was given up: a camera has one process, not two.

        What a driver keeps from ending is not waited for: the next try shall name the trouble.
        """
        if self._given_up:
            await asyncio.wait(self._given_up, timeout=_CLEARS_UP_WITHIN_S)

    def end(self) -> None:
        """Give up whatever is going on; nothing is delivered or told any more."""
        task, self._task = self._task, None
        self.device.give_up()
        if task is not None:
            task.remove_done_callback(self._on_ended)
            self.give_up(task)

    def give_up(self, task: asyncio.Task[None]) -> None:
        """End a part of this camera's work; whatever begins next waits until it is gone."""
        task.cancel()
        self._given_up.add(task)
        task.add_done_callback(self._given_up.discard)
        self.fleet.clears_up(task)

    @abstractmethod
    def focus(self, *, is_on: bool) -> None:
        """Begin or end to hand on pictures as fast as someone looks who sees this camera alone."""

    def pause(self, reason: Reason, at: datetime) -> None:
        """Give up whatever is going on until `go_on`; it is this computer's fault.

        Harmless when called again, which gives another reason.

        Args:
            reason: HOST_OFFLINE or ASLEEP.
            at: Since when, UTC.
        """
        if not self.camera.is_watched:
            return
        self.is_paused = True
        # Addresses may be given out anew meanwhile.
        self.device.is_due = True
        self.end()
        self.forget_connection()
        if self.health.paused(reason, at):
            self.tell_state(at)

    def go_on(self, first_s: float) -> None:
        """Fetch again after a pause, from this moment of the monotonic clock on."""
        if not self.is_paused:
            return
        self.is_paused = False
        self.health.go_on(first_s)
        self.first_s = self.health.not_before_s
        self.restart()
        self._start()

    @abstractmethod
    async def work(self) -> None:
        """Fetch until cancelled."""

    @abstractmethod
    def retry_now(self) -> None:
        """Ask at once, with the password read anew."""

    @abstractmethod
    def forget_connection(self) -> None:
        """Begin anew with the next picture: what was set up before may be broken."""

    @abstractmethod
    def skip_to(self, now_s: float) -> None:
        """Ask next when the camera may be asked, after a bug cut short what was going on."""

    def restart(self) -> None:
        """Ask next at `first_s`, after a pause."""
        self.skip_to(time.monotonic())

    def password_may_be_new(self) -> None:
        """Look whether another password was stored, or can be had now."""
        is_waiting = self.health.reason is Reason.PASSWORD_LOCKED
        if is_waiting or self.health.state is CameraState.AUTH_FAILED:
            self.wake_up()

    def wake_up(self) -> None:
        """End the sleep that is going on, if one is."""
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def sleep_until(self, due_s: float) -> None:
        """Sleep until a moment of the monotonic clock, or until `wake_up`."""
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
        if self.fleet.was_asleep():
            await asyncio.sleep(0)  # ends here: this task is cancelled

    def _on_ended(self, task: asyncio.Task[None]) -> None:
        """Keep a bug that one camera's answer brings out from ending the others' polls."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        error_id = log_crash(f"polling camera {self.camera.id}", error)
        self.forget_connection()
        self.failed(
            CameraError(Reason.PROTOCOL, tr("unforeseen error {error_id}", error_id=error_id))
        )
        if self.is_paused:
            return  # it was this computer's fault; `go_on` starts anew
        self.skip_to(time.monotonic())
        self._start()

    async def take(
        self,
        data: bytes,
        due_s: float,
        notices: frozenset[Notice] = frozenset(),
    ) -> Picture | None:
        """Let a picture pass the gate, and deliver it if the camera is live then.

        Args:
            data: As it came just now.
            due_s: When it was due, on the monotonic clock.
            notices: What is known to be wrong with it, or with the camera, from how it came.

        Returns:
            The picture; None if it was refused, which counts as a failure.
        """
        if self.fleet.was_asleep():
            return None
        captured_at, captured_s = utc_now(), time.monotonic()
        try:
            wh = check_picture(data, max_bytes=self._max_bytes)
            if self.health.is_suspect:
                # The smallest scale reads every byte of it, as the whole picture would.
                await call_in_thread("proof", partial(decode_bytes, data, (1, 1)))
        except CameraError as error:
            self.failed(error)
            return None
        if self.health.good_picture(data, captured_s, captured_at):
            self.tell_state(captured_at)
        self.seq += 1
        self.fleet.count_latency(self.camera, (time.monotonic() - due_s) * 1000)
        picture = Picture(
            self.camera.id,
            self.seq,
            data,
            wh,
            captured_at,
            captured_s,
            self.interval_s,
            notices,
        )
        if self.health.state.is_live:
            self.fleet.deliver(picture)
        return picture

    def show(self, data: bytes, interval_s: float, notices: frozenset[Notice]) -> None:
        """Hand on a picture that is only looked at; one that the gate refuses is left out.

        Args:
            data: As it came just now.
            interval_s: The time until the next one to look at.
            notices: What is known to be wrong with it.
        """
        try:
            wh = check_picture(data, max_bytes=self._max_bytes)
        except CameraError:
            return
        at, now_s = utc_now(), time.monotonic()
        self.fleet.deliver_focus(
            Picture(self.camera.id, self.seq, data, wh, at, now_s, interval_s, notices)
        )

    @property
    def interval_s(self) -> float:
        """The time from one picture to the next, as it is now."""
        return self.camera.settings.interval_s

    def failed(self, error: CameraError, *, is_certain: bool = False) -> None:
        """Take note of a fetch without a usable picture, and tell of it.

        Nothing is noted while this computer sleeps or has no network, and of a camera that is
        switched off: its last picture may be refused later.

        Args:
            error: Why there is none.
            is_certain: The camera is down; no second failure is needed to be sure.
        """
        if not self.camera.is_watched:
            return
        if self.is_paused or self.fleet.excuses(self.camera):
            return
        now_s, at = time.monotonic(), utc_now()
        has_changed = self.health.failed(error, now_s, at, is_certain=is_certain)
        if self.health.failures >= self._offline_after:
            self.health.not_before_s = self.fleet.reconnect_at(self.health.not_before_s)
        if not self.health.state.is_live:
            self.device.lost()
        self.fleet.failure_log.note(self.camera, error, now_s)
        retry_at = self._retry_at(at)
        self.fleet.publish(PollFailed(at, self.camera.id, error.reason, error.detail, retry_at))
        if has_changed:
            self.tell_state(at)

    def _retry_at(self, at: datetime) -> datetime | None:
        """Return when it is asked again, None if at the usual interval."""
        wait_s = self.health.not_before_s - time.monotonic()
        if wait_s <= self.interval_s:
            return None
        return at + timedelta(seconds=wait_s)

    def tell_state(self, at: datetime) -> None:
        """Log and publish the state the camera is in."""
        health, camera = self.health, self.camera
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
        self._publish_state(at)

    def clock_was_set(self, by_s: float) -> None:
        """Tell anew since when the camera is in its state: the wall clock is another one now."""
        self.health.since += timedelta(seconds=by_s)
        self._publish_state(utc_now())

    def _publish_state(self, at: datetime) -> None:
        health = self.health
        self.fleet.publish(
            CameraStateChanged(
                at,
                self.camera.id,
                health.state,
                health.reason,
                health.since,
                health.detail,
                self._retry_at(at),
            )
        )


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
