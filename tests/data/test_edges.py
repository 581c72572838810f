"""Cutting time: days of 23 and 25 hours, half-hour zones, odd zones, far ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies

from camwatch.data.edges import bucket_edges
from camwatch.data.moments import from_ms, to_ms
from camwatch.domain import BucketSize
from camwatch.errors import InvalidSetting
from tests.data.zones import BERLIN, KOLKATA, UTC_ZONE


def cut(
    size: BucketSize, start: datetime, end: datetime, zone: ZoneInfo
) -> list[tuple[str, float]]:
    """Return each bucket's start on the zone's clocks, and its length in minutes."""
    edges = bucket_edges(size, start, end, zone)
    return [
        (from_ms(one).astimezone(zone).strftime("%m-%d %H:%M"), (other - one) / 60_000)
        for one, other in pairwise(edges)
    ]


def at(text: str, zone: ZoneInfo = UTC_ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_minutes_are_those_that_touch_the_stretch() -> None:
    found = cut(
        BucketSize.MINUTE, at("2026-03-02 12:00:30"), at("2026-03-02 12:02:00.001"), UTC_ZONE
    )
    assert found == [("03-02 12:00", 1), ("03-02 12:01", 1), ("03-02 12:02", 1)]


def test_an_end_on_an_edge_opens_no_further_bucket() -> None:
    found = cut(BucketSize.HOUR, at("2026-03-02 12:00"), at("2026-03-02 13:00"), UTC_ZONE)
    assert found == [("03-02 12:00", 60)]


def test_no_time_has_no_buckets() -> None:
    noon = at("2026-03-02 12:00")
    assert cut(BucketSize.DAY, noon, noon, UTC_ZONE) == []
    assert cut(BucketSize.DAY, noon, noon - timedelta(days=1), UTC_ZONE) == []


@pytest.mark.fault("F59")
def test_a_day_has_23_hours_when_clocks_go_forward() -> None:
    start, end = at("2026-03-28 00:00", BERLIN), at("2026-03-31 00:00", BERLIN)
    assert cut(BucketSize.DAY, start, end, BERLIN) == [
        ("03-28 00:00", 24 * 60),
        ("03-29 00:00", 23 * 60),
        ("03-30 00:00", 24 * 60),
    ]
    hours = cut(BucketSize.HOUR, start, end, BERLIN)
    assert len(hours) == 24 + 23 + 24
    assert {minutes for _, minutes in hours} == {60}
    assert [hour for hour, _ in hours[24:28]] == [
        "03-29 00:00",
        "03-29 01:00",
        "03-29 03:00",
        "03-29 04:00",
    ]


@pytest.mark.fault("F59")
def test_a_day_has_25_hours_when_clocks_go_back() -> None:
    start, end = at("2026-10-25 00:00", BERLIN), at("2026-10-26 00:00", BERLIN)
    assert cut(BucketSize.DAY, start, end, BERLIN) == [("10-25 00:00", 25 * 60)]
    hours = cut(BucketSize.HOUR, start, end, BERLIN)
    assert len(hours) == 25
    assert [hour for hour, _ in hours[1:5]] == [
        "10-25 01:00",
        "10-25 02:00",
        "10-25 02:00",
        "10-25 03:00",
    ]


def test_a_zone_of_half_hours_cuts_at_half_past_in_utc() -> None:
    edges = bucket_edges(BucketSize.HOUR, at("2026-03-02 12:00"), at("2026-03-02 13:00"), KOLKATA)
    assert [from_ms(edge).strftime("%H:%M") for edge in edges] == ["11:30", "12:30", "13:30"]
    (first, _) = bucket_edges(
        BucketSize.DAY, at("2026-03-02 12:00"), at("2026-03-02 13:00"), KOLKATA
    )
    assert from_ms(first) == at("2026-03-01 18:30")


def test_where_clocks_change_by_half_an_hour_one_hour_is_short() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    forward = cut(BucketSize.HOUR, at("2026-10-04 01:00", zone), at("2026-10-04 04:00", zone), zone)
    assert forward == [("10-04 01:00", 60), ("10-04 02:30", 30), ("10-04 03:00", 60)]
    back = cut(BucketSize.HOUR, at("2026-04-05 01:00", zone), at("2026-04-05 03:00", zone), zone)
    assert back == [("04-05 01:00", 60), ("04-05 01:30", 30), ("04-05 02:00", 60)]


def test_a_day_whose_midnight_does_not_exist_begins_when_clocks_jump() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    found = cut(BucketSize.DAY, at("2018-11-03 12:00", zone), at("2018-11-05 12:00", zone), zone)
    assert found == [("11-03 00:00", 24 * 60), ("11-04 01:00", 23 * 60), ("11-05 00:00", 24 * 60)]


def test_a_day_that_was_skipped_is_not_there() -> None:
    zone = ZoneInfo("Pacific/Apia")
    found = cut(BucketSize.DAY, at("2011-12-29 12:00", zone), at("2012-01-01 00:00", zone), zone)
    assert found == [("12-29 00:00", 24 * 60), ("12-31 00:00", 24 * 60)]


def test_a_range_without_end_is_refused() -> None:
    with pytest.raises(InvalidSetting) as caught:
        bucket_edges(BucketSize.MINUTE, at("2020-01-01 00:00"), at("2026-01-01 00:00"), BERLIN)
    assert caught.value.field == "end"
    year = bucket_edges(BucketSize.MINUTE, at("2025-01-01 00:00"), at("2026-01-01 00:00"), BERLIN)
    assert len(year) == 365 * 1440 + 1


def test_a_moment_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_ms(datetime(2026, 3, 2, 12))  # noqa: DTZ001 - the very mistake


@given(
    size=strategies.sampled_from([BucketSize.HOUR, BucketSize.DAY, BucketSize.MINUTE]),
    start=strategies.integers(to_ms(at("1975-01-01")), to_ms(at("2037-01-01"))).map(from_ms),
    minutes=strategies.integers(1, 4 * 1440),
    zone=strategies.sampled_from(
        [BERLIN, KOLKATA, *map(ZoneInfo, ("Australia/Lord_Howe", "America/Havana", "Asia/Gaza"))]
    ),
)
def test_buckets_cover_the_stretch_without_gap(
    size: BucketSize, start: datetime, minutes: int, zone: ZoneInfo
) -> None:
    end = start + timedelta(minutes=minutes)
    edges = bucket_edges(size, start, end, zone)
    assert edges[0] <= to_ms(start) < edges[1]
    assert edges[-2] < to_ms(end) <= edges[-1]
    assert all(one < other for one, other in pairwise(edges))
    if size is BucketSize.HOUR:
        assert all(other - one <= 3_600_000 for one, other in pairwise(edges))
