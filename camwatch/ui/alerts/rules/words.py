"""Rules in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from camwatch.alerts.people import Plan
from camwatch.alerts.rules import (
    USUAL_PLAN,
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Scope,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.schedule import SLOTS_A_DAY, WHOLE_DAY, Schedule
from camwatch.language import SHORT_WEEKDAYS, listed, table, tr
from camwatch.ui.alerts.rules.commands import Surroundings

WAYS = table(lambda: {Way.IN: tr("in"), Way.OUT: tr("out"), Way.BOTH: tr("in or out")})
_MOST_NAMES = 2
_LONGEST_WEEK = 44


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of condition, as an operator chooses it.

    Attributes:
        key: Tells it from others; see `kind_of`.
        title: A few words.
        about: A sentence.
        first: What it is before anything is entered.
    """

    key: str
    title: str
    about: str
    first: Callable[[], Condition]


KINDS = listed(
    lambda: (
        Kind(
            "occupancy:above",
            tr("Too many people"),
            tr("So many people or more are in view, or in a zone, at once."),
            lambda: Occupancy(Side.ABOVE, 30, 2, 30.0),
        ),
        Kind(
            "occupancy:below",
            tr("Too few people"),
            tr("So few people or fewer are in view, or in a zone."),
            lambda: Occupancy(Side.BELOW, 0, 1, 300.0),
        ),
        Kind(
            "crossings:above",
            tr("More crossings than"),
            tr("So many people or more pass a line or gate within a time that slides along."),
            lambda: Crossings(Way.IN, Side.ABOVE, 100, 900.0),
        ),
        Kind(
            "crossings:below",
            tr("Fewer crossings than"),
            tr("So few people or fewer pass a line or gate within a time that slides along."),
            lambda: Crossings(Way.BOTH, Side.BELOW, 0, 3600.0),
        ),
        Kind(
            "balance:above",
            tr("More came in than went out"),
            tr("So many more people came in than went out since midnight."),
            lambda: Balance(Side.ABOVE, 50, 2),
        ),
        Kind(
            "balance:below",
            tr("Few are left inside"),
            tr("Who came in, less who went out since midnight, is so many or fewer."),
            lambda: Balance(Side.BELOW, 0, 1),
        ),
        Kind(
            "unusual:above",
            tr("Unusually many for this hour"),
            tr("Far more people than usual at this hour of the week, in the stored weeks."),
            lambda: Unusual(Side.ABOVE),
        ),
        Kind(
            "unusual:below",
            tr("Unusually few for this hour"),
            tr("Far fewer people than usual at this hour of the week, in the stored weeks."),
            lambda: Unusual(Side.BELOW),
        ),
        Kind(
            "camera:down",
            tr("Camera down"),
            tr("A camera sends no current picture, for whatever reason but being switched off."),
            lambda: CameraCondition(CameraTrouble.DOWN, 60.0),
        ),
        Kind(
            "camera:frozen",
            tr("Picture frozen"),
            tr("A camera sends the same picture again and again."),
            lambda: CameraCondition(CameraTrouble.FROZEN, 60.0),
        ),
        Kind(
            "camera:blind",
            tr("Camera blind"),
            tr("A picture is black, overexposed, covered or out of focus."),
            lambda: CameraCondition(CameraTrouble.BLIND, 60.0),
        ),
        Kind(
            "camera:too_slow",
            tr("Too slow to count"),
            tr("Pictures come too seldom to count who passes the camera's lines."),
            lambda: CameraCondition(CameraTrouble.TOO_SLOW, 300.0),
        ),
        Kind(
            "program:storage",
            tr("History not saved"),
            tr("What is counted cannot be saved."),
            lambda: ProgramCondition(ProgramTrouble.STORAGE, 10.0),
        ),
        Kind(
            "program:delivery",
            tr("Alerts do not get through"),
            tr("Mail, SMS or a webhook delivers nothing."),
            lambda: ProgramCondition(ProgramTrouble.DELIVERY, 300.0),
        ),
        Kind(
            "program:model",
            tr("People are not counted"),
            tr("The model that counts people does not work."),
            lambda: ProgramCondition(ProgramTrouble.MODEL, 10.0),
        ),
        Kind(
            "program:clock",
            tr("Clock was set"),
            tr("The clock of this computer was set, which shifts schedules and history."),
            lambda: ProgramCondition(ProgramTrouble.CLOCK),
        ),
        Kind(
            "program:disk",
            tr("Little room on the disk"),
            tr("The disk with the history is nearly full."),
            lambda: ProgramCondition(ProgramTrouble.DISK, 60.0),
        ),
    )
)
BY_KEY = table(lambda: {kind.key: kind for kind in KINDS})


def kind_of(condition: Condition) -> Kind:
    """Return the kind of a condition."""
    if isinstance(condition, CameraCondition | ProgramCondition):
        return BY_KEY[f"{condition.kind}:{condition.trouble.value}"]
    return BY_KEY[f"{condition.kind}:{condition.side.value}"]


