"""A camera's state follows its polls, changes once a change, and says when it is asked again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.cameras.health import CameraHealth, state_for
from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Reason
from camwatch.errors import CameraError

START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
LIMITS = CameraPolicy()


class Camera:
    """A camera's health, with a clock that a test turns on."""

    def __init__(self, limits: CameraPolicy = LIMITS) -> None:
        self.now_s = 1000.0
        self.health = CameraHealth(limits, random.Random(7), self.now_s, START)
        self.states: list[tuple[CameraState, Reason]] = []
        self.pictures = 0

    @property
    def at(self) -> datetime:
        return START + timedelta(seconds=self.now_s - 1000.0)

    @property
    def wait_s(self) -> float:
        return self.health.not_before_s - self.now_s

    def state(self) -> CameraState:
        return self.health.state

    def is_suspect(self) -> bool:
        return self.health.is_suspect

    def later(self, seconds: float = 1.0) -> Camera:
        self.now_s += seconds
        return self

    def good(self, data: bytes | None = None) -> None:
        self.later()
        self.pictures += 1
        picture = str(self.pictures).encode() if data is None else data
        self._note(self.health.good_picture(picture, self.now_s, self.at))

    def bad(self, reason: Reason, times: int = 1, retry_after_s: float | None = None) -> None:
        for _ in range(times):
            self.later()
            error = CameraError(reason, f"about {reason}", retry_after_s=retry_after_s)
            self._note(self.health.failed(error, self.now_s, self.at))

    def _note(self, has_changed: bool) -> None:
        if has_changed:
            self.states.append((self.health.state, self.health.reason))


def test_a_camera_is_connecting_until_its_first_poll() -> None:
    health = Camera().health
    assert (health.state, health.reason) == (CameraState.CONNECTING, Reason.STARTING)
    assert health.since == START
    assert health.not_before_s == 1000.0


def test_one_good_picture_makes_it_ok_and_more_change_nothing() -> None:
    camera = Camera()
    for _ in range(5):
        camera.good()
    assert camera.states == [(CameraState.OK, Reason.NONE)]
    assert camera.health.since == START + timedelta(seconds=1)


@pytest.mark.fault("F01")
@pytest.mark.parametrize("is_first_start", [True, False])
def test_three_failed_polls_in_a_row_are_an_outage(is_first_start: bool) -> None:
    camera = Camera()
    if not is_first_start:
        camera.good()
        camera.states.clear()
    camera.bad(Reason.TIMEOUT, 2)
    assert camera.states == []
    camera.bad(Reason.REFUSED)
    assert camera.states == [(CameraState.OFFLINE, Reason.REFUSED)]
    assert camera.health.detail == "about refused"
    camera.bad(Reason.REFUSED, 20)
    assert len(camera.states) == 1


@pytest.mark.parametrize("last", [Reason.UNAUTHORIZED, Reason.FORBIDDEN, Reason.TIMEOUT])
def test_three_failures_are_an_outage_whatever_they_are(last: Reason) -> None:
    camera = Camera()
    camera.good()
    camera.bad(Reason.TIMEOUT)
    camera.bad(Reason.DNS)
    camera.bad(last)
    assert camera.states[-1] == (state_for(last), last)


def test_single_failures_between_good_polls_are_no_outage() -> None:
    camera = Camera()
    for _ in range(20):
        camera.good()
        camera.bad(Reason.TIMEOUT, 2)
    assert camera.states == [(CameraState.OK, Reason.NONE)]


@pytest.mark.parametrize("down", [Reason.TIMEOUT, Reason.CORRUPT, Reason.UNAUTHORIZED])
def test_one_good_picture_is_the_recovery(down: Reason) -> None:
    camera = Camera()
    camera.bad(down, 7)
    camera.good()
    assert camera.states[-1] == (CameraState.OK, Reason.NONE)
    assert len(camera.states) == 2
    assert camera.health.detail == ""
    assert camera.wait_s == 0.0
    camera.bad(Reason.TIMEOUT, 2)
    assert camera.state() is CameraState.OK


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (Reason.WEB_PAGE, CameraState.BAD_DATA),
        (Reason.TRUNCATED, CameraState.BAD_DATA),
        (Reason.PROTOCOL, CameraState.BAD_DATA),
        (Reason.ADDRESS, CameraState.BLOCKED),
        (Reason.REDIRECT, CameraState.BLOCKED),
        (Reason.PASSWORD_MISSING, CameraState.AUTH_FAILED),
        (Reason.PASSWORD_LOCKED, CameraState.CONNECTING),
        (Reason.BASIC_NOT_ALLOWED, CameraState.AUTH_FAILED),
    ],
)
def test_what_is_certain_is_told_at_once(reason: Reason, state: CameraState) -> None:
    camera = Camera()
    camera.good()
    camera.bad(reason)
    assert camera.states[-1] == (state, reason)


