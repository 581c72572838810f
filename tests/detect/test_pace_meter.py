from __future__ import annotations

import math
from collections.abc import Iterable

import pytest

from camwatch.detect.modes import USUAL_SPEED, Pace
from camwatch.detect.pace_meter import EARN_S, HOLD_S, WINDOW_S, PaceMeter, SteadyPace
from camwatch.detect.tracker import Progress, Tracker, Waypoint
from camwatch.scene import Mode
from tests.detect.paths import THRESHOLD, WIDTH, Picture, arrays, person, walk


def measured(pictures: Iterable[Picture], meter: PaceMeter | None = None) -> Pace:
    tracker, meter = Tracker(THRESHOLD), meter or PaceMeter()
    for t_s, boxes in pictures:
        meter.add(t_s, tracker.step(t_s, *arrays(boxes)))
    return meter.pace


def passing(meter: PaceMeter, people: int, t_s: float, speed: float, every_s: float = 1.0) -> float:
    """Let one person after the other be seen for a moment; return when the last one was."""
    for _ in range(people):
        t_s += every_s
        place = Waypoint(round(t_s * 100), t_s, 0.5, 0.5, WIDTH, 0.4, speed)
        meter.add(t_s, Progress([place], [place.track], 1, 0))
    return t_s


def rate(meter: PaceMeter) -> float:
    assert meter.pace.rate is not None
    return meter.pace.rate


@pytest.mark.parametrize("rate", [2.0, 10.0])
def test_rate_speed_and_width_are_measured(rate: float) -> None:
    pace = measured(walk(0.1, 0.9, 1.2, rate))
    assert pace.rate == pytest.approx(rate)
    assert pace.speed == pytest.approx(1.2, rel=0.1)
    assert pace.width == pytest.approx(WIDTH, rel=0.01)
    assert pace.movement == pytest.approx(1.2 / rate, rel=0.1)
    assert pace.lost == 0.0


def test_who_stands_says_nothing_about_the_speed() -> None:
    standing: list[Picture] = [(index / 5, [person(0.5)]) for index in range(50)]
    assert measured(standing).speed == USUAL_SPEED
    walker = walk(0.1, 0.4, 1.0, 5.0)
    both: list[Picture] = [(t_s, [*boxes, person(0.8)]) for t_s, boxes in walker]
    assert measured(both).speed == pytest.approx(1.0, rel=0.1)


def test_the_fastest_fifth_does_not_decide() -> None:
    pictures: list[Picture] = []
    for visit in range(10):
        speed = 3.0 if visit == 4 else 1.0
        pictures += walk(0.2, 0.8, speed, 10.0, t_s=visit * 20.0)
    assert measured(pictures).speed == pytest.approx(1.0, rel=0.1)


def test_one_long_pause_is_no_low_rate_but_many_gaps_are() -> None:
    times = [index / 5 for index in range(50)]

    def rate(times_s: list[float]) -> float | None:
        return measured([(t_s, []) for t_s in times_s]).rate

    assert rate([*times, *(t_s + 600 for t_s in times)]) == pytest.approx(5.0)
    # Every third picture is missing: for a third of the time there are 2.5 a second.
    assert rate([t_s for index, t_s in enumerate(times) if index % 3]) == pytest.approx(2.5)
    assert rate([0.0]) is None
    assert rate([0.0, 0.0, 0.0]) is None


def test_people_too_fast_to_be_followed_are_noticed() -> None:
    chances = [0.1, 0.9, 0.4, 0.7, 0.2, 0.85, 0.5, 0.15, 0.75, 0.35]
    pace = measured([(index / 2, [person(x)]) for index, x in enumerate(chances * 4)])
    assert pace.mode is not Mode.IN_OUT


def test_what_is_kept_is_bounded() -> None:
    meter = PaceMeter()
    for track in range(5000):
        place = Waypoint(track, track / 2, 0.5, 0.5, 0.1, 0.4, 1.0)
        meter.add(track / 2, Progress([place], [track], 1, 0))
    assert meter.remembered == 200
    assert meter.pace.speed == pytest.approx(1.0)


def test_how_much_is_hidden_is_measured() -> None:
    # Somebody is missed in every fifth picture while they walk.
    way = [
        (t_s, [] if index % 5 == 3 else boxes)
        for index, (t_s, boxes) in enumerate(walk(0.1, 0.9, 1.0, 5.0))
    ]
    assert measured(way).hidden == pytest.approx(0.2, abs=0.02)
    assert measured(walk(0.1, 0.9, 1.0, 5.0)).hidden == 0.0
    # Who stands and is overlooked says nothing about who walks.
    standing: list[Picture] = [
        (t_s, boxes if index % 2 else [*boxes, person(0.97, y=0.3)])
        for index, (t_s, boxes) in enumerate(walk(0.1, 0.8, 1.0, 5.0))
    ]
    assert measured(standing).hidden < 0.02


def test_what_was_long_ago_does_not_decide() -> None:
    meter = PaceMeter()
    t_s = passing(meter, 60, 0.0, speed=4.0, every_s=2.0)
    assert (rate(meter), meter.pace.speed) == pytest.approx((0.5, 4.0))
    # Faster pictures of slower people: a minute later the old ones are still the most.
    t_s = passing(meter, 10, t_s, speed=1.0, every_s=0.2)
    assert meter.pace.speed == pytest.approx(4.0)
    t_s = passing(meter, 40, t_s + WINDOW_S, speed=1.0, every_s=0.2)
    assert (rate(meter), meter.pace.speed) == pytest.approx((5.0, 1.0))


