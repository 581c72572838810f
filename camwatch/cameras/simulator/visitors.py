"""The people of the simulated site: cut-outs, dressed in many ways, at any size.

The files and what their pixels mean are described in resources/README.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from camwatch.cameras.decode import decode_bytes
from camwatch.paths import resources

FIGURES = ("woman-jacket", "man-coat", "man-jacket")
"""Names of the files, each a person in three poses."""

STANDING, LONG_STEP, SHORT_STEP = range(3)
_POSES = 3

_JACKET, _TROUSERS, _HAIR, _SKIN = 60, 120, 180, 240
"""Codes of the parts, as the files have them."""

DARKEST, BRIGHTEST = 8, 247
"""Range of a person's colours; leaves room for noise."""

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

_Places = tuple[npt.NDArray[np.intp], ...]
"""Rows and columns of pixels."""

_JACKETS: tuple[Colour, ...] = (
    (110, 70, 38),  # navy
    (60, 78, 66),  # olive
    (62, 58, 132),  # brick
    (92, 128, 158),  # sand
    (72, 68, 66),  # slate
    (126, 112, 52),  # petrol
    (48, 104, 168),  # ochre
    (150, 146, 142),  # light grey
    (88, 48, 92),  # plum
)
_TROUSER_COLOURS: tuple[Colour, ...] = (
    (84, 58, 40),  # denim
    (52, 52, 54),  # charcoal
    (70, 88, 102),  # khaki
    (44, 42, 46),  # black
    (96, 74, 58),  # light denim
)
_HAIR_SHADES: tuple[tuple[float, float, float], ...] = (
    (1.0, 1.0, 1.0),
    (0.42, 0.46, 0.5),
    (0.5, 0.62, 0.85),
    (1.15, 1.0, 0.9),
)
_SKIN_SHADES: tuple[float, ...] = (1.0, 0.92, 0.82, 0.7)


