"""Looks once a minute how CamWatch is doing, and asks once a day for newer versions."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import psutil

from camwatch.commands.health_desk import HealthDesk
from camwatch.commands.update_desk import UpdateDesk
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.events import Bus, HealthChanged, UpdateOffered
from camwatch.health import Grade, HealthReport, WorkerReading
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_FIRST_S = 20.0
_EVERY_S = 60.0
_LEAST_S = 1.0
_TROUBLE = (Grade.WARNING, Grade.FAILED)


class HealthWorker(Worker):
    """Tells the bus when CamWatch as a whole is doing better or worse.

    Args:
        desk: Looks.
        bus: Is told.
        touch: Called at each look: the program is still there.
    """

    def __init__(
        self,
        desk: HealthDesk,
        bus: Bus,
        touch: Callable[[], None],
        *,
        first_s: float = _FIRST_S,
        every_s: float = _EVERY_S,
    ) -> None:
        super().__init__("health")
        self._desk = desk
        self._bus = bus
        self._touch = touch
        self._first_s = first_s
        self._every_s = every_s
        self._told: HealthChanged | None = None

    def work(self) -> None:
        """Look now and then."""
        wait_s = self._first_s
        while not self.stop_event.wait(wait_s):
            wait_s = self._every_s
            self._touch()
            try:
                self.tell(self._desk.look())
            except CamWatchError as error:
                log.info("how CamWatch is doing was not found out: %s", error)

    def tell(self, report: HealthReport) -> None:
        """Tell of a report if it is another than the last one."""
        troubled = [one for one in report.findings if one.grade in _TROUBLE]
        worst = max((one.grade for one in troubled), key=_TROUBLE.index, default=Grade.OK)
        first = next((one for one in troubled if one.grade is worst), None)
        event = HealthChanged(
            report.at,
            worst,
            tuple(one.part for one in troubled),
            "" if first is None else first.sentence,
        )
        if self._told is None or (self._told.worst, self._told.parts) != (worst, event.parts):
            self._told = event
            self._bus.publish(event)


class UpdateWorker(Worker):
    """Asks once a day for newer versions; a worker of its own, since the answer may take long.

    Args:
        desk: Asks.
        bus: Is told of a newer version, once for each.
    """

    def __init__(
        self,
        desk: UpdateDesk,
        bus: Bus,
        *,
        first_s: float = _FIRST_S,
        every_s: float = 15 * _EVERY_S,
    ) -> None:
        super().__init__("update check")
        self._desk = desk
        self._bus = bus
        self._first_s = first_s
        self._every_s = every_s
        self._told = ""

    def work(self) -> None:
        """Ask when a day has passed."""
        wait_s = self._first_s
        while not self.stop_event.wait(wait_s):
            wait_s = self._every_s
            state = self._desk.ask_if_due() or self._desk.state()
            offer = state.offer
            if offer is not None and offer.version != self._told:
                self._told = offer.version
                self._bus.publish(
                    UpdateOffered(utc_now(), offer.version, offer.summary, offer.notes_url)
                )


class BusyMeter:
    """Tells how busy each thread was since it was asked last; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = psutil.Process()
        self._before: dict[int, float] = {}
        self._before_s = time.monotonic()
        self._shares: dict[int, float] = {}

    def measured(self, readings: Sequence[WorkerReading]) -> list[WorkerReading]:
        """Return the readings with what each thread used of one processor core."""
        with self._lock:
            self._measure()
            return [
                one if one.native_id is None else replace(one, busy=self._shares.get(one.native_id))
                for one in readings
            ]

    def _measure(self) -> None:
        now_s = time.monotonic()
        passed_s = now_s - self._before_s
        if self._before and passed_s < _LEAST_S:
            return  # two who ask at the same time
        try:
            used = {one.id: one.user_time + one.system_time for one in self._process.threads()}
        except (psutil.Error, OSError):
            used = {}
        self._shares = {
            number: min(1.0, max(0.0, (used_s - self._before[number]) / passed_s))
            for number, used_s in used.items()
            if number in self._before
        }
        self._before, self._before_s = used, now_s
