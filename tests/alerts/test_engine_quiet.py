"""What keeps rules from crying wolf: cool-down, flood limit; and edits and restarts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from camwatch.alerts.alert import AlertState, Deed
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    Occupancy,
    Scope,
    Severity,
    Side,
)
from camwatch.alerts.schedule import Schedule
from camwatch.alerts.signals import Block
from camwatch.domain import CameraId
from tests.alerts.driving import Drive, camera, raised, returned, rule

CROWD = Occupancy(Side.ABOVE, 30)


def crowd(cool_down_s: float = 600, *, cameras: int = 1, tells: bool = True) -> Drive:
    return Drive(
        [rule(CROWD, cool_down_s=cool_down_s)],
        [camera(number + 1) for number in range(cameras)],
        tells=tells,
    )


def flap(site: Drive, times: int = 1) -> None:
    for _ in range(times):
        site.people(30)
        site.wait(1)
        site.people(0)
        site.wait(1)


@pytest.mark.fault("F104")
def test_a_number_that_flaps_is_told_once_in_each_cool_down() -> None:
    site = crowd(cool_down_s=120)
    flap(site, times=600)
    assert len(site.told) == len(site.alerts) == 10
    assert all(after - before >= 120 for (before, _), (after, _) in pairwise(site.told))
    assert sum(alert.times for alert in site.alerts.values()) == 600


def test_the_cool_down_begins_when_the_alert_is_delivered() -> None:
    site = crowd(tells=False)
    flap(site)
    site.wait(3600)
    flap(site)
    assert len(site.alerts) == 1
    site.tell("alert 1")
    site.wait(590)
    flap(site)
    assert len(site.alerts) == 1
    site.wait(10)
    flap(site)
    assert len(site.alerts) == 2


def test_an_alert_that_nobody_could_be_told_of_is_joined_for_a_day() -> None:
    site = crowd(tells=False)
    flap(site)
    site.wait(24 * 3600, step_s=20)
    flap(site)
    assert len(site.alerts) == 2


def test_without_a_cool_down_each_time_is_an_alert() -> None:
    site = crowd(cool_down_s=0)
    flap(site, times=3)
    assert len(site.alerts) == 3


def test_a_higher_severity_breaks_through_the_cool_down() -> None:
    site = Drive([rule(replace(CROWD, critical_at=50))], [camera(1)])
    flap(site)
    signal = raised(site.people(50))[0]
    assert (signal.is_new, signal.is_worse) == (False, True)
    assert len(site.told) == 2


def test_what_came_back_within_the_cool_down_and_holds_is_told_when_it_is_over() -> None:
    site = crowd(cool_down_s=100)
    flap(site)
    site.acknowledge("alert 1")
    site.stay(30, 80)
    told = site.explain()[0]
    assert (told.is_raised, told.block) == (True, Block.COOL_DOWN)
    assert told.cool_down_left_s == pytest.approx(18)
    assert site.alerts["alert 1"].state is AlertState.UNACKNOWLEDGED
    assert len(site.told) == 1
    site.stay(30, 18)
    assert len(site.told) == 2
    site.stay(30, 300)
    assert len(site.told) == 2
    assert site.explain()[0].block == ""


def test_what_came_back_is_not_told_again_while_nothing_is_known_of_it() -> None:
    site = crowd(cool_down_s=100)
    flap(site)
    site.people(30)
    assert site.wait(300) == []
    assert len(site.told) == 1
    site.people(30)
    site.wait(1)
    assert len(site.told) == 2


def test_what_came_back_and_was_told_as_critical_is_not_told_again() -> None:
    site = Drive([rule(replace(CROWD, critical_at=50), cool_down_s=100)], [camera(1)])
    flap(site)
    site.people(30)
    site.people(50)
    assert len(site.told) == 2
    site.stay(50, 300)
    assert len(site.told) == 2


def test_who_has_seen_what_came_back_is_not_told_again() -> None:
    site = crowd(cool_down_s=100)
    flap(site)
    site.people(30)
    site.acknowledge("alert 1")
    site.stay(30, 200)
    assert len(site.told) == 1
    assert [entry.deed for _, entry in site.entries][-1] is Deed.ACKNOWLEDGED


def test_what_is_to_be_told_again_and_was_not_yet_takes_up_what_comes_back() -> None:
    site = crowd(cool_down_s=100, tells=False)
    site.people(30)
    site.deliver()
    site.people(0)
    site.people(30)
    site.stay(30, 100)
    assert list(site.wanted) == ["alert 1"]
    flap(site)
    flap(site)
    assert list(site.alerts) == ["alert 1"]


def test_each_camera_has_a_cool_down_of_its_own() -> None:
    site = crowd(cameras=2)
    site.people(30, of=1)
    assert raised(site.people(30, of=2))[0].is_new


def test_a_rule_opens_so_many_alerts_in_a_minute_and_the_others_join() -> None:
    site = crowd(cameras=100)
    for number in range(1, 101):
        site.people(30, of=number)
        site.wait(0.5, step_s=0.5)
    assert len(site.alerts) == 20
    assert len(site.alerts["alert 20"].parts) == 81
    assert len(site.told) == 20
    site.wait(600)
    site.people(30, of=50)  # one of those that joined
    site.wait(1)
    assert [uid for _, uid in site.told[20:]] == ["alert 20"]
    site.people(0, of=100)
    site.wait(600)
    assert raised(site.people(30, of=100))[0].is_new


def test_an_alert_that_many_joined_is_over_with_the_last_of_them() -> None:
    site = crowd(cameras=22)
    for number in range(1, 23):
        site.people(30, of=number)
    for number in (20, 21):
        assert not returned(site.people(0, of=number))[0].is_over
    assert returned(site.people(0, of=22))[0].is_over


# ------------------------------------------------------------------------ edits


def test_a_rule_that_is_edited_keeps_its_alerts() -> None:
    site = crowd()
    site.people(30)
    assert site.set_rules(replace(site.rules["r"], name="Other", version=2)) == []
    assert site.people(40) == []
    assert returned(site.people(0))


def test_another_threshold_ends_what_does_not_hold_any_more() -> None:
    site = crowd()
    site.people(30)
    edited = replace(site.rules["r"], condition=replace(CROWD, threshold=40))
    assert returned(site.set_rules(edited))[0].is_over


def test_another_threshold_begins_the_time_anew() -> None:
    site = Drive([rule(replace(CROWD, for_s=10))], [camera(1)])
    site.stay(30, 8)
    site.set_rules(replace(site.rules["r"], condition=replace(CROWD, threshold=20, for_s=10)))
    assert site.stay(30, 9) == []
    assert raised(site.stay(30, 1))


def test_a_rule_of_another_kind_begins_without_alerts() -> None:
    site = crowd()
    site.people(30)
    edited = replace(site.rules["r"], condition=CameraCondition(CameraTrouble.DOWN))
    assert returned(site.set_rules(edited))[0].why == "rule changed"


@pytest.mark.parametrize(
    ("is_removed", "why"), [(True, "rule removed"), (False, "rule switched off")]
)
def test_what_a_rule_raised_returns_with_it(*, is_removed: bool, why: str) -> None:
    site = crowd()
    site.people(30)
    other = rule(CROWD, Scope(cameras=frozenset({CameraId(9)})), uid="other")
    off = replace(site.rules["r"], is_enabled=False)
    site.rules = {"other": other} if is_removed else {"r": off}
    signal = returned(site.set_rules())[0]
    assert (signal.why, signal.is_over) == (why, True)
    if not is_removed:
        assert site.explain()[0].block == Block.SWITCHED_OFF


def test_what_leaves_the_scope_returns() -> None:
    site = crowd(cameras=2)
    site.people(30, of=1)
    site.people(30, of=2)
    scope = Scope(cameras=frozenset({CameraId(2)}))
    signal = returned(site.set_rules(replace(site.rules["r"], scope=scope)))[0]
    assert (signal.alert_uid, signal.why) == ("alert 1", "rule changed")


def test_what_is_open_returns_while_the_rule_is_off() -> None:
    site = crowd()
    site.people(30)
    site.set_rules(replace(site.rules["r"], schedule=Schedule((0,) * 7)))
    assert returned(site.people(0))
    assert site.people(30) == []


def test_nothing_becomes_critical_while_the_rule_is_off() -> None:
    site = Drive([rule(replace(CROWD, critical_at=50))], [camera(1)])
    site.people(30)
    site.set_rules(replace(site.rules["r"], schedule=Schedule((0,) * 7)))
    assert site.people(50) == []
    site.set_rules(replace(site.rules["r"], schedule=Schedule()))
    assert site.alerts["alert 1"].severity is Severity.CRITICAL


# --------------------------------------------------------------------- restarts


def test_what_holds_after_a_restart_is_not_raised_anew() -> None:
    site = crowd()
    site.people(30)
    site.restart()
    assert site.wait(5) == []
    assert site.people(35) == []
    assert returned(site.people(0))[0].alert_uid == "alert 1"


def test_the_cool_down_goes_on_after_a_restart() -> None:
    site = crowd()
    flap(site)
    site.restart()
    site.wait(300)
    flap(site)
    assert len(site.alerts) == 1
    site.restart()
    site.wait(300)
    flap(site)
    assert len(site.alerts) == 2


def test_what_came_back_before_a_restart_is_told_after_the_cool_down() -> None:
    site = crowd()
    flap(site)
    site.people(30)
    site.restart()
    assert len(site.told) == 1
    site.stay(30, 600)
    assert len(site.told) == 2


def test_alerts_of_rules_and_cameras_that_are_gone_return_after_a_restart() -> None:
    site = crowd(cameras=2)
    site.people(30, of=1)
    site.people(30, of=2)
    site.cameras = [camera(2)]
    site.restart()
    assert [one.why for _, one in site.signals if one in returned([one])] == ["camera removed"]
    site.rules = {"other": rule(CROWD, uid="other")}
    site.restart()
    assert site.signals[-1][1].alert_uid == "alert 2"
    assert not [one for one in site.open if one.state is AlertState.UNACKNOWLEDGED]


def test_rules_and_cameras_may_be_set_before_what_was_open_is_known() -> None:
    site = crowd()
    site.people(30)
    stored = list(site.alerts.values())
    fresh = crowd()
    fresh.alerts = dict(site.alerts)
    fresh.engine.restore(stored, {}, fresh.now)
    assert fresh.people(30) == []
    assert returned(fresh.people(0))[0].alert_uid == "alert 1"


def test_the_engine_forgets_what_nothing_can_join_any_more() -> None:
    site = crowd(cool_down_s=60)
    for _ in range(5):
        flap(site)
        site.wait(300)
    book = site.engine._standings["r"].book  # type: ignore[index]
    assert book.alerts == {}
    assert book._last == {}
