"""What proves every day that alerts would come through, and what keeps their house in order."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.config import AlertPolicy
from camwatch.domain import elapsed_s, utc_now
from camwatch.errors import StorageError
from camwatch.events import Bus, DiskLow
from camwatch.language import tr
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0
_DISK_EVERY_S = 60.0
_CANARY_EVERY_S = 60.0
_TIDY_EVERY_S = 3600.0
_TIDY_FIRST_S = 120.0
_BEAT_WITHIN_S = 60.0
"""So long without a sign of the alert worker, and CamWatch is not said to be alive any more."""

_ROOM_AGAIN = 1.1
_ROOM_AGAIN_MIB = 64


class KeepsHouse(Protocol):
    """The part of `AlertDesk` that this worker needs."""

    def queue_canaries(self, now: datetime) -> int:
        """Put the daily proof of each channel in use into the outbox, once a day."""

    def tidy(self, now: datetime) -> int:
        """Delete evidence and closed alerts whose time is over."""


@dataclass(frozen=True, slots=True)
class Chores:
    """What the chores go by.

    Attributes:
        policy: Settings of alerts.
        zone: Of the site.
        folder: Of the profile; the disk that it is on is watched.
        channels: The channels that are set up, as they were read last.
        beat_s: When the alert worker was last seen to work; on the clock that nobody sets.
        say_alive: Tells a webhook that CamWatch is alive; never waits.
        wake: There is something new in the outbox; never waits.
    """

    policy: AlertPolicy
    zone: ZoneInfo
    folder: Path
    channels: Callable[[], list[Channel]]
    beat_s: Callable[[], float]
    say_alive: Callable[[str, str], None]
    wake: Callable[[], None]


class DiskWatch:
    """Tells when little room is left, and when there is room again: a tenth more than that.

    Args:
        low_bytes: With less than this it runs low; 0 for never.
    """

    def __init__(self, low_bytes: int) -> None:
        self._low_bytes = low_bytes
        self._again_bytes = max(int(low_bytes * _ROOM_AGAIN), low_bytes + _ROOM_AGAIN_MIB * 2**20)
        self._is_low: bool | None = None

    def look(self, free_bytes: int) -> bool | None:
        """Take what is free; returns whether it runs low if that is news, else None."""
        limit = self._again_bytes if self._is_low else self._low_bytes
        is_low = free_bytes < limit
        if is_low == self._is_low:
            return None
        self._is_low = is_low
        return is_low


class ChoresWorker(Worker):
    """Sends the daily proof and “I am alive”, watches the disk, and deletes what is old.

    Args:
        desk: Stores.
        bus: Told of the disk.
        chores: What they go by.
        clock: The wall clock, aware UTC.
        clock_s: A clock that nobody sets, seconds.
        free_bytes: Tells how much room is left.
    """

    def __init__(  # noqa: PLR0917 - all that the chores stand on
        self,
        desk: KeepsHouse,
        bus: Bus,
        chores: Chores,
        clock: Callable[[], datetime] = utc_now,
        clock_s: Callable[[], float] = elapsed_s,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("alert chores", parent)
        self._desk = desk
        self._bus = bus
        self._chores = chores
        self._clock = clock
        self._clock_s = clock_s
        self._free_bytes = free_bytes
        self._disk = DiskWatch(chores.policy.low_disk_mib * 2**20)
        now_s = clock_s()
        self._disk_due_s = self._canary_due_s = now_s
        self._tidy_due_s = now_s + _TIDY_FIRST_S
        self._proven_on: date | None = None
        self._alive_s: dict[str, float] = {}

    def work(self) -> None:
        """Do what is due until asked to stop."""
        while True:
            self.do_what_is_due()
            if self.stop_event.wait(_LOOK_EVERY_S):
                return

    def do_what_is_due(self) -> None:
        """Do what is due now; trouble with the database is put up with until the next time."""
        now_s = self._clock_s()
        self._say_alive(now_s)
        if now_s >= self._disk_due_s:
            self._disk_due_s = now_s + _DISK_EVERY_S
            self._watch_disk()
        if now_s >= self._canary_due_s:
            self._canary_due_s = now_s + _CANARY_EVERY_S
            self._prove()
        if now_s >= self._tidy_due_s:
            self._tidy_due_s = now_s + _TIDY_EVERY_S
            self._tidy()

    def _say_alive(self, now_s: float) -> None:
        """Tell each webhook that waits for it; not while alerts would not come through."""
        wanted: dict[str, int] = {}
        for channel in self._chores.channels():
            if channel.is_enabled and isinstance(channel.settings, WebhookSettings):
                wanted[channel.uid] = channel.settings.alive_min
        for uid in self._alive_s.keys() - wanted.keys():
            del self._alive_s[uid]
        quiet_s = now_s - self._chores.beat_s()
        for uid, alive_min in wanted.items():
            due_s = self._alive_s.get(uid, 0.0)
            if alive_min <= 0 or now_s < due_s:
                continue
            if quiet_s > _BEAT_WITHIN_S:
                log.error("alerts stand still for %.0f s: not said to be alive", quiet_s)
                self._alive_s[uid] = now_s + _BEAT_WITHIN_S
                continue
            # On a grid, so that what one look is late by does not add up.
            step_s = alive_min * 60.0
            self._alive_s[uid] = due_s + step_s if now_s - due_s < step_s else now_s + step_s
            self._chores.say_alive(
                uid, tr("I am alive. The next sign comes in {minutes} min.", minutes=alive_min)
            )

    def _watch_disk(self) -> None:
        try:
            free = self._free_bytes(self._chores.folder)
        except OSError as error:
            log.warning("the room on the disk is not known: %s", error.strerror)
            return
        is_low = self._disk.look(free)
        if is_low is not None:
            if is_low:
                log.warning("only %d MiB are left on the disk of the profile", free // 2**20)
            self._bus.publish(DiskLow(self._clock(), free, is_low))

    def _prove(self) -> None:
        """Put the daily proof into the outbox from its hour on, once a day."""
        hour = self._chores.policy.canary_hour
        now = self._clock()
        wall = now.astimezone(self._chores.zone)
        if hour < 0 or wall.hour < hour or self._proven_on == wall.date():
            return
        try:
            queued = self._desk.queue_canaries(now)
        except StorageError as error:
            log.error("the daily proof has to wait: %s [%s]", error, error.error_id)  # noqa: TRY400
            return
        self._proven_on = wall.date()
        if queued:
            log.info("the daily proof goes out over %d channels", queued)
            self._chores.wake()

    def _tidy(self) -> None:
        try:
            deleted = self._desk.tidy(self._clock())
        except StorageError as error:
            log.error("old alerts are not deleted yet: %s [%s]", error, error.error_id)  # noqa: TRY400
            return
        if deleted:
            log.info("%d old alerts, pictures and messages are deleted", deleted)
