"""What stands where on a grid of tiles. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect

from camwatch.domain import CameraId
from camwatch.ui import theme
from camwatch.walls import Plan, Spot, Wall, even

_LARGE_TILES = 36
"""From so many tiles on they stand closer together: the room is theirs."""


@dataclass(frozen=True, slots=True)
class Places:
    """One page of a layout.

    Attributes:
        columns, rows: Cells of the grid.
        tiles: Cameras and where they stand, in their order.
        empty: Places where nothing stands.
    """

    columns: int
    rows: int
    tiles: tuple[tuple[CameraId, Spot], ...]
    empty: tuple[Spot, ...]


def places_of(layout: Plan | Wall, cameras: Sequence[CameraId], page: int) -> Places:
    """Return what stands where on a page.

    Args:
        layout: A layout that fills itself, or a wall.
        cameras: Those that there are, in their order.
        page: From 0; a wall has only one.
    """
    if isinstance(layout, Wall):
        there = layout.only(cameras)
        tiles = tuple((tile.camera_id, tile.spot) for tile in there.tiles)
        return Places(layout.columns, layout.rows, tiles, tuple(there.empty_cells()))
    size = len(layout.spots)
    here = cameras[page * size : (page + 1) * size]
    is_even = size == layout.columns * layout.rows
    if is_even and len(cameras) <= size:
        # Cameras that fit on one page leave no row empty under them.
        layout = even(layout.columns, max(1, -(-len(cameras) // layout.columns)))
    tiles = tuple(zip(here, layout.spots, strict=False))
    return Places(layout.columns, layout.rows, tiles, layout.spots[len(here) :])


def cell_rect(area: QRect, places: Places, spot: Spot) -> QRect:
    """Return the room of a place within an area, in the area's pixels."""
    space = theme.current().space
    gap = space if places.columns * places.rows < _LARGE_TILES else space // 2
    columns, rows = places.columns, places.rows
    left, right = (
        round(at * (area.width() + gap) / columns) for at in (spot.column, spot.column + spot.wide)
    )
    top, bottom = (
        round(at * (area.height() + gap) / rows) for at in (spot.row, spot.row + spot.high)
    )
    return QRect(area.left() + left, area.top() + top, right - left - gap, bottom - top - gap)


def cell_at(area: QRect, places: Places, x: float, y: float) -> tuple[int, int]:
    """Return row and column of the cell at a point, the nearest one if it is outside."""
    column = int((x - area.left()) * places.columns / max(1, area.width()))
    row = int((y - area.top()) * places.rows / max(1, area.height()))
    return min(max(row, 0), places.rows - 1), min(max(column, 0), places.columns - 1)


def enlarged(places: Places, spot: Spot) -> Spot:
    """Return the room for a tile that must be seen: at least half of the grid, round its place."""
    wide = max(spot.wide, -(-places.columns // 2))
    high = max(spot.high, -(-places.rows // 2))
    column = spot.column - (wide - spot.wide) // 2
    row = spot.row - (high - spot.high) // 2
    return Spot(
        min(max(row, 0), places.rows - high), min(max(column, 0), places.columns - wide), wide, high
    )


def neighbour(places: Places, at: Spot, right: int, down: int) -> CameraId | None:
    """Return the nearest camera in a direction; None at the edge.

    Args:
        places: What stands where.
        at: From where.
        right: 1 for to the right, -1 for to the left, else 0.
        down: 1 for down, -1 for up, else 0; one of the two is 0.
    """
    best: tuple[int, int, CameraId] | None = None
    for camera_id, spot in places.tiles:
        if right:
            ahead = (
                (spot.column - at.column - at.wide + 1)
                if right > 0
                else at.column - spot.column - spot.wide + 1
            )
            aside = _apart(at.row, at.high, spot.row, spot.high)
        else:
            ahead = (
                (spot.row - at.row - at.high + 1) if down > 0 else at.row - spot.row - spot.high + 1
            )
            aside = _apart(at.column, at.wide, spot.column, spot.wide)
        if ahead < 1 or aside > 0:
            continue
        offset = spot.row if right else spot.column
        found = (ahead, abs(offset - (at.row if right else at.column)), camera_id)
        if best is None or found[:2] < best[:2]:
            best = found
    return None if best is None else best[2]


def _apart(first: int, first_long: int, second: int, second_long: int) -> int:
    """Return how many cells lie between two stretches, 0 or less if they overlap."""
    return max(second - first - first_long + 1, first - second - second_long + 1, 0)
