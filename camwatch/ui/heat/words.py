"""Stays and spots in the words of an operator."""

from __future__ import annotations

import math

from camwatch.language import tr
from camwatch.ui.words import number

NOT_KNOWN = "–"


def stay(seconds: float | None) -> str:
    """Say how long somebody stayed: "42 s", "3 min 20 s", "25 min", "1 h 05 min"."""
    if seconds is None:
        return NOT_KNOWN
    whole = round(seconds)
    if whole < 60:
        return tr("{whole} s", whole=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return (
            tr("{minutes} min {rest} s", minutes=minutes, rest=rest)
            if rest
            else tr("{minutes} min", minutes=minutes)
        )
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    return tr("{number} h {value:02d} min", number=number(minutes // 60), value=minutes % 60)


def mark(value: float, *, is_time: bool) -> str:
    """Say the round value of a mark beside the colours: "0", "30 s", "5 min", "2 h"."""
    if not value or not is_time:
        return number(round(value))
    if value < 60:
        return tr("{value:g} s", value=value)
    if value < 3600:
        return tr("{value:g} min", value=value / 60)
    return tr("{number} h", number=number(round(value / 3600)))


def people_minutes(seconds: float) -> str:
    """Say "0", "less than 1", "142", "12 300": how many minutes people were there in all."""
    if not seconds:
        return "0"
    minutes = seconds / 60
    if minutes < 1:
        return tr("less than 1")
    # Three digits are as much as anybody reads.
    step = 10 ** max(int(math.log10(minutes)) - 2, 0)
    return number(round(minutes / step) * step)


def at_spot(value: float, *, is_time: bool) -> str:
    """Say what is known of one spot of the map."""
    if is_time:
        return tr("At this spot: {stay}, everybody added up", stay=stay(value))
    people = round(value)
    if people == 1:
        return tr("At this spot: 1 person appeared or vanished")
    return tr("At this spot: {people:,} people appeared or vanished", people=people)


def clock_hour(hour: int) -> str:
    """Say "08:00", and "24:00" for the end of the day."""
    return f"{hour:02d}:00"
