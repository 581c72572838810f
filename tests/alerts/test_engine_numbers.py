"""Rules about people in view: threshold, duration, hysteresis, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.rules import Occupancy, PlaceRef, Scope, Severity, Side, Unusual
from camwatch.alerts.schedule import WHOLE_DAY, Schedule
from camwatch.alerts.signals import Block, CountFact, Usual
from camwatch.domain import CameraId
from tests.alerts.driving import Drive, camera, raised, returned, rule

CROWD = Occupancy(Side.ABOVE, 30, hysteresis=3, for_s=10)
ONE = Subject.of_camera(CameraId(1))


def drive(
    condition: Occupancy | Unusual = CROWD, *, cameras: int = 1, is_together: bool = False
) -> Drive:
    rules = [rule(condition, Scope(is_together=is_together))]
    return Drive(rules, [camera(number + 1) for number in range(cameras)])


def test_it_fires_once_when_it_has_held_for_long_enough() -> None:
    site = drive()
    began = site.wall
    assert site.stay(31, 9) == []
    signal = raised(site.wait(1))[0]
    assert (signal.is_new, signal.severity, signal.value) == (True, Severity.WARNING, 31)
    assert (signal.threshold, signal.coverage) == (30, 1.0)
    assert [(one.subject, one.name, one.since) for one in signal.parts] == [
        (ONE, "Camera 1", began)
    ]
    assert site.stay(40, 30) == []


def test_at_once_goes_by_the_picture_and_for_a_while_by_what_is_shown() -> None:
    rising = CountFact(CameraId(1), 4, 1.0, at_once=35)
    falling = CountFact(CameraId(1), 35, 1.0, at_once=4)
    site = drive(Occupancy(Side.ABOVE, 30))
    assert raised(site.take(rising))[0].value == 35
    assert returned(site.take(falling))
    site = drive(Occupancy(Side.ABOVE, 30, for_s=1))
    assert site.take(rising) == []
    assert site.wait(1.5) == []
    assert site.take(falling) == []
    assert raised(site.wait(1))[0].value == 35


def test_a_number_that_dips_begins_its_time_anew() -> None:
    site = drive()
    assert site.stay(30, 9) == []
    assert site.stay(29, 1) == []
    assert site.stay(30, 9) == []
    assert raised(site.wait(1))


def test_a_gap_begins_the_time_anew() -> None:
    site = drive()
    assert site.stay(35, 9) == []
    assert site.wait(2.5, ticks=False) == []
    assert site.stay(35, 9) == []
    assert raised(site.wait(1))


def test_it_never_fires_on_an_old_number() -> None:
    site = drive(Occupancy(Side.BELOW, 0, for_s=5))
    assert site.people(0) == []
    assert site.wait(60) == []
    assert site.explain()[0].block == Block.NO_DATA
    assert site.explain()[0].value is None


def test_a_late_picture_of_a_fast_camera_is_no_gap() -> None:
    site = drive()
    fast = CountFact(CameraId(1), 35, 0.2)
    found = []
    for wait_s in (0.2, 1.9, 0.2, 1.5) * 3:
        site.take(fast)
        found += site.wait(wait_s, step_s=wait_s)
    assert raised(found)
    assert site.wait(0.6, step_s=0.6) == []
    assert site.explain()[0].value is None


def test_a_longer_interval_keeps_a_number_longer() -> None:
    site = drive(Occupancy(Side.BELOW, 0, for_s=15))
    site.take(CountFact(CameraId(1), 0, 10.0))
    assert raised(site.wait(20))


def test_it_is_over_once_it_has_come_back_by_the_hysteresis() -> None:
    site = drive()
    site.stay(30, 11)
    assert site.stay(28, 5) == []
    signal = returned(site.people(27))[0]
    assert (signal.subjects, signal.is_over, signal.why) == ((ONE,), True, "")


def test_below_is_over_above_the_threshold_by_the_hysteresis() -> None:
    site = drive(Occupancy(Side.BELOW, 5, hysteresis=2))
    assert raised(site.people(5))
    assert site.people(6) == []
    assert returned(site.people(7))


def test_a_hysteresis_wider_than_the_threshold_is_over_when_nobody_is_there() -> None:
    site = drive(Occupancy(Side.ABOVE, 1, hysteresis=5))
    assert raised(site.people(1))
    assert returned(site.people(0))


def test_what_is_open_stays_open_while_nothing_is_known() -> None:
    site = drive()
    site.stay(30, 11)
    assert site.wait(600) == []
    assert returned(site.people(0))


def test_a_higher_number_makes_an_open_alert_critical_once() -> None:
    site = drive(Occupancy(Side.ABOVE, 30, critical_at=40))
    site.people(30)
    site.wait(1)
    worse = raised(site.people(41))[0]
    assert (worse.is_new, worse.is_worse, worse.severity) == (False, True, Severity.CRITICAL)
    assert site.people(50) == []
    assert site.people(31) == []
    assert site.people(45) == []


def test_it_can_begin_critical() -> None:
    site = drive(Occupancy(Side.BELOW, 5, critical_at=1))
    signal = raised(site.people(1))[0]
    assert (signal.severity, signal.is_worse) == (Severity.CRITICAL, False)


def test_zones_are_watched_by_themselves() -> None:
    place = PlaceRef(CameraId(1), "Queue")
    chosen = Scope(places=frozenset({place}))
    site = Drive([rule(Occupancy(Side.ABOVE, 5), chosen)], [camera(1, "Queue", "Hall")])
    assert site.people(50, zones={"Queue": 4, "Hall": 46}) == []
    signal = raised(site.people(50, zones={"Queue": 5, "Hall": 45}))[0]
    assert (signal.parts[0].subject, signal.parts[0].name) == (
        Subject.of_place(place),
        "Camera 1: Queue",
    )


def test_the_known_cameras_are_enough_to_say_that_many_are_there() -> None:
    site = drive(Occupancy(Side.ABOVE, 30), cameras=3, is_together=True)
    assert site.people(20) == []
    signal = raised(site.people(10, of=2))[0]
    assert (signal.parts[0].subject, signal.value) == (TOGETHER, 30)
    assert signal.coverage == pytest.approx(2 / 3)


def test_all_cameras_must_be_known_to_say_that_few_are_there() -> None:
    site = drive(Occupancy(Side.BELOW, 3), cameras=3, is_together=True)
    assert site.people(1) == []
    assert site.people(1, of=2) == []
    signal = raised(site.people(1, of=3))[0]
    assert (signal.value, signal.coverage) == (3, 1.0)


def test_many_cameras_together_are_over_only_when_all_are_known() -> None:
    site = drive(Occupancy(Side.ABOVE, 30), cameras=2, is_together=True)
    site.people(20)
    assert raised(site.people(20, of=2))
    site.wait(5)
    assert site.people(0) == []
    assert returned(site.people(0, of=2))


def test_a_sum_of_very_many_cameras_is_added_up_in_time() -> None:
    site = drive(Occupancy(Side.ABOVE, 40), cameras=40, is_together=True)
    for number in range(1, 41):
        site.people(1, of=number)
    assert raised([signal for _, signal in site.signals] + site.wait(1))


def test_a_rule_that_is_off_raises_nothing_and_tells_why() -> None:
    week = (0, 0, 0, WHOLE_DAY, 0, 0, 0)  # Thursdays only; the drive begins on a Wednesday noon
    one = replace(rule(Occupancy(Side.ABOVE, 30)), schedule=Schedule(week))
    site = Drive([one], [camera(1)])
    assert site.stay(35, 5) == []
    assert site.explain()[0].block == Block.NOT_SCHEDULED
    site.set_clock(12 * 3600)
    assert raised(site.people(35))
    site.set_clock(-12 * 3600)
    assert returned(site.people(0))


def test_it_is_unusual_only_against_enough_weeks() -> None:
    site = drive(Unusual(for_s=0, spreads=4, least_weeks=3))
    hour = 2 * 24 + 12
    assert site.people(100) == []
    assert site.explain()[0].block == Block.TOO_LITTLE_HISTORY
    site.engine.set_usual({(ONE.key, hour): Usual(10, 2, 2)})
    assert site.people(100) == []
    site.engine.set_usual({(ONE.key, hour): Usual(10, 2, 3)})
    assert site.people(17) == []
    signal = raised(site.people(18))[0]
    assert (signal.value, signal.threshold) == (18, 18)
    told = site.explain()[0]
    assert (told.usual, told.back_at) == (Usual(10, 2, 3), 17)
    assert returned(site.people(17))


def test_what_never_varies_is_not_unusual_for_one_person_more() -> None:
    site = drive(Unusual(for_s=0, spreads=4, least_weeks=3))
    site.engine.set_usual({(ONE.key, 60): Usual(0, 0, 10)})
    assert site.people(3) == []
    assert raised(site.people(4))


def test_it_explains_each_camera() -> None:
    site = drive(cameras=2)
    site.stay(30, 4)
    first, second = site.explain()
    assert (first.value, first.threshold, first.back_at) == (30, 30, 27)
    assert (first.held_s, first.needed_s, first.block) == (4, 10, Block.NOT_LONG_ENOUGH)
    assert (second.value, second.coverage, second.block) == (None, 0.0, Block.NO_DATA)
    site.people(28)
    assert site.explain()[0].block == Block.WITHIN_HYSTERESIS
    site.people(3)
    assert site.explain()[0].block == Block.NOT_OVER_THRESHOLD
    with pytest.raises(KeyError):
        site.explain("nobody's")
