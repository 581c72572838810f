from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId
from camwatch.ui.live.grid import CameraGrid, columns_for
from camwatch.ui.live.tile import CameraTile
from camwatch.walls import Spot, Wall, WallTile, around
from tests.ui.live_edges import PictureDesk, conditions, picture


@pytest.fixture
def desk(qapp: object) -> PictureDesk:
    return PictureDesk()


@pytest.fixture
def grid(qtbot: QtBot, desk: PictureDesk) -> CameraGrid:
    made = CameraGrid(desk)
    qtbot.addWidget(made)
    made.resize(816, 616)
    made.set_conditions(conditions(20))
    made.show()
    qtbot.waitExposed(made)
    return made


def ids(*numbers: int) -> list[CameraId]:
    return [CameraId(number) for number in numbers]


def opened(grid: CameraGrid) -> CameraId | None:
    return grid.opened


def shown(grid: CameraGrid) -> list[int]:
    tiles = grid.findChildren(CameraTile)
    return sorted(tile.camera_id for tile in tiles if tile.isVisible())


@pytest.mark.parametrize(
    ("cameras", "columns"), [(0, 1), (1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4), (64, 4)]
)
def test_the_smallest_layout_that_shows_all_is_taken(cameras: int, columns: int) -> None:
    assert columns_for(cameras) == columns


@pytest.mark.parametrize(("columns", "pages"), [(1, 20), (2, 5), (3, 3), (4, 2)])
def test_pages_cover_all_cameras_once(grid: CameraGrid, columns: int, pages: int) -> None:
    grid.set_columns(columns)
    assert grid.pages == pages

    seen: list[int] = []
    for _ in range(pages):
        assert shown(grid) == grid.visible_ids()
        seen += shown(grid)
        grid.turn_page(1)
    assert seen == list(range(1, 21))
    assert grid.page == pages - 1


def test_turning_back_from_the_first_page_stays_there(grid: CameraGrid) -> None:
    grid.turn_page(-3)

    assert grid.page == 0


def test_tiles_share_the_room_without_overlap(grid: CameraGrid) -> None:
    grid.set_columns(3)
    rects = [grid.tile(one).geometry() for one in grid.visible_ids()]

    assert rects[0].topLeft() == grid.rect().topLeft()
    assert rects[8].bottomRight() == grid.rect().bottomRight()
    for index, one in enumerate(rects):
        for other in rects[index + 1 :]:
            assert not QRect(one).adjusted(-7, -7, 7, 7).intersects(other)
    assert max(one.width() for one in rects) - min(one.width() for one in rects) <= 1


def test_no_row_is_left_empty_when_all_cameras_fit_on_one_page(grid: CameraGrid) -> None:
    grid.set_conditions(conditions(6))
    grid.set_columns(3)
    bottoms = {grid.tile(CameraId(number)).geometry().bottom() for number in (4, 5, 6)}
    assert bottoms == {grid.height() - 1}
    assert grid.tile(CameraId(1)).height() == pytest.approx(grid.height() / 2, abs=8)


def test_only_visible_tiles_ask_for_pictures(grid: CameraGrid, desk: PictureDesk) -> None:
    grid.set_columns(2)
    assert sorted(desk.wanted) == ids(1, 2, 3, 4)

    grid.turn_page(1)
    assert sorted(desk.wanted) == ids(5, 6, 7, 8)
    area = grid.tile(CameraId(5)).picture_area()
    assert desk.wanted[CameraId(5)] == (int(area.width()), int(area.height()))

    grid.set_columns(4)
    assert sorted(desk.wanted) == ids(*range(1, 17))

    grid.hide()
    assert desk.wanted == {}


def test_a_resized_grid_asks_for_pictures_of_the_new_size(
    grid: CameraGrid, desk: PictureDesk
) -> None:
    grid.set_columns(2)
    before = desk.wanted[CameraId(1)]
    grid.resize(1216, 916)

    after = desk.wanted[CameraId(1)]
    assert after[0] == before[0] + 200
    assert after[1] == before[1] + 150


def test_the_camera_in_view_stays_in_view_when_the_layout_changes(grid: CameraGrid) -> None:
    grid.set_columns(1)
    grid.turn_page(6)
    grid.set_columns(2)

    assert CameraId(7) in grid.visible_ids()


def test_a_camera_is_opened_alone_and_closed_to_its_page(
    grid: CameraGrid, desk: PictureDesk
) -> None:
    grid.set_columns(2)
    grid.open_camera(CameraId(7))

    assert opened(grid) == CameraId(7)
    assert shown(grid) == [7]
    assert grid.tile(CameraId(7)).size() == grid.size()
    assert sorted(desk.wanted) == ids(7)

    grid.close_camera()
    assert opened(grid) is None
    assert shown(grid) == [5, 6, 7, 8]
    assert grid.tile(CameraId(7)).hasFocus()


