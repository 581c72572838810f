"""From events of the bus to what the rule engine takes; what waits is bounded and loses nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from camwatch.alerts.alert import Alert
from camwatch.alerts.rules import PlaceRef, ProgramTrouble, Severity
from camwatch.alerts.signals import (
    CauseFact,
    ClockFact,
    CountFact,
    Fact,
    NoticeFact,
    ProgramFact,
    StateFact,
)
from camwatch.domain import CameraId, PlaceId, elapsed_s
from camwatch.events import (
    AlertChanged,
    Bus,
    CameraStateChanged,
    ChannelTroubled,
    ClockJumped,
    CommonCause,
    CountMeasured,
    DetectorChanged,
    DiskLow,
    HistoryDamaged,
    HistorySaved,
    NoticesChanged,
    PassageSeen,
    PassagesSettled,
    StorageSuspect,
    StorageTroubled,
    WorkerStopped,
)
from camwatch.language import marked, tr
from camwatch.scene import Mode
from camwatch.workers.alert_pictures import CountedPicture

MOST_IN_ORDER = 1000
"""So many troubles of the program wait in their order at most; then newest of its kind wins."""

_MOST_REMEMBERED = 10_000

_POOR = marked("only the last resort counts, whose numbers are not to be trusted")
_OFF = marked("it broke too often and stays off until CamWatch is started again")
_TROUBLE_OF_WORKER = {
    "recorder": ProgramTrouble.STORAGE,
    "notifier": ProgramTrouble.DELIVERY,
    "alerts": ProgramTrouble.DELIVERY,
    "alert rules": ProgramTrouble.DELIVERY,
    "analysis": ProgramTrouble.MODEL,
    "pictures": ProgramTrouble.MODEL,
    "poller": ProgramTrouble.MODEL,
}
_OF_PROGRAM = "program:"


def _trouble_of(worker: str) -> ProgramTrouble | None:
    """Return what is in trouble while a worker stays off, such as "analysis-2"."""
    return _TROUBLE_OF_WORKER.get(worker.rpartition("-")[0] or worker)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A fact, and the picture that it was counted in, if it was and that is still there."""

    fact: Fact
    picture: CountedPicture | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What has come since it was asked for last.

    Attributes:
        facts: In the order in which the engine is to take them.
        told: Alerts that were delivered, by uid, with the severity that was told.
        is_stirred: An alert is another one than before, by whoever changed it.
    """

    facts: tuple[Taken, ...] = ()
    told: tuple[tuple[str, Severity], ...] = ()
    is_stirred: bool = False


@dataclass(slots=True, eq=False)
class _Counted:
    """The newest count of a camera that nobody took yet, and who passed until then."""

    fact: CountFact
    picture: CountedPicture | None
    seen_s: float


@dataclass(slots=True)
class _Passed:
    """Who passed the lines and gates of a camera and was not handed on yet."""

    inwards: dict[str, int] = field(default_factory=dict)
    outwards: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, *, is_inwards: bool) -> None:
        side = self.inwards if is_inwards else self.outwards
        side[name] = side.get(name, 0) + 1


class FactBox:
    """Listens to the bus and keeps facts until the alert worker takes them.

    Publishers never wait. Of counts, states, notices and common causes the newest of each
    camera stays, so that what waits is bounded by their number; whoever passed a line meanwhile
    is added up. Troubles of the program keep their order.

    Args:
        bus: Where events come from.
        picture_of: Finds the picture of a camera by its number, if it is still there.
        clock_s: A clock that nobody sets, seconds.
    """

    def __init__(
        self,
        bus: Bus,
        picture_of: Callable[[CountMeasured], CountedPicture | None],
        clock_s: Callable[[], float] = elapsed_s,
    ) -> None:
        self._picture_of = picture_of
        self._clock_s = clock_s
        self._changed = threading.Condition()
        self._counts: dict[CameraId, _Counted] = {}
        self._passed: dict[CameraId, _Passed] = {}
        self._newest: dict[Hashable, Fact] = {}
        self._in_order: deque[ProgramFact | ClockFact] = deque()
        self._told: dict[str, Severity] = {}
        self._told_at: dict[str, datetime | None] = {}
        self._open: set[str] = set()
        # How things are, for an engine that begins anew.
        self._lasting: dict[Hashable, Fact] = {}
        self._places: Mapping[PlaceId, PlaceRef] = {}
        self._is_stirred = False
        self._is_woken = False
        self._unsubscribes = (
            bus.subscribe(CountMeasured, self._on_count),
            bus.subscribe(PassagesSettled, self._on_passages),
            bus.subscribe(CameraStateChanged, self._on_state),
            bus.subscribe(NoticesChanged, self._on_notices),
            bus.subscribe(CommonCause, self._on_cause),
            bus.subscribe(StorageTroubled, self._on_storage),
            bus.subscribe(HistoryDamaged, self._on_damaged),
            bus.subscribe(HistorySaved, self._on_saved),
            bus.subscribe(StorageSuspect, self._on_suspect),
            bus.subscribe(DetectorChanged, self._on_detector),
            bus.subscribe(WorkerStopped, self._on_worker),
            bus.subscribe(ClockJumped, self._on_clock),
            bus.subscribe(ChannelTroubled, self._on_channel),
            bus.subscribe(DiskLow, self._on_disk),
            bus.subscribe(AlertChanged, self._on_alert),
        )

    def close(self) -> None:
        """Stop listening; whoever waits in `take` returns."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        self.wake()

    def wake(self) -> None:
        """Let whoever waits in `take` return at once."""
        with self._changed:
            self._is_woken = True
            self._changed.notify()

    def set_places(self, places: Mapping[PlaceId, PlaceRef], cameras: Collection[CameraId]) -> None:
        """Know the stored lines, gates and zones, and forget all cameras but these."""
        with self._changed:
            self._places = dict(places)
            for camera_id in (self._counts.keys() | self._passed.keys()) - set(cameras):
                self._counts.pop(camera_id, None)
                self._passed.pop(camera_id, None)
            gone = [
                key
                for key, fact in self._lasting.items()
                if isinstance(fact, StateFact | NoticeFact) and fact.camera_id not in cameras
            ]
            for key in gone:
                del self._lasting[key]

    def settle(self, alerts: Iterable[Alert], channels: Collection[str]) -> None:
        """Let troubles be over that nobody else will say so of.

        A channel that was removed or switched off delivers nothing any more that could tell; and
        what broke too often in an earlier run was started again with this one.

        Args:
            alerts: That are open, of an earlier run too; none for those of this run only.
            channels: That are to deliver, by uid.
        """
        with self._changed:
            for alert in alerts:
                self._recall(alert)
            for key, fact in list(self._lasting.items()):
                if not isinstance(fact, ProgramFact) or not fact.is_troubled:
                    continue
                is_channel = fact.trouble is ProgramTrouble.DELIVERY and not _trouble_of(fact.part)
                if is_channel and fact.part and fact.part not in channels:
                    self._program(fact.trouble, "", part=fact.part, name=fact.name)
                    del self._lasting[key]

    def _recall(self, alert: Alert) -> None:
        """Know of the parts of the program that an alert of an earlier run is about."""
        if not alert.kind.startswith(_OF_PROGRAM):
            return
        trouble = ProgramTrouble(alert.kind.removeprefix(_OF_PROGRAM))
        for one in alert.parts:
            part = "" if one.subject.part == trouble.value else one.subject.part
            if not part or one.returned_at is not None or (trouble, part) in self._lasting:
                continue  # without a part, whoever watches it says at the start how it is
            # A worker of this name runs again; of a channel its next message will tell.
            reason = "" if _trouble_of(part) else one.reason
            self._program(trouble, reason, part=part, name=one.name)

    def replay(self) -> None:
        """Hand out once more how things are, to an engine that begins anew."""
        with self._changed:
            # All but what is momentary, and what has just ended, is among the lasting ones.
            ended = [
                one
                for one in self._in_order
                if isinstance(one, ProgramFact)
                and not one.is_troubled
                and (one.trouble, one.part) not in self._lasting
            ]
            self._in_order = deque(ended)
            self._newest = dict(self._lasting)
            self._wake()

    def take(self, timeout_s: float) -> Batch:
        """Wait for something, and remove and return all there is; nothing when the time is up."""
        with self._changed:
            self._changed.wait_for(self._has_something, max(0.0, timeout_s))
            self._is_woken = False
            facts = [Taken(fact) for fact in (*self._in_order, *self._newest.values())]
            facts += self._take_counts()
            told, is_stirred = tuple(self._told.items()), self._is_stirred
            self._in_order.clear()
            self._newest.clear()
            self._told.clear()
            self._is_stirred = False
        return Batch(tuple(facts), told, is_stirred)

    def _has_something(self) -> bool:
        return bool(
            self._is_woken
            or self._counts
            or self._newest
            or self._in_order
            or self._told
            or self._is_stirred
        )

    def _take_counts(self) -> list[Taken]:
        """Hand out the counts with who passed; one that nobody took in time is unknown again."""
        now_s, taken = self._clock_s(), []
        for camera_id, one in self._counts.items():
            if now_s - one.seen_s > 2 * one.fact.interval_s:
                continue  # who passed stays, and goes with the next count
            passed = self._passed.pop(camera_id, _Passed())
            fact = replace(one.fact, passed_in=passed.inwards, passed_out=passed.outwards)
            taken.append(Taken(fact, one.picture))
        self._counts.clear()
        return taken

    def _wake(self) -> None:
        self._is_woken = True
        self._changed.notify()

    # ---------------------------------------------------------------- what is measured

    def _on_count(self, event: CountMeasured) -> None:
        """Take a count, in an analysis thread."""
        passing = event.passing
        picture = None if event.is_flagged else self._picture_of(event)
        with self._changed:
            if passing is not None and passing.passages:
                self._pass(event.camera_id, passing.passages)
            if event.is_flagged:
                # A number from a black or covered picture is not known, whatever it says.
                self._counts.pop(event.camera_id, None)
                return
            fact = CountFact(
                event.camera_id,
                event.number,
                event.interval_s,
                {zone.name: zone.count for zone in event.zones},
                watched=self._names(passing.watched) if passing is not None else frozenset(),
                is_too_slow=passing is not None and passing.mode is not Mode.IN_OUT,
                at_once=event.count,
            )
            is_first = not self._counts
            self._counts[event.camera_id] = _Counted(fact, picture, self._clock_s())
            if is_first:
                self._changed.notify()

    def _names(self, ids: Collection[PlaceId]) -> frozenset[str]:
        return frozenset(self._places[one].name for one in ids if one in self._places)

    def _pass(self, camera_id: CameraId, passages: Collection[PassageSeen]) -> None:
        passed = self._passed.setdefault(camera_id, _Passed())
        for one in passages:
            passed.add(one.name, is_inwards=one.is_inwards)

    def _on_passages(self, event: PassagesSettled) -> None:
        """Take who passed last when counting ended; they go with the next count."""
        with self._changed:
            for one in event.passages:
                place = self._places.get(one.place_id)
                if place is not None:
                    self._pass(place.camera_id, (one,))

    # ---------------------------------------------------------------- how cameras do

    def _keep(self, key: Hashable, fact: Fact) -> None:
        """Keep the newest fact of its kind; the same as before is no news."""
        with self._changed:
            if self._lasting.get(key) == fact:
                return
            self._lasting[key] = fact
            self._newest.pop(key, None)
            self._newest[key] = fact
            self._wake()

    def _on_state(self, event: CameraStateChanged) -> None:
        fact = StateFact(event.camera_id, event.state, event.reason)
        self._keep(("state", event.camera_id), fact)

    def _on_notices(self, event: NoticesChanged) -> None:
        self._keep(("notices", event.camera_id), NoticeFact(event.camera_id, event.notices))

    def _on_cause(self, event: CommonCause) -> None:
        words = {
            "computer": tr("the network of this computer"),
            "host": tr("address {where}", where=event.where),
        }
        where = words.get(event.scope) or tr("network {where}", where=event.where)
        fact = CauseFact(event.key, event.camera_ids, where)
        self._keep(("cause", event.key), fact)
        if not event.camera_ids:
            with self._changed:
                self._lasting.pop(("cause", event.key), None)

    # ---------------------------------------------------------------- how the program does

    def _program(
        self, trouble: ProgramTrouble, reason: str, *, part: str = "", name: str = ""
    ) -> None:
        """Take how something in the program does: in trouble with a reason, well without."""
        fact = ProgramFact(trouble, bool(reason), part, name, reason)
        key = (trouble, part)
        with self._changed:
            if self._lasting.get(key) == fact:
                return
            self._lasting[key] = fact
            if len(self._in_order) >= MOST_IN_ORDER:
                self._thin_out(fact)
            self._in_order.append(fact)
            self._wake()

    def _thin_out(self, newer: ProgramFact) -> None:
        """Make room: the oldest of the same kind goes, else the oldest of all."""
        same = (newer.trouble, newer.part)
        for one in self._in_order:
            if isinstance(one, ProgramFact) and (one.trouble, one.part) == same:
                self._in_order.remove(one)
                return
        self._in_order.popleft()

    def _on_storage(self, event: StorageTroubled) -> None:
        self._program(ProgramTrouble.STORAGE, "" if event.error is None else str(event.error))

    def _on_damaged(self, event: HistoryDamaged) -> None:
        found = (
            ""
            if event.verdict == "ok"
            else tr("its file is damaged: {verdict}", verdict=event.verdict)
        )
        self._program(ProgramTrouble.STORAGE, found, part="file")

    def _on_saved(self, _event: HistorySaved) -> None:
        self._program(ProgramTrouble.STORAGE, "")

    def _on_suspect(self, event: StorageSuspect) -> None:
        momentary = ProgramFact(
            ProgramTrouble.STORAGE,
            is_troubled=True,
            part=event.about,
            reason=event.words.rstrip("."),
            is_momentary=True,
        )
        with self._changed:
            if len(self._in_order) >= MOST_IN_ORDER:
                self._thin_out(momentary)
            self._in_order.append(momentary)
            self._wake()

    def _on_detector(self, event: DetectorChanged) -> None:
        poor = tr(_POOR) if event.is_poor else ""
        self._program(ProgramTrouble.MODEL, str(event.error) if event.error else poor)

    def _on_worker(self, event: WorkerStopped) -> None:
        trouble = _trouble_of(event.worker)
        if event.is_off and trouble is not None:
            self._program(trouble, tr(_OFF), part=event.worker, name=event.worker)

    def _on_clock(self, event: ClockJumped) -> None:
        by = abs(event.by_s)
        momentary = ProgramFact(
            ProgramTrouble.CLOCK,
            is_troubled=True,
            reason=tr("it was set forwards by {by:,.0f} seconds", by=by)
            if event.by_s > 0
            else tr("it was set backwards by {by:,.0f} seconds", by=by),
            is_momentary=True,
        )
        with self._changed:
            if len(self._in_order) >= MOST_IN_ORDER - 1:
                self._thin_out(momentary)
            self._in_order.extend((ClockFact(event.by_s), momentary))
            self._wake()

    def _on_channel(self, event: ChannelTroubled) -> None:
        self._program(
            ProgramTrouble.DELIVERY, event.reason, part=event.channel_uid, name=event.name
        )

    def _on_disk(self, event: DiskLow) -> None:
        left = tr("only {free:,.0f} MiB are left", free=event.free_bytes / 2**20)
        self._program(ProgramTrouble.DISK, left if event.is_low else "")

    # ---------------------------------------------------------------- what became of alerts

    def _on_alert(self, event: AlertChanged) -> None:
        """Notice that an alert was delivered, by whichever way and whoever said so."""
        alert = event.alert
        with self._changed:
            self._is_stirred = True
            self._note_open(alert)
            if alert.told_at is not None and self._note_told(alert):
                self._told[alert.uid] = alert.told_severity or alert.severity
                self._wake()

    @property
    def has_open(self) -> bool:
        """True while an alert is not closed."""
        return bool(self._open)

    def know(self, alerts: Iterable[Alert]) -> None:
        """Know the alerts that are open; that they were delivered before is no news."""
        with self._changed:
            self._open.clear()
            for alert in alerts:
                self._note_open(alert)
                self._note_told(alert)

    def _note_open(self, alert: Alert) -> None:
        if alert.state.is_open:
            self._open.add(alert.uid)
        else:
            self._open.discard(alert.uid)

    def _note_told(self, alert: Alert) -> bool:
        """Note when an alert was delivered; True if that is news."""
        is_news = self._told_at.get(alert.uid) != alert.told_at
        self._told_at.pop(alert.uid, None)
        self._told_at[alert.uid] = alert.told_at
        while len(self._told_at) > _MOST_REMEMBERED:
            del self._told_at[next(iter(self._told_at))]
        return is_news
