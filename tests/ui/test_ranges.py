"""Stretches of time, and the steps in which they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.domain import BucketSize
from camwatch.ui.charts.ranges import (
    Preset,
    Range,
    aligned,
    best_size,
    preset_range,
    sizes_for,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, FIVE, QUARTER, HOUR, DAY, WEEK, MONTH = BucketSize
STEP_S = {
    MINUTE: 60,
    FIVE: 300,
    QUARTER: 900,
    HOUR: 3600,
    DAY: 86_400,
    WEEK: 604_800,
    MONTH: 2_419_200,
}
NOW = datetime(2026, 3, 30, 9, 17, 42, tzinfo=UTC)  # Monday after clocks went forward


def test_today_begins_at_the_sites_midnight() -> None:
    assert preset_range(Preset.TODAY, NOW, BERLIN).start == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert preset_range(Preset.TODAY, NOW, BERLIN).end == NOW


def test_seven_days_are_today_and_the_six_before_across_a_change_of_clocks() -> None:
    stretch = preset_range(Preset.LAST_7_DAYS, NOW, BERLIN)
    assert stretch.start == datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
    assert preset_range(Preset.LAST_HOUR, NOW, BERLIN).length == timedelta(hours=1)
    with pytest.raises(ValueError, match="Custom"):
        preset_range(Preset.CUSTOM, NOW, BERLIN)


@pytest.mark.parametrize(
    ("length", "sizes", "best"),
    [
        (timedelta(hours=1), [MINUTE, FIVE], MINUTE),
        (timedelta(hours=11), [MINUTE, FIVE, QUARTER, HOUR], QUARTER),
        (timedelta(hours=25), [MINUTE, FIVE, QUARTER, HOUR], QUARTER),
        (timedelta(days=6, hours=9), [FIVE, QUARTER, HOUR, DAY], HOUR),
        (timedelta(days=30), [HOUR, DAY, WEEK], DAY),
        (timedelta(days=366), [DAY, WEEK, MONTH], DAY),
        (timedelta(days=1500), [DAY, WEEK, MONTH], WEEK),
        (timedelta(days=9000), [WEEK, MONTH], MONTH),
    ],
)
def test_each_stretch_has_the_steps_that_suit_it(
    length: timedelta, sizes: list[BucketSize], best: BucketSize
) -> None:
    stretch = Range(NOW - length, NOW)
    assert list(sizes_for(stretch)) == sizes
    assert best_size(stretch) is best
    many = BucketSize.QUARTER if best is BucketSize.FIVE_MINUTES else best
    assert best_size(stretch, cameras=64) is many


@given(seconds=st.integers(1, 20 * 366 * 86_400))
def test_every_stretch_can_be_shown_and_not_in_too_many_steps(seconds: int) -> None:
    stretch = Range(NOW - timedelta(seconds=seconds), NOW)
    sizes = sizes_for(stretch)
    assert best_size(stretch) in sizes
    assert seconds / STEP_S[sizes[0]] <= 2000
    assert seconds / STEP_S[best_size(stretch)] <= 420


def test_a_stretch_is_widened_to_whole_steps_of_the_sites_clock() -> None:
    stretch = Range(
        datetime(2026, 3, 28, 12, 30, tzinfo=UTC), datetime(2026, 3, 29, 12, 30, tzinfo=UTC)
    )
    assert aligned(stretch, BucketSize.HOUR, BERLIN) == Range(
        datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 13, 0, tzinfo=UTC)
    )
    days = aligned(stretch, BucketSize.DAY, BERLIN)
    assert days == Range(
        datetime(2026, 3, 27, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    )
    assert aligned(days, BucketSize.DAY, BERLIN) == days
    half_hours_off = ZoneInfo("Asia/Kolkata")
    assert aligned(stretch, BucketSize.HOUR, half_hours_off) == stretch
    assert aligned(stretch, BucketSize.MINUTE, BERLIN) == stretch
