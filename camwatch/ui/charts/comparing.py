"""Which other time a time is compared with, and what the difference comes to. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from camwatch import language
from camwatch.domain import BucketSize
from camwatch.language import marked, tr
from camwatch.ui.charts.figures import hours_decimals
from camwatch.ui.charts.flow import FlowLine, flow_totals
from camwatch.ui.charts.periods import Span, moved, stepped
from camwatch.ui.charts.series import HistoryLine, Values, totals

_SAME_COVERAGE = 0.1
_SAME_COVERAGE_OF_SUMS = 0.02
_LITTLE_COVERAGE = 0.5
_SAME_LENGTH = 0.02
_DAY_S = 86_400


class Compare(StrEnum):
    """With which time; the value is what the operator reads."""

    NOTHING = marked("Compare with nothing")
    BEFORE = marked("With the time before")
    WEEK = marked("With the same days last week")
    MONTH = marked("With the same days 4 weeks ago")
    YEAR = marked("With the same days 52 weeks ago")
    CUSTOM = marked("With another day…")


_WEEKS = {Compare.WEEK: 1, Compare.MONTH: 4, Compare.YEAR: 52}
"""Whole weeks, so that a Saturday is compared with a Saturday."""


def other_span(span: Span, compare: Compare, zone: ZoneInfo, from_day: date | None) -> Span | None:
    """Return the time that is compared with.

    Args:
        span: The one that is charted.
        compare: With which.
        zone: Whose days.
        from_day: The first day of the other one, for CUSTOM.

    Returns:
        None if nothing is compared.
    """
    first = span.start.astimezone(zone).date()
    if (weeks := _WEEKS.get(compare)) is not None:
        return moved(span, -7 * weeks, zone)
    if compare is Compare.BEFORE:
        return stepped(span, -1, zone)
    if compare is Compare.CUSTOM and from_day is not None:
        return moved(span, (from_day - first).days, zone)
    return None


def laid_over(
    edges: Values, size: BucketSize, start: datetime, other_start: datetime, zone: ZoneInfo
) -> Values:
    """Return where the steps of the other time are drawn: at the same time of the clock.

    Args:
        edges: Start of each step of the other time and the end of the last, seconds since 1970.
        size: Of the steps.
        start: First moment of the charted time, UTC.
        other_start: First moment of the other one, UTC.
        zone: Whose clock.
    """
    if size is BucketSize.MONTH:
        return _by_month(edges, start, zone)
    shift = _wall(start.timestamp(), zone) - _wall(other_start.timestamp(), zone)
    if size is BucketSize.WEEK:
        # Weeks begin on Mondays in both: the nearest whole number of them.
        shift = timedelta(weeks=round(shift / timedelta(weeks=1)))
    placed = [
        (_wall(float(edge), zone) + shift).replace(tzinfo=zone).astimezone(UTC).timestamp()
        for edge in edges
    ]
    # An hour that comes twice, or not at all, must not turn the order round.
    return np.maximum.accumulate(np.array(placed, np.float64)) if placed else np.zeros(0)


def _by_month(edges: Values, start: datetime, zone: ZoneInfo) -> Values:
    """Lay months over months, one by one."""
    wall = start.astimezone(zone)
    first = wall.year * 12 + wall.month - 1
    return np.array(
        [
            datetime(number // 12, number % 12 + 1, 1, tzinfo=zone).timestamp()
            for number in range(first, first + len(edges))
        ],
        np.float64,
    )


def _wall(moment_s: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment_s, zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the numbers that a time comes to.

    Attributes:
        name: In English.
        decimals: With how many it is said.
        grows: It becomes larger the more is measured, as a sum does and a mean does not.
    """

    name: str
    decimals: int
    grows: bool = False

    def decimals_of(self, value: float | None) -> int:
        """Return with how many a value is said."""
        return hours_decimals(value) if self is PEOPLE[1] else self.decimals


@dataclass(frozen=True, slots=True)
class Sums:
    """What a time comes to, of people in view or of people who passed.

    Attributes:
        values: Mean, people-hours and peak; or in and out; None where nothing is known.
        coverage: Measured time divided by time, 0 to 1.
        seconds: How long the time is.
    """

    values: tuple[float | None, ...]
    coverage: float
    seconds: float


PEOPLE = (
    Kind(marked("Mean"), 1),
    Kind(marked("People-hours"), 0, grows=True),
    Kind(marked("Peak"), 0),
)
"""What people in view come to."""

PASSED = (Kind(marked("In"), 0, grows=True), Kind(marked("Out"), 0, grows=True))
"""Likewise people who passed."""


def sums(line: HistoryLine | FlowLine) -> Sums:
    """Sum up a time."""
    seconds = float(line.seconds.sum())
    if isinstance(line, FlowLine):
        passed = flow_totals(line)
        return Sums((passed.inwards, passed.outwards), passed.coverage, seconds)
    found = totals(line)
    return Sums((found.mean, found.people_hours, found.peak), found.coverage, seconds)


def difference(now: float | None, then: float | None, decimals: int, *, in_percent: bool) -> str:
    """Say "+12 (+8 %)"; a dash where one of them is not known.

    Args:
        now: The value of the charted time.
        then: That of the other one.
        decimals: How exactly.
        in_percent: Also say it in percent, where there is a number to compare with.
    """
    if now is None or then is None:
        return "–"
    change = now - then
    text = language.number(change, f"+,.{decimals}f").replace("-", "\u2212")
    if round(change, decimals) == 0:
        return "±0"
    if not in_percent or not then:
        return text
    share = f"{change / then * 100:+.0f} %".replace("-", "\u2212")
    return f"{text} ({share})"


def is_told_in_percent(kind: Kind, now: Sums, then: Sums) -> bool:
    """True if a difference in percent would tell of people, and not of how much was measured."""
    apart = abs(now.coverage - then.coverage)
    return not doubt(now, then) and (not kind.grows or apart <= _SAME_COVERAGE_OF_SUMS)


def doubt(now: Sums, then: Sums) -> str:
    """Say why the two times cannot well be compared; "" if they can.

    With half of one time unknown, a difference would tell how much was measured, not how many
    came.
    """
    if not now.seconds or not then.seconds:
        return ""
    if min(now.coverage, then.coverage) < _LITTLE_COVERAGE:
        return tr(
            "Less than half of one of the times was measured, so that no difference is told in "
            "percent."
        )
    if abs(now.coverage - then.coverage) > _SAME_COVERAGE:
        return tr(
            "Not as much was measured in one time as in the other, so that no difference is told "
            "in percent."
        )
    if abs(now.seconds - then.seconds) / then.seconds > _SAME_LENGTH:
        return tr(
            "The times are not equally long ({length} and {length2}); compare their means.",
            length=_length(now.seconds),
            length2=_length(then.seconds),
        )
    return ""


def _length(seconds: float) -> str:
    if seconds >= 2 * _DAY_S:
        return tr("{value:.0f} days", value=seconds / _DAY_S)
    return tr("{value:.0f} hours", value=seconds / 3600)


def over_until(edges: Values, now_s: float, whole_end_s: float) -> int:
    """Return how many steps from the first are over, so that two times can be compared by them.

    Args:
        edges: Start of each step and the end of the last one, seconds since 1970.
        now_s: This moment.
        whole_end_s: End of the charted time; if it is over, all count.
    """
    if whole_end_s <= now_s:
        return max(len(edges) - 1, 0)
    return int(np.searchsorted(edges[1:], now_s + 1e-6, side="right")) if len(edges) else 0
