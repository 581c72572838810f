"""Judges what happens by the rules, and has what follows stored and told."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject

from camwatch.alerts.alert import Alert
from camwatch.alerts.engine import Engine, Now
from camwatch.alerts.signals import CountFact, Raised, Signal
from camwatch.domain import elapsed_s, utc_now
from camwatch.errors import StorageError
from camwatch.resilience import Backoff
from camwatch.workers.alert_facts import Batch, FactBox
from camwatch.workers.alert_pending import PendingSignals
from camwatch.workers.alert_pictures import EvidenceKeeper, KeepsEvidence
from camwatch.workers.alert_world import World, WorldShelf
from camwatch.workers.base import Worker
from camwatch.workers.pictures import PictureShelf

log = logging.getLogger(__name__)

_TICK_S = 1.0
_GATHER_S = 0.02
"""While much comes, so long passes from turn to turn at least: waking up for each of hundreds of
counts a second would take the interpreter away from those who count."""

_CALM_S = 900.0
"""After so long without an open alert, plans are looked at once a minute only."""

_CALM_EVERY_S = 60.0
_REST = 20
"""Looking at all plans takes a twentieth of the time at most, however many alerts are open."""

_RETRY = Backoff(first_s=0.5, factor=2.0, longest_s=10.0)


class StoresAlerts(KeepsEvidence, Protocol):
    """The part of `AlertDesk` that this worker needs."""

    def alerts_to_go_on(self) -> list[Alert]:
        """Return the alerts that are not closed, and those whose cool-down goes on."""

    def carry_out(self, signals: Sequence[Signal], at: datetime) -> list[Alert]:
        """Store what the engine wants; all or none, and harmless when done again."""

    def escalate(self, now: datetime) -> list[Alert]:
        """Take the steps of plans that are due by now."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """How the alert worker tells those who send.

    Attributes:
        wake: There is something new in the outbox; never waits.
        holding: While it lasts, popups are shown but nothing is sent: the picture is to go
            along.
    """

    wake: Callable[[], None]
    holding: Callable[[], AbstractContextManager[object]]


class AlertWorker(Worker):
    """Gives facts to the engine as they come, and what it decides to the desk.

    What cannot be stored waits in memory in its order and is tried again; the engine goes on
    meanwhile.

    Args:
        make_engine: Makes the engine.
        desk: Stores.
        box: What has happened; outlives this worker.
        worlds: What rules are judged by; outlives this worker.
        pending: What is decided and not stored; outlives this worker.
        shelf: Pictures.
        outlet: Those who send.
        clock: The wall clock, aware UTC.
        clock_s: A clock that nobody sets, seconds.
    """

    def __init__(  # noqa: PLR0917 - all that judging stands on
        self,
        make_engine: Callable[[], Engine],
        desk: StoresAlerts,
        box: FactBox,
        worlds: WorldShelf,
        pending: PendingSignals,
        shelf: PictureShelf,
        outlet: Outlet,
        clock: Callable[[], datetime] = utc_now,
        clock_s: Callable[[], float] = elapsed_s,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("alerts", parent)
        self._make_engine = make_engine
        self._desk = desk
        self._box = box
        self._worlds = worlds
        self._pending = pending
        self._evidence = EvidenceKeeper(desk, shelf)
        self._outlet = outlet
        self._clock = clock
        self._clock_s = clock_s
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._failures = 0
        self._retry_s = 0.0
        self._stirred_s = 0.0
        self._escalated_s = self._escalating_s = 0.0
        self.beat_s = clock_s()
        """When it last could do its work, on the clock that nobody sets."""

    def request_stop(self) -> None:
        """Ask the worker to store what is decided, once, and to end."""
        super().request_stop()
        self._box.wake()

    def work(self) -> None:
        """Judge until asked to stop."""
        engine = self._begin()
        if engine is None:
            return
        tick_s = self._clock_s()
        try:
            while not self.stop_event.is_set():
                began_s = self._clock_s()
                batch = self._box.take(max(0.0, tick_s - began_s))
                is_tick = self._clock_s() >= tick_s
                self._turn(engine, batch, is_tick=is_tick)
                now_s = self._clock_s()
                if not self._failures:  # what is not stored is told to nobody
                    self.beat_s = now_s
                if is_tick:
                    tick_s = max(tick_s + _TICK_S, now_s)
                self.stop_event.wait(max(0.0, _GATHER_S - (now_s - began_s)))
        finally:
            self._end()

    def _now(self) -> Now:
        return Now(self._clock(), self._clock_s())

    # ---------------------------------------------------------------- begin and end

    def _begin(self) -> Engine | None:
        """Make an engine that knows the rules, the cameras and what is open; None at the end."""
        while not self.stop_event.is_set():
            world = self._worlds.present
            if world is None or not self._store():
                self._pause()
                continue
            try:
                known = self._desk.alerts_to_go_on()
            except StorageError as error:
                log.error("open alerts cannot be read: %s [%s]", error, error.error_id)  # noqa: TRY400
                self._pause()
                continue
            # A newer one may have come while alerts were read: the next comes in an hour.
            return self._made(self._worlds.take_new() or world, known)
        return None

    def _pause(self) -> None:
        self.stop_event.wait(0.05 if self._worlds.present is None else 0.5)

    def _made(self, world: World, alerts: Sequence[Alert]) -> Engine:
        engine, now = self._make_engine(), self._now()
        known = world.known
        self._box.set_places(world.places, world.camera_ids)
        signals = engine.set_cameras(known.cameras, now)
        signals += engine.set_rules(known.rules, now)
        engine.set_usual(known.usual)
        engine.restore(alerts, known.passed_today, now)
        # What is open about a rule or camera that went while nobody watched returns.
        signals += engine.set_cameras(known.cameras, now)
        signals += engine.set_rules(known.rules, now)
        self._stirred_s = now.elapsed_s
        self._box.know(alerts)
        self._box.settle(alerts, known.reach.delivering)
        self._box.replay()
        self._decide(signals, now)
        opened = sum(alert.state.is_open for alert in alerts)
        log.info("%d rules are watched; %d alerts are open", len(known.rules), opened)
        return engine

    def _end(self) -> None:
        """Try once more to store what is decided."""
        self._retry_s = 0.0
        if len(self._pending) and not self._store():
            log.error("%d decisions about alerts are not stored", len(self._pending))

    # ---------------------------------------------------------------- a turn

    def _turn(self, engine: Engine, batch: Batch, *, is_tick: bool) -> None:
        now = self._now()
        signals = self._take_world(engine, now)
        for uid, severity in batch.told:
            engine.told(uid, severity, now)
        for taken in batch.facts:
            if isinstance(taken.fact, CountFact):
                self._evidence.saw(taken.fact.camera_id, taken.picture)
            signals += engine.take(taken.fact, now)
        if is_tick:
            signals += engine.tick(now)
        if batch.is_stirred:
            self._stirred_s = now.elapsed_s
        self._decide(signals, now)
        if is_tick and not len(self._pending):
            self._escalate(now)

    def _take_world(self, engine: Engine, now: Now) -> list[Signal]:
        world = self._worlds.take_new()
        if world is None:
            return []
        known = world.known
        self._box.set_places(world.places, world.camera_ids)
        engine.set_usual(known.usual)
        self._box.settle((), known.reach.delivering)
        self._stirred_s = now.elapsed_s
        return [*engine.set_cameras(known.cameras, now), *engine.set_rules(known.rules, now)]

    def _decide(self, signals: Sequence[Signal], now: Now) -> None:
        if signals:
            self._pending.add(signals, now.wall)
            self._evidence.note(one for one in signals if isinstance(one, Raised))
            self._stirred_s = now.elapsed_s
        if len(self._pending) and now.elapsed_s >= self._retry_s:
            self._store()

    def _store(self) -> bool:
        """Store what is decided, in order; False if it could not all be stored now."""
        while (decided := self._pending.first()) is not None:
            raised = [one for one in decided.signals if isinstance(one, Raised)]
            with self._outlet.holding():
                try:
                    self._desk.carry_out(decided.signals, decided.at)
                except StorageError as error:
                    self._put_off(error)
                    return False
                self._pending.stored()
                self._outlet.wake()
                # Popups are on their way; mail waits for its picture.
                self._evidence.keep(raised, decided.at, self._clock())
            self._outlet.wake()
        if self._failures:
            log.info("alerts are stored again")
        self._failures, self._retry_s = 0, 0.0
        return True

    def _put_off(self, error: StorageError) -> None:
        self._pending.failed()
        self._failures += 1
        self._retry_s = self._clock_s() + _RETRY.wait_s(self._failures, self._chance)
        if self._failures == 1:
            log.error("alerts are not stored: %s [%s]", error, error.error_id)

    def _escalate(self, now: Now) -> None:
        """Have the steps of plans taken that are due."""
        calm_s = now.elapsed_s - self._stirred_s
        every_s = _TICK_S / 2 if self._box.has_open or calm_s < _CALM_S else _CALM_EVERY_S
        every_s = max(every_s, _REST * self._escalating_s)
        if now.elapsed_s - self._escalated_s < every_s or now.elapsed_s < self._retry_s:
            return
        self._escalated_s = began_s = self._clock_s()
        try:
            alerts = self._desk.escalate(now.wall)
            self._escalating_s = self._clock_s() - began_s
        except StorageError as error:
            self._failures += 1
            self._retry_s = self._clock_s() + _RETRY.wait_s(self._failures, self._chance)
            if self._failures == 1:
                log.error("plans cannot be followed: %s [%s]", error, error.error_id)  # noqa: TRY400
            return
        if self._failures and not len(self._pending):
            self._failures, self._retry_s = 0, 0.0
        if alerts:
            self._outlet.wake()


class Gate:
    """Keeps messages back for a moment, so that a picture can go along. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def holding(self) -> AbstractContextManager[object]:
        """Return a context in which nothing is sent."""
        return self._lock

    @property
    def is_open(self) -> bool:
        """True if messages may be sent now."""
        return not self._lock.locked()