def test_every_failure_leads_to_a_state_that_is_not_live() -> None:
    own = {Reason.NONE, Reason.STARTING, Reason.SWITCHED_OFF, Reason.ELSEWHERE, Reason.FROZEN}
    states = {reason: state_for(reason) for reason in Reason if reason not in own}
    assert not any(state.is_live for state in states.values())
    offline = {reason for reason, state in states.items() if state is CameraState.OFFLINE}
    assert offline == {
        Reason.REFUSED,
        Reason.TIMEOUT,
        Reason.DNS,
        Reason.UNREACHABLE,
        Reason.DISCONNECTED,
        Reason.TLS,
        Reason.NOT_FOUND,
        Reason.BUSY,
        Reason.STALLED,
        Reason.READER_BROKE,
        Reason.OPEN_FILES,
        Reason.NO_DEVICE,
        Reason.DEVICE_BUSY,
        Reason.ENDED,
        Reason.HOST_OFFLINE,
        Reason.ASLEEP,
        Reason.SERVER_ERROR,
        Reason.HTTP_STATUS,
        Reason.OVERLOADED,
        Reason.CIRCUIT_OPEN,
    }


@pytest.mark.fault("F26")
def test_a_refused_password_is_tried_twice_and_then_once_in_ten_minutes() -> None:
    camera = Camera()
    camera.bad(Reason.UNAUTHORIZED)
    assert camera.states == []
    assert camera.wait_s == 0.0
    for _ in range(4):
        camera.bad(Reason.UNAUTHORIZED)
        assert camera.wait_s == 600.0
        camera.later(600)
    assert camera.states == [(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED)]


@pytest.mark.fault("F26")
def test_refusals_are_counted_across_other_failures() -> None:
    camera = Camera()
    camera.bad(Reason.UNAUTHORIZED)
    camera.bad(Reason.TIMEOUT)
    camera.bad(Reason.UNAUTHORIZED)
    assert camera.state() is CameraState.AUTH_FAILED
    assert camera.wait_s == 600.0


@pytest.mark.fault("F53")
def test_two_causes_in_turn_do_not_flap() -> None:
    camera = Camera()
    camera.good()
    camera.bad(Reason.TIMEOUT, 3)
    for _ in range(20):
        camera.bad(Reason.SHORT_BODY)
        camera.bad(Reason.TIMEOUT)
    camera.good()
    assert camera.states == [
        (CameraState.OK, Reason.NONE),
        (CameraState.OFFLINE, Reason.TIMEOUT),
        (CameraState.OK, Reason.NONE),
    ]


def test_another_cause_that_stays_is_shown() -> None:
    camera = Camera()
    camera.bad(Reason.TIMEOUT, 3)
    since = camera.health.since
    camera.bad(Reason.DNS, 2)
    assert camera.states[-1] == (CameraState.OFFLINE, Reason.DNS)
    assert camera.health.since == since  # offline all the while
    camera.bad(Reason.WEB_PAGE, 2)
    assert camera.states[-1] == (CameraState.BAD_DATA, Reason.WEB_PAGE)
    assert camera.health.since == camera.at


@pytest.mark.fault("F03")
def test_a_silent_camera_is_out_of_order_before_an_operator_has_waited_for_15_s() -> None:
    camera = Camera()
    camera.good()
    camera.later(4.0).bad(Reason.TIMEOUT)  # 5 s after the picture
    assert camera.health.state.is_live
    camera.later(4.0).bad(Reason.TIMEOUT)  # 10 s after it
    assert camera.state() is CameraState.OFFLINE


@pytest.mark.fault("F56")
def test_a_wait_that_a_good_picture_ended_does_not_come_back_after_a_lost_network() -> None:
    camera = Camera()
    camera.bad(Reason.UNAUTHORIZED, 2)
    camera.good()
    camera.health.paused(Reason.HOST_OFFLINE, camera.at)
    camera.health.go_on(camera.now_s)
    assert camera.wait_s == 0.0


def test_two_refusals_in_ten_seconds_are_no_outage_yet() -> None:
    camera = Camera()
    camera.good()
    camera.later(9.0).bad(Reason.REFUSED, 2)
    assert camera.health.state.is_live


