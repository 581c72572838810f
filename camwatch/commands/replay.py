"""Gives the engine once more what is stored of the time before a moment.

Samples hold the people in view, but not those in each zone, and of lines the minutes in which
they were watched: so zones and lines are seen minute by minute, people who pass at their moment.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.alerts.alert import Alert, SubjectKind
from camwatch.alerts.engine import Engine, Now
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    CameraTrouble,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    Rule,
    Side,
    Unusual,
)
from camwatch.alerts.signals import (
    CountFact,
    Explanation,
    Fact,
    NoticeFact,
    ProgramFact,
    StateFact,
    Usual,
    WatchedCamera,
)
from camwatch.alerts.wall_clock import moment_of, utc_minute
from camwatch.commands.stored_history import (
    is_zone,
    last_sign_of,
    only_lines,
    states_of,
    too_slow,
)
from camwatch.data.engine import Database
from camwatch.domain import CameraId, CameraState, Notice, Reason

At = tuple[datetime, Fact]

_LEAST = timedelta(minutes=10)
_MARGIN = timedelta(minutes=2)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(seconds=10)
"""Time passes in such steps; the engine takes a longer one for a computer that slept."""


def reach_back(rule: Rule, at: datetime, zone: ZoneInfo) -> datetime:
    """Return from which moment on what is stored decides how a rule stands at a moment."""
    condition = rule.condition
    match condition:
        case Occupancy() | Unusual():
            back = timedelta(seconds=condition.for_s) + _MARGIN
        case Crossings():
            back = timedelta(seconds=condition.period_s) + _MARGIN
        case CameraCondition() | ProgramCondition():
            back = timedelta(seconds=condition.after_s) + _MARGIN
        case Balance():
            midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            return midnight.astimezone(at.tzinfo)
    return at - max(back, _LEAST)


class Replay:
    """Sees a stretch of time once more.

    Args:
        database: The history.
        rule: As it is now.
        cameras: All that may be looked at.
        zone: The site's time zone.
    """

    def __init__(
        self, database: Database, rule: Rule, cameras: Sequence[WatchedCamera], zone: ZoneInfo
    ) -> None:
        self._database = database
        self._rule = rule
        self._cameras = cameras
        self._zone = zone
        self.seen: dict[CameraId, datetime] = {}
        """When the last number or state of each camera was measured."""

    def explain(
        self, at: datetime, open_then: Sequence[Alert], usual: dict[tuple[str, int], Usual]
    ) -> list[Explanation]:
        """Tell how the rule stood with each of its subjects.

        Args:
            at: UTC.
            open_then: Alerts of the rule that were open when the stretch begins, as they were.
            usual: What is usual, for rules that ask for it.

        Raises:
            StorageError: The history cannot be read.
        """
        start = reach_back(self._rule, at, self._zone)
        engine = Engine(self._zone, lambda: str(uuid.uuid4()))
        first = _now(start)
        engine.set_cameras(self._cameras, first)
        engine.set_rules([self._rule], first)
        engine.set_usual(usual)
        engine.restore(open_then, {}, first)
        facts = sorted(self._facts(start, at, open_then), key=lambda one: one[0])
        for moment, fact in _with_time(facts, start, at):
            if fact is None:
                engine.tick(_now(moment))
            else:
                engine.take(fact, _now(moment))
        return engine.explain(self._rule.uid, _now(at))

    # ---------------------------------------------------------------- what happened

    def _facts(self, start: datetime, at: datetime, open_then: Sequence[Alert]) -> Iterable[At]:
        condition = self._rule.condition
        places = self._rule.scope.places
        match condition:
            case Occupancy() | Unusual() if places:
                return self._zone_facts(sorted(places, key=_order), condition.side, start, at)
            case Occupancy() | Unusual():
                return self._count_facts(start, at)
            case Crossings() | Balance():
                return self._line_facts(start, at)
            case CameraCondition(trouble=CameraTrouble.TOO_SLOW):
                return self._slow_facts(start, at)
            case CameraCondition():
                return self._state_facts(condition.trouble, start, at)
            case ProgramCondition():
                return self._program_facts(condition, start, open_then)

    def _saw(self, camera_id: CameraId, at: datetime) -> None:
        self.seen[camera_id] = max(self.seen.get(camera_id, at), at)

    def _ids(self) -> list[CameraId]:
        return [one.id for one in self._cameras]

    def _count_facts(self, start: datetime, at: datetime) -> Iterator[At]:
        for one in self._database.past.counts(self._ids(), start, at):
            self._saw(one.camera_id, one.at)
            fact = CountFact(one.camera_id, one.count, one.interval_s, at_once=one.at_once)
            yield one.at, fact

    def _zone_facts(
        self, places: Sequence[PlaceRef], side: Side, start: datetime, at: datetime
    ) -> Iterator[At]:
        first = utc_minute(start)
        count = utc_minute(at) - first + 1
        found = self._database.minutes.zones(places, first, count)
        for camera_id in {place.camera_id for place in found}:
            mine = {place.name: one for place, one in found.items() if place.camera_id == camera_id}
            for number in range(count):
                zones = {}
                for name, one in mine.items():
                    value = (one.highest if side is Side.ABOVE else one.lowest)[number]
                    if not math.isnan(value):
                        zones[name] = round(float(value))
                if zones:
                    moment = max(moment_of(first + number), start)
                    self._saw(camera_id, moment)
                    # Half a minute, since a number stands for two intervals.
                    yield moment, CountFact(camera_id, sum(zones.values()), 30.0, zones)

    def _line_facts(self, start: datetime, at: datetime) -> Iterator[At]:
        lines = only_lines(self._database, [place for one in self._cameras for place in one.places])
        zones = {
            one.id: {place.name: 0 for place in one.places if is_zone(place, lines)}
            for one in self._cameras
        }
        first = utc_minute(start)
        count = utc_minute(at) - first + 1
        minutes = self._database.minutes.passages(lines, first, count)
        watched: dict[tuple[CameraId, int], frozenset[str]] = {}
        for place, one in minutes.items():
            for number in np.flatnonzero(one.coverage > 0).tolist():
                key = place.camera_id, number
                watched[key] = watched.get(key, frozenset()) | {place.name}
        for (camera_id, number), names in watched.items():
            moment = max(moment_of(first + number), start)
            self._saw(camera_id, moment)
            yield moment, CountFact(camera_id, 0, 30.0, zones[camera_id], watched=names)
        for passed in self._database.past.passages(lines, start, at):
            place = passed.place
            names = watched.get((place.camera_id, utc_minute(passed.at) - first), frozenset())
            one_more = {place.name: 1}
            self._saw(place.camera_id, passed.at)
            yield (
                passed.at,
                CountFact(
                    place.camera_id,
                    0,
                    30.0,
                    zones[place.camera_id],
                    one_more if passed.is_inwards else {},
                    {} if passed.is_inwards else one_more,
                    names | {place.name},
                ),
            )

    def _slow_facts(self, start: datetime, at: datetime) -> Iterator[At]:
        first = utc_minute(start)
        count = utc_minute(at) - first + 1
        for camera_id, shares in too_slow(self._database, self._cameras, first, count).items():
            for number, share in enumerate(shares.tolist()):
                if not math.isnan(share):
                    moment = max(moment_of(first + number), start)
                    self._saw(camera_id, moment)
                    yield moment, CountFact(camera_id, 0, 30.0, is_too_slow=share > 0.5)

    def _state_facts(self, trouble: CameraTrouble, start: datetime, at: datetime) -> Iterator[At]:
        end = at + timedelta(milliseconds=1)
        last_sign = last_sign_of(self._database)
        for camera_id, history in states_of(
            self._database, self._ids(), start, end, trouble, last_sign
        ).items():
            for one in history.stretches:
                if one.start > at:
                    continue
                if one.state is None and one.reason is Reason.HOST_OFFLINE:
                    # That this computer has no network is a trouble of its own.
                    yield one.start, StateFact(camera_id, CameraState.OFFLINE, one.reason)
                elif one.state is None:
                    # The program did not run: as if the computer had slept.
                    yield one.start, StateFact(camera_id, CameraState.CONNECTING, Reason.ASLEEP)
                else:
                    self._saw(camera_id, one.start)
                    yield one.start, StateFact(camera_id, one.state, one.reason)
            notices: dict[datetime, set[Notice]] = {}
            for doubt in history.doubts:
                for moment in {doubt.start, doubt.end}:
                    notices.setdefault(moment, set())
            for moment in notices:
                there = frozenset(
                    doubt.notice for doubt in history.doubts if doubt.start <= moment < doubt.end
                )
                if moment <= at:
                    yield moment, NoticeFact(camera_id, there)

    @staticmethod
    def _program_facts(
        condition: ProgramCondition, start: datetime, open_then: Sequence[Alert]
    ) -> Iterator[At]:
        """Tell only of what raised an alert; nothing else is stored of the program."""
        for alert in open_then:
            for part in alert.parts:
                if part.subject.kind is SubjectKind.PROGRAM and part.returned_at is None:
                    is_whole = part.subject.part == condition.trouble.value
                    name = "" if is_whole else part.subject.part
                    yield (
                        start,
                        ProgramFact(condition.trouble, True, name, part.name, part.reason),
                    )


def _order(place: PlaceRef) -> tuple[int, str]:
    return place.camera_id, place.name


def _now(moment: datetime) -> Now:
    """Return a moment by a clock that goes as the wall clock that was stored."""
    return Now(moment, moment.timestamp())


def _with_time(
    facts: Sequence[At], start: datetime, at: datetime
) -> Iterator[tuple[datetime, Fact | None]]:
    """Let time pass between the facts; None stands for nothing but time."""
    now = start
    for moment, fact in facts:
        while moment - now > _STEP:
            now += _STEP
            yield now, None
        now = max(now, moment)
        yield now, fact
    while now < at:
        now = min(now + _STEP, at)
        yield now, None
