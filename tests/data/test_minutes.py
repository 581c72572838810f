"""Many minutes at once, and what is usual, from a real history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from camwatch.alerts.rules import PlaceRef, Rule, Scope, Unusual
from camwatch.alerts.signals import Usual, WatchedCamera
from camwatch.alerts.wall_clock import utc_minute
from camwatch.data.engine import Database
from camwatch.domain import (
    Camera,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
)
from camwatch.scene import Line, Scene, Zone
from tests.data.values import NOON, Clock, change, sample, settings

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = utc_minute(NOON)
DOOR = Line("Door", (0.5, 0.1), (0.5, 0.9))
QUEUE = Zone("Queue", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5)))


def test_minutes_hold_what_was_seen_and_a_gap_stays_unknown(
    database: Database, gate: Camera, hall: Camera, clock: Clock
) -> None:
    clock.now = NOON + timedelta(minutes=10)
    database.counts.save(
        [sample(gate, n, 2 + n % 3) for n in range(60)]
        + [sample(gate, 120 + n, 7) for n in range(30)]
        + [sample(hall, 5, 1)],
        [],
    )

    found = database.minutes.cameras([gate.id, hall.id], FIRST, 5)

    np.testing.assert_array_equal(found[gate.id].highest, [4, np.nan, 7, np.nan, np.nan])
    np.testing.assert_array_equal(found[gate.id].lowest, [2, np.nan, 7, np.nan, np.nan])
    np.testing.assert_array_equal(found[gate.id].mean, [3, np.nan, 7, np.nan, np.nan])
    np.testing.assert_array_equal(found[gate.id].coverage, [1, 0, 0.5, 0, 0])
    assert found[hall.id].coverage[0] == pytest.approx(1 / 60)


def test_a_sample_of_a_slow_camera_stands_for_its_interval_but_not_for_the_future(
    database: Database, clock: Clock
) -> None:
    slow = database.cameras.add(settings("Slow", interval_s=300))
    database.counts.save([sample(slow, -100, 5, interval_s=300)], [])
    clock.now = NOON + timedelta(minutes=1, seconds=59)

    found = database.minutes.cameras([slow.id], FIRST, 6)[slow.id]

    # It stands for five minutes, of which two lie before the first one and one in the future.
    np.testing.assert_array_equal(found.highest, [5, 5, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found.coverage, [1, 1, 0, 0, 0, 0])


def test_places_are_read_by_name_in_all_their_versions(
    database: Database, gate: Camera, clock: Clock
) -> None:
    first = database.scenes.save(gate.id, Scene(lines=(DOOR,), zones=(QUEUE,)))
    door, queue = first.ids["Door"], first.ids["Queue"]
    clock.now = NOON + timedelta(minutes=1)
    moved = Line("Door", (0.4, 0.1), (0.4, 0.9))
    second = database.scenes.save(gate.id, Scene(lines=(moved,), zones=(QUEUE,)))
    assert second.ids["Door"] != door
    at = NOON + timedelta(seconds=10)
    later = NOON + timedelta(seconds=70)
    database.counts.save(
        [
            Sample(gate.id, at, 3, 0.5, 0.01, 60.0, zones=((queue, 2),), watched=(door,)),
            Sample(
                gate.id,
                later,
                3,
                0.5,
                0.01,
                60.0,
                zones=((queue, 1),),
                watched=(second.ids["Door"],),
            ),
        ],
        [],
        [
            Passage(door, at, 1, is_inwards=True),
            Passage(second.ids["Door"], later, 2, is_inwards=False),
            Passage(second.ids["Door"], later, 3, is_inwards=False),
        ],
    )
    refs = [PlaceRef(gate.id, "Door"), PlaceRef(gate.id, "Queue"), PlaceRef(gate.id, "Nowhere")]

    passed = database.minutes.passages(refs, FIRST, 3)
    zones = database.minutes.zones(refs, FIRST, 3)

    np.testing.assert_array_equal(passed[refs[0]].inwards, [1, 0, np.nan])
    np.testing.assert_array_equal(passed[refs[0]].outwards, [0, 2, np.nan])
    np.testing.assert_array_equal(passed[refs[0]].coverage, [1, 1, 0])
    np.testing.assert_array_equal(zones[refs[1]].highest, [2, 1, np.nan])
    assert refs[2] not in passed


def test_states_begin_with_the_one_before(database: Database, gate: Camera, hall: Camera) -> None:
    database.counts.save(
        [],
        [
            change(gate, -90, CameraState.OK),
            change(gate, -60, CameraState.OFFLINE, Reason.TIMEOUT),
            change(gate, 30, CameraState.OK),
            change(hall, 99, CameraState.OK),
        ],
        notices=[NoticeChange(gate.id, NOON, Notice.BLACK, is_present=True)],
    )

    found = database.minutes.states([gate.id, hall.id], NOON, NOON + timedelta(seconds=60))
    notices = database.minutes.notices([gate.id], NOON, NOON + timedelta(seconds=1))

    assert [one.state for one in found[gate.id]] == [CameraState.OFFLINE, CameraState.OK]
    assert found[hall.id] == []
    assert [one.notice for one in notices[gate.id]] == [Notice.BLACK]


def test_what_is_usual_is_told_for_each_hour_of_the_week_by_the_clocks_of_the_site(
    database: Database, gate: Camera, hall: Camera, clock: Clock
) -> None:
    # Mondays at 9 in Berlin, over the change of the clocks on 29 March: 8 UTC, then 7 UTC.
    mondays = [
        datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((16, 8), (23, 8), (30, 7))
    ]
    counts = [10, 12, 20]
    clock.now = datetime(2026, 4, 3, tzinfo=UTC)
    database.counts.save(
        [
            sample(one, monday + timedelta(minutes=15 * n), count, interval_s=900)
            for one in (gate, hall)
            for monday, count in zip(mondays, counts, strict=True)
            for n in range(4)
        ],
        [],
    )
    cameras = [WatchedCamera(one.id, one.name, one.site_id, "") for one in database.cameras.all()]
    each = Rule("a", "Each", Unusual(), Scope(cameras=frozenset({gate.id})))
    both = Rule("b", "Both", Unusual(), Scope(is_together=True))
    off = Rule("c", "Off", Unusual(), is_enabled=False)

    usual = database.usual.for_rules([each, both, off], cameras, BERLIN)

    assert set(usual) == {(f"camera:{gate.id}", 9), (f"camera:{hall.id}", 9)}
    # The median of twelve quarters, four of each week; deviations 2, 0 and 8.
    assert usual[f"camera:{gate.id}", 9] == Usual(12.0, 2 * 1.4826, 3)
    # The engine adds up what is usual of each where a rule adds up the numbers.
    assert usual[f"camera:{hall.id}", 9].median == 12.0
