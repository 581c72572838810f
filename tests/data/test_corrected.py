"""The history as corrected, on real files: what is excluded, what is added, and what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from camwatch.alerts.rules import PlaceRef, Rule, Scope, Unusual
from camwatch.alerts.signals import WatchedCamera
from camwatch.data import remains
from camwatch.data.counted_by import CountedBy
from camwatch.data.engine import Database
from camwatch.domain import BucketSize, Camera, CameraId, Passage, PlaceId, Sample
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.scene import Line, Scene, Zone
from tests.data.values import NOON, Clock, sample

UTC = ZoneInfo("UTC")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = (NOON - timedelta(hours=12), NOON)


def fill(database: Database, camera: Camera, start: datetime, minutes: int, count: int) -> None:
    """Store one sample a minute that stands for all of it."""
    database.counts.save(
        [sample(camera, start + n * MINUTE, count, interval_s=60) for n in range(minutes)], []
    )


def exclude(
    database: Database,
    camera: Camera,
    start: datetime,
    end: datetime,
    place_id: PlaceId | None = None,
) -> Correction:
    draft = CorrectionDraft(
        camera.id, place_id, start, end, CorrectionKind.EXCLUDE, "The lens was dirty."
    )
    return database.corrections.add(draft, "anna")


def passed(  # noqa: PLR0917 - whose, when, how many
    database: Database,
    camera: Camera,
    place_id: PlaceId,
    start: datetime,
    end: datetime,
    inwards: int,
    outwards: int = 0,
) -> Correction:
    draft = CorrectionDraft(
        camera.id, place_id, start, end, CorrectionKind.PASSED, "Counted.", inwards, outwards
    )
    return database.corrections.add(draft, "anna")


def do(database: Database, *statements: str) -> None:
    """Change the history as nothing in the program would."""
    with database._connections.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def rows_of(database: Database, table: str) -> list[tuple[Any, ...]]:
    with database._connections.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]


def roll_up(database: Database, *, forget_minutes: bool) -> None:
    """Add minutes up to hours as CamWatch does, and delete them as time does."""
    sums = ("samples", "count_sum", "people_ms", "covered_ms", "confidence_sum")
    do(
        database,
        f"INSERT INTO hour (camera_id, start, {', '.join(sums)}, count_min, count_max) "
        f"SELECT camera_id, minute / 60 * 60, {', '.join(f'sum({one})' for one in sums)}, "
        "min(count_min), max(count_max) FROM minute GROUP BY camera_id, minute / 60",
        "UPDATE camera SET rolled_zone = 'UTC'",
        *(["DELETE FROM minute"] if forget_minutes else []),
    )


# ---------------------------------------------------------------- people in view


def test_what_is_excluded_is_unknown_and_what_was_measured_stays_as_it_was(
    database: Database, gate: Camera
) -> None:
    fill(database, gate, NOON - 2 * HOUR, 60, 4)
    fill(database, gate, NOON - HOUR, 30, 2)
    fill(database, gate, NOON - HOUR / 2, 30, 50)
    before = [rows_of(database, table) for table in ("sample", "minute")]
    exclude(database, gate, NOON - HOUR / 2, NOON)

    [first, second] = database.corrected.buckets(
        [gate.id], BucketSize.HOUR, NOON - 2 * HOUR, NOON, UTC
    )
    assert (first.mean, first.coverage, first.is_corrected) == (4.0, 1.0, False)
    assert (second.mean, second.peak, second.lowest) == (2.0, 2, 2)
    assert (second.samples, second.coverage, second.is_corrected) == (30, 0.5, True)
    minutes = database.corrected.buckets([gate.id], BucketSize.MINUTE, NOON - HOUR, NOON, UTC)
    assert [one.mean for one in minutes] == [2.0] * 30 + [None] * 30
    measured = database.counts.buckets([gate.id], BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert (measured[0].mean, measured[0].peak, measured[0].is_corrected) == (26.0, 50, False)
    assert [rows_of(database, table) for table in ("sample", "minute")] == before


def test_a_whole_day_that_is_excluded_is_a_gap(database: Database, gate: Camera) -> None:
    fill(database, gate, NOON - 2 * HOUR, 120, 4)
    exclude(database, gate, NOON - 12 * HOUR, NOON)
    [day] = database.corrected.buckets([gate.id], BucketSize.DAY, *DAY, UTC)
    assert (day.mean, day.coverage, day.samples, day.is_corrected) == (None, 0.0, 0, True)


def test_a_withdrawn_correction_does_not_count_and_stays_in_the_list(
    database: Database, gate: Camera, hall: Camera, clock: Clock
) -> None:
    fill(database, gate, NOON - HOUR, 60, 4)
    made = exclude(database, gate, NOON - HOUR, NOON)
    as_measured = database.counts.buckets([gate.id], BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    clock.now = NOON + MINUTE
    ended = database.corrections.withdraw(made.uid, "ben", "It was right.")
    assert (ended.holds, ended.withdrawn_by, ended.withdrawn_why) == (False, "ben", "It was right.")
    assert ended.withdrawn_at == clock.now
    found = database.corrected.buckets([gate.id], BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert [one.mean for one in found] == [one.mean for one in as_measured]
    assert database.corrections.between(None, *DAY) == [ended]
    assert database.corrections.between([hall.id], *DAY) == []
    assert database.corrections.between([gate.id], NOON, NOON + HOUR) == []
    with pytest.raises(ChangedMeanwhile):
        database.corrections.withdraw(made.uid, "ben", "Once more.")
    with pytest.raises(NotFound):
        database.corrections.get("no-such-uid")


def test_of_several_cameras_only_the_one_that_was_wrong_is_missing(
    database: Database, gate: Camera, hall: Camera, clock: Clock
) -> None:
    clock.now = NOON + HOUR
    fill(database, gate, NOON, 60, 4)
    fill(database, hall, NOON, 60, 3)
    exclude(database, gate, NOON, NOON + HOUR / 2)
    [found] = database.corrected.buckets(None, BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (found.mean, found.peak, found.lowest, found.samples) == (7.0, 7, 7, 90)
    assert found.people_s == pytest.approx(4 * 1800 + 3 * 3600)
    assert found.coverage == pytest.approx(0.75)
    exclude(database, gate, NOON + HOUR / 2, NOON + HOUR)
    [found] = database.corrected.buckets(None, BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (found.mean, found.peak, found.samples) == (3.0, 3, 60)
    assert found.people_s == pytest.approx(3 * 3600)
    assert found.coverage == pytest.approx(0.5)
    exclude(database, hall, NOON, NOON + HOUR)
    [found] = database.corrected.buckets(None, BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (found.mean, found.coverage) == (None, 0.0)


@pytest.mark.parametrize("are_kept", [True, False])
def test_an_hour_that_is_cut_is_right_when_its_minutes_are_gone(
    database: Database, gate: Camera, *, are_kept: bool
) -> None:
    start = NOON - 4 * HOUR
    for hour, counts in enumerate([(4, 9), (7, 1), (2, 2), (5, 6)]):
        fill(database, gate, start + hour * HOUR, 30, counts[0])
        fill(database, gate, start + hour * HOUR + HOUR / 2, 30, counts[1])
    exclude(database, gate, start + HOUR / 2, start + 2.5 * HOUR)
    exclude(database, gate, start + 2.25 * HOUR, start + 2.75 * HOUR)
    roll_up(database, forget_minutes=not are_kept)
    gone = database.corrections.excluded([gate.id], (0, 2**31 - 1))[gate.id]
    first = int(start.timestamp()) // 60
    with database._connections.reading() as connection:
        left = remains.left_of(
            connection, remains.IN_VIEW, gate.id, (first, first + 240), gone.stretches, gone.kept
        )
    # 30 minutes of 4, 15 of 2, 30 of 5, 30 of 6.
    assert left.values["samples"] == 30 + 15 + 60
    assert left.values["people_ms"] == (120 + 30 + 330) * 60_000
    assert (left.lowest, left.peak) == (2, 6)


def test_an_hour_without_minutes_is_not_cut(database: Database, gate: Camera) -> None:
    fill(database, gate, NOON - 3 * HOUR, 180, 4)
    roll_up(database, forget_minutes=True)
    with pytest.raises(InvalidSetting, match="full hour") as refused:
        exclude(database, gate, NOON - 2 * HOUR, NOON - HOUR / 2)
    assert refused.value.field == "end"
    with pytest.raises(InvalidSetting) as refused:
        exclude(database, gate, NOON - 2.5 * HOUR, NOON - HOUR)
    assert refused.value.field == "start"
    assert database.corrections.between(None, *DAY) == []
    assert exclude(database, gate, NOON - 2 * HOUR, NOON - HOUR).holds


@pytest.mark.parametrize("is_cut", [False, True])
def test_people_hours_of_several_do_not_depend_on_the_steps_of_a_chart(
    database: Database, gate: Camera, hall: Camera, *, is_cut: bool
) -> None:
    # One of them was down for half of the time.
    fill(database, gate, NOON - 2 * HOUR, 120, 10)
    fill(database, hall, NOON - HOUR, 60, 4)
    if is_cut:
        exclude(database, gate, NOON - 30 * MINUTE, NOON)
    hours = {
        size: sum(one.people_s or 0.0 for one in found) / 3600
        for size in (BucketSize.MINUTE, BucketSize.QUARTER, BucketSize.HOUR, BucketSize.DAY)
        for found in [database.corrected.buckets(None, size, NOON - 2 * HOUR, NOON, UTC)]
    }
    assert list(hours.values()) == pytest.approx([19.0 if is_cut else 24.0] * 4)


# ---------------------------------------------------------------- lines and zones


@pytest.fixture
def door(database: Database, gate: Camera) -> PlaceId:
    scene = Scene(
        lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),),
        zones=(Zone("Till", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))),),
    )
    return database.scenes.save(gate.id, scene).ids["Door"]


def watch(database: Database, camera: Camera, door: PlaceId, start: datetime, inwards: int) -> None:
    """Watch a line for an hour, in which somebody comes in every so often."""
    zone = database.scenes.get(camera.id).ids["Till"]
    database.counts.save(
        [
            Sample(
                camera.id,
                start + n * MINUTE,
                1,
                0.9,
                0.01,
                60.0,
                zones=((zone, n % 3),),
                watched=(door,),
            )
            for n in range(60)
        ],
        [],
        [Passage(door, start + n * HOUR / inwards, n, is_inwards=True) for n in range(inwards)],
    )


def test_more_or_fewer_people_passed_than_were_counted(
    database: Database, gate: Camera, door: PlaceId
) -> None:
    watch(database, gate, door, NOON - HOUR, 20)
    passed(database, gate, door, NOON - HOUR, NOON, -4, 6)
    [hour] = database.corrected.flow(door, BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert (hour.inwards, hour.outwards, hour.coverage) == (16, 6, 1.0)
    assert hour.is_corrected
    minutes = database.corrected.flow(door, BucketSize.MINUTE, NOON - HOUR, NOON, UTC)
    assert sum(one.inwards or 0 for one in minutes) == 16
    assert sum(one.outwards or 0 for one in minutes) == 6
    # Half of the stretch is asked for: half of it is found.
    half = database.corrected.flow(door, BucketSize.MINUTE, NOON - HOUR / 2, NOON, UTC)
    assert [one.outwards for one in half] == [one.outwards for one in minutes[30:]]
    [measured] = database.passages.flow(door, BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert (measured.inwards, measured.outwards) == (20, 0)
    with pytest.raises(InvalidSetting, match="only 20 were counted") as refused:
        passed(database, gate, door, NOON - HOUR, NOON, -21)
    assert refused.value.field == "inwards"


def test_a_line_that_counted_wrongly_gets_the_number_that_somebody_counted(
    database: Database, gate: Camera, door: PlaceId
) -> None:
    watch(database, gate, door, NOON - 2 * HOUR, 20)
    watch(database, gate, door, NOON - HOUR, 30)
    exclude(database, gate, NOON - HOUR, NOON, door)
    hours = database.corrected.flow(door, BucketSize.HOUR, NOON - 2 * HOUR, NOON, UTC)
    assert [(one.inwards, one.coverage) for one in hours] == [(20, 1.0), (None, 0.0)]
    passed(database, gate, door, NOON - HOUR, NOON, 27)
    hours = database.corrected.flow(door, BucketSize.HOUR, NOON - 2 * HOUR, NOON, UTC)
    assert [(one.inwards, one.coverage) for one in hours] == [(20, 1.0), (27, 0.0)]
    # Of what is excluded nobody can be taken away.
    with pytest.raises(InvalidSetting, match="only 0"):
        passed(database, gate, door, NOON - HOUR, NOON, -1)
    # The people in view are another number.
    [view] = database.corrected.buckets([gate.id], BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert not view.is_corrected


def test_a_zone_is_excluded_by_itself(database: Database, gate: Camera, door: PlaceId) -> None:
    watch(database, gate, door, NOON - HOUR, 20)
    zone = database.scenes.get(gate.id).ids["Till"]
    exclude(database, gate, NOON - HOUR, NOON - MINUTE, zone)
    [hour] = database.corrected.occupancy(zone, BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert (hour.mean, hour.samples, hour.peak) == (59 % 3, 1, 59 % 3)
    assert hour.is_corrected
    [flow] = database.corrected.flow(door, BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert (flow.inwards, flow.is_corrected) == (20, False)


def test_a_part_of_an_hour_is_told_from_its_minutes_though_the_hour_is_added_up(
    database: Database, gate: Camera, door: PlaceId
) -> None:
    database.sites.set_zone(database.cameras.sites()[0].id, "UTC")
    watch(database, gate, door, NOON - HOUR, 20)
    start, end = NOON - HOUR, NOON - 40 * MINUTE  # seven of the twenty
    with pytest.raises(InvalidSetting, match="only 7 were counted"):
        passed(database, gate, door, start, end, -8)
    passed(database, gate, door, start, end, -7)
    minutes = database.corrected.flow(door, BucketSize.MINUTE, NOON - HOUR, NOON, UTC)
    assert [sum(one.inwards or 0 for one in some) for some in (minutes[:20], minutes[20:])] == [
        0,
        13,
    ]


def test_the_picture_of_a_slow_camera_is_left_out_with_all_the_time_it_stands_for(
    database: Database, gate: Camera
) -> None:
    start = NOON - HOUR
    database.counts.save(
        [
            sample(gate, start + n * 5 * MINUTE, 9 if n == 3 else 1, interval_s=300)
            for n in range(12)
        ],
        [],
    )
    picture = start + 15 * MINUTE
    exclude(database, gate, picture, picture + MINUTE)
    minutes = database.corrected.buckets([gate.id], BucketSize.MINUTE, start, NOON, UTC)
    assert [one.mean for one in minutes[13:22]] == [1.0] * 2 + [None] * 5 + [1.0] * 2
    # Those behind it, too, where the picture itself is not asked for.
    behind = database.corrected.buckets(
        [gate.id], BucketSize.MINUTE, picture + 2 * MINUTE, picture + 7 * MINUTE, UTC
    )
    assert [one.mean for one in behind] == [None] * 3 + [1.0] * 2
    [hour] = database.corrected.buckets([gate.id], BucketSize.HOUR, start, NOON, UTC)
    assert hour.mean == 1.0
    assert hour.coverage == pytest.approx(55 / 60)


def test_an_hour_by_other_clocks_is_corrected_by_its_own_minutes(
    database: Database, gate: Camera, door: PlaceId
) -> None:
    # Its hours begin at half past in UTC.
    database.sites.set_zone(database.cameras.sites()[0].id, "Asia/Kolkata")
    fill(database, gate, NOON - 2 * HOUR, 60, 2)
    fill(database, gate, NOON - HOUR, 60, 8)
    exclude(database, gate, NOON - 2 * HOUR, NOON - 90 * MINUTE)
    [hour] = database.corrected.buckets(
        [gate.id], BucketSize.HOUR, NOON - 2 * HOUR, NOON - HOUR, UTC
    )
    assert (hour.mean, hour.peak, hour.samples) == (2.0, 2, 30)


# ---------------------------------------------------------------- hours of the week


def a_busy_noon(database: Database, camera: Camera, weeks: int, counts: list[int]) -> None:
    for week, count in zip(range(weeks), counts, strict=True):
        fill(database, camera, NOON - timedelta(weeks=week + 1), 60, count)


@pytest.mark.parametrize("has_hours", [True, False])
def test_the_hours_of_the_week_are_means_of_what_was_measured(
    database: Database, gate: Camera, hall: Camera, *, has_hours: bool
) -> None:
    long_ago = int((NOON - timedelta(weeks=9)).timestamp() * 1000)
    do(database, f"UPDATE camera SET created_at = {long_ago}")
    a_busy_noon(database, gate, 4, [4, 4, 8, 100])
    a_busy_noon(database, hall, 1, [10])
    exclude(database, gate, NOON - timedelta(weeks=4), NOON - timedelta(weeks=4) + HOUR)
    roll_up(database, forget_minutes=False)
    if not has_hours:
        do(database, "UPDATE camera SET rolled_zone = ''")
    berlin = ZoneInfo("Europe/Berlin")
    found = database.week.map(None, NOON - timedelta(weeks=4), NOON, berlin)
    # 2 March 2026 is a Monday; noon in UTC is 13 o'clock in Berlin.
    assert found.mean[0, 13] == pytest.approx((4 + 4 + 8) / 3 + 10)
    assert found.coverage[0, 13] == pytest.approx(4 / 8)
    assert found.weeks[0, 13] == 4
    assert np.count_nonzero(~np.isnan(found.mean)) == 1
    assert found.coverage.sum() == pytest.approx(4 / 8)
    alone = database.week.map([hall.id], NOON - timedelta(weeks=4), NOON, berlin)
    assert alone.mean[0, 13] == 10.0
    assert alone.coverage[0, 13] == pytest.approx(1 / 4)


def test_across_a_change_of_clocks_hours_stay_those_of_the_wall(
    database: Database, gate: Camera, clock: Clock
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    clock.now = datetime(2026, 4, 6, 12, tzinfo=UTC)
    for week in range(4):  # Mondays at 9 by the wall, before and after 29 March
        at = datetime(2026, 3, 16, 9, tzinfo=berlin).replace(tzinfo=None) + timedelta(weeks=week)
        fill(database, gate, at.replace(tzinfo=berlin).astimezone(UTC), 60, 5)
    found = database.week.map([gate.id], clock.now - timedelta(weeks=4), clock.now, berlin)
    assert found.mean[0, 9] == 5.0
    assert np.count_nonzero(~np.isnan(found.mean)) == 1


def test_a_time_of_which_nothing_is_stored_makes_an_empty_map(
    database: Database, gate: Camera
) -> None:
    found = database.week.map(None, NOON + HOUR, NOON + 2 * HOUR, UTC)
    assert np.isnan(found.mean).all()
    assert not found.weeks.any()
    assert np.isnan(database.week.map(None, NOON, NOON, UTC).mean).all()


# ---------------------------------------------------------------- what is usual


def test_the_band_is_what_the_rule_calls_usual(database: Database, gate: Camera) -> None:
    a_busy_noon(database, gate, 6, [10, 12, 14, 12, 11, 40])
    rule = Rule("u", "Odd", Unusual())
    watched = WatchedCamera(gate.id, gate.name, gate.site_id, "Main site")
    usual = database.usual.for_rules([rule], [watched], UTC)
    [(_, of_rule)] = usual.items()
    [point] = database.usual.band([gate.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (point.middle, point.weeks) == (of_rule.median, of_rule.weeks) == (12.0, 6)
    assert point.high == of_rule.median + Unusual().spreads * max(1.0, of_rule.spread)
    assert point.low is not None
    assert point.low >= 0
    minutes = database.usual.band([gate.id], BucketSize.MINUTE, NOON, NOON + HOUR, UTC)
    assert {one.high for one in minutes} == {point.high}
    [empty] = database.usual.band([gate.id], BucketSize.HOUR, NOON + HOUR, NOON + 2 * HOUR, UTC)
    assert (empty.middle, empty.weeks) == (None, 0)
    assert database.usual.band([gate.id], BucketSize.DAY, NOON, NOON + HOUR, UTC) == []


def test_what_is_excluded_is_not_usual_in_chart_or_rule(database: Database, gate: Camera) -> None:
    a_busy_noon(database, gate, 3, [10, 10, 90])
    last = NOON - timedelta(weeks=3)
    exclude(database, gate, last, last + HOUR)
    [point] = database.usual.band([gate.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (point.middle, point.weeks) == (10.0, 2)
    watched = WatchedCamera(gate.id, gate.name, gate.site_id, "Main site")
    [usual] = database.usual.for_rules([Rule("u", "Odd", Unusual())], [watched], UTC).values()
    assert (usual.median, usual.weeks) == (10.0, 2)


def test_what_is_excluded_of_a_zone_is_not_usual_there(
    database: Database, gate: Camera, door: PlaceId
) -> None:
    for week in (1, 2):
        watch(database, gate, door, NOON - timedelta(weeks=week), 1)
    last = NOON - timedelta(weeks=2)
    exclude(database, gate, last, last + HOUR, database.scenes.get(gate.id).ids["Till"])
    till = PlaceRef(gate.id, "Till")
    watched = WatchedCamera(gate.id, gate.name, gate.site_id, "Main site", places=(till,))
    rule = Rule("u", "Odd", Unusual(), scope=Scope(places=frozenset({till})))
    [usual] = database.usual.for_rules([rule], [watched], UTC).values()
    assert usual.weeks == 1


@pytest.mark.parametrize("has_hours", [True, False])
def test_what_is_usual_of_several_is_that_of_their_sums(
    database: Database, gate: Camera, hall: Camera, *, has_hours: bool
) -> None:
    long_ago = int((NOON - timedelta(weeks=9)).timestamp() * 1000)
    do(database, f"UPDATE camera SET created_at = {long_ago}")
    # They are busy in turns: the sum is always 20.
    a_busy_noon(database, gate, 3, [20, 0, 10])
    a_busy_noon(database, hall, 3, [0, 20, 10])
    if has_hours:
        roll_up(database, forget_minutes=False)
    [point] = database.usual.band([gate.id, hall.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (point.low, point.middle, point.high) == (16.0, 20.0, 24.0)
    # A week in which one of them counted wrongly says nothing: less than half is not enough.
    start = NOON - timedelta(weeks=2)
    exclude(database, gate, start, start + MINUTE)
    exclude(database, hall, start, start + HOUR)
    [point] = database.usual.band([gate.id, hall.id], BucketSize.HOUR, NOON, NOON + HOUR, UTC)
    assert (point.middle, point.weeks) == (20.0, 2 if has_hours else 3)


# ---------------------------------------------------------------- what proves a number


def test_what_counted_is_known_from_when_it_began(database: Database) -> None:
    assert database.counted_by.at(NOON) is None
    first = CountedBy(NOON, "nanodet-g", "onnxruntime", "int8", 0.33)
    later = CountedBy(NOON + HOUR, "", workstation=0)
    for fact in (first, first, later):
        database.counted_by.add(fact)
    assert database.counted_by.at(NOON + HOUR - MINUTE) == first
    assert database.counted_by.at(NOON + HOUR) == later
    assert database.counted_by.at(NOON, workstation=3) is None


def test_a_measurement_stands_until_its_time_is_over(database: Database, gate: Camera) -> None:
    database.counts.save([sample(gate, NOON, 3, interval_s=300)], [])
    assert database.measured.standing_at(gate.id, NOON - MINUTE) is None
    found = database.measured.standing_at(gate.id, NOON + 4.9 * MINUTE)
    assert found is not None
    assert (found.at, found.count, found.shown, found.interval_s) == (NOON, 3, 3, 300.0)
    assert database.measured.standing_at(gate.id, NOON + 5 * MINUTE) is None
    assert database.measured.standing_at(CameraId(99), NOON) is None
