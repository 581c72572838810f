"""Marks of the axes, on ordinary days and when clocks change."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.ui.charts.axis import count_step, count_top, time_marks

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")


def texts(start: datetime, end: datetime, zone: ZoneInfo, most: int) -> list[str]:
    return [mark.text for mark in time_marks(start.timestamp(), end.timestamp(), zone, most)]


def test_an_hour_has_marks_at_round_minutes_of_the_sites_clock() -> None:
    start = datetime(2026, 7, 1, 10, 7, 30, tzinfo=UTC)
    end = datetime(2026, 7, 1, 11, 7, 30, tzinfo=UTC)
    assert texts(start, end, BERLIN, 6) == ["12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]
    assert texts(start, end, KOLKATA, 2) == ["16:00", "16:30"]


def test_a_midnight_says_the_day() -> None:
    start = datetime(2026, 11, 23, 20, tzinfo=UTC)
    end = datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert texts(start, end, BERLIN, 4) == ["22:00", "Tue 24 Nov", "02:00"]


def test_the_hour_that_is_left_out_in_spring_has_no_mark() -> None:
    start = datetime(2026, 3, 29, 0, tzinfo=BERLIN)
    end = datetime(2026, 3, 29, 6, tzinfo=BERLIN)
    assert texts(start, end, BERLIN, 6) == [
        "Sun 29 Mar",
        "01:00",
        "03:00",
        "04:00",
        "05:00",
        "06:00",
    ]


def test_the_hour_that_comes_twice_in_autumn_has_two_marks() -> None:
    start = datetime(2026, 10, 25, 1, tzinfo=BERLIN)
    end = datetime(2026, 10, 25, 4, tzinfo=BERLIN)
    assert texts(start, end, BERLIN, 4) == ["01:00", "02:00", "02:00", "03:00", "04:00"]


def test_days_begin_at_midnight_on_both_sides_of_a_change_of_clocks() -> None:
    start = datetime(2026, 10, 24, 0, tzinfo=BERLIN)
    end = datetime(2026, 10, 27, 0, tzinfo=BERLIN)
    marks = time_marks(start.timestamp(), end.timestamp(), BERLIN, 5)
    assert [mark.text for mark in marks] == ["Sat 24 Oct", "Sun 25 Oct", "Mon 26 Oct", "Tue 27 Oct"]
    assert [second.at_s - first.at_s for first, second in itertools.pairwise(marks)] == [
        86_400,
        90_000,
        86_400,
    ]


def test_months_of_a_year_are_named_with_it() -> None:
    start = datetime(2026, 1, 15, tzinfo=UTC)
    end = datetime(2027, 1, 15, tzinfo=UTC)
    assert texts(start, end, ZoneInfo("UTC"), 5)[:2] == ["Apr 2026", "Jul 2026"]
    assert texts(start, end, ZoneInfo("UTC"), 60)[:2] == ["Mon 19 Jan", "Mon 26 Jan"]


@given(
    start=st.integers(0, 4_000_000_000),
    length=st.integers(1, 5 * 366 * 86_400),
    most=st.integers(1, 30),
)
def test_marks_are_inside_in_order_and_not_many_more_than_fit(
    start: int, length: int, most: int
) -> None:
    marks = time_marks(start, start + length, BERLIN, most)
    moments = [mark.at_s for mark in marks]
    assert moments == sorted(set(moments))
    assert all(start <= moment <= start + length for moment in moments)
    assert len(marks) <= most + 3
    assert all(mark.text for mark in marks)


def test_no_time_has_no_marks() -> None:
    assert time_marks(10, 10, BERLIN, 5) == []
    assert time_marks(10, 20, BERLIN, 0) == []


@pytest.mark.parametrize(
    ("top", "most", "step"),
    [
        (4.4, 4, 2),
        (4.4, 5, 1),
        (30, 4, 10),
        (30, 3, 10),
        (31, 3, 20),
        (950, 2, 500),
        (0.5, 1, 1),
        (19, 0, 10),
    ],
)
def test_people_are_counted_in_whole_steps(top: float, most: int, step: int) -> None:
    assert count_step(top, most) == step


def test_the_axis_has_room_above_the_highest_value() -> None:
    assert count_top(0) == pytest.approx(4.48)
    assert count_top(100) == pytest.approx(112)
