"""What may be entered for rules, recipients, plans and channels. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from camwatch.alerts.channel_checks import check_channel
from camwatch.alerts.checking import Problems
from camwatch.alerts.mail_address import check_mail_address
from camwatch.alerts.people import (
    MOST_ADDRESSES,
    ChannelKind,
    Plan,
    PlanStep,
    Recipient,
    RecipientGroup,
)
from camwatch.alerts.phone import check_phone
from camwatch.alerts.plain import checked
from camwatch.alerts.rules import (
    LONGEST_NAME,
    Balance,
    CameraCondition,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    Rule,
    Scope,
    Severity,
    Side,
    Unusual,
)
from camwatch.alerts.schedule import WHOLE_DAY, DayException, Schedule
from camwatch.alerts.templates import check_template
from camwatch.alerts.usual import STORED_WEEKS
from camwatch.errors import InvalidSetting
from camwatch.language import tr

__all__ = ["check_channel", "check_group", "check_plan", "check_recipient", "check_rule"]

MOST_PEOPLE = 10_000
MOST_CROSSINGS = 100_000
MOST_STEPS = 20
MOST_EXCEPTIONS = 366
MOST_CHOSEN = 2_000
LONGEST_NOTE = 200
_DAY_S = 86_400
_LONGEST_PLAN_S = 7 * _DAY_S


# ---------------------------------------------------------------- rules


def check_rule(rule: Rule) -> Rule:
    """Check a rule, and return it as it is stored: trimmed.

    Raises:
        InvalidSettings: With all that is wrong, each with the name of its field: "name",
            "template", "cool_down_s", "condition.threshold", "condition.for_s", "schedule"…
    """
    problems = Problems()
    name = problems.take("", checked, "name", rule.name, LONGEST_NAME, may_be_empty=False)
    template = problems.take("", check_template, rule.template)
    problems.number("cool_down_s", rule.cool_down_s, 0, _DAY_S, "seconds")
    if rule.severity not in list(Severity):
        problems.add("severity", tr("must be information, warning or critical"))
    _check_condition(problems, rule)
    scope = _checked_scope(problems, rule)
    schedule = _checked_schedule(problems, "schedule", rule.schedule)
    problems.tell()
    return replace(rule, name=name, template=template, scope=scope, schedule=schedule)


def _check_condition(problems: Problems, rule: Rule) -> None:
    condition = rule.condition
    match condition:
        case Occupancy():
            least = 1 if condition.side is Side.ABOVE else 0
            is_right = _threshold(problems, condition.threshold, least, MOST_PEOPLE)
            most = MOST_PEOPLE
            if is_right and condition.side is Side.ABOVE:
                most = condition.threshold  # else it could never be over
            problems.whole("condition.hysteresis", condition.hysteresis, 1, most, "people")
            problems.number("condition.for_s", condition.for_s, 0, _DAY_S, "seconds")
            _check_critical(problems, condition, least, MOST_PEOPLE)
        case Crossings():
            least = 1 if condition.side is Side.ABOVE else 0
            _threshold(problems, condition.threshold, least, MOST_CROSSINGS)
            problems.number("condition.period_s", condition.period_s, 60, _DAY_S, "seconds")
            _check_critical(problems, condition, least, MOST_CROSSINGS)
        case Balance():
            _threshold(problems, condition.threshold, -MOST_PEOPLE, MOST_PEOPLE)
            problems.whole("condition.hysteresis", condition.hysteresis, 1, MOST_PEOPLE, "people")
            _check_critical(problems, condition, -MOST_PEOPLE, MOST_PEOPLE)
        case Unusual():
            problems.number("condition.spreads", condition.spreads, 1, 20)
            problems.number("condition.for_s", condition.for_s, 0, _DAY_S, "seconds")
            problems.whole("condition.least_weeks", condition.least_weeks, 2, STORED_WEEKS, "weeks")
        case CameraCondition() | ProgramCondition():
            problems.number("condition.after_s", condition.after_s, 0, _DAY_S, "seconds")
        case _:
            assert_never(condition)


def _threshold(problems: Problems, value: int, least: int, most: int) -> bool:
    return problems.whole("condition.threshold", value, least, most)


def _check_critical(
    problems: Problems, condition: Occupancy | Crossings | Balance, least: int, most: int
) -> None:
    """Look whether the second threshold lies behind the first one."""
    value, field = condition.critical_at, "condition.critical_at"
    if value is None or not problems.whole(field, value, least, most):
        return
    threshold = condition.threshold
    if condition.side is Side.ABOVE and value < threshold:
        problems.add(
            field,
            tr("must be {threshold:,} or more: below that there is no alert", threshold=threshold),
        )
    if condition.side is Side.BELOW and value > threshold:
        problems.add(
            field,
            tr("must be {threshold:,} or fewer: above that there is no alert", threshold=threshold),
        )


def _checked_scope(problems: Problems, rule: Rule) -> Scope:
    scope, condition = rule.scope, rule.condition
    if len(scope.sites) + len(scope.cameras) + len(scope.places) > MOST_CHOSEN:
        problems.add(
            "scope",
            tr("may have {most_chosen:,} cameras and places at most", most_chosen=MOST_CHOSEN),
        )
        return scope
    if scope.places and (scope.sites or scope.cameras):
        problems.add("scope", tr("must be either cameras, or lines, gates and zones"))
    if isinstance(condition, ProgramCondition) and not scope.is_everything:
        problems.add("scope", tr("must be empty: this is about the program, not about cameras"))
    if isinstance(condition, CameraCondition) and scope.places:
        problems.add("scope", tr("must be cameras or sites: this is about whole cameras"))
    if not isinstance(condition, CameraCondition | ProgramCondition):
        return replace(scope, places=_checked_places(problems, scope))
    return replace(scope, is_together=False)


def _checked_places(problems: Problems, scope: Scope) -> frozenset[PlaceRef]:
    return frozenset(
        PlaceRef(
            place.camera_id,
            problems.take("", checked, "scope", place.name, LONGEST_NAME, may_be_empty=False),
        )
        for place in scope.places
    )


def _checked_schedule(problems: Problems, field: str, schedule: Schedule) -> Schedule:
    days = (*schedule.week, *(one.slots for one in schedule.exceptions))
    if len(schedule.week) != 7 or any(not _is_day(slots) for slots in days):
        problems.add(field, tr("must have seven days of 48 half hours"))
    if len(schedule.exceptions) > MOST_EXCEPTIONS:
        problems.add(
            field,
            tr("may have {most_exceptions} exceptions at most", most_exceptions=MOST_EXCEPTIONS),
        )
        return schedule
    dates = [one.day for one in schedule.exceptions]
    if twice := sorted({one for one in dates if dates.count(one) > 1}):
        problems.add(field, tr("has {isoformat} twice", isoformat=twice[0].isoformat()))
    exceptions = [
        DayException(one.day, one.slots, problems.take("", checked, field, one.note, LONGEST_NOTE))
        for one in schedule.exceptions
    ]
    return Schedule(schedule.week, tuple(sorted(exceptions, key=lambda one: one.day)))


def _is_day(slots: int) -> bool:
    return isinstance(slots, int) and not isinstance(slots, bool) and 0 <= slots <= WHOLE_DAY


# ---------------------------------------------------------------- people


def check_recipient(recipient: Recipient, region: str = "") -> Recipient:
    """Check somebody who can be told; the phone number is returned in the form of E.164.

    Args:
        recipient: As entered.
        region: Country of a number without +, two letters; "" if unknown.

    Raises:
        InvalidSettings: "name", "email", "phone", "on_call".
    """
    problems = Problems()
    name = problems.take("", checked, "name", recipient.name, LONGEST_NAME, may_be_empty=False)
    email, phone = recipient.email.strip(), recipient.phone.strip()
    if not email and not phone:
        problems.add("email", tr("is needed, or a phone number"))
    if email:
        email = problems.take("", _one_mail_address, email)
    if phone:
        phone = problems.take("", _phone, phone, region)
    on_call = _checked_schedule(problems, "on_call", recipient.on_call)
    problems.tell()
    return replace(recipient, name=name, email=email, phone=phone, on_call=on_call)


def _one_mail_address(typed: str) -> str:
    if typed.count("@") > 1 and any(sign in typed for sign in ";,"):
        raise InvalidSetting(
            "email", tr("must be one address; make a recipient of each, or a group")
        )
    return check_mail_address(typed)


def _phone(typed: str, region: str) -> str:
    try:
        return check_phone(typed, region)
    except InvalidSetting as error:
        raise InvalidSetting("phone", error.reason) from error


def check_group(group: RecipientGroup) -> RecipientGroup:
    """Check a group.

    Raises:
        InvalidSettings: "name", "members".
    """
    problems = Problems()
    name = problems.take("", checked, "name", group.name, LONGEST_NAME, may_be_empty=False)
    members = tuple(dict.fromkeys(group.members))
    if not members:
        problems.add("members", tr("are needed: choose one at least"))
    if len(members) > MOST_ADDRESSES:
        problems.add(
            "members", tr("may be {most_addresses} at most", most_addresses=MOST_ADDRESSES)
        )
    problems.tell()
    return replace(group, name=name, members=members)


# ---------------------------------------------------------------- plans


def check_plan(plan: Plan) -> Plan:
    """Check a plan; its steps are returned by time.

    Raises:
        InvalidSettings: "name", "steps".
    """
    problems = Problems()
    name = problems.take("", checked, "name", plan.name, LONGEST_NAME, may_be_empty=False)
    if not plan.steps:
        problems.add("steps", tr("are needed: with none of them nobody would be told"))
    if len(plan.steps) > MOST_STEPS:
        problems.add("steps", tr("may be {most_steps} at most", most_steps=MOST_STEPS))
    steps = [
        _checked_step(problems, number, step)
        for number, step in enumerate(plan.steps[:MOST_STEPS], 1)
    ]
    problems.tell()
    return replace(plan, name=name, steps=tuple(sorted(steps, key=lambda step: step.after_s)))


def _checked_step(problems: Problems, number: int, step: PlanStep) -> PlanStep:
    found = Problems()
    found.number("after", step.after_s, 0, _LONGEST_PLAN_S, "seconds")
    to = tuple(dict.fromkeys(step.to))
    if step.channel not in list(ChannelKind):
        found.add("channel", tr("is no way that there is"))
    elif step.channel.is_local:
        step = replace(step, channel_uid="", to=())
    else:
        if not step.channel_uid:
            found.add("channel", tr("must be chosen"))
        if step.channel.has_recipients and not to:
            found.add("recipients", tr("are needed"))
        if len(to) > MOST_ADDRESSES:
            found.add(
                "recipients", tr("may be {most_addresses} at most", most_addresses=MOST_ADDRESSES)
            )
        step = replace(step, to=to if step.channel.has_recipients else ())
    if step.from_severity not in list(Severity):
        found.add("severity", tr("must be information, warning or critical"))
    for problem in found.all():
        problems.add(
            "steps",
            tr(
                "cannot be like this: in step {number} the {field} {reason}",
                number=number,
                field=problem.field,
                reason=problem.reason,
            ),
        )
    return step
