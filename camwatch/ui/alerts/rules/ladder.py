"""The trace of a rule as a ladder of checks. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.alerts.notification import NotificationState
from camwatch.alerts.rules import (
    CameraCondition,
    Crossings,
    Occupancy,
    ProgramCondition,
    Rule,
    Side,
    Unusual,
)
from camwatch.alerts.signals import Block, Explanation, RuleTrace, Told
from camwatch.language import table, tr
from camwatch.ui.alerts.rules.words import kind_of, lasting
from camwatch.ui.charts.series import percent
from camwatch.ui.words import clock_time

_WAYS = {
    "popup": "popup",
    "sound": "sound",
    "email": "mail",
    "sms": "SMS",
    "webhook": "webhook",
}
_STATES = table(
    lambda: {
        NotificationState.WAITING: tr("waits"),
        NotificationState.DELIVERED: tr("delivered"),
        NotificationState.FAILED: tr("refused"),
        NotificationState.EXPIRED: tr("given up"),
        NotificationState.CANCELLED: tr("not needed any more"),
    }
)


class Mark(StrEnum):
    """What stands before a line."""

    YES = "yes"
    NO = "no"
    NONE = "none"
    """Only said, or not looked at."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One check.

    Attributes:
        name: What was looked at.
        said: What was found, with the numbers.
    """

    mark: Mark
    name: str
    said: str


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say a moment with its date."""
    return tr("{local:%a %d %b, %H:%M:%S}", local=at.astimezone(zone))


def outcome(trace: RuleTrace) -> str:
    """Say in a sentence what became of it."""
    one = trace.explanation
    if trace.alert_number:
        return tr("Alert {alert_number} was open.", alert_number=trace.alert_number)
    if one.is_raised:
        return tr("The rule would have had an alert open at this moment.")
    why = {
        Block.SWITCHED_OFF: tr("the rule is switched off"),
        Block.NOT_SCHEDULED: tr("the rule was off at this hour"),
        Block.NO_DATA: tr("nothing was known at this moment"),
        Block.NOT_OVER_THRESHOLD: tr("what it watches for did not happen"),
        Block.NOT_LONG_ENOUGH: tr("it had not held long enough"),
        Block.WITHIN_HYSTERESIS: tr("the number was between the limit and where it is over"),
        Block.ALREADY_OPEN: tr("an alert was open already"),
        Block.COOL_DOWN: tr("the cool-down was not over"),
        Block.SHELVED: tr("the alert was put aside"),
        Block.FLOOD: tr("too many alerts came at once"),
        Block.TOO_LITTLE_HISTORY: tr("there was too little history to know what is usual"),
        Block.NOT_IN_SCOPE: tr("the rule is not about this"),
    }.get(one.block)
    return tr("No alert: {why}.", why=why) if why else tr("The rule fired at this moment.")


def ladder(rule: Rule, trace: RuleTrace, zone: ZoneInfo) -> list[Rung]:
    """Return the checks, in the order in which they are made."""
    one = trace.explanation
    rungs = [
        Rung(
            Mark.YES if rule.is_enabled else Mark.NO,
            tr("Switched on"),
            tr("on") if rule.is_enabled else tr("switched off now"),
        ),
        _known(rule, trace, zone),
    ]
    if isinstance(rule.condition, Unusual):
        rungs.append(_usual(rule.condition, one))
    if one.block == Block.NO_DATA:
        # Of what is not known nothing can be said.
        rungs.append(Rung(Mark.NONE, tr("Limit"), tr("not judged: unknown is not zero")))
    elif one.block != Block.TOO_LITTLE_HISTORY:
        rungs += [_compared(rule, one), _held(one)]
    if one.back_at is not None and (one.is_raised or trace.alert_number):
        rungs.append(Rung(Mark.NONE, tr("Over"), tr("at {back_at:g}", back_at=one.back_at)))
    rungs.append(
        Rung(
            Mark.YES if one.is_scheduled else Mark.NO,
            tr("Schedule"),
            tr("on at this hour") if one.is_scheduled else tr("off at this hour"),
        )
    )
    rungs += _alert(trace, zone)
    return rungs


def _known(rule: Rule, trace: RuleTrace, zone: ZoneInfo) -> Rung:
    one = trace.explanation
    is_number = not isinstance(rule.condition, CameraCondition | ProgramCondition)
    if one.block == Block.NO_DATA or (is_number and one.value is None):
        when = (
            tr("; the last was at {moment}", moment=moment(trace.seen_at, zone))
            if trace.seen_at
            else ""
        )
        return Rung(Mark.NO, tr("Known"), tr("nothing is stored of this moment{when}", when=when))
    parts = []
    if one.value is not None:
        parts.append(_value(rule, one.value))
    if trace.seen_at is not None:
        parts.append(tr("at {clock_time}", clock_time=clock_time(trace.seen_at, zone)))
    if one.coverage is not None:
        parts.append(tr("({percent} of the time measured)", percent=percent(one.coverage)))
    return Rung(Mark.YES, tr("Known"), " ".join(parts) or tr("yes"))


