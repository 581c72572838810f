"""Finds small and far people as well: the picture once as a whole, once more in finer parts.

The whole finds everybody who is tall enough. The parts, *tiles*, are searched at almost one and
a half times its scale for people who are too small in the whole, only where something moved if
that is known. A model whose input may have any size searches one stretch of the picture as
one tile, without a seam. For a model whose input has one size every tile costs as much as the
whole, however small it is: it gets two at most, that overlap by more than the tallest person
they are asked for. So a person on a seam is whole in at least one tile, and a box that ends
at a tile's inner edge is dropped: it is part of a person whom the neighbour, or the whole, has
entirely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from camwatch.detect.detector import Detector
from camwatch.detect.geometry import dropped_by_better, fit_letterbox, overlaps
from camwatch.detect.raster import CELL, TALLEST, Raster, Tile
from camwatch.domain import Boxes, Detections, Pixels

FINER = 1.5
"""Scale of the tiles in that of the whole, at most; see `docs/models.md` for the next four, too."""

_BUDGET = 2.05
"""So many times the whole's pixels may the finer search have: with the whole itself that makes
three times the cost of a plain search, as a larger search costs a little less a pixel."""

_TRUST = 0.9
"""A score from a tile counts for so much: at a finer scale more things look like people."""

_SAME = 0.4
"""A box from a tile and one from elsewhere that share more than this are one person. Within
one search the model's own, higher limit holds: two people side by side stay two."""

_INSIDE = 0.8
"""As much of one box inside another, and they are one person: head and shoulders only, say,"""

_ALIKE = 0.5
"""if the shorter has at least this part of the taller's height. A small person before a tall
one stays a person of her own."""

_EDGE = 4
"""A box that ends so near a tile's inner edge was cut there; pixels of the finer search."""

_WORTH = 1.15
"""Two tiles that enlarge the picture by less find nobody new and are not searched."""

_FIXED_CELLS = 2
"""So many times finer are the cells where tiles need not be multiples of what a model takes."""

_USUAL_SIDE = 416

_HIGHEST = 0.999


@runtime_checkable
class ScalableDetector(Detector, Protocol):
    """A detector whose model takes inputs of any size.

    Attributes:
        long_side: Longer side of its usual input, pixels.
    """

    @property
    def long_side(self) -> int:
        """See the attributes."""

    def detect_at(self, pixels: Pixels, threshold: float, long_side: int) -> Detections:
        """Do as `detect` at another scale: the picture's longer side gets so many pixels."""


@runtime_checkable
class FixedDetector(Detector, Protocol):
    """A detector that may tell the one size of its model's input.

    Attributes:
        fixed_wh: Width and height in pixels; None where the input follows the picture.
    """

    @property
    def fixed_wh(self) -> tuple[int, int] | None:
        """See the attributes."""


