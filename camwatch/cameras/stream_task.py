"""What cameras that send by themselves have in common: opening again, pace, and focus."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import aiohttp

from camwatch.cameras.camera_task import CameraTask, Fleet
from camwatch.cameras.health import PASSWORD_DOUBTED
from camwatch.cameras.pinning import CertificateFacts
from camwatch.cameras.ticks import Ticks
from camwatch.config import CameraPolicy
from camwatch.domain import Camera, CameraSettings, Notice, Reason, Secret
from camwatch.errors import CameraError
from camwatch.logs import log_crash

FOCUS_INTERVAL_S = 1 / 15
"""Pictures of the camera that is looked at closely come no faster than this."""

CLOSE_UP_PAUSES_S = (5.0, 60.0)
"""A main stream that cannot be had is tried again after the first time, and then after twice as
long each time, up to the second; the counted stream is shown meanwhile."""

RETRY_AFTER_S = 0.5
"""A stream that broke is opened again after this time at the earliest; about as much is added
by chance."""

OnPicture = Callable[[bytes, frozenset[Notice]], Awaitable[None]]


class Means(Protocol):
    """What a stream needs to be received."""

    @property
    def limits(self) -> CameraPolicy:
        """Deadlines and sizes."""
        ...

    @property
    def starting(self) -> asyncio.Semaphore:
        """Bounds how many reader processes start at once."""
        ...

    @property
    def session(self) -> aiohttp.ClientSession:
        """What HTTP cameras are asked through."""
        ...


@dataclass(frozen=True, slots=True)
class AloneMeans:
    """What one stream needs, without a polling around it."""

    limits: CameraPolicy
    session: aiohttp.ClientSession
    starting: asyncio.Semaphore


class Pull(Protocol):
    """One stream that is received."""

    @property
    def certificate(self) -> CertificateFacts | None:
        """The certificate that the camera showed last; None if it showed none."""
        ...

    async def run(self, on_picture: OnPicture) -> None:
        """Receive for as long as it goes well.

        Args:
            on_picture: Gets pictures as they come, at the wished rate or faster.

        Raises:
            CameraError: With the reason; this never returns without one.
        """
        ...

    def set_interval(self, interval_s: float) -> None:
        """Wish for another rate from now on."""
        ...


class StreamTask(CameraTask):
    """Receives one camera's stream, and opens it again whenever it breaks.

    Of what comes, one picture per interval is taken. Looked at closely, every picture up to
    15 a second is handed on as well: from the same stream, or from the main stream if that is
    another and the camera serves two clients.

    Counts of polls: each interval in which the stream is received asks for one picture, and
    each opening that fails for one that did not come. Waits between openings ask for none.
    """

    def __init__(self, fleet: Fleet, camera: Camera, first_s: float, seq: int) -> None:
        super().__init__(fleet, camera, first_s, seq)
        self._next_s = first_s
        self._pace = Ticks(camera.settings.interval_s)
        self._focus_pace = Ticks(FOCUS_INTERVAL_S)
        self._is_focused = False
        self._pull: Pull | None = None
        self._password: Secret | None = None
        self._is_password_known = False
        self._close_up: asyncio.Task[None] | None = None
        self._is_close_up_lost = False
        self._pulling: asyncio.Task[None] | None = None

    @abstractmethod
    def make_pull(self, settings: CameraSettings, password: Secret | None) -> Pull:
        """Return what receives the stream at `stream_path` of these settings."""

    def judged(self, error: CameraError) -> CameraError:
        """Return what a break of the stream means, seen with those before it."""
        return error

    # ------------------------------------------------------------ the counted stream

    async def work(self) -> None:
        """Receive until cancelled."""
        self._begin_close_up()
        while True:
            await self.sleep_until(self._next_s)
            if time.monotonic() < self._next_s and not await self._has_new_password():
                continue
            try:
                await self._receive()
            except CameraError as error:
                await self._broke(error)

    async def _receive(self) -> None:
        """Receive the counted stream until it breaks.

        Raises:
            CameraError: It broke.
        """
        self._pace.begin()
        password = await self._known_password()
        await self.device.check(self.fleet.session, self.camera.settings, password)
        pull = self.make_pull(self.camera.settings, password)
        pull.set_interval(self._wished_s())
        # In a task of its own, so that the stream can be given up without ending this one.
        pulling = asyncio.create_task(pull.run(self._on_picture))
        self._pull, self._pulling = pull, pulling
        try:
            await asyncio.shield(pulling)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                return  # only the stream was given up: somebody wished to begin anew
            pulling.cancel()
            with contextlib.suppress(asyncio.CancelledError, CameraError):
                await pulling
            raise
        finally:
            if self._pulling is pulling:
                self._pull = self._pulling = None

    async def _broke(self, error: CameraError) -> None:
        """Tell of a stream that broke, and settle when it is opened again."""
        error = self.judged(error)
        if error.reason in PASSWORD_DOUBTED:
            self._is_password_known = False
        self.fleet.count_poll(due=1, done=1)
        if error.reason is Reason.ENDED:
            self.failed(error, is_certain=True)
            self._next_s = time.monotonic() + 10 * 365 * 86_400  # until somebody asks for it
            return
        # A stall took seconds to be sure of; a process that dies for the fifth time in a minute
        # does so again.
        is_breakdown = error.reason is Reason.READER_BROKE and error.retry_after_s is not None
        is_certain = error.reason is Reason.STALLED or is_breakdown
        self.failed(error, is_certain=is_certain)
        wait_s = RETRY_AFTER_S * self.fleet.chance.uniform(1.0, 2.0)
        self._next_s = max(self.health.not_before_s, time.monotonic() + wait_s)

    async def _on_picture(self, data: bytes, notices: frozenset[Notice]) -> None:
        """Take a picture if one is due; show it if someone looks.

        Raises:
            CameraError: It is not of this camera.
        """
        self.device.confirm(self.camera.settings)
        self.device.check_meanwhile(self.fleet.session, self.camera.settings, self._password)
        now_s = time.monotonic()
        missed = self._pace.takes(now_s)
        is_shown = self._is_counted_shown and self._focus_pace.takes(now_s) is not None
        if missed is not None:
            self.fleet.count_poll(due=1 + missed, done=1, missed=missed)
            self.health.strain = self.fleet.strain
            picture = await self.take(data, now_s, notices)
            if is_shown and picture is not None and self.health.state.is_live:
                self.fleet.deliver_focus(picture)
        elif is_shown and self.health.state.is_live:
            self.show(data, FOCUS_INTERVAL_S, notices)

    async def _known_password(self) -> Secret | None:
        """Return the camera's password, read when it is needed first and after a refusal."""
        if self.camera.settings.username and not self._is_password_known:
            self._password = None
            self._password = await self.fleet.password(self.camera)
            self._is_password_known = True
        return self._password

    async def _has_new_password(self) -> bool:
        """Tell whether the stored password is another than the one that was used last."""
        try:
            return await self.fleet.password(self.camera) != self._password
        except CameraError:
            return False

    def retry_now(self) -> None:
        """Open the stream at once, with the password read anew."""
        now_s = time.monotonic()
        self.health.retry_now(now_s)
        self._is_password_known = False
        self._next_s = min(self._next_s, now_s)
        if self._pulling is not None and not self.health.state.is_live:
            self._pulling.cancel()
        self.wake_up()

    def forget_connection(self) -> None:
        """Begin anew with the next picture: what was set up before may be broken."""
        self._is_password_known = False
        if self._pulling is not None:
            self._pulling.cancel()

    def skip_to(self, now_s: float) -> None:
        """Ask next when the camera may be asked, after a bug cut short what was going on."""
        self._next_s = max(now_s + RETRY_AFTER_S, self.health.not_before_s)

    def pause(self, reason: Reason, at: datetime) -> None:
        """Give up whatever is going on until `go_on`; what was played to its end stays ended."""
        if self.health.reason is not Reason.ENDED or self._pulling is not None:
            super().pause(reason, at)

    def restart(self) -> None:
        """Open the stream at `first_s`, after a pause."""
        self._next_s = self.first_s

    # ------------------------------------------------------------ looked at closely

    def focus(self, *, is_on: bool) -> None:
        """Begin or end to hand on up to 15 pictures a second."""
        if is_on is self._is_focused:
            return
        self._is_focused = is_on
        self._focus_pace.begin()
        if is_on:
            self._begin_close_up()
        else:
            self._end_close_up()
        self._wish()

    def end(self) -> None:
        """Give up whatever is going on; nothing is delivered or told any more."""
        self._end_close_up()
        super().end()

    def _begin_close_up(self) -> None:
        """Receive the main stream too, if somebody looks and that shows more."""
        if self._has_close_up or self.is_paused:
            return
        if self._is_focused and self._wants_close_up:
            self._is_close_up_lost = False
            self._close_up = asyncio.create_task(self._watch_closely())
            self._close_up.add_done_callback(self._on_close_up_ended)

    @property
    def _wants_close_up(self) -> bool:
        """True if the main stream is another and may be received beside the counted one."""
        settings = self.camera.settings
        is_other = bool(settings.main_path) and settings.main_path != settings.stream_path
        return is_other and not settings.one_session and settings.is_enabled

    @property
    def _has_close_up(self) -> bool:
        return self._close_up is not None and not self._close_up.done()

    @property
    def _is_counted_shown(self) -> bool:
        """True if someone looks, and sees the counted stream: the main one is not there."""
        return self._is_focused and (self._is_close_up_lost or not self._has_close_up)

    def _wished_s(self) -> float:
        """Return the interval to receive the counted stream at."""
        interval_s = self.camera.settings.interval_s
        return min(interval_s, FOCUS_INTERVAL_S) if self._is_counted_shown else interval_s

    def _wish(self) -> None:
        if self._pull is not None:
            self._pull.set_interval(self._wished_s())

    async def _watch_closely(self) -> None:
        """Receive the main stream as long as someone looks; what fails is tried again."""
        failures = 0
        pause_s, longest_s = CLOSE_UP_PAUSES_S

        async def on_picture(data: bytes, notices: frozenset[Notice]) -> None:
            nonlocal failures, pause_s
            failures, pause_s = 0, CLOSE_UP_PAUSES_S[0]
            if self._is_close_up_lost:
                self._is_close_up_lost = False
                self._wish()
            if self._focus_pace.takes(time.monotonic()) is not None:
                self.show(data, FOCUS_INTERVAL_S, notices)

        settings = self.camera.settings
        settings = replace(settings, stream_path=settings.main_path)
        await self.has_cleared_up()
        while True:
            if not self.health.state.is_live:
                # Where the counted stream is refused, a second one would be one guess too many.
                await asyncio.sleep(RETRY_AFTER_S)
                continue
            try:
                pull = self.make_pull(settings, await self._known_password())
                pull.set_interval(FOCUS_INTERVAL_S)
                await pull.run(on_picture)
            except CameraError as error:
                self.fleet.failure_log.note(self.camera, error, time.monotonic())
                if error.reason is Reason.UNAUTHORIZED:
                    return  # more guesses may lock the account
                failures += 1
            if failures < 2:
                await asyncio.sleep(RETRY_AFTER_S)
                continue
            # The camera restarts, or has no second stream to give for now.
            self._is_close_up_lost = True
            self._wish()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    def _on_close_up_ended(self, task: asyncio.Task[None]) -> None:
        """Show the counted stream where the main one cannot be had; a bug ends only this."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log_crash(f"the main stream of camera {self.camera.id}", error)
        self._wish()

    def _end_close_up(self) -> None:
        task, self._close_up = self._close_up, None
        if task is not None:
            self.give_up(task)
