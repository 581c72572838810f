"""What each step of arranging does to a wall."""

from __future__ import annotations

import pytest

from camwatch.domain import CameraId
from camwatch.ui.live.wall.draft import WallDraft
from camwatch.walls import Spot, Wall, check_wall, even, filled, plan_named


def draft(cameras: int, side: int = 3) -> WallDraft:
    ids = [CameraId(number) for number in range(1, cameras + 1)]
    return WallDraft(filled(even(side), ids, "Doors"))


def spots(wall: Wall) -> dict[int, Spot]:
    return {int(tile.camera_id): tile.spot for tile in wall.tiles}


def test_tiles_change_places_with_their_sizes() -> None:
    one = draft(5)
    one.resize(CameraId(1), 2, 1)
    assert spots(one.wall)[2] == Spot(1, 2)  # which was covered, and went to an empty cell
    one.move(CameraId(3), 0, 0)
    assert spots(one.wall)[3] == Spot(0, 0, 2, 1)
    assert spots(one.wall)[1] == Spot(0, 2)


def test_a_large_tile_keeps_its_size_on_empty_cells_and_loses_it_where_it_does_not_fit() -> None:
    one = draft(1)
    one.resize(CameraId(1), 2, 2)
    one.move(CameraId(1), 2, 2)
    assert spots(one.wall)[1] == Spot(1, 1, 2, 2)
    one.add(CameraId(2), 0, 1)
    one.move(CameraId(1), 0, 0)
    assert spots(one.wall) == {1: Spot(0, 0), 2: Spot(0, 1)}


def test_who_finds_no_room_leaves_and_comes_back_with_undo() -> None:
    one = draft(9)
    one.resize(CameraId(5), 2, 2)
    assert one.gone == (6, 8, 9)
    before = one.wall
    one.undo()
    assert len(one.wall.tiles) == 9
    assert not one.is_changed
    one.redo()
    assert one.wall == before
    one.undo()
    one.remove(CameraId(1))
    assert not one.can_redo
    one.fill([CameraId(number) for number in range(1, 12)])
    assert spots(one.wall)[1] == Spot(0, 0)
    assert 10 not in spots(one.wall)


def test_a_camera_put_onto_another_takes_its_place() -> None:
    one = draft(9)
    one.move(CameraId(20), 1, 1)
    assert spots(one.wall)[20] == Spot(1, 1)
    assert one.gone == (5,)


def test_fewer_cells_keep_whom_they_can() -> None:
    one = draft(4)
    one.set_size(2, 2)
    assert sorted(spots(one.wall)) == [1, 2, 3, 4]
    one.set_size(1, 2)
    assert len(one.wall.tiles) == 2
    assert len(one.gone) == 2
    one.set_size(99, 0)
    assert (one.wall.columns, one.wall.rows) == (12, 1)
    assert check_wall(one.wall) == one.wall


@pytest.mark.parametrize(
    ("name", "tiles"), [("3x3", 9), (" 8 × 8 ", 64), ("1X1", 1), ("1+7", 8), ("1 + 5", 6)]
)
def test_layouts_have_names_for_the_command_line(name: str, tiles: int) -> None:
    plan = plan_named(name)
    assert plan is not None
    assert len(plan.spots) == tiles
    cells = {cell for spot in plan.spots for cell in spot.cells()}
    assert len(cells) == plan.columns * plan.rows


@pytest.mark.parametrize("name", ["", "9x9", "3x4", "Doors", "1+2", "x"])
def test_other_names_are_none(name: str) -> None:
    assert plan_named(name) is None