def test_paging_goes_from_camera_to_camera_while_one_is_alone(grid: CameraGrid) -> None:
    grid.open_camera(CameraId(7))
    grid.turn_page(1)

    assert opened(grid) == CameraId(8)


def test_double_click_opens_and_closes(qtbot: QtBot, grid: CameraGrid) -> None:
    tile = grid.tile(CameraId(2))
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert opened(grid) == CameraId(2)

    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert opened(grid) is None


def test_arrow_keys_go_from_tile_to_tile_and_stop_at_the_edge(
    qtbot: QtBot, grid: CameraGrid
) -> None:
    grid.set_columns(3)
    grid.go_to(CameraId(1))
    for key, expected in (
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Down, 5),
        (Qt.Key.Key_Left, 4),
        (Qt.Key.Key_Left, 4),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Up, 1),
    ):
        focused = next(one for one in grid.visible_ids() if grid.tile(one).hasFocus())
        QTest.keyClick(grid.tile(focused), key)
        assert grid.tile(CameraId(expected)).hasFocus()


def test_one_large_tile_stands_among_small_ones_and_arrows_find_their_way(
    grid: CameraGrid,
) -> None:
    grid.set_plan(around(4))
    assert grid.visible_ids() == ids(*range(1, 9))
    assert grid.pages == 3
    large, small = grid.tile(CameraId(1)), grid.tile(CameraId(2))
    assert large.width() == pytest.approx(3 * small.width(), abs=30)
    grid.go_to(CameraId(1))
    for key, expected in (
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Down, 3),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Up, 1),
    ):
        focused = next(one for one in grid.visible_ids() if grid.tile(one).hasFocus())
        QTest.keyClick(grid.tile(focused), key)
        assert grid.tile(CameraId(expected)).hasFocus()


def test_a_wall_shows_its_cameras_where_they_were_put(grid: CameraGrid, desk: PictureDesk) -> None:
    tiles = (WallTile(CameraId(9), Spot(0, 0, 2, 2)), WallTile(CameraId(99), Spot(0, 2)))
    grid.set_wall(Wall("", "Doors", 3, 3, (*tiles, WallTile(CameraId(4), Spot(2, 2)))))
    assert grid.visible_ids() == ids(9, 4)
    assert sorted(desk.wanted) == ids(4, 9)
    assert grid.pages == 1
    assert grid.tile(CameraId(4)).geometry().bottomRight() == grid.rect().bottomRight()
    grid.enlarge(CameraId(4))
    assert grid.tile(CameraId(4)).width() > grid.width() / 2
    grid.enlarge(None)
    assert grid.tile(CameraId(4)).width() < grid.width() / 2

    grid.open_camera(CameraId(9))
    assert (grid.page, grid.pages) == (0, 2)
    grid.turn_page(1)
    assert opened(grid) == CameraId(4)
    grid.set_conditions(conditions(3))
    assert opened(grid) is None
    assert grid.visible_ids() == []
    grid.set_wall(None)
    assert grid.visible_ids() == ids(1, 2, 3)


def test_pictures_reach_their_own_tile_only(grid: CameraGrid, desk: PictureDesk) -> None:
    desk.put(picture((40, 30), number=3))

    assert grid.tile(CameraId(3)).picture_rect() is not None
    assert grid.tile(CameraId(2)).picture_rect() is None
    assert desk.take(CameraId(3)) is None


def test_a_picture_of_a_camera_that_is_gone_is_passed_over(
    grid: CameraGrid, desk: PictureDesk
) -> None:
    desk.put(picture((40, 30), number=99))

    assert shown(grid) == [1, 2, 3, 4]


def test_a_removed_camera_leaves_and_the_others_keep_their_tiles(
    grid: CameraGrid, desk: PictureDesk
) -> None:
    kept = grid.tile(CameraId(2))
    grid.set_conditions(conditions(20)[1:])

    assert grid.visible_ids() == ids(2, 3, 4, 5)
    assert grid.tile(CameraId(2)) is kept
    assert CameraId(1) not in desk.wanted


def test_the_last_page_disappears_with_its_cameras(grid: CameraGrid) -> None:
    grid.set_columns(4)
    grid.turn_page(1)
    grid.set_conditions(conditions(10))

    assert (grid.page, grid.pages) == (0, 1)
    assert len(shown(grid)) == 10


def test_an_opened_camera_that_is_removed_does_not_leave_an_empty_grid(grid: CameraGrid) -> None:
    grid.open_camera(CameraId(20))
    grid.set_conditions(conditions(3))

    assert shown(grid) == [3]
    grid.set_conditions([])
    assert opened(grid) is None
    assert grid.visible_ids() == []
