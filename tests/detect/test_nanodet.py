from __future__ import annotations

import numpy as np
import pytest

from camwatch.detect.nanodet import BINS, SIDE_STEP, decode
from camwatch.detect.networks import Tensor

ROWS, COLUMNS = 8, 13  # cells of 32 pixels in an input of 256 x 416


def outputs() -> list[Tensor]:
    """Return what the network gives for a picture without anybody."""
    return [
        np.zeros((1, 1 + 4 * BINS, ROWS * SIDE_STEP // stride, COLUMNS * SIDE_STEP // stride), "f4")
        for stride in (8, 16, 32)
    ]


def put(output: Tensor, row: int, column: int, score: float, cells: tuple[float, ...]) -> None:
    """Put a person into a cell; `cells` are the distances to left, top, right and bottom."""
    output[0, 0, row, column] = score
    bins = output[0, 1:, row, column].reshape(4, BINS)
    bins[:] = -50
    for side, distance in enumerate(cells):
        low = int(distance)
        part = distance - low
        # Weights of 1 - part and part on the two bins beside the distance.
        bins[side, low] = np.log(max(1 - part, 1e-30))
        if part:
            bins[side, low + 1] = np.log(part)
    output[0, 1:, row, column] = bins.reshape(-1)


@pytest.mark.parametrize(("level", "stride"), [(0, 8), (1, 16), (2, 32)])
def test_a_cell_becomes_the_box_around_its_centre(level: int, stride: int) -> None:
    maps = outputs()
    put(maps[level], 4, 6, 0.8, (2.0, 3.5, 1.0, 0.25))
    boxes, scores = decode(maps, 0.33)
    expected = np.array([[6.5 - 2, 4.5 - 3.5, 6.5 + 1, 4.5 + 0.25]]) * stride
    np.testing.assert_allclose(boxes, expected, rtol=1e-5)
    np.testing.assert_allclose(scores, [0.8])


def test_cells_of_all_levels_are_found_and_only_those_that_score_enough() -> None:
    maps = outputs()
    put(maps[0], 1, 1, 0.9, (1.0, 1.0, 1.0, 1.0))
    put(maps[1], 2, 2, 0.32, (1.0, 1.0, 1.0, 1.0))
    put(maps[2], 3, 3, 0.33, (1.0, 1.0, 1.0, 1.0))
    boxes, scores = decode(maps, 0.33)
    assert scores.tolist() == pytest.approx([0.9, 0.33])
    assert boxes.shape == (2, 4)
    assert boxes.dtype == scores.dtype == np.float32


def test_an_empty_picture_gives_no_boxes() -> None:
    boxes, scores = decode(outputs(), 0.33)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_large_logits_do_not_overflow() -> None:
    maps = outputs()
    maps[2][0, 0, 0, 0] = 0.9
    maps[2][0, 1:, 0, 0] = 500.0
    boxes, _ = decode(maps, 0.33)
    np.testing.assert_allclose(boxes, [[16 - 160, 16 - 160, 16 + 160, 16 + 160]])


def test_a_score_that_is_no_number_is_refused() -> None:
    maps = outputs()
    maps[1][0, 0, 2, 2] = np.nan
    with pytest.raises(ValueError, match="s16: a score"):
        decode(maps, 0.33)


def test_a_box_that_is_no_number_is_refused() -> None:
    maps = outputs()
    put(maps[0], 2, 2, 0.9, (1.0, 1.0, 1.0, 1.0))
    maps[0][0, 7, 2, 2] = np.nan
    with pytest.raises(ValueError, match="s8: a box"):
        decode(maps, 0.33)
