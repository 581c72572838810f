"""The empty place a simulated camera looks at: floor, wall, door, light. Drawn, no photograph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camwatch.domain import Pixels

HORIZON = 0.10
"""Where the horizon is, in parts of the picture's height from the top."""

CAMERA_HEIGHT_M = 2.5
"""Height of the camera above the floor, metres."""

PERSON_HEIGHT_M = 1.72
"""Height of a person on average, metres."""

_FOCAL = 0.87  # focal length in picture heights: 60 degrees from top to bottom
_WALL_K = 0.135  # picture heights per metre at the back wall, 6.4 m away

Image = npt.NDArray[np.floating[Any]]
"""A picture or a part of it while it is drawn, values 0 to 255, mostly of float32."""

Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""


def foot_y(person_height: float) -> float:
    """Return where a person of this height stands, both in parts of the picture's height."""
    return HORIZON + CAMERA_HEIGHT_M * person_height / PERSON_HEIGHT_M


@dataclass(frozen=True, slots=True)
class _Style:
    """Colours of a place."""

    wall: Colour
    panel: Colour
    floor: Colour
    floor_other: Colour
    frame: Colour


_STYLES = (
    _Style((196, 206, 212), (170, 182, 188), (150, 158, 164), (140, 147, 153), (70, 66, 62)),
    _Style((186, 196, 190), (140, 150, 120), (138, 152, 166), (126, 139, 154), (56, 60, 64)),
    _Style((206, 208, 206), (150, 130, 106), (158, 160, 158), (134, 136, 136), (92, 84, 76)),
    _Style((172, 190, 206), (96, 122, 150), (120, 138, 156), (128, 146, 164), (44, 52, 66)),
    _Style((198, 196, 190), (176, 164, 140), (146, 142, 136), (156, 152, 146), (60, 58, 56)),
)


class _Canvas:
    """A picture to draw on, measured in metres on the back wall."""

    def __init__(self, height: int, width: int, vanishing_x: float) -> None:
        self.image: Image = np.zeros((height, width, 3), np.float32)
        self.height, self.width = height, width
        self.vanishing_x = vanishing_x
        self.rows: Image = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
        self.columns: Image = ((np.arange(width, dtype=np.float32) + 0.5) / height)[None, :]

    @property
    def floor_line(self) -> int:
        """First row of the floor."""
        return round((HORIZON + CAMERA_HEIGHT_M * _WALL_K) * self.height)

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[slice, slice]:
        """Return the pixels of a rectangle on the wall, in metres from the picture's middle."""

        def column(metres: float) -> int:
            at = (metres * _WALL_K + self.width / self.height / 2) * self.height
            return int(np.clip(round(at), 0, self.width))

        def row(metres: float) -> int:
            at = (HORIZON + (CAMERA_HEIGHT_M - metres) * _WALL_K) * self.height
            return int(np.clip(round(at), 0, self.height))

        return slice(row(top), row(bottom)), slice(column(left), column(right))

    def fill(self, box: tuple[slice, slice], top: Colour, bottom: Colour | None = None) -> None:
        """Fill a rectangle, from one colour above to another below."""
        rows = box[0].stop - box[0].start
        if rows <= 0 or box[1].stop <= box[1].start:
            return
        share = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
        self.image[box] = _tone(top) * (1 - share) + _tone(bottom or top) * share

    def shade(self, box: tuple[slice, slice], factor: float) -> None:
        """Make a rectangle darker or brighter."""
        self.image[box] *= np.float32(factor)


def draw_ground(seed: int, size: tuple[int, int]) -> Pixels:
    """Draw an empty place.

    Args:
        seed: Which place; the same seed gives the same picture.
        size: Width and height in pixels.

    Returns:
        uint8, shape (height, width, 3), BGR, values from 8 to 247 so that noise fits.
    """
    chance = np.random.default_rng([seed, 71])
    width, height = size
    style = _STYLES[seed % len(_STYLES)]
    shift = float(chance.uniform(-0.25, 0.25))
    canvas = _Canvas(height, width, (0.5 + shift * 0.3) * width / height)
    _wall(canvas, style, chance)
    _furnish(canvas, style, chance)
    _floor(canvas, style, chance)
    image = _softened(canvas.image)
    _light(image, chance)
    result: Pixels = image.clip(8, 247).round().astype(np.uint8)
    return result


