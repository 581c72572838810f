"""The colours of a heat map and what they mean. Knows no Qt.

From dark violet over red to pale yellow, lighter in even steps: more is always lighter, so that
the order can be seen without telling red from green, and in a print without colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SHADES = 256

_DARKEST, _LIGHTEST = 0.32, 0.95  # lightness in OKLab
_HUES = (  # share of the way, chroma, hue in degrees
    (0.0, 0.15, 295.0),
    (0.25, 0.19, 335.0),
    (0.5, 0.19, 385.0),
    (0.75, 0.16, 425.0),
    (1.0, 0.10, 465.0),
)
# OKLab to linear RGB; B. Ottosson, "A perceptual color space for image processing", 2020.
_TO_LMS = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.291485548],
    ]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)

_ROUND = (1, 2, 5, 10, 15, 30)
_ROUND_S = (
    *(number for number in _ROUND),
    *(60 * number for number in _ROUND),
    *(3600 * number for number in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
_APART = 0.2  # of the bar from one mark to the next


@lru_cache(maxsize=1)
def ramp() -> npt.NDArray[np.uint8]:
    """Return the colours from little to much: uint8, shape (SHADES, 3), red green blue."""
    along = np.linspace(0, 1, SHADES)
    shares, chromas, hues = np.array(_HUES).T
    chroma = np.interp(along, shares, chromas)
    hue = np.radians(np.interp(along, shares, hues))
    lightness = _DARKEST + along * (_LIGHTEST - _DARKEST)
    lab = np.column_stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
    linear = np.clip((lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: npt.NDArray[np.uint8] = np.rint(encoded * 255).astype(np.uint8)
    colours.setflags(write=False)
    return colours


@dataclass(frozen=True, slots=True)
class Scale:
    """What the colours of one map mean.

    Half way up the colours is a quarter of the highest value: else one spot where somebody
    sits all day would leave everything else dark.

    Attributes:
        top: The highest value that is shown, above 0.
        is_time: Values are seconds; else they are numbers of people.
    """

    top: float
    is_time: bool

    def shade(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return where on the colours values are, 0 to 1; same shape."""
        return np.sqrt(np.clip(values / self.top, 0, 1))

    def marks(self) -> Sequence[tuple[float, float]]:
        """Return places on the colours, 0 to 1, and the round values there, ascending."""
        wanted = _ROUND_S if self.is_time else _round_numbers(self.top)
        found: list[tuple[float, float]] = []
        for value in reversed([one for one in wanted if one <= self.top]):
            place = math.sqrt(value / self.top)
            if not found or found[-1][0] - place >= _APART:
                found.append((place, float(value)))
        return [(0.0, 0.0), *reversed([one for one in found if one[0] >= _APART])]


def _round_numbers(top: float) -> list[int]:
    """Return 1, 2, 5, 10, 20, 50 … up to a value."""
    steps = range(int(math.log10(max(top, 1))) + 1)
    return [digit * 10**step for step in steps for digit in (1, 2, 5)]