def _value(rule: Rule, value: float) -> str:
    whole = language.number(value, "g")
    if isinstance(rule.condition, Crossings):
        return tr(
            "{whole} crossings within {lasting}",
            whole=whole,
            lasting=lasting(rule.condition.period_s),
        )
    if isinstance(rule.condition, CameraCondition | ProgramCondition):
        return whole
    return tr("1 person") if value == 1 else tr("{number} people", number=whole)


def _usual(condition: Unusual, one: Explanation) -> Rung:
    usual = one.usual
    if usual is None or usual.weeks < condition.least_weeks:
        weeks = 0 if usual is None else usual.weeks
        return Rung(
            Mark.NO,
            tr("Enough history"),
            tr(
                "{weeks} of {least_weeks} weeks of this hour",
                weeks=weeks,
                least_weeks=condition.least_weeks,
            ),
        )
    return Rung(
        Mark.YES,
        tr("Enough history"),
        tr(
            "{weeks} weeks; usual are {median:g}, give or take {spread:.1f}",
            weeks=usual.weeks,
            median=usual.median,
            spread=usual.spread,
        ),
    )


def _holds(rule: Rule, one: Explanation) -> bool:
    if one.value is None or one.threshold is None:
        return one.held_s > 0 or one.is_raised
    is_below = getattr(rule.condition, "side", Side.ABOVE) is Side.BELOW
    return one.value <= one.threshold if is_below else one.value >= one.threshold


def _compared(rule: Rule, one: Explanation) -> Rung:
    condition = rule.condition
    mark = Mark.YES if _holds(rule, one) else Mark.NO
    if isinstance(condition, CameraCondition | ProgramCondition):
        said = tr("yes") if mark is Mark.YES else tr("no")
        return Rung(mark, kind_of(condition).title, said)
    if one.threshold is None:
        return Rung(mark, tr("Limit"), tr("none"))
    is_below = condition.side is Side.BELOW
    critical_at = condition.critical_at if isinstance(condition, Occupancy) else None
    limits = {"threshold": one.threshold, "critical_at": critical_at}
    if critical_at is None:
        said = (
            tr("down to {threshold:.3g}", **limits)
            if is_below
            else tr("from {threshold:.3g} on", **limits)
        )
    elif is_below:
        said = tr("down to {threshold:.3g}, critical down to {critical_at}", **limits)
    else:
        said = tr("from {threshold:.3g} on, critical from {critical_at}", **limits)
    return Rung(mark, tr("Limit"), said)


def _held(one: Explanation) -> Rung:
    if one.needed_s <= 0:
        return Rung(Mark.NONE, tr("Held"), tr("counts at once"))
    is_enough = one.held_s >= one.needed_s or one.is_raised
    return Rung(
        Mark.YES if is_enough else Mark.NO,
        tr("Held"),
        tr(
            "held {lasting} of {lasting2}",
            lasting=lasting(one.held_s),
            lasting2=lasting(one.needed_s),
        ),
    )


def _alert(trace: RuleTrace, zone: ZoneInfo) -> list[Rung]:
    one = trace.explanation
    rungs = []
    if trace.alert_number and trace.raised_at is not None:
        rungs.append(
            Rung(
                Mark.YES,
                tr("Alert"),
                tr(
                    "number {alert_number}, raised {moment}",
                    alert_number=trace.alert_number,
                    moment=moment(trace.raised_at, zone),
                ),
            )
        )
    if one.cool_down_left_s > 0:
        rungs.append(
            Rung(
                Mark.NO,
                tr("Cool-down"),
                tr("{lasting} left", lasting=lasting(one.cool_down_left_s)),
            )
        )
    elif trace.told_at is not None:
        rungs.append(
            Rung(
                Mark.YES,
                tr("Cool-down"),
                tr("over; last told {moment}", moment=moment(trace.told_at, zone)),
            )
        )
    if trace.shelved_by and trace.shelved_until is not None:
        rungs.append(
            Rung(
                Mark.NO,
                tr("Put aside"),
                tr(
                    "shelved by {shelved_by} until {moment}: {shelved_why}",
                    shelved_by=trace.shelved_by,
                    moment=moment(trace.shelved_until, zone),
                    shelved_why=trace.shelved_why,
                ),
            )
        )
    rungs += [_told(one_told, zone) for one_told in trace.told]
    if trace.alert_number and not trace.told:
        rungs.append(Rung(Mark.NONE, tr("Told"), tr("nothing was sent about it up to then")))
    return rungs


def _told(told: Told, zone: ZoneInfo) -> Rung:
    state = NotificationState(told.state)
    mark = {
        NotificationState.DELIVERED: Mark.YES,
        NotificationState.WAITING: Mark.NONE,
        NotificationState.CANCELLED: Mark.NONE,
    }.get(state, Mark.NO)
    to = tr(" to {to}", to=told.to) if told.to else ""
    answer = f": {tr(told.answer)}" if told.answer else ""
    return Rung(
        mark,
        tr("Told"),
        f"{_WAYS.get(told.way, told.way)}{to}, {clock_time(told.at, zone)}, "
        f"{_STATES[state]}{answer}",
    )