class TiledDetector:
    """Finds people with another detector, small and far ones too; safe for threads as that one.

    Args:
        detector: Searches the whole, and the tiles.

    Attributes:
        name, runtime, precision, is_poor: Those of the other detector.
        fingerprint: The other's with "+tiles": an audit without tiles says nothing of one with.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.name = detector.name
        self.runtime = detector.runtime
        self.precision = detector.precision
        self.is_poor = detector.is_poor
        self.fingerprint = f"{detector.fingerprint}+tiles"
        self._scalable = detector if isinstance(detector, ScalableDetector) else None
        # Of some nothing is known; a square of the usual size does for the layout.
        fixed_wh = detector.fixed_wh if isinstance(detector, FixedDetector) else None
        self._input_wh = fixed_wh or (_USUAL_SIDE, _USUAL_SIDE)
        self._coarse = self._scalable.long_side if self._scalable else max(self._input_wh)
        self._cells = 1 if self._scalable else _FIXED_CELLS

    def needed_wh(self, frame_wh: tuple[int, int]) -> tuple[int, int]:
        """Return the least width and height in which a picture must be decoded, pixels.

        Args:
            frame_wh: Width and height of the picture as the camera sent it.
        """
        scale = min(1.0, _finer_side(frame_wh, self._coarse) / max(frame_wh))
        return (math.ceil(frame_wh[0] * scale), math.ceil(frame_wh[1] * scale))

    def tiles(self, frame_wh: tuple[int, int], where: Boxes | None = None) -> list[Tile]:
        """Return the tiles that `detect` would search beside the whole; there may be none."""
        raster = self._raster(frame_wh)
        wanted = [raster.whole] if where is None else raster.around(where)
        if self._scalable or not wanted:
            return wanted
        window = _window(raster, self._input_wh)
        return list(raster.windows(wanted, *window)) if window else []

    def detect(self, pixels: Pixels, threshold: float, *, where: Boxes | None = None) -> Detections:
        """Find the people in a picture, each once.

        Args:
            pixels: As for `Detector.detect`, best at `needed_wh` or larger.
            threshold: As for `Detector.detect`.
            where: float32, shape (n, 4), x1 y1 x2 y2 relative to the picture: only around
                these regions is the picture searched for small people. They must hold what
                moved and whoever was found before (`also_seen`), or people who stand still
                and far away are lost from the count. n may be 0. None searches everywhere.

        Returns:
            As `Detector.detect`.

        Raises:
            ModelUnfit: The model cannot be run or gives no numbers, if only in one tile.
            ValueError: where is not of shape (n, 4) or holds what is no number.
        """
        if where is not None and (where.shape != (len(where), 4) or not np.isfinite(where).all()):
            raise ValueError(f"where: {where.shape}, or not all of it numbers")
        height, width = pixels.shape[:2]
        raster = self._raster((width, height))
        found = [self._detector.detect(pixels, threshold)]
        found += [
            self._in_tile(pixels, raster, tile, threshold)
            for tile in self.tiles((width, height), where)
        ]
        return _each_once(found)

    def _raster(self, frame_wh: tuple[int, int]) -> Raster:
        """Divide a picture into the cells of which its tiles are made."""
        return Raster.over(frame_wh, self._cells * _finer_side(frame_wh, self._coarse))

    def _in_tile(self, pixels: Pixels, raster: Raster, tile: Tile, threshold: float) -> Detections:
        """Return the small people in a tile, in pixels of the picture."""
        x1, y1, x2, y2 = raster.corners(tile)
        part = pixels[y1:y2, x1:x2]
        strict = min(threshold / _TRUST, _HIGHEST)
        if self._scalable is None:
            found = self._detector.detect(part, strict)
        else:
            long_side = max(1, round(max(x2 - x1, y2 - y1) * CELL / raster.cell))
            found = self._scalable.detect_at(part, strict, long_side)
        boxes = found.boxes + np.array([x1, y1, x1, y1], np.float32)
        is_kept = (boxes[:, 3] - boxes[:, 1]) <= TALLEST * raster.frame_wh[1]
        near = _EDGE * self._cells * raster.cell / CELL
        is_kept &= ~_is_cut(boxes, (x1, y1, x2, y2), raster.frame_wh, near)
        return Detections(boxes[is_kept], found.scores[is_kept] * np.float32(_TRUST))


@lru_cache(maxsize=256)
def _finer_side(frame_wh: tuple[int, int], coarse: int) -> int:
    """Return the longer side of the finer search in pixels, as long as the budget allows.

    Args:
        frame_wh: Width and height of the picture in pixels.
        coarse: Longer side of the whole's search in pixels.
    """
    budget = _BUDGET * math.prod(fit_letterbox(frame_wh, coarse, CELL).input_wh)
    for long_side in range(round(coarse * FINER), coarse, -1):
        if math.prod(fit_letterbox(frame_wh, long_side, CELL).input_wh) <= budget:
            return long_side
    return coarse


def _window(raster: Raster, input_wh: tuple[int, int]) -> tuple[int, int] | None:
    """Return columns and rows of the two tiles for a model whose input has one size.

    They stand side by side or one above the other, whatever enlarges more.

    Args:
        raster: Over the picture.
        input_wh: Width and height of the input in pixels.

    Returns:
        None where two tiles would enlarge the picture by too little to be worth them: it is
        nearly square, or not much wider than the input.
    """
    (across, down), (columns, rows) = input_wh, (raster.columns, raster.rows)
    # As large as the input's shape lets a tile be without enlarging it less.
    wide = max(math.ceil((columns + raster.overlap) / 2), math.floor(rows * across / down))
    high = max(math.ceil((rows + raster.overlap) / 2), math.floor(columns * down / across))
    whole = min(across / columns, down / rows)
    gains = {
        (wide, rows): min(across / wide, down / rows) / whole,
        (columns, high): min(across / columns, down / high) / whole,
    }
    best = max(gains, key=lambda window: gains[window])
    return best if gains[best] >= _WORTH else None


def _is_cut(
    boxes: Boxes, corners: tuple[int, int, int, int], frame_wh: tuple[int, int], near: float
) -> npt.NDArray[np.bool_]:
    """Tell which boxes end near an inner edge of their tile; all in pixels of the picture."""
    x1, y1, x2, y2 = corners
    width, height = frame_wh
    is_cut = np.zeros(len(boxes), np.bool_)
    if x1 > 0:
        is_cut |= boxes[:, 0] <= x1 + near
    if y1 > 0:
        is_cut |= boxes[:, 1] <= y1 + near
    if x2 < width:
        is_cut |= boxes[:, 2] >= x2 - near
    if y2 < height:
        is_cut |= boxes[:, 3] >= y2 - near
    return is_cut


def _each_once(found: Sequence[Detections]) -> Detections:
    """Join what the searches of one picture found, the best box of each person."""
    if len(found) == 1:
        return found[0]
    boxes = np.concatenate([one.boxes for one in found])
    scores = np.concatenate([one.scores for one in found])
    source = np.repeat(np.arange(len(found)), [one.count for one in found])
    order = np.argsort(-scores, kind="stable")
    boxes, scores, source = boxes[order], scores[order], source[order]
    is_same = (overlaps(boxes, boxes) > _SAME) | _is_part(boxes)
    is_same &= source[:, None] != source[None, :]
    is_kept = ~dropped_by_better(is_same)
    return Detections(boxes[is_kept], scores[is_kept])


def _is_part(boxes: Boxes) -> npt.NDArray[np.bool_]:
    """Tell of each pair of boxes whether one is a part of the other."""
    upper_left = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    lower_right = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(lower_right - upper_left, 0, None).prod(axis=2)
    sizes = boxes[:, 2:] - boxes[:, :2]
    areas, heights = sizes.prod(axis=1), sizes[:, 1]
    is_inside = shared > _INSIDE * np.minimum(areas[:, None], areas[None, :])
    shorter = np.minimum(heights[:, None], heights[None, :])
    taller = np.maximum(heights[:, None], heights[None, :])
    is_part: npt.NDArray[np.bool_] = is_inside & (shorter >= _ALIKE * taller)
    return is_part


def also_seen(moved: Boxes, people: Boxes) -> Boxes:
    """Return where to search next: what moved, and where small people were found before.

    Args:
        moved: float32, shape (n, 4), relative to the picture.
        people: float32, shape (m, 4), relative likewise: who was found in the last picture.
    """
    is_small = people[:, 3] - people[:, 1] <= TALLEST
    return np.concatenate([moved, people[is_small]])
