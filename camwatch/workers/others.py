"""Notices what other workstations do to a history that several share."""

from __future__ import annotations

import logging
import random
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QObject

from camwatch.alerts.alert import Alert
from camwatch.domain import CameraId, utc_now
from camwatch.errors import StorageError
from camwatch.events import (
    AlertChanged,
    Bus,
    CamerasChanged,
    CountedElsewhere,
    Event,
    RulesChanged,
    WallsChanged,
)
from camwatch.resilience import Backoff
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_TURN_S = 1.0
_COUNTS_EVERY = 2
"""Turns from one look at the numbers of others to the next."""

_RETRY = Backoff(first_s=1.0, factor=2.0, longest_s=10.0)
_CLOCKS_DIFFER = timedelta(minutes=2)
"""So far the clocks of computers with one history may be apart."""

_MOST_ALERTS = 500
_MOST_REMEMBERED = 5000

_CAMERAS = frozenset({"site", "workstation", "camera", "scene", "place"})
_RULES = frozenset({"alert_rule", "alert_plan", "recipient", "recipient_group", "alert_channel"})
_ALERTS = frozenset({"alert"})
_WALLS = frozenset({"wall"})

EVERYTHING = _CAMERAS | _RULES | _ALERTS | _WALLS
"""Tables whose changes are told of."""


class ListensToChanges(Protocol):
    """Tells which tables changed; lives in one thread."""

    def wait(self, timeout_s: float) -> Collection[str]:
        """Wait for changes and return the names of the tables; none when the time is up.

        Raises:
            StorageError: The server is away; nobody knows what changes meanwhile.
        """
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


@dataclass(frozen=True, slots=True)
class OthersDesk:
    """What the worker reads and notes.

    Attributes:
        listen: Begins to listen; raises StorageError while the server is away.
        alerts_since: The alerts of all workstations that changed since a moment.
        counts_elsewhere: The newest numbers of cameras that others count.
        note_seen: Notes that this workstation is there.
    """

    listen: Callable[[], ListensToChanges]
    alerts_since: Callable[[datetime, int], list[Alert]]
    counts_elsewhere: Callable[[datetime], Mapping[CameraId, tuple[datetime, int]]]
    note_seen: Callable[[datetime], None]


class OthersWorker(Worker):
    """Tells on the bus what others changed, as if it were changed here.

    What this workstation changes comes back to it, too: reading once more does no harm. An alert
    is told of only if it is another one than was told last.

    Args:
        desk: What it reads.
        bus: Where it tells.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        desk: OthersDesk,
        bus: Bus,
        clock: Callable[[], datetime] = utc_now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("others", parent)
        self._desk = desk
        self._bus = bus
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._seen_alerts_until = clock()
        self._versions: OrderedDict[str, int] = OrderedDict()
        self._turns = 0
        self._unsubscribe = bus.subscribe(AlertChanged, self._on_alert)

    def request_stop(self) -> None:
        """Ask the worker to end; it does within a turn."""
        super().request_stop()
        self._unsubscribe()

    def _on_alert(self, event: AlertChanged) -> None:
        """Remember what was told, in the publisher's thread."""
        uid, version = event.alert.uid, event.alert.version
        self._versions[uid] = max(version, self._versions.get(uid, 0))
        while len(self._versions) > _MOST_REMEMBERED:
            self._versions.popitem(last=False)

    def work(self) -> None:
        """Listen until asked to stop; begin anew when the server was away."""
        failures = 0
        while not self.stop_event.is_set():
            try:
                listener = self._desk.listen()
                try:
                    # What changed before anybody listened is not told of any more.
                    changed: Collection[str] = EVERYTHING if failures else ()
                    failures = 0
                    while not self.stop_event.is_set():
                        self._tell(changed)
                        changed = listener.wait(_TURN_S)
                finally:
                    listener.close()
            except StorageError as error:
                failures += 1
                if failures == 1:
                    log.warning("changes of others are not noticed: %s [%s]", error, error.error_id)
                self.stop_event.wait(_RETRY.wait_s(failures, self._chance))

    def _tell(self, tables: Collection[str]) -> None:
        changed = frozenset(tables)
        now = self._clock()
        events: list[Event] = []
        if changed & _CAMERAS:
            events.append(CamerasChanged(now))
        if changed & _RULES:
            events.append(RulesChanged(now))
        if changed & _WALLS:
            events.append(WallsChanged(now))
        if changed & _ALERTS:
            events += self._changed_alerts(now)
        if self._turns % _COUNTS_EVERY == 0:
            self._desk.note_seen(now)
            counts = self._desk.counts_elsewhere(now)
            if counts:
                events.append(CountedElsewhere(now, counts))
        self._turns += 1
        for event in events:
            self._bus.publish(event)

    def _changed_alerts(self, now: datetime) -> list[AlertChanged]:
        since = self._seen_alerts_until - _CLOCKS_DIFFER
        found = self._desk.alerts_since(since, _MOST_ALERTS)
        if len(found) < _MOST_ALERTS:
            self._seen_alerts_until = now
        else:
            self._seen_alerts_until = max(found[-1].changed_at, since) + _CLOCKS_DIFFER
        return [
            AlertChanged(now, alert)
            for alert in found
            if alert.version > self._versions.get(alert.uid, 0)
        ]