def _softened(image: Image) -> Image:
    """Return the image as a lens shows it: no edge is sharper than two pixels."""
    padded = np.pad(image, ((0, 1), (0, 1), (0, 0)), mode="edge")
    down = padded[:-1] + padded[1:]
    softened: Image = (down[:, :-1] + down[:, 1:]) * np.float32(0.25)
    return softened


def _grain(height: int, width: int, cell: int, chance: np.random.Generator) -> Image:
    """Return soft random clouds, shape (height, width, 1), about -1 to 1."""
    coarse = chance.normal(0, 0.5, (height // cell + 2, width // cell + 2)).astype(np.float32)
    y = np.linspace(0, coarse.shape[0] - 1.001, height, dtype=np.float32)
    x = np.linspace(0, coarse.shape[1] - 1.001, width, dtype=np.float32)
    y0, x0 = y.astype(int), x.astype(int)
    fy, fx = (y - y0)[:, None], (x - x0)[None, :]
    top = coarse[y0][:, x0] * (1 - fx) + coarse[y0][:, x0 + 1] * fx
    low = coarse[y0 + 1][:, x0] * (1 - fx) + coarse[y0 + 1][:, x0 + 1] * fx
    clouds: Image = (top * (1 - fy) + low * fy)[..., None]
    return clouds


def _wall(canvas: _Canvas, style: _Style, chance: np.random.Generator) -> None:
    half = canvas.width / canvas.height / 2 / _WALL_K + 0.1
    canvas.fill((slice(0, canvas.height), slice(0, canvas.width)), style.wall)
    canvas.fill(canvas.box(-half, 0, half, 3.4), _scaled(style.wall, 1.03), style.wall)
    # The ceiling and its strip of shadow.
    canvas.fill(canvas.box(-half, 2.95, half, 3.6), _scaled(style.wall, 1.08))
    canvas.fill(canvas.box(-half, 2.88, half, 2.95), _scaled(style.wall, 0.82), style.wall)
    # The lower part in another colour, with a rail above and a skirting board below.
    canvas.fill(canvas.box(-half, 0, half, 1.0), style.panel, _scaled(style.panel, 0.94))
    canvas.fill(canvas.box(-half, 1.0, half, 1.05), _scaled(style.panel, 1.14))
    canvas.fill(canvas.box(-half, 0.97, half, 1.0), _scaled(style.panel, 0.84))
    spacing = float(chance.choice([1.2, 1.6, 2.0]))
    start = float(chance.uniform(0, spacing))
    for joint in np.arange(-half - start, half, spacing):
        canvas.shade(canvas.box(joint, 0, joint + 0.02, 0.97), 0.88)
        canvas.shade(canvas.box(joint, 1.05, joint + 0.015, 2.9), 0.965)
    canvas.fill(canvas.box(-half, 0, half, 0.11), _scaled(style.frame, 1.25), style.frame)


def _furnish(canvas: _Canvas, style: _Style, chance: np.random.Generator) -> None:
    """Put a door, and things beside it, on the wall, each in a place of its own."""
    half = canvas.width / canvas.height / 2 / _WALL_K
    slots = np.linspace(-half + 1.1, half - 1.1, 5)
    things = [_glass_door, _window, _notice_board, _poster, _shelf]
    for slot, which in zip(slots, chance.permutation(len(things)), strict=True):
        middle = float(slot + chance.uniform(-0.12, 0.12))
        things[which](canvas, middle, style, chance)


def _glass_door(canvas: _Canvas, middle: float, style: _Style, chance: np.random.Generator) -> None:
    day = _scaled((226, 220, 208), float(chance.uniform(0.86, 1.0)))
    canvas.fill(canvas.box(middle - 0.98, 0, middle + 0.98, 2.42), style.frame)
    for side in (-1, 1):
        left, right = sorted((middle + side * 0.05, middle + side * 0.9))
        canvas.fill(canvas.box(left, 0.12, right, 2.05), day, _scaled(day, 0.72))
        canvas.fill(canvas.box(left, 0.12, right, 0.62), _scaled(day, 0.62), _scaled(day, 0.55))
        canvas.fill(canvas.box(left, 1.02, right, 1.1), _scaled(style.frame, 1.5))
        # A slanting reflection in the pane.
        box = canvas.box(left, 1.1, right, 2.05)
        rows, columns = canvas.image[box].shape[:2]
        slant = np.arange(columns)[None, :] + np.arange(rows)[:, None] * 0.6
        band = np.abs(slant - columns * 0.75) < columns * 0.16
        canvas.image[box] += np.float32(14) * band[..., None]
    canvas.fill(canvas.box(middle - 0.9, 2.12, middle + 0.9, 2.36), day, _scaled(day, 0.9))
    # A green sign above it.
    canvas.fill(canvas.box(middle - 0.32, 2.5, middle + 0.32, 2.76), (70, 128, 28))
    canvas.fill(canvas.box(middle - 0.12, 2.57, middle + 0.24, 2.69), (226, 236, 226))


def _window(canvas: _Canvas, middle: float, style: _Style, chance: np.random.Generator) -> None:
    sky = _scaled((236, 224, 204), float(chance.uniform(0.84, 1.0)))
    canvas.fill(canvas.box(middle - 0.86, 1.2, middle + 0.86, 2.5), _scaled(style.frame, 1.6))
    for side in (-1, 1):
        left, right = sorted((middle + side * 0.04, middle + side * 0.8))
        canvas.fill(canvas.box(left, 1.27, right, 2.44), sky, _scaled(sky, 0.86))
        # Blinds, half drawn.
        for slat in np.arange(1.95, 2.44, 0.06):
            canvas.shade(canvas.box(left, slat, right, slat + 0.022), 0.84)
    canvas.fill(canvas.box(middle - 0.92, 1.13, middle + 0.92, 1.2), _scaled(style.wall, 1.1))


def _notice_board(
    canvas: _Canvas, middle: float, style: _Style, chance: np.random.Generator
) -> None:
    canvas.shade(canvas.box(middle - 0.66, 1.24, middle + 0.74, 2.2), 0.9)
    canvas.fill(canvas.box(middle - 0.7, 1.3, middle + 0.7, 2.26), style.frame)
    canvas.fill(canvas.box(middle - 0.65, 1.35, middle + 0.65, 2.21), (96, 134, 160))
    for column in range(4):
        for row in range(2):
            left = middle - 0.58 + column * 0.3 + float(chance.uniform(0, 0.05))
            low = 1.42 + row * 0.4 + float(chance.uniform(0, 0.05))
            paper = _scaled((232, 236, 236), float(chance.uniform(0.86, 1.02)))
            canvas.fill(canvas.box(left, low, left + 0.22, low + 0.3), paper)
            for line in np.arange(low + 0.06, low + 0.26, 0.045):
                canvas.shade(canvas.box(left + 0.03, line, left + 0.18, line + 0.014), 0.72)


def _poster(canvas: _Canvas, middle: float, style: _Style, chance: np.random.Generator) -> None:
    tint = [(150, 110, 60), (84, 120, 60), (64, 90, 170), (120, 84, 110)][int(chance.integers(4))]
    canvas.shade(canvas.box(middle - 0.41, 1.15, middle + 0.49, 2.35), 0.9)
    canvas.fill(canvas.box(middle - 0.45, 1.2, middle + 0.45, 2.4), (236, 236, 234))
    canvas.fill(canvas.box(middle - 0.39, 1.5, middle + 0.39, 2.34), _scaled(tint, 1.5), tint)
    canvas.fill(canvas.box(middle - 0.39, 1.5, middle + 0.39, 1.72), _scaled(tint, 0.6))
    canvas.fill(canvas.box(middle - 0.33, 1.34, middle + 0.2, 1.4), style.frame)
    canvas.fill(canvas.box(middle - 0.33, 1.26, middle + 0.05, 1.29), _scaled(style.frame, 1.8))


def _shelf(canvas: _Canvas, middle: float, style: _Style, chance: np.random.Generator) -> None:
    wood = _scaled((70, 104, 138), float(chance.uniform(0.8, 1.1)))
    canvas.fill(canvas.box(middle - 0.85, 0, middle + 0.85, 1.72), _scaled(wood, 0.62))
    for board in (0.06, 0.6, 1.14, 1.66):
        canvas.fill(canvas.box(middle - 0.85, board, middle + 0.85, board + 0.06), wood)
        at = middle - 0.78
        while board < 1.6 and at < middle + 0.62:
            width = float(chance.uniform(0.1, 0.3))
            tall = float(chance.uniform(0.2, 0.4))
            hue = chance.uniform(70, 200, 3)
            colour = (float(hue[0]), float(hue[1]), float(hue[2]))
            canvas.fill(
                canvas.box(at, board + 0.06, at + width, board + 0.06 + tall),
                colour,
                _scaled(colour, 0.8),
            )
            at += width + float(chance.uniform(0.01, 0.12))
    for side in (-0.88, 0.82):
        canvas.fill(canvas.box(middle + side, 0, middle + side + 0.06, 1.74), style.frame)


def _floor(canvas: _Canvas, style: _Style, chance: np.random.Generator) -> None:
    """Lay tiles in perspective, polished so that the wall shows in them a little."""
    first = canvas.floor_line
    per_metre = (canvas.rows[first:] - HORIZON) / CAMERA_HEIGHT_M
    depth = _FOCAL / per_metre
    across = (canvas.columns - canvas.vanishing_x) / per_metre
    tile = float(chance.choice([0.5, 0.6, 0.8]))
    line, number_z = np.modf(depth / tile)
    column, number_x = np.modf(across / tile + 100)
    # A joint is as wide as it is, but never thinner than a pixel, and then paler.
    joint_z, joint_x = 0.02, 0.02
    pixel_z = np.abs(np.gradient(depth[:, 0]))[:, None] / tile
    pixel_x = 1 / (per_metre * canvas.height) / tile
    is_joint = np.maximum(
        (line < np.maximum(joint_z, pixel_z)) * np.minimum(1, joint_z / pixel_z),
        (column < np.maximum(joint_x, pixel_x)) * np.minimum(1, joint_x / pixel_x),
    )
    other = ((number_z + number_x) % 2)[..., None]
    colour: Image = _tone(style.floor) * (1 - other) + _tone(style.floor_other) * other
    # Each tile differs a little from the next.
    lots = chance.uniform(-1, 1, (64, 64)).astype(np.float32)
    colour = (
        colour * (1 + 0.025 * lots[number_z.astype(int) % 64, number_x.astype(int) % 64])[..., None]
    )
    colour *= 1 - 0.2 * is_joint[..., None]
    colour *= 1 + 0.02 * _grain(colour.shape[0], colour.shape[1], 24, chance)

    mirror_rows = np.clip(2 * first - np.arange(first, canvas.height) - 1, 0, None)
    mirror = canvas.image[mirror_rows]
    reach = max(1, canvas.height // 90)
    padded = np.pad(mirror, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    total = np.cumsum(np.pad(padded, ((1, 0), (0, 0), (0, 0))), axis=0, dtype=np.float64)
    mirror = ((total[2 * reach + 1 :] - total[: -2 * reach - 1]) / (2 * reach + 1)).astype(
        np.float32
    )
    share = 0.3 * np.exp(-((canvas.rows[first:] - canvas.rows[first]) / 0.16))[..., None]
    canvas.image[first:] = colour * (1 - share) + mirror * share
    # Dirt and shadow gather where the floor meets the wall.
    edge = np.exp(-(canvas.rows[first:] - canvas.rows[first]) / 0.012)[..., None]
    canvas.image[first:] *= 1 - 0.22 * edge


def _light(image: Image, chance: np.random.Generator) -> None:
    """Light from lamps above, falling off to the corners, with a tint of its own."""
    height, width = image.shape[:2]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    fall = np.exp(-(((y - 0.55) / 0.5) ** 2))
    glow = np.zeros((height, width), np.float32)
    for lamp in range(2):
        at = 0.25 + 0.5 * lamp + float(chance.uniform(-0.12, 0.12))
        glow += fall * np.exp(-(((x - at) / 0.3) ** 2))
    corners = ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 0.45
    warmth = float(chance.uniform(-0.02, 0.03))
    tint = np.array([1 - warmth, 1.0, 1 + warmth], np.float32)
    image *= (0.92 + 0.16 * glow - corners)[..., None] * tint
    image *= 1 + 0.012 * _grain(height, width, 80, chance)


def _tone(colour: Colour) -> Image:
    return np.array(colour, np.float32)


def _scaled(colour: Colour, factor: float) -> Colour:
    return (
        min(250.0, colour[0] * factor),
        min(250.0, colour[1] * factor),
        min(250.0, colour[2] * factor),
    )