def lasting(seconds: float) -> str:
    """Say a time that was entered, exactly: "45 s", "2 min", "1 h 30 min"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        tr("{hours} h", hours=hours) if hours else "",
        tr("{minutes} min", minutes=minutes) if minutes else "",
        tr("{whole} s", whole=left) if left else "",
    ]
    return " ".join(one for one in parts if one) or tr("0 s")


def _for(seconds: float) -> str:
    return tr(" for {lasting}", lasting=lasting(seconds)) if seconds > 0 else ""


def _people_or_more(threshold: int) -> str:
    if threshold == 1:
        return tr("1 person or more")
    return tr("{threshold} people or more", threshold=threshold)


def _people_or_fewer(threshold: int) -> str:
    if threshold == 0:
        return tr("nobody")
    if threshold == 1:
        return tr("1 person or nobody")
    return tr("{threshold} people or fewer", threshold=threshold)


def watches(condition: Condition) -> str:
    """Say in a line what a rule watches for."""
    match condition:
        case Occupancy(side=Side.ABOVE):
            found = f"{_people_or_more(condition.threshold)}{_for(condition.for_s)}"
        case Occupancy():
            found = f"{_people_or_fewer(condition.threshold)}{_for(condition.for_s)}"
        case Crossings():
            passing = {
                "threshold": condition.threshold,
                "ways": WAYS[condition.way],
                "lasting": lasting(condition.period_s),
            }
            found = (
                tr("{threshold} or more pass {ways} within {lasting}", **passing)
                if condition.side is Side.ABOVE
                else tr("{threshold} or fewer pass {ways} within {lasting}", **passing)
            )
        case Balance(side=Side.ABOVE):
            found = tr("{threshold} or more came in than went out", threshold=condition.threshold)
        case Balance():
            found = tr("{threshold} or fewer are left inside", threshold=condition.threshold)
        case Unusual():
            unusual = {"spreads": condition.spreads, "for_": _for(condition.for_s)}
            found = (
                tr("{spreads:g} spreads more than usual{for_}", **unusual)
                if condition.side is Side.ABOVE
                else tr("{spreads:g} spreads fewer than usual{for_}", **unusual)
            )
        case CameraCondition():
            found = kind_of(condition).title + _for(condition.after_s)
        case ProgramCondition():
            found = kind_of(condition).title + _for(condition.after_s)
    return found[:1].upper() + found[1:]


def where(rule: Rule, known: Surroundings) -> str:
    """Say in a line what a rule is about."""
    if isinstance(rule.condition, ProgramCondition):
        return tr("CamWatch itself")
    scope = rule.scope
    text = _named(scope, known) if not scope.is_everything else _everything(rule.condition)
    return tr("{text}, added up", text=text) if scope.is_together else text


def _everything(condition: Condition) -> str:
    if isinstance(condition, Crossings | Balance):
        return tr("All lines and gates")
    return tr("All cameras")


def _named(scope: Scope, known: Surroundings) -> str:
    names = [known.sites.get(one, tr("a site that is gone")) for one in sorted(scope.sites)]
    names += [
        known.cameras[one].name if one in known.cameras else tr("a camera that is gone")
        for one in sorted(scope.cameras)
    ]
    names += [
        f"{place.name} ({known.cameras[place.camera_id].name})"
        if place.camera_id in known.cameras
        else place.name
        for place in sorted(scope.places, key=lambda one: (one.camera_id, one.name))
    ]
    return _listed(names)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES])
    return tr("{shown} and {more} more", shown=shown, more=more) if more > 0 else shown


# ---------------------------------------------------------------- schedules


def slot_time(slot: int) -> str:
    """Say when a half hour begins: "08:30"; 48 is "24:00"."""
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


def ranges(slots: int) -> list[tuple[int, int]]:
    """Return the stretches of half hours that are on: the first, and the one after the last."""
    found = []
    start = None
    for slot in range(SLOTS_A_DAY + 1):
        is_on = slot < SLOTS_A_DAY and bool(slots >> slot & 1)
        if is_on and start is None:
            start = slot
        elif not is_on and start is not None:
            found.append((start, slot))
            start = None
    return found


def day_words(slots: int) -> str:
    """Say when a day is on: "all day", "08:00-18:00", "never"."""
    if slots == WHOLE_DAY:
        return tr("all day")
    return ", ".join(f"{slot_time(a)}\u2013{slot_time(b)}" for a, b in ranges(slots)) or tr("never")


def when(schedule: Schedule) -> str:
    """Say in a line when a rule is on."""
    if schedule.is_always:
        return tr("Always")
    if schedule.is_never:
        return tr("Never")
    text = _week(schedule.week)
    if schedule.exceptions:
        count = len(schedule.exceptions)
        text += tr("; 1 date differs") if count == 1 else tr("; {count} dates differ", count=count)
    return text


def _week(week: Sequence[int]) -> str:
    if all(day == WHOLE_DAY for day in week):
        return tr("Always")
    parts = []
    first = 0
    for day in range(1, len(week) + 1):
        if day < len(week) and week[day] == week[first]:
            continue
        if week[first]:
            short = SHORT_WEEKDAYS[first]
            named = short if day - first == 1 else f"{short}\u2013{SHORT_WEEKDAYS[day - 1]}"
            parts.append(f"{named} {day_words(week[first])}")
        first = day
    if len(parts) == 1 and len(set(week)) == 1:
        return tr("Daily {day_words}", day_words=day_words(week[0]))
    text = ", ".join(parts)
    if len(text) <= _LONGEST_WEEK:
        return text
    hours = sum(day.bit_count() for day in week) / 2
    return tr("{hours:g} of 168 hours a week", hours=hours)


def plan_name(uid: str, plans: Sequence[Plan]) -> str:
    """Return the name of a plan."""
    return next((plan_title(plan) for plan in plans if plan.uid == uid), tr("A plan that is gone"))


def plan_title(plan: Plan) -> str:
    """Return how a plan is called: people named it, but the usual one."""
    return tr(plan.name) if plan.uid == USUAL_PLAN else plan.name
