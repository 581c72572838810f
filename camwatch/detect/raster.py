"""Divides a picture into the tiles in which small people are looked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes

TALLEST = 0.3
"""Taller people, in parts of the picture's height, are left to the whole."""

CELL = 32
"""Tiles begin and end at multiples of this, in pixels of the finer search."""

_REACH = 0.15
"""How far a far person may reach beyond what moved, in parts of the picture's height."""

_RUN_CELLS = 4
"""A search of its own costs about as much as so many cells."""

_NEARLY_ALL = 0.75
"""From this share on the whole picture is searched finer: it costs the same, without seams."""


class Tile(NamedTuple):
    """A part of the picture in cells; the cells at the right and below may be cut."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return (self.right - self.left) * (self.bottom - self.top)

    def united(self, other: Tile) -> Tile:
        """Return the least tile that holds both."""
        return Tile(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Raster:
    """The cells that a picture is divided into.

    Attributes:
        frame_wh: Width and height of the picture in pixels.
        cell: Width and height of a cell in those pixels, not a whole number.
        columns: Cells from left to right; the last may be cut by the picture's edge.
        rows: Cells from top to bottom, likewise.
    """

    frame_wh: tuple[int, int]
    cell: float
    columns: int
    rows: int

    @classmethod
    def over(cls, frame_wh: tuple[int, int], long_side: int) -> Raster:
        """Divide a picture whose longer side has long_side pixels in the finer search.

        Raises:
            ValueError: A side of the picture is less than 1 pixel.
        """
        if min(frame_wh) < 1:
            raise ValueError(f"frame_wh: {frame_wh}")
        cell = CELL * max(frame_wh) / long_side
        columns, rows = (max(1, math.ceil(side / cell - 1e-6)) for side in frame_wh)
        return cls(frame_wh, cell, columns, rows)

    @property
    def whole(self) -> Tile:
        """The tile that is the whole picture."""
        return Tile(0, 0, self.columns, self.rows)

    @property
    def overlap(self) -> int:
        """By how many cells tiles overlap: one more than the tallest person.

        Whoever is cut by one tile's edge is clear of the next one's.
        """
        return math.ceil(TALLEST * self.frame_wh[1] / self.cell) + 1

    def corners(self, tile: Tile) -> tuple[int, int, int, int]:
        """Return a tile's x1 y1 x2 y2 in pixels of the picture."""
        width, height = self.frame_wh
        # Rather a pixel too few: one too many would cost a row of cells.
        x1, y1 = math.ceil(tile.left * self.cell), math.ceil(tile.top * self.cell)
        x2 = width if tile.right == self.columns else math.floor(tile.right * self.cell)
        y2 = height if tile.bottom == self.rows else math.floor(tile.bottom * self.cell)
        # In a picture of a few pixels a cell may be less than one of them.
        x1, y1 = min(x1, width - 1), min(y1, height - 1)
        return (x1, y1, max(x2, x1 + 1), max(y2, y1 + 1))

    def around(self, where: Boxes) -> list[Tile]:
        """Return tiles that hold these regions and the people who reach beyond them.

        Args:
            where: float32, shape (n, 4), relative to the picture; n may be 0.

        Returns:
            As few cells as will do; tiles may overlap.
        """
        mask = np.zeros((self.rows, self.columns), np.uint8)
        width, height = self.frame_wh
        size = np.array([width, height, width, height], np.float32)
        # A quarter of a cell more, so that nobody within reach touches the tile's edge.
        reach = np.array([-1, -1, 1, 1], np.float32) * (_REACH * height + self.cell / 4)
        grown = np.clip(where * size + reach, 0, size) / self.cell
        for x1, y1, x2, y2 in grown.tolist():
            mask[math.floor(y1) : math.ceil(y2), math.floor(x1) : math.ceil(x2)] = 1
        tiles = _united(_heaps(mask))
        cells = sum(tile.cells + _RUN_CELLS for tile in tiles)
        return [self.whole] if cells >= _NEARLY_ALL * self.whole.cells else tiles

    def windows(self, wanted: Sequence[Tile], columns: int, rows: int) -> Iterator[Tile]:
        """Cover tiles with windows of one size: with a single one if it holds them all.

        All windows have one size, so that a person is not found or lost by how much else moved.

        Args:
            wanted: At least one tile.
            columns: Of a window; two of them cover the picture from left to right.
            rows: Likewise from top to bottom.
        """
        held = reduce(Tile.united, wanted)
        across = _stretches(held.left, held.right, min(columns, self.columns), self.columns)
        down = _stretches(held.top, held.bottom, min(rows, self.rows), self.rows)
        for top in down:
            for left in across:
                yield Tile(left, top, left + min(columns, self.columns), top + min(rows, self.rows))


def regions_of(mask: npt.NDArray[np.bool_]) -> Boxes:
    """Return what is marked in a mask over the picture, as regions for `Raster.around`.

    Args:
        mask: Shape (rows, columns), blocks of any size that cover the picture evenly.

    Returns:
        float32, shape (n, 4), x1 y1 x2 y2 relative to the picture, one for all blocks that
        touch each other; n is 0 if none is marked.
    """
    rows, columns = mask.shape
    heaps = np.array(_heaps(mask.astype(np.uint8)), np.float32).reshape(-1, 4)
    regions: Boxes = np.divide(heaps, (columns, rows, columns, rows), dtype=np.float32)
    return regions


def _heaps(mask: npt.NDArray[np.uint8]) -> list[Tile]:
    """Return the least tile around each heap of marked cells that touch each other."""
    found = cv2.connectedComponentsWithStats(mask)[2][1:, :4].tolist()
    return [Tile(x, y, x + wide, y + high) for x, y, wide, high in found]


def _united(tiles: list[Tile]) -> list[Tile]:
    """Unite tiles as long as one search costs less than two."""
    tiles = list(tiles)
    place = 0
    while place < len(tiles):
        for other in range(place + 1, len(tiles)):
            both = tiles[place].united(tiles[other])
            if both.cells <= tiles[place].cells + tiles[other].cells + _RUN_CELLS:
                tiles[place] = both
                del tiles[other]
                place = -1  # the larger one may be worth uniting with any of them
                break
        place += 1
    return tiles


def _stretches(start: int, end: int, length: int, most: int) -> tuple[int, ...]:
    """Return where stretches of one length begin that hold what is between start and end.

    Args:
        start: Of what must be held.
        end: Of what must be held.
        length: Of a stretch, half of most at least.
        most: Where the last one ends at the latest.
    """
    if end - start <= length:
        middle = (start + end - length) // 2
        return (min(max(middle, 0), most - length),)
    return (0, most - length)
