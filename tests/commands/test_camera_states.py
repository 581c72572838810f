"""How a camera did: what was down, for how long, why, and what nobody saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.state_history import (
    Doubt,
    Outage,
    StateHistory,
    Stretch,
    hours_of,
    state_history,
)
from camwatch.data.engine import Database
from camwatch.domain import (
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    Reason,
    Role,
    Sample,
    StateChange,
)
from tests.commands.values import NOON, Clock, settings

ONE = CameraId(1)
UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
OK, OFFLINE = CameraState.OK, CameraState.OFFLINE


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def went(minutes: float, state: CameraState, reason: Reason = Reason.NONE) -> StateChange:
    return StateChange(ONE, after(minutes), state, reason)


def began(minutes: float) -> StateChange:
    return went(minutes, CameraState.CONNECTING, Reason.STARTING)


def seen_until(minutes: float) -> Callable[[datetime, datetime], datetime]:
    return lambda _after, _before: after(minutes)


def never_asked(_after: datetime, _before: datetime) -> datetime:
    raise AssertionError


def history(*changes: StateChange, before: StateChange | None = None) -> StateHistory:
    return state_history(NOON, after(60), before, changes, never_asked)


def test_the_state_before_the_start_counts_from_the_start() -> None:
    found = history(went(10, OK), before=went(-90, OFFLINE, Reason.TIMEOUT))
    assert found.stretches == (
        Stretch(NOON, after(10), OFFLINE, Reason.TIMEOUT),
        Stretch(after(10), after(60), OK),
    )
    assert found.outages == (Outage(NOON, after(10), 600, OFFLINE, Reason.TIMEOUT),)


def test_before_the_first_word_of_a_camera_nothing_is_known() -> None:
    found = state_history(NOON, after(60), None, [began(20), went(21, OK)], never_asked)
    assert [one.state for one in found.stretches] == [None, CameraState.CONNECTING, OK]
    assert found.outages == ()
    assert found.unwatched_s == 0


def test_an_outage_is_one_however_often_its_reason_changes() -> None:
    found = history(
        went(0, OK),
        went(10, OFFLINE, Reason.TIMEOUT),
        went(11, OFFLINE, Reason.CIRCUIT_OPEN),
        went(29, CameraState.AUTH_FAILED, Reason.UNAUTHORIZED),
        went(30, OK),
    )
    (outage,) = found.outages
    assert (outage.start, outage.end, outage.seconds) == (after(10), after(30), 1200)
    assert outage.state is OFFLINE
    # That it was left alone only follows from what happened before.
    assert outage.reason in {Reason.TIMEOUT, Reason.UNAUTHORIZED}
    assert not outage.goes_on


def test_an_outage_that_goes_on_says_so() -> None:
    (outage,) = history(went(0, OK), went(50, OFFLINE, Reason.REFUSED)).outages
    assert outage.goes_on
    assert outage.end == after(60)


def test_slow_is_not_down_and_frozen_is() -> None:
    found = history(
        went(0, CameraState.SLOW, Reason.OVERLOADED),
        went(30, CameraState.STALE, Reason.FROZEN),
        went(31, OK),
    )
    assert [outage.reason for outage in found.outages] == [Reason.FROZEN]


def test_while_the_program_did_not_run_nothing_is_known() -> None:
    changes = [went(0, OFFLINE, Reason.TIMEOUT), began(40), went(41, OK)]
    found = state_history(NOON, after(60), None, changes, seen_until(15))
    assert [(one.state, one.seconds) for one in found.stretches] == [
        (OFFLINE, 900),
        (None, 1500),
        (CameraState.CONNECTING, 60),
        (OK, 1140),
    ]
    assert found.down_s == 900
    assert found.unwatched_s == 1500


def test_an_outage_goes_on_over_a_short_restart_but_not_over_a_long_one() -> None:
    def outages(restart: float) -> int:
        changes = [
            went(0, OFFLINE, Reason.TIMEOUT),
            began(restart),
            went(restart + 1, OFFLINE, Reason.TIMEOUT),
        ]
        return len(state_history(NOON, after(60), None, changes, seen_until(5)).outages)

    assert outages(8) == 1
    assert outages(40) == 2


def test_what_lies_with_this_computer_is_no_outage_of_the_camera() -> None:
    found = history(
        went(0, OK),
        went(10, OFFLINE, Reason.HOST_OFFLINE),
        went(20, CameraState.CONNECTING, Reason.ASLEEP),
        went(30, OK),
    )
    assert [one.state for one in found.stretches] == [OK, None, None, OK]
    assert found.outages == ()
    assert found.unwatched_s == 1200


def test_a_restart_before_the_start_is_not_asked_about() -> None:
    found = history(before=began(-5))
    assert [one.state for one in found.stretches] == [CameraState.CONNECTING]


def test_a_range_that_is_over_does_not_take_for_granted_that_the_program_ran_on() -> None:
    def found(following: StateChange | None) -> StateHistory:
        return state_history(
            NOON,
            after(60),
            None,
            [went(10, OFFLINE, Reason.TIMEOUT)],
            seen_until(15),
            following=following,
        )

    assert found(began(600)).down_s == 300
    assert found(began(600)).stretches[-1] == Stretch(after(15), after(60), None)
    assert found(went(600, OK)).down_s == 3000
    assert found(None).down_s == 3000, "the program runs now"


def nights(count: int, hour: int, minutes: int = 5) -> StateHistory:
    midnight = NOON.replace(hour=0)
    changes = [StateChange(ONE, midnight, OK, Reason.NONE)]
    for day in range(count):
        down = midnight + timedelta(days=day, hours=hour, minutes=30)
        changes += [
            StateChange(ONE, down, OFFLINE, Reason.TIMEOUT),
            StateChange(ONE, down + timedelta(minutes=minutes), OK, Reason.NONE),
        ]
    return state_history(midnight, midnight + timedelta(days=count + 1), None, changes, never_asked)


def test_the_hours_of_most_outages_are_told_by_the_sites_clock() -> None:
    assert nights(5, 2).common_hours(UTC_ZONE) == (2, 3)
    assert nights(5, 2).common_hours(BERLIN) == (3, 4)
    assert nights(5, 23, minutes=90).common_hours(UTC_ZONE) == (0, 1)
    assert nights(2, 2).common_hours(UTC_ZONE) is None


def test_a_long_outage_does_not_hide_when_the_others_were() -> None:
    found = nights(6, 2)
    end = found.end + timedelta(days=2)
    long = Outage(found.end, end, 48 * 3600, OFFLINE, Reason.REFUSED)
    whole = StateHistory(found.start, end, found.stretches, (*found.outages, long))
    assert whole.common_hours(UTC_ZONE) == (2, 3)
    assert whole.common_reason is Reason.TIMEOUT


def test_outages_all_over_the_day_have_no_hours() -> None:
    outages = tuple(
        Outage(after(60 * n), after(60 * n + 5), 300, OFFLINE, Reason.TIMEOUT)
        for n in range(0, 24, 2)
    )
    assert StateHistory(NOON, after(1500), (), outages).common_hours(UTC_ZONE) is None


def test_hours_are_cut_at_the_zones_full_hours_also_when_clocks_change() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN)
    found = hours_of(start, start + timedelta(hours=4), BERLIN)
    assert sum(found.values()) == (start + timedelta(hours=4) - start).total_seconds()
    kolkata = hours_of(NOON, after(45), ZoneInfo("Asia/Kolkata"))
    assert kolkata == {17: 1800, 18: 900}


def test_what_was_wrong_with_pictures_ends_with_the_run() -> None:
    def noticed(minutes: float, *, is_present: bool) -> NoticeChange:
        return NoticeChange(ONE, after(minutes), Notice.COVERED, is_present)

    found = state_history(
        NOON,
        after(60),
        went(-5, OK),
        [began(40), went(41, OK)],
        seen_until(39),
        [Notice.BLACK],
        [
            NoticeChange(ONE, after(5), Notice.BLACK, is_present=False),
            noticed(10, is_present=True),
            noticed(12, is_present=False),
            noticed(30, is_present=True),
        ],
    )
    assert found.doubts == (
        Doubt(NOON, after(5), Notice.BLACK),
        Doubt(after(10), after(12), Notice.COVERED),
        Doubt(after(30), after(40), Notice.COVERED),
    )


# ---------------------------------------------------------------- from the history on disk


def test_a_supervisor_reads_how_a_camera_did(
    commands: Commands, sessions: dict[Role, Session], database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings())
    hall = database.cameras.add(settings("Hall"))

    def change(minutes: float, state: CameraState, reason: Reason = Reason.NONE) -> StateChange:
        return StateChange(gate.id, after(minutes), state, reason)

    database.counts.save(
        [Sample(hall.id, after(20), 2, 0.5, 0.01, 1.0)],
        [
            change(-50, CameraState.CONNECTING, Reason.STARTING),
            change(-49, OK),
            change(5, OFFLINE, Reason.TIMEOUT),
            change(50, CameraState.CONNECTING, Reason.STARTING),
            change(51, OK),
        ],
        notices=[
            NoticeChange(gate.id, after(-60), Notice.BLACK, is_present=True),
            NoticeChange(gate.id, after(-40), Notice.COVERED, is_present=True),
        ],
    )
    clock.advance(minutes=60)
    # What is still to come is not shown.
    found = commands.camera_states(sessions[Role.SUPERVISOR], gate.id, NOON, after(600))
    assert found.end == after(60)
    assert [(one.state, one.seconds / 60) for one in found.stretches] == [
        (OK, 5),
        (OFFLINE, 16),  # until the minute in which the hall was counted last
        (None, 29),
        (CameraState.CONNECTING, 1),
        (OK, 9),
    ]
    assert found.doubts == (Doubt(NOON, after(50), Notice.COVERED),)
    nothing = commands.camera_states(sessions[Role.SUPERVISOR], hall.id, NOON, after(60))
    assert [one.state for one in nothing.stretches] == [None]


@pytest.mark.parametrize("reason", [Reason.STARTING, Reason.SWITCHED_OFF])
def test_cameras_that_begin_one_after_the_other_do_not_vouch_for_the_night(
    commands: Commands,
    sessions: dict[Role, Session],
    database: Database,
    clock: Clock,
    reason: Reason,
) -> None:
    gate = database.cameras.add(settings())
    hall = database.cameras.add(settings("Hall"))
    morning, later = after(180), after(180) + timedelta(milliseconds=3)
    first = CameraState.CONNECTING if reason is Reason.STARTING else CameraState.DISABLED
    database.counts.save(
        [],
        [
            StateChange(gate.id, after(0), OFFLINE, Reason.TIMEOUT),
            StateChange(hall.id, after(1), OFFLINE, Reason.TIMEOUT),
            StateChange(gate.id, morning, first, reason),
            StateChange(hall.id, later, CameraState.CONNECTING, Reason.STARTING),
        ],
    )
    clock.advance(minutes=240)
    supervisor = sessions[Role.SUPERVISOR]
    assert commands.camera_states(supervisor, hall.id, NOON, after(240)).down_s == 0
    evening = commands.camera_states(supervisor, hall.id, NOON, after(100))
    assert evening.down_s == 0, "nor does a range that ends in the night say it was watched"
