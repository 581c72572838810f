"""What every decoder is asked, and the steps that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes, Scores

Tensor = npt.NDArray[Any]
"""An output of a network: floats of any width, or whole numbers for classes."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for in the outputs.

    Attributes:
        input_wh: Width and height in pixels of the input they belong to.
        person: Number of the class that is a person, from 0.
        threshold: Boxes that score less are left out.
        bins: Of a distance that is a distribution; only NanoDet has such.
    """

    input_wh: tuple[int, int]
    person: int
    threshold: float
    bins: int = 8


Decoder = Callable[[Sequence[Tensor], Query], tuple[Boxes, Scores]]
"""Raises ValueError where the outputs are not of its family, or not numbers."""


def rows_of(output: Tensor, columns: int) -> Floats:
    """Return an output of one picture as float32 rows.

    Args:
        output: Shape (1, n, width) or (n, width).
        columns: So many values a row has at least.

    Raises:
        ValueError: It is of another shape, or for more than one picture.
    """
    rows = output[0] if output.ndim == 3 and len(output) == 1 else output
    if rows.ndim != 2 or rows.shape[1] < columns:
        raise ValueError(f"an output is of shape {output.shape}")
    return rows.astype(np.float32, copy=False)


def column_of(output: Tensor, count: int) -> Floats:
    """Return an output of one value a box as float32, shape (count,).

    Raises:
        ValueError: It has another number of values.
    """
    if output.size != count:
        raise ValueError(f"an output of shape {output.shape} does not tell of {count} boxes")
    return output.reshape(-1).astype(np.float32, copy=False)


def at_least(scores: Floats, threshold: float) -> npt.NDArray[np.intp]:
    """Return the indices of the scores that reach the threshold.

    Raises:
        ValueError: A score is not a number.
    """
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a number")
    return np.flatnonzero(scores >= threshold)


def checked(boxes: Floats, scores: Floats) -> tuple[Boxes, Scores]:
    """Return boxes, shape (n, 4), and scores, shape (n,), as float32.

    Raises:
        ValueError: A side of a box is not a number.
    """
    if not np.isfinite(boxes).all():
        raise ValueError("a box is not a number")
    return boxes.reshape(-1, 4).astype(np.float32), scores.astype(np.float32)


def corners(centres_sizes: Floats) -> Floats:
    """Turn centre x, centre y, width, height into x1 y1 x2 y2; shape (n, 4)."""
    centre, half = centres_sizes[:, :2], centres_sizes[:, 2:4] / 2
    return np.hstack([centre - half, centre + half])


def scaled(boxes: Floats, input_wh: tuple[int, int]) -> Floats:
    """Turn boxes in parts of the input into pixels of it; shape (n, 4)."""
    return boxes * np.array([*input_wh, *input_wh], np.float32)


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + exp(-values)), without an overflow far below zero."""
    half: Floats = 0.5 * (1 + np.tanh(0.5 * values))
    return half


def as_probability(values: Floats) -> Floats:
    """Return values as they are if they can be probabilities, else as logits.

    Of the hundreds of cells of a picture most are sure to hold nobody, so that among
    logits there are always some below zero.
    """
    if values.size and (values.min() < 0 or values.max() > 1):
        return sigmoid(values)
    return values


@lru_cache(maxsize=64)
def cells(input_wh: tuple[int, int], strides: tuple[int, ...]) -> Floats:
    """Return column, row and width in pixels of each cell, shape (n, 3).

    Cells come stride by stride, each from left to right and then down. Where the input is
    no multiple of a cell, the last one is cut.
    """
    width, height = input_wh
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[: -(-height // stride), : -(-width // stride)]
        part = np.stack([columns, rows, np.full_like(rows, stride)], axis=2)
        parts.append(part.reshape(-1, 3).astype(np.float32))
    table = np.concatenate(parts)
    table.setflags(write=False)
    return table


def count_cells(input_wh: tuple[int, int], strides: Sequence[int]) -> int:
    """Return how many cells there are."""
    return sum(-(-input_wh[0] // stride) * -(-input_wh[1] // stride) for stride in strides)
