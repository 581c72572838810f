"""Reads what is stored of a rule's subjects, minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.minutes import Minutes, StoredHistory, StoredSeries, unknown
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    CameraTrouble,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    Rule,
    Unusual,
)
from camwatch.alerts.scopes import cameras_in, lines_in, places_in
from camwatch.alerts.signals import WatchedCamera
from camwatch.alerts.wall_clock import DAY, moment_of, utc_minute
from camwatch.commands.state_history import (
    DOWN,
    LastSign,
    StateHistory,
    Stretch,
    state_history,
)
from camwatch.data.engine import Database
from camwatch.data.minutes import CountedMinutes, PassedMinutes
from camwatch.domain import CameraId, CameraState, Notice, Reason
from camwatch.language import tr

BLINDING = frozenset({Notice.BLACK, Notice.OVEREXPOSED, Notice.COVERED, Notice.DEFOCUSED})
"""What makes a camera blind."""

_MOSTLY = 0.5
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_history(
    database: Database, rule: Rule, cameras: Sequence[WatchedCamera], days: int, now: datetime
) -> StoredHistory:
    """Read what is stored of a rule's subjects.

    Args:
        database: The history.
        rule: Its condition's kind and its scope count.
        cameras: Those that may be looked at.
        days: The last so many.
        now: UTC; the minute that runs is left out.

    Raises:
        StorageError: It cannot be read.
    """
    first, count = utc_minute(now) - days * DAY, days * DAY
    series: dict[Subject, StoredSeries] = {}
    condition = rule.condition
    match condition:
        case Occupancy() | Unusual():
            series = _people(database, rule, cameras, first, count)
        case Crossings() | Balance():
            series = _passed(database, rule, cameras, first, count)
        case CameraCondition():
            series = _troubles(database, condition, rule, cameras, first, count)
        case ProgramCondition():
            pass
    is_number = not isinstance(condition, CameraCondition | ProgramCondition)
    if rule.scope.is_together and is_number and series:
        series = {TOGETHER: together(list(series.values()))}
    return StoredHistory(moment_of(first), count, series)


def _people(
    database: Database, rule: Rule, cameras: Sequence[WatchedCamera], first: int, count: int
) -> dict[Subject, StoredSeries]:
    names = _names(cameras)
    if rule.scope.places:
        places = database.minutes.zones(places_in(rule.scope, cameras), first, count)
        return {
            Subject.of_place(ref): _counted(place_name(names, ref), minutes)
            for ref, minutes in places.items()
        }
    wanted = [one.id for one in cameras_in(rule.scope, cameras)]
    found = database.minutes.cameras(wanted, first, count)
    return {Subject.of_camera(one): _counted(names[one], found[one]) for one in wanted}


def _passed(
    database: Database, rule: Rule, cameras: Sequence[WatchedCamera], first: int, count: int
) -> dict[Subject, StoredSeries]:
    names = _names(cameras)
    lines = only_lines(database, lines_in(rule.scope, cameras))
    found = database.minutes.passages(lines, first, count)
    return {
        Subject.of_place(ref): _crossed(place_name(names, ref), minutes)
        for ref, minutes in found.items()
    }


def only_lines(database: Database, places: Sequence[PlaceRef]) -> list[PlaceRef]:
    """Leave zones out: nobody passes them."""
    if not places:
        return []
    zones = {
        PlaceRef(record.camera_id, zone.name)
        for record in database.scenes.all()
        for zone in record.scene.zones
    }
    return [one for one in places if one not in zones]


def is_zone(place: PlaceRef, lines: Collection[PlaceRef]) -> bool:
    """Tell whether a place is a zone, being none of these lines and gates."""
    return place not in lines


def _names(cameras: Iterable[WatchedCamera]) -> dict[CameraId, str]:
    return {one.id: one.name for one in cameras}


def place_name(names: Mapping[CameraId, str], place: PlaceRef) -> str:
    """Return how a place is called, such as "Gate 3: Door"."""
    return f"{names.get(place.camera_id, '?')}: {place.name}"


def _counted(name: str, minutes: CountedMinutes) -> StoredSeries:
    nothing = unknown(len(minutes.mean))
    return StoredSeries(
        name,
        minutes.highest,
        minutes.lowest,
        minutes.mean,
        minutes.coverage,
        nothing,
        nothing,
        nothing,
    )


def _crossed(name: str, minutes: PassedMinutes) -> StoredSeries:
    nothing = unknown(len(minutes.coverage))
    return StoredSeries(
        name,
        nothing,
        nothing,
        nothing,
        minutes.coverage,
        minutes.inwards,
        minutes.outwards,
        nothing,
    )


def together(parts: Sequence[StoredSeries]) -> StoredSeries:
    """Add up; where one is not known, the sum is that of the others, and not whole.

    Highest and lowest of a sum are not stored: those of different cameras are hardly reached at
    the same moment, so they are taken as if they had nothing to do with each other.
    """
    known = np.stack([one.is_known for one in parts])
    is_any = known.any(axis=0)

    def total(name: str) -> Minutes:
        added = np.nansum([getattr(one, name) for one in parts], axis=0)
        return np.where(is_any, added, np.nan).astype(np.float32)

    def away(name: str) -> Minutes:
        squares = [np.square(getattr(one, name) - one.mean) for one in parts]
        distance: Minutes = np.round(np.sqrt(np.nansum(squares, axis=0))).astype(np.float32)
        return distance

    mean = total("mean")
    coverage = np.mean([one.coverage for one in parts], axis=0)
    # How much of the minute was measured by those of which anything is known.
    coverage = np.where(is_any, coverage / np.maximum(known.mean(axis=0), 1e-9), 0.0)
    return StoredSeries(
        tr("All together"),
        np.round(mean) + away("highest"),
        np.maximum(np.round(mean) - away("lowest"), 0.0),
        mean,
        coverage.astype(np.float32),
        total("passed_in"),
        total("passed_out"),
        unknown(len(mean)),
        np.all(known, axis=0, out=np.empty(known.shape[1], np.bool_)),
        tuple(parts),
    )


# ---------------------------------------------------------------- troubles of cameras


def _troubles(  # noqa: PLR0917 - of which rule, whose, from when to when
    database: Database,
    condition: CameraCondition,
    rule: Rule,
    cameras: Sequence[WatchedCamera],
    first: int,
    count: int,
) -> dict[Subject, StoredSeries]:
    wanted = cameras_in(rule.scope, cameras)
    ids = [one.id for one in wanted]
    if condition.trouble is CameraTrouble.TOO_SLOW:
        troubled = too_slow(database, wanted, first, count)
    else:
        troubled = {
            one: minutes_of(condition.trouble, history, count)
            for one, history in states_of(
                database,
                ids,
                moment_of(first),
                moment_of(first + count),
                condition.trouble,
                last_sign_of(database),
            ).items()
        }
    nothing = unknown(count)
    return {
        Subject.of_camera(one.id): StoredSeries(
            one.name,
            nothing,
            nothing,
            nothing,
            np.zeros(count, np.float32),
            nothing,
            nothing,
            troubled[one.id],
        )
        for one in wanted
        if one.id in troubled
    }


def states_of(  # noqa: PLR0917 - whose, from when to when, and who looked
    database: Database,
    ids: Sequence[CameraId],
    start: datetime,
    end: datetime,
    trouble: CameraTrouble,
    last_sign: Callable[[CameraId], LastSign],
) -> dict[CameraId, StateHistory]:
    """Return how cameras did, see `state_history`.

    Raises:
        StorageError: The history cannot be read.
    """
    changes = database.minutes.states(ids, start, end)
    is_blind = trouble is CameraTrouble.BLIND
    notices = database.minutes.notices(ids, start, end) if is_blind else {}
    found = {}
    for one, all_changes in changes.items():
        before = [change for change in all_changes if change.at < start]
        found[one] = state_history(
            start,
            end,
            before[-1] if before else None,
            all_changes[len(before) :],
            last_sign(one),
            database.states.notices_before(one, start) if is_blind else (),
            notices.get(one, ()),
        )
    return found


def last_sign_of(database: Database) -> Callable[[CameraId], LastSign]:
    """Ask only once for each minute: all cameras say within seconds that a new run begins.

    Returns:
        Gives for a camera what tells how long the workstation ran that counts it.
    """
    known: dict[tuple[int, int], datetime] = {}
    stations = database.workstations.of_cameras()

    def ask(station: int, after: datetime, before: datetime) -> datetime:
        key = station, utc_minute(before)
        if key not in known:
            known[key] = database.states.last_sign(_LONG_AGO, moment_of(key[1]), station)
        return max(after, known[key])

    return lambda camera_id: partial(ask, stations.get(camera_id, 0))


def minutes_of(trouble: CameraTrouble, history: StateHistory, count: int) -> Minutes:
    """Return for which share of each minute a camera was in trouble, NaN where nobody knows.

    What is known in which state is as the engine sees it, see `alerts.trouble`.
    """
    shares, blank = np.zeros(count), np.zeros(count)
    for one in history.stretches:
        is_on = _is_in(trouble, one)
        if is_on is not False:
            _add(blank if is_on is None else shares, history.start, one.start, one.end)
    if trouble is CameraTrouble.BLIND:
        for doubt in history.doubts:
            if doubt.notice in BLINDING:
                _add(shares, history.start, doubt.start, doubt.end)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_known = np.clip(shares / (1.0 - blank), 0.0, 1.0)
    return np.where(blank > _MOSTLY, np.nan, of_known).astype(np.float32)


def _is_in(trouble: CameraTrouble, one: Stretch) -> bool | None:
    """Tell whether a camera is in trouble in a state; None where it cannot be known."""
    if one.state is CameraState.DISABLED:
        return False
    if one.state in (None, CameraState.CONNECTING):
        return None
    is_frozen = one.state is CameraState.STALE and one.reason is Reason.FROZEN
    if trouble is CameraTrouble.DOWN:
        return one.state in DOWN and not is_frozen
    if trouble is CameraTrouble.FROZEN and is_frozen:
        return True
    # Neither frozen nor blind can be told of a camera that gives no pictures.
    return False if one.state is not None and one.state.is_live else None


def _add(
    shares: np.ndarray[tuple[int], np.dtype[np.float64]],
    origin: datetime,
    start: datetime,
    end: datetime,
) -> None:
    """Add a stretch of time to the minutes in which it lies."""
    begin = (start - origin).total_seconds() / 60
    stop = (end - origin).total_seconds() / 60
    first, last = int(begin), min(int(stop), len(shares) - 1)
    if first > last:
        return
    if first == last:
        shares[first] += stop - begin
        return
    shares[first] += first + 1 - begin
    shares[first + 1 : last] += 1.0
    shares[last] += min(stop - last, 1.0)


def too_slow(
    database: Database, cameras: Sequence[WatchedCamera], first: int, count: int
) -> dict[CameraId, Minutes]:
    """Tell when people were counted, but nobody who passed: pictures came too seldom."""
    lines = {one.id: places for one in cameras if (places := only_lines(database, one.places))}
    counted = database.minutes.cameras(list(lines), first, count)
    passed = database.minutes.passages(
        [one for refs in lines.values() for one in refs], first, count
    )
    found = {}
    for one, refs in lines.items():
        seen = counted[one].coverage
        watched = np.max([passed[ref].coverage for ref in refs if ref in passed], axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.clip(1.0 - watched / seen, 0.0, 1.0)
        found[one] = np.where(seen > 0, share, np.nan).astype(np.float32)
    return found