@pytest.mark.fault("F01", "F55")
def test_the_wait_grows_until_the_circuit_breaker_opens_for_up_to_a_minute() -> None:
    waits = []
    for seed in range(20):
        camera = Camera()
        camera.health = CameraHealth(LIMITS, random.Random(seed), camera.now_s, START)
        for _ in range(5):
            camera.bad(Reason.TIMEOUT)
            waits.append(camera.wait_s)
    first, second, third, fourth, fifth = (waits[place::5] for place in range(5))
    assert set(first) == set(second) == {0.0}
    assert all(0.5 <= wait_s <= 1.0 for wait_s in third)
    assert all(1.0 <= wait_s <= 2.0 for wait_s in fourth)
    assert all(30.0 <= wait_s <= 57.0 for wait_s in fifth)
    # Cameras that failed together do not come back together.
    assert len(set(third)) == len(set(fifth)) == 20


def test_a_failed_probe_opens_the_breaker_again() -> None:
    camera = Camera()
    camera.bad(Reason.TIMEOUT, 5)
    for _ in range(5):
        camera.later(camera.wait_s)
        camera.bad(Reason.TIMEOUT)
        assert camera.wait_s >= 30.0


def test_the_breaker_obeys_the_settings() -> None:
    camera = Camera(CameraPolicy(breaker_failures=2, breaker_pause_s=300))
    camera.bad(Reason.TIMEOUT)
    assert camera.wait_s == 0.0
    camera.bad(Reason.TIMEOUT)
    assert 150.0 <= camera.wait_s <= 285.0


@pytest.mark.fault("F28")
@pytest.mark.parametrize(("asked_s", "wait_s"), [(42.0, 42.0), (0.0, 0.0), (86_400.0, 300.0)])
def test_a_camera_that_asks_to_be_left_alone_is_for_five_minutes_at_most(
    asked_s: float, wait_s: float
) -> None:
    camera = Camera()
    camera.bad(Reason.BUSY, retry_after_s=asked_s)
    assert camera.wait_s == wait_s


def test_what_only_a_setting_can_change_is_not_hammered() -> None:
    camera = Camera()
    camera.bad(Reason.ADDRESS)
    assert camera.wait_s == 60.0


def test_an_operator_can_ask_at_once() -> None:
    camera = Camera()
    camera.bad(Reason.UNAUTHORIZED, 2)
    camera.health.retry_now(camera.now_s)
    assert camera.wait_s == 0.0
    assert camera.state() is CameraState.AUTH_FAILED


def test_identical_pictures_are_frozen_and_another_one_thaws() -> None:
    camera = Camera()
    for _ in range(9):
        camera.good(b"same")
    assert camera.states == [(CameraState.OK, Reason.NONE)]
    for _ in range(5):
        camera.good(b"same")
    camera.good(b"other")
    assert camera.states == [
        (CameraState.OK, Reason.NONE),
        (CameraState.STALE, Reason.FROZEN),
        (CameraState.OK, Reason.NONE),
    ]


def test_identical_pictures_within_five_seconds_are_not_frozen() -> None:
    camera = Camera()
    camera.good(b"same")
    for _ in range(22):
        camera.now_s -= 0.8  # polled five times a second
        camera.good(b"same")
    assert camera.state() is CameraState.OK
    for _ in range(4):
        camera.now_s -= 0.8
        camera.good(b"same")
    assert camera.state() is CameraState.STALE


def test_a_failure_in_between_does_not_thaw_a_frozen_picture() -> None:
    camera = Camera()
    for _ in range(10):
        camera.good(b"same")
    camera.bad(Reason.TIMEOUT)
    camera.good(b"same")
    assert camera.states[-1] == (CameraState.STALE, Reason.FROZEN)


def test_a_damaged_picture_makes_the_next_one_suspect() -> None:
    camera = Camera()
    assert not camera.is_suspect()
    camera.bad(Reason.CORRUPT)
    assert camera.is_suspect()
    camera.bad(Reason.CORRUPT, 4)
    assert camera.wait_s >= 30.0  # damaged pictures open the breaker like every failure
    camera.good()
    assert not camera.is_suspect()


