"""A rule against what is stored: how often would it have fired? Pure, with numpy."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch.alerts.alert import Subject
from camwatch.alerts.minute_judging import Judgement, judge, judged_weeks
from camwatch.alerts.minutes import Flags, StoredHistory, StoredSeries
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    Crossings,
    Occupancy,
    ProgramCondition,
    Rule,
    Severity,
    Unusual,
)
from camwatch.alerts.wall_clock import is_night, is_on, moment_of, utc_minute, wall_minutes
from camwatch.language import tr

__all__ = ["MOST_LISTED", "Judged", "Rehearsal", "StoredHistory", "StoredSeries", "WouldFire"]

MOST_LISTED = 2000
"""So many alerts are listed one by one; all of them are counted."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class WouldFire:
    """An alert that would have been raised.

    Attributes:
        at: UTC.
        until: When it would have returned, UTC; None if it goes on.
        is_told: False if the cool-down would have kept it quiet.
        is_night: Between 22 and 6 by the clocks of the site.
    """

    subject: Subject
    name: str
    at: datetime
    until: datetime | None
    value: float | None
    is_told: bool
    is_night: bool


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What was compared with what, minute by minute, for a chart.

    Attributes:
        values: float32, shape (minutes,); NaN where nothing is known.
        thresholds: Likewise; NaN where there is nothing to compare with.
    """

    name: str
    values: npt.NDArray[np.float32]
    thresholds: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule would have done.

    Attributes:
        alerts: Oldest first; the newest `MOST_LISTED` if there are more.
        fired: How many there are in all.
        told: How many of them would have been told, with the cool-down.
        at_night: How many of all would have come at night.
        coverage: Share of the rehearsed time in which the rule could judge, 0 to 1.
        weeks: How many weeks of history there are.
        note: What must be known of this rehearsal, as whole sentences; "" for nothing.
        judged: By subject; empty where nothing is stored.
    """

    alerts: tuple[WouldFire, ...]
    fired: int
    told: int
    at_night: int
    coverage: float
    weeks: float
    note: str = ""
    judged: Mapping[Subject, Judged] = field(default_factory=dict)

    @property
    def highest(self) -> int:
        """The highest number that was compared with anything; 0 without."""
        known = [one.values[~np.isnan(one.values)] for one in self.judged.values()]
        return int(max((one.max() for one in known if len(one)), default=0))


def rehearse(rule: Rule, history: StoredHistory, zone: ZoneInfo) -> Rehearsal:
    """Run a rule over what is stored.

    A minute of which nothing is known never lets it fire, and an alert that is open goes on
    over it. That the alerts are delivered at once is taken for granted.

    Args:
        rule: As it is being edited.
        history: What is stored of its subjects; see `Commands.stored_history`.
        zone: Whose clocks schedules go by.
    """
    first = utc_minute(history.start)
    wall = wall_minutes(first, history.minutes, zone)
    on, night = is_on(rule.schedule, wall), is_night(wall)
    found: list[WouldFire] = []
    judged: dict[Subject, Judged] = {}
    fired = told = at_night = 0
    shares = []
    for subject, series in history.series.items():
        judgement = judge(rule.condition, series, wall)
        judged[subject] = Judged(series.name, judgement.values, judgement.thresholds)
        shares.append(_share(judgement.known, on))
        alerts = _alerts(judgement, on)
        is_told = _told(alerts, judgement, rule)
        fired += len(alerts.begins)
        told += int(is_told.sum())
        at_night += int(night[alerts.begins].sum())
        found += _listed(subject, series.name, alerts, judgement, is_told, night, first)
    found.sort(key=lambda one: one.at)
    return Rehearsal(
        alerts=tuple(found[-MOST_LISTED:]),
        fired=fired,
        told=told,
        at_night=at_night,
        coverage=float(np.mean(shares)) if shares else 0.0,
        weeks=history.weeks,
        note=_note(rule, history, judged),
        judged=judged,
    )


def _share(known: Flags, on: Flags) -> float:
    scheduled = int(on.sum())
    return float((known & on).sum()) / scheduled if scheduled else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Alerts:
    """Minutes in which alerts begin and end; one that goes on ends at the number of minutes."""

    begins: Index
    ends: Index


def _alerts(judgement: Judgement, on: Flags) -> _Alerts:
    """Let a rule go through the minutes, all at once.

    In each minute there can be a reason to fire, and a number that means it is over. Which came
    first within the minute is not stored; the minute after tells: one without any sign of being
    over goes on with what was raised.
    """
    count = len(on)
    if not count:
        return _Alerts(np.empty(0, np.intp), np.empty(0, np.intp))
    held = judgement.held_s()
    fires = judgement.touched & (held >= judgement.for_s) & on
    back = judgement.back
    back_next = np.append(back[1:] | ~judgement.known[1:], True)
    # After the number came back it must hold anew, within what is left of the minute.
    again = fires & back & ~back_next & (judgement.share * 60.0 >= judgement.for_s)
    raises = (fires & ~back) | again
    change = np.where(raises, 1, np.where(back, -1, 0))
    last = np.maximum.accumulate(np.where(change != 0, np.arange(count), -1))
    is_open = np.where(last >= 0, change[last], -1) > 0
    was_open = np.concatenate(([False], is_open[:-1]))
    begins = np.flatnonzero(fires & (~was_open | again))
    over = np.flatnonzero(back)
    # What began and came back within one minute ends in it.
    at = np.searchsorted(over, np.where(is_open[begins], begins + 1, begins))
    ends = np.append(over, count)[at]
    return _Alerts(begins, np.where(ends == begins, begins + 1, ends))


