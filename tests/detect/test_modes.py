from __future__ import annotations

import pytest

from camwatch.detect.modes import Pace
from camwatch.scene import Mode


@pytest.mark.parametrize(
    ("rate", "speed", "mode"),
    [
        (25.0, 1.5, Mode.IN_OUT),
        (5.0, 1.5, Mode.IN_OUT),
        (2.0, 1.5, Mode.IN_OUT),
        (2.0, 1.8, Mode.IN_OUT),
        (2.0, 1.9, Mode.OCCUPANCY),
        (1.8, 0.5, Mode.IN_OUT),
        (1.7, 0.5, Mode.OCCUPANCY),
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
    assert "1.8 pictures a second" in str(Pace(1.0, 0.5).advice)
    assert "when the pictures were taken" in str(Pace(None).advice)


def test_where_people_hide_each_other_more_pictures_are_needed() -> None:
    # The faster people move, and the rarer the pictures, the less may be hidden.
    assert Pace(2.0, 1.34, hidden=0.05).mode is Mode.IN_OUT
    pace = Pace(2.0, 1.34, hidden=0.15)
    assert pace.mode is Mode.OCCUPANCY
    assert pace.advice is not None
    assert "not found in 15% of the pictures" in pace.advice
    # 0.15 x 1.34 / 0.07 is 2.87: rounded up, so that it is enough.
    assert "need 2.9 pictures a second or more, and there are 2.0" in pace.advice
    assert Pace(2.9, 1.34, hidden=0.15).mode is Mode.IN_OUT
    assert Pace(2.0, 0.6, hidden=0.15).mode is Mode.IN_OUT
    # Who would be fast enough needs no word about hiding.
    assert "not found" not in str(Pace(1.0, 1.5, hidden=0.05).advice)


def test_where_too_much_is_hidden_more_pictures_do_not_help() -> None:
    for rate in (5.0, 10.0, 25.0):
        pace = Pace(rate, 2.5, hidden=0.25)
        assert pace.mode is Mode.OCCUPANCY
        assert "a view from higher up would help" in str(pace.advice)