def test_while_nobody_comes_the_last_few_people_are_remembered_but_not_for_ever() -> None:
    meter = PaceMeter()
    t_s = passing(meter, 60, 0.0, speed=4.0)
    nobody = Progress([], [], 0, 0)
    for later_s in (700.0, 1800.0, 3500.0):
        meter.add(t_s + later_s, nobody)
        assert (meter.remembered, meter.pace.speed) == pytest.approx((8, 4.0))
    meter.add(t_s + 3601.0, nobody)
    assert (meter.remembered, meter.pace.speed) == (0, USUAL_SPEED)


@pytest.mark.parametrize("slow_s", [1.0, 60.0])
def test_a_camera_that_becomes_slow_is_noticed_soon(slow_s: float) -> None:
    meter, nobody = PaceMeter(), Progress([], [], 0, 0)
    for index in range(6000):
        meter.add(index / 10, nobody)
    assert rate(meter) == pytest.approx(10.0)
    t_s = 600.0
    # Within a minute, or with the third picture.
    for _ in range(max(3, round(60 / slow_s))):
        t_s += slow_s
        meter.add(t_s, nobody)
    assert meter.pace.mode is not Mode.IN_OUT
    for _ in range(max(10, round(60 / slow_s))):
        t_s += slow_s
        meter.add(t_s, nobody)
    assert rate(meter) == pytest.approx(1 / slow_s)


def test_a_recording_is_measured_as_a_whole() -> None:
    meter = PaceMeter(math.inf)
    t_s = passing(meter, 600, 0.0, speed=4.0, every_s=10.0)
    passing(meter, 600, t_s, speed=1.0, every_s=10.0)
    assert meter.remembered == 1200
    assert meter.pace.speed == pytest.approx(4.0)


def test_a_clock_that_was_put_back_begins_anew() -> None:
    meter = PaceMeter()
    t_s = passing(meter, 20, 1000.0, speed=4.0, every_s=3.0)
    passing(meter, 20, t_s - 500, speed=1.0, every_s=0.5)
    assert (rate(meter), meter.pace.speed) == pytest.approx((2.0, 1.0))


def test_what_somebody_did_who_never_goes_fades() -> None:
    meter = PaceMeter()
    for index in range(6000):
        speed = 4.0 if index < 1000 else 1.0
        place = Waypoint(1, index / 5, 0.5, 0.5, WIDTH, 0.4, speed)
        meter.add(index / 5, Progress([place], [], 1, 0))
    assert meter.pace.speed == pytest.approx(1.0, abs=0.05)


FAST, SLOW = Pace(5.0), Pace(1.0)


def steady(paces: Iterable[tuple[float, Pace]]) -> list[tuple[float, Mode]]:
    """Return when the mode changed, and to what."""
    one, changes = SteadyPace(), [(-1.0, SteadyPace().pace.mode)]
    for t_s, pace in paces:
        if one.is_due(t_s):
            one.take(t_s, pace)
        if one.pace.mode is not changes[-1][1]:
            changes.append((t_s, one.pace.mode))
    return changes[1:]


def test_the_mode_does_not_flap() -> None:
    # A minute of pictures that come fast and slow in turns, in stretches of 15 s.
    flapping = [(t / 2, SLOW if (t // 30) % 2 else FAST) for t in range(1200)]
    assert steady(flapping) == [(0.0, Mode.IN_OUT)]


def test_in_and_out_are_given_up_soon_and_earned_slowly() -> None:
    paces = [(t / 2, SLOW if 200 <= t < 400 else FAST) for t in range(800)]
    assert steady(paces) == [
        (0.0, Mode.IN_OUT),
        (100.0 + HOLD_S, Mode.OCCUPANCY),
        (200.0 + EARN_S, Mode.IN_OUT),
    ]


def test_at_the_start_what_is_measured_is_believed_at_once() -> None:
    assert steady([(0.0, Pace(None)), (1.0, SLOW), (3.0, FAST), (9.0, FAST)]) == [
        (3.0, Mode.IN_OUT)
    ]


def test_while_no_pace_is_known_nothing_changes() -> None:
    gap = [(t / 2, FAST if t < 40 or t > 2000 else Pace(None)) for t in range(2100)]
    assert steady(gap) == [(0.0, Mode.IN_OUT)]


def test_the_newest_pace_is_taken_while_the_mode_stays() -> None:
    one = SteadyPace()
    one.take(0.0, Pace(5.0))
    one.take(10.0, Pace(4.0))
    assert one.pace.rate == 4.0
    one.take(11.0, SLOW)
    assert one.pace.rate == 4.0


def test_a_clock_that_was_put_back_does_not_keep_the_mode_for_ever() -> None:
    one = SteadyPace()
    one.take(10_000.0, FAST)
    times = [100.0 + t for t in range(60)]
    assert all(one.is_due(t_s) for t_s in times[:1])
    for t_s in times:
        if one.is_due(t_s):
            one.take(t_s, SLOW)
    assert one.pace.mode is Mode.OCCUPANCY


def test_the_first_one_or_two_people_take_no_numbers_away_by_themselves() -> None:
    steady, runner = SteadyPace(), Pace(2.0, speed=3.0)
    assert runner.mode is Mode.OCCUPANCY
    steady.take(1.0, Pace(2.0))
    for t_s in (2.0, 4.0, 7.0, 20.0):
        steady.take(t_s, runner)
        assert steady.pace.mode is Mode.IN_OUT
    # Who goes on to run is believed.
    steady.take(7.0 + HOLD_S, runner)
    assert steady.pace.mode is Mode.OCCUPANCY
