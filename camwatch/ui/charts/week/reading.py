"""The map of the hours of the week in words and round numbers. Knows no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from camwatch import language
from camwatch.history.asking import WeekMap
from camwatch.language import SHORT_MONTHS, WEEKDAYS, tr

LOW_COVERAGE = 0.5
"""An hour of the week of which less was measured is hatched."""

_MARKS = 4
_WHOLE_FROM = 10
"""From so many people on, no tenths are told."""

Numbers = npt.NDArray[np.float64]


def amount(mean: float) -> str:
    """Say how many people, in few characters: "0", "0.4", "12"."""
    if math.isnan(mean):
        return "?"
    tenths = round(mean, 1)
    is_whole = tenths >= _WHOLE_FROM or mean == round(mean)
    return language.number(tenths, ".0f" if is_whole else ".1f")


def hours_of(day: int, hour: int) -> str:
    """Say which hour: "Saturday, 14:00 to 15:00"."""
    return tr("{days}, {hour}:00 to {value}:00", days=WEEKDAYS[day], hour=hour, value=hour + 1)


def cell_words(week: WeekMap, day: int, hour: int) -> str:
    """Say in one sentence or two what is known of an hour of the week."""
    mean, coverage = float(week.mean[day, hour]), float(week.coverage[day, hour])
    weeks = int(week.weeks[day, hour])
    when = hours_of(day, hour)
    if not weeks:
        return tr("{when}: there is no such hour in this time.", when=when)
    of = tr("one such hour") if weeks == 1 else tr("{weeks} such hours", weeks=weeks)
    if math.isnan(mean):
        return tr("{when}: unknown. Nothing was measured in {of}.", when=when, of=of)
    people = tr("1 person") if amount(mean) == "1" else tr("{amount} people", amount=amount(mean))
    sentence = tr(
        "{when}: {people} on average, from {of}, {percent} of the time measured.",
        when=when,
        people=people,
        of=of,
        percent=percent(coverage),
    )
    if coverage < LOW_COVERAGE:
        return tr("{sentence} Less than half is known, so take it with care.", sentence=sentence)
    return sentence


def percent(share: float) -> str:
    """Say a share so that only all is 100 %, and only nothing is 0 %."""
    value = round(share * 100)
    if share < 1:
        value = min(value, 99)
    if share > 0:
        value = max(value, 1)
    return f"{value} %"


def day_words(week: WeekMap, day: int) -> str:
    """Say what is known of a day of the week."""
    means = day_means(week)
    if math.isnan(means[day]):
        return tr("{days}: unknown. Nothing was measured.", days=WEEKDAYS[day])
    row = week.mean[day]
    busiest = int(np.nanargmax(row))
    known = int((~np.isnan(row)).sum())
    text = tr(
        "{days}: {amount} people on average over the day; busiest from "
        "{busiest}:00 to {value}:00 with {amount2}.",
        days=WEEKDAYS[day],
        amount=amount(float(means[day])),
        busiest=busiest,
        value=busiest + 1,
        amount2=amount(float(row[busiest])),
    )
    return (
        text
        if known == row.size
        else tr("{text} Of its 24 hours, {known} are known.", text=text, known=known)
    )


def day_means(week: WeekMap) -> Numbers:
    """Return the mean of the known hours of each day; NaN without any."""
    known = ~np.isnan(week.mean)
    count = known.sum(axis=1)
    total = np.where(known, week.mean, 0.0).sum(axis=1)
    means: Numbers = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return means


def summary(week: WeekMap) -> str:
    """Say how much the whole map rests on."""
    there = week.weeks > 0
    if not there.any():
        return ""
    coverage = float((week.coverage * week.weeks)[there].sum() / week.weeks[there].sum())
    fewest, most = int(week.weeks[there].min()), int(week.weeks.max())
    measured = percent(coverage)
    if most == 1:
        return tr("Each hour from 1 week · {percent} measured", percent=measured)
    if fewest == most:
        return tr("Each hour from {weeks} weeks · {percent} measured", weeks=most, percent=measured)
    return tr(
        "Each hour from {fewest} to {most} weeks · {percent} measured",
        fewest=fewest,
        most=most,
        percent=measured,
    )


def scale_top(week: WeekMap) -> float:
    """Return the number at the end of the scale: round, at least 1."""
    known = week.mean[~np.isnan(week.mean)]
    highest = float(known.max()) if known.size else 0.0
    return max(1.0, _round_up(highest))


def _round_up(value: float) -> float:
    if value <= 0:
        return 0.0
    power: float = 10.0 ** math.floor(math.log10(value))
    steps = (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if step * power >= value - 1e-9)


def marks(top: float) -> Sequence[tuple[float, str]]:
    """Return where on the scale, 0 to 1, which number stands."""
    return [(one / _MARKS, language.number(top * one / _MARKS, ".3g")) for one in range(_MARKS + 1)]


def stretch_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Say from which day to which: "3 Feb to 2 Mar 2026"."""
    first = start.astimezone(zone)
    last = (end - timedelta(microseconds=1)).astimezone(zone)
    until = f"{last.day} {SHORT_MONTHS[last.month - 1]} {last.year}"
    if first.date() == last.date():
        return until
    year = "" if first.year == last.year else f" {first.year}"
    return tr(
        "{day} {months}{year} to {until}",
        day=first.day,
        months=SHORT_MONTHS[first.month - 1],
        year=year,
        until=until,
    )
