from __future__ import annotations

import pytest

from camwatch.detect.modes import USUAL_SPEED, Pace, PaceMeter
from camwatch.detect.tracker import Progress, Tracker, Waypoint
from camwatch.scene import Mode
from tests.detect.paths import THRESHOLD, WIDTH, Picture, arrays, person, walk


def measured(pictures: list[Picture]) -> Pace:
    tracker, meter = Tracker(THRESHOLD), PaceMeter()
    for t_s, boxes in pictures:
        meter.add(t_s, tracker.step(t_s, *arrays(boxes)))
    return meter.pace


@pytest.mark.parametrize(
    ("rate", "speed", "mode"),
    [
        (25.0, 1.5, Mode.IN_OUT),
        (5.0, 1.5, Mode.IN_OUT),
        (2.0, 1.5, Mode.IN_OUT),
        (2.0, 1.8, Mode.IN_OUT),
        (2.0, 1.9, Mode.OCCUPANCY),
        (1.0, 1.5, Mode.OCCUPANCY),
        (1.0, 0.3, Mode.OCCUPANCY),  # slow people, but they hide each other
        (0.5, 1.5, Mode.OCCUPANCY),
        (0.3, 1.5, Mode.TOO_SLOW),  # 5 widths of 1/8: more than half of the picture
        (2.0, 9.0, Mode.TOO_SLOW),
        (None, 1.5, Mode.OCCUPANCY),
    ],
)
def test_the_mode_hangs_on_rate_and_speed(rate: float | None, speed: float, mode: Mode) -> None:
    assert Pace(rate, speed).mode is mode


def test_in_and_out_are_not_given_where_people_are_lost() -> None:
    assert Pace(10.0, 1.0, lost=0.05).mode is Mode.IN_OUT
    pace = Pace(10.0, 1.0, lost=0.2)
    assert pace.mode is Mode.OCCUPANCY
    assert pace.advice is not None
    assert "20% of the people" in pace.advice


def test_the_advice_says_what_would_do() -> None:
    assert Pace(2.0, 1.5).advice is None
    advice = Pace(2.0, 2.3).advice
    assert advice is not None
    # 2.3 / 0.9 is 2.56: rounded up, so that it is enough.
    assert "2.6 pictures a second or more, and there are 2.0" in advice
    assert Pace(2.6, 2.3).mode is Mode.IN_OUT
    assert "1.5 pictures a second" in str(Pace(1.0, 0.5).advice)
    assert "when the pictures were taken" in str(Pace(None).advice)


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
