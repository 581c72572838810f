"""Rules about who passes: within a period that slides along, and since midnight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import Balance, Crossings, PlaceRef, Scope, Side, Way
from camwatch.alerts.signals import Block, CountFact
from camwatch.domain import CameraId
from tests.alerts.driving import DOOR, Drive, camera, raised, returned, rule

PLACE = PlaceRef(CameraId(1), DOOR)
MANY = Crossings(Way.IN, Side.ABOVE, 3, 60)
FEW = Crossings(Way.BOTH, Side.BELOW, 0, 60)


def test_so_many_within_the_period_fire() -> None:
    site = Drive([rule(MANY)], [camera(1, DOOR)])
    site.passed(2, went=7)
    site.wait(50)
    signal = raised(site.passed(1))[0]
    assert signal.parts[0].subject == Subject.of_place(PLACE)
    assert (signal.value, signal.threshold) == (3, 3)


def test_the_period_slides_along() -> None:
    site = Drive([rule(MANY)], [camera(1, DOOR)])
    site.passed(2)
    site.wait(60)
    assert site.passed(1) == []
    assert site.explain()[0].value == 1


def test_it_is_over_when_the_period_has_slid_on() -> None:
    site = Drive([rule(MANY)], [camera(1, DOOR)])
    site.passed(3)
    found = []
    for _ in range(60):
        found += site.wait(1)
        found += site.passed()
    assert len(returned(found)) == 1
    assert site.open[0].parts[0].returned_at == site.wall


def test_few_are_told_only_of_a_period_that_was_watched_all_through() -> None:
    site = Drive([rule(FEW)], [camera(1, DOOR)])
    found = []
    for _ in range(60):
        found += site.passed()
        found += site.wait(1)
    assert len(raised(found)) == 1
    assert returned(site.passed(1))


def test_a_gap_within_the_period_keeps_few_from_being_told() -> None:
    site = Drive([rule(FEW)], [camera(1, DOOR)])
    found = []
    for second in range(110):
        if second not in range(50, 54):
            found += site.passed()
        found += site.wait(1)
    assert found == []
    told = site.explain()[0]
    assert told.block == Block.NO_DATA
    assert told.coverage == pytest.approx(56 / 60, abs=0.04)


def test_a_line_that_is_not_watched_well_enough_is_not_known() -> None:
    site = Drive([rule(FEW)], [camera(1, DOOR)])
    for _ in range(120):
        assert site.take(CountFact(CameraId(1), 4, 1.0)) == []
        assert site.wait(1) == []


def test_lines_are_added_up_and_zones_are_no_lines() -> None:
    scope = Scope(is_together=True)
    site = Drive([rule(Balance(Side.BELOW, -2), scope)], [camera(1, DOOR, "Hall"), camera(2, DOOR)])
    only = frozenset({DOOR})
    first = CountFact(CameraId(1), 9, 1.0, {"Hall": 9}, {}, {DOOR: 5}, watched=only)
    assert site.take(first) == []
    signal = raised(site.passed(3, of=2))[0]
    assert (signal.value, signal.coverage) == (-2, 1.0)


def test_of_a_difference_all_lines_must_be_known() -> None:
    site = Drive(
        [rule(Balance(Side.ABOVE, 5), Scope(is_together=True))], [camera(1, DOOR), camera(2, DOOR)]
    )
    assert site.passed(9) == []
    assert raised(site.passed(0, of=2))


def test_zones_are_left_out_of_what_is_explained() -> None:
    site = Drive([rule(MANY)], [camera(1, DOOR, "Hall")])
    site.take(CountFact(CameraId(1), 9, 1.0, {"Hall": 9}, watched=frozenset({DOOR})))
    assert [one.subject for one in site.explain()] == [Subject.of_place(PLACE)]


def test_the_balance_goes_on_after_a_restart() -> None:
    site = Drive([rule(Balance(Side.ABOVE, 10))], [camera(1, DOOR)])
    site.passed(8)
    site.restart({PLACE: (8, 0)})
    assert site.passed(1) == []
    assert raised(site.passed(1))[0].value == 10


def test_what_passed_before_midnight_is_none_of_the_next_day() -> None:
    site = Drive(
        [rule(Balance(Side.ABOVE, 10))],
        [camera(1, DOOR)],
        wall=datetime(2026, 6, 9, 21, 59, 59, tzinfo=UTC),
    )
    site.engine.restore([], {PLACE: (8, 0)}, site.now)
    site.wait(2)
    site.passed(1)
    assert site.explain()[0].value == 1


@pytest.mark.parametrize(
    ("wall", "hours"),
    [
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 23),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 25),
        (datetime(2026, 6, 9, 22, 0, tzinfo=UTC), 24),
    ],
)
def test_the_balance_begins_anew_at_midnight(wall: datetime, hours: int) -> None:
    site = Drive([rule(Balance(Side.ABOVE, 10))], [camera(1, DOOR)], wall=wall)
    assert raised(site.passed(10))
    assert site.wait(hours * 3600 - 2, step_s=25) == []
    site.passed()
    assert site.explain()[0].value == 10
    assert returned(site.wait(2))
    assert site.passed(2) == []
    assert site.explain()[0].value == 2


def test_a_clock_set_back_over_midnight_does_not_undo_the_day() -> None:
    site = Drive(
        [rule(Balance(Side.ABOVE, 10))],
        [camera(1, DOOR)],
        wall=datetime(2026, 6, 9, 21, 59, 50, tzinfo=UTC),
    )
    site.passed(5)
    site.wait(20)
    site.passed(3)
    site.set_clock(-30)
    site.passed(1)
    assert site.explain()[0].value == 4
    site.wait(30)
    site.passed()
    assert site.explain()[0].value == 0


def test_nothing_is_kept_of_what_is_gone() -> None:
    site = Drive([rule(MANY), rule(FEW, uid="few")], [camera(1, DOOR), camera(2, DOOR)])
    site.passed(3)
    site.passed(3, of=2)
    site.set_cameras(camera(2, DOOR))
    readings = site.engine._readings
    assert list(readings._readings) == [CameraId(2)]
    assert list(readings.passages) == [PlaceRef(CameraId(2), DOOR)]
    assert list(readings.passages[PlaceRef(CameraId(2), DOOR)].periods) == [60]
    assert site.engine._roster.counted(CameraId(1)) == ()
    site.set_rules(rule(Balance(Side.ABOVE, 5)))
    assert readings.passages[PlaceRef(CameraId(2), DOOR)].periods == {}
    for _ in range(1000):
        site.passed()
        site.wait(3)
    assert len(readings.passages[PlaceRef(CameraId(2), DOOR)]._stretches) <= 256


def test_a_busy_door_needs_little_memory() -> None:
    from camwatch.alerts.passages import Period  # noqa: PLC0415 - beside its only use

    period = Period(3600, 0)
    for number in range(20_000):
        period.add(1, 0, number * 0.5)
    assert len(period._passed) <= 1001
    assert period.count(Way.IN, 9_999.5) == pytest.approx(7200, abs=8)