def _told(alerts: _Alerts, judgement: Judgement, rule: Rule) -> Flags:
    """Tell which alerts the cool-down lets through; it begins when one is told.

    One that comes within it is told when it is over, if it still holds then.
    """
    minutes = rule.cool_down_s / 60.0
    told = np.ones(len(alerts.begins), np.bool_)
    if minutes <= 1.0 or not len(told):
        return told
    begins, ends = alerts.begins.tolist(), alerts.ends.tolist()
    critical = _critical_from(alerts, judgement, rule)
    told[:] = False
    if critical is None:
        at = 0
        quiet_until = -math.inf
        while at < len(begins):
            told[at] = True
            quiet_until = max(float(begins[at]), quiet_until) + minutes
            at = bisect_left(begins, quiet_until, at + 1)
            if ends[at - 1] > quiet_until and not told[at - 1]:
                at -= 1
        return told
    serious = [number for number, worse in enumerate(critical) if worse >= 0]
    quiet_until, was_critical, number = -math.inf, False, 0
    while number < len(begins):
        begin, end, worse = begins[number], ends[number], critical[number]
        moment = _told_at(begin, end, -1 if was_critical else worse, quiet_until)
        if moment is not None:
            told[number], quiet_until, was_critical = True, moment + minutes, 0 <= worse <= moment
            if worse > moment:
                quiet_until, was_critical = worse + minutes, True
        # All that begin and end before are quiet, but for the next one that is critical.
        later = bisect_left(begins, quiet_until, number + 1)
        if later - 1 > number and ends[later - 1] > quiet_until:
            later -= 1
        if not was_critical:
            place = bisect_left(serious, number + 1)
            later = min([later, *serious[place : place + 1]])
        number = later
    return told


def _told_at(begin: int, end: int, worse: int, quiet_until: float) -> float | None:
    """Return when an alert is told, in minutes; None if it is over before.

    Args:
        begin: When it is raised.
        end: When it is over.
        worse: When it becomes critical and so breaks through; -1 for never.
        quiet_until: When the cool-down ends.
    """
    if begin >= quiet_until:
        return begin
    if 0 <= worse < quiet_until:
        return worse
    return quiet_until if end > quiet_until else None


def _critical_from(alerts: _Alerts, judgement: Judgement, rule: Rule) -> list[int] | None:
    """Return from which minute on each alert is critical, -1 for never; None if none differs."""
    if judgement.critical is None or rule.severity is Severity.CRITICAL:
        return None
    critical = np.flatnonzero(judgement.critical)
    if not len(critical):
        return None
    at = np.append(critical, np.iinfo(np.intp).max)[np.searchsorted(critical, alerts.begins)]
    found: list[int] = np.where(at < alerts.ends, at, -1).tolist()
    return found


def _listed(  # noqa: PLR0917 - an alert is made of all of these
    subject: Subject,
    name: str,
    alerts: _Alerts,
    judgement: Judgement,
    told: Flags,
    night: Flags,
    first: int,
) -> list[WouldFire]:
    newest = slice(-MOST_LISTED, None)
    begins, ends = alerts.begins[newest], alerts.ends[newest]
    values = judgement.values[begins]
    return [
        WouldFire(
            subject=subject,
            name=name,
            at=moment_of(first + begin),
            until=moment_of(first + end) if end < len(night) else None,
            value=None if np.isnan(value) or not judgement.is_number else value,
            is_told=is_told,
            is_night=at_night,
        )
        for begin, end, value, is_told, at_night in zip(
            begins.tolist(),
            ends.tolist(),
            values.tolist(),
            told[newest].tolist(),
            night[begins].tolist(),
            strict=True,
        )
    ]


def _note(rule: Rule, history: StoredHistory, judged: Mapping[Subject, Judged]) -> str:
    condition = rule.condition
    if isinstance(condition, ProgramCondition):
        return tr("What goes wrong in the program is not stored, so this rule cannot be rehearsed.")
    if not history.series:
        return ""
    notes = []
    if isinstance(condition, Unusual):
        weeks = judged_weeks(history)
        notes.append(tr("Each hour is compared with the same hour of the other stored weeks."))
        if weeks <= condition.least_weeks:
            notes.append(
                tr(
                    "The rule needs {least_weeks} weeks beside the one that it judges; "
                    "1 is stored.",
                    least_weeks=condition.least_weeks,
                )
                if weeks == 1
                else tr(
                    "The rule needs {least_weeks} weeks beside the one that it judges; "
                    "{weeks} are stored.",
                    least_weeks=condition.least_weeks,
                    weeks=weeks,
                )
            )
    if isinstance(condition, Occupancy | Unusual):
        notes.append(tr("Whole minutes are stored: what went on within one is estimated."))
    if isinstance(condition, Crossings) and condition.period_s % 60:
        notes.append(tr("Whole minutes are stored: the period is taken as the next whole minute."))
    if isinstance(condition, CameraCondition) and condition.trouble is CameraTrouble.TOO_SLOW:
        notes.append(tr("Only cameras with lines or gates can be too slow."))
    if rule.scope.is_together and isinstance(condition, Occupancy) and len(judged) == 1:
        notes.append(tr("The highest sum within a minute is estimated from each camera's highest."))
    return " ".join(notes)
