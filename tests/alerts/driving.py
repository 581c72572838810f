"""Drives the rule engine through time, with the alerts that the lifecycle makes of its signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert, AlertEntry
from camwatch.alerts.engine import Engine, Now
from camwatch.alerts.rules import Condition, PlaceRef, Rule, Scope, Severity
from camwatch.alerts.signals import (
    CountFact,
    Explanation,
    Fact,
    NoticeFact,
    Raised,
    Returned,
    Signal,
    StateFact,
    WatchedCamera,
)
from camwatch.domain import CameraId, CameraState, Notice, Reason, SiteId

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
"""A Wednesday, noon in Berlin."""

DOOR = "Door"


def camera(number: int, *places: str, site: int = 1, is_enabled: bool = True) -> WatchedCamera:
    refs = tuple(PlaceRef(CameraId(number), name) for name in places)
    return WatchedCamera(
        CameraId(number), f"Camera {number}", SiteId(site), f"Site {site}", is_enabled, refs
    )


def rule(
    condition: Condition,
    scope: Scope | None = None,
    *,
    uid: str = "r",
    severity: Severity = Severity.WARNING,
    cool_down_s: float = 600.0,
) -> Rule:
    return Rule(uid, f"Rule {uid}", condition, scope or Scope(), severity, cool_down_s=cool_down_s)


class Drive:
    """An engine, its clocks, and the alerts as they would be stored."""

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        cameras: Sequence[WatchedCamera] = (),
        *,
        wall: datetime = NOON,
        zone: ZoneInfo = BERLIN,
        tells: bool = True,
    ) -> None:
        self.wall = wall
        self.s = 1000.0
        self.zone = zone
        self.tells = tells
        self.rules = {one.uid: one for one in rules}
        self.cameras = list(cameras)
        self.alerts: dict[str, Alert] = {}
        self.entries: list[tuple[str, AlertEntry]] = []
        self.signals: list[tuple[float, Signal]] = []
        self.told: list[tuple[float, str]] = []
        self.wanted: dict[str, None] = {}
        self._uids = count(1)
        self.engine = Engine(zone, self._new_uid)
        self.set_rules()
        self.set_cameras()

    def _new_uid(self) -> str:
        return f"alert {next(self._uids)}"

    @property
    def now(self) -> Now:
        return Now(self.wall, self.s)

    # ------------------------------------------------------------------- time

    def wait(self, seconds: float, *, ticks: bool = True, step_s: float = 1.0) -> list[Signal]:
        """Let time pass, with a tick each second unless told otherwise."""
        found: list[Signal] = []
        left = seconds
        while left > 1e-9:
            step = min(step_s, left)
            self.s += step
            self.wall += timedelta(seconds=step)
            left -= step
            if ticks:
                found += self.tick()
        return found

    def tick(self) -> list[Signal]:
        return self._carry_out(self.engine.tick(self.now))

    def set_clock(self, by_s: float) -> None:
        self.wall += timedelta(seconds=by_s)

    # ------------------------------------------------------------------ facts

    def take(self, fact: Fact) -> list[Signal]:
        return self._carry_out(self.engine.take(fact, self.now))

    def people(self, number: int, of: int = 1, **others: object) -> list[Signal]:
        zones = others.pop("zones", {})
        assert isinstance(zones, dict)
        assert not others
        return self.take(CountFact(CameraId(of), number, 1.0, zones))

    def passed(self, came: int = 0, went: int = 0, of: int = 1, name: str = DOOR) -> list[Signal]:
        return self.take(
            CountFact(
                CameraId(of), 0, 1.0, {}, {name: came}, {name: went}, watched=frozenset({name})
            )
        )

    def state(self, state: CameraState, reason: Reason = Reason.NONE, of: int = 1) -> list[Signal]:
        return self.take(StateFact(CameraId(of), state, reason))

    def offline(self, of: int = 1, reason: Reason = Reason.TIMEOUT) -> list[Signal]:
        return self.state(CameraState.OFFLINE, reason, of)

    def well(self, of: int = 1) -> list[Signal]:
        return self.state(CameraState.OK, of=of)

    def notices(self, *notices: Notice, of: int = 1) -> list[Signal]:
        return self.take(NoticeFact(CameraId(of), frozenset(notices)))

    def stay(self, number: int, seconds: int, of: int = 1) -> list[Signal]:
        """Let the same number be counted each second, beginning now."""
        found = self.people(number, of)
        for _ in range(seconds):
            found += self.wait(1)
            found += self.people(number, of)
        return found

    # ---------------------------------------------------------------- changes

    def set_rules(self, *rules: Rule) -> list[Signal]:
        if rules:
            self.rules = {one.uid: one for one in rules}
        return self._carry_out(self.engine.set_rules(list(self.rules.values()), self.now))

    def set_cameras(self, *cameras: WatchedCamera) -> list[Signal]:
        if cameras:
            self.cameras = list(cameras)
        return self._carry_out(self.engine.set_cameras(self.cameras, self.now))

    def restart(self, passed_today: Mapping[PlaceRef, tuple[int, int]] | None = None) -> None:
        """Begin with a new engine that knows what is stored only."""
        self.engine = Engine(self.zone, self._new_uid)
        self.engine.restore(list(self.alerts.values()), passed_today or {}, self.now)
        self.set_rules()
        self.set_cameras()

    def tell(self, uid: str) -> None:
        """Deliver an alert."""
        alert = self.alerts[uid]
        self.told.append((self.s, uid))
        self.alerts[uid] = replace(alert, told_at=self.wall, told_severity=alert.severity)
        self.engine.told(uid, alert.severity, self.now)

    def deliver(self) -> None:
        """Deliver what is to be told."""
        for uid in self.wanted:
            self.tell(uid)
        self.wanted = {}

    def acknowledge(self, uid: str) -> None:
        self._keep(lifecycle.acknowledged(self.alerts[uid], "ada", self.wall))

    def explain(self, uid: str = "r") -> list[Explanation]:
        return self.engine.explain(uid, self.now)

    @property
    def open(self) -> list[Alert]:
        return [one for one in self.alerts.values() if one.state.is_open]

    def _keep(self, change: lifecycle.Change) -> None:
        self.alerts[change.alert.uid] = change.alert
        self.entries += [(change.alert.uid, entry) for entry in change.entries]

    def _carry_out(self, signals: Iterable[Signal]) -> list[Signal]:
        """Do what the desk does: store, and tell who is to be told."""
        done = list(signals)
        for signal in done:
            self.signals.append((self.s, signal))
            before = self.alerts.get(signal.alert_uid)
            if isinstance(signal, Raised):
                assert (before is None) == signal.is_new
                owner = self.rules[signal.rule_uid]
                change = lifecycle.raised(before, signal, owner, "title", "message", self.wall)
                self._keep(change)
                if self._is_to_be_told(change, signal, owner):
                    self.wanted[signal.alert_uid] = None
                    if self.tells:
                        self.deliver()
            else:
                assert isinstance(signal, Returned)
                assert before is not None
                self._keep(lifecycle.returned(before, signal, self.wall))
        return done

    def _is_to_be_told(self, change: lifecycle.Change, signal: Raised, owner: Rule) -> bool:
        """Go by the cool-down as the planner does, on the clock that nobody sets."""
        last = max((at for at, uid in self.told if uid == signal.alert_uid), default=None)
        if last is None:
            return True
        is_quiet = self.s < last + owner.cool_down_s
        return bool(change.entries) and (signal.is_worse or not is_quiet)


def raised(signals: Iterable[Signal]) -> list[Raised]:
    return [one for one in signals if isinstance(one, Raised)]


def returned(signals: Iterable[Signal]) -> list[Returned]:
    return [one for one in signals if isinstance(one, Returned)]
