"""Who passes, compared with a plain list of all that ever happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camwatch.alerts.rules import Balance, Crossings, PlaceRef, Side, Way
from camwatch.alerts.signals import CountFact
from camwatch.domain import CameraId
from tests.alerts.driving import BERLIN, DOOR, NOON, Drive, camera, rule

PERIOD_S = 60.0
PLACE = PlaceRef(CameraId(1), DOOR)


@dataclass
class Record:
    """All that ever happened at a line."""

    passed: list[tuple[float, int, int]] = field(default_factory=list)
    looked: list[tuple[float, bool]] = field(default_factory=list)

    def within(self, way: Way, now_s: float) -> int:
        """Count the crossings of the period before now."""
        found = [(came, went) for at, came, went in self.passed if now_s - at < PERIOD_S]
        return sum(
            {Way.IN: came, Way.OUT: went, Way.BOTH: came + went}[way] for came, went in found
        )

    def watched_s(self, now_s: float) -> float | None:
        """Return for how long it has been watched without a gap; None if it is not now."""
        since, next_s = None, now_s
        for at, was_watched in reversed(self.looked):
            if not was_watched or next_s - at > 2.0:
                break
            since = next_s = at
        return None if since is None else now_s - since


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(Way),
    st.sampled_from(Side),
    st.integers(0, 6),
    st.lists(
        st.tuples(
            st.sampled_from([1.0, 1.0, 1.0, 2.0, 2.5]),
            st.integers(1, 30),
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from([True, True, True, False]),
        ),
        max_size=20,
    ),
)
def test_crossings_within_a_period_are_counted_and_judged(
    way: Way, side: Side, threshold: int, taken: list[tuple[float, int, int, int, bool]]
) -> None:
    site = Drive([rule(Crossings(way, side, threshold, PERIOD_S))], [camera(1, DOOR)])
    record, is_open = Record(), False

    def judge() -> None:
        nonlocal is_open
        total, watched_s = record.within(way, site.s), record.watched_s(site.s)
        if watched_s is not None:
            if side is Side.ABOVE:
                is_open = total >= threshold
            elif total > threshold:
                is_open = False
            elif watched_s >= PERIOD_S:
                is_open = True
        told = site.explain()[0]
        assert told.value == (total if watched_s is not None else None)
        assert told.is_raised == is_open
        assert told.coverage is not None
        assert 0 <= told.coverage <= 1
        if is_open and side is Side.BELOW and watched_s is not None and watched_s >= PERIOD_S:
            assert told.coverage == pytest.approx(1)

    for wait_s, quiet, came, went, is_watched in taken:
        for number in range(quiet):
            site.wait(wait_s, step_s=wait_s)
            judge()
            # Only now and then somebody passes; most pictures show an empty line.
            passed = (came, went) if number == quiet - 1 else (0, 0)
            names = frozenset({DOOR}) if is_watched else frozenset()
            record.looked.append((site.s, is_watched))
            record.passed.append((site.s, *passed))
            site.take(
                CountFact(CameraId(1), 0, 1.0, {}, {DOOR: passed[0]}, {DOOR: passed[1]}, names)
            )
            judge()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        [NOON, datetime(2026, 3, 28, 22, 30, tzinfo=NOON.tzinfo), NOON - timedelta(hours=13)]
    ),
    st.lists(
        st.tuples(
            st.sampled_from([1.0, 600.0, 7200.0]),
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from([0.0, 0.0, 0.0, -3600.0, 40_000.0]),
        ),
        max_size=30,
    ),
)
def test_the_balance_is_that_since_the_day_began(
    wall: datetime, taken: list[tuple[float, int, int, float]]
) -> None:
    site = Drive([rule(Balance(Side.ABOVE, 3))], [camera(1, DOOR)], wall=wall)
    balance, is_open = 0, False
    day = site.wall.astimezone(BERLIN).date()
    for wait_s, came, went, set_by_s in taken:
        # The day is looked at while time passes, and again once the clock was set.
        for by_s in (0.0, set_by_s):
            if by_s:
                site.set_clock(by_s)
            else:
                site.wait(wait_s, step_s=wait_s)
            today = site.wall.astimezone(BERLIN).date()
            balance, day = (0 if today > day else balance), today
        balance += came - went
        site.passed(came, went)
        is_open = balance >= 3 or (is_open and balance > 2)
        told = site.explain()[0]
        assert (told.value, told.is_raised) == (balance, is_open)
