"""A wall while it is arranged, with a way back for every step. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from camwatch.domain import CameraId
from camwatch.walls import MOST_SIDE, MOST_TILES, Spot, Wall, WallTile, even


class WallDraft:
    """Changes a wall step by step; each step leaves one that can be stored.

    Args:
        wall: What is begun with.
    """

    def __init__(self, wall: Wall) -> None:
        self._first = self._wall = wall
        self._undone: list[Wall] = []
        self._done: list[Wall] = []
        self.gone: tuple[CameraId, ...] = ()
        """Who lost its place with the last step, for want of room."""

    @property
    def wall(self) -> Wall:
        """As it is now."""
        return self._wall

    @property
    def is_changed(self) -> bool:
        """True if it is not what was begun with."""
        return self._wall != self._first

    @property
    def can_undo(self) -> bool:
        """True if a step can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """True if a step that was taken back can be done again."""
        return bool(self._undone)

    def undo(self) -> None:
        """Take the last step back."""
        if self._done:
            self._undone.append(self._wall)
            self._wall = self._done.pop()
            self.gone = ()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._undone:
            self._done.append(self._wall)
            self._wall = self._undone.pop()
            self.gone = ()

    # ---------------------------------------------------------------- steps

    def move(self, camera_id: CameraId, row: int, column: int) -> None:
        """Put a tile onto a cell; with the tile that stands there it changes places.

        Onto empty cells it comes with its size if that fits there, else as a single cell.
        """
        spot = self._wall.spot_of(camera_id)
        if spot is None:
            self.add(camera_id, row, column)
            return
        other = self._wall.at(row, column)
        if other == camera_id:
            return
        if other is not None:
            there = self._wall.spot_of(other)
            if there is not None:
                self._take({camera_id: there, other: spot})
            return
        wanted = Spot(
            min(row, self._wall.rows - spot.high),
            min(column, self._wall.columns - spot.wide),
            spot.wide,
            spot.high,
        )
        is_free = not any(
            one.spot.meets(wanted) for one in self._wall.tiles if one.camera_id != camera_id
        )
        self._take({camera_id: wanted if is_free else Spot(row, column)})

    def resize(self, camera_id: CameraId, wide: int, high: int) -> None:
        """Let a tile span other cells; those it covers go to empty cells, or off the wall."""
        spot = self._wall.spot_of(camera_id)
        if spot is None:
            return
        wanted = Spot(
            spot.row,
            spot.column,
            min(max(wide, 1), self._wall.columns - spot.column),
            min(max(high, 1), self._wall.rows - spot.row),
        )
        if wanted != spot:
            self._take({camera_id: wanted})

    def add(self, camera_id: CameraId, row: int, column: int) -> None:
        """Put a camera onto a cell; the one that stands there makes room."""
        there = self._wall.at(row, column)
        spot = None if there is None else self._wall.spot_of(there)
        if spot is None and len(self._wall.tiles) >= MOST_TILES:
            return
        moves: dict[CameraId, Spot | None] = {camera_id: spot or Spot(row, column)}
        if there is not None:
            moves[there] = None
        self._take(moves)
        if there is not None:
            self.gone = (there,)

    def remove(self, camera_id: CameraId) -> None:
        """Take a tile off the wall."""
        if self._wall.spot_of(camera_id) is not None:
            self._take({camera_id: None})

    def fill(self, cameras: Sequence[CameraId]) -> None:
        """Put cameras that are not on the wall onto its empty cells, as far as they go."""
        free = self._wall.empty_cells()[: MOST_TILES - len(self._wall.tiles)]
        new = [one for one in cameras if self._wall.spot_of(one) is None]
        moves: dict[CameraId, Spot | None] = dict(zip(new, free, strict=False))
        if moves:
            self._take(moves)

    def set_size(self, columns: int, rows: int) -> None:
        """Give the wall other cells; tiles that stand outside then go to empty cells, or off."""
        columns, rows = (min(max(one, 1), MOST_SIDE) for one in (columns, rows))
        if (columns, rows) == (self._wall.columns, self._wall.rows):
            return
        kept: list[WallTile] = []
        homeless: list[CameraId] = []
        for tile in self._wall.tiles:
            spot = tile.spot
            if spot.row < rows and spot.column < columns:
                wide, high = min(spot.wide, columns - spot.column), min(spot.high, rows - spot.row)
                kept.append(replace(tile, spot=Spot(spot.row, spot.column, wide, high)))
            else:
                homeless.append(tile.camera_id)
        self._settle(replace(self._wall, columns=columns, rows=rows, tiles=tuple(kept)), homeless)

    # ---------------------------------------------------------------- inside

    def _take(self, moves: Mapping[CameraId, Spot | None]) -> None:
        """Give some cameras other places, or none; those they cover must go elsewhere."""
        placed = [WallTile(one, spot) for one, spot in moves.items() if spot is not None]
        homeless: list[CameraId] = []
        for tile in self._wall.tiles:
            if tile.camera_id in moves:
                continue
            if any(tile.spot.meets(one.spot) for one in placed):
                homeless.append(tile.camera_id)
            else:
                placed.append(tile)
        self._settle(replace(self._wall, tiles=tuple(placed)), homeless)

    def _settle(self, wall: Wall, homeless: Sequence[CameraId]) -> None:
        """Find places for those without one, and keep the wall as a step."""
        free = wall.empty_cells()
        found = [WallTile(one, spot) for one, spot in zip(homeless, free, strict=False)]
        self.gone = tuple(homeless[len(found) :])
        tiles = tuple(sorted((*wall.tiles, *found), key=lambda one: one.spot))
        self._done.append(self._wall)
        self._undone.clear()
        self._wall = replace(wall, tiles=tiles)


def blank(name: str = "", side: int = 3) -> Wall:
    """Return a wall of empty places."""
    plan = even(side)
    return Wall("", name, plan.columns, plan.rows)
