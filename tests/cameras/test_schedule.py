"""When a camera is due, and what of its failures is logged."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from camwatch.cameras.schedule import FailureLog, Schedule
from camwatch.domain import Camera, CameraId, CameraSettings, Reason, SiteId
from camwatch.errors import CameraError


def polled(schedule: Schedule, ends_s: list[float]) -> tuple[list[float], list[int]]:
    """Let polls end at these times; return the ticks that follow, and the missed ones."""
    ticks, missed = [], []
    for now_s in ends_s:
        missed.append(schedule.advance(now_s, now_s))
        ticks.append(schedule.due_s)
    return ticks, missed


def test_quick_polls_keep_to_the_grid() -> None:
    schedule = Schedule(100.0, 1.0)
    assert polled(schedule, [100.2, 101.9, 102.0]) == ([101.0, 102.0, 103.0], [0, 0, 0])


def test_a_tick_waits_for_a_poll_that_is_a_little_late() -> None:
    schedule = Schedule(100.0, 1.0)
    assert polled(schedule, [101.4]) == ([101.0], [0])


def test_ticks_that_passed_meanwhile_are_missed() -> None:
    schedule = Schedule(100.0, 1.0)
    assert polled(schedule, [102.0, 107.5]) == ([102.0, 107.0], [1, 4])


def test_a_camera_slower_than_its_interval_is_polled_without_a_pause() -> None:
    schedule = Schedule(100.0, 1.0)
    now_s, done, missed = 100.0, 0, 0
    while now_s < 130.0:
        now_s = max(now_s, schedule.due_s) + 1.5
        missed += schedule.advance(now_s, now_s)
        done += 1
    assert (done, missed) == (20, 10)


def test_a_wait_moves_the_grid_and_is_not_missed() -> None:
    schedule = Schedule(100.0, 1.0)
    assert schedule.advance(100.3, 160.7) == 0
    assert schedule.due_s == 160.7
    assert polled(schedule, [160.8]) == ([161.7], [0])


def test_a_wait_shorter_than_the_interval_changes_nothing() -> None:
    schedule = Schedule(100.0, 60.0)
    assert schedule.advance(100.3, 105.0) == 0
    assert schedule.due_s == 160.0


def camera(number: int) -> Camera:
    settings = CameraSettings(f"Cam {number}", "Hall", "10.0.0.7")
    return Camera(CameraId(number), str(number), SiteId(1), settings, datetime.now(UTC))


def test_a_failure_that_goes_on_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    failures = FailureLog()
    for second in range(130):
        failures.note(camera(1), CameraError(Reason.TIMEOUT, "no answer"), float(second))
    assert [record.getMessage() for record in caplog.records] == [
        "camera 1 'Cam 1': no picture: timeout: no answer",
        "camera 1 'Cam 1': no picture: timeout: no answer (59 more like this)",
        "camera 1 'Cam 1': no picture: timeout: no answer (59 more like this)",
    ]


def test_each_camera_and_reason_has_its_own_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    failures = FailureLog()
    for second in range(10):
        for number in (1, 2):
            for reason in (Reason.DNS, Reason.BUSY):
                failures.note(camera(number), CameraError(reason), float(second))
    assert len(caplog.records) == 4
    failures.forget(CameraId(1))
    failures.note(camera(1), CameraError(Reason.DNS), 11.0)
    failures.note(camera(2), CameraError(Reason.DNS), 11.0)
    assert len(caplog.records) == 5