@dataclass(frozen=True, slots=True)
class Look:
    """How one visitor looks.

    Attributes:
        figure: Index into FIGURES.
        jacket: Index of the colour of the upper clothes.
        trousers: Index of the colour of the trousers.
        hair: Index of the shade of the hair.
        skin: Index of the shade of the skin.
    """

    figure: int
    jacket: int
    trousers: int
    hair: int
    skin: int

    @staticmethod
    def by_chance(chance: np.random.Generator) -> Look:
        """Draw a look; the same generator state gives the same look."""
        return Look(
            int(chance.integers(len(FIGURES))),
            int(chance.integers(len(_JACKETS))),
            int(chance.integers(len(_TROUSER_COLOURS))),
            int(chance.integers(len(_HAIR_SHADES))),
            int(chance.integers(len(_SKIN_SHADES))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A person ready to be laid into a picture, cut to its outline's bounding box.

    Attributes:
        colour: uint16, shape (height, width, 3), BGR times opacity, 0 to 255 * 256.
        clear: uint16, shape (height, width, 1): how much of the ground shines through,
            0 to 256.
    """

    colour: npt.NDArray[np.uint16]
    clear: npt.NDArray[np.uint16]

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.clear.shape[1], self.clear.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Pose:
    """One pose as the file has it, cut to its bounding box, and ready to be dressed.

    Attributes:
        colour: float32, shape (height, width, 3), BGR.
        alpha: float32, shape (height, width, 1), 0 to 1.
        cloth: For jacket and trousers: where they are, as (rows, columns), and how
            bright their folds are there, around 1.0.
        hair: Where the hair is.
        skin: Where the skin is.
    """

    colour: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float32]
    cloth: tuple[tuple[_Places, npt.NDArray[np.float32]], ...]
    hair: _Places
    skin: _Places


@cache
def _poses(figure: int) -> tuple[_Pose, ...]:
    """Read a figure's poses, each cut to its own bounding box (but of full height)."""
    file = resources() / "simulator" / f"{FIGURES[figure]}.png"
    sheet = decode_bytes(file.read_bytes())
    height, width = sheet.shape[0] // 2, sheet.shape[1] // _POSES
    poses = []
    for index in range(_POSES):
        columns = slice(index * width, (index + 1) * width)
        parts = sheet[height:, columns]
        covered = np.flatnonzero((parts[..., 0] > 127).any(axis=0))
        inside = slice(int(covered[0]), int(covered[-1]) + 1)
        colour = sheet[:height, columns][:, inside].astype(np.float32)
        alpha, part = parts[:, inside, :1], parts[:, inside, 1]
        cloth = tuple(
            (places, _relief(colour[places]))
            for places in (np.nonzero(part == code) for code in (_JACKET, _TROUSERS))
        )
        poses.append(
            _Pose(
                colour,
                alpha.astype(np.float32) / np.float32(255),
                cloth,
                np.nonzero(part == _HAIR),
                np.nonzero(part == _SKIN),
            )
        )
    return tuple(poses)


def _relief(cloth: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return how much brighter or darker than its middle a piece of cloth is, shape (n, 1)."""
    brightness = cloth @ np.array([0.114, 0.587, 0.299], np.float32)
    middle = np.float32(max(float(np.median(brightness)), 1.0))
    # The black coat's edge has caught some of the sky: nothing is that bright.
    relief: npt.NDArray[np.float32] = np.minimum(brightness / middle, np.float32(1.7))
    return np.float32(0.4) + np.float32(0.6) * relief[:, None]


def width_per_height(figure: int, pose: int) -> float:
    """Return the width of a figure's bounding box in a pose, in parts of its height."""
    height, width, _ = _poses(figure)[pose].alpha.shape
    return float(width / height)


def cutout(look: Look, pose: int, height: int, *, faces_left: bool, light: float) -> Cutout:
    """Dress a figure and bring it to its size in the picture.

    Args:
        look: What the person wears.
        pose: STANDING, LONG_STEP or SHORT_STEP.
        height: Pixels from head to foot.
        faces_left: The figures face right; True mirrors them.
        light: How bright the place is; 1.0 leaves the colours as they are.
    """
    source = _poses(look.figure)[pose]
    before = source.alpha.shape
    width = max(1, round(height * before[1] / before[0]))
    # Colours are averaged by their opacity, or the empty ground would darken the outline.
    solid = np.empty((before[0], before[1], 4), np.float32)
    np.multiply(_dressed(source, look), source.alpha * np.float32(light), out=solid[..., :3])
    solid[..., 3:] = source.alpha
    small = _resampled(_resampled(solid, height).transpose(1, 0, 2), width).transpose(1, 0, 2)
    if faces_left:
        small = small[:, ::-1]
    clear = np.round((1 - small[..., 3:].clip(0, 1)) * 256).astype(np.uint16)
    # Never darker or brighter than the ground gets, times how solid the person is there.
    solid_share = 256.0 - clear
    colour = np.clip(small[..., :3] * 256, DARKEST * solid_share, BRIGHTEST * solid_share)
    return Cutout(np.ascontiguousarray(colour.astype(np.uint16)), np.ascontiguousarray(clear))


def _dressed(pose: _Pose, look: Look) -> npt.NDArray[np.float32]:
    """Return a pose's colours in the clothes of a look: float32, BGR, 0 to 255."""
    colour = pose.colour.copy()
    wanted = (_JACKETS[look.jacket], _TROUSER_COLOURS[look.trousers])
    for (places, relief), tone in zip(pose.cloth, wanted, strict=True):
        # Dyed cloth is never as pure as a colour on a screen.
        dull = 0.8 * np.array(tone, np.float32) + np.float32(0.2 * sum(tone) / 3)
        colour[places] = relief * dull
    colour[pose.hair] *= np.array(_HAIR_SHADES[look.hair], np.float32)
    shade = _SKIN_SHADES[look.skin]
    colour[pose.skin] *= np.array([shade**1.25, shade**1.1, shade], np.float32)
    return colour


def _resampled(image: npt.NDArray[np.float32], after: int) -> npt.NDArray[np.float32]:
    """Bring an image of shape (h, w, channels) to another height, each row an average."""
    rows, weights = _taps(image.shape[0], after)
    result = np.zeros((after, *image.shape[1:]), np.float32)
    for row, weight in zip(rows, weights, strict=True):
        result += image[row] * weight[:, None, None]
    return result


@cache
def _taps(before: int, after: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Return which lines make up each new line, and with what weights: a soft triangle.

    Returns:
        Two arrays of shape (taps, after); the weights of each column add up to 1.
    """
    scale = before / after
    reach = max(scale, 1.0)
    centres = (np.arange(after) + 0.5) * scale - 0.5
    first = np.floor(centres - reach).astype(np.intp) + 1
    lines = first + np.arange(math.ceil(2 * reach))[:, None]
    weights = np.clip(1 - np.abs(lines - centres) / reach, 0, None)
    shares = (weights / weights.sum(axis=0)).astype(np.float32)
    return lines.clip(0, before - 1), shares
