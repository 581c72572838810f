"""The colours of the map: ordered for every eye, honest beside the bar, clear where nobody was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QColor, QImage

from camwatch.scene.heat import COLUMNS, ROWS
from camwatch.ui.heat.image import ALPHA, FINER, heat_image
from camwatch.ui.heat.scale import SHADES, Scale, ramp
from camwatch.ui.heat.words import mark, people_minutes, stay

# How eyes without the first, second or third kind of cone see linear red, green and blue;
# F. Vienot, H. Brettel, J. Mollon 1999 for the first two, luminance alone for no colours at all.
EYES = {
    "all colours": np.eye(3),
    "no red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "no green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}


def luminance(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = colours @ np.array([0.2126, 0.7152, 0.0722])
    return found


def linear(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    share = colours / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("eye", EYES)
def test_more_is_lighter_in_even_steps_for_every_eye(eye: str) -> None:
    seen = np.clip(linear(ramp()) @ EYES[eye].T, 0, 1)
    lightness = np.cbrt(luminance(seen))[:: SHADES // 16]
    steps = np.diff(lightness)
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.min()
    assert lightness[-1] - lightness[0] > 0.5


@pytest.mark.parametrize("top", [3.0, 40.0, 100.0, 3600.0, 90_000.0, 2_000_000.0])
def test_marks_are_round_apart_and_where_their_colour_is(top: float) -> None:
    scale = Scale(top, is_time=True)
    places = [place for place, _ in scale.marks()]
    values = np.array([value for _, value in scale.marks()])
    assert places[0] == values[0] == 0
    assert len(values) >= 3
    assert (np.diff(places) >= 0.2 - 1e-9).all()
    assert max(values) <= top
    assert scale.shade(values) == pytest.approx(places)


def test_marks_of_numbers_of_people_are_whole() -> None:
    assert [value for _, value in Scale(1, is_time=False).marks()] == [0, 1]
    assert [value for _, value in Scale(700, is_time=False).marks()] == [0, 50, 200, 500]


def test_the_image_shows_the_colour_that_the_bar_promises(qapp: object) -> None:
    scale = Scale(400.0, is_time=True)
    for value in (25.0, 100.0, 225.0, 400.0):
        image = heat_image(np.full((ROWS, COLUMNS), value, np.float32), scale)
        expected = ramp()[round((value / 400) ** 0.5 * (SHADES - 1))]
        seen = image.pixelColor(200, 100)
        assert (seen.red(), seen.green(), seen.blue()) == pytest.approx(tuple(expected), abs=2)
        assert seen.alphaF() == pytest.approx(ALPHA, abs=0.01)


def test_where_nobody_was_nothing_is_drawn(qapp: object) -> None:
    values = np.zeros((ROWS, COLUMNS), np.float32)
    values[5, 10] = 60
    image = heat_image(values, Scale(60, is_time=True))
    assert (image.width(), image.height()) == (COLUMNS * FINER, ROWS * FINER)
    assert image.format() is QImage.Format.Format_ARGB32_Premultiplied
    alpha = np.array(
        [
            [image.pixelColor(x, y).alpha() for x in range(image.width())]
            for y in range(image.height())
        ]
    )
    rows, columns = np.nonzero(alpha)
    # One cell, and half a cell around it in which the colours fade.
    assert rows.min() >= 4 * FINER + 4
    assert rows.max() < 7 * FINER - 4
    assert columns.min() >= 9 * FINER + 4
    assert columns.max() < 12 * FINER - 4
    middle = image.pixelColor(10 * FINER + 5, 5 * FINER + 5)
    assert middle.lightness() > 180
    assert QColor(image.pixelColor(0, 0)).alpha() == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0 s"),
        (41.7, "42 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (599.7, "10 min"),
        (1500, "25 min"),
        (3599, "1 h 00 min"),
        (3900, "1 h 05 min"),
    ],
)
def test_how_long_is_said_as_people_say_it(seconds: float | None, words: str) -> None:
    assert stay(seconds) == words


def test_people_minutes_are_not_more_exact_than_they_are() -> None:
    assert [people_minutes(one) for one in (0, 20, 8520, 741_234)] == [
        "0",
        "less than 1",
        "142",
        "12\u202f400",
    ]
    assert [mark(one, is_time=True) for one in (0, 5, 120, 7200)] == ["0", "5 s", "2 min", "2 h"]
    assert mark(20, is_time=False) == "20"
