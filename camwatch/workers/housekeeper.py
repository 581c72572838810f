"""Keeps the history's house in order: in small steps, at quiet hours, and never in anybody's way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from camwatch.domain import elapsed_s, utc_now
from camwatch.errors import CamWatchError, DiskFull, GivenUp
from camwatch.events import (
    Bus,
    ClockJumped,
    DiskLow,
    HouseworkTroubled,
    ReserveFreed,
    StorageTroubled,
)
from camwatch.history.housework import Chore, ChoreResult, Due, HouseBook, rest_s
from camwatch.language import tr
from camwatch.logs import log_crash
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

QUIET_HOUR = 3
"""From this hour of the site's clocks on, what is due once a day is done."""

_SETTLE_S = 90.0
"""After a start the cameras come first."""

_LOOK_EVERY_S = 20.0
_OFTEN_S = 300.0
_AGAIN_AFTER_S = 600.0
"""A chore that failed is tried again after this time."""

_FULL_EVERY_S = 60.0
"""A full disk is looked after once in this time at most, however often saving fails."""

_FAR_JUMP_S = 36 * 3600.0
_DISTRUST_S = 24 * 3600.0


class HousekeeperWorker(Worker):
    """Does each chore when it is due, a step at a time, and rests in between.

    A chore that fails is told of once and tried again later; the others go on. After the clock
    was set far ahead nothing is deleted for a day: it may have been a mistake, and by a clock of
    next year all of this year is too old.

    Args:
        chores: In the order in which they are done.
        bus: Told of chores that fail; asked for full disks and clocks that jump.
        zone: By whose clocks the night is quiet.
        book: Takes down how it went.
        clock: The wall clock, aware UTC.
        clock_s: A clock that nobody sets, seconds.
        settle_s: How long after its start it waits.
    """

    def __init__(  # noqa: PLR0917 - all that keeping house stands on
        self,
        chores: Sequence[Chore],
        bus: Bus,
        zone: ZoneInfo,
        book: HouseBook,
        clock: Callable[[], datetime] = utc_now,
        clock_s: Callable[[], float] = elapsed_s,
        settle_s: float = _SETTLE_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("housekeeper", parent)
        self._chores = tuple(chores)
        self._bus = bus
        self._zone = zone
        self._book = book
        self._clock = clock
        self._clock_s = clock_s
        self._settle_s = settle_s
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._wished = Due(0)
        self._full_s: float | None = None
        self._distrust_until_s: float | None = None
        self._is_started = False
        # A night that has begun already is over: what is due then was done, or is done at the start.
        self._nights = dict.fromkeys((one.name for one in chores), self._night_of(clock()))
        self._often_s = dict.fromkeys((one.name for one in chores), clock_s())
        self._again_s: dict[str, float] = {}
        self._unsubscribe = (
            bus.subscribe(StorageTroubled, self._on_storage_troubled),
            bus.subscribe(DiskLow, self._on_disk_low),
            bus.subscribe(ReserveFreed, self._on_reserve_freed),
            bus.subscribe(ClockJumped, self._on_clock_jumped),
        )

    # ---------------------------------------------------------------- being told

    def request_stop(self) -> None:
        """Ask the worker to end after the present step; never waits."""
        super().request_stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._wake.set()

    def hurry(self, why: Due) -> None:
        """Do at once what is due for a reason; from any thread, never waits."""
        with self._lock:
            self._wished |= why
        self._wake.set()

    def _on_storage_troubled(self, event: StorageTroubled) -> None:
        if isinstance(event.error, DiskFull):
            self._on_full()

    def _on_disk_low(self, event: DiskLow) -> None:
        if event.is_low:
            self._on_full()

    def _on_reserve_freed(self, _event: ReserveFreed) -> None:
        # There is room to delete in, but not for long.
        self.hurry(Due.FULL)

    def _on_full(self) -> None:
        now_s = self._clock_s()
        if self._full_s is None or now_s - self._full_s >= _FULL_EVERY_S:
            self._full_s = now_s
            self.hurry(Due.FULL)

    def _on_clock_jumped(self, event: ClockJumped) -> None:
        if event.by_s > _FAR_JUMP_S:
            self._distrust_until_s = self._clock_s() + _DISTRUST_S
        elif event.by_s < -_FAR_JUMP_S:
            self._distrust_until_s = None

    # ---------------------------------------------------------------- working

    def work(self) -> None:
        """Do what is due until asked to stop."""
        try:
            wait_s = self._settle_s
            while not self.stop_event.is_set():
                # Nobody who hurries waits for the start to settle.
                self._wake.wait(wait_s)
                self._wake.clear()
                wait_s = _LOOK_EVERY_S
                self.do_what_is_due()
        finally:
            self.request_stop()

    def do_what_is_due(self) -> None:
        """Do each chore that is due now, one after the other."""
        with self._lock:
            wished, self._wished = self._wished, Due(0)
        if not self._is_started:
            self._is_started = True
            wished |= Due.START
        for chore in self._chores:
            if self.stop_event.is_set():
                return
            if self._is_due(chore, wished):
                self._do(chore)

    def _is_due(self, chore: Chore, wished: Due) -> bool:
        if chore.needs_right_clock and self._distrusts_clock():
            return False
        now_s = self._clock_s()
        again_s = self._again_s.get(chore.name)
        return (
            bool(chore.due & wished)
            or (again_s is not None and now_s >= again_s)
            or (Due.OFTEN in chore.due and now_s - self._often_s[chore.name] >= _OFTEN_S)
            or (Due.NIGHT in chore.due and self._night_of(self._clock()) > self._nights[chore.name])
        )

    def _distrusts_clock(self) -> bool:
        until_s = self._distrust_until_s
        return until_s is not None and self._clock_s() < until_s

    def _night_of(self, now: datetime) -> date:
        """Return the day whose quiet hour was last."""
        wall = now.astimezone(self._zone)
        day = wall.date()
        return day if wall.hour >= QUIET_HOUR else date.fromordinal(day.toordinal() - 1)

    def _do(self, chore: Chore) -> None:
        began_s = self._clock_s()
        self._again_s.pop(chore.name, None)
        steps, longest_s, trouble, error_id = 0, 0.0, "", ""
        night = self._night_of(self._clock())
        work = chore.work(self.stop_event.is_set)
        try:
            for held_s in work:
                steps += 1
                longest_s = max(longest_s, held_s)
                if self.stop_event.wait(rest_s(held_s)):
                    return
        except GivenUp:
            return
        except CamWatchError as error:
            trouble, error_id = str(error), error.error_id
        except Exception as error:  # noqa: BLE001 - a bug in one chore does not stop the others
            error_id = log_crash(chore.name, error)
            trouble = tr(
                "Something went wrong inside CamWatch. The log has it as {error_id}.",
                error_id=error_id,
            )
        finally:
            work.close()
        ended_s = self._clock_s()
        self._nights[chore.name] = max(night, self._nights[chore.name])
        self._often_s[chore.name] = ended_s
        if trouble:
            self._again_s[chore.name] = ended_s + _AGAIN_AFTER_S
        result = ChoreResult(
            chore.name, self._clock(), ended_s - began_s, steps, longest_s, trouble
        )
        if self._book.note(result):
            self._tell(result, error_id)
        elif steps:
            log.info("%s: %d steps in %.1f s", chore.name, steps, result.took_s)

    def _tell(self, result: ChoreResult, error_id: str) -> None:
        if result.trouble:
            log.warning("%s failed: %s [%s]", result.name, result.trouble, error_id)
        else:
            log.info("%s works again", result.name)
        self._bus.publish(HouseworkTroubled(result.ended_at, result.name, result.trouble))
