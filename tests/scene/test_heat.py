"""The heat adds up exactly, keeps its way through bytes, and refuses damaged ones."""

from __future__ import annotations

import math
import zlib
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from camwatch.scene.heat import (
    COLUMNS,
    HEIGHT_BINS,
    ROWS,
    SECTORS,
    WAYS,
    Heat,
    by_sector,
    cell_of,
)


def some_heat(seed: int, scale: float = 20.0) -> Heat:
    chance = np.random.default_rng(seed)
    grids = [
        (chance.exponential(scale, (ROWS, COLUMNS)) * (chance.random((ROWS, COLUMNS)) < 0.2))
        for _ in range(3)
    ]
    walked = chance.exponential(3, (SECTORS, ROWS, COLUMNS))
    heights = chance.integers(0, 1000, HEIGHT_BINS)
    presence, born, lost, ways, sizes = (
        one.astype(np.float32) for one in (*grids, walked, heights)
    )
    walks, watched_s = float(chance.integers(0, 50)), float(chance.random()) * 60
    return Heat(presence, born, lost, ways, sizes, walks, watched_s)


def values(heat: Heat) -> np.ndarray:
    return np.concatenate(
        [
            np.ravel(getattr(heat, name))
            for name in ("presence_s", "born", "lost", "walked", "heights", "walks", "watched_s")
        ]
    )


def test_heat_adds_up_exactly_in_whatever_order() -> None:
    parts = [some_heat(seed, scale) for seed, scale in ((1, 0.1), (2, 3000.0), (3, 20.0))]
    sums = [values(a + b + c) for a, b, c in permutations(parts)]
    sums += [values(a + (b + c)) for a, b, c in permutations(parts)]
    assert all((one == sums[0]).all() for one in sums)
    assert sums[0].sum() == pytest.approx(sum(values(one).sum() for one in parts))


def test_nothing_small_is_lost_in_something_large() -> None:
    stored = Heat.empty()
    presence = np.zeros((ROWS, COLUMNS), np.float32)
    presence[5, 7] = 3000.0
    stored += replace(Heat.empty(), presence_s=presence)
    presence[5, 7] = 0.125
    for _ in range(400):
        added = replace(Heat.empty(), presence_s=presence)
        stored = Heat.from_bytes((stored + added).to_bytes())
    assert stored.presence_s[5, 7] == 3050.0


@pytest.mark.parametrize("seed", range(5))
def test_bytes_keep_everything(seed: int) -> None:
    heat = some_heat(seed)
    again = Heat.from_bytes(heat.to_bytes())
    assert (values(again) == values(heat)).all()


def test_an_hour_in_which_nobody_came_takes_little_room() -> None:
    watched = Heat.empty()
    assert len(watched.to_bytes()) < 300
    assert watched.is_empty
    assert not some_heat(1).is_empty


@pytest.mark.parametrize("seed", range(3))
def test_damaged_bytes_are_refused(seed: int) -> None:
    data = some_heat(seed).to_bytes()
    chance = np.random.default_rng(seed)
    for place in chance.integers(0, len(data), 60).tolist():
        damaged = bytearray(data)
        damaged[place] ^= 1 << int(chance.integers(0, 8))
        with pytest.raises(ValueError, match="heat"):
            Heat.from_bytes(bytes(damaged))
    for length in (0, 3, 4, 10, len(data) // 2, len(data) - 1):
        with pytest.raises(ValueError, match="heat"):
            Heat.from_bytes(data[:length])
    with pytest.raises(ValueError, match="follows"):
        Heat.from_bytes(data + b"x")


def test_bytes_that_unpack_to_gigabytes_are_refused_at_once() -> None:
    packer = zlib.compressobj(9)
    bomb = b"CWH1" + b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    with pytest.raises(ValueError, match="cut off"):
        Heat.from_bytes(bomb)


def test_sound_bytes_with_a_value_that_cannot_be_are_refused() -> None:
    steps = np.zeros(3 * ROWS * COLUMNS + SECTORS * ROWS * COLUMNS + HEIGHT_BINS + 2, "<i8")
    steps[17] = -1
    packed = zlib.compress(steps.view(np.uint8).reshape(-1, 8).T.tobytes())
    with pytest.raises(ValueError, match="presence_s"):
        Heat.from_bytes(b"CWH1" + packed)


def test_what_cannot_be_is_refused() -> None:
    empty = Heat.empty()
    for wrong in (np.full((ROWS, COLUMNS), -1.0), np.full((ROWS, COLUMNS), np.nan), np.zeros(3)):
        with pytest.raises(ValueError, match="born"):
            replace(empty, born=wrong.astype(np.float32))
    with pytest.raises(ValueError, match="read-only"):
        empty.presence_s[0, 0] = 1


@pytest.mark.parametrize("degrees", [*range(0, 360, 9), 44.9999999, 45, 359.9999999])
def test_a_way_is_divided_so_that_its_parts_add_up_to_it(degrees: float) -> None:
    dx, dy = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    parts = by_sector(2 * dx, 2 * dy)
    assert all(way >= 0 for _, way in parts)
    x, y = sum(way * WAYS[sector] for sector, way in parts)
    assert (x, y) == pytest.approx((2 * dx, 2 * dy), abs=1e-9)
    assert sum(way for _, way in parts) <= 2 * 1.083


def test_the_way_on_the_whole_is_known_in_parts_of_the_picture() -> None:
    walked = np.zeros((SECTORS, ROWS, COLUMNS), np.float32)
    for sector, cells in by_sector(3.0, -1.5):
        walked[sector, 4, 6] = cells
    heat = replace(Heat.empty(), walked=walked)
    assert heat.moved_x[4, 6] == pytest.approx(3 / COLUMNS, abs=0.01 / COLUMNS)
    assert heat.moved_y[4, 6] == pytest.approx(-1.5 / ROWS, abs=0.01 / ROWS)
    assert heat.moved_x.sum() == heat.moved_x[4, 6]


def test_the_usual_size_is_the_median() -> None:
    assert Heat.empty().usual_width is None
    heights = np.zeros(HEIGHT_BINS, np.float32)
    heights[[5, 6, 19]] = 10, 30, 10
    heat = replace(Heat.empty(), heights=heights)
    assert heat.usual_height == pytest.approx(0.325)
    assert heat.usual_width == pytest.approx(0.325 * 0.4 * 9 / 16)


def test_points_at_and_beyond_the_edge_belong_to_the_last_cell() -> None:
    assert cell_of(0, 0) == (0, 0)
    assert cell_of(1.0, 1.0) == (ROWS - 1, COLUMNS - 1)
    assert cell_of(-0.1, 1.3) == (ROWS - 1, 0)
    assert cell_of(0.5, 0.5) == (13, 24)
