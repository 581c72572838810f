"""Where people were in a view and which way they walked, as a grid that can be added up.

Everything is kept in whole steps of 1/128. So the heat of many short times adds up to that of
the whole time exactly, in whatever order, and nothing small is lost in something large.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

COLUMNS, ROWS = 48, 27
"""Cells are square in a picture of 16:9."""

ASPECT = COLUMNS / ROWS
"""Directions and distances are meant in a picture of this shape."""

SECTORS = 8
"""Ways that are told apart: sector k points at k * 45 degrees, 0 to the right, 2 down."""

HEIGHT_BINS = 20
"""Bin k counts boxes from k to k + 1 twentieths of the picture's height."""

BOX_ASPECT = 0.4
"""Width of a usual person's box by its height."""

STEPS = 128
"""What is kept is a multiple of 1/STEPS second, cell or count."""

Grid = npt.NDArray[np.float32]
"""float32, shape (ROWS, COLUMNS) or (SECTORS, ROWS, COLUMNS)."""

WAYS: npt.NDArray[np.float64] = np.array(
    [(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(SECTORS)]
)
"""Shape (SECTORS, 2): x and y of a step of one cell in each sector's direction."""

_SHAPES = {
    "presence_s": (ROWS, COLUMNS),
    "born": (ROWS, COLUMNS),
    "lost": (ROWS, COLUMNS),
    "walked": (SECTORS, ROWS, COLUMNS),
    "heights": (HEIGHT_BINS,),
    "walks": (),
    "watched_s": (),
}
_VALUES = sum(math.prod(shape) for shape in _SHAPES.values())
_MAGIC = b"CWH1"  # the number is that of the form of what follows
_PLANES = 8  # bytes of one number
_MOST = 2**53 // STEPS  # more is not kept exactly


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """What was seen of people in one view over some time.

    The arrays are made read-only here, and brought to whole steps of 1/128.

    Attributes:
        presence_s: float32, (ROWS, COLUMNS): how many seconds people stood in each cell, by
            the middle of their box's lower edge.
        born: float32, (ROWS, COLUMNS): how many people were first seen there, by the middle
            of their box, though it is not at the picture's edge.
        lost: float32, (ROWS, COLUMNS): the same for people who were not seen any more.
        walked: float32, (SECTORS, ROWS, COLUMNS): how far people walked in each direction, in
            cells, by the middle of their boxes. A way between two sectors is divided among
            them so that the sum of all, with their directions, is right.
        heights: float32, (HEIGHT_BINS,): how many boxes of people were so high.
        walks: How many people walked by at least the width of their box.
        watched_s: For how many seconds the view was searched for people.

    Raises:
        ValueError: A shape is wrong, or a value is negative, endless or no number.
    """

    presence_s: Grid
    born: Grid
    lost: Grid
    walked: Grid
    heights: Grid
    walks: float = 0.0
    watched_s: float = 0.0

    def __post_init__(self) -> None:
        """Check the values, and round and lock the arrays."""
        for name, shape in _SHAPES.items():
            given = np.asarray(getattr(self, name), np.float64)
            if given.shape != shape:
                raise ValueError(f"{name} is of shape {given.shape}, not {shape}")
            if not ((given >= 0) & (given < _MOST)).all():
                raise ValueError(f"{name} holds what cannot be")
            kept = (np.rint(given * STEPS) / STEPS).astype(np.float32)
            kept.setflags(write=False)
            object.__setattr__(self, name, kept if shape else round(float(given) * STEPS) / STEPS)

    @classmethod
    def empty(cls) -> Heat:
        """Return the heat of a view that was not looked at."""
        return cls._made({name: np.zeros(shape) for name, shape in _SHAPES.items()})

    def __add__(self, other: Heat) -> Heat:
        """Return the heat of both times together."""
        # In 64 bits, so that not each sum is rounded, but only the last one.
        return Heat._made(
            {
                name: np.add(getattr(self, name), getattr(other, name), dtype=np.float64)
                for name in _SHAPES
            }
        )

    @classmethod
    def _made(cls, parts: Mapping[str, Any]) -> Heat:
        return cls(**parts)

    @property
    def is_empty(self) -> bool:
        """True if nobody was seen."""
        return not (self.presence_s.any() or self.walked.any() or self.heights.any())

    @property
    def moved_x(self) -> Grid:
        """How far people moved to the right on the whole, (ROWS, COLUMNS), parts of the picture."""
        return self._moved(0, COLUMNS)

    @property
    def moved_y(self) -> Grid:
        """How far people moved down on the whole, (ROWS, COLUMNS), in parts of the picture."""
        return self._moved(1, ROWS)

    def _moved(self, axis: int, cells: int) -> Grid:
        moved = np.tensordot(WAYS[:, axis], self.walked.astype(np.float64), 1) / cells
        return moved.astype(np.float32)

    @property
    def usual_height(self) -> float | None:
        """The median height of a person's box, in parts of the picture; None if not known."""
        total = float(self.heights.sum())
        if not total:
            return None
        below = np.cumsum(self.heights)
        middle = int(np.searchsorted(below, total / 2))
        before = float(below[middle] - self.heights[middle])
        return (middle + (total / 2 - before) / float(self.heights[middle])) / HEIGHT_BINS

    @property
    def usual_width(self) -> float | None:
        """The width of a usual person's box, in parts of the picture; None if not known."""
        height = self.usual_height
        return None if height is None else height * BOX_ASPECT / ASPECT

    def to_bytes(self) -> bytes:
        """Return this as a few hundred to a few thousand bytes, without loss."""
        values = np.concatenate([np.ravel(getattr(self, name)) for name in _SHAPES])
        steps = np.rint(values.astype(np.float64) * STEPS).astype("<i8")
        # First bytes of all numbers, then all second ones, …: the high ones are nearly all 0.
        planes = steps.view(np.uint8).reshape(-1, _PLANES).T
        return _MAGIC + zlib.compress(planes.tobytes(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Heat:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is something else, or damaged.
        """
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError("these bytes are no heat, or of an unknown version")
        unpacking = zlib.decompressobj()
        try:
            # No more than it can be is unpacked, whatever the bytes claim.
            raw = unpacking.decompress(data[len(_MAGIC) :], _VALUES * _PLANES + 1)
        except zlib.error as error:
            raise ValueError(f"the heat is damaged: {error}") from error
        if len(raw) != _VALUES * _PLANES or not unpacking.eof or unpacking.unused_data:
            raise ValueError("the heat is cut off, or something follows it")
        planes = np.frombuffer(raw, np.uint8).reshape(_PLANES, -1)
        values = np.ascontiguousarray(planes.T).view("<i8").ravel() / STEPS
        parts: dict[str, Any] = {}
        at = 0
        for name, shape in _SHAPES.items():
            size = math.prod(shape)
            parts[name] = values[at : at + size].reshape(shape)
            at += size
        return cls._made(parts)


def cell_of(x: float, y: float) -> tuple[int, int]:
    """Return row and column of a point in parts of the picture; beyond it, the nearest ones."""
    row, column = math.floor(y * ROWS), math.floor(x * COLUMNS)
    return min(max(row, 0), ROWS - 1), min(max(column, 0), COLUMNS - 1)


def by_sector(dx: float, dy: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """Divide a way among the two sectors beside it, so that their ways add up to it.

    Args:
        dx: To the right, in cells.
        dy: Down, in cells.

    Returns:
        Twice a sector and how far it goes, in cells, 0 or more.
    """
    turn = math.tau / SECTORS
    angle = math.atan2(dy, dx) % math.tau
    first = int(angle // turn) % SECTORS
    beyond = angle - first * turn
    length = math.hypot(dx, dy) / math.sin(turn)
    return (
        (first, length * max(math.sin(turn - beyond), 0.0)),
        ((first + 1) % SECTORS, length * max(math.sin(beyond), 0.0)),
    )
