"""Cameras that failed in one instant come back spread, and soon; none is told twice."""

from __future__ import annotations

import heapq
import random
from datetime import UTC, datetime, timedelta

import pytest

from camwatch.cameras.health import OFFLINE_AFTER, CameraHealth
from camwatch.cameras.reconnecting import ReconnectBook
from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Reason
from camwatch.errors import CameraError

START = datetime(2024, 5, 1, tzinfo=UTC)
LIMITS = CameraPolicy()


class Storm:
    """Cameras asked once a second in simulated time, through outages of all of them.

    Args:
        count: How many cameras.
        outages: Begin and end of each, seconds.
        fails_in_s: How long a poll takes to fail.
    """

    def __init__(
        self, count: int, outages: list[tuple[float, float]], fails_in_s: float, seed: int
    ) -> None:
        chance = random.Random(seed)
        self.book = ReconnectBook(chance)
        self.book.set_cameras(count)
        self.healths = [CameraHealth(LIMITS, chance, 0.0, START) for _ in range(count)]
        self.changes: list[tuple[float, int, CameraState]] = []
        self._outages = outages
        self._fails_in_s = fails_in_s
        self._due = [(number / count, number) for number in range(count)]
        heapq.heapify(self._due)

    def run_until(self, ends_s: float) -> None:
        while self._due[0][0] < ends_s:
            due_s, number = heapq.heappop(self._due)
            heapq.heappush(self._due, (self._poll(due_s, number), number))

    def _poll(self, due_s: float, number: int) -> float:
        health = self.healths[number]
        is_out = any(begin_s <= due_s < end_s for begin_s, end_s in self._outages)
        now_s = due_s + (self._fails_in_s if is_out else 0.01)
        at = START + timedelta(seconds=now_s)
        if is_out:
            has_changed = health.failed(CameraError(Reason.TIMEOUT), now_s, at)
            if health.failures >= OFFLINE_AFTER:
                health.not_before_s = self.book.book(health.not_before_s, now_s)
        else:
            has_changed = health.good_picture(f"{now_s}".encode(), now_s, at)
        if has_changed:
            self.changes.append((now_s, number, health.state))
        return max(due_s + 1.0, now_s, health.not_before_s)

    def back_s(self, since_s: float) -> list[float]:
        """When cameras that were offline came back, in order."""
        return sorted(
            at_s for at_s, _, state in self.changes if state is CameraState.OK and at_s >= since_s
        )


@pytest.mark.fault("F55", "L6")
@pytest.mark.parametrize("fails_in_s", [0.01, 3.0])
@pytest.mark.parametrize("lasts_s", [12.0, 20.0, 45.0, 600.0])
@pytest.mark.parametrize("seed", range(2))
def test_of_256_cameras_no_more_than_a_fifth_come_back_in_any_second(
    lasts_s: float, fails_in_s: float, seed: int
) -> None:
    back_at_s = 5.0 + lasts_s
    storm = Storm(256, [(5.0, back_at_s)], fails_in_s, seed)
    storm.run_until(back_at_s + 62.0)
    assert all(health.state is CameraState.OK for health in storm.healths)
    back_s = storm.back_s(back_at_s)
    first = 0
    most = 0
    for last, at_s in enumerate(back_s):
        while back_s[first] <= at_s - 1.0:
            first += 1
        most = max(most, last - first + 1)
    assert most <= 0.2 * 256
    assert back_s[-1] <= back_at_s + 60.0


@pytest.mark.fault("F53")
def test_two_hours_of_gaps_tell_one_outage_a_gap_and_keep_nothing() -> None:
    gaps = [(60.0 + 300.0 * number, 120.0 + 300.0 * number) for number in range(24)]
    storm = Storm(8, gaps, 3.0, 1)
    storm.run_until(7300.0)
    for number in range(8):
        states = [state for _, who, state in storm.changes if who == number]
        assert states == [CameraState.OK, *[CameraState.OFFLINE, CameraState.OK] * 24]
    assert len(storm.book._taken) <= 60


def test_few_cameras_are_tried_when_they_want() -> None:
    book = ReconnectBook(random.Random(1))
    book.set_cameras(5)
    assert [book.book(10.25, 9.0) for _ in range(5)] == [10.25] * 5
    assert 11.0 <= book.book(10.25, 9.0) < 12.0
