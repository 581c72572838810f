"""Rules about cameras and the program: what is trouble, and what belongs together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest

from camwatch.alerts.alert import AlertState, Subject
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    ProgramCondition,
    ProgramTrouble,
    Severity,
)
from camwatch.alerts.schedule import WHOLE_DAY, Schedule
from camwatch.alerts.signals import Block, CauseFact, ClockFact, CountFact, ProgramFact, Signal
from camwatch.domain import CameraId, CameraState, Notice, Reason
from tests.alerts.driving import Drive, camera, raised, returned, rule

DOWN = CameraCondition(CameraTrouble.DOWN, after_s=60)
NETWORK = "network 10.0.3.0/24"


def down(cameras: int = 1, after_s: float = 60) -> Drive:
    condition = CameraCondition(CameraTrouble.DOWN, after_s)
    return Drive([rule(condition)], [camera(number + 1) for number in range(cameras)])


def covers(*numbers: int, key: str = "1", words: str = NETWORK) -> CauseFact:
    return CauseFact(key, tuple(CameraId(one) for one in numbers), words)


def named(signals: Iterable[Signal]) -> list[list[str]]:
    return [[part.name for part in one.parts] for one in raised(signals)]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CameraState.OFFLINE, Reason.TIMEOUT),
        (CameraState.BAD_DATA, Reason.TRUNCATED),
        (CameraState.AUTH_FAILED, Reason.UNAUTHORIZED),
        (CameraState.TLS_CHANGED, Reason.CERTIFICATE_CHANGED),
        (CameraState.BLOCKED, Reason.ADDRESS),
        (CameraState.STALE, Reason.STALLED),
    ],
)
def test_a_camera_without_a_picture_is_down(state: CameraState, reason: Reason) -> None:
    site = down()
    site.well()
    assert site.state(state, reason) == []
    assert site.wait(59) == []
    signal = raised(site.wait(1))[0]
    assert (signal.parts[0].reason, signal.common) == (reason.value, "")
    assert returned(site.well())


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CameraState.OK, Reason.NONE),
        (CameraState.SLOW, Reason.OVERLOADED),
        (CameraState.STALE, Reason.FROZEN),
        (CameraState.CONNECTING, Reason.STARTING),
        (CameraState.OFFLINE, Reason.ASLEEP),
        (CameraState.DISABLED, Reason.SWITCHED_OFF),
    ],
)
def test_other_cameras_are_not(state: CameraState, reason: Reason) -> None:
    site = down()
    assert site.state(state, reason) == []
    assert site.wait(120) == []


def test_a_camera_that_is_called_again_is_still_down() -> None:
    site = down()
    site.offline()
    site.wait(60)
    assert site.state(CameraState.CONNECTING, Reason.STARTING) == []
    assert site.wait(10) == []
    assert site.offline() == []
    assert returned(site.well())


def test_being_left_alone_is_no_reason_of_its_own() -> None:
    site = down()
    site.offline(reason=Reason.REFUSED)
    site.offline(reason=Reason.CIRCUIT_OPEN)
    assert raised(site.wait(60))[0].parts[0].reason == "refused"


def test_fifty_cameras_behind_one_switch_are_one_alert_that_names_it() -> None:
    site = down(cameras=50)
    for number in range(1, 51):
        site.offline(of=number)
        site.wait(0.05)
    site.take(covers(*range(1, 51)))
    found = site.wait(70)
    first, *others = raised(found)
    assert (first.is_new, first.common) == (True, NETWORK)
    assert not any(one.is_new for one in others)
    alert = site.open[0]
    assert (len(site.open), len(alert.parts), alert.common) == (1, 50, NETWORK)


def test_troubles_that_begin_together_are_one_alert_without_a_cause() -> None:
    site = down(cameras=3, after_s=0)
    site.offline(of=1)
    site.wait(5)
    site.offline(of=2)
    site.wait(1)
    site.offline(of=3)
    assert [one.is_new for one in raised(signal for _, signal in site.signals)] == [
        True,
        False,
        True,
    ]


def test_a_cause_that_is_found_later_is_named_and_joined() -> None:
    site = down(cameras=4, after_s=0)
    site.offline(of=1)
    site.offline(of=2)
    signal = raised(site.take(covers(1, 2)))[0]
    assert (signal.is_new, signal.parts, signal.common) == (False, (), NETWORK)
    assert site.take(covers(1, 2, 3)) == []
    site.wait(300)
    late = raised(site.offline(of=3))[0]
    assert (late.is_new, late.alert_uid) == (False, signal.alert_uid)
    assert raised(site.offline(of=4))[0].is_new
    site.take(covers())
    assert site.open[0].common == NETWORK


def test_a_camera_elsewhere_does_not_join_what_has_a_cause() -> None:
    site = down(cameras=3, after_s=0)
    site.take(covers(1, 2))
    site.offline(of=1)
    site.wait(1)
    assert raised(site.offline(of=3))[0].is_new
    assert not raised(site.offline(of=2))[0].is_new
    assert [len(alert.parts) for alert in site.open] == [2, 1]


def test_a_wider_cause_changes_what_is_named() -> None:
    site = down(cameras=2, after_s=0)
    site.take(covers(1, 2))
    site.offline(of=1)
    signal = raised(site.take(covers(1, 2, words="network 10.0.0.0/16")))[0]
    assert signal.common == "network 10.0.0.0/16"


def test_a_cause_does_not_take_over_an_older_alert() -> None:
    site = down(cameras=3, after_s=0)
    site.offline(of=1)
    site.wait(3600)
    assert site.take(covers(1, 2, 3)) == []
    assert raised(site.offline(of=2))[0].is_new
    assert not raised(site.offline(of=3))[0].is_new


def test_this_computers_network_is_one_alert_and_sleep_is_none() -> None:
    site = down(cameras=30)
    for number in range(1, 31):
        site.well(of=number)
        site.offline(of=number, reason=Reason.HOST_OFFLINE)
        site.wait(1)
    found = site.wait(60)
    assert [one.common for one in raised(found) if one.is_new] == ["the network of this computer"]
    assert len(site.open) == 1
    for number in range(1, 31):
        site.state(CameraState.OFFLINE, Reason.ASLEEP, of=number)
    assert site.wait(60) == []


def test_a_camera_that_stays_away_when_the_network_is_back_is_down_by_itself() -> None:
    site = down(cameras=2)
    for number in (1, 2):
        site.offline(of=number, reason=Reason.HOST_OFFLINE)
    site.wait(60)
    site.well(of=2)
    assert returned(site.offline(of=1))[0].is_over
    signal = raised(site.wait(60))[0]
    assert (signal.is_new, signal.common, signal.parts[0].reason) == (True, "", "timeout")


def test_the_next_time_that_the_network_is_away_is_another_alert() -> None:
    site = down(after_s=0)
    for _ in range(2):
        site.offline(reason=Reason.HOST_OFFLINE)
        site.well()
        site.wait(3600)
    assert len(site.alerts) == 2


def test_a_locked_keyring_is_one_alert() -> None:
    site = down(cameras=3)
    for number in (1, 2, 3):
        site.state(CameraState.CONNECTING, Reason.PASSWORD_LOCKED, of=number)
    signal = raised(site.wait(60))[0]
    assert (len(signal.parts), signal.common) == (3, "the keyring of this computer")


def test_a_frozen_picture_is_frozen_until_it_moves() -> None:
    site = Drive([rule(CameraCondition(CameraTrouble.FROZEN, 5))], [camera(1)])
    site.state(CameraState.STALE, Reason.FROZEN)
    assert raised(site.wait(5))
    assert site.offline() == []
    assert returned(site.well())


def test_a_blind_camera_is_blind_until_it_sees() -> None:
    site = Drive([rule(CameraCondition(CameraTrouble.BLIND, 5))], [camera(1)])
    site.well()
    assert site.notices(Notice.RESHAPED, Notice.DAMAGED) == []
    assert site.wait(10) == []
    site.notices(Notice.DEFOCUSED, Notice.COVERED)
    assert raised(site.wait(5))[0].parts[0].reason == "covered"
    site.offline()
    assert site.notices() == []
    assert returned(site.well())


def test_a_camera_can_be_too_slow_for_its_lines() -> None:
    site = Drive([rule(CameraCondition(CameraTrouble.TOO_SLOW, 2))], [camera(1)])
    found = []
    for is_too_slow in (True, True, True, False):
        found += site.take(CountFact(CameraId(1), 3, 1.0, is_too_slow=is_too_slow))
        found += site.wait(1)
    assert [type(one).__name__ for one in found] == ["Raised", "Returned"]


def test_a_camera_that_is_switched_off_or_removed_returns() -> None:
    site = down(cameras=2, after_s=0)
    site.offline(of=1)
    site.offline(of=2)
    off = returned(site.set_cameras(camera(1, is_enabled=False), camera(2)))[0]
    assert (off.why, off.is_over) == ("camera switched off", False)
    gone = returned(site.set_cameras(camera(1, is_enabled=False)))[0]
    assert (gone.why, gone.is_over) == ("camera removed", True)


def test_a_sleeping_computer_does_not_make_a_short_outage_long() -> None:
    site = down()
    site.offline()
    site.wait(5)
    assert site.wait(8 * 3600, step_s=8 * 3600) == []
    assert site.wait(59) == []
    assert raised(site.wait(1))


def test_a_new_rule_sees_what_is_wrong_already() -> None:
    site = down()
    site.offline()
    site.wait(60)
    site.set_rules(*site.rules.values(), rule(DOWN, uid="later"))
    assert [one.rule_uid for one in raised(site.wait(60))] == ["later"]


def test_the_state_of_a_camera_may_come_before_the_camera() -> None:
    site = down()
    site.offline(of=7)
    site.set_cameras(camera(1), camera(7))
    assert named(site.wait(60)) == [["Camera 7"]]


# ------------------------------------------------------------------ the program


def test_parts_of_the_program_are_told_apart() -> None:
    condition = ProgramCondition(ProgramTrouble.DELIVERY, after_s=10)
    site = Drive([rule(condition, severity=Severity.CRITICAL)])
    site.take(ProgramFact(ProgramTrouble.DELIVERY, True, "c1", "Office mail", "refused"))
    site.take(ProgramFact(ProgramTrouble.DELIVERY, True, "c2", "Hook", "HTTP 500"))
    site.take(ProgramFact(ProgramTrouble.DELIVERY, False, "c2", "Hook"))
    site.take(ProgramFact(ProgramTrouble.STORAGE, True, "", "", "disk full"))
    signal = raised(site.wait(60))[0]
    part = signal.parts[0]
    assert (part.subject.part, part.name, part.reason) == ("c1", "Office mail", "refused")
    assert len(site.alerts) == 1
    well = site.take(ProgramFact(ProgramTrouble.DELIVERY, False, "c1", "Office mail"))
    assert returned(well)[0].is_over


def test_a_rule_about_the_program_is_explained_while_all_is_well() -> None:
    site = Drive([rule(ProgramCondition(ProgramTrouble.DISK))])
    told = site.explain()[0]
    assert (told.subject.part, told.block) == ("disk", Block.NOT_OVER_THRESHOLD)


def test_what_is_over_at_once_is_raised_and_returns() -> None:
    site = Drive([rule(ProgramCondition(ProgramTrouble.CLOCK, after_s=60))])
    assert site.take(ClockFact(-3900)) == []
    happened = ProgramFact(ProgramTrouble.CLOCK, True, reason="it was set", is_momentary=True)
    first, second = site.take(happened)
    assert raised([first])[0].parts[0].reason == "it was set"
    assert returned([second])[0].is_over
    assert site.open[0].state is AlertState.RETURNED
    again, _ = site.take(happened)
    assert not raised([again])[0].is_new
    assert site.open[0].times == 2


def test_a_clock_that_was_set_into_a_schedule_lets_it_begin_at_once() -> None:
    week = (0, 0, 0, WHOLE_DAY, 0, 0, 0)  # Thursdays only; the drive begins on a Wednesday noon
    site = Drive([replace(rule(DOWN), schedule=Schedule(week))], [camera(1)])
    site.offline()
    assert site.wait(120) == []
    site.set_clock(12 * 3600)
    assert raised(site.take(ClockFact(12 * 3600)))


def test_trouble_of_the_program_goes_on_after_a_restart() -> None:
    site = Drive([rule(ProgramCondition(ProgramTrouble.STORAGE))])
    troubled = ProgramFact(ProgramTrouble.STORAGE, True, reason="disk full")
    assert raised(site.take(troubled))
    site.restart()
    assert site.wait(5) == []
    assert site.take(troubled) == []
    site.restart()
    signal = returned(site.take(ProgramFact(ProgramTrouble.STORAGE, False)))[0]
    assert signal.subjects == (Subject.of_program("storage"),)


def test_what_happens_goes_in_time_order() -> None:
    site = down(cameras=30, after_s=0)
    for number in range(1, 31):
        site.offline(of=number)
        site.wait(6)
    assert all(before <= after for (before, _), (after, _) in pairwise(site.signals))
    assert len(site.alerts) == 30
