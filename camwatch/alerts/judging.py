"""Whether a rule's condition holds of a subject at a moment. Nothing is kept here.

The people at those cameras of several that are known are the least that can be there: enough to
say that a number is above a threshold. To say that it is below one, all must be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from camwatch.alerts.alert import Subject
from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Condition,
    Crossings,
    Occupancy,
    ProgramCondition,
    Side,
    Unusual,
)
from camwatch.alerts.scoping import Watched
from camwatch.alerts.signals import Usual
from camwatch.alerts.trouble import judge_camera, judge_program
from camwatch.alerts.usual import LEAST_SPREAD
from camwatch.alerts.verdict import Judgement, Verdict


@dataclass(slots=True)
class _Number:
    """People or crossings, added up.

    Attributes:
        total: Of those that are known.
        is_known: At least one of them is.
        is_whole: All of them are.
        coverage: Share that was measured, 0 to 1.
    """

    total: int
    is_known: bool
    is_whole: bool
    coverage: float


def judge(
    condition: Condition, watched: Watched, readings: Readings, now_s: float, local: datetime
) -> Judgement:
    """Tell how a condition stands with a subject.

    Args:
        condition: Of the rule.
        watched: The subject, and whose numbers make up its own.
        readings: What is known.
        now_s: The clock that nobody sets, seconds.
        local: The same moment by the clocks of the site.
    """
    match condition:
        case Occupancy():
            return _judge_occupancy(condition, watched, readings, now_s)
        case Crossings():
            return _judge_crossings(condition, watched, readings, now_s)
        case Balance():
            return _judge_balance(condition, watched, readings, now_s)
        case Unusual():
            return _judge_unusual(condition, watched, readings, now_s, local)
        case CameraCondition():
            return judge_camera(condition.trouble, watched.cameras[0], readings, now_s)
        case ProgramCondition():
            return judge_program(condition, part_of(condition, watched.subject), readings)
        case _:  # pragma: no cover - mypy proves that nothing is left
            assert_never(condition)


def needed_s(condition: Condition) -> float:
    """Return how long a condition must hold without a gap before its rule fires, seconds."""
    if isinstance(condition, CameraCondition | ProgramCondition):
        return condition.after_s
    if isinstance(condition, Occupancy | Unusual):
        return condition.for_s
    return 0.0


def subject_of_part(condition: ProgramCondition, part: str) -> Subject:
    """Return the subject that stands for a part of the program."""
    return Subject.of_program(part or condition.trouble.value)


def part_of(condition: ProgramCondition, subject: Subject) -> str:
    """Return the part that a subject of the program stands for, as facts call it."""
    return "" if subject.part == condition.trouble.value else subject.part


# -------------------------------------------------------------------- numbers


def _people(
    watched: Watched, readings: Readings, now_s: float, *, at_once: bool = False
) -> _Number:
    numbers: Sequence[int | None] = (
        [readings.zone_of(one, now_s) for one in watched.places]
        if watched.places
        else [readings.count_of(one, now_s, at_once=at_once) for one in watched.cameras]
    )
    known = [one for one in numbers if one is not None]
    coverage = len(known) / max(len(numbers), 1)
    return _Number(sum(known), bool(known), len(known) == len(numbers), coverage)


def _compare(
    side: Side, number: _Number, threshold: float, back_at: float, critical_at: int | None
) -> Judgement:
    """Compare a number of people, of which the known ones are the least."""
    total = number.total
    if not number.is_known:
        return Judgement(Verdict.UNKNOWN, None, threshold, back_at, number.coverage)
    if side is Side.ABOVE:
        is_critical = critical_at is not None and total >= critical_at
        if total >= threshold:
            verdict = Verdict.HOLDS
        elif not number.is_whole:
            verdict = Verdict.UNKNOWN
        else:
            verdict = Verdict.OVER if total <= back_at else Verdict.NEAR
    else:
        is_critical = critical_at is not None and total <= critical_at
        if total >= back_at:
            verdict = Verdict.OVER
        elif not number.is_whole:
            verdict = Verdict.UNKNOWN
        else:
            verdict = Verdict.HOLDS if total <= threshold else Verdict.NEAR
    is_critical = is_critical and verdict is Verdict.HOLDS
    return Judgement(verdict, total, threshold, back_at, number.coverage, is_critical)


def _back_at(side: Side, threshold: float, hysteresis: float) -> float:
    """Return where a number has come back by its hysteresis, which is at least one person."""
    by = max(hysteresis, 1)
    return threshold - by if side is Side.ABOVE else threshold + by


def _judge_occupancy(
    condition: Occupancy, watched: Watched, readings: Readings, now_s: float
) -> Judgement:
    back_at = _back_at(condition.side, condition.threshold, condition.hysteresis)
    # Fewer than nobody are never there, so it would never be over.
    back_at = max(back_at, 0)
    # Who wants to be told at once does not wait for the pictures that smooth what is shown.
    number = _people(watched, readings, now_s, at_once=condition.for_s <= 0)
    return _compare(condition.side, number, condition.threshold, back_at, condition.critical_at)


def _judge_unusual(
    condition: Unusual, watched: Watched, readings: Readings, now_s: float, local: datetime
) -> Judgement:
    number = _people(watched, readings, now_s)
    usual = _usual(watched, readings, local.weekday() * 24 + local.hour)
    if usual is None or usual.weeks < condition.least_weeks:
        value = number.total if number.is_known else None
        return Judgement(
            Verdict.UNKNOWN, value, coverage=number.coverage, usual=usual, lacks_history=True
        )
    away = condition.spreads * max(usual.spread, LEAST_SPREAD)
    threshold = usual.median + (away if condition.side is Side.ABOVE else -away)
    back_at = _back_at(condition.side, threshold, 1)
    found = _compare(condition.side, number, threshold, back_at, None)
    found.usual = usual
    return found


def _usual(watched: Watched, readings: Readings, hour_of_week: int) -> Usual | None:
    """Return what is usual; of several that are added up, the sum of what is usual of each."""
    members = [Subject.of_camera(one) for one in watched.cameras]
    members += [Subject.of_place(one) for one in watched.places]
    found = [readings.usual.get((one.key, hour_of_week)) for one in members]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(members):
        return None
    # Crowds come and go together, so that their spreads add up rather than their squares.
    return Usual(
        sum(one.median for one in known),
        sum(one.spread for one in known),
        min(one.weeks for one in known),
    )


# ------------------------------------------------------------------ crossings


def _judge_crossings(
    condition: Crossings, watched: Watched, readings: Readings, now_s: float
) -> Judgement:
    threshold, period_s = condition.threshold, condition.period_s
    back_at = _back_at(condition.side, threshold, 1)
    lines = [readings.passages[one] for one in watched.places if readings.may_be_passed(one)]
    total = known = covered = 0
    share = 0.0
    for line in lines:
        period = line.periods[period_s]
        total += period.count(condition.way, now_s)
        known += line.is_watched(now_s)
        covered += line.is_covered(period, now_s)
        share += line.coverage(now_s - period_s, now_s)
    coverage = share / max(len(lines), 1)
    # Fewer can be said only of what was watched from the period's first moment to its last.
    whole = known if condition.side is Side.ABOVE else covered
    number = _Number(total, known > 0, whole == len(lines), coverage)
    return _compare(condition.side, number, threshold, back_at, condition.critical_at)


def _judge_balance(
    condition: Balance, watched: Watched, readings: Readings, now_s: float
) -> Judgement:
    back_at = _back_at(condition.side, condition.threshold, condition.hysteresis)
    lines = [readings.passages[one] for one in watched.places if readings.may_be_passed(one)]
    known = sum(line.is_watched(now_s) for line in lines)
    coverage = sum(line.coverage(line.day_s, now_s) for line in lines) / max(len(lines), 1)
    # Of a difference, a part is no lower bound: all must be known.
    is_known = 0 < known == len(lines)
    total = sum(line.passed_in - line.passed_out for line in lines)
    number = _Number(total, is_known, is_known, coverage)
    return _compare(condition.side, number, condition.threshold, back_at, condition.critical_at)
