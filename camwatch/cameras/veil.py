"""Makes people and parts of a view unseen in pixels, so that it cannot be undone.

What is hidden is not smoothed but thrown away: of each cell of a coarse grid only one of a few
shades of its mean is left. The grid stands still in the picture, for a grid that moved with a
person would show a little more of them with every picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from camwatch import opencv_setup
from camwatch.domain import WHOLE, Boxes, Part, Pixels
from camwatch.scene import Zone

# isort: split
import cv2

opencv_setup.tidy()

_MARGIN = 0.15
"""Of a box's width and height, on each side: boxes end at the shoulders, hair goes on."""

_CELLS_HIGH, _CELLS_WIDE = 8, 4
"""Cells in a person at most: the head is one or two of them."""

_LEAST_CELL = 6
_LADDER = tuple(round(_LEAST_CELL * 1.5**step) for step in range(14))
"""Sizes of cells, so that a box that grows by a pixel does not move the whole grid."""

_WHOLE_CELLS = 12
"""Cells along the shorter side of a picture in which nobody knows yet where people are."""

_SHADES = 16
_COVER = (48, 48, 48, 255)
_PLAIN = (58, 52, 47, 255)
_FIGURE = (206, 198, 190, 255)
_OUTLINE = (92, 84, 76, 255)


def pixelate(pixels: Pixels, people: Boxes) -> None:
    """Make people unrecognisable, in place.

    Args:
        pixels: uint8, shape (height, width, 3 or 4).
        people: float32, shape (n, 4), relative to these pixels; may reach beyond them.
    """
    height, width = pixels.shape[:2]
    size = np.array([width, height, width, height], np.float64)
    for x1, y1, x2, y2 in (people.astype(np.float64) * size).tolist():
        wide, high = x2 - x1, y2 - y1
        if not (wide > 0 and high > 0):
            continue
        cell = _cell(max(high / _CELLS_HIGH, wide / _CELLS_WIDE))
        left = _down(max(0.0, x1 - wide * _MARGIN), cell)
        top = _down(max(0.0, y1 - high * _MARGIN), cell)
        right = min(width, _up(x2 + wide * _MARGIN, cell))
        bottom = min(height, _up(y2 + high * _MARGIN, cell))
        if right > left and bottom > top:
            _coarsen(pixels[top:bottom, left:right], cell)


def pixelate_whole(pixels: Pixels) -> None:
    """Leave light, dark and colour of a picture and hardly a shape, in place."""
    cell = max(_LEAST_CELL, math.ceil(min(pixels.shape[:2]) / _WHOLE_CELLS))
    _coarsen(pixels, cell)


def cover(pixels: Pixels, covers: Sequence[Zone], part: Part = WHOLE) -> None:
    """Paint areas over, in place.

    Args:
        pixels: uint8, shape (height, width, 3 or 4).
        covers: In parts of the whole picture.
        part: What of the whole picture the pixels are.
    """
    height, width = pixels.shape[:2]
    scale = (width / (part[2] - part[0]), height / (part[3] - part[1]))
    for area in covers:
        corners = (np.asarray(area.points, np.float64) - part[:2]) * scale
        # Grown by a pixel: at another scale an edge lies between two of them.
        whole = np.rint(corners).astype(np.int32)
        cv2.fillPoly(pixels, [whole], _COVER)
        cv2.polylines(pixels, [whole], isClosed=True, color=_COVER, thickness=3)


def plain(height: int, width: int, channels: int) -> Pixels:
    """Return an even surface: nothing of a picture is in it."""
    return np.full((height, width, channels), _PLAIN[:channels], np.uint8)


def draw_figures(pixels: Pixels, people: Boxes) -> None:
    """Draw a filled shape of a person into each box, in place; those behind first.

    Args:
        pixels: uint8, shape (height, width, 3 or 4).
        people: As in `pixelate`.
    """
    height, width = pixels.shape[:2]
    size = np.array([width, height, width, height], np.float64)
    boxes = np.clip(people.astype(np.float64), -1, 2) * size
    for x1, y1, x2, y2 in boxes[np.argsort(boxes[:, 3])].tolist():
        wide, high = x2 - x1, y2 - y1
        if wide < 1 or high < 1:
            continue
        middle = round((x1 + x2) / 2)
        head = max(1, round(min(high / 12, wide / 3)))
        head_at = (middle, round(y1 + head))
        shoulder, foot = y1 + 2.3 * head, y2
        half, waist = wide * 0.42, wide * 0.28
        body = np.rint(
            [
                (middle - half * 0.7, shoulder),
                (middle + half * 0.7, shoulder),
                (middle + half, shoulder + (foot - shoulder) * 0.12),
                (middle + waist, shoulder + (foot - shoulder) * 0.55),
                (middle + waist, foot),
                (middle - waist, foot),
                (middle - waist, shoulder + (foot - shoulder) * 0.55),
                (middle - half, shoulder + (foot - shoulder) * 0.12),
            ]
        ).astype(np.int32)
        for shade, grown in ((_OUTLINE, 2), (_FIGURE, 0)):
            cv2.circle(pixels, head_at, head + grown // 2, shade, -1)
            cv2.fillPoly(pixels, [body], shade)
            if grown:
                cv2.polylines(pixels, [body], isClosed=True, color=shade, thickness=grown)


def resized(pixels: Pixels, wh: tuple[int, int]) -> Pixels:
    """Return a copy at another size, averaged where that is smaller."""
    if wh == (pixels.shape[1], pixels.shape[0]):
        return pixels.copy()
    is_smaller = wh[0] < pixels.shape[1]
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, wh, interpolation=how), np.uint8)


def as_channels(pixels_bgr: Pixels, channels: int) -> Pixels:
    """Return BGR pixels as BGR or BGRA."""
    if channels == 3:
        return pixels_bgr
    return np.asarray(cv2.cvtColor(pixels_bgr, cv2.COLOR_BGR2BGRA), np.uint8)


def within(boxes: Boxes, part: Part) -> Boxes:
    """Return boxes relative to a part of a picture, given those relative to all of it."""
    if part == WHOLE:
        return boxes
    low = np.array([part[0], part[1], part[0], part[1]], np.float32)
    wide, high = part[2] - part[0], part[3] - part[1]
    size = np.array([wide, high, wide, high], np.float32)
    return np.asarray((boxes - low) / size, np.float32)


def _cell(least: float) -> int:
    """Return the smallest size on the ladder that is at least this."""
    return next((one for one in _LADDER if one >= least), _LADDER[-1])


def _down(value: float, cell: int) -> int:
    return math.floor(value / cell) * cell


def _up(value: float, cell: int) -> int:
    return math.ceil(value / cell) * cell


def _coarsen(area: Pixels, cell: int) -> None:
    """Leave one shade of each cell, in place."""
    height, width = area.shape[:2]
    few = max(1, round(width / cell)), max(1, round(height / cell))
    small = np.asarray(cv2.resize(area, few, interpolation=cv2.INTER_AREA), np.uint8)
    step = 256 // _SHADES
    shades = small[..., :3] // step * step + step // 2
    small[..., :3] = shades
    area[...] = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
