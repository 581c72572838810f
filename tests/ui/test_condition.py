from __future__ import annotations

from datetime import timedelta

import pytest

from camwatch.domain import CameraId, CameraState, Reason
from camwatch.events import PollFailed
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
