"""Half hours of a week, as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from camwatch.alerts.schedule import SLOTS_A_DAY, WHOLE_DAY, Schedule
from camwatch.language import SHORT_WEEKDAYS, tr


def hours_of(slots: int) -> list[tuple[int, int]]:
    """Return the spans of a day in half hours after midnight, each with its end."""
    spans: list[tuple[int, int]] = []
    for slot in range(SLOTS_A_DAY):
        if not slots >> slot & 1:
            continue
        if spans and spans[-1][1] == slot:
            spans[-1] = (spans[-1][0], slot + 1)
        else:
            spans.append((slot, slot + 1))
    return spans


def _clock(slot: int) -> str:
    return f"{slot // 2}:{slot % 2 * 30:02}"


def _day_words(slots: int) -> str:
    if slots == WHOLE_DAY:
        return tr("all day")
    return tr(" and ").join(
        tr("{clock} to {clock2}", clock=_clock(begin), clock2=_clock(end))
        for begin, end in hours_of(slots)
    )


def is_always(week: Sequence[int]) -> bool:
    """True if all half hours of a week are meant."""
    return all(day == WHOLE_DAY for day in week)


def week_words(week: Sequence[int]) -> str:
    """Say which half hours of a week are meant: "Mon to Fri 6:00 to 22:00, Sat all day".

    Args:
        week: Seven numbers as in `Schedule.week`.

    Returns:
        "always" and "never" for all and none.
    """
    if is_always(week):
        return tr("always")
    if not any(week):
        return tr("never")
    parts: list[str] = []
    day = 0
    while day < len(week):
        last = day
        while last + 1 < len(week) and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            parts.append(f"{_days(day, last)} {_day_words(week[day])}")
        day = last + 1
    return ", ".join(parts)


def _days(first: int, last: int) -> str:
    """Say "Mon", "Sat and Sun" or "Mon to Fri"."""
    names = SHORT_WEEKDAYS[first], SHORT_WEEKDAYS[last]
    if first == last:
        return names[0]
    if last == first + 1:
        return tr("{first_day} and {last_day}", first_day=names[0], last_day=names[1])
    return tr("{first_day} to {last_day}", first_day=names[0], last_day=names[1])


def nobody_there(schedules: Iterable[Schedule]) -> tuple[int, ...]:
    """Return the half hours of an ordinary week at which none of these is on."""
    week = [WHOLE_DAY] * 7
    for schedule in schedules:
        week = [free & ~slots for free, slots in zip(week, schedule.week, strict=True)]
    return tuple(week)
