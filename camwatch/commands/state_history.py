"""How a camera did over a stretch of time, from the changes of its state. Pure.

A camera of which nothing is known was not down: while the program did not run, or this computer
was asleep or had no network, nobody saw how the camera did. Each run begins by saying that the camera is being connected to, so only the
time before such a change can be without anybody looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.domain import CameraState, Notice, NoticeChange, Reason, StateChange

DOWN = frozenset(
    {
        CameraState.STALE,
        CameraState.BAD_DATA,
        CameraState.AUTH_FAILED,
        CameraState.TLS_CHANGED,
        CameraState.BLOCKED,
        CameraState.OFFLINE,
    }
)
"""States in which a camera that is to be watched gives no current picture."""

_NOBODY_LOOKED = frozenset({Reason.HOST_OFFLINE, Reason.ASLEEP})
"""Reasons that lie with this computer: how the camera did meanwhile nobody knows."""

_JOINED = timedelta(minutes=10)
"""An outage goes on over a time in which nobody looked that is shorter than this."""

_SYMPTOMS = frozenset({Reason.CIRCUIT_OPEN, Reason.NONE})
"""Reasons that only follow from others."""

_MOSTLY_SHARE = 0.6
_MOSTLY_HOURS = 6
_MOSTLY_TIMES = 3

LastSign = Callable[[datetime, datetime], datetime]
"""Tells until when, between two moments, the program surely ran."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A camera was in one state, for one reason.

    Attributes:
        start: UTC.
        end: UTC, later than the start.
        state: None if it is not known.
    """

    start: datetime
    end: datetime
    state: CameraState | None
    reason: Reason = Reason.NONE

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a camera gave no current picture.

    Attributes:
        start: UTC.
        end: UTC.
        seconds: Of it, without what is not known.
        state: The one it was in longest.
        reason: The one that lasted longest; one that only follows from others does not count.
        goes_on: It is not over yet.
    """

    start: datetime
    end: datetime
    seconds: float
    state: CameraState
    reason: Reason
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A time in which something was wrong with pictures that came."""

    start: datetime
    end: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class StateHistory:
    """How a camera did.

    Attributes:
        start: UTC.
        end: UTC.
        stretches: Without a gap from the start to the end.
        outages: Oldest first.
        doubts: Oldest first.
    """

    start: datetime
    end: datetime
    stretches: tuple[Stretch, ...]
    outages: tuple[Outage, ...]
    doubts: tuple[Doubt, ...] = ()

    def seconds_in(self, *states: CameraState | None) -> float:
        """Return how long it was in any of these states; None is not known."""
        return sum(one.seconds for one in self.stretches if one.state in states)

    @property
    def down_s(self) -> float:
        """How long it was down in all."""
        return sum(outage.seconds for outage in self.outages)

    @property
    def unwatched_s(self) -> float:
        """How long nobody looked, after the camera was first seen."""
        known = [n for n, one in enumerate(self.stretches) if one.state is not None]
        later = self.stretches[known[0] :] if known else ()
        return sum(one.seconds for one in later if one.state is None)

    @property
    def common_reason(self) -> Reason | None:
        """The reason of most outages, of several the one that lasted longest; None without."""
        times = Counter(outage.reason for outage in self.outages)
        lasted: Counter[Reason] = Counter()
        for outage in self.outages:
            lasted[outage.reason] += round(outage.seconds)
        return max(times, key=lambda reason: (times[reason], lasted[reason]), default=None)

    def common_hours(self, zone: ZoneInfo) -> tuple[int, int] | None:
        """Return the hours of the day in which most outages lie, such as (2, 4) or (22, 1).

        Every outage counts alike, however long it was: one of a whole day tells no hour.

        Args:
            zone: Whose clocks are meant.

        Returns:
            First hour, and the hour after the last, 0 to 23; None if there are few outages,
            or they are spread over the day.
        """
        if len(self.outages) < _MOSTLY_TIMES:
            return None
        weights = [0.0] * 24
        for outage in self.outages:
            hours = hours_of(outage.start, outage.end, zone)
            whole_s = sum(hours.values()) or 1.0
            for hour, seconds in hours.items():
                weights[hour] += seconds / whole_s
        for length in range(1, _MOSTLY_HOURS + 1):
            held = [sum(weights[(first + n) % 24] for n in range(length)) for first in range(24)]
            best = max(range(24), key=held.__getitem__)
            if held[best] >= _MOSTLY_SHARE * len(self.outages):
                return best, (best + length) % 24
        return None


def hours_of(start: datetime, end: datetime, zone: ZoneInfo) -> dict[int, float]:
    """Return how many seconds of a stretch lie in which hour of the zone's day."""
    found: dict[int, float] = {}
    while start < end:
        wall = start.astimezone(zone)
        gone_s = wall.minute * 60 + wall.second + wall.microsecond / 1e6
        stop = min(start + timedelta(seconds=3600 - gone_s), end)
        found[wall.hour] = found.get(wall.hour, 0.0) + (stop - start).total_seconds()
        start = stop
    return found


