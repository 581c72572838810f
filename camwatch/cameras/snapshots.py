"""A camera that is asked for each picture, on a fixed grid in time."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

from camwatch.cameras.camera_task import CameraTask, Fleet
from camwatch.cameras.health import PASSWORD_DOUBTED
from camwatch.cameras.http import HttpCamera
from camwatch.cameras.pace import Pace
from camwatch.cameras.schedule import Schedule
from camwatch.domain import Camera, Reason, Secret
from camwatch.errors import CameraError

FOCUS_INTERVAL_S = 0.5
"""A camera that is looked at closely is asked as often as this."""

_ROOM = 1.5  # so many times what a picture took is left between two requests


class SnapshotTask(CameraTask):
    """Asks a camera over HTTP, one request at a time."""

    def __init__(self, fleet: Fleet, camera: Camera, first_s: float, seq: int) -> None:
        super().__init__(fleet, camera, first_s, seq)
        self._schedule = Schedule(first_s, camera.settings.interval_s)
        self._is_focused = False
        self._pace = Pace(camera.settings.interval_s, first_s)
        self._is_asking = False
        self._one_request = asyncio.Lock()
        self._took_s = 0.0
        self._close_up: asyncio.Task[None] | None = None
        self._http: HttpCamera | None = None
        self._password: Secret | None = None

    def retry_now(self) -> None:
        """Ask at once, with the password read anew."""
        self.forget_connection()
        now_s = time.monotonic()
        self.health.retry_now(now_s)
        self._schedule.due_s = min(self._schedule.due_s, now_s)
        self.wake_up()

    def forget_connection(self) -> None:
        """Begin anew with the next picture: what was set up before may be broken."""
        self._http = None

    def skip_to(self, now_s: float) -> None:
        """Ask next when the camera may be asked, after a bug cut short what was going on."""
        self._schedule.advance(now_s, self.health.not_before_s)

    def focus(self, *, is_on: bool) -> None:
        """Begin or end to fetch pictures to look at, between those that are counted."""
        self._is_focused = is_on
        self._set_close_up()

    def _set_close_up(self) -> None:
        """Let pictures be fetched to look at exactly while someone looks and the camera is asked."""
        is_wanted = self._is_focused and not self.is_paused and self.camera.is_watched
        if is_wanted and self._close_up is None:
            name = f"close-up {self.camera.id}"
            self._close_up = asyncio.create_task(self._watch_closely(), name=name)
        elif not is_wanted and self._close_up is not None:
            self._close_up.cancel()
            self._close_up = None

    def end(self) -> None:
        """Give up whatever is going on; nothing is delivered or told any more."""
        if self._close_up is not None:
            self._close_up.cancel()
            self._close_up = None
        super().end()

    def pause(self, reason: Reason, at: datetime) -> None:
        """Give up whatever is going on until `go_on`; it is this computer's fault."""
        super().pause(reason, at)
        self._set_close_up()
        if self._is_asking:
            self._is_asking = False
            self.fleet.count_poll(done=1)

    def restart(self) -> None:
        """Ask next at `first_s`, after a pause."""
        self._schedule.due_s = self.first_s
        self._set_close_up()

    @property
    def interval_s(self) -> float:
        """The time from one picture to the next: longer than was set while that is too much."""
        return self._pace.interval_s

    async def work(self) -> None:
        """Ask on the grid until cancelled."""
        fleet, schedule = self.fleet, self._schedule
        while True:
            await self.sleep_until(schedule.due_s)
            is_early = time.monotonic() < schedule.due_s
            if is_early and not await self._has_new_password():
                continue
            if is_early:
                # The grid of polls goes on from here, not from the end of the pause it cut short.
                schedule.due_s = time.monotonic()
            fleet.count_poll(due=1)
            self._is_asking = True
            await self._poll(schedule.due_s)
            if not self._is_asking:
                return  # given up meanwhile: what comes next is no poll that was missed
            self._is_asking = False
            schedule.interval_s = self.interval_s
            missed = schedule.advance(time.monotonic(), self.health.not_before_s)
            fleet.count_poll(due=missed, done=1, missed=missed)

    async def _poll(self, due_s: float) -> None:
        """Ask once, and tell of it."""
        began_s = time.monotonic()
        try:
            async with self._one_request, self.fleet.turn(self.camera):
                began_s = time.monotonic()  # the wait for others is not the camera's time
                data = await self._ask()
        except CameraError as error:
            if error.reason is Reason.BUSY:
                self._pace.refused(time.monotonic())
            self.failed(error)
            return
        now_s = time.monotonic()
        self._took_s = now_s - began_s
        strain = self.fleet.strain
        if strain[0] is Reason.NONE:  # else it may be this computer that takes long
            self._pace.answered(self._took_s, now_s)
            is_stretched = self._pace.is_stretched
            strain = (Reason.BUSY if is_stretched else Reason.NONE, self._pace.detail)
        self.health.strain = strain
        notices = self._http.notices if self._http else frozenset()
        picture = await self.take(data, due_s, notices)
        if self._is_focused and picture is not None and self.health.state.is_live:
            self.fleet.deliver_focus(picture)

    async def _watch_closely(self) -> None:
        """Fetch pictures that are only looked at, as far as the camera has time for them.

        They change nothing about counting: who looks must not turn numbers into others. So they
        are no polls, and what fails with them is left to the next counted picture to tell.
        """
        while True:
            wait_s = max(FOCUS_INTERVAL_S, _ROOM * self._took_s)
            await asyncio.sleep(wait_s)
            is_near = self._schedule.due_s - time.monotonic() < _ROOM * self._took_s
            if is_near or self._one_request.locked() or self._pace.is_stretched:
                continue
            if not self.health.state.is_live or (http := self._http) is None:
                continue
            try:
                async with self._one_request:
                    data = await http.snapshot(self.fleet.session)
            except CameraError as error:
                if error.reason is Reason.UNAUTHORIZED:
                    return  # the next counted picture makes the one more guess that is allowed
                continue
            self.show(data, wait_s, http.notices)

    async def _has_new_password(self) -> bool:
        """Tell whether the stored password is another than the one that was used last."""
        try:
            return await self.fleet.password(self.camera) != self._password
        except CameraError:
            return False

    async def _ask(self) -> bytes:
        """Fetch a picture, with the password read first if that was not done yet."""
        http = self._http
        if http is None:
            camera = self.camera
            self._password = None
            if camera.settings.username:
                self._password = await self.fleet.password(camera)
            http = self._http = HttpCamera(camera.settings, self._password, self.fleet.limits)
        try:
            await self.device.check(self.fleet.session, self.camera.settings, self._password)
            data = await http.snapshot(self.fleet.session)
            self.device.confirm(self.camera.settings)
        except CameraError as error:
            if error.reason in PASSWORD_DOUBTED:
                self._http = None  # the password may be changed until the next try
            raise
        return data
