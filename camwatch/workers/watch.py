"""Notices that this computer was asleep, that the process was stopped, or the clock was set."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from camwatch.domain import elapsed_s, utc_now
from camwatch.events import Bus, ClockJumped, ComputerResumed
from camwatch.resilience import ClockReading, ClockWatch
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_PERIOD_S = 1.0


def read_clocks() -> ClockReading:
    """Read the clocks of this computer."""
    # On Windows the first clock goes on while it sleeps, too: there a sleep shows as a second
    # that took hours.
    return ClockReading(time.monotonic(), elapsed_s(), time.time())


class WatchWorker(Worker):
    """Reads the clocks once a second and publishes ComputerResumed and ClockJumped.

    Args:
        bus: Gets the events.
        read: Reads the clocks.
        period_s: Time from reading to reading.
    """

    def __init__(
        self,
        bus: Bus,
        read: Callable[[], ClockReading] = read_clocks,
        period_s: float = _PERIOD_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("watch", parent)
        self._bus = bus
        self._read = read
        self._period_s = period_s

    def work(self) -> None:
        """Watch until asked to stop."""
        watch = ClockWatch(self._read())
        while not self.stop_event.wait(self._period_s):
            asleep_s, jump_s = watch.look(self._read())
            if asleep_s is not None:
                log.warning("this computer was asleep or stopped for %.0f s", asleep_s)
                self._bus.publish(ComputerResumed(utc_now(), asleep_s))
            if jump_s is not None:
                log.warning("the clock was set by %+.1f s", jump_s)
                self._bus.publish(ClockJumped(utc_now(), jump_s))