@pytest.mark.fault("F56", "F57")
def test_a_pause_that_is_this_computers_fault_forgets_failures_and_tells_once() -> None:
    camera = Camera()
    camera.good()
    camera.bad(Reason.TIMEOUT, 4)
    assert camera.health.paused(Reason.HOST_OFFLINE, camera.at)
    assert not camera.health.paused(Reason.HOST_OFFLINE, camera.at)
    assert (camera.state(), camera.health.reason) == (CameraState.OFFLINE, Reason.HOST_OFFLINE)
    camera.health.go_on(camera.now_s + 2.0)
    assert camera.wait_s == 2.0
    camera.later(2.0)
    camera.bad(Reason.TIMEOUT)
    assert camera.wait_s == 0.0  # counted from nought
    # It was asked, so it is not this computer's network that is missing now.
    assert (camera.state(), camera.health.reason) == (CameraState.OFFLINE, Reason.TIMEOUT)
    camera.good()
    assert camera.state() is CameraState.OK


@pytest.mark.fault("F26", "F57")
def test_a_pause_ends_no_wait_that_protects_the_camera() -> None:
    camera = Camera()
    camera.bad(Reason.UNAUTHORIZED, 2)
    camera.later(60)
    assert not camera.health.paused(Reason.ASLEEP, camera.at)
    assert camera.state() is CameraState.AUTH_FAILED
    camera.health.go_on(camera.now_s + 1.0)
    assert camera.wait_s == 540.0


@pytest.mark.fault("F60")
def test_a_camera_that_is_asked_less_often_is_slow_and_says_how_slow() -> None:
    camera = Camera()
    camera.good()
    for detail in ("asked every 2 s", "asked every 2 s", "asked every 4 s"):
        camera.health.strain = (Reason.BUSY, detail)
        camera.good()
        assert camera.health.detail == detail
    camera.health.strain = (Reason.NONE, "")
    camera.good()
    assert camera.states == [
        (CameraState.OK, Reason.NONE),
        (CameraState.SLOW, Reason.BUSY),
        (CameraState.SLOW, Reason.BUSY),
        (CameraState.OK, Reason.NONE),
    ]


def test_a_camera_can_be_switched_off() -> None:
    health = Camera().health
    assert health.not_watched("", START)
    assert (health.state, health.reason) == (CameraState.DISABLED, Reason.SWITCHED_OFF)
    assert not health.not_watched("", START)


def test_a_stream_is_offline_after_two_failures_that_take_seconds_each() -> None:
    health = CameraHealth(LIMITS, random.Random(7), 0.0, START, offline_after=2)
    stalled, refused = CameraError(Reason.STALLED), CameraError(Reason.REFUSED)
    health.good_picture(b"1", 1.0, START)
    assert not health.failed(stalled, 2.0, START)
    assert health.not_before_s == 2.0
    assert health.failed(refused, 3.0, START)
    assert (health.state, health.reason) == (CameraState.OFFLINE, Reason.REFUSED)
    assert health.not_before_s > 3.0


def test_what_is_certain_needs_no_second_failure() -> None:
    health = CameraHealth(LIMITS, random.Random(7), 0.0, START)
    health.good_picture(b"1", 1.0, START)
    assert health.failed(CameraError(Reason.ENDED), 2.0, START, is_certain=True)
    assert (health.state, health.reason) == (CameraState.OFFLINE, Reason.ENDED)


def test_a_recording_may_show_the_same_picture_for_long() -> None:
    health = CameraHealth(LIMITS, random.Random(7), 0.0, START, may_repeat=True)
    for second in range(60):
        health.good_picture(b"1", float(second), START)
    assert health.state is CameraState.OK


FAILURES = sorted(
    set(Reason)
    - {
        Reason.NONE,
        Reason.STARTING,
        Reason.SWITCHED_OFF,
        Reason.ELSEWHERE,
        Reason.FROZEN,
        Reason.CIRCUIT_OPEN,
    }
)


@given(st.lists(st.one_of(st.none(), st.sampled_from(FAILURES)), max_size=60))
def test_whatever_happens_the_states_are_consistent(polls: list[Reason | None]) -> None:
    camera = Camera()
    camera.good()
    in_a_row = 0
    for reason in polls:
        before = camera.state()
        if reason is None:
            camera.good()
            in_a_row = 0
            assert camera.state() is CameraState.OK
        else:
            camera.bad(reason)
            # Nobody was asked, so nobody failed.
            in_a_row += reason is not Reason.PASSWORD_LOCKED
            assert 0.0 <= camera.wait_s <= 600.0
            if in_a_row >= 3:
                assert not camera.health.state.is_live
            if camera.state() is not before:
                assert not camera.health.state.is_live
        assert camera.health.failures == in_a_row
        assert camera.health.since <= camera.at
    # No change is told that is none.
    assert all(one != other for one, other in zip(camera.states, camera.states[1:], strict=False))
