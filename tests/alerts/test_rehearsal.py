"""Rules against stored minutes: by hand, and against the engine itself over random minutes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.engine import Engine, Now
from camwatch.alerts.minutes import StoredHistory, StoredSeries, unknown
from camwatch.alerts.rehearsal import MOST_LISTED, Rehearsal, rehearse
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    Rule,
    Scope,
    Severity,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.schedule import WHOLE_DAY, DayException, Schedule
from camwatch.alerts.signals import CountFact, Raised, Signal, WatchedCamera
from camwatch.commands.stored_history import together
from camwatch.domain import CameraId, SiteId

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 23, tzinfo=UTC) - timedelta(days=1)
"""Monday 0:00 in Berlin, in winter."""

CAMERA = CameraId(1)
SUBJECT = Subject.of_camera(CAMERA)
NAN = math.nan


def series(
    highest: list[float],
    lowest: list[float] | None = None,
    mean: list[float] | None = None,
    coverage: list[float] | None = None,
) -> StoredSeries:
    most = np.array(highest, np.float32)
    nothing = unknown(len(most))
    known = [0.0 if math.isnan(one) else 1.0 for one in highest]
    least = most if lowest is None else np.array(lowest, np.float32)
    return StoredSeries(
        "Gate",
        most,
        least,
        np.array((most + least) / 2 if mean is None else mean, np.float32),
        np.array(known if coverage is None else coverage, np.float32),
        nothing,
        nothing,
        nothing,
    )


def passed(inwards: list[float], outwards: list[float] | None = None) -> StoredSeries:
    count = len(inwards)
    out = np.zeros(count, np.float32) if outwards is None else np.array(outwards, np.float32)
    came = np.array(inwards, np.float32)
    nothing = unknown(count)
    return StoredSeries(
        "Door", nothing, nothing, nothing, np.zeros(count, np.float32), came, out, nothing
    )


def troubled(shares: list[float]) -> StoredSeries:
    return replace(series([NAN] * len(shares)), troubled=np.array(shares, np.float32))


def run(
    condition: Condition, stored: StoredSeries, *, start: datetime = MONDAY, **changes: object
) -> Rehearsal:
    rule = Rule("r", "Rule", condition, **changes)  # type: ignore[arg-type]
    return rehearse(rule, StoredHistory(start, len(stored.mean), {SUBJECT: stored}), BERLIN)


def minutes_of(found: Rehearsal) -> list[int]:
    return [round((one.at - MONDAY).total_seconds() / 60) for one in found.alerts]


# ---------------------------------------------------------------- by hand


def test_a_crowd_fires_once_until_it_has_come_back_by_the_hysteresis() -> None:
    found = run(Occupancy(Side.ABOVE, 30, 3), series([10, 31, 29, 28, 30, 27, 10, 35]))

    assert minutes_of(found) == [1, 7]
    assert found.alerts[0].until == MONDAY + timedelta(minutes=5)
    assert found.alerts[1].until is None
    assert [one.value for one in found.alerts] == [31, 35]


def test_it_must_hold_without_a_gap_and_unknown_minutes_are_one() -> None:
    condition = Occupancy(Side.ABOVE, 30, 1, for_s=180.0)

    assert minutes_of(run(condition, series([30, 30, 29, 30, 30, 30, 30]))) == [5]
    assert minutes_of(run(condition, series([30, 30, NAN, 30, 30, 30]))) == [5]
    assert minutes_of(run(condition, series([30, 30, NAN, 30, 30]))) == []


def test_part_of_a_minute_counts_as_its_mean_says() -> None:
    # 20 s of the first minute and 40 s of the second are above.
    stored = series([40, 40], [10, 10], [20, 30])

    assert minutes_of(run(Occupancy(Side.ABOVE, 30, for_s=60.0), stored)) == [1]
    assert minutes_of(run(Occupancy(Side.ABOVE, 30, for_s=61.0), stored)) == []
    assert minutes_of(run(Occupancy(Side.ABOVE, 30, for_s=20.0), stored)) == [0, 1]


def test_what_is_open_stays_open_over_unknown_minutes() -> None:
    found = run(Occupancy(Side.ABOVE, 30), series([30, NAN, NAN, 31, 5]))

    assert minutes_of(found) == [0]
    assert found.alerts[0].until == MONDAY + timedelta(minutes=4)
    assert found.coverage == pytest.approx(3 / 5)


def test_too_few_is_the_mirror_of_too_many() -> None:
    condition = Occupancy(Side.BELOW, 2, 2, for_s=120.0)

    found = run(condition, series([9, 2, 1, 3, 2, 4, 0], [9, 2, 1, 3, 2, 4, 0]))

    assert minutes_of(found) == [2]
    assert found.alerts[0].until == MONDAY + timedelta(minutes=5)
    assert found.alerts[0].value == 1


def test_nothing_is_raised_while_the_schedule_is_off_and_what_is_open_goes_on() -> None:
    from_one = Schedule(week=(WHOLE_DAY & ~0b11,) * 7)
    holiday = Schedule(exceptions=(DayException(date(2026, 3, 2), 0),))
    crowd = series([40.0] * 90 + [0.0] * 30)

    assert minutes_of(run(Occupancy(Side.ABOVE, 30), crowd, schedule=from_one)) == [60]
    assert run(Occupancy(Side.ABOVE, 30), crowd, schedule=holiday).fired == 0
    off_again = Schedule(week=(0b1,) * 7)
    (alert,) = run(Occupancy(Side.ABOVE, 30), crowd, schedule=off_again).alerts
    assert alert.until == MONDAY + timedelta(minutes=90)


def test_the_cool_down_keeps_quiet_what_is_over_before_it_ends() -> None:
    stored = series([40, 0, 0, 40, 0, 0, 0, 40, 40, 40, 40, 40, 0, 40])

    found = run(Occupancy(Side.ABOVE, 30), stored, cool_down_s=600.0)

    # The one at 7 still holds when the cool-down is over, so it is told then, and begins anew.
    assert [(minutes_of(found)[n], one.is_told) for n, one in enumerate(found.alerts)] == [
        *((0, True), (3, False), (7, True), (13, False))
    ]
    assert (found.fired, found.told) == (4, 2)
    assert run(Occupancy(Side.ABOVE, 30), stored, cool_down_s=0.0).told == 4


def test_what_becomes_critical_breaks_through_the_cool_down_once() -> None:
    stored = series([30, 0, 50, 0, 50, 0])
    condition = Occupancy(Side.ABOVE, 30, critical_at=50)

    found = run(condition, stored, cool_down_s=3600.0)

    assert [one.is_told for one in found.alerts] == [True, True, False]
    already = run(condition, stored, cool_down_s=3600.0, severity=Severity.CRITICAL)
    assert [one.is_told for one in already.alerts] == [True, False, False]


def test_nights_are_told_by_the_clocks_of_the_site() -> None:
    found = run(Occupancy(Side.ABOVE, 30), series([40, 0] * 720), cool_down_s=0.0)

    # Every other minute: of 24 hours the night has 8.
    assert (found.fired, found.at_night) == (720, 240)


def test_all_alerts_are_counted_and_only_the_newest_are_listed() -> None:
    found = run(Occupancy(Side.ABOVE, 30), series([40, 0] * (MOST_LISTED + 5)), cool_down_s=0.0)

    assert (found.fired, found.told) == (MOST_LISTED + 5, MOST_LISTED + 5)
    assert len(found.alerts) == MOST_LISTED
    assert minutes_of(found)[0] == 10


def test_crossings_are_counted_within_a_period_that_slides() -> None:
    condition = Crossings(Way.BOTH, Side.ABOVE, 5, 180.0)

    found = run(condition, passed([1, 1, 1, 2, 0, 0, 0, 5], [0, 0, 1, 0, 0, 0, 0, 0]))

    assert minutes_of(found) == [3, 7]
    assert [one.value for one in found.alerts] == [5, 5]


def test_too_few_crossings_need_a_period_without_any_gap() -> None:
    condition = Crossings(Way.IN, Side.BELOW, 0, 180.0)

    assert minutes_of(run(condition, passed([0, 0, 0, 1, 0, 0, 0]))) == [2, 6]
    assert minutes_of(run(condition, passed([0, 0, NAN, 0, 0]))) == []


def test_the_balance_begins_anew_at_midnight_of_the_site() -> None:
    stored = passed([3.0] * 2880, [1.0] * 2880)

    found = run(Balance(Side.ABOVE, 100), stored)

    assert minutes_of(found) == [49, 1440 + 49]
    assert found.alerts[0].until == MONDAY + timedelta(days=1)


def test_unusual_compares_with_the_other_weeks_at_this_hour() -> None:
    weeks = 5
    usual = np.tile(np.where(np.arange(10_080) % 1440 // 60 == 9, 20.0, 5.0), weeks)
    at = 4 * 10_080 + 2 * 1440 + 9 * 60
    usual[at : at + 30] = 60.0
    condition = Unusual(Side.ABOVE, 4.0, 300.0, 3)

    winter = datetime(2026, 1, 4, 23, tzinfo=UTC)
    found = run(condition, series(list(usual)), start=winter)

    assert [one.at for one in found.alerts] == [winter + timedelta(minutes=at + 4)]
    # At least one person is taken as the spread: 20 + 4 x 1.
    assert found.judged[SUBJECT].thresholds[at] == 24.0
    needs_more = run(replace(condition, least_weeks=5), series(list(usual)), start=winter)
    assert needs_more.fired == 0
    assert "5 weeks beside the one" in needs_more.note
    assert needs_more.coverage == 0.0


def test_a_camera_in_trouble_for_long_enough_fires() -> None:
    condition = CameraCondition(CameraTrouble.DOWN, after_s=90.0)

    found = run(condition, troubled([0, 0.5, 1, 0.9, 0, NAN, 1, NAN, 1, 1]))

    assert minutes_of(found) == [2, 9]
    assert found.alerts[0].until == MONDAY + timedelta(minutes=3)
    assert found.alerts[0].value is None


def test_of_a_sum_the_known_part_is_enough_to_fire_but_not_to_be_over() -> None:
    both = together([series([20, 20, NAN, 0]), series([20, NAN, 5, 0])])

    found = rehearse(
        Rule("r", "Rule", Occupancy(Side.ABOVE, 20, 10)),
        StoredHistory(MONDAY, 4, {TOGETHER: both}),
        BERLIN,
    )

    assert minutes_of(found) == [0]
    assert found.alerts[0].until == MONDAY + timedelta(minutes=3)


def test_no_history_is_no_rehearsal() -> None:
    found = rehearse(
        Rule("r", "Rule", Occupancy(Side.ABOVE, 20)), StoredHistory(MONDAY, 0, {}), BERLIN
    )

    assert (found.fired, found.coverage, found.weeks) == (0, 0.0, 0.0)


# ---------------------------------------------------------------- against the engine

KNOWN = st.integers(0, 6)
A_MINUTE = st.one_of(KNOWN, KNOWN, KNOWN, st.none())


def fired_by_engine(rule: Rule, place: PlaceRef | None, facts: list[CountFact | None]) -> list[int]:
    """Give the engine a fact each five seconds; return the minutes in which the rule fired."""
    engine = Engine(BERLIN, iter(map(str, range(10_000))).__next__)
    places = () if place is None else (place,)
    first = Now(MONDAY, 0.0)
    engine.set_cameras([WatchedCamera(CAMERA, "Gate", SiteId(1), "Site", True, places)], first)
    engine.set_rules([rule], first)
    fired = []
    for step, fact in enumerate(facts):
        elapsed_s = step * 5.0
        now = Now(MONDAY + timedelta(seconds=elapsed_s), elapsed_s)
        signals: list[Signal] = [] if fact is None else engine.take(fact, now)
        signals += engine.tick(now)
        fired += [step // 12 for one in signals if isinstance(one, Raised) and one.parts]
    return fired


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.lists(A_MINUTE, min_size=1, max_size=25),
    side=st.sampled_from(Side),
    threshold=st.integers(1, 5),
    hysteresis=st.integers(1, 3),
    held=st.sampled_from([0, 60, 120, 180]),
)
def test_steady_minutes_fire_as_the_engine_fires(
    minutes: list[int | None], side: Side, threshold: int, hysteresis: int, held: int
) -> None:
    """Within a minute nothing changes here, so minutes tell all that the engine sees."""
    # The engine sees the first number of a minute a step later than minutes do.
    condition = Occupancy(side, threshold, hysteresis, max(held - 5.0, 0.0))
    rule = Rule("r", "Rule", condition, cool_down_s=0.0)
    facts = [
        None if one is None else CountFact(CAMERA, one, 5.0) for one in minutes for _ in range(12)
    ]
    stored = series([NAN if one is None else float(one) for one in minutes])

    rehearsed = run(replace(condition, for_s=float(held)), stored, cool_down_s=0.0)

    assert minutes_of(rehearsed) == fired_by_engine(rule, None, facts)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.integers(0, 6), min_size=12, max_size=240),
    threshold=st.integers(1, 5),
    held=st.sampled_from([60, 120, 180]),
)
def test_restless_minutes_fire_where_it_is_certain_and_not_where_it_cannot_be(
    steps: list[int], threshold: int, held: int
) -> None:
    steps = steps[: len(steps) // 12 * 12]
    whole = np.array(steps, float).reshape(-1, 12)
    stored = series(list(whole.max(axis=1)), list(whole.min(axis=1)), list(whole.mean(axis=1)))
    condition = Occupancy(Side.ABOVE, threshold, 1, float(held))

    fired = set(
        fired_by_engine(
            Rule("r", "Rule", condition, cool_down_s=0.0),
            None,
            [CountFact(CAMERA, one, 5.0) for one in steps],
        )
    )
    rehearsed = set(minutes_of(run(condition, stored, cool_down_s=0.0)))

    full = whole.min(axis=1) >= threshold
    touched = whole.max(axis=1) >= threshold
    for minute in rehearsed - fired:
        # Only where what is stored leaves it open: the edges of a stretch.
        reach = minute - held // 60
        assert touched[max(reach, 0) : minute + 1].all()
    longest = _longest(full)
    if longest * 60 > held:
        assert rehearsed
        assert fired
    if _longest(touched) * 60 < held:
        assert not rehearsed
        assert not fired


def _longest(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    longest = run_length = 0
    for flag in flags:
        run_length = run_length + 1 if flag else 0
        longest = max(longest, run_length)
    return longest


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.lists(A_MINUTE, min_size=1, max_size=30),
    side=st.sampled_from(Side),
    threshold=st.integers(1, 12),
    period=st.sampled_from([1, 3, 7]),
)
def test_crossings_fire_as_the_engine_fires(
    minutes: list[int | None], side: Side, threshold: int, period: int
) -> None:
    """People pass in the first five seconds of a minute, so a period is whole minutes."""
    place = PlaceRef(CAMERA, "Door")
    rule = Rule(
        "r",
        "Rule",
        Crossings(Way.IN, side, threshold, period * 60.0),
        Scope(places=frozenset({place})),
        cool_down_s=0.0,
    )
    facts: list[CountFact | None] = []
    for one in minutes:
        for step in range(12):
            if one is None:
                # Counted, but the line was not watched.
                facts.append(CountFact(CAMERA, 0, 5.0))
            else:
                came = {"Door": one} if step == 0 and one else {}
                facts.append(CountFact(CAMERA, 0, 5.0, passed_in=came, watched=frozenset({"Door"})))
    stored = passed([NAN if one is None else float(one) for one in minutes])

    rehearsed = minutes_of(run(rule.condition, stored, cool_down_s=0.0))
    fired = fired_by_engine(rule, place, facts)

    if side is Side.ABOVE:
        assert rehearsed == fired
    else:
        # A period is only whole a moment after its last minute, if that moment is watched.
        for minute in rehearsed:
            is_cut = minute + 1 == len(minutes) or minutes[minute + 1] is None
            assert is_cut or {minute, minute + 1} & set(fired)
        for minute in fired:
            assert {minute, minute - 1} & set(rehearsed)
