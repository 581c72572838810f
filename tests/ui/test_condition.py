from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from camwatch.domain import CameraId, CameraState, Passed, PlaceId, Reason
from camwatch.events import Passing, PollFailed, ZoneCount
from camwatch.scene import Line, Mode, Scene, SceneRecord, Zone
from camwatch.ui import words
from camwatch.ui.live.condition import CameraCondition
from tests.ui.live_edges import NOON, camera, counted, in_state


def test_a_count_from_before_an_outage_does_not_come_back() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.OK))
    known.take_count(counted(12))
    known.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    known.take_state(in_state(CameraState.OK))

    assert known.known_count(NOON) is None


def test_a_count_that_arrives_late_does_not_make_an_offline_camera_known() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    known.take_count(counted(12))
    known.take_state(in_state(CameraState.OK))

    assert known.known_count(NOON) is None
    assert known.count_text(NOON) == words.NOT_COUNTED_YET


def test_nobody_in_view_is_a_nought_and_not_unknown() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.OK))
    known.take_count(counted(0))

    assert known.count_text(NOON) == "0"


def test_a_camera_that_is_switched_off_says_so_before_anybody_told() -> None:
    known = CameraCondition(camera(is_enabled=False))

    assert known.state_word == "Switched off"
    assert known.count_text(NOON) == "?"
    assert known.reason_words == "Switched off in its settings"


def test_a_missing_password_is_told_as_such() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.AUTH_FAILED, Reason.PASSWORD_MISSING))
    assert known.state_word == "Password missing"

    known.take_state(in_state(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED))
    assert known.state_word == "Sign-in refused"


@pytest.mark.parametrize(
    ("wait_s", "said"), [(8.0, "Retry in 8 s"), (90.0, "Retry in 1 min"), (-3.0, "Trying now")]
)
def test_the_next_try_is_told(wait_s: float, said: str) -> None:
    known = CameraCondition(camera())
    retry_at = NOON + timedelta(seconds=wait_s)
    known.take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT, retry_at=retry_at))

    assert known.retry(NOON) == said


def test_a_slow_camera_is_still_counted() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.SLOW))
    known.take_count(counted(4))

    assert known.count_text(NOON) == "4"
    assert known.retry(NOON) == ""


@pytest.mark.parametrize("interval_s", [0.2, 1.0, 60.0])
def test_a_count_is_unknown_after_ten_seconds_or_four_intervals(interval_s: float) -> None:
    known = CameraCondition(camera(interval_s=interval_s))
    known.take_state(in_state(CameraState.OK))
    known.take_count(counted(4))
    limit_s = max(10.0, 4 * interval_s)

    assert known.known_count(NOON + timedelta(seconds=limit_s)) == 4
    assert known.known_count(NOON + timedelta(seconds=limit_s + 0.1)) is None


def test_a_further_failure_brings_the_time_of_the_next_try() -> None:
    known = CameraCondition(camera(1))
    known.take_state(in_state(CameraState.OFFLINE, Reason.REFUSED))
    assert known.retry(NOON) == ""
    later = NOON + timedelta(seconds=8)
    known.take_failure(PollFailed(NOON, CameraId(1), Reason.REFUSED, "", later))
    assert known.retry(NOON) == "Retry in 8 s"
    early = NOON - timedelta(seconds=1)
    known.take_failure(PollFailed(early, CameraId(1), Reason.REFUSED, "", None))
    assert known.retry(NOON) == "Retry in 8 s", "what came before the state says nothing of it"


DOOR = Line("Door", (0.5, 0), (0.5, 1))
QUEUE = Zone("Queue", ((0, 0), (1, 0), (1, 1)))
IDS = {"Door": PlaceId(1), "Queue": PlaceId(2)}


def drawn() -> CameraCondition:
    record = SceneRecord(CameraId(1), Scene(lines=(DOOR,), zones=(QUEUE,)), IDS)
    known = CameraCondition(camera(), record=record)
    known.take_state(in_state(CameraState.OK))
    return known


def test_lines_and_zones_are_unknown_until_something_is_known() -> None:
    assert drawn().readings(NOON) == {"Door": "in ? out ?", "Queue": "?"}
    assert drawn().explained(NOON) == [
        "Door: nobody could be counted today",
        "Queue: not known now",
    ]
    assert CameraCondition(camera()).readings(NOON) == {}
    assert CameraCondition(camera()).explained(NOON) == []


def test_lines_show_who_passed_today_and_zones_who_is_there() -> None:
    known = drawn()
    known.take_count(replace(counted(3), zones=(ZoneCount(IDS["Queue"], "Queue", 2),)))
    known.passed = {IDS["Door"]: Passed(1214, 7, 1.0)}
    assert known.readings(NOON) == {"Door": "in 1\u202f214 out 7", "Queue": "2"}
    # Half of the day is missing: the number must not pass for the whole.
    known.passed = {IDS["Door"]: Passed(12, 7, 0.5)}
    assert known.readings(NOON)["Door"] == "in 12 out 7 (50 %)"
    assert known.explained(NOON) == [
        "Door: in 12 out 7 today, counted 50 % of the time",
        "Queue: 2 people in it now",
    ]
    later = NOON + timedelta(seconds=60)
    assert known.readings(later)["Queue"] == "?"
    known.passed = {IDS["Door"]: Passed(12, 7, 1.0, since=NOON)}
    assert known.readings(NOON)["Door"] == "in 12 out 7 since 12:00"
    assert "Door: in 12 out 7 since it was drawn at 12:00" in known.explained(NOON)


def test_people_of_a_zone_that_was_moved_are_not_known() -> None:
    known = drawn()
    known.take_count(replace(counted(3), zones=(ZoneCount(PlaceId(9), "Queue", 2),)))
    assert known.readings(NOON)["Queue"] == "?"


def test_a_clock_that_was_put_back_makes_no_old_count_new() -> None:
    known = drawn()
    known.take_count(counted(5))
    assert known.known_count(NOON - timedelta(seconds=1)) == 5
    assert known.known_count(NOON - timedelta(hours=1)) is None
    assert not known.is_count_new(NOON - timedelta(hours=1))


def test_the_shown_number_is_the_steady_one() -> None:
    known = drawn()
    known.take_count(replace(counted(5), shown=4, is_carried=True))
    assert known.known_count(NOON) == 4
    assert known.count_text(NOON) == "4"
    assert known.is_still(NOON)
    assert not known.is_still(NOON + timedelta(seconds=60))


def test_it_says_when_in_and_out_cannot_be_right() -> None:
    known = drawn()
    assert known.mode_word(NOON) == ""
    known.take_count(replace(counted(1), passing=Passing(Mode.IN_OUT, None, (IDS["Door"],))))
    assert known.mode_word(NOON) == ""
    known.take_count(replace(counted(1), passing=Passing(Mode.OCCUPANCY, "too few pictures")))
    assert known.mode_word(NOON) == "Only people in view"
    known.take_count(replace(counted(1), passing=Passing(Mode.TOO_SLOW, "far too few pictures")))
    assert known.mode_word(NOON) == "Too slow to count"


@pytest.mark.fault("F60")
def test_a_camera_that_is_asked_less_often_is_not_taken_for_old() -> None:
    known = CameraCondition(camera())
    known.take_state(in_state(CameraState.SLOW, Reason.BUSY))
    known.take_count(replace(counted(4), interval_s=8.0))
    assert known.interval_s == 8.0
    assert known.is_count_new(NOON + timedelta(seconds=12))
    assert known.known_count(NOON + timedelta(seconds=30)) == 4
    assert known.known_count(NOON + timedelta(seconds=40)) is None
