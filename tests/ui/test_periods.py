"""Days, weeks, months and years: chosen by name, step by step, and compared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.domain import BucketSize
from camwatch.ui.charts.comparing import (
    PEOPLE,
    Compare,
    Sums,
    difference,
    doubt,
    is_told_in_percent,
    laid_over,
    other_span,
    over_until,
)
from camwatch.ui.charts.periods import (
    Period,
    Span,
    Unit,
    free_span,
    jumped,
    may_step,
    period_of,
    span_at,
    span_of,
    span_text,
    stepped,
)
from camwatch.ui.charts.ranges import Range, midnight
from camwatch.ui.charts.zoom import SHORTEST_S, fitted, panned, zoomed

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 13, 20, tzinfo=UTC)  # a Thursday


def days(span: Span) -> tuple[str, str]:
    """Return the first day of a time, and the one after its last."""
    return tuple(f"{one.astimezone(BERLIN):%Y-%m-%d %H:%M}" for one in (span.start, span.end))  # type: ignore[return-value]  # two of them


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        (Period.TODAY, "2026-11-26", "2026-11-27"),
        (Period.YESTERDAY, "2026-11-25", "2026-11-26"),
        (Period.THIS_WEEK, "2026-11-23", "2026-11-30"),
        (Period.LAST_WEEK, "2026-11-16", "2026-11-23"),
        (Period.THIS_MONTH, "2026-11-01", "2026-12-01"),
        (Period.LAST_MONTH, "2026-10-01", "2026-11-01"),
        (Period.THIS_YEAR, "2026-01-01", "2027-01-01"),
        (Period.LAST_7_DAYS, "2026-11-20", "2026-11-27"),
        (Period.LAST_30_DAYS, "2026-10-28", "2026-11-27"),
        (Period.LAST_365_DAYS, "2025-11-27", "2026-11-27"),
    ],
)
def test_each_named_time_is_whole_days_of_the_site(period: Period, first: str, after: str) -> None:
    span = span_of(period, NOW, BERLIN)
    assert days(span) == (f"{first} 00:00", f"{after} 00:00")
    assert period_of(span, NOW, BERLIN) is period


def test_a_time_of_ones_own_choice_has_no_name() -> None:
    with pytest.raises(ValueError, match="Custom"):
        span_of(Period.CUSTOM, NOW, BERLIN)
    with pytest.raises(ValueError, match="Some"):
        span_at(Unit.DAYS, date(2026, 1, 1), BERLIN)
    assert period_of(span_of(Period.LAST_HOUR, NOW, BERLIN), NOW, BERLIN) is None


@pytest.mark.parametrize(
    ("unit", "day", "by", "first", "after"),
    [
        (Unit.DAY, date(2026, 3, 28), 1, "2026-03-29", "2026-03-30"),
        (Unit.WEEK, date(2026, 1, 1), -1, "2025-12-22", "2025-12-29"),
        (Unit.MONTH, date(2026, 1, 31), 1, "2026-02-01", "2026-03-01"),
        (Unit.MONTH, date(2026, 1, 31), -1, "2025-12-01", "2026-01-01"),
        (Unit.YEAR, date(2024, 2, 29), 1, "2025-01-01", "2026-01-01"),
    ],
)
def test_a_step_goes_to_the_next_of_the_calendar(
    unit: Unit, day: date, by: int, first: str, after: str
) -> None:
    assert days(stepped(span_at(unit, day, BERLIN), by, BERLIN)) == (
        f"{first} 00:00",
        f"{after} 00:00",
    )


def test_days_on_which_clocks_change_are_23_and_25_hours_long() -> None:
    spring = span_at(Unit.DAY, date(2026, 3, 29), BERLIN)
    autumn = stepped(span_at(Unit.DAY, date(2026, 10, 24), BERLIN), 1, BERLIN)
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


def test_free_time_steps_by_its_length_and_ends_at_now() -> None:
    span = free_span(Range(NOW - timedelta(hours=3), NOW))
    before = stepped(span, -1, BERLIN)
    assert (before.start, before.end) == (NOW - timedelta(hours=6), span.start)
    assert not may_step(span, 1, NOW, BERLIN)
    assert may_step(before, 1, NOW, BERLIN)
    today = span_of(Period.TODAY, NOW, BERLIN)
    assert today.until(NOW).end == NOW
    assert today.is_running(NOW)
    assert not may_step(today, 1, NOW, BERLIN)


def test_a_jump_keeps_the_kind_of_time() -> None:
    saturday = date(2026, 11, 21)
    for period, expected in (
        (Period.TODAY, ("2026-11-21 00:00", "2026-11-22 00:00")),
        (Period.THIS_WEEK, ("2026-11-16 00:00", "2026-11-23 00:00")),
        (Period.LAST_7_DAYS, ("2026-11-15 00:00", "2026-11-22 00:00")),
        (Period.LAST_HOUR, ("2026-11-21 13:20", "2026-11-21 14:20")),
    ):
        assert days(jumped(span_of(period, NOW, BERLIN), saturday, BERLIN)) == expected


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (span_at(Unit.DAY, date(2026, 11, 21), BERLIN), "Sat 21 Nov 2026"),
        (span_at(Unit.WEEK, date(2026, 11, 21), BERLIN), "16 to 22 Nov 2026"),
        (span_at(Unit.WEEK, date(2026, 12, 1), BERLIN), "30 Nov to 6 Dec 2026"),
        (span_at(Unit.WEEK, date(2026, 12, 30), BERLIN), "28 Dec 2026 to 3 Jan 2027"),
        (span_at(Unit.MONTH, date(2026, 11, 21), BERLIN), "November 2026"),
        (span_at(Unit.YEAR, date(2026, 11, 21), BERLIN), "2026"),
        (
            free_span(Range(NOW - timedelta(hours=1), NOW)),
            "Thu 26 Nov 2026, 13:20 to 14:20",
        ),
    ],
)
def test_a_time_is_said_in_few_words(span: Span, text: str) -> None:
    assert span_text(span, BERLIN) == text


@given(
    day=st.dates(date(1972, 1, 1), date(2090, 1, 1)),
    unit=st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
    by=st.integers(-20, 20),
)
def test_steps_forth_and_back_lead_to_the_same_time_without_a_hole(
    day: date, unit: Unit, by: int
) -> None:
    span = span_at(unit, day, BERLIN)
    assert stepped(stepped(span, by, BERLIN), -by, BERLIN) == span
    assert stepped(span, 1, BERLIN).start == span.end
    assert span.start <= midnight(day, BERLIN) < span.end


# ---------------------------------------------------------------- comparing


@pytest.mark.parametrize(
    ("compare", "first"),
    [
        (Compare.BEFORE, "2026-11-20"),
        (Compare.WEEK, "2026-11-14"),
        (Compare.MONTH, "2026-10-24"),
        (Compare.YEAR, "2025-11-22"),
        (Compare.CUSTOM, "2026-05-02"),
    ],
)
def test_a_saturday_is_compared_with_a_saturday(compare: Compare, first: str) -> None:
    saturday = span_at(Unit.DAY, date(2026, 11, 21), BERLIN)
    other = other_span(saturday, compare, BERLIN, date(2026, 5, 2))
    assert other is not None
    assert days(other)[0] == f"{first} 00:00"
    if compare is not Compare.BEFORE:
        assert other.start.astimezone(BERLIN).weekday() == 5


def test_nothing_is_compared_unless_it_is_wished() -> None:
    today = span_of(Period.TODAY, NOW, BERLIN)
    assert other_span(today, Compare.NOTHING, BERLIN, None) is None
    assert other_span(today, Compare.CUSTOM, BERLIN, None) is None


def hours_of(day: date) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    span = span_at(Unit.DAY, day, BERLIN)
    return np.arange(span.start.timestamp(), span.end.timestamp() + 1, 3600.0)


def wall(moments: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[str]:
    return [f"{datetime.fromtimestamp(one, BERLIN):%d %H:%M}" for one in moments]


def test_a_time_is_laid_over_another_at_the_same_time_of_the_clock() -> None:
    autumn, week_after = date(2026, 10, 25), date(2026, 11, 1)
    placed = laid_over(
        hours_of(autumn),
        BucketSize.HOUR,
        midnight(week_after, BERLIN),
        midnight(autumn, BERLIN),
        BERLIN,
    )
    # The hour that came twice lies twice over the one that comes once.
    assert wall(placed)[:5] == ["01 00:00", "01 01:00", "01 02:00", "01 02:00", "01 03:00"]
    assert wall(placed)[-1] == "02 00:00"
    spring, before = date(2026, 3, 29), date(2026, 3, 22)
    placed = laid_over(
        hours_of(before),
        BucketSize.HOUR,
        midnight(spring, BERLIN),
        midnight(before, BERLIN),
        BERLIN,
    )
    assert (np.diff(placed) >= 0).all()
    assert wall(placed)[-2:] == ["29 23:00", "30 00:00"]


def test_months_lie_over_months_and_weeks_over_weeks() -> None:
    edges = np.array([midnight(date(2025, month, 1), BERLIN).timestamp() for month in (1, 2, 3)])
    start, other = midnight(date(2026, 1, 1), BERLIN), midnight(date(2025, 1, 1), BERLIN)
    placed = laid_over(edges, BucketSize.MONTH, start, other, BERLIN)
    assert wall(placed) == ["01 00:00"] * 3
    assert datetime.fromtimestamp(placed[2], BERLIN).month == 3
    weeks = np.array([midnight(date(2026, 11, day), BERLIN).timestamp() for day in (2, 9)])
    shifted = laid_over(
        weeks,
        BucketSize.WEEK,
        midnight(date(2026, 11, 16), BERLIN),
        midnight(date(2026, 11, 2), BERLIN),
        BERLIN,
    )
    assert wall(shifted) == ["16 00:00", "23 00:00"]


def sums(coverage: float, seconds: float = 86_400.0) -> Sums:
    return Sums((2.0, 48.0, 9), coverage, seconds)


def test_a_percentage_is_told_only_where_as_much_was_measured() -> None:
    mean, hours, peak = PEOPLE
    assert all(is_told_in_percent(kind, sums(0.97), sums(0.98)) for kind in PEOPLE)
    # A sum grows with what is measured: five points are enough to lie.
    assert is_told_in_percent(mean, sums(0.97), sums(0.92))
    assert is_told_in_percent(peak, sums(0.97), sums(0.92))
    assert not is_told_in_percent(hours, sums(0.97), sums(0.92))
    assert not is_told_in_percent(mean, sums(0.97), sums(0.7))
    assert doubt(sums(0.97), sums(0.92)) == ""
    assert "Not as much was measured" in doubt(sums(0.97), sums(0.7))
    assert "Less than half" in doubt(sums(0.4), sums(0.41))
    assert "31 days and 28 days" in doubt(sums(1.0, 31 * 86_400), sums(1.0, 28 * 86_400))
    assert doubt(sums(0.0, 0.0), sums(1.0)) == ""


@pytest.mark.parametrize(
    ("now", "then", "decimals", "text"),
    [
        (12.0, 10.0, 0, "+2 (+20 %)"),
        (8.0, 10.0, 0, "\u22122 (\u221220 %)"),
        (2.25, 2.0, 1, "+0.2 (+12 %)"),
        (2.0, 2.01, 1, "±0"),
        (5.0, 0.0, 0, "+5"),
        (12_345.0, 0.0, 0, "+12\u202f345"),
        (None, 2.0, 1, "\u2013"),
    ],
)
def test_a_difference_is_said_with_its_sign(
    now: float | None, then: float | None, decimals: int, text: str
) -> None:
    assert difference(now, then, decimals, in_percent=True) == text


def test_only_steps_that_are_over_are_compared_while_a_day_runs() -> None:
    edges = np.array([0.0, 10.0, 20.0, 30.0])
    assert over_until(edges, 25.0, 100.0) == 2
    assert over_until(edges, 5.0, 100.0) == 0
    assert over_until(edges, 200.0, 100.0) == 3
    assert over_until(np.zeros(0), 5.0, 100.0) == 0


# ---------------------------------------------------------------- zoom

DAY = (0.0, 86_400.0)


def test_the_moment_under_the_pointer_stays_where_it_is() -> None:
    view = zoomed(DAY, DAY, 0.5, 21_600.0)
    assert view == (10_800.0, 54_000.0)
    assert zoomed(view, DAY, 2.0, 21_600.0) == DAY
    assert panned(view, DAY, 0.5) == (32_400.0, 75_600.0)
    assert panned(view, DAY, -3.0) == (0.0, 43_200.0)


@given(
    start=st.floats(0, 86_000),
    length=st.floats(1, 86_400),
    factor=st.floats(0.01, 100),
    at=st.floats(0, 86_400),
)
def test_a_view_is_never_outside_nor_shorter_than_can_be_read(
    start: float, length: float, factor: float, at: float
) -> None:
    for view in (
        fitted((start, start + length), DAY),
        zoomed(fitted((start, start + length), DAY), DAY, factor, at),
    ):
        assert -1e-6 <= view[0] < view[1] <= 86_400 + 1e-6
        assert view[1] - view[0] >= SHORTEST_S - 1e-6
    assert fitted((0, 1), (5.0, 65.0)) == (5.0, 65.0), "all there is may be shorter"