def state_history(  # noqa: PLR0917 - from when to when, what was and what changed, who ran
    start: datetime,
    end: datetime,
    before: StateChange | None,
    changes: Sequence[StateChange],
    last_sign: LastSign,
    noticed_before: Iterable[Notice] = (),
    notices: Sequence[NoticeChange] = (),
    following: StateChange | None = None,
) -> StateHistory:
    """Put together how a camera did.

    Args:
        start: From here, UTC.
        end: Until here, UTC; not later than now.
        before: The newest change before the start; None if there is none.
        changes: From start to end, oldest first.
        last_sign: See `LastSign`.
        noticed_before: What was wrong with its pictures just before the start.
        notices: Changes of that from start to end, oldest first.
        following: The first change from the end on; None if there is none, and the program
            runs now.
    """
    later = [] if following is None else [following]
    stretches = _stretches(start, end, before, [*changes, *later], last_sign)
    restarts = [one.at for one in changes if one.reason is Reason.STARTING]
    doubts = _doubts(start, end, noticed_before, notices, restarts)
    return StateHistory(start, end, tuple(stretches), _outages(stretches, end), tuple(doubts))


def _stretches(
    start: datetime,
    end: datetime,
    before: StateChange | None,
    changes: Sequence[StateChange],
    last_sign: LastSign,
) -> list[Stretch]:
    found: list[Stretch] = []

    def add(since: datetime, until: datetime, one: StateChange | None) -> None:
        since, until = max(since, start), min(until, end)
        if since < until:
            if one is None or one.reason in _NOBODY_LOOKED:
                found.append(Stretch(since, until, None, one.reason if one else Reason.NONE))
            else:
                found.append(Stretch(since, until, one.state, one.reason))

    present = before
    since = start
    for change in changes:
        if present is not None and change.reason is Reason.STARTING:
            seen = max(last_sign(present.at, change.at), present.at)
            add(since, seen, present)
            add(max(since, seen), change.at, None)
        else:
            add(since, change.at, present)
        present, since = change, change.at
    add(since, end, present)
    return found


def _outages(stretches: Sequence[Stretch], end: datetime) -> tuple[Outage, ...]:
    found: list[list[Stretch]] = []
    can_join = False
    for one in stretches:
        if one.state not in DOWN:
            # Nobody looked, or looking had just begun again: it may have been down all along.
            can_join = can_join and one.state in (None, CameraState.CONNECTING)
            continue
        if can_join and one.start - found[-1][-1].end <= _JOINED:
            found[-1].append(one)
        else:
            found.append([one])
        can_join = True
    return tuple(_outage(parts, end) for parts in found)


def _outage(parts: Sequence[Stretch], end: datetime) -> Outage:
    states: Counter[CameraState] = Counter()
    reasons: Counter[Reason] = Counter()
    for part in parts:
        # At least 1: a state of no length is one all the same.
        lasted = max(round(part.seconds * 1000), 1)
        if part.state is not None:
            states[part.state] += lasted
        reasons[part.reason] += lasted
    causes = [reason for reason in reasons if reason not in _SYMPTOMS] or list(reasons)
    return Outage(
        parts[0].start,
        parts[-1].end,
        sum(part.seconds for part in parts),
        max(states, key=states.__getitem__),
        max(causes, key=reasons.__getitem__),
        goes_on=parts[-1].end == end,
    )


def _doubts(
    start: datetime,
    end: datetime,
    before: Iterable[Notice],
    notices: Sequence[NoticeChange],
    restarts: Sequence[datetime],
) -> list[Doubt]:
    """Return what was wrong with pictures; a new run knows nothing of what was before it."""
    began = dict.fromkeys(before, start)
    found = []
    for change in notices:
        since = began.pop(change.notice, None)
        if since is not None:
            found.append(Doubt(since, change.at, change.notice))
        if change.is_present:
            began[change.notice] = change.at
    found += [Doubt(since, end, notice) for notice, since in began.items()]
    cut = [
        replace(one, end=min([one.end, *(at for at in restarts if at > one.start)]))
        for one in found
    ]
    return sorted(cut, key=lambda one: one.start)
